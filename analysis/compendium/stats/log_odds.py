"""Log-odds ratios of frequencies between two groups, with an informative Dirichlet prior."""

import numpy as np
import pandas as pd

from compendium.stats.arrays import Floats


def log_odds(first: Floats, second: Floats, prior: Floats, totals: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Log-odds ratio of each item in the first corpus against the second, and its standard error.

    Equations 15, 16 and 20 of Monroe and others (2008), with the prior's counts added to both corpora.

    Parameters
    ----------
    first, second : ndarray, shape (..., items)
        How often each corpus has each item.
    prior : ndarray, shape (items,)
        Counts of the prior; all above zero.
    totals : tuple of ndarray, shape (..., 1)
        Sizes of the first and the second corpus, the prior's whole count included.

    Returns
    -------
    value, error : ndarray, shape (..., items)
        Positive where the first corpus has more. The error takes every item for an independent draw.
    """
    one, two = first + prior, second + prior
    value = np.log(one / (totals[0] - one)) - np.log(two / (totals[1] - two))
    return value, np.sqrt(1 / one + 1 / two)


def dirichlet_prior(item_counts: pd.DataFrame, documents: pd.Series, weight: float) -> pd.Series:
    """Counts of the prior: items spread as in all talk, as many as ``weight`` average documents hold.

    Parameters
    ----------
    item_counts : DataFrame of bool or int, shape (statements, items)
        Of all talk that stands as background; items that never occur fall away.
    documents : Series, length statements
    weight : float
        In documents.
    """
    counts = item_counts.sum().astype(float)
    return counts[counts > 0] * weight / max(documents.nunique(), 1)
