"""Identifiers: reproducible GUIDs, slugs and unique names."""

import re
from unicodedata import normalize
from uuid import UUID, uuid5

_UUID_NAMESPACE = UUID("6f6c1f0e-6f63-5b0e-9d6a-0f6d4b1f2c11")
_GUID_PATTERN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MAX_SLUG_CHARS = 40


def make_guid(kind: str, name: str) -> str:
    """GUID computed from a kind and a name, so that every export uses the same one.

    Examples
    --------
    >>> make_guid("code", "gates") == make_guid("code", "gates")
    True
    """
    return str(uuid5(_UUID_NAMESPACE, f"{kind}:{name}"))


def normalize_guid(text: str) -> str:
    """Convert an identifier to a GUID in lower case without braces; an empty string stays empty.

    Tools differ in case and braces, and some write identifiers that are not GUIDs: these get a computed one.

    Examples
    --------
    >>> normalize_guid("{0B6E4C1A-1111-4222-8333-444455556666}")
    '0b6e4c1a-1111-4222-8333-444455556666'
    """
    guid = text.strip().strip("{}").lower()
    return guid if not guid or _GUID_PATTERN.fullmatch(guid) else make_guid("foreign", guid)


def slug(name: str) -> str:
    """Convert a name to lower-case ASCII letters, digits and hyphens, at most 40 characters.

    Examples
    --------
    >>> slug("Zäune & Tore")
    'zaune-tore'
    """
    ascii_name = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", ascii_name).strip("-")[:_MAX_SLUG_CHARS].strip("-")


def unique_name(name: str, used_names: set[str], number_format: str = "{}-{}") -> str:
    """Return the name, numbered from 2 if it is in use, and add the result to ``used_names``.

    Examples
    --------
    >>> used_names = {"gates"}
    >>> unique_name("gates", used_names), unique_name("gates", used_names)
    ('gates-2', 'gates-3')
    """
    candidate, number = name, 1
    while candidate in used_names:
        number += 1
        candidate = number_format.format(name, number)
    used_names.add(candidate)
    return candidate
