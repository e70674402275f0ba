"""The numbers that the pages cite, ready to be published; what a young case can not tell yet is "not known"."""

import math
from typing import Any

import pandas as pd

from compendium import coding, gap, practice
from compendium.coding import Talk
from compendium.evidence import Evidence
from compendium.results import UNKNOWN, Number, Words

Numbers = dict[str, Number | Words]


def share_of(shares: pd.DataFrame, code: str) -> Number:
    """The share of statements that bear one code, out of :func:`compendium.views.code_shares`."""
    row = _first(shares[shares["code_id"] == code])
    return _number(row, "share", f"statements that carry {_said(row['label'])}", row["n"])


def group_share(talk: Talk, codes: pd.DataFrame, group: str, weight: str, seed: int) -> Number:
    """The share of statements that bear at least one code of a group."""
    own = codes.loc[codes["group"] == group, "code_id"]
    marked = talk.frames[own].any(axis=1).to_frame(group)
    row = coding.shares(marked, talk.statements["document_id"], weight, seed).iloc[0]
    return _number(row, "share", f"statements with at least one frame of the group {group}", row["n"])


def of_gap(tables: dict[str, pd.DataFrame], gaps: pd.DataFrame, evidence: Evidence, seed: int) -> Numbers:
    """What the page on practice says of the largest family, the widest gaps and the distance from talk."""
    families = gap.profile(gap.in_families(tables["practice"], evidence.policy_areas), seed)
    largest = _first(families.rename_axis("family").reset_index(), "share")
    n = int(tables["practice"].to_numpy().sum())
    figures = gap.distances(tables["talk"], tables["practice"], seed)
    numbers: Numbers = {
        "top_family": Words(_said(largest["family"]), "the largest family among realised measures"),
        "top_family_share": _number(largest, "share", "realised measures of the largest family", n),
        "distance": _number(figures.T["distance"], "value", "Jensen-Shannon distance of practice from talk", n),
        "correlation": _number(figures.T["correlation"], "value", "rank correlation of practice with talk", n),
    }
    for name, ascending, direction in (("most_below", True, "below"), ("most_above", False, "above")):
        row = _first(gaps, "gap", ascending)
        meaning = f"share of {_said(row['label'])} in practice less its share in talk"
        numbers[name] = Words(
            _said(row["label"]), f"the policy area whose share of practice lies furthest {direction} its share of talk"
        )
        numbers[f"{name}_gap"] = Number(row["gap"], meaning, "points", n, row["gap_low"], row["gap_high"])
    return numbers


def of_case(evidence: Evidence, families: pd.DataFrame) -> Numbers:
    """What the first page of a case says of its size and its largest families."""
    documents = evidence.documents
    years = documents.loc[documents["date"] != "", "date"].str[:4]
    numbers: Numbers = {
        "first_year": Words(min(years, default=UNKNOWN), "year of the oldest dated document"),
        "last_year": Words(max(years, default=UNKNOWN), "year of the newest dated document"),
        "documents": Number(len(documents), "documents of the case"),
        "statements": Number(len(evidence.statements), "statements of official talk"),
        "commitments": Number(len(evidence.commitments), "commitments on record"),
        "measures": Number(len(evidence.measures), "measures on record"),
        **coverage(documents),
    }
    for stage in ("talk", "practice"):
        best = _first(families[families["stage"] == stage], "share")
        numbers[f"{stage}_family"] = Words(_said(best["family"]), f"the largest family in {stage}")
        numbers[f"{stage}_family_share"] = _number(best, "share", f"share of the largest family in {stage}", best["n"])
    return numbers


def coverage(documents: pd.DataFrame) -> Numbers:
    """How much of the documents was seen, and how many show a date."""
    openings, undated = (documents["coverage"] == "opening").mean(), (documents["date"] == "").mean()
    return {
        "openings_share": Number(openings, "documents of which only the opening was seen", "share", len(documents)),
        "undated_share": Number(undated, "documents without a date", "share", len(documents)),
    }


def of_practice(measures: pd.DataFrame, commitments: pd.DataFrame) -> Numbers:
    """How many measures and commitments there are."""
    return {
        "measures": Number(len(measures), "measures on record"),
        "realised": Number(len(practice.realised(measures)), "measures under way, completed or in force"),
        "commitments": Number(len(commitments), "commitments on record"),
        "budget_known": Number(
            measures["budget"].notna().mean(), "measures with a known budget", "share", len(measures)
        ),
    }


def of_talk(talk: Talk, documents: pd.DataFrame, frames: pd.DataFrame, areas: pd.DataFrame) -> Numbers:
    """What the page on talk says of what was read, and of the most frequent frame and policy area."""
    numbers: Numbers = {
        "documents": Number(len(documents), "official documents that gave statements"),
        "statements": Number(len(talk.statements), "statements read"),
        **coverage(documents),
    }
    for name, shares in (("frame", frames), ("area", areas)):
        best = _first(shares, "share")
        numbers[f"top_{name}"] = Words(_said(best["label"]), f"the most frequent {name}")
        numbers[f"top_{name}_share"] = share_of(shares, best["code_id"])
    return numbers


def of_comparison(
    evidence: Evidence, families: pd.DataFrame, distances: pd.DataFrame, breadth: pd.DataFrame
) -> Numbers:
    """What the comparison says of the record as a whole, and of the cases between them."""
    cases = list(evidence.cases["short"])
    own = evidence.documents[evidence.documents["case_id"].isin(evidence.cases.index)]
    statements = evidence.statements[evidence.statements["document_id"].isin(own["document_id"])]
    broad = breadth[breadth["kind"] == "case"].pivot(index="label", columns="group", values="corrected")
    broad = broad[["talk", "practice"]].dropna()
    narrower = int((broad["practice"] < broad["talk"]).sum())
    practised = families[families["stage"] == "practice"].dropna(subset=["share"])
    largest = practised.sort_values("share", ascending=False, kind="stable").drop_duplicates("case").sort_values("case")
    said = ", ".join(f"{family} ({case})" for family, case in zip(largest["family"], largest["case"], strict=True))
    apart = distances[(distances["what"] == "distance") & (distances["group"] == "case")]
    furthest = _first(apart, "value")
    return {
        "cases": Number(len(cases), "cases in the book"),
        "partnerships": Number(len(evidence.partnerships), "partnerships of these cases"),
        "documents": Number(len(own), "documents of the cases"),
        "languages": Number(own["language"].nunique(), "languages of the documents"),
        "statements": Number(len(statements), "statements of official talk in the cases"),
        "codings": Number(
            evidence.codings["statement_id"].isin(statements["statement_id"]).sum(),
            "codings of these statements: a code that a reading gave, or its note that no code applies",
        ),
        "commitments": Number(len(evidence.commitments), "commitments on record"),
        "measures": Number(len(evidence.measures), "measures on record"),
        "narrower_cases": Words(f"{narrower} of {len(broad)}", "cases in which practice is narrower than talk"),
        "practice_families": Words(said or UNKNOWN, "the largest family among realised measures of each case"),
        "furthest_case": Words(_said(furthest["label"]), "the case in which practice lies furthest from talk"),
        "furthest_distance": _number(furthest, "value", "Jensen-Shannon distance", furthest["practice"]),
        **coverage(own),
    }


def of_agreement(alphas: pd.DataFrame, sets: pd.DataFrame) -> Numbers:
    """What the page on agreement says of all codes and all statements."""
    whole = sets.iloc[-1]
    return {
        "alpha_overall": _number(whole, "value", "alpha of whole sets of codes, MASI distance", int(whole["n"])),
        "same_share": Number(whole["same"], "statements with exactly the same codes", "share", int(whole["n"])),
        "codes": Number(len(alphas), "codes in the codebook"),
        "alpha_low_codes": Number((alphas["value"] < 0.8).sum(), "codes with an alpha below 0.80"),
        "alpha_very_low_codes": Number((alphas["value"] < 0.667).sum(), "codes with an alpha below 0.667"),
    }


def _first(table: pd.DataFrame, field: str = "", ascending: bool = False) -> pd.Series:
    """The first row, or that with the largest (or least) ``field``; without any, a row of which nothing is known."""
    known = table.dropna(subset=[field]).sort_values(field, ascending=ascending, kind="stable") if field else table
    return known.iloc[0] if len(known) else pd.Series(math.nan, index=table.columns)


def _said(word: Any) -> str:
    return UNKNOWN if pd.isna(word) else str(word)


def _number(row: pd.Series, field: str, meaning: str, n: float) -> Number:
    unit = "share" if field == "share" else "plain"
    return Number(row[field], meaning, unit, None if pd.isna(n) else int(n), row["low"], row["high"])
