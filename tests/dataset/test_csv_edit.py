"""One cell is changed, and every other byte stays."""

import csv
import io

import pytest
from compendium.dataset import csv_edit
from compendium.errors import NoSuchCell
from hypothesis import given
from hypothesis import strategies as st

TABLE = 'id,title,note\r\na-1,"One, ""two""",\na-2,"Of two\nlines",x\r\na-3,plain,'

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
rows = st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=5)


def written(table: list[list[str]], end: str) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "title", "note"])
    writer.writerows([str(number), *row[1:]] for number, row in enumerate(table))
    return stream.getvalue()


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@given(rows, st.sampled_from(["\n", "\r\n"]), st.data())
def test_any_cell_can_be_changed(table: list[list[str]], end: str, data: st.DataObject) -> None:
    text = written(table, end)
    row, value = data.draw(st.integers(0, len(table) - 1)), data.draw(texts)
    changed = csv_edit.with_cell(text, "id", str(row), "note", value)
    expected = read(text)
    expected[row + 1][2] = value
    assert read(changed) == expected
    parts, before = csv_edit.records(changed), csv_edit.records(text)
    assert [each for place, each in enumerate(parts) if place != row + 1] == [
        each for place, each in enumerate(before) if place != row + 1
    ]


@given(rows, st.sampled_from(["\n", "\r\n", ""]))
def test_lines_put_together_are_the_file(table: list[list[str]], end: str) -> None:
    text = written(table, "\n").removesuffix("\n") + end
    assert "".join(each.to_csv() for each in csv_edit.records(text)) == text


def test_only_the_cell_differs() -> None:
    assert csv_edit.with_cell(TABLE, "id", "a-2", "note", "y") == TABLE.replace(",x\r\n", ",y\r\n")
    assert csv_edit.with_cell(TABLE, "id", "a-3", "note", "a,b") == TABLE + '"a,b"'


def test_a_column_is_added_once() -> None:
    wider = csv_edit.with_column(TABLE, "hash")
    assert read(wider) == [[*row, "hash" if not place else ""] for place, row in enumerate(read(TABLE))]
    assert csv_edit.with_column(wider, "hash") == wider
    assert csv_edit.with_column("id\n", "hash") == "id,hash\n"


@pytest.mark.parametrize(
    ("key", "row", "column"), [("id", "a-9", "note"), ("id", "a-1", "date"), ("key", "a-1", "note")]
)
def test_what_is_not_there_is_told(key: str, row: str, column: str) -> None:
    with pytest.raises(NoSuchCell, match=r"there is no (row|column)"):
        csv_edit.with_cell(TABLE, key, row, column, "y")
