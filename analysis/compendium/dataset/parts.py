"""Parts of the evidence that are compared with each other: cases and partnerships, with their three stages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from compendium.dataset import practice
from compendium.dataset.coded_statements import CodedStatements, remedies, select_coded_statements
from compendium.dataset.evidence import Evidence

PartnerNames = Mapping[str, str]
"""What readers call each partnership, by its id."""


def stage_tables(
    coded_statements: CodedStatements,
    commitments: pd.DataFrame,
    measures: pd.DataFrame,
    evidence: Evidence,
    weight: str,
) -> dict[str, pd.DataFrame]:
    """Documents × policy areas of talk, commitments and realised measures."""
    areas = evidence.policy_areas["code_id"].tolist()
    return {
        "talk": remedies(coded_statements, weight),
        "commitments": practice.area_counts_by_document(commitments, areas),
        "practice": practice.area_counts_by_document(practice.realised_measures(measures), areas),
    }


def partnership_evidence(evidence: Evidence, partnership_id: str) -> Evidence:
    """The case with the statements, commitments and measures of one partnership alone."""
    own = {
        name: getattr(evidence, name)[getattr(evidence, name)["partnership_id"] == partnership_id].reset_index(
            drop=True
        )
        for name in ("statements", "commitments", "measures")
    }
    return replace(evidence, **own)


@dataclass(frozen=True)
class Part:
    """A case, or a partnership of it: its evidence, talk, and the tables of :func:`compendium.dataset.parts.stage_tables`."""

    label: str
    group: str
    evidence: Evidence
    coded_statements: CodedStatements
    stage_tables: dict[str, pd.DataFrame]


def cases_and_partnerships(evidence: Evidence, coder: str, start: str, end: str, weight: str) -> list[Part]:
    """Every case, each followed by its partnerships; see :func:`partner_labels` for their names."""
    labels = partner_labels(evidence)
    parts = []
    for case_id, short in evidence.cases["short"].items():
        own = evidence.case(str(case_id))
        parts.append(_build_part(short, "case", own, coder, start, end, weight))
        for partnership_id in own.partnerships["partnership_id"]:
            one = partnership_evidence(own, partnership_id)
            parts.append(_build_part(labels[partnership_id], "partnership", one, coder, start, end, weight))
    return parts


def partner_labels(evidence: Evidence) -> dict[str, str]:
    """What each partnership is called beside others; a partner of several bears the name of the case behind its own."""
    known = evidence.partnerships
    names = [*evidence.cases["short"], *known["partner"]]
    case = known["case_id"].map(evidence.cases["short"])
    return {
        partnership_id: partner if names.count(partner) == 1 else f"{partner} ({short})"
        for partnership_id, partner, short in zip(known["partnership_id"], known["partner"], case, strict=True)
    }


def _build_part(label: str, group: str, evidence: Evidence, coder: str, start: str, end: str, weight: str) -> Part:
    talk = select_coded_statements(evidence, coder, start, end)
    measures = practice.measures_in_period(evidence.measures, start, end)
    return Part(label, group, evidence, talk, stage_tables(talk, evidence.commitments, measures, evidence, weight))
