"""The directive ``explorer``: a table that readers filter in the browser, and the filter form.

The rows and filters come from a description written beforehand (``.cache/explorer.json`` with ``columns``, ``facets``,
``split``, ``download``); this module knows nothing about their content. The page gets the form as HTML, the rows as a
compressed script (a page opened from a folder on disk can load scripts but no data files), and the rows as a CSV file
for readers without JavaScript.

The table uses DataTables from the wheel of itables, which is locked anyway: it is maintained, has an MIT licence, needs
no build step, and keyboards and screen readers can use its paging and sorting. Tabulator and Observable Plot would need
Node or copies of third-party code in the repository. The filters of DataTables are not used: SearchPanes counts values
by walking through the cells, which is too slow for thousands of rows, and it has no filter by coder.

A facet is a dict with ``name`` and ``label``, its ``shape`` (``list``, ``choice``, ``words``, ``span`` or ``reading``),
its ``values`` (each with ``value``, ``label`` and the ``group`` of its heading), and a ``note``.
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

_DESCRIPTION_FILE = Path(".cache", "explorer.json")
_OUTPUT_FOLDER = "_explorer"
_ROWS_SCRIPT, _CSV_FILE = "rows.js", "rows.csv"
N_OPEN_LISTS = 2
"""How many lists are open initially."""
ZIP_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
"""A fixed date for the archive entry, so that each build writes the same archive."""
_FacetDict = dict[str, Any]


def filter_form(facets: Iterable[_FacetDict]) -> str:
    """The filter form as HTML: the first facet (search), then the others in a block that small screens fold."""
    search_facet, *other_facets = facets
    controls = "".join(_facet_control(facet, index < N_OPEN_LISTS) for index, facet in enumerate(other_facets))
    return (
        '<form id="explorer-form" class="explorer-form" role="search" aria-label="Filter the rows">'
        f"{_facet_control(search_facet)}"
        f'<details class="explorer-filters"><summary>Filters <span></span></summary>{controls}'
        "</details></form>\n"
    )


def _facet_control(facet: _FacetDict, is_open: bool = True) -> str:
    """A facet as native HTML controls; the names and values of controls also appear in the address of a view."""
    name, label, note_id = facet["name"], escape(facet["label"]), f"explorer-{facet['name']}-note"
    described = f' aria-describedby="{note_id}"' if facet["note"] else ""
    note = f'<small id="{note_id}">{escape(facet["note"])}</small>' if facet["note"] else ""
    if facet["shape"] == "list":
        body = f"<fieldset{described}><legend>{label}</legend>{note}{_checkboxes(facet)}</fieldset>"
        summary = f'<summary>{label} <small class="facet-set"></small></summary>'
        return f'<details class="facet" data-facet="{name}"{" open" * is_open}>{summary}{body}</details>\n'
    if facet["shape"] == "span":
        ends = "".join(
            f'<label>{end}<input type="number" inputmode="numeric" name="{name}-{end}"{described}></label>'
            for end in ("from", "to")
        )
        body = f'<fieldset class="span"><legend>{label}</legend>{ends}{note}</fieldset>'
    elif facet["shape"] == "reading":
        body = f"<fieldset{described}><legend>{label}</legend>{note}{_radio_buttons(facet)}</fieldset>"
    else:
        control = _select_box(facet, described) if facet["shape"] == "choice" else _search_field(facet, described)
        body = f'<label for="explorer-{name}">{label}</label>{control}{note}'
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
        f"{'' if index else ' checked'}><span>{escape(value['label'])}</span></label>"
        for index, value in enumerate(facet["values"])
    )


def _select_box(facet: _FacetDict, aria_attribute: str) -> str:
    options = "".join(
        f'<option value="{escape(value["value"])}">{escape(value["label"])}</option>' for value in facet["values"]
    )
    name = facet["name"]
    return f'<select id="explorer-{name}" name="{name}"{aria_attribute}><option value="">any</option>{options}</select>'


def _search_field(facet: _FacetDict, aria_attribute: str) -> str:
    name = facet["name"]
    return (
        f'<input type="search" id="explorer-{name}" name="{name}" autocomplete="off" spellcheck="false"'
        f"{aria_attribute}>"
    )


_RESULTS_HTML = """<section class="explorer-results" aria-label="Rows found">
<p class="explorer-count"></p>
<p class="explorer-said" role="status"></p>
<div class="explorer-set"><ul class="explorer-chosen" aria-label="Active filters"></ul>
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
    """The form and the table; ``description`` is the content of the description file, ``docname`` the page."""


class ExplorerDirective(SphinxDirective):
    """The directive ``{explorer}``, without arguments; the description file holds all settings."""

    has_content = False

    def run(self) -> list[Node]:
        """Return the node; without a description file, warn and return nothing."""
        path = Path(self.env.srcdir, _DESCRIPTION_FILE)
        if not path.exists():
            self.env.note_reread()
            _logger.warning(
                "explorer: there is no %s; run `compendium book`, which creates it",
                _DESCRIPTION_FILE,
                location=self.get_location(),
            )
            return []
        self.env.note_dependency(str(path))
        node = explorer_node(description=json.loads(path.read_text(encoding="utf-8")), docname=self.env.docname)
        self.set_source_info(node)
        return [node]


def visit_explorer(self: HTML5Translator, node: explorer_node) -> None:
    """Write the form into the page, and the rows and scripts that it loads to ``_explorer/``."""
    description = node["description"]
    column_names = description["download"]
    table = _csv_text(column_names, zip(*(description["columns"][name] for name in column_names), strict=True))
    folder = Path(self.builder.outdir, _OUTPUT_FOLDER)
    folder.mkdir(exist_ok=True)
    (folder / datatables_bundle.DATATABLES_SCRIPT).write_text(datatables_bundle.datatables_script(), encoding="utf-8")
    (folder / _ROWS_SCRIPT).write_text(_rows_script(description), encoding="utf-8")
    (folder / f"{_CSV_FILE}.zip").write_bytes(_zip_csv(table))
    page = self.builder.get_target_uri(node["docname"])
    urls = {
        name: relative_uri(page, posixpath.join(_OUTPUT_FOLDER, name))
        for name in (datatables_bundle.DATATABLES_SCRIPT, _ROWS_SCRIPT, f"{_CSV_FILE}.zip")
    }
    static_url = relative_uri(page, "_static/")
    zip_bytes = (folder / f"{_CSV_FILE}.zip").stat().st_size
    all_rows = f"All {len(description['columns'][column_names[0]]):,} rows"
    self.body.append(
        f'<link rel="stylesheet" href="{static_url}explorer.css">\n'
        f'<div class="explorer">\n{filter_form(description["facets"])}{_RESULTS_HTML}</div>\n'
        f'<p class="explorer-file"><a href="{urls[f"{_CSV_FILE}.zip"]}" download>{all_rows} as a CSV file</a> '
        f"(zipped, {zip_bytes / 1000:.0f} kB)</p>\n"
        f'<script defer src="{urls[datatables_bundle.DATATABLES_SCRIPT]}"></script>\n'
        f'<script defer src="{urls[_ROWS_SCRIPT]}"></script>\n'
        f'<script defer src="{static_url}explorer.js"></script>\n'
    )
    raise nodes.SkipNode


def _rows_script(description: dict[str, Any]) -> str:
    """The description as a script: compressed and encoded in base64."""
    packed = gzip.compress(json.dumps(description, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
    return f'window.explorerRows="{base64.b64encode(packed).decode()}";\n'


def _csv_text(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


def _zip_csv(csv_text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(_CSV_FILE, ZIP_ENTRY_DATE), csv_text, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()
