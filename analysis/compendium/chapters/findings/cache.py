"""Cached multiverses of the project's findings."""

from pathlib import Path

from compendium.chapters.cache import cached_result
from compendium.chapters.cache import project_digest as made_from_cache
from compendium.chapters.findings import multiverse
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Multiverse


def cached_multiverses(root: Path, indicator_tables: IndicatorTables, seed: int) -> dict[str, Multiverse]:
    """As :func:`compendium.chapters.findings.multiverse.compute_multiverses`, of the project's own sheets."""
    found: dict[str, Multiverse] = cached_result(
        root, _compute_multiverses, made_from_cache(root), indicator_tables, seed, ignore=["indicator_tables"]
    )
    return found


def _compute_multiverses(digest: str, indicator_tables: IndicatorTables, seed: int) -> dict[str, Multiverse]:
    return multiverse.compute_multiverses(indicator_tables, seed)
