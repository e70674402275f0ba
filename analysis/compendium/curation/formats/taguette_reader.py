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
from compendium.curation.formats.archive import MAX_TEXT_BYTES, MAX_TOTAL_TEXT_BYTES, MAX_XML_BYTES, MEGABYTE
from compendium.curation.formats.characters import CONTROL_CODES
from compendium.curation.formats.errors import ImportRefused
from compendium.curation.formats.model import NO_SPAN, Code, Document, Group, Passage, Project, check_code_tree
from compendium.curation.formats.taguette import Metadata
from compendium.curation.formats.text_positions import PlainText

SQLITE_SIGNATURE = b"SQLite format 3\0"
_REQUIRED_TABLES = ("projects", "documents", "tags", "highlights", "highlight_tags", "commands")
_MAX_ROWS = 600_000
_STEPS_PER_CALLBACK = 1_000_000
_MAX_CALLBACKS = 2_000
"""Millions of steps of SQLite; a project of 100,000 highlights takes some ten."""
_TAG_PATH_DIVIDER = re.compile(r"\s*[>/.]\s*")
"""What stands between the parts of a tag's path."""
_ANONYMOUS_LOGINS = {"", "admin"}
"""The user of Taguette on a machine of one's own, and of every exported project: no name of a coder."""


def read_taguette(path: Path) -> tuple[Project, dict[str, PlainText]]:
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
    if path.stat().st_size > MAX_XML_BYTES:
        raise ImportRefused(f"{path.name} is larger than {MAX_XML_BYTES // MEGABYTE} MB, the most that is read.")
    with path.open("rb") as stream:
        if stream.read(len(SQLITE_SIGNATURE)) != SQLITE_SIGNATURE:
            raise ImportRefused(f"{path.name} is no project file of Taguette: it is no SQLite database.")
    try:
        with closing(_open_database(path)) as database:
            return _TaguetteReader(path.name, database).read()
    except sqlite3.Error as error:
        raise ImportRefused(f"{path.name} can not be read as a project of Taguette: {error}.") from error


def _open_database(path: Path) -> sqlite3.Connection:
    """A connection that writes nothing, runs nothing that the file brings along, and gives up in the end."""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * MAX_TEXT_BYTES)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "query_only=ON"):
        database.execute(f"PRAGMA {pragma}")
    steps = iter(range(_MAX_CALLBACKS))
    database.set_progress_handler(lambda: next(steps, None) is None, _STEPS_PER_CALLBACK)
    return database


class _TaguetteReader:
    def __init__(self, file_name: str, database: sqlite3.Connection) -> None:
        self.file_name, self.database = file_name, database
        self.project = Project()
        self.texts: dict[str, PlainText] = {}
        self.n_rows = self.n_placed = self.n_matched = 0

    def read(self) -> tuple[Project, dict[str, PlainText]]:
        """Everything."""
        number, name, description = self._project_row()
        (version,) = next(self._query_rows("SELECT version_num FROM alembic_version", (str,)), ("unknown",))
        project = self.project
        project.origin = f"Taguette (tables of version {version})"
        words, more = taguette.split_description(description)
        project.name = _full_name(name, more)
        project.description = words
        project.own_notes = self._add_notes(more, "project")
        codes, coders = self._read_tags(number)
        self._read_documents(number, codes, coders)
        self._add_groups(more)
        check_code_tree(project.codes)
        if self.n_placed:
            project.messages.append(
                f"Positions are counted in UTF-8 bytes of the text: at {self.n_matched:,} of {self.n_placed:,} highlighted "
                "places stand the words that Taguette keeps with the highlight."
            )
        return project, self.texts

    def _query_rows(self, query: str, column_types: tuple[type, ...], *parameters: object) -> Iterator[tuple[Any, ...]]:
        """Rows of a query; SQLite lets anything stand in any column, so what stands there is checked."""
        for row in self.database.execute(query, parameters):
            for value, kind in zip(row, column_types, strict=True):
                if not isinstance(value, kind):
                    raise ImportRefused(
                        f"{self.file_name} is no project of Taguette: it holds {str(value)[:40]!r} where "
                        f"{'a number' if kind is int else 'text'} is expected."
                    )
            self.n_rows += 1
            if self.n_rows > _MAX_ROWS:
                raise ImportRefused(f"{self.file_name} has more than {_MAX_ROWS:,} rows, the most that is read.")
            yield row

    def _project_row(self) -> tuple[Any, ...]:
        tables = self.database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
        )
        if missing := set(_REQUIRED_TABLES) - {name for (name,) in tables}:
            raise ImportRefused(f"{self.file_name} is no project file of Taguette: it has no table {min(missing)}.")
        projects = list(self._query_rows("SELECT id, name, description FROM projects ORDER BY id", (int, str, str)))
        if len(projects) != 1:
            names = ", ".join(repr(name) for _, name, _ in projects[:5])
            raise ImportRefused(
                f"{self.file_name} holds {len(projects):,} projects{f' ({names})' if names else ''}, where one is expected: "
                "export the one that you mean, in Taguette under Project info."
            )
        return projects[0]

    # ---- tags ----

    def _read_tags(self, project_id: int) -> tuple[dict[int, str], dict[int, str]]:
        """The codebook; gives codes and users by the number of their tag."""
        rows = {
            number: (path, *taguette.split_description(description))
            for number, path, description in self._query_rows(
                "SELECT id, path, description FROM tags WHERE project_id = ? ORDER BY id", (int, str, str), project_id
            )
        }
        coders = {
            number: self._add_user(_text_value(more, "coder") or path.removeprefix(taguette.CODER_TAG_PREFIX).strip())
            for number, (path, _, more) in rows.items()
            if path.startswith(taguette.CODER_TAG_PREFIX) and "guid" not in more
        }
        tags = {number: row for number, row in rows.items() if number not in coders}
        guids = {
            number: identifiers.normalize_guid(_text_value(more, "guid"))
            or identifiers.make_guid("tag of Taguette", path)
            for number, (path, _, more) in tags.items()
        }
        by_path = {path: guids[number] for number, (path, _, _) in tags.items()}
        for number, (path, words, more) in tags.items():
            above = _parent_path(path, by_path)
            name, parent = path[len(above) :], by_path.get(above, "")
            if above:
                name = _TAG_PATH_DIVIDER.sub("", name, count=1)
            if _text_value(more, "path") == path:
                name, parent = _text_value(more, "name"), identifiers.normalize_guid(_text_value(more, "parent"))
            notes = self._add_notes(more, guids[number])
            self.project.codes.append(Code(guids[number], name, parent, words, _text_value(more, "color"), notes))
        return guids, coders

    def _add_user(self, name: str) -> str:
        guid = identifiers.make_guid("coder", name)
        self.project.users[guid] = name
        return guid

    # ---- documents ----

    def _read_documents(self, project_id: int, codes_by_tag: dict[int, str], coders_by_tag: dict[int, str]) -> None:
        tagged: dict[int, list[int]] = defaultdict(list)
        for highlight, tag in self._query_rows(
            "SELECT highlight_id, tag_id FROM highlight_tags ORDER BY 1, 2", (int, int)
        ):
            tagged[highlight].append(tag)
        logins = self._highlight_logins(project_id)
        taken: set[str] = set()
        size = 0
        query = "SELECT id, name, description, contents FROM documents WHERE project_id = ? ORDER BY id"
        for number, name, description, contents in self._query_rows(query, (int, str, str, str), project_id):
            size += len(contents)
            if len(contents) > MAX_TEXT_BYTES or size > MAX_TOTAL_TEXT_BYTES:
                raise ImportRefused(
                    f"The document {name!r} is larger than {MAX_TEXT_BYTES // MEGABYTE} MB, or all are larger than "
                    f"{MAX_TOTAL_TEXT_BYTES // MEGABYTE} MB, the most that is read."
                )
            words, more = taguette.split_description(description)
            guid = identifiers.normalize_guid(_text_value(more, "guid")) or identifiers.make_guid(
                "document of Taguette", contents
            )
            while guid in taken:
                guid = identifiers.make_guid("document of Taguette", guid)
            taken.add(guid)
            document = Document(guid, _full_name(name, more), description=words, notes=self._add_notes(more, guid))
            document.variables = _text_values(more.get("variables"))
            text = html_text.parse_html(contents)
            self.texts[guid] = PlainText.from_decoded(CONTROL_CODES.sub(" ", text.text))
            known = _as_dict(more.get("passages"))
            query = (
                "SELECT id, start_offset, end_offset, snippet FROM highlights WHERE document_id = ? ORDER BY 2, 3, 1"
            )
            passages: dict[tuple[int, int], Passage] = {}
            for highlight, start, end, snippet in self._query_rows(query, (int, int, int, str), number):
                passage = passages.setdefault(
                    (start, end), Passage(identifiers.make_guid(guid, f"{start}-{end}"), *NO_SPAN)
                )
                if not passage.text:
                    self._set_span(passage, document, text, (start, end), snippet)
                users = [coders_by_tag[tag] for tag in tagged[highlight] if tag in coders_by_tag]
                users = users or [self._add_user(logins[highlight]) if highlight in logins else ""]
                given = [codes_by_tag[tag] for tag in tagged[highlight] if tag in codes_by_tag]
                passage.codings += [(user, code) for user in users for code in given]
            for (start, end), passage in passages.items():
                if passage.codings:
                    self._add_passage_metadata(passage, _as_dict(known.get(f"{start}-{end}")))
            document.passages = list(passages.values())
            self.project.documents.append(document)

    def _set_span(
        self, passage: Passage, document: Document, text: html_text.HtmlText, span: tuple[int, int], snippet: str
    ) -> None:
        """Where a highlight stands; where its words are not those that Taguette keeps with it, only the words."""
        try:
            start, end = text.character_span(*span)
        except ImportRefused as refused:
            raise ImportRefused(f"The document {document.name!r} has a highlight {refused}.") from None
        self.n_placed += 1
        words = html_text.parse_html(snippet).text
        if "".join(words.split()) == "".join(text.text[start:end].split()):
            self.n_matched += 1
            passage.start, passage.end, passage.text = start, end, CONTROL_CODES.sub(" ", text.text[start:end])
        else:
            passage.text = words
            self.project.omissions["places of highlights at which other words stand than Taguette keeps with them"] += 1

    def _add_passage_metadata(self, passage: Passage, metadata: Metadata) -> None:
        """What an export of ours says of a passage."""
        passage.guid = identifiers.normalize_guid(_text_value(metadata, "guid")) or passage.guid
        passage.memo = _text_value(metadata, "memo")
        passage.notes = self._add_notes(metadata, passage.guid)

    def _highlight_logins(self, project_id: int) -> dict[int, str]:
        """Who made a highlight, where several people worked in one Taguette."""
        found: dict[int, str] = {}
        query = "SELECT user_login, payload FROM commands WHERE project_id = ? ORDER BY id"
        for login, payload in self._query_rows(query, (str, str), project_id):
            try:
                said = _as_dict(json.loads(payload))
            except (ValueError, RecursionError):
                continue
            if said.get("type") == "highlight_add" and isinstance(said.get("highlight_id"), int):
                found[said["highlight_id"]] = login
        return found if set(found.values()) - _ANONYMOUS_LOGINS else {}

    # ---- what stands below the words of a description ----

    def _add_notes(self, metadata: Metadata, owner: str) -> list[str]:
        notes = metadata.get("notes")
        found = []
        for number, note in enumerate(notes if isinstance(notes, list) else []):
            if isinstance(note, list) and len(note) == 2 and all(isinstance(each, str) for each in note):
                guid = identifiers.make_guid("note in Taguette", f"{owner}:{number}")
                self.project.notes[guid] = (note[0], note[1])
                found.append(guid)
        return found

    def _add_groups(self, metadata: Metadata) -> None:
        groups = metadata.get("groups")
        for each in map(_as_dict, groups if isinstance(groups, list) else []):
            members = [guid for guid in each.get("members") or [] if isinstance(guid, str)]
            kind, name = _text_value(each, "kind"), _text_value(each, "name")
            if kind in ("case", "set") and name:
                group = Group(
                    identifiers.make_guid(kind, name), name, kind, "", members, _text_values(each.get("variables"))
                )
                self.project.groups.append(group)


def _parent_path(path: str, paths: dict[str, str]) -> str:
    """The longest path that another tag has, and under which this one lies; empty at the top."""
    borders = [border.start() for border in _TAG_PATH_DIVIDER.finditer(path) if border.end() < len(path)]
    return next((path[:border] for border in reversed(borders) if path[:border] in paths), "")


def _full_name(name: str, metadata: Metadata) -> str:
    """A name that had to be cut, unless it was changed since."""
    whole = _text_value(metadata, "name")
    return whole if taguette.truncate_name(whole, taguette.MAX_NAME_CHARS) == name else name


def _text_value(metadata: Metadata, name: str) -> str:
    value = metadata.get(name)
    return value if isinstance(value, str) else ""


def _text_values(value: object) -> dict[str, str]:
    return {name: each for name, each in _as_dict(value).items() if isinstance(each, str)}


def _as_dict(value: object) -> Metadata:
    return value if isinstance(value, dict) else {}
