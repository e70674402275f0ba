"""Rows of text out of a CSV or Excel file: nothing is computed, cells are read as they were saved."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from compendium.curation.formats import text_positions
from compendium.curation.formats.archive import MEGABYTE, Archive
from compendium.curation.formats.errors import ImportRefused

SPREADSHEET_SUFFIXES = (".csv", ".tsv", ".xlsx")
_MAX_SPREADSHEET_BYTES = 100 * MEGABYTE
DELIMITERS = "\t;,"


def spreadsheet_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a table: CSV (comma, semicolon or tab), TSV, or the first sheet of an XLSX file.

    Raises
    ------
    Refused
        When it can not be read.
    """
    return _excel_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)


def _csv_rows(path: Path) -> Iterator[list[str]]:
    if path.stat().st_size > _MAX_SPREADSHEET_BYTES:
        raise ImportRefused(f"{path.name} is larger than {_MAX_SPREADSHEET_BYTES // MEGABYTE} MB.")
    text = text_positions.decode_unicode(path.read_bytes(), path.name).lstrip("\ufeff")
    first, _, behind = text.partition("\n")
    if (told := first.strip().lower()).startswith("sep=") and len(told) == len("sep=") + 1:  # for Excel
        delimiter, text = told[-1], behind
    else:
        delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise ImportRefused(f"{path.name}, line {reader.line_num}: {error}.") from error


def _excel_rows(path: Path) -> Iterator[list[str]]:
    with Archive(path) as archive:
        if sum(entry.file_size for entry in archive.entries.values()) > _MAX_SPREADSHEET_BYTES:
            raise ImportRefused(f"{path.name} is larger than {_MAX_SPREADSHEET_BYTES // MEGABYTE} MB when unpacked.")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield [_cell_text(value) for value in row]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, IndexError) as error:
        raise ImportRefused(
            f"{path.name} can not be read as an Excel table: {' '.join(str(error).split())}."
        ) from error


def _cell_text(value: object) -> str:
    """A cell as text: a day as ISO 8601, a whole number without a point, line ends as they were typed."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unescape(value).replace("\r\n", "\n") if isinstance(value, str) else str(value)
