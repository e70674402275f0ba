"""Loads and validates every table of ``data/`` into one :class:`Evidence` with a frame per table."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from compendium.dataset import csv_tables, integrity, schema
from compendium.dataset.integrity import RawTables
from compendium.dataset.vocabulary import ARCHITECTURE
from compendium.errors import DataFault, InvalidData

RESERVED_CASE_IDS = (ARCHITECTURE, "across")
CASE_KEYS = ("id", "title", "short", "destination")
Resources = dict[str, schema.Resource]


@dataclass(frozen=True)
class Evidence:
    """All tables, typed; each table that lies in case folders has a column ``case_id``.

    Text that is unknown is ``""``; lists are tuples; dates are text of the precision that the source allows.
    ``notes`` tells what was left out because the case folder it speaks of is not here.

    ``own_codes``, ``own_codings``, ``passages``, ``memos`` and ``attributes`` are of cases that were coded elsewhere,
    with a codebook of their own; a case folder need not have them. What is said of the shared codebook rests on
    ``codings`` alone, so that statements which nobody read with it are not taken for statements without a code.

    Of a restricted document, such as an interview, there is the row in ``documents``, and there are the counts of its
    case in ``restricted_counts``. What was said in it is in no frame: see :mod:`compendium.curation.interviews`.
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
    own_codes: pd.DataFrame
    own_codings: pd.DataFrame
    passages: pd.DataFrame
    memos: pd.DataFrame
    attributes: pd.DataFrame
    restricted_counts: pd.DataFrame
    activities: pd.DataFrame
    notes: tuple[DataFault, ...] = ()

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
        frames = {name: getattr(self, name) for name in EVIDENCE_TABLES}
        parts: dict[str, Any] = {
            name: frame[frame["case_id"] == case_id].reset_index(drop=True)
            for name, frame in frames.items()
            if "case_id" in frame.columns
        }
        return replace(self, cases=self.cases[self.cases.index == case_id], **parts)

    @property
    def codes(self) -> pd.DataFrame:
        """Frames and policy areas in one frame: code_id, kind (frame or area), group (or family), label, definition."""
        frames = self.frames[["code_id", "group", "label", "definition"]].assign(kind="frame")
        areas = self.policy_areas[["code_id", "family", "label", "covers"]].assign(kind="area")
        areas = areas.rename(columns={"family": "group", "covers": "definition"})
        return pd.concat([frames, areas], ignore_index=True)


EVIDENCE_TABLES = tuple(field.name for field in fields(Evidence) if field.name not in ("cases", "notes"))


def find_root(start: Path | None = None) -> Path:
    """The project's folder: the nearest one, from ``start`` upwards, that holds ``data/datapackage.json``."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "datapackage.json").exists():
            return folder
    raise FileNotFoundError(f"No data/datapackage.json in {here} or above it: run this inside the project's folder.")


def load_evidence(root: Path, require_codings: bool = True) -> Evidence:
    """Load and validate the project's data.

    Parameters
    ----------
    root : Path
        The project's folder.
    require_codings : bool
        Whether each statement must have been read by each coder of its folder, as any figure needs it.

    Raises
    ------
    Invalid
        With every fault of every table, each with file, line, column, value and what is expected. A table that can not
        be read as a whole is told once; whether others refer to it rightly is then not asked.
    """
    data = root / "data"
    resources = table_resources(data, EVIDENCE_TABLES)
    cases, faults = _read_cases(data)
    raw: RawTables = {}
    damaged: set[str] = set()
    for name, resource in resources.items():
        raw[name], found = read_table(data, resource, list(cases.index))
        damaged |= {name} if found else set()
        faults += [*found, *schema.cell_faults(raw[name], resource)]
    absent = set().union(*map(schema.listed_cases, resources.values())) - {"*", *cases.index}
    notes: list[DataFault] = []
    for fault in integrity.integrity_faults(raw, resources, damaged, require_codings):
        (notes if _is_about_absent_case(absent, fault) else faults).append(fault)
    if faults:
        raise InvalidData(sorted(set(faults)))
    typed = _drop_partnerships(
        {note.value for note in notes}, {name: schema.convert_types(raw[name], resources[name]) for name in raw}
    )
    frames: dict[str, Any] = {name: _with_case_id(frame, resources[name]) for name, frame in typed.items()}
    return Evidence(cases, **frames, notes=tuple(map(_as_note, notes)))


def table_resources(data: Path, table_names: Sequence[str]) -> Resources:
    """What ``datapackage.json`` says about each of the wanted tables, those included that a case need not have.

    Raises
    ------
    Invalid
        When it can not be read, or lists not all of them.
    """
    name = "data/datapackage.json"
    try:
        descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
        listed = (*descriptor["resources"], *descriptor["optional"])
        resources = {resource["name"]: resource for resource in listed}
    except (OSError, ValueError, KeyError, TypeError) as error:
        line = getattr(error, "lineno", 1)
        raise InvalidData(
            [DataFault(name, line, "", "", f"a data package in JSON that lists resources; {error!r}")]
        ) from error
    if missing := [table for table in table_names if table not in resources]:
        raise InvalidData(
            [DataFault(name, 1, "resources", ", ".join(resources), f"also the tables {', '.join(missing)}")]
        )
    return {table: resources[table] for table in table_names}


def _read_cases(data: Path) -> tuple[pd.DataFrame, list[DataFault]]:
    folders = (path for path in (data / "cases").glob("*") if path.is_dir() and not path.name.startswith("."))
    rows, faults = [], []
    for folder in sorted(folders):
        row, found = _read_case(folder)
        rows.append(row)
        faults += found
    if not rows:
        faults.append(
            DataFault("data/cases", 1, "", "", "a folder for at least one case, with its case.yml and tables")
        )
    return pd.DataFrame(rows, columns=list(CASE_KEYS)).set_index("id").rename_axis("case_id"), faults


def _read_case(folder: Path) -> tuple[dict[str, str], list[DataFault]]:
    """What ``case.yml`` says of a case: a text for each of the keys."""
    name = f"data/cases/{folder.name}/case.yml"
    row = dict.fromkeys(CASE_KEYS, "") | {"id": folder.name}
    try:
        node = yaml.compose((folder / "case.yml").read_text(encoding="utf-8"), yaml.SafeLoader)
    except FileNotFoundError:
        keys = ", ".join(CASE_KEYS)
        return row, [DataFault(name, 1, "", "", f"the file is missing; a case folder has one, with the keys {keys}")]
    except UnicodeDecodeError as error:
        return row, [
            DataFault(name, error.object.count(b"\n", 0, error.start) + 1, "", "", "UTF-8 text: save it as UTF-8")
        ]
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        return row, [DataFault(name, mark.line + 1 if mark else 1, "", "", f"well-formed YAML; {problem or error}")]
    given = {str(key.value): value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    faults = [
        DataFault(name, given[key].start_mark.line + 1, key, "", f"one of the keys {', '.join(CASE_KEYS)}")
        for key in given.keys() - set(CASE_KEYS)
    ]
    for key in CASE_KEYS:
        value = given.get(key)
        if value is None:
            faults.append(DataFault(name, 1, key, "", f"this key; case.yml has {', '.join(CASE_KEYS)}"))
        elif value.tag != "tag:yaml.org,2002:str" or not value.value.strip():
            text = value.value if isinstance(value, yaml.ScalarNode) else value.id
            faults.append(DataFault(name, value.start_mark.line + 1, key, text, "a text; put quotes around it"))
        else:
            row[key] = value.value
    if row["id"] != folder.name:
        faults.append(
            DataFault(name, given["id"].start_mark.line + 1, "id", row["id"], f"{folder.name}, the folder's name")
        )
    if not re.fullmatch("[a-z0-9]+", folder.name) or folder.name in RESERVED_CASE_IDS:
        expected = f"a folder named in small letters and digits, and not {' or '.join(RESERVED_CASE_IDS)}"
        faults.append(DataFault(name, 1, "id", folder.name, expected))
    return row | {"id": folder.name}, faults


def read_table(
    data: Path, resource: schema.Resource, case_ids: Sequence[str] = ()
) -> tuple[pd.DataFrame, list[DataFault]]:
    """One table out of all folders that hold it, with the folder's name in ``_case``."""
    columns, optional = schema.column_names(resource), schema.optional_columns(resource)
    parts, faults = [csv_tables.empty_table(columns).assign(_case="")], []
    for pattern in schema.path_patterns(resource):
        for path in [pattern.replace("*", case) for case in case_ids] if "*" in pattern else [pattern]:
            if resource.get("optional") and not (data / path).exists():
                continue
            frame, found = csv_tables.read_csv_table(data / path, f"data/{path}", columns, optional)
            parts.append(frame.assign(_case=Path(path).parent.name))
            faults += found
    return pd.concat(parts, ignore_index=True), faults


def _is_about_absent_case(absent_cases: set[str], fault: DataFault) -> bool:
    """Whether the architecture names a partnership of a case that the package lists, but whose folder is not here."""
    in_architecture = fault.file.startswith(f"data/{ARCHITECTURE}/")
    names_partnership = "partnership" in fault.column or fault.column in ("source_id", "target_id")
    return in_architecture and names_partnership and fault.value.split("-")[0] in absent_cases


def _as_note(note: DataFault) -> DataFault:
    return replace(note, expected=f"left out, for there is no folder data/cases/{note.value.split('-')[0]}")


def _drop_partnerships(absent_ids: set[str], tables: RawTables) -> RawTables:
    """Leave out links to partnerships that are not here, and unname them elsewhere."""
    links, documents = tables["links"], tables["documents"]
    named = [tuple(item for item in cell if item not in absent_ids) for cell in documents["partnership_ids"]]
    unnamed = {
        name: tables[name].assign(
            partnership_id=tables[name]["partnership_id"].where(lambda ids: ~ids.isin(absent_ids), "")
        )
        for name in ("statements", "events")
    }
    return (
        tables
        | unnamed
        | {
            "links": links[~links["source_id"].isin(absent_ids) & ~links["target_id"].isin(absent_ids)],
            "documents": documents.assign(partnership_ids=pd.Series(named, index=documents.index, dtype=object)),
        }
    )


def _with_case_id(frame: pd.DataFrame, resource: schema.Resource) -> pd.DataFrame:
    """Turn the folder into the column ``case_id``, and drop where rows stood."""
    frame = frame if schema.has_no_case(resource) else frame.assign(case_id=frame["_case"])
    return frame.drop(columns=["_file", "_line", "_case"]).reset_index(drop=True)
