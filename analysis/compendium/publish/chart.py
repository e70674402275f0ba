"""The node of a chart in the doctree of a page."""

import json
from typing import Any

from docutils import nodes


class chart(nodes.General, nodes.Element):
    """A chart: ``spec`` (JSON text), ``drawing`` (SVG text), ``name``, and ``home``, the page that computed it.

    On its home page its id is its name; shown elsewhere, its permanent id, which no figure of another page has.
    """


def made(spec: dict[str, Any], drawing: str, home: str, docname: str) -> chart:
    """The node of a chart that is sound, computed by the page ``home``, for the page ``docname``."""
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"))
    name = spec["usermeta"]["compendium"]["name"]
    anchor = name if home == docname else permanent(home, name)
    return chart(ids=[anchor], name=name, home=home, spec=text, drawing=drawing)


def permanent(home: str, name: str) -> str:
    """The id of a figure throughout the book: case (or ``across``), template, name."""
    return "-".join([*home.split("/")[-2:], name])


def claimed(node: chart, document: nodes.document) -> bool:
    """Make the chart's anchor its id on the page; False when the page uses it already."""
    (anchor,) = node["ids"]
    free = anchor not in document.ids
    document.ids[anchor] = node
    return free


def taken(name: str) -> str:
    """What to say of a name that is used twice."""
    return f"the name {name!r} stands for something else on this page already; each chart needs its own"
