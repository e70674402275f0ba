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
    """A directive whose HTML is generated again with every build."""

    option_spec: ClassVar[dict[str, object]] = {}

    def run(self) -> list[Node]:
        """Return the HTML as a raw node, and mark the page to be read again by the next build."""
        self.env.note_reread()
        return [nodes.raw("", self.html(Path(self.env.srcdir)), format="html")]

    @abstractmethod
    def html(self, root: Path) -> str:
        """The HTML of the directive."""


class BuildFactsDirective(_HtmlDirective):
    """The versions, commit and day of this build."""

    def html(self, root: Path) -> str:
        history = git_history.read_git_history(root)
        facts = {
            "Version": importlib.metadata.version("compendium"),
            "Commit": f"{history.description} ({history.head.day})"
            if history
            else "unknown: built outside a git repository",
            "Built on": git_history.build_date().isoformat(),
            "Python": platform.python_version(),
            "Sphinx": importlib.metadata.version("sphinx"),
        }
        items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items())
        return f'<dl class="facts">{items}</dl>'


class ExecutionStatisticsDirective(_HtmlDirective):
    """A table of the executed notebooks: status, cells, figures, numbers and run time of each."""

    def html(self, root: Path) -> str:
        rows = [_statistics_row(job, self.env.docname) for job in notebooks.list_jobs(root) if job.target.exists()]
        headings = ("Notebook", "Status", "Cells run", "Figures", "Numbers", "Time")
        return _html_table("Executed notebooks", headings, rows, n_number_columns=4)


def _statistics_row(job: notebooks.Job, page: str) -> list[str]:
    cells = json.loads(job.target.read_text(encoding="utf-8"))["cells"]
    code_cells = [cell for cell in cells if cell["cell_type"] == "code"]
    outputs = [output for cell in code_cells for output in cell["outputs"]]
    n_failed = sum(output["output_type"] == "error" for output in outputs)
    n_not_run = sum(cell["execution_count"] is None and bool("".join(cell["source"]).strip()) for cell in code_cells)
    bundles = [output.get("data", {}) for output in outputs]
    seconds = durations.load_duration(job, digest(job.target))
    notebook_page = job.target.relative_to(job.root).with_suffix(".html").as_posix()
    return [
        f'<a href="{posixpath.relpath(notebook_page, posixpath.dirname(page))}">{escape(job.name)}</a>',
        f"{n_failed} failed, {n_not_run} not run" if n_failed or n_not_run else "succeeded",
        str(len(code_cells) - n_not_run),
        str(sum(CHART_MIME in data for data in bundles)),
        str(sum(len(data.get(VALUES_MIME, {})) for data in bundles)),
        "not measured" if seconds is None else f"{seconds:.1f} s",
    ]


class PackagesDirective(_HtmlDirective):
    """A table of the installed packages of the lock file, with version and licence."""

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
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # locked for another Python version
        yield [name, package.version, package_licence(package)]


def package_licence(package: importlib.metadata.Distribution) -> str:
    """The licence of a package: its SPDX expression, else its classifiers, else the field ``License`` if short."""
    metadata = package.metadata
    expression, license_text = (
        (metadata.get_all(name) or [""])[0].strip() for name in ("License-Expression", "License")
    )
    classifiers = [entry for entry in metadata.get_all("Classifier") or [] if entry.startswith(LICENCE_CLASSIFIER)]
    licence_names = ", ".join(classifier.rpartition(" :: ")[2] for classifier in classifiers)
    is_short = len(license_text) <= _MAX_LICENCE_LENGTH and "\n" not in license_text
    return expression or licence_names or (license_text if is_short else "") or LICENCE_UNSTATED


def _html_table(caption: str, headings: tuple[str, ...], rows: list[list[str]], n_number_columns: int) -> str:
    """An HTML table of HTML cells; the last ``n_number_columns`` columns are right-aligned."""
    classes = [""] * (len(headings) - n_number_columns) + [' class="number"'] * n_number_columns
    head = "".join(f'<th scope="col"{class_}>{text}</th>' for text, class_ in zip(headings, classes, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{class_}>{cell}</td>' for cell, class_ in zip(row, classes, strict=True))}</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
