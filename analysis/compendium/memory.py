"""What takes long and several notebooks, exports and tests need, kept in ``.cache``.

Each function here gives what the one that it names computes; from memory when its arguments, this package and the
libraries are as they were, and the data where they are no argument.
"""

import hashlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from joblib import Memory

from compendium import learn, machine, robustness
from compendium.learn import Guess, Lessons, Machine
from compendium.robustness import Multiverse
from compendium.sheets import Sheets

KEPT = 12
LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn")


def multiverses(root: Path, known: Sheets, seed: int) -> dict[str, Multiverse]:
    """As :func:`compendium.robustness.multiverses`, of the project's own sheets."""
    found: dict[str, Multiverse] = _remembered(root, _multiverses, made_from(root), known, seed, ignore=["known"])
    return found


def guesses(root: Path, known: Lessons) -> dict[str, Guess]:
    """As :func:`compendium.machine.tests`."""
    found: dict[str, Guess] = _remembered(root, _guesses, computed_by(), known)
    return found


def trained(root: Path, known: Lessons) -> Machine:
    """As :func:`compendium.learn.train`."""
    found: Machine = _remembered(root, _trained, computed_by(), known)
    return found


def made_from(root: Path) -> str:
    """A digest of the project's tables and of what computes."""
    tables = (path for suffix in ("csv", "yml", "json") for path in (root / "data").rglob(f"*.{suffix}"))
    contents = [(path.name, path.read_bytes()) for path in sorted(tables)]
    return hashlib.sha256(repr([*contents, computed_by()]).encode()).hexdigest()


def computed_by() -> str:
    """A digest of this package's modules and of the libraries that compute."""
    modules = [(path.name, path.read_bytes()) for path in sorted(Path(__file__).parent.glob("*.py"))]
    libraries = [(name, version(name).encode()) for name in LIBRARIES]
    return hashlib.sha256(repr(modules + libraries).encode()).hexdigest()


def _remembered(root: Path, computed: Callable[..., Any], *arguments: Any, ignore: Sequence[str] = ()) -> Any:
    memory = Memory(root / ".cache" / "memory", verbose=0)
    found = memory.cache(computed, ignore=list(ignore))(*arguments)
    memory.reduce_size(items_limit=KEPT)
    return found


# joblib keeps what a function gave for the arguments that it had, one of which is the digest.


def _multiverses(made_from: str, known: Sheets, seed: int) -> dict[str, Multiverse]:
    return robustness.multiverses(known, seed)


def _guesses(computed_by: str, known: Lessons) -> dict[str, Guess]:
    return machine.tests(known)


def _trained(computed_by: str, known: Lessons) -> Machine:
    return learn.train(known)
