"""Permutation test of whether code profiles differ between units; it permutes whole documents."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from compendium.stats.arrays import Floats, Ints, inverse

N_PERMUTATIONS = 199
"""Enough for a test at p < 0.05 (Davison and Hinkley 1997, section 4.2.5), few enough for thousands of universes."""
_TINY = np.float32(1e-30)


def sums_by_document(units: Sequence[tuple[pd.DataFrame, Floats]], weight: str) -> tuple[Floats, Floats]:
    """Sum the indicators and count the statements of each document.

    Parameters
    ----------
    units : sequence of (DataFrame, ndarray)
        For each unit its statements, with ``document_id`` and ``speaker_side``, and their indicators (0 or 1), of shape
        (readings, statements, columns).
    weight : {"statement", "document", "speaker_side"}
        With ``speaker_side``, each side of speakers is a group of its own; otherwise there is one group.

    Returns
    -------
    sums : ndarray of float, shape (groups, documents, readings, columns)
        Documents in order of unit and id.
    sizes : ndarray of float, shape (groups, documents)
        Number of statements.

    Examples
    --------
    >>> statements = pd.DataFrame({"document_id": ["d1", "d1", "d2"], "speaker_side": ["a", "b", "a"]})
    >>> indicators = np.array([[[1.0], [1.0], [0.0]]])
    >>> sums, sizes = sums_by_document([(statements, indicators)], "statement")
    >>> sums.shape, sums.ravel().tolist(), sizes.tolist()
    ((1, 2, 1, 1), [2.0, 0.0], [[2.0, 1.0]])
    """
    document_in_unit = np.concatenate([pd.factorize(rows["document_id"], sort=True)[0] for rows, _ in units])
    unit = np.repeat(np.arange(len(units)), [len(rows) for rows, _ in units])
    document = np.unique(unit * len(unit) + document_in_unit, return_inverse=True)[1]
    side = (
        np.concatenate([rows["speaker_side"] for rows, _ in units])
        if weight == "speaker_side"
        else np.zeros(len(document))
    )
    groups, group = np.unique(side, return_inverse=True)
    n_documents = document.max() + 1
    cell = group * n_documents + document
    order = np.argsort(cell, kind="stable")
    cells, first, size = np.unique(cell[order], return_index=True, return_counts=True)
    n_readings, _, n_columns = units[0][1].shape
    indicators = np.concatenate([array.transpose(1, 0, 2).reshape(len(rows), -1) for rows, array in units])
    sums = np.zeros((len(groups) * n_documents, n_readings * n_columns))
    sums[cells] = np.add.reduceat(indicators[order], first, axis=0)
    sizes = np.zeros(len(sums))
    sizes[cells] = size
    return sums.reshape(len(groups), -1, n_readings, n_columns), sizes.reshape(len(groups), -1)


def permute_labels(labels: Ints, seed: int) -> Ints:
    """Stack the labels and :data:`N_PERMUTATIONS` random permutations of them.

    Parameters
    ----------
    labels : ndarray of int, shape (documents,)
        The unit of each document.
    seed : int
        Seed of the random generator.

    Returns
    -------
    ndarray of int, shape (1 + permutations, documents)
        The first row holds the observed labels.

    Examples
    --------
    >>> permuted = permute_labels(np.array([0, 0, 1]), seed=1)
    >>> permuted.shape, permuted[0].tolist()
    ((200, 3), [0, 0, 1])
    """
    tiled = np.tile(labels, (N_PERMUTATIONS, 1))
    return np.vstack([labels, np.random.default_rng(seed).permuted(tiled, axis=1)])


def permutation_p(sums: Floats, sizes: Floats, labels: Ints, weight: str) -> dict[str, Floats]:
    """p-value of the summed pairwise Jensen-Shannon distance between units, with documents permuted.

    The p-value is the share of labellings whose distance is at least the observed one. The observed labelling counts as
    one of them, so that p is never 0 (Phipson and Smyth 2010).

    Parameters
    ----------
    sums : ndarray of float, shape (groups, documents, readings, codes)
        Indicators summed per document; see :func:`sums_by_document`.
    sizes : ndarray of float, shape (groups, documents)
        Statements per document.
    labels : ndarray of int, shape (1 + permutations, documents)
        The unit of each document, from 0, with the observed labels first; see :func:`permute_labels`.
    weight : {"statement", "document", "speaker_side"}
        What counts equally in the profile of a unit.

    Returns
    -------
    dict of ndarray of float, shape (readings,)
        p-values of the distance, which is the root of the divergence, as ``root``, and of the ``divergence``. NaN if a
        unit has no code in the reading under the observed labels.

    Examples
    --------
    >>> sums = np.array([[[[1.0, 0.0]], [[1.0, 0.0]], [[0.0, 1.0]], [[0.0, 1.0]]]])
    >>> labels = np.array([[0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0], [1, 0, 0, 1]])
    >>> permutation_p(sums, np.ones((1, 4)), labels, "statement")["root"]
    array([0.25])
    """
    if weight == "document":
        sums = sums / sizes[..., None, None]
    n_units = labels.max() + 1
    one_hot = (np.arange(n_units)[:, None, None] == labels).astype(np.float32)
    counts = np.zeros((n_units, len(labels), sums[0, 0].size), dtype=np.float32)
    flat_sums = sums.reshape(*sums.shape[:2], -1).astype(np.float32)
    for group_sums, group_sizes in zip(flat_sums, sizes.astype(np.float32), strict=True):
        in_group = group_sizes > 0
        membership = one_hot[..., in_group]
        group_counts = membership @ group_sums[in_group]
        if weight == "speaker_side":
            group_counts = group_counts * inverse(membership @ group_sizes[in_group])[..., None]
        counts += group_counts
    counts = counts.reshape(n_units, len(labels), *sums.shape[2:])
    profiles = counts / counts.sum(axis=-1, keepdims=True).clip(_TINY)
    entropies = [_entropy(profile) for profile in profiles]
    distance = {"root": np.zeros(()), "divergence": np.zeros(())}
    for one, two in combinations(range(n_units), 2):
        middle = _entropy((profiles[one] + profiles[two]) / 2)
        divergence = (middle - (entropies[one] + entropies[two]) / 2).clip(0)
        distance = {"root": distance["root"] + np.sqrt(divergence), "divergence": distance["divergence"] + divergence}
    is_undefined = (counts[:, 0].sum(axis=-1) == 0).any(axis=0)
    return {
        name: np.where(is_undefined, np.nan, (values >= values[0]).mean(axis=0)) for name, values in distance.items()
    }


def _entropy(profiles: Floats) -> Floats:
    """Shannon entropy along the last axis, in single precision for speed: it is computed half a billion times."""
    return -np.einsum("...k,...k->...", profiles, np.log(profiles + _TINY))
