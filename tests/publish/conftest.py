"""Fixtures of the publishing floor: the made-up project with small templates and a book of one page."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import made
import nbformat
import pytest
from made import REPOSITORY
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

KERNEL = {"name": "python3", "language": "python", "display_name": "Python 3"}
PARAMETERS = 'coder = "either"  # one of A, B, either, both\nseed = 7'
CASE = '''\
import csv, json, pathlib
from IPython.display import display
rows = list(csv.DictReader(open(pathlib.Path("../../../data/cases", case, "statements.csv"), encoding="utf-8")))
entry = {"value": len(rows), "text": str(len(rows)), "interval": str(len(rows)), "meaning": "statements"}
display({"application/vnd.compendium.results+json": {"statements": entry}, "text/plain": coder}, raw=True)
'''
ACROSS = 'import pathlib\nsorted(p.parent.name for p in pathlib.Path("../../../data/cases").glob("*/case.yml"))'
CONFIG = 'title: Made up\nauthor: Nobody\nonly_build_toc_files: true\nexecute:\n  execute_notebooks: "off"\n'
CONTENTS = "format: jb-book\nroot: book/index\nchapters:\n- glob: book/cases/*/*\n- glob: book/across/*\n"


def write_template(path: Path, *cells: str, parameters: str = PARAMETERS) -> Path:
    """A template of a title, a ``parameters`` cell (unless empty) and these code cells."""
    declared = [new_code_cell(parameters, metadata={"tags": ["parameters"]})] if parameters else []
    notebook = new_notebook(cells=[new_markdown_cell(f"# {path.stem}"), *declared, *map(new_code_cell, cells)])
    notebook.metadata.kernelspec = KERNEL
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a made-up project with two cases, as a reader would clone it."""
    root = made.project(tmp_path / "project")
    (root / "analysis").mkdir()
    shutil.copy(REPOSITORY / "analysis" / "dodo.py", root / "analysis")
    notebooks = root / "analysis" / "notebooks"
    write_template(notebooks / "cases" / "talk.ipynb", CASE, parameters=f'case = "aland"\n{PARAMETERS}')
    write_template(notebooks / "across" / "both.ipynb", ACROSS)
    (root / "book").mkdir()
    (root / "book" / "index.md").write_text("# Made up\n")
    (root / "_config.yml").write_text(CONFIG)
    (root / "_toc.yml").write_text(CONTENTS)
    return root


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def compendium(project: Path) -> Command:
    """Runs the command line in the made-up project."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import sys; from compendium.publish.cli import main; sys.exit(main())"]
        return subprocess.run([*command, *arguments], cwd=project, capture_output=True, text=True, timeout=120)

    return run
