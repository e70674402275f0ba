"""Load the registered findings, and the tables of actors and acts that only their checks use."""

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
    """Tables that the checks of findings use in addition to the evidence.

    Parameters
    ----------
    findings : DataFrame
        A row per finding: the columns that were registered before any evidence was coded, and ``type``, ``evidence``
        and ``reading`` (how the registered wording is understood).
    actors : DataFrame
        A row per name of an actor in the measures: ``body``, ``kind`` and ``polity``. Coded after registration.
    acts : DataFrame
        A row per event that is a legal or institutional act: its ``form``, ``side`` and ``policy_areas``. Coded after
        registration.
    """

    findings: pd.DataFrame
    actors: pd.DataFrame
    acts: pd.DataFrame


def load_register(root: Path, evidence: Evidence) -> Register:
    """Load and check findings, actors and acts.

    Parameters
    ----------
    root : Path
        Folder of the project.
    evidence : Evidence
        The evidence, for its events and policy areas.

    Returns
    -------
    Register
        Without the acts of absent cases.

    Raises
    ------
    InvalidData
        With all faults, including each cell of ``data/findings.csv`` that differs from the registered file.

    Examples
    --------
    >>> from compendium.dataset.evidence import find_root, load_evidence
    >>> root = find_root(Path(__file__))
    >>> register = load_register(root, load_evidence(root))
    >>> {"finding_id", "claim", "reading"} <= set(register.findings.columns)
    True
    """
    data = root / "data"
    resources = table_resources(data, REGISTER_TABLES)
    frames: dict[str, pd.DataFrame] = {}
    faults: list[DataFault] = []
    for name, resource in resources.items():
        frames[name], table_faults = read_table(data, resource)
        faults += [*table_faults, *schema.cell_faults(frames[name], resource)]
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
    """Yield a fault where findings differ from the registered ones in number, order or wording."""
    if findings["finding_id"].tolist() != registered["finding_id"].tolist():
        expected = f"the findings {', '.join(registered['finding_id'])}, as in data/registered/findings.csv"
        yield DataFault(FINDINGS_FILE, 1, "finding_id", ", ".join(findings["finding_id"]), expected)
        return
    for row, registered_row in zip(findings.to_dict("records"), registered.to_dict("records"), strict=True):
        for column in registered.columns.drop(["_file", "_line", "_case"]):
            if row[column] != registered_row[column]:
                expected = (
                    f"the registered wording {registered_row[column]!r}; "
                    "restore it, and put another reading into the column reading"
                )
                yield DataFault(row["_file"], int(row["_line"]), column, row[column], expected)


def _unknown_ids(acts: pd.DataFrame, evidence: Evidence) -> Iterator[DataFault]:
    """Yield a fault for each act with an unknown event of a present case, or with an unknown policy area."""
    events, areas = set(evidence.events["event_id"]), set(evidence.policy_areas["code_id"])
    for row in acts.to_dict("records"):
        case_is_present = row["event_id"].split("-")[0] in evidence.cases.index
        if row["event_id"] not in events and case_is_present:
            yield DataFault(row["_file"], int(row["_line"]), "event_id", row["event_id"], "an id of the table events")
        for area in schema.split_list(row["policy_areas"]):
            if area not in areas:
                yield DataFault(
                    row["_file"], int(row["_line"]), "policy_areas", area, f"one of {', '.join(sorted(areas))}"
                )
