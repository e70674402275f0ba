"""A small made-up project: two cases, aland and bland, that no source stands behind. For tests only."""

import csv
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from compendium.dataset.registration import REGISTER_TABLES

REPOSITORY = Path(__file__).parents[2]
HELPERS = Path(__file__).parent
CASES = ("aland", "bland")

Row = Mapping[str, object]

FRAMES = [
    {"code_id": "equals", "group": "partnership", "label": "Equals"},
    {"code_id": "gain", "group": "partnership", "label": "Gain"},
    {"code_id": "threat", "group": "problem", "label": "Threat"},
]
AREAS = [
    {"code_id": "fences", "family": "security", "label": "Fences"},
    {"code_id": "returns", "family": "security", "label": "Returns"},
    {"code_id": "visas", "family": "mobility", "label": "Visas"},
    {"code_id": "jobs", "family": "development", "label": "Jobs"},
]

# Texts that each row of a table has where a test says nothing else.
COMMON: dict[str, dict[str, object]] = {
    "frames": {"definition": "made up", "include": "made up", "exclude": "made up"},
    "policy_areas": {"covers": "made up"},
    "questions": {"ruling": "made up"},
    "documents": {
        "title": "Made up", "date": "2008-06-05", "issuer": "Nobody", "issuer_side": "joint", "kind": "report",
        "role": "both", "language": "en", "url": "https://example.org/made-up", "coverage": "full",
    },
    "statements": {
        "locator": "para 1", "speaker": "Nobody", "speaker_side": "joint", "text_kind": "paraphrase",
        "text": "Made up.",
    },
    "commitments": {"locator": "para 1", "obligated": "both", "strength": "intent", "paraphrase": "Made up."},
    "measures": {
        "title": "Made up", "description": "Made up.", "legal_form": "project", "lead_actor": "Nobody",
        "lead_side": "joint", "actor_types": "ngo", "status": "completed", "locator": "para 1",
    },
    "events": {"date": "2008-06-05", "label": "Made up", "kind": "signature"},
    "arrangements": {
        "level": "regional", "binding": "mixed", "issue_areas": "trade;labour", "description": "Made up.",
    },
    "links": {"relation": "funds", "description": "Made up."},
}  # fmt: skip


def descriptor(*cases: str) -> dict[str, Any]:
    """The repository's ``datapackage.json``, with the paths of other cases, and no tables of findings."""
    package: dict[str, Any] = json.loads((REPOSITORY / "data/datapackage.json").read_text(encoding="utf-8"))
    package["resources"] = [each for each in package["resources"] if each["name"] not in REGISTER_TABLES]
    for resource in package["resources"]:
        if isinstance(resource["path"], list):
            paths = [re.sub("^cases/[^/]+/", f"cases/{case}/", path) for case in cases for path in resource["path"]]
            resource["path"] = sorted(set(paths))
    return package


def write(folder: Path, table: str, rows: Iterable[Row]) -> Path:
    """Write ``table`` into ``folder``, with the columns of the repository's ``datapackage.json``."""
    package = descriptor()
    resource = next(each for each in (*package["resources"], *package["optional"]) if each["name"] == table)
    path = folder / f"{table}.csv"
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        columns = [field["name"] for field in resource["schema"]["fields"]]
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(COMMON.get(table, {}) | dict(row) for row in rows)
    return path


def project(root: Path) -> Path:
    """Write the whole project into ``root``: two cases, a codebook and an architecture; gives ``root``."""
    data = root / "data"
    data.mkdir(parents=True)
    (data / "datapackage.json").write_text(json.dumps(descriptor(*CASES), indent=2), encoding="utf-8")
    write(data / "codebook", "frames", FRAMES)
    write(data / "codebook", "policy_areas", AREAS)
    write(data, "activities", [])
    write(data / "codebook", "questions", [{"code_ids": "equals;gain", "question": "Which of them?"}])
    for case in CASES:
        add_case(root, case)
    there = {"document_id": "world-d1", "case_id": "architecture"}
    folder = data / "architecture"
    write(folder, "documents", [there | {"partnership_ids": "aland-x;bland-x"}])
    write(folder, "statements", [statement("world-d1", 1)])
    write(folder, "codings", codings("world-d1-s1", A="threat", B="none"))
    write(folder, "events", [there | {"event_id": "world-e1", "partnership_id": "aland-x"}])
    write(folder, "arrangements", [{"arrangement_id": "forum-one", "name": "Forum", "document_id": "world-d1"}])
    write(folder, "links", [{"source_id": "forum-one", "target_id": "bland-x", "document_id": "world-d1"}])
    return root


def add_case(root: Path, case: str) -> Path:
    """Write the folder of one more case; gives the folder."""
    folder = root / "data/cases" / case
    folder.mkdir(parents=True)
    facts = f"id: {case}\ntitle: The case of {case}\nshort: {case.capitalize()}\ndestination: {case.capitalize()}\n"
    (folder / "case.yml").write_text(facts, encoding="utf-8")
    own = {"case_id": case, "partnership_id": f"{case}-x"}
    one, two = f"{case}-d1", f"{case}-d2"
    write(folder, "partnerships", [own | {"partner": "Xland", "founding_event_id": f"{case}-e1"}])
    write(folder, "documents", [
        {"document_id": one, "case_id": case, "partnership_ids": f"{case}-x"},
        {"document_id": two, "case_id": case, "date": ""},
    ])  # fmt: skip
    write(folder, "statements", [statement(one, 1), statement(one, 2), statement(two, 1, f"{case}-x")])
    write(folder, "codings", [
        *codings(f"{one}-s1", A="equals;visas", B="equals"),
        *codings(f"{one}-s2", A="none", B="threat;fences"),
        *codings(f"{two}-s1", A="gain;jobs", B="gain;jobs"),
    ])  # fmt: skip
    row = {"document_id": one, "partnership_id": f"{case}-x"}
    write(folder, "commitments", [row | {"commitment_id": f"{case}-c1", "policy_area": "visas"}])
    write(folder, "measures", [
        row | {"measure_id": f"{case}-m1", "policy_area": "fences", "start": "2008", "end": "2008-06"},
        row | {"measure_id": f"{case}-m2", "policy_area": "jobs", "budget": "12.5", "currency": "EUR"},
    ])  # fmt: skip
    write(folder, "events", [own | {"event_id": f"{case}-e1", "document_id": one}])
    return folder


def write_register(root: Path, actors: Iterable[str], acts: Iterable[str] = ()) -> Path:
    """Write the register of findings, actors and acts, each a line of CSV, with one made-up finding; gives ``root``."""
    data = root / "data"
    package, ours = (
        json.loads((folder / "data/datapackage.json").read_text(encoding="utf-8")) for folder in (root, REPOSITORY)
    )
    package["resources"] += [each for each in ours["resources"] if each["name"] in REGISTER_TABLES]
    (data / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    finding = "F99,practice,aland,Made up.,Made up."
    columns = "finding_id,part,scope,claim,pre_registered_check"
    (data / "registered").mkdir()
    (data / "registered/findings.csv").write_text(f"{columns}\n{finding}\n", encoding="utf-8")
    for name, lines in {
        "findings": (f"{columns},type,evidence,reading", f"{finding},descriptive,Made up.,Made up."),
        "actors": ("name,body,kind,polity", *actors),
        "acts": ("event_id,form,side,policy_areas,coordinates", *acts),
    }.items():
        (data / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return root


def statement(document: str, position: int, partnership: str = "") -> Row:
    ids = {"statement_id": f"{document}-s{position}", "document_id": document, "partnership_id": partnership}
    return ids | {"position": position}


def codings(statement_id: str, **coders: str) -> list[Row]:
    """Rows of codings: ``codings("s1", A="equals;gain", B="none")``."""
    return [
        {"statement_id": statement_id, "coder": coder, "code_id": code}
        for coder, codes in coders.items()
        for code in codes.split(";")
    ]
