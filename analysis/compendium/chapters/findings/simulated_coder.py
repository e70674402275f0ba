"""Simulate a further coder from the confusion of coders A and B."""

from collections.abc import Sequence

import numpy as np

from compendium.chapters.findings.counting import Counts, SingleUniverse, weighted_sums
from compendium.chapters.findings.indicators import STATEMENT_TABLES, IndicatorTable, IndicatorTables, filter_mask
from compendium.dataset.choices import Universe
from compendium.dataset.coded_statements import code_matrix, read_by
from compendium.stats.arrays import Bools, Floats
from compendium.stats.permutation import permutation_p, permute_labels, sums_by_document


class SimulatedCoder(SingleUniverse):
    """Counts in one universe under codings that a further coder might have assigned.

    Each simulation starts, statement by statement, from the codes of coder A or of coder B, chosen at random. Each code
    is then assigned with the probability, observed over all statements, that the other coder assigned it when this one
    did, or did not. So a simulated coding differs from A's and from B's as these differ from each other. Codes of a
    statement are drawn independently. The universe's choice of coder is ignored; all its other choices apply.

    Counts of statements have a leading axis of ``n_simulations`` simulations.
    """

    def __init__(self, indicator_tables: IndicatorTables, universe: Universe, seed: int, n_simulations: int) -> None:
        super().__init__(indicator_tables, universe, seed)
        self.n_simulations = n_simulations
        self._simulated_codings: dict[str, Bools] = {}

    def count(self, table_name: str, unit: str) -> Counts:
        if table_name not in STATEMENT_TABLES or not self.indicator_tables.is_present(unit, self.universe["left_out"]):
            return super().count(table_name, unit)
        table, row_mask, indicators = self._simulated_indicators(table_name, unit)
        values, total, n = weighted_sums(row_mask[None], indicators, table, self.universe[table.weight_choice])
        return Counts(table.columns, values[:, 0], total[:, 0], n[:, 0])

    def profile_difference(self, units: Sequence[str], min_n: int) -> tuple[Floats, Floats]:
        present_units = [unit for unit in units if self.indicator_tables.is_present(unit, self.universe["left_out"])]
        rows_by_unit = []
        for unit in present_units:
            table, row_mask, indicators = self._simulated_indicators("frames", unit)
            rows_by_unit.append((table.rows[row_mask], indicators[:, row_mask]))
        n_documents = [rows["document_id"].nunique() for rows, _ in rows_by_unit]
        if len(n_documents) < 2 or min(n_documents) < min_n:
            smallest = float(min(n_documents)) if len(n_documents) > 1 else np.nan
            return np.full(self.n_simulations, np.nan), np.array(smallest)
        weight = self.universe["weight"]
        labels = permute_labels(np.repeat(np.arange(len(n_documents)), n_documents), self.seed)
        p_by_distance = permutation_p(*sums_by_document(rows_by_unit, weight), labels, weight)
        return self.choose("distance", p_by_distance), np.array(float(min(n_documents)))

    def _simulated_indicators(self, table_name: str, unit: str) -> tuple[IndicatorTable, Bools, Floats]:
        """An indicator table, the mask of the universe's rows, and indicators: simulations × rows × columns."""
        table = self.indicator_tables.get(table_name, unit)
        row_mask = np.logical_and.reduce(
            [filter_mask(choice_id, self._chosen_option(choice_id), table.rows) for choice_id in table.filter_choices]
        )
        indicators = self.indicator_tables.statement_indicators(
            table_name, self._simulate_codings(unit), [self._chosen_option("merged")]
        )
        return table, row_mask, indicators[:, 0] if table_name == "frames" else indicators

    def _simulate_codings(self, unit: str) -> Bools:
        """Simulated codings of a unit's case: simulations × statements × codes."""
        if unit not in self._simulated_codings:
            evidence, probabilities = self.indicator_tables.case_evidence(unit), coder_confusion(self.indicator_tables)
            code_ids, n_statements = self.indicator_tables.code_ids, len(evidence.statements)
            codings_by_coder = np.stack(
                [code_matrix(evidence.codings, evidence.statements, code_ids, coder).to_numpy() for coder in ("A", "B")]
            )
            generator = np.random.default_rng([self.seed, *unit.encode()])
            coders = generator.integers(0, 2, size=(self.n_simulations, n_statements))
            codings = codings_by_coder[coders, np.arange(n_statements)]
            expected = probabilities[coders[..., None], codings.astype(int), np.arange(len(code_ids))]
            self._simulated_codings[unit] = generator.random(codings.shape) < expected
        return self._simulated_codings[unit]


def coder_confusion(indicator_tables: IndicatorTables) -> Floats:
    """Probability that the other coder assigns a code, given what the first coder did.

    Returns
    -------
    ndarray, shape (2, 2, codes)
        First axis: the first coder is A, or B. Second axis: this coder did not assign the code, or did.
    """
    codings = indicator_tables.evidence.codings
    statements = read_by(indicator_tables.evidence.statements, codings, "both")
    codes_a, codes_b = (
        code_matrix(codings, statements, indicator_tables.code_ids, coder).to_numpy() for coder in ("A", "B")
    )
    probabilities = np.zeros((2, 2, len(indicator_tables.code_ids)))
    for coder_index, (first, other) in enumerate(((codes_a, codes_b), (codes_b, codes_a))):
        for assigned in (0, 1):
            mask = first == bool(assigned)
            probabilities[coder_index, assigned] = (mask & other).sum(axis=0) / np.maximum(mask.sum(axis=0), 1)
    return probabilities
