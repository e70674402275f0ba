"""Arithmetic on arrays of any shape that says nothing (NaN) where there is nothing."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def ratio(numerators: Floats, denominators: Floats) -> Floats:
    """Division that gives NaN where nothing is below the line."""
    return np.divide(
        numerators,
        denominators,
        out=np.full(np.broadcast_shapes(numerators.shape, denominators.shape), np.nan),
        where=denominators > 0,
    )


def inverse(values: Floats) -> Floats:
    """One divided by values; 0 where there is nothing to divide by, so that nothing weighs nothing."""
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def weighted_median(values: Floats, weights: Floats) -> Floats:
    """Median of values that occur as often as their weights say; midway between two values where these part the weight.

    Parameters
    ----------
    values : ndarray, shape (rows,)
    weights : ndarray, shape (..., rows)

    Returns
    -------
    ndarray, shape (...)
        NaN where the weights sum to nothing.
    """
    order = np.argsort(values, kind="stable")
    heaped = weights[..., order].cumsum(axis=-1)
    half = heaped[..., -1:] / 2 if len(values) else np.zeros((*weights.shape[:-1], 1))
    if not len(values):
        return np.full(weights.shape[:-1], np.nan)
    low = (heaped < half - 1e-9).sum(axis=-1)
    high = np.minimum((heaped <= half + 1e-9).sum(axis=-1), len(values) - 1)
    return np.where(half[..., 0] > 0, (values[order][low] + values[order][high]) / 2, np.nan)
