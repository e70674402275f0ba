"""Cached multiverses of the project's findings."""

from pathlib import Path

from compendium.chapters.cache import cached_result, code_digest, data_digest
from compendium.chapters.findings import multiverse
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Multiverse


def cached_multiverses(root: Path, indicator_tables: IndicatorTables, seed: int) -> dict[str, Multiverse]:
    """Compute the multiverses of all findings, or read them from the cache.

    Parameters
    ----------
    root : Path
        Folder of the project. The cache key is its data, and the code of the multiverse module.
    indicator_tables : IndicatorTables
        Indicator tables of the same project.
    seed : int

    Returns
    -------
    dict
        Finding id to the result of :func:`compendium.chapters.findings.multiverse.finding_multiverse`.

    Examples
    --------
    >>> from compendium.chapters.findings.indicators import load_indicator_tables
    >>> from compendium.dataset.evidence import find_root
    >>> multiverses = cached_multiverses(find_root(), load_indicator_tables(find_root()), seed=20101130)
    >>> multiverses["F01"].finding_id
    'F01'
    """
    digests = (data_digest(root), code_digest(multiverse))
    multiverses: dict[str, Multiverse] = cached_result(
        root, _compute_multiverses, digests, indicator_tables, seed, ignore=["indicator_tables"]
    )
    return multiverses


def _compute_multiverses(
    digests: tuple[str, str], indicator_tables: IndicatorTables, seed: int
) -> dict[str, Multiverse]:
    return multiverse.compute_multiverses(indicator_tables, seed)
