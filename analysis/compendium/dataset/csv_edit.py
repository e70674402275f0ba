"""Change cells or columns of a CSV text and leave all other bytes unchanged."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from compendium.errors import NoSuchCell

_CSV_FIELD = re.compile(r'("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|\n|\r|\Z)')
_NEEDS_QUOTES = re.compile(r'[",\r\n]')


@dataclass(frozen=True)
class Record:
    """A record of a CSV text: its cells with their quotes, and its line end."""

    cells: list[str]
    line_end: str

    def value(self, index: int) -> str:
        """Value of a cell without quotes; empty if the record is too short."""
        cell = self.cells[index] if index < len(self.cells) else ""
        return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell

    def to_csv(self) -> str:
        """Text of the record, as in the file."""
        return ",".join(self.cells) + self.line_end


def records(text: str) -> list[Record]:
    """Split a CSV text into records; their joined texts are the original text."""
    return list(_records(text))


def _records(text: str) -> Iterator[Record]:
    """Yield the records one by one."""
    cells: list[str] = []
    for field in _CSV_FIELD.finditer(text):
        if field.start() == len(text) and not cells:
            break
        cells.append(field[1])
        if field[2] != ",":
            yield Record(cells, field[2])
            cells = []


def with_column(text: str, column: str, after: Collection[str] = ()) -> str:
    """Add an empty column to a CSV text, unless it has the column.

    Parameters
    ----------
    text : str
        CSV text with its line ends.
    column : str
        Name of the column.
    after : collection of str
        Columns after which it is inserted; it becomes the last column if the text has none of them.

    Returns
    -------
    str
        CSV text.
    """
    names = header(text)
    if column in names:
        return text
    head, *rows = records(text)
    index = max((position for position, name in enumerate(names, 1) if name in after), default=len(names))
    widened = [_insert_cell(row, index, "") if row.cells != [""] else row for row in rows]
    return "".join(record.to_csv() for record in (_insert_cell(head, index, column), *widened))


def header(text: str) -> list[str]:
    """Column names of a CSV text; none if it is empty."""
    head = next(_records(text), Record([], ""))
    return [head.value(index) for index in range(len(head.cells))]


def _insert_cell(record: Record, index: int, cell: str) -> Record:
    """Insert a cell into a record."""
    return Record([*record.cells[:index], cell, *record.cells[index:]], record.line_end)


def with_cell(text: str, key: str, key_value: str, column: str, value: str) -> str:
    """Change one cell of a CSV text.

    Parameters
    ----------
    text : str
        CSV text with its line ends.
    key, key_value : str
        The row whose cell in the column ``key`` is ``key_value``.
    column : str
        Column of the cell.
    value : str
        New value, without quotes.

    Returns
    -------
    str
        CSV text.

    Raises
    ------
    NoSuchCell
        If the column or row does not exist.
    """
    lines, names = records(text), header(text)
    if missing := {key, column} - set(names):
        raise NoSuchCell(f"there is no column {min(missing)}; the columns are {', '.join(names)}")
    key_index, column_index = names.index(key), names.index(column)
    row = next((number for number, line in enumerate(lines) if number and line.value(key_index) == key_value), None)
    if row is None:
        raise NoSuchCell(f"there is no row with {key} {key_value}")
    cell = '"' + value.replace('"', '""') + '"' if _NEEDS_QUOTES.search(value) else value
    old = lines[row]
    lines[row] = Record([*old.cells[:column_index], cell, *old.cells[column_index + 1 :]], old.line_end)
    return "".join(line.to_csv() for line in lines)
