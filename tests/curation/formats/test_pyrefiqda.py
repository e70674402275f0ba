"""What pyrefiqda, a library that others made from the published schema, finds in a project is what the import finds."""

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import fetching
import pytest
from compendium.curation.exchange import export_case
from compendium.curation.formats import refi_qda_reader, refi_qda_writer
from compendium.dataset.evidence import Evidence
from fetched_files import FETCHED
from kinds import Fetched
from made import HELPERS
from round_trips import REAL

pytestmark = pytest.mark.slow
NEEDED = ("pyrefiqda==0.3.1",)


def oracle(path: Path, folder: Path) -> dict[str, Any]:
    """Codes, users, documents and codings as pyrefiqda reads them."""
    python = fetching.environment(NEEDED, "pyrefiqda")
    command = [str(each) for each in (python, HELPERS / "drive_pyrefiqda.py", path, folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def check(path: Path, folder: Path) -> Counter[tuple[str, str, str]]:
    """Compare codes, coders, documents, and who gave which code how often in which document."""
    expected = oracle(path, folder)
    project, _ = refi_qda_reader.read_refi_qda(path)
    assert [(code.guid, code.name, code.parent) for code in project.codes] == list(map(tuple, expected["codes"]))
    assert project.users == expected["users"]
    names = {document.guid: document.name for document in project.documents}
    assert names == {guid: name or names[guid] for guid, name in expected["documents"].items()}, "qc names only files"
    found = Counter(
        (document.guid, user, code)
        for document in project.documents
        for passage in document.passages
        for user, code in passage.codings
    )
    assert found == Counter((document, user, code) for document, _, _, user, code in expected["codings"])
    return found


@pytest.mark.parametrize("name", FETCHED)
def test_a_real_project_is_read_alike(name: str, fetched: Fetched, tmp_path: Path) -> None:
    distribution, file, _, _, codings, *_ = FETCHED[name]
    assert check(fetched(distribution, file), tmp_path / "unpacked").total() == codings


@pytest.mark.parametrize("case", REAL)
def test_an_export_is_read_alike(case: str, real: Evidence, tmp_path: Path) -> None:
    known, path = real.case(case), tmp_path / "out.qdpx"
    path.write_bytes(refi_qda_writer.encode_qdpx(export_case.coded_project(known, {})))
    assert check(path, tmp_path / "unpacked").total() == len(known.codings)
