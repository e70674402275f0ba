"""Reader of quotation tables, a row per quotation or coding (ATLAS.ti, MAXQDA, Taguette, QualCoder)."""

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
"""Number of rows in which the header is searched, because some reports begin with a title."""
_MAX_NAMES_SHOWN = 6
# Headers by content of the column, as the tools write them in English, German and Spanish. If a table has several of
# them, the first in the list is used: the creator of a quotation before the person who changed it.
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
    """Read a table of quotations as a project.

    Parameters
    ----------
    path : Path
        CSV, TSV or XLSX; see :func:`compendium.curation.formats.spreadsheet.spreadsheet_rows`.
    columns : mapping of str to str
        Header of the column by its content (``document``, ``text``, ``codes``, ``coder``, ``memo``, ``start``, ``end``,
        ``place``, ``begin_place``, ``end_place``, ``group``, ``key``). Other columns are found by their usual headers.
    variables : iterable of str
        Headers of columns that contain a variable of the document; absent ones are ignored.

    Raises
    ------
    ImportRefused
        If the table cannot be read or a required column (document, text, codes) is not found.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "quotations.csv")
    ...     _ = path.write_text("Document,Quotation,Codes,date\\nSpeech,two gates,Gates;Locks,2009-05-04")
    ...     project = read_quotation_table(path, {}, ["date"])
    >>> [code.name for code in project.codes], project.documents[0].variables
    (['Gates', 'Locks'], {'date': '2009-05-04'})
    """
    rows = spreadsheet.spreadsheet_rows(path)
    first_rows = list(islice(rows, _MAX_HEADER_ROWS))
    header, n_header_rows = _find_header(first_rows, columns)
    column_indices = _find_columns(path.name, header, columns)
    project = Project(name=path.stem, origin=f"table {path.name}")
    descriptions = [f"{content} = {header[index].strip()!r}" for content, index in column_indices.items()]
    project.messages.append(f"Columns: {', '.join(descriptions)}.")
    variables_by_header = {name.casefold(): name for name in variables if name}
    variable_indices = {
        variables_by_header[key]: index
        for index, name in enumerate(header)
        if index not in column_indices.values() and (key := name.strip().casefold()) in variables_by_header
    }
    used_indices = {*column_indices.values(), *variable_indices.values()}
    ignored_headers = [name.strip() for index, name in enumerate(header) if index not in used_indices and name.strip()]
    if variable_indices:
        project.messages.append(f"Columns about the document: {', '.join(variable_indices)}.")
    if ignored_headers:
        project.omissions[f"columns that are not imported ({', '.join(ignored_headers)})"] += len(ignored_headers)
    _TableReader(project, column_indices, variable_indices).read_rows(chain(first_rows[n_header_rows:], rows))
    return project


class _TableReader:
    """Adds the documents, codes and passages of table rows to a project."""

    def __init__(self, project: Project, column_indices: dict[str, int], variable_indices: dict[str, int]) -> None:
        self.project, self.column_indices, self.variable_indices = project, column_indices, variable_indices
        self.documents: dict[tuple[str, str], Document] = {}
        self.codes: dict[str, Code] = {}
        self.passages: dict[tuple[str, ...], Passage] = {}
        self.split_cells: list[str] = []
        self.conflicts: list[str] = []

    def read_rows(self, rows: Iterable[list[str]]) -> None:
        """Read all rows below the header."""
        project = self.project
        for number, row in enumerate(rows, 2):
            if number > _MAX_ROWS:
                raise ImportRefused(f"{project.name} has more than {_MAX_ROWS:,} rows, which is the limit.")
            cells = {
                content: row[index].strip() if index < len(row) else ""
                for content, index in self.column_indices.items()
            }
            if not any(cells.values()):
                continue
            if not cells["document"] or not cells["text"]:
                project.omissions["rows without a document or a text"] += 1
                continue
            variables = {name: row[index].strip() for name, index in self.variable_indices.items() if index < len(row)}
            self._read_row(cells, variables)
        project.documents, project.codes = list(self.documents.values()), list(self.codes.values())
        _sort_passages(project)
        self._add_messages()
        _report_similar_codes(project)

    def _read_row(self, cells: dict[str, str], variables: dict[str, str]) -> None:
        document = self._get_document(cells, variables)
        user = cells.get("coder", "")
        user_guid = make_guid("table user", user) if user else ""
        if user:
            self.project.users.setdefault(user_guid, user)
        end_columns = ("begin_place", "end_place") if cells.get("begin_place") else ("start", "end")
        ends = dict.fromkeys(cells[column] for column in end_columns if cells.get(column))
        locator = cells.get("place") or "–".join(ends)
        key = (document.guid, cells.get("key", ""), cells.get("start", ""), locator, cells["text"])
        if key not in self.passages:
            self.passages[key] = Passage(make_guid("table passage", "\0".join(key)), *NO_SPAN, cells["text"], locator)
            document.passages.append(self.passages[key])
        passage = self.passages[key]
        memo = cells.get("memo", "")
        if memo and memo not in passage.memo.split("\n\n"):
            passage.memo = "\n\n".join(filter(None, [passage.memo, memo]))
        labels = [part.strip() for part in _CODE_SEPARATORS.split(cells["codes"]) if part.strip()]
        if len(labels) > 1:
            self.split_cells.append("; ".join(labels))
        passage.codings += [(user_guid, _get_code_guid(self.codes, label)) for label in labels]

    def _get_document(self, cells: dict[str, str], variables: dict[str, str]) -> Document:
        """Get the document of a row, which is identified by its name and group."""
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
        messages = self.project.messages
        if self.split_cells:
            messages.append(
                f"{len(self.split_cells):,} cells hold several codes, split at semicolons and line ends, such as "
                f"{self.split_cells[0]!r}."
            )
        if self.conflicts:
            conflicts = list(dict.fromkeys(self.conflicts))
            messages.append(f"Rows of the same document differ, the first value is used: {_list_names(conflicts)}.")
        names = {code.name for code in self.codes.values()}
        comma_names = [name for name in names if "," in name and {part.strip() for part in name.split(",")} <= names]
        if comma_names:
            messages.append(
                "Codes with a comma are not split, although each part is also a code: "
                f"{_list_names(sorted(comma_names))}."
            )


def _list_names(names: list[str]) -> str:
    return ", ".join(names[:_MAX_NAMES_SHOWN]) + (" …" if len(names) > _MAX_NAMES_SHOWN else "")


def _get_code_guid(codes: dict[str, Code], label: str) -> str:
    """Get the GUID of a code, adding it and its parents to ``codes`` if they are new.

    MAXQDA writes the parents before the code, separated by ``>`` or a backslash.
    """
    parent = ""
    parts = [part.strip() for part in re.split(r"[>\\]", label) if part.strip()]
    for depth in range(1, len(parts) + 1):
        path = " > ".join(parts[:depth])
        code = codes.setdefault(path, Code(make_guid("table code", path), parts[depth - 1], parent))
        parent = code.guid
    return parent


def _sort_passages(project: Project) -> None:
    """Sort the passages of a document by the numbers in their locators, if every passage has some."""
    unsorted_names = []
    for document in project.documents:
        numbers = [tuple(map(int, re.findall(r"\d+", passage.locator))) for passage in document.passages]
        if all(numbers):
            order = sorted(range(len(numbers)), key=lambda index: numbers[index])
            document.passages = [document.passages[index] for index in order]
        else:
            unsorted_names.append(document.name)
    if unsorted_names:
        project.messages.append(
            f"{len(unsorted_names):,} of {len(project.documents):,} documents have quotations without a position, so "
            f"their quotations keep the order of the table: {_list_names(unsorted_names)}."
        )


def _report_similar_codes(project: Project) -> None:
    top_names = [code.name for code in project.codes if not code.parent]
    keys = [re.sub(r"\W+", "", name.casefold()) for name in top_names]
    key_counts = Counter(keys)
    similar_names = [name for name, key in zip(top_names, keys, strict=True) if key_counts[key] > 1]
    if similar_names:
        project.messages.append(
            "Codes that differ only in case or punctuation; check whether they are the same: "
            f"{', '.join(similar_names[:_MAX_NAMES_SHOWN])}."
        )


def _find_header(first_rows: list[list[str]], mapped_columns: Mapping[str, str]) -> tuple[list[str], int]:
    """Find the header row, and the number of rows up to and including it.

    It is the first row that has all required columns, or else the first row that is not empty.
    """
    mapped_headers = {name.strip().casefold() for name in mapped_columns.values()}
    for number, row in enumerate(first_rows, 1):
        headers = {cell.strip().casefold() for cell in row}
        has_required = all(
            content in mapped_columns or headers.intersection(_COLUMN_NAMES[content]) for content in _REQUIRED_COLUMNS
        )
        if has_required and mapped_headers <= headers:
            return row, number
    return next(((row, number) for number, row in enumerate(first_rows, 1) if any(row)), ([], 0))


def _find_columns(file_name: str, header: list[str], mapped_columns: Mapping[str, str]) -> dict[str, int]:
    """Find the index of each column by its content, first as mapped and then by its usual headers."""
    headers = [name.strip().casefold() for name in header]
    header_list = ", ".join(name.strip() for name in header if name.strip())
    indices: dict[str, int] = {}
    for content, name in mapped_columns.items():
        if content not in _COLUMN_NAMES:
            raise ImportRefused(
                f"The mapping names the unknown column {content!r}; expected one of {', '.join(_COLUMN_NAMES)}."
            )
        if name.strip().casefold() not in headers:
            raise ImportRefused(f"{file_name} has no column {name!r}; it has {header_list}.")
        indices[content] = headers.index(name.strip().casefold())
    for content, names in _COLUMN_NAMES.items():
        candidates = [headers.index(name) for name in names if name in headers]
        unused = [index for index in candidates if index not in indices.values()]
        if content not in indices and unused:
            indices[content] = unused[0]
    if "begin_place" in indices and "end" in indices and "start" not in indices:
        indices["end_place"] = indices.pop("end")
    if missing := [content for content in _REQUIRED_COLUMNS if content not in indices]:
        place = f"among {header_list}" if header_list else "in the empty header"
        example = ", ".join(f"{content}: NAME" for content in missing)
        raise ImportRefused(
            f"{file_name}: no column for {' and '.join(missing)} was found {place}; name it in the mapping, as in "
            f"'columns: {{{example}}}'."
        )
    return indices
