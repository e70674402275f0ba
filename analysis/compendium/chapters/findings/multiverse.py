"""Every finding in every universe: in which share it holds, what overturns it, and on which choice it hangs.

A universe is one combination of options of ``data/choices.yml`` (multiverse analysis: Steegen et al. 2016, doi
10.1177/1745691616658637; specification curves: Simonsohn et al. 2020, doi 10.1038/s41562-020-0912-z). All universes of
a finding are arrays with an axis a choice; only the choices with which its figures change are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from compendium.chapters.findings.checks import criteria_by_unit, scope_units
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


@dataclass(frozen=True)
class SpecificationCurve:
    """One figure of one unit in all universes: ``value``, ``bound`` and ``passes`` have an axis for each choice.

    ``passes`` is 1 where the bound is kept, 0 where not, and NaN where there are too few rows to say.
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
        Those upon which the finding's figures depend, with the options that concern its scope: one axis each.
    status_codes : ndarray of int, shape (options of each choice …)
        Index into :data:`compendium.chapters.findings.checks.STATUSES`.
    curves : list of Curve
    """

    finding_id: str
    choices: list[Choice]
    status_codes: Floats
    curves: list[SpecificationCurve]

    @property
    def default_index(self) -> tuple[int, ...]:
        """Where the default universe is."""
        return tuple(choice.ids.index(choice.default) for choice in self.choices)

    @property
    def equivalent_mask(self) -> Bools:
        """Which universes take equivalent options only, shape as ``status``."""
        other = [[option.status != EQUIVALENT for option in choice.options] for choice in self.choices]
        return _count_per_universe(other) == 0

    @property
    def distance_from_default(self) -> Ints:
        """In how many choices each universe differs from the default one, shape as ``status``."""
        return _count_per_universe([[id_ != choice.default for id_ in choice.ids] for choice in self.choices])


def _count_per_universe(option_flags: Sequence[Sequence[bool]]) -> Ints:
    """How many of the properties each universe has, one property of options for each choice."""
    total = np.zeros((), dtype=np.int64)
    for own in option_flags:
        total = np.add.outer(total, np.asarray(own, dtype=np.int64))
    return total


@dataclass(frozen=True)
class Robustness:
    """How a finding fares.

    Attributes
    ----------
    all_counts, equivalent_counts : dict
        Number of universes of each status: of all, and of those with equivalent options only.
    default_status : str
        Status in the default universe.
    overturning_choices : tuple of dict
        The smallest sets of choices (choice to option) under which the finding stops to hold, or starts to; all sets of
        that size, those of equivalent options first. Empty when no universe overturns it.
    sensitivity : dict
        For each choice the share of universes in which the finding holds, by option; undefined ones left out.
    """

    finding_id: str
    all_counts: dict[str, int]
    equivalent_counts: dict[str, int]
    default_status: str
    overturning_choices: tuple[dict[str, str], ...]
    sensitivity: dict[str, dict[str, float]]

    @property
    def holding_share(self) -> float:
        """The headline: share of universes of equivalent options in which the finding holds; undefined ones aside."""
        return holding_share(self.equivalent_counts)

    @property
    def holding_share_all(self) -> float:
        """The same share of all universes, whatever their status."""
        return holding_share(self.all_counts)

    @property
    def same_verdict_share(self) -> float:
        """Share of universes of equivalent options with the default one's verdict; undefined ones aside."""
        return status_share(self.equivalent_counts, self.default_status)

    @property
    def same_verdict_share_all(self) -> float:
        """The same share of all universes, whatever their status."""
        return status_share(self.all_counts, self.default_status)

    def sensitivity_range(self, choice_id: str) -> float:
        """How far the share of universes in which the finding holds moves with one choice: greatest less smallest."""
        shares = [share for share in self.sensitivity[choice_id].values() if not np.isnan(share)]
        return max(shares) - min(shares) if shares else float("nan")


def holding_share(counts: dict[str, int]) -> float:
    """Share that holds among those that are testable; NaN if none is."""
    return status_share(counts, HOLDS)


def status_share(counts: dict[str, int], status: str) -> float:
    """Share of a status among those universes that are testable; NaN if none is, or if that is the status asked for."""
    defined = sum(counts.values()) - counts[NOT_TESTABLE]
    return counts[status] / defined if defined and status != NOT_TESTABLE else float("nan")


def compute_multiverses(indicator_tables: IndicatorTables, seed: int) -> dict[str, Multiverse]:
    """All findings in all universes."""
    grid = AllUniverses(indicator_tables, seed)
    found = (
        (finding_id, finding_multiverse(grid, finding_id))
        for finding_id in indicator_tables.register.findings["finding_id"]
    )
    return {finding_id: each for finding_id, each in found if each is not None}


def finding_multiverse(counter: AllUniverses, finding_id: str) -> Multiverse | None:
    """One finding in all universes; None when nothing of its scope is here."""
    by_unit = criteria_by_unit(counter, finding_id)
    if not by_unit:
        return None
    held = [conjunction([figure.passes for figure in own]) for own in by_unit.values()]
    code = combine_unit_results(held, [is_in_scope(own) for own in by_unit.values()])
    pairs = [(unit, figure) for unit, own in by_unit.items() for figure in own]
    arrays = [code, *(array for _, figure in pairs for array in (figure.value, figure.bound, figure.passes))]
    taken, choices = _drop_irrelevant_choices(counter, finding_id, arrays)
    curves = [
        SpecificationCurve(
            unit, figure.description, figure.relation, figure.value_format, *taken[1 + 3 * at : 4 + 3 * at]
        )
        for at, (unit, figure) in enumerate(pairs)
    ]
    return Multiverse(finding_id, choices, taken[0], curves)


def _drop_irrelevant_choices(
    counter: AllUniverses, finding_id: str, arrays: Sequence[Floats]
) -> tuple[list[Floats], list[Choice]]:
    """The arrays without what can not bear upon the finding, and the choices that are left.

    Partnerships outside the scope are no option to leave out; a choice along which no array changes is none.
    """
    shape = np.broadcast_shapes(*(np.shape(array) for array in arrays), (1,) * len(counter.axes))
    full = [np.broadcast_to(array, shape) for array in arrays]
    choices = []
    for axis, choice in enumerate(counter.indicator_tables.choices.values()):
        if full[0].shape[axis] == 1:
            continue
        options = [
            at
            for at, option in enumerate(choice.options)
            if _is_relevant_option(counter.indicator_tables, finding_id, choice, option.id)
        ]
        full = [array.take(options, axis=axis) for array in full]
        default = options.index(choice.ids.index(choice.default))
        if all(
            np.array_equal(array, np.broadcast_to(array.take([0], axis), array.shape), equal_nan=True) for array in full
        ):
            full = [array.take([default], axis=axis) for array in full]
        else:
            choices.append(replace(choice, options=tuple(choice.options[at] for at in options)))
    return [array.reshape([len(choice.options) for choice in choices]) for array in full], choices


def _is_relevant_option(indicator_tables: IndicatorTables, finding_id: str, choice: Choice, option_id: str) -> bool:
    units, _ = scope_units(indicator_tables, finding_id)
    case = indicator_tables.evidence.partnerships.set_index("partnership_id")["case_id"]
    outside = choice.id == "left_out" and option_id in case.index
    return not outside or option_id in units or case[option_id] in units


def assess_robustness(multiverse: Multiverse) -> Robustness:
    """How the finding fares in its multiverse."""
    code, equivalent = multiverse.status_codes, multiverse.equivalent_mask
    default = int(code[multiverse.default_index])
    return Robustness(
        multiverse.finding_id,
        _count_statuses(code),
        _count_statuses(code[equivalent]),
        VERDICT_STATUSES[default],
        _overturning_choices(multiverse, default),
        {choice.id: _holding_share_by_option(code, axis, choice) for axis, choice in enumerate(multiverse.choices)},
    )


def _count_statuses(status_codes: Floats | np.floating) -> dict[str, int]:
    return {name: int(np.sum(status_codes == at)) for at, name in enumerate(VERDICT_STATUSES)}


def _holding_share_by_option(status_codes: Floats, axis: int, choice: Choice) -> dict[str, float]:
    slices = (_count_statuses(status_codes.take(at, axis=axis)) for at in range(len(choice.options)))
    return {option.id: holding_share(counts) for option, counts in zip(choice.options, slices, strict=True)}


def _overturning_choices(multiverse: Multiverse, default_code: int) -> tuple[dict[str, str], ...]:
    """The universes nearest to the default one in which the finding holds, or no longer holds, unlike there."""
    holding, undefined = VERDICT_STATUSES.index(HOLDS), VERDICT_STATUSES.index(NOT_TESTABLE)
    turned = (multiverse.status_codes == holding) != (default_code == holding)
    if default_code == holding:
        turned &= multiverse.status_codes != undefined
    if not turned.any():
        return ()
    distance = multiverse.distance_from_default
    nearest = np.argwhere(turned & (distance == distance[turned].min()))
    ordered = sorted(nearest.tolist(), key=lambda place: (not multiverse.equivalent_mask[tuple(place)], place))
    return tuple(_changed_choices(multiverse, place) for place in ordered)


def _changed_choices(multiverse: Multiverse, index: Sequence[int]) -> dict[str, str]:
    """The choices in which a universe differs from the default one, with the options that it takes."""
    here = zip(multiverse.choices, index, multiverse.default_index, strict=True)
    return {choice.id: choice.ids[at] for choice, at, default in here if at != default}


def universe_rows(multiverse: Multiverse) -> pd.DataFrame:
    """A row a universe: its options, whether all are equivalent, the status, each figure and its bound."""
    axes = pd.MultiIndex.from_product(
        [choice.ids for choice in multiverse.choices], names=[c.id for c in multiverse.choices]
    )
    frame = axes.to_frame(index=False) if multiverse.choices else pd.DataFrame(index=[0])
    frame["equivalent"] = np.broadcast_to(multiverse.equivalent_mask, multiverse.status_codes.shape).ravel()
    frame["status"] = np.array(VERDICT_STATUSES)[multiverse.status_codes.astype(int).ravel()]
    for number, curve in enumerate(multiverse.curves, start=1):
        frame[f"figure_{number}"], frame[f"bound_{number}"] = curve.value.ravel(), curve.bound.ravel()
    return frame


def simulated_status_counts(
    indicator_tables: IndicatorTables, universe: Universe, seed: int, n_simulations: int = N_SIMULATIONS
) -> dict[str, dict[str, int]]:
    """How often each finding on talk has each status when codings are redrawn; see
    :class:`compendium.chapters.findings.simulated_coder.SimulatedCoder`.

    Findings whose figures no coding enters are left out.
    """
    tally = SimulatedCoder(indicator_tables, universe, seed, n_simulations)
    result = {}
    for finding_id in indicator_tables.register.findings["finding_id"]:
        by_unit = criteria_by_unit(tally, finding_id)
        held = [conjunction([figure.passes for figure in own]) for own in by_unit.values()]
        code = combine_unit_results(held, [is_in_scope(own) for own in by_unit.values()]) if held else np.zeros(())
        if code.ndim:
            result[finding_id] = _count_statuses(code)
    return result
