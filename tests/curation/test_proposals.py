"""What the command proposes for a case that nobody has coded, and that nothing else takes notice of it."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import made
import plain
import pytest
from compendium.dataset.evidence import load_evidence
from compendium.dataset.vocabulary import PROPOSALS_FILE
from compendium.errors import InvalidData

SAID = [
    "Both sides will fight illegal migration and the smuggling of migrants, and conclude a readmission agreement.",
    "Both governments call migration a shared responsibility.",
    "The ministers had lunch in the old town.",
]


def compendium(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from compendium.cli import main; sys.exit(main())"]
    return subprocess.run([*command, *arguments], cwd=root, capture_output=True, text=True)


@pytest.fixture
def uncoded(tmp_path: Path, root: Path) -> Path:
    """The project's data with one more case, made up, whose statements nobody has read."""
    own = tmp_path / "own"
    shutil.copytree(root / "data", own / "data")
    (root / ".cache/memory").mkdir(parents=True, exist_ok=True)
    (own / ".cache").mkdir()
    (own / ".cache/memory").symlink_to(root / ".cache/memory")  # of what is learnt from the same statements
    (own / "analysis").mkdir()
    (own / "analysis/dodo.py").touch()
    folder = made.add_case(own, "exland")
    for table in ("partnerships", "commitments", "measures", "events", "codings"):
        made.write(folder, table, [])
    made.write(folder, "documents", [{"document_id": "exland-d1", "case_id": "exland"}])
    said = [made.statement("exland-d1", number) | {"text": text} for number, text in enumerate(SAID, 1)]
    made.write(folder, "statements", said)
    return own


def test_a_case_that_nobody_coded_gets_proposals_and_nothing_else(uncoded: Path) -> None:
    before = {path: path.read_bytes() for path in (uncoded / "data").rglob("*") if path.is_file()}
    done = compendium(uncoded, "propose", "--case", "exland")
    assert done.returncode == 0, done.stderr
    path = uncoded / "data/cases/exland" / PROPOSALS_FILE
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["statement_id"], set()).add(row["code_id"])
    assert {"irregularity", "anti_smuggling_trafficking", "readmission_return"} <= found["exland-d1-s1"]
    assert found["exland-d1-s2"] == {"shared_responsibility"}
    assert found["exland-d1-s3"] == {"none"}, "read, and nothing found"
    assert {row["coder"] for row in rows} == {"machine"}
    assert all(0 < float(row["chance"]) <= 1 for row in rows if row["code_id"] != "none")
    assert {each: each.read_bytes() for each in before} == before, "no table was touched"
    assert "Uncoded: 3 statements of exland." in done.stdout
    left_out = done.stdout.split("Codes never proposed")[1].split(": ")[1].splitlines()[0].split(", ")
    labels = plain.labels("frames") | plain.labels("policy_areas")
    assert not {labels[row["code_id"]] for row in rows if row["code_id"] != "none"} & set(left_out)
    assert len(rows) == len({tuple(row.values()) for row in rows})
    with pytest.raises(InvalidData, match="a coding by at least one coder"):
        load_evidence(uncoded)  # a proposal is no coding
    first = path.read_bytes()
    assert compendium(uncoded, "propose", "--case", "exland").returncode == 0
    assert path.read_bytes() == first, "the same at each run"


def test_a_case_that_is_coded_gets_none(project: Path) -> None:
    (project / "analysis").mkdir()
    (project / "analysis/dodo.py").touch()
    done = compendium(project, "propose", "--case", "aland")
    assert done.returncode == 0 and "All statements of aland are coded" in done.stdout
    assert not (project / "data/cases/aland" / PROPOSALS_FILE).exists()
    other = compendium(project, "propose", "--case", "nowhere")
    assert other.returncode == 2 and "Existing cases: aland, bland." in other.stderr


def test_faults_of_the_data_come_first(project: Path) -> None:
    (project / "analysis").mkdir()
    (project / "analysis/dodo.py").touch()
    path = project / "data/cases/aland/codings.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("gain", "pain"), encoding="utf-8")
    done = compendium(project, "propose", "--case", "aland")
    assert done.returncode == 1 and "'pain' – expected a code of data/codebook" in done.stdout
