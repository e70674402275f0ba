"""Reading of untrusted zip archives: nothing is extracted to disk, all sizes are limited."""

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
"""Largest allowed ratio of unpacked to packed size; coded projects have ratios of 5 to 20."""
_MIN_RATIO_CHECK_BYTES = MEGABYTE
"""Smallest unpacked size for which the ratio is checked: short texts can have any ratio."""


class LimitedStream:
    """A byte stream with a size limit, which holds even if the archive declares a false size."""

    def __init__(self, stream: IO[bytes], limit: int, label: str) -> None:
        self.stream, self.remaining, self.limit, self.label = stream, limit, limit, label

    def read(self, size: int = -1) -> bytes:
        """Read at most ``size`` bytes, or all if ``size`` is negative.

        Raises
        ------
        ImportRefused
            If the archive is damaged, or the stream is longer than the limit.
        """
        n_bytes = self.remaining + 1 if size < 0 else min(size, self.remaining + 1)
        try:
            data = self.stream.read(n_bytes)
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError) as error:
            raise ImportRefused(f"{self.label} cannot be read: the archive is damaged ({error}).") from error
        except Exception as error:
            if type(error).__module__ not in ("zlib", "lzma", "_lzma"):
                raise
            raise ImportRefused(f"{self.label} cannot be read: the archive is damaged ({error}).") from error
        self.remaining -= len(data)
        if self.remaining < 0:
            raise ImportRefused(f"{self.label} is larger than the limit of {self.limit // MEGABYTE} MB.")
        return data


class Archive:
    """The entries of a zip file such as ``.qdpx``; a context manager that closes the file.

    Raises
    ------
    ImportRefused
        If the file is not a zip archive, has too many entries, or has an entry that points outside the archive, is
        encrypted, is a link, or has a suspicious compression ratio.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text_sizes: dict[str, int] = {}
        try:
            self.zip_file = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise ImportRefused(f"{path.name} is not a .qdpx archive: {_error_text(error)}.") from error
        try:
            entries = self.zip_file.infolist()
            if len(entries) > _MAX_ENTRIES:
                raise ImportRefused(f"{path.name} has {len(entries):,} entries; at most {_MAX_ENTRIES:,} are allowed.")
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
        """Open the XML of the project: the only ``.qde`` file, or ``project.qde`` if there are several."""
        qde_entries = [entry for name, entry in self.entries.items() if name.lower().endswith(".qde")]
        default_entries = [entry for entry in qde_entries if entry.filename.lower() == "project.qde"]
        if len(qde_entries) != 1 and len(default_entries) != 1:
            contents = (
                f"{len(qde_entries)} project files but no project.qde" if qde_entries else "no project file (.qde)"
            )
            raise ImportRefused(f"{self.path.name} is not a REFI-QDA project: it contains {contents}.")
        entry = default_entries[0] if len(default_entries) == 1 else qde_entries[0]
        with self._open_entry(entry) as stream:
            yield LimitedStream(stream, MAX_XML_BYTES, f"{entry.filename} in {self.path.name}")

    def has_entry(self, path: str) -> bool:
        """Whether the archive has an entry for the path of a source."""
        return _entry_name(path) in self.entries_by_name

    def read_text(self, path: str) -> bytes:
        """Read the plain text of a source as bytes.

        Paths are resolved by base name only, because tools write different folders and schemes (``internal://``,
        ``relative://``, none); so no path can point outside the archive.

        Raises
        ------
        ImportRefused
            If the archive does not have exactly one such entry, or its texts are too large.
        """
        entries = self.entries_by_name.get(_entry_name(path), [])
        if len(entries) != 1:
            problem = f"is in the archive {len(entries)} times" if entries else "is not in the archive"
            raise ImportRefused(f"The text {path!r}, to which the project refers, {problem}.")
        with self._open_entry(entries[0]) as stream:
            data = LimitedStream(stream, MAX_TEXT_BYTES, f"The text {path!r}").read()
        self.text_sizes[entries[0].filename] = len(data)
        if sum(self.text_sizes.values()) > MAX_TOTAL_TEXT_BYTES:
            raise ImportRefused(
                f"The texts of the project are larger than the limit of {MAX_TOTAL_TEXT_BYTES // MEGABYTE} MB."
            )
        return data

    def _open_entry(self, entry: zipfile.ZipInfo) -> IO[bytes]:
        try:
            return self.zip_file.open(entry)
        except (zipfile.BadZipFile, OSError, RuntimeError) as error:
            raise ImportRefused(
                f"{entry.filename} in {self.path.name} cannot be read: {_error_text(error)}."
            ) from error


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in name:
        raise ImportRefused(f"The archive entry {entry.filename!r} points outside the archive.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ImportRefused(f"The archive entry {entry.filename!r} is a link to another file.")
    if entry.flag_bits & 0x1:
        raise ImportRefused(f"The archive is encrypted ({entry.filename!r}): export the project without a password.")
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > _MIN_RATIO_CHECK_BYTES and ratio > _MAX_COMPRESSION_RATIO:
        raise ImportRefused(
            f"The archive entry {entry.filename!r} is {ratio:,.0f} times larger when unpacked: this is a zip bomb."
        )


def _entry_name(path: str) -> str:
    return normalize("NFC", posixpath.basename(path.replace("\\", "/"))).casefold()


def _error_text(error: BaseException) -> str:
    return str(error).rstrip(".") or type(error).__name__
