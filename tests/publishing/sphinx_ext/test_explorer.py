"""The directive ``explorer``: a form out of a description, and the rows beside the page. Nothing in it is evidence."""

import base64
import csv
import gzip
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from compendium.publishing.sphinx_ext import datatables_bundle
from made_book import Book, made_book

NASTY = '</script> & "quoted" <b>'
PAGE = "book/index"


def facet(name: str, shape: str, *values: str, **more: Any) -> dict[str, Any]:
    """A facet whose values are labelled as they are."""
    listed = [{"value": value, "label": value, "group": ""} for value in values]
    return {"name": name, "label": f"The {name}", "shape": shape, "column": name, "readings": {}, "note": ""} | {
        "values": listed,
        **more,
    }


DESCRIBED = {
    "columns": {
        "row_id": ["r1", "r2"],
        "text": [NASTY, "commas, and\nlines"],
        "shelf": ["top", NASTY],
        "page": ["", ""],
    },
    "facets": [
        facet("text", "words", note="Some <words>."),
        facet("shelf", "list", "top", NASTY),
        facet("hue", "list") | {"values": [{"value": "red", "label": "Red", "group": "warm & bright"}]},
        facet("colour", "choice", "red"),
        facet("year", "span"),
        facet("reading", "reading", "either", "A", readings={"A": "codes_A"}),
    ],
    "split": "shelf",
    "download": ["row_id", "text", "shelf"],
}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A made-up book with a cache of its own, not built yet."""
    book = made_book(tmp_path)
    cache = tmp_path / ".cache"
    shared = cache.resolve()
    cache.unlink()
    cache.mkdir()
    for kept in shared.iterdir():
        (cache / kept.name).symlink_to(kept)
    book.write("book/index.md", "# The book\n\n```{explorer}\n```\n")
    return book


@pytest.fixture
def page(book: Book) -> BeautifulSoup:
    """Its page, with the explorer of a made-up description."""
    book.write(".cache/explorer.json", json.dumps(DESCRIBED))
    assert book.build().warnings == ""
    return book.page(PAGE)


def test_without_a_description_the_fault_is_told(book: Book) -> None:
    """Where, and what makes it; told again by the next build."""
    for _ in range(2):
        told = book.build().warnings
        assert "book/index.md:3: WARNING: explorer: there is no .cache/explorer.json; run `compendium book`" in told


def test_a_new_description_makes_a_new_page(book: Book, page: BeautifulSoup) -> None:
    """Though no page was edited."""
    book.write(".cache/explorer.json", json.dumps(DESCRIBED | {"facets": [facet("other", "words")]}))
    book.build()
    assert book.page(PAGE).select_one("input[name=other]")


def test_each_facet_is_a_native_control_with_a_name(page: BeautifulSoup) -> None:
    """Names and values are those of the description, whatever signs they hold; each control has a label."""
    boxes = page.select("[data-facet=shelf] input[type=checkbox]")
    assert [(box["name"], box["value"]) for box in boxes] == [("shelf", "top"), ("shelf", NASTY)]
    assert [box.find_parent("label").get_text().strip() for box in boxes] == ["top", NASTY]
    assert page.select_one("[data-facet=hue] fieldset fieldset legend").get_text() == "warm & bright"
    assert [option["value"] for option in page.select("select[name=colour] option")] == ["", "red"]
    assert [end["name"] for end in page.select("input[type=number]")] == ["year-from", "year-to"]
    assert [radio["value"] for radio in page.select("input[type=radio][checked]")] == ["either"]
    search = page.select_one("input[type=search]")
    assert page.select_one(f"label[for={search['id']}]").get_text() == "The text"
    assert page.find(id=search["aria-describedby"]).get_text() == "Some <words>."


def test_ids_are_unique(page: BeautifulSoup) -> None:
    """Labels would name the wrong control."""
    ids = [element["id"] for element in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_the_rows_come_as_a_script(book: Book, page: BeautifulSoup) -> None:
    """Unpacked, it is the description; nothing in it ends the script."""
    sources = [script["src"] for script in page.select(".explorer ~ script[defer]")]
    assert [Path(source).name for source in sources] == ["datatables.js", "rows.js", "explorer.js"]
    script = (book.root / "_build/html/book" / sources[1]).read_text(encoding="utf-8")
    (packed,) = re.findall(r'^window\.explorerRows="([A-Za-z0-9+/=]+)";$', script.strip())
    assert json.loads(gzip.decompress(base64.b64decode(packed))) == DESCRIBED


def test_the_rows_come_as_a_file(book: Book, page: BeautifulSoup) -> None:
    """For those without scripts: the columns for download, as any program reads them."""
    link = page.select_one("a[download]")
    assert link.get_text() == "All 2 rows as a CSV file"
    with zipfile.ZipFile(book.root / "_build/html/book" / link["href"]) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("rows.csv").decode())))
    assert rows == [["row_id", "text", "shelf"], ["r1", NASTY, "top"], ["r2", "commas, and\nlines", NASTY]]


def test_the_files_are_the_same_at_each_build(book: Book, page: BeautifulSoup) -> None:
    """No clock goes into an archive."""
    folder = book.root / "_build/html/_explorer"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    book.write("book/index.md", "# The book\n\nAnew.\n\n```{explorer}\n```\n")
    book.build()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_datatables_is_a_plain_script_that_names_its_licences() -> None:
    """Neither a module nor without its authors."""
    script = datatables_bundle.datatables_script()
    assert not re.search(r"\bexport\{|\bimport[ {*]", script)
    assert script.count("window.DataTable=") == 1
    assert "datatables.net/license" in script


def test_another_bundle_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A later itables may bring it in another form; then the build says so."""
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "dt_bundle.js").write_text("var a=1;")
    monkeypatch.setattr(datatables_bundle, "files", lambda _: tmp_path)
    with pytest.raises(datatables_bundle.BundleChanged, match="no default export"):
        datatables_bundle.datatables_script()
