"""Charts of the findings: criteria against their bounds, specification curves, and summaries over all universes."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from textwrap import wrap
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from compendium.chapters.findings.labels import (
    RELATION_LABELS,
    VERDICT_LABELS,
    option_label,
    passes_label,
    universe_count_label,
    value_and_bound,
)
from compendium.chapters.findings.multiverse import Multiverse, Robustness, SpecificationCurve
from compendium.chapters.findings.verdicts import FAILS, HOLDS, NOT_TESTABLE, PARTLY, VERDICT_STATUSES, Verdict
from compendium.reporting.altair_output import with_metadata
from compendium.reporting.labels import humanize
from compendium.reporting.theme import (
    BACKGROUND,
    BLUE,
    CHART_WIDTH_PX,
    FOREGROUND,
    GREEN,
    GREY,
    ORANGE,
    ROW_HEIGHT_PX,
    colour_encoding,
    shape_encoding,
    tooltips,
    with_height,
)
from compendium.stats.arrays import Bools, Floats

_MAX_UNIVERSES = 32
"""Columns of a specification curve: on a phone each is about six pixels wide."""
_MIN_LABELLED_SHARE = 0.3
"""Smallest share of universes whose bar has room for its verdict in words."""
_AXIS_TITLE_WIDTH = 46
"""Characters per line of an axis title."""
_MAX_CURVES = 3
"""Units drawn separately in a specification curve; with more, only the weakest one is drawn."""
_MIN_EQUIVALENT_UNIVERSES = 12
"""Testable equivalent universes that make a specification curve; with fewer, all universes are drawn."""
_D3_FORMATS = {"share": ".1%", "count": ",.0f", "plain": ".2f", "year": ".1f", "p": ".3f"}
_MARGIN_FACTORS = {"share": 100.0}
_MARGIN_UNITS = {"share": "points", "count": "number", "plain": "effective number", "year": "years", "p": "p"}
_VERDICT_COLOURS = {HOLDS: GREEN, PARTLY: BLUE, FAILS: ORANGE, NOT_TESTABLE: GREY}
_PASSES_GROUPS = {"yes": "meets the bound", "no": "misses the bound"}
_TOO_FEW_ROWS = "too few rows"
_GROUP_COLOURS = {_PASSES_GROUPS["yes"]: GREEN, _PASSES_GROUPS["no"]: ORANGE, _TOO_FEW_ROWS: GREY}


def criteria_chart(verdict: Verdict, unit_labels: Mapping[str, str], title: str) -> Any:
    """Chart of a verdict's criteria: values with their intervals, each against its bound (a vertical tick)."""
    criteria = verdict.criteria
    descriptions = list(dict.fromkeys(criterion.description for criterion in criteria))
    labels = [unit_labels.get(criterion.unit, criterion.unit) for criterion in criteria]
    axis_title = descriptions[0]
    if len(descriptions) > 1:
        numbers = {description: number for number, description in enumerate(descriptions, start=1)}
        labels = [
            f"{label} ({numbers[criterion.description]})" for label, criterion in zip(labels, criteria, strict=True)
        ]
        axis_title = "; ".join(f"({number}) {description}" for description, number in numbers.items())
    data = pd.DataFrame(
        {
            "label": labels,
            "what": [criterion.description for criterion in criteria],
            "value": [criterion.value for criterion in criteria],
            "low": [criterion.low for criterion in criteria],
            "high": [criterion.high for criterion in criteria],
            "relation": [RELATION_LABELS[criterion.relation] for criterion in criteria],
            "bound": [criterion.bound for criterion in criteria],
            "n": [criterion.n for criterion in criteria],
            "group": [_PASSES_GROUPS.get(passes_label(criterion), _TOO_FEW_ROWS) for criterion in criteria],
        }
    )
    number_format = _D3_FORMATS[criteria[0].value_format]
    groups = [group for group in _GROUP_COLOURS if group in set(data["group"])]
    axis = alt.Axis(format=number_format.replace(".1%", "%"))
    x = alt.X(
        "value:Q", title=wrap(axis_title, _AXIS_TITLE_WIDTH), axis=axis, scale=alt.Scale(zero=number_format != ".1f")
    )
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=groups, range=[_GROUP_COLOURS[group] for group in groups]),
        legend=alt.Legend(title=None),
    )
    texts: dict[str, Any] = {"label": "Where", "what": "Criterion", "group": "Bound", "n": "Rows"}
    values = {
        "value": ("Value", number_format),
        "low": ("From", number_format),
        "high": ("To", number_format),
        "bound": ("Bound", number_format),
    }
    base = alt.Chart(data).encode(y=alt.Y("label:N", sort=labels, title=None))
    points = base.mark_point(filled=True, size=95, opacity=1).encode(
        x=x,
        color=colour,
        shape=shape_encoding("group", groups).legend(title=None),
        tooltip=tooltips(**texts, **values),
    )
    intervals = base.mark_rule(strokeWidth=1.5).encode(x="low:Q", x2="high:Q", color=colour)
    bounds = base.mark_tick(color=FOREGROUND, thickness=3, size=20).encode(x="bound:Q")
    chart = bounds + intervals + points if data["low"].notna().any() else bounds + points
    results = [
        f"{label} {value_and_bound(criterion)}: {group}"
        for label, criterion, group in zip(labels, criteria, data["group"], strict=True)
    ]
    headings = {"label": "Where", "what": "Criterion", "value": "Value", "low": "From", "high": "To"}
    headings |= {"relation": "Must be", "bound": "Bound", "n": "Rows", "group": "Bound met"}
    return with_metadata(
        with_height(chart, len(data) + 1),
        verdict.finding_id.lower(),
        title,
        "; ".join(results) + ".",
        headings,
        "Point: the value, with its 95 % interval where there is one. Vertical tick: the bound that the check sets.",
        "Each criterion against its bound, drawn",
    )


def specification_curve_chart(
    multiverse: Multiverse, robustness: Robustness, unit_labels: Mapping[str, str], title: str, summary: str = ""
) -> Any:
    """Specification curve: by how much criteria meet their bounds in each universe, and what it chooses.

    With more than :data:`_MAX_CURVES` criteria, only the one with the smallest margin is drawn in each universe.

    Parameters
    ----------
    multiverse : Multiverse
    robustness : Robustness
        Of the same finding.
    unit_labels : mapping
        Unit to readers' label.
    title : str
    summary : str
        If given, the page shows this text, and the chart only when a reader opens it.

    Examples
    --------
    >>> from compendium.chapters.findings.multiverse import assess_robustness
    >>> value, bound, passes = np.array(0.3), np.array(0.25), np.array(1.0)
    >>> curve = SpecificationCurve("xl", "share of statements", "≥", "share", value, bound, passes)
    >>> multiverse = Multiverse("F01", [], np.array(0), [curve])
    >>> chart = specification_curve_chart(multiverse, assess_robustness(multiverse), {"xl": "Xland"}, "F01 holds")
    >>> chart.to_dict()["title"]
    'F01 holds'
    """
    indices, n_universes = _sample_universes(multiverse)
    data, labels = _curve_plot_data(multiverse, indices, unit_labels)
    value_format = multiverse.curves[0].value_format
    scale = alt.Scale(domain=[0.5, len(indices) + 0.5], nice=False)
    base = alt.Chart(data).encode(x=alt.X("place:Q", axis=None, scale=scale))
    points = [
        base.transform_calculate(label=repr(label))
        .mark_point(filled=True, size=34, opacity=1, aria=False)
        .encode(
            y=alt.Y(f"margin_{number}:Q", title=["In favour of", f"the claim ({_MARGIN_UNITS[value_format]})"]),
            color=colour_encoding("label", labels),
            shape=shape_encoding("label", labels),
            tooltip=[
                alt.Tooltip("label:N", title="Where"),
                *tooltips(
                    **{f"value_{number}": ("Value", _D3_FORMATS[value_format])}, verdict="Verdict", universe="Universe"
                ),
            ],
        )
        for number, label in enumerate(labels)
    ]
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=FOREGROUND, opacity=0.6).encode(y="zero:Q")
    default_columns = [column for column, index in enumerate(indices, start=1) if index == multiverse.default_index]
    default_edges = pd.DataFrame(
        {"from": [column - 0.5 for column in default_columns], "to": [column + 0.5 for column in default_columns]}
    )
    shade = (
        alt.Chart(default_edges)
        .mark_rect(color=FOREGROUND, opacity=0.18)
        .encode(x=alt.X("from:Q", scale=scale, axis=None), x2="to:Q")
    )
    runs = _option_runs(multiverse, indices, unit_labels)
    rows = list(dict.fromkeys(runs["row"]))
    y = alt.Y("row:N", sort=rows, title=None, axis=alt.Axis(labelLimit=300, domain=False, ticks=False, grid=True))
    bars = (
        alt.Chart(runs)
        .mark_bar(height=7, color=FOREGROUND, opacity=0.85, aria=False)
        .encode(x=alt.X("from:Q", scale=scale, axis=None), x2="to:Q", y=y)
    )
    chart = alt.vconcat(
        alt.layer(shade, zero, *points).properties(width=CHART_WIDTH_PX, height=150),
        (shade + bars).properties(width=CHART_WIDTH_PX, height=14 * len(rows)),
        spacing=6,
    )
    description = (
        f"{len(indices)} of {n_universes:,} universes. "
        f"The finding holds in {universe_count_label(robustness.equivalent_counts)} universes of equivalent options "
        f"and in {universe_count_label(robustness.all_counts)} of all; "
        f"by default it {VERDICT_LABELS[robustness.default_status]}."
    )
    worst_note = (
        " Drawn is the part of the scope where the claim is weakest." if len(multiverse.curves) > _MAX_CURVES else ""
    )
    note = (
        f"Each column is a universe, from where the claim is weakest to where it is strongest; shown are "
        f"{_sample_description(multiverse, len(indices), n_universes)}. A value below the line misses its bound. "
        f"Bars below: the verdict, and options that the universe takes instead of the default. "
        f"Shaded column: the default.{worst_note}"
    )
    headings = {"place": "Column", "verdict": "Verdict", "universe": "Changed from the default"}
    headings |= {f"value_{number}": label for number, label in enumerate(labels)}
    name = f"curve-{multiverse.finding_id.lower()}"
    return with_metadata(chart, name, title, description, headings, note, summary)


def _sample_description(multiverse: Multiverse, n_shown: int, n_universes: int) -> str:
    kind = (
        "universes of equivalent options"
        if _eligible_mask(multiverse).sum() < multiverse.status_codes.size
        else "universes"
    )
    return (
        f"all {n_universes} {kind}" if n_shown == n_universes else f"{n_shown} of {n_universes:,} {kind}, evenly spread"
    )


def _eligible_mask(multiverse: Multiverse) -> Bools:
    """Universes that a curve may show: the testable equivalent ones, or all testable ones if these are few."""
    testable = multiverse.status_codes != VERDICT_STATUSES.index(NOT_TESTABLE)
    equivalent = multiverse.equivalent_mask & testable
    return equivalent if equivalent.sum() >= _MIN_EQUIVALENT_UNIVERSES else testable


def _sample_universes(multiverse: Multiverse) -> tuple[list[tuple[int, ...]], int]:
    """At most about :data:`_MAX_UNIVERSES` universes, sorted by verdict and margin and evenly sampled; and the total.

    The default universe is always among them if it is testable.
    """
    margins = np.nan_to_num([_margin(curve) for curve in multiverse.curves], nan=np.inf).min(axis=0)
    eligible = [tuple(index) for index in np.argwhere(_eligible_mask(multiverse)).tolist()]
    ordered = sorted(eligible, key=lambda index: (_status_rank(multiverse.status_codes[index]), margins[index], index))
    positions = {round(position) for position in np.linspace(0, len(ordered) - 1, min(_MAX_UNIVERSES, len(ordered)))}
    if multiverse.default_index in ordered:
        positions.add(ordered.index(multiverse.default_index))
    return [ordered[position] for position in sorted(positions)], len(ordered)


def _status_rank(status_code: Floats) -> int:
    return {HOLDS: 2, PARTLY: 1, FAILS: 0, NOT_TESTABLE: -1}[VERDICT_STATUSES[int(status_code)]]


def _margin(curve: SpecificationCurve) -> Floats:
    """By how much the values meet the bounds; negative if they miss them, NaN if they are not testable."""
    direction = 1.0 if curve.relation in "≥>" else -1.0
    margin = direction * _MARGIN_FACTORS.get(curve.value_format, 1.0) * (curve.value - curve.bound)
    return np.where(np.isnan(curve.passes), np.nan, margin)


def _curve_plot_data(
    multiverse: Multiverse, indices: list[tuple[int, ...]], unit_labels: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """Frame with a row per universe: its verdict, its choices, and each curve's value and margin; and curve labels."""
    curves = multiverse.curves
    values = np.array([[curve.value[index] for curve in curves] for index in indices], dtype=float)
    margins = np.array([[_margin(curve)[index] for curve in curves] for index in indices], dtype=float)
    values, margins = values.reshape(-1, len(curves)), margins.reshape(-1, len(curves))
    if len(curves) > _MAX_CURVES:
        worst = np.nan_to_num(margins, nan=np.inf).argmin(axis=1)[:, None]
        values, margins = np.take_along_axis(values, worst, 1), np.take_along_axis(margins, worst, 1)
        labels = ["where it is weakest"]
    else:
        labels = [_curve_label(multiverse, curve, unit_labels) for curve in curves]
    data = pd.DataFrame({"place": range(1, len(indices) + 1)})
    data["verdict"] = [VERDICT_LABELS[VERDICT_STATUSES[int(multiverse.status_codes[index])]] for index in indices]
    data["universe"] = [_universe_label(multiverse, index, unit_labels) for index in indices]
    for number in range(len(labels)):
        data[f"value_{number}"], data[f"margin_{number}"] = values[:, number].round(4), margins[:, number].round(3)
    return data.astype(object).where(data.notna(), None), labels


def _curve_label(multiverse: Multiverse, curve: SpecificationCurve, unit_labels: Mapping[str, str]) -> str:
    """The label of a curve: its unit, and the number of its criterion if the unit has several."""
    unit_curves = [other for other in multiverse.curves if other.unit == curve.unit]
    number = f" ({unit_curves.index(curve) + 1})" if len(unit_curves) > 1 else ""
    return unit_labels.get(curve.unit, curve.unit) + number


def _universe_label(multiverse: Multiverse, index: tuple[int, ...], unit_labels: Mapping[str, str]) -> str:
    """The choices of a universe that differ from the default."""
    changed = [
        option_label(choice.id, choice.ids[position], unit_labels)
        for choice, position in zip(multiverse.choices, index, strict=True)
        if choice.ids[position] != choice.default
    ]
    return "; ".join(changed) or "the default"


def _option_runs(
    multiverse: Multiverse, indices: list[tuple[int, ...]], unit_labels: Mapping[str, str]
) -> pd.DataFrame:
    """Runs of columns with the same verdict, or with the same option other than the default.

    Returns
    -------
    DataFrame
        ``row`` (label of the verdict or option), ``from`` and ``to`` (edges of the run).
    """
    status_codes = [int(multiverse.status_codes[index]) for index in indices]
    runs = [
        (f"verdict: {VERDICT_LABELS[VERDICT_STATUSES[code]]}", run)
        for code in sorted(set(status_codes))
        for run in _consecutive_columns(status_codes, code)
    ]
    for axis, choice in enumerate(multiverse.choices):
        column_options = [index[axis] for index in indices]
        for option in sorted(set(column_options)):
            if choice.ids[option] != choice.default:
                label = option_label(choice.id, choice.ids[option], unit_labels)
                runs += [(label, run) for run in _consecutive_columns(column_options, option)]
    return pd.DataFrame([(row, first - 0.5, last + 0.5) for row, (first, last) in runs], columns=["row", "from", "to"])


def _consecutive_columns(column_options: list[int], option: int) -> Iterator[tuple[int, int]]:
    """First and last column, counted from 1, of each run of columns with the option."""
    for has_option, run in groupby(enumerate(column_options, start=1), key=lambda pair: pair[1] == option):
        if has_option:
            columns = [column for column, _ in run]
            yield columns[0], columns[-1]


def verdict_shares_chart(
    robustness_by_id: Mapping[str, Robustness], name: str, title: str, equivalent_only: bool
) -> Any:
    """Stacked bars: for each finding the share of universes with each verdict.

    Examples
    --------
    >>> counts = {"holds": 3, "partly": 0, "fails": 1, "not testable": 0}
    >>> robustness_by_id = {"F01": Robustness("F01", counts, counts, "holds", (), {})}
    >>> chart = verdict_shares_chart(robustness_by_id, "verdicts", "Verdicts", equivalent_only=True)
    >>> chart.to_dict()["description"]
    'F01 holds in 3 of 4.'
    """
    counts_by_id = {
        finding_id: robustness.equivalent_counts if equivalent_only else robustness.all_counts
        for finding_id, robustness in robustness_by_id.items()
    }
    rows = [
        (finding_id, VERDICT_LABELS[status], count, count / max(1, sum(counts.values())), position)
        for finding_id, counts in counts_by_id.items()
        for position, (status, count) in enumerate(counts.items())
    ]
    data = pd.DataFrame(rows, columns=["label", "group", "count", "share", "order"])
    groups = list(VERDICT_LABELS.values())
    scale = alt.Scale(domain=groups, range=[_VERDICT_COLOURS[status] for status in VERDICT_LABELS])
    base = alt.Chart(data).encode(y=alt.Y("label:N", sort=list(robustness_by_id), title=None), order="order:Q")
    x = alt.X(
        "share:Q",
        title="Share of universes",
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=[0, 1]),
        stack="zero",
    )
    bars = base.mark_bar(stroke=BACKGROUND, strokeWidth=0.5).encode(
        x=x,
        color=alt.Color("group:N", scale=scale, sort=groups, legend=alt.Legend(title=None)),
        tooltip=tooltips(label="Finding", group="Verdict", count=("Universes", ",.0f"), share=("Share", ".0%")),
    )
    texts = base.transform_calculate(verdict=f"datum.share >= {_MIN_LABELLED_SHARE} ? datum.group : ''").mark_text(
        fontSize=12
    )
    text_colour = alt.condition(alt.datum.group == VERDICT_LABELS[PARTLY], alt.value("white"), alt.value("black"))
    chart = bars + texts.encode(x=x.bandPosition(0.5), text="verdict:N", detail="group:N", color=text_colour)
    holding = [f"{finding_id} holds in {universe_count_label(counts)}" for finding_id, counts in counts_by_id.items()]
    note = "Options that answer the same question equally well." if equivalent_only else "All options, alike or not."
    headings = {"label": "Finding", "group": "Verdict", "count": "Universes", "share": "Share"}
    height_rows = 0.85 * len(robustness_by_id)
    return with_metadata(with_height(chart, height_rows), name, title, "; ".join(holding) + ".", headings, note)


def sensitivity_chart(
    multiverses: Mapping[str, Multiverse], robustness_by_id: Mapping[str, Robustness], name: str, title: str
) -> Any:
    """Circles: how much each choice changes the share of universes in which each finding holds.

    Examples
    --------
    >>> from compendium.chapters.findings.multiverse import assess_robustness
    >>> from compendium.dataset.choices import Choice, Option
    >>> options = (Option("A", "", "equivalent"), Option("B", "", "equivalent"))
    >>> multiverse = Multiverse("F01", [Choice("coder", "Whose codes?", "A", options)], np.array([0, 2]), [])
    >>> chart = sensitivity_chart({"F01": multiverse}, {"F01": assess_robustness(multiverse)}, "swings", "Swings")
    >>> chart.to_dict()["description"]
    'Most moved: F01 by coder (100%).'
    """
    rows = [
        (finding_id, humanize(choice.id), robustness.sensitivity_range(choice.id))
        for finding_id, robustness in robustness_by_id.items()
        for choice in multiverses[finding_id].choices
    ]
    data = pd.DataFrame(rows, columns=["label", "group", "value"]).dropna(subset=["value"])
    x = alt.X(
        "group:N", sort=list(dict.fromkeys(data["group"])), title=None, axis=alt.Axis(orient="top", labelAngle=-45)
    )
    chart = (
        alt.Chart(data)
        .mark_circle(color=BLUE, opacity=0.9)
        .encode(
            x=x,
            y=alt.Y("label:N", sort=list(robustness_by_id), title=None),
            size=alt.Size("value:Q", scale=alt.Scale(domain=[0, 1], range=[4, 260]), legend=None),
            tooltip=tooltips(label="Finding", group="Choice", value=("Moves the share by", ".0%")),
        )
    )
    largest = data.sort_values("value", ascending=False, kind="stable").head(3)
    changes = [f"{finding} by {choice} ({change:.0%})" for finding, choice, change in largest.itertuples(index=False)]
    note = (
        "Area of the circle: largest minus smallest share of universes in which the finding holds, over the options of "
        "the choice. No circle: the choice does not affect the finding."
    )
    headings = {"label": "Finding", "group": "Choice", "value": "Moves the share by"}
    return with_metadata(
        chart.properties(width=CHART_WIDTH_PX, height=ROW_HEIGHT_PX * len(robustness_by_id)),
        name,
        title,
        "Most moved: " + "; ".join(changes) + ".",
        headings,
        note,
    )
