"""Accessible HTML: formulas as MathML, and labels for elements that screen readers announce."""

from html import escape
from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

_logger = logging.getLogger(__name__)


def visit_inline_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula as MathML."""
    self.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def visit_block_math(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula as MathML."""
    self.body.append(f'<div class="math">{_mathml(node, as_block=True)}</div>\n')
    raise nodes.SkipNode


def _mathml(node: nodes.Element, as_block: bool) -> str:
    try:
        return tex2mathml(node.astext(), as_block=as_block)
    except MathError as error:
        _logger.warning("math: %s", error, location=node, type="compendium", subtype="math")
        return ""


def setup(app: Sphinx) -> None:
    """Register the renderer ``mathml`` for ``html_math_renderer``."""
    app.add_html_math_renderer("mathml", (visit_inline_math, None), (visit_block_math, None))


def visit_folded_code(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Open folded code, with its own prompt as summary; MyST-NB labels every block "Toggle hidden content"."""
    classes = " ".join(["computed", *node["classes"]])
    self.body.append(f'<details class="{classes}"><summary>{escape(node["prompt_show"])}</summary>\n')


def depart_folded_code(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Close folded code."""
    self.body.append("</details>\n")


def visit_citation(self: HTML5Translator, node: nodes.citation) -> None:
    """Open a citation as a list item; docutils gives it the deprecated role ``doc-biblioentry``."""
    HTML5Translator.visit_citation(self, node)
    self.body[-1] = self.body[-1].replace('role="doc-biblioentry"', 'role="listitem"')


def depart_citation(self: HTML5Translator, node: nodes.citation) -> None:
    """Close a citation."""
    HTML5Translator.depart_citation(self, node)


def label_toc_toggles(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.Node | None
) -> None:
    """Label the toggles of the contents in the side bar; the theme leaves them unlabelled."""
    generate = context.get("generate_toctree_html")
    if generate:
        context["generate_toctree_html"] = lambda *args, **kwargs: _label_summaries(str(generate(*args, **kwargs)))


def _label_summaries(contents: str) -> str:
    return contents.replace("<summary>", '<summary aria-label="Pages below">')


def setup_accessibility(app: Sphinx) -> None:
    """Replace the visitors of MyST-NB and docutils, and label the toggles of the theme."""
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_code, depart_folded_code))
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.connect("html-page-context", label_toc_toggles, priority=900)
