"""What a reader does with a page: asks where a figure is from, takes it along, follows a finding to its document."""

import json
import re
from pathlib import Path

import pytest
from browsing import BOOK, Opener, often
from playwright.sync_api import Locator, Page, expect

SCREENSHOTS = BOOK.parent / "screenshots"
SHOWN = 10
MOST_TABS = 80
WIDTHS = (1280, 390)
TALL = 2400
DRAWN = """async (tall) => {
  for (const figure of document.querySelectorAll("figure.chart")) {
    if (figure.getBoundingClientRect().top + scrollY > tall) break;
    figure.scrollIntoView();
    const until = Date.now() + 8000;
    while (!figure.dataset.interactive && Date.now() < until) await new Promise((done) => setTimeout(done, 15));
  }
  window.scrollTo(0, 0);
}"""


@pytest.fixture(scope="module")
def talk(book: Path, pages: list[str]) -> str:
    """The address of a case's page with charts."""
    return (book / next(page for page in pages if page.endswith("/discourse.html"))).as_uri()


@pytest.fixture
def page(open_page: Opener) -> Page:
    """A page on a wide screen."""
    return open_page().page


def test_a_passport_brings_its_hashes(page: Page, talk: str) -> None:
    """Folded at first; once opened it has a row for each file, and each row the whole SHA-256."""
    page.goto(talk)
    passport = page.locator("figure.chart details.passport").first
    assert not passport.locator("dl").is_visible()
    passport.locator("summary").first.press("Enter")
    expect(passport.locator("dl")).to_be_visible()
    expect(passport.locator("tbody tr")).to_have_count(page.locator("#passport tbody tr").count())
    digest = passport.locator("tbody tr details").first
    digest.locator("summary").click()
    assert len(digest.locator("code").last.inner_text()) == 64


def test_a_figure_is_taken_along_as_a_picture(page: Page, talk: str, tmp_path: Path) -> None:
    """A PNG of twice the size of the drawing, named like the figure, dark ink on white in the dark theme too."""
    page.emulate_media(color_scheme="dark")
    page.goto(talk)
    figure = page.locator("figure.chart").first
    figure.locator("details.passport summary").first.click()
    with page.expect_download() as waiting:
        figure.locator("button.png").press("Enter")
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    assert path.stem == figure.locator("details.passport summary small").inner_text()
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    drawn = figure.locator(".chart-view svg").evaluate("(svg) => [svg.width.baseVal.value, svg.height.baseVal.value]")
    sizes = [int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")]
    assert sizes == [int(2 * side) for side in drawn]


def test_the_address_of_a_figure_is_copied(open_page: Opener, talk: str) -> None:
    """And said to be; it leads to the figure."""
    page = open_page().page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(talk)
    figure = page.locator("figure.chart").first
    figure.locator("details.passport summary").first.click()
    figure.locator("a.copy").click()
    expect(figure.locator(".copied")).to_have_text(" copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{talk}#{figure.get_attribute('id')}"


def test_without_scripts_the_files_of_a_figure_are_there(open_page: Opener, talk: str) -> None:
    """Links to files and to the hashes; no button that does nothing."""
    page = open_page(scripts=False).page
    page.goto(talk)
    passport = page.locator("figure.chart details.passport").first
    passport.locator("summary").first.click()
    assert passport.locator("a[download]").count() == 3
    assert not passport.locator("button").is_visible()
    passport.locator("a.hashes").click()
    assert page.url.endswith("#passport")


def test_the_keyboard_hears_what_a_number_is(page: Page, talk: str) -> None:
    """At the focus of the link; Escape takes it away."""
    page.goto(talk)
    number = page.locator("article a.val").first
    page.keyboard.press("Tab")
    number.focus()
    hint = page.locator("#hint")
    expect(hint).to_be_visible()
    expect(hint).to_have_text(number.get_attribute("title") or "")
    assert number.get_attribute("aria-describedby") == "hint"
    page.keyboard.press("Escape")
    expect(hint).to_be_hidden()


def test_a_finger_reads_what_a_number_is_before_it_follows(book: Path, talk: str, open_page: Opener) -> None:
    """The first tap shows it, within the screen; the second one leads to the number's row."""
    page = open_page(width=390, touch=True).page
    page.goto(talk)
    number = page.locator("article a.val[href^='#number-']").first
    number.tap()
    hint = page.locator("#hint")
    expect(hint).to_be_visible()
    box = hint.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert "#number-" not in page.url
    number.tap()
    assert "#number-" in page.url


def test_the_first_tab_skips_the_side_bar(page: Page, talk: str) -> None:
    """A link to the text is the first thing that the keyboard meets."""
    page.goto(talk)
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_be_visible()
    assert skip.get_attribute("href") == "#main-content"


def test_focus_is_seen(page: Page, talk: str) -> None:
    """Whatever the keyboard reaches has an outline."""
    page.goto(talk)
    page.keyboard.press("Tab")
    for selector in ("article a.val", "figure summary", "details.computed summary", ".prev-next-area a"):
        element = page.locator(selector).first
        element.focus()
        assert element.evaluate("(each) => getComputedStyle(each).outlineStyle") != "none", selector


class Mouse:
    """Goes to what it sees, and clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def start(self) -> None:
        """Begin with the text."""

    def use(self, seen: Locator) -> None:
        """Follow a link, or open a fold."""
        expect(seen).to_be_visible()
        seen.click()

    def reach(self, seen: Locator, key: str = "Tab") -> None:
        """Be where one could follow a link; ``key`` tells the keyboard in which direction."""
        expect(seen).to_be_in_viewport()


class Finger(Mouse):
    """Taps."""

    def use(self, seen: Locator) -> None:
        expect(seen).to_be_visible()
        seen.tap()


class Keyboard(Mouse):
    """Knows Tab and Enter, and gives up where a way is too long."""

    def start(self) -> None:
        """By the link that the first Tab meets."""
        self.page.keyboard.press("Tab")
        self.page.keyboard.press("Enter")

    def use(self, seen: Locator) -> None:
        self.reach(seen)
        self.page.keyboard.press("Enter")

    def reach(self, seen: Locator, key: str = "Tab") -> None:
        for _ in range(MOST_TABS):
            if seen.evaluate("(element) => element === document.activeElement"):
                break
            self.page.keyboard.press(key)
        expect(seen).to_be_focused()
        expect(seen).to_be_in_viewport()


HANDS = {"mouse": (Mouse, 1280), "finger": (Finger, 390), "keyboard": (Keyboard, 1280)}


@pytest.mark.parametrize("name", HANDS)
def test_a_reader_comes_from_the_opening_page_to_a_public_document_and_back(
    book: Path, open_page: Opener, name: str
) -> None:
    """From a claim to the rows behind one of its criteria, from a row to its document's address; and the same way back.

    By what can be seen alone, and without losing one's place.
    """
    kind, width = HANDS[name]
    page = open_page(width=width, touch=name == "finger").page
    hand = kind(page)
    page.goto((book / "index.html").as_uri())
    page.wait_for_url("**/book/index.html")
    hand.start()
    hand.use(page.locator(".verdict-group li a").first)
    page.wait_for_url("**/findings.html#*")
    finding = page.locator(f'[id="{page.url.rpartition("#")[2]}"]')
    expect(finding).to_be_in_viewport()
    hand.use(finding.locator("xpath=following::a[contains(@href, '#rows-')]").first)
    page.wait_for_url("**/rows.html#*")
    rows = page.locator(f'[id="{page.url.rpartition("#")[2]}"]')
    row = rows.locator("a[href*='#']").first
    hand.use(row)
    page.wait_for_url("**/cases/**")
    target = page.locator(f'[id="{page.url.rpartition("#")[2]}"]')
    expect(target).to_be_in_viewport()
    source = target.locator("xpath=ancestor-or-self::details[1] | self::*").locator("a[rel='external']").first
    hand.reach(source, "Shift+Tab")  # it stands above the statements of its document
    assert (source.get_attribute("href") or "").startswith("http")
    page.go_back()
    expect(row).to_be_visible()
    page.go_back()
    page.wait_for_url("**/findings.html#*")
    page.go_back()
    page.wait_for_url("**/book/index.html*")


def test_a_page_is_cited_by_its_full_title(book: Path, pages: list[str]) -> None:
    """The contents shorten the titles of a case's pages; who cites one has to say of which case it is."""
    texts = [(book / page).read_text(encoding="utf-8") for page in pages if "/cases/" in page]
    titles = [re.findall(r"title = {(.*?)}", text)[0] for text in texts]
    assert titles
    assert len(titles) == len(set(titles))


def test_what_the_search_index_holds_is_asked_by_the_search_alone(book: Path, pages: list[str]) -> None:
    """It is as large as a chapter; no other page loads it."""
    loading = [page for page in pages if "searchindex.js" in (book / page).read_text(encoding="utf-8")]
    assert loading == ["search.html"]


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_ten_pages_are_kept_as_pictures(book: Path, pages: list[str], open_page: Opener, width: int) -> None:
    """In ``_build/screenshots``, for a person to look at; none is empty."""
    page = open_page(width=width).page
    SCREENSHOTS.mkdir(exist_ok=True)
    shown = often(pages)[:SHOWN]
    for address in shown:
        page.goto((book / address).as_uri())
        page.evaluate(DRAWN, TALL)
        name = address.removesuffix(".html").replace("/", "-")
        path = SCREENSHOTS / f"{name}-{width}.png"
        page.screenshot(path=path, clip={"x": 0, "y": 0, "width": width, "height": TALL}, full_page=True)
        assert path.stat().st_size > 20_000, address
    (SCREENSHOTS / f"pages-{width}.json").write_text(json.dumps(shown, indent=1))
