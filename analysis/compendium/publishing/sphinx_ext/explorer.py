"""The directive ``explorer``: a table to be filtered in the browser, with the form that filters it.

What the rows are, and what they can be filtered by, stands in a description that is made beforehand
(``.cache/explorer.json``: ``columns``, ``facets``, ``split``, ``download``); nothing of it is known here. The page gets
the form as HTML, and beside it the rows as a script, compressed, because a page opened from a folder on disk may load
scripts and nothing else; and as a CSV file for those without scripts.

The table itself is DataTables, from the wheel of itables, which is locked anyway: well kept, MIT, with paging and
sorting that keyboards and screen readers can use, and without a build step. Tabulator and Observable Plot would need
Node or copies of foreign code in the repository. Of DataTables' own filters none is used: SearchPanes counts each value
by walking the page's cells, too slowly for some thousand rows, and knows no reading; native checkboxes do it better.

A facet is a dict with ``name`` and ``label``, its ``shape`` (``list``, ``choice``, ``words``, ``span`` or ``reading``),
its ``values`` (each with ``value``, ``label`` and the ``group`` under which it stands), and a ``note``.
"""

import base64
import csv
import gzip
import io
import json
import posixpath
import zipfile
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.nodes import Node
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from compendium.publishing.sphinx_ext import datatables_bundle

N_OPEN_LISTS = 2
"""How many lists are open to begin with."""
_FacetDict = dict[str, Any]


def filter_form(facets: Iterable[_FacetDict]) -> str:
    """What filters: the search first, the rest in a fold that a narrow screen keeps closed."""
    first, *rest = facets
    inner = "".join(_facet_control(facet, place < N_OPEN_LISTS) for place, facet in enumerate(rest))
    return (
        f'<form id="explorer-form" class="explorer-form" role="search" aria-label="Filter the rows">{_facet_control(first)}'
        f'<details class="explorer-filters"><summary>Filters <span></span></summary>{inner}'
        "</details></form>\n"
    )


def _facet_control(facet: _FacetDict, is_open: bool = True) -> str:
    """A facet as native controls, a list folded or not; their names and values are what the address of a view says."""
    name, label, note = facet["name"], escape(facet["label"]), f"explorer-{facet['name']}-note"
    described = f' aria-describedby="{note}"' if facet["note"] else ""
    words = f'<small id="{note}">{escape(facet["note"])}</small>' if facet["note"] else ""
    if facet["shape"] == "list":
        body = f"<fieldset{described}><legend>{label}</legend>{words}{_checkboxes(facet)}</fieldset>"
        summary = f'<summary>{label} <small class="facet-set"></small></summary>'
        return f'<details class="facet" data-facet="{name}"{" open" * is_open}>{summary}{body}</details>\n'
    if facet["shape"] == "span":
        ends = "".join(
            f'<label>{end}<input type="number" inputmode="numeric" name="{name}-{end}"{described}></label>'
            for end in ("from", "to")
        )
        body = f'<fieldset class="span"><legend>{label}</legend>{ends}{words}</fieldset>'
    elif facet["shape"] == "reading":
        body = f"<fieldset{described}><legend>{label}</legend>{words}{_radio_buttons(facet)}</fieldset>"
    else:
        control = _select_box(facet, described) if facet["shape"] == "choice" else _search_field(facet, described)
        body = f'<label for="explorer-{name}">{label}</label>{control}{words}'
    return f'<div class="facet" data-facet="{name}">{body}</div>\n'


def _checkboxes(facet: _FacetDict) -> str:
    return "".join(
        f"<fieldset><legend>{escape(group)}</legend>{boxes}</fieldset>" if group else boxes
        for group, values in groupby(facet["values"], lambda value: value["group"])
        for boxes in ["".join(_checkbox(facet["name"], value) for value in values)]
    )


def _checkbox(name: str, value: dict[str, str]) -> str:
    return (
        f'<label><input type="checkbox" name="{name}" value="{escape(value["value"])}">'
        f"<span>{escape(value['label'])}</span> <small></small></label>"
    )


def _radio_buttons(facet: _FacetDict) -> str:
    return "".join(
        f'<label><input type="radio" name="{facet["name"]}" value="{escape(value["value"])}"'
        f"{'' if place else ' checked'}><span>{escape(value['label'])}</span></label>"
        for place, value in enumerate(facet["values"])
    )


def _select_box(facet: _FacetDict, aria_attribute: str) -> str:
    options = "".join(
        f'<option value="{escape(value["value"])}">{escape(value["label"])}</option>' for value in facet["values"]
    )
    name = facet["name"]
    return f'<select id="explorer-{name}" name="{name}"{aria_attribute}><option value="">any</option>{options}</select>'


def _search_field(facet: _FacetDict, aria_attribute: str) -> str:
    name = facet["name"]
    return f'<input type="search" id="explorer-{name}" name="{name}" autocomplete="off" spellcheck="false"{aria_attribute}>'


_DESCRIPTION_FILE = Path(".cache", "explorer.json")
_OUTPUT_FOLDER = "_explorer"
_ROWS_SCRIPT, _CSV_FILE = "rows.js", "rows.csv"
ZIP_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of the entry in the archive; the same at each build, so that the archive is."""
_RESULTS_HTML = """<section class="explorer-results" aria-label="Rows found">
<p class="explorer-count"></p>
<p class="explorer-said" role="status"></p>
<div class="explorer-set"><ul class="explorer-chosen" aria-label="Filters that are set"></ul>
<button type="reset" form="explorer-form" class="explorer-clear" hidden>Clear all filters</button></div>
<figure class="explorer-chart"><figcaption><label for="explorer-by">Count by</label>
<select id="explorer-by" name="by" form="explorer-form"></select></figcaption><div class="explorer-bars"></div></figure>
<p class="explorer-tools"><label for="explorer-sort">Sort by</label>
<select id="explorer-sort" name="sort" form="explorer-form"></select>
<a class="explorer-link" href="">Link to this view</a>
<button type="button" class="explorer-download">Download<span class="unseen"> these rows as</span> CSV</button></p>
<table class="explorer-rows"></table>
</section>
"""
_logger = logging.getLogger(__name__)


class explorer_node(nodes.General, nodes.Element):
    """The form and the table; ``description`` is what was made beforehand, ``docname`` the page."""


class ExplorerDirective(SphinxDirective):
    """``{explorer}``: takes no argument; the description says all."""

    has_content = False

    def run(self) -> list[Node]:
        """The node, or nothing after a located warning when the description is not there."""
        path = Path(self.env.srcdir, _DESCRIPTION_FILE)
        if not path.exists():
            self.env.note_reread()
            _logger.warning(
                "explorer: there is no %s; `compendium book` makes it before it renders",
                _DESCRIPTION_FILE,
                location=self.get_location(),
            )
            return []
        self.env.note_dependency(str(path))
        node = explorer_node(description=json.loads(path.read_text(encoding="utf-8")), docname=self.env.docname)
        self.set_source_info(node)
        return [node]


def visit_explorer(self: HTML5Translator, node: explorer_node) -> None:
    """Write the form, and beside the page the rows and the scripts that it loads."""
    made = node["description"]
    names = made["download"]
    table = _csv_text(names, zip(*(made["columns"][name] for name in names), strict=True))
    folder = Path(self.builder.outdir, _OUTPUT_FOLDER)
    folder.mkdir(exist_ok=True)
    (folder / datatables_bundle.DATATABLES_SCRIPT).write_text(datatables_bundle.datatables_script(), encoding="utf-8")
    (folder / _ROWS_SCRIPT).write_text(_rows_script(made), encoding="utf-8")
    (folder / f"{_CSV_FILE}.zip").write_bytes(_zip_csv(table))
    page = self.builder.get_target_uri(node["docname"])
    places = {
        name: relative_uri(page, posixpath.join(_OUTPUT_FOLDER, name))
        for name in (datatables_bundle.DATATABLES_SCRIPT, _ROWS_SCRIPT, f"{_CSV_FILE}.zip")
    }
    statics = relative_uri(page, "_static/")
    weight = (folder / f"{_CSV_FILE}.zip").stat().st_size
    total = f"All {len(made['columns'][names[0]]):,} rows"
    self.body.append(
        f'<link rel="stylesheet" href="{statics}explorer.css">\n'
        f'<div class="explorer">\n{filter_form(made["facets"])}{_RESULTS_HTML}</div>\n'
        f'<p class="explorer-file"><a href="{places[f"{_CSV_FILE}.zip"]}" download>{total} as a CSV file</a> '
        f"(zipped, {weight / 1000:.0f} kB)</p>\n"
        f'<script defer src="{places[datatables_bundle.DATATABLES_SCRIPT]}"></script>\n'
        f'<script defer src="{places[_ROWS_SCRIPT]}"></script>\n'
        f'<script defer src="{statics}explorer.js"></script>\n'
    )
    raise nodes.SkipNode


def _rows_script(description: dict[str, Any]) -> str:
    """The description as a script: compressed, and as letters, which scripts can hold."""
    packed = gzip.compress(json.dumps(description, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
    return f'window.explorerRows="{base64.b64encode(packed).decode()}";\n'


def _csv_text(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


def _zip_csv(csv_text: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo(_CSV_FILE, ZIP_ENTRY_DATE), csv_text, zipfile.ZIP_DEFLATED, 9)
    return held.getvalue()
