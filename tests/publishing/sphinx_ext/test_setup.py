"""Numbers in prose, prose for each case, contents, formulas and the local Vega."""

import os
import shutil
from pathlib import Path

import pytest
from compendium.publishing.sphinx_ext import vega_bundle
from made_book import CONTENTS, NUMBER, Book, made_book


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A made-up book, not built yet."""
    return made_book(tmp_path)


def index(book: Book, text: str) -> Book:
    """The book, built, with a text on its first page."""
    book.write("book/index.md", f"# The book\n\n{text}\n")
    return book.build()


def later(path: Path) -> None:
    """Make a file look as if it was written a while after the last build."""
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 100))


def test_a_number_says_what_it_is_and_where_it_was_computed(book: Book) -> None:
    """Text, meaning with interval, and a link to its row on the page that computed it."""
    assert index(book, "It is {val}`aland.discourse.top` of all.").warnings == ""
    link = book.page("book/index").select_one("a.val")
    assert link.get_text() == "41\N{NO-BREAK SPACE}%"
    assert link["title"] == f"{NUMBER['meaning']}: {NUMBER['interval']}"
    assert link["href"] == "cases/aland/discourse.html#number-top"
    assert book.page("book/cases/aland/discourse").select_one("tr#number-top code").get_text() == "top"


def test_a_number_with_its_interval(book: Book) -> None:
    """The form after the bar."""
    index(book, "It is {val}`aland.discourse.top|interval`.")
    assert "95\N{NO-BREAK SPACE}% interval 30" in book.page("book/index").select_one("a.val").get_text()


def test_a_relative_name_is_of_the_page_itself(book: Book) -> None:
    """A template says the same for every case."""
    book.results("aland", {"discourse": {"top": NUMBER | {"text": "7 %"}}})
    book.build()
    texts = [book.page(f"book/cases/{case}/discourse").select_one(".val").get_text() for case in ("aland", "batavia")]
    assert texts == ["7\N{NO-BREAK SPACE}%", "41\N{NO-BREAK SPACE}%"]


def test_a_number_in_a_table(book: Book) -> None:
    """Cells hold roles as sentences do."""
    index(book, "| a |\n|---|\n| {val}`across.comparison.cases` |")
    assert book.page("book/index").select_one("td a.val").get_text() == "2"


def test_a_number_of_a_page_that_is_left_out_stays_plain(book: Book) -> None:
    """It still tells its meaning."""
    book.results("aland", {"absent": {"top": NUMBER}})
    shutil.rmtree(book.root / "book/cases/aland")
    assert index(book, "It is {val}`aland.absent.top`.").warnings == ""
    assert book.page("book/index").select_one("span.val")["title"].startswith("share of made-up <rows>")


@pytest.mark.parametrize(
    ("role", "message"),
    [
        ("aland.discourse.topp", "there is no value 'aland.discourse.topp'; similar names: aland.discourse.top"),
        ("atlantis.discourse.top", "there is no value 'atlantis.discourse.top'; similar names: aland.discourse.top"),
        ("zzz.zzz.zzz", "none of the 3 values in results/ has a similar name"),
        ("top", "'top' does not have the form"),
        (
            ".top",
            "a name that starts with a dot works only on pages in book/cases/ or book/across/; this page is book/index",
        ),
        ("aland.discourse.top|mean", "'mean' is not a form of a value; use text or interval"),
    ],
)
def test_a_wrong_name_is_a_located_fault(book: Book, role: str, message: str) -> None:
    """File, line and the nearest names; told again by the next build, which has nothing else to do."""
    for _ in range(2):
        warnings = index(book, f"It is {{val}}`{role}`.").warnings
        assert "book/index.md:3: WARNING: val: " in warnings
        assert message in warnings


def test_pages_follow_their_numbers(book: Book) -> None:
    """A page is built again when a number that it shows has changed, and only then."""
    index(book, "It is {val}`aland.discourse.top`.")
    book.results("aland", {"discourse": {"top": NUMBER | {"text": "99 %"}}})
    later(book.root / "results/aland.json")
    book.build()
    assert book.page("book/index").select_one(".val").get_text() == "99\N{NO-BREAK SPACE}%"


def test_prose_for_each_case(book: Book) -> None:
    """One list with an item a case; roles and links in it work."""
    index(book, "```{each-case}\n- [{{title}}](cases/{{id}}/case.ipynb), {{short}}: {val}`{{id}}.discourse.top`\n```")
    assert book.warnings == ""
    items = book.page("book/index").select("ul li:has(a.val)")
    assert [item.get_text().strip() for item in items] == [
        "Åland isles, Ålan: 41\N{NO-BREAK SPACE}%",
        "Batavia, Bata: 41\N{NO-BREAK SPACE}%",
    ]
    assert items[0].a["href"] == "cases/aland/case.html"


def test_a_table_with_a_row_for_each_case(book: Book) -> None:
    """The head is given once."""
    index(book, ":::{each-case}\n:head: Case | Share\n| {{title}} | {val}`{{id}}.discourse.top` |\n:::")
    page = book.page("book/index")
    assert [cell.get_text() for cell in page.select("thead th")] == ["Case", "Share"]
    assert [row.td.get_text() for row in page.select("tbody tr")] == ["Åland isles", "Batavia"]


def test_prose_follows_the_cases(book: Book) -> None:
    """A case that goes or comes goes or comes in prose, with no other change."""
    index(book, "```{each-case}\n{{title}} again.\n```")
    shutil.rmtree(book.root / "data/cases/aland")
    book.case("corsica", "Corsica")
    text = book.build().page("book/index").get_text()
    assert "Corsica again." in text
    assert "Åland isles again." not in text


def test_a_fault_in_prose_for_each_case_has_a_line(book: Book) -> None:
    """The fault is where the directive stands."""
    warnings = index(book, "```{each-case}\n- {val}`{{id}}.discourse.none`\n```").warnings
    assert "book/index.md:" in warnings
    assert "batavia.discourse.none" in warnings


def test_the_pages_of_a_case_stand_below_its_first(book: Book) -> None:
    """Contents are a tree, with titles that do not say the case again; pages keep their full titles."""
    book.write("conf.py", (book.root / "conf.py").read_text() + "html_sidebars = {'**': ['globaltoc.html']}\n")
    assert book.build().warnings == ""
    page = book.page("book/cases/aland/discourse")
    inner = page.select_one(".sphinxsidebar li li a")
    assert inner.get_text() == "Talk"
    assert inner.find_parent("ul").find_parent("li").a.get_text() == "Åland isles"
    assert page.h1.get_text().startswith("Åland isles: talk")


def test_formulas_need_no_script(book: Book) -> None:
    """They stand in the page as MathML."""
    index(book, "A formula: {math}`\\alpha = 1 - \\frac{a}{b}`.\n\n```{math}\nx^2\n```")
    page = book.page("book/index")
    assert len(page.select("math mfrac")) == 1
    assert page.select_one("div.math math msup")
    assert not [script for script in page.select("script[src]") if "mathjax" in script["src"].lower()]


def test_a_faulty_formula_is_told(book: Book) -> None:
    """Instead of an empty place in the text."""
    assert "math: " in index(book, "{math}`\\nosuchsign`").warnings


def test_vega_is_one_plain_script_made_once(tmp_path: Path) -> None:
    """It sets ``vegaEmbed``, asks no other host, and is made anew only for another version."""
    script = vega_bundle.build_vega_bundle(tmp_path) / vega_bundle.VEGA_SCRIPT
    text = script.read_text(encoding="utf-8")
    assert "window.vegaEmbed" in text
    assert not [line for line in text.splitlines() if line.startswith(("import ", "export "))]
    script.write_text("kept", encoding="utf-8")
    assert (vega_bundle.build_vega_bundle(tmp_path) / vega_bundle.VEGA_SCRIPT).read_text() == "kept"


def test_the_site_holds_vega(book: Book) -> None:
    """Where the charts' script looks for it."""
    assert (book.build().root / "_build/html/_static/vega.js").exists()


def test_a_page_listed_by_name_is_not_listed_by_a_pattern_again(book: Book) -> None:
    """So that ``_toc.yml`` can give an order and still pick up what is new."""
    book.write("_toc.yml", f"{CONTENTS}      - file: book/across/comparison\n")
    book.write("conf.py", (book.root / "conf.py").read_text() + "html_sidebars = {'**': ['globaltoc.html']}\n")
    book.build()
    links = book.page("book/index").select(".sphinxsidebar a")
    assert [link.get_text() for link in links].count("Compared") == 1
