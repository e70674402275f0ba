"""One set of versions: pyproject.toml declares ranges, requirements.lock fixes them, environment.yml points to it."""

import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).parents[1]
PYTHONS = ["3.11", "3.12", "3.13"]
PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
DECLARED = [
    Requirement(line)
    for line in [*PYPROJECT["project"]["dependencies"], *PYPROJECT["project"]["optional-dependencies"]["test"]]
]


class Pin(NamedTuple):
    """One entry of the lock."""

    requirement: Requirement
    hashes: list[str]

    def holds(self, python: str) -> bool:
        marker: Marker | None = self.requirement.marker
        environment = {"python_version": python, "python_full_version": f"{python}.1"}
        return marker is None or marker.evaluate(environment)


def pins() -> Iterator[Pin]:
    for entry in LOCK.replace("\\\n", " ").splitlines():
        if entry.strip() and not entry.startswith("#"):
            requirement, *hashes = re.split(r"\s+--hash=", entry.strip())
            yield Pin(Requirement(requirement), hashes)


@pytest.mark.parametrize("python", PYTHONS)
def test_each_declared_dependency_is_locked_within_its_range(python: str) -> None:
    locked = {canonicalize_name(pin.requirement.name): pin.requirement for pin in pins() if pin.holds(python)}
    for declared in DECLARED:
        version = next(iter(locked[canonicalize_name(declared.name)].specifier)).version
        assert declared.specifier.contains(version, prereleases=True), f"{declared} is locked at {version}"


@pytest.mark.parametrize("python", PYTHONS)
def test_no_package_is_locked_twice(python: str) -> None:
    names = [canonicalize_name(pin.requirement.name) for pin in pins() if pin.holds(python)]
    assert sorted(set(names)) == sorted(names)


def test_each_version_is_exact_and_has_hashes() -> None:
    for pin in pins():
        assert [specifier.operator for specifier in pin.requirement.specifier] == ["=="], pin.requirement
        assert pin.hashes, pin.requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in pin.hashes), pin.requirement


def test_no_file_of_the_set_up_names_an_address_of_a_registry() -> None:
    for name in ("requirements.lock", "environment.yml", "pyproject.toml", "Makefile"):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert set(re.findall(r"\w+://([\w.-]*)", text)) <= {"localhost"}, name
        assert not re.search(r"(?<!\S)(-i|-f|--[\w-]*(url|host|links|registry))\b", text), name


def test_what_is_installed_is_what_is_locked() -> None:
    for pin in pins():
        if pin.requirement.marker is None or pin.requirement.marker.evaluate():
            version = next(iter(pin.requirement.specifier)).version
            assert importlib.metadata.version(pin.requirement.name) == version


def test_conda_takes_the_versions_of_the_lock() -> None:
    environment = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
    python, pip, section = environment["dependencies"]
    assert section == {"pip": ["-r requirements.lock"]}
    assert pip == "pip"
    ours = SpecifierSet(PYPROJECT["project"]["requires-python"])
    theirs = SpecifierSet(python.removeprefix("python "))
    for minor in range(8, 20):
        assert theirs.contains(f"3.{minor}.1") == (ours.contains(f"3.{minor}.1") and f"3.{minor}" in PYTHONS)


def test_binder_and_make_install_the_package_without_other_versions() -> None:
    for name in ("postBuild", "Makefile"):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert "--no-build-isolation -e ." in text
        assert "--no-deps" in text
    assert (REPOSITORY / "postBuild").stat().st_mode & 0o100, "Binder runs it"
