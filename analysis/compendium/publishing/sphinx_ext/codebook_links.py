"""Links from code labels in prose and figure data to the definitions in the codebook."""

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
    """The anchor of a code on the codebook page, and its definition."""

    anchor: str
    meaning: str


@cache
def read_code_definitions(root: Path) -> dict[str, CodeDefinition]:
    """Read every code by its label, from the codebook tables with the columns ``code_id`` and ``label``."""
    return dict(_definitions(root / _CODEBOOK_FOLDER))


def _definitions(folder: Path) -> Iterator[tuple[str, CodeDefinition]]:
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if "label" in row and "code_id" in row:
                    meaning = next((row[column] for column in MEANING_COLUMNS if column in row), "")
                    yield row["label"], CodeDefinition(row["code_id"], meaning)


def link_code(builder: Builder, page: str, text: str) -> str:
    """The text as HTML, with a link to the codebook if it is the label of a code."""
    definition = read_code_definitions(Path(builder.srcdir)).get(text)
    if definition is None or page == CODEBOOK_PAGE or CODEBOOK_PAGE not in builder.env.found_docs:
        return escape(text)
    address = f"{builder.get_relative_uri(page, CODEBOOK_PAGE)}#{definition.anchor}"
    return f'<a class="defined" href="{escape(address)}">{escape(text)}</a>'


class LinkCodes(SphinxPostTransform):
    """Link each emphasised label of a code, such as ``*Visa facilitation*``, to its definition."""

    default_priority = 6  # after LinkValues, so that links of values stay

    def run(self, **kwargs: Any) -> None:
        """Insert the links, except on the codebook page itself or if the book has no codebook page."""
        page = self.env.docname
        if page == CODEBOOK_PAGE or CODEBOOK_PAGE not in self.env.found_docs or self.app.builder.format != "html":
            return
        definitions = read_code_definitions(Path(self.env.srcdir))
        codebook_uri = self.app.builder.get_relative_uri(page, CODEBOOK_PAGE)
        for node in list(self.document.findall(nodes.emphasis)):
            definition = definitions.get(node.astext())
            is_linked = next(node.findall(nodes.reference), None) or isinstance(node.parent, nodes.reference)
            if definition and not is_linked:
                uri = f"{codebook_uri}#{definition.anchor}"
                reference = nodes.reference(
                    "", "", refuri=uri, internal=True, reftitle=definition.meaning, classes=["defined"]
                )
                node.replace_self(reference)
                reference += node


def clear_definitions_cache(app: Sphinx) -> None:
    """Clear the cache, so that each build reads the codebook again."""
    read_code_definitions.cache_clear()


def setup(app: Sphinx) -> None:
    """Register the post-transform and the event handler that clears the cache."""
    app.connect("builder-inited", clear_definitions_cache)
    app.add_post_transform(LinkCodes)
