"""The texts of documents that somebody holds: where they lie, whoever puts them there.

They lie in ``data/texts``, which git does not see, for they belong to others; what is public is their digest.
"""

from pathlib import Path

FOLDER = Path("data", "texts")
SUFFIXES = (".txt", ".html", ".pdf")
COLUMN = "text_sha256"
"""The column of documents in which the digest of their text stands."""


def held(root: Path, document_id: str) -> list[Path]:
    """The files that are kept for a document: one, or none."""
    paths = (root / FOLDER / f"{document_id}{suffix}" for suffix in SUFFIXES)
    return [path for path in paths if path.is_file()]
