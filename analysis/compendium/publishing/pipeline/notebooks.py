"""The notebooks of the project: their templates, parameters, inputs and outputs.

This module knows the project's folders but not the content of its tables. It imports no large libraries, so that
checking whether everything is up to date is fast.
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
    """One notebook to execute; it holds plain values only, so that it can be sent to another process or machine.

    Parameters
    ----------
    root : str
        The project's folder.
    part : str
        The id of the case that it is run for, or ``across``.
    notebook : str
        The template's name.
    parameters : dict
        Values that replace the defaults of the template's ``parameters`` cell.
    cell_timeout_s : float
        Time limit of each cell, in seconds.
    """

    root: str
    part: str
    notebook: str
    parameters: dict[str, Any] = field(default_factory=dict)
    cell_timeout_s: float = CELL_TIMEOUT_S

    @property
    def name(self) -> str:
        """The name of the job: ``<case>/<notebook>``."""
        return f"{self.part}/{self.notebook}"

    @property
    def title(self) -> str:
        """The job in words, for progress and error messages."""
        return f"{'across cases' if self.part == ACROSS else f'case {self.part}'}, notebook {self.notebook}"

    @property
    def template(self) -> Path:
        """Path of the template."""
        kind = ACROSS if self.part == ACROSS else "cases"
        return Path(self.root, "analysis", "notebooks", kind, f"{self.notebook}.ipynb")

    @property
    def target(self) -> Path:
        """Path of the executed notebook."""
        folder = [ACROSS] if self.part == ACROSS else ["cases", self.part]
        return Path(self.root, "book", *folder, f"{self.notebook}.ipynb")

    @property
    def scratch(self) -> Path:
        """Path of the notebook while it is executed and checked."""
        return Path(self.root, ".cache", "run", f"{self.part}-{self.notebook}.ipynb")


class Parameter(NamedTuple):
    """One line of a ``parameters`` cell, as in ``coder = "either"  # one of A, B, either, both``."""

    default: Any
    comment: str

    @property
    def choices(self) -> list[str]:
        """The values that the comment allows; empty if it lists none."""
        return self.comment.removeprefix(CHOICES_PREFIX).split(", ") if self.comment.startswith(CHOICES_PREFIX) else []


def find_project_folder() -> Path:
    """The project's folder: the nearest folder upwards from the working directory that has ``analysis/dodo.py``.

    Raises
    ------
    UsageError
        If there is no such folder.
    """
    working_folder = Path.cwd().resolve()
    for folder in (working_folder, *working_folder.parents):
        if (folder / "analysis" / "dodo.py").exists():
            return folder
    raise UsageError(f"No analysis/dodo.py in {working_folder} or above it: run this inside the project's folder.")


def list_jobs(root: Path) -> list[Job]:
    """Every notebook of the project, with its published parameters: jobs of cases first, then those across cases.

    A case template may name a required table, as ``needs`` in its metadata; it is run only for cases with that table.

    Examples
    --------
    A project with one case and two templates:

    >>> import json, tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> template = json.dumps({"cells": [], "metadata": {}})
    >>> for name in ("analysis/notebooks/cases/discourse.ipynb", "analysis/notebooks/across/findings.ipynb"):
    ...     (root / name).parent.mkdir(parents=True)
    ...     _ = (root / name).write_text(template)
    >>> (root / "data/cases/aland").mkdir(parents=True)
    >>> _ = (root / "data/cases/aland/case.yml").write_text("id: aland")
    >>> [job.name for job in list_jobs(root)]
    ['aland/discourse', 'across/findings']
    """
    templates = root / "analysis" / "notebooks"
    case_folders = sorted(path.parent for path in (root / "data" / "cases").glob("*/case.yml"))
    case_templates = [(path.stem, _required_table(path)) for path in sorted((templates / "cases").glob("*.ipynb"))]
    across_names = sorted(path.stem for path in (templates / ACROSS).glob("*.ipynb"))
    case_jobs = [
        Job(str(root), folder.name, name, {"case": folder.name})
        for folder in case_folders
        for name, table in case_templates
        if (folder / table).exists()
    ]
    return case_jobs + [Job(str(root), ACROSS, name) for name in across_names]


def _required_table(template: Path) -> str:
    """The file that a case folder must have for this template to be run."""
    notebook = json.loads(template.read_text(encoding="utf-8"))
    return str(notebook["metadata"].get("compendium", {}).get("needs", "case.yml"))


def select_jobs(jobs: list[Job], case: str | None, notebook: str | None) -> list[Job]:
    """The jobs of one case (or ``across``) and of one notebook; None selects all.

    Raises
    ------
    UsageError
        If there is no such case or notebook.

    Examples
    --------
    >>> jobs = [Job(".", "aland", "discourse"), Job(".", "bland", "discourse"), Job(".", "across", "findings")]
    >>> [job.name for job in select_jobs(jobs, case="aland", notebook=None)]
    ['aland/discourse']
    >>> select_jobs(jobs, case=None, notebook="power")
    Traceback (most recent call last):
    compendium.errors.UsageError: There is no notebook 'power'; available: discourse, findings.
    """
    for kind, value, available in (
        ("case", case, {job.part for job in jobs}),
        ("notebook", notebook, {job.notebook for job in jobs if case in (None, job.part)}),
    ):
        if value is not None and value not in available:
            raise UsageError(f"There is no {kind} {value!r}; available: {', '.join(sorted(available)) or 'none'}.")
    return [job for job in jobs if case in (None, job.part) and notebook in (None, job.notebook)]


def with_parameters(jobs: list[Job], overrides: dict[str, str]) -> list[Job]:
    """The jobs with new values for parameters; each job takes those that its template declares.

    Raises
    ------
    UsageError
        If no template declares a parameter, or if a value is not allowed.
    """
    declared = {job.template: declared_parameters(job.template) for job in jobs}
    available = {name for parameters in declared.values() for name in parameters} - {"case"}
    for name in overrides:
        if name not in available:
            raise UsageError(
                f"There is no parameter {name!r}; the notebooks have: {', '.join(sorted(available)) or 'none'}."
            )
    changed_jobs = []
    for job in jobs:
        parameters = declared[job.template]
        values = {
            name: _parse_parameter(name, text, parameters[name])
            for name, text in overrides.items()
            if name in parameters
        }
        changed_jobs.append(replace(job, parameters=job.parameters | values))
    return changed_jobs


def declared_parameters(template: Path) -> dict[str, Parameter]:
    """The parameters of a template by name, read from the cell tagged ``parameters``."""
    source = template_code(template, "parameters")
    lines = source.splitlines()
    parameters = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            comment = lines[(node.end_lineno or 1) - 1][node.end_col_offset :].strip().lstrip("# ")
            parameters[node.targets[0].id] = Parameter(ast.literal_eval(node.value), comment)
    return parameters


def template_code(template: Path, tag: str | None = None) -> str:
    """The code of a template's cells; with a tag, only of the cells that have it."""
    cells = json.loads(template.read_text(encoding="utf-8"))["cells"]
    code_cells = [cell for cell in cells if cell["cell_type"] == "code"]
    return "\n".join("".join(cell["source"]) for cell in code_cells if tag in (None, *cell["metadata"].get("tags", [])))


def _parse_parameter(name: str, text: str, parameter: Parameter) -> Any:
    if parameter.choices and text not in parameter.choices:
        raise UsageError(f"{name} cannot be {text!r}; use one of {', '.join(parameter.choices)}.")
    if isinstance(parameter.default, str):
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if parameter.default is not None and not isinstance(value, type(parameter.default)):
        raise UsageError(f"{name} cannot be {text!r}; use a value like {parameter.default!r}.")
    return value


def job_sources(job: Job) -> list[Path]:
    """All input files of an executed notebook: template, data, imported modules and the lock file of packages.

    A case notebook reads the codebook and the case's folder; a notebook across cases reads everything. Of
    ``publishing``, only the modules that execute notebooks count: the look of a page does not make its notebook stale.
    """
    root = Path(job.root)
    execution_modules = (package_folder(root) / "publishing" / "pipeline" / f"{name}.py" for name in EXECUTION_MODULES)
    code = existing_paths(
        [*imported_modules(root, template_code(job.template)), *execution_modules, root / "requirements.lock"]
    )
    data = data_files(root)
    if job.part != ACROSS:
        case_prefixes = (f"data/cases/{job.part}/", "data/codebook/", "data/datapackage.json")
        data = [path for path in data if path.relative_to(root).as_posix().startswith(case_prefixes)]
    return [job.template, *data, *code]


def imported_modules(root: Path, code: str) -> list[Path]:
    """The modules of the package that a piece of code imports, directly or indirectly, sorted."""
    return sorted(dependencies.required_files(package_folder(root), code))


def package_folder(root: Path) -> Path:
    """The source folder of the package ``compendium``."""
    return root / "analysis" / "compendium"


def book_sources(root: Path) -> list[Path]:
    """All input files of the rendered book, including executed notebooks and results that do not exist yet."""
    jobs = list_jobs(root)
    pages = {path for path in (root / "book").rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts}
    outputs = {job.target for job in jobs} | {root / "results" / f"{job.part}.json" for job in jobs}
    settings = existing_paths(root / name for name in ("_config.yml", "_toc.yml", "requirements.lock", "CITATION.cff"))
    sources = {*pages, *outputs, *settings, *data_files(root), *package_folder(root).rglob("*.py")}
    return sorted(sources - set(orphaned_outputs(root)))


def data_files(root: Path) -> list[Path]:
    """The tables of ``data/`` and their descriptions, without source texts and codes proposed by the classifier."""
    paths = (path for suffix in ("csv", "yml", "json") for path in (root / "data").rglob(f"*.{suffix}"))
    return sorted(path for path in paths if path.relative_to(root).parts[1] != "texts" and path.name != PROPOSALS_FILE)


def existing_paths(paths: Iterable[Path]) -> list[Path]:
    """The paths that exist, in the given order."""
    return [path for path in paths if path.exists()]


def orphaned_outputs(root: Path) -> list[Path]:
    """Executed notebooks and results whose case or template no longer exists."""
    jobs = list_jobs(root)
    targets = {job.target for job in jobs}
    parts = {job.part for job in jobs}
    notebooks = {*(root / "book" / "cases").glob("*/*.ipynb"), *(root / "book" / ACROSS).glob("*.ipynb")}
    results = {path for path in (root / "results").glob("*.json") if path.stem not in parts}
    return sorted((notebooks - targets) | results)
