"""Charts that several chapters use: each function turns a tidy frame into an Altair chart with metadata.

Columns mean the same in every frame: ``label`` (a row of the chart), ``group`` (colour and shape), ``share`` or
``value`` with ``low`` and ``high``, ``count``, ``n``, and ``rows`` (the ids behind a mark, as text). Rows with a
missing value are not drawn.
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
"""Average width of a letter in a label."""
TABLE_WIDTH_PX = 440
"""Width that the columns of a heatmap may take beside its labels, so that it fits into the text of a page."""
TWO_LINE_LABEL_EXPR = (
    "indexof(datum.label, ' (') < 0 ? datum.label : [split(datum.label, ' (')[0], '(' + split(datum.label, ' (')[1]]"
)
"""Vega expression that breaks a label such as ``Xland (n = 120)`` before the bracket."""
_HEATMAP_SHADES = ("#eaf3fa", "#0B4F80")
_EQUAL_CONTRAST_LUMINANCE = 0.179
"""Luminance at which black and white text have the same contrast, 4.6:1."""
_VALUE_FIELDS = ("share", "value", "gap", "count")
"""Columns that decide the position of a mark; rows without them are not drawn."""


def empty_chart_note(chart_function: ChartFunction) -> ChartFunction:
    """Return a sentence instead of a chart when the frame has no row to draw, as in a new case without measures."""

    @wraps(chart_function)
    def chart_or_note(data: pd.DataFrame, name: str, title: str, *args: Any, **kwargs: Any) -> Any:
        complete_rows = data.dropna(subset=data.columns.intersection(list(_VALUE_FIELDS))).reset_index(drop=True)
        if complete_rows.empty:
            return Markdown(f"*{title}: nothing to draw, for the data hold no such row.*")
        return chart_function(complete_rows, name, title, *args, **kwargs)

    return chart_or_note


@empty_chart_note
def shares_chart(
    data: pd.DataFrame, name: str, title: str, label_heading: str, note: str, axis_title: str = "Share of statements"
) -> Any:
    """Draw shares with intervals, largest first, coloured by ``group``.

    Parameters
    ----------
    data : DataFrame
        ``label``, ``group``, ``share``, ``low``, ``high``, ``count``, ``n``, ``rows``.

    Examples
    --------
    >>> data = pd.DataFrame({"label": ["Jobs", "Borders"], "group": "areas", "share": [0.2, 0.5], "count": [2, 5]})
    >>> data = data.assign(low=0.1, high=0.6, n=10, rows="s1, s2")
    >>> chart = shares_chart(data, "areas", "Policy areas named", "Policy area", note="Ten statements.")
    >>> chart.description
    '2 rows with 95 % intervals. Most frequent: Borders 50 %; Jobs 20 %. Least: Jobs 20 %.'
    """
    data = data.sort_values("share", ascending=False, kind="stable").reset_index(drop=True)
    groups = list(dict.fromkeys(data["group"]))
    headings = {"label": label_heading, "group": "Group", "count": "Statements", "n": "Of", "rows": "Among them"}
    chart = _points_with_intervals(data, data["label"].tolist(), groups, axis_title, headings)
    shares = [f"{label} {format_percent(share)}" for label, share in zip(data["label"], data["share"], strict=True)]
    intervals = " with 95 % intervals" if data["low"].notna().any() else ""
    description = f"{len(data)} rows{intervals}. Most frequent: {'; '.join(shares[:3])}. Least: {shares[-1]}."
    return with_metadata(with_height(chart, len(data)), name, title, description, _share_columns(headings), note)


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
    """Draw the shares of several groups side by side: one row per ``label``, one point per ``group``.

    Parameters
    ----------
    data : DataFrame
        ``label``, ``group``, ``share``, ``low``, ``high``, ``count`` (of what ``count_heading`` names), ``n``.
    order : sequence of str
        Labels from top to bottom; by default those with the largest share first.

    Examples
    --------
    >>> data = pd.DataFrame({"label": "Jobs", "group": ["partner", "destination"], "share": [0.5, 0.2]})
    >>> data = data.assign(low=0.1, high=0.6, count=1, n=10)
    >>> chart = grouped_shares_chart(data, "voices", "Voices", "Area", note="", groups=["destination", "partner"])
    >>> chart.description
    '1 rows, each with the groups destination, partner. They differ most on Jobs: destination 20 %, partner 50 %.'
    """
    order = (
        list(order) or data.groupby("label")["share"].max().sort_values(ascending=False, kind="stable").index.tolist()
    )
    headings = {"label": label_heading, "group": "Group", "count": count_heading, "n": "Of"}
    chart = _points_with_intervals(data, order, groups, axis_title, headings, offset_groups=True)
    description = f"{len(order)} rows, each with the groups {', '.join(groups)}. {_largest_difference(data)}"
    return with_metadata(
        with_height(chart, _line_count(order, groups)), name, title, description, _share_columns(headings), note
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
    intervals = base.mark_rule(strokeWidth=1.5).encode(x=x, x2="high:Q")
    points = base.mark_point(filled=True, size=85, opacity=1).encode(
        x="share:Q", shape=shape_encoding("group", groups), tooltip=[*tooltips(**headings), *tooltips(**shares)]
    )
    return intervals + points


def _share_columns(headings: dict[str, str]) -> dict[str, str]:
    return {field: heading for field, heading in headings.items() if field != "rows"} | {
        "share": "Share",
        "low": "From",
        "high": "To",
    }


def _line_count(order: Sequence[str], groups: Sequence[str]) -> float:
    return len(order) * max(1.0, 0.62 * len(groups))


def _largest_difference(data: pd.DataFrame) -> str:
    shares = data.pivot_table(index="label", columns="group", values="share")
    if shares.shape[1] < 2:
        return ""
    label = (shares.max(axis=1) - shares.min(axis=1)).idxmax()
    shares_text = ", ".join(
        f"{group} {format_percent(share)}" for group, share in shares.loc[[label]].iloc[0].dropna().items()
    )
    return f"They differ most on {label}: {shares_text}."


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
    """Draw a heatmap: a table whose cells are shaded by a value and show it as a number.

    Parameters
    ----------
    data : DataFrame
        The columns ``x`` and ``y`` (text), that of the value, and those of ``extra_columns``; a cell without a row is
        empty.
    value : tuple of str
        Column of the value, its heading and its d3 number format.
    extra_columns : dict
        Further columns of tooltip and data table, with their headings.
    diverging : bool
        Whether values lie on both sides of zero; each side then has its own colour.
    shade_from : float
        Value at which shading begins.

    Examples
    --------
    >>> data = pd.DataFrame({"case": ["EU", "US"], "area": "Jobs", "share": [0.2, 0.5]})
    >>> value, order = ("share", "Share", ".0%"), ["EU", "US"]
    >>> chart = heatmap_chart(data, "areas", "Areas", "case", "area", value, note="", x_order=order, y_order=["Jobs"])
    >>> chart.description
    'A table of 1 rows by 2 columns; each cell bears its value. Largest: Jobs with US, 50%.'
    """
    field, heading, number_format = value
    extra_columns = extra_columns or {}
    largest_value = max(float(data[field].abs().max()), shade_from)
    label_width = LETTER_WIDTH_PX * max(len(line) for label in x_order for line in label.split(" (")) + 8
    width = min(100, max(27, (CHART_WIDTH_PX + 20) // len(x_order)))
    if label_width * len(x_order) <= TABLE_WIDTH_PX:
        width = max(width, label_width)
    slanted = label_width > width
    x_axis = alt.Axis(
        orient="top",
        labelAngle=-40 if slanted else 0,
        labelExpr="datum.label" if slanted else TWO_LINE_LABEL_EXPR,
        labelPadding=2 if slanted or not any(" (" in label for label in x_order) else 17,
        labelLimit=0,
        domain=False,
        ticks=False,
    )
    base = alt.Chart(data).encode(
        x=alt.X(f"{x}:N", sort=list(x_order), title=None, axis=x_axis, scale=alt.Scale(domain=list(x_order))),
        y=alt.Y(f"{y}:N", sort=list(y_order), title=None, axis=alt.Axis(domain=False, ticks=False)),
        tooltip=[
            *tooltips(**{y: y.capitalize(), x: x.capitalize()}),
            *tooltips(**{field: (heading, number_format)}),
            *tooltips(**extra_columns),
        ],
    )
    if diverging:
        scale = alt.Scale(
            domain=[-largest_value, 0, largest_value], range=[ORANGE, _HEATMAP_SHADES[0], BLUE], interpolate="rgb"
        )
    else:
        scale = alt.Scale(domain=[shade_from, largest_value], range=list(_HEATMAP_SHADES), clamp=True)
    shade = alt.Color(f"{field}:Q", scale=scale, legend=None)
    is_dark = f"luminance(scale('color', datum.{field})) < {_EQUAL_CONTRAST_LUMINANCE}"
    text_colour = alt.condition(is_dark, alt.value("white"), alt.value("black"))
    cells = base.mark_rect(stroke=BACKGROUND, strokeWidth=1).encode(color=shade)
    numbers = base.mark_text(fontSize=12).encode(text=alt.Text(f"{field}:Q", format=number_format), color=text_colour)
    top = data.sort_values(field, ascending=False, kind="stable").iloc[0]
    description = (
        f"A table of {len(y_order)} rows by {len(x_order)} columns; each cell bears its value. "
        f"Largest: {top[y]} with {top[x]}, {top[field]:{number_format}}."
    )
    chart = (cells + numbers).properties(width=width * len(x_order), height=(ROW_HEIGHT_PX + 2) * len(y_order))
    columns = {y: y.capitalize(), x: x.capitalize(), field: heading} | extra_columns
    return with_metadata(chart, name, title, description, columns, note)


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
    """Draw counts as stacked bars: one bar per ``label``, split by ``group``.

    Parameters
    ----------
    data : DataFrame
        ``label``, ``group``, ``count``, ``rows``.
    groups, order : sequence of str
        Groups from left to right, labels from top to bottom; by default those with the largest total first.

    Examples
    --------
    >>> data = pd.DataFrame({"label": ["Jobs", "Borders"], "group": "in force", "count": [2, 5], "rows": "m1, m2"})
    >>> chart = stacked_bars_chart(data, "measures", "Measures by area", "Policy area", note="")
    >>> chart.title
    'Measures by area'
    """
    groups = list(groups or _totals(data, "group").index)
    totals = _totals(data, "label")
    data = data.assign(place=data["group"].map({group: place for place, group in enumerate(groups)}))
    y = alt.Y("label:N", sort=list(order or totals.index), title=None)
    x = alt.X("count:Q", title=axis_title, axis=alt.Axis(tickMinStep=1, format="d", tickCount=6))
    headings = {"label": label_heading, "group": "Group", "count": "Number", "rows": "Among them"}
    chart = (
        alt.Chart(data)
        .mark_bar(stroke=BACKGROUND, strokeWidth=0.6)
        .encode(y=y, x=x, color=colour_encoding("group", groups), order="place:Q", tooltip=tooltips(**headings))
    )
    ends = alt.Chart(totals.rename("total").rename_axis("label").reset_index()).mark_text(align="left", dx=4)
    chart = chart + ends.encode(y=y, x="total:Q", text="total:Q")
    description = f"{int(totals.sum())} in all. Most: {list_counts(totals.head(3))}. {_group_totals_text(data, groups)}"
    return with_metadata(with_height(chart, len(totals)), name, title, description, headings, note)


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
    """Draw yearly counts as stacked columns, split by ``group``.

    Parameters
    ----------
    data : DataFrame
        ``year`` (int), ``group``, ``count``, ``rows``.
    groups : sequence of str
        Groups from the bottom up; by default those with the largest total first.
    marked_years : DataFrame, optional
        ``year`` and ``label`` of dashed vertical lines.

    Examples
    --------
    >>> data = pd.DataFrame({"year": [2007, 2008], "group": "in force", "count": [2, 5], "rows": "m1, m2"})
    >>> yearly_counts_chart(data, "by-year", "Measures by year", note="").description
    '7 in all, 2007 to 2008; most in 2008 (5). '
    """
    groups = list(groups or _totals(data, "group").index)
    data = data.assign(place=data["group"].map({group: place for place, group in enumerate(groups)}))
    year_labels = [] if marked_years is None else list(zip(marked_years["year"], marked_years["label"], strict=True))
    years = [*data["year"], *(year for year, _ in year_labels)]
    first, last = int(min(years)), int(max(years))
    scale = alt.Scale(domain=[first - 1, last + 1], nice=False)
    x = alt.X("year:Q", title=None, scale=scale, axis=alt.Axis(format="d", tickMinStep=1, grid=False))
    totals = data.groupby("year")["count"].sum()
    top = totals.max() * (1 + 0.09 * len(year_labels))
    y = alt.Y("count:Q", title=axis_title, axis=alt.Axis(tickMinStep=1, format="d"), scale=alt.Scale(domain=[0, top]))
    headings = {"year": "Year", "group": "Group", "count": "Number", "rows": "Among them"}
    chart: Any = (
        alt.Chart(data)
        .mark_bar(size=max(4, min(18, CHART_WIDTH_PX // (last - first + 2) - 2)))
        .encode(x=x, y=y, color=colour_encoding("group", groups), order="place:Q", tooltip=tooltips(**headings))
    )
    for line, (year, label) in enumerate(year_labels):
        base = alt.Chart(pd.DataFrame({"year": [year], "label": [label]})).encode(x="year:Q")
        text = base.mark_text(align="left", baseline="top", dx=4, dy=14 * line, fontSize=12)
        chart = chart + base.mark_rule(strokeDash=[4, 3]) + text.encode(y=alt.value(0), text="label:N")
    most = f"most in {totals.idxmax()} ({totals.max()})"
    description = (
        f"{totals.sum()} in all, {totals.index.min()} to {totals.index.max()}; {most}. "
        f"{_group_totals_text(data, groups)}"
    )
    return with_metadata(
        chart.properties(width=CHART_WIDTH_PX + 150, height=220), name, title, description, headings, note
    )


def _totals(data: pd.DataFrame, field: str) -> pd.Series:
    return data.groupby(field, sort=True)["count"].sum().sort_values(ascending=False, kind="stable")


def _group_totals_text(data: pd.DataFrame, groups: Sequence[str]) -> str:
    sums = data.groupby("group")["count"].sum().reindex(list(groups), fill_value=0)
    return f"Of these: {list_counts(sums)}." if len(groups) > 1 else ""


def list_counts(counts: pd.Series) -> str:
    """Join the labels and values of ``counts``: ``in force 3, announced 1``."""
    return ", ".join(f"{label} {count:,}" for label, count in counts.items())


@empty_chart_note
def family_shares_chart(data: pd.DataFrame, name: str, title: str, note: str, stages: Sequence[str]) -> Any:
    """Draw the share of each family in each stage: one row per family, one point per stage, one panel per case.

    Parameters
    ----------
    data : DataFrame
        ``case``, ``stage``, ``family``, ``share``, ``low``, ``high``, ``n``.

    Examples
    --------
    >>> data = pd.DataFrame({"case": "EU", "stage": "talk", "family": ["trade", "security"], "share": [0.4, 0.6]})
    >>> data = data.assign(low=0.3, high=0.7, n=10)
    >>> family_shares_chart(data, "families", "Families", note="", stages=["talk"]).description
    'EU: security leads in talk (60 %).'
    """
    families, cases = list(dict.fromkeys(data["family"])), list(dict.fromkeys(data["case"]))
    headings = {"case": "Case", "family": "Family", "stage": "In"}
    values = {"share": ("Share", ".1%"), "low": ("From", ".1%"), "high": ("To", ".1%"), "n": ("Of", "d")}
    x = alt.X("share:Q", title="Share", axis=alt.Axis(format="%", tickCount=4))
    base = alt.Chart(data).encode(x=x, y=alt.Y("family:N", sort=families, title=None))
    lines = base.mark_line(color=FOREGROUND, opacity=0.3, strokeWidth=3).encode(detail="family:N")
    points = base.mark_point(filled=True, size=95, opacity=1).encode(
        color=colour_encoding("stage", stages),
        shape=shape_encoding("stage", stages),
        tooltip=tooltips(**headings, **values),
    )
    chart: Any = lines + points
    if len(cases) > 1:
        header = alt.Header(labelFontWeight="bold", labelAnchor="start")
        panel = chart.properties(width=(CHART_WIDTH_PX + 70) // len(cases), height=ROW_HEIGHT_PX * (len(families) + 1))
        chart = panel.facet(column=alt.Column("case:N", sort=cases, title=None, header=header))
    else:
        chart = with_height(chart, len(families) + 1)
    description = " ".join(_leading_families(part, case, stages) for case, part in data.groupby("case", sort=False))
    columns = headings | {"share": "Share", "low": "From", "high": "To", "n": "Of"}
    return with_metadata(chart, name, title, description, columns, note)


def _leading_families(case_shares: pd.DataFrame, case: object, stages: Sequence[str]) -> str:
    leading = (
        case_shares.sort_values("share", ascending=False, kind="stable").drop_duplicates("stage").set_index("stage")
    )
    stage_texts = [
        f"{leading['family'][stage]} leads in {stage} ({format_percent(leading['share'][stage])})"
        for stage in stages
        if stage in leading.index
    ]
    return f"{case}: {', '.join(stage_texts)}."


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
    """Draw values with intervals: one row per ``label``, one point per ``group``.

    Parameters
    ----------
    data : DataFrame
        ``label``, ``group``, ``value``, ``low``, ``high``, and those of ``extra_columns``; in the order of the chart.
    reference_lines : sequence of float
        Values at which a dashed vertical line is drawn.
    extra_columns : dict
        Further columns of tooltip and data table, with their headings.

    Examples
    --------
    >>> data = pd.DataFrame({"label": ["Jobs", "Borders"], "group": "areas", "value": [0.7, 0.9]})
    >>> data = data.assign(low=0.5, high=1.0)
    >>> intervals_chart(data, "alpha", "Agreement", "Code", "Alpha", note="", reference_lines=[0.8]).description
    'Highest: Borders 0.90. Lowest: Jobs 0.70.'
    """
    groups = list(groups or dict.fromkeys(data["group"]))
    order = list(dict.fromkeys(data["label"]))
    base = alt.Chart(data).encode(y=alt.Y("label:N", sort=order, title=None), color=colour_encoding("group", groups))
    if data["label"].duplicated().any():
        base = base.encode(yOffset=alt.YOffset("group:N", sort=groups))
    x = alt.X("low:Q", title=axis_title, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=6))
    intervals = base.mark_rule(strokeWidth=1.5).encode(x=x, x2="high:Q")
    headings = {"label": label_heading, "group": "Group"} if len(groups) > 1 else {"label": label_heading}
    values = {"value": (axis_title, ".2f"), "low": ("From", ".2f"), "high": ("To", ".2f")}
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="value:Q",
        shape=shape_encoding("group", groups),
        tooltip=tooltips(**headings, **values, **(extra_columns or {})),
    )
    chart: Any = intervals + points
    if reference_lines:
        lines = alt.Chart(pd.DataFrame({"at": list(reference_lines)})).mark_rule(strokeDash=[4, 3], opacity=0.7)
        # One flat list of layers: the script that wraps long labels on phones does not look into nested layers.
        chart = alt.layer(lines.encode(x="at:Q"), intervals, points)
    ranking = data.sort_values("value", kind="stable")
    description = f"Highest: {_value_text(ranking.iloc[-1], groups)}. Lowest: {_value_text(ranking.iloc[0], groups)}."
    columns = headings | {"value": axis_title, "low": "From", "high": "To"} | (extra_columns or {})
    n_rows = _line_count(order, groups) if data["label"].duplicated().any() else len(order)
    return with_metadata(with_height(chart, n_rows), name, title, description, columns, note)


def _value_text(row: pd.Series, groups: Sequence[str]) -> str:
    group = f" ({row['group']})" if len(groups) > 1 else ""
    return f"{row['label']}{group} {row['value']:.2f}"
