"""Plain texts and the conventions by which tools count positions in them.

Tools count code points, UTF-16 units or UTF-8 bytes, a CR LF as two characters or one, and the byte order mark or not.
Files do not say which. A project is written by one tool, so all of its documents share one convention:
:func:`choose_convention` selects the one under which most selections match the quotation that they carry as a name and,
among equals, under which most selections begin and end at word boundaries.
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
"""Number of selections that are compared per convention; more would not change the result."""
_MIN_MATCHED_SHARE = 0.5
"""Smallest share of matching names for which names count as quotations; below it they are titles."""


@dataclass(frozen=True)
class PositionConvention:
    """How positions are counted.

    Parameters
    ----------
    unit : {"code points", "UTF-16 units", "UTF-8 bytes"}
    crlf_length : int
        Length of a line end CR LF in units.
    bom_length : int
        1 if the byte order mark is counted, else 0.
    """

    unit: str
    crlf_length: int = 2
    bom_length: int = 0

    def __str__(self) -> str:
        bom_note = ", with the byte order mark" if self.bom_length else ""
        return f"{self.unit}, a line end CR LF as {self.crlf_length}{bom_note}"


_CONVENTIONS = tuple(PositionConvention(*values) for values in product(_POSITION_UNITS, (2, 1), (0, 1)))
"""All conventions, the most common first: it is chosen if several fit equally well."""


@dataclass
class PlainText:
    """A plain text with LF line ends and no byte order mark, and what it had instead.

    Parameters
    ----------
    text : str
        The text to which positions in code points refer.
    crlf_positions : ndarray of int64
        Positions in ``text`` of the line ends that were CR LF.
    has_bom : bool
        Whether the file began with a byte order mark.

    Examples
    --------
    >>> text = PlainText.from_decoded("Über\\r\\nTore")
    >>> text.text, text.crlf_positions.tolist()
    ('Über\\nTore', [4])
    >>> text.to_code_points(PositionConvention("UTF-8 bytes"), np.array([0, 7, 99])).tolist()
    [0, 5, -1]
    """

    text: str
    crlf_positions: Positions
    has_bom: bool

    @classmethod
    def from_decoded(cls, raw: str) -> "PlainText":
        """Create a plain text from a decoded file, with any line ends and byte order mark."""
        has_bom = raw.startswith(BOM)
        raw = raw.removeprefix(BOM)
        codes = _code_points(raw)
        crlf_starts = np.flatnonzero((codes[:-1] == 13) & (codes[1:] == 10))
        text = raw.replace("\r\n", "\n").replace("\r", "\n")
        return cls(text, crlf_starts - np.arange(len(crlf_starts)), has_bom)

    def character_offsets(self, convention: PositionConvention) -> Positions:
        """Offsets at which the characters begin, in units of a convention.

        Returns
        -------
        ndarray of int64, shape (characters + 1,)
            The last value is the end of the text.
        """
        codes = _code_points(self.text)
        widths = np.ones(len(codes), dtype=np.int64)
        if convention.unit == "UTF-16 units":
            widths += codes > 0xFFFF
        elif convention.unit == "UTF-8 bytes":
            widths += (codes > 0x7F).astype(np.int64) + (codes > 0x7FF) + (codes > 0xFFFF)
        widths[self.crlf_positions] = convention.crlf_length
        bom_width = 3 if convention.unit == "UTF-8 bytes" else 1
        start = bom_width if convention.bom_length and self.has_bom else 0
        return start + np.concatenate([[0], np.cumsum(widths)])

    def distinct_conventions(self) -> set[PositionConvention]:
        """Conventions that give different positions in this text; each stands for all that agree with it."""
        units = [_POSITION_UNITS[0]]
        units += [_POSITION_UNITS[1]] if self.text and max(self.text) > "\uffff" else []
        units += [] if self.text.isascii() else [_POSITION_UNITS[2]]
        crlf_lengths = (2, 1) if len(self.crlf_positions) else (2,)
        bom_lengths = (0, 1) if self.has_bom else (0,)
        return {PositionConvention(*values) for values in product(units, crlf_lengths, bom_lengths)}

    def to_code_points(self, convention: PositionConvention, positions: Positions) -> Positions:
        """Convert positions to code points.

        Parameters
        ----------
        convention : PositionConvention
            How ``positions`` are counted.
        positions : ndarray of int64
            Any shape.

        Returns
        -------
        ndarray of int64
            Same shape; -1 for positions outside the text, the beginning of the character for positions inside one.
        """
        offsets = self.character_offsets(convention)
        indices = np.searchsorted(offsets, positions, side="right") - 1
        return np.where((positions < 0) | (positions > offsets[-1]), -1, np.maximum(indices, 0))


def decode_unicode(raw: bytes, name: str) -> str:
    """Decode UTF-8, or UTF-16 with a byte order mark; the mark stays in the text.

    Raises
    ------
    ImportRefused
        If the text has another encoding.

    Examples
    --------
    >>> decode_unicode("Zäune".encode(), "speech.txt")
    'Zäune'
    """
    encodings = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
    try:
        return raw.decode(encodings.get(raw[:2], "utf-8"))
    except UnicodeDecodeError as error:
        raise ImportRefused(
            f"The text {name!r} is not in UTF-8: its byte {error.start:,} cannot be decoded. Save it as UTF-8."
        ) from error


def choose_convention(
    texts: Iterable[tuple[PlainText, Sequence[Passage]]], origin: str, export_origin: str = ""
) -> tuple[PositionConvention, str]:
    """Choose the convention that fits the selections of a project best.

    Parameters
    ----------
    texts : iterable of (PlainText, sequence of Passage)
        All plain texts of the project, each with its passages; their positions are those of the file.
    origin : str
        Name of the tool that wrote the project; its usual convention is used if several fit equally well.
    export_origin : str
        Origin of our own exports, whose convention is known; empty for none.

    Returns
    -------
    convention : PositionConvention
    reason : str
        Why it was chosen, for the import report.
    """
    scores: dict[PositionConvention, _ConventionScore] = defaultdict(_ConventionScore)
    for text, passages in texts:
        if len(text.distinct_conventions()) > 1 and passages:
            for convention in _CONVENTIONS:
                scores[convention].add_selections(text, convention, passages)
    default = _default_convention(origin)
    if export_origin and origin.startswith(export_origin):
        return default, "as the export says"
    if not scores:
        return default, "all ways to count give the same"
    max_named = max(score.n_named for score in scores.values())
    max_matched = max(score.n_matched for score in scores.values())
    names_are_quotations = max_matched >= _MIN_MATCHED_SHARE * max_named > 0
    ranks = {
        convention: (score.n_matched if names_are_quotations else 0, score.n_on_word_borders)
        for convention, score in scores.items()
    }
    best_rank = max(ranks.values())
    best = [convention for convention in _CONVENTIONS if ranks[convention] == best_rank]
    chosen = default if default in best else best[0]
    score = scores[chosen]
    other_counts = [scores[convention].n_on_word_borders for convention in _CONVENTIONS if convention not in best]
    reason = f"{score.n_on_word_borders} of {score.n_selections} selections begin and end at word boundaries"
    if other_counts:
        reason += f" (at most {max(other_counts)} if counted otherwise)"
    if names_are_quotations:
        reason += f"; {score.n_matched} of {score.n_named} match the quotation that they carry"
    return chosen, reason


@dataclass
class _ConventionScore:
    """Counts of selections that match their names, or begin and end at word boundaries."""

    n_matched: int = 0
    n_named: int = 0
    n_on_word_borders: int = 0
    n_selections: int = 0

    def add_selections(self, text: PlainText, convention: PositionConvention, passages: Sequence[Passage]) -> None:
        sample = passages[: max(_MAX_SELECTIONS - self.n_selections, 0)]
        spans = text.to_code_points(convention, passage_spans(sample))
        for (start, end), passage in zip(spans.tolist(), sample, strict=True):
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
    """Start and end of each passage as an array of shape (passages, 2).

    Raises
    ------
    ImportRefused
        If a position does not fit into 64 bits.
    """
    try:
        return np.array([(passage.start, passage.end) for passage in passages], dtype=np.int64).reshape(-1, 2)
    except OverflowError as error:
        raise ImportRefused("A selection has a start or end position that is longer than any text.") from error


def is_on_word_borders(text: str, start: int, end: int) -> bool:
    """Whether a span is not empty and begins and ends at word boundaries.

    Examples
    --------
    >>> is_on_word_borders("two gates", 4, 9), is_on_word_borders("two gates", 4, 7)
    (True, False)
    """
    splits_first_word = 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum()
    splits_last_word = 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not splits_first_word and not splits_last_word and start < end


def _code_points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
