"""What comes out of a run is the same everywhere and fit for readers, or nothing is published at all."""

import json
import os
import pickle
import sys
from pathlib import Path

import nbformat
import pytest
from compendium.publishing.pipeline.execution import RunFailed, run_notebook
from compendium.publishing.pipeline.notebooks import Job, list_jobs
from made_templates import CASE, PARAMETERS, write_template

CASE_PARAMETERS = f'case = "aland"\n{PARAMETERS}'


@pytest.fixture
def job(project: Path) -> Job:
    return next(job for job in list_jobs(project) if job.part == "bland")


def rewrite(job: Job, *cells: str, parameters: str = CASE_PARAMETERS) -> None:
    write_template(job.template, *cells, parameters=parameters)


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_two_runs_are_byte_identical_and_leave_nothing_else_behind(job: Job) -> None:
    before = files(Path(job.root))
    run_notebook(job)
    first = files(Path(job.root))
    run_notebook(job)
    assert files(Path(job.root)) == first
    assert set(first) - set(before) == {"book/cases/bland/talk.ipynb"}


def test_the_record_tells_parameters_and_nothing_of_time_or_machine(job: Job) -> None:
    run_notebook(job)
    text = job.target.read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "papermill": {"parameters": {"case": "bland"}},
    }
    assert [cell["id"] for cell in notebook["cells"]] == [f"bland-talk-{n}" for n in range(1, 5)]
    assert all(set(cell["metadata"]) <= {"tags"} for cell in notebook["cells"])
    for word in (job.root, sys.prefix, "duration", "start_time", sys.version.split()[0]):
        assert word not in text


def test_the_book_folds_code_and_leaves_parameters_out(job: Job) -> None:
    rewrite(job, CASE, "#| shown\n2")
    template = nbformat.read(job.template, as_version=4)
    template.cells[-1].metadata.tags = ["remove-input"]
    nbformat.write(template, job.template)
    run_notebook(job)
    tags = [cell.metadata.get("tags", []) for cell in nbformat.read(job.target, as_version=4).cells]
    assert tags == [
        [],
        ["parameters", "remove-cell"],
        ["injected-parameters", "remove-cell"],
        ["hide-input"],
        ["remove-input"],
    ]


def test_a_job_can_travel_to_another_process(job: Job) -> None:
    assert pickle.loads(pickle.dumps(job)) == job
    assert pickle.loads(pickle.dumps(run_notebook)) is run_notebook


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import os; os._exit(3)", "exit status 3"),
        ("while True: pass", "longer than 2 seconds"),
        ("import warnings; warnings.warn('careful')", "standard error"),
        ("object()", "memory address"),
        ("import os; os.getcwd()", "path of this machine"),
        ("import sys; sys.exit(0)", "SystemExit"),
    ],
)
def test_what_is_not_fit_for_readers_does_not_replace_a_good_notebook(job: Job, source: str, said: str) -> None:
    run_notebook(job)
    good = files(Path(job.root) / "book")
    rewrite(job, "print('a line of output')", source)
    with pytest.raises(RunFailed) as failed:
        run_notebook(Job(job.root, job.part, job.notebook, job.parameters, cell_timeout_s=2))
    assert files(Path(job.root) / "book") == good
    message = str(failed.value)
    assert said in message
    assert "case bland, notebook talk, cell 4 of the template" in message
    assert "a line of output" in job.scratch.read_text(encoding="utf-8"), "the failed notebook is kept to be looked at"


def test_a_notebook_that_shows_nothing_is_refused(job: Job) -> None:
    rewrite(job, "x = 1")
    with pytest.raises(RunFailed, match="shows nothing"):
        run_notebook(job)
    assert not job.target.exists()


def test_a_path_within_an_address_on_the_web_is_no_leak(job: Job) -> None:
    rewrite(job, f"print('https://example.org{Path.home()}/page and #0x and 0xff')")
    run_notebook(job)
    assert job.target.exists()


def test_an_unknown_parameter_is_told_with_those_that_exist(job: Job) -> None:
    with pytest.raises(RunFailed, match=r"no parameter colour; it has case, coder, seed"):
        run_notebook(Job(job.root, job.part, job.notebook, {"case": "bland", "colour": "red"}))
    rewrite(job, "1", parameters="")
    with pytest.raises(RunFailed, match="no cell tagged 'parameters'"):
        run_notebook(job)


def test_the_template_is_not_changed(job: Job) -> None:
    before = job.template.read_bytes()
    run_notebook(job)
    assert job.template.read_bytes() == before
    assert os.listdir(job.template.parent) == [job.template.name]
