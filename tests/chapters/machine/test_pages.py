"""The chapters on the machine, run: on a project of two small cases, and on one with a single case."""

import shutil
from pathlib import Path

import made
import pytest
from compendium.publishing.pipeline import execution
from template_runs import check, copy_of_notebooks, run

PAGES = ["machine", "sotu"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_notebooks(made.project(tmp_path_factory.mktemp("small") / "project"))


@pytest.mark.parametrize("page", PAGES)
def test_a_small_project_has_its_pages(small: Path, page: str) -> None:
    check(run(small, "across", page))


def test_of_a_small_project_the_machine_is_of_little_use_and_says_so(small: Path) -> None:
    numbers = execution.published_values(run(small, "across", "machine"))
    assert numbers["statements"]["value"] == 7
    assert numbers["useless_cases"]["value"] >= 5


@pytest.mark.parametrize("page", PAGES)
def test_one_case_alone_has_its_pages(small: Path, tmp_path: Path, page: str) -> None:
    """Without a case to leave out, what is not known is said to be so."""
    root = tmp_path / "alone"
    shutil.copytree(small, root, ignore=shutil.ignore_patterns("book", ".cache"))
    shutil.rmtree(root / "data/cases/bland")
    for table in ("documents", "statements", "codings", "events", "arrangements", "links"):
        made.write(root / "data/architecture", table, [])
    check(run(root, "across", page))


def test_a_chapter_is_the_same_at_each_run(small: Path) -> None:
    run(small, "across", "machine")
    first = (small / "book/across/machine.ipynb").read_bytes()
    run(small, "across", "machine")
    assert (small / "book/across/machine.ipynb").read_bytes() == first
