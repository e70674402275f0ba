"""Shares of statements that have a code, with intervals; co-occurrence and conditional shares of codes."""

import numpy as np
import pandas as pd

from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, cluster_sums, ratio_intervals, zero_count_upper

WEIGHTINGS = ("statement", "document")
"""What counts equally in a share: each statement, or each document."""


def code_shares(
    code_matrix: pd.DataFrame, documents: pd.Series, weight: str, seed: int, n_resamples: int = N_RESAMPLES
) -> pd.DataFrame:
    """Share of statements that have each code, with a 95 % bootstrap interval over documents.

    The interval is the percentile interval of the cluster bootstrap (see :mod:`compendium.stats.bootstrap`). For a
    code of no statement, or of all, it is the exact interval with documents as trials, because the bootstrap interval
    would have no width.

    Parameters
    ----------
    code_matrix : DataFrame of bool, shape (statements, codes)
        Which statement has which code.
    documents : Series, length statements
        The document of each statement, in the same order.
    weight : {"statement", "document"}
        Whether each statement counts equally, or each document, whatever its number of statements.
    seed, n_resamples : int
        Seed and number of resamples of the bootstrap.

    Returns
    -------
    DataFrame
        Indexed by code: ``share``, ``low``, ``high`` (0 to 1), ``count`` (statements with the code), ``n``
        (statements), ``documents`` (documents). The interval is NaN if there is one document and only some of its
        statements have the code.

    Raises
    ------
    ValueError
        If ``weight`` is not one of :data:`WEIGHTINGS`.

    Examples
    --------
    >>> code_matrix = pd.DataFrame({"visas": [True, False, True, True], "jobs": [False] * 4})
    >>> shares = code_shares(code_matrix, pd.Series(["d1", "d1", "d2", "d3"]), "statement", seed=1)
    >>> shares[["count", "n", "documents", "share"]]
           count  n  documents  share
    visas      3  4          3   0.75
    jobs       0  4          3   0.00
    >>> [round(float(bound), 2) for bound in shares.loc["jobs", ["low", "high"]]]
    [0.0, 0.71]
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
    in_none, in_all = (result["count"] == 0).to_numpy(), (result["count"] == len(code_matrix)).to_numpy()
    bound = zero_count_upper(len(sums))
    return result.assign(
        share=numerators.sum(axis=0) / denominators.sum(),
        low=np.select([in_none, in_all], [0.0, 1 - bound], low),
        high=np.select([in_none, in_all], [bound, 1.0], high),
    )


def code_shares_by_group(
    code_matrix: pd.DataFrame, documents: pd.Series, groups: pd.Series, weight: str, seed: int
) -> pd.DataFrame:
    """:func:`code_shares` within each group of statements, in long format.

    Parameters
    ----------
    code_matrix : DataFrame of bool, shape (statements, codes)
    documents, groups : Series, length statements
        The document and the group of each statement, in the same order; ``""`` means no group.
    weight : {"statement", "document"}
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        A row per group and code: ``group``, ``code_id``, ``share``, ``low``, ``high``, ``count``, ``n``, ``documents``.

    Examples
    --------
    >>> code_matrix = pd.DataFrame({"visas": [True, False, True]})
    >>> documents, groups = pd.Series(["d1", "d2", "d3"]), pd.Series(["2006–2008", "2006–2008", ""])
    >>> code_shares_by_group(code_matrix, documents, groups, "statement", 1)[["group", "code_id", "share", "n"]]
           group code_id  share  n
    0  2006–2008   visas    0.5  2
    """
    parts = []
    for group in sorted(groups[groups != ""].unique()):
        in_group = (groups == group).to_numpy()
        shares = code_shares(code_matrix[in_group], documents[in_group], weight, seed)
        parts.append(shares.rename_axis("code_id").reset_index().assign(group=group))
    columns = ["group", "code_id", "share", "low", "high", "count", "n", "documents"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def co_occurrence(code_matrix: pd.DataFrame) -> pd.DataFrame:
    """Count statements with both codes of each pair, and compare the count with independence.

    The ratio of observed to expected count is known as lift or interest (Brin and others 1997).

    Parameters
    ----------
    code_matrix : DataFrame of bool, shape (statements, codes)

    Returns
    -------
    DataFrame
        A row for each ordered pair of different codes: ``first``, ``second``, ``count`` (statements with both),
        ``expected`` (statements with both if the codes were independent: the product of their counts over the number
        of statements), ``ratio`` (``count`` over ``expected``; NaN where ``expected`` is 0).

    Examples
    --------
    >>> co_occurrence(pd.DataFrame({"gain": [True, True, False, False], "visas": [True, True, True, False]}))
       first second  count  expected     ratio
    0   gain  visas      2       1.5  1.333333
    1  visas   gain      2       1.5  1.333333
    """
    matrix = code_matrix.to_numpy(dtype=float)
    count = matrix.T @ matrix
    totals = matrix.sum(axis=0)
    expected = np.outer(totals, totals) / max(len(matrix), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = count / expected
    first, second = np.meshgrid(code_matrix.columns, code_matrix.columns, indexing="ij")
    columns = {"first": first, "second": second, "count": count.astype(int), "expected": expected, "ratio": ratio}
    pairs = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    return pairs[pairs["first"] != pairs["second"]].reset_index(drop=True)


def conditional_shares(condition_codes: pd.DataFrame, target_codes: pd.DataFrame) -> pd.DataFrame:
    """Share of the statements with a condition code that also have a target code, for each pair of codes.

    Parameters
    ----------
    condition_codes : DataFrame of bool, shape (statements, condition codes)
    target_codes : DataFrame of bool, shape (statements, target codes)
        Row by row the same statements.

    Returns
    -------
    DataFrame
        A row per pair: ``given`` (condition code), ``asked`` (target code), ``count`` (statements with both), ``n``
        (statements with the condition code), ``share`` (``count`` over ``n``; NaN where ``n`` is 0).

    Examples
    --------
    >>> conditional_shares(pd.DataFrame({"gain": [True, True]}), pd.DataFrame({"visas": [True, False]}))
      given  asked  count  n  share
    0  gain  visas      1  2    0.5
    """
    conditions, targets = condition_codes.to_numpy(dtype=float), target_codes.to_numpy(dtype=float)
    count = conditions.T @ targets
    n = np.repeat(conditions.sum(axis=0)[:, None], targets.shape[1], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = count / n
    condition, target = np.meshgrid(condition_codes.columns, target_codes.columns, indexing="ij")
    columns = {"given": condition, "asked": target, "count": count.astype(int), "n": n.astype(int), "share": share}
    return pd.DataFrame({name: values.ravel() for name, values in columns.items()})


def check_weight(weight: str) -> None:
    """Raise an error if ``weight`` is not one of :data:`WEIGHTINGS`.

    Raises
    ------
    ValueError
        With the value and the expected ones.

    Examples
    --------
    >>> check_weight("page")
    Traceback (most recent call last):
    ValueError: weight is 'page'; expected one of statement, document
    """
    if weight not in WEIGHTINGS:
        raise ValueError(f"weight is {weight!r}; expected one of {', '.join(WEIGHTINGS)}")
