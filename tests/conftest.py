"""Fixtures that all tests share."""

from pathlib import Path

import made
import pytest
from compendium.dataset.evidence import Evidence, load_evidence

collect_ignore = ["helpers"]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's folder."""
    return made.REPOSITORY


@pytest.fixture(scope="session")
def real(root: Path) -> Evidence:
    """The repository's evidence."""
    return load_evidence(root)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the made-up project of :mod:`made`, to be changed at will."""
    return made.project(tmp_path / "project")
