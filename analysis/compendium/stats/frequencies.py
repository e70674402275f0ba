"""Shares of rows that carry a code, with intervals; co-occurrence and conditional shares of codes."""

import numpy as np
import pandas as pd

from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, cluster_sums, ratio_intervals, zero_count_upper

WEIGHTINGS = ("statement", "document")


def code_shares(
    code_matrix: pd.DataFrame, documents: pd.Series, weight: str, seed: int, n_resamples: int = N_RESAMPLES
) -> pd.DataFrame:
    """Share of statements that bear each code, with a bootstrap interval over documents.

    Statements of one document hang together, so documents are drawn, not statements (cluster bootstrap,
    percentile interval of 95 %). For a code on no statement, or on all, the interval is the exact one for as many
    trials as documents, since the bootstrap would be of no width.

    Parameters
    ----------
    code_matrix : DataFrame of bool, shape (statements, codes)
        Marks.
    documents : Series, length statements
        The document of each statement, in the same order.
    weight : {"statement", "document"}
        Whether each statement counts the same, or each document does, however finely it was split.
    seed, n_resamples : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        Indexed by code: ``share``, ``low``, ``high`` (0 to 1), ``count`` (statements that bear the code),
        ``n`` (statements), ``documents`` (documents). The interval is NaN when a single document decides.

    Raises
    ------
    ValueError
        When ``weight`` is neither of the two.
    """
    check_weight(weight)
    result = pd.DataFrame(
        {"count": code_matrix.sum().astype(int), "n": len(code_matrix), "documents": documents.nunique()}
    )
    if code_matrix.empty:
        return result.assign(share=np.nan, low=np.nan, high=np.nan)
    sums, sizes = cluster_sums(code_matrix, documents)
    numerators, denominators = sums.to_numpy(dtype=float), sizes.to_numpy(dtype=float)
    if weight == "document":
        numerators, denominators = numerators / denominators[:, None], np.ones_like(denominators)
    low, high = ratio_intervals(numerators, denominators, bootstrap_weights(len(sums), n_resamples, seed))
    none, every = (result["count"] == 0).to_numpy(), (result["count"] == len(code_matrix)).to_numpy()
    bound = zero_count_upper(len(sums))
    return result.assign(
        share=numerators.sum(axis=0) / denominators.sum(),
        low=np.select([none, every], [0.0, 1 - bound], low),
        high=np.select([none, every], [bound, 1.0], high),
    )


def code_shares_by_group(
    code_matrix: pd.DataFrame, documents: pd.Series, groups: pd.Series, weight: str, seed: int
) -> pd.DataFrame:
    """:func:`code_shares` within each group of statements (``""``: in none), long, ``group`` and ``code_id`` in front."""
    parts = []
    for group in sorted(groups[groups != ""].unique()):
        chosen = (groups == group).to_numpy()
        part = code_shares(code_matrix[chosen], documents[chosen], weight, seed)
        parts.append(part.rename_axis("code_id").reset_index().assign(group=group))
    columns = ["group", "code_id", "share", "low", "high", "count", "n", "documents"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def co_occurrence(code_matrix: pd.DataFrame) -> pd.DataFrame:
    """How often two codes stand on the same statement, against what chance would give.

    Returns
    -------
    DataFrame
        A row for each ordered pair of different codes: ``first``, ``second``, ``count`` (statements with both),
        ``expected`` (if the two were independent: product of their counts over the number of statements),
        ``ratio`` (count / expected, often called lift; NaN where nothing is expected).
    """
    matrix = code_matrix.to_numpy(dtype=float)
    count = matrix.T @ matrix
    totals = matrix.sum(axis=0)
    expected = np.outer(totals, totals) / max(len(matrix), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = count / expected
    first, second = np.meshgrid(code_matrix.columns, code_matrix.columns, indexing="ij")
    pairs = {"first": first, "second": second, "count": count.astype(int), "expected": expected, "ratio": ratio}
    frame = pd.DataFrame({name: values.ravel() for name, values in pairs.items()})
    return frame[frame["first"] != frame["second"]].reset_index(drop=True)


def conditional_shares(condition_codes: pd.DataFrame, target_codes: pd.DataFrame) -> pd.DataFrame:
    """Of the statements with a code of ``condition_codes``, the share that also bears a code of ``target_codes``.

    Returns
    -------
    DataFrame
        A row a pair: ``condition_codes``, ``target_codes``, ``count`` (statements with both), ``n`` (with ``condition_codes``), ``share``.
    """
    left, right = condition_codes.to_numpy(dtype=float), target_codes.to_numpy(dtype=float)
    count = left.T @ right
    n = np.repeat(left.sum(axis=0)[:, None], right.shape[1], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = count / n
    first, second = np.meshgrid(condition_codes.columns, target_codes.columns, indexing="ij")
    values = {"given": first, "asked": second, "count": count.astype(int), "n": n.astype(int), "share": share}
    return pd.DataFrame({name: value.ravel() for name, value in values.items()})


def check_weight(weight: str) -> None:
    if weight not in WEIGHTINGS:
        raise ValueError(f"weight is {weight!r}; expected one of {', '.join(WEIGHTINGS)}")
