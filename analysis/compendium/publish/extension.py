"""Sphinx extension of the book: figures, numbers in prose, prose for each case, and what readers' machines need."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from compendium.publish import (
    accessible,
    borrowed,
    cases,
    chart,
    cite,
    claims,
    colophon,
    contents,
    definitions,
    excerpts,
    explorer,
    figure,
    formulas,
    lean,
    numbering,
    numbers,
    passport,
    vega,
)

CACHE = ".cache"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what pages use, and the files that they load."""
    app.add_node(chart.chart, html=(figure.visit_chart, None))
    app.add_node(explorer.explorer, html=(explorer.visit_explorer, None))
    app.add_node(numbers.number, html=(numbers.visit_number, numbers.depart_number))
    app.add_role("val", numbers.ValRole())
    app.add_role("claim", claims.ClaimRole())
    app.add_post_transform(numbers.LinkNumbers)
    app.add_directive("verdicts", claims.Verdicts)
    app.add_directive("build-facts", colophon.BuildFacts)
    app.add_directive("execution-statistics", colophon.ExecutionStatistics)
    app.add_directive("packages", colophon.Packages)
    app.add_directive("each-case", cases.EachCase)
    app.add_directive("figure-from", borrowed.FigureFrom)
    app.add_directive("explorer", explorer.Explorer)
    cite.setup(app)
    contents.setup(app)
    definitions.setup(app)
    formulas.setup(app)
    accessible.setup(app)
    lean.setup(app)
    excerpts.setup(app)
    passport.setup(app)
    app.add_env_collector(numbering.FigureNumbers)
    app.connect("builder-inited", add_vega)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def add_vega(app: Sphinx) -> None:
    """Give HTML the local copy of Vega; ``compendium.js`` loads it when a chart comes into view."""
    if app.builder.format == "html":
        app.config.html_static_path.append(str(vega.bundle(Path(app.srcdir, CACHE))))
