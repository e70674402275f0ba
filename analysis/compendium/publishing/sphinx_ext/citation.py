"""How to cite a page, and where to say what is wrong with it: told at the end of each page."""

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
"""By a word of the host's name: the address for editing a file, and that for telling of a fault."""


@dataclass(frozen=True)
class Work:
    """What ``CITATION.cff`` says of the whole."""

    authors: str
    title: str
    version: str
    message: str

    @classmethod
    def from_citation_file(cls, root: Path) -> "Work | None":
        """The work; None when it does not say how to be cited."""
        path = root / CITATION_FILE
        if not path.exists():
            return None
        about = yaml.safe_load(path.read_text(encoding="utf-8"))
        authors = "; ".join(map(_author_name, about["authors"]))
        return cls(authors, about["title"], str(about["version"]), about["message"])


def _author_name(person: dict[str, str]) -> str:
    return person.get("name") or f"{person['family-names']}, {person['given-names']}"


@dataclass(frozen=True)
class Citation:
    """A page of the work as of a day; ``url`` is empty where the book has no public address."""

    work: Work
    page: str
    day: str
    commit: str
    url: str

    @property
    def text(self) -> str:
        """As a list of references has it."""
        state = f"version {self.work.version} of {self.day}" + (f", commit {self.commit}" if self.commit else "")
        where = f" {self.url}" if self.url else ""
        return f"{self.work.authors} ({self.day[:4]}). “{self.page}”. In: {self.work.title}, {state}.{where}"

    @property
    def bibtex(self) -> str:
        """For a reference manager."""
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
        inner = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@incollection{{{key},\n{inner}}}"


def page_source(root: Path, page: str, suffix: str) -> str:
    """The file to change when a page is to read differently: its template if it has one, else itself."""
    made = next((job for job in notebooks.list_jobs(root) if job.target == root / f"{page}.ipynb"), None)
    return made.template.relative_to(root).as_posix() if made else f"{page}{suffix}"


def forge_links(theme_options: dict[str, Any], path: str, title: str) -> dict[str, str]:
    """The addresses for editing and telling at the repository; none when it has no public address."""
    url = str(theme_options.get("repository_url") or "").rstrip("/")
    if not url:
        return {}
    edit, tell = next(forms for word, forms in FORGE_URLS.items() if word in (urlsplit(url).hostname or ""))
    filled = {"url": url, "branch": theme_options.get("repository_branch") or "main", "path": quote(path)}
    return {"edit": edit.format(**filled), "tell": tell.format(**filled, title=quote(f"{title}: "))}


def add_citation(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Hand to the template of a chapter what ``page-end.html`` shows."""
    root = Path(app.srcdir)
    work = Work.from_citation_file(root)
    if doctree is None or work is None:
        return
    past, title = (
        git_history.read_git_history(root),
        app.env.longtitles[page].astext(),
    )  # titles are short ones, for the contents
    day = past.head.day if past else git_history.build_date().isoformat()
    path = page_source(root, page, context.get("page_source_suffix", ""))
    context["cited"] = Citation(work, title, day, past.head.short_hash if past else "", context.get("pageurl") or "")
    context["state"] = past.description if past else "not known"
    context["source"] = path
    context["forge"] = forge_links(app.config.html_theme_options, path, title)
    context["further"] = {name: name for name in (BIBLIOGRAPHY_PAGE, RERUN_PAGE) if name in app.env.found_docs}


def setup(app: Sphinx) -> None:
    """Add it to every chapter."""
    app.connect("html-page-context", add_citation)
