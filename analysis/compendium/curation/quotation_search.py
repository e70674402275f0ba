"""Finds quotations in a text as people quote: spaces, hyphens, kinds of quotation marks and omissions do not count."""

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
"""Letters in a row that count as a trace of a quotation that is not there as a whole."""


@dataclass(frozen=True)
class NormalizedText:
    """A text without what does not count, and where each letter stands in the text."""

    text: str
    letters: str
    positions: list[int]


def normalize_text(text: str) -> NormalizedText:
    """A text as it is compared: in one form of Unicode, with one kind of quotation mark, without spaces and dashes."""
    kept: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for each in unicodedata.normalize("NFKC", letter).translate(_STRAIGHT_QUOTES):
            if not each.isspace() and each not in DASHES and unicodedata.category(each) != "Cf":
                kept.append(each)
                places.append(place)
    return NormalizedText(text, "".join(kept), places)


def find_quotation(quotation: str, text: NormalizedText) -> tuple[int, int] | None:
    """From where to where a quotation stands in a text; None when it does not.

    Parts with an omission (``…``, ``...``, ``[…]``, or words in square brackets) between them must follow one another.
    A quotation begins and ends where a word does.
    """
    parts = [each for part in OMISSION.split(quotation) if (each := normalize_text(part).letters)]
    if not parts:
        return None
    start, at = None, 0
    for part in parts:
        found = _find_whole_words(part, text, at)
        if found is None:
            return None
        start = found if start is None else start
        at = found + len(part)
    return text.positions[start or 0], text.positions[at - 1] + 1


def _find_whole_words(part: str, text: NormalizedText, start: int) -> int | None:
    at = text.letters.find(part, start)
    while at >= 0:
        if _is_word_boundary(text, at - 1, at) and _is_word_boundary(text, at + len(part) - 1, at + len(part)):
            return at
        at = text.letters.find(part, at + 1)
    return None


def _is_word_boundary(text: NormalizedText, left: int, right: int) -> bool:
    """Whether a word can end between two neighbouring letters: at an end of the text, a sign, a space or a dash."""
    if left < 0 or right >= len(text.letters):
        return True
    between = text.positions[right] - text.positions[left] > 1
    return between or not (text.letters[left].isalnum() and text.letters[right].isalnum())


def quotation_in_context(text: str, start: int, end: int, context_chars: int = _CONTEXT_CHARS) -> str:
    """A passage in one line, in brackets, with what stands before and behind it."""
    before, behind = text[max(0, start - context_chars) : start], text[end : end + context_chars]
    opening, closing = "…" if start > context_chars else "", "…" if end + context_chars < len(text) else ""
    line = f"{opening}{before}⟦{text[start:end]}⟧{behind}{closing}"
    return " ".join("".join(each if each.isprintable() else " " for each in line).split())


def nearest_match(quotation: str, text: NormalizedText) -> tuple[int, int] | None:
    """Where the longest common run of letters stands, if it is long enough to be a trace of the quotation."""
    wanted = normalize_text(quotation).letters
    matcher = SequenceMatcher(None, wanted, text.letters, autojunk=False)
    run = matcher.find_longest_match()
    if run.size < min(_MIN_MATCH_LENGTH, len(wanted)) or not run.size:
        return None
    return text.positions[run.b], text.positions[run.b + run.size - 1] + 1
