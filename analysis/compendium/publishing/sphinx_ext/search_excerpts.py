"""The texts of all pages for the page of the search, which shows with each find the place where the word stands.

Sphinx's own script fetches each page that it has found. A browser forbids that to a book opened from a folder on disk,
and pages here are large; a script with all the texts, compressed, serves both.
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
    """What a reader of a page reads in its article, code aside, in one line; empty where there is no article."""
    articles = html.fromstring(page).xpath("//article")
    if not articles:
        return ""
    for element in articles[0].xpath(EXCLUDED_ELEMENTS):
        element.drop_tree()
    for block in articles[0].iter(*BLOCK_TAGS):
        block.tail = f" {block.tail or ''}"
    return " ".join(str(etree.tostring(articles[0], method="text", encoding="unicode", with_tail=False)).split())


def texts_script(texts: dict[str, str]) -> str:
    """The texts, by the names of pages, as a script: compressed, and as letters, which scripts can hold."""
    packed = gzip.compress(json.dumps(texts, ensure_ascii=False, sort_keys=True).encode(), mtime=0)
    return f'window.bookTexts="{base64.b64encode(packed).decode()}";\n'


def write_texts_script(app: Sphinx, error: Exception | None) -> None:
    """Beside a site that was built without a fault."""
    if app.builder.format != "html" or error is not None:
        return
    place = Path(app.outdir, _SEARCH_FOLDER, _TEXTS_SCRIPT)
    place.parent.mkdir(exist_ok=True)
    pages = {name: Path(app.outdir, app.builder.get_target_uri(name)) for name in app.env.found_docs}
    texts = {name: article_text(path.read_text(encoding="utf-8")) for name, path in pages.items()}
    place.write_text(texts_script(texts), encoding="utf-8")


def add_search_scripts(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.Node | None
) -> None:
    """Have the page of the search, and no other, ask for them."""
    if page == _SEARCH_PAGE:
        app.add_js_file(f"../{_SEARCH_FOLDER}/{_TEXTS_SCRIPT}")
        app.add_js_file(_EXCERPTS_SCRIPT)


def setup(app: Sphinx) -> None:
    """Register both."""
    app.connect("html-page-context", add_search_scripts)
    app.connect("build-finished", write_texts_script)
