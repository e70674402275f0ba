"""The Sphinx extension of the book: registers its nodes, roles, directives, transforms and event handlers."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from compendium.publishing.sphinx_ext import (
    accessibility,
    case_content,
    citation,
    claims,
    codebook_links,
    colophon,
    explorer,
    figure,
    figure_node,
    figure_reuse,
    inline_values,
    page_assets,
    provenance,
    search_excerpts,
    vega_bundle,
)

CACHE_FOLDER = ".cache"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register all parts of the extension."""
    app.add_node(figure_node.chart_node, html=(figure.visit_chart, None))
    app.add_node(explorer.explorer_node, html=(explorer.visit_explorer, None))
    app.add_node(inline_values.value_node, html=(inline_values.visit_value, inline_values.depart_value))
    app.add_role("val", inline_values.ValueRole())
    app.add_role("claim", claims.ClaimRole())
    app.add_post_transform(inline_values.LinkValues)
    app.add_directive("verdicts", claims.VerdictsDirective)
    app.add_directive("build-facts", colophon.BuildFactsDirective)
    app.add_directive("execution-statistics", colophon.ExecutionStatisticsDirective)
    app.add_directive("packages", colophon.PackagesDirective)
    app.add_directive("each-case", case_content.EachCaseDirective)
    app.add_directive("figure-from", figure_reuse.FigureFromDirective)
    app.add_directive("explorer", explorer.ExplorerDirective)
    citation.setup(app)
    case_content.setup(app)
    codebook_links.setup(app)
    accessibility.setup(app)
    accessibility.setup_accessibility(app)
    page_assets.setup(app)
    search_excerpts.setup(app)
    provenance.setup(app)
    app.add_env_collector(figure_node.FigureNumbers)
    app.connect("builder-inited", add_vega_bundle)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def add_vega_bundle(app: Sphinx) -> None:
    """Add the local Vega bundle to HTML builds; ``compendium.js`` loads it when a chart comes into view."""
    if app.builder.format == "html":
        app.config.html_static_path.append(str(vega_bundle.build_vega_bundle(Path(app.srcdir, CACHE_FOLDER))))
