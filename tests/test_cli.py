"""What a user of the command sees, and which notebooks it runs."""

import re
import shutil
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from kinds import Command
from made_templates import CASE, PARAMETERS, called, laid, write_template


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a made-up project."""
    return laid(tmp_path / "project")


@pytest.fixture
def compendium(project: Path) -> Command:
    """Runs the command line in the made-up project."""
    return partial(called, project)


def executed(done: CompletedProcess[str]) -> set[str]:
    return set(re.findall(r"^\[\d+/\d+\] (.*): done$", done.stdout, flags=re.M))


ALAND, BLAND = "case aland, notebook talk", "case bland, notebook talk"
BOTH = "across cases, notebook both"


def append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(line)


def test_run_executes_what_is_stale_by_content(project: Path, compendium: Command) -> None:
    first = compendium("run")
    assert first.returncode == 0, first.stdout + first.stderr
    assert executed(first) == {ALAND, BLAND, BOTH}
    assert not list((project / ".cache" / "run").iterdir()), "no temporary file stays"

    for path in project.rglob("*.csv"):
        path.touch()
    assert executed(compendium("run")) == set(), "dates do not count"

    measures = project / "data" / "cases" / "bland" / "measures.csv"
    measures.write_text(measures.read_text(encoding="utf-8").replace("Made up", "Thought up"), encoding="utf-8")
    status = compendium("status").stdout
    assert f"{BLAND}\n    data/cases/bland/measures.csv has changed" in status
    assert ALAND not in status
    assert compendium("why").stdout == status, "the command's other name"
    assert executed(compendium("run")) == {BLAND, BOTH}, "a cell of one case is no matter of the other's"
    assert compendium("status").stdout.startswith("render the book"), "the notebooks are up to date"

    append(project / "analysis" / "compendium" / "publishing" / "sphinx_ext" / "figure.py", "# how a page looks\n")
    assert executed(compendium("run")) == set(), "how a page looks is no matter of the notebooks"
    append(project / "analysis" / "compendium" / "dataset" / "dates.py", "from compendium.dataset import csv_tables\n")
    assert executed(compendium("run")) == {ALAND, BLAND}, "the template of cases imports it"
    append(project / "analysis" / "compendium" / "dataset" / "csv_tables.py", "# what is computed\n")
    assert executed(compendium("run")) == {ALAND, BLAND}, "what it imports is its matter too"
    append(project / "analysis" / "compendium" / "dataset" / "practice.py", "# what nobody here needs\n")
    assert executed(compendium("run")) == set()
    append(project / "requirements.lock", "# the environment\n")
    assert executed(compendium("run")) == {ALAND, BLAND, BOTH}

    append(project / "book" / "cases" / "aland" / "talk.ipynb", " ")
    assert executed(compendium("run")) == {ALAND}, "an edited record is made again"


def test_parameters_are_changed_for_one_run(project: Path, compendium: Command) -> None:
    record = project / "book" / "cases" / "aland" / "talk.ipynb"
    compendium("run")
    published = record.read_bytes()
    changed = compendium("run", "--case", "aland", "-p", "coder", "A")
    assert executed(changed) == {ALAND}
    assert b'coder = \\"A\\"' in record.read_bytes()
    assert executed(compendium("run")) == {ALAND}
    assert record.read_bytes() == published
    assert executed(compendium("run", "--notebook", "both", "--force", "-p", "seed", "11")) == {BOTH}
    assert b"seed = 11\\n" in (project / "book" / "across" / "both.ipynb").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--case", "nowhere"], "no case 'nowhere'; available: across, aland, bland"),
        (["run", "--notebook", "song"], "no notebook 'song'; available: both, talk"),
        (["run", "--case", "across", "--notebook", "talk"], "no notebook 'talk'; available: both"),
        (["run", "-p", "colour", "red"], "no parameter 'colour'; the notebooks have: coder, seed"),
        (["run", "-p", "coder", "C"], "coder cannot be 'C'; use one of A, B, either, both"),
        (["book", "-p", "seed", "seven"], "seed cannot be 'seven'; use a value like 7"),
        (["sing"], "invalid choice: 'sing'"),
    ],
)
def test_what_does_not_exist_is_told_before_anything_runs(
    project: Path, compendium: Command, arguments: list[str], said: str
) -> None:
    done = compendium(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "book" / "cases").exists()


def test_a_failing_notebook_keeps_the_old_one_and_the_others_run(project: Path, compendium: Command) -> None:
    compendium("run")
    good = (project / "book" / "cases" / "bland" / "talk.ipynb").read_bytes()
    results = (project / "results" / "bland.json").read_bytes()
    template = project / "analysis" / "notebooks" / "cases" / "talk.ipynb"
    write_template(template, CASE, "assert case != 'bland'", parameters=f"case = 'aland'\n{PARAMETERS}")
    failed = compendium("run")
    assert failed.returncode == 1
    assert executed(failed) == {ALAND}
    assert f"{BLAND}, cell 4 of the template: AssertionError" in failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr
    assert (project / "book" / "cases" / "bland" / "talk.ipynb").read_bytes() == good
    assert (project / "results" / "bland.json").read_bytes() == results
    assert compendium("run").returncode == 1, "it stays stale until it is mended"


def test_a_case_that_is_gone_leaves_nothing_behind(project: Path, compendium: Command, tmp_path: Path) -> None:
    compendium("run")
    results = {path.name: path.read_bytes() for path in (project / "results").iterdir()}
    record = (project / "book" / "cases" / "bland" / "talk.ipynb").read_bytes()
    (project / "book" / "cases" / "own.md").write_text("A page that somebody wrote.\n")
    shutil.move(project / "data" / "cases" / "bland", tmp_path / "bland")
    gone = compendium("run")
    assert gone.returncode == 0, gone.stdout
    assert executed(gone) == {BOTH}
    assert sorted(path.name for path in (project / "book" / "cases").iterdir()) == ["aland", "own.md"]
    assert sorted(path.name for path in (project / "results").iterdir()) == ["across.json", "aland.json"]
    assert b"bland" not in (project / "book" / "across" / "both.ipynb").read_bytes()
    assert "bland-x" in compendium("check").stdout, "what was left out is told"

    shutil.move(tmp_path / "bland", project / "data" / "cases" / "bland")
    assert executed(compendium("run")) == {BLAND, BOTH}
    assert {path.name: path.read_bytes() for path in (project / "results").iterdir()} == results
    assert (project / "book" / "cases" / "bland" / "talk.ipynb").read_bytes() == record


def test_numbers_are_gathered_by_notebook_and_name(project: Path, compendium: Command) -> None:
    compendium("run")
    assert (project / "results" / "bland.json").read_text(encoding="utf-8") == (
        '{\n "talk": {\n  "statements": {\n   "interval": "3",\n   "meaning": "statements",\n   "text": "3",\n'
        '   "value": 3\n  }\n }\n}\n'
    )


def test_check_counts_or_lists_every_fault(project: Path, compendium: Command) -> None:
    good = compendium("check")
    assert good.returncode == 0
    assert "2 cases" in good.stdout
    codings = project / "data" / "cases" / "aland" / "codings.csv"
    codings.write_text(codings.read_text(encoding="utf-8").replace("threat", "treat"), encoding="utf-8")
    measures = project / "data" / "cases" / "bland" / "measures.csv"
    measures.write_bytes(measures.read_text(encoding="utf-8").replace("Nobody", "Niemand für").encode("latin-1"))
    bad = compendium("check")
    assert bad.returncode == 1
    assert "2 faults in the data" in bad.stdout
    assert re.search(r"^data/cases/aland/codings\.csv:6: column code_id: 'treat'", bad.stdout, flags=re.M)
    assert re.search(r"^data/cases/bland/measures\.csv:2: .*UTF-8", bad.stdout, flags=re.M)


def test_outside_a_project_it_says_so(compendium: Command, project: Path) -> None:
    (project / "analysis" / "dodo.py").unlink()
    done = compendium("run")
    assert done.returncode == 2
    assert "run this inside the project's folder" in done.stderr
