"""Format of Taguette project files: tables, limits, and metadata stored in descriptions.

Taguette has projects, documents (HTML), tags with a path, and highlights with tags; it has no coders, no memos on
highlights and no variables. Such metadata are stored as JSON at the end of a description, below a line ``---``. The
coder of a highlight is stored as a tag of the form ``coder: NAME``.
"""

import json
from typing import Any

TAGUETTE_SUFFIX = ".sqlite3"
SQLITE_APPLICATION_ID = 0x54677474
"""``Tgtt`` in ASCII; identifies SQLite files of Taguette."""
TAGUETTE_SCHEMA_VERSION = "db5e31a0233d"
"""Schema version of Taguette 1.5.2; newer releases migrate it automatically."""
MAX_NAME_CHARS = 50
MAX_TAG_PATH_CHARS = 200
MAX_DESCRIPTION_CHARS = 102_400
"""Limit of Taguette; it refuses projects with longer descriptions."""
TAG_PATH_SEPARATOR = " > "
CODER_TAG_PREFIX = "coder: "
METADATA_SEPARATOR = "---"
TAGUETTE_SCHEMA_SQL = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
CREATE TABLE users (
    login VARCHAR(30) NOT NULL CONSTRAINT pk_users PRIMARY KEY, created DATETIME NOT NULL,
    hashed_password VARCHAR(192), disabled BOOLEAN NOT NULL, password_set_date DATETIME,
    language VARCHAR(10), email VARCHAR(256), email_sent DATETIME);
CREATE TABLE projects (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL, description TEXT NOT NULL,
    created DATETIME NOT NULL);
CREATE TABLE project_members (
    project_id INTEGER NOT NULL, user_login VARCHAR(30) NOT NULL, privileges VARCHAR(11) NOT NULL,
    CONSTRAINT pk_project_members PRIMARY KEY (project_id, user_login),
    CONSTRAINT fk_project_members_project_id_projects
        FOREIGN KEY(project_id) REFERENCES projects (id) ON DELETE CASCADE,
    CONSTRAINT fk_project_members_user_login_users
        FOREIGN KEY(user_login) REFERENCES users (login) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE documents (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL, description TEXT NOT NULL,
    filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL,
    project_id INTEGER NOT NULL CONSTRAINT fk_documents_project_id_projects REFERENCES projects (id) ON DELETE CASCADE,
    text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL);
CREATE TABLE commands (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, date DATETIME NOT NULL,
    user_login VARCHAR(30) NOT NULL
        CONSTRAINT fk_commands_user_login_users REFERENCES users (login) ON UPDATE CASCADE,
    project_id INTEGER NOT NULL CONSTRAINT fk_commands_project_id_projects REFERENCES projects (id) ON DELETE CASCADE,
    document_id INTEGER, payload TEXT NOT NULL);
CREATE TABLE tags (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL CONSTRAINT fk_tags_project_id_projects REFERENCES projects (id) ON DELETE CASCADE,
    path VARCHAR(200) NOT NULL, description TEXT NOT NULL, CONSTRAINT uq_tags_project_id UNIQUE (project_id, path));
CREATE TABLE highlights (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL
        CONSTRAINT fk_highlights_document_id_documents REFERENCES documents (id) ON DELETE CASCADE,
    start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL);
CREATE TABLE highlight_tags (
    highlight_id INTEGER NOT NULL
        CONSTRAINT fk_highlight_tags_highlight_id_highlights REFERENCES highlights (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL CONSTRAINT fk_highlight_tags_tag_id_tags REFERENCES tags (id) ON DELETE CASCADE,
    CONSTRAINT pk_highlight_tags PRIMARY KEY (highlight_id, tag_id));
CREATE UNIQUE INDEX ix_users_email ON users (email);
CREATE INDEX ix_project_members_project_id ON project_members (project_id);
CREATE INDEX ix_project_members_user_login ON project_members (user_login);
CREATE INDEX ix_documents_project_id ON documents (project_id);
CREATE INDEX ix_commands_date ON commands (date);
CREATE INDEX ix_commands_user_login ON commands (user_login);
CREATE INDEX ix_commands_project_id ON commands (project_id);
CREATE INDEX ix_commands_document_id ON commands (document_id);
CREATE INDEX idx_project_document ON commands (project_id, document_id);
CREATE INDEX idx_project_id ON commands (project_id, id);
CREATE INDEX ix_tags_project_id ON tags (project_id);
CREATE INDEX ix_tags_path ON tags (path);
CREATE INDEX ix_highlights_document_id ON highlights (document_id);
CREATE INDEX ix_highlight_tags_highlight_id ON highlight_tags (highlight_id);
CREATE INDEX ix_highlight_tags_tag_id ON highlight_tags (tag_id);
"""
Metadata = dict[str, Any]


def format_description(text: str, metadata: Metadata) -> str:
    """Append the metadata that are not empty to a description as JSON.

    Examples
    --------
    >>> split_description(format_description("A speech.", {"guid": "d1", "notes": []}))
    ('A speech.', {'guid': 'd1'})
    """
    filled = {name: value for name, value in metadata.items() if value}
    return f"{text}\n{METADATA_SEPARATOR}\n{json.dumps(filled, ensure_ascii=False, indent=1)}" if filled else text


def split_description(description: str) -> tuple[str, Metadata]:
    """Split a description into its text and its metadata; without valid metadata all of it is text."""
    text, separator, json_text = description.replace("\r\n", "\n").rpartition(f"{METADATA_SEPARATOR}\n")
    try:
        metadata = json.loads(json_text) if separator else {}
    except (ValueError, RecursionError):
        metadata = {}
    if isinstance(metadata, dict) and metadata:
        return text.removesuffix("\n"), metadata
    return description, {}


def truncate_name(name: str, max_chars: int) -> str:
    """Shorten a name to at most ``max_chars`` characters, with an ellipsis at the end."""
    return name if len(name) <= max_chars else f"{name[: max_chars - 1]}…"
