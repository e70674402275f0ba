"""Inline values of the chapter on the partners' voice."""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from compendium.chapters.voice.analysis import COMPARED_SIDES, CRITICAL_Z, PARTNER
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase


def voice_values(
    side_sizes: pd.DataFrame,
    log_odds_rows: pd.DataFrame,
    absent_codes: pd.DataFrame,
    permuted_critical_counts: npt.NDArray[np.float64],
) -> InlineValues:
    """Give the sizes of the sides, the number of clear log-odds ratios, and the codes that recur in partnerships.

    Parameters
    ----------
    side_sizes : DataFrame
        Result of :func:`compendium.chapters.voice.analysis.side_sizes_by_part`.
    log_odds_rows : DataFrame
        Result of :func:`compendium.chapters.voice.analysis.code_log_odds`.
    absent_codes : DataFrame
        Result of :func:`compendium.chapters.voice.analysis.absent_codes_by_partnership`.
    permuted_critical_counts : ndarray, shape (permutations,)
        Result of :func:`compendium.chapters.voice.analysis.permuted_critical_counts`.

    Examples
    --------
    >>> sizes = pd.DataFrame({"group": ["case"], "partner_statements": 3, "partner_documents": 1, "partner_dated": 3})
    >>> sizes = sizes.assign(destination_statements=1, destination_documents=1, destination_dated=1)
    >>> rows = pd.DataFrame({"group": ["partnership"], "part": ["Xland"], "label": ["visas"], "side": ["partner"]})
    >>> values = voice_values(sizes, rows.assign(clear=True, z=2.5), pd.DataFrame(), np.array([0.0, 1.0]))
    >>> values["partner_share"].value, values["partner_theme"].text
    (0.75, 'visas')
    """
    cases = side_sizes[side_sizes["group"] == "case"]
    partnership_rows = log_odds_rows[log_odds_rows["group"] == "partnership"]
    n_statements = {side: int(cases[f"{side}_statements"].sum()) for side in COMPARED_SIDES}
    n_both = sum(n_statements.values())
    n_undated = n_both - int(cases[[f"{side}_dated" for side in COMPARED_SIDES]].to_numpy().sum())
    n_critical = int((partnership_rows["z"].abs() >= CRITICAL_Z).sum())
    low, high = np.quantile(permuted_critical_counts, [0.025, 0.975])
    p_value = (1 + (permuted_critical_counts >= n_critical).sum()) / (1 + len(permuted_critical_counts))
    values: InlineValues = {
        "partner_share": _share_value(n_statements[PARTNER], n_both, "statements of partners, of those of either side"),
        "undated_share": _share_value(n_undated, n_both, "statements of either side without a date"),
        "partnerships": Number(partnership_rows["part"].nunique(), "partnerships in which both sides speak"),
        "clear": Number(
            partnership_rows["clear"].sum(),
            "contrasts of a code in a partnership that are clear",
            n=len(partnership_rows),
        ),
        "beyond": Number(n_critical, "contrasts whose z lies beyond 1.96 on either side", n=len(partnership_rows)),
        "by_chance": Number(
            permuted_critical_counts.mean(), "such contrasts, if the sides are permuted", low=low, high=high
        ),
        "as_many": Number(
            p_value, "share of permutations with as many or more", "plain", n=len(permuted_critical_counts)
        ),
        "silences": Number(
            len(absent_codes), "codes of which one side of a partnership speaks and the other never does"
        ),
    }
    for side in COMPARED_SIDES:
        values[f"{side}_statements"] = Number(n_statements[side], f"statements of {side}s in the cases")
        n_documents = int(cases[f"{side}_documents"].sum())
        values[f"{side}_documents"] = Number(n_documents, f"documents with statements of {side}s")
        clear_rows = partnership_rows[partnership_rows["clear"] & (partnership_rows["side"] == side)]
        values |= _recurring_codes(clear_rows, side, partnership_rows["part"].nunique())
    return values


def _share_value(count: int, n: int, meaning: str) -> Number:
    return Number(count / n if n else math.nan, meaning, "share", n)


def _recurring_codes(clear_rows: pd.DataFrame, side: str, n_partnerships: int) -> InlineValues:
    """Name the codes that are clear for a side in most partnerships, and the number of these."""
    counts = clear_rows.groupby("label")["part"].nunique()
    largest = int(counts.max()) if len(counts) else 0
    names = ", ".join(sorted(counts.index[counts == largest])) if largest else UNKNOWN
    return {
        f"{side}_theme": Phrase(names, f"what {side}s speak of more in most partnerships, clearly"),
        f"{side}_theme_partnerships": Number(largest, "partnerships in which that is clear", n=n_partnerships),
    }
