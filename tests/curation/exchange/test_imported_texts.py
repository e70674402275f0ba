"""The texts that an import brings are those that `compendium texts` knows, checks and replaces."""

import hashlib
import shutil
from pathlib import Path

import made_qdpx
import pytest
from compendium.dataset.evidence import load_evidence
from frictionless_checks import kinds
from kinds import Call
from made_qdpx import Selection, Source
from round_trips import tables

TEXT = "Zäune gibt es hier.\nOne fence and two gates.\n"
ID = "brought-nd-speech"


@pytest.fixture
def brought(call: Call, home: Path, tmp_path: Path) -> Path:
    """The made-up project with a case that was imported with its text; gives the place of the text."""
    fence, gates = TEXT.index("One fence"), TEXT.index("two gates")
    selections = [
        Selection(fence, fence + 9, [("Ann", "Fences"), ("Bob", "Gates")]),
        Selection(gates, gates + 9, [("Bob", "Locks")]),
    ]
    path = made_qdpx.project(tmp_path / "in.qdpx", [Source("Speech", TEXT.encode(), selections)])
    assert call("import", path, "--case", "brought")[0] == 0
    return home / "data/texts" / f"{ID}.txt"


def test_an_imported_text_is_known_and_its_quotations_are_found(brought: Path, call: Call, home: Path) -> None:
    status, told, _ = call("texts", "check")
    assert status == 0, told
    assert f"{ID}: unchanged" in told and "Zäune gibt es hier. ⟦One fence⟧ and two gates." in told
    assert "Checked: 1 text (0 with problems), 2 quotations." in told and "belongs to no document" not in told
    recorded = load_evidence(home).documents.set_index("document_id")["text_sha256"][ID]
    assert recorded == hashlib.sha256(brought.read_bytes()).hexdigest()


def test_a_text_that_changed_is_told_with_the_codings_it_breaks(brought: Path, call: Call) -> None:
    brought.write_text(TEXT.replace("One fence", "One hedge"), encoding="utf-8")
    status, told, _ = call("texts", "check")
    assert status == 1
    assert f"{ID}: changed" in told and f"✓ {ID}-s02" in told
    assert f"✗ {ID}-s01" in told
    assert "affected codings: Ann: brought-fences, Bob: brought-gates" in told


def test_a_text_that_was_added_takes_the_place_of_the_imported_one(brought: Path, call: Call, tmp_path: Path) -> None:
    file = tmp_path / "speech.html"
    file.write_text(f"<!doctype html><html><body><article><p>{TEXT}</p></article></body></html>", encoding="utf-8")
    assert "Replaced" in call("texts", "add", ID, file)[1]
    assert [path.name for path in brought.parent.iterdir()] == [f"{ID}.html"]
    assert call("texts", "check")[0] == 0
    again = tmp_path / "in.qdpx"
    assert call("import", again, "--case", "brought", "--replace")[0] == 0
    assert [path.name for path in brought.parent.iterdir()] == [f"{ID}.txt"], "and the other way round"
    assert call("texts", "check")[0] == 0


@pytest.mark.parametrize("ending", [".qdpx", ".sqlite3"])
def test_positions_are_not_exported_into_a_text_that_changed(
    ending: str, brought: Path, call: Call, home: Path, tmp_path: Path
) -> None:
    brought.write_text(f"New beginning. {TEXT}", encoding="utf-8")
    before = load_evidence(home).case("brought")
    out = tmp_path / f"out{ending}"
    status, told, _ = call("export", "--case", "brought", "--out", out)
    assert status == 0 and f"note: {ID}: the stored text differs from the text that was coded" in told
    shutil.rmtree(home / "data/cases/brought")
    assert call("import", out, "--case", "brought")[0] == 0
    behind = load_evidence(home).case("brought")
    assert behind.statements["text"].tolist() == before.statements["text"].tolist() == ["One fence", "two gates"]
    assert behind.passages.empty


def test_other_readers_can_still_take_the_files_of_a_table_for_one(call: Call, home: Path, tmp_path: Path) -> None:
    """Tables that know nothing of texts, as those of the book."""
    for path in (home / "data").rglob("documents.csv"):
        rows = path.read_text(encoding="utf-8").splitlines()
        path.write_text("".join(f"{row.rsplit(',', 4)[0]}\n" for row in rows), encoding="utf-8")
    assert kinds(home) == {}
    path = made_qdpx.project(
        tmp_path / "in.qdpx", [Source("Speech", TEXT.encode(), [Selection(0, 5, [("Ann", "Fences")])])]
    )
    assert call("import", path, "--case", "brought")[0] == 0
    assert kinds(home) == {} and call("check")[0] == 0
    assert call("new-case", "mine", "--destination", "Exland", "--partners", "Wyland")[0] == 0
    assert {error for table, error in kinds(home) if table == "documents"} == set()


def test_what_no_project_can_say_of_a_document_is_kept(call: Call, home: Path, tmp_path: Path) -> None:
    """An interview that is restricted stays so when its case comes back from another tool."""
    folder = home / "data/cases/aland"
    head, *rows = (folder / "documents.csv").read_text(encoding="utf-8").splitlines()
    interview = "aland-talk,A talk,2011,Nobody,partner,aland,,interview,discourse,en,,full,restricted,oral,name,"
    (folder / "documents.csv").write_text("\n".join([head, *rows, interview, ""]), encoding="utf-8")
    before = tables(folder)
    for ending in (".qdpx", ".sqlite3"):
        out = tmp_path / f"out{ending}"
        assert call("export", "--case", "aland", "--out", out)[0] == 0
        status, _, complaint = call("import", out, "--case", "aland", "--replace")
        assert (status, complaint) == (0, "")
        assert (folder / "documents.csv").read_bytes() == before["documents.csv"]
