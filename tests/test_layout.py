"""The layout of the package: which folder may import which, and what may not be in them (see CONTRIBUTING.md)."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from made import REPOSITORY

PACKAGE = REPOSITORY / "analysis" / "compendium"
LEVELS = [
    {"errors", "dependencies"},
    {"stats"},
    {"dataset"},
    {"reporting"},
    {"chapters"},
    {"curation", "publishing"},
    {"cli"},
]
"""Folders and modules of the package: each imports only those before it, and none of its own level."""
MAY_REPEAT = {"setup", "main"}
NOT_OF_THE_PACKAGE = {"browser", "helpers", "records"}

Imports = dict[Path, set[Path]]


def level_of(name: str) -> int:
    return next(level for level, names in enumerate(LEVELS) if name in names)


def top(module: Path) -> str:
    """The folder, or the module, directly below the package."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def chapter(module: Path) -> str:
    return module.relative_to(PACKAGE / "chapters").parts[0].removesuffix(".py")


def module_file(dotted: str) -> Path | None:
    base = PACKAGE.parent / dotted.replace(".", "/")
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def imported_files(code: str) -> Iterator[Path]:
    """Modules of the package that code imports, at its top or within a function."""
    for node in ast.walk(ast.parse(code)):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if module_file(name) else node.module for name in names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.split(".")[0] == "compendium" and (path := module_file(name)):
                yield path


@pytest.fixture(scope="module")
def imports() -> Imports:
    modules = (path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
    return {
        path: set(imported_files(path.read_text(encoding="utf-8"))) - {path, PACKAGE / "__init__.py"}
        for path in modules
    }


def test_every_folder_has_its_level() -> None:
    names = {
        path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.name not in ("__init__.py", "__pycache__")
    }
    assert names == set().union(*LEVELS)


def test_a_folder_imports_only_folders_below_it(imports: Imports) -> None:
    upwards = [
        f"{module.relative_to(PACKAGE)} imports {other.relative_to(PACKAGE)}"
        for module, others in imports.items()
        for other in others
        if top(module) != top(other) and level_of(top(other)) >= level_of(top(module))
    ]
    assert not upwards, "\n".join(upwards)


def test_an_upward_import_would_be_seen() -> None:
    code = "def late():\n    from compendium.chapters import comparison\n    from compendium.dataset import evidence\n"
    assert {top(path) for path in imported_files(code)} == {"chapters", "dataset"}


def test_chapters_do_not_import_each_other_in_a_circle(imports: Imports) -> None:
    graph: dict[str, set[str]] = defaultdict(set)
    for module, others in imports.items():
        if top(module) == "chapters":
            graph[chapter(module)] |= {chapter(other) for other in others if top(other) == "chapters"} - {
                chapter(module)
            }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"chapters import each other in a circle: {' -> '.join(error.args[1])}")


def test_formats_import_nothing_of_the_project(imports: Imports) -> None:
    formats = PACKAGE / "curation" / "formats"
    outside = [
        f"{module.name} imports {other.relative_to(PACKAGE)}"
        for module, others in imports.items()
        if formats in module.parents
        for other in others
        if formats not in other.parents
    ]
    assert not outside, "\n".join(outside)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_an_init_module_holds_a_docstring_and_nothing_else(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) and len(tree.body) == 1, f"{path}: an import here makes every notebook stale"


def test_plot_data_only_shape_what_analysis_computed(imports: Imports) -> None:
    wrong = [
        f"{module.relative_to(PACKAGE)} imports {other.relative_to(PACKAGE)}"
        for module, others in imports.items()
        if module.name == "plot_data.py"
        for other in others
        if other.name in ("analysis.py", "theme.py") or top(other) == "stats"
    ]
    assert not wrong, "\n".join(wrong)


def test_inline_values_compute_no_statistics(imports: Imports) -> None:
    """A number in a sentence comes from the frame that the chart shows."""
    wrong = [
        f"{module.relative_to(PACKAGE)} imports {other.relative_to(PACKAGE)}"
        for module, others in imports.items()
        if module.name == "inline_values.py" and top(module) == "chapters"
        for other in others
        if top(other) == "stats" and other.stem != "arrays"
    ]
    assert not wrong, "\n".join(wrong)


def public_names(module: Path) -> Iterator[str]:
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def test_a_public_name_is_defined_once() -> None:
    modules: dict[str, list[str]] = defaultdict(list)
    for module in sorted(PACKAGE.rglob("*.py")):
        for name in set(public_names(module)):
            if not name.startswith("_") and name not in MAY_REPEAT:
                modules[name].append(module.relative_to(PACKAGE).as_posix())
    twice = {name: places for name, places in modules.items() if len(places) > 1}
    assert not twice, twice


def test_tests_have_the_folders_of_the_package() -> None:
    tests = REPOSITORY / "tests"
    folders = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")}
    own = {folder for folder in folders if folder.parts and folder.parts[0] not in NOT_OF_THE_PACKAGE}
    missing = [folder.as_posix() for folder in own if not (PACKAGE / folder).is_dir()]
    assert not missing, f"tests in folders that the package does not have: {missing}"
