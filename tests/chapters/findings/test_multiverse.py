"""Findings in every universe: the fast pass says what one universe says, and the summary says what the pass says."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from compendium.chapters.findings import cache, verdicts
from compendium.chapters.findings import multiverse as findings_multiverse
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Multiverse
from compendium.chapters.findings.simulated_coder import SimulatedCoder, coder_confusion
from compendium.chapters.findings.verdicts import VERDICT_STATUSES
from compendium.dataset import choices, registration
from compendium.dataset.choices import Choices
from compendium.dataset.evidence import Evidence
from compendium.errors import InvalidData
from compendium.stats.arrays import weighted_median
from compendium.stats.permutation import permutation_p, permute_labels

SEED = 20101130
DISCOURSE = ["F01", "F02", "F03", "F04", "F05", "F06"]


@pytest.fixture(scope="module")
def declared(root: Path, real: Evidence) -> Choices:
    return choices.load_choices(root, real)


@pytest.fixture(scope="module")
def sheets(root: Path, real: Evidence, declared: Choices) -> IndicatorTables:
    return IndicatorTables(real, registration.load_register(root, real), declared)


@pytest.fixture(scope="module")
def found(root: Path, sheets: IndicatorTables) -> dict[str, Multiverse]:
    return cache.cached_multiverses(root, sheets, SEED)


def test_every_finding_has_its_universes(found: dict[str, Multiverse], sheets: IndicatorTables) -> None:
    assert list(found) == sheets.register.findings["finding_id"].tolist()
    assert all(found[finding_id].status_codes.size >= 1000 for finding_id in DISCOURSE)


@pytest.mark.slow
def test_all_universes_take_less_than_thirty_seconds_on_two_cores(
    sheets: IndicatorTables, found: dict[str, Multiverse]
) -> None:
    """Processor time, which two cores share, for others may keep the machine busy while tests run."""
    start = time.process_time()
    computed = findings_multiverse.compute_multiverses(sheets, SEED)
    assert time.process_time() - start < 2 * 30
    for finding_id, multiverse in found.items():
        np.testing.assert_array_equal(
            computed[finding_id].status_codes, multiverse.status_codes, "what is remembered is right"
        )


@pytest.mark.parametrize("place", range(24))
def test_the_pass_over_all_universes_says_what_a_single_one_says(
    place: int, found: dict[str, Multiverse], sheets: IndicatorTables, declared: Choices
) -> None:
    """A universe at random for each finding, and the default one first."""
    generator = np.random.default_rng(place)
    for finding_id, multiverse in found.items():
        at = (
            tuple(generator.integers(size) for size in multiverse.status_codes.shape)
            if place
            else multiverse.default_index
        )
        taken = {choice.id: choice.ids[where] for choice, where in zip(multiverse.choices, at, strict=True)}
        verdict = verdicts.evaluate_finding(
            sheets, finding_id, choices.default_universe(declared, **taken), SEED, n_resamples=0
        )
        assert VERDICT_STATUSES[multiverse.status_codes[at]] == verdict.status, (finding_id, taken)
        single = {(each.unit, each.description): each for each in verdict.criteria}
        for curve in multiverse.curves:
            if (curve.unit, curve.description) in single:
                figure = single[curve.unit, curve.description]
                values, bounds = (curve.value[at], figure.value), (curve.bound[at], figure.bound)
                assert np.allclose(*values, equal_nan=True) and np.allclose(*bounds, equal_nan=True), (
                    finding_id,
                    taken,
                )


def test_no_choice_is_kept_that_changes_nothing(found: dict[str, Multiverse]) -> None:
    for multiverse in found.values():
        for axis in range(len(multiverse.choices)):
            arrays = [
                multiverse.status_codes,
                *(a for curve in multiverse.curves for a in (curve.value, curve.bound, curve.passes)),
            ]
            first = [np.take(array, [0], axis) for array in arrays]
            assert any(
                not np.array_equal(a, np.broadcast_to(b, a.shape), equal_nan=True)
                for a, b in zip(arrays, first, strict=True)
            )


def test_partnerships_outside_the_scope_are_no_option(found: dict[str, Multiverse], sheets: IndicatorTables) -> None:
    case = sheets.evidence.partnerships.set_index("partnership_id")["case_id"]
    for row in sheets.register.findings.itertuples():
        for choice in found[row.finding_id].choices:
            if choice.id == "left_out":
                assert {case[each] for each in choice.ids[1:]} <= {case.get(unit, unit) for unit in row.scope}


def test_the_share_counts_universes_of_equivalent_options_and_leaves_undefined_ones_aside(
    found: dict[str, Multiverse],
) -> None:
    for multiverse in found.values():
        table, told = findings_multiverse.universe_rows(multiverse), findings_multiverse.assess_robustness(multiverse)
        assert sum(told.all_counts.values()) == len(table)
        assert told.all_counts == {status: int((table["status"] == status).sum()) for status in VERDICT_STATUSES}
        headline = table[table["equivalent"] & (table["status"] != "not testable")]
        if len(headline):
            assert told.holding_share == pytest.approx((headline["status"] == "holds").mean())
        else:
            assert np.isnan(told.holding_share)
        for choice in multiverse.choices:
            defined = table[table["status"] != "not testable"]
            shares = defined.groupby(choice.id)["status"].agg(lambda own: (own == "holds").mean())
            for option, share in shares.items():
                assert told.sensitivity[choice.id][option] == pytest.approx(share)


def test_equivalent_universes_take_equivalent_options_only(found: dict[str, Multiverse], declared: Choices) -> None:
    for multiverse in found.values():
        table = findings_multiverse.universe_rows(multiverse)
        fine = pd.Series(True, index=table.index)
        for choice in multiverse.choices:
            fine &= table[choice.id].map(
                lambda option, choice=choice: declared[choice.id].option(option).status == "equivalent"
            )
        assert table["equivalent"].tolist() == fine.tolist()


def test_the_smallest_overturning_sets_overturn_and_nothing_smaller_does(
    found: dict[str, Multiverse], declared: Choices
) -> None:
    for multiverse in found.values():
        told, table = findings_multiverse.assess_robustness(multiverse), findings_multiverse.universe_rows(multiverse)
        names = [choice.id for choice in multiverse.choices]
        changed = sum((table[name] != declared[name].default for name in names), pd.Series(0, index=table.index))
        turned = (table["status"] == "holds") != (told.default_status == "holds")
        if told.default_status == "holds":
            turned &= table["status"] != "not testable"
        if not told.overturning_choices:
            assert not turned.any()
            continue
        size = len(told.overturning_choices[0])
        assert all(len(each) == size for each in told.overturning_choices)
        assert size == changed[turned].min()
        assert len(told.overturning_choices) == (turned & (changed == size)).sum()
        for each in told.overturning_choices:
            here = np.logical_and.reduce([table[name] == each.get(name, declared[name].default) for name in names])
            assert turned[here].all() and here.sum() == 1


# Redrawn codings


def test_redrawn_codings_keep_how_often_a_code_is_given(sheets: IndicatorTables, declared: Choices) -> None:
    """A redraw is one reading more: its shares lie about midway between those of A and of B."""
    universe = choices.default_universe(declared)
    redrawn = SimulatedCoder(sheets, universe, SEED, 200)
    for case in sheets.evidence.cases.index:
        shares = redrawn.count("partnership", case).share("partnership")
        singles = [
            float(verdict.criteria[0].value)
            for coder in ("A", "B")
            for verdict in [
                verdicts.evaluate_finding(sheets, "F01", choices.default_universe(declared, coder=coder), SEED, 0)
            ]
            for figure in verdict.criteria
            if figure.unit == case
        ]
        assert len(shares) == 200 and 0 < shares.std() < 0.05
        assert min(singles) - 0.06 < shares.mean() < max(singles) + 0.06


def test_coders_who_agree_leave_no_noise(sheets: IndicatorTables, declared: Choices, real: Evidence) -> None:
    of_a = real.codings[real.codings["coder"] == "A"]
    agreed = replace(real, codings=pd.concat([of_a, of_a.assign(coder="B")], ignore_index=True))
    same = IndicatorTables(agreed, sheets.register, declared)
    table = coder_confusion(same)
    given = agreed.codings["code_id"].unique()
    used = [place for place, code in enumerate(same.code_ids) if code in given]
    assert (table[:, 1, used] == 1).all() and (table[:, 0] == 0).all()
    noise = findings_multiverse.simulated_status_counts(same, choices.default_universe(declared), SEED, 20)
    for finding_id, counts in noise.items():
        alone = verdicts.evaluate_finding(same, finding_id, choices.default_universe(declared), SEED, 0).status
        assert counts[alone] == 20


def test_noise_is_told_of_findings_on_talk_alone(sheets: IndicatorTables, declared: Choices) -> None:
    noise = findings_multiverse.simulated_status_counts(sheets, choices.default_universe(declared), SEED, 10)
    assert set(noise) == {*DISCOURSE, "F09", "F10"}
    assert all(sum(counts.values()) == 10 for counts in noise.values())


# Pieces


def test_weighted_median_is_the_median_of_repeated_values() -> None:
    generator = np.random.default_rng(1)
    for _ in range(50):
        values, weights = generator.normal(size=6), generator.integers(0, 4, size=6).astype(float)
        repeated = np.repeat(values, weights.astype(int))
        expected = np.median(repeated) if len(repeated) else np.nan
        assert weighted_median(values, weights) == pytest.approx(expected, nan_ok=True)


def test_permutation_finds_a_difference_and_none() -> None:
    """Made-up documents: two units that name different codes, and two that can not be told apart."""
    labels = permute_labels(np.repeat([0, 1], 12), SEED)
    sizes = np.ones((1, 24))
    apart = np.zeros((1, 24, 1, 2))
    apart[0, :12, 0, 0] = apart[0, 12:, 0, 1] = 1.0
    alike = np.zeros((1, 24, 1, 2))
    alike[0, ::2, 0, 0] = alike[0, 1::2, 0, 1] = 1.0
    for weight in ("statement", "document", "speaker_side"):
        assert permutation_p(apart, sizes, labels, weight)["root"][0] == pytest.approx(1 / 200)
        assert permutation_p(alike, sizes, labels, weight)["root"][0] > 0.9


# The file of choices


def load_edited(root: Path, real: Evidence, target: Path, old: str, new: str) -> Choices:
    text = (root / choices.CHOICES_FILE).read_text(encoding="utf-8")
    assert old in text
    path = target / choices.CHOICES_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return choices.load_choices(target, real)


@pytest.mark.parametrize(
    ("old", "new", "column", "value"),
    [
        ("- id: coder", "- id: rater", "id", "rater"),
        ("default: either", "default: eether", "default", "eether"),
        ("- id: A\n", "- id: C\n", "id", "C"),
        ("status: not equivalent", "status: different", "status", "different"),
        ("      why: The claims are tested on all that was found.\n", "", "why", ""),
        ('      until: "2012"', '      unto: "2012"', "unto", ""),
        ("[equality_ownership]", "[equality_ownershop]", "merge", "equality_ownershop"),
        ("question: Whose reading of a statement counts?", "question: The coder", "question", "The coder"),
    ],
)
def test_faults_of_choices_are_told_with_their_line(
    root: Path, real: Evidence, tmp_path: Path, old: str, new: str, column: str, value: str
) -> None:
    with pytest.raises(InvalidData) as caught:
        load_edited(root, real, tmp_path, old, new)
    text = (root / choices.CHOICES_FILE).read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    faults = [fault for fault in caught.value.faults if (fault.column, fault.value) == (column, value)]
    assert faults and all(fault.file == choices.CHOICES_FILE for fault in faults)
    assert any(abs(fault.line - line) <= 4 for fault in faults)


def test_a_default_must_be_an_equivalent_option(root: Path, real: Evidence, tmp_path: Path) -> None:
    with pytest.raises(InvalidData, match="measured against the default"):
        load_edited(root, real, tmp_path, "default: all\n", "default: to_2010\n")


def test_options_with_settings_may_be_added_in_the_file(root: Path, real: Evidence, tmp_path: Path) -> None:
    more = '    - id: to_2015\n      until: "2015"\n      why: Made up.\n      status: uncertain\n    - id: to_2012\n'
    edited = load_edited(root, real, tmp_path, "    - id: to_2012\n", more)
    assert edited["period"].ids == ["all", "to_2015", "to_2012", "to_2010"]


def test_every_partnership_can_be_left_out(declared: Choices, real: Evidence) -> None:
    assert declared["left_out"].ids == ["none", *real.partnerships["partnership_id"]]


def test_an_unknown_choice_or_option_is_refused(declared: Choices) -> None:
    with pytest.raises(KeyError, match="rater"):
        choices.default_universe(declared, rater="A")
    with pytest.raises(KeyError, match="it has A, B, either, both"):
        choices.default_universe(declared, coder="C")
