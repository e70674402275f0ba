"""The built pages as files: what can be told without a browser."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

MOST = 1.5e6
SITE = 25e6
LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}


@lru_cache(maxsize=64)
def parsed(path: Path) -> BeautifulSoup:
    """A page, parsed once for all tests."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


@lru_cache(maxsize=64)
def ids(path: Path) -> frozenset[str]:
    """Every id of a page."""
    return frozenset(element["id"] for element in parsed(path).select("[id]"))


def test_ids_are_unique(book: Path, pages: list[str]) -> None:
    """An address points to one place."""
    for page in pages:
        found = [element["id"] for element in parsed(book / page).select("[id]")]
        twice = sorted({each for each in found if found.count(each) > 1}) if len(found) != len(set(found)) else []
        assert not twice, f"{page}: {twice}"


def test_links_within_the_book_lead_somewhere(book: Path, pages: list[str]) -> None:
    """To a file that is there, and to a place in it that is there."""
    broken = []
    for page in pages:
        for link in parsed(book / page).select("a[href]"):
            parts = urlsplit(link["href"])
            if parts.scheme or parts.netloc:
                continue
            path = unquote(parts.path)
            target = (book / page).parent.joinpath(path).resolve() if path else book / page
            place = unquote(parts.fragment)
            if not target.exists() or (place and target.suffix == ".html" and place not in ids(target)):
                broken.append(f"{page}: {link['href']}")
    assert not broken, "\n".join(broken)


def test_nothing_is_loaded_from_another_host(book: Path, pages: list[str]) -> None:
    """No script, style, picture or frame has an address elsewhere, and no page names a content delivery network."""
    for page in pages:
        for name, attribute in LOADING.items():
            for element in parsed(book / page).select(f"{name}[{attribute}]"):
                assert not urlsplit(element[attribute]).netloc, f"{page}: {element}"
        scripts = " ".join(script.get_text() for script in parsed(book / page).select("script:not([type])"))
        assert not [host for host in ("unpkg", "jsdelivr", "cdnjs", "googleapis", "//cdn") if host in scripts], page


def test_every_figure_has_its_words_and_numbers(book: Path, pages: list[str]) -> None:
    """A drawing with a name, a data table with a head, and files that are there."""
    figures = [(page, figure) for page in pages for figure in parsed(book / page).select("figure.chart")]
    assert figures
    for page, figure in figures:
        assert figure.select_one("svg[role=img]").get("aria-label"), page
        assert figure.select("table thead th"), f"{page}: {figure['id']}"
        assert figure.select("table tbody tr"), f"{page}: {figure['id']}"
        for link in figure.select("a[download]"):
            assert (book / page).parent.joinpath(link["href"]).resolve().stat().st_size


def test_every_page_says_its_language(book: Path, pages: list[str]) -> None:
    """Screen readers choose their voice by it."""
    for page in pages:
        assert parsed(book / page).html.get("lang") == "en", page


def test_pages_are_light(book: Path, pages: list[str]) -> None:
    """A chapter weighs at most 1.5 MB, the whole site at most 25."""
    heavy = {page: size for page in pages if (size := (book / page).stat().st_size) > MOST}
    assert not heavy
    assert sum(path.stat().st_size for path in book.rglob("*") if path.is_file()) < SITE


@pytest.mark.parametrize("word", ["WARNING", "Traceback (most recent call last)"])
def test_no_page_shows_a_fault(book: Path, pages: list[str], word: str) -> None:
    """A cell that failed or warned does not reach a reader."""
    assert not [page for page in pages if word in parsed(book / page).get_text()]
