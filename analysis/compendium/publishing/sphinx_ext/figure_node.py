"""The docutils node of a chart, and the numbering of figures in the order of the contents."""

import json
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector


class chart_node(nodes.General, nodes.Element):
    """A chart: ``spec`` (JSON text), ``drawing`` (SVG text), ``name``, and ``home``, the page that computed it.

    On its home page its id is its name; shown elsewhere, its permanent id, which no figure of another page has.
    """


def create_chart_node(spec: dict[str, Any], drawing: str, home: str, docname: str) -> chart_node:
    """The node of a chart that is sound, computed by the page ``home``, for the page ``docname``."""
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    name = spec["usermeta"]["compendium"]["name"]
    anchor = name if home == docname else permanent_id(home, name)
    return chart_node(ids=[anchor], name=name, home=home, spec=text, drawing=drawing)


def permanent_id(home: str, name: str) -> str:
    """The id of a figure throughout the book: case (or ``across``), template, name."""
    return "-".join([*home.split("/")[-2:], name])


def claim_anchor(node: chart_node, document: nodes.document) -> bool:
    """Make the chart's anchor its id on the page; False when the page uses it already."""
    (anchor,) = node["ids"]
    free = anchor not in document.ids
    document.ids[anchor] = node
    return free


def duplicate_name_message(name: str) -> str:
    """What to say of a name that is used twice."""
    return f"the name {name!r} stands for something else on this page already; each chart needs its own"


class FigureNumbers(EnvironmentCollector):
    """Keeps, in the environment, the names of each page's own figures and the number of each figure."""

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page that is read again."""
        _page_figures(env).pop(docname, None)

    def merge_other(self, app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
        """Take what another process read."""
        _page_figures(env).update({name: found for name, found in _page_figures(other).items() if name in docnames})

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Note the figures that are at home on the page."""
        page = app.env.docname
        own = [node["name"] for node in doctree.findall(chart_node) if node["home"] == page]
        _page_figures(app.env)[page] = own

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Count; when a number has changed, every page has to be written again."""
        before = _figure_numbers(env)
        figures = ((page, name) for page in pages_in_order(env) for name in _page_figures(env).get(page, []))
        env.compendium_numbers = {figure: number for number, figure in enumerate(figures, start=1)}  # type: ignore[attr-defined]
        return [] if _figure_numbers(env) == before else sorted(env.found_docs)


def figure_number(env: BuildEnvironment, home: str, name: str) -> int | None:
    """The number of a figure; None on a page that the contents do not list."""
    return _figure_numbers(env).get((home, name))


def pages_in_order(env: BuildEnvironment) -> Iterator[str]:
    """Every page once, as the contents list them."""
    seen: dict[str, None] = {}

    def visit(page: str) -> None:
        if page not in seen:
            seen[page] = None
            for below in env.toctree_includes.get(page, []):
                visit(below)

    visit(env.config.root_doc)
    yield from seen


def _page_figures(env: BuildEnvironment) -> dict[str, list[str]]:
    return vars(env).setdefault("compendium_figures", {})


def _figure_numbers(env: BuildEnvironment) -> dict[tuple[str, str], int]:
    return vars(env).setdefault("compendium_numbers", {})
