"""The numbers that the chapter on actors cites."""

import math
from itertools import combinations
from typing import Any

import pandas as pd

from compendium.chapters.actors import analysis
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase
from compendium.reporting.labels import format_percent, humanize
from compendium.stats import frequencies


def actor_values(measures: pd.DataFrame, participations: pd.DataFrame, shares: pd.DataFrame, seed: int) -> InlineValues:
    """What the chapter says of all bodies, of measures that are the governments' alone, and of types beside the states.

    ``shares`` has the share of measures with each type (``code_id``) in each case (``group``, ``short``).
    """
    found = analysis.body_summary(participations)
    alone = measures["actor_types"].map(lambda own: bool(own) and set(own) <= set(analysis.GOVERNMENT_TYPES))
    numbers: InlineValues = {
        "measures": Number(len(measures), "measures on record"),
        "bodies": Number(len(found), "bodies that act in them"),
        "once": Number((found["measures"] == 1).mean(), "bodies that act in a single measure", "share", len(found)),
        "unregistered": Number(
            (found["kind"] == analysis.UNREGISTERED).sum(), "bodies that the register of actors does not know"
        ),
        "states_alone": share_with_interval(alone, measures, "measures in which none but governments take part", seed),
    }
    for kind in analysis.NON_GOVERNMENT_TYPES:
        own = shares[shares["code_id"] == kind].sort_values("share", kind="stable").to_dict("records")
        ends = [own[0], own[-1]] if own else []
        said = " to ".join(f"{format_percent(row['share'])} ({row['short']})" for row in ends)
        meaning = f"least and largest share of measures of a case with: {humanize(kind)}"
        numbers[f"{kind}_range"] = Phrase(said or UNKNOWN, meaning)
    return numbers


def leading_body_values(
    measures: pd.DataFrame, participations: pd.DataFrame, labels: dict[str, str], seed: int
) -> InlineValues:
    """What the chapter says of the international body in most measures: how often, as lead or not, and where."""
    international = participations[participations["kind"] == "international"]
    found = analysis.body_summary(international)
    first, second = (_row_at(found, place) for place in (0, 1))
    own = international[international["body"] == first["body"]]
    areas = own["policy_area"].value_counts().sort_index().sort_values(ascending=False, kind="stable").head(3)
    fields = ", ".join(f"{labels[str(area)]} ({count})" for area, count in areas.items())
    there = measures["measure_id"].isin(own["measure_id"])
    led = measures["measure_id"].isin(own.loc[own["leads"], "measure_id"])
    name = _text_or_unknown(first["body"])
    return {
        "leading": Phrase(name, "the international body in most measures"),
        "leading_share": share_with_interval(there, measures, f"measures with {name}", seed),
        "leading_measures": Number(first["measures"], f"measures with {name}"),
        "leading_leads": share_with_interval(
            led[there], measures[there], f"of the measures with {name}, those that it leads", seed
        ),
        "leading_areas": Number(first["areas"], f"policy areas in which {name} acts"),
        "leading_partnerships": Number(first["partnerships"], f"partnerships in which {name} acts"),
        "leading_fields": Phrase(fields or UNKNOWN, f"the policy areas in which {name} acts most, with its measures"),
        "second": Phrase(_text_or_unknown(second["body"]), "the international body that comes second"),
        "second_measures": Number(second["measures"], "measures with the second international body"),
        "international_bodies": Number(len(found), "international bodies on record"),
    }


def _row_at(table: pd.DataFrame, place: int) -> Any:
    """A row by its place; without it, a row of which nothing is known."""
    return table.iloc[place] if len(table) > place else pd.Series(math.nan, index=table.columns)


def _text_or_unknown(word: Any) -> str:
    return UNKNOWN if pd.isna(word) else str(word)


def actor_breadth_values(breadth: pd.DataFrame) -> InlineValues:
    """What the chapter says of the two axes: the ends of each, and how many pairs of partnerships are told apart.

    ``breadth`` has ``label``, ``what`` and the figures of :func:`compendium.chapters.actors.analysis.area_and_type_breadth`.
    """
    numbers: InlineValues = {}
    for what, noun in (("areas", "policy areas"), ("types", "types of actors")):
        own = breadth[(breadth["what"] == what) & breadth["low"].notna()].sort_values("corrected", kind="stable")
        for end, place in (("narrowest", 0), ("broadest", -1)):
            row = _row_at(own, place % max(len(own), 1))
            meaning = f"effective number of {noun} of the {end} partnership, less its bias"
            n = int(row["measures"]) if len(own) else 0
            numbers[f"{what}_{end}"] = Phrase(_text_or_unknown(row["label"]), f"the {end} partnership by {noun}")
            numbers[f"{what}_{end}_value"] = Number(row["corrected"], meaning, "plain", n, row["low"], row["high"])
        ends = list(zip(own["low"], own["high"], strict=True))
        pairs = list(combinations(ends, 2))
        apart = sum(one[1] < two[0] or two[1] < one[0] for one, two in pairs)
        numbers[f"{what}_apart"] = Phrase(
            f"{apart} of {len(pairs)}", f"pairs of partnerships whose intervals of {noun} do not overlap"
        )
    return numbers


def share_with_interval(indicator: pd.Series, rows: pd.DataFrame, meaning: str, seed: int) -> Number:
    """The share of measures that are marked, with its interval over source documents."""
    table = indicator.rename("marked").astype(bool).to_frame()
    row: Any = frequencies.code_shares(table, rows["document_id"], "statement", seed).iloc[0]
    return Number(row["share"], meaning, "share", len(rows), row["low"], row["high"])
