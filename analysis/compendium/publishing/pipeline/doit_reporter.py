"""Tells what doit is doing: which case and notebook, how far, and what went wrong."""

import time
from typing import Any, TextIO

from doit.exceptions import BaseFail, TaskFailed, UnmetDependency
from doit.task import Task

NOTEBOOK_PREFIX = "notebook:"
QUICK_TASKS = ("results", "prune")
CLEAR_LINE = "\r\033[K"


class ProgressReporter:
    """A doit reporter: a live line and times on a terminal, plain lines elsewhere."""

    desc = "case and notebook, how far, and what went wrong"

    def __init__(self, outstream: TextIO, options: dict[str, Any]) -> None:
        self.outstream = outstream
        self.is_terminal = outstream.isatty()
        self.start_times: dict[str, float] = {}
        self.n_notebooks = self.n_finished = 0

    def initialize(self, tasks: dict[str, Task], selected_tasks: list[str]) -> None:
        """Count the notebooks."""
        self.n_notebooks = sum(name.startswith(NOTEBOOK_PREFIX) for name in tasks)

    def execute_task(self, task: Task) -> None:
        """Say that a task begins, if it takes time."""
        if not task.actions or task.name.startswith(QUICK_TASKS):
            return
        self.start_times[task.name] = time.monotonic()
        if not self.is_terminal:
            self._write_line(f"{task.doc} …")
        self._show_running()

    def add_success(self, task: Task) -> None:
        """Say that a task is done, on a terminal with its time."""
        began = self.start_times.pop(task.name, None)
        self.n_finished += task.name.startswith(NOTEBOOK_PREFIX)
        if began is not None:
            took = f"{time.monotonic() - began:.1f} s" if self.is_terminal else "done"
            self._write_line(f"{self._counter(task)}{task.doc}: {took}")
        self._show_running()

    def skip_uptodate(self, task: Task) -> None:
        """Count a notebook that is up to date."""
        self.n_finished += task.name.startswith(NOTEBOOK_PREFIX)

    def add_failure(self, task: Task, fail: BaseFail) -> None:
        """Say what went wrong; what only waited for it is passed over."""
        self.start_times.pop(task.name, None)
        if not isinstance(fail, UnmetDependency):
            self._write_line(f"FAILED {task.doc}\n{fail.message if isinstance(fail, TaskFailed) else fail.get_msg()}")
        self._show_running()

    def runtime_error(self, msg: str) -> None:
        """Say what is wrong with the tasks themselves."""
        self._write_line(msg)

    def cleanup_error(self, exception: BaseFail) -> None:
        """Say what went wrong at the very end."""
        self._write_line(exception.get_msg())

    def complete_run(self) -> None:
        """Leave no half line behind."""
        self.start_times.clear()
        self._show_running()

    def get_status(self, task: Task) -> None:
        """Nothing to say: the look at a task takes no time."""

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
