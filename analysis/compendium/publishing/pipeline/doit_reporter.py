"""Tells what doit is doing: which case and notebook, how far, and what went wrong."""

import time
from typing import Any, TextIO

from doit.exceptions import BaseFail, TaskFailed, UnmetDependency
from doit.task import Task

NOTEBOOK = "notebook:"
AT_ONCE = ("results", "prune")
CLEAR = "\r\033[K"


class Progress:
    """A doit reporter: a live line and times on a terminal, plain lines elsewhere."""

    desc = "case and notebook, how far, and what went wrong"

    def __init__(self, outstream: TextIO, options: dict[str, Any]) -> None:
        self.out = outstream
        self.live = outstream.isatty()
        self.running: dict[str, float] = {}
        self.total = self.finished = 0

    def initialize(self, tasks: dict[str, Task], selected_tasks: list[str]) -> None:
        """Count the notebooks."""
        self.total = sum(name.startswith(NOTEBOOK) for name in tasks)

    def execute_task(self, task: Task) -> None:
        """Say that a task begins, if it takes time."""
        if not task.actions or task.name.startswith(AT_ONCE):
            return
        self.running[task.name] = time.monotonic()
        if not self.live:
            self._say(f"{task.doc} …")
        self._show()

    def add_success(self, task: Task) -> None:
        """Say that a task is done, on a terminal with its time."""
        began = self.running.pop(task.name, None)
        self.finished += task.name.startswith(NOTEBOOK)
        if began is not None:
            took = f"{time.monotonic() - began:.1f} s" if self.live else "done"
            self._say(f"{self._count(task)}{task.doc}: {took}")
        self._show()

    def skip_uptodate(self, task: Task) -> None:
        """Count a notebook that is up to date."""
        self.finished += task.name.startswith(NOTEBOOK)

    def add_failure(self, task: Task, fail: BaseFail) -> None:
        """Say what went wrong; what only waited for it is passed over."""
        self.running.pop(task.name, None)
        if not isinstance(fail, UnmetDependency):
            self._say(f"FAILED {task.doc}\n{fail.message if isinstance(fail, TaskFailed) else fail.get_msg()}")
        self._show()

    def runtime_error(self, msg: str) -> None:
        """Say what is wrong with the tasks themselves."""
        self._say(msg)

    def cleanup_error(self, exception: BaseFail) -> None:
        """Say what went wrong at the very end."""
        self._say(exception.get_msg())

    def complete_run(self) -> None:
        """Leave no half line behind."""
        self.running.clear()
        self._show()

    def get_status(self, task: Task) -> None:
        """Nothing to say: the look at a task takes no time."""

    skip_ignore = teardown_task = get_status

    def _count(self, task: Task) -> str:
        return f"[{self.finished:>{len(str(self.total))}}/{self.total}] " if task.name.startswith(NOTEBOOK) else ""

    def _say(self, text: str) -> None:
        self.out.write(f"{CLEAR if self.live else ''}{text}\n")
        self.out.flush()

    def _show(self) -> None:
        if self.live:
            self.out.write(CLEAR + ", ".join(self.running).replace(NOTEBOOK, "")[:78])
            self.out.flush()
