"""Passports: of what a page and its figures were made, so that anybody can tell whether he has the same in hand."""

import importlib.metadata
import json
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from compendium.dataset.checksums import digest
from compendium.publishing.pipeline import git_history, notebooks
from compendium.publishing.pipeline.git_history import Commit, GitHistory

ANCHOR = "passport"
TITLE = "Passport of this page"
SHOWN = 12


@dataclass(frozen=True)
class Passport:
    """What an executed notebook was made from.

    Parameters
    ----------
    page : str
        Docname of its page.
    template : str
        The notebook template; paths are relative to the project.
    parameters : dict
        With their values.
    files : dict
        Template, tables, modules and lock file, each with its SHA-256.
    version : str
        Of the package.
    past : History, optional
        Where git knows it.
    """

    page: str
    template: str
    parameters: dict[str, Any]
    files: dict[str, str]
    version: str
    past: GitHistory | None

    @property
    def data(self) -> list[str]:
        """The tables among the files."""
        return [path for path in self.files if path.startswith("data/")]

    @property
    def record(self) -> Commit | None:
        """The last change of the executed notebook."""
        return self.past.last_changes.get(f"{self.page}.ipynb") if self.past else None


@cache
def read(root: Path, page: str) -> Passport | None:
    """The passport of a page; None when no template makes it. Kept for all figures of a build."""
    job = next((job for job in notebooks.list_jobs(root) if job.target == root / f"{page}.ipynb"), None)
    if job is None:
        return None
    declared = {name: parameter.default for name, parameter in notebooks.declared_parameters(job.template).items()}
    return Passport(
        page,
        job.template.relative_to(root).as_posix(),
        declared | given(job.target),
        {path.relative_to(root).as_posix(): digest(path) for path in notebooks.job_sources(job)},
        importlib.metadata.version("compendium"),
        git_history.read_git_history(root),
    )


def given(notebook: Path) -> dict[str, Any]:
    """The values that an executed notebook was given in place of those that its template declares."""
    about = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
    return dict(about.get("papermill", {}).get("parameters", {}))


def facts(passport: Passport, whole: str) -> str:
    """What holds for the page and each of its figures, as a list; ``whole`` is the address of the page's passport."""
    link = f'<a class="hashes" href="{escape(whole)}">{len(passport.files)} files</a>'
    values = ", ".join(f"{name} = {escape(_value(value))}" for name, value in passport.parameters.items())
    return _list(
        {
            "Made by": f"<code>{escape(passport.template)}</code>",
            "With": values or "–",
            "From": f"{link}, each with its SHA-256: {len(passport.data)} of data, template, code and environment",
            "Version": escape(_version(passport)),
            "Verified": escape(_verified(passport)),
        }
    )


def _list(entries: dict[str, str]) -> str:
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{told}</dd>' for name, told in entries.items())}</dl>"


def _value(value: Any) -> str:
    return "none" if value == "" else str(value)


def _version(passport: Passport) -> str:
    known = f"commit {passport.past.description}" if passport.past else "commit not known: built outside of git"
    return f"compendium {passport.version}, {known}"


def _verified(passport: Passport) -> str:
    """The build runs what is stale and shows nothing else; so its day is the day of the last check."""
    checked = f"{git_history.build_date()}, when this book was built: the page was up to date with all its sources"
    record = passport.record
    return f"{checked}. The record last changed on {record.day} ({record.short_hash})" if record else checked


def section(passport: Passport) -> nodes.section:
    """The passport of a page as its last section: facts, then each file with its SHA-256."""
    rows = "".join(_row(path, sha256) for path, sha256 in passport.files.items())
    head = "".join(f'<th scope="col">{heading}</th>' for heading in ("File", "SHA-256"))
    table = (
        f'<details class="files"><summary>{len(passport.files)} files, with their SHA-256</summary>'
        '<div class="scroll" role="region" tabindex="0" aria-label="Files that this page was made from">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )
    text = f'<div class="passport">{facts(passport, "#" + ANCHOR)}{table}</div>'
    return nodes.section("", nodes.title("", TITLE), nodes.raw("", text, format="html"), ids=[ANCHOR], names=[ANCHOR])


def _row(path: str, sha256: str) -> str:
    digits = f"<details><summary><code>{sha256[:SHOWN]}…</code></summary><code>{sha256}</code></details>"
    return f'<tr><th scope="row"><code>{escape(path)}</code></th><td>{digits}</td></tr>'


class AddPassport(SphinxTransform):
    """Close each page that a template made with its passport."""

    default_priority = 102  # behind NestCases, whose contents stay where they are

    def apply(self, **kwargs: object) -> None:
        """Put it behind all other sections."""
        passport = read(Path(self.env.srcdir), self.env.docname)
        if passport:
            self.document[-1].append(section(passport))


def forget(app: Sphinx) -> None:
    """Look at the files anew with each build."""
    read.cache_clear()
    git_history.read_git_history.cache_clear()


def setup(app: Sphinx) -> None:
    """Register both."""
    app.connect("builder-inited", forget)
    app.add_transform(AddPassport)
