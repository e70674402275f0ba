"""Comparison of all cases and partnerships by the values of the case pages."""

import pandas as pd

# The case pages and this chapter must show the same values, so it calls the same functions.
from compendium.chapters import discourse, implementation
from compendium.dataset import practice
from compendium.dataset.evidence import Evidence
from compendium.dataset.parts import Part
from compendium.reporting import plot_data
from compendium.reporting.inline_values import (
    UNKNOWN,
    InlineValues,
    Number,
    Phrase,
    coverage_values,
    number_from_row,
    text_or_unknown,
    top_row,
)
from compendium.reporting.labels import humanize
from compendium.stats import profiles

FAMILY_SHARES_NOTE = (
    "Share of each family among remedies named in talk, among commitments, and among realised measures. Numbers of "
    "rows and intervals stand in the data table; commitments are few, and rest on summaries."
)
TALK_PRACTICE_DISTANCE_NOTE = (
    "0: talk and practice give every area the same weight. Sampling alone drives two profiles apart, the more the "
    "fewer the rows; the interval allows for that, so it can lie mostly below its point. Below each case stand its "
    "partnerships."
)
POLICY_AREA_BREADTH_NOTE = (
    "As many equally large areas would be as diverse. Lines are 95 % intervals over documents that allow for the "
    "narrowness of small samples; where they overlap, the order is uncertain. Below each case stand its partnerships."
)


def case_row_counts(evidence: Evidence) -> pd.DataFrame:
    """Count the rows of each case, and its documents seen in part or without a date."""
    rows = []
    for case_id, short in evidence.cases["short"].items():
        case = evidence.case(str(case_id))
        counts = {name: len(getattr(case, name)) for name in ("documents", "statements", "commitments", "measures")}
        openings, undated = (case.documents["coverage"] == "opening").sum(), (case.documents["date"] == "").sum()
        rows.append({"case": short, "openings": openings, "undated": undated, **counts})
    return pd.DataFrame(rows)


def family_shares_by_case(parts: list[Part], seed: int) -> pd.DataFrame:
    """Compute the share of each family in each stage of each ``case``."""
    cases = [
        implementation.family_shares(part.stage_tables, part.evidence, seed).assign(case=part.label)
        for part in parts
        if part.group == "case"
    ]
    return pd.concat(cases, ignore_index=True)


def frame_shares_by_case(parts: list[Part], weight: str, seed: int) -> pd.DataFrame:
    """Compute the share of statements with each frame in each case (``group``)."""
    cases = [
        plot_data.labelled_code_shares(
            discourse.statement_shares(part.coded_statements.frames, part.coded_statements, weight, seed),
            part.evidence.frames,
        ).assign(group=part.label)
        for part in parts
        if part.group == "case"
    ]
    return plot_data.with_group_size(pd.concat(cases, ignore_index=True))


def gaps_by_case(parts: list[Part], seed: int) -> pd.DataFrame:
    """Compute the gap between talk and practice on each policy area in each case (``group``)."""
    cases = [
        plot_data.with_code_labels(
            implementation.talk_practice_gaps(part.stage_tables, seed), part.evidence.policy_areas
        ).assign(group=part.label)
        for part in parts
        if part.group == "case"
    ]
    return pd.concat(cases, ignore_index=True)


def talk_practice_distances(parts: list[Part], seed: int) -> pd.DataFrame:
    """Compute the distance of practice from talk in each case and partnership.

    Returns
    -------
    DataFrame
        ``what`` (distance or correlation), the columns of :func:`compendium.stats.profiles.profile_distances`,
        ``label``, ``group`` (case or partnership), and the number of rows of each stage.
    """
    rows = []
    for part in parts:
        distances = (
            profiles.profile_distances(part.stage_tables["talk"], part.stage_tables["practice"], seed)
            .rename_axis("what")
            .reset_index()
        )
        sizes = {stage: round(table.to_numpy().sum()) for stage, table in part.stage_tables.items()}
        rows.append(distances.assign(label=part.label, group=part.group, **sizes))
    return pd.concat(rows, ignore_index=True)


def policy_area_breadth(parts: list[Part], seed: int) -> pd.DataFrame:
    """Compute the effective number of policy areas in each stage (``group``) of each case or partnership."""
    rows = [
        profiles.effective_numbers(part.stage_tables, seed).assign(label=part.label, kind=part.group) for part in parts
    ]
    return pd.concat(rows, ignore_index=True).rename(columns={"what": "group"})


def actor_type_shares_by_case(evidence: Evidence) -> pd.DataFrame:
    """Compute the share of measures in which each type of actor takes part, in each case (``group``)."""
    participations = practice.explode_list_column(evidence.measures, "actor_types")
    totals = evidence.measures["case_id"].value_counts()
    counts = participations.groupby(["case_id", "actor_types"]).size().rename("count").reset_index()
    n = counts["case_id"].map(totals)
    case_names = counts["case_id"].map(evidence.cases["short"])
    return counts.assign(
        label=counts["actor_types"].map(humanize),
        group=[f"{case} (n = {number})" for case, number in zip(case_names, n, strict=True)],
        share=counts["count"] / n,
        n=n,
    )


def comparison_values(
    evidence: Evidence, families: pd.DataFrame, distances: pd.DataFrame, breadth: pd.DataFrame
) -> InlineValues:
    """Count the rows of all cases, and name the cases that stand out.

    Parameters
    ----------
    families, distances, breadth : DataFrame
        From :func:`family_shares_by_case`, :func:`talk_practice_distances` and :func:`policy_area_breadth`.
    """
    documents = evidence.documents[evidence.documents["case_id"].isin(evidence.cases.index)]
    statements = evidence.statements[evidence.statements["document_id"].isin(documents["document_id"])]
    case_breadth = breadth[breadth["kind"] == "case"].pivot(index="label", columns="group", values="corrected")
    case_breadth = case_breadth[["talk", "practice"]].dropna()
    n_narrower = int((case_breadth["practice"] < case_breadth["talk"]).sum())
    practice_shares = families[families["stage"] == "practice"].dropna(subset=["share"])
    ranking = practice_shares.sort_values("share", ascending=False, kind="stable")
    largest = ranking.drop_duplicates("case").sort_values("case")
    families_text = ", ".join(
        f"{family} ({case})" for family, case in zip(largest["family"], largest["case"], strict=True)
    )
    case_distances = distances[(distances["what"] == "distance") & (distances["group"] == "case")]
    furthest = top_row(case_distances, "value")
    return {
        "cases": Number(len(evidence.cases), "cases in the book"),
        "partnerships": Number(len(evidence.partnerships), "partnerships of these cases"),
        "documents": Number(len(documents), "documents of the cases"),
        "languages": Number(documents["language"].nunique(), "languages of the documents"),
        "statements": Number(len(statements), "statements of official talk in the cases"),
        "codings": Number(
            evidence.codings["statement_id"].isin(statements["statement_id"]).sum(),
            "codings of these statements: a code that a reading gave, or its note that no code applies",
        ),
        "commitments": Number(len(evidence.commitments), "commitments on record"),
        "measures": Number(len(evidence.measures), "measures on record"),
        "narrower_cases": Phrase(
            f"{n_narrower} of {len(case_breadth)}", "cases in which practice is narrower than talk"
        ),
        "practice_families": Phrase(
            families_text or UNKNOWN, "the largest family among realised measures of each case"
        ),
        "furthest_case": Phrase(
            text_or_unknown(furthest["label"]), "the case in which practice lies furthest from talk"
        ),
        "furthest_distance": number_from_row(furthest, "value", "Jensen-Shannon distance", furthest["practice"]),
        **coverage_values(documents),
    }
