"""Results that take long to compute, kept in ``.cache`` for the notebooks, exports and tests that share them.

A result is computed again when an argument, the code that computes it or a library has changed. Code means the modules
that the computation imports, so that editing a caption discards nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from joblib import Memory

from compendium import dependencies

_PACKAGE = Path(dependencies.__file__).parent
_MAX_RESULTS = 12
_LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn")


def data_digest(root: Path) -> str:
    """SHA-256 of all tables of the project and of their descriptions."""
    tables = (path for suffix in ("csv", "yml", "json") for path in (root / "data").rglob(f"*.{suffix}"))
    return _digest((path.relative_to(root).as_posix(), path.read_bytes()) for path in sorted(tables))


def code_digest(module: ModuleType) -> str:
    """SHA-256 of a module, of every module that it imports, and of the versions of the numerical libraries."""
    files = sorted(dependencies.required_files(_PACKAGE, f"import {module.__name__}"))
    modules = [(path.relative_to(_PACKAGE).as_posix(), path.read_bytes()) for path in files]
    return _digest([*modules, *((name, version(name).encode()) for name in _LIBRARIES)])


def cached_result(root: Path, function: Callable[..., Any], *arguments: Any, ignore: Sequence[str] = ()) -> Any:
    """The result of a function, from the cache if it was called with equal arguments before.

    Parameters
    ----------
    root : Path
        The project's folder.
    function : callable
        A function at module level; joblib identifies it by its name and source.
    ignore : sequence of str
        Names of parameters that do not decide whether a cached result fits.
    """
    memory = Memory(root / ".cache" / "memory", verbose=0)
    result = memory.cache(function, ignore=list(ignore))(*arguments)
    memory.reduce_size(items_limit=_MAX_RESULTS)
    return result


def _digest(contents: Iterable[tuple[str, bytes]]) -> str:
    return hashlib.sha256(repr(list(contents)).encode()).hexdigest()
