"""What is made from what, for doit: ``doit -f analysis/dodo.py list``; ``compendium`` and ``make`` run it.

    data ──► check ──► notebook:<case>/<template> ──► results:<case> ──► book
                       exports (verdicts, universes) ───────────────────┤
                       explorer (rows to be filtered) ──────────────────┤
                       prune (outputs whose case or template is gone) ──┘

doit compares contents, not dates, and keeps what it saw in ``.cache/``. ``case=``, ``notebook=`` and any parameter of
the notebooks may be given behind the command: ``doit -f analysis/dodo.py case=… coder=A``.
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
"""Where notebooks run; each forks a process of its own. Any Executor will do: Dask's ``Client.get_executor()``, say."""


def task_check() -> TaskDict:
    """Validate the data; nothing else runs before."""
    code = notebooks.imported_modules(ROOT, "from compendium.dataset import validation")
    return python_task("check the data", steps.run_data_check, [ROOT], file_dep=[*notebooks.data_files(ROOT), *code])


def task_notebook() -> Iterator[TaskDict]:
    """Execute each template for each case."""
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
                steps.UnchangedValue("the version of Python", lambda: PYTHON_VERSION),
                is_output_unchanged(job.target),
            ],
        )


def task_results() -> Iterator[TaskDict]:
    """Gather the numbers that the notebooks of a case publish for prose."""
    for part in sorted({job.part for job in SELECTED_JOBS}):
        chosen = {job.target for job in SELECTED_JOBS}
        notebooks = [
            job.target for job in ALL_JOBS if job.part == part and (job.target in chosen or job.target.exists())
        ]
        target = ROOT / "results" / f"{part}.json"
        yield python_task(
            f"numbers of {part}",
            steps.collect_case_values,
            [notebooks, target],
            name=part,
            file_dep=notebooks,
            targets=[target],
            uptodate=[is_output_unchanged(target)],
        )


def task_exports() -> Iterator[TaskDict]:
    """Write verdicts, universes and claims for others to use, where findings are registered."""
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
    """Gather the rows of evidence for the page that filters them, where the book has it."""
    if EXPLORER_TARGETS:
        yield python_task(
            "gather the rows of the explorer",
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
    """Remove the outputs of cases and templates that are gone."""
    nothing_left = not notebooks.orphaned_outputs(ROOT)
    return python_task(
        "remove outputs left behind", steps.prune_outputs, [ROOT], task_dep=["check"], uptodate=[nothing_left]
    )


def task_book() -> TaskDict:
    """Render the book; it appears only when it is without a fault."""
    return python_task(
        "render the book",
        steps.render_book,
        [ROOT],
        file_dep=[*notebooks.book_sources(ROOT), *EXPLORER_TARGETS],
        task_dep=["exports", "explorer", "notebook", "results", "prune"],  # exports remember what notebooks need
        targets=[ROOT / "_build" / "html" / "index.html"],
    )


def is_output_unchanged(path: Path) -> steps.UnchangedValue:
    """An edited record is no record: it is made again."""
    return steps.UnchangedValue(path.relative_to(ROOT).as_posix(), partial(digest, path))


def python_task(doc: str, action: Callable[..., Any], arguments: list[Any], **fields: Any) -> TaskDict:
    """A task of one Python action that prints for itself."""
    return {"doc": doc, "actions": [(action, arguments)], "io": {"capture": False}, **fields}
