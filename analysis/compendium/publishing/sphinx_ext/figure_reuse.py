"""The directive ``figure-from``: shows a figure of one page on another, with a link to its own page."""

import json
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

from docutils.nodes import Node
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from compendium.publishing.sphinx_ext.figure import SVG_MIME, chart_bundles
from compendium.publishing.sphinx_ext.figure_node import claim_anchor, create_chart_node, duplicate_name_message
from compendium.reporting.mime_types import CHART_MIME

_BOOK_FOLDER = "book"
_logger = logging.getLogger(__name__)


class FigureFromDirective(SphinxDirective):
    """``{figure-from} across/comparison families``: a page below ``book/`` and the name of a figure on it.

    With ``:if-drawn:``, nothing is shown if the page has no such figure, for example if a case has too little evidence.
    """

    required_arguments = 2
    optional_arguments = 0
    option_spec: ClassVar[dict[str, object]] = {"if-drawn": directives.flag}

    def run(self) -> list[Node]:
        """Return the figure as on its own page; if there is none, warn and return nothing."""
        page, name = self.arguments
        root = Path(self.env.srcdir, _BOOK_FOLDER)
        path = root / f"{page}.ipynb"
        if not path.exists():
            return self._warn(f"there is no page {page!r}; {_suggestion(page, _page_names(root))}")
        self.env.note_dependency(str(path))
        bundles = _named_bundles(path)
        if name not in bundles and "if-drawn" in self.options:
            return []
        if name not in bundles:
            return self._warn(f"{page} has no figure {name!r}; {_suggestion(name, list(bundles))}")
        bundle = bundles[name]
        node = create_chart_node(bundle[CHART_MIME], bundle[SVG_MIME], f"{_BOOK_FOLDER}/{page}", self.env.docname)
        if not claim_anchor(node, self.state.document):
            return self._warn(duplicate_name_message(name))
        self.set_source_info(node)
        return [node]

    def _warn(self, message: str) -> list[Node]:
        self.env.note_reread()  # so that the next build repeats the warning
        _logger.warning("figure-from: %s", message, location=self.get_location())
        return []


def _named_bundles(path: Path) -> dict[str, dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    bundles = (_join_lines(bundle) for cell in cells for bundle in chart_bundles(cell.get("outputs", [])))
    return {bundle[CHART_MIME]["usermeta"]["compendium"]["name"]: bundle for bundle in bundles}


def _join_lines(bundle: dict[str, Any]) -> dict[str, Any]:
    """Join texts that a saved notebook stores as a list of lines."""
    return {mime: "".join(value) if isinstance(value, list) else value for mime, value in bundle.items()}


def _page_names(root: Path) -> list[str]:
    return sorted(path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.ipynb"))


def _suggestion(name: str, names: list[str]) -> str:
    similar = get_close_matches(name, names, n=3, cutoff=0.3)
    return f"available: {', '.join(similar or sorted(names)) or 'none'}"
