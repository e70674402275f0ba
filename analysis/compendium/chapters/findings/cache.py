"""Cached multiverses of the project's findings."""

from pathlib import Path

from compendium.chapters.cache import cached_result, code_digest, data_digest
from compendium.chapters.findings import multiverse
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Multiverse


def cached_multiverses(root: Path, indicator_tables: IndicatorTables, seed: int) -> dict[str, Multiverse]:
    """Result of :func:`multiverse.compute_multiverses` for the indicator tables of the project at ``root``."""
    digests = (data_digest(root), code_digest(multiverse))
    multiverses: dict[str, Multiverse] = cached_result(
        root, _compute_multiverses, digests, indicator_tables, seed, ignore=["indicator_tables"]
    )
    return multiverses


def _compute_multiverses(
    digests: tuple[str, str], indicator_tables: IndicatorTables, seed: int
) -> dict[str, Multiverse]:
    return multiverse.compute_multiverses(indicator_tables, seed)
