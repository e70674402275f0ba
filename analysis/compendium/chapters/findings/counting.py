"""Counts of sheets, in one universe or in all at once.

The checks of :mod:`compendium.chapters.findings.checks` are written once, on arrays whose leading axes may be anything:
none
(:class:`SingleUniverse`), resamples of documents (:class:`SingleUniverse` with resamples), an axis for each choice (:class:`AllUniverses`), or
redrawn codings (:class:`compendium.chapters.findings.simulated_coder.SimulatedCoder`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from compendium.chapters.findings.indicators import STATEMENT_TABLES, IndicatorTable, IndicatorTables, filter_mask
from compendium.dataset.choices import Universe
from compendium.stats.arrays import Bools, Floats, inverse, ratio, weighted_median
from compendium.stats.bootstrap import bootstrap_weights
from compendium.stats.permutation import permutation_p, permute_labels, sums_by_document

_WEIGHT_GROUP_COLUMNS = {"document": "document_id", "source": "document_id", "speaker_side": "speaker_side"}
_SIZE_COLUMN = "_size"


@dataclass(frozen=True)
class Counts:
    """Weighted counts of a sheet's columns.

    ``values`` has shape (..., columns); ``total`` (what shares are of) and ``n`` (rows or codings, unweighted) have
    shape (...) or broadcast to it; ``n`` is NaN where the unit is out of scope.
    """

    columns: list[str]
    values: Floats
    total: Floats
    n: Floats

    def column_sum(self, *columns: str) -> Floats:
        """Sum of the counts of some columns."""
        return self.values[..., [self.columns.index(column) for column in columns]].sum(axis=-1)

    def share(self, *columns: str) -> Floats:
        """Share of some columns in the total; NaN where that is nothing."""
        return ratio(self.column_sum(*columns), self.total)

    @property
    def profile(self) -> Floats:
        """Each column's share in the sum of all columns, shape (..., columns)."""
        return ratio(self.values, self.values.sum(axis=-1, keepdims=True))


class Counter(Protocol):
    """What a check can ask for."""

    indicator_tables: IndicatorTables

    def count(self, table_name: str, unit: str) -> Counts:
        """Counts of the sheet of a unit."""

    def median(self, table_name: str, unit: str) -> tuple[Floats, Floats]:
        """Median of the dates of a sheet, and their number."""

    def profile_difference(self, units: Sequence[str], min_n: int) -> tuple[Floats, Floats]:
        """p-value of the difference of frame profiles between units, and the smallest number of documents of a unit.

        Below ``min_n`` documents no p-value is computed.
        """

    def choose(self, choice_id: str, values_by_option: Mapping[str, Floats]) -> Floats:
        """The answer of the option that is taken, out of one answer for each option."""


class SingleUniverse:
    """Counts in one universe; with ``n_resamples`` under a leading axis of bootstrap resamples of documents.

    Talk is drawn with ``seed`` and practice with the next one, as in the chapters of a case.
    """

    def __init__(self, indicator_tables: IndicatorTables, universe: Universe, seed: int, n_resamples: int = 0) -> None:
        self.indicator_tables, self.universe, self.seed, self.n_resamples = (
            indicator_tables,
            universe,
            seed,
            n_resamples,
        )

    def select_rows(self, table_name: str, unit: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows that the universe takes, and their marks (rows × columns)."""
        source = self.indicator_tables.get(table_name, unit)
        keep = np.ones(len(source.rows), dtype=bool)
        for choice_id in source.filter_choices:
            keep &= filter_mask(choice_id, self._chosen_option(choice_id), source.rows)
        reading = tuple(
            self.indicator_tables.choices[each].ids.index(self.universe[each]) for each in source.reading_choices
        )
        marked = pd.DataFrame(source.indicators[reading][keep], columns=source.columns)
        return source.rows[keep].reset_index(drop=True), marked

    def count(self, table_name: str, unit: str) -> Counts:
        source = self.indicator_tables.get(table_name, unit)
        if not self.indicator_tables.is_present(unit, self.universe["left_out"]):
            return Counts(source.columns, np.full(len(source.columns), np.nan), np.array(np.nan), np.array(np.nan))
        rows, marked = self.select_rows(table_name, unit)
        table = marked.assign(**{_SIZE_COLUMN: marked.sum(axis=1) if source.per_coding else 1.0})
        weighed = self._weighted_sums(table_name, table, rows, self.universe.get(source.weight_choice, ""))
        plain = self._weighted_sums(table_name, table, rows, "")
        return Counts(source.columns, weighed[..., :-1], weighed[..., -1], plain[..., -1])

    def median(self, table_name: str, unit: str) -> tuple[Floats, Floats]:
        if not self.indicator_tables.is_present(unit, self.universe["left_out"]):
            return np.array(np.nan), np.array(np.nan)
        rows, marked = self.select_rows(table_name, unit)
        known = marked["year"].notna().to_numpy()
        years, documents = marked["year"].to_numpy()[known], rows["document_id"][known]
        if not self.n_resamples:
            return np.array(np.median(years) if len(years) else np.nan), np.array(float(len(years)))
        place, _ = pd.factorize(documents, sort=True)
        weights = bootstrap_weights(place.max() + 1, self.n_resamples, self._seed_for_table(table_name))[:, place]
        return weighted_median(years, weights), weights.sum(axis=-1)

    def profile_difference(self, units: Sequence[str], min_n: int) -> tuple[Floats, Floats]:
        present = [unit for unit in units if self.indicator_tables.is_present(unit, self.universe["left_out"])]
        parts = []
        for number, unit in enumerate(present):
            rows, marked = self.select_rows("frames", unit)
            side = rows["speaker_side"] if self.universe["weight"] == "speaker_side" else ""
            parts.append(marked.assign(**{_SIZE_COLUMN: 1.0}, unit=number, document=rows["document_id"], side=side))
        documents = min((part["document"].nunique() for part in parts), default=0) if len(parts) > 1 else np.nan
        if not documents >= min_n:
            return np.array(np.nan), np.array(float(documents))
        sums = pd.concat(parts).groupby(["unit", "document", "side"]).sum().unstack("side", fill_value=0.0)
        labels = sums.index.get_level_values("unit").to_numpy()
        cube = (
            sums.to_numpy().reshape(len(sums), -1, sums.columns.get_level_values("side").nunique()).transpose(2, 0, 1)
        )
        found = permutation_p(
            cube[:, :, None, :-1], cube[..., -1], permute_labels(labels, self.seed), self.universe["weight"]
        )
        return self.choose("distance", {name: p[0] for name, p in found.items()}), np.array(
            float(np.bincount(labels).min())
        )

    def choose(self, choice_id: str, values_by_option: Mapping[str, Floats]) -> Floats:
        return np.asarray(values_by_option[self.universe[choice_id]])

    def _chosen_option(self, choice_id: str) -> Any:
        return self.indicator_tables.choices[choice_id].option(self.universe[choice_id])

    def _seed_for_table(self, table_name: str) -> int:
        return self.seed if table_name in (*STATEMENT_TABLES, "talk_dates") else self.seed + 1

    def _weighted_sums(self, table_name: str, indicators: pd.DataFrame, rows: pd.DataFrame, weight: str) -> Floats:
        """Weighted sums of the columns of ``indicators``; the last column, the sizes, gives their total."""
        documents = rows["document_id"].to_numpy()
        if _WEIGHT_GROUP_COLUMNS.get(weight) == "document_id":
            sums = indicators.groupby(documents).sum()
            sums = sums[sums[_SIZE_COLUMN] > 0]
            return self._resampled_sums(table_name, sums.div(sums[_SIZE_COLUMN], axis=0))
        if weight == "speaker_side":
            sides = rows["speaker_side"].to_numpy()
            parts = [
                self._resampled_sums(table_name, indicators.mul(sides == side, axis=0), documents)
                for side in np.unique(sides)
            ]
            none = np.zeros(len(indicators.columns))
            return np.sum([none, *(np.nan_to_num(ratio(part, part[..., -1:])) for part in parts)], axis=0)
        return self._resampled_sums(table_name, indicators, documents)

    def _resampled_sums(
        self, table_name: str, indicators: pd.DataFrame, documents: npt.NDArray[Any] | None = None
    ) -> Floats:
        """Sums of columns, over rows or over documents drawn with replacement."""
        if not self.n_resamples:
            return np.asarray(indicators.sum().to_numpy(dtype=float))
        sums = indicators if documents is None else indicators.groupby(documents).sum()
        sums = sums[sums[_SIZE_COLUMN] > 0]
        if sums.empty:
            return np.zeros((self.n_resamples, indicators.shape[1]))
        return bootstrap_weights(len(sums), self.n_resamples, self._seed_for_table(table_name)) @ sums.to_numpy(
            dtype=float
        )


class AllUniverses:
    """Counts in all universes at once: arrays with an axis for each choice, of length 1 where nothing depends on it."""

    def __init__(self, indicator_tables: IndicatorTables, seed: int) -> None:
        self.indicator_tables, self.seed = indicator_tables, seed
        self.axes = list(indicator_tables.choices)
        self._counts: dict[tuple[str, str], Counts] = {}

    def count(self, table_name: str, unit: str) -> Counts:
        if (table_name, unit) not in self._counts:
            self._counts[table_name, unit] = self._compute_counts(self.indicator_tables.get(table_name, unit), unit)
        return self._counts[table_name, unit]

    def median(self, table_name: str, unit: str) -> tuple[Floats, Floats]:
        source = self.indicator_tables.get(table_name, unit)
        masks, years = self._filter_masks(source), source.indicators.reshape(-1, len(source.rows))
        parts = []
        for values in years:
            known = ~np.isnan(values)
            weights = masks[:, known].astype(float)
            parts.append((weighted_median(values[known], weights), weights.sum(axis=-1)))
        medians, numbers = (np.stack(part) for part in zip(*parts, strict=True))
        dims = (*source.reading_choices, *source.filter_choices)
        return self._align_axes(medians, dims), self._nan_where_absent(self._align_axes(numbers, dims), unit)

    def profile_difference(self, units: Sequence[str], min_n: int) -> tuple[Floats, Floats]:
        weights, distances = self.indicator_tables.choices["weight"].ids, self.indicator_tables.choices["distance"].ids
        sources = [self.indicator_tables.get("frames", unit) for unit in units]
        filters = sources[0].filter_choices
        options = list(product(*(self.indicator_tables.choices[each].ids for each in filters)))
        masks = [self._filter_masks(source) for source in sources]
        cubes = [source.indicators.reshape(-1, *source.indicators.shape[-2:]) for source in sources]
        found = np.full((len(options), len(weights), len(distances), len(cubes[0])), np.nan)
        documents = np.full(len(options), np.nan)
        for place, option in enumerate(options):
            out = option[filters.index("left_out")]
            present = [number for number, unit in enumerate(units) if self.indicator_tables.is_present(unit, out)]
            taken = [(sources[each].rows[masks[each][place]], cubes[each][:, masks[each][place]]) for each in present]
            numbers = [rows["document_id"].nunique() for rows, _ in taken]
            if len(present) > 1:
                documents[place] = min(numbers)
            if not documents[place] >= min_n:
                continue
            labels = permute_labels(np.repeat(np.arange(len(numbers)), numbers), self.seed)
            for at, weight in enumerate(weights):
                sums, sizes = sums_by_document(taken, weight)
                p = permutation_p(sums, sizes, labels, weight)
                found[place, at] = [p[distance] for distance in distances]
        dims = (*filters, "weight", "distance", *sources[0].reading_choices)
        return self._align_axes(found, dims), self._align_axes(documents, filters)

    def choose(self, choice_id: str, values_by_option: Mapping[str, Floats]) -> Floats:
        axis = self.axes.index(choice_id)
        parts = np.broadcast_arrays(
            *(self._with_all_axes(values_by_option[each]) for each in self.indicator_tables.choices[choice_id].ids)
        )
        return np.concatenate(parts, axis=axis)

    def _compute_counts(self, indicator_table: IndicatorTable, unit: str) -> Counts:
        masks = self._filter_masks(indicator_table)
        cube = indicator_table.indicators.reshape(-1, *indicator_table.indicators.shape[-2:])
        options = (
            self.indicator_tables.choices[indicator_table.weight_choice].ids if indicator_table.weight_choice else [""]
        )
        parts = [weighted_sums(masks, cube, indicator_table, option) for option in options]
        values, totals, numbers = (np.stack(part) for part in zip(*parts, strict=True))
        dims = (
            *([indicator_table.weight_choice] if indicator_table.weight_choice else []),
            *indicator_table.reading_choices,
            *indicator_table.filter_choices,
        )
        return Counts(
            indicator_table.columns,
            self._align_axes(values, dims, n_trailing=1),
            self._align_axes(totals, dims),
            self._nan_where_absent(self._align_axes(numbers, dims), unit),
        )

    def _filter_masks(self, indicator_table: IndicatorTable) -> Bools:
        """Which rows each combination of filter options takes: shape (combinations, rows)."""
        masks = np.ones((1, len(indicator_table.rows)), dtype=bool)
        for choice_id in indicator_table.filter_choices:
            options = self.indicator_tables.choices[choice_id].options
            own = np.stack([filter_mask(choice_id, option, indicator_table.rows) for option in options])
            masks = (masks[:, None, :] & own[None, :, :]).reshape(-1, len(indicator_table.rows))
        return masks

    def _align_axes(self, values: Floats, axis_names: Sequence[str], n_trailing: int = 0) -> Floats:
        """Values with the axes ``axis_names``, flattened or not, and some trailing ones, with every axis in its place."""
        lengths = [len(self.indicator_tables.choices[dim].ids) for dim in axis_names]
        tail = values.shape[values.ndim - n_trailing :]
        shaped = values.reshape(*lengths, *tail)
        order = sorted(range(len(axis_names)), key=lambda place: self.axes.index(axis_names[place]))
        moved = shaped.transpose(*order, *range(len(axis_names), len(axis_names) + n_trailing))
        full = [len(self.indicator_tables.choices[axis].ids) if axis in axis_names else 1 for axis in self.axes]
        return moved.reshape(*full, *tail)

    def _nan_where_absent(self, row_counts: Floats, unit: str) -> Floats:
        """The same numbers, NaN where a partnership is left out without which nothing of the unit remains."""
        out = self.indicator_tables.choices["left_out"].ids
        present = self._align_axes(
            np.array([1.0 if self.indicator_tables.is_present(unit, each) else np.nan for each in out]), ["left_out"]
        )
        return row_counts * present

    def _with_all_axes(self, values: Floats) -> Floats:
        array = np.asarray(values, dtype=float)
        return array if array.ndim == len(self.axes) else np.broadcast_to(array, (1,) * len(self.axes))


def weighted_sums(
    masks: Bools, indicators: Floats, indicator_table: IndicatorTable, weight: str
) -> tuple[Floats, Floats, Floats]:
    """Weighted sums of marks.

    Parameters
    ----------
    masks : ndarray of bool, shape (masks, rows)
    indicators : ndarray, shape (readings, rows, columns)
    indicator_table : Sheet
        Says what is weighed, and to which group a row belongs.
    weight : str
        An option of the sheet's choice of weights.

    Returns
    -------
    values : ndarray, shape (readings, masks, columns)
    total, n : ndarray, shape (readings, masks)
    """
    sizes = indicators.sum(axis=-1) if indicator_table.per_coding else np.ones(indicators.shape[:2])
    weights: Floats = np.broadcast_to(masks.astype(float), (len(indicators), *masks.shape))
    numbers = sizes @ masks.T.astype(float)
    if weight in _WEIGHT_GROUP_COLUMNS:
        place, names = pd.factorize(indicator_table.rows[_WEIGHT_GROUP_COLUMNS[weight]])
        one_hot = np.zeros((len(indicator_table.rows), len(names)))
        one_hot[np.arange(len(place)), place] = 1.0
        of_group = (masks[None] * sizes[:, None, :]) @ one_hot
        weights = masks[None] * inverse(of_group)[..., place]
    return weights @ indicators, (weights * sizes[:, None, :]).sum(axis=-1), numbers
