"""Passports: template, parameters and checksums of all files that a page and its figures were made from."""

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
        Docname of the page.
    template : str
        Path of the notebook template, relative to the project.
    parameters : dict
        Names and values of the parameters.
    files : dict
        SHA-256 of template, tables, modules and lock file, by path.
    version : str
        Version of the package.
    history : GitHistory or None
        Git history; None outside a repository.
    """

    page: str
    template: str
    parameters: dict[str, Any]
    files: dict[str, str]
    version: str
    history: GitHistory | None

    @property
    def data_files(self) -> list[str]:
        """Paths of the input files in ``data/``."""
        return [path for path in self.files if path.startswith("data/")]

    @property
    def last_change(self) -> Commit | None:
        """The last commit that changed the executed notebook, if known."""
        return self.history.last_changes.get(f"{self.page}.ipynb") if self.history else None


@cache
def read_passport(root: Path, page: str) -> Passport | None:
    """The passport of a page, cached during a build; None if the page is not made from a template."""
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
    """The parameter values with which a notebook was executed, apart from the defaults of its template."""
    metadata = json.loads(notebook.read_text(encoding="utf-8"))["metadata"]
    return dict(metadata.get("papermill", {}).get("parameters", {}))


def passport_facts(passport: Passport, passport_url: str) -> str:
    """The facts that hold for a page and each of its figures, as an HTML list.

    Parameters
    ----------
    passport : Passport
        The passport of the page.
    passport_url : str
        Link to the passport section of the page, which lists the files.
    """
    link = f'<a class="hashes" href="{escape(passport_url)}">{len(passport.files)} files</a>'
    values = ", ".join(f"{name} = {escape(_value_text(value))}" for name, value in passport.parameters.items())
    return _definition_list(
        {
            "Template": f"<code>{escape(passport.template)}</code>",
            "Parameters": values or "–",
            "Inputs": f"{link} with their SHA-256: {len(passport.data_files)} data files, template, code, environment",
            "Version": escape(_version_text(passport)),
            "Verified": escape(_verification_text(passport)),
        }
    )


def _definition_list(entries: dict[str, str]) -> str:
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{content}</dd>' for name, content in entries.items())}</dl>"


def _value_text(value: Any) -> str:
    return "none" if value == "" else str(value)


def _version_text(passport: Passport) -> str:
    commit = passport.history.description if passport.history else "unknown (built outside a git repository)"
    return f"compendium {passport.version}, commit {commit}"


def _verification_text(passport: Passport) -> str:
    """The day of the last check is the day of the build, because a build runs every notebook that is stale."""
    verified = f"{git_history.build_date()}, when this book was built: the page was up to date with all inputs"
    change = passport.last_change
    if change is None:
        return verified
    return f"{verified}. The executed notebook last changed on {change.day} ({change.short_hash})"


def passport_section(passport: Passport) -> nodes.section:
    """The passport as the last section of a page: facts, then each input file with its SHA-256."""
    rows = "".join(_file_row(path, sha256) for path, sha256 in passport.files.items())
    head = "".join(f'<th scope="col">{heading}</th>' for heading in ("File", "SHA-256"))
    table = (
        f'<details class="files"><summary>{len(passport.files)} files with their SHA-256</summary>'
        '<div class="scroll" role="region" tabindex="0" aria-label="Files that this page was made from">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )
    section_html = f'<div class="passport">{passport_facts(passport, "#" + PASSPORT_ANCHOR)}{table}</div>'
    return nodes.section(
        "",
        nodes.title("", SECTION_TITLE),
        nodes.raw("", section_html, format="html"),
        ids=[PASSPORT_ANCHOR],
        names=[PASSPORT_ANCHOR],
    )


def _file_row(path: str, sha256: str) -> str:
    digits = f"<details><summary><code>{sha256[:_DIGEST_LENGTH]}…</code></summary><code>{sha256}</code></details>"
    return f'<tr><th scope="row"><code>{escape(path)}</code></th><td>{digits}</td></tr>'


class AddPassport(SphinxTransform):
    """Append the passport to each page that is made from a template."""

    default_priority = 102  # after NestCasePages, which appends to the last section

    def apply(self, **kwargs: object) -> None:
        """Append the passport after all other sections."""
        passport = read_passport(Path(self.env.srcdir), self.env.docname)
        if passport:
            self.document[-1].append(passport_section(passport))


def clear_passport_cache(app: Sphinx) -> None:
    """Clear the caches, so that each build reads the files again."""
    read_passport.cache_clear()
    git_history.read_git_history.cache_clear()


def setup(app: Sphinx) -> None:
    """Register the transform and the event handler that clears the caches."""
    app.connect("builder-inited", clear_passport_cache)
    app.add_transform(AddPassport)
