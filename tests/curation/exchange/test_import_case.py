"""Mapping files, what becomes of each part of a project, tables of quotations, and a new case by hand."""

from collections.abc import Callable
from pathlib import Path

import made_qdpx as made
import openpyxl
import pytest
from compendium.dataset.evidence import load_evidence
from kinds import Call
from made_qdpx import Selection, Source
from rich_project import TEXT, rich

MAPPING = """
case: {title: Speeches, short: Exland, destination: Exland}
documents:
  date: {variable: Year}
  issuer_side: {variable: set, values: {Ministries: destination}}
  kind: speech
names:
  Speech: {issuer: Ministry of Labour}
"""


def test_facts_come_from_the_mapping_and_the_rest_is_told(call: Call, home: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(MAPPING)
    status, told, _ = call("import", rich(tmp_path / "in.qdpx"), "--case", "brought", "--mapping", mapping)
    assert status == 0
    known = load_evidence(home).case("brought")
    speech = known.documents.set_index("title").loc["Speech"]
    assert speech[["date", "issuer", "issuer_side", "kind"]].tolist() == [
        "2009-05", "Ministry of Labour", "destination", "speech"
    ]  # fmt: skip
    assert "issuer_side: not mapped for 2 of 3 documents; set to 'third'." in told
    assert "1 graphs (drawings of a network)" in told
    assert known.cases["destination"].tolist() == ["Exland"]


def test_passages_of_all_kinds_memos_and_sets_have_a_place(call: Call, home: Path, tmp_path: Path) -> None:
    assert call("import", rich(tmp_path / "in.qdpx"), "--case", "brought")[0] == 0
    known = load_evidence(home).case("brought")
    said = known.statements[["text", "locator", "text_kind"]].to_numpy().tolist()
    assert said == [
        ["One fence", "paragraph 1", "quotation"],
        ["two gates", "paragraph 1", "quotation"],
        ["A gate", "page 3, region 1,2 to 3,4", "quotation"],
        ["[0:01:05–0:01:20]", "0:01:05–0:01:20", "paraphrase"],
    ]
    first = known.own_codings[known.own_codings["statement_id"] == known.statements["statement_id"][0]]
    assert first[["coder", "code_id"]].to_numpy().tolist() == [["Ann", "brought-fences"], ["Bob", "brought-gates"]]
    assert known.memos[["title", "text"]].to_numpy().tolist() == [["Doubt", "Really?"]]
    assert {"set", "Year"} == set(known.attributes["attribute"])


def test_codes_of_the_book_are_given_where_the_mapping_says(call: Call, home: Path, tmp_path: Path) -> None:
    path = made.project(tmp_path / "in.qdpx", [Source("Speech", TEXT, [
        Selection(0, 9, [("Ann", "Fences")]), Selection(14, 23, [("Bob", "Gates")]),
    ])])  # fmt: skip
    mapping = tmp_path / "mapping.yml"
    mapping.write_text("codes: {Fences: fences}\ncoders: {Ann: A, Bob: B}\n")
    assert call("import", path, "--case", "brought", "--mapping", mapping)[0] == 0
    rows = load_evidence(home).case("brought").codings[["coder", "code_id"]].to_numpy().tolist()
    assert rows == [["A", "fences"], ["B", "none"], ["A", "none"], ["B", "none"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("documents: {colour: red}", "'colour' is not known; expected title, date"),
        ("codes: {Walls: fences}", "the code 'Walls', which is not in the project"),
        ("codes: {Fences: walls}", "the code 'walls', which is not in data/codebook"),
        ("names: {Talk: {date: 2009}}", "the document 'Talk', which is not in the project"),
        ("coders: {Ann: C}\ncodes: {Fences: fences}", "the shared codebook need A or B"),
        ("documents: {date: {variable: Y, value: 2009}}", "either a value for all documents or the name"),
        ("case: [1]", "expected lines of the form"),
        ("case: {", "cannot be read"),
    ],
)
def test_a_mistaken_mapping_is_told(
    text: str, told: str, call: Call, untouched: Callable[[], bool], tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(text)
    status, _, complaint = call("import", rich(tmp_path / "in.qdpx"), "--case", "brought", "--mapping", mapping)
    assert status == 1 and told in complaint and complaint.count("\n") == 1 and untouched()


TABLES = {
    "ATLAS.ti": [
        ["ID", "Document", "Quotation Content", "Codes", "Reference", "Comment", "Created by"],
        ["1:2", "Speech", "two gates", "Gates\nLocks", "9 - 9", "", "Ann"],
        ["1:1", "Speech", "One fence", "Fences", "3 - 4", "Sure?", "Bob"],
    ],
    "MAXQDA": [
        ["Document group", "Document name", "Code", "Beginning", "End", "Segment", "Created by"],
        ["Talks", "Speech", "Fences", "3", "4", "One fence", "Bob"],
        ["Talks", "Speech", "Gates", "9", "9", "two gates", "Ann"],
        ["Talks", "Speech", "Gates > Locks", "9", "9", "two gates", "Ann"],
    ],
    "Taguette": [
        ["id", "document", "content", "tag"],
        ["1", "Speech", "One fence", "Fences"],
        ["2", "Speech", "two gates", "Gates"],
        ["2", "Speech", "two gates", "Locks"],
    ],
}


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("tool", TABLES)
def test_a_table_of_quotations_becomes_a_case(tool: str, ending: str, call: Call, home: Path, tmp_path: Path) -> None:
    path = tmp_path / f"table{ending}"
    if ending == ".xlsx":
        book = openpyxl.Workbook()
        for row in TABLES[tool]:
            book.worksheets[0].append(row)
        book.save(path)
    else:
        quoted = (";".join(f'"{cell}"' for cell in row) for row in TABLES[tool])
        path.write_text("\n".join(quoted), encoding="utf-8-sig")
    assert call("import", path, "--case", "brought")[0] == 0
    known = load_evidence(home).case("brought")
    assert known.statements["text"].tolist() == ["One fence", "two gates"]
    labels = dict(zip(known.own_codes["code_id"], known.own_codes["label"], strict=True))
    assert sorted(known.own_codings["code_id"].map(labels)) == ["Fences", "Gates", "Locks"]
    assert set(known.own_codings["coder"]) == ({"unknown"} if tool == "Taguette" else {"Ann", "Bob"})
    if tool == "MAXQDA":
        assert known.own_codes["parent_id"].tolist() == ["", "", "brought-gates"]


def test_a_dry_run_shows_rows_and_doubts_and_writes_nothing(
    call: Call, untouched: Callable[[], bool], tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("document,content,tag\nSpeech,One fence,Gate\nSpeech,,Gate\nSpeech,Two gates,gate\n")
    status, told, _ = call("import", path, "--case", "brought", "--dry-run")
    assert status == 0 and untouched()
    for words in (
        "One fence",
        "unknown: Gate",
        "1 rows without a document or a text",
        "check whether they are the same: Gate, gate",
        "dry run",
    ):
        assert words in told


def test_columns_that_are_not_found_are_told_and_can_be_named(call: Call, home: Path, tmp_path: Path) -> None:
    path, mapping = tmp_path / "table.csv", tmp_path / "mapping.yml"
    path.write_text("Quelle,Wortlaut,Schlagworte\nSpeech,One fence,Gate\n")
    status, _, complaint = call("import", path, "--case", "brought")
    assert status == 1 and "no column for document and text and codes" in complaint and "Quelle" in complaint
    mapping.write_text("columns: {document: Quelle, text: Wortlaut, codes: Schlagworte}")
    assert call("import", path, "--case", "brought", "--mapping", mapping)[0] == 0


def test_check_guides_from_a_new_case_to_a_good_one(call: Call, home: Path) -> None:
    assert call("new-case", "mine", "--destination", "Exland", "--partners", "Wyland")[0] == 0
    status, told, _ = call("check")
    assert status == 1 and "mine-wyland-e01" in told and "table events" in told
    readme = (home / "data/cases/mine/README.md").read_text()
    assert "## case.yml" in readme and "`access`" in readme
    for table in ("documents", "events", "statements", "codings", "commitments", "measures"):
        block = readme.split(f"## {table}.csv")[1].split("```")[1].strip() + "\n"
        (home / f"data/cases/mine/{table}.csv").write_text(block)
    assert call("check")[0] == 0, "the rows that the README shows are good ones"


def test_who_mistakes_a_case_is_told_which_there_are(call: Call, tmp_path: Path) -> None:
    for arguments in (
        ("export", "--out", tmp_path / "out.qdpx", "--case"),
        ("import", tmp_path, "--replace", "--case"),
    ):
        status, _, complaint = call(*arguments, "cland")
        assert status == 1 and "no folder data/cases/cland. Existing cases: aland, bland." in complaint
    assert "Choose another id" in call("new-case", "aland")[2]
    status, _, complaint = call("export", "--case", "aland", "--out", tmp_path / "out.docx")
    assert status == 1 and "Use one of: .qdpx" in complaint and ".sqlite3" in complaint


def test_a_case_that_is_replaced_is_not_doubted_for_its_name(call: Call, home: Path, tmp_path: Path) -> None:
    path = rich(tmp_path / "in.qdpx")
    assert "case.yml, destination: not mapped" in call("import", path, "--case", "brought")[1]
    assert "case.yml" not in call("import", path, "--case", "brought", "--replace")[1]
