"""Sphinx extension of the book: figures, numbers in prose, prose for each case, and what readers' machines need."""

from html import escape
from pathlib import Path
from typing import Any

from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from compendium.publish import borrowed, cases, contents, figure, formulas, numbers, vega

CACHE = ".cache"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what pages use, and the files that they load."""
    app.add_node(figure.chart, html=(figure.visit_chart, None))
    app.add_node(numbers.number, html=(numbers.visit_number, numbers.depart_number))
    app.add_role("val", numbers.ValRole())
    app.add_post_transform(numbers.LinkNumbers)
    app.add_directive("each-case", cases.EachCase)
    app.add_directive("figure-from", borrowed.FigureFrom)
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_code, depart_folded_code))
    contents.setup(app)
    formulas.setup(app)
    app.connect("builder-inited", add_vega)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def add_vega(app: Sphinx) -> None:
    """Give HTML the local copy of Vega; ``compendium.js`` loads it when a chart comes into view."""
    if app.builder.format == "html":
        app.config.html_static_path.append(str(vega.bundle(Path(app.srcdir, CACHE))))


def visit_folded_code(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Code behind a line that says what it is (MyST-NB's own names each of them "Toggle hidden content")."""
    classes = " ".join(["computed", *node["classes"]])
    self.body.append(f'<details class="{classes}"><summary>{escape(node["prompt_show"])}</summary>\n')


def depart_folded_code(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Close it."""
    self.body.append("</details>\n")
