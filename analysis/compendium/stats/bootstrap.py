"""Intervals by resampling documents: the statements of one document hang together, so documents are drawn whole.

Cluster bootstrap with percentile intervals (Davison and Hinkley 1997, *Bootstrap Methods and their Application*,
section 3.8). Every figure of one seed and one set of documents uses the same draws, so that figures can be subtracted.

Where no row, or every row, has what is asked for, each resample repeats that, and the bootstrap knows no doubt:
:func:`zero_count_upper` gives the bound that so many documents allow.
"""

from functools import lru_cache

import numpy as np
import pandas as pd

from compendium.stats.arrays import Floats

N_RESAMPLES = 2000
_CONFIDENCE_LEVEL = 0.95


@lru_cache(maxsize=4)
def bootstrap_weights(n_clusters: int, n_resamples: int, seed: int) -> Floats:
    """How often each cluster is drawn in each resample.

    Parameters
    ----------
    n_clusters : int
        Number of clusters; as many are drawn, with replacement.
    n_resamples, seed : int
        Number of resamples, and seed of the generator.

    Returns
    -------
    ndarray of float, shape (resamples, clusters)
        Whole numbers; each row sums to ``n_clusters``. NaN for fewer than two clusters, which tell nothing of how
        clusters differ, so that every interval that rests on them is NaN.
    """
    if n_clusters < 2:
        return np.full((n_resamples, n_clusters), np.nan)
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), size=n_resamples).astype(float)
    drawn.flags.writeable = False  # kept for the next figure of the same documents
    return drawn


def cluster_sums(table: pd.DataFrame, clusters: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Sums of each column, and number of rows, per cluster.

    Parameters
    ----------
    table : DataFrame of bool or number, shape (rows, columns)
    clusters : Series, length rows
        The cluster of each row, in the same order.

    Returns
    -------
    sums : DataFrame, shape (clusters, columns)
    sizes : Series, length clusters
        Both indexed by cluster, in order of the cluster's name.
    """
    grouped = table.groupby(clusters.to_numpy(), sort=True)
    return grouped.sum(), grouped.size()


def ratio_intervals(numerators: Floats, denominators: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Interval of each ratio of sums over clusters.

    Parameters
    ----------
    numerators : ndarray, shape (clusters, ratios)
    denominators : ndarray, shape (clusters,) or (clusters, ratios)
    weights : ndarray, shape (resamples, clusters)
        Of :func:`bootstrap_weights`.

    Returns
    -------
    low, high : ndarray, shape (ratios,)
        Ends of the 95 % percentile interval; NaN where no resample has a denominator.
    """
    if denominators.ndim == 1:
        denominators = denominators[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        replicates = (weights @ numerators) / (weights @ denominators)
    return percentile_interval(replicates)


def zero_count_upper(n_clusters: int) -> float:
    """The largest share that could have stayed unseen in all of so many clusters.

    Upper end of the exact interval for 0 of ``n_clusters`` (Clopper and Pearson 1934), a cluster being one trial.
    """
    return float(1 - ((1 - _CONFIDENCE_LEVEL) / 2) ** (1 / n_clusters))


def percentile_interval(replicates: Floats) -> tuple[Floats, Floats]:
    """Ends of the 95 % percentile interval of each column; undefined resamples (NaN) are left out.

    Parameters
    ----------
    replicates : ndarray, shape (resamples, figures)

    Returns
    -------
    low, high : ndarray, shape (figures,)
        NaN for a figure that no resample defines.
    """
    tail = 100 * (1 - _CONFIDENCE_LEVEL) / 2
    undefined = np.isnan(replicates).all(axis=0)
    low, high = np.nanpercentile(np.where(undefined, 0.0, replicates), [tail, 100 - tail], axis=0)
    return np.where(undefined, np.nan, low), np.where(undefined, np.nan, high)
