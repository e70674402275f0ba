"""Load and validate the tables of ``data/`` as one :class:`Evidence` with a frame per table."""

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
    """All evidence tables with typed columns; tables of case folders have a column ``case_id``.

    Unknown text is ``""``, lists are tuples, and dates are text of the precision that the source allows. ``notes``
    lists references that were left out because they name a case whose folder is absent.

    The tables ``own_codes``, ``own_codings``, ``passages``, ``memos`` and ``attributes`` are optional: they belong to
    cases that were coded elsewhere, with a codebook of their own. Results for the shared codebook use ``codings``
    only, so that a statement not read with this codebook does not count as a statement without a code.

    A restricted document, such as an interview, has a row in ``documents``, and its case has counts in
    ``restricted_counts``. Its statements are in no frame; see :mod:`compendium.curation.interviews`.
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
        """Rows of one case, with the whole codebook and all notes.

        Parameters
        ----------
        case_id : str
            Name of a case folder, or ``architecture``.

        Raises
        ------
        KeyError
            If the case does not exist; the message lists the existing ones.
        """
        if case_id not in [*self.cases.index, ARCHITECTURE]:
            raise KeyError(f"There is no case {case_id!r}; data/cases has {', '.join(self.cases.index)}.")
        frames = {name: getattr(self, name) for name in EVIDENCE_TABLES}
        parts: dict[str, Any] = {
            name: frame[frame["case_id"] == case_id].reset_index(drop=True)
            for name, frame in frames.items()
            if "case_id" in frame.columns
        }
        return replace(self, cases=self.cases[self.cases.index == case_id], **parts)

    @property
    def codes(self) -> pd.DataFrame:
        """Frames and policy areas in one table.

        Columns are ``code_id``, ``group`` (of an area: its family), ``label``, ``definition`` and ``kind`` (frame or
        area).
        """
        frames = self.frames[["code_id", "group", "label", "definition"]].assign(kind="frame")
        areas = self.policy_areas[["code_id", "family", "label", "covers"]].assign(kind="area")
        areas = areas.rename(columns={"family": "group", "covers": "definition"})
        return pd.concat([frames, areas], ignore_index=True)


EVIDENCE_TABLES = tuple(field.name for field in fields(Evidence) if field.name not in ("cases", "notes"))


def find_root(start: Path | None = None) -> Path:
    """Find the nearest folder, from ``start`` upwards, that contains ``data/datapackage.json``.

    Parameters
    ----------
    start : Path, optional
        Where to begin; the current folder by default.

    Returns
    -------
    Path
        Folder of the project.

    Raises
    ------
    FileNotFoundError
        If no folder contains the file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as project:
    ...     data = Path(project).resolve() / "data"
    ...     data.mkdir()
    ...     _ = (data / "datapackage.json").write_text("{}")
    ...     find_root(data) == data.parent
    True
    """
    folder = (start or Path.cwd()).resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / "data" / "datapackage.json").exists():
            return candidate
    raise FileNotFoundError(f"No data/datapackage.json in {folder} or above it; run this inside the project's folder.")


def load_evidence(root: Path, require_codings: bool = True) -> Evidence:
    """Load and validate the evidence of the project.

    Parameters
    ----------
    root : Path
        Folder of the project; see :func:`find_root`.
    require_codings : bool
        Whether each coder of a folder must have read each statement in it, which all shares require.

    Returns
    -------
    Evidence

    Raises
    ------
    InvalidData
        With the faults of all tables. References to a table that cannot be read completely are not checked.

    Examples
    --------
    >>> evidence = load_evidence(find_root(Path(__file__)))
    >>> evidence.codes.columns.tolist()
    ['code_id', 'group', 'label', 'definition', 'kind']
    """
    data = root / "data"
    resources = table_resources(data, EVIDENCE_TABLES)
    cases, faults = _read_cases(data)
    raw: RawTables = {}
    damaged: set[str] = set()
    for name, resource in resources.items():
        raw[name], table_faults = read_table(data, resource, list(cases.index))
        damaged |= {name} if table_faults else set()
        faults += [*table_faults, *schema.cell_faults(raw[name], resource)]
    absent_cases = set().union(*map(schema.listed_cases, resources.values())) - {"*", *cases.index}
    notes: list[DataFault] = []
    for fault in integrity.integrity_faults(raw, resources, damaged, require_codings):
        (notes if _is_about_absent_case(absent_cases, fault) else faults).append(fault)
    if faults:
        raise InvalidData(sorted(set(faults)))
    typed = _drop_partnerships(
        {note.value for note in notes}, {name: schema.convert_types(raw[name], resources[name]) for name in raw}
    )
    frames: dict[str, Any] = {name: _with_case_id(frame, resources[name]) for name, frame in typed.items()}
    return Evidence(cases, **frames, notes=tuple(map(_as_note, notes)))


def table_resources(data: Path, table_names: Sequence[str]) -> Resources:
    """Descriptors of tables, including optional ones, from ``datapackage.json``.

    Parameters
    ----------
    data : Path
        The folder ``data``.
    table_names : sequence of str
        Names of the tables.

    Returns
    -------
    dict
        A descriptor per table, in the order of ``table_names``.

    Raises
    ------
    InvalidData
        If the file cannot be read or does not list a table.
    """
    name = "data/datapackage.json"
    try:
        descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
        listed = (*descriptor["resources"], *descriptor["optional"])
        resources = {resource["name"]: resource for resource in listed}
    except (OSError, ValueError, KeyError, TypeError) as error:
        line = getattr(error, "lineno", 1)
        raise InvalidData(
            [DataFault(name, line, "", "", f"a data package in JSON with a list of resources; the error is {error!r}")]
        ) from error
    if missing := [table for table in table_names if table not in resources]:
        raise InvalidData(
            [
                DataFault(
                    name,
                    1,
                    "resources",
                    ", ".join(resources),
                    f"also the tables {', '.join(missing)}; add their descriptors",
                )
            ]
        )
    return {table: resources[table] for table in table_names}


def _read_cases(data: Path) -> tuple[pd.DataFrame, list[DataFault]]:
    """Read ``case.yml`` of all case folders, as a table indexed by case."""
    folders = (path for path in (data / "cases").glob("*") if path.is_dir() and not path.name.startswith("."))
    rows, faults = [], []
    for folder in sorted(folders):
        row, case_faults = _read_case(folder)
        rows.append(row)
        faults += case_faults
    if not rows:
        faults.append(
            DataFault("data/cases", 1, "", "", "a folder for at least one case, with case.yml and its tables")
        )
    return pd.DataFrame(rows, columns=list(CASE_KEYS)).set_index("id").rename_axis("case_id"), faults


def _read_case(folder: Path) -> tuple[dict[str, str], list[DataFault]]:
    """Read ``case.yml`` of a case folder: a text for each of :data:`CASE_KEYS`."""
    name = f"data/cases/{folder.name}/case.yml"
    row = dict.fromkeys(CASE_KEYS, "") | {"id": folder.name}
    try:
        node = yaml.compose((folder / "case.yml").read_text(encoding="utf-8"), yaml.SafeLoader)
    except FileNotFoundError:
        keys = ", ".join(CASE_KEYS)
        return row, [DataFault(name, 1, "", "", f"this file, which is missing; create it with the keys {keys}")]
    except UnicodeDecodeError as error:
        return row, [
            DataFault(name, error.object.count(b"\n", 0, error.start) + 1, "", "", "UTF-8 text; save the file as UTF-8")
        ]
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        return row, [
            DataFault(
                name, mark.line + 1 if mark else 1, "", "", f"well-formed YAML; the parser says: {problem or error}"
            )
        ]
    nodes = {str(key.value): value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    faults = [
        DataFault(
            name, nodes[key].start_mark.line + 1, key, "", f"one of the keys {', '.join(CASE_KEYS)}; remove this one"
        )
        for key in nodes.keys() - set(CASE_KEYS)
    ]
    for key in CASE_KEYS:
        value = nodes.get(key)
        if value is None:
            faults.append(
                DataFault(name, 1, key, "", f"this key, which is missing; case.yml has the keys {', '.join(CASE_KEYS)}")
            )
        elif value.tag != "tag:yaml.org,2002:str" or not value.value.strip():
            text = value.value if isinstance(value, yaml.ScalarNode) else value.id
            faults.append(
                DataFault(
                    name,
                    value.start_mark.line + 1,
                    key,
                    text,
                    "a text that is not empty; put quotes around numbers and truth values",
                )
            )
        else:
            row[key] = value.value
    if row["id"] != folder.name:
        faults.append(
            DataFault(name, nodes["id"].start_mark.line + 1, "id", row["id"], f"{folder.name}, the name of the folder")
        )
    if not re.fullmatch("[a-z0-9]+", folder.name) or folder.name in RESERVED_CASE_IDS:
        expected = f"a folder name of lower-case letters and digits other than {' and '.join(RESERVED_CASE_IDS)}"
        faults.append(DataFault(name, 1, "id", folder.name, expected))
    return row | {"id": folder.name}, faults


def read_table(
    data: Path, resource: schema.Resource, case_ids: Sequence[str] = ()
) -> tuple[pd.DataFrame, list[DataFault]]:
    """Read a table from all folders that contain it.

    Parameters
    ----------
    data : Path
        The folder ``data``.
    resource : dict
        Descriptor of the table.
    case_ids : sequence of str
        Case folders in which to look for it.

    Returns
    -------
    frame : DataFrame of str
        The columns of the descriptor, then ``_file``, ``_line`` and ``_case`` (name of the folder).
    faults : list of DataFault
        Faults for which rows could not be read.
    """
    columns, optional = schema.column_names(resource), schema.optional_columns(resource)
    parts, faults = [csv_tables.empty_table(columns).assign(_case="")], []
    for pattern in schema.path_patterns(resource):
        for path in [pattern.replace("*", case) for case in case_ids] if "*" in pattern else [pattern]:
            if resource.get("optional") and not (data / path).exists():
                continue
            frame, file_faults = csv_tables.read_csv_table(data / path, f"data/{path}", columns, optional)
            parts.append(frame.assign(_case=Path(path).parent.name))
            faults += file_faults
    return pd.concat(parts, ignore_index=True), faults


def _is_about_absent_case(absent_cases: set[str], fault: DataFault) -> bool:
    """Whether a fault of the architecture names a partnership of a listed case whose folder is absent."""
    in_architecture = fault.file.startswith(f"data/{ARCHITECTURE}/")
    names_partnership = "partnership" in fault.column or fault.column in ("source_id", "target_id")
    return in_architecture and names_partnership and fault.value.split("-")[0] in absent_cases


def _as_note(fault: DataFault) -> DataFault:
    """A fault as a note: the reference is left out because its case folder is absent."""
    folder = f"data/cases/{fault.value.split('-')[0]}"
    return replace(fault, expected=f"the folder {folder}, which is absent; the reference is left out")


def _drop_partnerships(absent_ids: set[str], tables: RawTables) -> RawTables:
    """Remove links to absent partnerships, and their ids from other tables."""
    links, documents = tables["links"], tables["documents"]
    present_ids = [tuple(item for item in cell if item not in absent_ids) for cell in documents["partnership_ids"]]
    without_absent = {
        name: tables[name].assign(
            partnership_id=tables[name]["partnership_id"].where(lambda ids: ~ids.isin(absent_ids), "")
        )
        for name in ("statements", "events")
    }
    return (
        tables
        | without_absent
        | {
            "links": links[~links["source_id"].isin(absent_ids) & ~links["target_id"].isin(absent_ids)],
            "documents": documents.assign(partnership_ids=pd.Series(present_ids, index=documents.index, dtype=object)),
        }
    )


def _with_case_id(frame: pd.DataFrame, resource: schema.Resource) -> pd.DataFrame:
    """Add the column ``case_id`` to a table of cases, and drop the columns with the place of each row."""
    frame = frame if schema.has_no_case(resource) else frame.assign(case_id=frame["_case"])
    return frame.drop(columns=["_file", "_line", "_case"]).reset_index(drop=True)
