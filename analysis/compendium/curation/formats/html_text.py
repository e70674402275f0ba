"""Conversion between plain text and the HTML of Taguette, whose positions are bytes of the text."""

import re
from dataclasses import dataclass
from html import escape, unescape

import numpy as np
import numpy.typing as npt

from compendium.curation.formats.errors import ImportRefused

_TAG_OR_TEXT = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)?[^<>]*>|[^<]+|<")
"""A tag or text. Taguette sanitises its HTML, so every ``<`` that does not begin a tag is written as ``&lt;``."""
_INLINE_ELEMENTS = {"a", "b", "code", "del", "em", "i", "img", "q", "span", "strong", "sub", "sup", "u"}
"""Elements that do not begin a new line."""


def text_to_html(text: str) -> str:
    """Convert plain text to HTML with a paragraph per line; the text between the tags is unchanged.

    Only the first line becomes a paragraph when it is empty: a line end before the first element would not count.

    Examples
    --------
    >>> text_to_html("Gates\\nA & B")
    '<p>Gates</p>\\n<p>A &amp; B</p>'
    """
    lines = text.split("\n")
    return "\n".join(
        f"<p>{escape(line, quote=False)}</p>" if line or not number else "" for number, line in enumerate(lines)
    )


@dataclass(frozen=True)
class HtmlText:
    """The plain text of an HTML document and the byte offsets of its characters.

    Parameters
    ----------
    text : str
        The text, with a line end between paragraphs even if the HTML has none there.
    byte_offsets : ndarray of int64, shape (characters + 1,)
        Byte at which each character begins as Taguette counts, and last the total number of bytes.
    """

    text: str
    byte_offsets: npt.NDArray[np.int64]

    def character_span(self, start: int, end: int) -> tuple[int, int]:
        """Convert a span of bytes to a span of characters; partly covered characters are included.

        Raises
        ------
        ImportRefused
            If the span is not inside the text; the message has no subject, for the caller to add.
        """
        if not 0 <= start <= end <= self.byte_offsets[-1]:
            raise ImportRefused(f"from byte {start:,} to {end:,}, but its text has {self.byte_offsets[-1]:,} bytes")
        # An inserted line end has no bytes: it has the same offset as the next character.
        first = int(np.searchsorted(self.byte_offsets, start, side="right")) - 1
        return first, max(first, int(np.searchsorted(self.byte_offsets, end, side="left")))


def parse_html(html: str) -> HtmlText:
    """Extract the text of HTML, with the byte offset of each character.

    Examples
    --------
    >>> parsed = parse_html("<p>Tür</p><p>Tor</p>")
    >>> parsed.text, parsed.byte_offsets.tolist()
    ('Tür\\nTor', [0, 1, 3, 4, 4, 5, 6, 7])
    """
    pieces: list[str] = []
    widths: list[npt.NDArray[np.int64]] = []
    after_block_tag = False
    last_character = ""
    for part in _TAG_OR_TEXT.finditer(html.replace("\r\n", "\n").replace("\r", "\n")):
        if part[0] != "<" and part[0].startswith("<"):
            after_block_tag = after_block_tag or (part[2] or "").lower() not in _INLINE_ELEMENTS
            continue
        text = unescape(part[0])
        if not text:  # unescape() removes references to invalid characters
            continue
        if after_block_tag and last_character and last_character != "\n" and not text.startswith("\n"):
            pieces.append("\n")
            widths.append(np.zeros(1, dtype=np.int64))
        pieces.append(text)
        widths.append(_utf8_widths(text))
        after_block_tag, last_character = False, text[-1]
    return HtmlText("".join(pieces), np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *widths])))


def _utf8_widths(text: str) -> npt.NDArray[np.int64]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return 1 + (codes > 0x7F).astype(np.int64) + (codes > 0x7FF) + (codes > 0xFFFF)
