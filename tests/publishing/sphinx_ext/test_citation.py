"""How to cite a page and report a mistake, and what the colophon tells of a build."""

import importlib.metadata
import json
from email.message import Message
from pathlib import Path

import pytest
from compendium.publishing.pipeline import durations, notebooks
from compendium.publishing.sphinx_ext import citation, colophon
from compendium.publishing.sphinx_ext.citation import Citation, Work
from made_book import made_book
from made_templates import ACROSS, write_template

WORK = """\
cff-version: 1.2.0
message: Please cite it.
title: A made-up book
version: 0.3.0
authors:
  - name: The makers
  - family-names: Writer
    given-names: Ann
"""


@pytest.fixture
def work(tmp_path: Path) -> Work:
    """A made-up work as its CITATION.cff tells of it."""
    (tmp_path / "CITATION.cff").write_text(WORK)
    found = Work.from_citation_file(tmp_path)
    assert found
    return found


def test_a_page_is_cited_with_version_day_and_commit(work: Work) -> None:
    """All that it takes to find the same state again."""
    page = Citation(work, "Talk", "2011-02-03", "abc123", "")
    text = "The makers; Writer, Ann (2011). “Talk”. In: A made-up book, version 0.3.0 of 2011-02-03, commit abc123."
    assert page.text == text
    assert page.bibtex.startswith(
        "@incollection{talk-2011,\n  author = {{The makers; Writer, Ann}},\n  title = {Talk},"
    )
    assert "url" not in page.bibtex


def test_what_is_not_known_is_left_out(work: Work) -> None:
    """A book outside of git has no commit; one with a public address gives it."""
    page = Citation(work, "Talk", "2011-02-03", "", "https://example.org/talk.html")
    assert page.text.endswith("version 0.3.0 of 2011-02-03. https://example.org/talk.html")
    assert "note" not in page.bibtex
    assert "url = {https://example.org/talk.html}" in page.bibtex


def test_without_a_citation_file_there_is_nothing_to_cite(tmp_path: Path) -> None:
    assert Work.from_citation_file(tmp_path) is None


@pytest.mark.parametrize(
    ("url", "edit", "tell"),
    [
        ("https://forge.example/a/b/", "/edit/main/book/a%20b.md", "/issues/new?title=Talk%3A%20"),
        ("https://gitlab.example/a/b", "/-/edit/main/book/a%20b.md", "/-/issues/new?issue[title]=Talk%3A%20"),
    ],
)
def test_a_repository_with_an_address_is_linked(url: str, edit: str, tell: str) -> None:
    """To the source of the page, and to the place for telling of a fault."""
    found = citation.forge_links({"repository_url": url}, "book/a b.md", "Talk")
    assert found == {"edit": url.rstrip("/") + edit, "tell": url.rstrip("/") + tell}


def test_a_repository_without_an_address_gives_no_dead_link() -> None:
    assert citation.forge_links({"repository_url": ""}, "book/a.md", "Talk") == {}


def test_the_source_of_a_page_is_what_one_would_edit(tmp_path: Path) -> None:
    """The template of a notebook, not the record that it makes."""
    template = write_template(tmp_path / "analysis/notebooks/across/both.ipynb", ACROSS)
    assert citation.page_source(tmp_path, "book/across/both", ".ipynb") == template.relative_to(tmp_path).as_posix()
    assert citation.page_source(tmp_path, "book/index", ".md") == "book/index.md"


def test_a_time_holds_for_the_notebook_that_it_made_alone(tmp_path: Path) -> None:
    """A notebook from elsewhere was not timed here."""
    job = notebooks.Job(str(tmp_path), "across", "both")
    assert durations.load_duration(job, "abc") is None
    durations.save_duration(job, 1.234, "abc")
    assert durations.load_duration(job, "abc") == 1.23
    assert durations.load_duration(job, "def") is None


def test_the_colophon_tells_how_each_notebook_fared(tmp_path: Path) -> None:
    """Cells, figures, numbers, and what went wrong."""
    book = made_book(tmp_path)
    write_template(tmp_path / "analysis/notebooks/across/comparison.ipynb", ACROSS, parameters="")
    record = tmp_path / "book/across/comparison.ipynb"
    cells = json.loads(record.read_text())
    for number, cell in enumerate(cell for cell in cells["cells"] if cell["cell_type"] == "code"):
        cell["execution_count"] = number + 1
    broken = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    cells["cells"].append(cells["cells"][1] | {"id": "c9", "execution_count": None, "outputs": [broken]})
    record.write_text(json.dumps(cells))
    book.write("book/index.md", "# The book\n\n```{build-facts}\n```\n\n```{execution-statistics}\n```\n")
    page = book.build().page("book/index")
    row = [cell.get_text() for cell in page.select("tbody tr td")]
    assert row == ["across/comparison", "1 failed, 1 not run", "1", "1", "0", "not measured"]
    assert page.select_one("tbody a")["href"] == "across/comparison.html"
    assert "built outside a git repository" in page.select_one("dl.facts").get_text()


def test_packages_are_those_of_the_lock_file(tmp_path: Path) -> None:
    """With the version that is installed; one that is not installed here is left out."""
    book = made_book(tmp_path)
    book.write("requirements.lock", "sphinx==1 \\\n    --hash=sha256:0\nno-such-package==2\n")
    book.write("book/index.md", "# The book\n\n```{packages}\n```\n")
    rows = [
        [cell.get_text() for cell in row.select("td")] for row in book.build().page("book/index").select("tbody tr")
    ]
    assert [row[:2] for row in rows] == [["sphinx", importlib.metadata.version("sphinx")]]
    assert "BSD" in rows[0][2]


class Made(importlib.metadata.Distribution):
    """A made-up package."""

    def __init__(self, **about: str) -> None:
        self.about = about

    def read_text(self, filename: str) -> str:
        message = Message()
        for name, value in self.about.items():
            message[name.replace("_", "-")] = value
        return message.as_string()

    def locate_file(self, path: object) -> Path:
        return Path(str(path))


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({"License_Expression": "MIT", "License": "Other"}, "MIT"),
        ({"Classifier": "License :: OSI Approved :: BSD License", "License": "Other"}, "BSD License"),
        ({"License": "ISC"}, "ISC"),
        ({"License": "x" * 200}, "not stated"),
        ({}, "not stated"),
    ],
)
def test_a_licence_is_told_as_the_package_states_it(about: dict[str, str], told: str) -> None:
    """The most exact statement first; a whole text is none."""
    assert colophon.package_licence(Made(Name="made", **about)) == told
