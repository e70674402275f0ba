"""Weighted indicator counts, in one universe or in all as arrays.

The checks of :mod:`compendium.chapters.findings.checks` are written once, for arrays with any leading axes: none
(:class:`SingleUniverse`), bootstrap resamples (:class:`SingleUniverse` with ``n_resamples``), an axis per choice
(:class:`AllUniverses`), or simulated codings (:class:`compendium.chapters.findings.simulated_coder.SimulatedCoder`).
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
    """Weighted counts of an indicator table's columns.

    Attributes
    ----------
    columns : list of str
    values : ndarray, shape (..., columns)
        Weighted count of each column.
    total : ndarray, shape (...)
        Weighted number of rows, or of codings: the denominator of shares.
    n : ndarray, shape (...)
        Unweighted number of rows, or of codings; NaN where the unit is out of scope.
    """

    columns: list[str]
    values: Floats
    total: Floats
    n: Floats

    def column_sum(self, *columns: str) -> Floats:
        """Sum of the counts of ``columns``, shape (...)."""
        return self.values[..., [self.columns.index(column) for column in columns]].sum(axis=-1)

    def share(self, *columns: str) -> Floats:
        """Share of ``columns`` in the total, shape (...); NaN where the total is 0."""
        return ratio(self.column_sum(*columns), self.total)

    @property
    def profile(self) -> Floats:
        """Each column's share in the sum of all columns, shape (..., columns)."""
        return ratio(self.values, self.values.sum(axis=-1, keepdims=True))


class Counter(Protocol):
    """The counts that a check can ask for."""

    indicator_tables: IndicatorTables

    def count(self, table_name: str, unit: str) -> Counts:
        """Counts of the indicator table of a unit."""

    def median(self, table_name: str, unit: str) -> tuple[Floats, Floats]:
        """Median year of an indicator table of dates, and the number of dates."""

    def profile_difference(self, units: Sequence[str], min_n: int) -> tuple[Floats, Floats]:
        """p-value of the difference between the units' frame profiles, and the smallest number of documents of a unit.

        The p-value is NaN if a unit has fewer than ``min_n`` documents.
        """

    def choose(self, choice_id: str, values_by_option: Mapping[str, Floats]) -> Floats:
        """The values of the option that the universe takes, out of the values for each option."""


class SingleUniverse:
    """Counts in one universe; with ``n_resamples``, they have a leading axis of bootstrap resamples of documents.

    Statements are resampled with ``seed`` and measures with ``seed + 1``, as in the chapters on a case.
    """

    def __init__(self, indicator_tables: IndicatorTables, universe: Universe, seed: int, n_resamples: int = 0) -> None:
        self.indicator_tables, self.universe = indicator_tables, universe
        self.seed, self.n_resamples = seed, n_resamples

    def select_rows(self, table_name: str, unit: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows that the universe includes, and their indicators (rows × columns)."""
        table = self.indicator_tables.get(table_name, unit)
        row_mask = np.ones(len(table.rows), dtype=bool)
        for choice_id in table.filter_choices:
            row_mask &= filter_mask(choice_id, self._chosen_option(choice_id), table.rows)
        reading_index = tuple(
            self.indicator_tables.choices[choice_id].ids.index(self.universe[choice_id])
            for choice_id in table.reading_choices
        )
        indicators = pd.DataFrame(table.indicators[reading_index][row_mask], columns=table.columns)
        return table.rows[row_mask].reset_index(drop=True), indicators

    def count(self, table_name: str, unit: str) -> Counts:
        table = self.indicator_tables.get(table_name, unit)
        if not self.indicator_tables.is_present(unit, self.universe["left_out"]):
            return Counts(table.columns, np.full(len(table.columns), np.nan), np.array(np.nan), np.array(np.nan))
        rows, indicators = self.select_rows(table_name, unit)
        sized = indicators.assign(**{_SIZE_COLUMN: indicators.sum(axis=1) if table.per_coding else 1.0})
        weighted = self._weighted_sums(table_name, sized, rows, self.universe.get(table.weight_choice, ""))
        unweighted = self._weighted_sums(table_name, sized, rows, "")
        return Counts(table.columns, weighted[..., :-1], weighted[..., -1], unweighted[..., -1])

    def median(self, table_name: str, unit: str) -> tuple[Floats, Floats]:
        if not self.indicator_tables.is_present(unit, self.universe["left_out"]):
            return np.array(np.nan), np.array(np.nan)
        rows, indicators = self.select_rows(table_name, unit)
        has_year = indicators["year"].notna().to_numpy()
        years, documents = indicators["year"].to_numpy()[has_year], rows["document_id"][has_year]
        if not self.n_resamples:
            return np.array(np.median(years) if len(years) else np.nan), np.array(float(len(years)))
        document_index, _ = pd.factorize(documents, sort=True)
        weights = bootstrap_weights(document_index.max() + 1, self.n_resamples, self._seed_for_table(table_name))
        row_weights = weights[:, document_index]
        return weighted_median(years, row_weights), row_weights.sum(axis=-1)

    def profile_difference(self, units: Sequence[str], min_n: int) -> tuple[Floats, Floats]:
        present_units = [unit for unit in units if self.indicator_tables.is_present(unit, self.universe["left_out"])]
        parts = []
        for number, unit in enumerate(present_units):
            rows, indicators = self.select_rows("frames", unit)
            side = rows["speaker_side"] if self.universe["weight"] == "speaker_side" else ""
            parts.append(indicators.assign(**{_SIZE_COLUMN: 1.0}, unit=number, document=rows["document_id"], side=side))
        n_documents = min(part["document"].nunique() for part in parts) if len(parts) > 1 else np.nan
        if not n_documents >= min_n:
            return np.array(np.nan), np.array(float(n_documents))
        sums = pd.concat(parts).groupby(["unit", "document", "side"]).sum().unstack("side", fill_value=0.0)
        labels = sums.index.get_level_values("unit").to_numpy()
        n_sides = sums.columns.get_level_values("side").nunique()
        sums_by_side = sums.to_numpy().reshape(len(sums), -1, n_sides).transpose(2, 0, 1)
        p_by_distance = permutation_p(
            sums_by_side[:, :, None, :-1],
            sums_by_side[..., -1],
            permute_labels(labels, self.seed),
            self.universe["weight"],
        )
        p = self.choose("distance", {distance: values[0] for distance, values in p_by_distance.items()})
        return p, np.array(float(np.bincount(labels).min()))

    def choose(self, choice_id: str, values_by_option: Mapping[str, Floats]) -> Floats:
        return np.asarray(values_by_option[self.universe[choice_id]])

    def _chosen_option(self, choice_id: str) -> Any:
        return self.indicator_tables.choices[choice_id].option(self.universe[choice_id])

    def _seed_for_table(self, table_name: str) -> int:
        return self.seed if table_name in (*STATEMENT_TABLES, "talk_dates") else self.seed + 1

    def _weighted_sums(self, table_name: str, indicators: pd.DataFrame, rows: pd.DataFrame, weight: str) -> Floats:
        """Weighted sums of the columns of ``indicators``; that of the last column, the sizes, is the total."""
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
            zeros = np.zeros(len(indicators.columns))
            return np.sum([zeros, *(np.nan_to_num(ratio(part, part[..., -1:])) for part in parts)], axis=0)
        return self._resampled_sums(table_name, indicators, documents)

    def _resampled_sums(
        self, table_name: str, indicators: pd.DataFrame, documents: npt.NDArray[Any] | None = None
    ) -> Floats:
        """Sums of columns over all rows, or over documents drawn with replacement in each resample."""
        if not self.n_resamples:
            return np.asarray(indicators.sum().to_numpy(dtype=float))
        sums = indicators if documents is None else indicators.groupby(documents).sum()
        sums = sums[sums[_SIZE_COLUMN] > 0]
        if sums.empty:
            return np.zeros((self.n_resamples, indicators.shape[1]))
        weights = bootstrap_weights(len(sums), self.n_resamples, self._seed_for_table(table_name))
        return weights @ sums.to_numpy(dtype=float)


class AllUniverses:
    """Counts in all universes at once: arrays with an axis per choice, of length 1 where nothing depends on it."""

    def __init__(self, indicator_tables: IndicatorTables, seed: int) -> None:
        self.indicator_tables, self.seed = indicator_tables, seed
        self.axes = list(indicator_tables.choices)
        self._counts: dict[tuple[str, str], Counts] = {}

    def count(self, table_name: str, unit: str) -> Counts:
        if (table_name, unit) not in self._counts:
            self._counts[table_name, unit] = self._compute_counts(self.indicator_tables.get(table_name, unit), unit)
        return self._counts[table_name, unit]

    def median(self, table_name: str, unit: str) -> tuple[Floats, Floats]:
        table = self.indicator_tables.get(table_name, unit)
        row_masks = self._filter_masks(table)
        medians, n_dates = [], []
        for years in table.indicators.reshape(-1, len(table.rows)):
            has_year = ~np.isnan(years)
            weights = row_masks[:, has_year].astype(float)
            medians.append(weighted_median(years[has_year], weights))
            n_dates.append(weights.sum(axis=-1))
        axis_names = (*table.reading_choices, *table.filter_choices)
        return (
            self._align_axes(np.stack(medians), axis_names),
            self._nan_where_absent(self._align_axes(np.stack(n_dates), axis_names), unit),
        )

    def profile_difference(self, units: Sequence[str], min_n: int) -> tuple[Floats, Floats]:
        choices = self.indicator_tables.choices
        weights, distances = choices["weight"].ids, choices["distance"].ids
        tables = [self.indicator_tables.get("frames", unit) for unit in units]
        filters = tables[0].filter_choices
        option_sets = list(product(*(choices[choice_id].ids for choice_id in filters)))
        row_masks = [self._filter_masks(table) for table in tables]
        # Readings are one axis here: readings × rows × columns.
        indicators = [table.indicators.reshape(-1, *table.indicators.shape[-2:]) for table in tables]
        p = np.full((len(option_sets), len(weights), len(distances), len(indicators[0])), np.nan)
        n_documents = np.full(len(option_sets), np.nan)
        for number, options in enumerate(option_sets):
            left_out_id = options[filters.index("left_out")]
            rows_by_unit = [
                (table.rows[masks[number]], unit_indicators[:, masks[number]])
                for unit, table, masks, unit_indicators in zip(units, tables, row_masks, indicators, strict=True)
                if self.indicator_tables.is_present(unit, left_out_id)
            ]
            n_by_unit = [rows["document_id"].nunique() for rows, _ in rows_by_unit]
            if len(n_by_unit) > 1:
                n_documents[number] = min(n_by_unit)
            if not n_documents[number] >= min_n:
                continue
            labels = permute_labels(np.repeat(np.arange(len(n_by_unit)), n_by_unit), self.seed)
            for weight_number, weight in enumerate(weights):
                sums, sizes = sums_by_document(rows_by_unit, weight)
                p_by_distance = permutation_p(sums, sizes, labels, weight)
                p[number, weight_number] = [p_by_distance[distance] for distance in distances]
        axis_names = (*filters, "weight", "distance", *tables[0].reading_choices)
        return self._align_axes(p, axis_names), self._align_axes(n_documents, filters)

    def choose(self, choice_id: str, values_by_option: Mapping[str, Floats]) -> Floats:
        arrays = np.broadcast_arrays(
            *(
                self._with_all_axes(values_by_option[option_id])
                for option_id in self.indicator_tables.choices[choice_id].ids
            )
        )
        return np.concatenate(arrays, axis=self.axes.index(choice_id))

    def _compute_counts(self, indicator_table: IndicatorTable, unit: str) -> Counts:
        row_masks = self._filter_masks(indicator_table)
        indicators = indicator_table.indicators.reshape(-1, *indicator_table.indicators.shape[-2:])
        weight_choice = indicator_table.weight_choice
        weights = self.indicator_tables.choices[weight_choice].ids if weight_choice else [""]
        sums = [weighted_sums(row_masks, indicators, indicator_table, weight) for weight in weights]
        values, totals, n = (np.stack(arrays) for arrays in zip(*sums, strict=True))
        axis_names = (
            *([weight_choice] if weight_choice else []),
            *indicator_table.reading_choices,
            *indicator_table.filter_choices,
        )
        return Counts(
            indicator_table.columns,
            self._align_axes(values, axis_names, n_trailing=1),
            self._align_axes(totals, axis_names),
            self._nan_where_absent(self._align_axes(n, axis_names), unit),
        )

    def _filter_masks(self, indicator_table: IndicatorTable) -> Bools:
        """Rows that each combination of filter options includes, shape (combinations, rows)."""
        rows = indicator_table.rows
        row_masks = np.ones((1, len(rows)), dtype=bool)
        for choice_id in indicator_table.filter_choices:
            options = self.indicator_tables.choices[choice_id].options
            option_masks = np.stack([filter_mask(choice_id, option, rows) for option in options])
            row_masks = (row_masks[:, None, :] & option_masks[None, :, :]).reshape(-1, len(rows))
        return row_masks

    def _align_axes(self, values: Floats, axis_names: Sequence[str], n_trailing: int = 0) -> Floats:
        """Reshape values to one axis per choice, in the order of :attr:`axes`, before their trailing axes.

        Parameters
        ----------
        values : ndarray
            Its leading axes, flattened or not, are the choices ``axis_names`` in this order.
        axis_names : sequence of str
        n_trailing : int
            Number of further axes, which stay last.
        """
        choices = self.indicator_tables.choices
        trailing_shape = values.shape[values.ndim - n_trailing :]
        unflattened = values.reshape(*(len(choices[name].ids) for name in axis_names), *trailing_shape)
        order = sorted(range(len(axis_names)), key=lambda position: self.axes.index(axis_names[position]))
        ordered = unflattened.transpose(*order, *range(len(axis_names), len(axis_names) + n_trailing))
        lengths = [len(choices[axis].ids) if axis in axis_names else 1 for axis in self.axes]
        return ordered.reshape(*lengths, *trailing_shape)

    def _nan_where_absent(self, row_counts: Floats, unit: str) -> Floats:
        """Row counts, with NaN where leaving out a partnership leaves nothing of the unit."""
        present = [
            1.0 if self.indicator_tables.is_present(unit, option_id) else np.nan
            for option_id in self.indicator_tables.choices["left_out"].ids
        ]
        return row_counts * self._align_axes(np.array(present), ["left_out"])

    def _with_all_axes(self, values: Floats) -> Floats:
        array = np.asarray(values, dtype=float)
        return array if array.ndim == len(self.axes) else np.broadcast_to(array, (1,) * len(self.axes))


def weighted_sums(
    masks: Bools, indicators: Floats, indicator_table: IndicatorTable, weight: str
) -> tuple[Floats, Floats, Floats]:
    """Weighted sums of indicators over the rows of each mask.

    Parameters
    ----------
    masks : ndarray of bool, shape (masks, rows)
    indicators : ndarray, shape (readings, rows, columns)
    indicator_table : IndicatorTable
        Its rows give the groups to weight by; ``per_coding`` says whether codings or rows are weighted.
    weight : str
        An option of the table's weight choice.

    Returns
    -------
    values : ndarray, shape (readings, masks, columns)
    total, n : ndarray, shape (readings, masks)
    """
    sizes = indicators.sum(axis=-1) if indicator_table.per_coding else np.ones(indicators.shape[:2])
    weights: Floats = np.broadcast_to(masks.astype(float), (len(indicators), *masks.shape))
    n = sizes @ masks.T.astype(float)
    if weight in _WEIGHT_GROUP_COLUMNS:
        group_index, groups = pd.factorize(indicator_table.rows[_WEIGHT_GROUP_COLUMNS[weight]])
        one_hot = np.zeros((len(indicator_table.rows), len(groups)))
        one_hot[np.arange(len(group_index)), group_index] = 1.0
        group_sizes = (masks[None] * sizes[:, None, :]) @ one_hot
        weights = masks[None] * inverse(group_sizes)[..., group_index]
    return weights @ indicators, (weights * sizes[:, None, :]).sum(axis=-1), n
