"""Agreement of coders on the same statements: Krippendorff's alpha per code and for sets of codes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium.stats.arrays import Bools, Floats
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, cluster_sums, percentile_interval


def nominal_distance(values: Sequence[object]) -> Floats:
    """Distance of nominal values: 0 if equal, otherwise 1.

    Parameters
    ----------
    values : sequence

    Returns
    -------
    ndarray of float, shape (values, values)

    Examples
    --------
    >>> nominal_distance(("no", "yes"))
    array([[0., 1.],
           [1., 0.]])
    """
    return 1.0 - np.eye(len(values))


def interval_distance(values: Sequence[float]) -> Floats:
    """Distance of values on an interval scale: the squared difference.

    Parameters
    ----------
    values : sequence of float

    Returns
    -------
    ndarray of float, shape (values, values)
        In the squared unit of the values.

    Examples
    --------
    >>> interval_distance([1, 3])
    array([[0., 4.],
           [4., 0.]])
    """
    scale = np.asarray(values, dtype=float)
    return (scale[:, None] - scale[None, :]) ** 2


def masi_distance(sets: Bools) -> Floats:
    """MASI distance of sets: 1 − Jaccard index × monotonicity.

    Monotonicity is 1 for equal sets, 2/3 for nested, 1/3 for overlapping and 0 for disjoint ones (Passonneau 2006,
    *Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation*).

    Parameters
    ----------
    sets : ndarray of bool, shape (sets, members)
        Which set has which member. Two empty sets are equal.

    Returns
    -------
    ndarray of float, shape (sets, sets)
        From 0 to 1.

    Examples
    --------
    >>> masi_distance(np.array([[True, True], [True, False]])).round(2)
    array([[0.  , 0.67],
           [0.67, 0.  ]])
    """
    members = sets.astype(float)
    shared, sizes = members @ members.T, members.sum(axis=1)
    union = sizes[:, None] + sizes[None, :] - shared
    equal, nested = shared == union, shared == np.minimum(sizes[:, None], sizes[None, :])
    monotonicity = np.select([equal, (shared > 0) & nested, shared > 0], [1.0, 2 / 3, 1 / 3], 0.0)
    return 1 - np.where(union > 0, shared / np.maximum(union, 1), 1.0) * monotonicity


def alpha(counts: Floats, distance: Floats) -> float:
    """Krippendorff's alpha: 1 − observed / expected disagreement.

    Krippendorff (2011), *Computing Krippendorff's alpha-reliability*.

    Parameters
    ----------
    counts : ndarray of float, shape (units, values)
        Number of coders that gave each value to each unit. Units with fewer than two values are ignored.
    distance : ndarray of float, shape (values, values)
        Disagreement of two values: :func:`nominal_distance`, :func:`interval_distance` or :func:`masi_distance`.

    Returns
    -------
    float
        1 for perfect agreement, 0 for agreement by chance, below 0 for less; NaN if only one value occurs.

    Examples
    --------
    >>> counts = np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> round(alpha(counts, nominal_distance((0, 1))), 3)
    0.444
    """
    disagreement, totals = _unit_contributions(counts, distance)
    return float(_alphas(disagreement.sum(keepdims=True), totals.sum(axis=0, keepdims=True), distance)[0])


def alpha_with_interval(
    counts: Floats, distance: Floats, clusters: pd.Series, seed: int, n_resamples: int = N_RESAMPLES
) -> tuple[float, float, float]:
    """:func:`alpha` with its 95 % percentile interval from a cluster bootstrap.

    Parameters
    ----------
    counts : ndarray of float, shape (units, values)
    distance : ndarray of float, shape (values, values)
    clusters : Series, length units
        The cluster of each unit, such as its document, in the same order.
    seed, n_resamples : int
        Seed and number of resamples of the bootstrap.

    Returns
    -------
    value, low, high : float
        Alpha and the ends of the interval; NaN where undefined.

    Examples
    --------
    >>> counts = np.array([[2.0, 0.0], [0.0, 2.0]])
    >>> alpha_with_interval(counts, nominal_distance((0, 1)), pd.Series(["d1", "d2"]), seed=1)
    (1.0, 1.0, 1.0)
    """
    disagreement, totals = _unit_contributions(counts, distance)
    sums = cluster_sums(pd.DataFrame(np.column_stack([disagreement, totals])), clusters)[0].to_numpy()
    resampled = bootstrap_weights(len(sums), n_resamples, seed) @ sums
    low, high = percentile_interval(_alphas(resampled[:, 0], resampled[:, 1:], distance)[:, None])
    return alpha(counts, distance), float(low[0]), float(high[0])


def _unit_contributions(counts: Floats, distance: Floats) -> tuple[Floats, Floats]:
    """Contribution of each unit to the observed disagreement, and to the totals of the values."""
    coders = counts.sum(axis=1)
    pairable = coders >= 2
    disagreement = ((counts @ distance) * counts).sum(axis=1) / np.maximum(coders - 1, 1)
    return np.where(pairable, disagreement, 0.0), counts * pairable[:, None]


def _alphas(disagreement: Floats, totals: Floats, distance: Floats) -> Floats:
    """Alpha for each observed disagreement, shape (resamples,), and totals, shape (resamples, values)."""
    expected = ((totals @ distance) * totals).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        result = 1 - disagreement * (totals.sum(axis=1) - 1) / expected
    return np.where(expected > 0, result, np.nan)


def read_by_all(codings: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """Select the statements that every coder has read, including those to which a coder gave no code.

    Parameters
    ----------
    codings : DataFrame
        ``statement_id``, ``coder``; a coder who gave no code to a statement has a row with the code ``none``.
    statements : DataFrame
        ``statement_id`` and any other columns.

    Returns
    -------
    DataFrame
        Rows of ``statements``, with a new index.

    Examples
    --------
    >>> codings = pd.DataFrame({"statement_id": ["s1", "s1", "s2"], "coder": ["A", "B", "A"]})
    >>> read_by_all(codings, pd.DataFrame({"statement_id": ["s1", "s2"]}))["statement_id"].tolist()
    ['s1']
    """
    coder_counts = codings.groupby("statement_id")["coder"].nunique()
    ids = coder_counts.index[coder_counts == codings["coder"].nunique()]
    return statements[statements["statement_id"].isin(ids)].reset_index(drop=True)


def code_matrices_by_coder(codings: pd.DataFrame, statements: pd.DataFrame, codes: list[str]) -> Bools:
    """Code matrix of each coder.

    Parameters
    ----------
    codings : DataFrame
        ``statement_id``, ``coder``, ``code_id``.
    statements : DataFrame
        ``statement_id``; each coder must have read each statement.
    codes : list of str
        Codes to include.

    Returns
    -------
    ndarray of bool, shape (coders, statements, codes)
        Coders in alphabetical order, statements and codes in the order given.

    Raises
    ------
    ValueError
        If a coder has not read one of the statements; see :func:`read_by_all`.

    Examples
    --------
    >>> codings = pd.DataFrame(
    ...     {"statement_id": ["s1", "s1"], "coder": ["A", "B"], "code_id": ["visas", "none"]}
    ... )
    >>> code_matrices_by_coder(codings, pd.DataFrame({"statement_id": ["s1"]}), ["visas", "jobs"]).tolist()
    [[[True, False]], [[False, False]]]
    """
    if unread := set(statements["statement_id"]) - set(read_by_all(codings, statements)["statement_id"]):
        raise ValueError(
            f"{len(unread)} of {len(statements)} statements are not read by every coder, such as {min(unread)}; "
            "select statements with read_by_all first"
        )
    coders = sorted(codings["coder"].unique())
    selected = codings[codings["code_id"].isin(codes) & codings["statement_id"].isin(statements["statement_id"])]
    matrices = np.zeros((len(coders), len(statements), len(codes)), dtype=bool)
    indices = (
        pd.Index(coders).get_indexer(pd.Index(selected["coder"])),
        pd.Index(statements["statement_id"]).get_indexer(pd.Index(selected["statement_id"])),
        pd.Index(codes).get_indexer(pd.Index(selected["code_id"])),
    )
    matrices[indices] = True
    return matrices


def alpha_by_code(matrices: Bools, codes: list[str], documents: pd.Series, seed: int) -> pd.DataFrame:
    """Krippendorff's alpha of each code, with its interval and the share of agreement.

    Each statement has the nominal value 1 if the coder gave the code and 0 otherwise.

    Parameters
    ----------
    matrices : ndarray of bool, shape (coders, statements, codes)
        From :func:`code_matrices_by_coder`.
    codes : list of str
        Names of the codes.
    documents : Series, length statements
        The document of each statement, in the same order.
    seed : int
        Seed of the bootstrap over documents.

    Returns
    -------
    DataFrame
        A row per code: ``code_id``, ``alpha``, ``low``, ``high``, ``agreement`` (share of statements on which all
        coders agree; NaN for one coder), ``by_one`` (statements to which at least one coder gave the code),
        ``by_all`` (to which all gave it), ``n`` (statements).

    Examples
    --------
    >>> matrices = np.array([[[True], [False], [True]], [[True], [False], [False]]])
    >>> agreement = alpha_by_code(matrices, ["visas"], pd.Series(["d1", "d2", "d3"]), seed=1)
    >>> agreement[["code_id", "alpha", "agreement", "by_one", "by_all", "n"]].round(2)
      code_id  alpha  agreement  by_one  by_all  n
    0   visas   0.44       0.67       2       1  3
    """
    votes = matrices.sum(axis=0)
    rows = []
    for column, code in enumerate(codes):
        counts = np.column_stack([len(matrices) - votes[:, column], votes[:, column]]).astype(float)
        value, low, high = alpha_with_interval(counts, nominal_distance((0, 1)), documents, seed)
        by_one, by_all = int((votes[:, column] > 0).sum()), int((votes[:, column] == len(matrices)).sum())
        agreement = 1 - (by_one - by_all) / len(votes) if len(votes) and len(matrices) > 1 else np.nan
        rows.append((code, value, low, high, agreement, by_one, by_all, len(votes)))
    return pd.DataFrame(rows, columns=["code_id", "alpha", "low", "high", "agreement", "by_one", "by_all", "n"])


def code_set_alpha(matrices: Bools, documents: pd.Series, seed: int) -> tuple[float, float, float]:
    """Krippendorff's alpha of the sets of codes that coders gave, by MASI distance, with its interval.

    Parameters
    ----------
    matrices : ndarray of bool, shape (coders, statements, codes)
        From :func:`code_matrices_by_coder`.
    documents : Series, length statements
        The document of each statement, in the same order.
    seed : int
        Seed of the bootstrap over documents.

    Returns
    -------
    value, low, high : float
        Alpha and the ends of its 95 % interval; NaN where undefined.

    Examples
    --------
    >>> matrices = np.array([[[True, False], [False, True]]] * 2)
    >>> code_set_alpha(matrices, pd.Series(["d1", "d2"]), seed=1)
    (1.0, 1.0, 1.0)
    """
    n_coders, n_statements, n_codes = matrices.shape
    sets, values = np.unique(matrices.reshape(-1, n_codes), axis=0, return_inverse=True)
    counts = np.zeros((n_statements, len(sets)))
    np.add.at(counts, (np.tile(np.arange(n_statements), n_coders), values.ravel()), 1)
    return alpha_with_interval(counts, masi_distance(sets), documents, seed)


def disputed_statements(matrices: Bools, statements: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """List the statements on which coders differ, with the most disputed codes first.

    Parameters
    ----------
    matrices : ndarray of bool, shape (coders, statements, codes)
        From :func:`code_matrices_by_coder`.
    statements : DataFrame
        ``statement_id``, in the order of ``matrices``.
    codes : list of str
        Names of the codes.

    Returns
    -------
    DataFrame
        ``statement_id``, ``disputed`` (tuple of codes that some coders gave and others did not), ``agreed`` (tuple of
        codes that all gave), ``distance`` (mean MASI distance between coders).

    Examples
    --------
    >>> matrices = np.array([[[True, False], [False, True]], [[True, True], [False, True]]])
    >>> disputed = disputed_statements(matrices, pd.DataFrame({"statement_id": ["s1", "s2"]}), ["visas", "jobs"])
    >>> disputed.round(2)
      statement_id disputed    agreed  distance
    0           s1  (jobs,)  (visas,)      0.67
    """
    by_all = np.logical_and.reduce(matrices)
    differs = np.logical_or.reduce(matrices) & ~by_all
    names, places = np.array(codes), np.flatnonzero(differs.any(axis=1))
    table = pd.DataFrame(
        {
            "statement_id": statements["statement_id"].to_numpy()[places],
            "disputed": [tuple(names[differs[place]]) for place in places],
            "agreed": [tuple(names[by_all[place]]) for place in places],
            "distance": [_mean_distance(matrices[:, place, :]) for place in places],
            "number": differs[places].sum(axis=1),
        }
    )
    ordered = table.sort_values(["number", "distance"], ascending=False, kind="stable")
    return ordered.drop(columns="number").reset_index(drop=True)


def _mean_distance(sets: Bools) -> float:
    """Mean MASI distance of all pairs of sets."""
    return float(masi_distance(sets)[np.triu_indices(len(sets), 1)].mean())
