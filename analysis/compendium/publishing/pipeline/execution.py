"""Execute one template for one case, make the result reproducible, and reject outputs unfit for publication."""

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
    """A notebook failed or its outputs cannot be published; the message says which notebook, which cell and why."""


def run_notebook(job: Job) -> None:
    """Execute a template and, if it succeeds, write the notebook to ``job.target``.

    Until then the notebook is at ``job.scratch``; a failed one stays there for inspection.

    Raises
    ------
    RunFailed
        If a cell fails, its process dies or it takes too long, or if an output cannot be published.
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
    declared = papermill.inspect_notebook(template)
    unknown = sorted(set(job.parameters) - set(declared))
    if unknown:
        hint = f"it has {', '.join(declared)}" if declared else "it has no cell tagged 'parameters'"
        raise RunFailed(f"{job.title}: {job.template} has no parameter {', '.join(unknown)}; {hint}.")


def _fill_case_words(job: Job, template: NotebookNode) -> None:
    """Fill the placeholders of the case in the Markdown cells of a case template."""
    if job.part == ACROSS:
        return
    case = next(
        case for case in case_words.load_case_metadata(Path(job.root, "data", "cases")) if case["id"] == job.part
    )
    for cell in template.cells:
        if cell.cell_type == "markdown":
            cell.source = case_words.fill_placeholders(cell.source, case)


def _failure_message(job: Job, template: NotebookNode, index: int, reason: str) -> str:
    """The message of a failed run, with the number of the cell in the template.

    Papermill inserts a cell after the parameters, so later cells have a higher index in the executed notebook.
    """
    declared = (i for i, cell in enumerate(template.cells) if "parameters" in cell.metadata.get("tags", []))
    number = index + 1 if index <= next(declared, index) or not job.parameters else index
    return (
        f"{job.title}, cell {number} of the template: {reason}\n"
        f"    template:         {job.template}\n"
        f"    partial notebook: {job.scratch}"
    )


def normalise_notebook(notebook: NotebookNode, prefix: str, parameters: dict[str, Any]) -> NotebookNode:
    """Remove times, random ids and machine details from a notebook, and tag its cells so that the book folds code."""
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
    """Folders whose paths must not appear in outputs: project, home, Python environment, temporary files."""
    return sorted({project_root, str(Path.home()), sys.prefix, tempfile.gettempdir()} - {"/"})


def notebook_faults(notebook: NotebookNode, folders: list[str]) -> Iterator[tuple[int, str]]:
    """Reasons why a notebook cannot be published.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook.
    folders : list of str
        Folders whose paths must not appear in outputs.

    Yields
    ------
    tuple of int and str
        Index of the cell, and the reason.
    """
    code_cells = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    if not any(cell.outputs for _, cell in code_cells):
        yield 0, "the notebook shows nothing: none of its cells has an output"
    # URLs may contain the name of a folder, so a path must not follow a word or a slash.
    path_pattern = re.compile(rf"(?<![\w./:-])(?:{'|'.join(map(re.escape, folders))})/[^\s\"'<>\\]*")
    for index, cell in code_cells:
        if cell.execution_count is None and cell.source.strip():
            yield index, "the cell was not executed"
        for output in cell.outputs:
            yield from ((index, fault) for fault in _output_faults(output, path_pattern))


def _output_faults(output: NotebookNode, path_pattern: re.Pattern[str]) -> Iterator[str]:
    if output.output_type == "error":
        yield f"{output.ename}: {output.evalue}"
    if output.get("name") == "stderr":
        yield f"it writes to standard error, which would appear on the page: {output.text.strip().splitlines()[-1]}"
    for mime_type, text in _output_texts(output):
        if leak := MEMORY_ADDRESS.search(text):
            yield f"its output ({mime_type}) contains a memory address, which changes with each run: {leak[0]}"
        if leak := path_pattern.search(text):
            yield f"its output ({mime_type}) contains a path of this machine: {leak[0]}"


def _output_texts(output: NotebookNode) -> Iterator[tuple[str, str]]:
    if "text" in output:
        yield "stream", output.text
    for mime_type, content in output.get("data", {}).items():
        if mime_type not in BINARY_MIMES:
            yield mime_type, content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def published_values(notebook: NotebookNode) -> dict[str, Any]:
    """The values that an executed notebook published for prose, by name."""
    values: dict[str, Any] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            values |= output.get("data", {}).get(VALUES_MIME, {})
    return values


def collect_values(notebooks: list[Path], target: Path) -> None:
    """Write the published values of executed notebooks to a JSON file, by notebook and name, sorted."""
    values = {path.stem: published_values(nbformat.read(path, as_version=4)) for path in notebooks}
    text = json.dumps(
        {name: entries for name, entries in values.items() if entries}, indent=1, sort_keys=True, ensure_ascii=False
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_suffix(".new")
    scratch.write_text(text + "\n", encoding="utf-8")
    os.replace(scratch, target)
