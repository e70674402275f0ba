"""Readers' labels for units, criteria, verdicts and their robustness."""

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
    """Readers' label of each unit: the short name of a case, the partner of a partnership.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> cases = pd.DataFrame({"short": ["Xland"]}, index=["xl"])
    >>> partnerships = pd.DataFrame({"partnership_id": ["xl-y"], "partner": ["Yland"]})
    >>> tables = SimpleNamespace(evidence=SimpleNamespace(cases=cases, partnerships=partnerships))
    >>> unit_labels(tables)
    {'all': 'whole scope', 'global': 'whole scope', 'xl': 'Xland', 'xl-y': 'Yland'}
    """
    cases, partnerships = indicator_tables.evidence.cases["short"], indicator_tables.evidence.partnerships
    partners = dict(zip(partnerships["partnership_id"], partnerships["partner"], strict=True))
    return {"all": "whole scope", "global": "whole scope", **cases.to_dict(), **partners}


def format_value(value: float, value_format: str) -> str:
    """Format a value for readers: a share in per cent, a date as a year with a decimal."""
    if np.isnan(value):
        return "–"
    if value_format == "share":
        percent = 100 * value
        decimals = 0 if abs(percent - round(percent)) < 0.05 else 1
        return f"{percent:.{decimals}f}{NBSP}%"
    return {"count": f"{value:,.0f}", "plain": f"{value:.2f}", "year": f"{value:.1f}", "p": f"{value:.3f}"}[
        value_format
    ]


def value_and_bound(criterion: EvaluatedCriterion) -> str:
    """A criterion's value and bound, such as ``16 % (at least 25 %)``."""
    bound = format_value(criterion.bound, criterion.value_format)
    return f"{format_value(criterion.value, criterion.value_format)} ({RELATION_LABELS[criterion.relation]} {bound})"


def interval_label(criterion: EvaluatedCriterion) -> str:
    """The ends of a criterion's interval, or a dash if it has none."""
    if np.isnan(criterion.low):
        return "–"
    low, high = (format_value(value, criterion.value_format) for value in (criterion.low, criterion.high))
    return f"{low} to {high}"


def passes_label(criterion: EvaluatedCriterion) -> str:
    """Whether a criterion passes: yes, no, or too few rows."""
    if criterion.passes is None:
        return f"too few: {criterion.n}, at least {criterion.min_n} {criterion.row_kind} are needed"
    return "yes" if criterion.passes else "no"


def verdict_label(verdict: Verdict, unit_labels: Mapping[str, str]) -> str:
    """A verdict in words, such as ``holds in part (Xland)``, with the units that have no evidence."""
    label = VERDICT_LABELS[verdict.status]
    if verdict.status == PARTLY:
        holding_units = [unit_labels.get(unit, unit) for unit, holds in verdict.holds_by_unit.items() if holds]
        label += f" ({', '.join(holding_units)})"
    if verdict.absent_units:
        label += f"; not in the evidence: {', '.join(unit_labels.get(unit, unit) for unit in verdict.absent_units)}"
    return label


def universe_count_label(counts: Mapping[str, int]) -> str:
    """In how many universes a finding holds, and how many are undefined: ``12 of 32 (+4 undefined)``.

    Examples
    --------
    >>> universe_count_label({"holds": 12, "partly": 0, "fails": 20, "not testable": 4})
    '12 of 32 (+4 undefined)'
    """
    defined = sum(counts.values()) - counts[NOT_TESTABLE]
    undefined = f" (+{counts[NOT_TESTABLE]:,} undefined)" if counts[NOT_TESTABLE] else ""
    return f"{counts[HOLDS]:,} of {defined:,}{undefined}"


def option_label(choice_id: str, option_id: str, unit_labels: Mapping[str, str]) -> str:
    """A choice with one of its options, such as ``coder: A``; a partnership left out is named by its partner."""
    option = unit_labels.get(option_id, humanize(option_id)) if choice_id == "left_out" else humanize(option_id)
    return f"{humanize(choice_id)}: {option}"


def changed_choices_label(changed_options: Mapping[str, str], choices: Choices, unit_labels: Mapping[str, str]) -> str:
    """The choices in which a universe differs from the default, with the option taken and its status."""
    parts = []
    for choice_id, option_id in changed_options.items():
        status = choices[choice_id].option(option_id).status
        status_note = f" ({status})" if status != "equivalent" else ""
        parts.append(option_label(choice_id, option_id, unit_labels) + status_note)
    return " and ".join(parts)


def overturning_sentence(
    robustness: Robustness, choices: Choices, unit_labels: Mapping[str, str], top_n: int = 3
) -> str:
    """A sentence with at most ``top_n`` of the smallest sets of choices that overturn a finding."""
    choice_sets = robustness.overturning_choices
    if not choice_sets:
        return (
            f"No set of choices overturns it: it {'holds' if robustness.default_status == HOLDS else 'holds nowhere'}."
        )
    size = len(choice_sets[0])
    listed = "; or ".join(
        changed_choices_label(changed_options, choices, unit_labels) for changed_options in choice_sets[:top_n]
    )
    n_more = len(choice_sets) - top_n
    remainder = f"; or {n_more} other {'set' if n_more == 1 else 'sets'} of the same size" if n_more > 0 else ""
    start = "It no longer holds" if robustness.default_status == HOLDS else "It holds"
    return f"{start} with {size} {'choice' if size == 1 else 'choices'} taken otherwise: {listed}{remainder}."
