"""Source texts of documents: stored in ``data/texts``, identified by their checksum, compared with quotations.

Git ignores ``data/texts``, because the texts belong to others; only their checksums are public.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from uuid import uuid4

import pandas as pd

from compendium.curation import quotation_search, text_extraction
from compendium.curation.formats import text_positions
from compendium.curation.formats.text_positions import PlainText
from compendium.curation.quotation_search import NormalizedText
from compendium.curation.text_extraction import SourceTextError
from compendium.dataset import csv_edit, csv_tables
from compendium.dataset.checksums import digest
from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import READ_AND_NOTHING_FOUND

TEXTS_FOLDER = Path("data", "texts")
_TEXT_SUFFIXES = (".txt", ".html", ".pdf")
CHECKSUM_COLUMN = "text_sha256"
"""Column of documents.csv with the SHA-256 checksum of the text."""
_DOCUMENT_ID = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_QUOTATION_KIND = "quotation"


def text_paths(root: Path, document_id: str) -> list[Path]:
    """Paths of the stored text of a document: one, or none."""
    paths = (root / TEXTS_FOLDER / f"{document_id}{suffix}" for suffix in _TEXT_SUFFIXES)
    return [path for path in paths if path.is_file()]


def load_texts(root: Path, document_ids: Iterable[str]) -> dict[str, str]:
    """Load the stored plain texts by document id; positions of passages refer to these strings."""
    return {
        document_id: PlainText.from_decoded(text_positions.decode_unicode(path.read_bytes(), path.name)).text
        for document_id in document_ids
        for path in text_paths(root, document_id)
        if path.suffix == ".txt"
    }


def save_texts(root: Path, texts: Mapping[str, bytes]) -> None:
    """Store plain texts by document id, replacing earlier ones."""
    for document_id, raw in texts.items():
        (root / TEXTS_FOLDER).mkdir(exist_ok=True)
        for old_path in text_paths(root, document_id):
            old_path.unlink()
        (root / TEXTS_FOLDER / f"{document_id}.txt").write_bytes(raw)


@dataclass(frozen=True)
class StoredText:
    """A text that was added to ``data/texts``; ``is_replacement`` if the document already had one."""

    path: Path
    sha256: str
    n_characters: int
    is_replacement: bool


@dataclass(frozen=True)
class QuotationCheck:
    """Whether a quotation is in the text; ``excerpt`` shows the passage, or else the closest one.

    ``codings`` lists the codings of the statement, as ``coder: code_id``.
    """

    statement_id: str
    is_found: bool
    excerpt: str
    codings: tuple[str, ...]


@dataclass(frozen=True)
class TextCheck:
    """Result of checking the text of one document.

    Parameters
    ----------
    document_id : str
    state : str
        ``unchanged``, ``changed`` (the checksum differs), ``missing`` (a checksum is recorded, but no text is stored),
        ``not recorded`` (a text is stored, but no checksum is recorded) or ``unreadable``.
    quotations : tuple of QuotationCheck
    error : str
        Why the text is unreadable.
    """

    document_id: str
    state: str
    quotations: tuple[QuotationCheck, ...] = ()
    error: str = ""

    @property
    def missing_quotations(self) -> tuple[QuotationCheck, ...]:
        """The quotations that are not in the text."""
        return tuple(quotation for quotation in self.quotations if not quotation.is_found)

    @property
    def is_ok(self) -> bool:
        """Whether there is no problem; a missing text is none, because texts are not distributed."""
        return self.state in ("unchanged", "missing") and not self.missing_quotations


def add_text(root: Path, document_id: str, file: Path) -> StoredText:
    """Store a copy of the text of a document and record its checksum in ``documents.csv``.

    Parameters
    ----------
    root : Path
        The project's folder.
    document_id : str
        A document of a case or of the architecture.
    file : Path
        Plain text (UTF-8), HTML or PDF.

    Raises
    ------
    SourceTextError
        If there is no such document, or no text can be extracted from the file; nothing is written then.
    """
    document_table = _find_document_table(root, document_id)
    text_extraction.check_text_file(file)
    folder = root / TEXTS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    old_paths = text_paths(root, document_id)
    with FileTransaction() as transaction:
        copy = transaction.stage_copy(file, folder)
        text, suffix, sha256 = text_extraction.extract_text(copy), text_extraction.read_file_kind(copy), digest(copy)
        target = folder / f"{document_id}{suffix}"
        transaction.replace_on_exit(copy, target)
        for path in _document_tables(root):
            old_table = _read_table_text(path)
            new_table = csv_edit.with_column(old_table, CHECKSUM_COLUMN)
            if path == document_table:
                new_table = csv_edit.with_cell(new_table, "document_id", document_id, CHECKSUM_COLUMN, sha256)
            if new_table != old_table:
                transaction.replace_on_exit(transaction.stage_text(new_table, path), path)
    for path in old_paths:
        if path != target:
            path.unlink()
    return StoredText(target, sha256, len(text), is_replacement=bool(old_paths))


class FileTransaction:
    """Replace several files together: all new files are written before the first one is replaced."""

    def __init__(self) -> None:
        self.temporary_paths: list[Path] = []
        self.replacements: list[tuple[Path, Path]] = []

    def __enter__(self) -> "FileTransaction":
        return self

    def stage_copy(self, file: Path, folder: Path) -> Path:
        """Copy a file to a temporary path in a folder; return the path."""
        path = self._temporary_path(folder)
        shutil.copyfile(file, path)
        return path

    def stage_text(self, text: str, target: Path) -> Path:
        """Write a text to a temporary path beside ``target``, with the same permissions; return the path."""
        path = self._temporary_path(target.parent)
        path.write_bytes(text.encode("utf-8"))
        shutil.copymode(target, path)
        return path

    def replace_on_exit(self, staged: Path, target: Path) -> None:
        """Replace ``target`` by the file ``staged`` when the transaction ends without an error."""
        self.replacements.append((staged, target))

    def __exit__(self, exc_type: type[BaseException] | None, *exc_details: object) -> None:
        if exc_type is None:
            for staged, target in self.replacements:
                os.replace(staged, target)
        for path in self.temporary_paths:
            path.unlink(missing_ok=True)

    def _temporary_path(self, folder: Path) -> Path:
        path = folder / f".{uuid4().hex}"
        self.temporary_paths.append(path)
        return path


def check_texts(root: Path, evidence: Evidence, document_id: str = "") -> list[TextCheck]:
    """Check the stored texts and their quotations, of all documents or of one.

    Raises
    ------
    SourceTextError
        If there is no such document.
    """
    documents = evidence.documents
    if document_id:
        _find_document_table(root, document_id)
        documents = documents[documents["document_id"] == document_id]
    quotations = evidence.statements[evidence.statements["text_kind"] == _QUOTATION_KIND]
    columns = ["statement_id", "coder", "code_id"]
    codings = pd.concat([evidence.codings[columns], evidence.own_codings[columns]], ignore_index=True)
    codings = codings[codings["code_id"] != READ_AND_NOTHING_FOUND]
    codings_by_statement = (codings["coder"] + ": " + codings["code_id"]).groupby(codings["statement_id"]).agg(tuple)
    text_checks = []
    for row in documents.to_dict("records"):
        paths = text_paths(root, row["document_id"])
        if paths or row[CHECKSUM_COLUMN]:
            document_quotations = quotations[quotations["document_id"] == row["document_id"]]
            text_checks.append(
                _check_text(row["document_id"], row[CHECKSUM_COLUMN], paths, document_quotations, codings_by_statement)
            )
    return text_checks


def count_unchecked_quotations(root: Path, evidence: Evidence) -> tuple[int, int]:
    """Numbers of quotations, and of their documents, that cannot be checked because no text is stored."""
    quotations = evidence.statements[evidence.statements["text_kind"] == _QUOTATION_KIND]
    unchecked = quotations[[not text_paths(root, document_id) for document_id in quotations["document_id"]]]
    return len(unchecked), unchecked["document_id"].nunique()


def files_without_document(root: Path, evidence: Evidence) -> list[str]:
    """Names of files in ``data/texts`` that belong to no document."""
    expected_names = {
        f"{document_id}{suffix}" for document_id in evidence.documents["document_id"] for suffix in _TEXT_SUFFIXES
    }
    folder = root / TEXTS_FOLDER
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(name for name in names if not name.startswith(".") and name not in expected_names)


def _check_text(
    document_id: str, recorded_sha256: str, paths: list[Path], quotations: pd.DataFrame, codings: pd.Series
) -> TextCheck:
    if not paths:
        return TextCheck(document_id, "missing")
    try:
        text = quotation_search.normalize_text(text_extraction.extract_text(paths[0]))
    except SourceTextError as error:
        return TextCheck(document_id, "unreadable", error=str(error))
    state = "unchanged" if digest(paths[0]) == recorded_sha256 else "changed" if recorded_sha256 else "not recorded"
    rows = zip(quotations["statement_id"], quotations["text"], strict=True)
    return TextCheck(
        document_id,
        state,
        tuple(
            _check_quotation(statement_id, quotation, text, codings.get(statement_id, ()))
            for statement_id, quotation in rows
        ),
    )


def _check_quotation(
    statement_id: str, quotation: str, text: NormalizedText, codings: tuple[str, ...]
) -> QuotationCheck:
    if span := quotation_search.find_quotation(quotation, text):
        return QuotationCheck(statement_id, True, quotation_search.quotation_in_context(text.text, *span), codings)
    span = quotation_search.nearest_match(quotation, text)
    excerpt = (
        f"closest passage: {quotation_search.quotation_in_context(text.text, *span)}"
        if span
        else "no similar passage in the text"
    )
    return QuotationCheck(statement_id, False, excerpt, codings)


def _document_tables(root: Path) -> list[Path]:
    """Paths of all files of the table of documents; a new column must be added to each of them."""
    return [*sorted((root / "data").glob("cases/*/documents.csv")), *(root / "data").glob("architecture/documents.csv")]


def _find_document_table(root: Path, document_id: str) -> Path:
    table_paths: dict[str, Path] = {}
    for path in _document_tables(root):
        table_paths |= dict.fromkeys(_document_ids(path), path)
    if document_id not in table_paths:
        similar_ids = get_close_matches(document_id, table_paths, n=3, cutoff=0.5)
        hint = f"; similar ids: {', '.join(similar_ids)}" if similar_ids else ""
        raise SourceTextError(f"there is no document {document_id!r} in the tables documents.csv{hint}")
    if not _DOCUMENT_ID.fullmatch(document_id):
        raise SourceTextError(
            f"the id {document_id!r} cannot be a file name: use lower-case letters, digits and hyphens only"
        )
    return table_paths[document_id]


def _document_ids(path: Path) -> Iterator[str]:
    head, *rows = csv_edit.records(_read_table_text(path)) or [csv_edit.Record([], "")]
    columns = [head.value(index) for index in range(len(head.cells))]
    if "document_id" in columns:
        yield from (row.value(columns.index("document_id")) for row in rows)


def _read_table_text(path: Path) -> str:
    text, fault = csv_tables.decode_utf8(path.read_bytes(), path.name)
    if fault:
        raise SourceTextError(str(fault))
    return text
