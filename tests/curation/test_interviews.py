"""What is said in confidence is counted or not told at all. The interviews are made up."""

import json
import shutil
from pathlib import Path

import made
import nbformat
import pandas as pd
import pytest
from compendium import cli
from compendium.chapters import sources
from compendium.curation import interviews
from compendium.dataset.evidence import EVIDENCE_TABLES, load_evidence
from compendium.dataset.vocabulary import MIN_PUBLISHED_COUNT
from compendium.errors import DataFault, InvalidData
from compendium.publishing.pipeline import execution, notebooks

SECRET = "Zylphabrax asked for it"
HEARD = 12
DOCUMENT = {
    "case_id": "aland", "title": "An official of a ministry", "kind": "interview", "issuer_side": "partner", "url": "",
    "access": "restricted", "consent": "written", "anonymisation": "office", "date": "2009",
}  # fmt: skip


def ids(number: int) -> str:
    return f"aland-i{number}"


def documents(*more: made.Row) -> list[made.Row]:
    public = [{"document_id": f"aland-d{number}", "case_id": "aland"} for number in (1, 2)]
    return [*public, *(DOCUMENT | {"document_id": ids(number)} for number in range(HEARD)), *more]


def write_interviews(root: Path, **codes: range) -> None:
    """Twelve interviews of a statement each; ``codes`` says which interviews bear a code."""
    made.write(root / "data/cases/aland", "documents", documents())
    folder = root / "restricted/aland"
    said = [made.statement(ids(number), 1) | {"text": SECRET, "speaker": SECRET} for number in range(HEARD)]
    made.write(folder, "statements", said)
    given = {number: [code for code, bearing in codes.items() if number in bearing] for number in range(HEARD)}
    rows = [
        row for number, own in given.items() for row in made.codings(f"{ids(number)}-s1", A=";".join(own) or "none")
    ]
    made.write(folder, "codings", rows)


@pytest.fixture
def confidential(project: Path) -> Path:
    write_interviews(project, equals=range(5), gain=range(4), threat=range(7), fences=range(8), jobs=range(HEARD))
    return project


def faults(root: Path) -> list[DataFault]:
    with pytest.raises(InvalidData) as caught:
        load_evidence(root)
    return caught.value.faults


# ---- what is counted ----


def test_counts_of_five_and_more_are_told_and_others_are_not(confidential: Path) -> None:
    interviews.write_restricted_counts(confidential)
    told = load_evidence(confidential).case("aland").restricted_counts.set_index("code_id")
    assert told["documents"].to_dict() == {"equals": 5, "threat": 7}
    assert set(told["of"]) == {HEARD}


def test_what_nearly_all_say_is_not_told_for_the_few_others_would_be_known(confidential: Path) -> None:
    interviews.write_restricted_counts(confidential)
    told = set(load_evidence(confidential).restricted_counts["code_id"])
    assert "fences" not in told, "eight of twelve leave four"
    assert "jobs" not in told, "all of twelve tell of each"


def test_many_statements_of_few_persons_are_not_told() -> None:
    statements = pd.DataFrame({"statement_id": range(40), "document_id": [number % 10 for number in range(40)]})
    few = pd.DataFrame({"statement_id": [0, 10, 20, 30, 1, 11, 21, 31], "coder": "A", "code_id": "gain"})
    assert interviews.publishable_code_counts(statements, few).empty
    many = pd.DataFrame({"statement_id": range(5), "coder": "A", "code_id": "gain"})
    assert interviews.publishable_code_counts(statements, many).to_dict("records") == [
        {"code_id": "gain", "statements": 5, "documents": 5, "of": 10}
    ]


def test_either_reading_counts_a_statement_once() -> None:
    statements = pd.DataFrame({"statement_id": range(10), "document_id": range(10)})
    both = [{"statement_id": number, "coder": coder, "code_id": "gain"} for number in range(3) for coder in "AB"]
    one = [{"statement_id": number, "coder": "B", "code_id": "gain"} for number in (3, 4)]
    none = [{"statement_id": number, "coder": "A", "code_id": "none"} for number in range(3, 10)]
    found = interviews.publishable_code_counts(statements, pd.DataFrame([*both, *one, *none]))
    assert found[["code_id", "statements", "documents"]].to_numpy().tolist() == [["gain", 5, 5]]


def test_a_published_table_is_not_replaced(confidential: Path) -> None:
    assert len(interviews.write_restricted_counts(confidential)) == 1
    assert interviews.write_restricted_counts(confidential) == [], "the same counts are no second table"
    path = confidential / "data/cases/aland/restricted_counts.csv"
    before = path.read_bytes()
    write_interviews(confidential, equals=range(6), threat=range(7))
    with pytest.raises(interviews.CountsAlreadyPublished, match="difference"):
        interviews.write_restricted_counts(confidential)
    assert path.read_bytes() == before


def test_a_case_without_the_folder_keeps_its_counts(confidential: Path) -> None:
    interviews.write_restricted_counts(confidential)
    path = confidential / "data/cases/aland/restricted_counts.csv"
    before = path.read_bytes()
    (confidential / "restricted").rename(confidential / "elsewhere")
    assert interviews.write_restricted_counts(confidential) == [] and path.read_bytes() == before


def test_the_least_count_is_the_same_everywhere(root: Path) -> None:
    package = json.loads((root / "data/datapackage.json").read_text(encoding="utf-8"))
    table = next(each for each in package["optional"] if each["name"] == "restricted_counts")
    least = {field["name"]: field.get("constraints", {}).get("minimum") for field in table["schema"]["fields"]}
    assert (least["statements"], least["documents"], least["of"]) == (5, 5, 10)
    assert MIN_PUBLISHED_COUNT == 5


# ---- what is refused ----

WRONG = {
    "an open interview": ({"access": "public", "url": "https://example.org/a"}, "access", "public"),
    "an interview of no access": ({"access": "", "url": "https://example.org/a"}, "access", ""),
    "no consent": ({"consent": ""}, "consent", ""),
    "no anonymisation": ({"anonymisation": ""}, "anonymisation", ""),
    "an address": ({"url": "https://example.org/a"}, "url", "https://example.org/a"),
    "unknown consent": ({"consent": "perhaps"}, "consent", "perhaps"),
    "unknown access": ({"access": "secret"}, "access", "secret"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_interview_without_protection_is_refused(project: Path, name: str) -> None:
    changed, column, value = WRONG[name]
    row = DOCUMENT | {"document_id": "aland-i1"} | changed
    made.write(project / "data/cases/aland", "documents", [*documents()[:2], row])
    found = [(fault.line, fault.column, fault.value) for fault in faults(project)]
    assert (4, column, value) in found


def test_a_public_document_needs_its_address(project: Path) -> None:
    made.write(project / "data/cases/aland", "documents", [documents()[0], {**documents()[1], "url": ""}])
    (fault,) = faults(project)
    assert (fault.file, fault.line, fault.column) == ("data/cases/aland/documents.csv", 3, "url")


def test_consent_without_restriction_is_a_slip_that_is_told(project: Path) -> None:
    row = {"document_id": "aland-i1", "case_id": "aland", "kind": "report", "consent": "oral"}
    made.write(project / "data/cases/aland", "documents", [*documents()[:2], row])
    (fault,) = faults(project)
    assert fault.column == "consent" and "restricted" in fault.expected


FROM = {
    "statements": made.statement(ids(0), 1) | {"text": SECRET},
    "commitments": {"commitment_id": "aland-c9", "policy_area": "visas", "paraphrase": SECRET},
    "measures": {"measure_id": "aland-m9", "policy_area": "jobs", "description": SECRET},
    "events": {"event_id": "aland-e9", "case_id": "aland", "label": SECRET},
    "memos": {"target_id": ids(0), "number": 1, "title": SECRET, "text": SECRET},
    "attributes": {"target_id": ids(0), "attribute": "age", "value": SECRET},
}


@pytest.mark.parametrize("table", FROM)
def test_no_public_row_rests_on_an_interview(confidential: Path, table: str) -> None:
    folder = confidential / "data/cases/aland"
    path, own = folder / f"{table}.csv", {"document_id": ids(0), "partnership_id": "aland-x"}
    common = own if table in ("memos", "attributes") else {**made.COMMON[table], **own}
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    columns = made.write(folder, table, []).read_text(encoding="utf-8").strip().split(",")
    row = {column: value for column, value in {**common, **FROM[table]}.items() if column in columns}
    added = made.write(folder, table, [row]).read_text(encoding="utf-8")
    path.write_text(before + (added.split("\n", 1)[1] if before else added), encoding="utf-8")
    found = [fault for fault in faults(confidential) if fault.column in ("document_id", "target_id")]
    assert [(fault.file, fault.value) for fault in found] == [(f"data/cases/aland/{table}.csv", ids(0))]
    assert "restricted" in found[0].expected
    assert SECRET not in " ".join(map(str, faults(confidential))), "nor does the message tell what was said"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"statements": 4, "documents": 5, "of": 12}, "statements"),
        ({"statements": 5, "documents": 4, "of": 12}, "documents"),
        ({"statements": 9, "documents": 8, "of": 12}, "documents"),
        ({"statements": 9, "documents": 6, "of": 13}, "of"),
        ({"statements": 9, "documents": 6, "of": 12, "code_id": "walls"}, "code_id"),
        ({"statements": 9, "documents": 6, "of": 12, "case_id": "bland"}, "case_id"),
    ],
)
def test_counts_that_would_tell_of_few_are_refused(confidential: Path, row: made.Row, column: str) -> None:
    common = {"case_id": "aland", "code_id": "gain"}
    made.write(confidential / "data/cases/aland", "restricted_counts", [common | dict(row)])
    assert column in {fault.column for fault in faults(confidential)}


@pytest.mark.parametrize(
    ("table", "old", "new", "column"),
    [
        ("statements", "aland-i3,", "aland-d1,", "document_id"),
        ("statements", "joint", "nobody", "speaker_side"),
        ("codings", "aland-i3-s1", "aland-i99-s1", "statement_id"),
        ("codings", "equals", "equal", "code_id"),
    ],
)
def test_restricted_tables_are_checked_as_public_ones(
    confidential: Path, table: str, old: str, new: str, column: str
) -> None:
    path = confidential / f"restricted/aland/{table}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidData) as caught:
        interviews.write_restricted_counts(confidential)
    assert column in {fault.column for fault in caught.value.faults}
    assert {fault.file.split("/")[0] for fault in caught.value.faults} == {"restricted"}


# ---- what a reader sees ----


def test_the_command_tells_what_it_wrote(
    confidential: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(confidential)
    (confidential / "analysis").mkdir()
    (confidential / "analysis/dodo.py").touch()
    assert cli.main(["interviews"]) == 0
    assert capsys.readouterr().out == "data/cases/aland/restricted_counts.csv\n"
    write_interviews(confidential, equals=range(6))
    assert cli.main(["interviews"]) == 1
    assert "keep the old table" in capsys.readouterr().err


def test_evidence_holds_no_restricted_text(confidential: Path) -> None:
    interviews.write_restricted_counts(confidential)
    known = load_evidence(confidential)
    for name in EVIDENCE_TABLES:
        assert SECRET not in getattr(known, name).to_csv(), name
    assert not known.statements["document_id"].isin([ids(number) for number in range(HEARD)]).any()


def test_the_register_says_that_an_interview_is_confidential(confidential: Path) -> None:
    shown = sources.sources_list(load_evidence(confidential).case("aland")).data
    assert shown.count("In confidence: not public") == HEARD
    assert "counted only" in shown and SECRET not in shown


def test_no_executed_notebook_holds_restricted_text(confidential: Path) -> None:
    interviews.write_restricted_counts(confidential)
    shutil.copytree(made.REPOSITORY / "analysis/notebooks", confidential / "analysis/notebooks")
    for part, name in (("aland", "case"), ("aland", "sources"), ("across", "documents")):
        job = notebooks.Job(str(confidential), part, name, {} if part == "across" else {"case": part})
        execution.run_notebook(job)
        text = json.dumps(nbformat.read(job.target, 4), ensure_ascii=False)
        assert SECRET not in text and "Zylphabrax" not in text
        assert "An official of a ministry" in text or name == "case"


def test_restricted_files_are_no_source_of_the_book(confidential: Path) -> None:
    assert not [path for path in notebooks.book_sources(confidential) if "restricted" in path.parts]


def test_git_leaves_restricted_files_alone(root: Path) -> None:
    assert "/restricted/" in (root / ".gitignore").read_text(encoding="utf-8").splitlines()
