"""Checksums of files."""

import hashlib
from pathlib import Path


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal digits; empty if the file does not exist."""
    if not path.exists():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
