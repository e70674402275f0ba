"""Actions of the tasks in ``analysis/dodo.py``; a failure is returned as a message, not raised."""

import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from doit.exceptions import TaskFailed
from doit.task import Task

from compendium.dataset.checksums import digest
from compendium.publishing.pipeline import durations
from compendium.publishing.pipeline import notebooks as pipeline_notebooks

MISSING_VALUE = object()


class UnchangedValue:
    """A condition for doit: a value that is no input file is the same as when the task last succeeded.

    Parameters
    ----------
    label : str
        Name of the value in messages.
    value : callable
        Returns the value, serialisable as JSON.
    """

    def __init__(self, label: str, value: Callable[[], Any]) -> None:
        self.label, self.value = label, value

    def __call__(self, task: Task, values: dict[str, Any]) -> bool:
        """Compare the value with the one that doit stored, and store the new one when the task has run."""
        task.value_savers.append(lambda: {self.label: self.value()})
        return bool(values.get(self.label, MISSING_VALUE) == self.value())


def run_data_check(root: Path) -> TaskFailed | None:
    """Validate the data, and meanwhile start the fork server for the notebooks."""
    from compendium.dataset import validation
    from compendium.errors import InvalidData
    from compendium.publishing.pipeline import fork_server

    fork_server.start_fork_server()
    try:
        validation.check_data(root)
    except InvalidData as invalid:
        return TaskFailed(f"{invalid}\nNothing was run; executed notebooks and the book are unchanged.")
    return None


def submit_notebook(executor: Executor, job: pipeline_notebooks.Job) -> TaskFailed | None:
    """Execute a notebook in the executor, wait for it and store its run time."""
    from compendium.publishing.pipeline.execution import RunFailed, run_notebook

    start_time = time.monotonic()
    try:
        executor.submit(run_notebook, job).result()
    except RunFailed as error:
        return TaskFailed(str(error))
    durations.save_duration(job, time.monotonic() - start_time, digest(job.target))
    return None


def collect_case_values(notebooks: list[Path], target: Path) -> None:
    """Write the published values of executed notebooks to one JSON file."""
    from compendium.publishing.pipeline import execution

    execution.collect_values(notebooks, target)


def run_findings_export(root: Path) -> None:
    """Write the exports of the findings to ``results/``."""
    from compendium.chapters.findings import export

    export.write_findings(root)


def run_explorer_export(root: Path) -> None:
    """Write the rows of the explorer page to ``.cache/explorer.json``."""
    from compendium.chapters import explorer

    explorer.write_explorer_data(root)


def prune_outputs(root: Path) -> None:
    """Remove executed notebooks and results of deleted cases and templates, and folders that become empty."""
    for path in pipeline_notebooks.orphaned_outputs(root):
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()


def render_book(root: Path) -> TaskFailed | None:
    """Render the book to ``_build/html``."""
    from compendium.publishing.pipeline.sphinx_build import BuildFailed, build_book

    try:
        build_book(root)
    except BuildFailed as error:
        return TaskFailed(str(error))
    return None
