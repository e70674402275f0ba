"""The directives of the colophon: ``build-facts``, ``execution-statistics``, ``packages``."""

import importlib.metadata
import json
import platform
import posixpath
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.nodes import Node
from sphinx.util.docutils import SphinxDirective

from compendium.dataset.checksums import digest
from compendium.publishing.pipeline import durations, git_history, notebooks
from compendium.reporting.mime_types import CHART_MIME, VALUES_MIME

LOCKED_VERSION = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_MAX_LICENCE_LENGTH = 60
LICENCE_CLASSIFIER = "License :: "
LICENCE_UNSTATED = "not stated"


class _HtmlDirective(SphinxDirective, ABC):
    """A directive that shows HTML which holds for one build only."""

    option_spec: ClassVar[dict[str, object]] = {}

    def run(self) -> list[Node]:
        """What it shows; written anew with every build."""
        self.env.note_reread()
        return [nodes.raw("", self.html(Path(self.env.srcdir)), format="html")]

    @abstractmethod
    def html(self, root: Path) -> str:
        """What it shows."""


class BuildFactsDirective(_HtmlDirective):
    """Version, commit, day and Python of this build."""

    def html(self, root: Path) -> str:
        past = git_history.read_git_history(root)
        facts = {
            "Version": importlib.metadata.version("compendium"),
            "Commit": f"{past.description} ({past.head.day})" if past else "not known: built outside of git",
            "Built on": git_history.build_date().isoformat(),
            "Python": platform.python_version(),
            "Sphinx": importlib.metadata.version("sphinx"),
        }
        inner = "".join(f"<dt>{escape(name)}</dt><dd>{escape(told)}</dd>" for name, told in facts.items())
        return f'<dl class="facts">{inner}</dl>'


class ExecutionStatisticsDirective(_HtmlDirective):
    """A row for each executed notebook: whether all went well, what it shows, and how long it took."""

    def html(self, root: Path) -> str:
        rows = [_statistics_row(job, self.env.docname) for job in notebooks.list_jobs(root) if job.target.exists()]
        headings = ("Notebook", "Status", "Cells run", "Figures", "Numbers", "Time")
        return _html_table("Executed notebooks", headings, rows, n_number_columns=4)


def _statistics_row(job: notebooks.Job, page: str) -> list[str]:
    cells = json.loads(job.target.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    outputs = [output for cell in code for output in cell["outputs"]]
    failed = sum(output["output_type"] == "error" for output in outputs)
    left = sum(cell["execution_count"] is None and bool("".join(cell["source"]).strip()) for cell in code)
    shown = [output.get("data", {}) for output in outputs]
    seconds = durations.load_duration(job, digest(job.target))
    home = job.target.relative_to(job.root).with_suffix(".html").as_posix()
    return [
        f'<a href="{posixpath.relpath(home, posixpath.dirname(page))}">{escape(job.name)}</a>',
        f"{failed} failed, {left} not run" if failed or left else "ran well",
        str(len(code) - left),
        str(sum(CHART_MIME in data for data in shown)),
        str(sum(len(data.get(VALUES_MIME, {})) for data in shown)),
        "not measured" if seconds is None else f"{seconds:.1f} s",
    ]


class PackagesDirective(_HtmlDirective):
    """A row for each package that the lock file names and that is installed, with version and licence."""

    def html(self, root: Path) -> str:
        lock = (root / "requirements.lock").read_text(encoding="utf-8")
        rows = [
            [escape(cell) for cell in row]
            for row in _installed_packages(name for name, _ in LOCKED_VERSION.findall(lock))
        ]
        table = _html_table("Packages", ("Package", "Version", "Licence"), rows, n_number_columns=0)
        return f"<details><summary>{len(rows)} packages, with version and licence</summary>{table}</details>"


def _installed_packages(names: Iterator[str]) -> Iterator[list[str]]:
    for name in sorted(names, key=str.lower):
        try:
            about = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # locked for another version of Python
        yield [name, about.version, package_licence(about)]


def package_licence(package: importlib.metadata.Distribution) -> str:
    """What a package says of its licence: an SPDX expression, or else a classifier, or else a short text of its own."""
    about = package.metadata
    stated = {name: (about.get_all(name) or [""])[0].strip() for name in ("License-Expression", "License")}
    classes = [entry for entry in about.get_all("Classifier") or [] if entry.startswith(LICENCE_CLASSIFIER)]
    classified = ", ".join(entry.rpartition(" :: ")[2] for entry in classes)
    own = stated["License"]
    short = own if len(own) <= _MAX_LICENCE_LENGTH and "\n" not in own else ""
    return stated["License-Expression"] or classified or short or LICENCE_UNSTATED


def _html_table(caption: str, headings: tuple[str, ...], rows: list[list[str]], n_number_columns: int) -> str:
    """Cells are HTML; the last ``n_number_columns`` columns stand to the right."""
    kinds = [""] * (len(headings) - n_number_columns) + [' class="number"'] * n_number_columns
    head = "".join(f'<th scope="col"{kind}>{each}</th>' for each, kind in zip(headings, kinds, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{kind}>{cell}</td>' for cell, kind in zip(row, kinds, strict=True))}</tr>" for row in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
