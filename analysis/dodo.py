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

from compendium.digests import digest
from compendium.publish import actions, plan
from compendium.publish.progress import Progress
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

EVERY = plan.jobs(ROOT)
NAMES = sorted({name for job in EVERY for name in plan.declared_parameters(job.template)} - {"case"})
GIVEN = {name: get_var(name) for name in NAMES if get_var(name) is not None}
JOBS = plan.with_parameters(plan.select(EVERY, get_var("case"), get_var("notebook")), GIVEN)

EXECUTOR: Executor = ThreadPoolExecutor(int(get_var("jobs") or WORKERS))
"""Where notebooks run; each forks a process of its own. Any Executor will do: Dask's ``Client.get_executor()``, say."""


def task_check() -> Task:
    """Validate the data; nothing else runs before."""
    code = plan.modules(ROOT, "from compendium import rules")
    return task("check the data", actions.check, [ROOT], file_dep=[*plan.tables(ROOT), *code])


def task_notebook() -> Iterator[Task]:
    """Execute each template for each case."""
    for job in JOBS:
        yield task(
            job.title,
            actions.execute,
            [EXECUTOR, job],
            basename="notebook",
            name=job.name,
            file_dep=plan.sources(job),
            targets=[job.target],
            task_dep=["check"],
            uptodate=[
                actions.Unchanged("the parameters", partial(dict, job.parameters)),
                actions.Unchanged("the version of Python", lambda: PYTHON),
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
            actions.collect,
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
            actions.export,
            [ROOT],
            name="findings",
            file_dep=[*plan.tables(ROOT), *plan.modules(ROOT, "from compendium import exports")],
            task_dep=["check"],
            targets=targets,
            uptodate=[as_made(target) for target in targets],
        )


def task_explorer() -> Iterator[Task]:
    """Gather the rows of evidence for the page that filters them, where the book has it."""
    if EXPLORED:
        yield task(
            "gather the rows of the explorer",
            actions.explore,
            [ROOT],
            name="rows",
            file_dep=[*plan.tables(ROOT), *sorted((ROOT / "analysis" / "compendium").glob("*.py"))],
            task_dep=["check"],
            targets=EXPLORED,
        )


def task_prune() -> Task:
    """Remove the outputs of cases and templates that are gone."""
    nothing_left = not plan.left_behind(ROOT)
    return task("remove outputs left behind", actions.prune, [ROOT], task_dep=["check"], uptodate=[nothing_left])


def task_book() -> Task:
    """Render the book; it appears only when it is without a fault."""
    return task(
        "render the book",
        actions.render,
        [ROOT],
        file_dep=[*plan.pages(ROOT), *EXPLORED],
        task_dep=["exports", "explorer", "notebook", "results", "prune"],  # exports remember what notebooks need
        targets=[ROOT / "_build" / "html" / "index.html"],
    )


def as_made(path: Path) -> actions.Unchanged:
    """An edited record is no record: it is made again."""
    return actions.Unchanged(path.relative_to(ROOT).as_posix(), partial(digest, path))


def task(doc: str, action: Callable[..., Any], arguments: list[Any], **rest: Any) -> Task:
    """A task of one Python action that prints for itself."""
    return {"doc": doc, "actions": [(action, arguments)], "io": {"capture": False}, **rest}
