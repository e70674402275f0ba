"""Whether profiles of codes differ between units: a permutation test that moves whole documents from unit to unit."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from compendium.stats.arrays import Floats, Ints, inverse

# Enough to tell p < 0.05 (Davison and Hinkley 1997, section 4.2.5), few enough for thousands of universes.
N_PERMUTATIONS = 199
_TINY = np.float32(1e-30)


def sums_by_document(units: Sequence[tuple[pd.DataFrame, Floats]], weight: str) -> tuple[Floats, Floats]:
    """Sums of marks per document, and numbers of statements, apart for each side of speakers when these are weighed.

    Parameters
    ----------
    units : sequence of (rows, cube)
        For each unit its rows and their marks, shape (readings, rows, columns).
    weight : str

    Returns
    -------
    sums : ndarray, shape (groups, documents, readings, columns)
        Documents in order of unit and id.
    sizes : ndarray, shape (groups, documents)
    """
    place = np.concatenate([pd.factorize(rows["document_id"], sort=True)[0] for rows, _ in units])
    unit = np.repeat(np.arange(len(units)), [len(rows) for rows, _ in units])
    document = np.unique(unit * len(place) + place, return_inverse=True)[1]
    side = (
        np.concatenate([rows["speaker_side"] for rows, _ in units])
        if weight == "speaker_side"
        else np.zeros(len(place))
    )
    groups, group = np.unique(side, return_inverse=True)
    cell = group * (document.max() + 1) + document
    order = np.argsort(cell, kind="stable")
    cells, first, size = np.unique(cell[order], return_index=True, return_counts=True)
    flat = np.concatenate([cube.transpose(1, 0, 2).reshape(len(rows), -1) for rows, cube in units])
    sums = np.zeros((len(groups) * (document.max() + 1), flat.shape[1]))
    sums[cells] = np.add.reduceat(flat[order], first, axis=0)
    sizes = np.zeros(len(sums))
    sizes[cells] = size
    return sums.reshape(len(groups), -1, len(units[0][1]), units[0][1].shape[-1]), sizes.reshape(len(groups), -1)


def permute_labels(labels: Ints, seed: int) -> Ints:
    """The labels as they are and, below, :data:`N_PERMUTATIONS` times in random order: (1 + permutations, labels)."""
    tiled = np.tile(labels, (N_PERMUTATIONS, 1))
    return np.vstack([labels, np.random.default_rng(seed).permuted(tiled, axis=1)])


def permutation_p(sums: Floats, sizes: Floats, labels: Ints, weight: str) -> dict[str, Floats]:
    """p-value of the summed pairwise Jensen-Shannon distance between units, documents changing units at random.

    p is the share of labellings that reach the distance seen, the one seen among them, so that it is never 0 (Phipson
    and Smyth 2010).

    Parameters
    ----------
    sums : ndarray, shape (groups, documents, readings, codes)
        Marks per document.
    sizes : ndarray, shape (groups, documents)
        Statements per document.
    labels : ndarray of int, shape (1 + permutations, documents)
        The unit of each document, of :func:`permute_labels`.
    weight : {"statement", "document", "speaker_side"}

    Returns
    -------
    dict
        ``root`` (the distance is the root of the divergence) and ``divergence``: p-values of shape (readings,).
    """
    if weight == "document":
        sums = sums / sizes[..., None, None]
    units = labels.max() + 1
    one_hot = (np.arange(units)[:, None, None] == labels).astype(np.float32)
    counts = np.zeros((units, len(labels), sums[0, 0].size), dtype=np.float32)
    for group, size in zip(sums.reshape(*sums.shape[:2], -1).astype(np.float32), sizes.astype(np.float32), strict=True):
        here = size > 0
        drawn = one_hot[..., here]
        own = drawn @ group[here]
        counts += own * inverse(drawn @ size[here])[..., None] if weight == "speaker_side" else own
    counts = counts.reshape(units, len(labels), *sums.shape[2:])
    profiles = counts / counts.sum(axis=-1, keepdims=True).clip(_TINY)
    entropies = [_entropy(profile) for profile in profiles]
    distance = {"root": np.zeros(()), "divergence": np.zeros(())}
    for one, two in combinations(range(units), 2):
        middle = _entropy((profiles[one] + profiles[two]) / 2)
        divergence = (middle - (entropies[one] + entropies[two]) / 2).clip(0)
        distance = {"root": distance["root"] + np.sqrt(divergence), "divergence": distance["divergence"] + divergence}
    empty = (counts[:, 0].sum(axis=-1) == 0).any(axis=0)
    return {name: np.where(empty, np.nan, (values >= values[0]).mean(axis=0)) for name, values in distance.items()}


def _entropy(profiles: Floats) -> Floats:
    """Shannon's entropy along the last axis, in single precision: half a billion of them are asked for."""
    return -np.einsum("...k,...k->...", profiles, np.log(profiles + _TINY))
