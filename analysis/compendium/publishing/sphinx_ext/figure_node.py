"""The docutils node of a chart, and the numbering of figures in the order of the table of contents."""

import json
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector


class chart_node(nodes.General, nodes.Element):
    """A chart: ``spec`` (JSON text), ``drawing`` (SVG text), ``name``, and ``home``, the page that computed it.

    Its id is its name on the home page, and its permanent id (unique in the book) on other pages.
    """


def create_chart_node(spec: dict[str, Any], drawing: str, home: str, docname: str) -> chart_node:
    """Create the node of a chart that the page ``home`` computed, for display on the page ``docname``."""
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    name = spec["usermeta"]["compendium"]["name"]
    anchor = name if home == docname else permanent_id(home, name)
    return chart_node(ids=[anchor], name=name, home=home, spec=text, drawing=drawing)


def permanent_id(home: str, name: str) -> str:
    """The id of a figure that is unique in the book: case (or ``across``), template and name.

    Examples
    --------
    >>> permanent_id("book/cases/aland/discourse", "frames")
    'aland-discourse-frames'
    """
    return "-".join([*home.split("/")[-2:], name])


def claim_anchor(node: chart_node, document: nodes.document) -> bool:
    """Register the chart's anchor as an id of the page; False if the page uses it already."""
    (anchor,) = node["ids"]
    is_free = anchor not in document.ids
    document.ids[anchor] = node
    return is_free


def duplicate_name_message(name: str) -> str:
    """The warning for a chart name that the page uses twice."""
    return f"the name {name!r} is already used on this page; give each chart its own name"


class FigureNumbers(EnvironmentCollector):
    """Store in the build environment which figures each page computed, and the number of each figure."""

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Delete the figures of a page that is read again."""
        _page_figures(env).pop(docname, None)

    def merge_other(self, app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
        """Add the figures of pages that another process has read."""
        _page_figures(env).update({page: names for page, names in _page_figures(other).items() if page in docnames})

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Store the names of the figures that the page computed."""
        page = app.env.docname
        names = [node["name"] for node in doctree.findall(chart_node) if node["home"] == page]
        _page_figures(app.env)[page] = names

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Number the figures; if a number has changed, return all pages so that they are written again."""
        old_numbers = _figure_numbers(env)
        figures = ((page, name) for page in pages_in_order(env) for name in _page_figures(env).get(page, []))
        env.compendium_numbers = {figure: number for number, figure in enumerate(figures, start=1)}  # type: ignore[attr-defined]
        return [] if _figure_numbers(env) == old_numbers else sorted(env.found_docs)


def figure_number(env: BuildEnvironment, home: str, name: str) -> int | None:
    """The number of a figure; None if its page is not in the table of contents."""
    return _figure_numbers(env).get((home, name))


def pages_in_order(env: BuildEnvironment) -> Iterator[str]:
    """Every page once, in the order of the table of contents."""
    order: dict[str, None] = {}

    def visit(page: str) -> None:
        if page not in order:
            order[page] = None
            for subpage in env.toctree_includes.get(page, []):
                visit(subpage)

    visit(env.config.root_doc)
    yield from order


def _page_figures(env: BuildEnvironment) -> dict[str, list[str]]:
    return vars(env).setdefault("compendium_figures", {})


def _figure_numbers(env: BuildEnvironment) -> dict[tuple[str, str], int]:
    return vars(env).setdefault("compendium_numbers", {})
