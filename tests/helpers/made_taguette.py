"""Project files of Taguette made up for tests, as Taguette itself would have written them."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from compendium.curation.formats import taguette

MADE = "2026-01-01 00:00:00.000000"


@dataclass
class Highlight:
    """From byte to byte, with what Taguette cut out there and the paths of tags; ``login`` made it."""

    start: int
    end: int
    snippet: str
    tags: Sequence[str] = ()
    login: str = "admin"


@dataclass
class Page:
    """A document in HTML."""

    name: str
    contents: str
    highlights: Sequence[Highlight] = field(default_factory=list)


def write(
    path: Path,
    pages: Sequence[Page] = (),
    tags: Sequence[str] = ("fence", "gate"),
    projects: Sequence[str] = ("Talks",),
) -> Path:
    """A file with these projects; the first has the documents and tags."""
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(taguette.TAGUETTE_SCHEMA_SQL)

        def insert(table: str, *values: object) -> int:
            places = ", ".join("?" * len(values))
            return database.execute(f"INSERT INTO {table} VALUES ({places})", values).lastrowid or 0

        insert("alembic_version", taguette.TAGUETTE_SCHEMA_VERSION)
        logins = {each.login for page in pages for each in page.highlights} | {"admin"}
        for login in sorted(logins):
            insert("users", login, MADE, None, False, None, None, None, None)
        for name in projects:
            insert("projects", None, name, "What was said.", MADE)
        numbers = {tag: insert("tags", None, 1, tag, f"On {tag}.") for tag in tags}
        for page in pages:
            direction = "LEFT_TO_RIGHT"
            document = insert("documents", None, page.name, "", f"{page.name}.docx", MADE, 1, direction, page.contents)
            for each in page.highlights:
                highlight = insert("highlights", None, document, each.start, each.end, each.snippet)
                for tag in each.tags:
                    insert("highlight_tags", highlight, numbers[tag])
                payload = {
                    "type": "highlight_add",
                    "highlight_id": highlight,
                    "start_offset": each.start,
                    "end_offset": each.end,
                    "tags": [numbers[tag] for tag in each.tags],
                }
                insert("commands", None, MADE, each.login, 1, document, json.dumps(payload))
    return path
