"""Multiverse analysis: each finding evaluated in every universe, and the robustness of its verdict.

A universe is one combination of options of ``data/choices.yml`` (multiverse analysis: Steegen et al. 2016, doi
10.1177/1745691616658637; specification curves: Simonsohn et al. 2020, doi 10.1038/s41562-020-0912-z). The universes of
a finding are arrays with one axis per choice; choices that do not change any of its criteria are dropped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from compendium.chapters.findings.checks import Criterion, criteria_by_unit, scope_units
from compendium.chapters.findings.counting import AllUniverses
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.simulated_coder import SimulatedCoder
from compendium.chapters.findings.verdicts import (
    HOLDS,
    NOT_TESTABLE,
    VERDICT_STATUSES,
    combine_unit_results,
    conjunction,
    is_in_scope,
)
from compendium.dataset.choices import EQUIVALENT, Choice, Universe
from compendium.stats.arrays import Bools, Floats, Ints

N_SIMULATIONS = 500
"""Simulated codings per finding."""


@dataclass(frozen=True)
class SpecificationCurve:
    """One criterion of one unit in all universes.

    Attributes
    ----------
    unit, description, relation, value_format : str
        As in :class:`compendium.chapters.findings.verdicts.EvaluatedCriterion`.
    value, bound, passes : ndarray, shape (options of each choice …)
        ``passes`` is 1 where the criterion passes, 0 where it fails, and NaN where it is not testable.
    """

    unit: str
    description: str
    relation: str
    value_format: str
    value: Floats
    bound: Floats
    passes: Floats


@dataclass(frozen=True)
class Multiverse:
    """One finding in all universes.

    Attributes
    ----------
    choices : list of Choice
        Choices that change a criterion of the finding, with the options that concern its scope: one axis each.
    status_codes : ndarray of int, shape (options of each choice …)
        Index into :data:`compendium.chapters.findings.verdicts.VERDICT_STATUSES`.
    curves : list of SpecificationCurve
    """

    finding_id: str
    choices: list[Choice]
    status_codes: Floats
    curves: list[SpecificationCurve]

    @property
    def default_index(self) -> tuple[int, ...]:
        """Index of the default universe."""
        return tuple(choice.ids.index(choice.default) for choice in self.choices)

    @property
    def equivalent_mask(self) -> Bools:
        """Mask of the universes with equivalent options only, shape as ``status_codes``."""
        not_equivalent = [[option.status != EQUIVALENT for option in choice.options] for choice in self.choices]
        return _count_per_universe(not_equivalent) == 0

    @property
    def distance_from_default(self) -> Ints:
        """Number of choices in which each universe differs from the default, shape as ``status_codes``."""
        return _count_per_universe(
            [[option_id != choice.default for option_id in choice.ids] for choice in self.choices]
        )


def _count_per_universe(option_flags: Sequence[Sequence[bool]]) -> Ints:
    """Number of flagged options in each universe; ``option_flags`` has a flag per option of each choice."""
    counts = np.zeros((), dtype=np.int64)
    for flags in option_flags:
        counts = np.add.outer(counts, np.asarray(flags, dtype=np.int64))
    return counts


@dataclass(frozen=True)
class Robustness:
    """Robustness of a finding to the analytic choices.

    Attributes
    ----------
    all_counts, equivalent_counts : dict
        Number of universes with each status: of all universes, and of those with equivalent options only.
    default_status : str
        Status in the default universe.
    overturning_choices : tuple of dict
        All smallest sets of choices (choice to option) under which the finding no longer holds, or begins to hold;
        sets of equivalent options come first. Empty if no universe overturns the finding.
    sensitivity : dict
        Choice to option to the share of testable universes in which the finding holds.
    """

    finding_id: str
    all_counts: dict[str, int]
    equivalent_counts: dict[str, int]
    default_status: str
    overturning_choices: tuple[dict[str, str], ...]
    sensitivity: dict[str, dict[str, float]]

    @property
    def holding_share(self) -> float:
        """Share of testable equivalent universes in which the finding holds."""
        return holding_share(self.equivalent_counts)

    @property
    def holding_share_all(self) -> float:
        """Share of all testable universes in which the finding holds."""
        return holding_share(self.all_counts)

    @property
    def same_verdict_share(self) -> float:
        """Share of testable equivalent universes with the verdict of the default universe."""
        return status_share(self.equivalent_counts, self.default_status)

    @property
    def same_verdict_share_all(self) -> float:
        """Share of all testable universes with the verdict of the default universe."""
        return status_share(self.all_counts, self.default_status)

    def sensitivity_range(self, choice_id: str) -> float:
        """Largest minus smallest share of universes in which the finding holds, over the options of a choice."""
        shares = [share for share in self.sensitivity[choice_id].values() if not np.isnan(share)]
        return max(shares) - min(shares) if shares else float("nan")


def holding_share(counts: dict[str, int]) -> float:
    """Share of testable universes in which a finding holds; NaN if none is testable."""
    return status_share(counts, HOLDS)


def status_share(counts: dict[str, int], status: str) -> float:
    """Share of a status among testable universes; NaN if there are none, or if the status is "not testable"."""
    defined = sum(counts.values()) - counts[NOT_TESTABLE]
    return counts[status] / defined if defined and status != NOT_TESTABLE else float("nan")


def compute_multiverses(indicator_tables: IndicatorTables, seed: int) -> dict[str, Multiverse]:
    """Evaluate all findings in all universes; findings without evidence are left out."""
    counter = AllUniverses(indicator_tables, seed)
    multiverses = {
        finding_id: finding_multiverse(counter, finding_id)
        for finding_id in indicator_tables.register.findings["finding_id"]
    }
    return {finding_id: multiverse for finding_id, multiverse in multiverses.items() if multiverse is not None}


def finding_multiverse(counter: AllUniverses, finding_id: str) -> Multiverse | None:
    """Evaluate one finding in all universes; None if no unit of its scope is in the evidence."""
    criteria = criteria_by_unit(counter, finding_id)
    if not criteria:
        return None
    unit_criteria = [(unit, criterion) for unit, group in criteria.items() for criterion in group]
    arrays = [
        _status_codes(criteria),
        *(array for _, criterion in unit_criteria for array in (criterion.value, criterion.bound, criterion.passes)),
    ]
    (status_codes, *curve_arrays), choices = _drop_irrelevant_choices(counter, finding_id, arrays)
    curves = [
        SpecificationCurve(
            unit,
            criterion.description,
            criterion.relation,
            criterion.value_format,
            *curve_arrays[3 * number : 3 * number + 3],
        )
        for number, (unit, criterion) in enumerate(unit_criteria)
    ]
    return Multiverse(finding_id, choices, status_codes, curves)


def _status_codes(criteria: Mapping[str, Sequence[Criterion]]) -> Floats:
    """Combine the criteria of all units into an index of :data:`VERDICT_STATUSES`, shape (...)."""
    return combine_unit_results(
        [conjunction([criterion.passes for criterion in unit_criteria]) for unit_criteria in criteria.values()],
        [is_in_scope(unit_criteria) for unit_criteria in criteria.values()],
    )


def _drop_irrelevant_choices(
    counter: AllUniverses, finding_id: str, arrays: Sequence[Floats]
) -> tuple[list[Floats], list[Choice]]:
    """Drop options outside the finding's scope, then choices along which no array changes.

    Returns
    -------
    arrays : list of ndarray, shape (options of each remaining choice …)
    choices : list of Choice
        The remaining choices with their remaining options.
    """
    shape = np.broadcast_shapes(*(np.shape(array) for array in arrays), (1,) * len(counter.axes))
    broadcast = [np.broadcast_to(array, shape) for array in arrays]
    choices = []
    for axis, choice in enumerate(counter.indicator_tables.choices.values()):
        if broadcast[0].shape[axis] == 1:
            continue
        options = [
            position
            for position, option in enumerate(choice.options)
            if _is_relevant_option(counter.indicator_tables, finding_id, choice, option.id)
        ]
        broadcast = [array.take(options, axis=axis) for array in broadcast]
        if all(
            np.array_equal(array, np.broadcast_to(array.take([0], axis), array.shape), equal_nan=True)
            for array in broadcast
        ):
            default = options.index(choice.ids.index(choice.default))
            broadcast = [array.take([default], axis=axis) for array in broadcast]
        else:
            choices.append(replace(choice, options=tuple(choice.options[position] for position in options)))
    return [array.reshape([len(choice.options) for choice in choices]) for array in broadcast], choices


def _is_relevant_option(indicator_tables: IndicatorTables, finding_id: str, choice: Choice, option_id: str) -> bool:
    """Whether an option concerns the scope of a finding: leaving out a partnership outside the scope does not."""
    units, _ = scope_units(indicator_tables, finding_id)
    case_ids = indicator_tables.evidence.partnerships.set_index("partnership_id")["case_id"]
    is_partnership = choice.id == "left_out" and option_id in case_ids.index
    return not is_partnership or option_id in units or case_ids[option_id] in units


def assess_robustness(multiverse: Multiverse) -> Robustness:
    """Summarise how robust a finding is over its multiverse.

    Examples
    --------
    >>> from compendium.dataset.choices import Option
    >>> coder = Choice("coder", "Whose codes?", "A", (Option("A", "", EQUIVALENT), Option("B", "", EQUIVALENT)))
    >>> robustness = assess_robustness(Multiverse("F01", [coder], np.array([0, 2]), []))
    >>> robustness.default_status, robustness.holding_share, robustness.overturning_choices
    ('holds', 0.5, ({'coder': 'B'},))
    """
    status_codes = multiverse.status_codes
    default_code = int(status_codes[multiverse.default_index])
    return Robustness(
        multiverse.finding_id,
        _count_statuses(status_codes),
        _count_statuses(status_codes[multiverse.equivalent_mask]),
        VERDICT_STATUSES[default_code],
        _overturning_choices(multiverse, default_code),
        {
            choice.id: _holding_share_by_option(status_codes, axis, choice)
            for axis, choice in enumerate(multiverse.choices)
        },
    )


def _count_statuses(status_codes: Floats | np.floating) -> dict[str, int]:
    return {status: int(np.sum(status_codes == code)) for code, status in enumerate(VERDICT_STATUSES)}


def _holding_share_by_option(status_codes: Floats, axis: int, choice: Choice) -> dict[str, float]:
    return {
        option.id: holding_share(_count_statuses(status_codes.take(position, axis=axis)))
        for position, option in enumerate(choice.options)
    }


def _overturning_choices(multiverse: Multiverse, default_code: int) -> tuple[dict[str, str], ...]:
    """Changed choices of the universes nearest to the default that overturn the finding."""
    holds, not_testable = VERDICT_STATUSES.index(HOLDS), VERDICT_STATUSES.index(NOT_TESTABLE)
    overturned = (multiverse.status_codes == holds) != (default_code == holds)
    if default_code == holds:
        overturned &= multiverse.status_codes != not_testable
    if not overturned.any():
        return ()
    distance = multiverse.distance_from_default
    nearest = np.argwhere(overturned & (distance == distance[overturned].min()))
    ordered = sorted(nearest.tolist(), key=lambda index: (not multiverse.equivalent_mask[tuple(index)], index))
    return tuple(_changed_choices(multiverse, index) for index in ordered)


def _changed_choices(multiverse: Multiverse, index: Sequence[int]) -> dict[str, str]:
    """The choices in which a universe differs from the default, with the options that it takes."""
    positions = zip(multiverse.choices, index, multiverse.default_index, strict=True)
    return {choice.id: choice.ids[position] for choice, position, default in positions if position != default}


def universe_rows(multiverse: Multiverse) -> pd.DataFrame:
    """Frame with a row per universe: its options, whether all are equivalent, its status, each value and bound.

    Returns
    -------
    DataFrame
        A column per choice, ``equivalent``, ``status``, and ``figure_1``, ``bound_1``, ``figure_2`` … for the curves.
    """
    if multiverse.choices:
        choice_ids = [choice.id for choice in multiverse.choices]
        universes = pd.MultiIndex.from_product([choice.ids for choice in multiverse.choices], names=choice_ids)
        frame = universes.to_frame(index=False)
    else:
        frame = pd.DataFrame(index=[0])
    frame["equivalent"] = np.broadcast_to(multiverse.equivalent_mask, multiverse.status_codes.shape).ravel()
    frame["status"] = np.array(VERDICT_STATUSES)[multiverse.status_codes.astype(int).ravel()]
    for number, curve in enumerate(multiverse.curves, start=1):
        frame[f"figure_{number}"], frame[f"bound_{number}"] = curve.value.ravel(), curve.bound.ravel()
    return frame


def simulated_status_counts(
    indicator_tables: IndicatorTables, universe: Universe, seed: int, n_simulations: int = N_SIMULATIONS
) -> dict[str, dict[str, int]]:
    """Number of simulated codings that give a finding each status, for findings that depend on codings.

    Returns
    -------
    dict
        Finding id to status to number of simulations; see
        :class:`compendium.chapters.findings.simulated_coder.SimulatedCoder`.

    Examples
    --------
    >>> from compendium.chapters.findings.indicators import load_indicator_tables
    >>> from compendium.dataset.choices import default_universe
    >>> from compendium.dataset.evidence import find_root
    >>> tables = load_indicator_tables(find_root())
    >>> counts = simulated_status_counts(tables, default_universe(tables.choices), seed=1, n_simulations=2)
    >>> sum(counts["F01"].values())
    2
    """
    counter = SimulatedCoder(indicator_tables, universe, seed, n_simulations)
    counts_by_id = {}
    for finding_id in indicator_tables.register.findings["finding_id"]:
        criteria = criteria_by_unit(counter, finding_id)
        status_codes = _status_codes(criteria) if criteria else np.zeros(())
        # Without a simulation axis, no criterion depends on codings.
        if status_codes.ndim:
            counts_by_id[finding_id] = _count_statuses(status_codes)
    return counts_by_id
