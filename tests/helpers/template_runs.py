"""Runs of notebook templates in a copy of the project."""

import json
import re
import shutil
from pathlib import Path

import made
import nbformat
from compendium.publishing.pipeline import execution, notebooks
from made import REPOSITORY
from nbformat import NotebookNode

NOTEBOOKS = REPOSITORY / "analysis/notebooks"


MISSING = re.compile(r"\b(nan|null|None)\b(?! on record)|NaN")


NUMBER = re.compile(r"\{val\}`([^`|]+)")


def prose(notebook: NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def copy_of_notebooks(root: Path) -> Path:
    shutil.copytree(NOTEBOOKS, root / "analysis/notebooks")
    return root


def run(root: Path, part: str, notebook: str, **parameters: object) -> NotebookNode:
    given = {**({} if part == "across" else {"case": part}), **parameters}
    job = notebooks.Job(str(root), part, notebook, given, cell_timeout_s=60)
    execution.run_notebook(job)  # refuses errors, warnings and notebooks that show nothing
    return nbformat.read(job.target, 4)


def shown(notebook: NotebookNode) -> str:
    """All that a reader sees of the outputs: words, tables, the text of drawings."""
    bundles = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    seen = [bundle.get(kind, "") for bundle in bundles for kind in ("text/markdown", "text/html", "image/svg+xml")]
    seen += [bundle.get("text/plain", "") for bundle in bundles if "image/svg+xml" in bundle]
    return re.sub(r"<[^>]*>", " ", " ".join(map(str, seen)))


def check(notebook: NotebookNode) -> None:
    """Nothing reads as a missing number, and prose cites what the notebook publishes."""
    assert not MISSING.search(shown(notebook)), shown(notebook)
    results = execution.published_values(notebook)
    assert {name[1:] for name in NUMBER.findall(prose(notebook)) if name.startswith(".")} <= set(results)
    for name, entry in results.items():
        assert entry["meaning"], name
        assert not MISSING.search(f"{entry['text']} {entry['interval']}"), name
    json.dumps(notebook, allow_nan=False)


def young_project(folder: Path) -> Path:
    """The made-up project with two more cases: young has statements only, lone a single document."""
    root = copy_of_notebooks(made.project(folder))
    for case in ("young", "lone"):
        folder = made.add_case(root, case)
        for table in ("partnerships", "commitments", "measures", "events"):
            made.write(folder, table, [])
    own = [{"document_id": f"young-d{number}", "case_id": "young"} for number in (1, 2)]
    made.write(root / "data/cases/young", "documents", own)
    said = [made.statement("young-d1", 1), made.statement("young-d1", 2), made.statement("young-d2", 1)]
    made.write(root / "data/cases/young", "statements", said)
    made.write(root / "data/cases/lone", "documents", [{"document_id": "lone-d1", "case_id": "lone", "date": ""}])
    for table in ("statements", "codings"):
        made.write(root / "data/cases/lone", table, [])
    package = made.descriptor(*made.CASES, "young", "lone")
    (root / "data/datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return root


def templates_beside_data(folder: Path) -> Path:
    """The project's templates beside its data, to be run with other parameters."""
    root = copy_of_notebooks(folder)
    (root / "data").symlink_to(REPOSITORY / "data")
    return root
