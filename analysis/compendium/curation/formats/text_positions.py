"""Finds out in what a tool counts its positions, and brings them to code points.

Tools count code points, UTF-16 units or UTF-8 bytes, a line end of two characters as two or as one, the byte order mark
or not; no file says which. A project is written by one tool, so one convention is sought for all of its documents: the
one under which most selections that carry their quotation as a name match it, and, among equals, the one under which
most ends of selections fall on the borders of words. Where all give the same, nothing hangs on it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from compendium.curation.formats import embedded_facts
from compendium.curation.formats.model import ImportRefused, Passage

Places = npt.NDArray[np.int64]
BOM = "\ufeff"
UNITS = ("code points", "UTF-16 units", "UTF-8 bytes")
TRIED = 5000
"""So many selections decide; more would say the same."""
NAMED = 0.5
"""Names decide when they match for so many; else they are titles, not quotations."""


@dataclass(frozen=True)
class Convention:
    """In what positions are counted; ``crlf`` is what a line end of CR and LF counts, ``bom`` a byte order mark."""

    unit: str
    crlf: int = 2
    bom: int = 0

    def __str__(self) -> str:
        mark = ", with the byte order mark" if self.bom else ""
        return f"{self.unit}, a line end CR LF as {self.crlf}{mark}"


ALL = tuple(Convention(*each) for each in product(UNITS, (2, 1), (0, 1)))
"""The plainest first: it wins among those that fit equally well."""


@dataclass
class Text:
    """A plain text with line ends LF and without byte order mark, and what was there before.

    Parameters
    ----------
    plain : str
        The text in which positions are given in the end.
    crlf : ndarray of int
        Where line ends were CR LF.
    bom : bool
        Whether the file began with a byte order mark.
    """

    plain: str
    crlf: Places
    bom: bool

    @classmethod
    def of(cls, raw: str) -> "Text":
        """A text as it was decoded."""
        bom = raw.startswith(BOM)
        raw = raw.removeprefix(BOM)
        codes = _codes(raw)
        pairs = np.flatnonzero((codes[:-1] == 13) & (codes[1:] == 10))
        plain = raw.replace("\r\n", "\n").replace("\r", "\n")
        return cls(plain, pairs - np.arange(len(pairs)), bom)

    def starts(self, convention: Convention) -> Places:
        """Where each code point begins, and last where the text ends, in the units of a convention."""
        codes = _codes(self.plain)
        widths = np.ones(len(codes), dtype=np.int64)
        if convention.unit == "UTF-16 units":
            widths += codes > 0xFFFF
        elif convention.unit == "UTF-8 bytes":
            widths += (codes > 0x7F).astype(np.int64) + (codes > 0x7FF) + (codes > 0xFFFF)
        widths[self.crlf] = convention.crlf
        first = {"UTF-8 bytes": 3}.get(convention.unit, 1) * (convention.bom and self.bom)
        return first + np.concatenate([[0], np.cumsum(widths)])

    def conventions(self) -> set[Convention]:
        """Conventions that differ for this text; the plain one stands for all that agree with it."""
        units = [UNITS[0]]
        units += [UNITS[1]] if self.plain and max(self.plain) > "\uffff" else []
        units += [] if self.plain.isascii() else [UNITS[2]]
        return {
            Convention(unit, crlf, bom)
            for unit, crlf, bom in product(units, (2, 1) if len(self.crlf) else (2,), (0, 1) if self.bom else (0,))
        }

    def place(self, convention: Convention, positions: Places) -> Places:
        """Positions in code points; within a character: its beginning. -1 for one that is not in the text."""
        starts = self.starts(convention)
        found = np.searchsorted(starts, positions, side="right") - 1
        return np.where((positions < 0) | (positions > starts[-1]), -1, np.maximum(found, 0))


def decode(raw: bytes, name: str) -> str:
    """A text in UTF-8, or in UTF-16 that says so by its byte order mark, with that mark."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding, text = "utf-16-le" if raw[:2] == b"\xff\xfe" else "utf-16-be", raw
    else:
        encoding, text = "utf-8", raw
    try:
        return text.decode(encoding)
    except UnicodeDecodeError as error:
        raise ImportRefused(
            f"The text {name!r} is not in UTF-8: its byte {error.start:,} can not be read. Save it as UTF-8."
        ) from error


def choose(texts: Iterable[tuple[Text, Sequence[Passage]]], origin: str) -> tuple[Convention, str]:
    """The convention of a project, and in words on what it rests.

    Parameters
    ----------
    texts : iterable of (Text, passages)
        All plain texts of the project, each with its passages as the file counts them.
    origin : str
        The tool that wrote it; decides only where the selections do not.
    """
    scores: dict[Convention, _Score] = defaultdict(_Score)
    for text, passages in texts:
        conventions = text.conventions()
        if len(conventions) > 1 and passages:
            for convention in ALL:
                scores[convention].count(text, convention, passages)
    usual = _usual(origin)
    if origin.startswith(embedded_facts.ORIGIN):
        return usual, "as the export says"
    if not scores:
        return usual, "all ways to count give the same"
    named = max(score.matched for score in scores.values()) >= NAMED * max(score.named for score in scores.values()) > 0
    keys = {convention: (score.matched if named else 0, score.good) for convention, score in scores.items()}
    best = max(keys.values())
    winners = [convention for convention in ALL if keys[convention] == best]
    chosen = usual if usual in winners else winners[0]
    own, others = scores[chosen], [scores[each].good for each in ALL if each not in winners]
    words = f"{own.good} of {own.number} selections begin and end on borders of words"
    words += f" (at most {max(others)} if counted otherwise)" if others else ""
    return chosen, words + (f"; {own.matched} of {own.named} match the quotation that they carry" if named else "")


@dataclass
class _Score:
    """How well selections fit a convention: those that match their names, those on borders of words."""

    matched: int = 0
    named: int = 0
    good: int = 0
    number: int = 0

    def count(self, text: Text, convention: Convention, passages: Sequence[Passage]) -> None:
        own = passages[: max(TRIED - self.number, 0)]
        ends = text.place(convention, spans(own))
        for (start, end), passage in zip(ends.tolist(), own, strict=True):
            self.number += 1
            name = passage.text.rstrip(".… ")[:40]
            self.named += len(name) > 3
            if start >= 0 and end >= 0:
                self.good += on_borders(text.plain, start, end)
                self.matched += len(name) > 3 and text.plain.startswith(name, start)


def _usual(origin: str) -> Convention:
    if origin.startswith("NVivo for Win") or origin == embedded_facts.ORIGIN_NVIVO:
        return Convention("UTF-16 units", 2)
    return Convention("code points", 1 if origin.startswith("ATLAS") else 2)


def spans(passages: Sequence[Passage]) -> Places:
    """Starts and ends, shape (passages, 2)."""
    try:
        return np.array([(passage.start, passage.end) for passage in passages], dtype=np.int64).reshape(-1, 2)
    except OverflowError as error:
        raise ImportRefused("A selection begins or ends at a number that is longer than any text.") from error


def on_borders(text: str, start: int, end: int) -> bool:
    """Whether a stretch of text cuts no word at either end."""
    before = 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum()
    after = 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not before and not after and start < end


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
