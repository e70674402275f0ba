"""The explorer in a browser, opened from the folder on disk: what it shows is counted again with nothing but csv."""

import csv
import io
import re
import statistics
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import explored
import plain
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import NARROW, STANDARDS, ZOOMED, Opener, Visit, overflows, violations
from bs4 import BeautifulSoup
from playwright.sync_api import Page, expect
from slow import slow_after_first

PAGE = "book/explorer.html"
MOST_BYTES = 500_000
MOST_TIME = 100  # ms
Keep = Callable[[explored.Row], bool]

# Values that occur, taken from the data, so that nothing is named here.
ALL = explored.rows()
CASE = plain.CASES[0]
PARTNERSHIP = next(row["partnership"] for row in ALL if row["partnership"] != "none")
SIDE, KIND = ALL[0]["side"], ALL[0]["document"]
FRAME, OTHER = sorted(plain.labels("frames"))[:2]
AREA = sorted(plain.labels("policy_areas"))[0]
YEAR = statistics.mode(row["year"] for row in ALL if row["year"])
ACTOR = Counter(explored.words(row["actor"]) for row in ALL if row["actor"]).most_common(1)[0][0].strip()
WORD = Counter(word for row in ALL for word in set(explored.words(row["text"]).split()) if len(word) > 6).most_common(
    20
)[-1][0]
PAIR = " ".join(explored.words(ALL[0]["text"]).split()[:2])

FILTERS: dict[str, Keep] = {
    "": lambda row: True,
    "kind=measure": lambda row: row["kind"] == "measure",
    f"case={CASE}": lambda row: row["case"] == CASE,
    f"partnership={PARTNERSHIP}&partnership=none": lambda row: row["partnership"] in (PARTNERSHIP, "none"),
    f"side={SIDE}&document={KIND}": lambda row: row["side"] == SIDE and row["document"] == KIND,
    f"year-from={YEAR}": lambda row: row["year"] >= YEAR,
    f"year-from={YEAR}&year-to={YEAR}": lambda row: row["year"] == YEAR,
    f"year-to={YEAR}": lambda row: "" < row["year"] <= YEAR,
    f"actor={ACTOR}": lambda row: all(f" {word}" in explored.words(row["actor"]) for word in ACTOR.split()),
    f"text={WORD[:-2]}": lambda row: f" {WORD[:-2]}" in explored.words(row["text"]),
    f"text=%22{PAIR}%22": lambda row: f" {PAIR} " in explored.words(row["text"]),
    f"frame={FRAME}": lambda row: FRAME in explored.codes(row),
    f"frame={FRAME}&frame={OTHER}": lambda row: bool({FRAME, OTHER} & explored.codes(row)),
    f"frame={FRAME}&area={AREA}": lambda row: {FRAME, AREA} <= explored.codes(row),
    "frame=none&reading=both": lambda row: "none" in explored.codes(row, "both"),
    **{
        f"area={AREA}&reading={reading}": lambda row, reading=reading: AREA in explored.codes(row, reading)
        for reading in ("both", *sorted(explored.readings()))
    },
}


@pytest.fixture(scope="module")
def visit(book: Path, open_lasting: Opener) -> Visit:
    """A browser with the explorer in it."""
    return go(open_lasting(), book)


@pytest.fixture
def page(visit: Visit, book: Path) -> Page:
    """The explorer as it is to begin with."""
    return go(visit, book).page


def go(visit: Visit, book: Path, query: str = "") -> Visit:
    """Open a view by its address."""
    visit.page.goto((book / PAGE).as_uri() + (f"?{query}" if query else ""))
    ready(visit.page)
    return visit


def ready(page: Page) -> None:
    page.locator(".explorer-results[data-ready]").wait_for(timeout=30000)


def query_of(page: Page) -> str:
    """What the address says now; what the test's side knows of it comes later."""
    return str(page.evaluate("location.search.slice(1)"))


def shown(page: Page) -> int:
    """How many rows the page says that it found."""
    return int(page.locator(".explorer-count").inner_text().split(" ")[0].replace(",", ""))


def downloaded(page: Page) -> list[dict[str, str]]:
    """The rows of the file that the page offers."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download these rows as CSV").click()
    return list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text(encoding="utf-8"))))


def kept(query: str) -> list[explored.Row]:
    """The rows that a view must show."""
    return [row for row in ALL if FILTERS[query](row)]


@pytest.mark.parametrize("query", FILTERS)
def test_a_view_shows_the_rows_that_have_all_that_is_asked(query: str, visit: Visit, book: Path) -> None:
    """Restored from its address; the number, its documents and the file for download."""
    page = go(visit, book, query).page
    rows = kept(query)
    assert rows, "nothing would be tested"
    assert shown(page) == len(rows)
    documents = len({row["document_id"] for row in rows})
    assert f"in {documents:,} document" in page.locator(".explorer-count").inner_text()
    assert Counter(row["row_id"] for row in downloaded(page)) == Counter(row["id"] for row in rows)


def test_the_file_for_download_is_that_of_all_rows(page: Page, book: Path) -> None:
    """Byte for byte what those without scripts get."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download these rows as CSV").click()
    with zipfile.ZipFile(book / "_explorer/rows.csv.zip") as archive:
        assert Path(waiting.value.path()).read_bytes() == archive.read("rows.csv")


def test_counts_beside_values_follow_the_filter(visit: Visit, book: Path) -> None:
    """Each list counts the rows that pass all other filters: what one gets by choosing the value."""
    page = go(visit, book, f"case={CASE}&frame={FRAME}&reading=both").page
    own = [row for row in ALL if row["case"] == CASE]
    bearing = [row for row in ALL if FRAME in explored.codes(row, "both")]
    expected = {
        "case": Counter(row["case"] for row in bearing),
        "side": Counter(row["side"] for row in bearing if row["case"] == CASE),
        "frame": Counter(code for row in own for code in explored.codes(row, "both")),
    }
    for name, counts in expected.items():
        boxes = page.locator(f"[data-facet={name}] label:has(input)").all()
        found = {box.locator("input").get_attribute("value"): box.locator("small").text_content() for box in boxes}
        assert found == {value: f"{counts[value]:,}" for value in found}, name


def test_the_chart_follows_the_filter(visit: Visit, book: Path) -> None:
    """Its numbers by year and by code."""
    page = go(visit, book, f"case={CASE}").page
    rows = [row for row in ALL if row["case"] == CASE]
    cells = page.locator(".explorer-bars td[title]").evaluate_all("all => all.map((cell) => cell.title)")
    years = Counter(row["year"] for row in rows if row["year"])
    found: Counter[str] = Counter()
    for year, count in (cell.split(": ") for cell in cells):
        found[year] += int(count)
    assert +found == years
    page.get_by_label("Count by").select_option("area")
    lines = page.locator(".explorer-bars tbody tr").all()
    areas = Counter(code for row in rows for code in explored.codes(row) & set(plain.labels("policy_areas")))
    numbers = {line.locator("th").inner_text(): sum(map(int, line.locator("td").all_inner_texts())) for line in lines}
    assert numbers == {plain.labels("policy_areas")[area]: count for area, count in areas.items()}
    assert "by=area" in query_of(page)


def test_what_is_chosen_is_in_the_address_and_can_be_gone_back_from(page: Page) -> None:
    """Box by box, word by word; a reload shows the same."""
    whole = shown(page)
    page.locator(f"input[name=case][value={CASE}]").check()
    one = shown(page)
    page.get_by_label("Search the texts").press_sequentially(WORD[:4])
    two = shown(page)
    assert two < one < whole
    assert parse_qs(query_of(page)) == {"case": [CASE], "text": [WORD[:4]]}
    assert page.locator(".explorer-link").evaluate("(link) => link.href === location.href")
    page.reload()
    ready(page)
    assert shown(page) == two
    page.go_back()
    expect(page.locator(".explorer-results")).to_have_attribute("data-rows", str(one))
    assert page.get_by_label("Search the texts").input_value() == ""
    page.go_back()
    expect(page.locator(".explorer-results")).to_have_attribute("data-rows", str(whole))
    page.go_forward()
    expect(page.locator(".explorer-results")).to_have_attribute("data-rows", str(one))
    assert page.locator(f"input[name=case][value={CASE}]").is_checked()


def test_an_address_with_unknown_values_shows_what_it_can(visit: Visit, book: Path) -> None:
    """Old links outlive codes and cases."""
    page = go(visit, book, "case=nowhere&sort=weight-asc&by=colour&reading=Z&sound=loud&finding=F0").page
    assert shown(page) == len(ALL)


def test_filters_are_told_and_taken_back(visit: Visit, book: Path) -> None:
    """Each as a button; the focus stays where there is something to do; all at once by another."""
    page = go(visit, book, f"case={CASE}&reading=both&year-from={YEAR}").page
    chips = page.locator(".explorer-chip")
    assert chips.all_text_contents() == [
        f"Remove Case: {plain.facts(CASE)['short']}",
        "Remove Whose codes count: both coders",
        f"Remove Year from: {YEAR}",
    ]
    chips.first.press("Enter")
    assert parse_qs(query_of(page)) == {"reading": ["both"], "year-from": [YEAR]}
    assert page.evaluate("document.activeElement.textContent") == chips.first.text_content()
    clear = page.get_by_role("button", name="Clear all filters")
    clear.press("Enter")
    expect(page.locator(".explorer-results")).to_have_attribute("data-rows", str(len(ALL)))
    assert not clear.is_visible()
    assert query_of(page) == ""


def test_a_row_shows_text_codes_speaker_and_source(visit: Visit, book: Path) -> None:
    """All that is known of it, with its public address and its place in the book."""
    row = next(
        row for row in ALL if row["kind"] == "statement" and row["case"] == CASE and len(explored.codes(row)) > 1
    )
    page = go(visit, book, f"case={CASE}&text=%22{'%20'.join(explored.words(row['text']).split())}%22").page
    line = page.locator("table.explorer-rows tbody tr").first
    said = line.inner_text()
    document = explored.documents()[row["document_id"]]
    names = plain.labels("frames") | plain.labels("policy_areas") | {"none": "Read, and no code given"}
    for text in (row["text"], row["actor"], document["title"], *(names[code] for code in explored.codes(row))):
        assert text in said
    links = [link.get_attribute("href") for link in line.locator("a").all()]
    assert links == [document["url"], f"cases/{CASE}/sources.html#{row['id']}"]
    assert line.locator("mark").count()


def test_each_row_is_in_its_list(book: Path, page: Page) -> None:
    """The place in the book that a row leads to is there."""
    anchors = {
        f"cases/{case}/{name}": set(
            re.findall(r"id=[\"']([^\"']+)", (book / f"book/cases/{case}/{name}.html").read_text())
        )
        for case in plain.CASES
        for name in ("sources", "implementation")
    }
    for row in ALL:
        if row["case"] in plain.CASES:
            name = "sources" if row["kind"] == "statement" else "implementation"
            assert row["id"] in anchors[f"cases/{row['case']}/{name}"]


def test_sorting_is_a_setting_like_any_other(page: Page) -> None:
    """By the list or by the head of a column; what is unknown stands last either way."""
    years = page.locator("table.explorer-rows tbody td.explorer-year")
    page.get_by_label("Sort by").select_option("year-asc")
    assert years.first.inner_text() == min(row["year"] for row in ALL if row["year"])
    assert "sort=year-asc" in query_of(page)
    page.get_by_role("columnheader", name="Year").get_by_role("button").press("Enter")
    expect(page.get_by_label("Sort by")).to_have_value("year-desc")
    assert years.first.inner_text() == max(row["year"] for row in ALL)
    assert [row["year"] for row in downloaded(page)][-1] == ""


def test_the_keyboard_reaches_and_works_everything(page: Page) -> None:
    """Search first, then the filters in their order, then the rows and the pages."""
    page.get_by_label("Search the texts").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Kind of row")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    (chosen,) = parse_qs(query_of(page))["kind"]
    assert shown(page) == sum(row["kind"] == chosen for row in ALL)
    folded = page.locator("details[data-facet=frame] summary")
    folded.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "frame"
    first = page.locator("table.explorer-rows tbody tr").first.inner_text()
    page.get_by_role("navigation", name="pagination").get_by_role("link", name="2", exact=True).press("Enter")
    assert page.locator("table.explorer-rows tbody tr").first.inner_text() != first
    assert page.evaluate("document.activeElement.className").startswith("explorer-rows")


def test_a_screen_reader_is_told_what_was_found(page: Page) -> None:
    """Once, when the choice has settled; the table has a name, rows and cells on any screen."""
    page.locator(f"input[name=case][value={CASE}]").check()
    expect(page.get_by_role("status").filter(has_text="rows, in")).to_have_text(
        page.locator(".explorer-count").inner_text()
    )
    table = page.get_by_role("table", name="Rows found")
    page.set_viewport_size({"width": NARROW, "height": 844})
    assert table.get_by_role("row").count() == 20
    page.set_viewport_size({"width": 1280, "height": 900})


def test_nothing_found_is_said(visit: Visit, book: Path) -> None:
    """In the table, in the number, and without a chart."""
    page = go(visit, book, "text=zzzzzz").page
    assert shown(page) == 0
    assert "No row has all that is asked for." in page.locator("table.explorer-rows").inner_text()


def test_rows_are_loaded_once_and_are_light(book: Path, open_page: Opener) -> None:
    """Compressed, as they come; nothing is asked for when the filter changes."""
    assert (book / "_explorer/rows.js").stat().st_size <= MOST_BYTES
    visit, asked = open_page(), []
    visit.page.on("request", lambda request: asked.append(request.url.split("?")[0]))
    page = go(visit, book).page
    once = len(asked)
    assert len(asked) == len(set(asked))
    page.get_by_label("Search the texts").press_sequentially(WORD)
    page.locator(f"input[name=case][value={CASE}]").check()
    assert len(asked) == once
    assert not visit.elsewhere + visit.console


MEASURE = """(queries) => queries.map((query) => {
  const form = document.getElementById("explorer-form");
  form.reset();
  for (const [name, value] of new URLSearchParams(query))
    for (const control of form.querySelectorAll(`[name="${name}"]`))
      if (["checkbox", "radio"].includes(control.type)) control.checked ||= control.value === value;
      else control.value = value;
  const begin = performance.now();
  form.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.getBoundingClientRect(); // has the browser lay out what has changed
  return performance.now() - begin;
})"""


def test_three_thousand_rows_are_filtered_in_a_blink(page: Page) -> None:
    """From the change of the form to counts, chart and table laid out anew: the median over all views.

    Of each view the best of five, as other programs may keep the machine busy in between.
    """
    assert len(ALL) >= 3000
    rounds = [page.evaluate(MEASURE, list(FILTERS)) for _ in range(5)]
    best = [min(times) for times in zip(*rounds, strict=True)]
    print(f"filtering {len(ALL)} rows: median {statistics.median(best):.0f} ms, slowest view {max(best):.0f} ms")
    assert statistics.median(best) < MOST_TIME


@pytest.mark.parametrize("width", slow_after_first([NARROW, 1280]))
def test_axe_finds_nothing(width: int, book: Path, open_page: Opener) -> None:
    """With filters set, every list open and either chart, in light and in dark."""
    axe, page = Axe(), open_page(width=width).page
    for theme in ("light", "dark"):
        for query in (f"case={CASE}&text={WORD}", f"by=area&frame={FRAME}&reading=both"):
            page.emulate_media(color_scheme=theme)
            page.goto((book / PAGE).as_uri() + f"?{query}")
            ready(page)
            page.evaluate("for (const folded of document.querySelectorAll('.explorer details')) folded.open = true")
            assert not violations(axe, page, STANDARDS, f"{query} at {width} in {theme}")


@pytest.mark.parametrize("width", [NARROW, ZOOMED])
def test_narrow_screens_show_rows_as_cards(width: int, book: Path, open_page: Opener) -> None:
    """Below each other, nothing cut off; filters are folded until they are wanted."""
    page = open_page(width=width).page
    for query in ("", "by=area", f"by=frame&text={WORD}"):
        page.goto((book / PAGE).as_uri() + f"?{query}")
        ready(page)
        assert not overflows(page)
        assert not page.locator("details.explorer-filters").get_attribute("open")
        cells = page.locator("table.explorer-rows tbody tr").first.locator("td").all()
        tops = [cell.bounding_box()["y"] for cell in cells]
        assert tops == sorted(set(tops))
        page.locator("details.explorer-filters > summary").click()
        assert not overflows(page)


def test_without_scripts_there_are_lists_and_a_file(book: Path, open_page: Opener) -> None:
    """The form, which would do nothing, is not shown."""
    page = open_page(scripts=False).page
    page.goto((book / PAGE).as_uri())
    assert not page.locator(".explorer").is_visible()
    links = [link.get_attribute("href") for link in page.locator("article a[href]").all()]
    for case in plain.CASES:
        assert {f"cases/{case}/sources.html", f"cases/{case}/implementation.html"} <= set(links)
    (file,) = [link for link in links if link.endswith(".zip")]
    assert (book / "book" / file).resolve().stat().st_size


@pytest.fixture(scope="module")
def leads(book: Path) -> Iterator[list[tuple[str, str]]]:
    """Links of other pages into the explorer: query and text."""
    found = []
    for name in ("codebook", "findings"):
        soup = BeautifulSoup((book / f"book/across/{name}.html").read_text(encoding="utf-8"), "html.parser")
        found += [(urlsplit(a["href"]).query, a.get_text()) for a in soup.select('a[href*="explorer.html?"]')]
    return found


def test_counts_of_the_codebook_lead_to_as_many_rows(leads: list[tuple[str, str]], visit: Visit, book: Path) -> None:
    """Every fourth of them."""
    counts = [(query, text) for query, text in leads if "kind=statement" in query]
    assert len(counts) == len(plain.labels("frames")) + len(plain.labels("policy_areas"))
    for query, text in counts[::4]:
        assert f"{shown(go(visit, book, query).page):,}" == text


def test_findings_lead_to_their_rows(leads: list[tuple[str, str]], visit: Visit, book: Path) -> None:
    """To those rows alone that the page of findings lists as statements, commitments and measures."""
    queries = [query for query, _ in leads if query.startswith("finding=")]
    assert queries
    page = go(visit, book, queries[0]).page
    finding = queries[0].removeprefix("finding=")
    assert {finding} == {each for row in downloaded(page) for each in row["findings"].split(";") if each == finding}
    assert 0 < shown(page) < len(ALL)
