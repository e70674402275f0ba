"""Writer of Taguette project files.

A document is written as HTML with a paragraph per line. A passage is written as a highlight per coder, with the tag of
that coder. The same project always gives the same bytes: no current time is written.
"""

import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from compendium.curation.formats import html_text, taguette
from compendium.curation.formats.characters import INVALID_CHARACTERS
from compendium.curation.formats.model import Code, Document, Passage, Project
from compendium.curation.formats.taguette import MAX_DESCRIPTION_CHARS, Metadata
from compendium.curation.formats.text_positions import PlainText, PositionConvention

_CREATION_TIME = "1980-01-01 00:00:00.000000"
_USER_LOGIN = "admin"
"""User of a local Taguette installation."""
_UTF8_BYTES = PositionConvention("UTF-8 bytes")


def encode_taguette(project: Project) -> tuple[bytes, list[str]]:
    """Encode a coded project as a ``.sqlite3`` file.

    Parameters
    ----------
    project : Project
        Every document with its text; positions in code points.

    Returns
    -------
    raw : bytes
        The database file.
    omissions : list of str
        Sentences about content that exceeds the limits of Taguette.

    Examples
    --------
    >>> raw, omissions = encode_taguette(Project(name="Talks", codes=[Code("c1", "Gates")]))
    >>> raw[:15], omissions
    (b'SQLite format 3', [])
    """
    database = sqlite3.connect(":memory:")
    try:
        writer = _TaguetteWriter(project, database)
        writer.write_project()
        return database.serialize(), writer.omissions
    finally:
        database.close()


class _TaguetteWriter:
    """Inserts a project into an empty database."""

    def __init__(self, project: Project, database: sqlite3.Connection) -> None:
        self.project, self.database = project, database
        self.omissions: list[str] = []
        self.tag_ids: dict[str, int] = {}
        """Tag ids by GUID of the code or user."""

    def write_project(self) -> None:
        """Create the tables and insert the project."""
        self.database.executescript(
            f"PRAGMA application_id={taguette.SQLITE_APPLICATION_ID};{taguette.TAGUETTE_SCHEMA_SQL}"
        )
        self._insert("alembic_version", taguette.TAGUETTE_SCHEMA_VERSION)
        self._insert("users", _USER_LOGIN, _CREATION_TIME, None, False, None, None, None, None)
        project = self.project
        name = taguette.truncate_name(project.name, taguette.MAX_NAME_CHARS)
        groups = [
            {"name": group.name, "kind": group.kind, "members": group.members, "variables": group.variables}
            for group in project.groups
        ]
        metadata: Metadata = {
            "name": project.name if name != project.name else "",
            "notes": self._note_texts(project.own_notes),
            "groups": groups,
        }
        description = self._fit_description(project.description, metadata, "The project")
        self._insert("projects", 1, name, description, _CREATION_TIME)
        self._insert("project_members", 1, _USER_LOGIN, "ADMIN")
        self._write_tags()
        for number, document in enumerate(project.documents, 1):
            self._write_document(number, document)
        self.database.commit()

    def _insert(self, table: str, *values: object) -> int:
        placeholders = ", ".join("?" for _ in values)
        return self.database.execute(f"INSERT INTO {table} VALUES ({placeholders})", values).lastrowid or 0

    def _write_tags(self) -> None:
        codes = {code.guid: code for code in self.project.codes}
        used_paths: set[str] = set()
        for code in self.project.codes:
            if code.codable:
                path = _unique_tag_path(taguette.TAG_PATH_SEPARATOR.join(_code_path(code, codes)), used_paths)
                metadata: Metadata = {
                    "guid": code.guid,
                    "path": path,
                    "name": code.name,
                    "parent": code.parent,
                    "color": code.color,
                    "notes": self._note_texts(code.notes),
                }
                description = self._fit_description(code.description, metadata, f"The code {code.name!r}")
                self._write_tag(code.guid, path, description)
        for guid, name in self.project.users.items():
            path = _unique_tag_path(f"{taguette.CODER_TAG_PREFIX}{name}", used_paths)
            description = taguette.format_description(
                "Coder who assigned the other tags of a highlight.", {"coder": name}
            )
            self._write_tag(guid, path, description)

    def _write_tag(self, guid: str, path: str, description: str) -> None:
        self.tag_ids[guid] = self._insert("tags", None, 1, path, description)

    def _write_document(self, document_id: int, document: Document) -> None:
        text = INVALID_CHARACTERS.sub(" ", document.text or "")
        offsets = PlainText.from_decoded(text).character_offsets(_UTF8_BYTES).tolist()
        passages = {
            f"{offsets[passage.start]}-{offsets[passage.end]}": _without_empty(
                {"guid": passage.guid, "memo": passage.memo, "notes": self._note_texts(passage.notes)}
            )
            for passage in document.passages
        }
        name = taguette.truncate_name(document.name, taguette.MAX_NAME_CHARS)
        metadata: Metadata = {
            "guid": document.guid,
            "name": document.name if name != document.name else "",
            "variables": _without_empty(document.variables),
            "notes": self._note_texts(document.notes),
            "passages": passages,
        }
        description = self._fit_description(document.description, metadata, f"The document {document.name!r}")
        file_name, direction, html = f"{document.guid}.txt", _text_direction(text), html_text.text_to_html(text)
        self._insert("documents", document_id, name, description, file_name, _CREATION_TIME, 1, direction, html)
        for passage in document.passages:
            snippet = html_text.text_to_html(text[passage.start : passage.end])
            span = offsets[passage.start], offsets[passage.end]
            for tag_ids in self._tags_by_coder(passage):
                highlight_id = self._insert("highlights", None, document_id, *span, snippet)
                for tag_id in sorted(tag_ids):
                    self._insert("highlight_tags", highlight_id, tag_id)

    def _tags_by_coder(self, passage: Passage) -> Iterable[set[int]]:
        """Tag ids of each coder's highlight; one empty set for a passage without codings."""
        tag_ids: dict[str, set[int]] = defaultdict(set)
        for user, code in passage.codings:
            tag_ids[user] |= {self.tag_ids[user], self.tag_ids[code]}
        return tag_ids.values() or [set()]

    def _note_texts(self, guids: list[str]) -> list[tuple[str, str]]:
        return [self.project.notes[guid] for guid in guids]

    def _fit_description(self, text: str, metadata: Metadata, subject: str) -> str:
        """Format a description; metadata that exceed the limit of Taguette are left out and reported."""
        statement_details = "the ids and memos of its statements"
        candidates = [
            (metadata, ""),
            (_without_keys(metadata, "passages"), statement_details),
            (
                _without_keys(metadata, "passages", "notes", "groups", "variables"),
                f"its memos, variables and groups, and {statement_details}",
            ),
        ]
        descriptions = [(taguette.format_description(text, part), omission) for part, omission in candidates]
        truncated = taguette.truncate_name(text, MAX_DESCRIPTION_CHARS)
        descriptions.append((truncated, "the end of its description and all other details"))
        description, omission = next(pair for pair in descriptions if len(pair[0]) <= MAX_DESCRIPTION_CHARS)
        if omission:
            self.omissions.append(
                f"{subject}: {omission} are left out, because Taguette limits descriptions to "
                f"{MAX_DESCRIPTION_CHARS:,} characters."
            )
        return description


def _without_empty(values: Mapping[str, Any]) -> Metadata:
    return {name: value for name, value in values.items() if value}


def _without_keys(metadata: Metadata, *names: str) -> Metadata:
    return {name: value for name, value in metadata.items() if name not in names}


def _code_path(code: Code, codes: dict[str, Code]) -> list[str]:
    """Names from the top of the code tree down to a code."""
    names = [code.name]
    while code.parent in codes:
        code = codes[code.parent]
        names.insert(0, code.name)
    return names


def _unique_tag_path(full_path: str, used_paths: set[str]) -> str:
    """Shorten a path to the limit of Taguette and number it if it is in use; add it to ``used_paths``."""
    path, number = taguette.truncate_name(full_path, taguette.MAX_TAG_PATH_CHARS), 1
    while path in used_paths:
        number += 1
        path = f"{taguette.truncate_name(full_path, taguette.MAX_TAG_PATH_CHARS - 8)} {number}"
    used_paths.add(path)
    return path


def _text_direction(text: str) -> str:
    """Direction of a text, by its first letter with a strong direction."""
    directions = map(unicodedata.bidirectional, text)
    first = next((direction for direction in directions if direction in ("L", "R", "AL")), "L")
    return "LEFT_TO_RIGHT" if first == "L" else "RIGHT_TO_LEFT"
