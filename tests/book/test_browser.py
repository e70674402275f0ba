"""The built pages in a browser, opened from the folder on disk with the network cut off."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import Visit
from playwright.sync_api import Page

NARROW = 390
LEAST_TEXT = 12
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only colours depend on the theme; axe takes most of its time for them.
RULES = {"light": STANDARDS, "dark": {"type": "rule", "values": ["color-contrast"]}}
# What comes in great number (rows, items, folded code) is made like its first three; within a drawing nothing is axe's.
THIN = """() => {
  for (const drawing of document.querySelectorAll("figure.chart svg")) drawing.replaceChildren();
  const beyond = "tbody tr:nth-child(n+4), .listing > *:nth-child(n+4), .listing li:nth-child(n+4)";
  for (const row of document.querySelectorAll(beyond)) row.remove();
  for (const code of [...document.querySelectorAll("details.computed > div")].slice(3)) code.remove();
  for (const folded of document.querySelectorAll("article details")) folded.open = true;
}"""
WALK = """async () => {
  for (const figure of document.querySelectorAll("figure.chart")) {
    figure.scrollIntoView();
    const until = Date.now() + 8000;
    while (!figure.dataset.interactive && Date.now() < until) await new Promise((done) => setTimeout(done, 15));
  }
  return [...document.querySelectorAll("figure.chart:not([data-interactive])")].map((figure) => figure.id);
}"""


def wide(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture(scope="module")
def axe() -> Axe:
    """The rules of axe-core."""
    return Axe()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_and_quiet(book: Path, pages: list[str], visit: Visit, axe: Axe, theme: str) -> None:
    """Axe finds nothing, with everything unfolded; the console is silent; no other host is asked."""
    page, seen = visit(theme=theme)
    faults = []
    for address in pages:
        page.goto((book / address).as_uri())
        page.evaluate(THIN)
        options = {"runOnly": RULES[theme], "resultTypes": ["violations"]}
        found = axe.run(page, options=options).response["violations"]
        faults += [f"{address}: {fault['id']}: {node['html'][:200]}" for fault in found for node in fault["nodes"][:3]]
    assert not faults, "\n".join(faults)
    assert not seen.console
    assert not seen.elsewhere


def test_every_chart_becomes_interactive(book: Path, pages: list[str], visit: Visit) -> None:
    """When it comes into view, it is drawn again without a shift of what stands below; its name stays."""
    page, seen = visit()
    drawn = 0
    for address in pages:
        page.goto((book / address).as_uri())
        names = page.eval_on_selector_all(".chart-view svg", "all => all.map((svg) => svg.getAttribute('aria-label'))")
        assert page.evaluate(WALK) == [], address
        after = page.eval_on_selector_all(".chart-view svg", "all => all.map((svg) => svg.getAttribute('aria-label'))")
        assert after == names, address
        drawn += len(names)
    assert drawn
    assert not seen.console
    assert not seen.elsewhere


def test_a_mark_tells_what_is_behind_it(book: Path, pages: list[str], visit: Visit) -> None:
    """Pointing at a mark shows its row, in the colours of the page."""
    page, _ = visit()
    address = first_with_charts(book, pages)
    page.goto((book / address).as_uri())
    page.evaluate(WALK)
    page.locator("figure.chart .mark-rect path, figure.chart .mark-symbol path").first.hover(force=True)
    tooltip = page.locator(".vg-tooltip.visible")
    tooltip.wait_for(timeout=3000)
    assert tooltip.locator("td.value").count() > 1
    assert tooltip.evaluate("(box) => getComputedStyle(box).position") == "fixed"


def test_nothing_is_lost_on_a_phone(book: Path, pages: list[str], visit: Visit) -> None:
    """No page is wider than the screen; charts keep the size of their text."""
    page, seen = visit(width=NARROW)
    for address in pages:
        page.goto((book / address).as_uri())
        page.evaluate("for (const folded of document.querySelectorAll('article details')) folded.open = true")
        assert page.evaluate(WALK) == [], address
        assert wide(page) <= 0, address
        sizes = page.eval_on_selector_all(
            ".chart-view svg text",
            "all => all.map((text) => parseFloat(getComputedStyle(text).fontSize)"
            " * text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width)",
        )
        assert min(sizes, default=LEAST_TEXT) >= LEAST_TEXT - 0.01, address
    assert not seen.console


def test_pages_reflow_at_320_pixels(book: Path, pages: list[str], visit: Visit) -> None:
    """As wide as a screen of 1280 pixels at 400 % zoom."""
    page, _ = visit(width=320)
    for address in pages:
        page.goto((book / address).as_uri())
        assert wide(page) <= 0, address


def test_charts_stand_without_scripts(book: Path, pages: list[str], visit: Visit) -> None:
    """The drawing, its note and its data are in the page."""
    page, seen = visit(scripts=False)
    page.goto((book / first_with_charts(book, pages)).as_uri())
    assert page.locator("figure.chart svg").first.bounding_box()["height"] > 50
    page.locator("figure.chart summary").first.click()
    assert page.locator("figure.chart table").first.is_visible()
    assert not seen.elsewhere


def test_the_keyboard_reaches_the_data_of_a_chart(book: Path, pages: list[str], visit: Visit) -> None:
    """The fold opens with Enter; what scrolls can be focused."""
    page, _ = visit(width=NARROW)
    page.goto((book / first_with_charts(book, pages)).as_uri())
    summary = page.locator("figure.chart summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("figure.chart .scroll").first.is_visible()
    page.evaluate(WALK)
    unreachable = page.eval_on_selector_all(
        ".chart-view", "all => all.filter((view) => view.scrollWidth > view.clientWidth && view.tabIndex !== 0).length"
    )
    assert unreachable == 0


def test_an_address_opens_what_is_folded(book: Path, pages: list[str], visit: Visit) -> None:
    """A link to a statement shows it, though its list is folded."""
    page, _ = visit()
    sources = next(address for address in pages if address.endswith("/sources.html"))
    page.goto((book / sources).as_uri())
    inner = page.locator(".listing details [id]").first.get_attribute("id")
    assert not page.locator(f'[id="{inner}"]').is_visible()
    page.goto((book / sources).as_uri() + f"#{inner}")
    page.reload()
    assert page.locator(f'[id="{inner}"]').is_visible()


def test_paper_shows_charts_and_no_menus(book: Path, pages: list[str], visit: Visit) -> None:
    """Printed, a page is its text and its figures."""
    page, _ = visit()
    page.goto((book / first_with_charts(book, pages)).as_uri())
    page.emulate_media(media="print")
    assert page.locator("figure.chart svg").first.is_visible()
    assert not page.locator(".bd-sidebar-primary").is_visible()
    assert not page.locator("details.computed").first.is_visible()


def test_search_finds(book: Path, visit: Visit) -> None:
    """From the folder on disk, with no server."""
    page, seen = visit()
    page.goto((book / "search.html").as_uri() + "?q=partnership")
    page.locator("#search-results li").first.wait_for(timeout=5000)
    assert not seen.elsewhere


def first_with_charts(book: Path, pages: list[str]) -> str:
    """The first page that has a chart."""
    return next(page for page in pages if 'class="chart-view"' in (book / page).read_text(encoding="utf-8"))
