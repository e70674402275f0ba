"""The role ``val``: values of ``results/`` in prose, with an explanation and a link to the page that computed them."""

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
    """A value that does not exist, or a malformed name; the message suggests names."""


@dataclass(frozen=True)
class ValueName:
    """The full name of a value: ``file`` in ``results/``, ``template`` that computed it, ``key``."""

    file: str
    template: str
    key: str

    @classmethod
    def parse(cls, text: str, docname: str) -> "ValueName":
        """Parse ``file.template.key``, or ``.key`` for a value of the page ``docname`` itself.

        Raises
        ------
        UnknownValue
            If the text has another form.

        Examples
        --------
        >>> ValueName.parse(".partnership_share", "book/cases/aland/discourse")
        ValueName(file='aland', template='discourse', key='partnership_share')
        """
        if text.startswith("."):
            text = page_prefix(docname) + text
        parts = text.split(".")
        if len(parts) != 3 or not all(parts):
            raise UnknownValue(f"{text!r} does not have the form case.template.name, across.template.name or .name")
        return cls(*parts)

    @property
    def page(self) -> str:
        """The docname of the page that computed the value."""
        return _ACROSS_PAGES + self.template if self.file == "across" else f"{CASE_PAGES}{self.file}/{self.template}"

    def __str__(self) -> str:
        return f"{self.file}.{self.template}.{self.key}"


def page_prefix(docname: str) -> str:
    """The prefix ``case.template`` or ``across.template`` of the names of a page's own values.

    Examples
    --------
    >>> page_prefix("book/cases/aland/discourse"), page_prefix("book/across/findings")
    ('aland.discourse', 'across.findings')
    """
    parts = docname.split("/")
    if docname.startswith(CASE_PAGES) and len(parts) == 4:
        return f"{parts[2]}.{parts[3]}"
    if docname.startswith(_ACROSS_PAGES) and len(parts) == 3:
        return f"across.{parts[2]}"
    raise UnknownValue(
        f"a name that starts with a dot works only on pages in {CASE_PAGES} or {_ACROSS_PAGES}; this page is {docname}"
    )


def look_up_value(name: ValueName, results_folder: Path) -> dict[str, Any]:
    """The entry of a value in ``results/``: text, interval, unit, meaning and number.

    Raises
    ------
    UnknownValue
        If there is no such value; the message suggests similar names.
    """
    entries = {
        f"{path.stem}.{template_and_key}": entry
        for path in sorted(results_folder.glob("*.json"))
        for template_and_key, entry in _read_entries(path)
    }
    if str(name) in entries:
        return entries[str(name)]
    similar = get_close_matches(str(name), entries, n=3, cutoff=0.5)
    hint = (
        f"similar names: {', '.join(similar)}"
        if similar
        else f"none of the {len(entries)} values in {RESULTS_FOLDER}/ has a similar name"
    )
    raise UnknownValue(f"there is no value {str(name)!r}; {hint}")


def template_entries(results_folder: Path, file: str, template: str) -> dict[str, dict[str, Any]]:
    """All values of one template, by name; empty if the file does not exist."""
    path = results_folder / f"{file}.json"
    entries = dict(_read_entries(path)) if path.exists() else {}
    prefix = f"{template}."
    return {name.removeprefix(prefix): entry for name, entry in entries.items() if name.startswith(prefix)}


def _read_entries(path: Path) -> tuple[tuple[str, dict[str, Any]], ...]:
    return _parse_entries(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _parse_entries(path: Path, mtime_ns: int) -> tuple[tuple[str, dict[str, Any]], ...]:
    """The values of a file; ``mtime_ns`` is part of the cache key, so that a changed file is read again."""
    templates = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        (f"{template}.{key}", entry) for template, entries in templates.items() for key, entry in entries.items()
    )


def page_values_table(entries: dict[str, dict[str, Any]]) -> str:
    """The values of a page as an HTML table; each row has an id, so that prose can link to it."""
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
    """The id of a value's row on the page that computed it."""
    return f"number-{name}"


class value_node(nodes.inline):
    """A value in prose; ``title`` is its explanation or empty, ``page`` and ``anchor`` are the target of its link.

    A value that is the label of a code links to the definition of the code, others to where they were computed.
    """


class ValueRole(SphinxRole):
    """The role ``{val}`file.template.name```, or ``{val}`file.template.name|interval``` with interval and n."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """Return the value's text; for an unknown value, warn and return its name."""
        text, _, form = self.text.partition("|")
        root = Path(self.env.srcdir, RESULTS_FOLDER)
        try:
            if (form or "text") not in _TEXT_FORMS:
                raise UnknownValue(f"{form!r} is not a form of a value; use {' or '.join(_TEXT_FORMS)}")
            name = ValueName.parse(text.strip(), self.env.docname)
            entry = look_up_value(name, root)
        except UnknownValue as error:
            _logger.warning("val: %s", error, location=self.get_location(), type="compendium", subtype="val")
            self.env.note_reread()  # so that the next build repeats the warning
            return [nodes.literal(self.text, self.text)], []
        self.env.note_dependency(str(root / f"{name.file}.json"))
        value_text = entry[form or "text"].replace(" %", "\N{NO-BREAK SPACE}%")
        title, page, anchor = value_explanation(entry), name.page, value_anchor(name.key)
        definitions = codebook_links.read_code_definitions(Path(self.env.srcdir))
        if entry["unit"] == "words" and value_text in definitions:
            code = definitions[value_text]
            title, page, anchor = f"{title}. {code.meaning}", codebook_links.CODEBOOK_PAGE, code.anchor
        return [value_node(self.text, value_text, title=title, page=page, anchor=anchor)], []


def value_explanation(entry: dict[str, Any]) -> str:
    """The explanation of a value: its meaning, then the value with interval and n."""
    return f"{entry['meaning']}: {entry['interval']}"


class LinkValues(SphinxPostTransform):
    """Link each value to the page that computed it, if the book has that page."""

    default_priority = 5

    def run(self, **kwargs: Any) -> None:
        """Insert the links; values whose page is not in the book get none."""
        for node in list(self.document.findall(value_node)):
            if node["page"] in self.env.found_docs and self.app.builder.format == "html":
                uri = self.app.builder.get_relative_uri(self.env.docname, node["page"]) + "#" + node["anchor"]
                title = {"reftitle": node["title"]} if node["title"] else {}
                link = nodes.reference("", "", *node.children, refuri=uri, internal=True, **title)
                link["classes"] += ["val", *node["classes"]]
                node.replace_self(link)


def visit_value(self: HTML5Translator, node: value_node) -> None:
    """Open a value without a link; its explanation is the title."""
    self.body.append(f'<span class="{" ".join(["val", *node["classes"]])}" title="{escape(node["title"])}">')


def depart_value(self: HTML5Translator, node: value_node) -> None:
    """Close a value without a link."""
    self.body.append("</span>")
