"""Log-odds ratios of item frequencies in two corpora, with an informative Dirichlet prior."""

import numpy as np
import pandas as pd

from compendium.stats.arrays import Floats


def log_odds(first: Floats, second: Floats, prior: Floats, totals: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Log-odds ratio of each item in the first corpus against the second, and its standard error.

    Equations 15, 16 and 20 of Monroe, Colaresi and Quinn (2008), with the prior's counts added to both corpora.

    Parameters
    ----------
    first, second : ndarray of float, shape (..., items)
        Count of each item in each corpus.
    prior : ndarray of float, shape (items,)
        Counts of the prior, all above 0; see :func:`dirichlet_prior`.
    totals : tuple of ndarray of float, shape (..., 1)
        Sizes of the first and the second corpus, each including the sum of the prior.

    Returns
    -------
    value, error : ndarray of float, shape (..., items)
        Natural logarithm of the odds ratio, positive where the item is more frequent in the first corpus, and its
        standard error, which treats the occurrences of an item as independent.

    Examples
    --------
    >>> totals = (np.array([12.0]), np.array([12.0]))
    >>> value, error = log_odds(np.array([7.0, 3.0]), np.array([3.0, 7.0]), np.array([1.0, 1.0]), totals)
    >>> value.round(2), error.round(2)
    (array([ 1.39, -1.39]), array([0.61, 0.61]))
    """
    first_counts, second_counts = first + prior, second + prior
    value = np.log(first_counts / (totals[0] - first_counts)) - np.log(second_counts / (totals[1] - second_counts))
    return value, np.sqrt(1 / first_counts + 1 / second_counts)


def dirichlet_prior(item_counts: pd.DataFrame, documents: pd.Series, weight: float) -> pd.Series:
    """Counts of an informative Dirichlet prior: the items of ``weight`` average background documents.

    The background corpus as prior follows Monroe, Colaresi and Quinn (2008).

    Parameters
    ----------
    item_counts : DataFrame of bool or int, shape (statements, items)
        The background: items in each statement, of all speakers.
    documents : Series, length statements
        The document of each statement, in the same order.
    weight : float
        Size of the prior in documents.

    Returns
    -------
    Series of float
        A count for each item that occurs; items that never occur are left out.

    Examples
    --------
    >>> item_counts = pd.DataFrame({"visas": [1, 1, 0], "jobs": [0, 0, 1], "fences": [0, 0, 0]})
    >>> dirichlet_prior(item_counts, pd.Series(["d1", "d1", "d2"]), weight=1).to_dict()
    {'visas': 1.0, 'jobs': 0.5}
    """
    counts = item_counts.sum().astype(float)
    return counts[counts > 0] * weight / max(documents.nunique(), 1)
