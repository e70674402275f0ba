"""The numbers that the page on the two sides cites."""

import math

import numpy as np
import pandas as pd

from compendium.chapters.voice.analysis import COMPARED_SIDES, PARTNER
from compendium.chapters.voice.plot_data import CRITICAL_Z
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase
from compendium.stats.arrays import Floats


def voice_values(
    side_sizes: pd.DataFrame, log_odds_rows: pd.DataFrame, absent_codes: pd.DataFrame, permuted_critical_counts: Floats
) -> InlineValues:
    """How much each side says, how many contrasts are clear, and which recur from partnership to partnership.

    Parameters
    ----------
    side_sizes, log_odds_rows, absent_codes : DataFrame
    permuted_critical_counts : ndarray, shape (deals,)
        All of :mod:`compendium.chapters.voice.plot_data`.
    """
    cases, own = side_sizes[side_sizes["group"] == "case"], log_odds_rows[log_odds_rows["group"] == "partnership"]
    said = {side: int(cases[f"{side}_statements"].sum()) for side in COMPARED_SIDES}
    both = sum(said.values())
    undated = both - int(cases[[f"{side}_dated" for side in COMPARED_SIDES]].to_numpy().sum())
    beyond = int((own["z"].abs() >= CRITICAL_Z).sum())
    low, high = np.quantile(permuted_critical_counts, [0.025, 0.975])
    reached = (1 + (permuted_critical_counts >= beyond).sum()) / (1 + len(permuted_critical_counts))
    numbers: InlineValues = {
        "partner_share": _share_value(said[PARTNER], both, "statements of partners, of those of either side"),
        "undated_share": _share_value(undated, both, "statements of either side without a date"),
        "partnerships": Number(own["part"].nunique(), "partnerships in which both sides speak"),
        "clear": Number(own["clear"].sum(), "contrasts of a code in a partnership that are clear", n=len(own)),
        "beyond": Number(beyond, "contrasts whose z lies beyond 1.96 on either side", n=len(own)),
        "by_chance": Number(
            permuted_critical_counts.mean(), "such contrasts, were the sides dealt by chance", low=low, high=high
        ),
        "as_many": Number(
            reached, "share of deals by chance that give as many or more", "plain", n=len(permuted_critical_counts)
        ),
        "silences": Number(
            len(absent_codes), "codes of which one side of a partnership speaks and the other never does"
        ),
    }
    for side in COMPARED_SIDES:
        numbers[f"{side}_statements"] = Number(said[side], f"statements of {side}s in the cases")
        documents = int(cases[f"{side}_documents"].sum())
        numbers[f"{side}_documents"] = Number(documents, f"documents with statements of {side}s")
        numbers |= _recurring_codes(own[own["clear"] & (own["side"] == side)], side, own["part"].nunique())
    return numbers


def _share_value(part: int, whole: int, meaning: str) -> Number:
    return Number(part / whole if whole else math.nan, meaning, "share", whole)


def _recurring_codes(clear_rows: pd.DataFrame, side: str, n_partnerships: int) -> InlineValues:
    """The codes that lean clearly to a side in most partnerships."""
    number = clear_rows.groupby("label")["part"].nunique()
    most = int(number.max()) if len(number) else 0
    said = ", ".join(sorted(number.index[number == most])) if most else UNKNOWN
    return {
        f"{side}_theme": Phrase(said, f"what {side}s speak of more in most partnerships, clearly"),
        f"{side}_theme_partnerships": Number(most, "partnerships in which that is clear", n=n_partnerships),
    }
