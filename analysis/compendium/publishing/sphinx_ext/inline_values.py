"""The role ``val``: numbers of prose, from ``results/``, that tell what they are and lead to where they come from."""

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.nodes import Node, system_message
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole
from sphinx.writers.html5 import HTML5Translator

from compendium.publishing.sphinx_ext import codebook_links

RESULTS = "results"
CASES = "book/cases/"
ACROSS = "book/across/"
FORMS = ("text", "interval")
logger = logging.getLogger(__name__)


class Unknown(Exception):
    """No such number, or a name of a wrong form; the message says what there is."""


@dataclass(frozen=True)
class Name:
    """Where a number stands: ``file`` of ``results/``, ``template`` that computed it, ``number`` in it."""

    file: str
    template: str
    number: str

    @classmethod
    def parse(cls, text: str, docname: str) -> "Name":
        """Read ``file.template.number``; with a dot in front, a number of the page ``docname`` itself."""
        if text.startswith("."):
            text = page_prefix(docname) + text
        parts = text.split(".")
        if len(parts) != 3 or not all(parts):
            raise Unknown(f"{text!r} is not of the form case.template.name, across.template.name or .name")
        return cls(*parts)

    @property
    def page(self) -> str:
        """The page that computed the number."""
        return ACROSS + self.template if self.file == "across" else f"{CASES}{self.file}/{self.template}"

    def __str__(self) -> str:
        return f"{self.file}.{self.template}.{self.number}"


def page_prefix(docname: str) -> str:
    """``case.template`` or ``across.template`` for the numbers of the page ``docname`` itself."""
    parts = docname.split("/")
    if docname.startswith(CASES) and len(parts) == 4:
        return f"{parts[2]}.{parts[3]}"
    if docname.startswith(ACROSS) and len(parts) == 3:
        return f"across.{parts[2]}"
    raise Unknown(f"a name that begins with a dot needs a page under {CASES} or {ACROSS}; this is {docname}")


def look_up(name: Name, root: Path) -> dict[str, Any]:
    """The entry of a number.

    Raises
    ------
    Unknown
        When there is none; the message names the nearest ones.
    """
    known = {f"{path.stem}.{rest}": entry for path in sorted(root.glob("*.json")) for rest, entry in _read(path)}
    if str(name) in known:
        return known[str(name)]
    near = get_close_matches(str(name), known, n=3, cutoff=0.5)
    there = f"the nearest are {', '.join(near)}" if near else f"{RESULTS}/ holds {len(known)} numbers, none like it"
    raise Unknown(f"there is no number {str(name)!r}; {there}")


def entries(root: Path, file: str, template: str) -> dict[str, dict[str, Any]]:
    """All that a template published, by name; nothing when there is no such file."""
    path = root / f"{file}.json"
    found = dict(_read(path)) if path.exists() else {}
    prefix = f"{template}."
    return {name.removeprefix(prefix): entry for name, entry in found.items() if name.startswith(prefix)}


def _read(path: Path) -> tuple[tuple[str, dict[str, Any]], ...]:
    return _parse(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _parse(path: Path, changed: int) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The numbers of a file; ``changed`` makes a rewritten file a new question to the cache."""
    templates = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        (f"{template}.{key}", entry) for template, entries in templates.items() for key, entry in entries.items()
    )


def table(entries: dict[str, dict[str, Any]]) -> str:
    """The numbers of a page, as HTML: each row can be pointed at."""
    rows = "".join(
        f'<tr id="{anchor(name)}"><th scope="row"><code>{escape(name)}</code></th>'
        f"<td>{escape(entry['interval'])}</td><td>{escape(entry['meaning'])}</td></tr>"
        for name, entry in sorted(entries.items())
    )
    head = "".join(f'<th scope="col">{heading}</th>' for heading in ("Name", "Number", "Meaning"))
    return (
        '<div class="scroll" role="region" tabindex="0" aria-label="Numbers of this page">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def anchor(name: str) -> str:
    """The id of a number on the page that computed it."""
    return f"number-{name}"


class number(nodes.inline):
    """A number in prose; ``title`` says what it is, or is empty; ``page`` and ``anchor`` where it was computed.

    A code that the data decided leads to its definition; the numbers beside it lead to where they were computed.
    """


class ValRole(SphinxRole):
    """``{val}`file.template.name``` or, with interval and n, ``{val}`file.template.name|interval```."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """The number's text, or its name after a located warning."""
        text, _, form = self.text.partition("|")
        root = Path(self.env.srcdir, RESULTS)
        try:
            if (form or "text") not in FORMS:
                raise Unknown(f"{form!r} is no form of a number; use {' or '.join(FORMS)}")
            name = Name.parse(text.strip(), self.env.docname)
            entry = look_up(name, root)
        except Unknown as fault:
            logger.warning("val: %s", fault, location=self.get_location(), type="compendium", subtype="val")
            self.env.note_reread()  # the next build has to say it again
            return [nodes.literal(self.text, self.text)], []
        self.env.note_dependency(str(root / f"{name.file}.json"))
        said = entry[form or "text"].replace(" %", "\N{NO-BREAK SPACE}%")
        code = codebook_links.read(Path(self.env.srcdir)).get(said) if entry["unit"] == "words" else None
        if code:
            title = f"{explained(entry)}. {code.meaning}"
            return [number(self.text, said, title=title, page=codebook_links.PAGE, anchor=code.anchor)], []
        return [number(self.text, said, title=explained(entry), page=name.page, anchor=anchor(name.number))], []


def explained(entry: dict[str, Any]) -> str:
    """What a number is, in a line: its meaning, then the number with interval and n."""
    return f"{entry['meaning']}: {entry['interval']}"


class LinkNumbers(SphinxPostTransform):
    """Link each number to the page that computed it, where the book holds that page."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Numbers of pages that are left out stay plain."""
        for node in list(self.document.findall(number)):
            if node["page"] in self.env.found_docs and self.app.builder.format == "html":
                uri = self.app.builder.get_relative_uri(self.env.docname, node["page"]) + "#" + node["anchor"]
                title = {"reftitle": node["title"]} if node["title"] else {}
                link = nodes.reference("", "", *node.children, refuri=uri, internal=True, **title)
                link["classes"] += ["val", *node["classes"]]
                node.replace_self(link)


def visit_number(self: HTML5Translator, node: number) -> None:
    """A number that leads nowhere still tells what it is."""
    self.body.append(f'<span class="{" ".join(["val", *node["classes"]])}" title="{escape(node["title"])}">')


def depart_number(self: HTML5Translator, node: number) -> None:
    """Close it."""
    self.body.append("</span>")
