"""Reads a CSV file strictly: as it stands, row by row, with the line on which each row begins."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in one place of the data, said so that it can be mended."""

    file: str
    line: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        column = f" column {self.column}:" if self.column else ""
        return f"{place}:{column} {self.value!r} – {self.expected}"


def read(path: Path, name: str, columns: list[str]) -> tuple[pd.DataFrame, list[Fault]]:
    """Read a UTF-8 CSV file whose header must be ``columns``.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How messages name the file.
    columns : list of str
        The expected header, in this order.

    Returns
    -------
    frame : DataFrame of str, shape (rows, columns + 2)
        All cells as text; ``_file`` and ``_line`` say where a row begins.
    faults : list of Fault
        Bad bytes, header or row lengths; the frame then holds the rows that could be read.
    """
    empty = pd.DataFrame(columns=[*columns, "_file", "_line"], dtype=str)
    if not path.exists():
        return empty, [Fault(name, 1, "", "", "the file is missing; a table without rows still has its header line")]
    text, fault = _decode(path.read_bytes(), name)
    if fault:
        return empty, [fault]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, faults, line = [], [], 1
    try:
        header = next(reader, [])
        if header != columns:
            return empty, [_header_fault(name, header, columns)]
        line = reader.line_num + 1
        for row in reader:
            if len(row) == len(columns):
                rows.append([*row, name, line])
            elif row:
                expected = f"{len(columns)} cells, as in the header; found {len(row)} (a comma within a cell needs quotes)"
                faults.append(Fault(name, line, "", ",".join(row)[:60], expected))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(name, line, "", "", f"well-formed CSV; {error}"))
    return pd.DataFrame(rows, columns=[*columns, "_file", "_line"]), faults


def _decode(raw: bytes, name: str) -> tuple[str, Fault | None]:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        cell = raw[max(0, error.start - 15) : error.start + 15].decode("latin-1")
        byte = f"UTF-8 text; byte 0x{raw[error.start]:02x} is none (the file looks like Latin-1): save it as UTF-8"
        return "", Fault(name, line, "", cell, byte)
    if text.startswith("\ufeff"):
        return "", Fault(name, 1, "", "\ufeff", "UTF-8 without a byte order mark: save it without one")
    return text, None


def _header_fault(name: str, header: list[str], columns: list[str]) -> Fault:
    missing = [column for column in columns if column not in header]
    surplus = [column for column in header if column not in columns]
    hints = [f"missing: {', '.join(missing)}"] if missing else []
    hints += [f"unknown: {', '.join(surplus)}"] if surplus else []
    expected = f"the header {','.join(columns)}" + (f" ({'; '.join(hints)})" if hints else " in this order")
    return Fault(name, 1, "", ",".join(header)[:80], expected)
