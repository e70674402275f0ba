"""Find the package files that a piece of code imports, directly or through other modules.

Import statements are found with a regular expression, because parsing takes twenty times as long and this runs at every
start. A false match, such as an import in a docstring, can only make a notebook stale without need.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_IMPORT_STATEMENT = re.compile(
    r"^[ \t>]*(?:from (compendium[\w.]*) import (\([^)]*\)|.*)|import (compendium[\w.]*))", re.M
)


def required_files(package: Path, code: str) -> set[Path]:
    """Files of the package that ``code`` needs.

    Parameters
    ----------
    package : Path
        Folder of the package ``compendium``.
    code : str
        Python code, or a single import statement.

    Returns
    -------
    set of Path
        Modules and the ``__init__.py`` of their packages.
    """
    required: set[Path] = set()
    pending = _imported_files(package, code)
    while pending:
        path = pending.pop()
        required.add(path)
        pending |= _module_imports(package, path) - required
    return required


@cache
def _module_imports(package: Path, module: Path) -> frozenset[Path]:
    """Files that a module imports directly."""
    return frozenset(_imported_files(package, module.read_text(encoding="utf-8")))


def _imported_files(package: Path, code: str) -> set[Path]:
    """Files that ``code`` imports directly."""
    return {path for name in _module_names(code) for path in _module_files(package, name)}


def _module_names(code: str) -> Iterator[str]:
    """Yield the dotted names that may be modules: both ``a`` and ``a.b`` for ``from a import b``."""
    for origin, imported, module in _IMPORT_STATEMENT.findall(code):
        yield origin or module
        yield from (f"{origin}.{name}" for name in re.findall(r"(\w+)(?: as \w+)?", imported))


def _module_files(package: Path, name: str) -> Iterator[Path]:
    """Yield the files that importing a module runs: the module and the ``__init__.py`` of each package above it."""
    *parents, last = name.split(".")[1:] or ["__init__"]
    folders = [package.joinpath(*parents[:depth]) for depth in range(len(parents) + 1)]
    files = [
        *(folder / "__init__.py" for folder in folders),
        folders[-1] / f"{last}.py",
        folders[-1] / last / "__init__.py",
    ]
    yield from (file for file in files if file.is_file())
