"""Charts of laws and bodies over time, and of the measures of the partner's own bodies."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

# Acts are drawn as the page on the sequence draws its time lines, so both share lanes and headings.
from compendium.chapters.sequence.charts import LANE_HEIGHT_PX, TIMELINE_WIDTH_PX, heading_axis, unique_row_labels
from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import empty_chart_note
from compendium.reporting.theme import BACKGROUND, CHART_WIDTH_PX, FOREGROUND, colour_encoding, shape_encoding, tooltips

_MAX_LABEL_WIDTH_PX = 300
"""Pixels to which the names of bodies are cut; tooltip and table have them whole."""


@empty_chart_note
def acts_timeline_chart(
    data: pd.DataFrame, name: str, title: str, signatures: pd.DataFrame, sides: Sequence[str], note: str
) -> Any:
    """Draw laws and bodies on time lines: a heading for each case, with a lane below it for each side.

    Parameters
    ----------
    data : DataFrame
        From :func:`compendium.chapters.institutions.plot_data.dated_acts`: ``group`` (the case), ``side``, ``form``,
        ``label``, ``date``, ``place``, ``year``, and ``start``, ``end`` (the span of the date, in years).
    signatures : DataFrame
        From :func:`compendium.chapters.institutions.plot_data.signature_marks`.
    sides : sequence of str
        The order of the lanes.

    Examples
    --------
    >>> data = pd.DataFrame({"group": ["Aland"], "side": "partner", "form": "law", "label": "Act", "date": "2010"})
    >>> data = data.assign(place="after", year=2010.5, start=2010.0, end=2011.0)
    >>> signatures = pd.DataFrame({"group": ["Aland"], "partner": ["Xland"], "year": [2008.4]})
    >>> chart = acts_timeline_chart(data, "made-up", "Made up", signatures, sides=["partner"], note="")
    >>> chart.to_dict()["description"]
    'Dated acts by side and kind. partner: 1 law.'
    """
    groups = list(dict.fromkeys(data["group"]))
    rows = [row for group in groups for row in (group, *unique_row_labels(groups, [group] * len(sides), sides))]
    forms = sorted(data["form"].unique(), reverse=True)
    y = alt.Y("row:N", sort=rows, title=None, scale=alt.Scale(domain=rows), axis=heading_axis())
    first, last = int(min(data["start"].min(), signatures["year"].min())) - 1, int(data["end"].max()) + 1
    scale = alt.Scale(domain=[first, last], nice=False)
    x = alt.X("year:Q", title=None, scale=scale, axis=alt.Axis(format="d", tickCount=8, orient="top"))
    data = data.assign(row=unique_row_labels(groups, data["group"], data["side"]))
    lines = signatures[signatures["group"].isin(groups)].merge(pd.DataFrame({"side": list(sides)}), how="cross")
    lines = lines.assign(row=unique_row_labels(groups, lines["group"], lines["side"]))
    headings = {"group": "Case", "side": "Side", "form": "Made", "date": "Date", "label": "What"}
    base = alt.Chart(data).encode(y=y, color=colour_encoding("form", forms))
    spans = base.mark_rule(strokeWidth=3, aria=False).encode(x=alt.X("start:Q", scale=scale), x2="end:Q")
    points = base.mark_point(filled=True, size=75, stroke=BACKGROUND, strokeWidth=1, opacity=1, aria=False).encode(
        x=x, shape=shape_encoding("form", forms), tooltip=tooltips(**headings)
    )
    signature_ticks = (
        alt.Chart(lines)
        .mark_tick(color=FOREGROUND, thickness=1.5, size=LANE_HEIGHT_PX, opacity=0.6, aria=False)
        .encode(y=y, x=alt.X("year:Q", scale=scale), tooltip=tooltips(partner="Signature with"))
    )
    counts = data.groupby(["side", "form"]).size().reset_index(name="n")
    words = ", ".join(f"{side}: {n} {form}" for side, form, n in counts.to_numpy())
    drawn = (signature_ticks + spans + points).properties(width=TIMELINE_WIDTH_PX, height=LANE_HEIGHT_PX * len(rows))
    columns = headings | {"place": "Before, with or after the signature"}
    return with_metadata(drawn, name, title, f"Dated acts by side and kind. {words}.", columns, note)


@empty_chart_note
def partner_bodies_chart(data: pd.DataFrame, name: str, title: str, note: str, groups: Sequence[str]) -> Any:
    """Draw the measures of each body, split by family: a heading for each partner, with a bar below for each body.

    Parameters
    ----------
    data : DataFrame
        From :func:`compendium.chapters.institutions.plot_data.partner_bodies_by_family`.
    groups : sequence of str
        The order of the families.

    Examples
    --------
    >>> data = pd.DataFrame({"partner": ["Xland"], "label": "Ministry of Xland", "short": "Ministry", "total": 3})
    >>> data = data.assign(group="mobility", count=3, leads=1)
    >>> chart = partner_bodies_chart(data, "made-up", "Made up", note="", groups=["mobility"])
    >>> chart.to_dict()["description"]
    'In most measures, by partner: Xland: Ministry of Xland (3).'
    """
    partners = list(dict.fromkeys(data["partner"]))
    data = data.assign(
        row=unique_row_labels(partners, data["partner"], data["short"]), place=data["group"].map(list(groups).index)
    )
    tops = data.sort_values(["total", "label"], ascending=[False, True], kind="stable")
    rows = [
        row for partner in partners for row in (partner, *dict.fromkeys(tops.loc[tops["partner"] == partner, "row"]))
    ]
    y = alt.Y(
        "row:N",
        sort=rows,
        title=None,
        scale=alt.Scale(domain=rows, paddingInner=0.15),
        axis=heading_axis(_MAX_LABEL_WIDTH_PX),
    )
    x = alt.X("count:Q", title="Measures", axis=alt.Axis(tickMinStep=1, format="d"))
    headings = {"partner": "Partner", "label": "Body", "group": "Family", "count": "Measures", "total": "In all"}
    headings |= {"leads": "Leads"}
    drawn = (
        alt.Chart(data)
        .mark_bar(stroke=BACKGROUND, strokeWidth=0.6, aria=False)
        .encode(y=y, x=x, color=colour_encoding("group", groups), order="place:Q", tooltip=tooltips(**headings))
        .properties(width=CHART_WIDTH_PX - 120, height=(LANE_HEIGHT_PX + 2) * len(rows))
    )
    words = "; ".join(
        f"{partner}: {body} ({total})"
        for partner, body, total in tops.drop_duplicates("partner")[["partner", "label", "total"]].to_numpy()
    )
    return with_metadata(drawn, name, title, f"In most measures, by partner: {words}.", headings, note)
