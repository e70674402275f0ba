"""Opens a ``.qdpx`` archive as if whoever made it meant harm: nothing is unpacked, everything is counted."""

import posixpath
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO
from unicodedata import normalize

from compendium.curation.formats.errors import ImportRefused

MEGABYTE = 1_000_000
_MAX_ENTRIES = 100_000
MAX_XML_BYTES = 150 * MEGABYTE
MAX_TEXT_BYTES = 10 * MEGABYTE
MAX_TOTAL_TEXT_BYTES = 100 * MEGABYTE
_MAX_COMPRESSION_RATIO = 200
"""An entry that grows more than so many times is a bomb; coded projects grow five to twenty times."""
_MIN_RATIO_CHECK_BYTES = MEGABYTE
"""Up to here the ratio says nothing."""


class LimitedStream:
    """A stream that refuses to give more than a limit, whatever the archive declares."""

    def __init__(self, stream: IO[bytes], limit: int, label: str) -> None:
        self.stream, self.remaining, self.limit, self.label = stream, limit, limit, label

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes; all that is left within the limit if negative."""
        wanted = self.remaining + 1 if size < 0 else min(size, self.remaining + 1)
        try:
            got = self.stream.read(wanted)
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError) as error:
            raise ImportRefused(f"{self.label} can not be read: the archive is damaged ({error}).") from error
        except Exception as error:
            if type(error).__module__ not in ("zlib", "lzma", "_lzma"):
                raise
            raise ImportRefused(f"{self.label} can not be read: the archive is damaged ({error}).") from error
        self.remaining -= len(got)
        if self.remaining < 0:
            raise ImportRefused(f"{self.label} is larger than {self.limit // MEGABYTE} MB, the most that is read.")
        return got


class Archive:
    """The entries of a ``.qdpx`` file. Closed by ``with``.

    Raises
    ------
    Refused
        When it is no archive, has an entry that leads out of it, is encrypted or a link, or would grow beyond bounds.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text_sizes: dict[str, int] = {}
        try:
            self.zip_file = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise ImportRefused(f"{path.name} is no .qdpx archive: {_error_text(error)}.") from error
        try:
            entries = self.zip_file.infolist()
            if len(entries) > _MAX_ENTRIES:
                raise ImportRefused(f"{path.name} has {len(entries):,} entries, more than {_MAX_ENTRIES:,}.")
            for entry in entries:
                _check_entry(entry)
        except ImportRefused:
            self.zip_file.close()
            raise
        self.entries = {entry.filename.replace("\\", "/"): entry for entry in entries if not entry.is_dir()}
        self.entries_by_name: dict[str, list[zipfile.ZipInfo]] = {}
        for name, entry in self.entries.items():
            self.entries_by_name.setdefault(_entry_name(name), []).append(entry)

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.zip_file.close()

    @contextmanager
    def open_project(self) -> Iterator[LimitedStream]:
        """The XML of the project: the only ``.qde`` file, or ``project.qde`` among several."""
        found = [entry for name, entry in self.entries.items() if name.lower().endswith(".qde")]
        named = [entry for entry in found if entry.filename.lower() == "project.qde"]
        if len(found) != 1 and len(named) != 1:
            what = "no project file (.qde)" if not found else f"{len(found)} project files and no project.qde"
            raise ImportRefused(f"{self.path.name} holds {what}, so it is no REFI-QDA project.")
        entry = named[0] if len(named) == 1 else found[0]
        with self._open_entry(entry) as stream:
            yield LimitedStream(stream, MAX_XML_BYTES, f"{entry.filename} in {self.path.name}")

    def has_entry(self, path: str) -> bool:
        """Whether a source's path leads to an entry."""
        return _entry_name(path) in self.entries_by_name

    def read_text(self, path: str) -> bytes:
        """The bytes of a source's plain text.

        Paths are resolved by base name, whatever folder or scheme (``internal://``, ``relative://``, none) a tool
        wrote: no path can lead out of the archive.
        """
        entries = self.entries_by_name.get(_entry_name(path), [])
        if len(entries) != 1:
            what = "is not in the archive" if not entries else f"is in the archive {len(entries)} times"
            raise ImportRefused(f"The text {path!r} that the project names {what}.")
        with self._open_entry(entries[0]) as stream:
            whole = LimitedStream(stream, MAX_TEXT_BYTES, f"The text {path!r}").read()
        self.text_sizes[entries[0].filename] = len(whole)
        if sum(self.text_sizes.values()) > MAX_TOTAL_TEXT_BYTES:
            raise ImportRefused(
                f"The texts of the project are larger than {MAX_TOTAL_TEXT_BYTES // MEGABYTE} MB, the most that is read."
            )
        return whole

    def _open_entry(self, entry: zipfile.ZipInfo) -> IO[bytes]:
        try:
            return self.zip_file.open(entry)
        except (zipfile.BadZipFile, OSError, RuntimeError) as error:
            raise ImportRefused(
                f"{entry.filename} in {self.path.name} can not be read: {_error_text(error)}."
            ) from error


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in name:
        raise ImportRefused(f"The archive has the entry {entry.filename!r}, which leads out of it.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ImportRefused(f"The archive has the entry {entry.filename!r}, which is a link to another file.")
    if entry.flag_bits & 0x1:
        raise ImportRefused(f"The archive is encrypted ({entry.filename!r}): export the project without a password.")
    if entry.file_size > _MIN_RATIO_CHECK_BYTES and entry.file_size > _MAX_COMPRESSION_RATIO * max(
        entry.compress_size, 1
    ):
        grown = entry.file_size // max(entry.compress_size, 1)
        raise ImportRefused(
            f"The entry {entry.filename!r} would grow {grown:,} times when unpacked: this is a zip bomb."
        )


def _entry_name(path: str) -> str:
    return normalize("NFC", posixpath.basename(path.replace("\\", "/"))).casefold()


def _error_text(error: BaseException) -> str:
    return str(error).rstrip(".") or type(error).__name__
