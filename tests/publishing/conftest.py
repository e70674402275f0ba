"""Fixtures of the publishing floor: the made-up project with small templates and a book of one page."""

from functools import partial
from pathlib import Path

import pytest
from kinds import Command
from made_templates import called, laid


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a made-up project."""
    return laid(tmp_path / "project")


@pytest.fixture
def compendium(project: Path) -> Command:
    """Runs the command line in the made-up project."""
    return partial(called, project)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up project whose book is built, to be copied."""
    root = laid(tmp_path_factory.mktemp("finished") / "project")
    done = called(root, "book")
    assert done.returncode == 0, done.stdout + done.stderr
    return root
