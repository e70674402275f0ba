"""Text repeated for each case (``each-case``), and navigation: case pages are listed below the case's first page."""

from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.nodes import Element, Node
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.addnodes import toctree
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from compendium.publishing.pipeline.case_words import fill_placeholders, load_case_metadata
from compendium.publishing.sphinx_ext.inline_values import CASE_PAGES

_CASES_FOLDER = "data/cases"
_FIRST_PAGE = "case"
_logger = logging.getLogger(__name__)


class NestCasePages(SphinxTransform):
    """Move the pages of a case from the contents of the book to the contents of the case's first page.

    ``_toc.yml`` lists all pages of all cases with one pattern; a pattern cannot describe a tree.
    """

    default_priority = 101  # directly after sphinx_external_toc has inserted the entries of _toc.yml

    def apply(self, **kwargs: object) -> None:
        """List each page once, and the pages of a case on its first page; names take precedence over patterns."""
        listed: set[str] = set()
        for tree in self.document.findall(toctree):
            tree["entries"] = [entry for entry in tree["entries"] if self._is_new(entry[1], listed)]
            tree["includefiles"] = [name for _, name in tree["entries"] if name in tree["includefiles"]]
        folder, _, page = self.env.docname.rpartition("/")
        subpages = [
            name
            for name in sorted(self.env.found_docs)
            if name.startswith(f"{folder}/") and is_case_subpage(name, self.env)
        ]
        if page == _FIRST_PAGE and subpages:
            self.document[-1].append(_hidden_toctree(self.env.docname, subpages))

    def _is_new(self, docname: str, listed: set[str]) -> bool:
        is_new = docname not in listed and not is_case_subpage(docname, self.env)
        listed.add(docname)
        return is_new


def is_case_subpage(docname: str, env: BuildEnvironment) -> bool:
    """Whether a page belongs to a case and is not its first page."""
    folder, _, page = docname.rpartition("/")
    return docname.startswith(CASE_PAGES) and page != _FIRST_PAGE and f"{folder}/{_FIRST_PAGE}" in env.found_docs


def _hidden_toctree(parent: str, docnames: list[str]) -> nodes.Element:
    entries = [(None, name) for name in docnames]
    tree = toctree(parent=parent, entries=entries, includefiles=docnames, maxdepth=-1, caption=None, hidden=True)
    tree.attributes |= {"glob": True, "includehidden": False, "numbered": 0, "titlesonly": True, "rawcaption": ""}
    return nodes.compound("", tree, classes=["toctree-wrapper"])


def shorten_titles(app: Sphinx, env: BuildEnvironment) -> None:
    """Shorten ``Case: topic`` to ``Topic`` in the contents; the page itself keeps its full title."""
    for docname, title in env.titles.items():
        _, colon, topic = title.astext().partition(": ")
        if colon and is_case_subpage(docname, env):
            short_title = topic[:1].upper() + topic[1:]
            env.titles[docname] = nodes.title("", short_title)
            next(env.tocs[docname].findall(nodes.reference)).children = [nodes.Text(short_title)]


def setup(app: Sphinx) -> None:
    """Register the transform and the event handler of the navigation."""
    app.add_transform(NestCasePages)
    app.connect("env-updated", shorten_titles)


class EachCaseDirective(SphinxDirective):
    """Repeat the body (Markdown) for each case, with ``{{id}}``, ``{{title}}`` and ``{{short}}`` replaced.

    With ``:head: Case | Share`` the body is the row of a table with these headings.
    """

    has_content = True
    option_spec: ClassVar[dict[str, object]] = {"head": directives.unchanged_required}

    def run(self) -> list[Node]:
        """Return the nodes of all repetitions, parsed as one text so that list items form one list."""
        self.assert_has_content()
        self.env.note_reread()  # a new case is a new folder, which no file dependency can express
        body = "\n".join(self.content)
        texts = [fill_placeholders(body, case) for case in load_case_metadata(Path(self.env.srcdir, _CASES_FOLDER))]
        if not texts:
            _logger.warning(
                "each-case: no case found; expected case.yml in the folders of %s",
                _CASES_FOLDER,
                location=self.get_location(),
            )
        head = self.options.get("head")
        text = "\n".join([*_table_head(head), *texts]) if head else "\n\n".join(texts)
        parent = Element()
        source, line = self.get_source_info()
        lines = StringList(text.splitlines(), source, items=[(source, line)] * len(text.splitlines()))
        self.state.nested_parse(lines, self.content_offset, parent)
        return parent.children


def _table_head(columns: str) -> list[str]:
    return [f"| {columns} |", "|" + " --- |" * (columns.count("|") + 1)]
