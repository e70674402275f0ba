"""Alpha, held against published worked examples and the krippendorff package; MASI against worked pairs."""

import math

import krippendorff
import numpy as np
import pandas as pd
import pytest
from compendium.dataset.evidence import Evidence
from compendium.stats import agreement
from hypothesis import assume, given, settings
from hypothesis import strategies as st

# Krippendorff (2011), example C: four coders, twelve units, 0 where a coder gave no value.
EXAMPLE = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
)
# Example A: two coders, ten units, two values.
BINARY = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]])


def counted(values: np.ndarray, domain: list[int]) -> np.ndarray:
    """How many coders gave each value to each unit."""
    return np.stack([(values == value).sum(axis=0) for value in domain], axis=1).astype(float)


def test_alpha_of_the_published_examples() -> None:
    domain = [1, 2, 3, 4, 5]
    counts = counted(EXAMPLE, domain)
    assert agreement.alpha(counts, agreement.nominal_distance(domain)) == pytest.approx(0.743421, abs=1e-6)
    assert agreement.alpha(counts, agreement.interval_distance(domain)) == pytest.approx(0.849107, abs=1e-6)
    binary = counted(BINARY, [0, 1])
    assert agreement.alpha(binary, agreement.nominal_distance((0, 1))) == pytest.approx(0.095238, abs=1e-6)


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=25))
@settings(max_examples=150, deadline=None)
def test_alpha_is_that_of_the_krippendorff_package(rows: list[list[int]]) -> None:
    values = np.array(rows).T  # 0: no value
    domain = [1, 2, 3]
    counts = counted(values, domain)
    pairable = counts[counts.sum(axis=1) >= 2].sum(axis=0)
    assume((pairable > 0).sum() > 1)
    for level, distance in (
        ("nominal", agreement.nominal_distance(domain)),
        ("interval", agreement.interval_distance(domain)),
    ):
        expected = krippendorff.alpha(value_counts=counts, value_domain=domain, level_of_measurement=level)
        assert agreement.alpha(counts, distance) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.integers(0, 2), min_size=2, max_size=20), st.integers(2, 4))
def test_alpha_of_equal_coders_is_1(values: list[int], coders: int) -> None:
    counts = counted(np.tile(values, (coders, 1)), [0, 1, 2])
    found = agreement.alpha(counts, agreement.nominal_distance((0, 1, 2)))
    assert found == 1 if len(set(values)) > 1 else math.isnan(found)


def test_alpha_of_coders_by_chance_is_0() -> None:
    values = np.random.default_rng(3).integers(0, 2, (2, 20000))
    assert abs(agreement.alpha(counted(values, [0, 1]), agreement.nominal_distance((0, 1)))) < 0.03


def test_units_read_by_one_say_nothing() -> None:
    counts = counted(EXAMPLE, [1, 2, 3, 4, 5])
    alone = np.vstack([counts, [[0, 0, 0, 0, 1.0]], [[0.0] * 5]])
    distance = agreement.nominal_distance(range(5))
    assert agreement.alpha(alone, distance) == agreement.alpha(counts, distance)


def sets(*members: set[int]) -> np.ndarray:
    return np.array([[number in each for number in range(1, 6)] for each in members])


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ({1, 2}, {1, 2, 3, 4}, 1 - 1 / 2 * 2 / 3),
        ({1}, {1, 2}, 1 - 1 / 2 * 2 / 3),
        ({1, 2}, {2, 3}, 1 - 1 / 3 * 1 / 3),
        ({1, 2, 3}, {2, 3, 4}, 1 - 1 / 2 * 1 / 3),
        ({1, 2}, {1, 2}, 0),
        ({1}, {2}, 1),
        (set(), {1}, 1),
        (set(), set(), 0),
    ],
)
def test_masi_by_hand(first: set[int], second: set[int], distance: float) -> None:
    found = agreement.masi_distance(sets(first, second))
    assert found[0, 1] == found[1, 0] == pytest.approx(distance)
    assert found[0, 0] == found[1, 1] == 0


def codings(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [(statement, coder, code) for statement, coder, codes in rows for code in codes.split(";")],
        columns=["statement_id", "coder", "code_id"],
    )


STATEMENTS = pd.DataFrame({"statement_id": ["s1", "s2", "s3", "s4"], "document_id": ["d1", "d1", "d2", "d3"]})
CODES = ["x", "y", "z"]
CODINGS = codings(
    ("s2", "B", "x;y"), ("s1", "A", "x"), ("s1", "B", "x"), ("s2", "A", "z"),
    ("s3", "A", "none"), ("s3", "B", "y"), ("s4", "B", "none"), ("s4", "A", "none"),
)  # fmt: skip


def test_readings_are_in_the_order_of_statements_and_codes() -> None:
    marked = agreement.code_matrices_by_coder(CODINGS, STATEMENTS, CODES)
    assert marked.astype(int).tolist() == [
        [[1, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0]],
        [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]],
    ]
    assert agreement.code_matrices_by_coder(CODINGS, STATEMENTS[1:], ["y"]).astype(int).tolist() == [
        [[0]] * 3,
        [[1], [1], [0]],
    ]


def test_statements_that_a_coder_has_not_read_are_no_disagreement() -> None:
    less = CODINGS[(CODINGS["statement_id"] != "s2") | (CODINGS["coder"] != "B")]
    assert agreement.read_by_all(less, STATEMENTS)["statement_id"].tolist() == ["s1", "s3", "s4"]
    with pytest.raises(ValueError, match="1 of 4 statements are not read by every coder, such as s2"):
        agreement.code_matrices_by_coder(less, STATEMENTS, CODES)


def test_agreement_per_code_by_hand() -> None:
    found = agreement.alpha_by_code(
        agreement.code_matrices_by_coder(CODINGS, STATEMENTS, CODES), CODES, STATEMENTS["document_id"], 1
    )
    assert found["code_id"].tolist() == CODES
    assert found["agreement"].tolist() == [0.75, 0.5, 0.75]
    assert found["by_one"].tolist() == [2, 2, 1] and found["by_all"].tolist() == [1, 0, 0]
    assert found["n"].tolist() == [4] * 3
    assert found["alpha"][0] == pytest.approx(1 - (8 - 1) * 2 / (2 * 3 * 5))


def test_one_coder_agrees_with_nobody() -> None:
    alone = CODINGS[CODINGS["coder"] == "A"]
    marked = agreement.code_matrices_by_coder(alone, STATEMENTS, CODES)
    found = agreement.alpha_by_code(marked, CODES, STATEMENTS["document_id"], 1)
    assert found[["alpha", "low", "high", "agreement"]].isna().all(axis=None)
    assert np.isnan(agreement.code_set_alpha(marked, STATEMENTS["document_id"], 1)).all()
    assert agreement.disputed_statements(marked, STATEMENTS, CODES).empty


def test_no_statement_no_agreement() -> None:
    marked = agreement.code_matrices_by_coder(CODINGS, STATEMENTS[:0], CODES)
    found = agreement.alpha_by_code(marked, CODES, STATEMENTS["document_id"][:0], 1)
    assert found[["alpha", "agreement"]].isna().all(axis=None)
    assert np.isnan(agreement.code_set_alpha(marked, STATEMENTS["document_id"][:0], 1)).all()


def test_disputed_statements_come_with_the_most_disputed_first() -> None:
    found = agreement.disputed_statements(
        agreement.code_matrices_by_coder(CODINGS, STATEMENTS, CODES), STATEMENTS, CODES
    )
    assert found.values.tolist() == [["s2", ("x", "y", "z"), (), 1.0], ["s3", ("y",), (), 1.0]]
    agreed = codings(("s1", "A", "x"), ("s1", "B", "x;y"))
    row = agreement.disputed_statements(
        agreement.code_matrices_by_coder(agreed, STATEMENTS[:1], CODES), STATEMENTS[:1], CODES
    ).iloc[0]
    assert row["disputed"] == ("y",) and row["agreed"] == ("x",) and row["distance"] == pytest.approx(2 / 3)


def test_alpha_of_sets_is_that_of_a_plain_count(real: Evidence) -> None:
    own = real.case(real.cases.index[0])
    codes, documents = own.codes["code_id"].tolist(), own.statements["document_id"]
    marked = agreement.code_matrices_by_coder(own.codings, own.statements, codes)[:, :120]
    pairs = [tuple(frozenset(np.flatnonzero(row)) for row in both) for both in marked.transpose(1, 0, 2)]

    def distance(one: frozenset[int], two: frozenset[int]) -> float:
        if one == two:
            return 0
        shared, nested = one & two, one <= two or two <= one
        monotonicity = 0 if not shared else 2 / 3 if nested else 1 / 3
        return 1 - len(shared) / len(one | two) * monotonicity

    values = [value for pair in pairs for value in pair]
    observed = np.mean([distance(*pair) for pair in pairs])
    expected = sum(distance(one, two) for one in values for two in values) / (len(values) * (len(values) - 1))
    value, low, high = agreement.code_set_alpha(marked, documents[:120], 1)
    assert value == pytest.approx(1 - observed / expected) and low < value < high


def test_real_alphas_are_those_of_the_krippendorff_package(real: Evidence) -> None:
    own = real.case(real.cases.index[-1])
    codes = own.codes["code_id"].tolist()
    marked = agreement.code_matrices_by_coder(own.codings, own.statements, codes)
    found = agreement.alpha_by_code(marked, codes, own.statements["document_id"], 1).set_index("code_id")
    for place, code in enumerate(codes):
        values = marked[:, :, place].astype(int)
        if values.any():
            expected = krippendorff.alpha(values, level_of_measurement="nominal")
            assert found.loc[code, "alpha"] == pytest.approx(expected, abs=1e-9)
        else:
            assert math.isnan(found.loc[code, "alpha"])


def test_interval_of_alpha_is_that_of_a_plain_bootstrap_over_documents(real: Evidence) -> None:
    own = real.case(real.cases.index[0])
    code = own.frames["code_id"].tolist()[:1]
    votes = agreement.code_matrices_by_coder(own.codings, own.statements, code).sum(axis=0)[:, 0]
    counts, documents = np.column_stack([2 - votes, votes]).astype(float), own.statements["document_id"]
    rows = [np.flatnonzero(documents == document) for document in documents.unique()]
    chance, nominal = np.random.default_rng(9), agreement.nominal_distance((0, 1))
    plain = [
        agreement.alpha(
            counts[np.concatenate([rows[place] for place in chance.integers(0, len(rows), len(rows))])], nominal
        )
        for _ in range(1500)
    ]
    _, low, high = agreement.alpha_with_interval(counts, nominal, documents, 1)
    assert [low, high] == pytest.approx(np.nanpercentile(plain, [2.5, 97.5]), abs=0.03)
