"""Fixtures of the publishing floor: the made-up project with small templates and a book of one page."""

import shutil
import subprocess
import sys
from pathlib import Path

import made
import pytest
from kinds import Command
from made import REPOSITORY
from made_templates import ACROSS, CASE, CONFIG, CONTENTS, PARAMETERS, write_template


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


@pytest.fixture
def compendium(project: Path) -> Command:
    """Runs the command line in the made-up project."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import sys; from compendium.publish.cli import main; sys.exit(main())"]
        return subprocess.run([*command, *arguments], cwd=project, capture_output=True, text=True, timeout=120)

    return run
