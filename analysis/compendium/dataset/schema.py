"""What ``datapackage.json`` says about a table, as pandera checks on its cells of text."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pandera.pandas as pa

from compendium.dataset.dates import is_date
from compendium.dataset.vocabulary import CODEBOOK_FOLDER
from compendium.errors import DataFault

Resource = dict[str, Any]
Field = dict[str, Any]
_DATE_TYPE = "https://schema.org/Date"
_NUMBER_FORMATS = {
    "integer": (re.compile(r"-?[0-9]+"), "a whole number"),
    "number": (re.compile(r"-?[0-9]+(\.[0-9]+)?"), "a number such as 250000 or 12.5"),
}


def column_names(resource: Resource) -> list[str]:
    """Names of the columns, in order."""
    return [field["name"] for field in _fields(resource)]


def optional_columns(resource: Resource) -> set[str]:
    """Columns that a file may leave out; their cells are then empty."""
    return {field["name"] for field in _fields(resource) if field.get("optional")}


def unique_keys(resource: Resource) -> list[list[str]]:
    """The sets of columns whose values no two rows share, the primary key first."""
    primary = resource["schema"]["primaryKey"]
    unique = [[field["name"]] for field in _fields(resource) if field.get("constraints", {}).get("unique")]
    return [primary, *(key for key in unique if key != primary)]


def path_patterns(resource: Resource) -> list[str]:
    """Where files of the table are looked for, as glob patterns: the listed paths, with any case in place of a case."""
    return sorted({re.sub(r"^cases/[^/]+/", "cases/*/", path) for path in _paths(resource)})


def listed_cases(resource: Resource) -> set[str]:
    """The cases that the listed paths name."""
    return {found[1] for path in _paths(resource) if (found := re.match(r"cases/([^/]+)/", path))}


def has_no_case(resource: Resource) -> bool:
    """Whether the table belongs to the codebook or to the whole project, thus to no case."""
    return all(path.startswith(f"{CODEBOOK_FOLDER}/") or "/" not in path for path in _paths(resource))


def cell_faults(frame: pd.DataFrame, resource: Resource) -> Iterator[DataFault]:
    """Yield a fault for each cell that is not what the descriptor says of its column."""
    schema = pa.DataFrameSchema({field["name"]: pa.Column(checks=list(_checks(field))) for field in _fields(resource)})
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for case in errors.failure_cases.itertuples():
            row = frame.loc[case.index]
            yield DataFault(row["_file"], int(row["_line"]), case.column, row[case.column], case.check)


def convert_types(frame: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    """The same table with its types: Int64, float, tuples of str; anything else stays text, empty when unknown."""
    result = frame.copy()
    for field in _fields(resource):
        cells: pd.Series = result[str(field["name"])]
        if field["type"] == "integer":
            result[field["name"]] = pd.to_numeric(cells.where(cells != "")).astype("Int64")
        elif field["type"] == "number":
            result[field["name"]] = pd.to_numeric(cells.where(cells != "")).astype(float)
        elif field["type"] == "list":
            result[field["name"]] = pd.Series(
                [tuple(split_list(cell)) for cell in cells], index=cells.index, dtype=object
            )
    return result


def split_list(cell: str) -> list[str]:
    """The items of a cell that holds a list."""
    return cell.split(";") if cell else []


def _fields(resource: Resource) -> list[Field]:
    return resource["schema"]["fields"]


def _paths(resource: Resource) -> list[str]:
    return resource["path"] if isinstance(resource["path"], list) else [resource["path"]]


def _checks(field: Field) -> Iterator[pa.Check]:
    constraints = field.get("constraints", {})
    if constraints.get("required"):
        yield pa.Check(lambda cells: cells.str.strip() != "", error="a value; the cell must not be empty")
    if field["type"] in _NUMBER_FORMATS:
        form, expected = _NUMBER_FORMATS[field["type"]]
        yield _cell_check(lambda cell: form.fullmatch(cell) is not None, expected)
        if "minimum" in constraints:
            least = constraints["minimum"]
            # What is no number is told by the check above, once.
            yield _cell_check(
                lambda cell: not form.fullmatch(cell) or float(cell) >= least, f"a number of at least {least}"
            )
    if enum := constraints.get("enum"):
        yield _cell_check(lambda cell: cell in enum, f"one of {', '.join(enum)}")
    if field["type"] == "list":
        yield _cell_check(
            _is_well_formed_list, "items with ';' between them, no spaces around it, none empty, none twice"
        )
        if allowed := field.get("items"):
            known = {*allowed, ""}
            expected = f"a ;-list out of {', '.join(allowed)}"
            yield _cell_check(lambda cell: {item.strip() for item in split_list(cell)} <= known, expected)
    if field.get("rdfType") == _DATE_TYPE:
        yield _cell_check(is_date, "a date: 2008, 2008-06 or 2008-06-05")
    elif pattern := constraints.get("pattern"):
        yield _cell_check(lambda cell: re.fullmatch(pattern, cell) is not None, f"text of the form {pattern}")


def _cell_check(is_valid: Callable[[str], bool], expected: str) -> pa.Check:
    """A check of each cell that is not empty; whether it may be empty is a check of its own."""
    return pa.Check(lambda cells: cells.map(lambda cell: cell == "" or is_valid(cell)).astype(bool), error=expected)


def _is_well_formed_list(cell: str) -> bool:
    parts = split_list(cell)
    return all(part and part == part.strip() for part in parts) and len(set(parts)) == len(parts)
