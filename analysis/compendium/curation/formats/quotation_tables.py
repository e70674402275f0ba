"""Tables of quotations as ATLAS.ti, MAXQDA, Taguette and QualCoder export them: a row a quotation or a coding.

The columns are found by their names; a mapping can name them instead.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from pathlib import Path

from compendium.curation.formats import spreadsheet
from compendium.curation.formats.errors import ImportRefused
from compendium.curation.formats.identifiers import make_guid
from compendium.curation.formats.model import NO_SPAN, Code, Document, Passage, Project

_MAX_ROWS = 500_000
_MAX_HEADER_ROWS = 10
"""In so many rows the header is looked for: some reports begin with a title."""
_MAX_NAMES_SHOWN = 6
# What a column holds, and how it is called by the tools, in English, German and Spanish. Of several names that a table
# has, the first is taken: who created a quotation, not who changed it.
_COLUMN_NAMES = {
    "document": (
        "document", "document name", "documentname", "filename", "source", "file",
        "dokument", "dokumentname", "documento", "nombre del documento", "nombre de documento",
    ),
    "text": (
        "quotation content", "segment", "content", "coded text", "quotation", "text",
        "zitatinhalt", "inhalt", "zitat", "contenido de la cita", "contenido de cita", "segmento", "contenido", "cita",
    ),
    "codes": ("codes", "code", "tag", "tags", "codename", "kodes", "kode", "códigos", "código"),
    "coder": (
        "created by", "author", "coder", "owner", "erstellt von", "autor", "creado por",
        "modified by", "bearbeitet von", "geändert von", "modificado por",
    ),
    "memo": ("comment", "memo", "coding memo", "kommentar", "comentario"),
    "start": ("start", "pos0", "position start"),
    "end": ("end", "pos1", "position end"),
    "place": ("reference", "locator", "referenz", "referencia"),
    "begin_place": ("beginning", "anfang", "inicio", "comienzo"),
    "end_place": ("end place", "ende", "fin", "final"),
    "group": (
        "document group", "document groups", "dokumentgruppe", "dokumentgruppen",
        "grupo de documentos", "grupos de documentos",
    ),
    "key": ("id", "quotation id"),
}  # fmt: skip
_REQUIRED_COLUMNS = ("document", "text", "codes")
_CODE_SEPARATORS = re.compile(r"[\n;]+")


def read_quotation_table(path: Path, columns: Mapping[str, str], variables: Iterable[str]) -> Project:
    """A project out of a table of quotations.

    Parameters
    ----------
    path : Path
        CSV, TSV or XLSX; see :func:`compendium.curation.formats.spreadsheet.spreadsheet_rows`.
    columns : mapping of str to str
        Header of the column by its content (see :data:`_COLUMN_NAMES`). Other columns are found by their usual headers.
    variables : iterable of str
        Headers of columns that contain a variable of the document; absent ones are ignored.

    Raises
    ------
    Refused
        When the table can not be read, or a needed column is not found; the sentence lists the headers.
    """
    rows = spreadsheet.spreadsheet_rows(path)
    above = list(islice(rows, _MAX_HEADER_ROWS))
    header, number = _find_header(path.name, above, columns)
    places = _find_columns(path.name, header, columns)
    project = Project(name=path.stem, origin=f"table {path.name}")
    told = ", ".join(f"{what} = {header[place].strip()!r}" for what, place in places.items())
    project.messages.append(f"Columns: {told}.")
    wanted = {name.casefold(): name for name in variables}
    variable_indices = {
        wanted[plain]: place
        for place, name in enumerate(header)
        if place not in places.values() and (plain := name.strip().casefold()) and plain in wanted
    }
    if variable_indices:
        project.messages.append(f"Columns about the document: {', '.join(variable_indices)}.")
    unused = [
        name.strip()
        for place, name in enumerate(header)
        if place not in (*places.values(), *variable_indices.values()) and name.strip()
    ]
    if unused:
        project.omissions[f"columns that have no place here ({', '.join(unused)})"] += len(unused)
    _TableReader(project, places, variable_indices).read_rows(chain(above[number:], rows))
    return project


class _TableReader:
    """Documents, codes and passages out of rows."""

    def __init__(self, project: Project, column_indices: dict[str, int], variable_indices: dict[str, int]) -> None:
        self.project, self.column_indices, self.variable_indices = project, column_indices, variable_indices
        self.documents: dict[tuple[str, str], Document] = {}
        self.codes: dict[str, Code] = {}
        self.passages: dict[tuple[str, ...], Passage] = {}
        self.split_cells: list[str] = []
        self.conflicts: list[str] = []

    def read_rows(self, rows: Iterable[list[str]]) -> None:
        """Read all rows behind the header."""
        project = self.project
        for number, row in enumerate(rows, 2):
            if number > _MAX_ROWS:
                raise ImportRefused(f"{project.name} has more than {_MAX_ROWS:,} rows.")
            cell = {what: row[place].strip() if place < len(row) else "" for what, place in self.column_indices.items()}
            if not any(cell.values()):
                continue
            if not cell["document"] or not cell["text"]:
                project.omissions["rows without a document or a text"] += 1
                continue
            self._read_row(
                cell, {name: row[place].strip() for name, place in self.variable_indices.items() if place < len(row)}
            )
        project.documents, project.codes = list(self.documents.values()), list(self.codes.values())
        _sort_passages(project)
        self._add_messages()
        _report_similar_codes(project)

    def _read_row(self, cells: dict[str, str], variables: dict[str, str]) -> None:
        document = self._get_document(cells, variables)
        user = cells.get("coder", "")
        if user:
            self.project.users.setdefault(make_guid("table user", user), user)
        ends = ("begin_place", "end_place") if cells.get("begin_place") else ("start", "end")
        place = cells.get("place") or "–".join(dict.fromkeys(cells[end] for end in ends if cells.get(end)))
        key = (document.guid, cells.get("key", ""), cells.get("start", ""), place, cells["text"])
        if key not in self.passages:
            self.passages[key] = Passage(make_guid("table passage", "\0".join(key)), *NO_SPAN, cells["text"], place)
            document.passages.append(self.passages[key])
        passage = self.passages[key]
        memo = cells.get("memo", "")
        if memo and memo not in passage.memo.split("\n\n"):
            passage.memo = "\n\n".join(filter(None, [passage.memo, memo]))
        labels = [label for each in _CODE_SEPARATORS.split(cells["codes"]) if (label := each.strip())]
        if len(labels) > 1:
            self.split_cells.append("; ".join(labels))
        for label in labels:
            passage.codings.append((make_guid("table user", user) if user else "", _get_code_guid(self.codes, label)))

    def _get_document(self, cells: dict[str, str], variables: dict[str, str]) -> Document:
        """The document of a row; those of the same name in two groups are two."""
        name, group = cells["document"], cells.get("group", "")
        key = (name, group)
        if key not in self.documents:
            self.documents[key] = Document(make_guid("table document", "\0".join(filter(None, key))), name)
            if group:
                self.documents[key].variables["group"] = group
        document = self.documents[key]
        for variable, value in variables.items():
            if value and document.variables.setdefault(variable, value) != value:
                self.conflicts.append(f"{variable} of {name}")
        return document

    def _add_messages(self) -> None:
        told = self.project.messages
        if self.split_cells:
            told.append(
                f"{len(self.split_cells):,} cells hold several codes, divided at semicolons and line ends, such as "
                f"{self.split_cells[0]!r}."
            )
        if self.conflicts:
            unlike = list(dict.fromkeys(self.conflicts))
            told.append(f"Rows of one document say different things, the first counts: {_list_names(unlike)}.")
        labels = {code.name for code in self.codes.values()}
        commas = [each for each in labels if "," in each and {part.strip() for part in each.split(",")} <= labels]
        if commas:
            told.append(
                f"Codes with a comma are not divided, though each part is a code too: {_list_names(sorted(commas))}."
            )


def _list_names(names: list[str]) -> str:
    return ", ".join(names[:_MAX_NAMES_SHOWN]) + (" …" if len(names) > _MAX_NAMES_SHOWN else "")


def _get_code_guid(codes: dict[str, Code], label: str) -> str:
    """The code of a label; MAXQDA writes the codes above it in front, with ``>`` or a backslash between them."""
    parent = ""
    parts = [part.strip() for part in re.split(r"[>\\]", label) if part.strip()]
    for depth in range(1, len(parts) + 1):
        path = " > ".join(parts[:depth])
        code = codes.setdefault(path, Code(make_guid("table code", path), parts[depth - 1], parent))
        parent = code.guid
    return parent


def _sort_passages(project: Project) -> None:
    """Reading order by numbers in the place, where each passage of a document has one; else the order of rows."""
    unplaced = []
    for document in project.documents:
        numbers = [tuple(map(int, re.findall(r"\d+", passage.locator))) for passage in document.passages]
        if all(numbers):
            order = sorted(range(len(numbers)), key=lambda each: numbers[each])
            document.passages = [document.passages[each] for each in order]
        else:
            unplaced.append(document.name)
    if unplaced:
        project.messages.append(
            f"{len(unplaced):,} of {len(project.documents):,} documents have no places to order by, so their "
            f"quotations stand as in the table: {_list_names(unplaced)}."
        )


def _report_similar_codes(project: Project) -> None:
    similar = Counter(re.sub(r"\W+", "", code.name.casefold()) for code in project.codes if not code.parent)
    twice = [
        code.name for code in project.codes if not code.parent and similar[re.sub(r"\W+", "", code.name.casefold())] > 1
    ]
    if twice:
        project.messages.append(f"Codes that differ only in case or signs, are they one? {', '.join(twice[:6])}.")


def _find_header(
    file_name: str, first_rows: list[list[str]], mapped_columns: Mapping[str, str]
) -> tuple[list[str], int]:
    """The first row that names all needed columns, and how many rows end with it; else the first that is not empty."""
    named = [name.strip().casefold() for name in mapped_columns.values()]
    for number, row in enumerate(first_rows, 1):
        plain = [cell.strip().casefold() for cell in row]
        found = [what in mapped_columns or bool(set(_COLUMN_NAMES[what]) & set(plain)) for what in _REQUIRED_COLUMNS]
        if all(found) and set(named) <= set(plain):
            return row, number
    return next(((row, number) for number, row in enumerate(first_rows, 1) if any(row)), ([], 0))


def _find_columns(file_name: str, header: list[str], mapped_columns: Mapping[str, str]) -> dict[str, int]:
    plain = [name.strip().casefold() for name in header]
    places = {}
    for what, name in mapped_columns.items():
        if what not in _COLUMN_NAMES:
            raise ImportRefused(f"The mapping speaks of the column {what!r}; known are {', '.join(_COLUMN_NAMES)}.")
        if name.strip().casefold() not in plain:
            raise ImportRefused(f"{file_name} has no column {name!r}; it has {', '.join(filter(None, header))}.")
        places[what] = plain.index(name.strip().casefold())
    for what, names in _COLUMN_NAMES.items():
        found = [plain.index(name) for name in names if name in plain and plain.index(name) not in places.values()]
        if what not in places and found:
            places[what] = found[0]
    if "begin_place" in places and "end" in places and "start" not in places:
        places["end_place"] = places.pop("end")
    if missing := [what for what in _REQUIRED_COLUMNS if what not in places]:
        headers = ", ".join(filter(None, (name.strip() for name in header)))
        example = ", ".join(f"{what}: NAME" for what in missing)
        raise ImportRefused(
            f"{file_name}: no column for {' and '.join(missing)} was found among {headers or 'no header'}; name it in the "
            f"mapping, as in 'columns: {{{example}}}'."
        )
    return places
