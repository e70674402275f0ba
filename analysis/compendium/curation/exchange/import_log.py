"""Log of an import: how the file was read, warnings, and counts of what was not imported."""

from collections import Counter
from dataclasses import dataclass, field

from compendium.curation.formats.characters import INVALID_CHARACTERS


@dataclass
class ImportLog:
    """Messages that the steps of an import add.

    Parameters
    ----------
    messages : list of str
        How the file was read.
    warnings : list of str
        What the user should verify.
    omissions : Counter of str
        Number of items that were not imported, by a phrase for their kind.
    """

    messages: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    omissions: Counter[str] = field(default_factory=Counter)

    def warn(self, message: str) -> None:
        """Add a warning, unless it is there already."""
        if message not in self.warnings:
            self.warnings.append(message)

    def clean_text(self, text: str) -> str:
        """Convert line ends to LF, remove a byte order mark, and replace control characters by spaces."""
        text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        text, n_replaced = INVALID_CHARACTERS.subn(" ", text)
        self.omissions["control characters in texts (replaced by spaces)"] += n_replaced
        return text

    def clean_line(self, text: str) -> str:
        """Clean a text and strip white space at both ends."""
        return self.clean_text(text).strip()
