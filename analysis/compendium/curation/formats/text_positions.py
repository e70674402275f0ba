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

from compendium.curation.formats.errors import ImportRefused
from compendium.curation.formats.model import Passage

Positions = npt.NDArray[np.int64]
BOM = "\ufeff"
NVIVO_ORIGIN_SUFFIX = ", positions as NVivo counts them"
"""Text that the REFI-QDA writer appends to the origin of files for NVivo; the reader recognises it."""
_POSITION_UNITS = ("code points", "UTF-16 units", "UTF-8 bytes")
_MAX_SELECTIONS = 5000
"""So many selections decide; more would say the same."""
_MIN_MATCHED_SHARE = 0.5
"""Names decide when they match for so many; else they are titles, not quotations."""


@dataclass(frozen=True)
class PositionConvention:
    """In what positions are counted; ``crlf_length`` is what a line end of CR and LF counts, ``bom_length`` a byte order mark."""

    unit: str
    crlf_length: int = 2
    bom_length: int = 0

    def __str__(self) -> str:
        mark = ", with the byte order mark" if self.bom_length else ""
        return f"{self.unit}, a line end CR LF as {self.crlf_length}{mark}"


_CONVENTIONS = tuple(PositionConvention(*each) for each in product(_POSITION_UNITS, (2, 1), (0, 1)))
"""The plainest first: it wins among those that fit equally well."""


@dataclass
class PlainText:
    """A plain text with line ends LF and without byte order mark, and what was there before.

    Parameters
    ----------
    text : str
        The text in which positions are given in the end.
    crlf_positions : ndarray of int
        Where line ends were CR LF.
    has_bom : bool
        Whether the file began with a byte order mark.
    """

    text: str
    crlf_positions: Positions
    has_bom: bool

    @classmethod
    def from_decoded(cls, raw: str) -> "PlainText":
        """A text as it was decoded."""
        bom = raw.startswith(BOM)
        raw = raw.removeprefix(BOM)
        codes = _code_points(raw)
        pairs = np.flatnonzero((codes[:-1] == 13) & (codes[1:] == 10))
        plain = raw.replace("\r\n", "\n").replace("\r", "\n")
        return cls(plain, pairs - np.arange(len(pairs)), bom)

    def character_offsets(self, convention: PositionConvention) -> Positions:
        """Where each code point begins, and last where the text ends, in the units of a convention."""
        codes = _code_points(self.text)
        widths = np.ones(len(codes), dtype=np.int64)
        if convention.unit == "UTF-16 units":
            widths += codes > 0xFFFF
        elif convention.unit == "UTF-8 bytes":
            widths += (codes > 0x7F).astype(np.int64) + (codes > 0x7FF) + (codes > 0xFFFF)
        widths[self.crlf_positions] = convention.crlf_length
        first = {"UTF-8 bytes": 3}.get(convention.unit, 1) * (convention.bom_length and self.has_bom)
        return first + np.concatenate([[0], np.cumsum(widths)])

    def distinct_conventions(self) -> set[PositionConvention]:
        """Conventions that differ for this text; the plain one stands for all that agree with it."""
        units = [_POSITION_UNITS[0]]
        units += [_POSITION_UNITS[1]] if self.text and max(self.text) > "\uffff" else []
        units += [] if self.text.isascii() else [_POSITION_UNITS[2]]
        return {
            PositionConvention(unit, crlf, bom)
            for unit, crlf, bom in product(
                units, (2, 1) if len(self.crlf_positions) else (2,), (0, 1) if self.has_bom else (0,)
            )
        }

    def to_code_points(self, convention: PositionConvention, positions: Positions) -> Positions:
        """Positions in code points; within a character: its beginning. -1 for one that is not in the text."""
        starts = self.character_offsets(convention)
        found = np.searchsorted(starts, positions, side="right") - 1
        return np.where((positions < 0) | (positions > starts[-1]), -1, np.maximum(found, 0))


def decode_unicode(raw: bytes, name: str) -> str:
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


def choose_convention(
    texts: Iterable[tuple[PlainText, Sequence[Passage]]], origin: str, export_origin: str = ""
) -> tuple[PositionConvention, str]:
    """The convention of a project, and in words on what it rests.

    Parameters
    ----------
    texts : iterable of (Text, passages)
        All plain texts of the project, each with its passages as the file counts them.
    origin : str
        The tool that wrote it; decides only where the selections do not.
    export_origin : str
        Origin of our own exports, whose convention is known; empty for none.
    """
    scores: dict[PositionConvention, _ConventionScore] = defaultdict(_ConventionScore)
    for text, passages in texts:
        conventions = text.distinct_conventions()
        if len(conventions) > 1 and passages:
            for convention in _CONVENTIONS:
                scores[convention].add_selections(text, convention, passages)
    usual = _default_convention(origin)
    if export_origin and origin.startswith(export_origin):
        return usual, "as the export says"
    if not scores:
        return usual, "all ways to count give the same"
    named = (
        max(score.n_matched for score in scores.values())
        >= _MIN_MATCHED_SHARE * max(score.n_named for score in scores.values())
        > 0
    )
    keys = {
        convention: (score.n_matched if named else 0, score.n_on_word_borders) for convention, score in scores.items()
    }
    best = max(keys.values())
    winners = [convention for convention in _CONVENTIONS if keys[convention] == best]
    chosen = usual if usual in winners else winners[0]
    own, others = scores[chosen], [scores[each].n_on_word_borders for each in _CONVENTIONS if each not in winners]
    words = f"{own.n_on_word_borders} of {own.n_selections} selections begin and end on borders of words"
    words += f" (at most {max(others)} if counted otherwise)" if others else ""
    return chosen, words + (f"; {own.n_matched} of {own.n_named} match the quotation that they carry" if named else "")


@dataclass
class _ConventionScore:
    """How well selections fit a convention: those that match their names, those on borders of words."""

    n_matched: int = 0
    n_named: int = 0
    n_on_word_borders: int = 0
    n_selections: int = 0

    def add_selections(self, text: PlainText, convention: PositionConvention, passages: Sequence[Passage]) -> None:
        own = passages[: max(_MAX_SELECTIONS - self.n_selections, 0)]
        ends = text.to_code_points(convention, passage_spans(own))
        for (start, end), passage in zip(ends.tolist(), own, strict=True):
            self.n_selections += 1
            name = passage.text.rstrip(".… ")[:40]
            self.n_named += len(name) > 3
            if start >= 0 and end >= 0:
                self.n_on_word_borders += is_on_word_borders(text.text, start, end)
                self.n_matched += len(name) > 3 and text.text.startswith(name, start)


def _default_convention(origin: str) -> PositionConvention:
    if origin.startswith("NVivo for Win") or origin.endswith(NVIVO_ORIGIN_SUFFIX):
        return PositionConvention("UTF-16 units", 2)
    return PositionConvention("code points", 1 if origin.startswith("ATLAS") else 2)


def passage_spans(passages: Sequence[Passage]) -> Positions:
    """Starts and ends, shape (passages, 2)."""
    try:
        return np.array([(passage.start, passage.end) for passage in passages], dtype=np.int64).reshape(-1, 2)
    except OverflowError as error:
        raise ImportRefused("A selection begins or ends at a number that is longer than any text.") from error


def is_on_word_borders(text: str, start: int, end: int) -> bool:
    """Whether a stretch of text cuts no word at either end."""
    before = 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum()
    after = 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not before and not after and start < end


def _code_points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
