"""The numbers that the pages on findings cite, and the verdicts that prose anywhere cites."""

from collections.abc import Mapping, Sequence

from compendium.chapters.findings import labels
from compendium.chapters.findings.indicators import Sheets
from compendium.chapters.findings.multiverse import Multiverse, Robustness
from compendium.chapters.findings.verdicts import HOLDS, NOT_TESTABLE, STATUSES, Verdict
from compendium.reporting.inline_values import Number, Numbers, Words


def of_findings(sheets: Sheets, found: Sequence[Verdict], told: Mapping[str, Robustness]) -> Numbers:
    """How many findings have each verdict, and the verdict on each."""
    called, claims = labels.names(sheets), sheets.register.findings.set_index("finding_id")["claim"]
    numbers: Numbers = {"findings": Number(len(found), "findings of the report")}
    for status in STATUSES:
        meaning = f"findings whose verdict is: {labels.VERDICTS[status]}"
        numbers[status.replace(" ", "_")] = Number(sum(each.status == status for each in found), meaning)
    numbers["firm"] = _firm(told)
    for each in found:
        numbers[each.finding_id] = Words(labels.verdict(each, called), claims[each.finding_id])
    return numbers


def of_rows(found: Sequence[Verdict]) -> Numbers:
    """How many rows stand behind how many figures."""
    figures = [figure for each in found for figure in each.criteria]
    return {
        "rows": Number(sum(len(each.rows) for each in figures), "rows behind figures, counted for each figure"),
        "figures": Number(len(figures), "figures of the findings"),
        "findings": Number(len(found), "findings of the report"),
    }


def of_robustness(multiverses: Mapping[str, Multiverse], told: Mapping[str, Robustness]) -> Numbers:
    """How many universes there are, and how many findings stand in all that are equivalent."""
    turned = sum(each.default == HOLDS and not _in_all(each) for each in told.values())
    return {
        "findings": Number(len(told), "findings"),
        "universes": Number(sum(each.status.size for each in multiverses.values()), "universes of all findings"),
        "firm": _firm(told),
        "steady": Number(
            sum(each.same == 1 for each in told.values()),
            "findings with one and the same verdict in every universe of equivalent options that defines them",
        ),
        "turned": Number(turned, "findings that hold by default, and not in all universes of equivalent options"),
    }


def _firm(told: Mapping[str, Robustness]) -> Number:
    number = sum(each.default == HOLDS and _in_all(each) for each in told.values())
    return Number(number, "findings that hold in every universe of equivalent options that defines them")


def _in_all(told: Robustness) -> bool:
    return told.equivalent[HOLDS] == sum(told.equivalent.values()) - told.equivalent[NOT_TESTABLE]
