"""What our own exports say of their rows beyond what the standard has a place for, and how imports find it again.

A statement's memo ends in lines such as ``locator: para 3`` below a line ``---``; documents carry their columns as
variables. Both are readable in any tool. Identifiers of the standard (GUIDs) are made from our ids, always the same.
"""

import re
from collections.abc import Mapping

EXPORT_ORIGIN = "Compendium of migration partnerships"
FACTS_SEPARATOR = "---"
STATEMENT_FACTS = ("statement_id", "locator", "speaker", "speaker_side", "partnership_id", "text_kind")
CODE_FACTS = ("name", "code_id", "heading")
"""The name that a code has here, where exports had to make it unique; and which code or group of the shared codebook it
is, for tools that give codes new identifiers."""
DOCUMENT_ID_VARIABLE = "document_id"
JOINED_TEXT_VARIABLE = "statements_joined"
"""A document's variable: its text is no text of the document, but its statements one after the other."""


def has_joined_text(variables: Mapping[str, str]) -> bool:
    """Whether a document's text is its statements one after the other."""
    return variables.get(JOINED_TEXT_VARIABLE) == "yes"


def group_heading(kind: str, group: str) -> str:
    """The name of a group of the shared codebook."""
    return f"{kind}:{group}"


def append_facts(memo: str, facts: Mapping[str, str]) -> str:
    """A memo with facts below it, if there are any."""
    lines = [f"{name}: {value}" for name, value in facts.items() if value]
    if not lines:
        return memo
    return "\n".join([*([memo] if memo else []), FACTS_SEPARATOR, *lines])


def split_facts(memo: str, names: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """A memo, and the facts that stood below it; tools may have changed spaces and line ends."""
    before, line, after = memo.replace("\r\n", "\n").rpartition(f"{FACTS_SEPARATOR}\n")
    found = re.findall(rf"^({'|'.join(names)}): (.*)$", after, flags=re.M) if line else []
    if not found or len(found) != len(after.strip().splitlines()):
        return memo, {}
    return before.strip("\n"), {name: value.strip() for name, value in found}
