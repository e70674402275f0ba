"""Verdicts and their robustness in words."""

from collections.abc import Mapping

import numpy as np

from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Robustness
from compendium.chapters.findings.verdicts import FAILS, HOLDS, NOT_TESTABLE, PARTLY, EvaluatedCriterion, Verdict
from compendium.dataset.choices import Choices
from compendium.reporting.labels import humanize

NBSP = "\N{NO-BREAK SPACE}"
VERDICT_LABELS = {HOLDS: "holds", PARTLY: "holds in part", FAILS: "fails", NOT_TESTABLE: "not testable"}
VERDICT_SYMBOLS = {HOLDS: "●", PARTLY: "◐", FAILS: "○", NOT_TESTABLE: "–"}
RELATION_LABELS = {"≥": "at least", ">": "more than", "≤": "at most", "<": "less than"}


def unit_labels(sheets: IndicatorTables) -> dict[str, str]:
    """What a reader calls each unit of a scope."""
    cases, partnerships = sheets.evidence.cases["short"], sheets.evidence.partnerships
    partners = dict(zip(partnerships["partnership_id"], partnerships["partner"], strict=True))
    return {"all": "whole scope", "global": "whole scope", **cases.to_dict(), **partners}


def format_value(value: float, unit: str) -> str:
    """A figure as a reader sees it: a share in per cent, a date as a year with a decimal."""
    if np.isnan(value):
        return "–"
    if unit == "share":
        return (
            f"{100 * value:.0f}{NBSP}%" if abs(100 * value - round(100 * value)) < 0.05 else f"{100 * value:.1f}{NBSP}%"
        )
    return {"count": f"{value:,.0f}", "plain": f"{value:.2f}", "year": f"{value:.1f}", "p": f"{value:.3f}"}[unit]


def value_and_bound(judged: EvaluatedCriterion) -> str:
    """A figure against its bound, such as ``16 % (at least 25 %)``."""
    bound = format_value(judged.bound, judged.value_format)
    return f"{format_value(judged.value, judged.value_format)} ({RELATION_LABELS[judged.relation]} {bound})"


def interval_label(judged: EvaluatedCriterion) -> str:
    """The ends of the interval, or a dash."""
    if np.isnan(judged.low):
        return "–"
    return f"{format_value(judged.low, judged.value_format)} to {format_value(judged.high, judged.value_format)}"


def passes_label(judged: EvaluatedCriterion) -> str:
    """Whether the figure keeps its bound."""
    if judged.passes is None:
        return f"too few: {judged.n}, at least {judged.min_n} {judged.row_kind} are needed"
    return "yes" if judged.passes else "no"


def verdict_label(found: Verdict, called: Mapping[str, str]) -> str:
    """A verdict in words, such as ``holds in part (Xland)``, and whom it can not speak of."""
    where = [called.get(unit, unit) for unit, held in found.holds_by_unit.items() if held]
    told = VERDICT_LABELS[found.status]
    if found.status == PARTLY:
        told += f" ({', '.join(where)})"
    if found.absent_units:
        told += f"; not in the evidence: {', '.join(called.get(unit, unit) for unit in found.absent_units)}"
    return told


def universe_count_label(counts: Mapping[str, int]) -> str:
    """How many of the universes bear a finding out, and how many can not tell: ``12 of 32``."""
    defined = sum(counts.values()) - counts[NOT_TESTABLE]
    undefined = f" (+{counts[NOT_TESTABLE]:,} undefined)" if counts[NOT_TESTABLE] else ""
    return f"{counts[HOLDS]:,} of {defined:,}{undefined}"


def changed_choices_label(universe: Mapping[str, str], choices: Choices, called: Mapping[str, str]) -> str:
    """The choices of a universe that differ from the default, as questions with the option taken."""
    parts = []
    for choice_id, option_id in universe.items():
        status = choices[choice_id].option(option_id).status
        told = called.get(option_id, humanize(option_id)) if choice_id == "left_out" else humanize(option_id)
        parts.append(f"{humanize(choice_id)}: {told}" + (f" ({status})" if status != "equivalent" else ""))
    return " and ".join(parts)


def overturning_sentence(told: Robustness, choices: Choices, called: Mapping[str, str], limit: int = 3) -> str:
    """What would overturn a finding, in a sentence."""
    if not told.overturning_choices:
        return f"No set of choices overturns it: it {'holds' if told.default_status == HOLDS else 'holds nowhere'}."
    size = len(told.overturning_choices[0])
    shown = "; or ".join(changed_choices_label(each, choices, called) for each in told.overturning_choices[:limit])
    more = len(told.overturning_choices) - limit
    rest = f"; or {more} other {'set' if more == 1 else 'sets'} of the same size" if more > 0 else ""
    start = "It no longer holds" if told.default_status == HOLDS else "It holds"
    return f"{start} with {size} {'choice' if size == 1 else 'choices'} taken otherwise: {shown}{rest}."
