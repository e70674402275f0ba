"""The verdicts that the checks of findings give: in one universe, with intervals and the rows behind each figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compendium.chapters.findings.checks import MIN_N_BY_KIND, RELATION_TESTS, Criterion, criteria_by_unit, scope_units
from compendium.chapters.findings.counting import SingleUniverse
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.dataset.choices import Universe
from compendium.stats.arrays import Bools, Floats
from compendium.stats.bootstrap import N_RESAMPLES, percentile_interval

HOLDS, PARTLY, FAILS, NOT_TESTABLE = "holds", "partly", "fails", "not testable"
VERDICT_STATUSES = (HOLDS, PARTLY, FAILS, NOT_TESTABLE)


@dataclass(frozen=True)
class EvaluatedCriterion:
    """A figure of one unit in the universe of a verdict; ``passes`` is None when too few rows are behind it.

    ``support`` is the share of bootstrap resamples in which the relation holds.
    """

    unit: str
    description: str
    value: float
    relation: str
    bound: float
    low: float
    high: float
    support: float
    n: int
    min_n: int
    row_kind: str
    value_format: str
    passes: bool | None
    row_ids: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What a finding comes to in one universe.

    ``holds_by_unit`` says for each unit of the scope that is here: True (holds), False or None (not testable); ``absent_units`` names
    those whose case folder is not here or that are left out.
    """

    finding_id: str
    status: str
    holds_by_unit: dict[str, bool | None]
    absent_units: tuple[str, ...]
    criteria: tuple[EvaluatedCriterion, ...]

    @property
    def row_ids(self) -> tuple[str, ...]:
        """The ids of all rows behind the figures, each once."""
        return tuple(dict.fromkeys(row for figure in self.criteria for row in figure.row_ids))


def conjunction(passes: Sequence[Floats]) -> Floats:
    """All must hold: 0 where one fails for sure, NaN where none does and one is not testable, else 1."""
    stacked = np.stack(np.broadcast_arrays(*passes))
    return np.where((stacked == 0).any(axis=0), 0.0, np.where(np.isnan(stacked).any(axis=0), np.nan, 1.0))


def combine_unit_results(unit_passes: Sequence[Floats], scope_masks: Sequence[Bools]) -> Floats:
    """Index into :data:`VERDICT_STATUSES` out of what holds in each unit.

    A claim about each case holds when it does in all that are in scope, fails when it does in none, and is partly true
    when it does in some; a case with too few rows can not be said to bear it out.

    Parameters
    ----------
    unit_passes : sequence of ndarray
        1, 0 or NaN per unit, shape (...).
    scope_masks : sequence of ndarray of bool
        Whether the unit is in scope, shape (...).
    """
    arrays = np.broadcast_arrays(*unit_passes, *scope_masks)
    held, here = np.stack(arrays[: len(unit_passes)]), np.stack(arrays[len(unit_passes) :]).astype(bool)
    testable = here & ~np.isnan(held)
    holding = (testable & (held == 1)).sum(axis=0)
    code = np.where(holding == 0, VERDICT_STATUSES.index(FAILS), VERDICT_STATUSES.index(PARTLY))
    code = np.where((holding > 0) & (holding == here.sum(axis=0)), VERDICT_STATUSES.index(HOLDS), code)
    return np.where(testable.any(axis=0), code, VERDICT_STATUSES.index(NOT_TESTABLE))


def is_in_scope(criteria: Sequence[Criterion]) -> Bools:
    """Where a unit is in scope, shape (...): its numbers are known there."""
    return ~np.any(np.broadcast_arrays(*(np.isnan(figure.n) for figure in criteria)), axis=0)


def evaluate_finding(
    indicator_tables: IndicatorTables, finding_id: str, universe: Universe, seed: int, n_resamples: int = N_RESAMPLES
) -> Verdict:
    """The verdict on one finding in one universe, with intervals and the rows behind each figure."""
    one, many = (
        SingleUniverse(indicator_tables, universe, seed),
        SingleUniverse(indicator_tables, universe, seed, n_resamples),
    )
    found = criteria_by_unit(one, finding_id)
    drawn = (
        criteria_by_unit(many, finding_id)
        if any(figure.interval_method for own in found.values() for figure in own)
        else found
    )
    units, absent = scope_units(indicator_tables, finding_id)
    judged, held, present = [], {}, {}
    for unit, own in found.items():
        present[unit] = bool(is_in_scope(own))
        held[unit] = _to_bool(conjunction([figure.passes for figure in own]))
        of = units if unit == "all" else [unit]
        judged += [
            _evaluate_criterion(one, unit, of, figure, other) for figure, other in zip(own, drawn[unit], strict=True)
        ]
    code = (
        combine_unit_results(
            [np.array(_to_float(held[unit])) for unit in found], [np.array(present[unit]) for unit in found]
        )
        if found
        else 3
    )
    gone = [unit for unit in found if not present[unit]]
    return Verdict(
        finding_id,
        VERDICT_STATUSES[int(code)],
        {unit: held[unit] for unit in found if present[unit]},
        (*absent, *gone),
        tuple(each for each in judged if present[each.unit]),
    )


def evaluate_all_findings(
    indicator_tables: IndicatorTables, universe: Universe, seed: int, n_resamples: int = N_RESAMPLES
) -> list[Verdict]:
    """The verdicts on all findings in one universe."""
    return [
        evaluate_finding(indicator_tables, finding_id, universe, seed, n_resamples)
        for finding_id in indicator_tables.register.findings["finding_id"]
    ]


def finding_row_ids(
    indicator_tables: IndicatorTables, finding_id: str, universe: Universe, seed: int
) -> tuple[str, ...]:
    """The ids of all rows behind the figures of a finding in one universe, each once; nothing is drawn again."""
    one = SingleUniverse(indicator_tables, universe, seed)
    units, _ = scope_units(indicator_tables, finding_id)
    rows = (
        row
        for unit, own in criteria_by_unit(one, finding_id).items()
        if is_in_scope(own)
        for figure in own
        for each in (units if unit == "all" else [unit])
        for row in _criterion_row_ids(one, each, figure)
    )
    return tuple(dict.fromkeys(rows))


def _evaluate_criterion(
    counter: SingleUniverse, unit: str, row_units: Sequence[str], criterion: Criterion, resampled_criterion: Criterion
) -> EvaluatedCriterion:
    value, bound = float(criterion.value), float(criterion.bound)
    low = high = support = float("nan")
    if criterion.interval_method and np.ndim(resampled_criterion.value):
        ends = percentile_interval(np.asarray(resampled_criterion.value)[:, None])
        low, high = float(ends[0][0]), float(ends[1][0])
        low, high = (2 * value - high, 2 * value - low) if criterion.interval_method == "basic" else (low, high)
        support = float(
            np.nanmean(
                RELATION_TESTS[criterion.relation](
                    *np.broadcast_arrays(resampled_criterion.value, resampled_criterion.bound)
                )
            )
        )
    n = 0 if np.isnan(criterion.n) else int(criterion.n)
    rows = tuple(row for each in row_units for row in _criterion_row_ids(counter, each, criterion))
    return EvaluatedCriterion(
        unit,
        criterion.description,
        value,
        criterion.relation,
        bound,
        low,
        high,
        support,
        n,
        MIN_N_BY_KIND[criterion.row_kind],
        criterion.row_kind,
        criterion.value_format,
        _to_bool(criterion.passes),
        rows,
    )


def _criterion_row_ids(counter: SingleUniverse, unit: str, criterion: Criterion) -> Iterator[str]:
    for sheet, columns in criterion.indicator_columns:
        if counter.indicator_tables.is_present(unit, counter.universe["left_out"]):
            rows, marked = counter.select_rows(sheet, unit)
            chosen = marked[list(columns)] if columns else marked
            yield from rows.loc[(chosen.fillna(0) != 0).any(axis=1), "id"]


def _to_bool(passes: Floats) -> bool | None:
    return None if np.isnan(passes) else bool(passes)


def _to_float(passes: bool | None) -> float:
    return float("nan") if passes is None else float(passes)
