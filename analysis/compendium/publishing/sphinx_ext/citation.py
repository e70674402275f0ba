"""Citation and error report at the end of each page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import yaml
from docutils import nodes
from sphinx.application import Sphinx

from compendium.publishing.pipeline import git_history, notebooks

CITATION_FILE = "CITATION.cff"
BIBLIOGRAPHY_PAGE = "book/bibliography"
RERUN_PAGE = "book/rerun"
FORGE_URLS = {
    "gitlab": ("{url}/-/edit/{branch}/{path}", "{url}/-/issues/new?issue[title]={title}"),
    "": ("{url}/edit/{branch}/{path}", "{url}/issues/new?title={title}"),
}
"""URL patterns to edit a file and to open an issue, by a word in the host name; the empty word fits any host."""


@dataclass(frozen=True)
class Work:
    """The work as a whole, as described in ``CITATION.cff``."""

    authors: str
    title: str
    version: str
    message: str

    @classmethod
    def from_citation_file(cls, root: Path) -> "Work | None":
        """Read the work from ``CITATION.cff``; None if there is no such file."""
        path = root / CITATION_FILE
        if not path.exists():
            return None
        metadata = yaml.safe_load(path.read_text(encoding="utf-8"))
        authors = "; ".join(map(_author_name, metadata["authors"]))
        return cls(authors, metadata["title"], str(metadata["version"]), metadata["message"])


def _author_name(person: dict[str, str]) -> str:
    return person.get("name") or f"{person['family-names']}, {person['given-names']}"


@dataclass(frozen=True)
class Citation:
    """The citation of one page; ``day`` is an ISO date, ``url`` is empty if the book has no public address."""

    work: Work
    page: str
    day: str
    commit: str
    url: str

    @property
    def text(self) -> str:
        """The citation as an entry of a reference list."""
        state = f"version {self.work.version} of {self.day}" + (f", commit {self.commit}" if self.commit else "")
        address = f" {self.url}" if self.url else ""
        return f"{self.work.authors} ({self.day[:4]}). “{self.page}”. In: {self.work.title}, {state}.{address}"

    @property
    def bibtex(self) -> str:
        """The citation as a BibTeX entry."""
        fields = {
            "author": f"{{{self.work.authors}}}",
            "title": self.page,
            "booktitle": self.work.title,
            "year": self.day[:4],
            "date": self.day,
            "version": self.work.version,
            "note": f"Commit {self.commit}" if self.commit else "",
            "url": self.url,
        }
        key = nodes.make_id(f"{self.page} {self.day[:4]}")
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@incollection{{{key},\n{lines}}}"


def page_source(root: Path, page: str, suffix: str) -> str:
    """The file to edit to change a page: its notebook template if it has one, otherwise its own file."""
    job = next((job for job in notebooks.list_jobs(root) if job.target == root / f"{page}.ipynb"), None)
    return job.template.relative_to(root).as_posix() if job else f"{page}{suffix}"


def forge_links(theme_options: dict[str, Any], path: str, title: str) -> dict[str, str]:
    """URLs to ``edit`` a file and to ``tell`` of a mistake (open an issue); empty without a public repository."""
    url = str(theme_options.get("repository_url") or "").rstrip("/")
    if not url:
        return {}
    edit, tell = next(patterns for word, patterns in FORGE_URLS.items() if word in (urlsplit(url).hostname or ""))
    values = {"url": url, "branch": theme_options.get("repository_branch") or "main", "path": quote(path)}
    return {"edit": edit.format(**values), "tell": tell.format(**values, title=quote(f"{title}: "))}


def add_citation(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add the citation and the links for error reports to the context of ``page-end.html``."""
    root = Path(app.srcdir)
    work = Work.from_citation_file(root)
    if doctree is None or work is None:
        return
    history = git_history.read_git_history(root)
    title = app.env.longtitles[page].astext()  # env.titles holds the short titles of the contents
    day = history.head.day if history else git_history.build_date().isoformat()
    commit = history.head.short_hash if history else ""
    path = page_source(root, page, context.get("page_source_suffix", ""))
    context["cited"] = Citation(work, title, day, commit, context.get("pageurl") or "")
    context["state"] = history.description if history else "not known"
    context["source"] = path
    context["forge"] = forge_links(app.config.html_theme_options, path, title)
    context["further"] = {name: name for name in (BIBLIOGRAPHY_PAGE, RERUN_PAGE) if name in app.env.found_docs}


def setup(app: Sphinx) -> None:
    """Add the citation to the context of every page."""
    app.connect("html-page-context", add_citation)
