"""Reads a project file of Taguette as if whoever made it meant harm: read-only, bounded, and no code of it runs."""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from compendium.curation.formats import html_text, identifiers, taguette
from compendium.curation.formats.archive import ALL_TEXTS, LARGEST_TEXT, LARGEST_XML, MEGABYTE
from compendium.curation.formats.model import (
    NOWHERE,
    Code,
    Document,
    Group,
    ImportRefused,
    Passage,
    Project,
    check_codes,
)
from compendium.curation.formats.taguette import More
from compendium.curation.formats.text_positions import Text
from compendium.dataset.csv_tables import CONTROL_CHARACTERS

SIGN = b"SQLite format 3\0"
NEEDED = ("projects", "documents", "tags", "highlights", "highlight_tags", "commands")
ROWS = 600_000
STEPS = 1_000_000
MOST_STEPS = 2_000
"""Millions of steps of SQLite; a project of 100,000 highlights takes some ten."""
PATH = re.compile(r"\s*[>/.]\s*")
"""What stands between the parts of a tag's path."""
NOBODY = {"", "admin"}
"""The user of Taguette on a machine of one's own, and of every exported project: no name of a coder."""


def read(path: Path) -> tuple[Project, dict[str, Text]]:
    """Read a project that Taguette exported.

    Parameters
    ----------
    path : Path
        The file; it holds one project.

    Returns
    -------
    project : Project
        With positions in code points.
    texts : dict of str to Text
        The texts by guid of the document.

    Raises
    ------
    Refused
        In one sentence, when the file is damaged, hostile, holds several projects, or is no project of Taguette.
    """
    if path.stat().st_size > LARGEST_XML:
        raise ImportRefused(f"{path.name} is larger than {LARGEST_XML // MEGABYTE} MB, the most that is read.")
    with path.open("rb") as stream:
        if stream.read(len(SIGN)) != SIGN:
            raise ImportRefused(f"{path.name} is no project file of Taguette: it is no SQLite database.")
    try:
        with closing(_opened(path)) as database:
            return _Reader(path.name, database).read()
    except sqlite3.Error as error:
        raise ImportRefused(f"{path.name} can not be read as a project of Taguette: {error}.") from error


def _opened(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing, runs nothing that the file brings along, and gives up in the end."""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * LARGEST_TEXT)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "query_only=ON"):
        database.execute(f"PRAGMA {pragma}")
    steps = iter(range(MOST_STEPS))
    database.set_progress_handler(lambda: next(steps, None) is None, STEPS)
    return database


class _Reader:
    def __init__(self, name: str, database: sqlite3.Connection) -> None:
        self.name, self.database = name, database
        self.project = Project()
        self.texts: dict[str, Text] = {}
        self.rows = self.placed = self.matched = 0

    def read(self) -> tuple[Project, dict[str, Text]]:
        """Everything."""
        number, name, description = self._only_project()
        (version,) = next(self._rows("SELECT version_num FROM alembic_version", (str,)), ("unknown",))
        project = self.project
        project.origin = f"Taguette (tables of version {version})"
        words, more = taguette.parted(description)
        project.name = _whole(name, more)
        project.description = words
        project.own_notes = self._notes(more, "project")
        codes, coders = self._tags(number)
        self._documents(number, codes, coders)
        self._add_groups(more)
        check_codes(project.codes)
        if self.placed:
            project.messages.append(
                f"Positions are counted in UTF-8 bytes of the text: at {self.matched:,} of {self.placed:,} highlighted "
                "places stand the words that Taguette keeps with the highlight."
            )
        return project, self.texts

    def _rows(self, query: str, kinds: tuple[type, ...], *given: object) -> Iterator[tuple[Any, ...]]:
        """Rows of a query; SQLite lets anything stand in any column, so what stands there is checked."""
        for row in self.database.execute(query, given):
            for value, kind in zip(row, kinds, strict=True):
                if not isinstance(value, kind):
                    raise ImportRefused(
                        f"{self.name} is no project of Taguette: it holds {str(value)[:40]!r} where "
                        f"{'a number' if kind is int else 'text'} is expected."
                    )
            self.rows += 1
            if self.rows > ROWS:
                raise ImportRefused(f"{self.name} has more than {ROWS:,} rows, the most that is read.")
            yield row

    def _only_project(self) -> tuple[Any, ...]:
        tables = self.database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
        )
        if missing := set(NEEDED) - {name for (name,) in tables}:
            raise ImportRefused(f"{self.name} is no project file of Taguette: it has no table {min(missing)}.")
        projects = list(self._rows("SELECT id, name, description FROM projects ORDER BY id", (int, str, str)))
        if len(projects) != 1:
            names = ", ".join(repr(name) for _, name, _ in projects[:5])
            raise ImportRefused(
                f"{self.name} holds {len(projects):,} projects{f' ({names})' if names else ''}, where one is expected: "
                "export the one that you mean, in Taguette under Project info."
            )
        return projects[0]

    # ---- tags ----

    def _tags(self, project: int) -> tuple[dict[int, str], dict[int, str]]:
        """The codebook; gives codes and users by the number of their tag."""
        rows = {
            number: (path, *taguette.parted(description))
            for number, path, description in self._rows(
                "SELECT id, path, description FROM tags WHERE project_id = ? ORDER BY id", (int, str, str), project
            )
        }
        coders = {
            number: self._user(_text(more, "coder") or path.removeprefix(taguette.CODER).strip())
            for number, (path, _, more) in rows.items()
            if path.startswith(taguette.CODER) and "guid" not in more
        }
        tags = {number: row for number, row in rows.items() if number not in coders}
        guids = {
            number: identifiers.as_guid(_text(more, "guid")) or identifiers.guid("tag of Taguette", path)
            for number, (path, _, more) in tags.items()
        }
        by_path = {path: guids[number] for number, (path, _, _) in tags.items()}
        for number, (path, words, more) in tags.items():
            above = _above(path, by_path)
            name, parent = path[len(above) :], by_path.get(above, "")
            if above:
                name = PATH.sub("", name, count=1)
            if _text(more, "path") == path:
                name, parent = _text(more, "name"), identifiers.as_guid(_text(more, "parent"))
            notes = self._notes(more, guids[number])
            self.project.codes.append(Code(guids[number], name, parent, words, _text(more, "color"), notes))
        return guids, coders

    def _user(self, name: str) -> str:
        guid = identifiers.guid("coder", name)
        self.project.users[guid] = name
        return guid

    # ---- documents ----

    def _documents(self, project: int, codes: dict[int, str], coders: dict[int, str]) -> None:
        tagged: dict[int, list[int]] = defaultdict(list)
        for highlight, tag in self._rows("SELECT highlight_id, tag_id FROM highlight_tags ORDER BY 1, 2", (int, int)):
            tagged[highlight].append(tag)
        logins = self._logins(project)
        taken: set[str] = set()
        size = 0
        query = "SELECT id, name, description, contents FROM documents WHERE project_id = ? ORDER BY id"
        for number, name, description, contents in self._rows(query, (int, str, str, str), project):
            size += len(contents)
            if len(contents) > LARGEST_TEXT or size > ALL_TEXTS:
                raise ImportRefused(
                    f"The document {name!r} is larger than {LARGEST_TEXT // MEGABYTE} MB, or all are larger than "
                    f"{ALL_TEXTS // MEGABYTE} MB, the most that is read."
                )
            words, more = taguette.parted(description)
            guid = identifiers.as_guid(_text(more, "guid")) or identifiers.guid("document of Taguette", contents)
            while guid in taken:
                guid = identifiers.guid("document of Taguette", guid)
            taken.add(guid)
            document = Document(guid, _whole(name, more), description=words, notes=self._notes(more, guid))
            document.variables = _texts(more.get("variables"))
            text = html_text.read(contents)
            self.texts[guid] = Text.of(CONTROL_CHARACTERS.sub(" ", text.plain))
            known = _by_name(more.get("passages"))
            query = (
                "SELECT id, start_offset, end_offset, snippet FROM highlights WHERE document_id = ? ORDER BY 2, 3, 1"
            )
            passages: dict[tuple[int, int], Passage] = {}
            for highlight, start, end, snippet in self._rows(query, (int, int, int, str), number):
                passage = passages.setdefault((start, end), Passage(identifiers.guid(guid, f"{start}-{end}"), *NOWHERE))
                if not passage.text:
                    self._place(passage, document, text, (start, end), snippet)
                users = [coders[tag] for tag in tagged[highlight] if tag in coders]
                users = users or [self._user(logins[highlight]) if highlight in logins else ""]
                given = [codes[tag] for tag in tagged[highlight] if tag in codes]
                passage.codings += [(user, code) for user in users for code in given]
            for (start, end), passage in passages.items():
                if passage.codings:
                    self._tell(passage, _by_name(known.get(f"{start}-{end}")))
            document.passages = list(passages.values())
            self.project.documents.append(document)

    def _place(
        self, passage: Passage, document: Document, text: html_text.Read, span: tuple[int, int], snippet: str
    ) -> None:
        """Where a highlight stands; where its words are not those that Taguette keeps with it, only the words."""
        try:
            start, end = text.span(*span)
        except ImportRefused as refused:
            raise ImportRefused(f"The document {document.name!r} has a highlight {refused}.") from None
        self.placed += 1
        words = html_text.read(snippet).plain
        if "".join(words.split()) == "".join(text.plain[start:end].split()):
            self.matched += 1
            passage.start, passage.end, passage.text = start, end, CONTROL_CHARACTERS.sub(" ", text.plain[start:end])
        else:
            passage.text = words
            self.project.omissions["places of highlights at which other words stand than Taguette keeps with them"] += 1

    def _tell(self, passage: Passage, more: More) -> None:
        """What an export of ours says of a passage."""
        passage.guid = identifiers.as_guid(_text(more, "guid")) or passage.guid
        passage.memo = _text(more, "memo")
        passage.notes = self._notes(more, passage.guid)

    def _logins(self, project: int) -> dict[int, str]:
        """Who made a highlight, where several people worked in one Taguette."""
        found: dict[int, str] = {}
        query = "SELECT user_login, payload FROM commands WHERE project_id = ? ORDER BY id"
        for login, payload in self._rows(query, (str, str), project):
            try:
                said = _by_name(json.loads(payload))
            except (ValueError, RecursionError):
                continue
            if said.get("type") == "highlight_add" and isinstance(said.get("highlight_id"), int):
                found[said["highlight_id"]] = login
        return found if set(found.values()) - NOBODY else {}

    # ---- what stands below the words of a description ----

    def _notes(self, more: More, owner: str) -> list[str]:
        notes = more.get("notes")
        found = []
        for number, note in enumerate(notes if isinstance(notes, list) else []):
            if isinstance(note, list) and len(note) == 2 and all(isinstance(each, str) for each in note):
                guid = identifiers.guid("note in Taguette", f"{owner}:{number}")
                self.project.notes[guid] = (note[0], note[1])
                found.append(guid)
        return found

    def _add_groups(self, more: More) -> None:
        groups = more.get("groups")
        for each in map(_by_name, groups if isinstance(groups, list) else []):
            members = [guid for guid in each.get("members") or [] if isinstance(guid, str)]
            kind, name = _text(each, "kind"), _text(each, "name")
            if kind in ("case", "set") and name:
                group = Group(identifiers.guid(kind, name), name, kind, "", members, _texts(each.get("variables")))
                self.project.groups.append(group)


def _above(path: str, paths: dict[str, str]) -> str:
    """The longest path that another tag has, and under which this one lies; empty at the top."""
    borders = [border.start() for border in PATH.finditer(path) if border.end() < len(path)]
    return next((path[:border] for border in reversed(borders) if path[:border] in paths), "")


def _whole(name: str, more: More) -> str:
    """A name that had to be cut, unless it was changed since."""
    whole = _text(more, "name")
    return whole if taguette.cut(whole, taguette.LONGEST_NAME) == name else name


def _text(more: More, name: str) -> str:
    value = more.get(name)
    return value if isinstance(value, str) else ""


def _texts(value: object) -> dict[str, str]:
    return {name: each for name, each in _by_name(value).items() if isinstance(each, str)}


def _by_name(value: object) -> More:
    return value if isinstance(value, dict) else {}
