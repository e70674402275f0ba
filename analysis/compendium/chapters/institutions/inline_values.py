"""Numbers that the page on institutions cites, and the notes of its figures."""

import pandas as pd

from compendium.chapters.institutions.analysis import ACT_SIDES, SEVERAL_LEVELS, SEVERAL_OFFICES, UNCLASSIFIED
from compendium.dataset.actors import UNREGISTERED
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase, number_from_row, top_row

ACTS_NOTE = (
    "A sign is a law or a body; a bar beside it, a date that is known to the month or year only. Upright lines: "
    "signatures of the case's partnerships. A law that approves a treaty is a law. Undated acts stand in the list only."
)
COORDINATION_NOTE = (
    "Share of all measures of the partnership. Lines are 95 % intervals over documents. Not drawn: offices where the "
    "register knows fewer than half of the names, and levels where no member states act."
)
PARTNER_BODIES_NOTE = (
    "Measures of any status in which a body of the partner leads or takes part; bodies with two or more. Governments "
    "named as a whole are left out. The table below has all bodies."
)


def office_values(
    participations: pd.DataFrame, shares: pd.DataFrame, partner_bodies: pd.DataFrame, n_measures: pd.Series
) -> InlineValues:
    """Return the numbers on offices that act together and on the partner's own bodies.

    Parameters
    ----------
    participations, shares : DataFrame
        From :func:`compendium.chapters.institutions.analysis.participations_with_side` and
        :func:`compendium.chapters.institutions.analysis.coordination_shares`.
    partner_bodies : DataFrame
        From :func:`compendium.chapters.institutions.plot_data.partner_bodies`.
    n_measures : Series
        The number of measures of each partner, by its label.

    Examples
    --------
    >>> participations = pd.DataFrame({"kind": ["office", UNREGISTERED]})
    >>> shares = pd.DataFrame(columns=["partnership_id", "group", "share", "low", "high", "n"])
    >>> partner_bodies = pd.DataFrame({"group": ["Xland"], "body": ["Ministry"], "total": [3]})
    >>> values = office_values(participations, shares, partner_bodies, pd.Series({"Xland": 8}))
    >>> values["unknown_names"].text, values["several_offices"].text, values["partner_top"].text
    ('1', 'not known', 'Ministry (3 of 8)')
    """
    top_bodies = partner_bodies.drop_duplicates("group").to_dict("records")
    top_text = "; ".join(f"{row['body']} ({row['total']} of {n_measures[row['group']]})" for row in top_bodies)
    return {
        "names": Number(len(participations), "actors of measures, each counted once a measure"),
        "unknown_names": Number(
            (participations["kind"] == UNREGISTERED).sum(), "of these, names that the register lacks"
        ),
        "several_offices": _coordination_number(shares, SEVERAL_OFFICES),
        "several_levels": _coordination_number(shares, SEVERAL_LEVELS),
        "partner_bodies": Number(partner_bodies["body"].nunique(), "bodies of partners that act in measures"),
        "partner_top": Phrase(
            top_text or UNKNOWN, "the body of each partner that acts in most measures, and of how many"
        ),
    }


def institutional_act_values(acts: pd.DataFrame, act_counts: pd.DataFrame) -> InlineValues:
    """Return how many laws and bodies each side made, and how many of them are dated or coordinate offices.

    Parameters
    ----------
    acts, act_counts : DataFrame
        From :func:`compendium.chapters.institutions.analysis.institutional_acts` and
        :func:`compendium.chapters.institutions.analysis.acts_by_side`.

    Examples
    --------
    >>> acts = pd.DataFrame({"form": ["law", "neither"], "side": "partner", "coordinates": [True, False]})
    >>> act_counts = pd.DataFrame({"side": ["partner"], "law": [1], "body": [0], "after": [1], "undated": [0]})
    >>> values = institutional_act_values(acts, act_counts)
    >>> [values[name].text for name in ("acts", "partner_after", "joint_acts", "partner_coordinating", "neither")]
    ['1', '1', '0', '1', '1']
    """
    n_acts = act_counts["law"] + act_counts["body"]
    values: InlineValues = {
        "acts": Number(n_acts.sum(), "laws and bodies made or reorganised, as events and measures tell"),
        "laws": Number(act_counts["law"].sum(), "of these, laws"),
        "undated": Number(act_counts["undated"].sum(), "of these, without a date"),
        "neither": Number((acts["form"] == "neither").sum(), "events of these kinds that are neither law nor body"),
        "unclassified": Number((acts["form"] == UNCLASSIFIED).sum(), "events of these kinds that nobody classified"),
    }
    for side in ACT_SIDES:
        of_side = act_counts["side"] == side
        values[f"{side}_acts"] = Number(n_acts[of_side].sum(), f"laws and bodies of the side: {side}")
        values[f"{side}_after"] = Number(act_counts.loc[of_side, "after"].sum(), "of these, dated after the signature")
    coordinating = acts[acts["form"].isin(["law", "body"]) & acts["coordinates"]]
    for side in ACT_SIDES[:2]:
        meaning = f"laws and bodies of the {side} that bring offices together, or say so"
        values[f"{side}_coordinating"] = Number((coordinating["side"] == side).sum(), meaning)
    return values


def _coordination_number(shares: pd.DataFrame, group: str) -> Number:
    row = top_row(shares[(shares["partnership_id"] == "") & (shares["group"] == group)])
    meaning = f"measures with {group}, in all partnerships of which it can be told"
    return number_from_row(row, "share", meaning, row["n"])
