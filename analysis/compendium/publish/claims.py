"""The role ``claim``: the verdict on a finding as it is now, linked to the section of the finding."""

from pathlib import Path

from docutils import nodes
from docutils.nodes import Node, system_message
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from compendium.publish.numbers import RESULTS, Name, Unknown, look_up, number

FINDINGS = "across.findings"

logger = logging.getLogger(__name__)


class ClaimRole(SphinxRole):
    """``{claim}`F07```: ``F07 holds in part (…)``."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """The finding's id and verdict, or the id after a located warning."""
        root = Path(self.env.srcdir, RESULTS)
        finding = self.text.strip()
        try:
            name = Name.parse(f"{FINDINGS}.{finding}", self.env.docname)
            entry = look_up(name, root)
            if entry["unit"] != "words":
                raise Unknown(f"{finding!r} is a number of the page on findings, and no finding")
        except Unknown as fault:
            logger.warning("claim: %s", fault, location=self.get_location(), type="compendium", subtype="claim")
            self.env.note_reread()  # the next build has to say it again
            return [nodes.literal(self.text, self.text)], []
        self.env.note_dependency(str(root / f"{name.file}.json"))
        said = f"{finding} {entry['text']}"
        return [
            number(
                self.text, said, title=f"{entry['meaning']} Verdict: {entry['text']}", page=name.page, anchor=finding
            )
        ], []
