"""Names that are new: short ones for ids, and ones that nothing else has."""

import re
from unicodedata import normalize

LONGEST_ID = 40


def slug(name: str) -> str:
    """A name in small letters, digits and hyphens."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_ID].strip("-")


def unique(wanted: str, taken: set[str], numbered: str = "{}-{}") -> str:
    """The name itself or, if it is taken, with the first number from 2 on that is free; it is taken from then on."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = numbered.format(wanted, number)
    taken.add(found)
    return found
