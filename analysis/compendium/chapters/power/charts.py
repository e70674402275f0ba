"""Chart of commitments by obligated side, policy area and strength."""

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
    """Draw a panel for each side, with a bar for each policy area, split by strength, on one scale.

    Parameters
    ----------
    data : DataFrame
        ``side`` (one of ``sides``), ``label`` (the policy area), ``group`` (the strength), ``count``, ``rows`` (ids).
    sides, strengths, order : sequence of str
        The order of the panels, of the parts of a bar, and of the policy areas.

    Examples
    --------
    >>> data = pd.DataFrame({"side": ["partner"], "label": "Visas", "group": "binding", "count": 2, "rows": "c1, c2"})
    >>> options = {"sides": ["partner"], "strengths": ["binding"], "order": ["Visas"]}
    >>> chart = commitments_by_side_chart(data, "made-up", "Made up", note="", **options)
    >>> chart.to_dict()["description"]
    'Commitments by who is obligated. partner: 2, most on Visas (2).'
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
    area_totals = data.groupby(["side", "label"])["count"].sum().reset_index().sort_values("count", kind="stable")
    summaries = []
    for side in sides:
        areas = area_totals[area_totals["side"] == side]
        most = f", most on {areas['label'].iloc[-1]} ({areas['count'].iloc[-1]})" if len(areas) else ""
        summaries.append(f"{side}: {totals[side]}{most}")
    return with_metadata(
        drawn, name, title, f"Commitments by who is obligated. {'; '.join(summaries)}.", headings, note
    )
