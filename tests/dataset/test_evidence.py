"""The data are loaded whole, or each fault is told with its place and the way out."""

import json
import shutil
from pathlib import Path

import made
import pandas as pd
import pytest
from compendium.dataset.evidence import Evidence, find_root, load_evidence
from compendium.errors import DataFault, InvalidData


def faults(root: Path) -> list[DataFault]:
    """All faults of a project, which has some."""
    with pytest.raises(InvalidData) as caught:
        load_evidence(root)
    return caught.value.faults


def edit(path: Path, old: str, new: str) -> None:
    """Replace text that the file holds, once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def places(found: list[DataFault]) -> list[tuple[str, int, str, str]]:
    return [(fault.file, fault.line, fault.column, fault.value) for fault in found]


# What is changed: file under data/, old text, new text; and the one fault that follows: line, column, value, told.
ONE_FAULT = {
    "unknown code": ("cases/aland/codings.csv", "s1,A,equals", "s1,A,equal", 2, "code_id", "equal", "none"),
    "unknown area": ("cases/aland/measures.csv", ",fences,", ",walls,", 2, "policy_area", "walls", "policy_areas"),
    "unknown document": (
        "cases/aland/measures.csv", "aland-d1", "aland-d9", 2, "document_id", "aland-d9", "table documents"),
    "unknown partnership": (
        "cases/aland/measures.csv", "m1,aland-x", "m1,aland-y", 2, "partnership_id", "aland-y", "table partnerships"),
    "unknown event": (
        "cases/aland/partnerships.csv", "aland-e1", "aland-e2", 2, "founding_event_id", "aland-e2", "table events"),
    "partnership of another case": (
        "cases/aland/measures.csv", "m1,aland-x", "m1,bland-x", 2, "partnership_id", "bland-x", "same folder"),
    "document of another case": (
        "cases/aland/measures.csv", "aland-d1", "bland-d1", 2, "document_id", "bland-d1", "same folder"),
    "document of a case in the architecture": (
        "architecture/links.csv", "world-d1", "aland-d1", 2, "document_id", "aland-d1", "same folder"),
    "unknown partnership in a list": (
        "cases/aland/documents.csv", "aland,aland-x", "aland,aland-x;aland-y", 2, "partnership_ids", "aland-y",
        "partnerships"),
    "another case's partnership in a list": (
        "cases/aland/documents.csv", "aland,aland-x", "aland,bland-x", 2, "partnership_ids", "bland-x", "partnerships"),
    "unknown code of a question": (
        "codebook/questions.csv", "equals;gain", "equals;gains", 2, "code_ids", "gains", "codebook"),
    "unknown source of a link": (
        "architecture/links.csv", "forum-one", "forum-two", 2, "source_id", "forum-two", "arrangements"),
    "misspelt partnership of a case that is here": (
        "architecture/links.csv", "bland-x", "bland-y", 2, "target_id", "bland-y", "partnerships"),
    "misspelt partnership of a case in the list of a document": (
        "architecture/documents.csv", "aland-x;", "aland-y;", 2, "partnership_ids", "aland-y", "partnerships"),
    "partnership of a case that the package does not know": (
        "architecture/events.csv", "aland-x", "alnad-x", 2, "partnership_id", "alnad-x", "partnerships"),
    "unknown item": ("cases/aland/measures.csv", ",ngo,", ",ngo;army,", 2, "actor_types", "ngo;army", "private_sector"),
    "list with a space": (
        "architecture/arrangements.csv", "trade;", "trade; ", 2, "issue_areas", "trade; labour", "no spaces"),
    "list with an end too many": (
        "codebook/questions.csv", "equals;gain", "equals;", 2, "code_ids", "equals;", "none empty"),
    "list with an item twice": (
        "codebook/questions.csv", "equals;gain", "gain;gain", 2, "code_ids", "gain;gain", "none twice"),
    "not one of the values": (
        "cases/aland/measures.csv", ",completed,", ",done,", 2, "status", "done", "announced, under_way"),
    "month 13": ("cases/aland/documents.csv", "2008-06-05", "2008-13", 2, "date", "2008-13", "2008-06-05"),
    "30 February": ("cases/aland/documents.csv", "2008-06-05", "2008-02-30", 2, "date", "2008-02-30", "2008-06-05"),
    "end before start": (
        "cases/aland/measures.csv", "2008,2008-06", "2008-07-01,2008-06", 2, "end", "2008-06", "2008-07-01"),
    "budget without currency": ("cases/aland/measures.csv", "12.5,EUR", "12.5,", 3, "currency", "", "has a budget"),
    "currency without budget": ("cases/aland/measures.csv", "12.5,EUR", ",EUR", 3, "budget", "", "has a currency"),
    "number with a comma": (
        "cases/aland/measures.csv", "12.5", '"12,500"', 3, "budget", "12,500", "250000"),
    "number in words": ("cases/aland/measures.csv", "12.5", "1e6", 3, "budget", "1e6", "250000"),
    "number below the least": ("cases/aland/measures.csv", "12.5", "-1", 3, "budget", "-1", "at least 0"),
    "currency in words": ("cases/aland/measures.csv", "EUR", "Euro", 3, "currency", "Euro", "^[A-Z]{3}$"),
    "address that is none": (
        "cases/aland/documents.csv", "https://", "www.", 2, "url", "www.example.org/made-up", "http"),
    "empty cell": ("cases/aland/statements.csv", "para 1", " ", 2, "locator", " ", "must not be empty"),
    "duplicate id": ("cases/aland/measures.csv", "aland-m2", "aland-m1", 3, "measure_id", "aland-m1",
                     "data/cases/aland/measures.csv:2"),
    "duplicate label": ("codebook/policy_areas.csv", "Returns", "Fences", 3, "label", "Fences",
                        "data/codebook/policy_areas.csv:2"),
    "id in two cases": ("cases/bland/measures.csv", "bland-m1", "aland-m1", 2, "measure_id", "aland-m1",
                        "data/cases/aland/measures.csv:2"),
    "duplicate coding": ("cases/aland/codings.csv", "s1,A,visas", "s1,A,equals", 3, "code_id", "equals",
                         "data/cases/aland/codings.csv:2"),
    "area with the code of a frame": (
        "codebook/policy_areas.csv", "returns,", "gain,", 3, "code_id", "gain", "frames.csv"),
    "frame called none": ("codebook/frames.csv", "\nthreat", "\nnone", 4, "code_id", "none", "another code"),
    "none beside a code": ("cases/aland/codings.csv", "s1,A,visas", "s1,A,none", 3, "code_id", "none", "same coder"),
    "skipped statement": (
        "cases/aland/codings.csv", "aland-d1-s1,B,equals\n", "", 2, "statement_id", "aland-d1-s1", "coder B"),
    "coding of a statement that is not there": (
        "cases/aland/codings.csv", "statement_id,coder,code_id\n",
        "statement_id,coder,code_id\naland-d9-s1,A,gain\n", 2, "statement_id", "aland-d9-s1", "table statements"),
    "third coder": ("cases/aland/codings.csv", "s1,A,visas", "s1,C,visas", 3, "coder", "C", "one of A, B"),
    "case of another folder": ("cases/aland/events.csv", ",aland,", ",bland,", 2, "case_id", "bland", "aland"),
    "gap in the reading order": (
        "cases/aland/statements.csv", ",2,para", ",3,para", 3, "position", "3", "2; statements"),
}  # fmt: skip


# Faults from which others follow, as the same row is then missing elsewhere.
FOLLOWED = {"skipped statement", "area with the code of a frame", "frame called none", "third coder", "duplicate id"}


@pytest.mark.parametrize("name", ONE_FAULT)
def test_a_fault_is_told_once_with_its_place_and_what_is_expected(project: Path, name: str) -> None:
    file, old, new, line, column, value, told = ONE_FAULT[name]
    edit(project / "data" / file, old, new)
    found = faults(project)
    own = [fault for fault in found if (fault.line, fault.column, fault.value) == (line, column, value)]
    assert own and told in " | ".join(fault.expected for fault in own)
    assert name in FOLLOWED or len(found) == 1


def test_every_fault_is_told_at_once_in_order_of_place(project: Path) -> None:
    cases = project / "data/cases"
    edit(cases / "bland/measures.csv", ",completed,2008,", ",done,2008-13,")
    edit(cases / "aland/codings.csv", "s1,A,equals", "s1,A,equal")
    edit(cases / "aland/documents.csv", "2008-06-05", "2008-02-30")
    (cases / "aland/events.csv").write_bytes((cases / "aland/events.csv").read_bytes() + "Genève\n".encode("latin-1"))
    assert places(faults(project)) == [
        ("data/cases/aland/codings.csv", 2, "code_id", "equal"),
        ("data/cases/aland/documents.csv", 2, "date", "2008-02-30"),
        ("data/cases/aland/events.csv", 3, "", "re,aland-d1\nGenève\n"),
        ("data/cases/bland/measures.csv", 2, "start", "2008-13"),
        ("data/cases/bland/measures.csv", 2, "status", "done"),
    ]


def test_message_lists_every_fault(project: Path) -> None:
    edit(project / "data/cases/bland/measures.csv", ",completed,2008,", ",done,2008-13,")
    with pytest.raises(InvalidData) as caught:
        load_evidence(project)
    assert str(caught.value).splitlines()[0] == "2 faults in the data:"
    assert "data/cases/bland/measures.csv:2: column start: '2008-13' – expected a date" in str(caught.value)


@pytest.mark.parametrize("table", ["statements", "documents", "codings", "partnerships"])
def test_a_table_that_can_not_be_read_is_told_alone(project: Path, table: str) -> None:
    path = project / f"data/cases/aland/{table}.csv"
    path.write_bytes(path.read_bytes() + "Genève,\n".encode("latin-1"))
    assert [(fault.file, fault.column) for fault in faults(project)] == [(f"data/cases/aland/{table}.csv", "")]


def test_a_row_of_wrong_length_is_told_alone(project: Path) -> None:
    edit(project / "data/cases/aland/statements.csv", "para 1,", "")
    assert places(faults(project)) == [
        ("data/cases/aland/statements.csv", 2, "", "aland-d1-s1,aland-d1,1,Nobody,joint,,paraphrase,Made up.")
    ]


def test_line_counts_the_line_breaks_within_cells(project: Path) -> None:
    path = project / "data/cases/aland/measures.csv"
    edit(path, "Made up.", '"Made\nup,\n""twice""."')
    edit(path, "jobs", "jobbs")
    assert places(faults(project)) == [("data/cases/aland/measures.csv", 5, "policy_area", "jobbs")]


def test_missing_table_is_told_with_its_header(project: Path) -> None:
    (project / "data/cases/aland/measures.csv").unlink()
    (found,) = faults(project)
    assert (found.file, found.line) == ("data/cases/aland/measures.csv", 1)
    assert "measure_id,partnership_id,title" in found.expected


def test_tables_without_rows_are_tables(project: Path) -> None:
    for table in ("commitments", "measures"):
        made.write(project / "data/cases/aland", table, [])
        made.write(project / "data/cases/bland", table, [])
    made.write(project / "data/codebook", "questions", [])
    loaded = load_evidence(project)
    assert loaded.measures.empty and loaded.case("aland").measures.empty
    assert str(loaded.measures["budget"].dtype) == "float64"
    assert "case_id" in loaded.commitments.columns and "case_id" not in loaded.questions.columns


def test_a_case_that_nobody_coded_is_told(project: Path) -> None:
    made.write(project / "data/cases/aland", "codings", [])
    assert {fault.expected for fault in faults(project)} == {"a coding by at least one coder"}
    assert [fault.line for fault in faults(project)] == [2, 3, 4]


def test_a_case_coded_by_one_coder_is_a_case(project: Path) -> None:
    path = project / "data/cases/aland/codings.csv"
    rows = [line for line in path.read_text(encoding="utf-8").splitlines() if ",B," not in line]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert set(load_evidence(project).case("aland").codings["coder"]) == {"A"}


# Text of case.yml; line, key, value, told.
CASE_FILES = {
    "broken": ("id: aland\ntitle: [\n", 3, "", "", "well-formed YAML"),
    "control character": ("id: aland\ntitle: \x07\n", 1, "", "", "well-formed YAML"),
    "missing key": ("id: aland\ntitle: T\nshort: S\n", 1, "destination", "", "this key"),
    "unknown key": ("id: aland\nnote: N\ntitle: T\nshort: S\ndestination: D\n", 2, "note", "", "one of the keys"),
    "number": ("id: aland\ntitle: 2008\nshort: S\ndestination: D\n", 2, "title", "2008", "quotes"),
    "list": ("id: aland\ntitle: [T]\nshort: S\ndestination: D\n", 2, "title", "sequence", "a text"),
    "nothing": ("id: aland\ntitle: T\nshort:\ndestination: D\n", 3, "short", "", "a text"),
    "empty text": ("id: aland\ntitle: T\nshort: ' '\ndestination: D\n", 3, "short", " ", "a text"),
    "other folder": ("id: bland\ntitle: T\nshort: S\ndestination: D\n", 1, "id", "bland", "aland"),
    "truth value": ("id: no\ntitle: T\nshort: S\ndestination: D\n", 1, "id", "no", "quotes"),
}


@pytest.mark.parametrize("name", CASE_FILES)
def test_case_file_is_checked(project: Path, name: str) -> None:
    text, line, column, value, told = CASE_FILES[name]
    (project / "data/cases/aland/case.yml").write_text(text, encoding="utf-8")
    (found,) = faults(project)
    assert places([found]) == [("data/cases/aland/case.yml", line, column, value)]
    assert told in found.expected


@pytest.mark.parametrize("text", ["", "a text\n", "- a list\n"])
def test_case_file_without_keys_misses_all(project: Path, text: str) -> None:
    (project / "data/cases/aland/case.yml").write_text(text, encoding="utf-8")
    assert [fault.column for fault in faults(project)] == ["destination", "id", "short", "title"]


def test_case_file_in_latin_1_is_refused_with_its_line(project: Path) -> None:
    (project / "data/cases/aland/case.yml").write_bytes("id: aland\ntitle: Genève\n".encode("latin-1"))
    assert [(fault.line, "UTF-8" in fault.expected) for fault in faults(project)] == [(2, True)]


def test_empty_case_folder_misses_its_files(project: Path) -> None:
    (project / "data/cases/cland").mkdir()
    found = faults(project)
    assert {fault.file for fault in found} >= {"data/cases/cland/case.yml", "data/cases/cland/statements.csv"}
    assert all("missing" in fault.expected for fault in found)


@pytest.mark.parametrize("name", ["Aland", "a land", "a-land", "across", "architecture"])
def test_case_folder_has_a_name_that_addresses_can_bear(project: Path, name: str) -> None:
    made.add_case(project, name)
    assert ("data/cases/" + name + "/case.yml", 1, "id", name) in places(faults(project))


def test_partnership_is_named_after_its_case(project: Path) -> None:
    for file in ("partnerships", "documents", "statements", "commitments", "measures", "events"):
        path = project / f"data/cases/aland/{file}.csv"
        path.write_text(path.read_text(encoding="utf-8").replace("aland-x", "other-x"), encoding="utf-8")
    assert ("data/cases/aland/partnerships.csv", 2, "partnership_id", "other-x") in places(faults(project))


def test_hidden_folders_and_stray_files_are_no_cases(project: Path) -> None:
    (project / "data/cases/.cache").mkdir()
    (project / "data/cases/notes.txt").write_text("made up", encoding="utf-8")
    assert list(load_evidence(project).cases.index) == ["aland", "bland"]


def test_a_project_without_a_case_is_told(project: Path) -> None:
    shutil.rmtree(project / "data/cases")
    assert places(faults(project)) == [("data/cases", 1, "", "")]


@pytest.mark.parametrize(
    ("text", "line"), [("{\n  'resources': []}", 2), ("[]", 1), ("{}", 1), ('{"resources": [{"name": "frames"}]}', 1)]
)
def test_descriptor_that_is_none_is_told(project: Path, text: str, line: int) -> None:
    (project / "data/datapackage.json").write_text(text, encoding="utf-8")
    (found,) = faults(project)
    assert (found.file, found.line) == ("data/datapackage.json", line)


def test_descriptor_may_list_more_tables(project: Path) -> None:
    path = project / "data/datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["resources"].append({"name": "more", "path": "more.csv"})
    path.write_text(json.dumps(package), encoding="utf-8")
    assert len(load_evidence(project).cases) == 2


def test_descriptor_that_is_missing_is_told(project: Path) -> None:
    (project / "data/datapackage.json").unlink()
    assert [fault.file for fault in faults(project)] == ["data/datapackage.json"]


def test_adding_a_case_is_adding_a_folder(project: Path) -> None:
    made.add_case(project, "cland")
    loaded = load_evidence(project)
    assert list(loaded.cases.index) == ["aland", "bland", "cland"]
    assert len(loaded.case("cland").statements) == 3
    edit(project / "data/cases/cland/measures.csv", "fences", "walls")
    assert places(faults(project)) == [("data/cases/cland/measures.csv", 2, "policy_area", "walls")]


def test_removing_a_case_leaves_out_what_speaks_of_it_and_says_so(project: Path) -> None:
    shutil.rmtree(project / "data/cases/bland")
    loaded = load_evidence(project)
    assert list(loaded.cases.index) == ["aland"]
    assert loaded.links.empty
    assert loaded.case("architecture").documents["partnership_ids"].tolist() == [("aland-x",)]
    assert places(list(loaded.notes)) == [
        ("data/architecture/documents.csv", 2, "partnership_ids", "bland-x"),
        ("data/architecture/links.csv", 2, "target_id", "bland-x"),
    ]
    assert "the folder data/cases/bland, which is absent" in loaded.notes[0].expected


def test_an_event_of_a_case_that_is_not_here_keeps_its_place_without_the_name(project: Path) -> None:
    shutil.rmtree(project / "data/cases/aland")
    assert load_evidence(project).case("architecture").events["partnership_id"].tolist() == [""]


def test_a_link_falls_away_with_either_of_its_ends(project: Path) -> None:
    shutil.rmtree(project / "data/cases/bland")
    edit(project / "data/architecture/links.csv", "forum-one,bland-x", "bland-x,forum-one")
    assert load_evidence(project).links.empty


def test_a_misspelt_arrangement_is_a_fault_though_a_case_is_absent(project: Path) -> None:
    shutil.rmtree(project / "data/cases/bland")
    edit(project / "data/architecture/links.csv", "forum-one", "forum-two")
    assert places(faults(project)) == [("data/architecture/links.csv", 2, "source_id", "forum-two")]


@pytest.mark.parametrize(
    ("file", "old", "column"),
    [("architecture/links.csv", "world-d1", "document_id"), ("cases/aland/measures.csv", "aland-x", "partnership_id")],
)
def test_only_a_partnership_in_the_architecture_may_be_of_an_absent_case(
    project: Path, file: str, old: str, column: str
) -> None:
    shutil.rmtree(project / "data/cases/bland")
    edit(project / "data" / file, old, "bland-x")
    assert places(faults(project)) == [(f"data/{file}", 2, column, "bland-x")]


def test_rows_without_an_id_are_not_duplicates_of_each_other(project: Path) -> None:
    path = project / "data/cases/aland/measures.csv"
    for number in (1, 2):
        edit(path, f"aland-m{number}", "")
    found = faults(project)
    assert [fault.line for fault in found] == [2, 3] and all("must not be empty" in fault.expected for fault in found)


def test_an_end_of_lower_precision_may_hold_the_start(project: Path) -> None:
    edit(project / "data/cases/aland/measures.csv", "2008,2008-06", "2008-06-05,2008")
    assert load_evidence(project).measures["end"][0] == "2008"


def test_cells_have_their_types(project: Path) -> None:
    loaded = load_evidence(project).case("aland")
    assert loaded.statements["position"].tolist() == [1, 2, 1] and str(loaded.statements["position"].dtype) == "Int64"
    assert loaded.measures["budget"].isna().tolist() == [True, False] and loaded.measures["budget"][1] == 12.5
    assert loaded.documents["partnership_ids"].tolist() == [("aland-x",), ()]
    assert loaded.documents["date"].tolist() == ["2008-06-05", ""]
    assert not {"_file", "_line", "_case"} & set(loaded.measures.columns)


def test_a_case_is_its_own_rows_and_the_whole_codebook(project: Path) -> None:
    loaded = load_evidence(project)
    own = loaded.case("bland")
    assert list(own.cases.index) == ["bland"]
    assert set(own.statements["document_id"]) == {"bland-d1", "bland-d2"}
    assert own.codings.index.tolist() == list(range(len(own.codings)))
    assert len(own.frames) == len(made.FRAMES) and own.arrangements.empty
    with pytest.raises(KeyError, match="aland, bland"):
        loaded.case("cland")


def test_codes_are_frames_and_areas_in_one_frame(project: Path) -> None:
    codes = load_evidence(project).codes
    assert codes["code_id"].tolist() == [row["code_id"] for row in made.FRAMES + made.AREAS]
    assert codes["kind"].tolist() == ["frame"] * 3 + ["area"] * 4
    assert codes["group"].tolist()[2:5] == ["problem", "security", "security"]
    assert list(codes.columns) == ["code_id", "group", "label", "definition", "kind"] and not codes.isna().any(
        axis=None
    )


def test_root_is_found_from_below(project: Path) -> None:
    assert find_root(project / "data/cases") == project
    with pytest.raises(FileNotFoundError, match=r"datapackage\.json"):
        find_root(project.parent)


def test_line_ends_of_another_system_change_nothing(project: Path) -> None:
    before = load_evidence(project)
    for path in (project / "data").rglob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(before.measures, load_evidence(project).measures)


@pytest.fixture(scope="module")
def copied(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository's data."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(root / "data", folder / "data")
    return folder


def test_any_case_can_be_taken_away(copied: Path, real: Evidence, tmp_path: Path) -> None:
    for case in real.cases.index:
        moved = shutil.move(copied / "data/cases" / case, tmp_path / case)
        less = load_evidence(copied)
        assert list(less.cases.index) == [other for other in real.cases.index if other != case]
        assert {note.value.split("-")[0] for note in less.notes} <= {case}
        assert len(less.case("architecture").documents) == len(real.case("architecture").documents)
        shutil.move(moved, copied / "data/cases" / case)
    assert load_evidence(copied).notes == ()


def test_faults_of_the_real_size_are_few_when_their_cause_is_one(copied: Path, real: Evidence) -> None:
    case = real.cases.index[0]
    path = copied / f"data/cases/{case}/codings.csv"
    before = path.read_bytes()
    head, first, rest = before.split(b"\n", 2)
    path.write_bytes(b"\n".join([head, first.rsplit(b",", 1)[0] + b",no_such_code", rest]))
    assert places(faults(copied)) == [(f"data/cases/{case}/codings.csv", 2, "code_id", "no_such_code")]
    path.write_bytes(before.replace(b"\n", "Genève\n".encode("latin-1"), 1))
    assert [(fault.file, fault.line) for fault in faults(copied)] == [(f"data/cases/{case}/codings.csv", 1)]
    path.write_bytes(before)


def test_real_rows_are_those_of_the_files(root: Path, real: Evidence) -> None:
    package = json.loads((root / "data/datapackage.json").read_text(encoding="utf-8"))
    for name, resource in ((each["name"], each) for each in package["resources"] if hasattr(real, each["name"])):
        files = sorted((root / "data").glob(f"**/{name}.csv"))
        cells = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files])
        loaded = getattr(real, name)
        assert len(loaded) == len(cells)
        cells = cells.reindex(columns=[field["name"] for field in resource["schema"]["fields"]], fill_value="")
        for field in resource["schema"]["fields"]:
            if field["type"] == "string":
                assert sorted(loaded[field["name"]]) == sorted(cells[field["name"]])
