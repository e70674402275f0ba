"""The script of the register: it searches, filters and sorts, and its address keeps what was chosen."""

from collections.abc import Iterator
from pathlib import Path

import made
import pytest
from compendium.chapters import documents
from compendium.dataset.evidence import load_evidence
from playwright.sync_api import Browser, Page


@pytest.fixture
def page(project: Path, tmp_path: Path, browser: Browser) -> Iterator[Page]:
    """The register of made-up documents, with its script."""
    kinds = [("2009", "report", "Zebra"), ("", "news", "apple"), ("2011-02", "news", "Mango"), ("2011", "mou", "Fig")]
    rows = [
        {"document_id": f"aland-d{n}", "case_id": "aland", "date": date, "kind": kind, "title": title}
        for n, (date, kind, title) in enumerate(kinds, 1)
    ]
    made.write(project / "data/cases/aland", "documents", rows)
    script = made.REPOSITORY / "book/_static/register.js"
    table = documents.documents_table(load_evidence(project)).data
    file = tmp_path / "page.html"
    file.write_text(f'<!doctype html><meta charset=utf-8>{table}<script src="{script.as_uri()}"></script>', "utf-8")
    opened = browser.new_page()
    opened.goto(file.as_uri())
    yield opened
    opened.close()


def titles(page: Page) -> list[str]:
    return page.locator("tbody tr:not([hidden]) td:nth-child(2) a").all_text_contents()


def test_search_filter_sort_and_the_address_that_keeps_them(page: Page) -> None:
    whole = len(titles(page))
    status = page.locator("[aria-live=polite]")
    assert status.text_content() == f"{whole} of {whole} documents"
    page.get_by_label("Kind").select_option("news")
    assert sorted(titles(page)) == ["Mango", "apple"] and status.text_content() == f"2 of {whole} documents"
    assert page.url.endswith("#kind=news")
    page.get_by_role("button", name="Document").press("Enter")
    assert titles(page) == ["apple", "Mango"]
    assert page.locator("th[aria-sort=ascending]").text_content() == "Document"
    page.get_by_role("button", name="Document").press("Enter")
    assert titles(page) == ["Mango", "apple"]
    page.get_by_role("button", name="Date").press("Enter")
    page.get_by_role("button", name="Date").press("Enter")
    assert titles(page)[-1] == "apple", "what has no date stands last, downwards too"
    page.get_by_role("searchbox").fill("MANGO")
    assert titles(page) == ["Mango"]
    address = page.url
    page.get_by_role("button", name="Show all").click()
    assert len(titles(page)) == whole
    page.goto("about:blank")
    page.goto(address)
    assert titles(page) == ["Mango"] and page.get_by_label("Kind").input_value() == "news"


def test_years_are_a_filter(page: Page) -> None:
    page.get_by_label("Date").select_option("2011")
    assert sorted(titles(page)) == ["Fig", "Mango"]
