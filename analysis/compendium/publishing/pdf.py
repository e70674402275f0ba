"""The whole book as one PDF: the built pages set behind one another and printed by Chromium."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lxml import etree, html
from lxml.html import HtmlElement

from compendium.publishing.pipeline import git_history
from compendium.publishing.sphinx_ext import provenance
from compendium.publishing.sphinx_ext.citation import Work
from compendium.publishing.sphinx_ext.figure_svg import URL_REFERENCE

if TYPE_CHECKING:
    from pypdf.generic import DictionaryObject

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
_INDEX_PAGE = "book/index.html"
COMPOSED_FILE = "_paper.html"
PRINT_STYLESHEET = "paper.css"
SCREEN_ONLY = (
    ".//script | .//button | .//form | .//*[@class='explorer'] | .//*[contains(@class, 'headerlink')]"
    " | .//details[contains(@class, 'computed')] | .//details[contains(@class, 'chart-data')]"
    f" | .//section[@id='{provenance.PASSPORT_ANCHOR}']"
)
FOOTER_HTML = (
    '<div style="width: 100%; padding: 0 20mm; font: 8pt sans-serif; color: #555; text-align: right">'
    '<span class="pageNumber"></span></div>'
)
_PRINT_TIMEOUT_MS = 300_000
"""Milliseconds that printing may take."""


class PdfFailed(Exception):
    """The PDF could not be made; the message says why."""


@dataclass(frozen=True)
class ContentsEntry:
    """A line of the contents: a page and its title, how deep it stands, and the part of the book that it opens."""

    page: str
    title: str
    depth: int
    part: str = ""

    @property
    def slug(self) -> str:
        """What the ids of the page begin with, once it stands among others."""
        return self.page.removesuffix(".html").replace("/", "-")


def book_contents(folder: Path) -> list[ContentsEntry]:
    """Every page of the built book, as its side bar lists them; the opening page first."""
    tree = html.parse(str(folder / _INDEX_PAGE)).getroot()
    found = [ContentsEntry(_INDEX_PAGE, _text(tree.xpath("//article//h1")[0]), 1)]
    for caption in tree.xpath("(//nav[contains(@class, 'bd-links')])[1]//p[contains(@class, 'caption')]"):
        part = _text(caption)
        for link in caption.getnext().xpath(".//a"):
            page = normpath(join(dirname(_INDEX_PAGE), link.get("href")))
            depth = len(link.xpath("ancestor::ul")) - len(caption.xpath("ancestor::ul"))
            found.append(ContentsEntry(page, _text(link), depth, part))
            part = ""
    return found


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split()).removesuffix("#").strip()


def compose_book(folder: Path, root: Path, page_numbers: dict[str, int]) -> str:
    """The book as one HTML page: title, contents with the ``page_numbers`` of pages, and every chapter."""
    entries = book_contents(folder)
    chapters = {entry.page: chapter_article(folder, entry) for entry in entries}
    ids = {id_ for each in chapters.values() for id_ in each.xpath(".//@id")}
    slugs = {entry.page: entry.slug for entry in entries}
    for page, each in chapters.items():
        _rewrite_links(each, page, slugs, ids)
    first = html.parse(str(folder / _INDEX_PAGE)).getroot()
    styles = [urlsplit(link.get("href")).path for link in first.xpath("//link[@rel='stylesheet']")]
    links = "".join(f'<link rel="stylesheet" href="{normpath(join(dirname(_INDEX_PAGE), style))}">' for style in styles)
    body = "".join(etree.tostring(each, encoding="unicode", method="html") for each in chapters.values())
    title = _text(first.xpath("//*[contains(@class, 'logo__title')]")[0])
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">'
        f'<title>{escape(title)}</title>{links}<link rel="stylesheet" href="_static/{PRINT_STYLESHEET}"></head>'
        f'<body class="paper">{_title_page(title, root)}{_contents_list(entries, page_numbers)}{body}</body></html>'
    )


def chapter_article(folder: Path, entry: ContentsEntry) -> HtmlElement:
    """The article of a page without what serves a screen alone; its ids begin with its slug, itself is the slug."""
    article = html.parse(str(folder / entry.page)).getroot().xpath("//article")[0]
    for element in article.xpath(SCREEN_ONLY):
        element.drop_tree()
    for folded in article.xpath(".//figure//details[contains(@class, 'passport')]"):
        folded.getparent().replace(folded, _figure_id_line(folded))
    for details in article.xpath(".//details"):
        _collapse_details(details)
    for element in article.iter(etree.Element):
        for name, value in element.attrib.items():
            if name == "id":
                element.set(name, f"{entry.slug}--{value}")
            elif "url(#" in value:
                element.set(name, URL_REFERENCE.sub(rf"url(#{entry.slug}--\2)", value))
        element.attrib.pop("tabindex", None)
    article.set("id", entry.slug)
    article.set("class", f"bd-article {article.get('class', '')}")
    return article


def _figure_id_line(passport: HtmlElement) -> HtmlElement:
    """What remains of a figure's passport: its permanent id."""
    identity = html.Element("p", {"class": "identity"})
    identity.text = _text(passport.xpath("./summary/small")[0])
    return identity


def _collapse_details(details: HtmlElement) -> None:
    """Keep of a folded list what its head says, and the address that it opens with."""
    kept = html.Element("div", {"class": "folded"})
    if details.get("id"):
        kept.set("id", details.get("id"))
    summary = details.find("summary")
    if summary is not None:
        summary.tag = "span"
        kept.append(summary)
    address = details.xpath("./p[1]/a")
    if address:
        kept.append(address[0])
    kept.tail = details.tail
    details.getparent().replace(details, kept)


def _rewrite_links(article: HtmlElement, page: str, slugs: dict[str, str], ids: set[str]) -> None:
    """Turn links between pages into links within the one page; what leads to nothing in it becomes plain text."""
    for link in article.xpath(".//a[@href]"):
        parts = urlsplit(link.get("href"))
        if parts.scheme or parts.netloc:
            continue
        target = normpath(join(dirname(page), unquote(parts.path))) if parts.path else page
        place = f"{slugs.get(target)}--{unquote(parts.fragment)}"
        if target not in slugs:
            del link.attrib["href"]
        else:
            link.set("href", f"#{place if place in ids else slugs[target]}")


def _title_page(title: str, root: Path) -> str:
    work, past = Work.from_citation_file(root), git_history.read_git_history(root)
    day = past.head.day if past else git_history.build_date().isoformat()
    about = [work.authors, f"Version {work.version}, {day}"] if work else [day]
    about += [f"Commit {past.description}"] if past else []
    lines = "".join(f"<p>{escape(line)}</p>" for line in about)
    return (
        f'<header class="front"><p class="title">{escape(title)}</p>{lines}'
        "<p>The book for paper. Charts, numbers and links are those of the pages on screen. Left out are the code, the "
        "data tables of figures, the passports, the form of the explorer, and what folded lists hold: the statements, "
        "measures and rows themselves.</p>"
        "</header>"
    )


def _contents_list(entries: list[ContentsEntry], page_numbers: dict[str, int]) -> str:
    lines = "".join(_contents_line(entry, page_numbers) for entry in entries)
    return f'<nav class="book-contents"><p class="title">Contents</p>{lines}</nav>'


def _contents_line(entry: ContentsEntry, page_numbers: dict[str, int]) -> str:
    part = f'<p class="part">{escape(entry.part)}</p>' if entry.part else ""
    return (
        f'{part}<p class="line depth-{entry.depth}"><a href="#{entry.slug}">{escape(entry.title)}</a>'
        f'<span class="dots"></span><span class="page">{page_numbers.get(entry.slug, 0)}</span></p>'
    )


def print_book(root: Path) -> Path:
    """Print the built book to ``_build/compendium.pdf``.

    Printed twice: the first time tells on which page each chapter begins, for the contents.

    Raises
    ------
    PaperFailed
        When there is no book or no Chromium.
    """
    folder, target = root / "_build" / "html", root / "_build" / "compendium.pdf"
    if not (folder / _INDEX_PAGE).exists():
        raise PdfFailed("There is no book in _build/html: run `make book` first.")
    if not CHROMIUM.exists():
        raise PdfFailed(f"There is no {CHROMIUM} to print with: `make browser` installs it.")
    composed, draft = folder / COMPOSED_FILE, target.with_suffix(".part")
    try:
        composed.write_text(compose_book(folder, root, {}), encoding="utf-8")
        _print_pdf(composed, draft)
        book = compose_book(folder, root, dict(_destination_pages(draft)))
        composed.write_text(book, encoding="utf-8")
        _print_pdf(composed, draft)
    finally:
        composed.unlink(missing_ok=True)
    _finish_pdf(draft, Work.from_citation_file(root), heading_texts(book))
    draft.replace(target)
    return target


def _print_pdf(html_path: Path, target: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        context = browser.new_context(java_script_enabled=False, offline=True, color_scheme="light")
        context.set_default_timeout(_PRINT_TIMEOUT_MS)
        opened = context.new_page()
        opened.goto(html_path.as_uri())
        opened.pdf(
            path=target,
            format="A4",
            margin={"top": "18mm", "bottom": "20mm", "left": "20mm", "right": "20mm"},
            print_background=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=FOOTER_HTML,
            outline=True,
            tagged=True,
        )
        browser.close()


def heading_texts(book_html: str) -> list[str]:
    """What each heading of the composed page says."""
    return [_text(heading) for heading in html.fromstring(book_html).xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]


def _finish_pdf(pdf_path: Path, work: Work | None, titles: list[str]) -> None:
    """Say in the file whose it is, have readers open it with its outline, and part the words of the outline.

    Chromium glues two words of a heading together where a line of the page ends between them.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject, TextStringObject

    header = PdfReader(pdf_path).pdf_header
    writer = PdfWriter(clone_from=pdf_path)
    writer.pdf_header = header
    writer.page_mode = "/UseOutlines"
    whole = {_remove_spaces(title): title for title in titles}
    for entry in _outline_entries(writer.root_object.get("/Outlines")):
        title = whole.get(_remove_spaces(str(entry["/Title"])))
        if title:
            entry[NameObject("/Title")] = TextStringObject(title)
    if work:
        writer.add_metadata({"/Author": work.authors, "/Subject": f"{work.title}, version {work.version}"})
    writer.write(pdf_path)


def _remove_spaces(title: str) -> str:
    return "".join(title.split())


def _outline_entries(outline_level: "DictionaryObject | None") -> "Iterator[DictionaryObject]":
    """Every entry of a PDF's outline below one of its levels."""
    entry = outline_level.get("/First") if outline_level else None
    while entry:
        entry = entry.get_object()
        yield entry
        yield from _outline_entries(entry)
        entry = entry.get("/Next")


def _destination_pages(pdf_path: Path) -> Iterator[tuple[str, int]]:
    """The number of the page on which each place lies that something in the book links to."""
    from pypdf import PdfReader

    reader = PdfReader(pdf_path)
    for name, destination in reader.named_destinations.items():
        number = reader.get_destination_page_number(destination)
        if number is not None:
            yield name.removeprefix("/"), number + 1
