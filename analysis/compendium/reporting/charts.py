"""One function a figure: a tidy frame in, a described Altair chart out.

Frames name their fields by what they are in the figure: ``label`` (a row of it), ``group`` (what colour and shape
tell apart), ``share`` or ``value`` with ``low`` and ``high``, ``count``, ``n``, and ``rows`` (the ids behind a mark).
A row whose number is not known is not drawn.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import altair as alt
import pandas as pd
from IPython.display import Markdown

from compendium.reporting.altair_output import with_metadata
from compendium.reporting.labels import format_percent
from compendium.reporting.theme import (
    BACKGROUND,
    BLUE,
    CHART_WIDTH_PX,
    FOREGROUND,
    ORANGE,
    ROW_HEIGHT_PX,
    colour_encoding,
    shape_encoding,
    tooltips,
    with_height,
)

ChartFunction = Callable[..., Any]
LETTER_WIDTH_PX = 7
"""Pixels of an average letter of a label."""
TABLE_WIDTH_PX = 440
"""Pixels of the columns of a table, beside its labels, that the text of a page has room for."""
TWO_LINE_LABEL_EXPR = (
    "indexof(datum.label, ' (') < 0 ? datum.label : [split(datum.label, ' (')[0], '(' + split(datum.label, ' (')[1]]"
)
"""A group's name above its size."""
_HEATMAP_SHADES = ("#eaf3fa", "#0B4F80")
_EQUAL_CONTRAST_LUMINANCE = 0.179
"""The luminance to which black and white have the same contrast, 4.6:1."""
_VALUE_FIELDS = ("share", "value", "gap", "count")
"""Fields that say where a mark stands: without them there is none."""


def empty_chart_note(chart_function: ChartFunction) -> ChartFunction:
    """Let a figure without a row say so in words: a young case has no measures yet, and still has its pages."""

    @wraps(chart_function)
    def drawn(data: pd.DataFrame, name: str, title: str, *rest: Any, **more: Any) -> Any:
        known = data.dropna(subset=data.columns.intersection(list(_VALUE_FIELDS))).reset_index(drop=True)
        if known.empty:
            return Markdown(f"*{title}: nothing to draw, for the data hold no such row.*")
        return chart_function(known, name, title, *rest, **more)

    return drawn


@empty_chart_note
def shares_chart(
    data: pd.DataFrame, name: str, title: str, label_heading: str, note: str, axis_title: str = "Share of statements"
) -> Any:
    """Shares with intervals, largest first, coloured by ``group``.

    ``data`` has ``label``, ``group``, ``share``, ``low``, ``high``, ``count``, ``n``, ``rows`` (ids in words).
    """
    data = data.sort_values("share", ascending=False, kind="stable").reset_index(drop=True)
    groups = list(dict.fromkeys(data["group"]))
    headings = {"label": label_heading, "group": "Group", "count": "Statements", "n": "Of", "rows": "Among them"}
    drawn = _points_with_intervals(data, data["label"].tolist(), groups, axis_title, headings)
    shares = [f"{label} {format_percent(share)}" for label, share in zip(data["label"], data["share"], strict=True)]
    spread = " with 95 % intervals" if data["low"].notna().any() else ""
    words = f"{len(data)} rows{spread}. Most frequent: {'; '.join(shares[:3])}. Least: {shares[-1]}."
    return with_metadata(with_height(drawn, len(data)), name, title, words, _share_columns(headings), note)


@empty_chart_note
def grouped_shares_chart(
    data: pd.DataFrame,
    name: str,
    title: str,
    label_heading: str,
    note: str,
    groups: Sequence[str],
    axis_title: str = "Share of statements",
    count_heading: str = "Statements",
    order: Sequence[str] = (),
) -> Any:
    """Shares of several groups on the same rows: for each ``label`` a point a ``group``, with its interval.

    Rows stand in ``order``, or by their largest share.

    ``data`` has ``label``, ``group``, ``share``, ``low``, ``high``, ``count`` (of what ``count_heading`` says), ``n``.
    """
    order = (
        list(order) or data.groupby("label")["share"].max().sort_values(ascending=False, kind="stable").index.tolist()
    )
    headings = {"label": label_heading, "group": "Group", "count": count_heading, "n": "Of"}
    drawn = _points_with_intervals(data, order, groups, axis_title, headings, offset_groups=True)
    words = f"{len(order)} rows, each with the groups {', '.join(groups)}. {_largest_difference(data)}"
    return with_metadata(
        with_height(drawn, _line_count(order, groups)), name, title, words, _share_columns(headings), note
    )


def _points_with_intervals(
    data: pd.DataFrame,
    order: Sequence[str],
    groups: Sequence[str],
    axis_title: str,
    headings: dict[str, str],
    offset_groups: bool = False,
) -> Any:
    y = alt.Y("label:N", sort=list(order), title=None)
    x = alt.X("low:Q", title=axis_title, axis=alt.Axis(format="%", tickCount=5))
    base = alt.Chart(data).encode(y=y, color=colour_encoding("group", groups))
    if offset_groups:
        base = base.encode(yOffset=alt.YOffset("group:N", sort=list(groups)))
    shares = {"share": ("Share", ".1%"), "low": ("From", ".1%"), "high": ("To", ".1%")}
    lines = base.mark_rule(strokeWidth=1.5).encode(x=x, x2="high:Q")
    points = base.mark_point(filled=True, size=85, opacity=1).encode(
        x="share:Q", shape=shape_encoding("group", groups), tooltip=[*tooltips(**headings), *tooltips(**shares)]
    )
    return lines + points


def _share_columns(headings: dict[str, str]) -> dict[str, str]:
    return {field: head for field, head in headings.items() if field != "rows"} | {
        "share": "Share",
        "low": "From",
        "high": "To",
    }


def _line_count(order: Sequence[str], groups: Sequence[str]) -> float:
    return len(order) * max(1.0, 0.62 * len(groups))


def _largest_difference(data: pd.DataFrame) -> str:
    table = data.pivot_table(index="label", columns="group", values="share")
    if table.shape[1] < 2:
        return ""
    label = (table.max(axis=1) - table.min(axis=1)).idxmax()
    shares = ", ".join(
        f"{group} {format_percent(value)}" for group, value in table.loc[[label]].iloc[0].dropna().items()
    )
    return f"They differ most on {label}: {shares}."


@empty_chart_note
def heatmap_chart(
    data: pd.DataFrame,
    name: str,
    title: str,
    x: str,
    y: str,
    value: tuple[str, str, str],
    note: str,
    x_order: Sequence[str],
    y_order: Sequence[str],
    extra_columns: dict[str, str] | None = None,
    diverging: bool = False,
    shade_from: float = 0.0,
) -> Any:
    """A table whose cells are shaded by a value and bear it as a number.

    Parameters
    ----------
    data : DataFrame
        With the fields ``x`` and ``y`` (text), the value's, and those of ``extra_columns``; an absent cell stays empty.
    value : tuple of str
        Field of the value, its heading and its number format.
    extra_columns : dict
        Further fields of tooltip and data table, with their headings.
    diverging : bool
        Whether values lie on both sides of zero, each side with a colour of its own.
    shade_from : float
        The value at which shading begins.
    """
    field, heading, form = value
    extra_columns = extra_columns or {}
    top = max(float(data[field].abs().max()), shade_from)
    longest = LETTER_WIDTH_PX * max(len(part) for text in x_order for part in text.split(" (")) + 8
    width = min(100, max(27, (CHART_WIDTH_PX + 20) // len(x_order)))
    if longest * len(x_order) <= TABLE_WIDTH_PX:
        width = max(width, longest)
    slanted = longest > width
    turn = alt.Axis(
        orient="top",
        labelAngle=-40 if slanted else 0,
        labelExpr="datum.label" if slanted else TWO_LINE_LABEL_EXPR,
        labelPadding=2 if slanted or not any(" (" in text for text in x_order) else 17,
        labelLimit=0,
        domain=False,
        ticks=False,
    )
    base = alt.Chart(data).encode(
        x=alt.X(f"{x}:N", sort=list(x_order), title=None, axis=turn, scale=alt.Scale(domain=list(x_order))),
        y=alt.Y(f"{y}:N", sort=list(y_order), title=None, axis=alt.Axis(domain=False, ticks=False)),
        tooltip=[
            *tooltips(**{y: y.capitalize(), x: x.capitalize()}),
            *tooltips(**{field: (heading, form)}),
            *tooltips(**extra_columns),
        ],
    )
    if diverging:
        scale = alt.Scale(domain=[-top, 0, top], range=[ORANGE, _HEATMAP_SHADES[0], BLUE], interpolate="rgb")
    else:
        scale = alt.Scale(domain=[shade_from, top], range=list(_HEATMAP_SHADES), clamp=True)
    shade = alt.Color(f"{field}:Q", scale=scale, legend=None)
    dark = f"luminance(scale('color', datum.{field})) < {_EQUAL_CONTRAST_LUMINANCE}"
    ink = alt.condition(dark, alt.value("white"), alt.value("black"))
    cells = base.mark_rect(stroke=BACKGROUND, strokeWidth=1).encode(color=shade)
    numbers = base.mark_text(fontSize=12).encode(text=alt.Text(f"{field}:Q", format=form), color=ink)
    best = data.sort_values(field, ascending=False, kind="stable").iloc[0]
    words = (
        f"A table of {len(y_order)} rows by {len(x_order)} columns; each cell bears its value. "
        f"Largest: {best[y]} with {best[x]}, {best[field]:{form}}."
    )
    drawn = (cells + numbers).properties(width=width * len(x_order), height=(ROW_HEIGHT_PX + 2) * len(y_order))
    columns = {y: y.capitalize(), x: x.capitalize(), field: heading} | extra_columns
    return with_metadata(drawn, name, title, words, columns, note)


@empty_chart_note
def stacked_bars_chart(
    data: pd.DataFrame,
    name: str,
    title: str,
    label_heading: str,
    note: str,
    groups: Sequence[str] = (),
    order: Sequence[str] = (),
    axis_title: str = "Number of measures",
) -> Any:
    """Counts as stacked bars: a bar for each ``label``, split by ``group``.

    ``data`` has ``label``, ``group``, ``count``, ``rows``; ``groups`` and ``order`` default to largest first.
    """
    groups = list(groups or _totals(data, "group").index)
    totals = _totals(data, "label")
    data = data.assign(place=data["group"].map({group: place for place, group in enumerate(groups)}))
    y = alt.Y("label:N", sort=list(order or totals.index), title=None)
    x = alt.X("count:Q", title=axis_title, axis=alt.Axis(tickMinStep=1, format="d", tickCount=6))
    headings = {"label": label_heading, "group": "Group", "count": "Number", "rows": "Among them"}
    drawn = (
        alt.Chart(data)
        .mark_bar(stroke=BACKGROUND, strokeWidth=0.6)
        .encode(y=y, x=x, color=colour_encoding("group", groups), order="place:Q", tooltip=tooltips(**headings))
    )
    ends = alt.Chart(totals.rename("total").rename_axis("label").reset_index()).mark_text(align="left", dx=4)
    drawn = drawn + ends.encode(y=y, x="total:Q", text="total:Q")
    words = f"{int(totals.sum())} in all. Most: {list_counts(totals.head(3))}. {_group_totals_text(data, groups)}"
    return with_metadata(with_height(drawn, len(totals)), name, title, words, headings, note)


@empty_chart_note
def yearly_counts_chart(
    data: pd.DataFrame,
    name: str,
    title: str,
    note: str,
    groups: Sequence[str] = (),
    axis_title: str = "Number",
    marked_years: pd.DataFrame | None = None,
) -> Any:
    """Counts a year as stacked columns, split by ``group``; ``marked_years`` (``year``, ``label``) are upright lines.

    ``data`` has ``year`` (int), ``group``, ``count``, ``rows``.
    """
    groups = list(groups or _totals(data, "group").index)
    data = data.assign(place=data["group"].map({group: place for place, group in enumerate(groups)}))
    named = [] if marked_years is None else list(zip(marked_years["year"], marked_years["label"], strict=True))
    shown = [*data["year"], *(year for year, _ in named)]
    first, last = int(min(shown)), int(max(shown))
    scale = alt.Scale(domain=[first - 1, last + 1], nice=False)
    x = alt.X("year:Q", title=None, scale=scale, axis=alt.Axis(format="d", tickMinStep=1, grid=False))
    top = data.groupby("year")["count"].sum().max() * (1 + 0.09 * len(named))
    y = alt.Y("count:Q", title=axis_title, axis=alt.Axis(tickMinStep=1, format="d"), scale=alt.Scale(domain=[0, top]))
    headings = {"year": "Year", "group": "Group", "count": "Number", "rows": "Among them"}
    drawn: Any = (
        alt.Chart(data)
        .mark_bar(size=max(4, min(18, CHART_WIDTH_PX // (last - first + 2) - 2)))
        .encode(x=x, y=y, color=colour_encoding("group", groups), order="place:Q", tooltip=tooltips(**headings))
    )
    for line, (year, label) in enumerate(named):
        at = alt.Chart(pd.DataFrame({"year": [year], "label": [label]})).encode(x="year:Q")
        words = at.mark_text(align="left", baseline="top", dx=4, dy=14 * line, fontSize=12)
        drawn = drawn + at.mark_rule(strokeDash=[4, 3]) + words.encode(y=alt.value(0), text="label:N")
    total = data.groupby("year")["count"].sum()
    most = f"most in {total.idxmax()} ({total.max()})"
    words = (
        f"{total.sum()} in all, {total.index.min()} to {total.index.max()}; {most}. {_group_totals_text(data, groups)}"
    )
    return with_metadata(drawn.properties(width=CHART_WIDTH_PX + 150, height=220), name, title, words, headings, note)


def _totals(data: pd.DataFrame, field: str) -> pd.Series:
    return data.groupby(field, sort=True)["count"].sum().sort_values(ascending=False, kind="stable")


def _group_totals_text(data: pd.DataFrame, groups: Sequence[str]) -> str:
    sums = data.groupby("group")["count"].sum().reindex(list(groups), fill_value=0)
    return f"Of these: {list_counts(sums)}." if len(groups) > 1 else ""


def list_counts(counts: pd.Series) -> str:
    return ", ".join(f"{label} {count:,}" for label, count in counts.items())


@empty_chart_note
def family_shares_chart(data: pd.DataFrame, name: str, title: str, note: str, stages: Sequence[str]) -> Any:
    """What weight each family of policy has in each stage: a row a family, a sign a stage, a panel a case.

    ``data`` has ``case``, ``stage``, ``family``, ``share``, ``low``, ``high``, ``n``.
    """
    rows, cases = list(dict.fromkeys(data["family"])), list(dict.fromkeys(data["case"]))
    headings = {"case": "Case", "family": "Family", "stage": "In"}
    figures = {"share": ("Share", ".1%"), "low": ("From", ".1%"), "high": ("To", ".1%"), "n": ("Of", "d")}
    x = alt.X("share:Q", title="Share", axis=alt.Axis(format="%", tickCount=4))
    base = alt.Chart(data).encode(x=x, y=alt.Y("family:N", sort=rows, title=None))
    span = base.mark_line(color=FOREGROUND, opacity=0.3, strokeWidth=3).encode(detail="family:N")
    signs = base.mark_point(filled=True, size=95, opacity=1).encode(
        color=colour_encoding("stage", stages),
        shape=shape_encoding("stage", stages),
        tooltip=tooltips(**headings, **figures),
    )
    drawn: Any = span + signs
    if len(cases) > 1:
        header = alt.Header(labelFontWeight="bold", labelAnchor="start")
        panel = drawn.properties(width=(CHART_WIDTH_PX + 70) // len(cases), height=ROW_HEIGHT_PX * (len(rows) + 1))
        drawn = panel.facet(column=alt.Column("case:N", sort=cases, title=None, header=header))
    else:
        drawn = with_height(drawn, len(rows) + 1)
    words = " ".join(_leading_families(part, case, stages) for case, part in data.groupby("case", sort=False))
    columns = headings | {"share": "Share", "low": "From", "high": "To", "n": "Of"}
    return with_metadata(drawn, name, title, words, columns, note)


def _leading_families(case_shares: pd.DataFrame, case: object, stages: Sequence[str]) -> str:
    leading = (
        case_shares.sort_values("share", ascending=False, kind="stable").drop_duplicates("stage").set_index("stage")
    )
    said = [
        f"{leading['family'][stage]} leads in {stage} ({format_percent(leading['share'][stage])})"
        for stage in stages
        if stage in leading.index
    ]
    return f"{case}: {', '.join(said)}."


@empty_chart_note
def intervals_chart(
    data: pd.DataFrame,
    name: str,
    title: str,
    label_heading: str,
    axis_title: str,
    note: str,
    groups: Sequence[str] = (),
    reference_lines: Sequence[float] = (),
    extra_columns: dict[str, str] | None = None,
) -> Any:
    """Figures with intervals: for each ``label`` a point a ``group``; ``reference_lines`` are upright marks of reference.

    ``data`` has ``label``, ``group``, ``value``, ``low``, ``high``; labels stand in the order of the data.
    """
    groups = list(groups or dict.fromkeys(data["group"]))
    order = list(dict.fromkeys(data["label"]))
    offset = alt.YOffset("group:N", sort=groups)
    base = alt.Chart(data).encode(y=alt.Y("label:N", sort=order, title=None), color=colour_encoding("group", groups))
    if data["label"].duplicated().any():
        base = base.encode(yOffset=offset)
    x = alt.X("low:Q", title=axis_title, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=6))
    spans = base.mark_rule(strokeWidth=1.5).encode(x=x, x2="high:Q")
    headings = {"label": label_heading, "group": "Group"} if len(groups) > 1 else {"label": label_heading}
    figures = {"value": (axis_title, ".2f"), "low": ("From", ".2f"), "high": ("To", ".2f")}
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="value:Q",
        shape=shape_encoding("group", groups),
        tooltip=tooltips(**headings, **figures, **(extra_columns or {})),
    )
    drawn: Any = spans + points
    if reference_lines:
        at = alt.Chart(pd.DataFrame({"at": list(reference_lines)}))
        # Layers side by side, not nested: a page that breaks long labels on a phone looks for them there.
        drawn = alt.layer(at.mark_rule(strokeDash=[4, 3], opacity=0.7).encode(x="at:Q"), spans, points)
    ends = data.sort_values("value", kind="stable")
    words = f"Highest: {_value_text(ends.iloc[-1], groups)}. Lowest: {_value_text(ends.iloc[0], groups)}."
    columns = headings | {"value": axis_title, "low": "From", "high": "To"} | (extra_columns or {})
    rows = _line_count(order, groups) if data["label"].duplicated().any() else len(order)
    return with_metadata(with_height(drawn, rows), name, title, words, columns, note)


def _value_text(row: pd.Series, groups: Sequence[str]) -> str:
    group = f" ({row['group']})" if len(groups) > 1 else ""
    return f"{row['label']}{group} {row['value']:.2f}"
