"""What ``datapackage.json`` says about a table, as pandera checks on its cells of text."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pandas as pd
import pandera.pandas as pa

from compendium.tables import Fault

Resource = dict[str, Any]
Field = dict[str, Any]

DATE = "https://schema.org/Date"


def columns(resource: Resource) -> list[str]:
    """Names of the columns, in order."""
    return [field["name"] for field in resource["schema"]["fields"]]


def folders(resource: Resource) -> list[str]:
    """Where files of the table are looked for, as glob patterns: the listed paths, with any case in place of a case."""
    paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
    return sorted({re.sub(r"^cases/[^/]+/", "cases/*/", path) for path in paths})


def cell_faults(frame: pd.DataFrame, resource: Resource) -> Iterator[Fault]:
    """Yield a fault for each cell that is not what the descriptor says of its column."""
    schema = pa.DataFrameSchema({field["name"]: pa.Column(checks=list(_checks(field))) for field in _fields(resource)})
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for case in errors.failure_cases.itertuples():
            row = frame.loc[case.index]
            yield Fault(row["_file"], int(row["_line"]), case.column, row[case.column], case.check)


def typed(frame: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    """The same table with its types: Int64, float, tuples of str; anything else stays text, empty when unknown."""
    result = frame.copy()
    for field in _fields(resource):
        name = field["name"]
        if field["type"] == "integer":
            result[name] = pd.to_numeric(result[name]).astype("Int64")
        elif field["type"] == "number":
            result[name] = pd.to_numeric(result[name].replace("", None))
        elif field["type"] == "list":
            result[name] = [tuple(items(cell)) for cell in result[name]]
    return result


def items(cell: str) -> list[str]:
    """The items of a cell that holds a list."""
    return cell.split(";") if cell else []


def _fields(resource: Resource) -> list[Field]:
    return resource["schema"]["fields"]


def _checks(field: Field) -> Iterator[pa.Check]:
    constraints = field.get("constraints", {})
    if constraints.get("required"):
        yield pa.Check(lambda cells: cells.str.strip() != "", error="a value; the cell must not be empty")
    if field["type"] == "integer":
        yield _each(lambda cell: re.fullmatch(r"\d+", cell) is not None, "a whole number")
    if field["type"] == "number":
        yield _each(lambda cell: re.fullmatch(r"\d+(\.\d+)?", cell) is not None, "a number such as 250000 or 12.5")
    if "minimum" in constraints and field["type"] == "integer":
        least = constraints["minimum"]
        yield _each(lambda cell: not cell.isdigit() or int(cell) >= least, f"a number of at least {least}")
    if enum := constraints.get("enum"):
        yield _each(lambda cell: cell in enum, f"one of {', '.join(enum)}")
    if field["type"] == "list":
        yield _each(_well_formed_list, "items with ';' between them, no spaces around it, none twice")
        if allowed := field.get("items"):
            yield _each(lambda cell: set(items(cell)) <= set(allowed), f"a ;-list out of {', '.join(allowed)}")
    if field.get("rdfType") == DATE:
        yield _each(is_date, "a date: 2008, 2008-06 or 2008-06-05")
    elif pattern := constraints.get("pattern"):
        yield _each(lambda cell: re.search(pattern, cell) is not None, f"text of the form {pattern}")


def _each(good: Callable[[str], bool], expected: str) -> pa.Check:
    """A check of each cell that is not empty; whether it may be empty is a check of its own."""
    return pa.Check(lambda cells: cells.map(lambda cell: cell == "" or good(cell)).astype(bool), error=expected)


def _well_formed_list(cell: str) -> bool:
    parts = items(cell)
    return all(part and part == part.strip() for part in parts) and len(set(parts)) == len(parts)


def is_date(cell: str) -> bool:
    """Whether a cell is a calendar date of the precision of a year, a month or a day."""
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", cell) is None:
        return False
    try:
        date.fromisoformat((cell + "-01-01")[:10])
    except ValueError:
        return False
    return True
