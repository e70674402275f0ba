"""The numbers that the pages on findings cite, and the verdicts that prose anywhere cites."""

from collections.abc import Mapping, Sequence

from compendium.chapters.findings import labels
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Multiverse, Robustness
from compendium.chapters.findings.verdicts import HOLDS, NOT_TESTABLE, VERDICT_STATUSES, Verdict
from compendium.reporting.inline_values import InlineValues, Number, Phrase


def findings_values(
    indicator_tables: IndicatorTables, verdicts: Sequence[Verdict], robustness_by_id: Mapping[str, Robustness]
) -> InlineValues:
    """How many findings have each verdict, and the verdict on each."""
    called, claims = (
        labels.unit_labels(indicator_tables),
        indicator_tables.register.findings.set_index("finding_id")["claim"],
    )
    numbers: InlineValues = {"findings": Number(len(verdicts), "findings of the report")}
    for status in VERDICT_STATUSES:
        meaning = f"findings whose verdict is: {labels.VERDICT_LABELS[status]}"
        numbers[status.replace(" ", "_")] = Number(sum(each.status == status for each in verdicts), meaning)
    numbers["firm"] = _count_robust_findings(robustness_by_id)
    for each in verdicts:
        numbers[each.finding_id] = Phrase(labels.verdict_label(each, called), claims[each.finding_id])
    return numbers


def finding_rows_values(verdicts: Sequence[Verdict]) -> InlineValues:
    """How many rows stand behind how many figures."""
    figures = [figure for each in verdicts for figure in each.criteria]
    return {
        "rows": Number(sum(len(each.row_ids) for each in figures), "rows behind figures, counted for each figure"),
        "figures": Number(len(figures), "figures of the findings"),
        "findings": Number(len(verdicts), "findings of the report"),
    }


def robustness_values(
    multiverses: Mapping[str, Multiverse], robustness_by_id: Mapping[str, Robustness]
) -> InlineValues:
    """How many universes there are, and how many findings stand in all that are equivalent."""
    turned = sum(each.default_status == HOLDS and not _is_robust(each) for each in robustness_by_id.values())
    return {
        "findings": Number(len(robustness_by_id), "findings"),
        "universes": Number(sum(each.status_codes.size for each in multiverses.values()), "universes of all findings"),
        "firm": _count_robust_findings(robustness_by_id),
        "steady": Number(
            sum(each.same_verdict_share == 1 for each in robustness_by_id.values()),
            "findings with one and the same verdict in every universe of equivalent options that defines them",
        ),
        "turned": Number(turned, "findings that hold by default, and not in all universes of equivalent options"),
    }


def _count_robust_findings(robustness_by_id: Mapping[str, Robustness]) -> Number:
    number = sum(each.default_status == HOLDS and _is_robust(each) for each in robustness_by_id.values())
    return Number(number, "findings that hold in every universe of equivalent options that defines them")


def _is_robust(robustness: Robustness) -> bool:
    return (
        robustness.equivalent_counts[HOLDS]
        == sum(robustness.equivalent_counts.values()) - robustness.equivalent_counts[NOT_TESTABLE]
    )
