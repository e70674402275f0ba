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
from compendium.publishing.pipeline import notebooks as pipeline_notebooks
from compendium.publishing.pipeline import steps
from compendium.publishing.pipeline.doit_reporter import Progress
from doit import get_var

Task = dict[str, Any]
ROOT = Path(__file__).resolve().parent.parent
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
WORKERS = os.cpu_count() or 1
EXPLORED = [ROOT / ".cache" / "explorer.json"] if (ROOT / "book" / "explorer.md").exists() else []
MEMORY = ROOT / ".cache" / "doit.json"
MEMORY.parent.mkdir(exist_ok=True)
DOIT_CONFIG = {
    "dep_file": str(MEMORY),
    "backend": "json",
    "reporter": Progress,
    "continue": True,
    "num_process": WORKERS,
    "par_type": "thread",
    "default_tasks": ["book"],
}

EVERY = pipeline_notebooks.jobs(ROOT)
NAMES = sorted({name for job in EVERY for name in pipeline_notebooks.declared_parameters(job.template)} - {"case"})
GIVEN = {name: get_var(name) for name in NAMES if get_var(name) is not None}
JOBS = pipeline_notebooks.with_parameters(pipeline_notebooks.select(EVERY, get_var("case"), get_var("notebook")), GIVEN)

EXECUTOR: Executor = ThreadPoolExecutor(int(get_var("jobs") or WORKERS))
"""Where notebooks run; each forks a process of its own. Any Executor will do: Dask's ``Client.get_executor()``, say."""


def task_check() -> Task:
    """Validate the data; nothing else runs before."""
    code = pipeline_notebooks.modules(ROOT, "from compendium.dataset import validation")
    return task("check the data", steps.check, [ROOT], file_dep=[*pipeline_notebooks.tables(ROOT), *code])


def task_notebook() -> Iterator[Task]:
    """Execute each template for each case."""
    for job in JOBS:
        yield task(
            job.title,
            steps.execute,
            [EXECUTOR, job],
            basename="notebook",
            name=job.name,
            file_dep=pipeline_notebooks.sources(job),
            targets=[job.target],
            task_dep=["check"],
            uptodate=[
                steps.Unchanged("the parameters", partial(dict, job.parameters)),
                steps.Unchanged("the version of Python", lambda: PYTHON),
                as_made(job.target),
            ],
        )


def task_results() -> Iterator[Task]:
    """Gather the numbers that the notebooks of a case publish for prose."""
    for part in sorted({job.part for job in JOBS}):
        chosen = {job.target for job in JOBS}
        notebooks = [job.target for job in EVERY if job.part == part and (job.target in chosen or job.target.exists())]
        target = ROOT / "results" / f"{part}.json"
        yield task(
            f"numbers of {part}",
            steps.collect,
            [notebooks, target],
            name=part,
            file_dep=notebooks,
            targets=[target],
            uptodate=[as_made(target)],
        )


def task_exports() -> Iterator[Task]:
    """Write verdicts, universes and claims for others to use, where findings are registered."""
    if (ROOT / "data" / "findings.csv").exists():
        targets = [ROOT / "results" / name for name in ("findings.csv", "findings.jsonld", "universes.parquet")]
        yield task(
            "export the findings",
            steps.export,
            [ROOT],
            name="findings",
            file_dep=[
                *pipeline_notebooks.tables(ROOT),
                *pipeline_notebooks.modules(ROOT, "from compendium.chapters.findings import export"),
            ],
            task_dep=["check"],
            targets=targets,
            uptodate=[as_made(target) for target in targets],
        )


def task_explorer() -> Iterator[Task]:
    """Gather the rows of evidence for the page that filters them, where the book has it."""
    if EXPLORED:
        yield task(
            "gather the rows of the explorer",
            steps.explore,
            [ROOT],
            name="rows",
            file_dep=[*pipeline_notebooks.tables(ROOT), *sorted((ROOT / "analysis" / "compendium").rglob("*.py"))],
            task_dep=["check"],
            targets=EXPLORED,
        )


def task_prune() -> Task:
    """Remove the outputs of cases and templates that are gone."""
    nothing_left = not pipeline_notebooks.left_behind(ROOT)
    return task("remove outputs left behind", steps.prune, [ROOT], task_dep=["check"], uptodate=[nothing_left])


def task_book() -> Task:
    """Render the book; it appears only when it is without a fault."""
    return task(
        "render the book",
        steps.render,
        [ROOT],
        file_dep=[*pipeline_notebooks.pages(ROOT), *EXPLORED],
        task_dep=["exports", "explorer", "notebook", "results", "prune"],  # exports remember what notebooks need
        targets=[ROOT / "_build" / "html" / "index.html"],
    )


def as_made(path: Path) -> steps.Unchanged:
    """An edited record is no record: it is made again."""
    return steps.Unchanged(path.relative_to(ROOT).as_posix(), partial(digest, path))


def task(doc: str, action: Callable[..., Any], arguments: list[Any], **rest: Any) -> Task:
    """A task of one Python action that prints for itself."""
    return {"doc": doc, "actions": [(action, arguments)], "io": {"capture": False}, **rest}
