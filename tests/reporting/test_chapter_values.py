"""The numbers that pages cite, counted again from the files of each case."""

import json
from pathlib import Path
from typing import Any

import made
import pandas as pd
import plain
import pytest
from compendium.chapters import agreement, comparison, discourse, implementation, overview
from compendium.dataset import parts as dataset_parts
from compendium.dataset.coded_statements import CODERS, CodedStatements, select_coded_statements
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.reporting import plot_data
from compendium.reporting.inline_values import InlineValues, Number, Phrase
from compendium.stats import profiles

SEED = 20101130

each_case = pytest.mark.parametrize("case", plain.CASES)
with_practice = pytest.mark.parametrize("case", plain.PRACTISED)


def tables_of(own: Evidence) -> dict[str, pd.DataFrame]:
    return dataset_parts.stage_tables(
        select_coded_statements(own, "either"), own.commitments, own.measures, own, "statement"
    )


def partnership_share(talk: CodedStatements, own: Evidence) -> Number:
    return discourse.group_share(discourse.frame_group_shares(talk, own.frames, "statement", SEED), "partnership")


def gap_values(tables: dict[str, pd.DataFrame], own: Evidence) -> InlineValues:
    return implementation.gap_values(
        implementation.family_shares(tables, own, SEED),
        plot_data.with_code_labels(implementation.talk_practice_gaps(tables, SEED), own.policy_areas),
        profiles.profile_distances(tables["talk"], tables["practice"], SEED),
    )


def value(number: Number | Phrase) -> float:
    assert isinstance(number, Number)
    return number.value


def texts(numbers: InlineValues) -> dict[str, str]:
    return {name: number.text for name, number in numbers.items()}


@with_practice
def test_the_first_page_of_a_case(real: Evidence, case: str) -> None:
    own = real.case(case)
    numbers = overview.overview_values(own, implementation.family_shares(tables_of(own), own, SEED))
    documents = plain.rows("documents", case)
    years = sorted(row["date"][:4] for row in documents if row["date"])
    assert (numbers["first_year"].text, numbers["last_year"].text) == (years[0], years[-1])
    for table in ("documents", "statements", "commitments", "measures"):
        assert value(numbers[table]) == len(plain.rows(table, case))
    assert value(numbers["openings_share"]) == pytest.approx(
        sum(row["coverage"] == "opening" for row in documents) / len(documents)
    )
    assert value(numbers["undated_share"]) == pytest.approx(1 - len(years) / len(documents))
    stages = {"talk": plain.remedies(case), "practice": plain.areas(plain.realised(case))}
    for stage, counts in stages.items():
        families = plain.in_families(counts)
        (largest, count), *_ = families.most_common(1)
        assert numbers[f"{stage}_family"].text == largest
        assert value(numbers[f"{stage}_family_share"]) == pytest.approx(count / families.total())


@each_case
@pytest.mark.parametrize("coder", CODERS)
def test_the_page_on_talk(real: Evidence, case: str, coder: str) -> None:
    own = real.case(case)
    talk = select_coded_statements(own, coder)
    frames = plot_data.labelled_code_shares(
        discourse.statement_shares(talk.frames, talk, "statement", SEED), own.frames
    )
    areas = plot_data.labelled_code_shares(
        discourse.statement_shares(talk.areas, talk, "statement", SEED), own.policy_areas
    )
    numbers = discourse.discourse_values(talk, discourse.documents_read(own, talk), frames, areas)
    for name, kind in (("frame", "frames"), ("area", "policy_areas")):
        given = plain.given(case, kind, coder)
        counts = {code: sum(code in codes for codes in given.values()) for code in plain.labels(kind)}
        best = max(counts, key=lambda code: counts[code])
        assert numbers[f"top_{name}"].text == plain.labels(kind)[best]
        assert value(numbers[f"top_{name}_share"]) == pytest.approx(counts[best] / len(given))
    given = plain.given(case, "frames", coder)
    group = {row["code_id"] for row in plain.rows("frames", folder="codebook") if row["group"] == "partnership"}
    share = partnership_share(talk, own)
    assert share.value == pytest.approx(sum(bool(codes & group) for codes in given.values()) / len(given))
    assert share.n == len(given) == value(numbers["statements"])
    assert value(numbers["documents"]) == len({row["document_id"] for row in plain.rows("statements", case)})


@with_practice
def test_the_page_on_practice(real: Evidence, case: str) -> None:
    own = real.case(case)
    tables = tables_of(own)
    numbers = gap_values(tables, own)
    said, done = plain.shared(plain.remedies(case)), plain.shared(plain.areas(plain.realised(case)))
    gaps = {code: 100 * (done.get(code, 0) - said.get(code, 0)) for code in {*said, *done}}
    for name, code in (
        ("most_below", min(gaps, key=gaps.__getitem__)),
        ("most_above", max(gaps, key=gaps.__getitem__)),
    ):
        assert numbers[name].text == plain.labels("policy_areas")[code]
        assert value(numbers[f"{name}_gap"]) == pytest.approx(gaps[code])
    families = plain.in_families(plain.areas(plain.realised(case)))
    (largest, count), *_ = families.most_common(1)
    assert numbers["top_family"].text == largest
    assert value(numbers["top_family_share"]) == pytest.approx(count / families.total())
    counts = implementation.implementation_values(own.measures, own.commitments)
    measures = plain.rows("measures", case)
    assert value(counts["measures"]) == len(measures)
    assert value(counts["realised"]) == len(plain.realised(case))
    assert value(counts["budget_known"]) == pytest.approx(sum(bool(row["budget"]) for row in measures) / len(measures))


def test_the_comparison(real: Evidence) -> None:
    parts = dataset_parts.cases_and_partnerships(real, "either", "", "", "statement")
    distances, breadth = comparison.talk_practice_distances(parts, SEED), comparison.policy_area_breadth(parts, SEED)
    numbers = comparison.comparison_values(real, comparison.family_shares_by_case(parts, SEED), distances, breadth)

    def total(table: str) -> int:
        return sum(len(plain.rows(table, case)) for case in plain.CASES)

    assert value(numbers["cases"]) == len(plain.CASES)
    for table in ("partnerships", "documents", "statements", "commitments", "measures"):
        assert value(numbers[table]) == total(table)
    languages = {row["language"] for case in plain.CASES for row in plain.rows("documents", case)}
    assert value(numbers["languages"]) == len(languages)
    assert value(numbers["codings"]) == total("codings")
    for case in plain.PRACTISED:
        families = plain.in_families(plain.areas(plain.realised(case)))
        assert f"{families.most_common(1)[0][0]} ({plain.facts(case)['short']})" in numbers["practice_families"].text
    apart = distances[(distances["what"] == "distance") & (distances["group"] == "case")].set_index("label")["value"]
    assert numbers["furthest_case"].text == apart.idxmax()
    assert value(numbers["furthest_distance"]) == apart.max()


def test_agreement(real: Evidence) -> None:
    alphas = pd.DataFrame({"value": [0.9, 0.7, 0.667, 0.5, float("nan")]})
    sets = agreement.set_alphas(real, SEED)
    numbers = agreement.agreement_values(alphas, sets)
    assert [value(numbers[name]) for name in ("codes", "alpha_low_codes", "alpha_very_low_codes")] == [5, 3, 1]
    assert value(numbers["same_share"]) == sets["same"].iloc[-1]


def test_every_number_of_the_record_says_what_it_is(root: Path) -> None:
    found = 0
    for path in sorted((root / "results").glob("*.json")):
        for template, entries in json.loads(path.read_text(encoding="utf-8")).items():
            for name, entry in entries.items():
                found += 1
                assert len(entry["meaning"].split()) > 1 or entry["unit"] == "count", f"{path.name} {template}.{name}"
                assert entry["meaning"] and "nan" not in f"{entry['text']} {entry['meaning']}".split(), name
    assert found


# ---- a young case ----


@pytest.fixture
def young(project: Path) -> Evidence:
    """The made-up case bland with one document and nothing else."""
    folder = project / "data/cases/bland"
    for table in ("partnerships", "statements", "codings", "commitments", "measures", "events"):
        made.write(folder, table, [])
    made.write(folder, "documents", [{"document_id": "bland-d1", "case_id": "bland", "date": ""}])
    made.write(project / "data/architecture", "documents", [{"document_id": "world-d1", "case_id": "architecture"}])
    made.write(project / "data/architecture", "links", [])
    return load_evidence(project)


def test_of_a_case_with_one_document_little_is_known(young: Evidence) -> None:
    own = young.case("bland")
    tables, talk = tables_of(own), select_coded_statements(own, "either")
    shares = plot_data.labelled_code_shares(
        discourse.statement_shares(talk.frames, talk, "statement", SEED), own.frames
    )
    case = texts(overview.overview_values(own, implementation.family_shares(tables, own, SEED)))
    assert (
        case["first_year"] == case["last_year"] == case["practice_family"] == case["talk_family_share"] == "not known"
    )
    assert (case["documents"], case["measures"]) == ("1", "0")
    gaps = texts(gap_values(tables, own))
    assert set(gaps.values()) == {"not known"}
    said = texts(discourse.discourse_values(talk, own.documents[:0], shares, shares))
    assert said["top_frame"] == said["top_area_share"] == said["openings_share"] == "not known"
    assert texts(implementation.implementation_values(own.measures, own.commitments))["budget_known"] == "not known"
    assert partnership_share(talk, own).text == "not known"


def test_a_code_that_the_codebook_has_not_is_not_known(young: Evidence) -> None:
    talk = select_coded_statements(young.case("aland"), "either")
    shares = plot_data.labelled_code_shares(
        discourse.statement_shares(talk.frames, talk, "statement", SEED), young.frames
    )
    assert discourse.code_share(shares, "equals").text.endswith("%")
    assert discourse.code_share(shares, "elves").text == "not known"


def test_a_case_of_which_nothing_is_known_does_not_lead_the_comparison(young: Evidence) -> None:
    parts = dataset_parts.cases_and_partnerships(young, "either", "", "", "statement")
    compared: dict[str, Any] = comparison.comparison_values(
        young,
        comparison.family_shares_by_case(parts, SEED),
        comparison.talk_practice_distances(parts, SEED),
        comparison.policy_area_breadth(parts, SEED),
    )
    assert compared["furthest_case"].text == "Aland"
    assert compared["practice_families"].text == "security (Aland)"
    assert "Bland" not in str(texts(compared))


def test_intervals_that_a_single_document_can_not_give_are_left_out(project: Path) -> None:
    folder = project / "data/cases/aland"
    made.write(folder, "statements", [made.statement("aland-d1", position) for position in (1, 2)])
    made.write(
        folder,
        "codings",
        [*made.codings("aland-d1-s1", A="equals", B="equals"), *made.codings("aland-d1-s2", A="none", B="none")],
    )
    own = load_evidence(project).case("aland")
    share = partnership_share(select_coded_statements(own, "either"), own)
    assert share.text_with_interval.replace("\N{NO-BREAK SPACE}", " ") == "50 % (n = 2)"
