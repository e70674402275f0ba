"""Changes one cell of a CSV file, and leaves every other byte as it is."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from compendium.errors import NoSuchCell

_CSV_FIELD = re.compile(r'("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n|\n|\r|\Z)')
_NEEDS_QUOTES = re.compile(r'[",\r\n]')


@dataclass(frozen=True)
class Record:
    """One line of a table: its cells as they are written, and what ends it."""

    cells: list[str]
    line_end: str

    def value(self, index: int) -> str:
        """What a cell says."""
        cell = self.cells[index] if index < len(self.cells) else ""
        return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell

    def to_csv(self) -> str:
        """As it stands in the file."""
        return ",".join(self.cells) + self.line_end


def records(text: str) -> list[Record]:
    """The lines of a CSV file, quotes and line ends included: written one after the other they are the file again."""
    return list(_records(text))


def _records(text: str) -> Iterator[Record]:
    cells: list[str] = []
    for field in _CSV_FIELD.finditer(text):
        if field.start() == len(text) and not cells:
            break
        cells.append(field[1])
        if field[2] != ",":
            yield Record(cells, field[2])
            cells = []


def with_column(text: str, column: str, after: Collection[str] = ()) -> str:
    """The table with an empty column of this name, if it has none yet: the last, or right behind the last of others."""
    names = header(text)
    if column in names:
        return text
    head, *rest = records(text)
    place = max((at for at, name in enumerate(names, 1) if name in after), default=len(names))
    rows = [_insert_cell(each, place, "") if each.cells != [""] else each for each in rest]
    return "".join(each.to_csv() for each in (_insert_cell(head, place, column), *rows))


def header(text: str) -> list[str]:
    """The names of the columns; none in an empty file."""
    head = next(_records(text), Record([], ""))
    return [head.value(place) for place in range(len(head.cells))]


def _insert_cell(record: Record, index: int, cell: str) -> Record:
    return Record([*record.cells[:index], cell, *record.cells[index:]], record.line_end)


def with_cell(text: str, key: str, key_value: str, column: str, value: str) -> str:
    """The table with one cell changed.

    Parameters
    ----------
    text : str
        The file, with its line ends.
    key, key_value : str
        The row whose cell in the column ``key`` is ``key_value``.
    column, value : str
        Where, and what.

    Raises
    ------
    NotThere
        When there is no such column or row.
    """
    lines = records(text)
    names = [lines[0].value(place) for place in range(len(lines[0].cells))] if lines else []
    if missing := {key, column} - set(names):
        raise NoSuchCell(f"there is no column {min(missing)}")
    at, where = names.index(key), names.index(column)
    found = next((place for place, line in enumerate(lines) if place and line.value(at) == key_value), None)
    if found is None:
        raise NoSuchCell(f"there is no row with {key} {key_value}")
    cell = '"' + value.replace('"', '""') + '"' if _NEEDS_QUOTES.search(value) else value
    old = lines[found]
    lines[found] = Record([*old.cells[:where], cell, *old.cells[where + 1 :]], old.line_end)
    return "".join(line.to_csv() for line in lines)
