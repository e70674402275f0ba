"""The two sides compared: recomputed with nothing but ``csv``, ``re`` and ``math``, and on made-up talk."""

import math
import re
from collections import Counter, defaultdict
from pathlib import Path

import made
import numpy as np
import pandas as pd
import plain
import pytest
from compendium.chapters.voice import analysis, plot_data
from compendium.dataset import parts as dataset_parts
from compendium.dataset.coded_statements import CodedStatements, select_coded_statements
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.dataset.parts import Part
from compendium.stats import log_odds
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

SEED = 20101130
WEIGHT = 10.0
WORDS = ("workers", "diaspora", "visa")

each_case = pytest.mark.parametrize("case", plain.CASES)


# ---- known values ----


def ratio(first: list[int], second: list[int], prior: list[float]) -> tuple[list[float], list[float]]:
    one, two, alpha = (np.array(each, dtype=float) for each in (first, second, prior))
    totals = (np.array([one.sum() + alpha.sum()]), np.array([two.sum() + alpha.sum()]))
    value, error = log_odds.log_odds(one, two, alpha, totals)
    return value.tolist(), error.tolist()


def test_equal_odds_give_zero() -> None:
    value, error = ratio([10, 90], [10, 90], [1, 1])
    assert value == pytest.approx([0, 0])
    assert error[0] == pytest.approx(math.sqrt(2 / 11))


def test_log_odds_by_hand() -> None:
    """(9 + 1) of 50 + 2 against (4 + 1) of 100 + 2: odds 10 : 42 and 5 : 97."""
    value, error = ratio([9, 41], [4, 96], [1, 1])
    assert value[0] == pytest.approx(math.log((10 / 42) / (5 / 97)))
    assert value[1] == pytest.approx(-value[0]), "of two items, what one gains the other loses"
    assert error[0] == pytest.approx(math.sqrt(1 / 10 + 1 / 5))


def test_sides_change_places_and_signs() -> None:
    there, back = ratio([9, 41], [4, 96], [2, 3]), ratio([4, 96], [9, 41], [2, 3])
    assert there[0] == pytest.approx([-each for each in back[0]]) and there[1] == pytest.approx(back[1])


def test_a_heavier_prior_draws_a_rare_item_to_no_difference() -> None:
    light, heavy = (ratio([1, 49], [0, 50], [weight * 0.1, weight * 0.9])[0][0] for weight in (1, 1000))
    assert light > 1 and abs(heavy) < 0.02


# ---- made-up talk ----


def talk(*rows: tuple[str, str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Statements (document, side, codes between commas) and their marks."""
    statements = pd.DataFrame([{"document_id": document, "speaker_side": side} for document, side, _ in rows])
    statements["statement_id"] = [f"s{number}" for number in range(len(rows))]
    said = [set(codes.split(",")) - {""} for _, _, codes in rows]
    codes = sorted(set().union(*said))
    marks = pd.DataFrame([[code in own for code in codes] for own in said], columns=codes)
    return statements, marks


SAID = [("p1", "partner", "visas,jobs"), ("p2", "partner", "jobs"), ("d1", "destination", "returns"),
        ("d2", "destination", "returns,jobs"), ("j1", "joint", "walls"), ("t1", "third", "walls,visas")]  # fmt: skip


def test_only_partners_and_destinations_are_heard() -> None:
    statements, marks = talk(*SAID)
    prior = log_odds.dirichlet_prior(marks, statements["document_id"], 1)
    found = analysis.log_odds_table(marks, statements, prior, SEED)
    assert found.index.tolist() == ["jobs", "visas", "returns"] or found.index.tolist() == ["visas", "jobs", "returns"]
    assert found.loc["jobs", ["partner", "destination", "n_partner", "n_destination"]].tolist() == [2, 1, 3, 3]
    assert found.loc["returns", "value"] < 0 < found.loc["visas", "value"]


def test_the_prior_weighs_as_many_documents_as_it_says() -> None:
    statements, marks = talk(*SAID)
    prior = log_odds.dirichlet_prior(marks, statements["document_id"], 3)
    assert prior.sum() == pytest.approx(3 * 9 / 6)
    assert prior["jobs"] == pytest.approx(3 * 3 / 6)


def test_a_side_that_is_silent_is_compared_with_nobody() -> None:
    statements, marks = talk(*SAID[:2])
    prior = log_odds.dirichlet_prior(marks, statements["document_id"], 1)
    assert analysis.log_odds_table(marks, statements, prior, SEED).empty
    assert analysis.permuted_z_scores(marks, statements, prior, SEED).shape == (analysis.N_SIDE_PERMUTATIONS, 0)


def test_statements_of_one_document_count_as_one_source_of_doubt() -> None:
    """The same counts from one document each side, or from many: the interval of the first knows nothing."""
    many = [(f"p{n}", "partner", "jobs") for n in range(20)] + [(f"d{n}", "destination", "visas") for n in range(20)]
    few = [(side[0], side, codes) for _, side, codes in many]
    mixed = [(f"{side[0]}{n % 4}", side, codes) for n, (_, side, codes) in enumerate(many)]
    widths = []
    for rows in (few, mixed, many):
        statements, marks = talk(*rows)
        found = analysis.log_odds_table(marks, statements, pd.Series({"jobs": 5.0, "visas": 5.0}), SEED).loc["jobs"]
        assert found["value"] == pytest.approx(math.log((25 / 5) / (5 / 25)))
        widths.append(found["high"] - found["low"])
    assert widths[1] > widths[2]


def test_most_keeps_the_strongest_of_either_side_and_their_totals() -> None:
    statements, marks = talk(*SAID)
    prior = log_odds.dirichlet_prior(marks, statements["document_id"], 1)
    whole, cut = (analysis.log_odds_table(marks, statements, prior, SEED, most) for most in (None, 1))
    assert cut.index.tolist() == [whole.index[0], whole.index[-1]]
    pd.testing.assert_frame_equal(cut, whole.loc[cut.index])


def test_dealing_keeps_what_was_said_in_a_document_together() -> None:
    statements, marks = talk(*[("p", "partner", "jobs")] * 30, *[("d", "destination", "visas")] * 30)
    z = analysis.permuted_z_scores(marks, statements, pd.Series({"jobs": 5.0, "visas": 5.0}), SEED)
    assert set(np.round(np.abs(z[:, 0]), 6)) == {round(abs(z[0, 0]), 6)}, "two hands can only be changed or not"
    assert 0.4 < (z[:, 0] > 0).mean() < 0.6


def test_silence_is_of_one_side_alone() -> None:
    statements, marks = talk(*SAID)
    found = analysis.absent_codes(marks, statements).set_index("code_id")
    assert found["silent"].to_dict() == {"returns": "partner", "visas": "destination"}
    assert found.loc["returns", ["statements", "documents", "of"]].tolist() == [2, 2, 2]
    assert found.loc["returns", "most"] == pytest.approx(1 - 0.025 ** (1 / 2))


def test_words_are_those_of_ten_documents_without_stop_words() -> None:
    texts = ["The visas and the VISA, été!", "two", "rare"] + ["visas of été; a42b"] * 9
    statements = pd.DataFrame({"statement_id": range(12), "document_id": range(12), "text": texts})
    found = analysis.word_counts(statements)
    assert found.columns.tolist() == ["visas", "été"]
    assert found.loc[0].tolist() == [1, 1] and found.loc[1].tolist() == [0, 0]


def test_talk_without_words_has_none() -> None:
    statements = pd.DataFrame({"statement_id": [1], "document_id": [1], "text": ["the of"]})
    assert analysis.word_counts(statements).shape == analysis.word_counts(statements.assign(text="")).shape == (1, 0)
    assert analysis.word_counts(statements.head(0)).shape == (0, 0)


# ---- the record, counted again ----


@pytest.fixture(scope="module")
def parts(real: Evidence) -> list[Part]:
    return dataset_parts.cases_and_partnerships(real, "either", "", "", "statement")


@pytest.fixture(scope="module")
def whole(real: Evidence) -> CodedStatements:
    return select_coded_statements(real, "either")


def every_statement() -> list[dict[str, str]]:
    found = [row for case in plain.CASES for row in plain.rows("statements", case)]
    return found + plain.rows("statements", folder="architecture")


def tokens(text: str) -> list[str]:
    """Runs of three letters or more that are no stop word."""
    return [word for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) > 2 and standing(word, text.lower())]


def standing(word: str, text: str) -> bool:
    """Whether a run of letters stands by itself, not beside a digit or underscore."""
    return word not in ENGLISH_STOP_WORDS and bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text))


@pytest.fixture(scope="module")
def background() -> tuple[Counter[str], int]:
    """How often each word of ten documents or more stands in all talk, and in how many documents all talk is."""
    counts: Counter[str] = Counter()
    documents: dict[str, set[str]] = defaultdict(set)
    for row in every_statement():
        for word in tokens(row["text"]):
            counts[word] += 1
            documents[word].add(row["document_id"])
    kept = {word: count for word, count in counts.items() if len(documents[word]) >= 10}
    return Counter(kept), len({row["document_id"] for row in every_statement()})


@each_case
def test_log_odds_of_three_words(
    parts: list[Part], whole: CodedStatements, background: tuple[Counter[str], int], case: str
) -> None:
    counts, documents = background
    said: dict[str, Counter[str]] = {"partner": Counter(), "destination": Counter()}
    for row in plain.rows("statements", case):
        if row["speaker_side"] in said:
            said[row["speaker_side"]].update(word for word in tokens(row["text"]) if word in counts)
    prior = {word: count * WEIGHT / documents for word, count in counts.items()}
    sizes = {side: own.total() + sum(prior.values()) for side, own in said.items()}
    part = next(part for part in parts if part.group == "case" and part.evidence.cases.index[0] == case)
    counted = analysis.word_counts(whole.statements)
    alpha = log_odds.dirichlet_prior(counted, whole.statements["document_id"], WEIGHT)
    found = analysis.log_odds_table(
        counted.loc[part.coded_statements.statements["statement_id"]], part.coded_statements.statements, alpha, SEED
    )
    spoken = [word for word in WORDS if any(own[word] for own in said.values())]
    assert set(WORDS) & set(found.index) == set(spoken)
    for word in spoken:
        one, two = (said[side][word] + prior[word] for side in said)
        odds = math.log(one / (sizes["partner"] - one)) - math.log(two / (sizes["destination"] - two))
        assert found.loc[word, "value"] == pytest.approx(odds)
        assert found.loc[word, "z"] == pytest.approx(odds / math.sqrt(1 / one + 1 / two))
        assert found.loc[word, "low"] <= odds <= found.loc[word, "high"]


@pytest.fixture(scope="module")
def contrasts(parts: list[Part], whole: CodedStatements, real: Evidence) -> pd.DataFrame:
    return analysis.code_log_odds(parts, whole, real.codes, WEIGHT, SEED)


def in_talk(kind: str) -> tuple[Counter[str], int]:
    """How often all talk has each code of a kind, either reading; and its documents."""
    known = plain.labels(kind)
    pairs = set()
    for folder in [*(f"cases/{case}" for case in plain.CASES), "architecture"]:
        pairs |= {(row["statement_id"], row["code_id"]) for row in plain.rows("codings", folder=folder)}
    documents = {row["document_id"] for row in every_statement()}
    return Counter(code for _, code in pairs if code in known), len(documents)


@each_case
@pytest.mark.parametrize("kind", ["frames", "policy_areas"])
def test_log_odds_of_codes_in_each_partnership(contrasts: pd.DataFrame, case: str, kind: str) -> None:
    counts, documents = in_talk(kind)
    prior = {code: count * WEIGHT / documents for code, count in counts.items()}
    given, rows = plain.given(case, kind), plain.rows("statements", case)
    for partnership in plain.rows("partnerships", case):
        said: dict[str, Counter[str]] = {"partner": Counter(), "destination": Counter()}
        for row in rows:
            if row["partnership_id"] == partnership["partnership_id"] and row["speaker_side"] in said:
                said[row["speaker_side"]].update(given[row["statement_id"]])
        own = contrasts[(contrasts["part"].str.split(" \\(").str[0] == partnership["partner"])]
        own = own[(own["group"] == "partnership") & own["code_id"].isin(prior)].set_index("code_id")
        if not all(side.total() for side in said.values()):
            assert own.empty
            continue
        assert set(own.index) == {code for side in said.values() for code in side}
        sizes = {side: mentions.total() + sum(prior.values()) for side, mentions in said.items()}
        for code, row in own.iterrows():
            one, two = (said[side][str(code)] + prior[str(code)] for side in said)
            odds = math.log(one / (sizes["partner"] - one)) - math.log(two / (sizes["destination"] - two))
            assert row["value"] == pytest.approx(odds)
            assert (row["partner"], row["destination"]) == tuple(said[side][str(code)] for side in said)


def test_clear_is_what_z_and_interval_call_so_and_three_documents_say(contrasts: pd.DataFrame) -> None:
    for row in contrasts.to_dict("records"):
        apart = not row["low"] <= 0 <= row["high"]
        assert row["clear"] == (apart and abs(row["z"]) >= 1.96 and row["documents"] >= 3)
        assert row["side"] == ("partner" if row["value"] > 0 else "destination")


@each_case
def test_sizes_of_both_sides(parts: list[Part], case: str) -> None:
    dates = {row["document_id"]: row["date"] for row in plain.rows("documents", case)}
    row = analysis.side_sizes_by_part(parts).set_index("label").loc[plain.facts(case)["short"]]
    for side in ("partner", "destination"):
        own = [each for each in plain.rows("statements", case) if each["speaker_side"] == side]
        assert row[f"{side}_statements"] == len(own)
        assert row[f"{side}_documents"] == len({each["document_id"] for each in own})
        assert row[f"{side}_dated"] == sum(bool(dates[each["document_id"]]) for each in own)


def test_over_time_keeps_spans_in_which_both_sides_speak(
    real: Evidence, parts: list[Part], whole: CodedStatements
) -> None:
    for part in parts:
        if part.group != "case":
            continue
        case = str(part.evidence.cases.index[0])
        years = {row["document_id"]: row["date"][:4] for row in plain.rows("documents", case)}
        spoken: Counter[tuple[int, str]] = Counter()
        for row in plain.rows("statements", case):
            if year := years[row["document_id"]]:
                spoken[(int(year) - 2000) // 3 * 3 + 2000, row["speaker_side"]] += 1
        firsts = {first for first, _ in spoken}
        both = {first for first in firsts if min(spoken[first, side] for side in analysis.COMPARED_SIDES) >= 10}
        found = analysis.log_odds_over_time(part, whole, real, WEIGHT, SEED)
        assert {int(str(span)[:4]) for span in found["part"]} == both


def test_partnerships_beside_others_of_their_case_are_followed_too(
    real: Evidence, parts: list[Part], whole: CodedStatements
) -> None:
    expected = {}
    for case in plain.CASES:
        years = {row["document_id"]: row["date"][:4] for row in plain.rows("documents", case)}
        partnerships = plain.rows("partnerships", case)
        for partnership in partnerships if len(partnerships) > 1 else ():
            spoken: Counter[tuple[int, str]] = Counter()
            for row in plain.rows("statements", case):
                if row["partnership_id"] == partnership["partnership_id"] and (year := years[row["document_id"]]):
                    spoken[(int(year) - 2000) // 3 * 3 + 2000, row["speaker_side"]] += 1
            for first in {first for first, _ in spoken}:
                sizes = tuple(spoken[first, side] for side in ("partner", "destination"))
                if min(sizes) >= 10:
                    expected[partnership["partner"], first] = sizes
    found = analysis.partnership_log_odds_over_time(parts, whole, real, WEIGHT, SEED)["column"].unique()
    said = [re.fullmatch(r"(.+?) (\d{4})–\d{4} \((\d+) : (\d+)\)", column) for column in found]
    assert expected == {(each[1], int(each[2])): (int(each[3]), int(each[4])) for each in said if each}


@each_case
def test_silences_of_each_partnership(real: Evidence, parts: list[Part], case: str) -> None:
    found = plot_data.absent_code_rows(analysis.absent_codes_by_partnership(parts), real.codes)
    given = {}
    for kind in ("frames", "policy_areas"):
        for statement, codes in plain.given(case, kind).items():
            given[statement] = given.get(statement, set()) | codes
    names = plain.labels("frames") | plain.labels("policy_areas")
    for partnership in plain.rows("partnerships", case):
        own = [r for r in plain.rows("statements", case) if r["partnership_id"] == partnership["partnership_id"]]
        said = {side: Counter(c for r in own if r["speaker_side"] == side for c in given[r["statement_id"]])
                for side in analysis.COMPARED_SIDES}  # fmt: skip
        expected = set()
        for side, other in (analysis.COMPARED_SIDES, analysis.COMPARED_SIDES[::-1]):
            if any(row["speaker_side"] == other for row in own):
                alone = {code for code, count in said[side].items() if count >= 3 and not said[other][code]}
                expected |= {(names[code], side) for code in alone}
        rows = found[found["part"].str.split(" \\(").str[0] == partnership["partner"]]
        assert set(zip(rows["label"], rows["speaks"], strict=True)) == expected


def test_a_project_in_which_partners_never_speak_has_the_page(project: Path) -> None:
    known = load_evidence(project)
    parts = dataset_parts.cases_and_partnerships(known, "either", "", "", "statement")
    whole = select_coded_statements(known, "either")
    assert analysis.code_log_odds(parts, whole, known.codes, WEIGHT, SEED).empty
    assert analysis.word_log_odds(parts, whole, WEIGHT, 8, SEED).empty
    assert plot_data.absent_code_rows(analysis.absent_codes_by_partnership(parts), known.codes).empty
    assert all(analysis.log_odds_over_time(part, whole, known, WEIGHT, SEED).empty for part in parts)
    assert analysis.partnership_log_odds_over_time(parts, whole, known, WEIGHT, SEED).empty
    assert made.CASES == ("aland", "bland")
