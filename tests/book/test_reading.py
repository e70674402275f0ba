"""What a reader does with a page: asks where a figure is from, takes it along, follows a finding to its document."""

import json
from pathlib import Path

import pytest
from browsing import BOOK, Opener
from playwright.sync_api import Page, expect

SCREENSHOTS = BOOK.parent / "screenshots"
SHOWN = 10
OFTEN = (
    *("index", "design", "case", "discourse", "implementation", "sources", "comparison", "findings", "robustness"),
    *("explorer", "codebook", "agreement", "colophon"),
)
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


def test_a_reader_comes_from_the_opening_page_to_a_public_document_and_back(book: Path, page: Page) -> None:
    """From a verdict to a row behind its figure, and from there to the address of the document."""
    page.goto((book / "book/index.html").as_uri())
    page.locator(".verdicts .strip a").first.click()
    finding = page.url.rpartition("#")[2]
    assert finding and "/findings.html" in page.url
    place = page.locator(f'[id="{finding}"]')
    rows = place.locator("xpath=following::details[contains(., 'Rows behind')]").first
    rows.locator("summary").first.click()
    row = rows.locator("a[href*='#']").first
    row.click()
    target = page.locator(f'[id="{page.url.rpartition("#")[2]}"]')
    expect(target).to_be_visible()
    source = target.locator("xpath=ancestor-or-self::details[1] | self::*").locator("a[rel='external']").first
    assert (source.get_attribute("href") or "").startswith("http")
    page.go_back()
    page.go_back()
    assert page.url.endswith("/index.html")


def test_what_the_search_index_holds_is_asked_by_the_search_alone(book: Path, pages: list[str]) -> None:
    """It is as large as a chapter; no other page loads it."""
    loading = [page for page in pages if "searchindex.js" in (book / page).read_text(encoding="utf-8")]
    assert loading == ["search.html"]


def chosen(pages: list[str]) -> list[str]:
    """The first page of each name that a reader meets often, as far as there is one."""
    known = [page for page in pages if page.startswith("book/")]
    first = (next((page for page in known if Path(page).stem == name), None) for name in OFTEN)
    return [page for page in first if page][:SHOWN]


@pytest.mark.parametrize("width", WIDTHS)
def test_ten_pages_are_kept_as_pictures(book: Path, pages: list[str], open_page: Opener, width: int) -> None:
    """In ``_build/screenshots``, for a person to look at; none is empty."""
    page = open_page(width=width).page
    SCREENSHOTS.mkdir(exist_ok=True)
    for address in chosen(pages):
        page.goto((book / address).as_uri())
        page.evaluate(DRAWN, TALL)
        name = address.removesuffix(".html").replace("/", "-")
        path = SCREENSHOTS / f"{name}-{width}.png"
        page.screenshot(path=path, clip={"x": 0, "y": 0, "width": width, "height": TALL}, full_page=True)
        assert path.stat().st_size > 20_000, address
    (SCREENSHOTS / f"pages-{width}.json").write_text(json.dumps(chosen(pages), indent=1))
