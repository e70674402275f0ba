"""The texts of all pages for the search page, which shows an excerpt around each search result.

The script of Sphinx fetches each page with a match. Browsers forbid that for a book opened from a folder on disk, and
the pages are large; one script with all texts, compressed, solves both problems.
"""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from lxml import etree, html
from sphinx.application import Sphinx

_SEARCH_PAGE = "search"
_SEARCH_FOLDER, _TEXTS_SCRIPT = "_search", "texts.js"
_EXCERPTS_SCRIPT = "excerpts.js"
EXCLUDED_ELEMENTS = (
    ".//script | .//style | .//svg | .//details[contains(@class, 'computed') or contains(@class, 'chart-data')]"
    " | .//*[contains(@class, 'passport')] | .//*[@class='headerlink']"
)
BLOCK_TAGS = ("h1", "h2", "h3", "h4", "p", "li", "dt", "dd", "th", "td", "caption", "summary", "div", "section", "pre")


def article_text(page: str) -> str:
    """The text of a page's article without code and drawings, in one line; empty if there is no article."""
    articles = html.fromstring(page).xpath("//article")
    if not articles:
        return ""
    for element in articles[0].xpath(EXCLUDED_ELEMENTS):
        element.drop_tree()
    for block in articles[0].iter(*BLOCK_TAGS):
        block.tail = f" {block.tail or ''}"
    return " ".join(str(etree.tostring(articles[0], method="text", encoding="unicode", with_tail=False)).split())


def texts_script(texts: dict[str, str]) -> str:
    """The texts of pages, by docname, as a script: compressed and encoded in base64."""
    packed = gzip.compress(json.dumps(texts, ensure_ascii=False, sort_keys=True).encode(), mtime=0)
    return f'window.bookTexts="{base64.b64encode(packed).decode()}";\n'


def write_texts_script(app: Sphinx, error: Exception | None) -> None:
    """Write the script with all texts, after a successful HTML build."""
    if app.builder.format != "html" or error is not None:
        return
    script_path = Path(app.outdir, _SEARCH_FOLDER, _TEXTS_SCRIPT)
    script_path.parent.mkdir(exist_ok=True)
    pages = {name: Path(app.outdir, app.builder.get_target_uri(name)) for name in app.env.found_docs}
    texts = {name: article_text(path.read_text(encoding="utf-8")) for name, path in pages.items()}
    script_path.write_text(texts_script(texts), encoding="utf-8")


def add_search_scripts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.Node | None
) -> None:
    """Add the scripts to the search page only."""
    if page == _SEARCH_PAGE:
        app.add_js_file(f"../{_SEARCH_FOLDER}/{_TEXTS_SCRIPT}")
        app.add_js_file(_EXCERPTS_SCRIPT)


def setup(app: Sphinx) -> None:
    """Register the event handlers."""
    app.connect("html-page-context", add_search_scripts)
    app.connect("build-finished", write_texts_script)
