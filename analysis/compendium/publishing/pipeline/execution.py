"""Runs one template for one case: execute, make it the same on every machine, refuse what no reader should see."""

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from compendium.publishing.pipeline import case_words
from compendium.publishing.pipeline.notebooks import ACROSS, Job
from compendium.reporting.mime_types import VALUES_MIME

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
BINARY_MIMES = ("image/png", "image/jpeg", "application/pdf")
PARAMETER_TAGS = {"parameters", "injected-parameters"}
MEMORY_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b", re.IGNORECASE)


class RunFailed(Exception):
    """A notebook did not come out well; the message says which, where and why."""


def run_notebook(job: Job) -> None:
    """Execute a template and put the result in its place, if all is well with it.

    The notebook stands at ``job.scratch`` until it is good; there a failed one stays to be looked at.

    Raises
    ------
    RunFailed
        When a cell fails, dies or takes too long, or when the outputs are not fit to be published.
    """
    template = nbformat.read(job.template, as_version=4)
    _check_parameters(job, template)
    _fill_case_words(job, template)
    job.scratch.parent.mkdir(parents=True, exist_ok=True)
    try:
        notebook = papermill.execute_notebook(
            template,
            job.scratch,
            job.parameters,
            engine_name="forked",
            kernel_name=KERNELSPEC["name"],
            language=KERNELSPEC["language"],
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=job.cell_timeout_s,
            folder=str(job.template.parent),
        )
    except PapermillExecutionError as error:
        raise RunFailed(_failure_message(job, template, error.cell_index, f"{error.ename}: {error.evalue}")) from None
    notebook = normalise_notebook(notebook, f"{job.part}-{job.notebook}", job.parameters)
    nbformat.write(notebook, job.scratch)
    for index, fault in notebook_faults(notebook, machine_folders(job.root)):
        raise RunFailed(_failure_message(job, template, index, fault))
    job.target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(job.scratch, job.target)


def _check_parameters(job: Job, template: NotebookNode) -> None:
    known = papermill.inspect_notebook(template)
    unknown = sorted(set(job.parameters) - set(known))
    if unknown:
        has = f"it has {', '.join(known)}" if known else "it has no cell tagged 'parameters'"
        raise RunFailed(f"{job.title}: {job.template} has no parameter {', '.join(unknown)}; {has}.")


def _fill_case_words(job: Job, template: NotebookNode) -> None:
    """Name the case in the template's prose."""
    if job.part == ACROSS:
        return
    case = next(
        case for case in case_words.load_case_metadata(Path(job.root, "data", "cases")) if case["id"] == job.part
    )
    for cell in template.cells:
        if cell.cell_type == "markdown":
            cell.source = case_words.fill_placeholders(cell.source, case)


def _failure_message(job: Job, template: NotebookNode, index: int, reason: str) -> str:
    """Say what is wrong, with the cell's number in the template: behind the parameters, papermill adds a cell."""
    declared = (i for i, cell in enumerate(template.cells) if "parameters" in cell.metadata.get("tags", []))
    number = index + 1 if index <= next(declared, index) or not job.parameters else index
    return (
        f"{job.title}, cell {number} of the template: {reason}\n"
        f"    template:        {job.template}\n"
        f"    as far as it ran: {job.scratch}"
    )


def normalise_notebook(notebook: NotebookNode, prefix: str, parameters: dict[str, Any]) -> NotebookNode:
    """The notebook without clocks, random ids and traces of the machine, with the tags by which the book folds code."""
    notebook.metadata = NotebookNode(
        kernelspec=KERNELSPEC, language_info={"name": "python"}, papermill={"parameters": parameters}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"{prefix}-{number}"
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode({key: value for key, value in cell.metadata.items() if key == "tags"})
        if cell.cell_type == "code" and not any(tag.startswith(("hide-", "remove-")) for tag in tags):
            cell.metadata.tags = [*tags, "remove-cell" if PARAMETER_TAGS & set(tags) else "hide-input"]
    return notebook


def machine_folders(project_root: str) -> list[str]:
    """The folders whose paths tell of this machine and have no place in an output."""
    return sorted({project_root, str(Path.home()), sys.prefix, tempfile.gettempdir()} - {"/"})


def notebook_faults(notebook: NotebookNode, folders: list[str]) -> Iterator[tuple[int, str]]:
    """What keeps a notebook from being published: index of the cell, and the reason."""
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    if not any(cell.outputs for _, cell in code):
        yield 0, "the notebook shows nothing: none of its cells has an output"
    # Addresses on the web may hold the words of a folder, so a path must not stand behind a word or a slash.
    path = re.compile(rf"(?<![\w./:-])(?:{'|'.join(map(re.escape, folders))})/[^\s\"'<>\\]*")
    for index, cell in code:
        if cell.execution_count is None and cell.source.strip():
            yield index, "the cell was not executed"
        for output in cell.outputs:
            yield from ((index, fault) for fault in _output_faults(output, path))


def _output_faults(output: NotebookNode, path_pattern: re.Pattern[str]) -> Iterator[str]:
    if output.output_type == "error":
        yield f"{output.ename}: {output.evalue}"
    if output.get("name") == "stderr":
        yield f"it writes to standard error, which readers would see: {output.text.strip().splitlines()[-1]}"
    for kind, text in _output_texts(output):
        if leak := MEMORY_ADDRESS.search(text):
            yield f"its output ({kind}) shows a memory address, which differs in each run: {leak[0]}"
        if leak := path_pattern.search(text):
            yield f"its output ({kind}) shows a path of this machine: {leak[0]}"


def _output_texts(output: NotebookNode) -> Iterator[tuple[str, str]]:
    if "text" in output:
        yield "stream", output.text
    for kind, content in output.get("data", {}).items():
        if kind not in BINARY_MIMES:
            yield kind, content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def published_values(notebook: NotebookNode) -> dict[str, Any]:
    """The numbers that a notebook published for prose, by name."""
    found: dict[str, Any] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            found |= output.get("data", {}).get(VALUES_MIME, {})
    return found


def collect_values(notebooks: list[Path], target: Path) -> None:
    """Write what executed notebooks published into ``target``: by notebook and name, sorted."""
    found = {path.stem: published_values(nbformat.read(path, as_version=4)) for path in notebooks}
    text = json.dumps(
        {name: entries for name, entries in found.items() if entries}, indent=1, sort_keys=True, ensure_ascii=False
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_suffix(".new")
    scratch.write_text(text + "\n", encoding="utf-8")
    os.replace(scratch, target)
