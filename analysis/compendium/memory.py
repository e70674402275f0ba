"""All universes of all findings, kept in ``.cache``: notebooks, exports and tests need them, and they take long."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from joblib import Memory

from compendium import robustness
from compendium.robustness import Multiverse
from compendium.sheets import Sheets

KEPT = 4


def multiverses(root: Path, known: Sheets, seed: int) -> dict[str, Multiverse]:
    """As :func:`compendium.robustness.multiverses`; from memory when data, code and libraries are as they were."""
    memory = Memory(root / ".cache" / "memory", verbose=0)
    found: dict[str, Multiverse] = memory.cache(_computed, ignore=["known"])(made_from(root), known, seed)
    memory.reduce_size(items_limit=KEPT)
    return found


def made_from(root: Path) -> str:
    """A digest of the project's tables, this package's modules and the libraries that compute."""
    tables = (path for suffix in ("csv", "yml", "json") for path in (root / "data").rglob(f"*.{suffix}"))
    contents = [(path.name, path.read_bytes()) for path in sorted([*tables, *Path(__file__).parent.glob("*.py")])]
    libraries = [(name, version(name).encode()) for name in ("numpy", "pandas", "scipy")]
    return hashlib.sha256(repr(contents + libraries).encode()).hexdigest()


def _computed(made_from: str, known: Sheets, seed: int) -> dict[str, Multiverse]:
    return robustness.multiverses(known, seed)
