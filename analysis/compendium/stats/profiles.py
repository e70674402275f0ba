"""Talk beside practice on the same policy areas: shares, gaps, how far apart, in which order, and how broad.

Every function takes tables of documents × areas (:func:`compendium.dataset.coded_statements.remedies` for talk,
:func:`compendium.dataset.practice.area_counts_by_document` for commitments and measures), because what one document says hangs
together:
documents are the units that the bootstrap draws. Many documents both talk and report measures, so tables that are
compared are drawn together.
"""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from compendium.stats.arrays import Floats
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, percentile_interval


def area_shares(table: pd.DataFrame) -> pd.Series:
    """Each area's share of all that the table counts; NaN where it counts nothing."""
    totals = table.sum()
    return totals / totals.sum() if totals.sum() else totals * np.nan


def effective_number(profiles: Floats) -> Floats:
    """Effective number of areas: exp of Shannon's entropy (Hill 1973; Jost 2006, *Entropy and diversity*).

    As many equally large areas would be as diverse. 1 when all falls into one area.

    Parameters
    ----------
    profiles : ndarray, shape (..., areas)
        Shares that sum to 1 along the last axis.

    Returns
    -------
    ndarray, shape (...)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(profiles > 0, profiles * np.log(profiles), 0.0)
    return np.where(np.isnan(profiles).any(axis=-1), np.nan, np.exp(-terms.sum(axis=-1)))


def jensen_shannon(first: Floats, second: Floats) -> Floats:
    """Jensen-Shannon distance, base 2: 0 for the same profile, 1 for profiles that share no area.

    The square root of the divergence of Lin (1991), as ``scipy.spatial.distance.jensenshannon`` gives it.

    Parameters
    ----------
    first, second : ndarray, shape (..., areas)

    Returns
    -------
    ndarray, shape (...)
    """
    middle = (first + second) / 2

    def towards_middle(profile: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(profile > 0, profile * np.log2(profile / middle), 0.0).sum(axis=-1)

    divergence = (towards_middle(first) + towards_middle(second)) / 2
    undefined = np.isnan(middle).any(axis=-1)
    return np.where(undefined, np.nan, np.sqrt(np.maximum(divergence, 0.0)))


def rank_correlation(first: Floats, second: Floats) -> Floats:
    """Spearman's correlation of the order of areas in two profiles (ties share their rank); NaN if one has no order.

    Shares that differ by less than 1e-9 are ties: sums of weights are equal but for the order in which they were added.

    Parameters
    ----------
    first, second : ndarray, shape (..., areas)

    Returns
    -------
    ndarray, shape (...)
    """
    one, two = (_centre_ranks(rankdata(np.round(profile, 9), axis=-1)) for profile in (first, second))
    norm = np.sqrt((one**2).sum(axis=-1) * (two**2).sum(axis=-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(norm > 0, (one * two).sum(axis=-1) / norm, np.nan)


def area_profile(table: pd.DataFrame, seed: int, n_resamples: int = N_RESAMPLES) -> pd.DataFrame:
    """Share of each area in all that the table counts: ``share``, ``low``, ``high`` (95 % percentile interval)."""
    low, high = percentile_interval(_resampled_shares([table], seed, n_resamples)[0])
    return pd.DataFrame({"share": area_shares(table), "low": low, "high": high})


def share_gaps(talk: pd.DataFrame, practice: pd.DataFrame, seed: int, n_resamples: int = N_RESAMPLES) -> pd.DataFrame:
    """Shares of each area in talk and in practice, and the gap between them in percentage points, with intervals.

    Parameters
    ----------
    talk, practice : DataFrame, shape (documents, areas)
        With the same columns, in the same order.
    seed, n_resamples : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        Indexed by area: ``talk``, ``practice`` (shares), ``gap`` (practice − talk, points), each with ``_low`` and
        ``_high`` (95 % percentile interval).
    """
    said, done = _resampled_shares([talk, practice], seed, n_resamples)
    parts = {
        "talk": (area_shares(talk).to_numpy(), said),
        "practice": (area_shares(practice).to_numpy(), done),
        "gap": (100 * (area_shares(practice) - area_shares(talk)).to_numpy(), 100 * (done - said)),
    }
    result = pd.DataFrame(index=talk.columns)
    for name, (value, replicates) in parts.items():
        low, high = percentile_interval(replicates)
        result = result.assign(**{name: value, f"{name}_low": low, f"{name}_high": high})
    return result


def effective_numbers(tables: dict[str, pd.DataFrame], seed: int, n_resamples: int = N_RESAMPLES) -> pd.DataFrame:
    """Effective number of areas of each table, with a bootstrap interval.

    A sample holds no more areas than there are, so the figure is too low, the more the smaller the sample: tables
    of different size are compared by ``corrected``, the figure less its bias as the bootstrap estimates it. The
    interval is the basic one (Davison and Hinkley 1997, sections 2.1 and 5.2), which turns the bias round, cut at 1.

    Returns
    -------
    DataFrame
        A row a table: ``what``, ``value``, ``corrected``, ``low``, ``high``, ``n`` (sum of the table), ``documents``.
    """
    rows = []
    for name, table in tables.items():
        value = float(effective_number(area_shares(table).to_numpy()))
        replicates = effective_number(_resampled_shares([table], seed, n_resamples)[0])
        figures = _basic_interval(value, replicates, 1.0, float(table.shape[1]))
        rows.append((name, value, *figures, float(table.to_numpy().sum()), len(table)))
    return pd.DataFrame(rows, columns=["what", "value", "corrected", "low", "high", "n", "documents"])


def profile_distances(
    talk: pd.DataFrame, practice: pd.DataFrame, seed: int, n_resamples: int = N_RESAMPLES
) -> pd.DataFrame:
    """How far practice lies from talk: Jensen-Shannon distance and rank correlation, with intervals.

    Sampling alone drives two profiles apart, so the distance is corrected and has a basic interval as in
    :func:`effective_numbers`; the correlation has a percentile interval.

    Returns
    -------
    DataFrame
        Rows ``distance`` and ``correlation``: ``value``, ``corrected`` (of the correlation: NaN), ``low``, ``high``.
    """
    one, two = area_shares(talk).to_numpy(), area_shares(practice).to_numpy()
    said, done = _resampled_shares([talk, practice], seed, n_resamples)
    distance, correlation = float(jensen_shannon(one, two)), float(rank_correlation(one, two))
    low, high = percentile_interval(rank_correlation(said, done)[:, None])
    rows = {
        "distance": (distance, *_basic_interval(distance, jensen_shannon(said, done), 0.0, 1.0)),
        "correlation": (correlation, np.nan, float(low[0]), float(high[0])),
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "corrected", "low", "high"])


def sum_by_family(table: pd.DataFrame, policy_areas: pd.DataFrame) -> pd.DataFrame:
    """The same table with areas summed into their families, in the order of the codebook."""
    family = policy_areas.set_index("code_id")["family"]
    summed = table.T.groupby(family.reindex(table.columns).to_numpy(), sort=False).sum().T
    return summed.reindex(columns=list(dict.fromkeys(family)), fill_value=0)


def _resampled_shares(tables: list[pd.DataFrame], seed: int, n_resamples: int) -> list[Floats]:
    """Shares of areas in each resample of the documents of all tables: for each table, shape (resamples, areas)."""
    documents = sorted({document for table in tables for document in table.index})
    drawn = bootstrap_weights(len(documents), n_resamples, seed)
    sums = [drawn @ table.reindex(documents, fill_value=0).to_numpy(dtype=float) for table in tables]
    with np.errstate(divide="ignore", invalid="ignore"):
        return [each / each.sum(axis=1, keepdims=True) for each in sums]


def _basic_interval(value: float, replicates: Floats, minimum: float, maximum: float) -> tuple[float, float, float]:
    """A figure less its bias, and its basic interval, cut at the least and the most that it can be."""
    low, high = percentile_interval(replicates[:, None])
    mean = np.nanmean(replicates) if np.isfinite(replicates).any() else np.nan
    corrected, low, high = np.clip([2 * value - mean, 2 * value - high[0], 2 * value - low[0]], minimum, maximum)
    return float(corrected), float(low), float(high)


def _centre_ranks(ranks: Floats) -> Floats:
    return ranks - ranks.mean(axis=-1, keepdims=True)
