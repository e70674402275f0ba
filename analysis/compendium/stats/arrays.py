"""Ratios and weighted medians of arrays, with NaN or 0 where a denominator is 0, and the array types."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def ratio(numerators: Floats, denominators: Floats) -> Floats:
    """Divide element by element, with NaN where the denominator is not positive.

    Parameters
    ----------
    numerators, denominators : ndarray of float
        Of shapes that broadcast.

    Returns
    -------
    ndarray of float
        Of the broadcast shape.

    Examples
    --------
    >>> ratio(np.array([1.0, 2.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    return np.divide(
        numerators,
        denominators,
        out=np.full(np.broadcast_shapes(numerators.shape, denominators.shape), np.nan),
        where=denominators > 0,
    )


def inverse(values: Floats) -> Floats:
    """Compute 1 / values, with 0 where a value is not positive, so that an empty group gets no weight.

    Parameters
    ----------
    values : ndarray of float

    Returns
    -------
    ndarray of float
        Of the same shape.

    Examples
    --------
    >>> inverse(np.array([4.0, 0.0]))
    array([0.25, 0.  ])
    """
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def weighted_median(values: Floats, weights: Floats) -> Floats:
    """Median of values that count as often as their weights say.

    Where half of the weight lies on each side of two values, the median is midway between them.

    Parameters
    ----------
    values : ndarray of float, shape (rows,)
    weights : ndarray of float, shape (..., rows)
        At least 0.

    Returns
    -------
    ndarray of float, shape (...)
        In the unit of ``values``; NaN where the weights sum to 0.

    Examples
    --------
    >>> weighted_median(np.array([1.0, 2.0, 9.0]), np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 3.0]]))
    array([1.5, 9. ])
    """
    if not len(values):
        return np.full(weights.shape[:-1], np.nan)
    order = np.argsort(values, kind="stable")
    cumulative = weights[..., order].cumsum(axis=-1)
    half = cumulative[..., -1:] / 2
    low = (cumulative < half - 1e-9).sum(axis=-1)
    high = np.minimum((cumulative <= half + 1e-9).sum(axis=-1), len(values) - 1)
    return np.where(half[..., 0] > 0, (values[order][low] + values[order][high]) / 2, np.nan)
