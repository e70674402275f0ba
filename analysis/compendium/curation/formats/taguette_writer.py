"""Writes a coded project as a project file of Taguette.

Documents are paragraphs of the text that is exported elsewhere as well; a passage is a highlight for each of its
coders, with the tag of that coder. The same project gives the same file: no clock is asked.
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
"""The user of Taguette on a machine of one's own."""
_UTF8_BYTES = PositionConvention("UTF-8 bytes")


def encode_taguette(project: Project) -> tuple[bytes, list[str]]:
    """A coded project as ``.sqlite3``.

    Parameters
    ----------
    project : Project
        Every document with its text; positions in code points.

    Returns
    -------
    file : bytes
    left_out : list of str
        What Taguette has no room for, in sentences.
    """
    database = sqlite3.connect(":memory:")
    try:
        writer = _TaguetteWriter(project, database)
        writer.write_project()
        return database.serialize(), writer.omissions
    finally:
        database.close()


class _TaguetteWriter:
    def __init__(self, project: Project, database: sqlite3.Connection) -> None:
        self.project, self.database = project, database
        self.omissions: list[str] = []
        self.tag_ids: dict[str, int] = {}
        """Numbers of tags, by guid of the code or user."""

    def write_project(self) -> None:
        """Write everything."""
        self.database.executescript(
            f"PRAGMA application_id={taguette.SQLITE_APPLICATION_ID};{taguette.TAGUETTE_SCHEMA_SQL}"
        )
        self._insert("alembic_version", taguette.TAGUETTE_SCHEMA_VERSION)
        self._insert("users", _USER_LOGIN, _CREATION_TIME, None, False, None, None, None, None)
        project = self.project
        name = taguette.truncate_name(project.name, taguette.MAX_NAME_CHARS)
        groups = [
            {"name": each.name, "kind": each.kind, "members": each.members, "variables": each.variables}
            for each in project.groups
        ]
        more: Metadata = {
            "name": project.name if name != project.name else "",
            "notes": self._note_texts(project.own_notes),
            "groups": groups,
        }
        description = self._fit_description(project.description, more, "The project")
        self._insert("projects", 1, name, description, _CREATION_TIME)
        self._insert("project_members", 1, _USER_LOGIN, "ADMIN")
        self._write_tags()
        for number, document in enumerate(project.documents, 1):
            self._write_document(number, document)
        self.database.commit()

    def _insert(self, table: str, *values: object) -> int:
        places = ", ".join("?" for _ in values)
        return self.database.execute(f"INSERT INTO {table} VALUES ({places})", values).lastrowid or 0

    def _write_tags(self) -> None:
        codes = {code.guid: code for code in self.project.codes}
        taken: set[str] = set()
        for code in self.project.codes:
            if code.codable:
                path = _unique_tag_path(taguette.TAG_PATH_SEPARATOR.join(_code_path(code, codes)), taken)
                more: Metadata = {"guid": code.guid, "path": path, "name": code.name, "parent": code.parent}
                more |= {"color": code.color, "notes": self._note_texts(code.notes)}
                self._write_tag(
                    code.guid, path, self._fit_description(code.description, more, f"The code {code.name!r}")
                )
        for guid, name in self.project.users.items():
            path = _unique_tag_path(f"{taguette.CODER_TAG_PREFIX}{name}", taken)
            self._write_tag(
                guid, path, taguette.format_description("Who gave the other tags of a highlight.", {"coder": name})
            )

    def _write_tag(self, guid: str, path: str, description: str) -> None:
        self.tag_ids[guid] = self._insert("tags", None, 1, path, description)

    def _write_document(self, number: int, document: Document) -> None:
        plain = INVALID_CHARACTERS.sub(" ", document.text or "")
        starts = PlainText.from_decoded(plain).character_offsets(_UTF8_BYTES).tolist()
        passages = {
            f"{starts[each.start]}-{starts[each.end]}": _without_empty(
                {"guid": each.guid, "memo": each.memo, "notes": self._note_texts(each.notes)}
            )
            for each in document.passages
        }
        name = taguette.truncate_name(document.name, taguette.MAX_NAME_CHARS)
        more: Metadata = {
            "guid": document.guid,
            "name": document.name if name != document.name else "",
            "variables": _without_empty(document.variables),
            "notes": self._note_texts(document.notes),
            "passages": passages,
        }
        description = self._fit_description(document.description, more, f"The document {document.name!r}")
        file, direction = f"{document.guid}.txt", _text_direction(plain)
        self._insert(
            "documents", number, name, description, file, _CREATION_TIME, 1, direction, html_text.text_to_html(plain)
        )
        for passage in document.passages:
            snippet = html_text.text_to_html(plain[passage.start : passage.end])
            for tags in self._tags_by_coder(passage):
                ends = starts[passage.start], starts[passage.end]
                highlight = self._insert("highlights", None, number, *ends, snippet)
                for tag in sorted(tags):
                    self._insert("highlight_tags", highlight, tag)

    def _tags_by_coder(self, passage: Passage) -> Iterable[set[int]]:
        """The tags of each coder's highlight; one highlight without a tag where nobody coded."""
        given: dict[str, set[int]] = defaultdict(set)
        for user, code in passage.codings:
            given[user] |= {self.tag_ids[user], self.tag_ids[code]}
        return given.values() or [set()]

    def _note_texts(self, guids: list[str]) -> list[tuple[str, str]]:
        return [self.project.notes[guid] for guid in guids]

    def _fit_description(self, text: str, metadata: Metadata, subject: str) -> str:
        """A description that Taguette takes; what makes it too long is left out, and told."""
        unsaid = "what is known of its statements"
        choices = [
            (metadata, ""),
            (_without_keys(metadata, "passages"), unsaid),
            (
                _without_keys(metadata, "passages", "notes", "groups", "variables"),
                f"its memos and variables, and {unsaid}",
            ),
        ]
        cut = (taguette.truncate_name(text, MAX_DESCRIPTION_CHARS), "the end of its description, and all else")
        described = ((taguette.format_description(text, kept), left_out) for kept, left_out in choices)
        description, left_out = next((each for each in described if len(each[0]) <= MAX_DESCRIPTION_CHARS), cut)
        if left_out:
            self.omissions.append(
                f"{subject}: {left_out} is left out, for Taguette has room for {MAX_DESCRIPTION_CHARS:,} characters in a description."
            )
        return description


def _without_empty(values: Mapping[str, Any]) -> Metadata:
    return {name: value for name, value in values.items() if value}


def _without_keys(metadata: Metadata, *names: str) -> Metadata:
    return {name: value for name, value in metadata.items() if name not in names}


def _code_path(code: Code, codes: dict[str, Code]) -> list[str]:
    """The names of the codes above one, and its own."""
    names = [code.name]
    while code.parent in codes:
        code = codes[code.parent]
        names.insert(0, code.name)
    return names


def _unique_tag_path(full_path: str, used_paths: set[str]) -> str:
    """A path that no other tag has, of the length that Taguette takes."""
    path, number = taguette.truncate_name(full_path, taguette.MAX_TAG_PATH_CHARS), 1
    while path in used_paths:
        number += 1
        path = f"{taguette.truncate_name(full_path, taguette.MAX_TAG_PATH_CHARS - 8)} {number}"
    used_paths.add(path)
    return path


def _text_direction(text: str) -> str:
    """How a text runs, by its first letter that says so."""
    kinds = map(unicodedata.bidirectional, text)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    return "LEFT_TO_RIGHT" if first == "L" else "RIGHT_TO_LEFT"
