"""The built pages in a browser, opened from the folder on disk with the network cut off."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import NARROW, STANDARDS, ZOOMED, Opener, often, overflows, violations
from playwright.sync_api import expect

LEAST_TEXT = 12
COLOURS = {"type": "rule", "values": ["color-contrast"]}  # the one thing that a theme changes
# What comes in great number (rows, items, folded code) is made like its first three; within a drawing nothing is axe's.
THIN = """() => {
  for (const drawing of document.querySelectorAll("figure.chart svg")) drawing.replaceChildren();
  const beyond = "tbody tr:nth-child(n+4), .listing > *:nth-child(n+4), .listing li:nth-child(n+4)";
  for (const row of document.querySelectorAll(beyond)) row.remove();
  for (const many of ["details.computed > div", "details.passport > div", "main pre"])
    for (const each of [...document.querySelectorAll(many)].slice(3)) each.remove();
  for (const folded of document.querySelectorAll("main details")) folded.open = true;
}"""
WALK = """async () => {
  for (const figure of document.querySelectorAll("figure.chart")) {
    figure.closest("details")?.setAttribute("open", "");
    figure.scrollIntoView();
    const until = Date.now() + 8000;
    while (!figure.dataset.interactive && Date.now() < until) await new Promise((done) => setTimeout(done, 15));
  }
  return [...document.querySelectorAll("figure.chart:not([data-interactive])")].map((figure) => figure.id);
}"""


UNFOLD = "for (const folded of document.querySelectorAll('main details')) folded.open = true"
NAMES = "all => all.map((drawing) => drawing.getAttribute('aria-label'))"
SIZES = """all => all.map((text) => parseFloat(getComputedStyle(text).fontSize)
  * text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width)"""


@dataclass
class Tour:
    """What is to be blamed on the pages, each line with the address of its page; and how many charts were met."""

    charts: int = 0
    dead: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    inaccessible: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


@pytest.fixture(scope="module", params=["frequent", pytest.param("other", marks=pytest.mark.slow)])
def toured(request: pytest.FixtureRequest, pages: list[str]) -> list[str]:
    """The pages to look at: those that readers visit most, and, among the slow tests, all others."""
    frequent = often(pages)
    return frequent if request.param == "frequent" else [page for page in pages if page not in frequent]


@pytest.fixture(scope="module")
def desk(book: Path, toured: list[str], open_lasting: Opener) -> Tour:
    """Each page on a wide screen: its charts drawn by script, then looked at by axe in light and in dark."""
    visit, tour, axe = open_lasting(), Tour(), Axe()
    for address in toured:
        visit.page.emulate_media(color_scheme="light")
        visit.page.goto((book / address).as_uri())
        names = visit.page.eval_on_selector_all(".chart-view svg", NAMES)
        tour.charts += len(names)
        tour.dead += [f"{address}#{name}" for name in visit.page.evaluate(WALK)]
        tour.renamed += [address] if visit.page.eval_on_selector_all(".chart-view svg", NAMES) != names else []
        visit.page.evaluate(THIN)
        tour.inaccessible += violations(axe, visit.page, STANDARDS, f"{address} in light")
        visit.page.emulate_media(color_scheme="dark")
        visit.page.wait_for_function("document.documentElement.dataset.theme === 'dark'", timeout=5000)
        tour.inaccessible += violations(axe, visit.page, COLOURS, f"{address} in dark")
    tour.console, tour.elsewhere = visit.console, visit.elsewhere
    return tour


@pytest.fixture(scope="module")
def phone(book: Path, toured: list[str], open_lasting: Opener) -> Tour:
    """Each page on a narrow screen, with all that is folded open; then as narrow as at 400 % zoom."""
    visit, tour = open_lasting(width=NARROW), Tour()
    for address in toured:
        visit.page.set_viewport_size({"width": NARROW, "height": 844})
        visit.page.goto((book / address).as_uri())
        visit.page.evaluate(UNFOLD)
        tour.dead += [f"{address}#{name}" for name in visit.page.evaluate(WALK)]
        tour.wide += [f"{address} at {NARROW}"] if overflows(visit.page) else []
        sizes = visit.page.eval_on_selector_all(".chart-view svg text", SIZES)
        tour.small += [address] if min(sizes, default=LEAST_TEXT) < LEAST_TEXT - 0.01 else []
        visit.page.set_viewport_size({"width": ZOOMED, "height": 844})
        tour.wide += [f"{address} at {ZOOMED}"] if overflows(visit.page) else []
    tour.console, tour.elsewhere = visit.console, visit.elsewhere
    return tour


def test_every_page_is_accessible(desk: Tour) -> None:
    """Axe finds nothing, with everything unfolded, in light and in dark."""
    assert not desk.inaccessible, "\n".join(desk.inaccessible)


def test_every_chart_becomes_interactive(desk: Tour, phone: Tour) -> None:
    """When it comes into view it is drawn by the local Vega; what a screen reader calls it stays."""
    assert desk.charts
    assert not desk.dead + phone.dead
    assert not desk.renamed


def test_the_console_is_silent(desk: Tour, phone: Tour) -> None:
    """No page has anything to complain of."""
    assert not desk.console + phone.console


def test_no_other_host_is_asked(desk: Tour, phone: Tour) -> None:
    """All that a page needs lies in its folder."""
    assert not desk.elsewhere + phone.elsewhere


def test_no_page_is_wider_than_a_narrow_screen(phone: Tour) -> None:
    """On a phone, and at 400 % zoom."""
    assert not phone.wide


def test_charts_keep_the_size_of_their_text_on_a_phone(phone: Tour) -> None:
    """They are drawn anew, not made smaller."""
    assert not phone.small


@pytest.fixture(scope="module")
def charted(book: Path, pages: list[str]) -> str:
    """The address of a page with charts."""
    page = next(page for page in pages if 'class="chart-view"' in (book / page).read_text(encoding="utf-8"))
    return (book / page).as_uri()


def test_a_mark_tells_what_is_behind_it(charted: str, open_page: Opener) -> None:
    """Pointing at a mark shows its row, in the colours of the page."""
    page = open_page().page
    page.goto(charted)
    page.evaluate(WALK)
    page.locator("figure.chart .mark-rect path, figure.chart .mark-symbol path").first.hover(force=True)
    tooltip = page.locator(".vg-tooltip.visible")
    tooltip.wait_for(timeout=3000)
    assert tooltip.locator("td.value").count() > 1
    assert tooltip.evaluate("(box) => getComputedStyle(box).position") == "fixed"


def test_charts_stand_without_scripts(charted: str, open_page: Opener) -> None:
    """The drawing, its note and its data are in the page."""
    page = open_page(scripts=False).page
    page.goto(charted)
    assert page.locator("figure.chart svg").first.bounding_box()["height"] > 50
    page.locator("figure.chart summary").first.click()
    assert page.locator("figure.chart table").first.is_visible()


def test_the_keyboard_reaches_the_data_of_a_chart(charted: str, open_page: Opener) -> None:
    """The fold opens with Enter; what scrolls can be focused."""
    page = open_page(width=NARROW).page
    page.goto(charted)
    summary = page.locator("figure.chart summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("figure.chart .scroll").first.is_visible()
    page.evaluate(WALK)
    unreachable = page.eval_on_selector_all(
        ".chart-view", "all => all.filter((view) => view.scrollWidth > view.clientWidth && view.tabIndex !== 0).length"
    )
    assert unreachable == 0


def test_an_address_opens_what_is_folded(book: Path, pages: list[str], open_page: Opener) -> None:
    """A link to a statement shows it, though its list is folded."""
    page = open_page().page
    sources = next(address for address in pages if address.endswith("/sources.html"))
    page.goto((book / sources).as_uri())
    inner = page.locator(".listing details [id]").first.get_attribute("id")
    assert not page.locator(f'[id="{inner}"]').is_visible()
    page.goto((book / sources).as_uri() + f"#{inner}")
    page.reload()
    assert page.locator(f'[id="{inner}"]').is_visible()


def test_paper_shows_charts_and_no_menus(charted: str, open_page: Opener) -> None:
    """Printed, a page is its text and its figures."""
    page = open_page().page
    page.goto(charted)
    page.emulate_media(media="print")
    assert page.locator("figure.chart svg").first.is_visible()
    assert not page.locator(".bd-sidebar-primary").is_visible()
    assert not page.locator("details.computed").first.is_visible()


def test_search_finds(book: Path, open_page: Opener) -> None:
    """From the folder on disk, without a server: each page with an excerpt, and a silent console."""
    visit = open_page()
    visit.page.goto((book / "search.html").as_uri() + "?q=partnerships+visas")
    found = visit.page.locator("#search-results li")
    expect(visit.page.locator("#search-results .search-summary")).to_contain_text("found")
    assert found.count() > 5
    expect(found.locator("p.context mark")).to_have_count(found.count())
    marked = {each.lower() for each in found.locator("p.context mark").all_text_contents()}
    assert all(word.startswith("part") or word.startswith("visa") for word in marked)
    assert not visit.elsewhere + visit.console
