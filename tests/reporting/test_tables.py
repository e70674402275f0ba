"""Evidence as lists: nothing that a source wrote becomes markup, and every row can be pointed at."""

from collections import Counter
from pathlib import Path

import made
import pandas as pd
import plain
import pytest
from bs4 import BeautifulSoup, Tag
from compendium.chapters import agreement, codebook, discourse, implementation, overview
from compendium.chapters import sources as chapters_sources
from compendium.dataset.coded_statements import select_coded_statements
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.reporting import tables
from IPython.display import HTML

NASTY = """<script>alert(1)</script> & "quotes" 'n' </summary><b>"""

each_case = pytest.mark.parametrize("case", plain.CASES)


def parsed(shown: HTML) -> BeautifulSoup:
    return BeautifulSoup(shown.data, "html.parser")


def read(element: Tag) -> str:
    return " ".join(element.get_text().split())


def ids(soup: BeautifulSoup) -> list[str]:
    return [str(element["id"]) for element in soup.select("[id]")]


def by_id(soup: BeautifulSoup) -> dict[str, Tag]:
    """The element behind each anchor; looking each up in the whole page would take long."""
    return {str(element["id"]): element for element in soup.select("[id]")}


@pytest.fixture(scope="module")
def registers(real: Evidence) -> dict[str, BeautifulSoup]:
    """The register of each case, parsed once."""
    return {case: parsed(chapters_sources.sources_list(real.case(case))) for case in plain.CASES}


def all_lists(own: Evidence) -> dict[str, HTML]:
    """Every list that a page shows of a case."""
    talk = select_coded_statements(own, "either")
    return {
        "statements": discourse.statements_by_code_list(talk, own.frames, own.frames["code_id"]),
        "measures": implementation.measures_by_area_list(own.measures, own),
        "commitments": implementation.commitments_by_area_list(own.commitments, own),
        "register": chapters_sources.sources_list(own),
        "chronicle": overview.chronicle_list(own),
        "disputes": agreement.disputed_statements_table(own, top_n=25),
        "questions": agreement.open_questions_table(own),
        "frames": codebook.frames_table(own),
        "policy_areas": codebook.policy_areas_table(own),
        "partnerships": tables.html_table(
            overview.partnership_overview(own), {"partner": "Partner", "founding_note": "Act"}, NASTY
        ),
    }


@pytest.fixture
def nasty(project: Path) -> Evidence:
    """The made-up case aland with markup in every text that is free."""
    folder = project / "data/cases/aland"
    document = {"case_id": "aland", "title": NASTY, "issuer": NASTY, "partnership_ids": "aland-x", "language": "fr"}
    made.write(folder, "documents", [
        document | {"document_id": "aland-d1", "url": "https://example.org/?a=1&b=%22<i>\"'"},
        document | {"document_id": "aland-d2", "date": ""},
    ])  # fmt: skip
    said = {"locator": NASTY, "speaker": NASTY, "text": NASTY}
    statements = [("aland-d1", 1, "aland-x"), ("aland-d1", 2, ""), ("aland-d2", 1, "aland-x")]
    made.write(folder, "statements", [dict(made.statement(*each)) | said for each in statements])
    row = {"document_id": "aland-d1", "partnership_id": "aland-x", "policy_area": "jobs", "locator": NASTY}
    made.write(folder, "commitments", [row | {"commitment_id": "aland-c1", "paraphrase": NASTY}])
    done = {"measure_id": "aland-m1", "title": NASTY, "description": NASTY, "lead_actor": NASTY}
    made.write(folder, "measures", [row | done])
    own = {"case_id": "aland", "partnership_id": "aland-x"}
    made.write(folder, "events", [own | {"event_id": "aland-e1", "document_id": "aland-d1", "label": NASTY}])
    partner = {"partner": NASTY, "founding_event_id": "aland-e1", "founding_note": NASTY}
    made.write(folder, "partnerships", [own | partner])
    told = {"definition": NASTY, "include": NASTY, "exclude": NASTY}
    frames = [dict(code) | told | {"label": f"{code['label']} {NASTY}"} for code in made.FRAMES]
    areas = [dict(code) | {"covers": NASTY, "label": f"{code['label']} {NASTY}"} for code in made.AREAS]
    made.write(project / "data/codebook", "frames", frames)
    made.write(project / "data/codebook", "policy_areas", areas)
    made.write(project / "data/codebook", "questions", [{"code_ids": "equals", "question": NASTY, "ruling": NASTY}])
    return load_evidence(project).case("aland")


def test_no_text_becomes_markup(nasty: Evidence) -> None:
    words = " ".join(NASTY.split())
    for name, shown in all_lists(nasty).items():
        soup = parsed(shown)
        assert words in read(soup), name
        assert not soup.select("script"), name
        bold = [read(element) for element in soup.select("b") if not element.get_text(strip=True)]
        assert not bold, f"{name}: the text's own tag is an element"
        assert len(soup.select("summary")) == len(soup.select("details")), name


def test_an_address_is_no_way_into_the_markup(nasty: Evidence) -> None:
    link = parsed(implementation.measures_by_area_list(nasty.measures, nasty)).select_one("a")
    assert link is not None
    assert link["href"] == "https://example.org/?a=1&b=%22<i>\"'"
    assert set(link.attrs) == {"href", "rel", "lang"}


@pytest.mark.parametrize("address", ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//x", "x", ""])
def test_an_address_that_is_not_of_the_web_is_no_link(address: str) -> None:
    shown = tables.document_link({"url": address, "title": "Made <up>", "language": "fr"})
    soup = BeautifulSoup(shown, "html.parser")
    assert not soup.select("a") and "javascript" not in shown
    assert soup.get_text() == "Made <up>" and soup.span is not None and soup.span["lang"] == "fr"


@pytest.mark.parametrize("address", ["https://example.org/a", "http://example.org", "HTTPS://example.org"])
def test_an_address_of_the_web_is_a_link(address: str) -> None:
    link = BeautifulSoup(tables.document_link({"url": address, "title": "T", "language": "en"}), "html.parser").a
    assert link is not None and link["href"] == address and "lang" not in link.attrs


# ---- the real record ----


@each_case
def test_the_register_has_every_document_and_statement_once(registers: dict[str, BeautifulSoup], case: str) -> None:
    soup, anchors = registers[case], by_id(registers[case])
    documents, statements = plain.rows("documents", case), plain.rows("statements", case)
    expected = [row["document_id"] for row in documents] + [row["statement_id"] for row in statements]
    assert Counter(ids(soup)) == Counter(expected)
    for row in statements:
        item = anchors[row["statement_id"]]
        assert read(item).startswith(" ".join(row["text"].split()))
        parent = item.find_parent("details")
        assert isinstance(parent, Tag) and parent["id"] == row["document_id"]


@each_case
def test_the_codes_of_a_statement_lead_to_their_definitions(
    real: Evidence, registers: dict[str, BeautifulSoup], case: str
) -> None:
    anchors = by_id(registers[case])
    defined = [*ids(parsed(codebook.frames_table(real))), *ids(parsed(codebook.policy_areas_table(real)))]
    given: dict[str, set[str]] = {}
    for row in plain.rows("codings", case):
        given.setdefault(row["statement_id"], set()).add(row["code_id"])
    for statement, codes in given.items():
        linked = {str(link["href"]).rpartition("#")[2] for link in anchors[statement].select("small a")}
        assert linked == codes - {"none"}
        assert linked <= set(defined)


@each_case
def test_the_register_leads_to_each_document(registers: dict[str, BeautifulSoup], case: str) -> None:
    anchors = by_id(registers[case])
    sizes = Counter(row["document_id"] for row in plain.rows("statements", case))
    for row in plain.rows("documents", case):
        part = anchors[row["document_id"]]
        assert part.a is not None and part.summary is not None
        assert part.a["href"] == row["url"]
        assert part.summary.span is not None
        assert part.summary.span.get("lang", "en") == row["language"]
        assert part.summary.span.get_text() == row["title"]
        assert " ".join(row["title"].split()) in read(part.summary)
        said = sizes[row["document_id"]]
        words = f"{said} statement{'s' if said != 1 else ''}" if said else "no statements"
        assert words in read(part.summary)
        assert len(part.select("li")) == said


@each_case
def test_the_register_tells_what_each_coder_gave(registers: dict[str, BeautifulSoup], case: str) -> None:
    anchors = by_id(registers[case])
    names = plain.labels("frames") | plain.labels("policy_areas") | {"none": "no code"}
    given: dict[tuple[str, str], set[str]] = {}
    for row in plain.rows("codings", case):
        given.setdefault((row["statement_id"], row["coder"]), set()).add(names[row["code_id"]])
    for (statement, coder), codes in given.items():
        item = anchors[statement]
        assert item.small is not None
        (told,) = [part for part in item.small.get_text().split(". ")[-1].split("; ") if part.startswith(f"{coder}: ")]
        left = told.removeprefix(f"{coder}: ")
        for code in sorted(codes, key=len, reverse=True):
            assert code in left
            left = left.replace(code, "", 1)
        assert not left.strip(" ,")


@each_case
@pytest.mark.parametrize("table", ["measures", "commitments"])
def test_every_measure_and_commitment_has_its_anchor_and_source(real: Evidence, case: str, table: str) -> None:
    own = real.case(case)
    list_of = {
        "measures": implementation.measures_by_area_list,
        "commitments": implementation.commitments_by_area_list,
    }[table]
    soup = parsed(list_of(getattr(own, table), own))
    anchors = by_id(soup)
    key = f"{table.removesuffix('s')}_id"
    rows, urls = plain.rows(table, case), {row["document_id"]: row["url"] for row in plain.rows("documents", case)}
    assert Counter(ids(soup)) == Counter(row[key] for row in rows)
    for row in rows:
        item = anchors[row[key]]
        links = [str(link["href"]) for link in item.select("a")]
        assert links == [urls[row["document_id"]]]
        parent = item.find_parent("details")
        assert isinstance(parent, Tag) and parent.summary is not None
        assert plain.labels("policy_areas")[row["policy_area"]] in read(parent.summary)
    for area, count in plain.areas(rows).items():
        label = plain.labels("policy_areas")[area]
        told = f"{label} ({plain.family()[area]}) {count} {table if count > 1 else table.removesuffix('s')}"
        assert told in [read(summary) for summary in soup.select("summary")]


@each_case
def test_foreign_titles_tell_their_language(real: Evidence, case: str) -> None:
    own = real.case(case)
    language = {row["url"]: row["language"] for row in plain.rows("documents", case)}
    links = parsed(implementation.measures_by_area_list(own.measures, own)).select("a[rel=external]")
    titles = {row["url"]: " ".join(row["title"].split()) for row in plain.rows("documents", case)}
    for link in links:
        assert link.get("lang", "en") == language[str(link["href"])]
        assert read(link) == titles[str(link["href"])]


@each_case
def test_statements_behind_a_frame_bear_it_and_lead_to_the_register(real: Evidence, case: str) -> None:
    own = real.case(case)
    talk = select_coded_statements(own, "both")
    given, limit = plain.given(case, "frames", "both"), 7
    for code, label in plain.labels("frames").items():
        soup = parsed(discourse.statements_by_code_list(talk, own.frames, [code], limit))
        bearing = {statement for statement, codes in given.items() if code in codes}
        if not bearing:
            assert "None on record" in read(soup)
            continue
        shown = [str(link["href"]).removeprefix("sources.html#") for link in soup.select("a:not([rel])")]
        assert len(shown) == min(limit, len(bearing)) == len(set(shown))
        assert set(shown) <= bearing
        assert soup.summary is not None and read(soup.summary).startswith(label)
        documents = {row["statement_id"]: row["document_id"] for row in plain.rows("statements", case)}
        sources = {documents[each] for each in bearing}
        assert len({documents[each] for each in shown}) == min(limit, len(sources)), "from as many documents as can be"
        number = f"{len(bearing)} statement{'s' if len(bearing) > 1 else ''} in {len(sources)} document"
        assert number in read(soup.summary)
        assert (f"{limit} of them here" in read(soup.summary)) == (len(bearing) > limit)


@each_case
def test_the_chronicle_has_every_event_in_order(real: Evidence, case: str) -> None:
    soup = parsed(overview.chronicle_list(real.case(case)))
    events = plain.rows("events", case)
    assert len(soup.select("li")) == len(events)
    partners = {row["partnership_id"]: row["partner"] for row in plain.rows("partnerships", case)}
    for part in soup.select("details"):
        dates = [str(item.time["datetime"]) for item in part.select("li") if item.time]
        assert dates == sorted(dates) and len(dates) == len(part.select("li"))
        name = part.b.get_text() if part.b else ""
        assert len(dates) == sum(partners.get(row["partnership_id"], "The case as a whole") == name for row in events)


def test_codes_tell_how_many_statements_carry_them(real: Evidence) -> None:
    cases = [*((case, "") for case in plain.CASES), ("", "architecture")]
    pairs = {
        (row["statement_id"], row["code_id"]) for case, folder in cases for row in plain.rows("codings", case, folder)
    }
    counts = Counter(code for _, code in pairs)
    for shown, kind in ((codebook.frames_table(real), "frames"), (codebook.policy_areas_table(real), "policy_areas")):
        soup, anchors = parsed(shown), by_id(parsed(shown))
        assert ids(soup) == list(plain.labels(kind))
        for code, label in plain.labels(kind).items():
            anchor = anchors[code]
            assert anchor.get_text() == label
            row = anchor.find_parent("tr")
            assert isinstance(row, Tag)
            assert row.select("td")[-1].get_text() == f"{counts[code]:,}"


def test_disputes_show_where_readings_differ_most(real: Evidence) -> None:
    soup = parsed(agreement.disputed_statements_table(real, top_n=10))
    rows = [[read(cell) for cell in row.select("td")] for row in soup.select("tbody tr")]
    assert len(rows) == 10
    differing, texts = Counter[str](), {}
    for case, folder in [*((case, "") for case in plain.CASES), ("", "architecture")]:
        texts |= {row["statement_id"]: " ".join(row["text"].split()) for row in plain.rows("statements", case, folder)}
        readings = Counter((row["statement_id"], row["code_id"]) for row in plain.rows("codings", case, folder))
        for (statement, code), coders in readings.items():
            differing[statement] += coders == 1 and code != "none"
    most = sorted(differing.values(), reverse=True)[9]
    certain = {texts[statement] for statement, count in differing.items() if count > most}
    assert certain <= {row[0] for row in rows}
    assert {row[0] for row in rows} <= {texts[statement] for statement, count in differing.items() if count >= most}


# ---- tables ----


def test_a_table_writes_each_kind_of_cell() -> None:
    frame = pd.DataFrame(
        {
            "text": ["<a>", "2008-06"],
            "number": [1234, 5],
            "share": [0.456, float("nan")],
            "mark": [HTML("<i>x</i>")] * 2,
        }
    )
    soup = parsed(tables.html_table(frame, {"text": "Text", "number": "N", "share": "S", "mark": "M"}, "Made <up>"))
    cells = [[cell.get_text() for cell in row.select("td")] for row in soup.select("tbody tr")]
    assert cells == [["<a>", "1,234", "0.46", "x"], ["2008-06", "5", "–", "x"]]
    assert soup.caption is not None and soup.caption.get_text() == "Made <up>"
    assert len(soup.select("th[scope=col]")) == 4 and len(soup.select("i")) == 2
    assert [str(time["datetime"]) for time in soup.select("time")] == ["2008-06"]
    assert len(soup.select("[role=region][tabindex='0'][aria-label='Made <up>']")) == 1


def test_without_rows_words_say_so(nasty: Evidence) -> None:
    assert read(parsed(tables.html_table(pd.DataFrame({"a": []}), {"a": "A"}, "Made up"))) == "Made up: none on record."
    assert "None on record" in read(parsed(implementation.measures_by_area_list(nasty.measures[:0], nasty)))
    assert "None on record" in read(parsed(implementation.commitments_by_area_list(nasty.commitments[:0], nasty)))


@pytest.mark.parametrize(
    ("start", "end", "time"),
    [("2008", "2010-05", "2008–2010-05"), ("2008", "", "2008"), ("", "2010", "until 2010"), ("", "", "no date")],
)
def test_the_time_of_a_measure(nasty: Evidence, start: str, end: str, time: str) -> None:
    measures = nasty.measures.assign(start=start, end=end)
    assert f"project, {time}; " in read(parsed(implementation.measures_by_area_list(measures, nasty)))
