"""A large project is imported in bounded time and memory: 10,000 codings, and 100,000 among the slow tests."""

import subprocess
import sys
from pathlib import Path

import made_qdpx as made
import pytest
from compendium.dataset.evidence import load_evidence
from made_qdpx import Selection, Source
from slow import slow_after_first

PER_DOCUMENT = 50
SECONDS = 20
"""Of processor time, so that a busy machine makes no difference."""
MEGABYTES = 500
MEASURED = """
import resource, sys
from compendium.cli import main
status = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
sys.exit(status)
"""


def large(path: Path, documents: int) -> Path:
    codes = [f"Code {number}" for number in range(100)]
    users = ["Ann", "Bob", "Cem"]
    sources = []
    for number in range(documents):
        text = " ".join(f"Statement {number}-{place} speaks of fences and gates." for place in range(PER_DOCUMENT))
        width = len(text) // PER_DOCUMENT
        selections = [
            Selection(
                place * width,
                (place + 1) * width - 1,
                [(users[place % 3], codes[(number * 7 + place) % 100])],
                text[place * width : (place + 1) * width - 1],
            )
            for place in range(PER_DOCUMENT)
        ]
        sources.append(Source(f"Document {number}", text.encode(), selections))
    return made.project(path, sources, users=users, tree={code: {} for code in codes}, origin="QualCoder 3.6")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is asked of Linux")
@pytest.mark.parametrize("documents", slow_after_first([200, 2000]))
def test_a_large_project_is_imported_within_limits(documents: int, home: Path, tmp_path: Path) -> None:
    path = large(tmp_path / "large.qdpx", documents)
    command = [sys.executable, "-c", MEASURED, "import", str(path), "--case", "large"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=home)
    assert done.returncode == 0, done.stderr
    seconds, megabytes = float(done.stdout.splitlines()[-2]), int(done.stdout.splitlines()[-1]) // 1024
    print(f"{documents * PER_DOCUMENT:,} codings: {seconds:.1f} s of processor time, {megabytes} MB")
    assert len(load_evidence(home).own_codings) == documents * PER_DOCUMENT
    assert megabytes < MEGABYTES
    assert seconds < SECONDS
