"""Verdicts on findings as they are now: of one in a sentence (role ``claim``), of all at a glance (``verdicts``)."""

from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.nodes import Node, system_message
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from compendium.publishing.sphinx_ext.inline_values import (
    RESULTS_FOLDER,
    UnknownValue,
    ValueName,
    look_up_value,
    template_entries,
    value_node,
)

FINDINGS_PREFIX = "across.findings"
_logger = logging.getLogger(__name__)


class ClaimRole(SphinxRole):
    """``{claim}`F07```: ``F07 holds in part (…)``."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """The finding's id and verdict, or the id after a located warning."""
        root = Path(self.env.srcdir, RESULTS_FOLDER)
        finding = self.text.strip()
        try:
            name = ValueName.parse(f"{FINDINGS_PREFIX}.{finding}", self.env.docname)
            entry = look_up_value(name, root)
            if entry["unit"] != "words":
                raise UnknownValue(f"{finding!r} is a number of the page on findings, and no finding")
        except UnknownValue as fault:
            _logger.warning("claim: %s", fault, location=self.get_location(), type="compendium", subtype="claim")
            self.env.note_reread()  # the next build has to say it again
            return [nodes.literal(self.text, self.text)], []
        self.env.note_dependency(str(root / f"{name.file}.json"))
        said = f"{finding} {entry['text']}"
        return [
            value_node(
                self.text, said, title=f"{entry['meaning']} Verdict: {entry['text']}", page=name.page, anchor=finding
            )
        ], []


class VerdictsDirective(SphinxDirective):
    """All findings by verdict. Each line of the body is a sign and the words of a verdict, such as ``● holds``."""

    has_content = True
    option_spec: ClassVar[dict[str, object]] = {}

    def run(self) -> list[Node]:
        """First a sign for each finding, then their claims; each leads to the section of its finding."""
        self.assert_has_content()
        root = Path(self.env.srcdir, RESULTS_FOLDER)
        file, template = FINDINGS_PREFIX.split(".")
        self.env.note_dependency(str(root / f"{file}.json"))
        found = {
            name: entry for name, entry in template_entries(root, file, template).items() if entry["unit"] == "words"
        }
        signs = dict(reversed(line.split(maxsplit=1)) for line in self.content if line.strip())
        groups: dict[str, list[str]] = {verdict: [] for verdict in signs}
        for finding, entry in found.items():
            fitting = [verdict for verdict in signs if entry["text"].startswith(verdict)]
            if not fitting:
                message = "verdicts: %s is told as %r, which is none of %s"
                _logger.warning(message, finding, entry["text"], ", ".join(signs), location=self.get_location())
                continue
            groups[max(fitting, key=len)].append(finding)
        whole = nodes.compound(classes=["verdicts"])
        whole += _verdict_strip(groups, signs, found)
        for verdict, findings in groups.items():
            if findings:
                whole += _verdict_group(verdict, signs[verdict], {finding: found[finding] for finding in findings})
        return [whole]


def _verdict_strip(
    groups: dict[str, list[str]], signs: dict[str, str], finding_entries: dict[str, dict[str, Any]]
) -> nodes.paragraph:
    """A sign a finding, in the order of verdicts."""
    strip = nodes.paragraph(classes=["strip"])
    for verdict, findings in groups.items():
        for finding in findings:
            title = f"{finding} {finding_entries[finding]['text']}: {finding_entries[finding]['meaning']}"
            sign = _finding_link(finding, title, nodes.Text(signs[verdict]))
            sign["classes"] += ["verdict", f"verdict-{nodes.make_id(verdict)}"]
            strip += sign
    return strip


def _verdict_group(verdict: str, sign: str, finding_entries: dict[str, dict[str, Any]]) -> nodes.compound:
    group = nodes.compound(classes=["verdict-group"])
    mark = nodes.inline("", sign, classes=["verdict", f"verdict-{nodes.make_id(verdict)}"])
    number_of = nodes.inline("", f" {len(finding_entries)}", classes=["count"])
    group += nodes.paragraph("", "", mark, nodes.strong("", f" {verdict}"), number_of)
    items = nodes.bullet_list()
    for finding, entry in finding_entries.items():
        where = nodes.inline("", entry["text"].removeprefix(verdict), classes=["count"])
        link = _finding_link(finding, "", nodes.inline("", finding, classes=["id"]), nodes.Text(f" {entry['meaning']}"))
        items += nodes.list_item("", nodes.paragraph("", "", link, where))
    group += items
    return group


def _finding_link(finding: str, title: str, *children: Node) -> value_node:
    name = ValueName.parse(f"{FINDINGS_PREFIX}.{finding}", "")
    return value_node("", "", *children, title=title, page=name.page, anchor=finding)
