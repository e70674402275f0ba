"""Verdicts and their robustness in words."""

from collections.abc import Mapping

import numpy as np

from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Robustness
from compendium.chapters.findings.verdicts import FAILS, HOLDS, NOT_TESTABLE, PARTLY, EvaluatedCriterion, Verdict
from compendium.dataset.choices import Choices
from compendium.reporting.inline_values import NBSP
from compendium.reporting.labels import humanize

VERDICT_LABELS = {HOLDS: "holds", PARTLY: "holds in part", FAILS: "fails", NOT_TESTABLE: "not testable"}
VERDICT_SYMBOLS = {HOLDS: "●", PARTLY: "◐", FAILS: "○", NOT_TESTABLE: "–"}
RELATION_LABELS = {"≥": "at least", ">": "more than", "≤": "at most", "<": "less than"}


def unit_labels(indicator_tables: IndicatorTables) -> dict[str, str]:
    """What a reader calls each unit of a scope."""
    cases, partnerships = indicator_tables.evidence.cases["short"], indicator_tables.evidence.partnerships
    partners = dict(zip(partnerships["partnership_id"], partnerships["partner"], strict=True))
    return {"all": "whole scope", "global": "whole scope", **cases.to_dict(), **partners}


def format_value(value: float, value_format: str) -> str:
    """A figure as a reader sees it: a share in per cent, a date as a year with a decimal."""
    if np.isnan(value):
        return "–"
    if value_format == "share":
        return (
            f"{100 * value:.0f}{NBSP}%" if abs(100 * value - round(100 * value)) < 0.05 else f"{100 * value:.1f}{NBSP}%"
        )
    return {"count": f"{value:,.0f}", "plain": f"{value:.2f}", "year": f"{value:.1f}", "p": f"{value:.3f}"}[
        value_format
    ]


def value_and_bound(criterion: EvaluatedCriterion) -> str:
    """A figure against its bound, such as ``16 % (at least 25 %)``."""
    bound = format_value(criterion.bound, criterion.value_format)
    return f"{format_value(criterion.value, criterion.value_format)} ({RELATION_LABELS[criterion.relation]} {bound})"


def interval_label(criterion: EvaluatedCriterion) -> str:
    """The ends of the interval, or a dash."""
    if np.isnan(criterion.low):
        return "–"
    return f"{format_value(criterion.low, criterion.value_format)} to {format_value(criterion.high, criterion.value_format)}"


def passes_label(criterion: EvaluatedCriterion) -> str:
    """Whether the figure keeps its bound."""
    if criterion.passes is None:
        return f"too few: {criterion.n}, at least {criterion.min_n} {criterion.row_kind} are needed"
    return "yes" if criterion.passes else "no"


def verdict_label(verdict: Verdict, unit_labels: Mapping[str, str]) -> str:
    """A verdict in words, such as ``holds in part (Xland)``, and whom it can not speak of."""
    where = [unit_labels.get(unit, unit) for unit, held in verdict.holds_by_unit.items() if held]
    told = VERDICT_LABELS[verdict.status]
    if verdict.status == PARTLY:
        told += f" ({', '.join(where)})"
    if verdict.absent_units:
        told += f"; not in the evidence: {', '.join(unit_labels.get(unit, unit) for unit in verdict.absent_units)}"
    return told


def universe_count_label(counts: Mapping[str, int]) -> str:
    """How many of the universes bear a finding out, and how many can not tell: ``12 of 32``."""
    defined = sum(counts.values()) - counts[NOT_TESTABLE]
    undefined = f" (+{counts[NOT_TESTABLE]:,} undefined)" if counts[NOT_TESTABLE] else ""
    return f"{counts[HOLDS]:,} of {defined:,}{undefined}"


def changed_choices_label(changed_options: Mapping[str, str], choices: Choices, unit_labels: Mapping[str, str]) -> str:
    """The choices of a universe that differ from the default, as questions with the option taken."""
    parts = []
    for choice_id, option_id in changed_options.items():
        status = choices[choice_id].option(option_id).status
        told = unit_labels.get(option_id, humanize(option_id)) if choice_id == "left_out" else humanize(option_id)
        parts.append(f"{humanize(choice_id)}: {told}" + (f" ({status})" if status != "equivalent" else ""))
    return " and ".join(parts)


def overturning_sentence(
    robustness: Robustness, choices: Choices, unit_labels: Mapping[str, str], top_n: int = 3
) -> str:
    """What would overturn a finding, in a sentence."""
    if not robustness.overturning_choices:
        return (
            f"No set of choices overturns it: it {'holds' if robustness.default_status == HOLDS else 'holds nowhere'}."
        )
    size = len(robustness.overturning_choices[0])
    shown = "; or ".join(
        changed_choices_label(each, choices, unit_labels) for each in robustness.overturning_choices[:top_n]
    )
    more = len(robustness.overturning_choices) - top_n
    rest = f"; or {more} other {'set' if more == 1 else 'sets'} of the same size" if more > 0 else ""
    start = "It no longer holds" if robustness.default_status == HOLDS else "It holds"
    return f"{start} with {size} {'choice' if size == 1 else 'choices'} taken otherwise: {shown}{rest}."
