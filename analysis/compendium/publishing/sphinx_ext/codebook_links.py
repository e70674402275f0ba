"""Codes lead to their definition: wherever prose or the data of a figure names one, it links to the codebook."""

import csv
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.transforms.post_transforms import SphinxPostTransform

_CODEBOOK_FOLDER = "data/codebook"
CODEBOOK_PAGE = "book/across/codebook"
MEANING_COLUMNS = ("definition", "covers")


class CodeDefinition(NamedTuple):
    """Where on the codebook's page a code is defined, and in what words."""

    anchor: str
    meaning: str


@cache
def read_code_definitions(root: Path) -> dict[str, CodeDefinition]:
    """Every code by its label, from those tables of the codebook that have ids and labels."""
    return dict(_definitions(root / _CODEBOOK_FOLDER))


def _definitions(folder: Path) -> Iterator[tuple[str, CodeDefinition]]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if "label" in row and "code_id" in row:
                    meaning = next((row[column] for column in MEANING_COLUMNS if column in row), "")
                    yield row["label"], CodeDefinition(row["code_id"], meaning)


def link_code(builder: Builder, page: str, text: str) -> str:
    """A text as HTML: linked if it is a code's label and the book has its codebook, else as it is."""
    found = read_code_definitions(Path(builder.srcdir)).get(text)
    if found is None or page == CODEBOOK_PAGE or CODEBOOK_PAGE not in builder.env.found_docs:
        return escape(text)
    address = f"{builder.get_relative_uri(page, CODEBOOK_PAGE)}#{found.anchor}"
    return f'<a class="defined" href="{escape(address)}">{escape(text)}</a>'


class LinkCodes(SphinxPostTransform):
    """Link each emphasised label of a code, as in ``*Visa facilitation*``."""

    default_priority = 6  # behind LinkNumbers: a number stays one

    def run(self, **kwargs: Any) -> None:
        """Not on the codebook's own page, and only where there is one."""
        page = self.env.docname
        if page == CODEBOOK_PAGE or CODEBOOK_PAGE not in self.env.found_docs or self.app.builder.format != "html":
            return
        known = read_code_definitions(Path(self.env.srcdir))
        for node in list(self.document.findall(nodes.emphasis)):
            found = known.get(node.astext())
            if found and not next(node.findall(nodes.reference), None) and not isinstance(node.parent, nodes.reference):
                uri = f"{self.app.builder.get_relative_uri(page, CODEBOOK_PAGE)}#{found.anchor}"
                reference = nodes.reference(
                    "", "", refuri=uri, internal=True, reftitle=found.meaning, classes=["defined"]
                )
                node.replace_self(reference)
                reference += node


def clear_definitions_cache(app: Sphinx) -> None:
    """Read the codebook anew with each build."""
    read_code_definitions.cache_clear()


def setup(app: Sphinx) -> None:
    """Register both."""
    app.connect("builder-inited", clear_definitions_cache)
    app.add_post_transform(LinkCodes)
