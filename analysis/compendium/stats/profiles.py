"""Profiles over policy areas: shares, gaps between talk and practice, distance, rank correlation and breadth.

The functions for frames take tables of documents × areas, because what one document says is interdependent: documents
are the units of the bootstrap. A document may both talk and report measures, so tables that are compared share their
resamples.
"""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from compendium.stats.arrays import Floats
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, percentile_interval


def area_shares(table: pd.DataFrame) -> pd.Series:
    """Share of each area in the sum of a table.

    Parameters
    ----------
    table : DataFrame of number, shape (documents, areas)

    Returns
    -------
    Series of float, length areas
        Shares that sum to 1; NaN if the table sums to 0.

    Examples
    --------
    >>> area_shares(pd.DataFrame({"visas": [1, 2], "jobs": [1, 0]})).to_dict()
    {'visas': 0.75, 'jobs': 0.25}
    """
    totals = table.sum()
    return totals / totals.sum() if totals.sum() else totals * np.nan


def effective_number(profiles: Floats) -> Floats:
    """Effective number of areas: the number of equally large areas that would be as diverse.

    The exponential of Shannon's entropy, the diversity of order 1 of Hill (1973); see Jost (2006), *Entropy and
    diversity*.

    Parameters
    ----------
    profiles : ndarray of float, shape (..., areas)
        Shares that sum to 1 along the last axis.

    Returns
    -------
    ndarray of float, shape (...)
        From 1 (all in one area) to the number of areas; NaN where a share is NaN.

    Examples
    --------
    >>> effective_number(np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])).round(6)
    array([2., 1.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(profiles > 0, profiles * np.log(profiles), 0.0)
    return np.where(np.isnan(profiles).any(axis=-1), np.nan, np.exp(-terms.sum(axis=-1)))


def jensen_shannon(first: Floats, second: Floats) -> Floats:
    """Jensen-Shannon distance, base 2: 0 for equal profiles, 1 for profiles without a common area.

    The square root of the divergence of Lin (1991), as in ``scipy.spatial.distance.jensenshannon``.

    Parameters
    ----------
    first, second : ndarray of float, shape (..., areas)
        Shares that sum to 1 along the last axis.

    Returns
    -------
    ndarray of float, shape (...)
        From 0 to 1; NaN where a share is NaN.

    Examples
    --------
    >>> jensen_shannon(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    array([1., 0.])
    """
    middle = (first + second) / 2

    def divergence_from_middle(profile: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(profile > 0, profile * np.log2(profile / middle), 0.0).sum(axis=-1)

    divergence = (divergence_from_middle(first) + divergence_from_middle(second)) / 2
    undefined = np.isnan(middle).any(axis=-1)
    return np.where(undefined, np.nan, np.sqrt(np.maximum(divergence, 0.0)))


def rank_correlation(first: Floats, second: Floats) -> Floats:
    """Spearman's (1904) rank correlation of two profiles, with mean ranks for ties.

    Parameters
    ----------
    first, second : ndarray of float, shape (..., areas)

    Returns
    -------
    ndarray of float, shape (...)
        From −1 to 1; NaN where all shares of one profile are equal.

    Examples
    --------
    >>> rank_correlation(np.array([[0.5, 0.3, 0.2]]), np.array([[0.2, 0.3, 0.5]])).round(6)
    array([-1.])
    """
    # Rounding makes equal sums tie although they were added in a different order.
    first_ranks, second_ranks = (_centre_ranks(rankdata(np.round(profile, 9), axis=-1)) for profile in (first, second))
    norm = np.sqrt((first_ranks**2).sum(axis=-1) * (second_ranks**2).sum(axis=-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(norm > 0, (first_ranks * second_ranks).sum(axis=-1) / norm, np.nan)


def area_profile(table: pd.DataFrame, seed: int, n_resamples: int = N_RESAMPLES) -> pd.DataFrame:
    """Share of each area in the sum of a table, with its 95 % percentile interval.

    Parameters
    ----------
    table : DataFrame of number, shape (documents, areas)
        Indexed by document.
    seed, n_resamples : int
        Seed and number of resamples of the bootstrap over documents.

    Returns
    -------
    DataFrame
        Indexed by area: ``share``, ``low``, ``high`` (0 to 1).

    Examples
    --------
    >>> table = pd.DataFrame({"visas": [1, 1], "jobs": [1, 1]}, index=["d1", "d2"])
    >>> area_profile(table, seed=1)
           share  low  high
    visas    0.5  0.5   0.5
    jobs     0.5  0.5   0.5
    """
    low, high = percentile_interval(_resampled_shares([table], seed, n_resamples)[0])
    return pd.DataFrame({"share": area_shares(table), "low": low, "high": high})


def share_gaps(talk: pd.DataFrame, practice: pd.DataFrame, seed: int, n_resamples: int = N_RESAMPLES) -> pd.DataFrame:
    """Shares of each area in talk and in practice, and the gap between them, with intervals.

    Parameters
    ----------
    talk, practice : DataFrame of number, shape (documents, areas)
        Indexed by document, with the same columns in the same order.
    seed, n_resamples : int
        Seed and number of resamples of the bootstrap over the documents of both tables.

    Returns
    -------
    DataFrame
        Indexed by area: ``talk``, ``practice`` (shares, 0 to 1), ``gap`` (practice − talk, in percentage points), each
        with ``_low`` and ``_high`` (95 % percentile interval).

    Examples
    --------
    >>> talk = pd.DataFrame({"visas": [3, 1], "jobs": [1, 3]}, index=["d1", "d2"])
    >>> practice = pd.DataFrame({"visas": [1], "jobs": [3]}, index=["d1"])
    >>> share_gaps(talk, practice, seed=1)[["talk", "practice", "gap"]]
           talk  practice   gap
    visas   0.5      0.25 -25.0
    jobs    0.5      0.75  25.0
    """
    talk_replicates, practice_replicates = _resampled_shares([talk, practice], seed, n_resamples)
    columns = {
        "talk": (area_shares(talk).to_numpy(), talk_replicates),
        "practice": (area_shares(practice).to_numpy(), practice_replicates),
        "gap": (
            100 * (area_shares(practice) - area_shares(talk)).to_numpy(),
            100 * (practice_replicates - talk_replicates),
        ),
    }
    result = pd.DataFrame(index=talk.columns)
    for name, (value, replicates) in columns.items():
        low, high = percentile_interval(replicates)
        result = result.assign(**{name: value, f"{name}_low": low, f"{name}_high": high})
    return result


def effective_numbers(tables: dict[str, pd.DataFrame], seed: int, n_resamples: int = N_RESAMPLES) -> pd.DataFrame:
    """Effective number of areas of each table, with a bias correction and an interval from the bootstrap.

    The effective number of a sample is biased downwards, the more so the smaller the sample. Compare tables of
    different sizes by ``corrected``, which subtracts the bias that the bootstrap estimates. The interval is the basic
    bootstrap interval (Davison and Hinkley 1997, sections 2.1 and 5.2), limited to between 1 and all areas.

    Parameters
    ----------
    tables : dict of DataFrame of number, shape (documents, areas)
        By name; each is indexed by document.
    seed, n_resamples : int
        Seed and number of resamples of the bootstrap over documents.

    Returns
    -------
    DataFrame
        A row per table: ``what`` (its name), ``value``, ``corrected``, ``low``, ``high`` (in areas), ``n`` (sum of the
        table), ``documents`` (its number of rows).

    Examples
    --------
    >>> tables = {"talk": pd.DataFrame({"visas": [1, 1], "jobs": [1, 1]}, index=["d1", "d2"])}
    >>> effective_numbers(tables, seed=1).round(6)
       what  value  corrected  low  high    n  documents
    0  talk    2.0        2.0  2.0   2.0  4.0          2
    """
    rows = []
    for name, table in tables.items():
        value = float(effective_number(area_shares(table).to_numpy()))
        replicates = effective_number(_resampled_shares([table], seed, n_resamples)[0])
        interval = _basic_interval(value, replicates, 1.0, float(table.shape[1]))
        rows.append((name, value, *interval, float(table.to_numpy().sum()), len(table)))
    return pd.DataFrame(rows, columns=["what", "value", "corrected", "low", "high", "n", "documents"])


def profile_distances(
    talk: pd.DataFrame, practice: pd.DataFrame, seed: int, n_resamples: int = N_RESAMPLES
) -> pd.DataFrame:
    """Jensen-Shannon distance and rank correlation of talk and practice, with intervals.

    Sampling error alone makes two profiles differ, so the distance has a bias correction and a basic interval as in
    :func:`effective_numbers`; the correlation has a percentile interval.

    Parameters
    ----------
    talk, practice : DataFrame of number, shape (documents, areas)
        Indexed by document, with the same columns in the same order.
    seed, n_resamples : int
        Seed and number of resamples of the bootstrap over the documents of both tables.

    Returns
    -------
    DataFrame
        Rows ``distance`` (0 to 1) and ``correlation`` (−1 to 1): ``value``, ``corrected`` (NaN for the correlation),
        ``low``, ``high``.

    Examples
    --------
    >>> talk = pd.DataFrame({"visas": [2, 2], "jobs": [1, 1]}, index=["d1", "d2"])
    >>> profile_distances(talk, talk, seed=1)["value"].round(6).to_dict()
    {'distance': 0.0, 'correlation': 1.0}
    """
    talk_shares, practice_shares = area_shares(talk).to_numpy(), area_shares(practice).to_numpy()
    talk_replicates, practice_replicates = _resampled_shares([talk, practice], seed, n_resamples)
    distance = float(jensen_shannon(talk_shares, practice_shares))
    distance_interval = _basic_interval(distance, jensen_shannon(talk_replicates, practice_replicates), 0.0, 1.0)
    low, high = percentile_interval(rank_correlation(talk_replicates, practice_replicates)[:, None])
    rows = {
        "distance": (distance, *distance_interval),
        "correlation": (float(rank_correlation(talk_shares, practice_shares)), np.nan, float(low[0]), float(high[0])),
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "corrected", "low", "high"])


def sum_by_family(table: pd.DataFrame, policy_areas: pd.DataFrame) -> pd.DataFrame:
    """Sum the areas of each family.

    Parameters
    ----------
    table : DataFrame of number, shape (documents, areas)
    policy_areas : DataFrame
        ``code_id`` (area) and its ``family``, in the order of the codebook.

    Returns
    -------
    DataFrame of number, shape (documents, families)
        Families in the order of the codebook.

    Examples
    --------
    >>> policy_areas = pd.DataFrame({"code_id": ["fences", "visas"], "family": ["security", "mobility"]})
    >>> sum_by_family(pd.DataFrame({"visas": [1, 2]}, index=["d1", "d2"]), policy_areas).to_dict("list")
    {'security': [0, 0], 'mobility': [1, 2]}
    """
    family = policy_areas.set_index("code_id")["family"]
    sums = table.T.groupby(family.reindex(table.columns).to_numpy(), sort=False).sum().T
    return sums.reindex(columns=list(dict.fromkeys(family)), fill_value=0)


def _resampled_shares(tables: list[pd.DataFrame], seed: int, n_resamples: int) -> list[Floats]:
    """Area shares of each table in each resample of the documents of all tables, shape (resamples, areas)."""
    documents = sorted({document for table in tables for document in table.index})
    weights = bootstrap_weights(len(documents), n_resamples, seed)
    area_sums = [weights @ table.reindex(documents, fill_value=0).to_numpy(dtype=float) for table in tables]
    with np.errstate(divide="ignore", invalid="ignore"):
        return [sums / sums.sum(axis=1, keepdims=True) for sums in area_sums]


def _basic_interval(value: float, replicates: Floats, minimum: float, maximum: float) -> tuple[float, float, float]:
    """Bias-corrected value and basic bootstrap interval, limited to the possible range."""
    low, high = percentile_interval(replicates[:, None])
    mean = np.nanmean(replicates) if np.isfinite(replicates).any() else np.nan
    corrected, low, high = np.clip([2 * value - mean, 2 * value - high[0], 2 * value - low[0]], minimum, maximum)
    return float(corrected), float(low), float(high)


def _centre_ranks(ranks: Floats) -> Floats:
    """Subtract the mean rank."""
    return ranks - ranks.mean(axis=-1, keepdims=True)
