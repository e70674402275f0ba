"""Which of the package's modules a piece of code reaches: those that it imports, what these import, and so on.

Import statements are found by a pattern. Parsing would take twenty times as long, and this is asked at every start;
what looks like an import and is none (in a docstring) makes at worst a notebook stale once too often.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_IMPORT_STATEMENT = re.compile(
    r"^[ \t>]*(?:from (compendium[\w.]*) import (\([^)]*\)|.*)|import (compendium[\w.]*))", re.M
)


def required_files(package: Path, code: str) -> set[Path]:
    """The files of the package that ``code`` needs.

    Parameters
    ----------
    package : Path
        The folder of the package ``compendium``.
    code : str
        Python, or the name of one module as an import statement.
    """
    found: set[Path] = set()
    waiting = _imported_files(package, code)
    while waiting:
        path = waiting.pop()
        found.add(path)
        waiting |= _module_imports(package, path) - found
    return found


@cache
def _module_imports(package: Path, module: Path) -> frozenset[Path]:
    return frozenset(_imported_files(package, module.read_text(encoding="utf-8")))


def _imported_files(package: Path, code: str) -> set[Path]:
    return {path for name in _module_names(code) for path in _module_files(package, name)}


def _module_names(code: str) -> Iterator[str]:
    """Dotted names that may be modules; of ``from a import b`` both ``a`` and ``a.b``."""
    for origin, imported, plain in _IMPORT_STATEMENT.findall(code):
        yield origin or plain
        yield from (f"{origin}.{name}" for name in re.findall(r"(\w+)(?: as \w+)?", imported))


def _module_files(package: Path, name: str) -> Iterator[Path]:
    """The files that importing a module runs: its own, and ``__init__.py`` of each package above it."""
    *above, last = name.split(".")[1:] or ["__init__"]
    folders = [package.joinpath(*above[:depth]) for depth in range(len(above) + 1)]
    files = [
        *(folder / "__init__.py" for folder in folders),
        folders[-1] / f"{last}.py",
        folders[-1] / last / "__init__.py",
    ]
    yield from (file for file in files if file.is_file())
