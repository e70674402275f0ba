"""Rows of text from CSV, TSV and Excel files; formulas are not computed, cells are read as saved."""

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
    """Iterate over the rows of a CSV (comma, semicolon or tab), TSV or XLSX file (first worksheet).

    Raises
    ------
    ImportRefused
        If the file is too large or cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "quotations.csv")
    ...     _ = path.write_text("document;text;codes")
    ...     list(spreadsheet_rows(path))
    [['document', 'text', 'codes']]
    """
    return _excel_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)


def _csv_rows(path: Path) -> Iterator[list[str]]:
    if path.stat().st_size > _MAX_SPREADSHEET_BYTES:
        raise ImportRefused(f"{path.name} is larger than the limit of {_MAX_SPREADSHEET_BYTES // MEGABYTE} MB.")
    text = text_positions.decode_unicode(path.read_bytes(), path.name).lstrip("\ufeff")
    first_line, _, other_lines = text.partition("\n")
    directive = first_line.strip().lower()
    if directive.startswith("sep=") and len(directive) == len("sep=") + 1:  # Excel's line for the delimiter
        delimiter, text = directive[-1], other_lines
    else:
        delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise ImportRefused(f"{path.name}, line {reader.line_num}: {error}.") from error


def _excel_rows(path: Path) -> Iterator[list[str]]:
    with Archive(path) as archive:
        if sum(entry.file_size for entry in archive.entries.values()) > _MAX_SPREADSHEET_BYTES:
            raise ImportRefused(
                f"{path.name} is larger than the limit of {_MAX_SPREADSHEET_BYTES // MEGABYTE} MB when unpacked."
            )
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for row in workbook.worksheets[0].iter_rows(values_only=True):
            yield [_cell_text(value) for value in row]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, IndexError) as error:
        raise ImportRefused(f"{path.name} cannot be read as an Excel table: {' '.join(str(error).split())}.") from error


def _cell_text(value: object) -> str:
    """Convert a cell to text: dates to ISO 8601, whole numbers without a decimal point, CR LF to LF."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unescape(value).replace("\r\n", "\n") if isinstance(value, str) else str(value)
