"""Shares, co-occurrence and remedies, held against counting by hand and against independent recomputation."""

import math
import random
from dataclasses import replace
from pathlib import Path

import made
import numpy as np
import pandas as pd
import pytest
from compendium.dataset.coded_statements import (
    CODERS,
    code_matrix,
    family_matrix,
    remedies,
    select_coded_statements,
    statement_ids,
)
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.stats import frequencies
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """The made-up project's first case: in d1, s1 is A equals, visas, B equals; s2 A none, B threat, fences; in the
    undated d2, s1 is gain, jobs by both."""
    return load_evidence(made.project(tmp_path_factory.mktemp("made") / "project")).case("aland")


FRAMES = [row["code_id"] for row in made.FRAMES]


def given_codes(table: pd.DataFrame) -> list[set[str]]:
    return [set(table.columns[row]) for row in table.to_numpy()]


@pytest.mark.parametrize(
    ("coder", "frames", "areas"),
    [
        ("A", [{"equals"}, set(), {"gain"}], [{"visas"}, set(), {"jobs"}]),
        ("B", [{"equals"}, {"threat"}, {"gain"}], [set(), {"fences"}, {"jobs"}]),
        ("either", [{"equals"}, {"threat"}, {"gain"}], [{"visas"}, {"fences"}, {"jobs"}]),
        ("both", [{"equals"}, set(), {"gain"}], [set(), set(), {"jobs"}]),
    ],
)
def test_talk_is_what_a_reading_found(
    small: Evidence, coder: str, frames: list[set[str]], areas: list[set[str]]
) -> None:
    talk = select_coded_statements(small, coder)
    assert given_codes(talk.frames) == frames and given_codes(talk.areas) == areas
    assert list(talk.frames.columns) == FRAMES
    assert talk.frames.index.tolist() == talk.areas.index.tolist() == talk.statements["statement_id"].tolist()
    assert talk.statements["date"].tolist() == ["2008-06-05", "2008-06-05", ""]
    assert talk.statements["partner"].tolist() == ["", "", "Xland"]


def test_talk_of_a_period_leaves_out_the_undated(small: Evidence) -> None:
    assert select_coded_statements(small, "A", "2008").statements["position"].tolist() == [1, 2]
    assert select_coded_statements(small, "A", "", "2008-06").statements["position"].tolist() == [1, 2]
    empty = select_coded_statements(small, "A", "2009", "2010")
    assert empty.statements.empty and empty.frames.shape == (0, 3)


@pytest.mark.parametrize(("start", "end"), [("2008-13", ""), ("", "last year"), ("2009", "2008-12")])
def test_a_period_that_is_none_is_refused(small: Evidence, start: str, end: str) -> None:
    with pytest.raises(ValueError, match="period"):
        select_coded_statements(small, "A", start, end)


def test_a_period_within_one_year_may_have_bounds_of_any_precision(small: Evidence) -> None:
    assert len(select_coded_statements(small, "A", "2008-06", "2008").statements) == 2


def test_an_unknown_coder_is_refused(small: Evidence) -> None:
    with pytest.raises(ValueError, match="expected one of A, B, either, both"):
        select_coded_statements(small, "C")


def test_not_read_is_not_nothing_found(small: Evidence) -> None:
    alone = small.codings[small.codings["coder"] == "A"]
    by_a = code_matrix(alone, small.statements, FRAMES, "A")
    pd.testing.assert_frame_equal(code_matrix(alone, small.statements, FRAMES, "either"), by_a)
    for coder in ("B", "both"):
        with pytest.raises(ValueError, match="3 of 3 statements"):
            code_matrix(alone, small.statements, FRAMES, coder)


def test_a_statement_bears_a_family_with_any_of_its_areas() -> None:
    marks = [[True, False, True], [True, True, False], [False, False, False]]
    areas = pd.DataFrame(marks, columns=["fences", "visas", "returns"])
    codes = pd.DataFrame({"code_id": ["fences", "returns", "visas"], "family": ["security", "security", "mobility"]})
    families = family_matrix(areas, codes)
    assert families.to_dict("list") == {"security": [True, True, False], "mobility": [False, True, False]}


def test_remedies_count_per_document(small: Evidence) -> None:
    talk = select_coded_statements(small, "either")
    by_statement = remedies(talk, "statement")
    assert by_statement.loc["aland-d1"].to_dict() == {"fences": 1, "returns": 0, "visas": 1, "jobs": 0}
    by_document = remedies(talk, "document")
    assert by_document.loc["aland-d1"].to_dict() == {"fences": 0.5, "returns": 0, "visas": 0.5, "jobs": 0}
    assert by_document.loc["aland-d2", "jobs"] == 1


def test_documents_without_a_remedy_fall_away(small: Evidence) -> None:
    talk = select_coded_statements(small, "both")
    for weight in frequencies.WEIGHTINGS:
        assert remedies(talk, weight).index.tolist() == ["aland-d2"]


def test_shares_by_hand() -> None:
    table = pd.DataFrame({"x": [True, True, False, False, True], "y": [False] * 5, "z": [True] * 5})
    documents = pd.Series(["a", "a", "a", "a", "b"])
    by_statement = frequencies.code_shares(table, documents, "statement", 1)
    assert by_statement["share"].tolist() == [0.6, 0, 1]
    assert by_statement.loc["x", ["count", "n", "documents"]].tolist() == [3, 5, 2]
    assert frequencies.code_shares(table, documents, "document", 1)["share"].tolist() == [0.75, 0, 1]


def test_a_code_on_none_or_on_all_has_the_bound_of_so_many_documents() -> None:
    table = pd.DataFrame({"none": [False] * 9, "all": [True] * 9})
    for weight in frequencies.WEIGHTINGS:
        shares = frequencies.code_shares(table, pd.Series(list("aaabbbccc")), weight, 1)
        assert shares.loc["none", "low"] == 0 and shares.loc["none", "high"] == pytest.approx(1 - 0.025 ** (1 / 3))
        assert shares.loc["all", "high"] == 1 and shares.loc["all", "low"] == pytest.approx(0.025 ** (1 / 3))


def test_one_document_gives_a_share_without_interval() -> None:
    share = frequencies.code_shares(pd.DataFrame({"x": [True, False]}), pd.Series(["a", "a"]), "statement", 1).loc["x"]
    assert share["share"] == 0.5 and math.isnan(share["low"]) and math.isnan(share["high"])


def test_no_statement_gives_no_share() -> None:
    shares = frequencies.code_shares(pd.DataFrame({"x": []}, dtype=bool), pd.Series([], dtype=str), "statement", 1)
    assert shares["n"].tolist() == [0] and shares[["share", "low", "high"]].isna().all(axis=None)


def test_an_unknown_weight_is_refused(small: Evidence) -> None:
    talk = select_coded_statements(small, "A")
    with pytest.raises(ValueError, match="statement, document"):
        frequencies.code_shares(talk.frames, talk.statements["document_id"], "word", 1)
    with pytest.raises(ValueError, match="statement, document"):
        remedies(talk, "word")


@st.composite
def coded(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.Series]:
    """Marks of three codes on up to thirty statements of up to six documents."""
    rows = draw(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans(), st.booleans(), st.booleans()), min_size=1))
    table = pd.DataFrame([row[1:] for row in rows], columns=["x", "y", "z"], index=[f"s{n}" for n in range(len(rows))])
    return table, pd.Series([row[0] for row in rows])


@given(coded(), st.sampled_from(frequencies.WEIGHTINGS), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_shares_lie_between_0_and_1_and_the_order_of_rows_is_nothing(
    made_up: tuple[pd.DataFrame, pd.Series], weight: str, chance: random.Random
) -> None:
    table, documents = made_up
    shares = frequencies.code_shares(table, documents, weight, 1, n_resamples=200)
    assert shares["share"].between(0, 1).all()
    known = shares.dropna()
    assert (known["low"] <= known["high"]).all() and (known["low"] >= 0).all() and (known["high"] <= 1).all()
    order = list(range(len(table)))
    chance.shuffle(order)
    again = frequencies.code_shares(table.iloc[order], documents.iloc[order], weight, 1, n_resamples=200)
    pd.testing.assert_frame_equal(shares, again)


@given(coded())
@settings(max_examples=60, deadline=None)
def test_pairs_are_those_of_counting(made_up: tuple[pd.DataFrame, pd.Series]) -> None:
    table, _ = made_up
    pairs = frequencies.co_occurrence(table).set_index(["first", "second"])
    assert len(pairs) == 6
    for (first, second), row in pairs.iterrows():
        one, two = table[first], table[second]
        assert row["count"] == (one & two).sum()
        assert row["expected"] == pytest.approx(one.sum() * two.sum() / len(table))
        if row["expected"]:
            assert row["ratio"] == pytest.approx((one & two).mean() / (one.mean() * two.mean()))
        else:
            assert math.isnan(row["ratio"])


@given(coded())
@settings(max_examples=60, deadline=None)
def test_conditional_shares_are_those_of_counting(made_up: tuple[pd.DataFrame, pd.Series]) -> None:
    table, _ = made_up
    given_one, asked = table[["x"]], table[["y", "z"]]
    found = frequencies.conditional_shares(given_one, asked)
    assert list(zip(found["given"], found["asked"], strict=True)) == [("x", "y"), ("x", "z")]
    for row in found.to_dict("records"):
        chosen = table[table["x"]]
        assert row["n"] == len(chosen) and row["count"] == chosen[row["asked"]].sum()
        assert row["share"] == pytest.approx(chosen[row["asked"]].mean()) if len(chosen) else math.isnan(row["share"])


def test_shares_by_group_are_the_shares_of_the_group() -> None:
    table = pd.DataFrame({"x": [True, False, True, True]}, index=["s1", "s2", "s3", "s4"])
    documents, groups = pd.Series(list("aabb")), pd.Series(["q", "p", "p", ""])
    found = frequencies.code_shares_by_group(table, documents, groups, "statement", 1)
    assert found[["group", "code_id", "share", "n"]].values.tolist() == [["p", "x", 0.5, 2], ["q", "x", 1, 1]]
    none = frequencies.code_shares_by_group(table, documents, pd.Series([""] * 4), "statement", 1)
    assert none.empty and list(none.columns) == list(found.columns)


def test_bearers_are_named() -> None:
    table = pd.DataFrame({"x": [True, False, True], "y": [False] * 3}, index=["s1", "s2", "s3"])
    assert statement_ids(table).to_dict() == {"x": ("s1", "s3"), "y": ()}


@pytest.mark.parametrize("coder", CODERS)
def test_real_shares_are_those_of_plain_counting_on_the_files(root: Path, real: Evidence, coder: str) -> None:
    codes = real.frames["code_id"].tolist()
    for case in real.cases.index:
        folder = root / "data/cases" / case
        statements = pd.read_csv(folder / "statements.csv", dtype=str)
        codings = pd.read_csv(folder / "codings.csv", dtype=str, keep_default_na=False)
        given = {
            each: set(zip(own["statement_id"], own["code_id"], strict=True)) for each, own in codings.groupby("coder")
        }
        given |= {"either": given["A"] | given["B"], "both": given["A"] & given["B"]}
        talk = select_coded_statements(real.case(case), coder)
        documents = talk.statements["document_id"]
        shares = {
            weight: frequencies.code_shares(talk.frames, documents, weight, 1, 200)["share"]
            for weight in frequencies.WEIGHTINGS
        }
        for code in codes:
            marks = pd.Series([(statement, code) in given[coder] for statement in statements["statement_id"]])
            assert shares["statement"][code] == pytest.approx(marks.mean())
            assert shares["document"][code] == pytest.approx(marks.groupby(statements["document_id"]).mean().mean())


def test_a_document_without_statements_changes_nothing(real: Evidence) -> None:
    case = real.case(real.cases.index[0])
    silent = ~case.documents["document_id"].isin(case.statements["document_id"])
    assert silent.any()
    less = select_coded_statements(replace(case, documents=case.documents[~silent]), "either")
    pd.testing.assert_frame_equal(select_coded_statements(case, "either").statements, less.statements)


def test_real_remedies_add_up(real: Evidence) -> None:
    talk = select_coded_statements(real, "either")
    assert remedies(talk, "statement").to_numpy().sum() == talk.areas.to_numpy().sum()
    assert np.allclose(remedies(talk, "document").sum(axis=1), 1)
