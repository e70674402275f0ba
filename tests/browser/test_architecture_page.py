"""The net of arrangements in a browser: its field, its marks and its list."""

from pathlib import Path

import pytest
from browsing import Opener
from playwright.sync_api import Page

SHOWN = "figure.chart[data-interactive] .vega-bind input[type=search]"
BRIGHT = """all => all.filter((mark) => Number(mark.getAttribute('opacity') ?? 1) > 0.5).length"""


@pytest.fixture
def net(book: Path, pages: list[str], open_page: Opener) -> Page:
    """The page with the net, drawn by script."""
    address = next((page for page in pages if page.endswith("across/architecture.html")), None)
    if address is None:
        pytest.skip("The book has no chapter on the architecture.")
    page = open_page().page
    page.goto((book / address).as_uri())
    page.locator("figure.chart#net").scroll_into_view_if_needed()
    page.locator(SHOWN).wait_for(timeout=8000)
    return page


def first_entry(page: Page) -> tuple[str, str]:
    """Id and name of an arrangement in the list."""
    entry = page.locator(".arrangements details details").first
    name = entry.locator("summary").evaluate("(summary) => summary.firstChild.textContent.trim()")
    return entry.get_attribute("id") or "", name


def test_the_field_finds_by_name(net: Page) -> None:
    """What bears the name stays bright, all else fades; the field has a name of its own."""
    marks = "figure#net .mark-symbol.role-mark path"
    before = net.eval_on_selector_all(marks, BRIGHT)
    _, name = first_entry(net)
    assert net.get_by_label("Find by name").count() == 1
    net.locator(SHOWN).fill(name)
    net.wait_for_function(f"document.querySelectorAll('{marks}[opacity=\"0.12\"]').length > 0", timeout=3000)
    assert 1 <= net.eval_on_selector_all(marks, BRIGHT) < before
    assert net.get_by_text(name, exact=True).count() >= 1


def test_the_keyboard_leads_from_the_field_to_the_entry(net: Page) -> None:
    """Enter unfolds the entry of what was typed."""
    identity, name = first_entry(net)
    assert not net.locator(f'[id="{identity}"] > p').is_visible()
    net.locator(SHOWN).focus()
    net.keyboard.type(name)
    net.keyboard.press("Enter")
    net.locator(f'[id="{identity}"] > p').wait_for(state="visible", timeout=3000)


def test_a_mark_leads_to_its_entry(net: Page) -> None:
    """A click on a sign unfolds its entry."""
    net.locator("figure#net .mark-symbol.role-mark path").first.click(force=True)
    net.locator(".arrangements details details[open] > p").wait_for(state="visible", timeout=3000)


def test_no_mark_is_a_stop_of_the_keyboard(net: Page) -> None:
    """The list is read by keyboard, not more than a hundred nameless signs."""
    assert net.locator("figure#net svg a, figure#net svg [tabindex]").count() == 0
