"""Words of a case in prose: ``{{id}}``, ``{{title}}`` and ``{{short}}``, so that no template or page names a case."""

from collections.abc import Iterator
from pathlib import Path

import yaml

PLACEHOLDERS = ("id", "title", "short")


def load_case_metadata(root: Path) -> Iterator[dict[str, str]]:
    """What each ``case.yml`` under ``root`` says, in the order of the folders' names."""
    for path in sorted(root.glob("*/case.yml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


def fill_placeholders(text: str, case: dict[str, str]) -> str:
    """The text with the words of the case in place."""
    for key in PLACEHOLDERS:
        text = text.replace(f"{{{{{key}}}}}", str(case[key]))
    return text
