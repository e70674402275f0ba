"""A file of a table is read as it stands, or refused with the line that is wrong."""

from pathlib import Path

import pytest
from compendium.dataset import csv_tables
from compendium.errors import DataFault

COLUMNS = ["id", "text"]


def read(path: Path, raw: bytes) -> tuple[list[list[object]], list[DataFault]]:
    path.write_bytes(raw)
    frame, faults = csv_tables.read_csv_table(path, "data/made.csv", COLUMNS)
    return frame.values.tolist(), faults


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.csv"


def test_rows_know_the_line_on_which_they_begin(path: Path) -> None:
    rows, faults = read(path, b'id,text\na,"one\ntwo, ""quoted"""\n\nb,\n')
    assert rows == [["a", 'one\ntwo, "quoted"', "data/made.csv", 2], ["b", "", "data/made.csv", 5]]
    assert faults == []


def test_cells_stay_as_they_stand(path: Path) -> None:
    rows, _ = read(path, "id,text\n007,NA\n1e5, ünï \n".encode())
    assert [row[:2] for row in rows] == [["007", "NA"], ["1e5", " ünï "]]


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_line_ends_of_any_system_mean_the_same(path: Path, ends: str) -> None:
    rows, faults = read(path, ends.join(["id,text", 'a,"x', 'y"', "b,z"]).encode())
    assert [row[:2] + row[3:] for row in rows] == [["a", "x\ny", 2], ["b", "z", 4]]
    assert faults == []


def test_header_alone_is_an_empty_table(path: Path) -> None:
    assert read(path, b"id,text\n") == ([], [])
    assert read(path, b"id,text") == ([], [])


def test_missing_file_is_a_fault_that_tells_the_header(path: Path) -> None:
    frame, faults = csv_tables.read_csv_table(path, "data/made.csv", COLUMNS)
    assert frame.empty and list(frame.columns) == [*COLUMNS, "_file", "_line"]
    assert "missing" in faults[0].expected and "id,text" in faults[0].expected


def test_folder_in_place_of_a_file_is_a_fault(path: Path) -> None:
    path.mkdir()
    assert len(csv_tables.read_csv_table(path, "data/made.csv", COLUMNS)[1]) == 1


@pytest.mark.parametrize(
    ("raw", "line", "told"),
    [
        ("id,text\na,x\nb,Genève\n".encode("latin-1"), 3, "0xe8"),
        ("id,text\na,x\n".encode("utf-16"), 1, "UTF-8"),
        (b"\xef\xbb\xbfid,text\na,x\n", 1, "byte order mark"),
        (b"id,text\na,x\nb,y\x00z\n", 3, "U+0000"),
        (b"id,text\n\x1ba,x\n", 2, "U+001B"),
        (b"", 1, "missing: id, text"),
        (b"id,texts\na,x\n", 1, "missing: text; unknown: texts"),
        (b"id,text,note\na,x,y\n", 1, "unknown: note"),
        (b"text,id\na,x\n", 1, "in this order"),
        (b"id,text,text\na,x,y\n", 1, "each column once"),
        (b'"id,text\na,x\n', 1, "well-formed CSV"),
        (b'id,text\na,x\nb,"open\nc,y\n', 3, "well-formed CSV"),
        (b'id,text\na,x\nb,"y" z\n', 3, "well-formed CSV"),
    ],
)
def test_what_is_no_such_table_is_refused_with_its_line(path: Path, raw: bytes, line: int, told: str) -> None:
    _, faults = read(path, raw)
    assert [fault.line for fault in faults] == [line]
    assert told in faults[0].expected


def test_unreadable_text_is_shown_with_its_neighbours(path: Path) -> None:
    _, faults = read(path, "id,text\na,Genève\n".encode("latin-1"))
    assert "Genève" in faults[0].value


def test_each_row_of_wrong_length_is_told_and_the_others_are_kept(path: Path) -> None:
    rows, faults = read(path, b'id,text\nshort\na,"x\ny"\nb,long,er\nc,z\n')
    assert [row[0] for row in rows] == ["a", "c"]
    assert [(fault.line, fault.value) for fault in faults] == [(2, "short"), (5, "b,long,er")]
    assert "2 cells" in faults[1].expected and "found 3" in faults[1].expected


def test_fault_reads_as_file_line_column_value_and_what_is_expected() -> None:
    fault = DataFault("data/x.csv", 7, "date", "2008-13", "a date")
    assert str(fault) == "data/x.csv:7: column date: '2008-13' – expected a date"
    assert str(DataFault("data/x.csv", 7, "", "ab", "three cells")) == "data/x.csv:7: 'ab' – expected three cells"
    assert str(DataFault("data/x.csv", 1, "", "", "this file")) == "data/x.csv:1: expected this file"
