"""Numbers that the page on actors cites."""

from itertools import combinations
from typing import Any

import pandas as pd

from compendium.chapters.actors.analysis import NON_GOVERNMENT_TYPES
from compendium.dataset.actors import UNREGISTERED
from compendium.reporting.inline_values import (
    UNKNOWN,
    InlineValues,
    Number,
    Phrase,
    number_from_row,
    text_or_unknown,
    top_row,
)
from compendium.reporting.labels import format_percent, humanize


def actor_values(
    measures: pd.DataFrame, bodies: pd.DataFrame, government_only: pd.DataFrame, shares: pd.DataFrame
) -> InlineValues:
    """Return the numbers on all bodies, on measures of governments alone, and on types of actors beside the states.

    Parameters
    ----------
    measures : DataFrame
        The table of measures.
    bodies, government_only : DataFrame
        From :func:`compendium.chapters.actors.analysis.body_summary` and
        :func:`compendium.chapters.actors.analysis.government_only_share`.
    shares : DataFrame
        The ``share`` of measures with each type of actor (``code_id``) in each case (``short``).

    Examples
    --------
    >>> bodies = pd.DataFrame({"body": ["Office", "Forum"], "kind": ["office", "international"], "measures": [1, 3]})
    >>> government_only = pd.DataFrame({"share": [0.5], "low": [0.2], "high": [0.8], "n": [4]})
    >>> shares = pd.DataFrame({"code_id": ["ngo"], "short": ["Aland"], "share": [0.25]})
    >>> values = actor_values(pd.DataFrame({"measure_id": list("abcd")}), bodies, government_only, shares)
    >>> values["bodies"].text, float(values["once"].value), values["ngo_range"].text
    ('2', 0.5, '25 % (Aland) to 25 % (Aland)')
    """
    single = (bodies["measures"] == 1).mean()
    alone = top_row(government_only)
    values: InlineValues = {
        "measures": Number(len(measures), "measures on record"),
        "bodies": Number(len(bodies), "bodies that act in them"),
        "once": Number(single, "bodies that act in a single measure", "share", len(bodies)),
        "unregistered": Number(
            (bodies["kind"] == UNREGISTERED).sum(), "bodies that the register of actors does not know"
        ),
        "states_alone": number_from_row(alone, "share", "measures in which none but governments take part", alone["n"]),
    }
    for actor_type in NON_GOVERNMENT_TYPES:
        cases = shares[shares["code_id"] == actor_type].sort_values("share", kind="stable").to_dict("records")
        ends = [cases[0], cases[-1]] if cases else []
        text = " to ".join(f"{format_percent(row['share'])} ({row['short']})" for row in ends)
        meaning = f"least and largest share of measures of a case with: {humanize(actor_type)}"
        values[f"{actor_type}_range"] = Phrase(text or UNKNOWN, meaning)
    return values


def leading_body_values(
    bodies: pd.DataFrame, shares: pd.DataFrame, participations: pd.DataFrame, area_labels: dict[str, str]
) -> InlineValues:
    """Return the numbers on the international body in most measures: how often it takes part, leads, and where.

    Parameters
    ----------
    bodies : DataFrame
        The international bodies among those of :func:`compendium.chapters.actors.analysis.body_summary`.
    shares : DataFrame
        From :func:`compendium.chapters.actors.analysis.body_shares`, for the first of ``bodies``.
    participations : DataFrame
        From :func:`compendium.dataset.actors.body_participations`.
    area_labels : dict
        The label of each policy area.

    Examples
    --------
    >>> bodies = pd.DataFrame({"body": ["Forum"], "measures": [2], "areas": [1], "partnerships": [1]})
    >>> shares = pd.DataFrame({"share": [0.5, 1.0], "low": 0.1, "high": 1.0, "n": [4, 2]}, ["takes part", "leads"])
    >>> participations = pd.DataFrame({"body": ["Forum", "Forum"], "policy_area": ["visas", "visas"]})
    >>> values = leading_body_values(bodies, shares, participations, {"visas": "Visas"})
    >>> values["leading"].text, values["leading_leads"].text, values["leading_fields"].text, values["second"].text
    ('Forum', '100\xa0%', 'Visas (2)', 'not known')
    """
    first, second = top_row(bodies), top_row(bodies.iloc[1:])
    name = text_or_unknown(first["body"])
    areas = participations.loc[participations["body"] == name, "policy_area"].value_counts().sort_index()
    top_areas = areas.sort_values(ascending=False, kind="stable").head(3)
    fields = ", ".join(f"{area_labels[str(area)]} ({count})" for area, count in top_areas.items())
    takes_part: Any = shares.loc["takes part"]
    leads: Any = shares.loc["leads"]
    return {
        "leading": Phrase(name, "the international body in most measures"),
        "leading_share": number_from_row(takes_part, "share", f"measures with {name}", takes_part["n"]),
        "leading_measures": Number(first["measures"], f"measures with {name}"),
        "leading_leads": number_from_row(
            leads, "share", f"of the measures with {name}, those that it leads", leads["n"]
        ),
        "leading_areas": Number(first["areas"], f"policy areas in which {name} acts"),
        "leading_partnerships": Number(first["partnerships"], f"partnerships in which {name} acts"),
        "leading_fields": Phrase(fields or UNKNOWN, f"the policy areas in which {name} acts most, with its measures"),
        "second": Phrase(text_or_unknown(second["body"]), "the international body that comes second"),
        "second_measures": Number(second["measures"], "measures with the second international body"),
        "international_bodies": Number(len(bodies), "international bodies on record"),
    }


def actor_breadth_values(breadth: pd.DataFrame) -> InlineValues:
    """Return the ends of both axes of breadth, and how many pairs of partnerships do not overlap on each.

    Parameters
    ----------
    breadth : DataFrame
        From :func:`compendium.chapters.actors.analysis.area_and_type_breadth`, with the ``label`` of each partnership.

    Examples
    --------
    >>> breadth = pd.DataFrame({"what": "areas", "label": ["P", "Q"], "corrected": [2.0, 9.0], "measures": 5})
    >>> values = actor_breadth_values(breadth.assign(low=[1.0, 8.0], high=[3.0, 10.0]))
    >>> values["areas_broadest"].text, values["areas_narrowest_value"].text, values["areas_apart"].text
    ('Q', '2.00', '1 of 1')
    """
    values: InlineValues = {}
    for what, noun in (("areas", "policy areas"), ("types", "types of actors")):
        rows = breadth[(breadth["what"] == what) & breadth["low"].notna()].sort_values("corrected", kind="stable")
        for end, ordered in (("narrowest", rows), ("broadest", rows[::-1])):
            row = top_row(ordered)
            meaning = f"effective number of {noun} of the {end} partnership, less its bias"
            values[f"{what}_{end}"] = Phrase(text_or_unknown(row["label"]), f"the {end} partnership by {noun}")
            values[f"{what}_{end}_value"] = number_from_row(row, "corrected", meaning, row["measures"])
        pairs = list(combinations(zip(rows["low"], rows["high"], strict=True), 2))
        apart = sum(first[1] < second[0] or second[1] < first[0] for first, second in pairs)
        values[f"{what}_apart"] = Phrase(
            f"{apart} of {len(pairs)}", f"pairs of partnerships whose intervals of {noun} do not overlap"
        )
    return values
