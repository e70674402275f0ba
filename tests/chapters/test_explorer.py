"""The table of the explorer holds what the data hold, and offers to filter by what is there."""

import dataclasses
import json
import shutil
from collections import Counter
from pathlib import Path

import explored
import made
import pandas as pd
import plain
import pytest
from compendium.chapters import explorer
from compendium.chapters.explorer import Facet
from compendium.chapters.findings import indicators, verdicts
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.dataset import choices
from compendium.dataset.evidence import Evidence, load_evidence


@pytest.fixture(scope="module")
def table(real: Evidence) -> pd.DataFrame:
    """The table of the repository's evidence."""
    return explorer.explorer_rows(real, {})


@pytest.fixture(scope="module")
def known(root: Path) -> IndicatorTables:
    """The sheets of the repository's findings."""
    return indicators.load_indicator_tables(root)


def facets(known: Evidence) -> dict[str, Facet]:
    """The facets of some evidence by name."""
    return {facet.name: facet for facet in explorer.filter_facets(known, explorer.explorer_rows(known, {}), {})}


def offered(facet: Facet) -> dict[str, str]:
    """Value to label."""
    return {each["value"]: each["label"] for each in facet.values}


def test_every_row_stands_once_with_its_facts(table: pd.DataFrame) -> None:
    """The same rows as a count with nothing but csv finds, case by case."""
    columns = {
        "row_id": "id", "kind": "kind", "case_id": "case", "partnership_id": "partnership", "side": "side",
        "year": "year", "document_kind": "document", "text": "text", "actor": "actor", "policy_area": "area",
    }  # fmt: skip
    shown = table[list(columns)].replace({"partnership_id": {"": "none"}}).itertuples(index=False, name=None)
    assert Counter(shown) == Counter(tuple(row[name] for name in columns.values()) for row in explored.rows())


def test_each_coder_s_codes_are_those_of_the_table(table: pd.DataFrame) -> None:
    """Statement by statement; commitments and measures have none."""
    for coder, given in explored.readings().items():
        shown = table.set_index("row_id")[f"codes_{coder}"]
        assert {row: set(codes.split(";")) for row, codes in shown.items() if codes} == given


def test_every_row_names_its_document(table: pd.DataFrame) -> None:
    """Title, address and date of the source."""
    documents = explored.documents()
    for row in table.to_dict("records"):
        document = documents[row["document_id"]]
        assert (row["document_title"], row["url"]) == (document["title"], document["url"])
        assert row["document_date"] == document["date"]


def test_budgets_are_written_as_the_data_have_them(table: pd.DataFrame) -> None:
    """No decimals are made up, none are lost."""
    budgets = {row["measure_id"]: row["budget"] for case in plain.CASES for row in plain.rows("measures", case)}
    shown = table[table["kind"] == "measure"].set_index("row_id")["budget"]
    assert {row: float(budget) for row, budget in shown.items() if budget} == {
        row: float(budget) for row, budget in budgets.items() if budget
    }
    assert not shown.str.endswith((".0", ".00")).any()


def test_the_facets_are_what_occurs(real: Evidence) -> None:
    """Each value of a list occurs, and each that occurs is offered; codes are offered even where none bears them."""
    found = facets(real)
    for name in ("kind", "case", "partnership", "side", "document"):
        assert set(offered(found[name])) == {row[name] for row in explored.rows()}, name
    assert offered(found["frame"]) == plain.labels("frames") | {"none": "Read, and no code given"}
    assert offered(found["area"]) == plain.labels("policy_areas")
    assert {value: label for value, label in offered(found["case"]).items() if value in plain.CASES} == {
        case: plain.facts(case)["short"] for case in plain.CASES
    }
    assert list(offered(found["reading"])) == ["either", "both", *sorted(explored.readings())]


def test_a_folder_added_appears_and_one_removed_vanishes(project: Path) -> None:
    """With its case, partnership and rows."""
    before = facets(load_evidence(project))
    made.add_case(project, "cland")
    (project / "data/datapackage.json").write_text(json.dumps(made.descriptor(*made.CASES, "cland")))
    after = facets(load_evidence(project))
    assert list(offered(after["case"])) == ["aland", "bland", "cland", "architecture"]
    assert set(offered(after["partnership"])) - set(offered(before["partnership"])) == {"cland-x"}
    shutil.rmtree(project / "data/cases/aland")
    assert list(offered(facets(load_evidence(project))["case"])) == ["bland", "cland", "architecture"]


def test_codes_of_a_project_s_own_are_offered_beside_the_shared_ones(project: Path) -> None:
    """With their labels, to be found whoever gave them; nothing is offered where there are none."""
    known = load_evidence(project)
    assert not offered(facets(known)["own"])
    code = {"code_id": "aland-own1", "case_id": "aland", "parent_id": "", "label": "Ferries", "definition": ""}
    coding = {"statement_id": "aland-d1-s2", "coder": "Z", "code_id": "aland-own1", "case_id": "aland"}
    brought = dataclasses.replace(
        known,
        own_codes=pd.DataFrame([code]).reindex(columns=known.own_codes.columns, fill_value=""),
        own_codings=pd.DataFrame([coding, coding | {"coder": "Y"}]),
    )
    assert offered(facets(brought)["own"]) == {"aland-own1": "Ferries"}
    shown = explorer.explorer_rows(brought, {}).set_index("row_id")["own_codes"]
    assert shown[shown != ""].to_dict() == {"aland-d1-s2": "aland-own1"}
    assert list(offered(facets(brought)["reading"])) == ["either", "both", "A", "B"]


def test_a_case_without_practice_offers_none(project: Path) -> None:
    """Neither kinds of rows nor statuses that nothing has."""
    for case in made.CASES:
        for name in ("measures", "commitments"):
            made.write(project / "data/cases" / case, name, [])
    known = load_evidence(project)
    found = explorer.explorer_data(known, {}, {})
    named = {facet["name"]: facet for facet in found["facets"]}
    assert [value["value"] for value in named["kind"]["values"]] == ["statement"]
    assert not {"status", "strength", "finding"} & set(named)
    assert set(found["columns"]["kind"]) == {"statement"}


def test_the_rows_behind_a_finding_are_those_of_its_verdict(known: IndicatorTables) -> None:
    """Without drawing anything again."""
    universe = choices.default_universe(known.choices)
    for finding in known.register.findings["finding_id"].iloc[::6]:
        shown = verdicts.finding_row_ids(known, finding, universe, 1)
        assert shown == verdicts.evaluate_finding(known, finding, universe, 1, 2).row_ids


def test_a_row_names_the_findings_that_rest_on_it(project: Path) -> None:
    """In the order of the findings; rows that no finding rests on name none."""
    table = explorer.explorer_rows(load_evidence(project), {"F1": ["aland-m1", "aland-d1-s1"], "F2": ["aland-m1"]})
    assert {row: found for row, found in zip(table["row_id"], table["findings"], strict=True) if found} == {
        "aland-m1": "F1;F2",
        "aland-d1-s1": "F1",
    }


def test_what_is_written_can_be_read(project: Path) -> None:
    """A project without findings has an explorer too; the file for others leaves out what only a page needs."""
    found = json.loads(explorer.write_explorer_data(project).read_text(encoding="utf-8"))
    assert len({len(column) for column in found["columns"].values()}) == 1
    assert set(found["columns"]) - set(found["download"]) == {"about", "page"}
    assert found["split"] in {facet["name"] for facet in found["facets"]}
    assert explorer.write_explorer_data(project).read_bytes() == explorer.write_explorer_data(project).read_bytes()
