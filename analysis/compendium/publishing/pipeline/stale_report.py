"""Says what is stale, and why."""

from pathlib import Path
from typing import Any

from doit.cmd_base import DoitCmdBase
from doit.control import TaskControl
from doit.task import Task

from compendium.publishing.pipeline import notebooks
from compendium.publishing.pipeline.steps import UnchangedValue

REASON_TEXTS = {
    "missing_target": "{} is not there yet",
    "changed_file_dep": "{} has changed",
    "missing_file_dep": "{} is missing",
    "removed_file_dep": "{} is no longer among its sources",
    "added_file_dep": "{} is new among its sources",
}
OTHER_REASON = "there is something to do"
_MAX_REASONS = 5


class StatusCommand(DoitCmdBase):
    """A doit command: each stale task with its reasons, in the order in which they would run."""

    name = "status"
    doc_purpose = "show which outputs are out of date and which input changed"
    doc_usage = ""
    doc_description = None
    execute_tasks = False

    def _execute(self) -> int:
        tasks = TaskControl(self.task_list).tasks
        stale: dict[str, list[str]] = {}
        for name in _dependency_order(tasks):
            waits = [other for other in stale if tasks[name].file_dep.intersection(tasks[other].targets)]
            reasons = self._reasons(tasks[name], tasks) + [f"it waits for: {tasks[other].doc}" for other in waits]
            stale |= {name: reasons} if reasons else {}
        for name, reasons in stale.items():
            if tasks[name].actions:
                more = [f"and {len(reasons) - _MAX_REASONS} reasons more"] if len(reasons) > _MAX_REASONS else []
                self.outstream.write("\n    ".join([tasks[name].doc, *reasons[:_MAX_REASONS], *more]) + "\n")
        if not stale:
            self.outstream.write("Nothing is stale.\n")
        return 0

    def _reasons(self, task: Task, tasks: dict[str, Task]) -> list[str]:
        if not task.actions:
            return []
        found: dict[str, Any] = self.dep_manager.get_status(task, tasks, get_log=True).reasons
        conditions = [condition for condition, _, _ in found.get("uptodate_false") or []]
        files = [
            REASON_TEXTS[kind].format(_relative_path(item))
            for kind in REASON_TEXTS
            for item in sorted(found.get(kind) or [])
        ]
        if files and not self.dep_manager.backend.in_(task.name):
            return ["it was not done here yet"]
        return files + [
            f"{one.label} changed" if isinstance(one, UnchangedValue) else OTHER_REASON for one in conditions
        ]


def _relative_path(path: str) -> str:
    root = notebooks.find_project_folder()
    return Path(path).relative_to(root).as_posix() if Path(path).is_relative_to(root) else path


def _dependency_order(tasks: dict[str, Task]) -> list[str]:
    """Names of tasks, each behind those that it needs."""
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        for other in sorted(tasks[name].task_dep):
            if other not in order:
                visit(other)
        order[name] = None

    for name in tasks:
        visit(name)
    return list(order)
