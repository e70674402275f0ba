"""Every finding in every universe: in which share it holds, what overturns it, and on which choice it hangs.

A universe is one combination of options of ``data/choices.yml`` (multiverse analysis: Steegen et al. 2016, doi
10.1177/1745691616658637; specification curves: Simonsohn et al. 2020, doi 10.1038/s41562-020-0912-z). All universes of
a finding are arrays with an axis a choice; only the choices with which its figures change are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from compendium.chapters.findings.checks import criteria_by_unit, scope
from compendium.chapters.findings.counting import Grid
from compendium.chapters.findings.indicators import Sheets
from compendium.chapters.findings.simulated_coder import SimulatedCoder
from compendium.chapters.findings.verdicts import HOLDS, NOT_TESTABLE, STATUSES, conjunction, in_scope
from compendium.chapters.findings.verdicts import status as status_verdicts
from compendium.dataset.choices import EQUIVALENT, Choice, Universe
from compendium.stats.arrays import Bools, Floats, Ints

N_SIMULATIONS = 500


@dataclass(frozen=True)
class Curve:
    """One figure of one unit in all universes: ``value``, ``bound`` and ``passes`` have an axis for each choice.

    ``passes`` is 1 where the bound is kept, 0 where not, and NaN where there are too few rows to say.
    """

    unit: str
    what: str
    relation: str
    written: str
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
    status : ndarray of int, shape (options of each choice …)
        Index into :data:`compendium.chapters.findings.checks.STATUSES`.
    curves : list of Curve
    """

    finding_id: str
    choices: list[Choice]
    status: Floats
    curves: list[Curve]

    @property
    def default(self) -> tuple[int, ...]:
        """Where the default universe is."""
        return tuple(choice.ids.index(choice.default) for choice in self.choices)

    @property
    def equivalent(self) -> Bools:
        """Which universes take equivalent options only, shape as ``status``."""
        other = [[option.status != EQUIVALENT for option in choice.options] for choice in self.choices]
        return _summed(other) == 0

    @property
    def distance(self) -> Ints:
        """In how many choices each universe differs from the default one, shape as ``status``."""
        return _summed([[id_ != choice.default for id_ in choice.ids] for choice in self.choices])


def _summed(axes: Sequence[Sequence[bool]]) -> Ints:
    """How many of the properties each universe has, one property of options for each choice."""
    total = np.zeros((), dtype=np.int64)
    for own in axes:
        total = np.add.outer(total, np.asarray(own, dtype=np.int64))
    return total


@dataclass(frozen=True)
class Robustness:
    """How a finding fares.

    Attributes
    ----------
    counts, equivalent : dict
        Number of universes of each status: of all, and of those with equivalent options only.
    default : str
        Status in the default universe.
    overturning : tuple of dict
        The smallest sets of choices (choice to option) under which the finding stops to hold, or starts to; all sets of
        that size, those of equivalent options first. Empty when no universe overturns it.
    sensitivity : dict
        For each choice the share of universes in which the finding holds, by option; undefined ones left out.
    """

    finding_id: str
    counts: dict[str, int]
    equivalent: dict[str, int]
    default: str
    overturning: tuple[dict[str, str], ...]
    sensitivity: dict[str, dict[str, float]]

    @property
    def share(self) -> float:
        """The headline: share of universes of equivalent options in which the finding holds; undefined ones aside."""
        return share_holding(self.equivalent)

    @property
    def share_of_all(self) -> float:
        """The same share of all universes, whatever their status."""
        return share_holding(self.counts)

    @property
    def same(self) -> float:
        """Share of universes of equivalent options with the default one's verdict; undefined ones aside."""
        return share_of(self.equivalent, self.default)

    @property
    def same_of_all(self) -> float:
        """The same share of all universes, whatever their status."""
        return share_of(self.counts, self.default)

    def swing(self, choice_id: str) -> float:
        """How far the share of universes in which the finding holds moves with one choice: greatest less smallest."""
        shares = [share for share in self.sensitivity[choice_id].values() if not np.isnan(share)]
        return max(shares) - min(shares) if shares else float("nan")


def share_holding(counts: dict[str, int]) -> float:
    """Share that holds among those that are testable; NaN if none is."""
    return share_of(counts, HOLDS)


def share_of(counts: dict[str, int], status: str) -> float:
    """Share of a status among those universes that are testable; NaN if none is, or if that is the status asked for."""
    defined = sum(counts.values()) - counts[NOT_TESTABLE]
    return counts[status] / defined if defined and status != NOT_TESTABLE else float("nan")


def multiverses(sheets: Sheets, seed: int) -> dict[str, Multiverse]:
    """All findings in all universes."""
    grid = Grid(sheets, seed)
    found = ((finding_id, multiverse(grid, finding_id)) for finding_id in sheets.register.findings["finding_id"])
    return {finding_id: each for finding_id, each in found if each is not None}


def multiverse(grid: Grid, finding_id: str) -> Multiverse | None:
    """One finding in all universes; None when nothing of its scope is here."""
    by_unit = criteria_by_unit(grid, finding_id)
    if not by_unit:
        return None
    held = [conjunction([figure.passes for figure in own]) for own in by_unit.values()]
    code = status_verdicts(held, [in_scope(own) for own in by_unit.values()])
    pairs = [(unit, figure) for unit, own in by_unit.items() for figure in own]
    arrays = [code, *(array for _, figure in pairs for array in (figure.value, figure.bound, figure.passes))]
    taken, choices = _relevant(grid, finding_id, arrays)
    curves = [
        Curve(unit, figure.what, figure.relation, figure.unit, *taken[1 + 3 * at : 4 + 3 * at])
        for at, (unit, figure) in enumerate(pairs)
    ]
    return Multiverse(finding_id, choices, taken[0], curves)


def _relevant(grid: Grid, finding_id: str, arrays: Sequence[Floats]) -> tuple[list[Floats], list[Choice]]:
    """The arrays without what can not bear upon the finding, and the choices that are left.

    Partnerships outside the scope are no option to leave out; a choice along which no array changes is none.
    """
    shape = np.broadcast_shapes(*(np.shape(array) for array in arrays), (1,) * len(grid.axes))
    full = [np.broadcast_to(array, shape) for array in arrays]
    choices = []
    for axis, choice in enumerate(grid.sheets.choices.values()):
        if full[0].shape[axis] == 1:
            continue
        options = [
            at for at, option in enumerate(choice.options) if _concerns(grid.sheets, finding_id, choice, option.id)
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


def _concerns(sheets: Sheets, finding_id: str, choice: Choice, option_id: str) -> bool:
    units, _ = scope(sheets, finding_id)
    case = sheets.evidence.partnerships.set_index("partnership_id")["case_id"]
    outside = choice.id == "left_out" and option_id in case.index
    return not outside or option_id in units or case[option_id] in units


def robustness(multiverse: Multiverse) -> Robustness:
    """How the finding fares in its multiverse."""
    code, equivalent = multiverse.status, multiverse.equivalent
    default = int(code[multiverse.default])
    return Robustness(
        multiverse.finding_id,
        _tabulated(code),
        _tabulated(code[equivalent]),
        STATUSES[default],
        _overturning(multiverse, default),
        {choice.id: _by_option(code, axis, choice) for axis, choice in enumerate(multiverse.choices)},
    )


def _tabulated(code: Floats | np.floating) -> dict[str, int]:
    return {name: int(np.sum(code == at)) for at, name in enumerate(STATUSES)}


def _by_option(code: Floats, axis: int, choice: Choice) -> dict[str, float]:
    slices = (_tabulated(code.take(at, axis=axis)) for at in range(len(choice.options)))
    return {option.id: share_holding(counts) for option, counts in zip(choice.options, slices, strict=True)}


def _overturning(multiverse: Multiverse, default: int) -> tuple[dict[str, str], ...]:
    """The universes nearest to the default one in which the finding holds, or no longer holds, unlike there."""
    holding, undefined = STATUSES.index(HOLDS), STATUSES.index(NOT_TESTABLE)
    turned = (multiverse.status == holding) != (default == holding)
    if default == holding:
        turned &= multiverse.status != undefined
    if not turned.any():
        return ()
    distance = multiverse.distance
    nearest = np.argwhere(turned & (distance == distance[turned].min()))
    ordered = sorted(nearest.tolist(), key=lambda place: (not multiverse.equivalent[tuple(place)], place))
    return tuple(_changed(multiverse, place) for place in ordered)


def _changed(multiverse: Multiverse, place: Sequence[int]) -> dict[str, str]:
    """The choices in which a universe differs from the default one, with the options that it takes."""
    here = zip(multiverse.choices, place, multiverse.default, strict=True)
    return {choice.id: choice.ids[at] for choice, at, default in here if at != default}


def table(multiverse: Multiverse) -> pd.DataFrame:
    """A row a universe: its options, whether all are equivalent, the status, each figure and its bound."""
    axes = pd.MultiIndex.from_product(
        [choice.ids for choice in multiverse.choices], names=[c.id for c in multiverse.choices]
    )
    frame = axes.to_frame(index=False) if multiverse.choices else pd.DataFrame(index=[0])
    frame["equivalent"] = np.broadcast_to(multiverse.equivalent, multiverse.status.shape).ravel()
    frame["status"] = np.array(STATUSES)[multiverse.status.astype(int).ravel()]
    for number, curve in enumerate(multiverse.curves, start=1):
        frame[f"figure_{number}"], frame[f"bound_{number}"] = curve.value.ravel(), curve.bound.ravel()
    return frame


def noise(sheets: Sheets, universe: Universe, seed: int, redraws: int = N_SIMULATIONS) -> dict[str, dict[str, int]]:
    """How often each finding on talk has each status when codings are redrawn; see
    :class:`compendium.chapters.findings.simulated_coder.SimulatedCoder`.

    Findings whose figures no coding enters are left out.
    """
    tally = SimulatedCoder(sheets, universe, seed, redraws)
    result = {}
    for finding_id in sheets.register.findings["finding_id"]:
        by_unit = criteria_by_unit(tally, finding_id)
        held = [conjunction([figure.passes for figure in own]) for own in by_unit.values()]
        code = status_verdicts(held, [in_scope(own) for own in by_unit.values()]) if held else np.zeros(())
        if code.ndim:
            result[finding_id] = _tabulated(code)
    return result
