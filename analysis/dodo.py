"""The doit task graph: the inputs and outputs of each step. ``compendium`` and ``make`` run it.

    data ──► check ──► notebook:<case>/<template> ──► results:<case> ──► book
                       exports (verdicts, universes) ───────────────────┤
                       explorer (rows of the explorer page) ────────────┤
                       prune (outputs of deleted cases, templates) ─────┘

doit compares the contents of files, not their dates, and stores checksums in ``.cache/``. To list the tasks:
``doit -f analysis/dodo.py list``. To select a case or notebook, or to set a parameter of the notebooks:
``doit -f analysis/dodo.py case=… notebook=… coder=A``.
"""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from compendium.dataset.checksums import digest
from compendium.publishing.pipeline import notebooks, steps
from compendium.publishing.pipeline.doit_reporter import ProgressReporter
from doit import get_var

TaskDict = dict[str, Any]
ROOT = Path(__file__).resolve().parent.parent
PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
N_WORKERS = os.cpu_count() or 1
EXPLORER_TARGETS = [ROOT / ".cache" / "explorer.json"] if (ROOT / "book" / "explorer.md").exists() else []
DEPENDENCY_FILE = ROOT / ".cache" / "doit.json"
DEPENDENCY_FILE.parent.mkdir(exist_ok=True)
DOIT_CONFIG = {
    "dep_file": str(DEPENDENCY_FILE),
    "backend": "json",
    "reporter": ProgressReporter,
    "continue": True,
    "num_process": N_WORKERS,
    "par_type": "thread",
    "default_tasks": ["book"],
}

ALL_JOBS = notebooks.list_jobs(ROOT)
PARAMETER_NAMES = sorted({name for job in ALL_JOBS for name in notebooks.declared_parameters(job.template)} - {"case"})
OVERRIDES = {name: get_var(name) for name in PARAMETER_NAMES if get_var(name) is not None}
SELECTED_JOBS = notebooks.with_parameters(
    notebooks.select_jobs(ALL_JOBS, get_var("case"), get_var("notebook")), OVERRIDES
)

EXECUTOR: Executor = ThreadPoolExecutor(int(get_var("jobs") or N_WORKERS))
"""Runs the notebooks, each in a forked process. Any Executor works, for example Dask's ``Client.get_executor()``."""


def task_check() -> TaskDict:
    """Validate the data; all other tasks wait for this one."""
    code = notebooks.imported_modules(ROOT, "from compendium.dataset import validation")
    return python_task("check the data", steps.run_data_check, [ROOT], file_dep=[*notebooks.data_files(ROOT), *code])


def task_notebook() -> Iterator[TaskDict]:
    """Execute each template for each case, or once across cases."""
    for job in SELECTED_JOBS:
        yield python_task(
            job.title,
            steps.submit_notebook,
            [EXECUTOR, job],
            basename="notebook",
            name=job.name,
            file_dep=notebooks.job_sources(job),
            targets=[job.target],
            task_dep=["check"],
            uptodate=[
                steps.UnchangedValue("the parameters", partial(dict, job.parameters)),
                steps.UnchangedValue("the Python version", lambda: PYTHON_VERSION),
                is_output_unchanged(job.target),
            ],
        )


def task_results() -> Iterator[TaskDict]:
    """Collect the values that the notebooks of a case publish for prose."""
    selected_targets = {job.target for job in SELECTED_JOBS}
    for part in sorted({job.part for job in SELECTED_JOBS}):
        executed_notebooks = [
            job.target
            for job in ALL_JOBS
            if job.part == part and (job.target in selected_targets or job.target.exists())
        ]
        target = ROOT / "results" / f"{part}.json"
        yield python_task(
            f"collect the values of {part}",
            steps.collect_case_values,
            [executed_notebooks, target],
            name=part,
            file_dep=executed_notebooks,
            targets=[target],
            uptodate=[is_output_unchanged(target)],
        )


def task_exports() -> Iterator[TaskDict]:
    """Export verdicts, universes and claims for reuse, if the project has findings."""
    if (ROOT / "data" / "findings.csv").exists():
        targets = [ROOT / "results" / name for name in ("findings.csv", "findings.jsonld", "universes.parquet")]
        yield python_task(
            "export the findings",
            steps.run_findings_export,
            [ROOT],
            name="findings",
            file_dep=[
                *notebooks.data_files(ROOT),
                *notebooks.imported_modules(ROOT, "from compendium.chapters.findings import export"),
            ],
            task_dep=["check"],
            targets=targets,
            uptodate=[is_output_unchanged(target) for target in targets],
        )


def task_explorer() -> Iterator[TaskDict]:
    """Export the rows of evidence for the explorer page, if the book has one."""
    if EXPLORER_TARGETS:
        yield python_task(
            "export the rows of the explorer",
            steps.run_explorer_export,
            [ROOT],
            name="rows",
            file_dep=[
                *notebooks.data_files(ROOT),
                *notebooks.imported_modules(ROOT, "from compendium.chapters import explorer"),
            ],
            task_dep=["check"],
            targets=EXPLORER_TARGETS,
        )


def task_prune() -> TaskDict:
    """Remove the outputs of deleted cases and templates."""
    has_no_orphans = not notebooks.orphaned_outputs(ROOT)
    return python_task(
        "remove outputs of deleted cases and templates",
        steps.prune_outputs,
        [ROOT],
        task_dep=["check"],
        uptodate=[has_no_orphans],
    )


def task_book() -> TaskDict:
    """Render the book; it replaces the previous one only if there are no warnings."""
    return python_task(
        "render the book",
        steps.render_book,
        [ROOT],
        file_dep=[*notebooks.book_sources(ROOT), *EXPLORER_TARGETS],
        task_dep=["exports", "explorer", "notebook", "results", "prune"],  # exports first: notebooks reuse its cache
        targets=[ROOT / "_build" / "html" / "index.html"],
    )


def is_output_unchanged(path: Path) -> steps.UnchangedValue:
    """Compare an output with the stored checksum: if somebody edited it, the task runs again."""
    return steps.UnchangedValue(path.relative_to(ROOT).as_posix(), partial(digest, path))


def python_task(doc: str, action: Callable[..., Any], arguments: list[Any], **fields: Any) -> TaskDict:
    """A doit task with one Python action, whose output is not captured."""
    return {"doc": doc, "actions": [(action, arguments)], "io": {"capture": False}, **fields}
