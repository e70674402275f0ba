"""Charts of the findings: a figure against its bound, a finding in its universes, and how all of them fare."""

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
from compendium.stats.arrays import Floats

_MAX_UNIVERSES = 32
"""Columns of a curve: on a phone each has some six pixels."""
_MIN_LABELLED_SHARE = 0.3
"""The least share of universes whose bar has room for its verdict in words."""
_AXIS_TITLE_WIDTH = 46
"""Letters of a line of an axis's title."""
_MAX_CURVES = 3
_MIN_EQUIVALENT_UNIVERSES = 12
_D3_FORMATS = {"share": ".1%", "count": ",.0f", "plain": ".2f", "year": ".1f", "p": ".3f"}
_MARGIN_FACTORS = {"share": 100.0}
_MARGIN_UNITS = {"share": "points", "count": "number", "plain": "effective number", "year": "years", "p": "p"}
_VERDICT_COLOURS = {HOLDS: GREEN, PARTLY: BLUE, FAILS: ORANGE, NOT_TESTABLE: GREY}
_PASSES_GROUPS = {"yes": "keeps the bound", "no": "misses the bound"}


def criteria_chart(verdict: Verdict, unit_labels: Mapping[str, str], title: str) -> Any:
    """The figures of a verdict with their intervals, each against its bound (an upright tick)."""
    units = [unit_labels.get(each.unit, each.unit) for each in verdict.criteria]
    several = len({each.description for each in verdict.criteria}) > 1
    kinds = list(dict.fromkeys(each.description for each in verdict.criteria))
    data = pd.DataFrame(
        {
            "label": [
                f"{unit} ({kinds.index(each.description) + 1})" if several else unit
                for unit, each in zip(units, verdict.criteria, strict=True)
            ],
            "what": [each.description for each in verdict.criteria],
            "value": [each.value for each in verdict.criteria],
            "low": [each.low for each in verdict.criteria],
            "high": [each.high for each in verdict.criteria],
            "relation": [RELATION_LABELS[each.relation] for each in verdict.criteria],
            "bound": [each.bound for each in verdict.criteria],
            "n": [each.n for each in verdict.criteria],
            "group": [_PASSES_GROUPS.get(passes_label(each), "too few rows") for each in verdict.criteria],
        }
    )
    form = _D3_FORMATS[verdict.criteria[0].value_format]
    groups = [each for each in (*_PASSES_GROUPS.values(), "too few rows") if each in set(data["group"])]
    y = alt.Y("label:N", sort=data["label"].tolist(), title=None)
    axis = alt.Axis(format=form.replace(".1%", "%"))
    base = alt.Chart(data).encode(y=y)
    said = "; ".join(f"({number}) {kind}" for number, kind in enumerate(kinds, start=1)) if several else kinds[0]
    x = alt.X("value:Q", title=wrap(said, _AXIS_TITLE_WIDTH), axis=axis, scale=alt.Scale(zero=form != ".1f"))
    headings: dict[str, Any] = {"label": "Where", "what": "Figure", "group": "Bound", "n": "Rows"}
    numbers = {"value": ("Value", form), "low": ("From", form), "high": ("To", form), "bound": ("Bound", form)}
    points = base.mark_point(filled=True, size=95, opacity=1).encode(
        x=x,
        color=_passes_colour(groups),
        shape=shape_encoding("group", groups).legend(title=None),
        tooltip=tooltips(**headings, **numbers),
    )
    spans = base.mark_rule(strokeWidth=1.5).encode(x="low:Q", x2="high:Q", color=_passes_colour(groups))
    bounds = base.mark_tick(color=FOREGROUND, thickness=3, size=20).encode(x="bound:Q")
    drawn = bounds + spans + points if data["low"].notna().any() else bounds + points
    figured = [
        f"{label} {value_and_bound(each)}: {group}"
        for label, each, group in zip(data["label"], verdict.criteria, data["group"], strict=True)
    ]
    note = "Point: the figure, with its 95 % interval where there is one. Upright tick: the bound that the check sets."
    columns = {"label": "Where", "what": "Figure", "value": "Value", "low": "From", "high": "To", "relation": "Must be"}
    columns |= {"bound": "Bound", "n": "Rows", "group": "Bound kept"}
    return with_metadata(
        with_height(drawn, len(data) + 1),
        verdict.finding_id.lower(),
        title,
        "; ".join(figured) + ".",
        columns,
        note,
        "Each figure against its bound, drawn",
    )


def _passes_colour(groups: list[str]) -> alt.Color:
    tones = {_PASSES_GROUPS["yes"]: GREEN, _PASSES_GROUPS["no"]: ORANGE, "too few rows": GREY}
    return alt.Color(
        "group:N", scale=alt.Scale(domain=groups, range=[tones[each] for each in groups]), legend=alt.Legend(title=None)
    )


def specification_curve_chart(
    multiverse: Multiverse, robustness: Robustness, unit_labels: Mapping[str, str], title: str, summary: str = ""
) -> Any:
    """A specification curve: how far figures keep their bound in each universe, and below what each universe chose.

    With more units than :data:`_MAX_CURVES` only the one where the claim stands worst is drawn in each universe. With
    ``summary`` the page shows these words, and the curve to whoever opens them.
    """
    places, whole = _sample_universes(multiverse)
    data, labels = _curve_plot_data(multiverse, places, unit_labels)
    written_as = multiverse.curves[0].value_format
    scale = alt.Scale(domain=[0.5, len(places) + 0.5], nice=False)
    x = alt.X("place:Q", axis=None, scale=scale)
    axis = ["In favour of", f"the claim ({_MARGIN_UNITS[written_as]})"]
    base = alt.Chart(data).encode(x=x)
    points = [
        base.transform_calculate(label=repr(label))
        .mark_point(filled=True, size=34, opacity=1, aria=False)
        .encode(
            y=alt.Y(f"margin_{number}:Q", title=axis),
            color=colour_encoding("label", labels),
            shape=shape_encoding("label", labels),
            tooltip=[
                alt.Tooltip("label:N", title="Where"),
                *tooltips(
                    **{f"value_{number}": ("Figure", _D3_FORMATS[written_as])}, verdict="Verdict", universe="Universe"
                ),
            ],
        )
        for number, label in enumerate(labels)
    ]
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=FOREGROUND, opacity=0.6).encode(y="zero:Q")
    at = [number for number, place in enumerate(places, start=1) if place == multiverse.default_index]
    default = alt.Chart(pd.DataFrame({"from": [each - 0.5 for each in at], "to": [each + 0.5 for each in at]}))
    shade = default.mark_rect(color=FOREGROUND, opacity=0.18).encode(
        x=alt.X("from:Q", scale=scale, axis=None), x2="to:Q"
    )
    runs = _option_runs(multiverse, places, unit_labels)
    rows = list(dict.fromkeys(runs["row"]))
    y = alt.Y("row:N", sort=rows, title=None, axis=alt.Axis(labelLimit=300, domain=False, ticks=False, grid=True))
    below = (
        alt.Chart(runs)
        .mark_bar(height=7, color=FOREGROUND, opacity=0.85, aria=False)
        .encode(x=alt.X("from:Q", scale=scale, axis=None), x2="to:Q", y=y)
    )
    stacked = alt.vconcat(
        alt.layer(shade, zero, *points).properties(width=CHART_WIDTH_PX, height=150),
        (shade + below).properties(width=CHART_WIDTH_PX, height=14 * len(rows)),
        spacing=6,
    )
    words = (
        f"{len(places)} of {whole:,} universes. The finding holds in {universe_count_label(robustness.equivalent_counts)} universes of "
        f"equivalent options and in {universe_count_label(robustness.all_counts)} of all; by default it {VERDICT_LABELS[robustness.default_status]}."
    )
    worst = (
        " Drawn is the one part of the scope where the claim stands worst."
        if len(multiverse.curves) > _MAX_CURVES
        else ""
    )
    note = (
        f"Each column is a universe, from where the claim stands worst to where it stands best; shown are "
        f"{_sample_description(multiverse, len(places), whole)}. A figure below the line misses its bound. Bars below: the "
        f"verdict, and options that the universe takes instead of the default. Shaded column: the default.{worst}"
    )
    headings = {"place": "Column", "verdict": "Verdict", "universe": "Changed from the default"}
    headings |= {f"value_{number}": label for number, label in enumerate(labels)}
    return with_metadata(stacked, f"curve-{multiverse.finding_id.lower()}", title, words, headings, note, summary)


def _sample_description(multiverse: Multiverse, n_shown: int, n_universes: int) -> str:
    kind = (
        "universes of equivalent options"
        if _eligible_mask(multiverse).sum() < multiverse.status_codes.size
        else "universes"
    )
    return (
        f"all {n_universes} {kind}" if n_shown == n_universes else f"{n_shown} of {n_universes:,} {kind}, evenly spread"
    )


def _eligible_mask(multiverse: Multiverse) -> Any:
    """Which universes a curve draws from: those of equivalent options, or all if these are few."""
    defined = multiverse.status_codes != VERDICT_STATUSES.index(NOT_TESTABLE)
    own = multiverse.equivalent_mask & defined
    return own if own.sum() >= _MIN_EQUIVALENT_UNIVERSES else defined


def _sample_universes(multiverse: Multiverse) -> tuple[list[tuple[int, ...]], int]:
    """Universes in the order of how well the claim stands, evenly thinned out, and of how many they are."""
    worst = np.nan_to_num([_margin(each) for each in multiverse.curves], nan=np.inf).min(axis=0)
    places = [tuple(place) for place in np.argwhere(_eligible_mask(multiverse)).tolist()]
    ordered = sorted(places, key=lambda place: (_status_rank(multiverse.status_codes[place]), worst[place], place))
    at = {round(each) for each in np.linspace(0, len(ordered) - 1, min(_MAX_UNIVERSES, len(ordered)))}
    if multiverse.default_index in ordered:
        at.add(ordered.index(multiverse.default_index))
    return [ordered[each] for each in sorted(at)], len(ordered)


def _status_rank(status_code: Floats) -> int:
    return {HOLDS: 2, PARTLY: 1, FAILS: 0, NOT_TESTABLE: -1}[VERDICT_STATUSES[int(status_code)]]


def _margin(curve: SpecificationCurve) -> Floats:
    """How far a figure keeps its bound; negative where it does not, NaN where too few rows say so."""
    direction = 1.0 if curve.relation in "≥>" else -1.0
    margin = direction * _MARGIN_FACTORS.get(curve.value_format, 1.0) * (curve.value - curve.bound)
    return np.where(np.isnan(curve.passes), np.nan, margin)


def _curve_plot_data(
    multiverse: Multiverse, indices: list[tuple[int, ...]], unit_labels: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """A row a universe shown: its verdict and choices, and value and margin of each curve; and the curves' names."""
    curves = multiverse.curves
    values = np.array([[float(each.value[place]) for each in curves] for place in indices]).reshape(-1, len(curves))
    margins = np.array([[float(_margin(each)[place]) for each in curves] for place in indices]).reshape(-1, len(curves))
    if len(curves) > _MAX_CURVES:
        worst = np.nan_to_num(margins, nan=np.inf).argmin(axis=1)[:, None]
        values, margins = np.take_along_axis(values, worst, 1), np.take_along_axis(margins, worst, 1)
        labels = ["where it stands worst"]
    else:
        labels = [_curve_label(multiverse, each, unit_labels) for each in curves]
    data = pd.DataFrame({"place": range(1, len(indices) + 1)})
    data["verdict"] = [VERDICT_LABELS[VERDICT_STATUSES[int(multiverse.status_codes[place])]] for place in indices]
    data["universe"] = [_universe_label(multiverse, place, unit_labels) for place in indices]
    for number in range(len(labels)):
        data[f"value_{number}"], data[f"margin_{number}"] = values[:, number].round(4), margins[:, number].round(3)
    return data.astype(object).where(data.notna(), None), labels


def _curve_label(multiverse: Multiverse, curve: SpecificationCurve, unit_labels: Mapping[str, str]) -> str:
    """A curve's name: its unit, and which figure of it if there are several."""
    own = [other for other in multiverse.curves if other.unit == curve.unit]
    number = f" ({own.index(curve) + 1})" if len(own) > 1 else ""
    return unit_labels.get(curve.unit, curve.unit) + number


def _universe_label(multiverse: Multiverse, index: tuple[int, ...], unit_labels: Mapping[str, str]) -> str:
    taken = zip(multiverse.choices, index, strict=True)
    changed = [
        _option_label(choice.id, choice.ids[at], unit_labels)
        for choice, at in taken
        if choice.ids[at] != choice.default
    ]
    return "; ".join(changed) or "the default"


def _option_label(choice_id: str, option_id: str, unit_labels: Mapping[str, str]) -> str:
    told = unit_labels.get(option_id, humanize(option_id)) if choice_id == "left_out" else humanize(option_id)
    return f"{humanize(choice_id)}: {told}"


def _option_runs(
    multiverse: Multiverse, indices: list[tuple[int, ...]], unit_labels: Mapping[str, str]
) -> pd.DataFrame:
    """For the verdicts, and each option that is not the default, the stretches of columns that have it."""
    codes = [int(multiverse.status_codes[place]) for place in indices]
    found = [
        (f"verdict: {VERDICT_LABELS[VERDICT_STATUSES[code]]}", run)
        for code in sorted(set(codes))
        for run in _consecutive_columns(codes, code)
    ]
    for axis, choice in enumerate(multiverse.choices):
        taken = [place[axis] for place in indices]
        others = sorted({option for option in taken if choice.ids[option] != choice.default})
        options = [(_option_label(choice.id, choice.ids[option], unit_labels), option) for option in others]
        found += [(row, run) for row, option in options for run in _consecutive_columns(taken, option)]
    return pd.DataFrame([(row, start - 0.5, end + 0.5) for row, (start, end) in found], columns=["row", "from", "to"])


def _consecutive_columns(column_options: list[int], option: int) -> Iterator[tuple[int, int]]:
    """First and last column, counted from 1, of each stretch that has the option."""
    for has, run in groupby(enumerate(column_options, start=1), key=lambda pair: pair[1] == option):
        if has:
            columns = [column for column, _ in run]
            yield columns[0], columns[-1]


def verdict_shares_chart(
    robustness_by_id: Mapping[str, Robustness], name: str, title: str, equivalent_only: bool
) -> Any:
    """For each finding the shares of universes in which it holds, holds in part, fails, or is undefined."""
    counted = {
        finding_id: each.equivalent_counts if equivalent_only else each.all_counts
        for finding_id, each in robustness_by_id.items()
    }
    rows = [
        (finding_id, VERDICT_LABELS[status], number, number / max(1, sum(counts.values())), at)
        for finding_id, counts in counted.items()
        for at, (status, number) in enumerate(counts.items())
    ]
    data, groups = (
        pd.DataFrame(rows, columns=["label", "group", "count", "share", "order"]),
        list(VERDICT_LABELS.values()),
    )
    scale = alt.Scale(domain=groups, range=[_VERDICT_COLOURS[status] for status in VERDICT_LABELS])
    axis = alt.Axis(format="%")
    base = alt.Chart(data).encode(y=alt.Y("label:N", sort=list(robustness_by_id), title=None), order="order:Q")
    x = alt.X("share:Q", title="Share of universes", axis=axis, scale=alt.Scale(domain=[0, 1]), stack="zero")
    bars = base.mark_bar(stroke=BACKGROUND, strokeWidth=0.5).encode(
        x=x,
        color=alt.Color("group:N", scale=scale, sort=groups, legend=alt.Legend(title=None)),
        tooltip=tooltips(label="Finding", group="Verdict", count=("Universes", ",.0f"), share=("Share", ".0%")),
    )
    named = base.transform_calculate(said=f"datum.share >= {_MIN_LABELLED_SHARE} ? datum.group : ''").mark_text(
        fontSize=12
    )
    dark = alt.condition(alt.datum.group == VERDICT_LABELS[PARTLY], alt.value("white"), alt.value("black"))
    drawn = bars + named.encode(x=x.bandPosition(0.5), text="said:N", detail="group:N", color=dark)
    words = (
        "; ".join(f"{finding_id} holds in {universe_count_label(counts)}" for finding_id, counts in counted.items())
        + "."
    )
    note = "Options that answer the same question equally well." if equivalent_only else "All options, alike or not."
    headings = {"label": "Finding", "group": "Verdict", "count": "Universes", "share": "Share"}
    return with_metadata(with_height(drawn, 0.85 * len(robustness_by_id)), name, title, words, headings, note)


def sensitivity_chart(
    multiverses: Mapping[str, Multiverse], robustness_by_id: Mapping[str, Robustness], name: str, title: str
) -> Any:
    """For each finding and choice, how far the share of universes in which it holds moves with the choice."""
    rows = [
        (finding_id, humanize(choice.id), each.sensitivity_range(choice.id))
        for finding_id, each in robustness_by_id.items()
        for choice in multiverses[finding_id].choices
    ]
    data = pd.DataFrame(rows, columns=["label", "group", "value"]).dropna(subset=["value"])
    x = alt.X(
        "group:N", sort=list(dict.fromkeys(data["group"])), title=None, axis=alt.Axis(orient="top", labelAngle=-45)
    )
    size = alt.Size("value:Q", scale=alt.Scale(domain=[0, 1], range=[4, 260]), legend=None)
    drawn = (
        alt.Chart(data)
        .mark_circle(color=BLUE, opacity=0.9)
        .encode(
            x=x,
            y=alt.Y("label:N", sort=list(robustness_by_id), title=None),
            size=size,
            tooltip=tooltips(label="Finding", group="Choice", value=("Moves the share by", ".0%")),
        )
    )
    top = data.sort_values("value", ascending=False, kind="stable").head(3)
    words = (
        "Most moved: " + "; ".join(f"{one} by {two} ({by:.0%})" for one, two, by in top.itertuples(index=False)) + "."
    )
    note = (
        "Area of the circle: greatest less smallest share of universes in which the finding holds, over the options of "
        "the choice. No circle: the choice has no bearing."
    )
    headings = {"label": "Finding", "group": "Choice", "value": "Moves the share by"}
    return with_metadata(
        drawn.properties(width=CHART_WIDTH_PX, height=ROW_HEIGHT_PX * len(robustness_by_id)),
        name,
        title,
        words,
        headings,
        note,
    )
