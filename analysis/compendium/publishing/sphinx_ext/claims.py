"""Current verdicts on findings: the role ``claim`` for one finding, the directive ``verdicts`` for an overview."""

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
    """A finding with its verdict: ``{claim}`F07``` becomes ``F07 holds in part (…)``."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """Return the finding's id and verdict; for an unknown finding, warn and return the id alone."""
        root = Path(self.env.srcdir, RESULTS_FOLDER)
        finding = self.text.strip()
        try:
            name = ValueName.parse(f"{FINDINGS_PREFIX}.{finding}", self.env.docname)
            entry = look_up_value(name, root)
            if entry["unit"] != "words":
                raise UnknownValue(f"{finding!r} is a value of the page on findings, not the id of a finding")
        except UnknownValue as error:
            _logger.warning("claim: %s", error, location=self.get_location(), type="compendium", subtype="claim")
            self.env.note_reread()  # so that the next build repeats the warning
            return [nodes.literal(self.text, self.text)], []
        self.env.note_dependency(str(root / f"{name.file}.json"))
        title = f"{entry['meaning']} Verdict: {entry['text']}"
        text = f"{finding} {entry['text']}"
        return [value_node(self.text, text, title=title, page=name.page, anchor=finding)], []


class VerdictsDirective(SphinxDirective):
    """All findings by verdict; each line of the body is a sign and the text of a verdict, such as ``● holds``."""

    has_content = True
    option_spec: ClassVar[dict[str, object]] = {}

    def run(self) -> list[Node]:
        """Return a strip with a sign for each finding, then the findings grouped by verdict, all with links."""
        self.assert_has_content()
        root = Path(self.env.srcdir, RESULTS_FOLDER)
        file, template = FINDINGS_PREFIX.split(".")
        self.env.note_dependency(str(root / f"{file}.json"))
        finding_entries = {
            name: entry for name, entry in template_entries(root, file, template).items() if entry["unit"] == "words"
        }
        signs = dict(reversed(line.split(maxsplit=1)) for line in self.content if line.strip())
        groups: dict[str, list[str]] = {verdict: [] for verdict in signs}
        for finding, entry in finding_entries.items():
            matches = [verdict for verdict in signs if entry["text"].startswith(verdict)]
            if not matches:
                message = "verdicts: the verdict on %s is %r; expected one of %s"
                _logger.warning(message, finding, entry["text"], ", ".join(signs), location=self.get_location())
                continue
            groups[max(matches, key=len)].append(finding)
        overview = nodes.compound(classes=["verdicts"])
        overview += _verdict_strip(groups, signs, finding_entries)
        for verdict, findings in groups.items():
            if findings:
                entries = {finding: finding_entries[finding] for finding in findings}
                overview += _verdict_group(verdict, signs[verdict], entries)
        return [overview]


def _verdict_strip(
    groups: dict[str, list[str]], signs: dict[str, str], finding_entries: dict[str, dict[str, Any]]
) -> nodes.paragraph:
    """A linked sign for each finding, in the order of the verdicts."""
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
    sign_node = nodes.inline("", sign, classes=["verdict", f"verdict-{nodes.make_id(verdict)}"])
    count_node = nodes.inline("", f" {len(finding_entries)}", classes=["count"])
    group += nodes.paragraph("", "", sign_node, nodes.strong("", f" {verdict}"), count_node)
    items = nodes.bullet_list()
    for finding, entry in finding_entries.items():
        addition = nodes.inline("", entry["text"].removeprefix(verdict), classes=["count"])
        link = _finding_link(finding, "", nodes.inline("", finding, classes=["id"]), nodes.Text(f" {entry['meaning']}"))
        items += nodes.list_item("", nodes.paragraph("", "", link, addition))
    group += items
    return group


def _finding_link(finding: str, title: str, *children: Node) -> value_node:
    name = ValueName.parse(f"{FINDINGS_PREFIX}.{finding}", "")
    return value_node("", "", *children, title=title, page=name.page, anchor=finding)
