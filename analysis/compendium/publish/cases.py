"""The directive ``each-case``: prose that is said once for each case that there is, so that no page names one."""

from pathlib import Path
from typing import ClassVar

from docutils.nodes import Element, Node
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from compendium.publish.words import cases, filled

CASES = "data/cases"

logger = logging.getLogger(__name__)


class EachCase(SphinxDirective):
    """Repeat the body (Markdown) for each case, with ``{{id}}``, ``{{title}}`` and ``{{short}}`` replaced.

    With ``:head: Case | Share`` the body is a row of a table, and the table gets that head.
    """

    has_content = True
    option_spec: ClassVar[dict[str, object]] = {"head": directives.unchanged_required}

    def run(self) -> list[Node]:
        """The nodes of all repetitions, parsed as one text so that items of a list make one list."""
        self.assert_has_content()
        self.env.note_reread()  # a new folder touches no file that this page could depend on
        body = "\n".join(self.content)
        texts = [filled(body, case) for case in cases(Path(self.env.srcdir, CASES))]
        if not texts:
            logger.warning("each-case: there is no case in %s", CASES, location=self.get_location())
        head = self.options.get("head")
        text = "\n".join([*_head(head), *texts]) if head else "\n\n".join(texts)
        parent = Element()
        source, line = self.get_source_info()
        lines = StringList(text.splitlines(), source, items=[(source, line)] * len(text.splitlines()))
        self.state.nested_parse(lines, self.content_offset, parent)
        return parent.children


def _head(columns: str) -> list[str]:
    return [f"| {columns} |", "|" + " --- |" * (columns.count("|") + 1)]
