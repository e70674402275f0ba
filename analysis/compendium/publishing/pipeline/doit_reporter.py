"""The doit reporter that prints progress and failures."""

import time
from typing import Any, TextIO

from doit.exceptions import BaseFail, TaskFailed, UnmetDependency
from doit.task import Task

NOTEBOOK_PREFIX = "notebook:"
QUICK_TASKS = ("results", "prune")
CLEAR_LINE = "\r\033[K"


class ProgressReporter:
    """Print progress and failures of doit tasks: a live line and run times on a terminal, plain lines elsewhere."""

    desc = "print the progress and failures of tasks"

    def __init__(self, outstream: TextIO, options: dict[str, Any]) -> None:
        self.outstream = outstream
        self.is_terminal = outstream.isatty()
        self.start_times: dict[str, float] = {}
        self.n_notebooks = self.n_finished = 0

    def initialize(self, tasks: dict[str, Task], selected_tasks: list[str]) -> None:
        """Count the notebook tasks."""
        self.n_notebooks = sum(name.startswith(NOTEBOOK_PREFIX) for name in tasks)

    def execute_task(self, task: Task) -> None:
        """Print the start of a task, except for tasks that take no time."""
        if not task.actions or task.name.startswith(QUICK_TASKS):
            return
        self.start_times[task.name] = time.monotonic()
        if not self.is_terminal:
            self._write_line(f"{task.doc} …")
        self._show_running()

    def add_success(self, task: Task) -> None:
        """Print the end of a task, on a terminal with its run time."""
        start_time = self.start_times.pop(task.name, None)
        self.n_finished += task.name.startswith(NOTEBOOK_PREFIX)
        if start_time is not None:
            result = f"{time.monotonic() - start_time:.1f} s" if self.is_terminal else "done"
            self._write_line(f"{self._counter(task)}{task.doc}: {result}")
        self._show_running()

    def skip_uptodate(self, task: Task) -> None:
        """Count a notebook that is up to date as finished."""
        self.n_finished += task.name.startswith(NOTEBOOK_PREFIX)

    def add_failure(self, task: Task, fail: BaseFail) -> None:
        """Print why a task failed; tasks that only depend on a failed one are not reported."""
        self.start_times.pop(task.name, None)
        if not isinstance(fail, UnmetDependency):
            self._write_line(f"FAILED {task.doc}\n{fail.message if isinstance(fail, TaskFailed) else fail.get_msg()}")
        self._show_running()

    def runtime_error(self, msg: str) -> None:
        """Print an error in the task definitions."""
        self._write_line(msg)

    def cleanup_error(self, exception: BaseFail) -> None:
        """Print an error that occurred while doit was closing."""
        self._write_line(exception.get_msg())

    def complete_run(self) -> None:
        """Clear the live line."""
        self.start_times.clear()
        self._show_running()

    def get_status(self, task: Task) -> None:
        """Print nothing: checking the status of a task takes no time."""

    skip_ignore = teardown_task = get_status

    def _counter(self, task: Task) -> str:
        return (
            f"[{self.n_finished:>{len(str(self.n_notebooks))}}/{self.n_notebooks}] "
            if task.name.startswith(NOTEBOOK_PREFIX)
            else ""
        )

    def _write_line(self, text: str) -> None:
        self.outstream.write(f"{CLEAR_LINE if self.is_terminal else ''}{text}\n")
        self.outstream.flush()

    def _show_running(self) -> None:
        if self.is_terminal:
            self.outstream.write(CLEAR_LINE + ", ".join(self.start_times).replace(NOTEBOOK_PREFIX, "")[:78])
            self.outstream.flush()
