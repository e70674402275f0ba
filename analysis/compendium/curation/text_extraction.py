"""Text extraction from plain text, HTML and PDF files, in a subprocess with limited time and memory.

``python -m compendium.curation.text_extraction FILE`` prints the text. If there is none, it prints one sentence with
the reason and exits with status 3. The subprocess protects the caller against malicious files.
"""

import codecs
import io
import subprocess
import sys
from pathlib import Path

MAX_FILE_BYTES = 50_000_000
"""Maximum file size; a text of a thousand pages takes a tenth of it."""
_MAX_TEXT_CHARS = 20_000_000
"""Maximum length of an extracted text."""
_HEAD_BYTES = 4_096
"""Length of the beginning of a file that is read to detect its kind."""
_MAX_PAGES = 5_000
TIMEOUT_SECONDS = 120
_MAX_MEMORY_BYTES = 2_000_000_000
_EXIT_NO_TEXT = 3
_HTML_PREFIXES = (b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body")
_UNSUPPORTED_SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive, such as a Word or OpenDocument file: save it as PDF or as plain text",
    b"\xd0\xcf\x11\xe0": "a file of an old Office version: save it as PDF or as plain text",
    b"{\\rtf": "a rich text file: save it as PDF or as plain text",
    b"\x89PNG": "an image: a text file is needed",
    b"\xff\xd8\xff": "an image: a text file is needed",
    b"GIF8": "an image: a text file is needed",
}


class SourceTextError(Exception):
    """A source text cannot be read; the message is one sentence without a full stop."""


def detect_file_kind(head: bytes) -> str:
    """Detect the kind of a file by its first bytes: ``.pdf``, ``.html`` or ``.txt``.

    Raises
    ------
    SourceTextError
        If it is another kind of file.

    Examples
    --------
    >>> detect_file_kind(b"%PDF-1.7")
    '.pdf'
    """
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for signature, description in _UNSUPPORTED_SIGNATURES.items():
        if start.startswith(signature):
            raise SourceTextError(f"it is {description}")
    if b"%PDF-" in head[:1024]:
        return ".pdf"
    if start.lower().startswith(_HTML_PREFIXES):
        return ".html"
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SourceTextError("it is neither PDF nor HTML nor plain text")
    return ".txt"


def read_file_kind(path: Path) -> str:
    """Detect the kind of a file: see :func:`detect_file_kind`."""
    with path.open("rb") as stream:
        return detect_file_kind(stream.read(_HEAD_BYTES))


def check_text_file(path: Path) -> None:
    """Check that a path is a file of a supported size and kind.

    Raises
    ------
    SourceTextError
        If it is not.
    """
    if not path.is_file():
        raise SourceTextError("it is not a file" if path.exists() else "there is no such file")
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        raise SourceTextError(f"it is too large: {size / 1e6:.0f} MB; the limit is {MAX_FILE_BYTES / 1e6:.0f} MB")
    read_file_kind(path)


def extract_text(path: Path) -> str:
    """Extract the text of a file in a subprocess.

    Raises
    ------
    SourceTextError
        If the file is of another kind, too large, damaged or encrypted, or contains no text.
    """
    check_text_file(path)
    command = [sys.executable, "-m", __name__, str(path.resolve())]
    try:
        process = subprocess.run(command, capture_output=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        raise SourceTextError(f"its text could not be extracted within {TIMEOUT_SECONDS} seconds") from None
    if process.returncode == _EXIT_NO_TEXT:
        raise SourceTextError(process.stdout.decode("utf-8"))
    if process.returncode:
        raise SourceTextError(f"it is damaged, or needs more than {_MAX_MEMORY_BYTES / 1e9:.0f} GB of memory")
    return process.stdout.decode("utf-8")


def _extract_from_bytes(raw: bytes) -> str:
    extract = {".pdf": _extract_pdf, ".html": _extract_html, ".txt": _decode_plain}[detect_file_kind(raw[:_HEAD_BYTES])]
    text = extract(raw)
    if not any(char.isalnum() for char in text):
        raise SourceTextError("it contains no text; a scanned document needs text recognition (OCR) first")
    if len(text) > _MAX_TEXT_CHARS:
        raise SourceTextError(
            f"its text is too long: {len(text) / 1e6:.0f} million characters;"
            f" the limit is {_MAX_TEXT_CHARS / 1e6:.0f} million"
        )
    return text


def _decode_plain(raw: bytes) -> str:
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SourceTextError(f"it is not encoded in UTF-8 (line {line}): save it as UTF-8") from None


def _extract_html(raw: bytes) -> str:
    import trafilatura

    return trafilatura.extract(raw, favor_recall=True, include_comments=False) or trafilatura.html2txt(raw)


def _extract_pdf(raw: bytes) -> str:
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceTextError("it is encrypted: save a copy without a password")
        if len(reader.pages) > _MAX_PAGES:
            raise SourceTextError(f"it has {len(reader.pages):,} pages; the limit is {_MAX_PAGES:,}")
        return "\n".join(page.extract_text() for page in reader.pages)
    except (SourceTextError, MemoryError):
        raise
    except Exception as error:  # pypdf raises exceptions of many kinds for damaged files
        raise SourceTextError(f"it is a damaged PDF ({type(error).__name__})") from None


def _limit_memory() -> None:
    """Limit the memory of this process, where the operating system supports it."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY_BYTES, _MAX_MEMORY_BYTES))


def main(path: str) -> int:
    """Print the text of a file, or the reason why there is none; return the exit status."""
    import logging

    logging.disable(logging.CRITICAL)
    _limit_memory()
    try:
        output, status = _extract_from_bytes(Path(path).read_bytes()), 0
    except SourceTextError as error:
        output, status = str(error), _EXIT_NO_TEXT
    except MemoryError:
        output, status = "it needs too much memory", _EXIT_NO_TEXT
    sys.stdout.buffer.write(output.encode("utf-8", "replace"))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
