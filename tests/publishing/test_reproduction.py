"""The whole compendium, made again in a copy that holds none of its outputs: nothing may differ from the record."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kinds import Command
from made import REPOSITORY

pytestmark = pytest.mark.slow

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".cache", "_build", ".*_cache", "__pycache__", "*.egg-info", ".hyp*")
UNTRACKED = {".cache", "_build", "__pycache__"}
RECORD = ("book/cases/*/*.ipynb", "book/across/*.ipynb", "results/*")


def files(root: Path) -> dict[str, bytes]:
    """Every file that git would see, by path."""
    paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {path.as_posix(): (root / path).read_bytes() for path in paths if not UNTRACKED & set(path.parts)}


def pages(root: Path) -> set[str]:
    html = root / "_build" / "html"
    return {path.relative_to(html).as_posix() for path in html.rglob("*.html")}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project as it stands here, less all that is made."""
    root = tmp_path_factory.mktemp("reproduction") / "compendium"
    shutil.copytree(REPOSITORY, root, ignore=LEFT_OUT)
    for pattern in RECORD:
        for path in root.glob(pattern):
            path.unlink()
    return root


@pytest.fixture(scope="module")
def compendium(copy: Path) -> Command:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import sys; from compendium.cli import main; sys.exit(main())"]
        environment = os.environ | {"PYTHONPATH": str(copy / "analysis")}
        return subprocess.run([*command, *arguments], cwd=copy, env=environment, capture_output=True, text=True)

    return run


@pytest.fixture(scope="module")
def book(compendium: Command) -> Iterator[str]:
    """The book, made from nothing."""
    done = compendium("book")
    assert done.returncode == 0, done.stdout + done.stderr
    yield done.stdout


def test_made_again_nothing_differs(book: str, copy: Path, tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY, tmp_path / "record", ignore=LEFT_OUT)
    record, again = files(tmp_path / "record"), files(copy)
    assert sorted(again) == sorted(record)
    assert [name for name in record if again[name] != record[name]] == []
    assert [name for name in record if name.startswith("book/cases/")], "there are notebooks to compare"


def test_unchanged_is_said_at_once(book: str, compendium: Command) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    again = compendium("book")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "already up to date" in again.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1, "seconds of processor time"


def test_a_case_can_be_taken_out_and_put_back(book: str, copy: Path, compendium: Command, tmp_path: Path) -> None:
    before, before_pages = files(copy), pages(copy)
    case = min(path for path in (copy / "data" / "cases").iterdir())
    shutil.move(case, tmp_path / case.name)
    without = compendium("book")
    assert without.returncode == 0, without.stdout
    assert not [name for name in files(copy) if f"/{case.name}/" in name or name == f"results/{case.name}.json"]
    assert not [page for page in pages(copy) if f"cases/{case.name}/" in page]
    links = [page for page in pages(copy) if f"cases/{case.name}/" in (copy / "_build/html" / page).read_text("utf-8")]
    assert links == [], "no page leads to a page of the case"
    shutil.move(tmp_path / case.name, case)
    again = compendium("book")
    assert again.returncode == 0, again.stdout
    assert files(copy) == before
    assert pages(copy) == before_pages
