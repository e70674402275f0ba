"""The findings as they were registered, and the two small tables that only their checks need: actors and acts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from compendium.dataset import integrity, schema
from compendium.dataset.evidence import Evidence, read_table, table_resources
from compendium.errors import DataFault, InvalidData

FINDINGS_FILE = "data/findings.csv"
REGISTER_TABLES = ("registered_findings", "findings", "actors", "acts")


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


def load_register(root: Path, evidence: Evidence) -> Register:
    """Load and check the three tables.

    Raises
    ------
    Invalid
        With every fault; among them each cell of ``data/findings.csv`` that differs from the registered file.
    """
    data = root / "data"
    resources = table_resources(data, REGISTER_TABLES)
    frames: dict[str, pd.DataFrame] = {}
    faults: list[DataFault] = []
    for name, resource in resources.items():
        frames[name], found = read_table(data, resource)
        faults += [*found, *schema.cell_faults(frames[name], resource)]
        faults += [
            fault for key in schema.unique_keys(resource) for fault in integrity.duplicate_faults(frames[name], key)
        ]
    if not faults:
        faults += [
            *_changed_wordings(frames["findings"], frames["registered_findings"]),
            *_unknown_ids(frames["acts"], evidence),
        ]
    if faults:
        raise InvalidData(sorted(set(faults)))
    typed = {name: schema.convert_types(frames[name], resource) for name, resource in resources.items()}
    findings, actors, acts = (typed[name].drop(columns=["_file", "_line", "_case"]) for name in REGISTER_TABLES[1:])
    return Register(findings, actors, acts[acts["event_id"].isin(evidence.events["event_id"])])


def _changed_wordings(findings: pd.DataFrame, registered: pd.DataFrame) -> Iterator[DataFault]:
    """The registered wording, and the order and number of findings, must stand as they were fixed."""
    if findings["finding_id"].tolist() != registered["finding_id"].tolist():
        expected = f"the findings {', '.join(registered['finding_id'])}, as in data/registered/findings.csv"
        yield DataFault(FINDINGS_FILE, 1, "finding_id", ", ".join(findings["finding_id"]), expected)
        return
    for row, fixed in zip(findings.to_dict("records"), registered.to_dict("records"), strict=True):
        for column in registered.columns.drop(["_file", "_line", "_case"]):
            if row[column] != fixed[column]:
                expected = (
                    f"the registered wording, {fixed[column]!r}; a new reading of it goes into the column reading"
                )
                yield DataFault(row["_file"], int(row["_line"]), column, row[column], expected)


def _unknown_ids(acts: pd.DataFrame, evidence: Evidence) -> Iterator[DataFault]:
    events, areas = set(evidence.events["event_id"]), set(evidence.policy_areas["code_id"])
    for row in acts.to_dict("records"):
        of_case_here = row["event_id"].split("-")[0] in evidence.cases.index
        if row["event_id"] not in events and of_case_here:
            yield DataFault(row["_file"], int(row["_line"]), "event_id", row["event_id"], "an id of the table events")
        for area in schema.split_list(row["policy_areas"]):
            if area not in areas:
                yield DataFault(
                    row["_file"], int(row["_line"]), "policy_areas", area, f"areas out of {', '.join(sorted(areas))}"
                )
