"""Charts of notebooks as figures of a page: a drawing that needs no script, its data, and what makes it interactive."""

import json
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from compendium.publish import numbers, svg
from compendium.publish.datatable import DataTable

CHART = "application/vnd.vegalite.v6+json"
RESULTS = "application/vnd.compendium.results+json"
DRAWING = "image/svg+xml"
FOLDER = "_figures"


class chart(nodes.General, nodes.Element):
    """A chart: ``spec`` (JSON text), ``drawing`` (SVG text), ``docname``; its id is the chart's permanent name.

    ``source_page`` is the page that computed it, when that is another one.
    """


class VegaLiteFigure:
    """MyST-NB renderer of the project's own MIME types; other outputs are left to MyST-NB.

    Only HTML prefers them: other builders take the drawing, table or words that stand beside them.
    """

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [
        (builder, mime, 1) for builder in ("html", "dirhtml", "singlehtml") for mime in (CHART, RESULTS)
    ]

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Element] | None:
        """A chart, or the table of the page's numbers."""
        if data.mime_type == RESULTS:
            return [nodes.raw("", numbers.table(data.content), format="html")]
        if data.mime_type != CHART:
            return None
        fault = _fault(data.content)
        if fault:
            renderer.logger.warning(f"chart: {fault}", subtype="chart", line=data.line)
            return []
        return [_node(renderer, data)]


def _fault(spec: Any) -> str:
    about = spec.get("usermeta", {}).get("compendium", {})
    lacking = [key for key in ("name", "columns", "data") if not about.get(key)]
    lacking += [key for key in ("title", "description") if not spec.get(key)]
    return f"it lacks {', '.join(lacking)}; draw it with charts.described()" if lacking else ""


def _node(renderer: NbElementRenderer, data: MimeData) -> nodes.Element:
    spec: Any = data.content
    _, outputs = renderer.renderer.nb_client.code_cell_outputs(data.cell_index)
    drawing = next(bundle[DRAWING] for bundle in bundles(outputs) if bundle[CHART] == spec)
    node = made(spec, drawing, renderer.renderer.sphinx_env.docname)
    (name,) = node["ids"]
    if not claimed(node, renderer.renderer.document):
        renderer.logger.warning(f"chart: {taken(name)}", subtype="chart", line=data.line)
    return node


def bundles(outputs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The MIME bundles of those outputs of a cell that are charts."""
    return (output["data"] for output in outputs if CHART in output.get("data", {}))


def made(spec: dict[str, Any], drawing: str, docname: str) -> chart:
    """The node of a chart that is sound."""
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    return chart(ids=[spec["usermeta"]["compendium"]["name"]], docname=docname, spec=text, drawing=drawing)


def claimed(node: chart, document: nodes.document) -> bool:
    """Make the chart's name its id on the page; False when the page uses it already."""
    (name,) = node["ids"]
    free = name not in document.ids
    document.ids[name] = node
    return free


def taken(name: str) -> str:
    """What to say of a name that is used twice."""
    return f"the name {name!r} stands for something else on this page already; each chart needs its own"


def visit_chart(self: HTML5Translator, node: chart) -> None:
    """Write the figure and, beside the page, its files for download."""
    spec = json.loads(node["spec"])
    table = DataTable.of(spec)
    (name,) = node["ids"]
    folder = posixpath.join(FOLDER, node["docname"])
    label = f"{words(spec['title'])}. {spec['description']}"
    files = {
        "CSV": ("csv", table.csv()),
        "SVG": ("svg", svg.standalone(node["drawing"], label)),
        "Vega-Lite": ("vl.json", node["spec"]),
    }
    page = self.builder.get_target_uri(node["docname"])
    links = []
    if "source_page" in node:
        uri = self.builder.get_relative_uri(node["docname"], node["source_page"])
        links.append(f'<a href="{uri}#{name}">Where it was computed</a>')
    for kind, (extension, content) in files.items():
        path = posixpath.join(folder, f"{name}.{extension}")
        _write(Path(self.builder.outdir, path), content)
        saved = "-".join([*node["docname"].split("/")[-2:], f"{name}.{extension}"])
        links.append(f'<a href="{relative_uri(page, path)}" download="{saved}">Download {kind}</a>')
    links.append(f'<a href="#{name}">Link to this figure</a>')
    self.body.append(_html(name, label, spec, node, table, links))
    raise nodes.SkipNode


def _html(name: str, label: str, spec: dict[str, Any], node: chart, table: DataTable, links: list[str]) -> str:
    title = words(spec["title"])
    drawing = svg.inline(node["drawing"], name, label)
    data = node["spec"].replace("</", r"<\/")
    note = escape(spec["usermeta"]["compendium"].get("note", ""))
    rows = f"{len(table.rows)} row{'s' if len(table.rows) != 1 else ''}"
    return (
        f'<figure class="chart" id="{name}" aria-label="{escape(title)}">'
        f'<div class="chart-view" role="group" tabindex="0" aria-label="Chart: {escape(title)}">{drawing}</div>'
        f'<script type="application/json" class="chart-spec">{data}</script>'
        f'<figcaption><p class="chart-note">{note}</p>'
        f'<details class="chart-data"><summary>Data behind this figure <small>{rows}</small></summary>'
        f'<p class="downloads">{" ".join(links)}</p>'
        f'<div class="scroll" role="region" tabindex="0" aria-label="Data of: {escape(title)}">'
        f"{table.html(title)}</div></details></figcaption></figure>\n"
    )


def words(title: Any) -> str:
    """The title of a Vega-Lite chart, which is text, lines of text, or an object with either as its ``text``."""
    text = title["text"] if isinstance(title, dict) else title
    return text if isinstance(text, str) else " ".join(text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
