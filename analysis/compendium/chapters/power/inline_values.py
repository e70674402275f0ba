"""The numbers that the chapter on power cites."""

from typing import Any

import pandas as pd

from compendium.chapters.actors.inline_values import share_with_interval
from compendium.chapters.power import analysis
from compendium.dataset.coded_statements import CodedStatements
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase
from compendium.stats import frequencies


def commitment_side_values(commitments: pd.DataFrame, family: pd.Series, seed: int) -> InlineValues:
    """Whose the commitments are, where either side's own fall, and how few documents hold both."""
    obligated, n = commitments["obligated"], len(commitments)
    numbers: InlineValues = {
        "commitments": Number(n, "commitments on record"),
        "instruments": Number(commitments["document_id"].nunique(), "documents that hold commitments"),
        "binding": share_with_interval(
            commitments["strength"] == "binding", commitments, "commitments that are a treaty duty", seed
        ),
    }
    for side in analysis.OBLIGATED_SIDES:
        whose = "both sides" if side == "both" else f"the {side} alone"
        numbers[f"of_{side}"] = share_with_interval(obligated == side, commitments, f"commitments of {whose}", seed)
        numbers[f"of_{side}_count"] = Number((obligated == side).sum(), f"commitments of {whose}")
    for side, own_family in (("partner", "security"), ("destination", "mobility")):
        own = obligated == side
        meaning = f"of the commitments of the {side} alone, those in the family {own_family}"
        numbers[f"{side}_{own_family}"] = share_with_interval(
            family[own] == own_family, commitments[own], meaning, seed
        )
    alone = commitments[obligated != "both"].groupby("document_id")["obligated"].nunique()
    meaning = "instruments in which each side alone undertakes something"
    numbers["exchanges"] = Number((alone == 2).sum(), meaning)
    return numbers


def measure_side_values(measures: pd.DataFrame, seed: int) -> InlineValues:
    """Who leads and who acts, and of how few measures the budget is known."""
    acts = analysis.acting_sides(measures)
    numbers: InlineValues = {
        "measures": Number(len(measures), "measures on record"),
        "budget_known": share_with_interval(measures["budget"].notna(), measures, "measures with a known budget", seed),
        "budgets": Number(measures["budget"].notna().sum(), "measures with a known budget"),
        "currencies": Number(measures.loc[measures["budget"].notna(), "currency"].nunique(), "currencies of budgets"),
        "act_together": share_with_interval(
            acts == "both sides", measures, "measures in which governments of both sides act", seed
        ),
    }
    for side in analysis.LEAD_SIDES:
        numbers[f"lead_{side}"] = share_with_interval(
            measures["lead_side"] == side, measures, f"measures led by: {side}", seed
        )
    return numbers


def balance_values(balances: pd.DataFrame) -> InlineValues:
    """How many partnerships lean to one side beyond what the choice of documents explains, by each balance."""
    numbers: InlineValues = {}
    for what in analysis.BALANCES:
        own = balances[(balances["what"] == what) & balances["low"].notna()]
        for side, leaning in (("destination", own["low"] > 0), ("partner", own["high"] < 0)):
            names = ", ".join(own.loc[leaning, "label"]) or "none"
            numbers[f"{what}_{side}"] = Phrase(
                f"{leaning.sum()} of {len(own)}",
                f"partnerships whose balance '{what}' lies on the side of the {side}: {names}",
            )
    return numbers


def conditionality_values(
    coded_statements: CodedStatements, area_shares: pd.DataFrame, labels: dict[str, str], weight: str, seed: int
) -> InlineValues:
    """How often talk makes one thing depend on another, and which areas it then names."""
    names = ("conditional_share", "conditional", "conditional_area", "conditional_area_share", "other_area_share")
    if "conditional" not in set(area_shares["group"]):
        return {name: Phrase(UNKNOWN, "no statement carries the frame of conditionality") for name in names}
    marked = coded_statements.frames[[analysis.CONDITIONALITY]]
    row: Any = frequencies.code_shares(marked, coded_statements.statements["document_id"], weight, seed).iloc[0]
    ranked = area_shares[area_shares["group"] == "conditional"].sort_values("share", ascending=False, kind="stable")
    most: Any = ranked.iloc[0]
    others: Any = area_shares[(area_shares["group"] == "other") & (area_shares["code_id"] == most["code_id"])].iloc[0]
    area = labels[most["code_id"]]

    def number(found: Any, meaning: str) -> Number:
        return Number(found["share"], meaning, "share", int(found["n"]), found["low"], found["high"])

    return {
        "conditional_share": number(row, "statements that carry the frame of conditionality"),
        "conditional": Number(row["count"], "statements that carry the frame of conditionality"),
        "conditional_area": Phrase(area, "the policy area named most in statements of conditionality"),
        "conditional_area_share": number(most, f"statements of conditionality that name {area}"),
        "other_area_share": number(others, f"other statements that name {area}"),
    }


def unplaced_statement_values(coded_statements: CodedStatements, comparison: pd.DataFrame) -> InlineValues:
    """How many statements on conditionality belong to no partnership (:func:`analysis.conditionality_comparison`)."""
    marked = coded_statements.frames.get(analysis.CONDITIONALITY, pd.Series(dtype=bool))
    meaning = "statements on conditionality that speak of no single partnership"
    return {"unplaced": Number(int(marked.sum()) - int(comparison["conditional"].sum()), meaning)}


def treaty_values(treaties: pd.DataFrame) -> InlineValues:
    """In how many partnerships treaties of both kinds exist, and in how many they came together."""
    both = treaties[treaties["days"].notna()]
    return {
        "partnerships": Number(len(treaties), "partnerships"),
        "both_treaties": Number(len(both), "partnerships with treaties on readmission and on visa facilitation"),
        "same_day": Number((both["days"] == 0).sum(), "partnerships in which two such treaties share a day"),
        "within_year": Number((both["days"] <= 366).sum(), "partnerships in which two such treaties lie within a year"),
    }
