"""Charts of the sequence: time lines, agreements around the signature, and how long promises wait."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from compendium.chapters.sequence.analysis import ACT_ORDER, LANES
from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import empty_chart_note
from compendium.reporting.labels import format_percent
from compendium.reporting.theme import (
    BACKGROUND,
    BLUE,
    CHART_WIDTH_PX,
    FOREGROUND,
    OCHRE,
    ROW_HEIGHT_PX,
    colour_encoding,
    shape_encoding,
    tooltips,
)

ZERO_WIDTH_SPACE = "\u200b"
"""A space without width."""
LANE_HEIGHT_PX = 18
TIMELINE_WIDTH_PX = CHART_WIDTH_PX + 60
_BAR_HEIGHTS_PX = {"day": 15, "month": 9, "year": 4}
_TINT_OPACITY = 0.35
"""Opacity of a colour behind text: the text is read, light or dark, and the colour is seen from afar."""
_MIN_BAR_WIDTH_PX = 1.5
"""Pixels of the narrowest mark of a time line, so that a month can be seen."""


@empty_chart_note
def timeline_chart(lanes: pd.DataFrame, name: str, title: str, marks: pd.DataFrame, note: str) -> Any:
    """The time line of each partnership: a lane for each kind of row, a mark for each date, as wide as it is known.

    ``lanes`` has, of :func:`sequence.lane_date_precision` with ``group`` (the partner), ``signed`` and ``signature`` (in years), a
    row a lane; ``marks`` those of :func:`sequence.marks` with ``group``.
    """
    groups = list(dict.fromkeys(lanes["group"]))
    said = [f"{lane} ({n})" if n else lane for lane, n in zip(lanes["lane"], lanes["undated"], strict=True)]
    lanes = lanes.assign(row=unique_row_labels(groups, lanes["group"], said), at=range(len(lanes)))
    rows = rows_with_headings(lanes)
    first, last = (
        int(min([*marks["start"], *lanes["signature"]])) - 1,
        int(max([*marks["end"], *lanes["signature"]])) + 1,
    )
    thin = (last - first) / TIMELINE_WIDTH_PX * _MIN_BAR_WIDTH_PX
    widths = {"day": thin, "month": max(1 / 12, thin), "year": 1 - thin}  # years in a row stay apart
    marks = marks.merge(lanes[["group", "lane", "at"]], on=["group", "lane"]).assign(start=marks["start"].round(2))
    y = alt.Y("row:N", sort=rows, title=None, scale=alt.Scale(domain=rows), axis=heading_axis())
    x = alt.X(
        "start:Q",
        title=None,
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(format="d", tickCount=8, orient="top"),
    )
    headings = {"lane:N": "Kind", "date": "Date", "count": "Rows"}
    drawn: Any = alt.layer(
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
    signed = (
        alt.Chart(lanes)
        .mark_tick(color=FOREGROUND, thickness=2, size=LANE_HEIGHT_PX, aria=False)
        .encode(y=y, x=alt.X("signature:Q"), tooltip=tooltips(group="Partner", signed="Signature"))
    )
    dated = lanes.groupby("lane", sort=False)[["n", "undated"]].sum()
    words = "; ".join(f"{lane}: {n - unknown} of {n} dated" for lane, n, unknown in dated.itertuples())
    columns = {"group": "Partner", "lane": "Kind", "signed": "Signature", "n": "Rows", "day": "Dated to the day"}
    columns |= {"month": "To the month", "year": "To the year", "undated": "Undated", "first": "First", "last": "Last"}
    size = {"width": TIMELINE_WIDTH_PX, "height": LANE_HEIGHT_PX * len(rows)}
    return with_metadata((drawn + signed).properties(**size), name, title, f"{words}.", columns, note)


def unique_row_labels(groups: Sequence[str], label_groups: Iterable[str], labels: Iterable[str]) -> list[str]:
    """Labels of rows below headings, made unlike those below other headings by signs that nobody sees."""
    return [
        f"{label}{ZERO_WIDTH_SPACE * (groups.index(own) + 1)}" for own, label in zip(label_groups, labels, strict=True)
    ]


def rows_with_headings(data: pd.DataFrame) -> list[str]:
    """The rows of a chart in order: each ``group`` as a heading, below it its own ``row``."""
    parts = ([group, *dict.fromkeys(own["row"])] for group, own in data.groupby("group", sort=False))
    return [str(row) for part in parts for row in part]


def heading_axis(label_limit_px: int = 0) -> alt.Axis:
    """The axis of :func:`rows_with_headings`, headings in bold; longer labels than ``label_limit_px`` pixels are cut (0: none is)."""
    is_heading = {"test": f"indexof(datum.value, '{ZERO_WIDTH_SPACE}') < 0", "value": "bold"}
    weight: Any = {"condition": is_heading, "value": "normal"}
    seen = f"replace(datum.label, /{ZERO_WIDTH_SPACE}/g, '')"  # the font that measures has no such sign
    return alt.Axis(
        labelLimit=label_limit_px, labelExpr=seen, labelFontWeight=weight, domain=False, ticks=False, grid=False
    )


@empty_chart_note
def agreement_acts_chart(data: pd.DataFrame, name: str, title: str, note: str, order: Sequence[str]) -> Any:
    """Acts of agreements by their lag from the signature: a heading an area, below it a row a partner.

    ``data`` has, of :func:`sequence.agreements`, also ``partner`` and ``group`` (the area, in words).
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
    drawn = (zero + spans + points).properties(width=CHART_WIDTH_PX, height=(LANE_HEIGHT_PX + 3) * len(rows))
    words = f"{len(data)} acts: " + ", ".join(f"{n} {place}" for place, n in data["place"].value_counts().items())
    columns = headings | {"form": "Form", "value": "Lag (years)", "low": "From", "high": "To", "id": "Row"}
    return with_metadata(drawn, name, title, f"{words} the signature.", columns, note)


def _signature_rule(data: pd.DataFrame, panel_field: str) -> Any:
    """The signature as an upright line in each panel."""
    once = alt.Chart(data).transform_aggregate(rows="count()", groupby=[panel_field])
    return once.mark_rule(strokeDash=[4, 3], aria=False).encode(x=alt.datum(0))


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
    signs: Mapping[str, tuple[str, str]],
) -> Any:
    """What became of each area in each partnership: a cell bears the years that it took, or a sign.

    ``data`` has ``label`` (area), ``group`` (partner), ``outcome``, ``said`` (the text of the cell), ``years``, and the
    first dates of :func:`waiting.pairs`; ``signs`` has for each outcome a sample of its cells and its colour.
    """
    key = {outcome: f"{sign}  {outcome}" for outcome, (sign, _) in signs.items()}
    partners = list(dict.fromkeys(data["group"]))
    data = data.assign(key=data["outcome"].map(key))
    scale = alt.Scale(domain=list(key.values()), range=[tone for _, tone in signs.values()])
    legend = alt.Legend(columns=1, title=None, symbolType="square", symbolOpacity=_TINT_OPACITY)
    headings = {"label": "Policy area", "group": "Partner", "outcome": "Outcome", "promised": "First commitment"}
    headings |= {"named": "First statement", "started": "First measure"}
    turned = alt.Axis(orient="top", labelAngle=-40, domain=False, ticks=False)
    base = alt.Chart(data).encode(
        x=alt.X("group:N", title=None, sort=partners, axis=turned),
        y=alt.Y("label:N", sort=list(order), title=None, axis=alt.Axis(domain=False, ticks=False)),
        tooltip=tooltips(**headings),
    )
    tone = alt.Color("key:N", scale=scale, sort=list(key.values()), legend=legend)
    cells = base.mark_rect(opacity=_TINT_OPACITY, stroke=BACKGROUND, strokeWidth=1, aria=False).encode(color=tone)
    drawn = cells + base.mark_text(fontSize=13, aria=False).encode(text="said:N")
    drawn = drawn.properties(width=min(CHART_WIDTH_PX, 110 * len(partners)), height=(ROW_HEIGHT_PX + 2) * len(order))
    found = data["outcome"].value_counts()
    words = "; ".join(f"{outcome}: {found.get(outcome, 0)}" for outcome in signs)
    columns = headings | {"years": "Years after the signature"}
    return with_metadata(drawn, name, title, f"Partnerships with their policy areas. {words}.", columns, note)


@empty_chart_note
def implementation_curves_chart(data: pd.DataFrame, name: str, title: str, note: str) -> Any:
    """Curves of the share done, a panel a ``group``, with a band for the 95 % interval.

    ``data`` has the fields of :func:`waiting.curves`, and ``label`` (the name of the panel) and ``share``.
    """
    panels = list(dict.fromkeys(data["label"]))
    x = alt.X("years:Q", title="Years after the signature", axis=alt.Axis(tickCount=6, format="d"))
    y = alt.Y("low:Q", title="Share with something done", axis=alt.Axis(format="%", tickCount=5))
    y = y.scale(domain=[0, 1])
    base = alt.Chart(data).encode(x=x)
    headings = {"group": "Areas"}
    figures = {"years": ("Years", "+.2f"), "at_risk": ("At risk", "d"), "events": ("Done that day", "d")}
    figures |= {"share": ("Share", ".1%"), "low": ("From", ".1%"), "high": ("To", ".1%")}
    band = base.mark_area(interpolate="step-after", opacity=0.25, color=BLUE, aria=False).encode(y=y, y2="high:Q")
    line = base.mark_line(interpolate="step-after", strokeWidth=2.5, color=BLUE, aria=False).encode(y="share:Q")
    steps = base.mark_tick(color=BLUE, size=9, thickness=2, aria=False).encode(
        y="share:Q", tooltip=tooltips(**headings, **figures)
    )
    header = alt.Header(labelFontWeight="bold", labelAnchor="start", title=None)
    panel = (_signature_rule(data, "label") + band + line + steps).properties(width=CHART_WIDTH_PX // 2, height=150)
    drawn = panel.facet(facet=alt.Facet("label:N", sort=panels, header=header), columns=2)
    ends = data.drop_duplicates("group", keep="last")
    words = "; ".join(
        f"{group}: {format_percent(share)} of {n} in the end"
        for group, share, n in zip(ends["group"], ends["share"], ends["n"], strict=True)
    )
    columns = headings | {"years": "Years", "at_risk": "At risk", "events": "Done that day"}
    columns |= {"share": "Share", "low": "From", "high": "To", "n": "Areas in all"}
    return with_metadata(drawn, name, title, f"{words}.", columns, note)
