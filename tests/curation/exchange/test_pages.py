"""A case that was brought has its pages with no other step, and says what is not known."""

import shutil
from pathlib import Path

import nbformat
import pytest
from compendium.publishing.pipeline import execution, notebooks
from kinds import Call
from made import REPOSITORY
from rich_project import rich

NOTEBOOKS = REPOSITORY / "analysis/notebooks"
PAGES = sorted(path.stem for path in (NOTEBOOKS / "cases").glob("*.ipynb"))


@pytest.fixture
def brought(call: Call, home: Path, tmp_path: Path) -> Path:
    """The made-up project with one more case, brought from elsewhere."""
    shutil.copytree(NOTEBOOKS, home / "analysis/notebooks")
    assert call("import", rich(tmp_path / "in.qdpx"), "--case", "brought")[0] == 0
    return home


def test_only_a_case_with_own_codes_has_a_page_for_them(brought: Path) -> None:
    names = {job.name for job in notebooks.list_jobs(brought) if job.notebook == "owncodes"}
    assert names == {"brought/owncodes"}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_made(page: str, brought: Path) -> None:
    job = notebooks.Job(str(brought), "brought", page, {"case": "brought"}, cell_timeout_s=120)
    execution.run_notebook(job)
    notebook = nbformat.read(job.target, 4)
    numbers = execution.published_values(notebook)
    if page == "owncodes":
        assert {name: numbers[name]["text"] for name in ("codes", "used", "coders", "statements")} == {
            "codes": "3",
            "used": "3",
            "coders": "2",
            "statements": "4",
        }
    if page == "discourse":
        assert numbers["partnership_share"]["text"] == "not known", (
            "not read with the shared codebook is not nothing found"
        )
