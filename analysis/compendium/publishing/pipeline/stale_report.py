"""The command ``status`` of doit: outdated outputs and the reasons."""

from pathlib import Path
from typing import Any

from doit.cmd_base import DoitCmdBase
from doit.control import TaskControl
from doit.task import Task

from compendium.publishing.pipeline import notebooks
from compendium.publishing.pipeline.steps import UnchangedValue

REASON_TEXTS = {
    "missing_target": "{} does not exist yet",
    "changed_file_dep": "{} has changed",
    "missing_file_dep": "{} is missing",
    "removed_file_dep": "{} is no longer an input",
    "added_file_dep": "{} is a new input",
}
OTHER_REASON = "outputs have to be removed"
_MAX_REASONS = 5


class StatusCommand(DoitCmdBase):
    """Print each stale task with its reasons, in the order in which the tasks would run."""

    name = "status"
    doc_purpose = "show which outputs are out of date, and why"
    doc_usage = ""
    doc_description = None
    execute_tasks = False

    def _execute(self) -> int:
        tasks = TaskControl(self.task_list).tasks
        stale: dict[str, list[str]] = {}
        for name in _dependency_order(tasks):
            stale_inputs = [other for other in stale if tasks[name].file_dep.intersection(tasks[other].targets)]
            reasons = self._reasons(tasks[name], tasks)
            reasons += [f"depends on: {tasks[other].doc}" for other in stale_inputs]
            stale |= {name: reasons} if reasons else {}
        for name, reasons in stale.items():
            if tasks[name].actions:
                more = [f"and {len(reasons) - _MAX_REASONS} more"] if len(reasons) > _MAX_REASONS else []
                self.outstream.write("\n    ".join([tasks[name].doc, *reasons[:_MAX_REASONS], *more]) + "\n")
        if not stale:
            self.outstream.write("Everything is up to date.\n")
        return 0

    def _reasons(self, task: Task, tasks: dict[str, Task]) -> list[str]:
        if not task.actions:
            return []
        doit_reasons: dict[str, Any] = self.dep_manager.get_status(task, tasks, get_log=True).reasons
        conditions = [condition for condition, _, _ in doit_reasons.get("uptodate_false") or []]
        file_reasons = [
            text.format(_relative_path(path))
            for kind, text in REASON_TEXTS.items()
            for path in sorted(doit_reasons.get(kind) or [])
        ]
        if file_reasons and not self.dep_manager.backend.in_(task.name):
            return ["has not been run here yet"]
        return file_reasons + [
            f"{condition.label} changed" if isinstance(condition, UnchangedValue) else OTHER_REASON
            for condition in conditions
        ]


def _relative_path(path: str) -> str:
    root = notebooks.find_project_folder()
    return Path(path).relative_to(root).as_posix() if Path(path).is_relative_to(root) else path


def _dependency_order(tasks: dict[str, Task]) -> list[str]:
    """Names of tasks, each after the tasks that it depends on."""
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        for other in sorted(tasks[name].task_dep):
            if other not in order:
                visit(other)
        order[name] = None

    for name in tasks:
        visit(name)
    return list(order)
