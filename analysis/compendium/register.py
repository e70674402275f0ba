"""The findings as they were registered, and the two small tables that only their checks need: actors and acts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from compendium import tables
from compendium.evidence import Evidence, Invalid
from compendium.schema import items
from compendium.tables import Fault

REGISTERED = ("finding_id", "part", "scope", "claim", "pre_registered_check")
COLUMNS = {
    "registered/findings.csv": [*REGISTERED],
    "findings.csv": [*REGISTERED, "type", "evidence", "reading"],
    "actors.csv": ["name", "body", "kind", "polity"],
    "acts.csv": ["event_id", "form", "side", "policy_areas", "coordinates"],
}
ALLOWED = {
    "type": ("descriptive", "comparative", "interpretive"),
    "kind": ("polity", "office", "international", "ngo", "private", "academia", "diaspora"),
    "form": ("treaty", "other_agreement", "law", "institution", "other"),
    "side": ("destination", "partner", "joint"),
    "coordinates": ("yes", "no"),
}
REQUIRED = ("claim", "pre_registered_check", "evidence", "reading", "name", "body", "event_id")


@dataclass(frozen=True)
class Register:
    """What the checks of findings know beside the evidence.

    ``findings`` has a row a claim: the registered columns as they were fixed before any evidence was coded, and
    ``type``, ``evidence`` and ``reading`` (how its wording is understood). ``actors`` says for each name that measures
    use which body it is, of which kind and polity; ``acts`` says of events that are legal or institutional acts which
    form, side and policy areas they have. The last two were coded after registration, for the checks that need them.
    """

    findings: pd.DataFrame
    actors: pd.DataFrame
    acts: pd.DataFrame


def load(root: Path, evidence: Evidence) -> Register:
    """Load and check the three tables.

    Raises
    ------
    Invalid
        With every fault; among them each cell of ``data/findings.csv`` that differs from the registered file.
    """
    frames: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for name, columns in COLUMNS.items():
        frames[name], found = tables.read(root / "data" / name, f"data/{name}", columns)
        faults += [*found, *_cell_faults(frames[name])]
    findings, actors, acts = frames["findings.csv"], frames["actors.csv"], frames["acts.csv"]
    if not faults:
        faults += _edited(findings, frames["registered/findings.csv"])
        faults += [*_twice(findings, ["finding_id"]), *_twice(actors, ["name", "body"]), *_twice(acts, ["event_id"])]
        faults += _unknown(acts, evidence)
    if faults:
        raise Invalid(sorted(set(faults)))
    for frame in (acts, findings):
        for column in {"policy_areas", "scope"} & set(frame.columns):
            frame[column] = [tuple(items(cell)) for cell in frame[column]]
    here = acts["event_id"].isin(evidence.events["event_id"])
    return Register(*(frame.drop(columns=["_file", "_line"]) for frame in (findings, actors, acts[here])))


def _cell_faults(frame: pd.DataFrame) -> Iterator[Fault]:
    for row in frame.to_dict("records"):
        place = Fault(row["_file"], int(row["_line"]), "", "", "")
        for column, value in row.items():
            if column in ALLOWED and value not in ALLOWED[column]:
                yield replace(place, column=column, value=value, expected=f"one of {', '.join(ALLOWED[column])}")
            if column in REQUIRED and not value.strip():
                yield replace(place, column=column, expected="a value; the cell must not be empty")


def _edited(findings: pd.DataFrame, registered: pd.DataFrame) -> Iterator[Fault]:
    """The registered wording, and the order and number of findings, must stand as they were fixed."""
    if findings["finding_id"].tolist() != registered["finding_id"].tolist():
        expected = f"the findings {', '.join(registered['finding_id'])}, as in data/registered/findings.csv"
        yield Fault("data/findings.csv", 1, "finding_id", ", ".join(findings["finding_id"]), expected)
        return
    for row, fixed in zip(findings.to_dict("records"), registered.to_dict("records"), strict=True):
        for column in REGISTERED:
            if row[column] != fixed[column]:
                expected = (
                    f"the registered wording, {fixed[column]!r}; a new reading of it goes into the column reading"
                )
                yield Fault(row["_file"], int(row["_line"]), column, row[column], expected)


def _twice(frame: pd.DataFrame, key: list[str]) -> Iterator[Fault]:
    for row in frame[frame.duplicated(key)].to_dict("records"):
        yield Fault(row["_file"], int(row["_line"]), key[-1], row[key[-1]], "a key that is used once")


def _unknown(acts: pd.DataFrame, evidence: Evidence) -> Iterator[Fault]:
    events, areas = set(evidence.events["event_id"]), set(evidence.policy_areas["code_id"])
    for row in acts.to_dict("records"):
        of_case_here = row["event_id"].split("-")[0] in evidence.cases.index
        if row["event_id"] not in events and of_case_here:
            yield Fault(row["_file"], int(row["_line"]), "event_id", row["event_id"], "an id of the table events")
        for area in items(row["policy_areas"]):
            if area not in areas:
                yield Fault(
                    row["_file"], int(row["_line"]), "policy_areas", area, f"areas out of {', '.join(sorted(areas))}"
                )
