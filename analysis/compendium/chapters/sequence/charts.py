"""Charts of the sequence: timelines, agreements around the signature, and the lag to implementation."""

from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from compendium.chapters.sequence.plot_data import AREA_OUTCOMES
from compendium.chapters.sequence.vocabulary import (
    ACT_ORDER,
    DONE_AFTER_NAMED,
    DONE_BEFORE_SIGNATURE,
    DONE_UNDATED,
    LANES,
    NEVER_NAMED,
    NOT_DONE,
)
from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import empty_chart_note
from compendium.reporting.labels import format_percent
from compendium.reporting.theme import (
    BACKGROUND,
    BLUE,
    CHART_WIDTH_PX,
    FOREGROUND,
    OCHRE,
    ORANGE,
    PURPLE,
    ROW_HEIGHT_PX,
    colour_encoding,
    shape_encoding,
    tooltips,
)

ZERO_WIDTH_SPACE = "\u200b"
"""A character that is not seen; it makes equal row labels under different headings distinct."""
LANE_HEIGHT_PX = 18
TIMELINE_WIDTH_PX = CHART_WIDTH_PX + 60
_BAR_HEIGHTS_PX = {"day": 15, "month": 9, "year": 4}
_TINT_OPACITY = 0.35
"""Opacity of a colour behind text, which stays legible in light and dark."""
_MIN_BAR_WIDTH_PX = 1.5
"""Width of the narrowest mark of a timeline, so that a month can be seen."""
_OUTCOME_COLOURS = {
    DONE_BEFORE_SIGNATURE: ORANGE,
    DONE_AFTER_NAMED: BLUE,
    NOT_DONE: OCHRE,
    DONE_UNDATED: PURPLE,
    NEVER_NAMED: "transparent",
}


@empty_chart_note
def timeline_chart(lanes: pd.DataFrame, name: str, title: str, marks: pd.DataFrame, note: str) -> Any:
    """Draw the timeline of each partnership, with a lane for each kind of row and a mark for each date.

    Parameters
    ----------
    lanes : DataFrame
        Result of :func:`compendium.chapters.sequence.plot_data.timeline_plot_data`, a row per lane.
    name, title, note : str
    marks : DataFrame
        Result of :func:`compendium.chapters.sequence.plot_data.date_marks_plot_data`; a mark is as wide as the span
        that its date allows.
    """
    groups = list(dict.fromkeys(lanes["group"]))
    labels = [f"{lane} ({n})" if n else lane for lane, n in zip(lanes["lane"], lanes["undated"], strict=True)]
    lanes = lanes.assign(row=unique_row_labels(groups, lanes["group"], labels), at=range(len(lanes)))
    rows = rows_with_headings(lanes)
    first, last = (
        int(min([*marks["start"], *lanes["signature"]])) - 1,
        int(max([*marks["end"], *lanes["signature"]])) + 1,
    )
    min_width = (last - first) / TIMELINE_WIDTH_PX * _MIN_BAR_WIDTH_PX
    widths = {"day": min_width, "month": max(1 / 12, min_width), "year": 1 - min_width}  # a gap between two years
    marks = marks.merge(lanes[["group", "lane", "at"]], on=["group", "lane"]).assign(start=marks["start"].round(2))
    y = alt.Y("row:N", sort=rows, title=None, scale=alt.Scale(domain=rows), axis=heading_axis())
    x = alt.X(
        "start:Q",
        title=None,
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(format="d", tickCount=8, orient="top"),
    )
    headings = {"lane:N": "Kind", "date": "Date", "count": "Rows"}
    bars: Any = alt.layer(
        *(
            alt.Chart(marks.loc[marks["precision"] == precision, ["at", "start", "date", "count"]])
            .transform_lookup(lookup="at", from_=alt.LookupData(data=lanes, key="at", fields=["row", "lane"]))
            .transform_calculate(end=f"datum.start + {width:.3f}")
            .mark_bar(height=_BAR_HEIGHTS_PX[precision], aria=False)
            .encode(
                y=y, x=x, x2="end:Q", color=colour_encoding("lane", LANES, legend=False), tooltip=tooltips(**headings)
            )
            for precision, width in widths.items()
            if (marks["precision"] == precision).any()
        )
    )
    signature_ticks = (
        alt.Chart(lanes)
        .mark_tick(color=FOREGROUND, thickness=2, size=LANE_HEIGHT_PX, aria=False)
        .encode(y=y, x=alt.X("signature:Q"), tooltip=tooltips(group="Partner", signed="Signature"))
    )
    dated = lanes.groupby("lane", sort=False)[["n", "undated"]].sum()
    description = "; ".join(f"{lane}: {n - undated} of {n} dated" for lane, n, undated in dated.itertuples())
    columns = {"group": "Partner", "lane": "Kind", "signed": "Signature", "n": "Rows", "day": "Dated to the day"}
    columns |= {"month": "To the month", "year": "To the year", "undated": "Undated", "first": "First", "last": "Last"}
    size = {"width": TIMELINE_WIDTH_PX, "height": LANE_HEIGHT_PX * len(rows)}
    return with_metadata((bars + signature_ticks).properties(**size), name, title, f"{description}.", columns, note)


def unique_row_labels(groups: Sequence[str], label_groups: Iterable[str], labels: Iterable[str]) -> list[str]:
    """Make equal row labels under different headings distinct by characters that are not seen."""
    return [
        f"{label}{ZERO_WIDTH_SPACE * (groups.index(group) + 1)}"
        for group, label in zip(label_groups, labels, strict=True)
    ]


def rows_with_headings(data: pd.DataFrame) -> list[str]:
    """List the rows of a chart in order: each ``group`` as a heading, followed by its values of ``row``."""
    return [
        str(row)
        for group, group_rows in data.groupby("group", sort=False)
        for row in (group, *dict.fromkeys(group_rows["row"]))
    ]


def heading_axis(label_limit_px: int = 0) -> alt.Axis:
    """Build the axis for :func:`rows_with_headings`, with headings in bold.

    Labels longer than ``label_limit_px`` are cut; 0 sets no limit.
    """
    is_heading = {"test": f"indexof(datum.value, '{ZERO_WIDTH_SPACE}') < 0", "value": "bold"}
    weight: Any = {"condition": is_heading, "value": "normal"}
    label_expr = f"replace(datum.label, /{ZERO_WIDTH_SPACE}/g, '')"  # the font lacks this character
    return alt.Axis(
        labelLimit=label_limit_px, labelExpr=label_expr, labelFontWeight=weight, domain=False, ticks=False, grid=False
    )


@empty_chart_note
def agreement_acts_chart(data: pd.DataFrame, name: str, title: str, note: str, order: Sequence[str]) -> Any:
    """Draw the acts of agreements by their lag from the signature, with a row per area and partner.

    Parameters
    ----------
    data : DataFrame
        Result of :func:`compendium.chapters.sequence.plot_data.agreement_acts_plot_data`.
    name, title, note : str
    order : sequence of str
        Partners, from the top.

    Examples
    --------
    >>> act = {"partner": "Xland", "group": "Visas", "by": "the two sides", "act": "signed", "date": "2008"}
    >>> act |= {"label": "Agreement", "value": 0.1, "low": -0.4, "high": 0.6, "place": "with"}
    >>> chart = agreement_acts_chart(pd.DataFrame([act]), "acts", "Acts", note="", order=["Xland"])
    >>> len(chart.layer)
    3
    """
    parties = list(dict.fromkeys(data["by"].sort_values(ascending=False)))
    areas = list(dict.fromkeys(data["group"]))
    rows = [row for area in areas for row in (area, *unique_row_labels(areas, [area] * len(order), order))]
    data = data.assign(row=unique_row_labels(areas, data["group"], data["partner"]))
    headings = {"partner": "Partner", "group": "On", "act": "Act", "date": "Date", "by": "Agreed by", "label": "What"}
    x = alt.X("value:Q", title="Years before (−) or after the signature of the partnership", axis=alt.Axis(tickCount=8))
    y = alt.Y("row:N", sort=rows, title=None, scale=alt.Scale(domain=rows), axis=heading_axis())
    base = alt.Chart(data).encode(y=y, color=_party_colour(parties))
    spans = base.mark_rule(strokeWidth=3, aria=False).encode(x=alt.X("low:Q"), x2="high:Q")
    acts = shape_encoding("act", ACT_ORDER).legend(
        title=None, columns=1, symbolFillColor=FOREGROUND, symbolStrokeColor=FOREGROUND
    )
    points = base.mark_point(filled=True, size=90, stroke=BACKGROUND, strokeWidth=1, opacity=1, aria=False).encode(
        x=x, shape=acts, tooltip=tooltips(**headings, value=("Years", "+.2f"))
    )
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(strokeDash=[4, 3], aria=False).encode(x="at:Q")
    chart = (zero + spans + points).properties(width=CHART_WIDTH_PX, height=(LANE_HEIGHT_PX + 3) * len(rows))
    counts = ", ".join(f"{n} {position}" for position, n in data["place"].value_counts().items())
    columns = headings | {"form": "Form", "value": "Lag (years)", "low": "From", "high": "To", "id": "Row"}
    return with_metadata(chart, name, title, f"{len(data)} acts: {counts} the signature.", columns, note)


def _signature_rule(data: pd.DataFrame, panel_field: str) -> Any:
    """Draw the signature as a vertical line in each panel."""
    one_per_panel = alt.Chart(data).transform_aggregate(rows="count()", groupby=[panel_field])
    return one_per_panel.mark_rule(strokeDash=[4, 3], aria=False).encode(x=alt.datum(0))


def _party_colour(parties: Sequence[str]) -> alt.Color:
    scale = alt.Scale(domain=list(parties), range=[BLUE, OCHRE][: len(parties)])
    return alt.Color("by:N", scale=scale, legend=alt.Legend(title=None, columns=1) if len(parties) > 1 else None)


@empty_chart_note
def area_outcomes_chart(
    data: pd.DataFrame,
    name: str,
    title: str,
    note: str,
    order: Sequence[str],
) -> Any:
    """Draw the outcome of each area in each partnership as a cell with the years until the first measure, or a sign.

    Parameters
    ----------
    data : DataFrame
        Result of :func:`compendium.chapters.sequence.plot_data.area_outcomes_plot_data`.
    name, title, note : str
    order : sequence of str
        Labels of the areas, from the top.
    """
    key = {outcome: f"{sign}  {outcome}" for sign, outcome in AREA_OUTCOMES.values()}
    partners = list(dict.fromkeys(data["group"]))
    data = data.assign(key=data["outcome"].map(key))
    scale = alt.Scale(domain=list(key.values()), range=[_OUTCOME_COLOURS[state] for state in AREA_OUTCOMES])
    legend = alt.Legend(columns=1, title=None, symbolType="square", symbolOpacity=_TINT_OPACITY)
    headings = {"label": "Policy area", "group": "Partner", "outcome": "Outcome", "promised": "First commitment"}
    headings |= {"named": "First statement", "started": "First measure"}
    slanted_axis = alt.Axis(orient="top", labelAngle=-40, domain=False, ticks=False)
    base = alt.Chart(data).encode(
        x=alt.X("group:N", title=None, sort=partners, axis=slanted_axis),
        y=alt.Y("label:N", sort=list(order), title=None, axis=alt.Axis(domain=False, ticks=False)),
        tooltip=tooltips(**headings),
    )
    colour = alt.Color("key:N", scale=scale, sort=list(key.values()), legend=legend)
    cells = base.mark_rect(opacity=_TINT_OPACITY, stroke=BACKGROUND, strokeWidth=1, aria=False).encode(color=colour)
    chart = cells + base.mark_text(fontSize=13, aria=False).encode(text="said:N")
    chart = chart.properties(width=min(CHART_WIDTH_PX, 110 * len(partners)), height=(ROW_HEIGHT_PX + 2) * len(order))
    counts = data["outcome"].value_counts()
    description = "; ".join(f"{outcome}: {counts.get(outcome, 0)}" for outcome in key)
    columns = headings | {"years": "Years after the signature"}
    return with_metadata(chart, name, title, f"Partnerships with their policy areas. {description}.", columns, note)


@empty_chart_note
def implementation_curves_chart(data: pd.DataFrame, name: str, title: str, note: str) -> Any:
    """Draw the share done over time, with a panel per ``group`` and a band for the 95 % interval.

    ``data`` is the result of :func:`compendium.chapters.sequence.plot_data.curve_plot_data`.

    Examples
    --------
    >>> data = pd.DataFrame({"group": "all areas", "label": "all areas", "years": [0.0, 1.0], "share": [0.0, 0.5]})
    >>> data = data.assign(low=0.0, high=1.0, n=2, at_risk=2, events=[0, 1])
    >>> implementation_curves_chart(data, "curves", "Areas done", note="").columns
    2
    """
    panels = list(dict.fromkeys(data["label"]))
    x = alt.X("years:Q", title="Years after the signature", axis=alt.Axis(tickCount=6, format="d"))
    y = alt.Y("low:Q", title="Share with something done", axis=alt.Axis(format="%", tickCount=5))
    y = y.scale(domain=[0, 1])
    base = alt.Chart(data).encode(x=x)
    headings = {"group": "Areas"}
    values = {"years": ("Years", "+.2f"), "at_risk": ("At risk", "d"), "events": ("Done that day", "d")}
    values |= {"share": ("Share", ".1%"), "low": ("From", ".1%"), "high": ("To", ".1%")}
    band = base.mark_area(interpolate="step-after", opacity=0.25, color=BLUE, aria=False).encode(y=y, y2="high:Q")
    line = base.mark_line(interpolate="step-after", strokeWidth=2.5, color=BLUE, aria=False).encode(y="share:Q")
    steps = base.mark_tick(color=BLUE, size=9, thickness=2, aria=False).encode(
        y="share:Q", tooltip=tooltips(**headings, **values)
    )
    header = alt.Header(labelFontWeight="bold", labelAnchor="start", title=None)
    panel = (_signature_rule(data, "label") + band + line + steps).properties(width=CHART_WIDTH_PX // 2, height=150)
    chart = panel.facet(facet=alt.Facet("label:N", sort=panels, header=header), columns=2)
    ends = data.drop_duplicates("group", keep="last")
    description = "; ".join(
        f"{group}: {format_percent(share)} of {n} in the end"
        for group, share, n in zip(ends["group"], ends["share"], ends["n"], strict=True)
    )
    columns = headings | {"years": "Years", "at_risk": "At risk", "events": "Done that day"}
    columns |= {"share": "Share", "low": "From", "high": "To", "n": "Areas in all"}
    return with_metadata(chart, name, title, f"{description}.", columns, note)
