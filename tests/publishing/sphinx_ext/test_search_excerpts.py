"""The texts that the search shows its finds in."""

import base64
import gzip
import json
from pathlib import Path

from compendium.publishing.sphinx_ext import search_excerpts
from made_book import made_book

PAGE = """<body><nav>Contents</nav><article><h1>Talk<a class="headerlink" href="#talk">#</a></h1>
<p>Of <b>7</b>, <i>many</i>.</p><ul><li>One</li><li>Two</li></ul>
<details class="computed"><summary>How</summary>count()</details><svg><text>Drawn</text></svg>
<table><tr><td>a</td><td>b</td></tr></table><script>code()</script></article></body>"""


def unpacked(script: str) -> dict[str, str]:
    """What the browser makes of the script."""
    letters = script.split('"')[1]
    found: dict[str, str] = json.loads(gzip.decompress(base64.b64decode(letters)))
    return found


def test_a_text_is_what_is_read() -> None:
    """Blocks are parted, the words of a sentence are not; code, drawings and menus are left out."""
    assert search_excerpts.article_text(PAGE) == "Talk Of 7, many. One Two a b"
    assert search_excerpts.article_text("<body><p>No article</p></body>") == ""


def test_texts_come_as_a_script() -> None:
    """Any sign survives it, and it is the same each time."""
    texts = {"b": 'Åland "</script>', "a": "x"}
    assert unpacked(search_excerpts.texts_script(texts)) == texts
    assert search_excerpts.texts_script(texts) == search_excerpts.texts_script(dict(reversed(texts.items())))


def test_the_search_alone_asks_for_them(tmp_path: Path) -> None:
    """Each page is there by its name."""
    book = made_book(tmp_path).build()
    assert not book.warnings
    texts = unpacked((book.root / "_build/html/_search/texts.js").read_text())
    assert "book/cases/aland/discourse" in texts
    loading = [page.stem for page in (book.root / "_build/html").rglob("*.html") if "texts.js" in page.read_text()]
    assert loading == ["search"]
