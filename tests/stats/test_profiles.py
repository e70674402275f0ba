"""Talk beside practice, held against scipy, against plain loops and against made-up cases with a known answer."""

import math
import random
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from compendium.dataset import practice
from compendium.dataset.coded_statements import remedies, select_coded_statements
from compendium.dataset.evidence import Evidence
from compendium.stats import frequencies
from compendium.stats import profiles as stats_profiles
from compendium.stats.bootstrap import bootstrap_weights, percentile_interval
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy, spearmanr

counts = st.lists(st.integers(0, 9), min_size=5, max_size=5).filter(any)


def profile(numbers: list[int]) -> np.ndarray:
    return np.array(numbers, dtype=float) / sum(numbers)


@given(counts, counts)
@settings(max_examples=200, deadline=None)
def test_figures_are_those_of_scipy(first: list[int], second: list[int]) -> None:
    one, two = profile(first), profile(second)
    assert stats_profiles.effective_number(one) == pytest.approx(math.exp(entropy(one)))
    distance = float(stats_profiles.jensen_shannon(one, two))
    assert distance == pytest.approx(jensenshannon(one, two, base=2), abs=1e-7) and 0 <= distance <= 1
    assert stats_profiles.jensen_shannon(two, one) == pytest.approx(distance)
    if len(set(first)) > 1 and len(set(second)) > 1:
        assert stats_profiles.rank_correlation(one, two) == pytest.approx(spearmanr(first, second).statistic)
    else:
        assert np.isnan(stats_profiles.rank_correlation(one, two))


def test_figures_of_many_profiles_are_those_of_each() -> None:
    profiles = np.random.default_rng(1).dirichlet(np.ones(6), size=8)
    other = profiles[::-1]
    assert stats_profiles.effective_number(profiles) == pytest.approx(
        [float(stats_profiles.effective_number(row)) for row in profiles]
    )
    for figure in (stats_profiles.jensen_shannon, stats_profiles.rank_correlation):
        each = [float(figure(one, two)) for one, two in zip(profiles, other, strict=True)]
        assert figure(profiles, other) == pytest.approx(each)


def test_figures_by_hand() -> None:
    assert stats_profiles.effective_number(np.array([1.0, 0, 0])) == 1
    assert stats_profiles.effective_number(np.full(4, 0.25)) == pytest.approx(4)
    assert stats_profiles.jensen_shannon(np.array([1.0, 0]), np.array([0, 1.0])) == 1
    assert stats_profiles.jensen_shannon(np.array([0.3, 0.7]), np.array([0.3, 0.7])) == 0


def test_figures_of_nothing_are_unknown() -> None:
    none, some = np.full(3, np.nan), np.array([0.5, 0.5, 0])
    figures = [
        stats_profiles.effective_number(none),
        stats_profiles.jensen_shannon(none, none),
        stats_profiles.rank_correlation(some, none),
    ]
    assert np.isnan(figures).all()


def test_the_order_in_which_weights_were_added_makes_no_rank() -> None:
    third = 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1
    assert third[0] != third[1]
    tied = stats_profiles.rank_correlation(np.array([0.2, *third]), np.array([0.1, 0.5, 0.4]))
    assert tied == stats_profiles.rank_correlation(np.array([0.2, 0.6, 0.6]), np.array([0.1, 0.5, 0.4]))


@pytest.fixture
def talk() -> pd.DataFrame:
    return pd.DataFrame({"fences": [3.0, 0, 1, 0], "visas": [0.0, 1, 1, 2]}, index=["d1", "d2", "d3", "d4"])


@pytest.fixture
def done() -> pd.DataFrame:
    return pd.DataFrame({"fences": [1, 0, 4], "visas": [0, 1, 0]}, index=["d1", "d5", "d6"])


def test_shares_and_gaps_by_hand(talk: pd.DataFrame, done: pd.DataFrame) -> None:
    found = stats_profiles.share_gaps(talk, done, 1)
    assert found["talk"].to_dict() == {"fences": 0.5, "visas": 0.5}
    assert found["practice"].to_dict() == pytest.approx({"fences": 5 / 6, "visas": 1 / 6})
    assert found["gap"].to_dict() == pytest.approx({"fences": 100 / 3, "visas": -100 / 3})
    assert stats_profiles.area_shares(talk[:0]).isna().all() and stats_profiles.area_shares(talk * 0).isna().all()


def plain(talk: pd.DataFrame, done: pd.DataFrame, area: str, seed: int) -> list[float]:
    """The gap of an area in 4000 resamples of the documents of both tables."""
    chance, documents, values = random.Random(seed), sorted({*talk.index, *done.index}), []
    said, did = ({document: (row[area], row.sum()) for document, row in each.iterrows()} for each in (talk, done))
    for _ in range(4000):
        drawn = [chance.choice(documents) for _ in documents]
        pairs = ([each[document] for document in drawn if document in each] for each in (said, did))
        talked, acted = (sum(part for part, _ in pair) / sum(whole for _, whole in pair) for pair in pairs)
        values.append(100 * (acted - talked))
    return sorted(values)


def test_interval_of_a_gap_is_that_of_a_plain_bootstrap() -> None:
    chance = np.random.default_rng(4)
    documents = [f"d{number}" for number in range(30)]
    said = pd.DataFrame(chance.poisson(1.5, (30, 2)) + 0.0, index=documents, columns=["fences", "visas"])
    did = (said + chance.poisson(0.3, (30, 2)))[10:]
    found = stats_profiles.share_gaps(said[:25], did, 1, 4000)
    values = plain(said[:25], did, "fences", 2)
    assert found.loc["fences", "gap_low"] == pytest.approx(values[int(0.025 * len(values))], abs=1)
    assert found.loc["fences", "gap_high"] == pytest.approx(values[int(0.975 * len(values))], abs=1)


def test_documents_that_talk_and_do_the_same_leave_no_doubt_about_the_gap() -> None:
    same = pd.DataFrame({"fences": [1.0, 0, 2, 5], "visas": [0.0, 1, 1, 0]}, index=list("abcd"))
    found = stats_profiles.share_gaps(same, same, 1)
    assert (found[["gap", "gap_low", "gap_high"]] == 0).all(axis=None)
    assert (found["talk_low"] < found["talk_high"]).all()
    distance = stats_profiles.profile_distances(same, same, 1).loc["distance"]
    assert distance.tolist() == [0, 0, 0, 0]
    assert stats_profiles.profile_distances(same, same, 1).loc[
        "correlation", ["value", "low", "high"]
    ].tolist() == pytest.approx([1] * 3)


def test_order_of_documents_is_nothing(talk: pd.DataFrame, done: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        stats_profiles.share_gaps(talk, done, 1), stats_profiles.share_gaps(talk[::-1], done[::-1], 1)
    )


def test_documents_are_drawn_in_the_order_of_their_names() -> None:
    """Else intervals would change from run to run."""
    names = [f"d{number:03}" for number in range(100)]
    table = pd.DataFrame({"x": np.arange(100.0), "y": 50.0}, index=names)
    sums = bootstrap_weights(100, 300, 1) @ table.to_numpy()
    low, high = percentile_interval(sums / sums.sum(axis=1, keepdims=True))
    found = stats_profiles.area_profile(table.sample(frac=1, random_state=2), 1, 300)
    assert found["low"].tolist() == pytest.approx(low) and found["high"].tolist() == pytest.approx(high)


def test_documents_without_an_area_are_left_out_of_profiles(talk: pd.DataFrame) -> None:
    expected = stats_profiles.area_shares(talk).tolist()
    silent = pd.DataFrame({"fences": [0.0], "visas": [0.0]}, index=["d9"])
    assert stats_profiles.area_shares(pd.concat([talk, silent])).tolist() == expected


def test_profile_has_intervals_around_its_shares(talk: pd.DataFrame) -> None:
    found = stats_profiles.area_profile(talk, 1)
    assert (found["low"] < found["share"]).all() and (found["share"] < found["high"]).all()
    assert stats_profiles.area_profile(talk[:0], 1).isna().all(axis=None)


def test_correction_takes_off_most_of_the_bias_of_small_samples() -> None:
    chance = np.random.default_rng(8)
    truth = np.full(12, 1 / 12)
    values, corrected, covered = [], [], []
    for seed in range(60):
        sample = pd.DataFrame(chance.multinomial(1, truth, size=50))
        (row,) = stats_profiles.effective_numbers({"made": sample}, seed, 300).to_dict("records")
        values.append(row["value"])
        corrected.append(row["corrected"])
        covered.append(row["low"] <= 12 <= row["high"])
    assert np.mean(values) < 11
    assert abs(np.mean(corrected) - 12) < (12 - np.mean(values)) / 2
    assert np.mean(covered) > 0.8


def test_breadth_tells_size_and_keeps_within_its_range(talk: pd.DataFrame, done: pd.DataFrame) -> None:
    found = stats_profiles.effective_numbers({"talk": talk, "practice": done, "nothing": talk[:0]}, 1).set_index("what")
    assert found["n"].tolist() == [8, 6, 0] and found["documents"].tolist() == [4, 3, 0]
    known = found.iloc[:2]
    assert known["value"].tolist() == pytest.approx([2, math.exp(entropy([5 / 6, 1 / 6]))])
    assert known[["corrected", "low", "high"]].min(axis=None) >= 1
    assert known[["corrected", "low", "high"]].max(axis=None) <= 2
    assert found.loc["nothing", ["value", "corrected", "low", "high"]].isna().all()


def test_areas_add_up_to_families(talk: pd.DataFrame) -> None:
    codes = pd.DataFrame({"code_id": ["jobs", "visas", "fences"], "family": ["work", "ways", "ways"]})
    found = stats_profiles.sum_by_family(talk, codes)
    assert list(found.columns) == ["work", "ways"]
    assert found["ways"].tolist() == [3, 1, 2, 2] and found["work"].tolist() == [0] * 4


@pytest.mark.parametrize("weight", frequencies.WEIGHTINGS)
def test_real_profiles_are_those_of_exact_counting(real: Evidence, weight: str) -> None:
    areas = real.policy_areas["code_id"].tolist()
    for case in real.cases.index:
        own = real.case(case)
        document = dict(zip(own.statements["statement_id"], own.statements["document_id"], strict=True))
        named = {(row.statement_id, row.code_id) for row in own.codings.itertuples() if row.code_id in areas}
        size: dict[str, int] = {}
        for statement, _ in named:
            size[document[statement]] = size.get(document[statement], 0) + 1
        said = dict.fromkeys(areas, Fraction())
        for statement, area in named:
            said[area] += Fraction(1, size[document[statement]] if weight == "document" else 1)
        did = own.measures[own.measures["status"].isin(practice.REALISED_STATUSES)]["policy_area"]
        tables = (
            remedies(select_coded_statements(own, "either"), weight),
            practice.area_counts_by_document(practice.realised_measures(own.measures), areas),
        )
        found = stats_profiles.share_gaps(*tables, 1, 50)
        exact = [float(said[area] / sum(said.values())) for area in areas]
        done = [(did == area).mean() for area in areas]
        assert found["talk"].tolist() == pytest.approx(exact) and found["practice"].tolist() == pytest.approx(done)
        distances = stats_profiles.profile_distances(*tables, 1, 50)["value"]
        assert distances["distance"] == pytest.approx(jensenshannon(exact, done, base=2))
        assert distances["correlation"] == pytest.approx(spearmanr(np.round(exact, 9), np.round(done, 9)).statistic)
