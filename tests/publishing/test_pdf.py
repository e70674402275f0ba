"""The book as one PDF, on made-up pages."""

import shutil
from pathlib import Path

import pytest
from compendium.publishing import pdf
from lxml import html
from made import REPOSITORY
from pypdf import PdfReader

STYLE = '<link rel="stylesheet" href="../_static/made.css?v=1">'
NAVIGATION = """
<p class="logo__title">A made-up book</p>
<nav class="bd-links"><p class="caption"><span>The first part</span></p>
<ul><li><a href="cases/one.html">One</a><ul><li><a href="cases/two.html">Two</a></li></ul></li></ul></nav>
"""
FIGURE = """
<figure class="chart" id="made"><svg role="img" width="300" height="100" viewBox="0 0 300 100">
<defs><clipPath id="made-clip"><path d="M0,0h200v90z"/></clipPath></defs>
<g clip-path="url(#made-clip)"><text y="20">Drawn</text></g></svg>
<script>code</script><figcaption><p><b>Figure 1.</b> Made up.</p>
<details class="chart-data"><summary>Data</summary>rows</details>
<details class="passport"><summary>Passport and files <small>one-made</small></summary>
<p><a href="x.csv">CSV</a></p></details></figcaption></figure>
<div class="explorer"><form><label>Sought<input type="search"></label></form><p>Found</p></div>
<section id="passport"><h2>Passport of this page</h2><p>Made by hand</p></section>
"""
LISTING = """
<div class="listing"><details id="d1"><summary>A document</summary>
<p><a href="https://example.org/d1">Read it</a></p><ol><li id="s1">A statement</li></ol></details></div>
"""
LONG = "<h2>A heading of so many words that no sheet of paper which anybody prints on can hold it in a single line</h2>"
CITATION = "message: Cite it.\ntitle: Made up\nversion: 3\nauthors: [{name: Nobody}]\n"


def page(path: Path, title: str, body: str) -> None:
    """A page as the theme writes it, as far as it matters here."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f'<h1>{title}<a class="headerlink" href="#top">#</a></h1>'
    article = f'<article class="bd-article"><section id="top">{head}{body}</section></article>'
    path.write_text(f"<html><head>{STYLE}</head><body>{NAVIGATION}{article}</body></html>", encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A made-up project with a built book of three pages."""
    (tmp_path / "CITATION.cff").write_text(CITATION)
    folder = tmp_path / "_build" / "html"
    first = '<a href="cases/one.html#made">figure</a> <a href="../_sources/x.ipynb">file</a>'
    page(folder / "book/index.html", "Opening", first)
    page(folder / "book/cases/one.html", "One", f"{FIGURE}{LISTING}<a href='two.html#d1'>there</a>")
    last = "<a href='#s1'>left out</a> <a href='https://example.org'>out</a>"
    page(folder / "book/cases/two.html", "Two", LISTING + last + LONG)
    (folder / "_static").mkdir()
    shutil.copy(REPOSITORY / "book/_static/paper.css", folder / "_static")
    return tmp_path


def composed(root: Path) -> html.HtmlElement:
    """The one page that is printed."""
    return html.fromstring(pdf.compose_book(root / "_build" / "html", root, {"book-cases-two": 7}))


def test_the_contents_follow_the_side_bar(root: Path) -> None:
    """The opening page first; parts, depths and titles as on the screen."""
    lines = [(entry.title, entry.depth, entry.part) for entry in pdf.book_contents(root / "_build" / "html")]
    assert lines == [("Opening", 1, ""), ("One", 1, "The first part"), ("Two", 2, "")]
    numbers = [line.text_content() for line in composed(root).xpath("//nav//*[@class='page']")]
    assert numbers == ["0", "0", "7"]


def test_ids_of_pages_stay_apart(root: Path) -> None:
    """Each begins with its page, and what refers to it follows, also within drawings."""
    book = composed(root)
    ids = book.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert "book-cases-one--made" in ids
    assert book.xpath("//g/@clip-path") == ["url(#book-cases-one--made-clip)"]


def test_links_lead_within_the_book(root: Path) -> None:
    """What is left out is found by its page; files beside the book are no links; other hosts stay."""
    book = composed(root)
    links = {link.text_content(): link.get("href") for link in book.xpath("//article//a")}
    assert links["figure"] == "#book-cases-one--made"
    assert links["there"] == "#book-cases-two--d1"
    assert links["left out"] == "#book-cases-two"
    assert links["out"] == "https://example.org"
    assert links["file"] is None
    inner = [link[1:] for link in book.xpath("//a/@href") if link.startswith("#")]
    assert set(inner) <= set(book.xpath("//@id"))


def test_what_serves_a_screen_alone_is_left_out(root: Path) -> None:
    """Scripts, data tables and files go; the drawing, its number and its permanent id stay; a list keeps its head."""
    article = composed(root).xpath("//article[@id='book-cases-one']")[0]
    text = " ".join(article.text_content().split())
    assert not article.xpath(".//script | .//details | .//*[@class='headerlink'] | .//form | .//input | .//button")
    assert "Sought" not in text and "Found" not in text and "Made by hand" not in text
    assert "Figure 1. Made up. one-made" in text
    assert "A document Read it" in text and "A statement" not in text
    assert article.xpath(".//svg//text")[0].text == "Drawn"


def test_without_a_book_nothing_is_printed(tmp_path: Path) -> None:
    with pytest.raises(pdf.PdfFailed, match="run `make book` first"):
        pdf.print_book(tmp_path)


@pytest.mark.skipif(not pdf.CHROMIUM.exists(), reason="there is no Chromium to print with")
def test_the_contents_give_the_pages_on_which_chapters_begin(root: Path) -> None:
    """Printed, with outline and tags; the numbers are those of the pages."""
    printed = pdf.print_book(root)
    reader = PdfReader(printed)
    contents = reader.pages[1].extract_text().split()
    for title in ("Opening", "One", "Two"):
        number = int(contents[contents.index(title) + 1])
        assert title in reader.pages[number - 1].extract_text().split()[0]
    assert [entry["/Title"] for entry in reader.outline if not isinstance(entry, list)] == ["Opening", "One", "Two"]
    (inner,) = reader.outline[-1]
    assert f"<h2>{inner['/Title']}</h2>" == LONG  # its words are not glued together where the line ends
    assert reader.metadata.author == "Nobody"
    assert reader.metadata.title == "A made-up book"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert not (root / "_build/html/_paper.html").exists()
