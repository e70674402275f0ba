"""Reads a CSV file strictly: as it stands, row by row, with the line on which each row begins."""

import csv
import io
import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from compendium.errors import DataFault

CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_csv_table(
    path: Path, name: str, columns: list[str], optional: Collection[str] = ()
) -> tuple[pd.DataFrame, list[DataFault]]:
    """Read a UTF-8 CSV file whose header must be ``columns``; line ends of any system mean the same.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How messages name the file.
    columns : list of str
        The expected header, in this order.
    optional : collection of str
        Those of them that the file may leave out; their cells are then empty.

    Returns
    -------
    frame : DataFrame of str, shape (rows, columns + 2)
        All cells as text; ``_file`` and ``_line`` say where a row begins.
    faults : list of Fault
        Bad bytes, header or row lengths; the frame then holds the rows that could be read.
    """
    if not path.is_file():
        expected = f"the file is missing; a table without rows still has its header {','.join(columns)}"
        return empty_table(columns), [DataFault(name, 1, "", "", expected)]
    text, fault = decode_utf8(path.read_bytes(), name)
    if fault:
        return empty_table(columns), [fault]
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    rows: list[list[str | int]] = []
    faults: list[DataFault] = []
    line = 1
    try:
        header = next(reader, [])
        own = [column for column in columns if column in header or column not in optional]
        if header != own:
            return empty_table(columns), [_header_fault(name, header, own)]
        line = reader.line_num + 1
        for row in reader:
            if len(row) == len(own):
                rows.append([*row, name, line])
            elif row:
                expected = f"{len(own)} cells, as in the header; found {len(row)} (a comma in a cell needs quotes)"
                faults.append(DataFault(name, line, "", ",".join(row)[:60], expected))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(DataFault(name, line, "", "", f"well-formed CSV from here on; {error}"))
    frame = pd.DataFrame(rows, columns=[*own, "_file", "_line"])
    return frame.reindex(columns=[*columns, "_file", "_line"], fill_value=""), faults


def empty_table(columns: list[str]) -> pd.DataFrame:
    """A table as :func:`read_csv_table` gives it, without rows."""
    return pd.DataFrame(columns=[*columns, "_file", "_line"], dtype=str)


def decode_utf8(raw: bytes, name: str) -> tuple[str, DataFault | None]:
    """The text of a file, or the fault for which it is none."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        around = raw[max(0, error.start - 15) : error.start + 15].decode("latin-1")
        expected = (
            f"UTF-8 text, which has no byte 0x{raw[error.start]:02x} here (it looks like Latin-1): save it as UTF-8"
        )
        return "", DataFault(name, raw.count(b"\n", 0, error.start) + 1, "", around, expected)
    if text.startswith("\ufeff"):
        return "", DataFault(name, 1, "", "\ufeff", "UTF-8 without a byte order mark: save it as plain UTF-8")
    if found := CONTROL_CHARACTERS.search(text):
        around = text[max(0, found.start() - 15) : found.start() + 15]
        expected = f"text, which has no control character U+{ord(found[0]):04X}: remove it"
        return "", DataFault(name, text.count("\n", 0, found.start()) + 1, "", around, expected)
    return text, None


def _header_fault(name: str, header: list[str], columns: list[str]) -> DataFault:
    missing = [column for column in columns if column not in header]
    surplus = [column for column in header if column not in columns]
    hints = [f"missing: {', '.join(missing)}"] if missing else []
    hints += [f"unknown: {', '.join(surplus)}"] if surplus else []
    expected = f"the header {','.join(columns)} ({'; '.join(hints) or 'each column once, in this order'})"
    return DataFault(name, 1, "", ",".join(header)[:80], expected)
