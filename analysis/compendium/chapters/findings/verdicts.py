"""Verdicts on findings in one universe, with intervals and the rows behind each criterion."""

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
    """A criterion of one unit in one universe, with its interval and rows.

    Attributes
    ----------
    unit : str
        Id of a case or partnership, ``"global"``, or ``"all"`` for the whole scope.
    description : str
        What is measured, in words.
    value, bound : float
        The value and the bound it is compared with.
    relation : {"≥", ">", "≤", "<"}
        What the value must be relative to the bound.
    low, high : float
        Ends of the 95 % interval; NaN if there is none.
    support : float
        Share of bootstrap resamples in which the criterion passes; NaN if there is no interval.
    n, min_n : int
        Number of rows of ``row_kind`` behind the value, and the smallest number that can be tested.
    row_kind : str
        A key of :data:`compendium.chapters.findings.checks.MIN_N_BY_KIND`.
    value_format : {"share", "count", "plain", "year", "p"}
        How the value is written.
    passes : bool or None
        Whether the value meets the bound; None if it is not testable.
    row_ids : tuple of str
        Ids of the rows behind the value.
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
    """The verdict on a finding in one universe.

    Attributes
    ----------
    finding_id : str
    status : str
        One of :data:`VERDICT_STATUSES`.
    holds_by_unit : dict
        Unit in scope to True (holds), False (fails) or None (not testable).
    absent_units : tuple of str
        Units of the scope without evidence: their case folder is missing, or the universe leaves them out.
    criteria : tuple of EvaluatedCriterion
        Criteria of the units in scope.
    """

    finding_id: str
    status: str
    holds_by_unit: dict[str, bool | None]
    absent_units: tuple[str, ...]
    criteria: tuple[EvaluatedCriterion, ...]

    @property
    def row_ids(self) -> tuple[str, ...]:
        """Ids of all rows behind the criteria, each once."""
        return tuple(dict.fromkeys(row_id for criterion in self.criteria for row_id in criterion.row_ids))


def conjunction(passes: Sequence[Floats]) -> Floats:
    """Combine criteria that must all pass: 0 if any fails, else NaN if any is not testable, else 1."""
    stacked = np.stack(np.broadcast_arrays(*passes))
    return np.where((stacked == 0).any(axis=0), 0.0, np.where(np.isnan(stacked).any(axis=0), np.nan, 1.0))


def combine_unit_results(unit_passes: Sequence[Floats], scope_masks: Sequence[Bools]) -> Floats:
    """Combine the results of the units into an index of :data:`VERDICT_STATUSES`.

    A finding holds if its check passes in every unit in scope, fails if it passes in none, and holds in part
    otherwise. A unit that is not testable counts as not passed; if no unit is testable, neither is the finding.

    Parameters
    ----------
    unit_passes : sequence of ndarray
        1, 0 or NaN (not testable) per unit, shape (...).
    scope_masks : sequence of ndarray of bool
        Whether the unit is in scope, shape (...).

    Returns
    -------
    ndarray of int, shape (...)
    """
    arrays = np.broadcast_arrays(*unit_passes, *scope_masks)
    passes, in_scope = np.stack(arrays[: len(unit_passes)]), np.stack(arrays[len(unit_passes) :]).astype(bool)
    testable = in_scope & ~np.isnan(passes)
    n_holding = (testable & (passes == 1)).sum(axis=0)
    code = np.where(n_holding == 0, VERDICT_STATUSES.index(FAILS), VERDICT_STATUSES.index(PARTLY))
    code = np.where((n_holding > 0) & (n_holding == in_scope.sum(axis=0)), VERDICT_STATUSES.index(HOLDS), code)
    return np.where(testable.any(axis=0), code, VERDICT_STATUSES.index(NOT_TESTABLE))


def is_in_scope(criteria: Sequence[Criterion]) -> Bools:
    """Whether a unit is in scope, shape (...): the row counts of all its criteria are defined."""
    return ~np.any(np.broadcast_arrays(*(np.isnan(criterion.n) for criterion in criteria)), axis=0)


def evaluate_finding(
    indicator_tables: IndicatorTables, finding_id: str, universe: Universe, seed: int, n_resamples: int = N_RESAMPLES
) -> Verdict:
    """Evaluate one finding in one universe, with intervals from ``n_resamples`` bootstrap resamples."""
    counter = SingleUniverse(indicator_tables, universe, seed)
    criteria = criteria_by_unit(counter, finding_id)
    resampled_criteria = criteria
    if any(criterion.interval_method for unit_criteria in criteria.values() for criterion in unit_criteria):
        resampled_criteria = criteria_by_unit(SingleUniverse(indicator_tables, universe, seed, n_resamples), finding_id)
    units, absent_units = scope_units(indicator_tables, finding_id)
    unit_passes = {
        unit: conjunction([criterion.passes for criterion in unit_criteria]) for unit, unit_criteria in criteria.items()
    }
    in_scope = {unit: is_in_scope(unit_criteria) for unit, unit_criteria in criteria.items()}
    status_code = (
        combine_unit_results(list(unit_passes.values()), list(in_scope.values()))
        if criteria
        else VERDICT_STATUSES.index(NOT_TESTABLE)
    )
    return Verdict(
        finding_id,
        VERDICT_STATUSES[int(status_code)],
        {unit: _to_bool(passes) for unit, passes in unit_passes.items() if in_scope[unit]},
        (*absent_units, *(unit for unit in criteria if not in_scope[unit])),
        tuple(
            _evaluate_criterion(counter, unit, units if unit == "all" else [unit], criterion, resampled_criterion)
            for unit, unit_criteria in criteria.items()
            if in_scope[unit]
            for criterion, resampled_criterion in zip(unit_criteria, resampled_criteria[unit], strict=True)
        ),
    )


def evaluate_all_findings(
    indicator_tables: IndicatorTables, universe: Universe, seed: int, n_resamples: int = N_RESAMPLES
) -> list[Verdict]:
    """Evaluate all registered findings in one universe, in the order of the register.

    Examples
    --------
    >>> from compendium.chapters.findings.indicators import load_indicator_tables
    >>> from compendium.dataset.choices import default_universe
    >>> from compendium.dataset.evidence import find_root
    >>> tables = load_indicator_tables(find_root())
    >>> verdicts = evaluate_all_findings(tables, default_universe(tables.choices), seed=1, n_resamples=0)
    >>> [verdict.finding_id for verdict in verdicts][:2]
    ['F01', 'F02']
    """
    return [
        evaluate_finding(indicator_tables, finding_id, universe, seed, n_resamples)
        for finding_id in indicator_tables.register.findings["finding_id"]
    ]


def finding_row_ids(
    indicator_tables: IndicatorTables, finding_id: str, universe: Universe, seed: int
) -> tuple[str, ...]:
    """Ids of all rows behind the criteria of a finding in one universe, each once; without resampling."""
    counter = SingleUniverse(indicator_tables, universe, seed)
    units, _ = scope_units(indicator_tables, finding_id)
    row_ids = (
        row_id
        for unit, criteria in criteria_by_unit(counter, finding_id).items()
        if is_in_scope(criteria)
        for criterion in criteria
        for row_unit in (units if unit == "all" else [unit])
        for row_id in _criterion_row_ids(counter, row_unit, criterion)
    )
    return tuple(dict.fromkeys(row_ids))


def _evaluate_criterion(
    counter: SingleUniverse, unit: str, row_units: Sequence[str], criterion: Criterion, resampled_criterion: Criterion
) -> EvaluatedCriterion:
    value, bound = float(criterion.value), float(criterion.bound)
    low = high = support = float("nan")
    if criterion.interval_method and np.ndim(resampled_criterion.value):
        percentiles = percentile_interval(np.asarray(resampled_criterion.value)[:, None])
        low, high = float(percentiles[0][0]), float(percentiles[1][0])
        if criterion.interval_method == "basic":
            low, high = 2 * value - high, 2 * value - low
        support = float(
            np.nanmean(
                RELATION_TESTS[criterion.relation](
                    *np.broadcast_arrays(resampled_criterion.value, resampled_criterion.bound)
                )
            )
        )
    return EvaluatedCriterion(
        unit,
        criterion.description,
        value,
        criterion.relation,
        bound,
        low,
        high,
        support,
        0 if np.isnan(criterion.n) else int(criterion.n),
        MIN_N_BY_KIND[criterion.row_kind],
        criterion.row_kind,
        criterion.value_format,
        _to_bool(criterion.passes),
        tuple(row_id for row_unit in row_units for row_id in _criterion_row_ids(counter, row_unit, criterion)),
    )


def _criterion_row_ids(counter: SingleUniverse, unit: str, criterion: Criterion) -> Iterator[str]:
    for table_name, columns in criterion.indicator_columns:
        if counter.indicator_tables.is_present(unit, counter.universe["left_out"]):
            rows, indicators = counter.select_rows(table_name, unit)
            selected = indicators[list(columns)] if columns else indicators
            yield from rows.loc[(selected.fillna(0) != 0).any(axis=1), "id"]


def _to_bool(passes: Floats) -> bool | None:
    return None if np.isnan(passes) else bool(passes)
