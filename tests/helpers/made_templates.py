"""Small made-up templates, for tests only."""

import shutil
import subprocess
import sys
from pathlib import Path

import made
import nbformat
from made import REPOSITORY
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

KERNEL = {"name": "python3", "language": "python", "display_name": "Python 3"}
PARAMETERS = 'coder = "either"  # one of A, B, either, both\nseed = 7'
CASE = """\
import csv, json, pathlib
from compendium.dataset import dates
from IPython.display import display
rows = list(csv.DictReader(open(pathlib.Path("../../../data/cases", case, "statements.csv"), encoding="utf-8")))
entry = {"value": len(rows), "text": str(len(rows)), "interval": str(len(rows)), "meaning": "statements"}
display({"application/vnd.compendium.results+json": {"statements": entry}, "text/plain": coder}, raw=True)
"""
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


def laid(root: Path) -> Path:
    """Lay a made-up project with two cases into a folder, as a reader would clone it."""
    made.project(root)
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


def called(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder."""
    command = [sys.executable, "-c", "import sys; from compendium.cli import main; sys.exit(main())"]
    return subprocess.run([*command, *arguments], cwd=root, capture_output=True, text=True, timeout=120)
