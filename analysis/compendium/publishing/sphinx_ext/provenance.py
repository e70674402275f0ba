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

PASSPORT_ANCHOR = "passport"
SECTION_TITLE = "Passport of this page"
_DIGEST_LENGTH = 12


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
    history : History, optional
        Where git knows it.
    """

    page: str
    template: str
    parameters: dict[str, Any]
    files: dict[str, str]
    version: str
    history: GitHistory | None

    @property
    def data_files(self) -> list[str]:
        """The tables among the files."""
        return [path for path in self.files if path.startswith("data/")]

    @property
    def last_change(self) -> Commit | None:
        """The last change of the executed notebook."""
        return self.history.last_changes.get(f"{self.page}.ipynb") if self.history else None


@cache
def read_passport(root: Path, page: str) -> Passport | None:
    """The passport of a page; None when no template makes it. Kept for all figures of a build."""
    job = next((job for job in notebooks.list_jobs(root) if job.target == root / f"{page}.ipynb"), None)
    if job is None:
        return None
    declared = {name: parameter.default for name, parameter in notebooks.declared_parameters(job.template).items()}
    return Passport(
        page,
        job.template.relative_to(root).as_posix(),
        declared | executed_parameters(job.target),
        {path.relative_to(root).as_posix(): digest(path) for path in notebooks.job_sources(job)},
        importlib.metadata.version("compendium"),
        git_history.read_git_history(root),
    )


def executed_parameters(notebook: Path) -> dict[str, Any]:
    """The values that an executed notebook was given in place of those that its template declares."""
    about = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
    return dict(about.get("papermill", {}).get("parameters", {}))


def passport_facts(passport: Passport, passport_url: str) -> str:
    """What holds for the page and each of its figures, as a list; ``passport_url`` is the address of the page's passport."""
    link = f'<a class="hashes" href="{escape(passport_url)}">{len(passport.files)} files</a>'
    values = ", ".join(f"{name} = {escape(_value_text(value))}" for name, value in passport.parameters.items())
    return _definition_list(
        {
            "Made by": f"<code>{escape(passport.template)}</code>",
            "With": values or "–",
            "From": f"{link}, each with its SHA-256: {len(passport.data_files)} of data, template, code and environment",
            "Version": escape(_version_text(passport)),
            "Verified": escape(_verification_text(passport)),
        }
    )


def _definition_list(entries: dict[str, str]) -> str:
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{told}</dd>' for name, told in entries.items())}</dl>"


def _value_text(value: Any) -> str:
    return "none" if value == "" else str(value)


def _version_text(passport: Passport) -> str:
    known = f"commit {passport.history.description}" if passport.history else "commit not known: built outside of git"
    return f"compendium {passport.version}, {known}"


def _verification_text(passport: Passport) -> str:
    """The build runs what is stale and shows nothing else; so its day is the day of the last check."""
    checked = f"{git_history.build_date()}, when this book was built: the page was up to date with all its sources"
    record = passport.last_change
    return f"{checked}. The record last changed on {record.day} ({record.short_hash})" if record else checked


def passport_section(passport: Passport) -> nodes.section:
    """The passport of a page as its last section: facts, then each file with its SHA-256."""
    rows = "".join(_file_row(path, sha256) for path, sha256 in passport.files.items())
    head = "".join(f'<th scope="col">{heading}</th>' for heading in ("File", "SHA-256"))
    table = (
        f'<details class="files"><summary>{len(passport.files)} files, with their SHA-256</summary>'
        '<div class="scroll" role="region" tabindex="0" aria-label="Files that this page was made from">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )
    text = f'<div class="passport">{passport_facts(passport, "#" + PASSPORT_ANCHOR)}{table}</div>'
    return nodes.section(
        "",
        nodes.title("", SECTION_TITLE),
        nodes.raw("", text, format="html"),
        ids=[PASSPORT_ANCHOR],
        names=[PASSPORT_ANCHOR],
    )


def _file_row(path: str, sha256: str) -> str:
    digits = f"<details><summary><code>{sha256[:_DIGEST_LENGTH]}…</code></summary><code>{sha256}</code></details>"
    return f'<tr><th scope="row"><code>{escape(path)}</code></th><td>{digits}</td></tr>'


class AddPassport(SphinxTransform):
    """Close each page that a template made with its passport."""

    default_priority = 102  # behind NestCases, whose contents stay where they are

    def apply(self, **kwargs: object) -> None:
        """Put it behind all other sections."""
        passport = read_passport(Path(self.env.srcdir), self.env.docname)
        if passport:
            self.document[-1].append(passport_section(passport))


def clear_passport_cache(app: Sphinx) -> None:
    """Look at the files anew with each build."""
    read_passport.cache_clear()
    git_history.read_git_history.cache_clear()


def setup(app: Sphinx) -> None:
    """Register both."""
    app.connect("builder-inited", clear_passport_cache)
    app.add_transform(AddPassport)
