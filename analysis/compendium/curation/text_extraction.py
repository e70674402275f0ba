"""Takes the plain text out of a file, in a process of its own with bounded time and memory.

``python -m compendium.curation.text_extraction FILE`` writes the text, or one sentence on what is wrong and the exit
status 3. A
file that was made to harm can spoil no more than that process.
"""

import codecs
import io
import subprocess
import sys
from pathlib import Path

MAX_FILE_BYTES = 50_000_000
"""Bytes of a file; a text of a thousand pages has a tenth of it."""
_MAX_TEXT_CHARS = 20_000_000
"""Characters of a text."""
_HEAD_BYTES = 4_096
"""Bytes that tell the kind of a file."""
_MAX_PAGES = 5_000
TIMEOUT_SECONDS = 120
_MAX_MEMORY_BYTES = 2_000_000_000
_EXIT_NO_TEXT = 3
_HTML_PREFIXES = (b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body")
_UNSUPPORTED_SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive, such as a Word or OpenDocument file: save it as PDF or as plain text",
    b"\xd0\xcf\x11\xe0": "an old Office file: save it as PDF or as plain text",
    b"{\\rtf": "a rich text file: save it as PDF or as plain text",
    b"\x89PNG": "a picture: a text is needed",
    b"\xff\xd8\xff": "a picture: a text is needed",
    b"GIF8": "a picture: a text is needed",
}


class SourceTextError(Exception):
    """No text can be had; the message is one sentence."""


def detect_file_kind(head: bytes) -> str:
    """What a file is by its first bytes: ``.pdf``, ``.html`` or ``.txt``.

    Raises
    ------
    Refused
        When it is something else.
    """
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for sign, what in _UNSUPPORTED_SIGNATURES.items():
        if start.startswith(sign):
            raise SourceTextError(f"it is {what}")
    if b"%PDF-" in head[:1024]:
        return ".pdf"
    if any(start.lower().startswith(sign) for sign in _HTML_PREFIXES):
        return ".html"
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceTextError("it is neither PDF nor HTML nor plain text")
    return ".txt"


def read_file_kind(path: Path) -> str:
    """:func:`detect_file_kind` of a file."""
    with path.open("rb") as stream:
        return detect_file_kind(stream.read(_HEAD_BYTES))


def check_text_file(path: Path) -> None:
    """Raise :class:`SourceTextError` for what is no file, too large, or of another kind."""
    if not path.is_file():
        raise SourceTextError("it is no file" if path.exists() else "there is no such file")
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        raise SourceTextError(f"it is too large: {size / 1e6:.0f} MB, at most {MAX_FILE_BYTES / 1e6:.0f} MB are read")
    read_file_kind(path)


def extract_text(path: Path) -> str:
    """The text of a file.

    Raises
    ------
    Refused
        When the file is of another kind, too large, damaged, encrypted, or has no text.
    """
    check_text_file(path)
    command = [sys.executable, "-m", __name__, str(path.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        raise SourceTextError(f"its text could not be taken out within {TIMEOUT_SECONDS} seconds") from None
    if done.returncode == _EXIT_NO_TEXT:
        raise SourceTextError(done.stdout.decode("utf-8"))
    if done.returncode:
        raise SourceTextError(
            f"its text could not be taken out within {_MAX_MEMORY_BYTES / 1e9:.0f} GB of memory, or it is damaged"
        )
    return done.stdout.decode("utf-8")


def _extract_from_bytes(raw: bytes) -> str:
    found = {".pdf": _extract_pdf, ".html": _extract_html, ".txt": _decode_plain}[detect_file_kind(raw[:_HEAD_BYTES])](
        raw
    )
    if not any(letter.isalnum() for letter in found):
        raise SourceTextError("it holds no text; a scanned document needs text recognition first")
    if len(found) > _MAX_TEXT_CHARS:
        raise SourceTextError(f"its text is too long: {len(found) / 1e6:.0f} million characters")
    return found


def _decode_plain(raw: bytes) -> str:
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceTextError(f"it is not in UTF-8 (line {line}): save it as UTF-8") from None


def _extract_html(raw: bytes) -> str:
    import trafilatura

    return trafilatura.extract(raw, favor_recall=True, include_comments=False) or trafilatura.html2txt(raw)


def _extract_pdf(raw: bytes) -> str:
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceTextError("it is encrypted: save a copy without password")
        if len(reader.pages) > _MAX_PAGES:
            raise SourceTextError(f"it has {len(reader.pages):,} pages, at most {_MAX_PAGES:,} are read")
        return "\n".join(page.extract_text() for page in reader.pages)
    except SourceTextError:
        raise
    except MemoryError:
        raise
    except Exception as error:  # of damaged files pypdf raises whatever it stumbles over
        raise SourceTextError(f"it is a damaged PDF ({type(error).__name__})") from None


def _limit_memory() -> None:
    """Let this process have no more than its share of memory, where the system can do that."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))


def main(path: str) -> int:
    """Write the text, or what is wrong."""
    import logging

    logging.disable(logging.CRITICAL)
    _limit_memory()
    try:
        said, status = _extract_from_bytes(Path(path).read_bytes()), 0
    except SourceTextError as refused:
        said, status = str(refused), _EXIT_NO_TEXT
    except MemoryError:
        said, status = "it needs too much memory", _EXIT_NO_TEXT
    sys.stdout.buffer.write(said.encode("utf-8", "replace"))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
