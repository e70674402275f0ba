"""Search for quotations in a text, ignoring spaces, hyphens, styles of quotation marks and marked omissions."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

OMISSION = re.compile(r"\[[^\]]*\]|\(\s*(?:\.\.\.|…)\s*\)|\.\.\.|…")
_STRAIGHT_QUOTES = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u0060\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    }
)
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad"
_CONTEXT_CHARS = 60
_MIN_MATCH_LENGTH = 12
"""Shortest match that is reported for a quotation that is not in the text, in characters."""


@dataclass(frozen=True)
class NormalizedText:
    """A text, its normalized characters, and their positions in the text.

    Parameters
    ----------
    text : str
        The original text.
    letters : str
        Its characters without spaces and dashes, in the Unicode form NFKC, with straight quotation marks.
    positions : list of int
        Position of each character of ``letters`` in ``text``.
    """

    text: str
    letters: str
    positions: list[int]


def normalize_text(text: str) -> NormalizedText:
    """Normalize a text for comparison: see :class:`NormalizedText`.

    Examples
    --------
    >>> normalize_text("a co-operation").letters
    'acooperation'
    """
    letters: list[str] = []
    positions: list[int] = []
    for position, char in enumerate(text):
        for letter in unicodedata.normalize("NFKC", char).translate(_STRAIGHT_QUOTES):
            if not letter.isspace() and letter not in DASHES and unicodedata.category(letter) != "Cf":
                letters.append(letter)
                positions.append(position)
    return NormalizedText(text, "".join(letters), positions)


def find_quotation(quotation: str, text: NormalizedText) -> tuple[int, int] | None:
    """Start and end of a quotation in a text, or None.

    An omission is marked by ``…``, ``...``, ``[…]`` or words in square brackets. The parts around it must follow each
    other in the text. Each part begins and ends at a word boundary.

    Examples
    --------
    >>> find_quotation("Migration … a task", normalize_text("They say: migration or Migration is a task."))
    (23, 42)
    """
    parts = [letters for part in OMISSION.split(quotation) if (letters := normalize_text(part).letters)]
    if not parts:
        return None
    first_start, end = None, 0
    for part in parts:
        start = _find_whole_words(part, text, end)
        if start is None:
            return None
        first_start = start if first_start is None else first_start
        end = start + len(part)
    return text.positions[first_start or 0], text.positions[end - 1] + 1


def _find_whole_words(part: str, text: NormalizedText, start: int) -> int | None:
    match = text.letters.find(part, start)
    while match >= 0:
        end = match + len(part)
        if _is_word_boundary(text, match - 1, match) and _is_word_boundary(text, end - 1, end):
            return match
        match = text.letters.find(part, match + 1)
    return None


def _is_word_boundary(text: NormalizedText, left: int, right: int) -> bool:
    """Whether a word can end between two letters: at an end of the text, a gap, or a non-alphanumeric one."""
    if left < 0 or right >= len(text.letters):
        return True
    has_gap = text.positions[right] - text.positions[left] > 1
    return has_gap or not (text.letters[left].isalnum() and text.letters[right].isalnum())


def quotation_in_context(text: str, start: int, end: int, context_chars: int = _CONTEXT_CHARS) -> str:
    """One line with a passage in brackets and the text before and after it.

    Examples
    --------
    >>> quotation_in_context("They say that migration is a task.", 14, 23, context_chars=5)
    '…that ⟦migration⟧ is a…'
    """
    before, after = text[max(0, start - context_chars) : start], text[end : end + context_chars]
    prefix, suffix = "…" if start > context_chars else "", "…" if end + context_chars < len(text) else ""
    line = f"{prefix}{before}⟦{text[start:end]}⟧{after}{suffix}"
    return " ".join("".join(char if char.isprintable() else " " for char in line).split())


def nearest_match(quotation: str, text: NormalizedText) -> tuple[int, int] | None:
    """Start and end of the longest match with a quotation, or None if it is too short to be useful."""
    letters = normalize_text(quotation).letters
    match = SequenceMatcher(None, letters, text.letters, autojunk=False).find_longest_match()
    if match.size < min(_MIN_MATCH_LENGTH, len(letters)) or not match.size:
        return None
    return text.positions[match.b], text.positions[match.b + match.size - 1] + 1
