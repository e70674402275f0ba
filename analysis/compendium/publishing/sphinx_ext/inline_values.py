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

RESULTS_FOLDER = "results"
CASE_PAGES = "book/cases/"
_ACROSS_PAGES = "book/across/"
_TEXT_FORMS = ("text", "interval")
_logger = logging.getLogger(__name__)


class UnknownValue(Exception):
    """No such number, or a name of a wrong form; the message says what there is."""


@dataclass(frozen=True)
class ValueName:
    """Where a number stands: ``file`` of ``results/``, ``template`` that computed it, ``key`` in it."""

    file: str
    template: str
    key: str

    @classmethod
    def parse(cls, text: str, docname: str) -> "ValueName":
        """Read ``file.template.number``; with a dot in front, a number of the page ``docname`` itself."""
        if text.startswith("."):
            text = page_prefix(docname) + text
        parts = text.split(".")
        if len(parts) != 3 or not all(parts):
            raise UnknownValue(f"{text!r} is not of the form case.template.name, across.template.name or .name")
        return cls(*parts)

    @property
    def page(self) -> str:
        """The page that computed the number."""
        return _ACROSS_PAGES + self.template if self.file == "across" else f"{CASE_PAGES}{self.file}/{self.template}"

    def __str__(self) -> str:
        return f"{self.file}.{self.template}.{self.key}"


def page_prefix(docname: str) -> str:
    """``case.template`` or ``across.template`` for the numbers of the page ``docname`` itself."""
    parts = docname.split("/")
    if docname.startswith(CASE_PAGES) and len(parts) == 4:
        return f"{parts[2]}.{parts[3]}"
    if docname.startswith(_ACROSS_PAGES) and len(parts) == 3:
        return f"across.{parts[2]}"
    raise UnknownValue(
        f"a name that begins with a dot needs a page under {CASE_PAGES} or {_ACROSS_PAGES}; this is {docname}"
    )


def look_up_value(name: ValueName, results_folder: Path) -> dict[str, Any]:
    """The entry of a number.

    Raises
    ------
    Unknown
        When there is none; the message names the nearest ones.
    """
    known = {
        f"{path.stem}.{rest}": entry
        for path in sorted(results_folder.glob("*.json"))
        for rest, entry in _read_entries(path)
    }
    if str(name) in known:
        return known[str(name)]
    near = get_close_matches(str(name), known, n=3, cutoff=0.5)
    there = (
        f"the nearest are {', '.join(near)}" if near else f"{RESULTS_FOLDER}/ holds {len(known)} numbers, none like it"
    )
    raise UnknownValue(f"there is no number {str(name)!r}; {there}")


def template_entries(results_folder: Path, file: str, template: str) -> dict[str, dict[str, Any]]:
    """All that a template published, by name; nothing when there is no such file."""
    path = results_folder / f"{file}.json"
    found = dict(_read_entries(path)) if path.exists() else {}
    prefix = f"{template}."
    return {name.removeprefix(prefix): entry for name, entry in found.items() if name.startswith(prefix)}


def _read_entries(path: Path) -> tuple[tuple[str, dict[str, Any]], ...]:
    return _parse_entries(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _parse_entries(path: Path, mtime_ns: int) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The numbers of a file; ``mtime_ns`` makes a rewritten file a new question to the cache."""
    templates = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        (f"{template}.{key}", entry) for template, entries in templates.items() for key, entry in entries.items()
    )


def page_values_table(entries: dict[str, dict[str, Any]]) -> str:
    """The numbers of a page, as HTML: each row can be pointed at."""
    rows = "".join(
        f'<tr id="{value_anchor(name)}"><th scope="row"><code>{escape(name)}</code></th>'
        f"<td>{escape(entry['interval'])}</td><td>{escape(entry['meaning'])}</td></tr>"
        for name, entry in sorted(entries.items())
    )
    head = "".join(f'<th scope="col">{heading}</th>' for heading in ("Name", "Number", "Meaning"))
    return (
        '<div class="scroll" role="region" tabindex="0" aria-label="Numbers of this page">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def value_anchor(name: str) -> str:
    """The id of a number on the page that computed it."""
    return f"number-{name}"


class value_node(nodes.inline):
    """A number in prose; ``title`` says what it is, or is empty; ``page`` and ``anchor`` where it was computed.

    A code that the data decided leads to its definition; the numbers beside it lead to where they were computed.
    """


class ValueRole(SphinxRole):
    """``{val}`file.template.name``` or, with interval and n, ``{val}`file.template.name|interval```."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """The number's text, or its name after a located warning."""
        text, _, form = self.text.partition("|")
        root = Path(self.env.srcdir, RESULTS_FOLDER)
        try:
            if (form or "text") not in _TEXT_FORMS:
                raise UnknownValue(f"{form!r} is no form of a number; use {' or '.join(_TEXT_FORMS)}")
            name = ValueName.parse(text.strip(), self.env.docname)
            entry = look_up_value(name, root)
        except UnknownValue as fault:
            _logger.warning("val: %s", fault, location=self.get_location(), type="compendium", subtype="val")
            self.env.note_reread()  # the next build has to say it again
            return [nodes.literal(self.text, self.text)], []
        self.env.note_dependency(str(root / f"{name.file}.json"))
        said = entry[form or "text"].replace(" %", "\N{NO-BREAK SPACE}%")
        code = (
            codebook_links.read_code_definitions(Path(self.env.srcdir)).get(said) if entry["unit"] == "words" else None
        )
        if code:
            title = f"{value_explanation(entry)}. {code.meaning}"
            return [value_node(self.text, said, title=title, page=codebook_links.CODEBOOK_PAGE, anchor=code.anchor)], []
        return [
            value_node(self.text, said, title=value_explanation(entry), page=name.page, anchor=value_anchor(name.key))
        ], []


def value_explanation(entry: dict[str, Any]) -> str:
    """What a number is, in a line: its meaning, then the number with interval and n."""
    return f"{entry['meaning']}: {entry['interval']}"


class LinkValues(SphinxPostTransform):
    """Link each number to the page that computed it, where the book holds that page."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Numbers of pages that are left out stay plain."""
        for node in list(self.document.findall(value_node)):
            if node["page"] in self.env.found_docs and self.app.builder.format == "html":
                uri = self.app.builder.get_relative_uri(self.env.docname, node["page"]) + "#" + node["anchor"]
                title = {"reftitle": node["title"]} if node["title"] else {}
                link = nodes.reference("", "", *node.children, refuri=uri, internal=True, **title)
                link["classes"] += ["val", *node["classes"]]
                node.replace_self(link)


def visit_value(self: HTML5Translator, node: value_node) -> None:
    """A number that leads nowhere still tells what it is."""
    self.body.append(f'<span class="{" ".join(["val", *node["classes"]])}" title="{escape(node["title"])}">')


def depart_value(self: HTML5Translator, node: value_node) -> None:
    """Close it."""
    self.body.append("</span>")
