"""Parts of the evidence that are compared: cases and partnerships, with their talk, commitments and practice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from compendium.dataset import practice
from compendium.dataset.coded_statements import CodedStatements, remedies, select_coded_statements
from compendium.dataset.evidence import Evidence

PartnerNames = Mapping[str, str]
"""Label of each partnership, by its id."""


def stage_tables(
    coded_statements: CodedStatements,
    commitments: pd.DataFrame,
    measures: pd.DataFrame,
    evidence: Evidence,
    weight: str,
) -> dict[str, pd.DataFrame]:
    """Tables of documents × policy areas for talk, commitments and realised measures.

    Parameters
    ----------
    coded_statements : CodedStatements
    commitments, measures : DataFrame
        Rows of the tables of these names.
    evidence : Evidence
        For the policy areas of the codebook.
    weight : {"statement", "document"}
        Weight of the statements; see :func:`compendium.dataset.coded_statements.remedies`.

    Returns
    -------
    dict of DataFrame
        ``talk``, ``commitments`` and ``practice``, each of shape (documents, areas) and indexed by document.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> statements = pd.DataFrame({"document_id": ["d1", "d1"]})
    >>> areas = pd.DataFrame({"visas": [True, True], "jobs": [False, True]})
    >>> coded_statements = CodedStatements(statements, pd.DataFrame(), areas)
    >>> rows = pd.DataFrame({"document_id": ["d1"], "policy_area": ["jobs"], "status": ["completed"]})
    >>> evidence = SimpleNamespace(policy_areas=pd.DataFrame({"code_id": ["visas", "jobs"]}))
    >>> tables = stage_tables(coded_statements, rows, rows, evidence, "statement")
    >>> {name: table.loc["d1"].tolist() for name, table in tables.items()}
    {'talk': [2.0, 1.0], 'commitments': [0, 1], 'practice': [0, 1]}
    """
    areas = evidence.policy_areas["code_id"].tolist()
    return {
        "talk": remedies(coded_statements, weight),
        "commitments": practice.area_counts_by_document(commitments, areas),
        "practice": practice.area_counts_by_document(practice.realised_measures(measures), areas),
    }


def partnership_evidence(evidence: Evidence, partnership_id: str) -> Evidence:
    """Evidence of a case with the statements, commitments and measures of one partnership only."""

    def partnership_rows(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["partnership_id"] == partnership_id].reset_index(drop=True)

    return replace(
        evidence,
        statements=partnership_rows(evidence.statements),
        commitments=partnership_rows(evidence.commitments),
        measures=partnership_rows(evidence.measures),
    )


@dataclass(frozen=True)
class Part:
    """A case or a partnership, with its label, evidence, coded statements and :func:`stage_tables`.

    ``group`` is ``case`` or ``partnership``.
    """

    label: str
    group: str
    evidence: Evidence
    coded_statements: CodedStatements
    stage_tables: dict[str, pd.DataFrame]


def cases_and_partnerships(evidence: Evidence, coder: str, start: str, end: str, weight: str) -> list[Part]:
    """All cases, each followed by its partnerships.

    Parameters
    ----------
    evidence : Evidence
    coder : {"A", "B", "either", "both"}
        Whose codings are used.
    start, end : str
        Period of statements and measures, both inclusive, of any precision; empty if open.
    weight : {"statement", "document"}
        Weight of the statements.

    Returns
    -------
    list of Part
        Labelled as in :func:`partner_labels`.

    Examples
    --------
    >>> from compendium.dataset.evidence import find_root, load_evidence
    >>> from pathlib import Path
    >>> evidence = load_evidence(find_root(Path(__file__)))
    >>> parts = cases_and_partnerships(evidence, "either", "", "", "statement")
    >>> sum(part.group == "case" for part in parts) == len(evidence.cases)
    True
    """
    labels = partner_labels(evidence)
    parts = []
    for case_id, case_label in evidence.cases["short"].items():
        case = evidence.case(str(case_id))
        parts.append(_build_part(case_label, "case", case, coder, start, end, weight))
        for partnership_id in case.partnerships["partnership_id"]:
            partnership = partnership_evidence(case, partnership_id)
            parts.append(_build_part(labels[partnership_id], "partnership", partnership, coder, start, end, weight))
    return parts


def partner_labels(evidence: Evidence) -> dict[str, str]:
    """Label of each partnership: its partner, followed by the case if several cases have this partner.

    Parameters
    ----------
    evidence : Evidence

    Returns
    -------
    dict of str
        By ``partnership_id``.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> evidence = SimpleNamespace(
    ...     cases=pd.DataFrame({"short": ["Aland"]}, index=["aland"]),
    ...     partnerships=pd.DataFrame({"partnership_id": ["aland-x"], "case_id": ["aland"], "partner": ["Xland"]}),
    ... )
    >>> partner_labels(evidence)
    {'aland-x': 'Xland'}
    """
    partnerships = evidence.partnerships
    names = [*evidence.cases["short"], *partnerships["partner"]]
    cases = partnerships["case_id"].map(evidence.cases["short"])
    return {
        partnership_id: partner if names.count(partner) == 1 else f"{partner} ({case})"
        for partnership_id, partner, case in zip(
            partnerships["partnership_id"], partnerships["partner"], cases, strict=True
        )
    }


def _build_part(label: str, group: str, evidence: Evidence, coder: str, start: str, end: str, weight: str) -> Part:
    """Build a part from its evidence."""
    coded_statements = select_coded_statements(evidence, coder, start, end)
    measures = practice.measures_in_period(evidence.measures, start, end)
    tables = stage_tables(coded_statements, evidence.commitments, measures, evidence, weight)
    return Part(label, group, evidence, coded_statements, tables)
