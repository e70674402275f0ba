"""The same figures for every case and every partnership, side by side."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium import agreement, coding, gap, practice, views
from compendium.coding import Talk
from compendium.evidence import Evidence
from compendium.style import plain
from compendium.terms import ARCHITECTURE


@dataclass(frozen=True)
class Part:
    """A case, or a partnership of it: its evidence, talk, and the tables of :func:`compendium.views.stages`."""

    label: str
    group: str
    evidence: Evidence
    talk: Talk
    tables: dict[str, pd.DataFrame]


def cases(evidence: Evidence, coder: str, start: str, end: str, weight: str) -> list[Part]:
    """Every case, each followed by its partnerships; see :func:`partners` for their names."""
    labels = partners(evidence)
    parts = []
    for case_id, short in evidence.cases["short"].items():
        own = evidence.case(str(case_id))
        parts.append(_part(short, "case", own, coder, start, end, weight))
        for partnership_id in own.partnerships["partnership_id"]:
            one = views.of_partnership(own, partnership_id)
            parts.append(_part(labels[partnership_id], "partnership", one, coder, start, end, weight))
    return parts


def partners(evidence: Evidence) -> dict[str, str]:
    """What each partnership is called beside others; a partner of several bears the name of the case behind its own."""
    known = evidence.partnerships
    names = [*evidence.cases["short"], *known["partner"]]
    case = known["case_id"].map(evidence.cases["short"])
    return {
        partnership_id: partner if names.count(partner) == 1 else f"{partner} ({short})"
        for partnership_id, partner, short in zip(known["partnership_id"], known["partner"], case, strict=True)
    }


def _part(label: str, group: str, evidence: Evidence, coder: str, start: str, end: str, weight: str) -> Part:
    talk = coding.talk(evidence, coder, start, end)
    measures = practice.started(evidence.measures, start, end)
    return Part(label, group, evidence, talk, views.stages(talk, evidence.commitments, measures, evidence, weight))


def base(evidence: Evidence) -> pd.DataFrame:
    """What the figures of each case rest on: numbers of rows, and of documents seen in part or without a date."""
    rows = []
    for case_id, short in evidence.cases["short"].items():
        own = evidence.case(str(case_id))
        numbers = {name: len(getattr(own, name)) for name in ("documents", "statements", "commitments", "measures")}
        openings, undated = (own.documents["coverage"] == "opening").sum(), (own.documents["date"] == "").sum()
        rows.append({"case": short, "openings": openings, "undated": undated, **numbers})
    return pd.DataFrame(rows)


def families(parts: list[Part], seed: int) -> pd.DataFrame:
    """Share of each family in each stage of each case."""
    found = [
        views.family_shares(part.tables, part.evidence, seed).assign(case=part.label)
        for part in parts
        if part.group == "case"
    ]
    return pd.concat(found, ignore_index=True)


def frames(parts: list[Part], weight: str, seed: int) -> pd.DataFrame:
    """Share of statements that carry each frame, in each case (``group``)."""
    found = [
        views.code_shares(part.talk.frames, part.talk, part.evidence.frames, weight, seed).assign(group=part.label)
        for part in parts
        if part.group == "case"
    ]
    return views.with_size(pd.concat(found, ignore_index=True))


def gaps(parts: list[Part], seed: int) -> pd.DataFrame:
    """The gap between talk and practice on each policy area, in each case (``group``)."""
    found = [
        views.gaps(part.tables, part.evidence, seed).assign(group=part.label) for part in parts if part.group == "case"
    ]
    return pd.concat(found, ignore_index=True)


def distances(parts: list[Part], seed: int) -> pd.DataFrame:
    """How far practice lies from talk, in each case and partnership: ``what`` is distance or correlation."""
    found = []
    for part in parts:
        figures = gap.distances(part.tables["talk"], part.tables["practice"], seed).rename_axis("what").reset_index()
        sizes = {stage: round(table.to_numpy().sum()) for stage, table in part.tables.items()}
        found.append(figures.assign(label=part.label, group=part.group, **sizes))
    return pd.concat(found, ignore_index=True)


def breadth(parts: list[Part], seed: int) -> pd.DataFrame:
    """Effective number of policy areas in each stage (``group``) of each case and partnership (``kind``)."""
    found = [gap.breadth(part.tables, seed).assign(label=part.label, kind=part.group) for part in parts]
    return pd.concat(found, ignore_index=True).rename(columns={"what": "group"})


def actors(evidence: Evidence) -> pd.DataFrame:
    """Share of measures in which each type of actor takes part, in each case (``group``)."""
    rows = practice.unfolded(evidence.measures, "actor_types")
    totals = evidence.measures["case_id"].value_counts()
    counts = rows.groupby(["case_id", "actor_types"]).size().rename("count").reset_index()
    n = counts["case_id"].map(totals)
    short = counts["case_id"].map(evidence.cases["short"])
    return counts.assign(
        label=counts["actor_types"].map(plain),
        group=[f"{case} (n = {number})" for case, number in zip(short, n, strict=True)],
        share=counts["count"] / n,
        n=n,
    )


def alphas(evidence: Evidence, seed: int) -> pd.DataFrame:
    """Alpha of each code in each case (``case``); codes that no coder gave there fall away."""
    found = [
        views.alphas(evidence.case(str(case_id)), seed).assign(case=short)
        for case_id, short in evidence.cases["short"].items()
    ]
    return pd.concat(found, ignore_index=True).dropna(subset=["value"]).reset_index(drop=True)


def set_alphas(evidence: Evidence, seed: int) -> pd.DataFrame:
    """Alpha of whole sets of codes, in each case and, last, overall; ``same``: share of statements with equal sets."""
    parts = [(short, evidence.case(str(case_id))) for case_id, short in evidence.cases["short"].items()]
    codes = evidence.codes["code_id"].tolist()
    rows = []
    for label, part in [*parts, ("Wider architecture", evidence.case(ARCHITECTURE)), ("All statements", evidence)]:
        statements = agreement.read_by_all(part.codings, part.statements)
        marked = agreement.readings(part.codings, statements, codes)
        value, low, high = agreement.of_sets(marked, statements["document_id"], seed)
        same = float((marked.all(axis=0) == marked.any(axis=0)).all(axis=1).mean()) if marked.size else np.nan
        rows.append((label, "all", value, low, high, same, marked.shape[1]))
    return pd.DataFrame(rows, columns=["label", "group", "value", "low", "high", "same", "n"])
