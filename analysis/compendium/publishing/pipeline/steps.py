"""The steps of ``analysis/dodo.py``: each does one thing, and says what went wrong instead of raising."""

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
    """Whether something that is no file dependency is as it was when the task last succeeded.

    Parameters
    ----------
    label : str
        How it is spoken of.
    value : callable
        Gives it, as plain JSON.
    """

    def __init__(self, label: str, value: Callable[[], Any]) -> None:
        self.label, self.value = label, value

    def __call__(self, task: Task, values: dict[str, Any]) -> bool:
        """Compare with what doit kept, and have it keep the value that holds when the task has run."""
        task.value_savers.append(lambda: {self.label: self.value()})
        return bool(values.get(self.label, MISSING_VALUE) == self.value())


def run_data_check(root: Path) -> TaskFailed | None:
    """Validate the data, every fault at once; notebooks are likely to follow."""
    from compendium.dataset import validation
    from compendium.errors import InvalidData
    from compendium.publishing.pipeline import fork_server

    fork_server.start_fork_server()
    try:
        validation.check_data(root)
    except InvalidData as invalid:
        return TaskFailed(f"{invalid}\nNothing was run; the executed notebooks and the built book are as they were.")
    return None


def submit_notebook(executor: Executor, job: pipeline_notebooks.Job) -> TaskFailed | None:
    """Execute a notebook where the executor has a place."""
    from compendium.publishing.pipeline.execution import RunFailed, run_notebook

    began = time.monotonic()
    try:
        executor.submit(run_notebook, job).result()
    except RunFailed as failed:
        return TaskFailed(str(failed))
    durations.save_duration(job, time.monotonic() - began, digest(job.target))
    return None


def collect_case_values(notebooks: list[Path], target: Path) -> None:
    """Gather published numbers."""
    from compendium.publishing.pipeline import execution

    execution.collect_values(notebooks, target)


def run_findings_export(root: Path) -> None:
    """Write what others take from the findings."""
    from compendium.chapters.findings import export

    export.write_findings(root)


def run_explorer_export(root: Path) -> None:
    """Write the rows that the explorer of the book shows."""
    from compendium.chapters import explorer

    explorer.write_explorer_data(root)


def prune_outputs(root: Path) -> None:
    """Remove executed notebooks and results whose case or template is gone, and the folders that become empty."""
    for path in pipeline_notebooks.orphaned_outputs(root):
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()


def render_book(root: Path) -> TaskFailed | None:
    """Render the book."""
    from compendium.publishing.pipeline.sphinx_build import BuildFailed, build_book

    try:
        build_book(root)
    except BuildFailed as failed:
        return TaskFailed(str(failed))
    return None
