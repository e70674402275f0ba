"""Confidence intervals by the cluster bootstrap, which resamples whole documents.

Statements of one document depend on each other, so documents are resampled, not statements. All values that share a
seed and a set of documents use the same resamples, so that they can be subtracted from each other.

Where no row, or every row, has a code, each resample repeats that and the bootstrap interval has no width;
:func:`zero_count_upper` gives the exact bound instead.
"""

from functools import lru_cache

import numpy as np
import pandas as pd

from compendium.stats.arrays import Floats

N_RESAMPLES = 2000
_CONFIDENCE_LEVEL = 0.95


@lru_cache(maxsize=4)
def bootstrap_weights(n_clusters: int, n_resamples: int, seed: int) -> Floats:
    """Number of times that each cluster occurs in each resample.

    The resampling of the cluster bootstrap (Davison and Hinkley 1997, *Bootstrap Methods and their Application*,
    section 3.8): each resample takes ``n_clusters`` clusters with replacement.

    Parameters
    ----------
    n_clusters : int
        Number of clusters, such as documents.
    n_resamples : int
        Number of resamples.
    seed : int
        Seed of the random generator.

    Returns
    -------
    ndarray of float, shape (resamples, clusters)
        Whole numbers, read-only; each row sums to ``n_clusters``. NaN if there are fewer than two clusters, because
        one cluster shows nothing of the variation between clusters; every interval computed from it is NaN.

    Examples
    --------
    >>> weights = bootstrap_weights(3, n_resamples=2, seed=1)
    >>> weights.shape
    (2, 3)
    >>> weights.sum(axis=1)
    array([3., 3.])
    """
    if n_clusters < 2:
        return np.full((n_resamples, n_clusters), np.nan)
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), size=n_resamples).astype(float)
    weights.flags.writeable = False  # callers share the cached array
    return weights


def cluster_sums(table: pd.DataFrame, clusters: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Sum each column and count the rows per cluster.

    Parameters
    ----------
    table : DataFrame of bool or number, shape (rows, columns)
    clusters : Series, length rows
        The cluster of each row, in the same order.

    Returns
    -------
    sums : DataFrame, shape (clusters, columns)
    sizes : Series of int, length clusters
        Number of rows. Both are indexed by cluster and sorted by its name.

    Examples
    --------
    >>> code_matrix = pd.DataFrame({"visas": [True, True, False]})
    >>> sums, sizes = cluster_sums(code_matrix, pd.Series(["d1", "d1", "d2"]))
    >>> sums["visas"].to_dict(), sizes.to_dict()
    ({'d1': 2, 'd2': 0}, {'d1': 2, 'd2': 1})
    """
    grouped = table.groupby(clusters.to_numpy(), sort=True)
    return grouped.sum(), grouped.size()


def ratio_intervals(numerators: Floats, denominators: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """95 % percentile interval of each ratio of sums over clusters.

    Parameters
    ----------
    numerators : ndarray of float, shape (clusters, ratios)
    denominators : ndarray of float, shape (clusters,) or (clusters, ratios)
    weights : ndarray of float, shape (resamples, clusters)
        From :func:`bootstrap_weights`.

    Returns
    -------
    low, high : ndarray of float, shape (ratios,)
        Ends of the interval; NaN where the denominator is 0 in every resample.

    Examples
    --------
    >>> weights = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]])
    >>> ratio_intervals(np.array([[1.0], [1.0]]), np.array([2.0, 2.0]), weights)
    (array([0.5]), array([0.5]))
    """
    if denominators.ndim == 1:
        denominators = denominators[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        replicates = (weights @ numerators) / (weights @ denominators)
    return percentile_interval(replicates)


def zero_count_upper(n_clusters: int) -> float:
    """Upper limit of the exact 95 % interval for 0 of ``n_clusters``.

    The interval of Clopper and Pearson (1934), with a cluster as one trial.

    Parameters
    ----------
    n_clusters : int
        Number of clusters, at least 1.

    Returns
    -------
    float
        A share from 0 to 1.

    Examples
    --------
    >>> round(zero_count_upper(10), 3)
    0.308
    """
    return float(1 - ((1 - _CONFIDENCE_LEVEL) / 2) ** (1 / n_clusters))


def percentile_interval(replicates: Floats) -> tuple[Floats, Floats]:
    """95 % percentile interval of each column, without undefined resamples (NaN).

    The percentile method of Davison and Hinkley (1997), section 5.3.

    Parameters
    ----------
    replicates : ndarray of float, shape (resamples, values)

    Returns
    -------
    low, high : ndarray of float, shape (values,)
        In the unit of the values; NaN for a value that is undefined in every resample.

    Examples
    --------
    >>> percentile_interval(np.arange(101.0)[:, None])
    (array([2.5]), array([97.5]))
    """
    tail = 100 * (1 - _CONFIDENCE_LEVEL) / 2
    undefined = np.isnan(replicates).all(axis=0)
    low, high = np.nanpercentile(np.where(undefined, 0.0, replicates), [tail, 100 - tail], axis=0)
    return np.where(undefined, np.nan, low), np.where(undefined, np.nan, high)
