"""What pages and figures were made from, and their numbers."""

import hashlib
import json
import subprocess
from pathlib import Path

import nbformat
import pytest
from compendium.publishing.pipeline import git_history
from compendium.publishing.sphinx_ext import provenance
from made_book import Book, chart_output, made_book, notebook, spec
from made_templates import ACROSS, write_template

DAY = "2011-02-03"


def git(root: Path, *arguments: str) -> str:
    """Run git as nobody, on a day that is known."""
    who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]
    days = {"GIT_AUTHOR_DATE": f"{DAY}T12:00:00Z", "GIT_COMMITTER_DATE": f"{DAY}T12:00:00Z", "PATH": "/usr/bin:/bin"}
    command = ["git", "-C", str(root), *who, *arguments]
    return subprocess.run(command, env=days, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """The made-up book, with the template of its page across cases, a table, and a history of one commit."""
    root = tmp_path / "book"
    root.mkdir()
    book = made_book(root)
    parameters = 'coder = "either"  # one of A, B, either, both\nperiod_end = ""'
    write_template(root / "analysis/notebooks/across/comparison.ipynb", ACROSS, parameters=parameters)
    book.write("data/cases/aland/statements.csv", "statement_id\ns1\n")
    book.write(".gitignore", "_build\n.cache\n")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Made up")
    provenance.read_passport.cache_clear()
    git_history.read_git_history.cache_clear()
    return book


def test_a_figure_tells_what_it_was_made_from(book: Book) -> None:
    """Template, parameters, files and commit; the hashes are those of the files."""
    assert book.build().warnings == ""
    page = book.page("book/across/comparison")
    told = page.select_one("figure#overall details.passport").get_text(" ")
    assert "across-comparison-overall" in told
    assert "analysis/notebooks/across/comparison.ipynb" in told
    assert "coder = either, period_end = none" in told
    assert f"commit {git(book.root, 'rev-parse', 'HEAD')[:10]}" in told
    assert f"The executed notebook last changed on {DAY}" in told
    shown = {
        row.select_one("th").get_text(): row.select("code")[-1].get_text() for row in page.select(".files tbody tr")
    }
    table = "data/cases/aland/statements.csv"
    assert shown[table] == hashlib.sha256((book.root / table).read_bytes()).hexdigest()
    assert "analysis/notebooks/across/comparison.ipynb" in shown


def test_a_figure_shown_elsewhere_leads_to_the_passport_of_its_page(book: Book) -> None:
    """The facts are those of the page that computed it."""
    book.write("book/index.md", "# The book\n\n```{figure-from} across/comparison overall\n```\n")
    assert book.build().warnings == ""
    details = book.page("book/index").select_one("figure details.passport")
    assert details.select_one("a.hashes")["href"] == "across/comparison.html#passport"
    assert details.select_one("a[download]")["href"] == "../_figures/book/across/comparison/overall.csv"
    assert (book.root / "_build/html/_figures/book/across/comparison/overall.csv").exists()


def test_values_given_to_a_run_are_told(book: Book) -> None:
    """A book made with another coder says so, whatever its template declares."""
    path = book.root / "book/across/comparison.ipynb"
    record = nbformat.read(path, as_version=4)
    record.metadata["papermill"] = {"parameters": {"coder": "both"}}
    nbformat.write(record, path)
    found = provenance.read_passport(book.root, "book/across/comparison")
    assert found.parameters == {"coder": "both", "period_end": ""}


def test_a_change_that_is_in_no_commit_is_told(book: Book) -> None:
    """The commit alone would say that the files are its own."""
    book.write("data/cases/aland/statements.csv", "statement_id\ns2\n")
    assert "with uncommitted changes" in provenance.passport_facts(
        provenance.read_passport(book.root, "book/across/comparison"), "#x"
    )


def test_without_git_the_commit_is_not_known(tmp_path: Path) -> None:
    """A folder inside another's work tree has no history of its own."""
    assert git_history.read_git_history(tmp_path) is None
    git(tmp_path, "init", "--quiet")
    (tmp_path / "inner").mkdir()
    assert git_history.read_git_history(tmp_path / "inner") is None


def test_a_page_that_no_template_makes_has_no_passport(book: Book) -> None:
    """Prose has files of its own alone."""
    assert provenance.read_passport(book.root, "book/index") is None
    assert not book.build().page("book/index").select("#passport")


def test_the_day_of_a_build_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """As those need who want to build the same bytes twice."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert git_history.build_date().isoformat() == "1970-01-02"


def test_figures_are_counted_through_the_book(tmp_path: Path) -> None:
    """In the order of the contents; a figure shown again keeps its number."""
    book = made_book(tmp_path)
    book.write("book/index.md", "# The book\n\n```{figure-from} across/comparison overall\n```\n")
    notebook(
        tmp_path / "book/cases/aland/discourse.ipynb", "# Talk", chart_output(spec()), chart_output(spec("second"))
    )
    assert book.build().warnings == ""
    pages = ("book/cases/aland/discourse", "book/cases/batavia/discourse", "book/across/comparison", "book/index")
    numbers = [bold.get_text() for page in pages for bold in book.page(page).select("figure .chart-note b")]
    assert numbers == ["Figure 1.", "Figure 2.", "Figure 3.", "Figure 4.", "Figure 4."]
    assert book.page("book/index").select_one("figure")["aria-label"] == "Figure 4: A made-up chart"


def test_numbers_follow_a_figure_that_comes_before(tmp_path: Path) -> None:
    """Pages that did not change are written again with their new numbers."""
    book = made_book(tmp_path).build()
    path = tmp_path / "book/cases/aland/discourse.ipynb"
    cells = json.loads(path.read_text())
    cells["cells"] = [cell for cell in cells["cells"] if cell["id"] != "c0"]
    path.write_text(json.dumps(cells))
    assert book.build().page("book/across/comparison").select_one(".chart-note b").get_text() == "Figure 2."
