"""Reader of untrusted Taguette project files: read-only, limited in size and time, runs no code of the file."""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Container, Iterator
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
"""Limit of SQLite steps in millions; a project with 100,000 highlights takes about ten."""
_TAG_PATH_DIVIDER = re.compile(r"\s*[>/.]\s*")
"""Separator between the parts of a tag's path."""
_ANONYMOUS_LOGINS = {"", "admin"}
"""Logins that do not identify a coder: local installations and exported projects use ``admin``."""


def read_taguette(path: Path) -> tuple[Project, dict[str, PlainText]]:
    """Read a project file (``.sqlite3``) exported from Taguette.

    Parameters
    ----------
    path : Path
        A file with exactly one project.

    Returns
    -------
    project : Project
        Positions are in code points.
    texts : dict of str to PlainText
        The plain texts by GUID of the document.

    Raises
    ------
    ImportRefused
        If the file is damaged, malicious, has no or several projects, or is not a project file of Taguette.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from compendium.curation.formats.taguette_writer import encode_taguette
    >>> passage = Passage("p1", 0, 9, codings=[("u1", "c1")])
    >>> speech = Document("d1", "Speech", text="Two gates.", passages=[passage])
    >>> project = Project("Talks", users={"u1": "Ann"}, codes=[Code("c1", "Gates")], documents=[speech])
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "talks.sqlite3")
    ...     _ = path.write_bytes(encode_taguette(project)[0])
    ...     project, texts = read_taguette(path)
    >>> list(project.users.values()), [passage.text for passage in project.passages()]
    (['Ann'], ['Two gates'])
    """
    if path.stat().st_size > MAX_XML_BYTES:
        raise ImportRefused(f"{path.name} is larger than the limit of {MAX_XML_BYTES // MEGABYTE} MB.")
    with path.open("rb") as stream:
        if stream.read(len(SQLITE_SIGNATURE)) != SQLITE_SIGNATURE:
            raise ImportRefused(f"{path.name} is not a Taguette project file: it is not an SQLite database.")
    try:
        with closing(_open_database(path)) as database:
            return _TaguetteReader(path.name, database).read()
    except sqlite3.Error as error:
        raise ImportRefused(f"{path.name} cannot be read as a Taguette project: {error}.") from error


def _open_database(path: Path) -> sqlite3.Connection:
    """Open a read-only connection that runs no code of the file and stops after a number of steps."""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * MAX_TEXT_BYTES)
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "query_only=ON"):
        database.execute(f"PRAGMA {pragma}")
    steps = iter(range(_MAX_CALLBACKS))
    database.set_progress_handler(lambda: next(steps, None) is None, _STEPS_PER_CALLBACK)
    return database


class _TaguetteReader:
    """Converts a database to a project; checks all values, because SQLite does not enforce types."""

    def __init__(self, file_name: str, database: sqlite3.Connection) -> None:
        self.file_name, self.database = file_name, database
        self.project = Project()
        self.texts: dict[str, PlainText] = {}
        self.n_rows = self.n_placed = self.n_matched = 0

    def read(self) -> tuple[Project, dict[str, PlainText]]:
        """Read the project and the plain texts of its documents."""
        project_id, name, description = self._project_row()
        (version,) = next(self._query_rows("SELECT version_num FROM alembic_version", (str,)), ("unknown",))
        project = self.project
        project.origin = f"Taguette (tables of version {version})"
        project.description, metadata = taguette.split_description(description)
        project.name = _full_name(name, metadata)
        project.own_notes = self._add_notes(metadata, "project")
        codes_by_tag, coders_by_tag = self._read_tags(project_id)
        self._read_documents(project_id, codes_by_tag, coders_by_tag)
        self._add_groups(metadata)
        check_code_tree(project.codes)
        if self.n_placed:
            project.messages.append(
                f"Positions are counted in UTF-8 bytes of the text: at {self.n_matched:,} of {self.n_placed:,} "
                "highlighted places the text matches the snippet that Taguette stores."
            )
        return project, self.texts

    def _query_rows(self, query: str, column_types: tuple[type, ...], *parameters: object) -> Iterator[tuple[Any, ...]]:
        """Iterate over the rows of a query and check the types of their values."""
        for row in self.database.execute(query, parameters):
            for value, kind in zip(row, column_types, strict=True):
                if not isinstance(value, kind):
                    raise ImportRefused(
                        f"{self.file_name} is not a Taguette project: it contains {str(value)[:40]!r} where "
                        f"{'a number' if kind is int else 'text'} is expected."
                    )
            self.n_rows += 1
            if self.n_rows > _MAX_ROWS:
                raise ImportRefused(f"{self.file_name} has more than {_MAX_ROWS:,} rows, which is the limit.")
            yield row

    def _project_row(self) -> tuple[Any, ...]:
        tables = self.database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
        )
        if missing := set(_REQUIRED_TABLES) - {name for (name,) in tables}:
            raise ImportRefused(f"{self.file_name} is not a Taguette project file: it has no table {min(missing)}.")
        projects = list(self._query_rows("SELECT id, name, description FROM projects ORDER BY id", (int, str, str)))
        if len(projects) != 1:
            names = ", ".join(repr(name) for _, name, _ in projects[:5])
            raise ImportRefused(
                f"{self.file_name} holds {len(projects):,} projects{f' ({names})' if names else ''}; expected one. "
                "Export a single project in Taguette under Project info."
            )
        return projects[0]

    def _read_tags(self, project_id: int) -> tuple[dict[int, str], dict[int, str]]:
        """Add codes and users to the project; returns their GUIDs by tag id."""
        query = "SELECT id, path, description FROM tags WHERE project_id = ? ORDER BY id"
        tags = {
            tag_id: (path, *taguette.split_description(description))
            for tag_id, path, description in self._query_rows(query, (int, str, str), project_id)
        }
        coders_by_tag = {
            tag_id: self._add_user(
                _text_value(metadata, "coder") or path.removeprefix(taguette.CODER_TAG_PREFIX).strip()
            )
            for tag_id, (path, _, metadata) in tags.items()
            if path.startswith(taguette.CODER_TAG_PREFIX) and "guid" not in metadata
        }
        code_tags = {tag_id: tag for tag_id, tag in tags.items() if tag_id not in coders_by_tag}
        codes_by_tag = {
            tag_id: identifiers.normalize_guid(_text_value(metadata, "guid"))
            or identifiers.make_guid("tag of Taguette", path)
            for tag_id, (path, _, metadata) in code_tags.items()
        }
        codes_by_path = {path: codes_by_tag[tag_id] for tag_id, (path, _, _) in code_tags.items()}
        for tag_id, (path, text, metadata) in code_tags.items():
            parent_path = _parent_path(path, codes_by_path)
            name, parent = path[len(parent_path) :], codes_by_path.get(parent_path, "")
            if parent_path:
                name = _TAG_PATH_DIVIDER.sub("", name, count=1)
            if _text_value(metadata, "path") == path:  # the path was not changed in Taguette
                name = _text_value(metadata, "name")
                parent = identifiers.normalize_guid(_text_value(metadata, "parent"))
            guid = codes_by_tag[tag_id]
            notes = self._add_notes(metadata, guid)
            self.project.codes.append(Code(guid, name, parent, text, _text_value(metadata, "color"), notes))
        return codes_by_tag, coders_by_tag

    def _add_user(self, name: str) -> str:
        guid = identifiers.make_guid("coder", name)
        self.project.users[guid] = name
        return guid

    def _read_documents(self, project_id: int, codes_by_tag: dict[int, str], coders_by_tag: dict[int, str]) -> None:
        tags_by_highlight: dict[int, list[int]] = defaultdict(list)
        query = "SELECT highlight_id, tag_id FROM highlight_tags ORDER BY 1, 2"
        for highlight_id, tag_id in self._query_rows(query, (int, int)):
            tags_by_highlight[highlight_id].append(tag_id)
        logins = self._highlight_logins(project_id)
        used_guids: set[str] = set()
        total_size = 0
        query = "SELECT id, name, description, contents FROM documents WHERE project_id = ? ORDER BY id"
        for document_id, name, description, contents in self._query_rows(query, (int, str, str, str), project_id):
            total_size += len(contents)
            if len(contents) > MAX_TEXT_BYTES or total_size > MAX_TOTAL_TEXT_BYTES:
                raise ImportRefused(
                    f"The document {name!r} is larger than {MAX_TEXT_BYTES // MEGABYTE} MB, or all documents together "
                    f"are larger than {MAX_TOTAL_TEXT_BYTES // MEGABYTE} MB."
                )
            description_text, metadata = taguette.split_description(description)
            guid = identifiers.normalize_guid(_text_value(metadata, "guid"))
            guid = guid or identifiers.make_guid("document of Taguette", contents)
            while guid in used_guids:
                guid = identifiers.make_guid("document of Taguette", guid)
            used_guids.add(guid)
            document = Document(
                guid,
                _full_name(name, metadata),
                description=description_text,
                variables=_text_values(metadata.get("variables")),
                notes=self._add_notes(metadata, guid),
            )
            html = html_text.parse_html(contents)
            self.texts[guid] = PlainText.from_decoded(CONTROL_CODES.sub(" ", html.text))
            query = (
                "SELECT id, start_offset, end_offset, snippet FROM highlights WHERE document_id = ? ORDER BY 2, 3, 1"
            )
            passages: dict[tuple[int, int], Passage] = {}
            for highlight_id, start, end, snippet in self._query_rows(query, (int, int, int, str), document_id):
                passage = passages.setdefault(
                    (start, end), Passage(identifiers.make_guid(guid, f"{start}-{end}"), *NO_SPAN)
                )
                if not passage.text:
                    self._set_span(passage, document, html, (start, end), snippet)
                tags = tags_by_highlight[highlight_id]
                users = [coders_by_tag[tag] for tag in tags if tag in coders_by_tag]
                if not users:
                    users = [self._add_user(logins[highlight_id]) if highlight_id in logins else ""]
                codes = [codes_by_tag[tag] for tag in tags if tag in codes_by_tag]
                passage.codings += [(user, code) for user in users for code in codes]
            metadata_by_span = _as_dict(metadata.get("passages"))
            for (start, end), passage in passages.items():
                if passage.codings:
                    self._add_passage_metadata(passage, _as_dict(metadata_by_span.get(f"{start}-{end}")))
            document.passages = list(passages.values())
            self.project.documents.append(document)

    def _set_span(
        self, passage: Passage, document: Document, html: html_text.HtmlText, byte_span: tuple[int, int], snippet: str
    ) -> None:
        """Set span and text of a passage, or only the text if it differs from the highlight's snippet."""
        try:
            start, end = html.character_span(*byte_span)
        except ImportRefused as error:
            raise ImportRefused(f"The document {document.name!r} has a highlight {error}.") from None
        self.n_placed += 1
        snippet_text = html_text.parse_html(snippet).text
        if "".join(snippet_text.split()) == "".join(html.text[start:end].split()):
            self.n_matched += 1
            passage.start, passage.end, passage.text = start, end, CONTROL_CODES.sub(" ", html.text[start:end])
        else:
            passage.text = snippet_text
            self.project.omissions[
                "positions of highlights whose text differs from the snippet that Taguette stores"
            ] += 1

    def _add_passage_metadata(self, passage: Passage, metadata: Metadata) -> None:
        """Set the GUID, memo and notes of a passage from the metadata of the document's description."""
        passage.guid = identifiers.normalize_guid(_text_value(metadata, "guid")) or passage.guid
        passage.memo = _text_value(metadata, "memo")
        passage.notes = self._add_notes(metadata, passage.guid)

    def _highlight_logins(self, project_id: int) -> dict[int, str]:
        """Logins of the users who made the highlights; empty if no login identifies a coder."""
        logins: dict[int, str] = {}
        query = "SELECT user_login, payload FROM commands WHERE project_id = ? ORDER BY id"
        for login, payload in self._query_rows(query, (str, str), project_id):
            try:
                command = _as_dict(json.loads(payload))
            except (ValueError, RecursionError):
                continue
            if command.get("type") == "highlight_add" and isinstance(command.get("highlight_id"), int):
                logins[command["highlight_id"]] = login
        return logins if set(logins.values()) - _ANONYMOUS_LOGINS else {}

    def _add_notes(self, metadata: Metadata, owner: str) -> list[str]:
        """Add the notes of a description to the project; returns their GUIDs."""
        notes = metadata.get("notes")
        guids = []
        for number, note in enumerate(notes if isinstance(notes, list) else []):
            if isinstance(note, list) and len(note) == 2 and all(isinstance(part, str) for part in note):
                guid = identifiers.make_guid("note in Taguette", f"{owner}:{number}")
                self.project.notes[guid] = (note[0], note[1])
                guids.append(guid)
        return guids

    def _add_groups(self, metadata: Metadata) -> None:
        """Add the cases and sets of the project's description to the project."""
        groups = metadata.get("groups")
        for group in map(_as_dict, groups if isinstance(groups, list) else []):
            members = [guid for guid in group.get("members") or [] if isinstance(guid, str)]
            kind, name = _text_value(group, "kind"), _text_value(group, "name")
            if kind in ("case", "set") and name:
                guid, variables = identifiers.make_guid(kind, name), _text_values(group.get("variables"))
                self.project.groups.append(Group(guid, name, kind, "", members, variables))


def _parent_path(path: str, paths: Container[str]) -> str:
    """Longest part of a tag path, up to a separator, that is itself the path of a tag; empty at the top."""
    ends = [divider.start() for divider in _TAG_PATH_DIVIDER.finditer(path) if divider.end() < len(path)]
    return next((path[:end] for end in reversed(ends) if path[:end] in paths), "")


def _full_name(name: str, metadata: Metadata) -> str:
    """Full name of a truncated one, or the name itself if it was changed in Taguette."""
    full_name = _text_value(metadata, "name")
    return full_name if taguette.truncate_name(full_name, taguette.MAX_NAME_CHARS) == name else name


def _text_value(metadata: Metadata, name: str) -> str:
    value = metadata.get(name)
    return value if isinstance(value, str) else ""


def _text_values(value: object) -> dict[str, str]:
    return {name: text for name, text in _as_dict(value).items() if isinstance(text, str)}


def _as_dict(value: object) -> Metadata:
    return value if isinstance(value, dict) else {}
