"""Loads and validates every table of ``data/`` into one :class:`Evidence` with a frame per table."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from compendium import schema, tables
from compendium.tables import Fault

ARCHITECTURE = "architecture"
CASE_KEYS = ("id", "title", "short", "destination")
READ_AND_NOTHING_FOUND = "none"

Raw = dict[str, pd.DataFrame]


class Invalid(Exception):
    """The data break their rules; ``faults`` lists every place at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(f"{len(faults)} fault(s) in the data:\n" + "\n".join(str(fault) for fault in faults))


@dataclass(frozen=True)
class Evidence:
    """All tables, typed; each table that lies in case folders has a column ``case_id``.

    Text that is unknown is ``""``; lists are tuples; dates are text of the precision that the source allows.
    ``notes`` tells what was left out because the case folder it speaks of is not here.
    """

    cases: pd.DataFrame
    frames: pd.DataFrame
    policy_areas: pd.DataFrame
    questions: pd.DataFrame
    partnerships: pd.DataFrame
    documents: pd.DataFrame
    statements: pd.DataFrame
    codings: pd.DataFrame
    commitments: pd.DataFrame
    measures: pd.DataFrame
    events: pd.DataFrame
    arrangements: pd.DataFrame
    links: pd.DataFrame
    notes: tuple[Fault, ...] = ()

    def case(self, case_id: str) -> "Evidence":
        """The rows of one case; codebook and notes stay whole.

        Raises
        ------
        KeyError
            When there is no such case; the message names those that are there.
        """
        known = [*self.cases.index, ARCHITECTURE]
        if case_id not in known:
            raise KeyError(f"There is no case {case_id!r}; data/cases holds {', '.join(self.cases.index)}.")
        parts = {name: frame[frame["case_id"] == case_id].reset_index(drop=True) for name, frame in self._by_case()}
        return replace(self, cases=self.cases[self.cases.index == case_id], **parts)

    def _by_case(self) -> list[tuple[str, pd.DataFrame]]:
        frames = [(field.name, getattr(self, field.name)) for field in fields(self) if field.name != "notes"]
        return [(name, frame) for name, frame in frames if "case_id" in frame.columns]

    @property
    def codes(self) -> pd.DataFrame:
        """Frames and policy areas in one frame: code_id, kind (frame or area), group (or family), label, definition."""
        frames = self.frames[["code_id", "group", "label", "definition"]].assign(kind="frame")
        areas = self.policy_areas[["code_id", "family", "label", "covers"]].assign(kind="area")
        areas = areas.rename(columns={"family": "group", "covers": "definition"})
        return pd.concat([frames, areas], ignore_index=True)


def find_root(start: Path | None = None) -> Path:
    """The project's folder: the nearest one, from ``start`` upwards, that holds ``data/datapackage.json``."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "datapackage.json").exists():
            return folder
    raise FileNotFoundError(f"No data/datapackage.json in {here} or above it: run this inside the project's folder.")


def load(root: Path) -> Evidence:
    """Load and validate the project's data.

    Raises
    ------
    Invalid
        With every fault of every table, each with file, line, column, value and what is expected.
    """
    data = root / "data"
    descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    cases, faults = _read_cases(data)
    raw: Raw = {}
    for name, resource in resources.items():
        raw[name], found = _read_table(data, resource, list(cases.index))
        faults += found
        faults += schema.cell_faults(raw[name], resource)
    notes: list[Fault] = []
    for fault in _cross_faults(raw, resources):
        (notes if _speaks_of_absent_case(fault, cases) else faults).append(fault)
    if faults:
        raise Invalid(sorted(set(faults)))
    typed = {name: schema.typed(frame, resources[name]) for name, frame in raw.items()}
    return Evidence(cases, **_without_noted(typed, notes), notes=tuple(notes))


def _read_cases(data: Path) -> tuple[pd.DataFrame, list[Fault]]:
    rows, faults = [], []
    for path in sorted((data / "cases").glob("*/case.yml")):
        name = f"data/cases/{path.parent.name}/case.yml"
        try:
            content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(Fault(name, 1, "", "", f"well-formed YAML in UTF-8; {str(error).splitlines()[0]}"))
            continue
        content = content if isinstance(content, dict) else {}
        if set(content) != set(CASE_KEYS):
            faults.append(Fault(name, 1, "", ", ".join(map(str, content)), f"the keys {', '.join(CASE_KEYS)}"))
        elif content["id"] != path.parent.name:
            faults.append(Fault(name, 1, "id", str(content["id"]), f"{path.parent.name}, the folder's name"))
        rows.append({key: content.get(key, "") for key in CASE_KEYS} | {"id": path.parent.name})
    return pd.DataFrame(rows, columns=list(CASE_KEYS)).set_index("id").rename_axis("case_id"), faults


def _read_table(data: Path, resource: schema.Resource, cases: list[str]) -> tuple[pd.DataFrame, list[Fault]]:
    """One table out of all folders that hold it, with the folder's case in ``_case``."""
    parts, faults = [], []
    for pattern in schema.folders(resource):
        for folder in [pattern.replace("*", case) for case in cases] if "*" in pattern else [pattern]:
            frame, found = tables.read(data / folder, f"data/{folder}", schema.columns(resource))
            faults += found
            parts.append(frame.assign(_case=Path(folder).parent.name))
    table = pd.concat(parts, ignore_index=True) if parts else tables.read(data, "", schema.columns(resource))[0]
    return table, faults


def _cross_faults(raw: Raw, resources: dict[str, schema.Resource]) -> Iterator[Fault]:
    for name, resource in resources.items():
        yield from _duplicate_keys(raw[name], resource)
        for key in resource["schema"].get("foreignKeys", []):
            yield from _unknown_references(raw, name, key)
    for rule in RULES:
        yield from rule(raw)


def _duplicate_keys(frame: pd.DataFrame, resource: schema.Resource) -> Iterator[Fault]:
    key = resource["schema"]["primaryKey"]
    for row in _rows(frame[frame.duplicated(key)]):
        first = frame[(frame[key] == pd.Series({column: row[column] for column in key})).all(axis=1)].iloc[0]
        yield _fault(row, key[-1], f"a key that is used once; {first['_file']}:{first['_line']} has it already")


def _unknown_references(raw: Raw, name: str, key: dict[str, Any]) -> Iterator[Fault]:
    column, target = key["fields"], key["reference"]["resource"]
    known = set(raw[target][key["reference"]["fields"]])
    frame = raw[name]
    for row in _rows(frame[~frame[column].isin(known | {""})]):
        yield _fault(row, column, f"an id of the table {target}")


def _unknown_partnership_lists(raw: Raw) -> Iterator[Fault]:
    known = set(raw["partnerships"]["partnership_id"])
    for row in _rows(raw["documents"]):
        for item in schema.items(row["partnership_ids"]):
            if item not in known:
                yield replace(_fault(row, "partnership_ids", "ids of the table partnerships"), value=item)


def _unknown_ends_of_links(raw: Raw) -> Iterator[Fault]:
    known = set(raw["arrangements"]["arrangement_id"]) | set(raw["partnerships"]["partnership_id"])
    for column in ("source_id", "target_id"):
        for row in _rows(raw["links"][~raw["links"][column].isin(known | {""})]):
            yield _fault(row, column, "an id of the table arrangements or partnerships")


def _unknown_codes(raw: Raw) -> Iterator[Fault]:
    known = {*raw["frames"]["code_id"], *raw["policy_areas"]["code_id"], READ_AND_NOTHING_FOUND, ""}
    for row in _rows(raw["codings"][~raw["codings"]["code_id"].isin(known)]):
        yield _fault(row, "code_id", f"a code of data/codebook, or {READ_AND_NOTHING_FOUND}")


def _none_beside_codes(raw: Raw) -> Iterator[Fault]:
    codings = raw["codings"]
    several = codings.duplicated(["statement_id", "coder"], keep=False)
    for row in _rows(codings[several & (codings["code_id"] == READ_AND_NOTHING_FOUND)]):
        yield _fault(row, "code_id", "no other code by the same coder on the same statement beside it")


def _skipped_statements(raw: Raw) -> Iterator[Fault]:
    """Each coder of a folder must have read each of its statements, or shares would rest on different texts."""
    for case, codings in raw["codings"].groupby("_case"):
        statements = raw["statements"][raw["statements"]["_case"] == case]
        for coder, own in codings.groupby("coder"):
            for row in _rows(statements[~statements["statement_id"].isin(set(own["statement_id"]))]):
                yield _fault(row, "statement_id", f"a coding by coder {coder}; the row {READ_AND_NOTHING_FOUND} if no code applies")
    coded = set(raw["codings"]["_case"])
    for row in _rows(raw["statements"][~raw["statements"]["_case"].isin(coded)]):
        yield _fault(row, "statement_id", "a coding by at least one coder")


def _end_before_start(raw: Raw) -> Iterator[Fault]:
    for row in _rows(raw["measures"]):
        start, end = row["start"], row["end"]
        precision = min(len(start), len(end))
        if precision and end[:precision] < start[:precision]:
            yield _fault(row, "end", f"a date not before the start, {start}")


def _budget_and_currency(raw: Raw) -> Iterator[Fault]:
    for row in _rows(raw["measures"]):
        if bool(row["budget"]) != bool(row["currency"]):
            yield _fault(row, "currency", "budget and currency given together, or neither")


def _case_of_folder(raw: Raw) -> Iterator[Fault]:
    for name in ("partnerships", "documents", "events"):
        for row in _rows(raw[name][raw[name]["case_id"] != raw[name]["_case"]]):
            yield _fault(row, "case_id", f"{row['_case']}, the folder's name")


def _reading_order(raw: Raw) -> Iterator[Fault]:
    expected: dict[str, int] = defaultdict(int)
    for row in _rows(raw["statements"]):
        expected[row["document_id"]] += 1
        if row["position"].isdigit() and int(row["position"]) != expected[row["document_id"]]:
            yield _fault(row, "position", f"{expected[row['document_id']]}: statements stand in reading order from 1, none missing")


RULES = (
    _unknown_partnership_lists,
    _unknown_ends_of_links,
    _unknown_codes,
    _none_beside_codes,
    _skipped_statements,
    _end_before_start,
    _budget_and_currency,
    _case_of_folder,
    _reading_order,
)


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    yield from frame.to_dict("records")


def _fault(row: dict[str, Any], column: str, expected: str) -> Fault:
    return Fault(row["_file"], int(row["_line"]), column, row[column], expected)


def _speaks_of_absent_case(fault: Fault, cases: pd.DataFrame) -> bool:
    """Whether the architecture names a partnership of a case whose folder is not here: no fault, but told."""
    in_architecture = fault.file.startswith(f"data/{ARCHITECTURE}/")
    names_partnership = "partnership" in fault.column or fault.column in ("source_id", "target_id")
    return in_architecture and names_partnership and fault.value.split("-")[0] not in cases.index


def _without_noted(typed: Raw, notes: list[Fault]) -> Raw:
    """Leave out links to partnerships that are not here, and unname them elsewhere; drop the columns of places."""
    absent = {note.value for note in notes}
    links = typed["links"]
    typed["links"] = links[~links["source_id"].isin(absent) & ~links["target_id"].isin(absent)]
    for name in ("statements", "events"):
        typed[name]["partnership_id"] = typed[name]["partnership_id"].where(~typed[name]["partnership_id"].isin(absent), "")
    typed["documents"]["partnership_ids"] = [
        tuple(item for item in cell if item not in absent) for cell in typed["documents"]["partnership_ids"]
    ]
    return {name: _with_case(frame) for name, frame in typed.items()}


def _with_case(frame: pd.DataFrame) -> pd.DataFrame:
    places = ["_file", "_line", "_case"]
    in_folders = frame["_case"].ne("codebook").all() if len(frame) else "case_id" in frame.columns
    frame = frame.assign(case_id=frame["_case"]) if in_folders else frame
    return frame.drop(columns=places).reset_index(drop=True)
