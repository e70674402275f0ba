"""Tables of quotations as ATLAS.ti, MAXQDA, Taguette and QualCoder export them: a row a quotation or a coding.

The columns are found by their names; a mapping can name them instead. Nothing is computed in an Excel file: cells are
read as they were saved.
"""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from compendium.exchange import offsets
from compendium.exchange.archive import MEGABYTE, Archive
from compendium.exchange.identity import guid
from compendium.exchange.model import NOWHERE, Code, Document, Passage, Project, Refused

SUFFIXES = (".csv", ".tsv", ".xlsx")
LARGEST = 100 * MEGABYTE
ROWS = 500_000
# What a column holds, and how it is called by the tools (ATLAS.ti, MAXQDA, Taguette, QualCoder; English and German).
COLUMNS = {
    "document": ("document", "document name", "documentname", "dokument", "dokumentname", "filename", "source", "file"),
    "text": ("quotation content", "segment", "content", "coded text", "zitatinhalt", "inhalt", "quotation", "text"),
    "codes": ("codes", "code", "tag", "tags", "codename", "kodes", "kode"),
    "coder": ("created by", "author", "coder", "modified by", "owner", "erstellt von", "autor", "bearbeitet von"),
    "memo": ("comment", "kommentar", "memo", "coding memo"),
    "start": ("start", "pos0", "position start"),
    "end": ("end", "pos1", "position end"),
    "place": ("reference", "referenz", "locator"),
    "begin_place": ("beginning", "anfang"),
    "end_place": ("end place", "ende"),
    "group": ("document group", "document groups", "dokumentgruppe", "dokumentgruppen"),
    "key": ("id", "quotation id"),
}
NEEDED = ("document", "text", "codes")
SEPARATORS = re.compile(r"[\n;]+")


def read(path: Path, columns: dict[str, str]) -> Project:
    """A project out of a table of quotations.

    Parameters
    ----------
    path : Path
        CSV (comma, semicolon or tab), TSV or XLSX (its first sheet).
    columns : dict of str to str
        The header of the column that holds each of :data:`COLUMNS`; those that are absent are found by their usual
        names.

    Raises
    ------
    Refused
        When the table can not be read, or a needed column is not found; the sentence lists the headers.
    """
    rows = _excel(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    header = next(rows, [])
    places = _columns(path.name, header, columns)
    project = Project(name=path.stem, origin=f"table {path.name}")
    told = ", ".join(f"{what} = {header[place]!r}" for what, place in places.items())
    project.told.append(f"Columns: {told}.")
    unused = [name for place, name in enumerate(header) if place not in places.values() and name]
    if unused:
        project.dropped[f"columns: {', '.join(unused)}"] += 1
    _fill(project, rows, places)
    return project


def _fill(project: Project, rows: Iterator[list[str]], places: dict[str, int]) -> None:
    documents: dict[str, Document] = {}
    codes: dict[str, Code] = {}
    passages: dict[tuple[str, ...], Passage] = {}
    for number, row in enumerate(rows, 2):
        if number > ROWS:
            raise Refused(f"{project.name} has more than {ROWS:,} rows.")
        cell = {what: row[place].strip() if place < len(row) else "" for what, place in places.items()}
        if not any(cell.values()):
            continue
        if not cell["document"] or not cell["text"]:
            project.dropped["rows without a document or a text"] += 1
            continue
        name = cell["document"]
        document = documents.setdefault(name, Document(guid("table document", name), name))
        if cell.get("group"):
            document.variables["group"] = cell["group"]
        user = cell.get("coder", "")
        if user:
            project.users.setdefault(guid("table user", user), user)
        ends = ("begin_place", "end_place") if cell.get("begin_place") else ("start", "end")
        place = cell.get("place") or "–".join(dict.fromkeys(cell[end] for end in ends if cell.get(end)))
        key = (name, cell.get("key", ""), cell.get("start", ""), place, cell["text"])
        if key not in passages:
            passages[key] = Passage(guid("table passage", "\0".join(key)), *NOWHERE, cell["text"], place)
            document.passages.append(passages[key])
        passage = passages[key]
        memo = cell.get("memo", "")
        if memo and memo not in passage.memo.split("\n\n"):
            passage.memo = "\n\n".join(filter(None, [passage.memo, memo]))
        for label in filter(None, (each.strip() for each in SEPARATORS.split(cell["codes"]))):
            passage.codings.append((guid("table user", user) if user else "", _code(codes, label)))
    project.documents, project.codes = list(documents.values()), list(codes.values())
    _order(project)
    _look_twice(project)


def _code(codes: dict[str, Code], label: str) -> str:
    """The code of a label; MAXQDA writes the codes above it in front, with ``>`` or a backslash between them."""
    parent = ""
    parts = [part.strip() for part in re.split(r"[>\\]", label) if part.strip()]
    for depth in range(1, len(parts) + 1):
        path = " > ".join(parts[:depth])
        code = codes.setdefault(path, Code(guid("table code", path), parts[depth - 1], parent))
        parent = code.guid
    return parent


def _order(project: Project) -> None:
    """Reading order by numbers in the place, where each passage of a document has one; else the order of rows."""
    for document in project.documents:
        numbers = [tuple(map(int, re.findall(r"\d+", passage.place))) for passage in document.passages]
        if all(numbers):
            order = sorted(range(len(numbers)), key=lambda each: numbers[each])
            document.passages = [document.passages[each] for each in order]
        else:
            project.told.append(f"{document.name}: no places to order by, so quotations stand as in the table.")


def _look_twice(project: Project) -> None:
    similar = Counter(re.sub(r"\W+", "", code.name.casefold()) for code in project.codes if not code.parent)
    twice = [
        code.name for code in project.codes if not code.parent and similar[re.sub(r"\W+", "", code.name.casefold())] > 1
    ]
    if twice:
        project.told.append(f"Codes that differ only in case or signs, are they one? {', '.join(twice[:6])}.")


def _columns(file: str, header: list[str], given: dict[str, str]) -> dict[str, int]:
    plain = [name.strip().casefold() for name in header]
    places = {}
    for what, name in given.items():
        if what not in COLUMNS:
            raise Refused(f"The mapping speaks of the column {what!r}; known are {', '.join(COLUMNS)}.")
        if name.strip().casefold() not in plain:
            raise Refused(f"{file} has no column {name!r}; it has {', '.join(filter(None, header))}.")
        places[what] = plain.index(name.strip().casefold())
    for what, names in COLUMNS.items():
        found = [plain.index(name) for name in names if name in plain and plain.index(name) not in places.values()]
        if what not in places and found:
            places[what] = found[0]
    if "begin_place" in places and "end" in places and "start" not in places:
        places["end_place"] = places.pop("end")
    if missing := [what for what in NEEDED if what not in places]:
        headers = ", ".join(filter(None, header)) or "no header"
        raise Refused(
            f"{file}: no column for {' and '.join(missing)} was found among {headers}; name it in the mapping, columns."
        )
    return places


def _csv(path: Path) -> Iterator[list[str]]:
    if path.stat().st_size > LARGEST:
        raise Refused(f"{path.name} is larger than {LARGEST // MEGABYTE} MB.")
    text = offsets.decode(path.read_bytes(), path.name).lstrip("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max("\t;,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise Refused(f"{path.name}, line {reader.line_num}: {error}.") from error


def _excel(path: Path) -> Iterator[list[str]]:
    with Archive(path) as archive:
        if sum(entry.file_size for entry in archive.entries.values()) > LARGEST:
            raise Refused(f"{path.name} is larger than {LARGEST // MEGABYTE} MB when unpacked.")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True):
            yield ["" if value is None else str(value) for value in row]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, IndexError) as error:
        raise Refused(f"{path.name} can not be read as an Excel table: {' '.join(str(error).split())}.") from error
