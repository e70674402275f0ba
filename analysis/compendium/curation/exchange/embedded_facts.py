"""Facts that exports embed in memos, descriptions and variables, and that imports read again.

Exports need them for columns that have no place in the format. The memo of a statement ends in lines such as
``locator: para 3`` below a line ``---``; the columns of a document are its variables. Every tool can show both.
"""

import re
from collections.abc import Mapping

EXPORT_ORIGIN = "Compendium of migration partnerships"
"""Origin (name of the software) in the files that this project exports."""
FACTS_SEPARATOR = "---"
STATEMENT_FACTS = ("statement_id", "locator", "speaker", "speaker_side", "partnership_id", "text_kind")
CODE_FACTS = ("name", "code_id", "heading")
"""The original name of a code that was made unique, and the code or group of the shared codebook that it is.

Needed because some tools give codes new GUIDs."""
DOCUMENT_ID_VARIABLE = "document_id"
JOINED_TEXT_VARIABLE = "statements_joined"
"""Variable of a document: ``yes`` if its text is not the original but its joined statements."""


def has_joined_text(variables: Mapping[str, str]) -> bool:
    """Whether the text of a document consists of its joined statements."""
    return variables.get(JOINED_TEXT_VARIABLE) == "yes"


def group_heading(kind: str, group: str) -> str:
    """Identifier of a group of the shared codebook.

    Examples
    --------
    >>> group_heading("frame", "security")
    'frame:security'
    """
    return f"{kind}:{group}"


def append_facts(memo: str, facts: Mapping[str, str]) -> str:
    """Append the facts that are not empty to a memo.

    Examples
    --------
    >>> append_facts("Sure?", {"locator": "para 3", "speaker": ""})
    'Sure?\\n---\\nlocator: para 3'
    """
    lines = [f"{name}: {value}" for name, value in facts.items() if value]
    if not lines:
        return memo
    return "\n".join([*([memo] if memo else []), FACTS_SEPARATOR, *lines])


def split_facts(memo: str, names: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """Split a memo into its text and its facts, even if a tool changed spaces or line ends.

    Examples
    --------
    >>> split_facts("Sure?\\n---\\nlocator: para 3", STATEMENT_FACTS)
    ('Sure?', {'locator': 'para 3'})
    """
    text, separator, fact_lines = memo.replace("\r\n", "\n").rpartition(f"{FACTS_SEPARATOR}\n")
    facts = re.findall(rf"^({'|'.join(names)}): (.*)$", fact_lines, flags=re.M) if separator else []
    if not facts or len(facts) != len(fact_lines.strip().splitlines()):
        return memo, {}
    return text.strip("\n"), {name: value.strip() for name, value in facts}
