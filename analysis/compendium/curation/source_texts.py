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
"""The column of documents in which the digest of their text stands."""


def text_paths(root: Path, document_id: str) -> list[Path]:
    """The files that are kept for a document: one, or none."""
    paths = (root / TEXTS_FOLDER / f"{document_id}{suffix}" for suffix in _TEXT_SUFFIXES)
    return [path for path in paths if path.is_file()]


def load_texts(root: Path, document_ids: Iterable[str]) -> dict[str, str]:
    """Texts by document, of those that have a plain one here, as positions are counted in them."""
    return {
        document_id: PlainText.from_decoded(text_positions.decode_unicode(path.read_bytes(), path.name)).text
        for document_id in document_ids
        for path in text_paths(root, document_id)
        if path.suffix == ".txt"
    }


def save_texts(root: Path, texts: Mapping[str, bytes]) -> None:
    """Write texts by document, in place of those that are there."""
    for document_id, raw in texts.items():
        (root / TEXTS_FOLDER).mkdir(exist_ok=True)
        for old in text_paths(root, document_id):
            old.unlink()
        (root / TEXTS_FOLDER / f"{document_id}.txt").write_bytes(raw)


_DOCUMENT_ID = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
_QUOTATION_KIND = "quotation"


@dataclass(frozen=True)
class StoredText:
    """A text that was added: where it lies, its hash, how many characters it has, and whether another was there."""

    path: Path
    sha256: str
    n_characters: int
    is_replacement: bool


@dataclass(frozen=True)
class QuotationCheck:
    """A quotation and whether it stands in its text; ``excerpt`` shows where, or what comes nearest."""

    statement_id: str
    is_found: bool
    excerpt: str
    codings: tuple[str, ...]


@dataclass(frozen=True)
class TextCheck:
    """What is known of the text of one document.

    ``state`` is one of ``as added``, ``changed`` (its hash is another), ``missing`` (a hash is recorded, but no text is
    here), ``not recorded`` (a text is here, but no hash is recorded) and ``unreadable``; ``error`` says why.
    """

    document_id: str
    state: str
    quotations: tuple[QuotationCheck, ...] = ()
    error: str = ""

    @property
    def missing_quotations(self) -> tuple[QuotationCheck, ...]:
        """The quotations that are not in the text."""
        return tuple(each for each in self.quotations if not each.is_found)

    @property
    def is_ok(self) -> bool:
        """Whether nothing has to be done. A text that is not here is no fault: others hold other texts."""
        return self.state in ("as added", "missing") and not self.missing_quotations


def add_text(root: Path, document_id: str, file: Path) -> StoredText:
    """Keep a copy of the text of a document, and record its hash in ``documents.csv``.

    Parameters
    ----------
    root : Path
        The project's folder.
    document_id : str
        A document of any case, or of the architecture.
    file : Path
        Plain text (UTF-8), HTML or PDF.

    Raises
    ------
    Refused
        When there is no such document, or no text can be had from the file; nothing is then written.
    """
    table = _find_document_table(root, document_id)
    text_extraction.check_text_file(file)
    folder = root / TEXTS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    before = text_paths(root, document_id)
    with FileTransaction() as exchange:
        copy = exchange.stage_copy(file, folder)
        text, suffix, sha256 = text_extraction.extract_text(copy), text_extraction.read_file_kind(copy), digest(copy)
        target = folder / f"{document_id}{suffix}"
        exchange.replace_on_exit(copy, target)
        for path in _document_tables(root):
            now = csv_edit.with_column(was := _read_table_text(path), CHECKSUM_COLUMN)
            if path == table:
                now = csv_edit.with_cell(now, "document_id", document_id, CHECKSUM_COLUMN, sha256)
            if now != was:
                exchange.replace_on_exit(exchange.stage_text(now, path), path)
    for old in before:
        if old != target:
            old.unlink()
    return StoredText(target, sha256, len(text), bool(before))


class FileTransaction:
    """Several files replaced together: all are written aside first, so that nothing that can fail is half done."""

    def __init__(self) -> None:
        self.temporary_paths: list[Path] = []
        self.replacements: list[tuple[Path, Path]] = []

    def __enter__(self) -> "FileTransaction":
        return self

    def stage_copy(self, file: Path, folder: Path) -> Path:
        """A copy of a file, aside in a folder."""
        place = self._temporary_path(folder)
        shutil.copyfile(file, place)
        return place

    def stage_text(self, text: str, target: Path) -> Path:
        """A text, aside of the file that it will replace, with the same rights."""
        place = self._temporary_path(target.parent)
        place.write_bytes(text.encode("utf-8"))
        shutil.copymode(target, place)
        return place

    def replace_on_exit(self, staged: Path, target: Path) -> None:
        """Have ``staged`` take the place of ``target`` at the end."""
        self.replacements.append((staged, target))

    def __exit__(self, exc_type: type[BaseException] | None, *exc_details: object) -> None:
        if exc_type is None:
            for new, target in self.replacements:
                os.replace(new, target)
        for place in self.temporary_paths:
            place.unlink(missing_ok=True)

    def _temporary_path(self, folder: Path) -> Path:
        place = folder / f".{uuid4().hex}"
        self.temporary_paths.append(place)
        return place


def check_texts(root: Path, evidence: Evidence, document_id: str = "") -> list[TextCheck]:
    """Hold every text against its hash, and every quotation against its text; or those of one document.

    Raises
    ------
    Refused
        When there is no such document.
    """
    documents = evidence.documents
    if document_id:
        _find_document_table(root, document_id)
        documents = documents[documents["document_id"] == document_id]
    quoted = evidence.statements[evidence.statements["text_kind"] == _QUOTATION_KIND]
    columns = ["statement_id", "coder", "code_id"]
    given = pd.concat([evidence.codings[columns], evidence.own_codings[columns]], ignore_index=True)
    given = given[given["code_id"] != READ_AND_NOTHING_FOUND]
    codings = (given["coder"] + ": " + given["code_id"]).groupby(given["statement_id"]).agg(tuple)
    found = []
    for row in documents.to_dict("records"):
        paths = text_paths(root, row["document_id"])
        if paths or row[CHECKSUM_COLUMN]:
            own = quoted[quoted["document_id"] == row["document_id"]]
            found.append(_check_text(row["document_id"], row[CHECKSUM_COLUMN], paths, own, codings))
    return found


def count_unchecked_quotations(root: Path, evidence: Evidence) -> tuple[int, int]:
    """How many quotations can not be checked, and of how many documents, because no text of them is here."""
    quoted = evidence.statements[evidence.statements["text_kind"] == _QUOTATION_KIND]
    lacking = quoted[[not text_paths(root, document) for document in quoted["document_id"]]]
    return len(lacking), lacking["document_id"].nunique()


def files_without_document(root: Path, evidence: Evidence) -> list[str]:
    """Files among the texts that are no document's."""
    known = {f"{document}{suffix}" for document in evidence.documents["document_id"] for suffix in _TEXT_SUFFIXES}
    folder = root / TEXTS_FOLDER
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(name for name in names if not name.startswith(".") and name not in known)


def _check_text(
    document_id: str, recorded_sha256: str, paths: list[Path], quotations: pd.DataFrame, codings: pd.Series
) -> TextCheck:
    if not paths:
        return TextCheck(document_id, "missing")
    try:
        text = quotation_search.normalize_text(text_extraction.extract_text(paths[0]))
    except SourceTextError as refused:
        return TextCheck(document_id, "unreadable", error=str(refused))
    state = "as added" if digest(paths[0]) == recorded_sha256 else "changed" if recorded_sha256 else "not recorded"
    rows = zip(quotations["statement_id"], quotations["text"], strict=True)
    return TextCheck(
        document_id, state, tuple(_check_quotation(each, said, text, codings.get(each, ())) for each, said in rows)
    )


def _check_quotation(
    statement_id: str, quotation: str, text: NormalizedText, codings: tuple[str, ...]
) -> QuotationCheck:
    if place := quotation_search.find_quotation(quotation, text):
        return QuotationCheck(statement_id, True, quotation_search.quotation_in_context(text.text, *place), codings)
    near = quotation_search.nearest_match(quotation, text)
    said = (
        f"nearest: {quotation_search.quotation_in_context(text.text, *near)}"
        if near
        else "nothing in the text comes near"
    )
    return QuotationCheck(statement_id, False, said, codings)


def _document_tables(root: Path) -> list[Path]:
    """Every table of documents: one table in several files has the same columns in each."""
    return [*sorted((root / "data").glob("cases/*/documents.csv")), *(root / "data").glob("architecture/documents.csv")]


def _find_document_table(root: Path, document_id: str) -> Path:
    known: dict[str, Path] = {}
    for path in _document_tables(root):
        known |= dict.fromkeys(_document_ids(path), path)
    if document_id not in known:
        near = get_close_matches(document_id, known, n=3, cutoff=0.5)
        hint = f"; the nearest are {', '.join(near)}" if near else ""
        raise SourceTextError(f"there is no document {document_id!r} in the tables documents.csv{hint}")
    if not _DOCUMENT_ID.fullmatch(document_id):
        raise SourceTextError(f"the id {document_id!r} can not name a file: small letters, digits and hyphens can")
    return known[document_id]


def _document_ids(path: Path) -> Iterator[str]:
    head, *rest = csv_edit.records(_read_table_text(path)) or [csv_edit.Record([], "")]
    names = [head.value(place) for place in range(len(head.cells))]
    if "document_id" in names:
        yield from (row.value(names.index("document_id")) for row in rest)


def _read_table_text(path: Path) -> str:
    text, fault = csv_tables.decode_utf8(path.read_bytes(), path.name)
    if fault:
        raise SourceTextError(str(fault))
    return text
