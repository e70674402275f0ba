"""What an import has to tell: how the file was read, what is doubtful, what was dropped."""

from collections import Counter
from dataclasses import dataclass, field

from compendium.curation.formats.characters import INVALID_CHARACTERS


@dataclass
class ImportLog:
    """Filled by each step of a conversion. ``omissions`` counts what has no place here, in words."""

    messages: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    omissions: Counter[str] = field(default_factory=Counter)

    def warn(self, message: str) -> None:
        """Note a doubt, once."""
        if message not in self.warnings:
            self.warnings.append(message)

    def clean_text(self, text: str) -> str:
        """Text that a table can hold: line ends LF, no byte order mark, control characters as spaces, counted."""
        plain = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        clean, number = INVALID_CHARACTERS.subn(" ", plain)
        self.omissions["control characters in texts (now spaces)"] += number
        return clean

    def clean_line(self, text: str) -> str:
        """Clean text without blanks around it."""
        return self.clean_text(text).strip()
