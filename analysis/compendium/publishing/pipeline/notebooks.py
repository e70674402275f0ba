"""Which notebooks the project has: each template once per case, or once across cases, and what each is made from.

Knows the folders of the project, and nothing of what stands in its tables. Imports nothing heavy: to see that all is
up to date must take no time.
"""

import ast
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from compendium import dependencies
from compendium.dataset.vocabulary import PROPOSALS_FILE
from compendium.errors import UsageError

ACROSS = "across"
CELL_TIMEOUT_S = 600.0
CHOICES_PREFIX = "one of "
EXECUTION_MODULES = ("preload", "forked_kernel", "fork_server", "papermill_engine", "execution", "case_words")


@dataclass(frozen=True)
class Job:
    """One notebook to execute. Plain values only, so that it can travel to another process or machine.

    Parameters
    ----------
    root : str
        The project's folder.
    part : str
        The case that it is run for, or ``across``.
    notebook : str
        The template's name.
    parameters : dict
        What is put behind the template's ``parameters`` cell.
    cell_timeout_s : float
        Seconds that one cell may take.
    """

    root: str
    part: str
    notebook: str
    parameters: dict[str, Any] = field(default_factory=dict)
    cell_timeout_s: float = CELL_TIMEOUT_S

    @property
    def name(self) -> str:
        """How the job is spoken of: ``<case>/<notebook>``."""
        return f"{self.part}/{self.notebook}"

    @property
    def title(self) -> str:
        """How a reader is told of the job."""
        return f"{'across cases' if self.part == ACROSS else f'case {self.part}'}, notebook {self.notebook}"

    @property
    def template(self) -> Path:
        """What is executed."""
        kind = ACROSS if self.part == ACROSS else "cases"
        return Path(self.root, "analysis", "notebooks", kind, f"{self.notebook}.ipynb")

    @property
    def target(self) -> Path:
        """Where the executed notebook goes."""
        folder = [ACROSS] if self.part == ACROSS else ["cases", self.part]
        return Path(self.root, "book", *folder, f"{self.notebook}.ipynb")

    @property
    def scratch(self) -> Path:
        """Where it stands until it is good."""
        return Path(self.root, ".cache", "run", f"{self.part}-{self.notebook}.ipynb")


class Parameter(NamedTuple):
    """One line of a ``parameters`` cell, as in ``coder = "either"  # one of A, B, either, both``."""

    default: Any
    comment: str

    @property
    def choices(self) -> list[str]:
        """The values that the comment allows; empty when it does not say."""
        return self.comment.removeprefix(CHOICES_PREFIX).split(", ") if self.comment.startswith(CHOICES_PREFIX) else []


def find_project_folder() -> Path:
    """The project's folder: the nearest one, from here upwards, that holds ``analysis/dodo.py``."""
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "analysis" / "dodo.py").exists():
            return folder
    raise UsageError(f"No analysis/dodo.py in {here} or above it: run this inside the project's folder.")


def list_jobs(root: Path) -> list[Job]:
    """Every notebook of the project, with the parameters of the published record.

    A template of cases may name a table, as ``needs`` in its metadata: it is run for the cases that have it.
    """
    notebooks = root / "analysis" / "notebooks"
    cases = sorted(path.parent for path in (root / "data" / "cases").glob("*/case.yml"))
    per_case = [(path.stem, _required_table(path)) for path in sorted((notebooks / "cases").glob("*.ipynb"))]
    across = sorted(path.stem for path in (notebooks / ACROSS).glob("*.ipynb"))
    ours = [
        Job(str(root), case.name, name, {"case": case.name})
        for case in cases
        for name, table in per_case
        if (case / table).exists()
    ]
    return ours + [Job(str(root), ACROSS, name) for name in across]


def _required_table(template: Path) -> str:
    """The file of a case folder without which there is nothing to show."""
    notebook = json.loads(template.read_text(encoding="utf-8"))
    return str(notebook["metadata"].get("compendium", {}).get("needs", "case.yml"))


def select_jobs(jobs: list[Job], case: str | None, notebook: str | None) -> list[Job]:
    """The jobs of a case (or ``across``) and of a notebook; None means all.

    Raises
    ------
    Unknown
        When there is no such case or notebook.
    """
    for kind, value, known in (
        ("case", case, {job.part for job in jobs}),
        ("notebook", notebook, {job.notebook for job in jobs if case in (None, job.part)}),
    ):
        if value is not None and value not in known:
            raise UsageError(f"There is no {kind} {value!r}; there are {', '.join(sorted(known)) or 'none'}.")
    return [job for job in jobs if case in (None, job.part) and notebook in (None, job.notebook)]


def with_parameters(jobs: list[Job], overrides: dict[str, str]) -> list[Job]:
    """The jobs with parameters changed, each where its template has it.

    Raises
    ------
    Unknown
        When no template has a parameter, or a value is not among those it can take.
    """
    declared = {job.template: declared_parameters(job.template) for job in jobs}
    known = {name for found in declared.values() for name in found} - {"case"}
    for name in overrides:
        if name not in known:
            raise UsageError(
                f"There is no parameter {name!r}; the notebooks have {', '.join(sorted(known)) or 'none'}."
            )
    changed = []
    for job in jobs:
        own = declared[job.template]
        values = {name: _parse_parameter(name, text, own[name]) for name, text in overrides.items() if name in own}
        changed.append(replace(job, parameters=job.parameters | values))
    return changed


def declared_parameters(template: Path) -> dict[str, Parameter]:
    """The parameters of a template by name, read from its cell tagged ``parameters``."""
    source = template_code(template, "parameters")
    lines = source.splitlines()
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            comment = lines[(node.end_lineno or 1) - 1][node.end_col_offset :].strip().lstrip("# ")
            found[node.targets[0].id] = Parameter(ast.literal_eval(node.value), comment)
    return found


def template_code(template: Path, tag: str | None = None) -> str:
    """The code of a template; with a tag, of those cells alone that bear it."""
    cells = json.loads(template.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return "\n".join("".join(cell["source"]) for cell in code if tag in (None, *cell["metadata"].get("tags", [])))


def _parse_parameter(name: str, text: str, parameter: Parameter) -> Any:
    if parameter.choices and text not in parameter.choices:
        raise UsageError(f"{name} can not be {text!r}; it is one of {', '.join(parameter.choices)}.")
    if isinstance(parameter.default, str):
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if parameter.default is not None and not isinstance(value, type(parameter.default)):
        raise UsageError(f"{name} can not be {text!r}; it is a value like {parameter.default!r}.")
    return value


def job_sources(job: Job) -> list[Path]:
    """All that an executed notebook is made from: template, data, the modules that it reaches, the environment.

    A case's notebook reads the codebook and its own folder; a notebook across cases reads everything. Of this floor
    only the modules that execute are counted: how a page looks does not make its notebook stale.
    """
    root = Path(job.root)
    executing = (package_folder(root) / "publishing" / "pipeline" / f"{name}.py" for name in EXECUTION_MODULES)
    code = existing_paths(
        [*imported_modules(root, template_code(job.template)), *executing, root / "requirements.lock"]
    )
    read = data_files(root)
    if job.part != ACROSS:
        own = (f"data/cases/{job.part}/", "data/codebook/", "data/datapackage.json")
        read = [path for path in read if path.relative_to(root).as_posix().startswith(own)]
    return [job.template, *read, *code]


def imported_modules(root: Path, code: str) -> list[Path]:
    """The modules of the package that a piece of code reaches."""
    return sorted(dependencies.required_files(package_folder(root), code))


def package_folder(root: Path) -> Path:
    """The folder of the package."""
    return root / "analysis" / "compendium"


def book_sources(root: Path) -> list[Path]:
    """All that the rendered book is made from, executed notebooks and results that are still to come included."""
    every = list_jobs(root)
    book = {path for path in (root / "book").rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts}
    made = {job.target for job in every} | {root / "results" / f"{job.part}.json" for job in every}
    settings = existing_paths(root / name for name in ("_config.yml", "_toc.yml", "requirements.lock", "CITATION.cff"))
    return sorted(
        {*book, *made, *settings, *data_files(root), *package_folder(root).rglob("*.py")} - set(orphaned_outputs(root))
    )


def data_files(root: Path) -> list[Path]:
    """Every file of ``data/`` that is read: tables and their descriptions; not texts, nor what a machine proposes."""
    found = (path for suffix in ("csv", "yml", "json") for path in (root / "data").rglob(f"*.{suffix}"))
    return sorted(path for path in found if path.relative_to(root).parts[1] != "texts" and path.name != PROPOSALS_FILE)


def existing_paths(paths: Iterable[Path]) -> list[Path]:
    """Those that are there."""
    return [path for path in paths if path.exists()]


def orphaned_outputs(root: Path) -> list[Path]:
    """Executed notebooks and results whose case or template is gone."""
    wanted = {job.target for job in list_jobs(root)}
    parts = {job.part for job in list_jobs(root)}
    notebooks = {*(root / "book" / "cases").glob("*/*.ipynb"), *(root / "book" / ACROSS).glob("*.ipynb")}
    results = {path for path in (root / "results").glob("*.json") if path.stem not in parts}
    return sorted((notebooks - wanted) | results)
