"""The book as one PDF: the built pages joined into one HTML page and printed with Chromium."""

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
"""Time limit for printing, in milliseconds."""


class PdfFailed(Exception):
    """The PDF could not be created; the message says why."""


@dataclass(frozen=True)
class ContentsEntry:
    """A line of the table of contents: page, title, depth, and the caption of the part that starts here, if any."""

    page: str
    title: str
    depth: int
    part: str = ""

    @property
    def slug(self) -> str:
        """The id of the page's article, and the prefix of all ids in it."""
        return self.page.removesuffix(".html").replace("/", "-")


def book_contents(folder: Path) -> list[ContentsEntry]:
    """Every page of the built book in the order of its side bar; the opening page first."""
    tree = html.parse(str(folder / _INDEX_PAGE)).getroot()
    entries = [ContentsEntry(_INDEX_PAGE, _text(tree.xpath("//article//h1")[0]), 1)]
    for caption in tree.xpath("(//nav[contains(@class, 'bd-links')])[1]//p[contains(@class, 'caption')]"):
        part = _text(caption)
        for link in caption.getnext().xpath(".//a"):
            page = normpath(join(dirname(_INDEX_PAGE), link.get("href")))
            depth = len(link.xpath("ancestor::ul")) - len(caption.xpath("ancestor::ul"))
            entries.append(ContentsEntry(page, _text(link), depth, part))
            part = ""
    return entries


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split()).removesuffix("#").strip()


def compose_book(folder: Path, root: Path, page_numbers: dict[str, int]) -> str:
    """The book as one HTML page: title page, table of contents and all chapters.

    Parameters
    ----------
    folder : Path
        The folder of the built book.
    root : Path
        The project's folder.
    page_numbers : dict
        Page number of each chapter by its slug; missing ones are printed as 0.
    """
    entries = book_contents(folder)
    chapters = {entry.page: chapter_article(folder, entry) for entry in entries}
    ids = {id_ for article in chapters.values() for id_ in article.xpath(".//@id")}
    slugs = {entry.page: entry.slug for entry in entries}
    for page, article in chapters.items():
        _rewrite_links(article, page, slugs, ids)
    index = html.parse(str(folder / _INDEX_PAGE)).getroot()
    styles = [urlsplit(link.get("href")).path for link in index.xpath("//link[@rel='stylesheet']")]
    links = "".join(f'<link rel="stylesheet" href="{normpath(join(dirname(_INDEX_PAGE), style))}">' for style in styles)
    body = "".join(etree.tostring(article, encoding="unicode", method="html") for article in chapters.values())
    title = _text(index.xpath("//*[contains(@class, 'logo__title')]")[0])
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8">'
        f'<title>{escape(title)}</title>{links}<link rel="stylesheet" href="_static/{PRINT_STYLESHEET}"></head>'
        f'<body class="paper">{_title_page(title, root)}{_contents_list(entries, page_numbers)}{body}</body></html>'
    )


def chapter_article(folder: Path, entry: ContentsEntry) -> HtmlElement:
    """The article of a page for print, without screen-only elements; its id is the slug, the prefix of all others."""
    article = html.parse(str(folder / entry.page)).getroot().xpath("//article")[0]
    for element in article.xpath(SCREEN_ONLY):
        element.drop_tree()
    for passport in article.xpath(".//figure//details[contains(@class, 'passport')]"):
        passport.getparent().replace(passport, _figure_id_line(passport))
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
    """A paragraph with the permanent id of a figure, in place of its passport."""
    paragraph = html.Element("p", {"class": "identity"})
    paragraph.text = _text(passport.xpath("./summary/small")[0])
    return paragraph


def _collapse_details(details: HtmlElement) -> None:
    """Replace a folded block by its summary and its first link, if any."""
    block = html.Element("div", {"class": "folded"})
    if details.get("id"):
        block.set("id", details.get("id"))
    summary = details.find("summary")
    if summary is not None:
        summary.tag = "span"
        block.append(summary)
    links = details.xpath("./p[1]/a")
    if links:
        block.append(links[0])
    block.tail = details.tail
    details.getparent().replace(details, block)


def _rewrite_links(article: HtmlElement, page: str, slugs: dict[str, str], ids: set[str]) -> None:
    """Turn links between pages into links within the one page; links to missing targets become plain text."""
    for link in article.xpath(".//a[@href]"):
        parts = urlsplit(link.get("href"))
        if parts.scheme or parts.netloc:
            continue
        target = normpath(join(dirname(page), unquote(parts.path))) if parts.path else page
        anchor = f"{slugs.get(target)}--{unquote(parts.fragment)}"
        if target not in slugs:
            del link.attrib["href"]
        else:
            link.set("href", f"#{anchor if anchor in ids else slugs[target]}")


def _title_page(title: str, root: Path) -> str:
    work, history = Work.from_citation_file(root), git_history.read_git_history(root)
    day = history.head.day if history else git_history.build_date().isoformat()
    lines = [work.authors, f"Version {work.version}, {day}"] if work else [day]
    lines += [f"Commit {history.description}"] if history else []
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return (
        f'<header class="front"><p class="title">{escape(title)}</p>{paragraphs}'
        "<p>Print version of the online book, with the same charts, numbers and links. It omits the code, the data "
        "tables of figures, the passports, the explorer, and the content of folded lists (statements, measures and "
        "rows).</p>"
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
    """Print the built book to ``_build/compendium.pdf``, and return its path.

    The book is printed twice: the first PDF gives the page numbers for the table of contents of the second.

    Raises
    ------
    PdfFailed
        If the book has not been built or Chromium is not installed.
    """
    folder, target = root / "_build" / "html", root / "_build" / "compendium.pdf"
    if not (folder / _INDEX_PAGE).exists():
        raise PdfFailed("There is no book in _build/html; run `make book` first.")
    if not CHROMIUM.exists():
        raise PdfFailed(f"Printing needs {CHROMIUM}, which is not installed; run `make browser`.")
    html_path, draft = folder / COMPOSED_FILE, target.with_suffix(".part")
    try:
        html_path.write_text(compose_book(folder, root, {}), encoding="utf-8")
        _print_pdf(html_path, draft)
        book_html = compose_book(folder, root, dict(_destination_pages(draft)))
        html_path.write_text(book_html, encoding="utf-8")
        _print_pdf(html_path, draft)
    finally:
        html_path.unlink(missing_ok=True)
    _finish_pdf(draft, Work.from_citation_file(root), heading_texts(book_html))
    draft.replace(target)
    return target


def _print_pdf(html_path: Path, target: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        context = browser.new_context(java_script_enabled=False, offline=True, color_scheme="light")
        context.set_default_timeout(_PRINT_TIMEOUT_MS)
        page = context.new_page()
        page.goto(html_path.as_uri())
        page.pdf(
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
    """The text of each heading of the composed book."""
    return [_text(heading) for heading in html.fromstring(book_html).xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]


def _finish_pdf(pdf_path: Path, work: Work | None, titles: list[str]) -> None:
    """Add metadata to the PDF, show its outline on opening, and restore spaces in the outline.

    Chromium omits the space between two words of a heading if a line ends there.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import NameObject, TextStringObject

    header = PdfReader(pdf_path).pdf_header
    writer = PdfWriter(clone_from=pdf_path)
    writer.pdf_header = header
    writer.page_mode = "/UseOutlines"
    full_titles = {_remove_spaces(title): title for title in titles}
    for entry in _outline_entries(writer.root_object.get("/Outlines")):
        title = full_titles.get(_remove_spaces(str(entry["/Title"])))
        if title:
            entry[NameObject("/Title")] = TextStringObject(title)
    if work:
        writer.add_metadata({"/Author": work.authors, "/Subject": f"{work.title}, version {work.version}"})
    writer.write(pdf_path)


def _remove_spaces(title: str) -> str:
    return "".join(title.split())


def _outline_entries(outline_level: "DictionaryObject | None") -> "Iterator[DictionaryObject]":
    """Every entry of a PDF outline below one of its levels, recursively."""
    entry = outline_level.get("/First") if outline_level else None
    while entry:
        entry = entry.get_object()
        yield entry
        yield from _outline_entries(entry)
        entry = entry.get("/Next")


def _destination_pages(pdf_path: Path) -> Iterator[tuple[str, int]]:
    """The page number of each link target in the book, by its id."""
    from pypdf import PdfReader

    reader = PdfReader(pdf_path)
    for name, destination in reader.named_destinations.items():
        number = reader.get_destination_page_number(destination)
        if number is not None:
            yield name.removeprefix("/"), number + 1
