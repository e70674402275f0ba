"""The built book in a real browser that reaches no other host."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from browsing import BOOK, CHROMIUM, FLAGS, Opener, Visit
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Route, sync_playwright

ELSEWHERE = re.compile(r"^(https?|wss?|ftp):")


def missing(message: str) -> NoReturn:
    """Skip on a reader's machine; fail where everything is to be tested."""
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def book() -> Path:
    """The folder of the built book."""
    if not (BOOK / "book" / "index.html").exists():
        missing("There is no book in _build/html: run `make book` first.")
    return BOOK


@pytest.fixture(scope="session")
def pages(book: Path) -> list[str]:
    """Every page of the book, as addresses below its folder."""
    found = (path.relative_to(book).as_posix() for path in book.rglob("*.html"))
    return sorted(page for page in found if not page.startswith("_") and page != "index.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; closed behind each file, for a process can not start a second one beside it."""
    if not CHROMIUM.exists():
        missing(f"There is no {CHROMIUM}: `make browser` installs it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(book: Path, browser: Browser) -> Iterator[Opener]:
    """Open pages from the folder on disk, with every other host cut off; they are closed behind each test."""
    with opening(browser) as opener:
        yield opener


@pytest.fixture(scope="module")
def open_lasting(book: Path, browser: Browser) -> Iterator[Opener]:
    """As ``open_page``; the pages stay open for all tests of a file."""
    with opening(browser) as opener:
        yield opener


@contextmanager
def opening(browser: Browser) -> Iterator[Opener]:
    """A way to open pages; all are closed at the end."""
    contexts: list[BrowserContext] = []

    def opened(width: int = 1280, scripts: bool = True, touch: bool = False) -> Visit:
        viewport = {"width": width, "height": 900}
        context = browser.new_context(
            viewport=viewport, java_script_enabled=scripts, has_touch=touch, reduced_motion="reduce"
        )
        contexts.append(context)
        visit = Visit(context.new_page())

        def refuse(asked: Route) -> None:
            visit.elsewhere.append(asked.request.url)
            asked.abort()

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                visit.console.append(f"{visit.page.url}: {message.text}")

        context.route(ELSEWHERE, refuse)
        visit.page.on("console", said)
        visit.page.on("pageerror", lambda fault: visit.console.append(f"{visit.page.url}: {fault}"))
        return visit

    yield opened
    for context in contexts:
        context.close()
