"""The numbers that the page on the sequence cites, and what stands under its figures."""

import math

import pandas as pd

from compendium.chapters.sequence import implementation_lag
from compendium.chapters.sequence.analysis import (
    AFTER_SIGNATURE,
    AGREEMENT_AREAS,
    BEFORE_SIGNATURE,
    LANES,
    WITH_SIGNATURE,
)
from compendium.chapters.sequence.implementation_lag import AT_RISK_STATES
from compendium.chapters.sequence.plot_data import FROM_SIGNATURE_DEFINITION
from compendium.dataset.parts import PartnerNames
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase
from compendium.stats import survival

YEARS_AFTER_SIGNATURE = 5
"""Years after the signature at which prose tells the curve."""
TIMELINE_NOTE = (
    "Upright line: the signature. Each mark is a date, as wide as what is known of it: tall and thin for a day, half "
    "as tall for a month, low and a year wide for a year. In brackets: rows without a date, not drawn. Talk: documents "
    "with statements about the partnership. Practice: measures under way, completed or in force, by their start."
)
LAGS_NOTE = (
    "Median lag of the documents of talk, of commitments (by the date of their document) and of measures done (by "
    "their start). Lines are 95 % intervals over documents. Undated rows, told in the table, have no lag."
)
AGREEMENTS_NOTE = (
    "Each mark is an act of an agreement, between the two sides as a whole or with member states of the destination. "
    "A bar beside it: the date is known to the month or year only. The start of a measure may be either of the others."
)
AREA_OUTCOMES_NOTE = (
    "A row a policy area, a column a partner; areas that the partnership's commitments or talk name. A number counts "
    "years from the signature to the start of the first measure done. Nothing done: no source read here tells of any."
)
AROUND_SIGNATURE_NOTE = (
    "One less the Kaplan-Meier estimate; band: 95 % intervals, where the share is neither 0 nor 100 %. Dashed: the "
    "signature. Areas of which only undated measures are known are left out."
)
AFTER_SIGNATURE_NOTE = (
    "One less the Kaplan-Meier estimate, with 95 % intervals, for areas with nothing done before the signature. Each "
    "is at risk from the day on which it was first named; how many are, on each day, stands in the data table."
)


def sequence_values(
    lanes: pd.DataFrame,
    lags: pd.DataFrame,
    agreement_lags: pd.DataFrame,
    partnership_areas: pd.DataFrame,
    partners: PartnerNames,
) -> InlineValues:
    """What the page says of dates, lags, agreements and waits."""
    return {
        **_date_values(lanes),
        **_lag_values(lags, partners),
        **_agreement_values(agreement_lags, partners),
        **_implementation_values(partnership_areas),
    }


def _date_values(lanes: pd.DataFrame) -> InlineValues:
    practice = lanes[lanes["lane"] == LANES[-1]]
    done, undated = int(practice["n"].sum()), int(practice["undated"].sum())
    rows, day = int(lanes["n"].sum()), int(lanes["day"].sum())
    return {
        "partnerships": Number(lanes["partnership_id"].nunique(), "partnerships with a time line"),
        "rows": Number(rows, "events, documents, commitments and measures of the partnerships"),
        "to_the_day": Number(day / rows if rows else math.nan, "rows that are dated to the day", "share", rows),
        "done": Number(done, "measures under way, completed or in force"),
        "undated": Number(undated, "of these, measures without a start"),
    }


def _lag_values(lags: pd.DataFrame, partners: PartnerNames) -> InlineValues:
    known = lags.dropna(subset=["value"])
    medians = known.pivot(index="partnership_id", columns="lane", values="value").reindex(columns=list(LANES[1:]))
    both = medians.dropna(subset=["talk", "practice"])
    later = int((both["practice"] > both["talk"]).sum())
    practice = known[known["lane"] == LANES[-1]].sort_values("value", kind="stable")
    numbers: InlineValues = {
        "practice_later": Phrase(f"{later} of {len(both)}", "partnerships whose median measure comes after median talk")
    }
    for name, place, meaning in (("quickest", 0, "least"), ("slowest", -1, "largest")):
        row = practice.iloc[place] if len(practice) else None
        who = f"the partner whose median measure has the {meaning} lag"
        numbers[name] = Phrase(UNKNOWN if row is None else partners[row["partnership_id"]], who)
        numbers[f"{name}_lag"] = (
            Number(math.nan, who, "plain")
            if row is None
            else Number(
                row["value"],
                "years from the signature to the median measure",
                "plain",
                int(row["dated"]),
                row["low"],
                row["high"],
            )
        )
    return numbers


def _agreement_values(agreement_lags: pd.DataFrame, partners: PartnerNames) -> InlineValues:
    """Which partners' agreements came before, with and after the partnership, for each area."""
    places = {
        BEFORE_SIGNATURE: "before it",
        WITH_SIGNATURE: "with it",
        AFTER_SIGNATURE: "after it",
        "": "none on record",
    }
    numbers: InlineValues = {}
    for area in AGREEMENT_AREAS:
        own, subject = agreement_lags[agreement_lags["policy_area"] == area], area.split("_")[0]
        for place, said in places.items():
            here = [partners[each] for each in own.loc[own["place"] == place, "partnership_id"]]
            meaning = f"partners whose agreement on {subject}: {said}"
            numbers[f"{subject}_{place or 'none'}"] = Phrase(", ".join(here) or "none", meaning)
    return numbers


def _implementation_values(partnership_areas: pd.DataFrame) -> InlineValues:
    states = implementation_lag.lags(partnership_areas, FROM_SIGNATURE_DEFINITION)["state"].value_counts()
    named = int(states.drop(implementation_lag.NEVER_NAMED, errors="ignore").sum())
    told = implementation_lag.lags(partnership_areas)
    at_risk = told[told["state"].isin(AT_RISK_STATES)]
    curve = survival.cumulative_incidence(at_risk)
    row, median = survival.curve_at(curve, YEARS_AFTER_SIGNATURE), survival.median_time_to_event(curve)
    again = told["state"].value_counts()
    counts = {
        "named": (named, "pairs of partnership and policy area that a commitment or talk names"),
        "before": (
            states.get(implementation_lag.DONE_BEFORE_SIGNATURE, 0),
            "of these, with a measure that began before the signature",
        ),
        "unknown": (states.get(implementation_lag.DONE_UNDATED, 0), "of these, with measures of unknown date only"),
        "never": (states.get(implementation_lag.NOT_DONE, 0), "of these, with no measure done on record"),
        "done_first": (
            again.get(implementation_lag.DONE_BEFORE_NAMED, 0),
            "acted on after the signature, and named only later",
        ),
        "undated_names": (again.get(implementation_lag.NAMED_UNDATED, 0), "named at an unknown date only"),
        "at_risk": (len(at_risk), "pairs at risk after the signature"),
        "areas": (partnership_areas["policy_area"].nunique(), "policy areas of the codebook"),
    }
    return {
        **{name: Number(int(value), meaning) for name, (value, meaning) in counts.items()},
        "done_in_time": Number(
            row["share"],
            f"share with something done {YEARS_AFTER_SIGNATURE} years after the signature",
            "share",
            len(at_risk),
            row["low"],
            row["high"],
        ),
        "years": Number(YEARS_AFTER_SIGNATURE, "years after the signature at which the share is told"),
        "median_wait": Number(median, "years until something was done in half of the areas", "plain", len(at_risk)),
    }
