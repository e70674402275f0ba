"""Writes a coded project as a project file of Taguette.

Documents are paragraphs of the text that is exported elsewhere as well; a passage is a highlight for each of its
coders, with the tag of that coder. The same project gives the same file: no clock is asked.
"""

import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from compendium.curation.exchange.import_log import INVALID_CHARACTERS
from compendium.curation.formats import html_text, taguette
from compendium.curation.formats.model import Code, Document, Passage, Project
from compendium.curation.formats.taguette import More
from compendium.curation.formats.text_positions import Convention, Text

CREATED = "1980-01-01 00:00:00.000000"
LOGIN = "admin"
"""The user of Taguette on a machine of one's own."""
BYTES = Convention("UTF-8 bytes")
LONGEST = taguette.LONGEST_DESCRIPTION


def write(project: Project) -> tuple[bytes, list[str]]:
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
        writer = _Writer(project, database)
        writer.fill()
        return database.serialize(), writer.left_out
    finally:
        database.close()


class _Writer:
    def __init__(self, project: Project, database: sqlite3.Connection) -> None:
        self.project, self.database = project, database
        self.left_out: list[str] = []
        self.tags: dict[str, int] = {}
        """Numbers of tags, by guid of the code or user."""

    def fill(self) -> None:
        """Write everything."""
        self.database.executescript(f"PRAGMA application_id={taguette.APPLICATION};{taguette.TABLES}")
        self._insert("alembic_version", taguette.VERSION)
        self._insert("users", LOGIN, CREATED, None, False, None, None, None, None)
        project = self.project
        name = taguette.cut(project.name, taguette.LONGEST_NAME)
        groups = [
            {"name": each.name, "kind": each.kind, "members": each.members, "variables": each.variables}
            for each in project.groups
        ]
        more: More = {
            "name": project.name if name != project.name else "",
            "notes": self._notes(project.own_notes),
            "groups": groups,
        }
        description = self._description(project.description, more, "The project")
        self._insert("projects", 1, name, description, CREATED)
        self._insert("project_members", 1, LOGIN, "ADMIN")
        self._tags()
        for number, document in enumerate(project.documents, 1):
            self._document(number, document)
        self.database.commit()

    def _insert(self, table: str, *values: object) -> int:
        places = ", ".join("?" for _ in values)
        return self.database.execute(f"INSERT INTO {table} VALUES ({places})", values).lastrowid or 0

    def _tags(self) -> None:
        codes = {code.guid: code for code in self.project.codes}
        taken: set[str] = set()
        for code in self.project.codes:
            if code.codable:
                path = _unique(taguette.BETWEEN.join(_names(code, codes)), taken)
                more: More = {"guid": code.guid, "path": path, "name": code.name, "parent": code.parent}
                more |= {"color": code.color, "notes": self._notes(code.notes)}
                self._tag(code.guid, path, self._description(code.description, more, f"The code {code.name!r}"))
        for guid, name in self.project.users.items():
            path = _unique(f"{taguette.CODER}{name}", taken)
            self._tag(guid, path, taguette.described("Who gave the other tags of a highlight.", {"coder": name}))

    def _tag(self, guid: str, path: str, description: str) -> None:
        self.tags[guid] = self._insert("tags", None, 1, path, description)

    def _document(self, number: int, document: Document) -> None:
        plain = INVALID_CHARACTERS.sub(" ", document.text or "")
        starts = Text.of(plain).starts(BYTES).tolist()
        passages = {
            f"{starts[each.start]}-{starts[each.end]}": _filled(
                {"guid": each.guid, "memo": each.memo, "notes": self._notes(each.notes)}
            )
            for each in document.passages
        }
        name = taguette.cut(document.name, taguette.LONGEST_NAME)
        more: More = {
            "guid": document.guid,
            "name": document.name if name != document.name else "",
            "variables": _filled(document.variables),
            "notes": self._notes(document.notes),
            "passages": passages,
        }
        description = self._description(document.description, more, f"The document {document.name!r}")
        file, direction = f"{document.guid}.txt", _direction(plain)
        self._insert("documents", number, name, description, file, CREATED, 1, direction, html_text.of(plain))
        for passage in document.passages:
            snippet = html_text.of(plain[passage.start : passage.end])
            for tags in self._given(passage):
                ends = starts[passage.start], starts[passage.end]
                highlight = self._insert("highlights", None, number, *ends, snippet)
                for tag in sorted(tags):
                    self._insert("highlight_tags", highlight, tag)

    def _given(self, passage: Passage) -> Iterable[set[int]]:
        """The tags of each coder's highlight; one highlight without a tag where nobody coded."""
        given: dict[str, set[int]] = defaultdict(set)
        for user, code in passage.codings:
            given[user] |= {self.tags[user], self.tags[code]}
        return given.values() or [set()]

    def _notes(self, guids: list[str]) -> list[tuple[str, str]]:
        return [self.project.notes[guid] for guid in guids]

    def _description(self, words: str, more: More, whose: str) -> str:
        """A description that Taguette takes; what makes it too long is left out, and told."""
        unsaid = "what is known of its statements"
        choices = [
            (more, ""),
            (_without(more, "passages"), unsaid),
            (_without(more, "passages", "notes", "groups", "variables"), f"its memos and variables, and {unsaid}"),
        ]
        cut = (taguette.cut(words, LONGEST), "the end of its description, and all else")
        described = ((taguette.described(words, kept), left_out) for kept, left_out in choices)
        description, left_out = next((each for each in described if len(each[0]) <= LONGEST), cut)
        if left_out:
            self.left_out.append(
                f"{whose}: {left_out} is left out, for Taguette has room for {LONGEST:,} characters in a description."
            )
        return description


def _filled(more: Mapping[str, Any]) -> More:
    return {name: value for name, value in more.items() if value}


def _without(more: More, *names: str) -> More:
    return {name: value for name, value in more.items() if name not in names}


def _names(code: Code, codes: dict[str, Code]) -> list[str]:
    """The names of the codes above one, and its own."""
    names = [code.name]
    while code.parent in codes:
        code = codes[code.parent]
        names.insert(0, code.name)
    return names


def _unique(wanted: str, taken: set[str]) -> str:
    """A path that no other tag has, of the length that Taguette takes."""
    path, number = taguette.cut(wanted, taguette.LONGEST_PATH), 1
    while path in taken:
        number += 1
        path = f"{taguette.cut(wanted, taguette.LONGEST_PATH - 8)} {number}"
    taken.add(path)
    return path


def _direction(plain: str) -> str:
    """How a text runs, by its first letter that says so."""
    kinds = map(unicodedata.bidirectional, plain)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "L")
    return "LEFT_TO_RIGHT" if first == "L" else "RIGHT_TO_LEFT"
