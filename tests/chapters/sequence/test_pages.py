"""The pages on the sequence and on institutions, run: for young cases, and with another reading."""

import csv
import json
import shutil
from pathlib import Path

import made
import plain
import pytest
from compendium.dataset import registration
from compendium.publishing.pipeline import execution
from partnerships import PARTNERSHIPS
from template_runs import check, run, shown, templates_beside_data, young_project

PAGES = ("sequence", "institutions")
ACT = {"event_id": "aland-e1", "form": "treaty", "side": "joint", "policy_areas": "returns", "coordinates": "no"}


def with_register(root: Path) -> Path:
    """Add the tables of findings, actors and acts to a made-up project: one act, and nothing else."""
    package = json.loads((root / "data/datapackage.json").read_text(encoding="utf-8"))
    ours = json.loads((made.REPOSITORY / "data/datapackage.json").read_text(encoding="utf-8"))["resources"]
    added = [each for each in ours if each["name"] in registration.REGISTER_TABLES]
    package["resources"] += added
    (root / "data/datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    for resource in added:
        path = root / "data" / resource["path"]
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, [field["name"] for field in resource["schema"]["fields"]])
            writer.writeheader()
            writer.writerows([ACT] if resource["name"] == "acts" else [])
    return root


@pytest.fixture(scope="module")
def younger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_register(young_project(tmp_path_factory.mktemp("young") / "project"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return templates_beside_data(tmp_path_factory.mktemp("other") / "project")


@pytest.mark.parametrize("page", PAGES)
def test_young_cases_have_their_place(younger: Path, page: str) -> None:
    notebook = run(younger, "across", page)
    check(notebook)
    assert "Xland (Aland)" in shown(notebook)


def test_without_agreements_and_dates_the_page_says_so(younger: Path) -> None:
    notebook = run(younger, "across", "sequence")
    numbers = execution.published_values(notebook)
    assert numbers["readmission_none"]["text"] == "Xland (Aland), Xland (Bland)"
    assert "nothing to draw" in "".join(
        output["data"].get("text/markdown", "") for cell in notebook.cells for output in cell.get("outputs", [])
    )


def test_another_reading_of_talk_changes_the_wait(copy: Path) -> None:
    notebook = run(copy, "across", "sequence", coder="both")
    check(notebook)
    numbers = execution.published_values(notebook)
    named = 0
    for case, partnership, _ in PARTNERSHIPS:
        given = plain.given(case, "policy_areas", "both")
        about = [row for row in plain.rows("statements", case) if row["partnership_id"] == partnership]
        areas = {area for row in about for area in given[row["statement_id"]]}
        areas |= {row["policy_area"] for row in plain.rows("commitments", case) if row["partnership_id"] == partnership}
        named += len(areas)
    assert numbers["named"]["value"] == named


@pytest.mark.parametrize("page", PAGES)
def test_a_book_without_any_partnership_has_its_pages(younger: Path, tmp_path: Path, page: str) -> None:
    root = tmp_path / "project"
    shutil.copytree(younger, root)
    for case in made.CASES:
        shutil.rmtree(root / "data/cases" / case)
    package = json.loads((root / "data/datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [
        each
        | {
            "path": [
                path for path in each["path"] if not path.startswith(tuple(f"cases/{case}" for case in made.CASES))
            ]
        }
        if isinstance(each["path"], list)
        else each
        for each in package["resources"]
    ]
    (root / "data/datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    for table in ("documents", "statements", "codings", "events", "arrangements", "links"):
        made.write(root / "data/architecture", table, [])
    with (root / "data/acts.csv").open("w", encoding="utf-8") as stream:
        stream.write(",".join(ACT) + "\n")
    check(run(root, "across", page))
