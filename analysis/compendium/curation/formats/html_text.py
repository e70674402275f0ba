"""Plain text as HTML and back, as Taguette keeps and counts it: in UTF-8 bytes of the text between the tags."""

import re
from dataclasses import dataclass
from html import escape, unescape

import numpy as np
import numpy.typing as npt

from compendium.curation.formats.errors import ImportRefused

_TAG_OR_TEXT = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)?[^<>]*>|[^<]+|<")
"""A tag, or text. What Taguette keeps has been cleaned by it: every ``<`` that is no tag is written as ``&lt;``."""
_INLINE_ELEMENTS = {"a", "b", "code", "del", "em", "i", "img", "q", "span", "strong", "sub", "sup", "u"}
"""Elements that break no line."""


def text_to_html(text: str) -> str:
    """Plain text as HTML with the same text between its tags: a paragraph a line, line ends between them.

    A line end at the very beginning would not count, for no element stands before it: an empty paragraph does.
    """
    lines = text.split("\n")
    return "\n".join(
        f"<p>{escape(line, quote=False)}</p>" if line or not number else "" for number, line in enumerate(lines)
    )


@dataclass(frozen=True)
class HtmlText:
    """What HTML says.

    ``text`` is its text, with a line end between paragraphs also where the HTML has none. ``byte_offsets`` gives, for each
    character and last for the end, the byte at which it begins as Taguette counts.
    """

    text: str
    byte_offsets: npt.NDArray[np.int64]

    def character_span(self, start: int, end: int) -> tuple[int, int]:
        """From and to which character bytes reach, half of a character taken as the whole.

        Raises
        ------
        Refused
            When they reach out of the text.
        """
        if not 0 <= start <= end <= self.byte_offsets[-1]:
            raise ImportRefused(f"from byte {start:,} to {end:,}, but its text has {self.byte_offsets[-1]:,} bytes")
        # A line end that was put in begins at the byte of the character behind it.
        first = int(np.searchsorted(self.byte_offsets, start, side="right")) - 1
        return first, max(first, int(np.searchsorted(self.byte_offsets, end, side="left")))


def parse_html(html: str) -> HtmlText:
    """The text of HTML, and where its characters stand."""
    pieces: list[str] = []
    widths: list[npt.NDArray[np.int64]] = []
    broken = False
    last = ""
    for part in _TAG_OR_TEXT.finditer(html.replace("\r\n", "\n").replace("\r", "\n")):
        if part[0] != "<" and part[0].startswith("<"):
            broken = broken or (part[2] or "").lower() not in _INLINE_ELEMENTS
            continue
        text = unescape(part[0])
        if not text:  # a reference to a character that there is not
            continue
        if broken and last and last != "\n" and not text.startswith("\n"):
            pieces.append("\n")
            widths.append(np.zeros(1, dtype=np.int64))
        pieces.append(text)
        widths.append(_utf8_widths(text))
        broken, last = False, text[-1]
    return HtmlText("".join(pieces), np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *widths])))


def _utf8_widths(text: str) -> npt.NDArray[np.int64]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return 1 + (codes > 0x7F).astype(np.int64) + (codes > 0x7FF) + (codes > 0xFFFF)
