"""The same figures for every case and every partnership, side by side."""

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


def comparison_values(
    evidence: Evidence, families: pd.DataFrame, distances: pd.DataFrame, breadth: pd.DataFrame
) -> InlineValues:
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
    furthest = top_row(apart, "value")
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
        "narrower_cases": Phrase(f"{narrower} of {len(broad)}", "cases in which practice is narrower than talk"),
        "practice_families": Phrase(said or UNKNOWN, "the largest family among realised measures of each case"),
        "furthest_case": Phrase(
            text_or_unknown(furthest["label"]), "the case in which practice lies furthest from talk"
        ),
        "furthest_distance": number_from_row(furthest, "value", "Jensen-Shannon distance", furthest["practice"]),
        **coverage_values(own),
    }


def case_row_counts(evidence: Evidence) -> pd.DataFrame:
    """What the figures of each case rest on: numbers of rows, and of documents seen in part or without a date."""
    rows = []
    for case_id, short in evidence.cases["short"].items():
        own = evidence.case(str(case_id))
        numbers = {name: len(getattr(own, name)) for name in ("documents", "statements", "commitments", "measures")}
        openings, undated = (own.documents["coverage"] == "opening").sum(), (own.documents["date"] == "").sum()
        rows.append({"case": short, "openings": openings, "undated": undated, **numbers})
    return pd.DataFrame(rows)


def family_shares_by_case(parts: list[Part], seed: int) -> pd.DataFrame:
    """Share of each family in each stage of each case."""
    found = [
        implementation.family_shares(part.stage_tables, part.evidence, seed).assign(case=part.label)
        for part in parts
        if part.group == "case"
    ]
    return pd.concat(found, ignore_index=True)


def frame_shares_by_case(parts: list[Part], weight: str, seed: int) -> pd.DataFrame:
    """Share of statements that carry each frame, in each case (``group``)."""
    found = [
        plot_data.labelled_code_shares(
            discourse.statement_shares(part.coded_statements.frames, part.coded_statements, weight, seed),
            part.evidence.frames,
        ).assign(group=part.label)
        for part in parts
        if part.group == "case"
    ]
    return plot_data.with_group_size(pd.concat(found, ignore_index=True))


def gaps_by_case(parts: list[Part], seed: int) -> pd.DataFrame:
    """The gap between talk and practice on each policy area, in each case (``group``)."""
    found = [
        plot_data.with_code_labels(
            implementation.talk_practice_gaps(part.stage_tables, seed), part.evidence.policy_areas
        ).assign(group=part.label)
        for part in parts
        if part.group == "case"
    ]
    return pd.concat(found, ignore_index=True)


def talk_practice_distances(parts: list[Part], seed: int) -> pd.DataFrame:
    """How far practice lies from talk, in each case and partnership: ``what`` is distance or correlation."""
    found = []
    for part in parts:
        figures = (
            profiles.profile_distances(part.stage_tables["talk"], part.stage_tables["practice"], seed)
            .rename_axis("what")
            .reset_index()
        )
        sizes = {stage: round(table.to_numpy().sum()) for stage, table in part.stage_tables.items()}
        found.append(figures.assign(label=part.label, group=part.group, **sizes))
    return pd.concat(found, ignore_index=True)


def policy_area_breadth(parts: list[Part], seed: int) -> pd.DataFrame:
    """Effective number of policy areas in each stage (``group``) of each case and partnership (``kind``)."""
    found = [
        profiles.effective_numbers(part.stage_tables, seed).assign(label=part.label, kind=part.group) for part in parts
    ]
    return pd.concat(found, ignore_index=True).rename(columns={"what": "group"})


def actor_type_shares_by_case(evidence: Evidence) -> pd.DataFrame:
    """Share of measures in which each type of actor takes part, in each case (``group``)."""
    rows = practice.explode_list_column(evidence.measures, "actor_types")
    totals = evidence.measures["case_id"].value_counts()
    counts = rows.groupby(["case_id", "actor_types"]).size().rename("count").reset_index()
    n = counts["case_id"].map(totals)
    short = counts["case_id"].map(evidence.cases["short"])
    return counts.assign(
        label=counts["actor_types"].map(humanize),
        group=[f"{case} (n = {number})" for case, number in zip(short, n, strict=True)],
        share=counts["count"] / n,
        n=n,
    )


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
