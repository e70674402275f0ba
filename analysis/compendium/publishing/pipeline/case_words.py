"""Placeholders for a case in prose, ``{{id}}``, ``{{title}}`` and ``{{short}}``, so that templates suit every case."""

from collections.abc import Iterator
from pathlib import Path

import yaml

PLACEHOLDERS = ("id", "title", "short")


def load_case_metadata(root: Path) -> Iterator[dict[str, str]]:
    """Read each ``case.yml`` in the folders below ``root``, sorted by folder name."""
    for path in sorted(root.glob("*/case.yml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


def fill_placeholders(text: str, case: dict[str, str]) -> str:
    """Replace the placeholders in a text with the metadata of a case.

    Examples
    --------
    >>> case = {"id": "aland", "title": "Åland isles", "short": "Åland"}
    >>> fill_placeholders("[{{title}}](cases/{{id}}/case.ipynb)", case)
    '[Åland isles](cases/aland/case.ipynb)'
    """
    for key in PLACEHOLDERS:
        text = text.replace(f"{{{{{key}}}}}", str(case[key]))
    return text
