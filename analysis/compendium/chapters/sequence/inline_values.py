"""Inline values and notes under figures of the chapter on the sequence."""

import math

import pandas as pd

from compendium.chapters.sequence.vocabulary import (
    AFTER_SIGNATURE,
    AGREEMENT_AREAS,
    AT_RISK_STATES,
    BEFORE_SIGNATURE,
    DONE_BEFORE_NAMED,
    DONE_BEFORE_SIGNATURE,
    DONE_UNDATED,
    LANES,
    NAMED_UNDATED,
    NEVER_NAMED,
    NOT_DONE,
    WITH_SIGNATURE,
)
from compendium.dataset.parts import PartnerNames
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase, top_row

YEARS_AFTER_SIGNATURE = 5
"""Years after the signature at which the text gives the share done, one of
:data:`compendium.chapters.sequence.plot_data.CURVE_TABLE_YEARS`."""
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
    area_outcomes: pd.DataFrame,
    area_lags: pd.DataFrame,
    shares_at_years: pd.DataFrame,
    partners: PartnerNames,
) -> InlineValues:
    """Give the values on dates, lags, agreements and the lag to implementation.

    Parameters
    ----------
    lanes, lags, agreement_lags : DataFrame
        Results of ``lane_date_precision``, ``median_lags`` and ``agreement_lags`` in
        :mod:`compendium.chapters.sequence.analysis`.
    area_outcomes, area_lags, shares_at_years : DataFrame
        Results of ``area_outcomes``, ``lags`` and ``shares_at_years`` in
        :mod:`compendium.chapters.sequence.implementation_lag`.
    partners : mapping
        Names of the partners by ``partnership_id``.
    """
    return {
        **_date_values(lanes),
        **_lag_values(lags, partners),
        **_agreement_values(agreement_lags, partners),
        **_implementation_values(area_outcomes, area_lags, shares_at_years),
    }


def _date_values(lanes: pd.DataFrame) -> InlineValues:
    practice = lanes[lanes["lane"] == LANES[-1]]
    n_rows, n_to_the_day = int(lanes["n"].sum()), int(lanes["day"].sum())
    return {
        "partnerships": Number(lanes["partnership_id"].nunique(), "partnerships with a time line"),
        "rows": Number(n_rows, "events, documents, commitments and measures of the partnerships"),
        "to_the_day": Number(
            n_to_the_day / n_rows if n_rows else math.nan, "rows that are dated to the day", "share", n_rows
        ),
        "done": Number(int(practice["n"].sum()), "measures under way, completed or in force"),
        "undated": Number(int(practice["undated"].sum()), "of these, measures without a start"),
    }


def _lag_values(lags: pd.DataFrame, partners: PartnerNames) -> InlineValues:
    dated_lags = lags.dropna(subset=["value"])
    medians = dated_lags.pivot(index="partnership_id", columns="lane", values="value").reindex(columns=list(LANES[1:]))
    both = medians.dropna(subset=["talk", "practice"])
    n_later = int((both["practice"] > both["talk"]).sum())
    practice = dated_lags[dated_lags["lane"] == LANES[-1]].sort_values("value", kind="stable")
    values: InlineValues = {
        "practice_later": Phrase(
            f"{n_later} of {len(both)}", "partnerships whose median measure comes after median talk"
        )
    }
    for name, position, rank in (("quickest", 0, "least"), ("slowest", -1, "largest")):
        row = practice.iloc[position] if len(practice) else None
        meaning = f"the partner whose median measure has the {rank} lag"
        values[name] = Phrase(UNKNOWN if row is None else partners[row["partnership_id"]], meaning)
        values[f"{name}_lag"] = (
            Number(math.nan, meaning, "plain")
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
    return values


def _agreement_values(agreement_lags: pd.DataFrame, partners: PartnerNames) -> InlineValues:
    """Name the partners whose agreement came before, with and after the partnership, for each area."""
    positions = {
        BEFORE_SIGNATURE: "before it",
        WITH_SIGNATURE: "with it",
        AFTER_SIGNATURE: "after it",
        "": "none on record",
    }
    values: InlineValues = {}
    for area in AGREEMENT_AREAS:
        area_lags, subject = agreement_lags[agreement_lags["policy_area"] == area], area.split("_")[0]
        for position, text in positions.items():
            partnership_ids = area_lags.loc[area_lags["place"] == position, "partnership_id"]
            values[f"{subject}_{position or 'none'}"] = Phrase(
                ", ".join(partners[partnership_id] for partnership_id in partnership_ids) or "none",
                f"partners whose agreement on {subject}: {text}",
            )
    return values


def _implementation_values(
    area_outcomes: pd.DataFrame, area_lags: pd.DataFrame, shares_at_years: pd.DataFrame
) -> InlineValues:
    outcomes, states = area_outcomes["state"].value_counts(), area_lags["state"].value_counts()
    n_named = int(outcomes.drop(NEVER_NAMED, errors="ignore").sum())
    n_at_risk = int(area_lags["state"].isin(AT_RISK_STATES).sum())
    is_all_areas = shares_at_years["group"] == "all areas"
    all_areas = top_row(shares_at_years[is_all_areas & (shares_at_years["year"] == YEARS_AFTER_SIGNATURE)])
    counts = {
        "named": (n_named, "pairs of partnership and policy area that a commitment or talk names"),
        "before": (outcomes.get(DONE_BEFORE_SIGNATURE, 0), "of these, with a measure that began before the signature"),
        "unknown": (outcomes.get(DONE_UNDATED, 0), "of these, with measures of unknown date only"),
        "never": (outcomes.get(NOT_DONE, 0), "of these, with no measure done on record"),
        "done_first": (states.get(DONE_BEFORE_NAMED, 0), "acted on after the signature, and named only later"),
        "undated_names": (states.get(NAMED_UNDATED, 0), "named at an unknown date only"),
        "at_risk": (n_at_risk, "pairs at risk after the signature"),
        "areas": (area_outcomes["policy_area"].nunique(), "policy areas of the codebook"),
    }
    return {
        **{name: Number(int(value), meaning) for name, (value, meaning) in counts.items()},
        "done_in_time": Number(
            all_areas["share"],
            f"share with something done {YEARS_AFTER_SIGNATURE} years after the signature",
            "share",
            n_at_risk,
            all_areas["low"],
            all_areas["high"],
        ),
        "years": Number(YEARS_AFTER_SIGNATURE, "years after the signature at which the share is given"),
        "median_wait": Number(
            all_areas["median"], "years until something was done in half of the areas", "plain", n_at_risk
        ),
    }
