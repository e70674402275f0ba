"""Inline values of the pages on findings, among them the verdicts that prose on any page cites."""

from collections.abc import Mapping, Sequence

from compendium.chapters.findings import labels
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Multiverse, Robustness
from compendium.chapters.findings.verdicts import HOLDS, VERDICT_STATUSES, Verdict
from compendium.reporting.inline_values import InlineValues, Number, Phrase


def findings_values(
    indicator_tables: IndicatorTables, verdicts: Sequence[Verdict], robustness_by_id: Mapping[str, Robustness]
) -> InlineValues:
    """Number of findings with each verdict, and the verdict on each finding in words.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> evidence = SimpleNamespace(
    ...     cases=pd.DataFrame({"short": ["Xland"]}, index=["xl"]),
    ...     partnerships=pd.DataFrame({"partnership_id": ["xl-y"], "partner": ["Yland"]}),
    ... )
    >>> register = SimpleNamespace(findings=pd.DataFrame({"finding_id": ["F01"], "claim": ["All is well."]}))
    >>> tables = SimpleNamespace(evidence=evidence, register=register)
    >>> values = findings_values(tables, [Verdict("F01", "holds", {"xl": True}, (), ())], {})
    >>> values["holds"].text, values["F01"].text
    ('1', 'holds')
    """
    unit_labels = labels.unit_labels(indicator_tables)
    claims = indicator_tables.register.findings.set_index("finding_id")["claim"]
    values: InlineValues = {"findings": Number(len(verdicts), "findings of the report")}
    for status in VERDICT_STATUSES:
        meaning = f"findings whose verdict is: {labels.VERDICT_LABELS[status]}"
        values[status.replace(" ", "_")] = Number(sum(verdict.status == status for verdict in verdicts), meaning)
    values["firm"] = _count_robust_findings(robustness_by_id)
    for verdict in verdicts:
        values[verdict.finding_id] = Phrase(labels.verdict_label(verdict, unit_labels), claims[verdict.finding_id])
    return values


def finding_rows_values(verdicts: Sequence[Verdict]) -> InlineValues:
    """Number of criteria and of the rows behind them.

    Examples
    --------
    >>> finding_rows_values([Verdict("F01", "not testable", {}, ("xl",), ())])["findings"].text
    '1'
    """
    criteria = [criterion for verdict in verdicts for criterion in verdict.criteria]
    n_rows = sum(len(criterion.row_ids) for criterion in criteria)
    return {
        "rows": Number(n_rows, "rows behind criteria, counted for each criterion"),
        "figures": Number(len(criteria), "criteria of the findings"),
        "findings": Number(len(verdicts), "findings of the report"),
    }


def robustness_values(
    multiverses: Mapping[str, Multiverse], robustness_by_id: Mapping[str, Robustness]
) -> InlineValues:
    """Number of universes, and of findings whose verdict is the same in all equivalent universes.

    Examples
    --------
    >>> counts = {"holds": 3, "partly": 0, "fails": 1, "not testable": 0}
    >>> values = robustness_values({}, {"F01": Robustness("F01", counts, counts, "holds", (), {})})
    >>> values["firm"].text, values["turned"].text
    ('0', '1')
    """
    n_universes = sum(multiverse.status_codes.size for multiverse in multiverses.values())
    n_steady = sum(robustness.same_verdict_share == 1 for robustness in robustness_by_id.values())
    n_changing = sum(
        robustness.default_status == HOLDS and robustness.same_verdict_share < 1
        for robustness in robustness_by_id.values()
    )
    return {
        "findings": Number(len(robustness_by_id), "findings"),
        "universes": Number(n_universes, "universes of all findings"),
        "firm": _count_robust_findings(robustness_by_id),
        "steady": Number(
            n_steady,
            "findings with one and the same verdict in every universe of equivalent options that defines them",
        ),
        "turned": Number(n_changing, "findings that hold by default, and not in all universes of equivalent options"),
    }


def _count_robust_findings(robustness_by_id: Mapping[str, Robustness]) -> Number:
    n_robust = sum(
        robustness.default_status == HOLDS and robustness.same_verdict_share == 1
        for robustness in robustness_by_id.values()
    )
    return Number(n_robust, "findings that hold in every universe of equivalent options that defines them")
