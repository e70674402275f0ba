"""Schemas of the tables in ``datapackage.json``: columns, keys, paths, cell checks and types."""

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
    """Column names of a table, in order."""
    return [field["name"] for field in _fields(resource)]


def optional_columns(resource: Resource) -> set[str]:
    """Columns that a file may omit; their cells are then empty."""
    return {field["name"] for field in _fields(resource) if field.get("optional")}


def unique_keys(resource: Resource) -> list[list[str]]:
    """Keys of a table, as lists of columns whose combined values are unique, with the primary key first."""
    primary = resource["schema"]["primaryKey"]
    unique = [[field["name"]] for field in _fields(resource) if field.get("constraints", {}).get("unique")]
    return [primary, *(key for key in unique if key != primary)]


def path_patterns(resource: Resource) -> list[str]:
    """Glob patterns of the files of a table: its listed paths, with ``*`` in place of the case."""
    return sorted({re.sub(r"^cases/[^/]+/", "cases/*/", path) for path in _paths(resource)})


def listed_cases(resource: Resource) -> set[str]:
    """Cases in the listed paths of a table."""
    return {match[1] for path in _paths(resource) if (match := re.match(r"cases/([^/]+)/", path))}


def has_no_case(resource: Resource) -> bool:
    """Whether a table is part of the codebook or of the whole project, and so of no case."""
    return all(path.startswith(f"{CODEBOOK_FOLDER}/") or "/" not in path for path in _paths(resource))


def cell_faults(frame: pd.DataFrame, resource: Resource) -> Iterator[DataFault]:
    """Yield a fault for each cell that does not meet the constraints of its column.

    Parameters
    ----------
    frame : DataFrame of str
        A table as read, with ``_file`` and ``_line``.
    resource : dict
        Its descriptor in the data package.

    Yields
    ------
    DataFault
    """
    schema = pa.DataFrameSchema({field["name"]: pa.Column(checks=list(_checks(field))) for field in _fields(resource)})
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for failure in errors.failure_cases.itertuples():
            row = frame.loc[failure.index]
            yield DataFault(row["_file"], int(row["_line"]), failure.column, row[failure.column], failure.check)


def convert_types(frame: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    """Convert the cells of a checked table from text to the types of its columns.

    Parameters
    ----------
    frame : DataFrame of str
        A table without faults.
    resource : dict
        Its descriptor in the data package.

    Returns
    -------
    DataFrame
        ``integer`` as Int64, ``number`` as float (both missing if empty), ``list`` as tuple of str, other columns as
        text (empty if unknown).
    """
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
    """Split the text of a list cell at the semicolons."""
    return cell.split(";") if cell else []


def _fields(resource: Resource) -> list[Field]:
    """Descriptors of the columns."""
    return resource["schema"]["fields"]


def _paths(resource: Resource) -> list[str]:
    """Listed paths; the data package allows a text or a list."""
    return resource["path"] if isinstance(resource["path"], list) else [resource["path"]]


def _checks(field: Field) -> Iterator[pa.Check]:
    """Yield the checks of a column; the error of each continues the word "expected"."""
    constraints = field.get("constraints", {})
    if constraints.get("required"):
        yield pa.Check(lambda cells: cells.str.strip() != "", error="a value; the cell must not be empty")
    if field["type"] in _NUMBER_FORMATS:
        form, expected = _NUMBER_FORMATS[field["type"]]
        yield _cell_check(lambda cell: form.fullmatch(cell) is not None, expected)
        if "minimum" in constraints:
            minimum = constraints["minimum"]
            # The check above has reported a cell that is not a number.
            yield _cell_check(
                lambda cell: not form.fullmatch(cell) or float(cell) >= minimum, f"a number of at least {minimum}"
            )
    if enum := constraints.get("enum"):
        yield _cell_check(lambda cell: cell in enum, f"one of {', '.join(enum)}")
    if field["type"] == "list":
        yield _cell_check(
            _is_well_formed_list, "items separated by ';', with no spaces around them, none empty, none twice"
        )
        if allowed := field.get("items"):
            items = {*allowed, ""}
            expected = f"items separated by ';' from: {', '.join(allowed)}"
            yield _cell_check(lambda cell: {item.strip() for item in split_list(cell)} <= items, expected)
    if field.get("rdfType") == _DATE_TYPE:
        yield _cell_check(is_date, "a date: 2008, 2008-06 or 2008-06-05")
    elif pattern := constraints.get("pattern"):
        yield _cell_check(
            lambda cell: re.fullmatch(pattern, cell) is not None, f"text that matches the pattern {pattern}"
        )


def _cell_check(is_valid: Callable[[str], bool], expected: str) -> pa.Check:
    """Check of each cell that is not empty; a separate check covers required cells."""
    return pa.Check(lambda cells: cells.map(lambda cell: cell == "" or is_valid(cell)).astype(bool), error=expected)


def _is_well_formed_list(cell: str) -> bool:
    """Whether the items of a list cell are unique, not empty and without surrounding spaces."""
    items = split_list(cell)
    return all(item and item == item.strip() for item in items) and len(set(items)) == len(items)
