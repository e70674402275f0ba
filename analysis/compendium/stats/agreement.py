"""How far readings of the same statements agree: Krippendorff's alpha, per code and for whole sets of codes.

Krippendorff, K. (2011), *Computing Krippendorff's alpha-reliability*; MASI distance: Passonneau, R. (2006), *Measuring
agreement on set-valued items (MASI) for semantic and pragmatic annotation*, LREC.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium.stats.arrays import Bools, Floats
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, cluster_sums, percentile_interval


def nominal_distance(values: Sequence[object]) -> Floats:
    """Distance of nominal values: 0 if the same, else 1. Shape (values, values)."""
    return 1.0 - np.eye(len(values))


def interval_distance(values: Sequence[float]) -> Floats:
    """Distance of values on an interval scale: the squared difference. Shape (values, values)."""
    scale = np.asarray(values, dtype=float)
    return (scale[:, None] - scale[None, :]) ** 2


def masi_distance(sets: Bools) -> Floats:
    """MASI distance of sets: 1 − Jaccard × monotonicity (1 equal, 2/3 nested, 1/3 overlapping, 0 disjoint).

    Parameters
    ----------
    sets : ndarray of bool, shape (sets, members)
        Two empty sets are equal.

    Returns
    -------
    ndarray of float, shape (sets, sets)
    """
    members = sets.astype(float)
    shared, sizes = members @ members.T, members.sum(axis=1)
    union = sizes[:, None] + sizes[None, :] - shared
    equal, nested = shared == union, shared == np.minimum(sizes[:, None], sizes[None, :])
    monotonicity = np.select([equal, (shared > 0) & nested, shared > 0], [1.0, 2 / 3, 1 / 3], 0.0)
    return 1 - np.where(union > 0, shared / np.maximum(union, 1), 1.0) * monotonicity


def alpha(counts: Floats, distance: Floats) -> float:
    """Krippendorff's alpha: 1 minus the observed over the expected disagreement.

    Parameters
    ----------
    counts : ndarray, shape (units, values)
        How many coders gave each value to each unit; units with fewer than two values say nothing and fall away.
    distance : ndarray, shape (values, values)
        Disagreement between two values: :func:`nominal_distance`, :func:`interval_distance` or :func:`masi_distance`.

    Returns
    -------
    float
        1 for perfect agreement, 0 for chance, NaN where only one value occurs, so that nothing could be mistaken.
    """
    disagreement, totals = _unit_contributions(counts, distance)
    return float(_alphas(disagreement.sum(keepdims=True), totals.sum(axis=0, keepdims=True), distance)[0])


def alpha_with_interval(
    counts: Floats, distance: Floats, clusters: pd.Series, seed: int, n_resamples: int = N_RESAMPLES
) -> tuple[float, float, float]:
    """:func:`alpha` with the ends of its 95 % bootstrap interval over the clusters (documents) of the units."""
    disagreement, totals = _unit_contributions(counts, distance)
    table = pd.DataFrame(np.column_stack([disagreement, totals]))
    sums = cluster_sums(table, clusters)[0].to_numpy()
    drawn = bootstrap_weights(len(sums), n_resamples, seed) @ sums
    low, high = percentile_interval(_alphas(drawn[:, 0], drawn[:, 1:], distance)[:, None])
    return alpha(counts, distance), float(low[0]), float(high[0])


def _unit_contributions(counts: Floats, distance: Floats) -> tuple[Floats, Floats]:
    """What each unit adds to the observed disagreement, and to the totals of the values."""
    coders = counts.sum(axis=1)
    pairable = coders >= 2
    disagreement = ((counts @ distance) * counts).sum(axis=1) / np.maximum(coders - 1, 1)
    return np.where(pairable, disagreement, 0.0), counts * pairable[:, None]


def _alphas(disagreement: Floats, totals: Floats, distance: Floats) -> Floats:
    expected = ((totals @ distance) * totals).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        result = 1 - disagreement * (totals.sum(axis=1) - 1) / expected
    return np.where(expected > 0, result, np.nan)


def read_by_all(codings: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """The statements that every coder of these codings has read, be it to find nothing; others tell nothing here."""
    readers = codings.groupby("statement_id")["coder"].nunique()
    every = readers.index[readers == codings["coder"].nunique()]
    return statements[statements["statement_id"].isin(every)].reset_index(drop=True)


def code_matrices_by_coder(codings: pd.DataFrame, statements: pd.DataFrame, codes: list[str]) -> Bools:
    """What each coder marked: array of bool, shape (coders, statements, codes), coders in alphabetical order.

    Raises
    ------
    ValueError
        When a coder has not read one of the statements; see :func:`read_by_all`.
    """
    if len(unread := set(statements["statement_id"]) - set(read_by_all(codings, statements)["statement_id"])):
        raise ValueError(f"{len(unread)} statements are not read by every coder, such as {min(unread)}")
    coders = sorted(codings["coder"].unique())
    own = codings[codings["code_id"].isin(codes) & codings["statement_id"].isin(statements["statement_id"])]
    marked = np.zeros((len(coders), len(statements), len(codes)), dtype=bool)
    places = (
        pd.Index(coders).get_indexer(pd.Index(own["coder"])),
        pd.Index(statements["statement_id"]).get_indexer(pd.Index(own["statement_id"])),
        pd.Index(codes).get_indexer(pd.Index(own["code_id"])),
    )
    marked[places] = True
    return marked


def alpha_by_code(matrices: Bools, codes: list[str], documents: pd.Series, seed: int) -> pd.DataFrame:
    """Alpha of each code (marked or not: nominal), with interval and share of agreement.

    Parameters
    ----------
    matrices : ndarray of bool, shape (coders, statements, codes)
        Of :func:`code_matrices_by_coder`; each coder has read each statement.
    codes : list of str
    documents : Series, length statements
    seed : int

    Returns
    -------
    DataFrame
        ``code_id``, ``alpha``, ``low``, ``high``, ``agreement`` (share of statements on which all coders say the
        same; NaN for one coder), ``by_one`` (statements marked by a coder or more), ``by_all``, ``n`` (statements).
    """
    votes = matrices.sum(axis=0)
    rows = []
    for place, code in enumerate(codes):
        counts = np.column_stack([len(matrices) - votes[:, place], votes[:, place]]).astype(float)
        value, low, high = alpha_with_interval(counts, nominal_distance((0, 1)), documents, seed)
        by_one, by_all = int((votes[:, place] > 0).sum()), int((votes[:, place] == len(matrices)).sum())
        agreement = 1 - (by_one - by_all) / len(votes) if len(votes) and len(matrices) > 1 else np.nan
        rows.append((code, value, low, high, agreement, by_one, by_all, len(votes)))
    return pd.DataFrame(rows, columns=["code_id", "alpha", "low", "high", "agreement", "by_one", "by_all", "n"])


def code_set_alpha(matrices: Bools, documents: pd.Series, seed: int) -> tuple[float, float, float]:
    """Alpha, and its interval, of the whole sets of codes that coders gave, by MASI distance."""
    coders, statements, codes = matrices.shape
    sets, values = np.unique(matrices.reshape(-1, codes), axis=0, return_inverse=True)
    counts = np.zeros((statements, len(sets)))
    np.add.at(counts, (np.tile(np.arange(statements), coders), values.ravel()), 1)
    return alpha_with_interval(counts, masi_distance(sets), documents, seed)


def disputed_statements(matrices: Bools, statements: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """The statements on which coders differ, most codes in dispute first.

    Returns
    -------
    DataFrame
        ``statement_id``, ``disputed`` (tuple of codes that some gave and some did not), ``agreed`` (codes of all),
        ``distance`` (mean MASI distance between coders).
    """
    every = np.logical_and.reduce(matrices)
    differ = np.logical_or.reduce(matrices) & ~every
    names, places = np.array(codes), np.flatnonzero(differ.any(axis=1))
    frame = pd.DataFrame(
        {
            "statement_id": statements["statement_id"].to_numpy()[places],
            "disputed": [tuple(names[differ[place]]) for place in places],
            "agreed": [tuple(names[every[place]]) for place in places],
            "distance": [_mean_distance(matrices[:, place, :]) for place in places],
            "number": differ[places].sum(axis=1),
        }
    )
    ordered = frame.sort_values(["number", "distance"], ascending=False, kind="stable")
    return ordered.drop(columns="number").reset_index(drop=True)


def _mean_distance(sets: Bools) -> float:
    return float(masi_distance(sets)[np.triu_indices(len(sets), 1)].mean())
