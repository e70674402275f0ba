"""The comparison of cases, counted again from their files."""

import math
from collections import Counter
from pathlib import Path

import made
import numpy as np
import plain
import pytest
from compendium.chapters import agreement, comparison
from compendium.dataset import parts as dataset_parts
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.dataset.parts import Part
from compendium.reporting import plot_data

SEED = 20101130

each_case = pytest.mark.parametrize("case", plain.CASES)
with_practice = pytest.mark.parametrize("case", plain.PRACTISED)


@pytest.fixture(scope="module")
def parts(real: Evidence) -> list[Part]:
    return dataset_parts.cases_and_partnerships(real, "either", "", "", "statement")


def short(case: str) -> str:
    return plain.facts(case)["short"]


def test_each_case_is_followed_by_its_partnerships(parts: list[Part]) -> None:
    expected = []
    for case in plain.CASES:
        expected += [(short(case), "case")]
        expected += [(row["partner"], "partnership") for row in plain.rows("partnerships", case)]
    assert [(part.label.split(" (")[0], part.group) for part in parts] == expected
    assert len({part.label for part in parts}) == len(parts)


def test_partnerships_divide_the_measures_of_their_case(parts: list[Part]) -> None:
    for case in plain.CASES:
        own = [part for part in parts if part.group == "partnership" and part.evidence.cases.index[0] == case]
        assert sum(len(part.evidence.measures) for part in own) == len(plain.rows("measures", case))


@each_case
def test_what_the_comparison_rests_on(real: Evidence, case: str) -> None:
    row = comparison.case_row_counts(real).set_index("case").loc[short(case)]
    for table in ("documents", "statements", "commitments", "measures"):
        assert row[table] == len(plain.rows(table, case))
    documents = plain.rows("documents", case)
    assert row["openings"] == sum(each["coverage"] == "opening" for each in documents)
    assert row["undated"] == sum(not each["date"] for each in documents)


@with_practice
def test_families_of_each_case(parts: list[Part], case: str) -> None:
    families = comparison.family_shares_by_case(parts, SEED)
    done = plain.shared(plain.in_families(plain.areas(plain.realised(case))))
    own = families[(families["case"] == short(case)) & (families["stage"] == "practice")]
    shares = own.set_index("family")["share"]
    assert {name: share for name, share in shares.items() if share} == pytest.approx(done)


@each_case
def test_frames_of_each_case(parts: list[Part], case: str) -> None:
    frames = comparison.frame_shares_by_case(parts, "statement", SEED)
    given = plain.given(case, "frames")
    own = frames[frames["group"] == f"{short(case)} (n = {len(given)})"].set_index("code_id")["count"]
    assert own[own > 0].to_dict() == Counter(code for codes in given.values() for code in codes)


@with_practice
def test_gaps_of_each_case(parts: list[Part], case: str) -> None:
    gaps = comparison.gaps_by_case(parts, SEED)
    own = gaps[gaps["group"] == short(case)].set_index("code_id")["gap"]
    said, done = plain.shared(plain.remedies(case)), plain.shared(plain.areas(plain.realised(case)))
    assert own.to_dict() == pytest.approx(
        {code: 100 * (done.get(code, 0) - said.get(code, 0)) for code in {*said, *done}}
    )


def profiles(case: str) -> tuple[list[float], list[float]]:
    said, done = plain.shared(plain.remedies(case)), plain.shared(plain.areas(plain.realised(case)))
    codes = plain.labels("policy_areas")
    return [said.get(code, 0) for code in codes], [done.get(code, 0) for code in codes]


def entropy(shares: list[float]) -> float:
    return -sum(share * math.log2(share) for share in shares if share)


@with_practice
def test_distance_between_talk_and_practice(parts: list[Part], case: str) -> None:
    found = comparison.talk_practice_distances(parts, SEED)
    row = found[(found["label"] == short(case)) & (found["what"] == "distance")].iloc[0]
    said, done = profiles(case)
    middle = [(one + two) / 2 for one, two in zip(said, done, strict=True)]
    assert row["value"] == pytest.approx(math.sqrt(entropy(middle) - (entropy(said) + entropy(done)) / 2))
    assert (row["talk"], row["practice"]) == (plain.remedies(case).total(), len(plain.realised(case)))


@with_practice
def test_breadth(parts: list[Part], case: str) -> None:
    found = comparison.policy_area_breadth(parts, SEED)
    own = found[(found["label"] == short(case)) & (found["kind"] == "case")].set_index("group")["value"]
    said, done = profiles(case)
    assert own["talk"] == pytest.approx(2 ** entropy(said))
    assert own["practice"] == pytest.approx(2 ** entropy(done))


@each_case
def test_types_of_actors(real: Evidence, case: str) -> None:
    measures = plain.rows("measures", case)
    types = Counter(kind.strip() for row in measures for kind in row["actor_types"].split(";"))
    found = comparison.actor_type_shares_by_case(real)
    own = found[found["group"] == f"{short(case)} (n = {len(measures)})"]
    assert dict(zip(own["actor_types"], own["count"], strict=True)) == types
    assert own["share"].tolist() == pytest.approx([types[kind] / len(measures) for kind in own["actor_types"]])


def nominal_alpha(pairs: list[tuple[bool, bool]]) -> float:
    """Krippendorff's alpha of two coders and two values, from its coincidence matrix."""
    ones = sum(one + two for one, two in pairs)
    n = 2 * len(pairs)
    differ = sum(one != two for one, two in pairs)
    return 1 - (n - 1) * 2 * differ / (2 * ones * (n - ones)) if 0 < ones < n else math.nan


@each_case
def test_agreement_of_each_case(real: Evidence, case: str) -> None:
    found = agreement.code_alphas_by_case(real, SEED)
    own = found[found["case"] == short(case)].set_index("code_id")["value"]
    expected = {}
    for kind in ("frames", "policy_areas"):
        first, second = plain.given(case, kind, "A"), plain.given(case, kind, "B")
        for code in plain.labels(kind):
            expected[code] = nominal_alpha([(code in first[each], code in second[each]) for each in first])
    assert own.to_dict() == pytest.approx({code: value for code, value in expected.items() if not math.isnan(value)})


def test_sets_of_codes_last_of_all_statements(real: Evidence) -> None:
    sets = agreement.set_alphas(real, SEED)
    assert sets["label"].tolist()[:-2] == [short(case) for case in plain.CASES]
    sizes = [len(plain.rows("statements", case)) for case in plain.CASES]
    sizes.append(len(plain.rows("statements", folder="architecture")))
    assert sets["n"].tolist() == [*sizes, sum(sizes)]
    for case, same in zip(plain.CASES, sets["same"], strict=False):
        first, second = ({kind: plain.given(case, kind, who) for kind in ("frames", "policy_areas")} for who in "AB")
        equal = [all(first[kind][each] == second[kind][each] for kind in first) for each in first["frames"]]
        assert same == pytest.approx(np.mean(equal))


def test_a_partner_of_two_cases_has_a_row_for_each(project: Path) -> None:
    labels = [
        part.label
        for part in dataset_parts.cases_and_partnerships(load_evidence(project), "either", "", "", "statement")
    ]
    assert labels == ["Aland", "Xland (Aland)", "Bland", "Xland (Bland)"]


def test_a_partner_named_as_a_case_is_not_taken_for_it(project: Path) -> None:
    row = {"case_id": "aland", "partnership_id": "aland-x", "partner": "Bland", "founding_event_id": "aland-e1"}
    made.write(project / "data/cases/aland", "partnerships", [row])
    labels = [
        part.label
        for part in dataset_parts.cases_and_partnerships(load_evidence(project), "either", "", "", "statement")
    ]
    assert labels == ["Aland", "Bland (Aland)", "Bland", "Xland"]


def test_a_period_holds_for_talk_and_measures(real: Evidence) -> None:
    part = dataset_parts.cases_and_partnerships(real, "either", "2008", "2008", "statement")[0]
    case = plain.CASES[0]
    dated = {row["document_id"] for row in plain.rows("documents", case) if row["date"].startswith("2008")}
    assert len(part.coded_statements.statements) == sum(
        row["document_id"] in dated for row in plain.rows("statements", case)
    )
    begun = [row for row in plain.realised(case) if row["start"].startswith("2008")]
    assert part.stage_tables["practice"].to_numpy().sum() == len(begun)
    assert set(part.stage_tables) == set(plot_data.STAGE_ORDER)
