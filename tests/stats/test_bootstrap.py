"""Intervals by resampling documents, held against a plain loop."""

import random

import numpy as np
import pandas as pd
import pytest
from compendium.stats.bootstrap import (
    bootstrap_weights,
    cluster_sums,
    percentile_interval,
    ratio_intervals,
    zero_count_upper,
)
from scipy.stats import binomtest


def test_draws_are_samples_with_replacement() -> None:
    drawn = bootstrap_weights(7, 500, 3)
    assert drawn.shape == (500, 7)
    assert (drawn.sum(axis=1) == 7).all() and (drawn >= 0).all() and (drawn == drawn.round()).all()
    assert abs(drawn.mean() - 1) < 1e-12 and abs(drawn.var(axis=0).mean() - 6 / 7) < 0.05


def test_draws_follow_from_the_seed() -> None:
    first = bootstrap_weights(7, 50, 3).copy()
    bootstrap_weights.cache_clear()
    assert (bootstrap_weights(7, 50, 3) == first).all() and (bootstrap_weights(7, 50, 4) != first).any()


@pytest.mark.parametrize("clusters", [0, 1])
def test_fewer_than_two_clusters_give_no_interval(clusters: int) -> None:
    drawn = bootstrap_weights(clusters, 20, 1)
    assert drawn.shape == (20, clusters)
    low, high = ratio_intervals(np.ones((clusters, 2)), np.ones(clusters), drawn)
    assert np.isnan([*low, *high]).all()


def test_sums_per_cluster() -> None:
    table = pd.DataFrame({"x": [True, True, False], "y": [1.5, 0, 2]})
    sums, sizes = cluster_sums(table, pd.Series(["b", "a", "b"], index=[9, 8, 7]))
    assert sums["x"].to_dict() == {"a": 1, "b": 1} and sums["y"].to_dict() == {"a": 0, "b": 3.5}
    assert sizes.to_dict() == {"a": 1, "b": 2}
    assert sums.index.tolist() == sizes.index.tolist() == ["a", "b"]


def test_intervals_are_those_of_a_plain_bootstrap() -> None:
    made = random.Random(5)
    documents = [[made.random() < 0.3 for _ in range(made.randint(1, 8))] for _ in range(40)]
    replicates = []
    for _ in range(4000):
        drawn = [made.choice(documents) for _ in documents]
        replicates.append(sum(map(sum, drawn)) / sum(map(len, drawn)))
    replicates.sort()
    numerators = np.array([[sum(each)] for each in documents], dtype=float)
    low, high = ratio_intervals(
        numerators, np.array([len(each) for each in documents], float), bootstrap_weights(40, 4000, 2)
    )
    assert low[0] == pytest.approx(replicates[100], abs=0.01)
    assert high[0] == pytest.approx(replicates[3900], abs=0.01)


def test_each_ratio_has_its_own_denominator() -> None:
    drawn = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]])
    low, high = ratio_intervals(np.array([[1.0, 0], [1, 0]]), np.array([[2.0, 0], [2, 0]]), drawn)
    assert low[0] == high[0] == 0.5 and np.isnan(low[1]) and np.isnan(high[1])


def test_interval_takes_the_middle_95_of_100_and_leaves_out_the_undefined() -> None:
    replicates = np.column_stack([np.arange(1001.0), np.where(np.arange(1001) % 2, np.nan, 4.0), np.full(1001, np.nan)])
    low, high = percentile_interval(replicates)
    assert [low[0], high[0]] == pytest.approx([25, 975]) and (low[1], high[1]) == (4, 4)
    assert np.isnan(low[2]) and np.isnan(high[2])


@pytest.mark.parametrize("clusters", [1, 5, 60])
def test_rarest_is_the_exact_bound(clusters: int) -> None:
    assert zero_count_upper(clusters) == pytest.approx(binomtest(0, clusters).proportion_ci(0.95, "exact").high)
