"""A made-up book of a few pages, and a way to build it with Sphinx; nothing in it is evidence."""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

CONFIG = """
extensions = ["myst_nb", "sphinx_external_toc", "compendium.publishing.sphinx_ext.setup"]
nb_execution_mode = "off"
html_theme = "basic"
html_sourcelink_suffix = ""
html_math_renderer = "mathml"
external_toc_path = "_toc.yml"
external_toc_exclude_missing = True
myst_enable_extensions = ["colon_fence"]
"""
CONTENTS = """
format: jb-book
root: book/index
parts:
  - caption: Cases
    chapters:
      - glob: book/cases/*/*
  - caption: Across
    chapters:
      - glob: book/across/*
"""
NUMBER = {
    "value": 0.41,
    "low": 0.3,
    "high": 0.5,
    "n": 7,
    "unit": "share",
    "text": "41 %",
    "interval": "41 % (95 % interval 30 % to 50 %, n = 7)",
    "meaning": "share of made-up <rows>",
}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="100">'
    '<defs><clipPath id="clip0"><path d="M0,0h9v9z"/></clipPath></defs>'
    '<g class="mark" role="graphics-object" aria-label="marks" clip-path="url(#clip0)">'
    '<text font-family="Arial" fill="currentColor">Made up</text><use xlink:href="#clip0"/></g></svg>'
)


def spec(name: str = "made", **changes: Any) -> dict[str, Any]:
    """A Vega-Lite specification as notebooks hold it."""
    rows = [
        {"label": "a </script> b", "share": 0.1234, "count": 3, "gap": -4.25, "extra": "kept out"},
        {"label": "c", "share": None, "count": 1200, "gap": 7.0, "extra": "kept out"},
    ]
    columns = [["label", "Area"], ["share", "Share"], ["count", "Rows"], ["gap", "Gap"]]
    about = {"name": name, "columns": columns, "note": "n = 2 & more", "data": "made-data"}
    tips = [{"field": "gap", "format": "+.1f"}, {"field": "count"}]
    x = {"field": "share", "type": "quantitative", "axis": {"format": "%"}}
    return {
        "title": "A made-up chart",
        "description": "Largest: c.",
        "data": {"name": "made-data"},
        "datasets": {"made-data": rows},
        "mark": "bar",
        "encoding": {"x": x, "y": {"field": "label", "type": "nominal"}, "tooltip": tips},
        "usermeta": {"compendium": about},
    } | changes


def chart_output(content: dict[str, Any]) -> Any:
    """What a cell shows for a chart."""
    data = {"application/vnd.vegalite.v6+json": content, "image/svg+xml": SVG, "text/plain": "A made-up chart"}
    return new_output("display_data", data=data)


def notebook(path: Path, text: str, *outputs: Any) -> None:
    """An executed notebook: some prose, then a cell for each output."""
    cells = [new_markdown_cell(text, id="text")]
    cells += [
        new_code_cell("draw()", outputs=[output], id=f"c{place}", metadata={"tags": ["hide-input"]})
        for place, output in enumerate(outputs)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}), path)


@dataclass
class Book:
    """A made-up book in a folder of its own."""

    root: Path
    warnings: str = ""

    def write(self, name: str, text: str) -> None:
        """Write a file of the book."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def case(self, case_id: str, title: str) -> None:
        """Add a case to the data, without pages."""
        self.write(f"data/cases/{case_id}/case.yml", f"id: {case_id}\ntitle: {title}\nshort: {title[:4]}\n")

    def results(self, file: str, templates: dict[str, Any]) -> None:
        """Write the numbers of a case, or those across cases."""
        self.write(f"results/{file}.json", json.dumps(templates))

    def build(self, builder: str = "html") -> "Book":
        """Build what has changed; ``warnings`` then holds what Sphinx had to say."""
        said = io.StringIO()
        out, trees = str(self.root / "_build" / builder), str(self.root / "_build" / "trees")
        with patch_docutils(), docutils_namespace():
            app = Sphinx(str(self.root), str(self.root), out, trees, builder, status=None, warning=said)
            app.build()
        self.warnings = said.getvalue()
        return self

    def page(self, name: str) -> BeautifulSoup:
        """A built page, parsed."""
        return BeautifulSoup((self.root / "_build/html" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def made_book(root: Path) -> Book:
    """Two cases, a page with a chart and numbers for each, and a page across them."""
    book = Book(root)
    shared = root.parent / "cache"  # one for the books of a test session: Vega takes seconds to put together
    shared.mkdir(exist_ok=True)
    (root / ".cache").symlink_to(shared)
    book.write("conf.py", CONFIG)
    book.write("_toc.yml", CONTENTS)
    book.write("book/index.md", "# The book\n\nMade up.\n")
    for case_id, title in (("aland", "Åland isles"), ("batavia", "Batavia")):
        book.case(case_id, title)
        book.results(case_id, {"discourse": {"top": NUMBER}})
        notebook(root / f"book/cases/{case_id}/case.ipynb", f"# {title}\n\nFirst page.")
        numbers = {"application/vnd.compendium.results+json": {"top": NUMBER}, "text/plain": "top"}
        results = new_output("display_data", data=numbers)
        text = f"# {title}: talk\n\nHere {{val}}`.top` of them."
        notebook(root / f"book/cases/{case_id}/discourse.ipynb", text, chart_output(spec()), results)
    book.results("across", {"comparison": {"cases": NUMBER | {"text": "2"}}})
    notebook(root / "book/across/comparison.ipynb", "# Compared\n\nText.", chart_output(spec("overall")))
    return book
