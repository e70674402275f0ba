"""What the descriptor says of a column is what is asked of its cells."""

from typing import Any

import pandas as pd
import pytest
from compendium.dataset import schema


def resource(**field: Any) -> schema.Resource:
    """A table with one column, ``x``."""
    return {"path": "codebook/x.csv", "schema": {"fields": [{"name": "x"} | field], "primaryKey": ["x"]}}


def faulty(cells: list[str], **field: Any) -> list[str]:
    """The cells of the column that are faults."""
    frame = pd.DataFrame({"x": cells, "_file": "made", "_line": range(2, len(cells) + 2)}, dtype=object)
    return [fault.value for fault in schema.cell_faults(frame, resource(**field))]


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ({"type": "integer"}, ["", "0", "12", "-3"], ["1.0", "²", "٣", "1 ", "+1", "one", "1_000"]),
        ({"type": "number"}, ["", "0.5", "12", "-3.25"], [".5", "1.", "1e3", "1,5", "½", "nan", "inf", "€5"]),
        ({"type": "integer", "constraints": {"minimum": 1}}, ["", "1", "20"], ["0", "-1"]),
        ({"type": "number", "constraints": {"minimum": 0.5}}, ["", "0.5"], ["0.4", "-1"]),
        ({"type": "string", "constraints": {"required": True}}, ["a"], ["", " ", "\t", "\u00a0"]),
        ({"type": "string", "constraints": {"enum": ["a", "b"]}}, ["", "a"], ["A", "a ", "ab"]),
        ({"type": "string", "constraints": {"pattern": "^[a-z]+$"}}, ["", "abc"], ["abc\n", "Abc", "a c"]),
        ({"type": "string", "constraints": {"pattern": "[a-z]{2}"}}, ["", "de"], ["deu"]),
        ({"type": "list"}, ["", "a", "a;b c"], ["a;", ";a", "a; b", "a;;b", "a;a"]),
        ({"type": "list", "items": ["a", "b"]}, ["", "a", "b;a"], ["c", "a;c"]),
    ],
)
def test_cells(field: dict[str, Any], good: list[str], bad: list[str]) -> None:
    assert faulty(good, **field) == []
    assert faulty(bad, **field) == bad


def test_what_is_no_number_is_told_once() -> None:
    assert faulty(["x", "0"], type="integer", constraints={"minimum": 1}) == ["x", "0"]


def test_a_column_without_rows_has_no_faults() -> None:
    assert faulty([], type="integer", constraints={"required": True, "minimum": 1}) == []


def test_types() -> None:
    frame = pd.DataFrame({"x": ["", "3"]})
    assert schema.convert_types(frame, resource(type="integer"))["x"].tolist() == [pd.NA, 3]
    assert schema.convert_types(frame, resource(type="number"))["x"].dtype == float
    assert schema.convert_types(pd.DataFrame({"x": ["a;b", ""]}), resource(type="list"))["x"].tolist() == [
        ("a", "b"),
        (),
    ]
    assert schema.convert_types(frame, resource(type="string"))["x"].tolist() == ["", "3"]
    for kind in ("integer", "number", "list"):
        assert schema.convert_types(pd.DataFrame({"x": []}, dtype=object), resource(type=kind)).empty


def test_paths_of_cases_stand_for_any_case() -> None:
    table = resource(type="string") | {"path": ["cases/aland/x.csv", "cases/bland/x.csv", "architecture/x.csv"]}
    assert schema.path_patterns(table) == ["architecture/x.csv", "cases/*/x.csv"]
    assert schema.listed_cases(table) == {"aland", "bland"}
    assert not schema.has_no_case(table) and schema.has_no_case(resource(type="string"))
    assert schema.has_no_case({"path": "whole.csv"})


def test_keys_are_the_primary_key_and_each_unique_column() -> None:
    fields = [
        {"name": "x", "constraints": {"unique": True}},
        {"name": "y", "constraints": {"unique": True}},
        {"name": "z"},
    ]
    assert schema.unique_keys({"schema": {"fields": fields, "primaryKey": ["x"]}}) == [["x"], ["y"]]
    assert schema.unique_keys({"schema": {"fields": fields, "primaryKey": ["x", "z"]}}) == [["x", "z"], ["x"], ["y"]]
