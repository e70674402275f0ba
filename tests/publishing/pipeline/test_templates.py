"""The templates as files, and run: for a young case, and with other parameters than those of the record."""

import json
import re
from pathlib import Path

import made
import nbformat
import papermill
import plain
import pytest
from compendium.publishing.pipeline import execution, notebooks
from made import REPOSITORY
from template_runs import NOTEBOOKS, NUMBER, check, prose, run, templates_beside_data, young_project

TEMPLATES = sorted(NOTEBOOKS.glob("*/*.ipynb"))
NEEDING = {"owncodes"}
"""Pages of cases that have a table which others have not; tests/curation/exchange runs them."""
PARAMETERS = {
    "case": "",
    "coder": "either",
    "period_start": "",
    "period_end": "",
    "weight": "statement",
    "seed": 20101130,
}
FEWER = {"sources": {"case"}, "codebook": set(), "agreement": {"seed"}, "owncodes": set(PARAMETERS) - {"coder"}}

each_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)


# ---- as files ----


@each_template
def test_a_template_holds_no_outputs(path: Path) -> None:
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None), cell.source


@each_template
def test_cells_are_short(path: Path) -> None:
    for cell in nbformat.read(path, 4).cells:
        assert cell.cell_type != "code" or len(cell.source.splitlines()) <= 20, cell.source


@each_template
def test_parameters_are_those_that_are_documented(path: Path) -> None:
    tagged = [cell for cell in nbformat.read(path, 4).cells if "parameters" in cell.metadata.get("tags", [])]
    found = {name: json.loads(each.default) for name, each in known_parameters(path).items()} if tagged else {}
    assert found == found | {name: value for name, value in PARAMETERS.items() if name in found}
    assert len(tagged) == bool(found)
    assert ("case" in found) == (path.parent.name == "cases")
    if path.parent.name == "cases" or path.stem in FEWER:
        assert set(found) == FEWER.get(path.stem, set(PARAMETERS))


def known_parameters(path: Path) -> dict[str, notebooks.Parameter]:
    told = papermill.inspect_notebook(str(path))
    return {name: notebooks.Parameter(each["default"], each["help"]) for name, each in told.items()}


@each_template
def test_choices_are_told_beside_the_parameter(path: Path) -> None:
    for name, parameter in known_parameters(path).items():
        choices = {"coder": ["A", "B", "either", "both"], "weight": ["statement", "document"]}
        assert name not in PARAMETERS or parameter.choices == choices.get(name, [])


def code_files() -> list[Path]:
    return [*TEMPLATES, *sorted((REPOSITORY / "analysis").rglob("*.py"))]


@pytest.mark.parametrize("case", plain.CASES)
def test_no_case_is_named(case: str) -> None:
    """Not by its title or those of its country and partners, and not by its id or an id that begins with it."""
    facts = plain.facts(case)
    names = {facts["title"], facts["short"], facts["destination"]}
    names |= {row["partner"] for row in plain.rows("partnerships", case)}
    words = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b", re.IGNORECASE)
    ids = re.compile(rf"""['"`/.]{case}(-[a-z0-9-]+)?['"`/]|`{case}\.""")
    for path in code_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            named = words.search(line) or ids.search(line.replace('\\"', '"'))
            assert not named, f"{path.name}:{number} names the case {case}: {line.strip()}"


@each_template
def test_prose_cites_numbers_that_the_record_has(path: Path, root: Path) -> None:
    cited = NUMBER.findall(prose(nbformat.read(path, 4)))
    record = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in (root / "results").glob("*.json")}
    for part in plain.CASES if path.parent.name == "cases" else ["across"]:
        for name in cited if path.stem not in NEEDING else []:
            file, template, number = f"{part}.{path.stem}{name}".split(".") if name.startswith(".") else name.split(".")
            assert number in record[file][template], name


@each_template
def test_prose_types_no_number_of_areas_or_frames(path: Path) -> None:
    words = {4: "four", 5: "five", 6: "six", 18: "eighteen", 19: "nineteen"}
    sizes = [len(plain.rows(table, folder="codebook")) for table in ("frames", "policy_areas")]
    typed = {str(size) for size in sizes} | {
        words[size] for size in [*sizes, len(set(plain.family().values()))] if size in words
    }
    text = path.read_text(encoding="utf-8")
    assert not re.search(rf"\b({'|'.join(typed)}) (policy )?(areas|frames|families)", text, re.IGNORECASE)


# ---- run ----


@pytest.fixture(scope="module")
def young(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return young_project(tmp_path_factory.mktemp("young") / "project")


CASE_PAGES = [path.stem for path in TEMPLATES if path.parent.name == "cases" and path.stem not in NEEDING]
DRAWN = {
    ("young", "case"): (1, 0),
    ("young", "discourse"): (4, 6),
    ("young", "implementation"): (2, 9),
    ("young", "sources"): (0, 0),
    ("lone", "case"): (0, 1),
    ("lone", "discourse"): (0, 10),
    ("lone", "implementation"): (0, 11),
    ("lone", "sources"): (0, 0),
}


@pytest.mark.parametrize("page", CASE_PAGES)
@pytest.mark.parametrize("case", ["young", "lone"])
def test_a_young_case_has_its_pages(young: Path, case: str, page: str) -> None:
    notebook = run(young, case, page)
    check(notebook)
    bundles = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    charts = sum("image/svg+xml" in bundle for bundle in bundles)
    words = sum("nothing to draw" in bundle.get("text/markdown", "") for bundle in bundles)
    assert (charts, words) == DRAWN[case, page]


def test_of_a_young_case_pages_say_what_is_not_known(young: Path) -> None:
    numbers = execution.published_values(run(young, "young", "implementation"))
    assert {numbers[name]["text"] for name in ("top_family", "distance", "most_above_gap", "budget_known")} == {
        "not known"
    }
    assert numbers["measures"]["text"] == "0"


@pytest.mark.parametrize("page", ["comparison", "agreement", "codebook", "architecture"])
def test_young_cases_stand_beside_others(young: Path, page: str) -> None:
    check(run(young, "across", page))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return templates_beside_data(tmp_path_factory.mktemp("other") / "project")


OTHER = [
    ("discourse", {"coder": "A", "weight": "document"}),
    ("discourse", {"coder": "both", "period_start": "1950", "period_end": "1951-06"}),
    ("implementation", {"coder": "B", "weight": "document", "period_end": "2008"}),
    ("implementation", {"coder": "both", "period_start": "1950", "period_end": "1950"}),
    ("case", {"coder": "both", "period_start": "2006-06", "period_end": "2010", "seed": 1}),
]


@pytest.mark.parametrize(
    ("page", "parameters"),
    OTHER,
    ids=lambda each: "-".join(map(str, each.values())) if isinstance(each, dict) else each,
)
def test_other_parameters_give_other_pages(copy: Path, page: str, parameters: dict[str, object]) -> None:
    case = plain.CASES[len(parameters) % len(plain.CASES)]
    notebook = run(copy, case, page, **parameters)
    check(notebook)
    record = json.loads((REPOSITORY / f"results/{case}.json").read_text(encoding="utf-8"))
    assert execution.published_values(notebook) != record[page]


def test_the_comparison_with_other_parameters(copy: Path) -> None:
    notebook = run(copy, "across", "comparison", coder="B", weight="document", period_start="2005", period_end="2009")
    check(notebook)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"coder": "C"}, "coder is 'C'; expected one of A, B, either, both"),
        ({"weight": "page"}, "weight is 'page'; expected one of statement, document"),
        ({"period_start": "spring"}, "a period has the bound 'spring'"),
        ({"period_start": "2010", "period_end": "2009"}, "ends before it starts"),
    ],
)
def test_a_wrong_parameter_is_told(young: Path, parameters: dict[str, object], said: str) -> None:
    with pytest.raises(execution.RunFailed, match=re.escape(said)):
        run(young, made.CASES[0], "discourse", **parameters)
    assert not list(young.glob(f"book/cases/{made.CASES[0]}/*"))
