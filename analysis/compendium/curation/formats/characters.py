"""Patterns of characters that are not allowed in the text of a coded project."""

import re

CONTROL_CODES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
INVALID_CHARACTERS = re.compile(f"{CONTROL_CODES.pattern}|[\ud800-\udfff\ufffe\uffff]")
"""Control codes, surrogates and noncharacters: XML cannot contain them."""
