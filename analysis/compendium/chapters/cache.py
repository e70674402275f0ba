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

_MAX_RESULTS = 12
_LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn")


def project_digest(root: Path) -> str:
    """A digest of the project's tables and of what computes."""
    tables = (path for suffix in ("csv", "yml", "json") for path in (root / "data").rglob(f"*.{suffix}"))
    contents = [(path.name, path.read_bytes()) for path in sorted(tables)]
    return hashlib.sha256(repr([*contents, code_digest()]).encode()).hexdigest()


def code_digest() -> str:
    """A digest of this package's modules and of the libraries that compute."""
    modules = [(path.name, path.read_bytes()) for path in sorted(Path(__file__).parent.parent.rglob("*.py"))]
    libraries = [(name, version(name).encode()) for name in _LIBRARIES]
    return hashlib.sha256(repr(modules + libraries).encode()).hexdigest()


def cached_result(root: Path, function: Callable[..., Any], *arguments: Any, ignore: Sequence[str] = ()) -> Any:
    memory = Memory(root / ".cache" / "memory", verbose=0)
    found = memory.cache(function, ignore=list(ignore))(*arguments)
    memory.reduce_size(items_limit=_MAX_RESULTS)
    return found
