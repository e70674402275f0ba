"""Text and navigation of each case: case pages are listed below the case's first page."""

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

_FIRST_PAGE = "case"


class NestCasePages(SphinxTransform):
    """Move the pages of a case from the contents of the book to those of the case's first page.

    ``_toc.yml`` finds all pages of all cases by one pattern, in one list; it has no pattern for a tree.
    """

    default_priority = 101  # right after sphinx_external_toc has put in what _toc.yml says

    def apply(self, **kwargs: object) -> None:
        """Put them into the first page of their case; what is listed by name is not listed by a pattern again."""
        seen: set[str] = set()
        for listed in self.document.findall(toctree):
            listed["entries"] = [entry for entry in listed["entries"] if self._is_new(entry[1], seen)]
            listed["includefiles"] = [name for _, name in listed["entries"] if name in listed["includefiles"]]
        folder, _, page = self.env.docname.rpartition("/")
        inner = [
            name
            for name in sorted(self.env.found_docs)
            if name.startswith(f"{folder}/") and is_case_subpage(name, self.env)
        ]
        if page == _FIRST_PAGE and inner:
            self.document[-1].append(_hidden_toctree(self.env.docname, inner))

    def _is_new(self, docname: str, seen: set[str]) -> bool:
        new = docname not in seen and not is_case_subpage(docname, self.env)
        seen.add(docname)
        return new


def is_case_subpage(docname: str, env: BuildEnvironment) -> bool:
    """Whether a page is one of a case's further ones."""
    folder, _, page = docname.rpartition("/")
    return docname.startswith(CASE_PAGES) and page != _FIRST_PAGE and f"{folder}/{_FIRST_PAGE}" in env.found_docs


def _hidden_toctree(parent: str, docnames: list[str]) -> nodes.Element:
    entries = [(None, name) for name in docnames]
    tree = toctree(parent=parent, entries=entries, includefiles=docnames, maxdepth=-1, caption=None, hidden=True)
    tree.attributes |= {"glob": True, "includehidden": False, "numbered": 0, "titlesonly": True, "rawcaption": ""}
    return nodes.compound("", tree, classes=["toctree-wrapper"])


def shorten_titles(app: Sphinx, env: BuildEnvironment) -> None:
    """In contents, ``Case: talk`` below ``Case`` is ``Talk``; the page itself keeps its full title."""
    for docname, title in env.titles.items():
        _, colon, rest = title.astext().partition(": ")
        if colon and is_case_subpage(docname, env):
            short = rest[:1].upper() + rest[1:]
            env.titles[docname] = nodes.title("", short)
            next(env.tocs[docname].findall(nodes.reference)).children = [nodes.Text(short)]


def setup(app: Sphinx) -> None:
    """Register both."""
    app.add_transform(NestCasePages)
    app.connect("env-updated", shorten_titles)


_CASES_FOLDER = "data/cases"
_logger = logging.getLogger(__name__)


class EachCaseDirective(SphinxDirective):
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
        texts = [fill_placeholders(body, case) for case in load_case_metadata(Path(self.env.srcdir, _CASES_FOLDER))]
        if not texts:
            _logger.warning("each-case: there is no case in %s", _CASES_FOLDER, location=self.get_location())
        head = self.options.get("head")
        text = "\n".join([*_table_head(head), *texts]) if head else "\n\n".join(texts)
        parent = Element()
        source, line = self.get_source_info()
        lines = StringList(text.splitlines(), source, items=[(source, line)] * len(text.splitlines()))
        self.state.nested_parse(lines, self.content_offset, parent)
        return parent.children


def _table_head(columns: str) -> list[str]:
    return [f"| {columns} |", "|" + " --- |" * (columns.count("|") + 1)]
