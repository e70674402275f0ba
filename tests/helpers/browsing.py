"""What browser looks at the book, and what a visit leaves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import made
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

BOOK = made.REPOSITORY / "_build" / "html"
CHROMIUM = Path("/usr/bin/chromium")
OFTEN = (
    *("index", "design", "case", "discourse", "implementation", "sources", "comparison", "findings", "robustness"),
    *("explorer", "codebook", "agreement", "colophon"),
)
"""Names of the pages that readers meet often."""
NARROW = 390
ZOOMED = 320  # a screen of 1280 pixels at 400 %
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """A page in a browser, and what it said and asked for meanwhile."""

    page: Page
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


Opener = Callable[..., Visit]


def often(pages: list[str]) -> list[str]:
    """The first page of each name that a reader meets often, as far as there is one."""
    known = [page for page in pages if page.startswith("book/")]
    first = (next((page for page in known if Path(page).stem == name), None) for name in OFTEN)
    return [page for page in first if page]


def overflows(page: Page) -> bool:
    """Whether the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def violations(axe: Axe, page: Page, rules: object, where: str) -> list[str]:
    """What axe finds, up to three places a rule."""
    options = {
        "runOnly": rules,
        "resultTypes": ["violations"],
        "preload": False,
    }  # preload asks for the page's own files
    found = axe.run(page, options=options).response["violations"]
    return [f"{where}: {fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"][:3]]
