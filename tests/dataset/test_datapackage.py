"""The data folder is a valid Frictionless data package, also for those who never run the compendium."""

import json
from pathlib import Path
from typing import Any

import pytest
from compendium.dataset.evidence import load_evidence
from compendium.errors import InvalidData
from frictionless_checks import kinds


@pytest.fixture(scope="module")
def package(root: Path) -> dict[str, Any]:
    return json.loads((root / "data/datapackage.json").read_text(encoding="utf-8"))


def test_the_repository_is_a_valid_package(root: Path) -> None:
    assert kinds(root) == {}


def test_the_made_up_project_is_a_valid_package(project: Path) -> None:
    assert kinds(project) == {}


@pytest.mark.parametrize(
    ("file", "old", "new", "kind"),
    [
        ("cases/bland/measures.csv", "fences", "walls", "foreign-key"),
        ("cases/aland/measures.csv", "aland-d1", "aland-d9", "foreign-key"),
        ("cases/bland/codings.csv", "bland-d1-s1", "bland-d9-s1", "foreign-key"),
        ("cases/aland/events.csv", "aland-x", "aland-y", "foreign-key"),
        ("cases/bland/measures.csv", "bland-m2", "bland-m1", "primary-key"),
        ("cases/bland/documents.csv", "2008-06-05", "2008-13", "constraint-error"),
        ("cases/aland/measures.csv", "completed", "done", "constraint-error"),
        ("cases/aland/measures.csv", "12.5", "many", "type-error"),
    ],
)
def test_frictionless_and_the_compendium_refuse_the_same(
    project: Path, file: str, old: str, new: str, kind: str
) -> None:
    path = project / "data" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert kind in {found for table, found in kinds(project) if table == path.stem}
    with pytest.raises(InvalidData):
        load_evidence(project)


def test_the_package_lists_the_files_that_are_there(root: Path, package: dict[str, Any]) -> None:
    listed = set()
    for resource in package["resources"]:
        listed |= {resource["path"]} if isinstance(resource["path"], str) else set(resource["path"])
    names = {Path(path).name for path in listed}
    data = root / "data"
    found = {path.relative_to(data).as_posix() for path in data.rglob("*.csv") if path.name in names}
    assert found == listed, "name the files in the lists `path` of data/datapackage.json: other readers need them"


def test_every_table_and_column_is_explained(package: dict[str, Any]) -> None:
    for resource in package["resources"]:
        assert resource["description"] and resource["title"]
        assert all(field["description"].strip() for field in resource["schema"]["fields"])
