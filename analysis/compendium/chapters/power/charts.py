"""Charts of power: undertakings of either side, by policy area and strength."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import empty_chart_note
from compendium.reporting.theme import BACKGROUND, ROW_HEIGHT_PX, colour_encoding, tooltips

_PANEL_WIDTH_PX = 125


@empty_chart_note
def commitments_by_side_chart(
    data: pd.DataFrame,
    name: str,
    title: str,
    note: str,
    sides: Sequence[str],
    strengths: Sequence[str],
    order: Sequence[str],
) -> Any:
    """A panel a side, a bar a policy area (``label``), split by strength (``group``), on one scale.

    ``data`` has ``side`` (out of ``sides``), ``label``, ``group``, ``count``, ``rows``.
    """
    rows = [label for label in order if label in set(data["label"])]
    data = data.assign(place=data["group"].map({group: place for place, group in enumerate(strengths)}))
    totals = data.groupby("side")["count"].sum().reindex(list(sides), fill_value=0)
    panels = {side: f"{side} ({totals[side]})" for side in sides}
    data = data.assign(panel=data["side"].map(panels))
    headings = {"side": "Obligated", "label": "Policy area", "group": "Strength", "count": "Commitments"}
    bars = (
        alt.Chart(data)
        .mark_bar(stroke=BACKGROUND, strokeWidth=0.6)
        .encode(
            x=alt.X("count:Q", title="Commitments", axis=alt.Axis(tickMinStep=1, format="d", tickCount=4)),
            y=alt.Y("label:N", sort=rows, title=None, scale=alt.Scale(domain=rows)),
            color=colour_encoding("group", strengths),
            order="place:Q",
            tooltip=tooltips(**headings, rows="Among them"),
        )
        .properties(width=_PANEL_WIDTH_PX, height=ROW_HEIGHT_PX * len(rows))
    )
    header = alt.Header(labelFontWeight="bold", labelAnchor="start")
    drawn = bars.facet(column=alt.Column("panel:N", sort=list(panels.values()), title=None, header=header))
    largest = data.groupby(["side", "label"])["count"].sum().reset_index().sort_values("count", kind="stable")
    said = []
    for side in sides:
        own = largest[largest["side"] == side]
        most = f", most on {own['label'].iloc[-1]} ({own['count'].iloc[-1]})" if len(own) else ""
        said.append(f"{side}: {totals[side]}{most}")
    return with_metadata(drawn, name, title, f"Commitments by who is obligated. {'; '.join(said)}.", headings, note)
