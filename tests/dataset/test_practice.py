"""Commitments and measures, held against counting by hand and on the files."""

from pathlib import Path

import pandas as pd
import pytest
from compendium.dataset import practice
from compendium.dataset.evidence import Evidence

AREAS = ["fences", "visas", "jobs"]


@pytest.fixture
def measures() -> pd.DataFrame:
    rows = [
        ("m1", "p-1", "fences", "completed", "d1", "2008-06", ("ngo", "academia")),
        ("m2", "p-1", "fences", "announced", "d1", "", ()),
        ("m3", "p-2", "visas", "in_force", "d2", "2010", ("ngo",)),
        ("m4", "p-2", "jobs", "abandoned", "d2", "2009-01-01", ("ngo",)),
        ("m5", "p-1", "jobs", "under_way", "d1", "", ()),
    ]
    columns = ["measure_id", "partnership_id", "policy_area", "status", "document_id", "start", "actor_types"]
    return pd.DataFrame(rows, columns=columns).assign(budget=float("nan"))


def test_realised_is_what_is_more_than_announced(measures: pd.DataFrame) -> None:
    assert practice.realised_measures(measures)["measure_id"].tolist() == ["m1", "m3", "m5"]


def test_counts_name_the_rows_behind(measures: pd.DataFrame) -> None:
    found = practice.count_rows(measures, ["policy_area", "partnership_id"])
    assert found.values.tolist() == [
        ["fences", "p-1", 2, ("m1", "m2")],
        ["jobs", "p-1", 1, ("m5",)],
        ["jobs", "p-2", 1, ("m4",)],
        ["visas", "p-2", 1, ("m3",)],
    ]


def test_unfolded_has_a_row_for_each_item(measures: pd.DataFrame) -> None:
    found = practice.explode_list_column(measures, "actor_types")
    pairs = list(zip(found["measure_id"], found["actor_types"], strict=True))
    assert pairs == [("m1", "ngo"), ("m1", "academia"), ("m3", "ngo"), ("m4", "ngo")]


def test_by_source_counts_areas_per_document(measures: pd.DataFrame) -> None:
    found = practice.area_counts_by_document(measures, [*AREAS, "returns"])
    assert found.loc["d1"].to_dict() == {"fences": 2, "visas": 0, "jobs": 1, "returns": 0}
    assert found.loc["d2"].to_dict() == {"fences": 0, "visas": 1, "jobs": 1, "returns": 0}
    assert practice.area_counts_by_document(measures[:0], AREAS).shape == (0, 3)


def test_by_year_takes_the_dated(measures: pd.DataFrame) -> None:
    assert practice.measures_with_year(measures)[["measure_id", "year"]].values.tolist() == [
        ["m1", 2008],
        ["m3", 2010],
        ["m4", 2009],
    ]


def test_promises_meet_what_was_done(measures: pd.DataFrame) -> None:
    pairs = [("p-1", "fences"), ("p-1", "fences"), ("p-1", "visas"), ("p-2", "jobs")]
    commitments = pd.DataFrame(pairs, columns=["partnership_id", "policy_area"])
    found = practice.promise_outcomes(commitments, measures, AREAS).set_index(["partnership_id", "policy_area"])
    assert found.loc[("p-1", "fences")].tolist() == [2, 1, 1, "promised and done"]
    assert found.loc[("p-1", "visas")].tolist() == [1, 0, 0, "promised, nothing done"]
    assert found.loc[("p-1", "jobs")].tolist() == [0, 1, 0, "done without a promise"]
    assert found.loc[("p-2", "fences")].tolist() == [0, 0, 0, "neither promised nor done"]
    assert found.loc[("p-2", "jobs")].tolist() == [1, 0, 1, "promised, nothing done"]
    assert len(found) == 6


def test_promises_without_commitments_or_measures(measures: pd.DataFrame) -> None:
    none = pd.DataFrame({"partnership_id": [], "policy_area": []}, dtype=object)
    assert set(practice.promise_outcomes(none, measures, AREAS)["commitments"]) == {0}
    assert practice.promise_outcomes(none, measures[:0], AREAS).empty


def test_real_promises_are_those_of_plain_counting_on_the_files(root: Path, real: Evidence) -> None:
    areas = real.policy_areas["code_id"].tolist()
    for case in real.cases.index:
        folder, own = root / "data/cases" / case, real.case(case)
        commitments, measures = (pd.read_csv(folder / f"{name}.csv", dtype=str) for name in ("commitments", "measures"))
        found = practice.promise_outcomes(own.commitments, own.measures, areas)
        assert found["commitments"].sum() == len(commitments)
        assert (found["done"] + found["planned"]).sum() == len(measures)
        for row in found.to_dict("records"):
            place = {"partnership_id": row["partnership_id"], "policy_area": row["policy_area"]}
            promised = (commitments[list(place)] == pd.Series(place)).all(axis=1).any()
            there = measures[(measures[list(place)] == pd.Series(place)).all(axis=1)]
            done = there["status"].isin(["under_way", "completed", "in_force"]).any()
            assert (row["outcome"].startswith("promised"), row["outcome"].endswith(("and done", "a promise"))) == (
                promised,
                done,
            )
