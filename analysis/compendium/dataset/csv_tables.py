"""Read CSV files strictly: all cells as text, with the line on which each row begins."""

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
    """Read a UTF-8 CSV file with the header ``columns`` and the line ends of any system.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Name of the file in messages.
    columns : list of str
        Expected header, in this order.
    optional : collection of str
        Columns that the file may omit; their cells are then empty.

    Returns
    -------
    frame : DataFrame of str, shape (rows, columns + 2)
        ``columns``, then ``_file`` (``name``) and ``_line`` (line on which the row begins, int).
    faults : list of DataFault
        Bad bytes, header or row lengths; the frame then has the rows that could be read.
    """
    if not path.is_file():
        expected = f"this file, which is missing; create it with the header {','.join(columns)} (rows may be absent)"
        return empty_table(columns), [DataFault(name, 1, "", "", expected)]
    text, fault = decode_utf8(path.read_bytes(), name)
    if fault:
        return empty_table(columns), [fault]
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    rows: list[list[str | int]] = []
    faults: list[DataFault] = []
    header, line = columns, 1
    try:
        header = next(reader, [])
        expected_header = [column for column in columns if column in header or column not in optional]
        if header != expected_header:
            return empty_table(columns), [_header_fault(name, header, expected_header)]
        line = reader.line_num + 1
        for row in reader:
            if len(row) == len(header):
                rows.append([*row, name, line])
            elif row:
                expected = (
                    f"{len(header)} cells, as in the header, but found {len(row)}; "
                    "put quotes around a cell that contains a comma"
                )
                faults.append(DataFault(name, line, "", ",".join(row)[:60], expected))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(DataFault(name, line, "", "", f"well-formed CSV from this line on; the parser says: {error}"))
    frame = pd.DataFrame(rows, columns=[*header, "_file", "_line"])
    return frame.reindex(columns=[*columns, "_file", "_line"], fill_value=""), faults


def empty_table(columns: list[str]) -> pd.DataFrame:
    """A table with the columns of :func:`read_csv_table` and no rows."""
    return pd.DataFrame(columns=[*columns, "_file", "_line"], dtype=str)


def decode_utf8(raw: bytes, name: str) -> tuple[str, DataFault | None]:
    """Decode the bytes of a file, or describe the fault that prevents it.

    Parameters
    ----------
    raw : bytes
        Content of the file.
    name : str
        Name of the file in messages.

    Returns
    -------
    text : str
        Empty if there is a fault.
    fault : DataFault or None
        Bytes that are not UTF-8, a byte order mark or a control character.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        context = raw[max(0, error.start - 15) : error.start + 15].decode("latin-1")
        expected = (
            f"UTF-8 text, but the byte 0x{raw[error.start]:02x} is not valid here (the file looks like Latin-1); "
            "save the file as UTF-8"
        )
        return "", DataFault(name, raw.count(b"\n", 0, error.start) + 1, "", context, expected)
    if text.startswith("\ufeff"):
        expected = "UTF-8 without a byte order mark; save the file as plain UTF-8"
        return "", DataFault(name, 1, "", "\ufeff", expected)
    if match := CONTROL_CHARACTERS.search(text):
        context = text[max(0, match.start() - 15) : match.start() + 15]
        expected = f"text without control characters; remove U+{ord(match[0]):04X}"
        return "", DataFault(name, text.count("\n", 0, match.start()) + 1, "", context, expected)
    return text, None


def _header_fault(name: str, header: list[str], columns: list[str]) -> DataFault:
    """Fault of a header that differs from ``columns``."""
    missing = [column for column in columns if column not in header]
    unknown = [column for column in header if column not in columns]
    differences = [f"missing: {', '.join(missing)}"] if missing else []
    differences += [f"unknown: {', '.join(unknown)}"] if unknown else []
    expected = f"the header {','.join(columns)} ({'; '.join(differences) or 'each column once, in this order'})"
    return DataFault(name, 1, "", ",".join(header)[:80], expected)
