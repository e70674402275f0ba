"""Charts of notebooks as figures of a page: static SVG, data table, downloads, passport and Vega-Lite specification."""

import json
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.builders import Builder
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from compendium.publishing.sphinx_ext import codebook_links, figure_node, figure_svg, inline_values, provenance
from compendium.publishing.sphinx_ext.figure_data import DataTable
from compendium.publishing.sphinx_ext.figure_node import (
    chart_node,
    claim_anchor,
    create_chart_node,
    duplicate_name_message,
    permanent_id,
)
from compendium.reporting.mime_types import CHART_MIME, VALUES_MIME

SVG_MIME = "image/svg+xml"
_FIGURES_FOLDER = "_figures"
DOWNLOAD_EXTENSIONS = {"CSV": "csv", "SVG": "svg", "Vega-Lite": "vl.json"}


class VegaLiteFigure:
    """MyST-NB renderer for charts and published values; MyST-NB itself renders other outputs.

    Only the HTML builders use these MIME types; other builders take the SVG or the text of the same output.
    """

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [
        (builder, mime, 1) for builder in ("html", "dirhtml", "singlehtml") for mime in (CHART_MIME, VALUES_MIME)
    ]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """Return a chart node or the table of the page's values; None leaves the output to MyST-NB."""
        if data.mime_type == VALUES_MIME:
            return [nodes.raw("", inline_values.page_values_table(data.content), format="html")]
        if data.mime_type != CHART_MIME:
            return None
        error = _missing_metadata(data.content)
        if error:
            renderer.logger.warning(f"chart: {error}", subtype="chart", line=data.line)
            return []
        return [_figure_node(renderer, data)]


def _missing_metadata(spec: Any) -> str:
    metadata = spec.get("usermeta", {}).get("compendium", {})
    missing = [key for key in ("name", "columns", "data") if not metadata.get(key)]
    missing += [key for key in ("title", "description") if not spec.get(key)]
    return f"it has no {', '.join(missing)}; use altair_output.with_metadata()" if missing else ""


def _figure_node(renderer: NbElementRenderer, data: MimeData) -> nodes.Element:
    spec: Any = data.content
    _, outputs = renderer.renderer.nb_client.code_cell_outputs(data.cell_index)
    drawing = next(bundle[SVG_MIME] for bundle in chart_bundles(outputs) if bundle[CHART_MIME] == spec)
    page = renderer.renderer.sphinx_env.docname
    node = create_chart_node(spec, drawing, page, page)
    if not claim_anchor(node, renderer.renderer.document):
        renderer.logger.warning(f"chart: {duplicate_name_message(node['name'])}", subtype="chart", line=data.line)
    return node


def chart_bundles(outputs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The MIME bundles of the outputs of a cell that are charts."""
    return (output["data"] for output in outputs if CHART_MIME in output.get("data", {}))


def visit_chart(self: HTML5Translator, node: chart_node) -> None:
    """Write the figure and, on the page that computed it, its files for download."""
    spec = json.loads(node["spec"])
    table = DataTable.from_spec(spec)
    label = f"{title_text(spec['title'])}. {spec['description']}"
    (anchor,) = node["ids"]
    page = self.builder.current_docname
    if page == node["home"]:
        _write_downloads(Path(self.builder.outdir), node, table, label)
    number = figure_node.figure_number(self.builder.env, node["home"], node["name"])
    drawing = figure_svg.inline_svg(node["drawing"], anchor, label)
    numbered = f"Figure {number}" if number else ""
    title = escape(": ".join(filter(None, [numbered, title_text(spec["title"])])))
    spec_json = node["spec"].replace("</", r"<\/")
    note = escape(spec["usermeta"]["compendium"].get("note", ""))
    data_table = table.to_html(title_text(spec["title"]), partial(codebook_links.link_code, self.builder, page))
    row_count = f"{len(table.rows)} row{'s' if len(table.rows) != 1 else ''}"
    fold_summary = escape(spec["usermeta"]["compendium"].get("folded", "")) if page == node["home"] else ""
    self.body.append(
        (f'<details class="folded-figure"><summary>{fold_summary}</summary>' if fold_summary else "")
        + f'<figure class="chart" id="{anchor}" aria-label="{title}">'
        f'<div class="chart-view" role="group" tabindex="0" aria-label="Chart: {title}">{drawing}</div>'
        f'<script type="application/json" class="chart-spec">{spec_json}</script>'
        f'<figcaption><p class="chart-note">{f"<b>{numbered}.</b> " if numbered else ""}{note}</p>'
        f'<details class="chart-data"><summary>Data behind this figure <small>{row_count}</small></summary>'
        f'<div class="scroll" role="region" tabindex="0" aria-label="Data of: {title}">'
        f"{data_table}</div></details>{_passport_html(self.builder, node, page)}"
        "</figcaption></figure>" + ("</details>\n" if fold_summary else "\n")
    )
    raise nodes.SkipNode


def _write_downloads(folder: Path, node: chart_node, table: DataTable, label: str) -> None:
    files = {"csv": table.to_csv(), "svg": figure_svg.standalone_svg(node["drawing"], label), "vl.json": node["spec"]}
    for extension, content in files.items():
        path = folder / _download_path(node, extension)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _download_path(node: chart_node, extension: str) -> str:
    return posixpath.join(_FIGURES_FOLDER, node["home"], f"{node['name']}.{extension}")


def _passport_html(builder: Builder, node: chart_node, page: str) -> str:
    """The passport of a figure: permanent id, download links and provenance."""
    address = builder.get_target_uri(page)
    home = builder.get_relative_uri(page, node["home"]) if page != node["home"] else ""
    name = permanent_id(node["home"], node["name"])
    links = [f'<a href="{home}#{node["name"]}">Where it was computed</a>'] if home else []
    for kind, extension in DOWNLOAD_EXTENSIONS.items():
        path = relative_uri(address, _download_path(node, extension))
        links.append(f'<a href="{path}" download="{name}.{extension}">{kind}</a>')
    links.append(f'<button type="button" class="png pst-js-only" data-name="{name}">PNG</button>')
    links.append(f'<a class="copy" href="{home}#{node["name"]}">Link to this figure</a>')
    passport = provenance.read_passport(Path(builder.srcdir), node["home"])
    facts = provenance.passport_facts(passport, f"{home}#{provenance.PASSPORT_ANCHOR}") if passport else ""
    return (
        f'<details class="passport"><summary>Passport and files <small>{name}</small></summary>'
        f'<p class="downloads">{" ".join(links)}</p>{facts}</details>'
    )


def title_text(title: Any) -> str:
    """The title of a Vega-Lite chart as one line.

    Parameters
    ----------
    title : str, list of str or dict
        Title as in the specification: text, lines of text, or an object with either as ``text``.

    Examples
    --------
    >>> title_text({"text": ["Frames by year", "Share of statements"]})
    'Frames by year Share of statements'
    """
    text = title["text"] if isinstance(title, dict) else title
    return text if isinstance(text, str) else " ".join(text)
