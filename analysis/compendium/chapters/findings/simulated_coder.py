"""Codings that another coder might have given, drawn from the confusion of the two that there are."""

from collections.abc import Sequence

import numpy as np

from compendium.chapters.findings.counting import Counts, SingleUniverse, weighted_sums
from compendium.chapters.findings.indicators import STATEMENT_TABLES, IndicatorTable, IndicatorTables, filter_mask
from compendium.dataset.choices import Universe
from compendium.dataset.coded_statements import code_matrix, read_by
from compendium.stats.arrays import Bools, Floats
from compendium.stats.permutation import permutation_p, permute_labels, sums_by_document


class SimulatedCoder(SingleUniverse):
    """Counts under readings that another coder might have given, drawn from the confusion of the two that there are.

    For each redraw and statement one of the two readings, A or B at random, is taken as the ground; each code is then
    marked with the chance, as observed over all statements, that the other coder marks it when this one did, or did
    not. So each redraw is one new reading that differs from the two as they do from each other; codes of a statement
    err independently of one another. The choice of a coder falls away; all others are as in the universe.
    """

    def __init__(self, indicator_tables: IndicatorTables, universe: Universe, seed: int, n_simulations: int) -> None:
        super().__init__(indicator_tables, universe, seed)
        self.n_simulations = n_simulations
        self._simulated_codings: dict[str, Bools] = {}

    def count(self, table_name: str, unit: str) -> Counts:
        if table_name not in STATEMENT_TABLES or not self.indicator_tables.is_present(unit, self.universe["left_out"]):
            return super().count(table_name, unit)
        source, keep, cube = self._universe_indicators(table_name, unit)
        weight = self.universe[source.weight_choice]
        values, total, n = weighted_sums(keep[None], cube, source, weight)
        return Counts(source.columns, values[:, 0], total[:, 0], n[:, 0])

    def profile_difference(self, units: Sequence[str], min_n: int) -> tuple[Floats, Floats]:
        weight, present = (
            self.universe["weight"],
            [each for each in units if self.indicator_tables.is_present(each, self.universe["left_out"])],
        )
        parts = [self._universe_indicators("frames", unit) for unit in present]
        taken = [(source.rows[keep], cube[:, keep]) for source, keep, cube in parts]
        numbers = [rows["document_id"].nunique() for rows, _ in taken]
        if len(numbers) < 2 or min(numbers) < min_n:
            return np.full(self.n_simulations, np.nan), np.array(float(min(numbers)) if len(numbers) > 1 else np.nan)
        labels = permute_labels(np.repeat(np.arange(len(numbers)), numbers), self.seed)
        p = permutation_p(*sums_by_document(taken, weight), labels, weight)
        return self.choose("distance", p), np.array(float(min(numbers)))

    def _universe_indicators(self, table_name: str, unit: str) -> tuple[IndicatorTable, Bools, Floats]:
        """A sheet, the rows that the universe takes, and its redrawn marks (redraws × rows × columns)."""
        source = self.indicator_tables.get(table_name, unit)
        keep = np.logical_and.reduce(
            [filter_mask(each, self._chosen_option(each), source.rows) for each in source.filter_choices]
        )
        cube = self.indicator_tables.statement_indicators(
            table_name, self._simulate_codings(unit), [self._chosen_option("merged")]
        )
        return source, keep, cube[:, 0] if table_name == "frames" else cube

    def _simulate_codings(self, unit: str) -> Bools:
        if unit not in self._simulated_codings:
            own, chance = self.indicator_tables.case_evidence(unit), coder_confusion(self.indicator_tables)
            ids, codes = own.statements["statement_id"], self.indicator_tables.code_ids
            pair = np.stack([code_matrix(own.codings, own.statements, codes, coder).to_numpy() for coder in ("A", "B")])
            generator = np.random.default_rng([self.seed, *unit.encode()])
            ground = generator.integers(0, 2, size=(self.n_simulations, len(ids)))
            given = pair[ground, np.arange(len(ids))]
            expected = chance[ground[..., None], given.astype(int), np.arange(len(codes))]
            self._simulated_codings[unit] = generator.random(given.shape) < expected
        return self._simulated_codings[unit]


def coder_confusion(indicator_tables: IndicatorTables) -> Floats:
    """The chance that the other coder marks a code: shape (ground A or B, not marked or marked there, codes)."""
    codings = indicator_tables.evidence.codings
    statements = read_by(indicator_tables.evidence.statements, codings, "both")
    first, second = (
        code_matrix(codings, statements, indicator_tables.code_ids, coder).to_numpy() for coder in ("A", "B")
    )
    table = np.zeros((2, 2, len(indicator_tables.code_ids)))
    for ground, (this, other) in enumerate(((first, second), (second, first))):
        for state in (0, 1):
            chosen = this == bool(state)
            table[ground, state] = (chosen & other).sum(axis=0) / np.maximum(chosen.sum(axis=0), 1)
    return table
