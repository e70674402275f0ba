"""The book appears when it is without a fault; else the one that was built before stays."""

import resource
import shutil
from functools import partial
from pathlib import Path

import pytest
from kinds import Command
from made_templates import called, laid


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(finished, tmp_path / "project")


@pytest.fixture
def built(project: Path) -> Path:
    return project / "_build" / "html"


def test_a_book_is_built_and_unchanged_is_said_at_once(tmp_path: Path) -> None:
    """In one folder: another place would be a reason to build again."""
    project = laid(tmp_path / "anew")
    compendium, built = partial(called, project), project / "_build" / "html"
    assert "The book is built" in compendium("book").stdout
    assert (built / "book" / "cases" / "aland" / "talk.html").exists()
    assert [path.name for path in built.parent.iterdir()] == ["html"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    again = compendium("book")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1, "seconds of processor time"
    assert "already up to date" in again.stdout
    assert str(built / "index.html") in again.stdout
    assert (built / "index.html").as_uri() in again.stdout

    (project / "book" / "index.md").write_text("# Made up anew\n")
    assert "The book is built" in compendium("book").stdout
    assert "Made up anew" in (built / "book" / "index.html").read_text(encoding="utf-8")


def test_a_warning_keeps_the_old_book_and_is_told(project: Path, compendium: Command, built: Path) -> None:
    before = files(built)
    (project / "book" / "index.md").write_text("# Made up\n\n{doc}`nowhere`\n")
    (project / "book" / "cases" / "aland" / "no-title.md").write_text("No title, {doc}`here` neither.\n")
    for _ in range(2):  # it must not pass the second time, with the warning forgotten
        failed = compendium("book")
        assert failed.returncode == 1
        assert "book/index.md:3: WARNING: unknown document" in failed.stdout
        assert "no-title.md" in failed.stdout, "all faults at once"
        assert files(built) == before


def test_a_page_of_a_case_that_is_gone_is_gone(project: Path, compendium: Command, built: Path) -> None:
    before = files(built)
    case = project / "data" / "cases" / "bland"
    case.rename(project / "bland")
    assert compendium("book").returncode == 0
    assert not [path for path in built.rglob("*") if "bland" in path.name]
    assert "cases/bland" not in (built / "book" / "index.html").read_text(encoding="utf-8")
    (project / "bland").rename(case)
    assert compendium("book").returncode == 0
    assert files(built).keys() == before.keys()
    assert {name for name, content in files(built).items() if before[name] != content} <= {".buildinfo", "objects.inv"}


@pytest.mark.parametrize(
    ("table", "old", "new", "place"),
    [
        ("codings", ",threat", ",treat", "codings.csv:6: column code_id: 'treat'"),
        ("measures", ",2008,2008-06,", ",2008,2007-06,", "measures.csv:2: column end: '2007-06'"),
        ("documents", "Nobody", "Niemand für", "documents.csv:2: "),
    ],
    ids=["unknown code", "end before start", "Latin-1"],
)
def test_faulty_data_are_refused_and_nothing_is_touched(
    project: Path, compendium: Command, built: Path, table: str, old: str, new: str, place: str
) -> None:
    path = project / "data" / "cases" / "aland" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode("latin-1"))
    before = files(project / "book") | files(built) | files(project / "results")
    failed = compendium("book")
    assert failed.returncode == 1
    assert f"data/cases/aland/{place}" in failed.stdout
    assert "done" not in failed.stdout, "nothing was run"
    assert files(project / "book") | files(built) | files(project / "results") == before
