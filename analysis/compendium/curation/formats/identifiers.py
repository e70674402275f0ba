"""Names that are new: short ones for ids, and ones that nothing else has."""

import re
from unicodedata import normalize
from uuid import UUID, uuid5

_UUID_NAMESPACE = UUID("6f6c1f0e-6f63-5b0e-9d6a-0f6d4b1f2c11")
_GUID_PATTERN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def make_guid(kind: str, name: str) -> str:
    """The identifier of a thing of ours; the same at each export."""
    return str(uuid5(_UUID_NAMESPACE, f"{kind}:{name}"))


def normalize_guid(text: str) -> str:
    """An identifier in one form: tools differ in case and braces, and some write what is none. Empty for nothing."""
    plain = text.strip().strip("{}").lower()
    return plain if not plain or _GUID_PATTERN.fullmatch(plain) else make_guid("foreign", plain)


_MAX_SLUG_CHARS = 40


def slug(name: str) -> str:
    """A name in small letters, digits and hyphens."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:_MAX_SLUG_CHARS].strip("-")


def unique_name(name: str, used_names: set[str], number_format: str = "{}-{}") -> str:
    """The name itself or, if it is taken, with the first number from 2 on that is free; it is taken from then on."""
    found, number = name, 1
    while found in used_names:
        number += 1
        found = number_format.format(name, number)
    used_names.add(found)
    return found
