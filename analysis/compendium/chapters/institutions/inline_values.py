"""The numbers that the page on institutions cites, and what stands under its figures."""

import math

import pandas as pd

from compendium.chapters.actors.analysis import UNREGISTERED
from compendium.chapters.institutions import plot_data
from compendium.chapters.institutions.analysis import ACT_SIDES, SEVERAL_LEVELS, SEVERAL_OFFICES, UNCLASSIFIED
from compendium.dataset.evidence import Evidence
from compendium.dataset.parts import PartnerNames
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase

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


def institution_values(
    evidence: Evidence,
    acts: pd.DataFrame,
    participations: pd.DataFrame,
    shares: pd.DataFrame,
    partner_participations: pd.DataFrame,
    partners: PartnerNames,
) -> InlineValues:
    """What the page says of laws and bodies, of offices that work together, and of the partner's own bodies."""
    return {
        **_act_values(acts),
        "names": Number(len(participations), "actors of measures, each counted once a measure"),
        "unknown_names": Number(
            (participations["kind"] == UNREGISTERED).sum(), "of these, names that the register lacks"
        ),
        "several_offices": _share(shares, SEVERAL_OFFICES),
        "several_levels": _share(shares, SEVERAL_LEVELS),
        "partner_bodies": Number(partner_participations["body"].nunique(), "bodies of partners that act in measures"),
        "partner_top": Phrase(
            plot_data.top_partner_bodies_text(partner_participations, evidence, partners) or UNKNOWN,
            "the body of each partner that acts in most measures, and of how many",
        ),
    }


def _act_values(acts: pd.DataFrame) -> InlineValues:
    own = acts[acts["form"].isin(["law", "body"])]
    numbers: InlineValues = {
        "acts": Number(len(own), "laws and bodies made or reorganised, as events and measures tell"),
        "laws": Number((own["form"] == "law").sum(), "of these, laws"),
        "undated": Number((own["date"] == "").sum(), "of these, without a date"),
        "neither": Number((acts["form"] == "neither").sum(), "events of these kinds that are neither law nor body"),
        "unclassified": Number((acts["form"] == UNCLASSIFIED).sum(), "events of these kinds that nobody classified"),
    }
    for side in ACT_SIDES:
        mine = own[own["side"] == side]
        numbers[f"{side}_acts"] = Number(len(mine), f"laws and bodies of the side: {side}")
        numbers[f"{side}_after"] = Number((mine["place"] == "after").sum(), "of these, dated after the signature")
    for side in ACT_SIDES[:2]:
        coordinating = own[own["coordinates"] & (own["side"] == side)]
        meaning = f"laws and bodies of the {side} that bring offices together, or say so"
        numbers[f"{side}_coordinating"] = Number(len(coordinating), meaning)
    return numbers


def _share(shares: pd.DataFrame, group: str) -> Number:
    meaning = f"measures with {group}, in all partnerships of which it can be told"
    own = shares[(shares["partnership_id"] == "") & (shares["group"] == group)]
    if own.empty:
        return Number(math.nan, meaning, "share")
    row = own.iloc[0]
    return Number(row["share"], meaning, "share", int(row["n"]), row["low"], row["high"])
