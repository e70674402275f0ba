"""The digest by which a file is known."""

import hashlib
from pathlib import Path


def digest(path: Path) -> str:
    """The SHA-256 of a file; empty when there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
