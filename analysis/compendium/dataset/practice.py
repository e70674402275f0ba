"""What was promised and what was done: commitments, measures, and how the two meet."""

import numpy as np
import pandas as pd

from compendium.dataset.dates import is_in_period

REALISED_STATUSES = ("under_way", "completed", "in_force")


def count_rows(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Rows of a table for each combination of ``by`` that occurs, with the ids behind: ``count``, ``ids``.

    ``ids`` is a tuple of the values of the table's first column, in the table's order.
    """
    grouped = table.groupby(by, sort=True)[table.columns[0]]
    return grouped.agg(count="size", ids=tuple).reset_index()


def realised_measures(measures: pd.DataFrame) -> pd.DataFrame:
    """The measures that are under way, completed or in force, as of their source."""
    return measures[measures["status"].isin(REALISED_STATUSES)].reset_index(drop=True)


def measures_in_period(measures: pd.DataFrame, start: str = "", end: str = "") -> pd.DataFrame:
    """The measures that start in a period (both ends inclusive, any precision); without bounds, all of them.

    Measures of unknown start are left out as soon as one bound is given.
    """
    if not start and not end:
        return measures
    return measures[measures["start"].map(lambda date: is_in_period(date, start, end))].reset_index(drop=True)


def explode_list_column(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """A row for each item of a list column; rows with an empty list fall away."""
    return table.explode(column).dropna(subset=[column]).reset_index(drop=True)


def one_hot(values: pd.Series, options: list[str]) -> pd.DataFrame:
    """Which of the options each row has: DataFrame of bool, rows × ``options``."""
    return pd.DataFrame({option: values == option for option in options}, columns=options, dtype=bool)


def area_counts_by_document(table: pd.DataFrame, areas: list[str]) -> pd.DataFrame:
    """How many rows of each policy area stem from each document: DataFrame of int, documents × areas."""
    crossed = pd.crosstab(table["document_id"], table["policy_area"])
    return crossed.reindex(columns=areas, fill_value=0)


PROMISE_OUTCOMES = (
    "promised and done",
    "promised, nothing done",
    "done without a promise",
    "neither promised nor done",
)


def promise_outcomes(commitments: pd.DataFrame, measures: pd.DataFrame, areas: list[str]) -> pd.DataFrame:
    """How commitments meet realised measures, per partnership and policy area.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``policy_area``, ``commitments`` (number), ``done`` (realised measures), ``planned``
        (other measures), ``outcome`` (one of :data:`PROMISE_OUTCOMES`; a measure that is only announced is not done).
    """
    partnerships = sorted({*commitments["partnership_id"], *measures["partnership_id"]})
    cells = pd.MultiIndex.from_product([partnerships, areas], names=["partnership_id", "policy_area"])
    done = measures["status"].isin(REALISED_STATUSES)

    def per_cell(table: pd.DataFrame) -> pd.Series:
        return table.groupby(["partnership_id", "policy_area"]).size().reindex(cells, fill_value=0)

    frame = pd.DataFrame(
        {"commitments": per_cell(commitments), "done": per_cell(measures[done]), "planned": per_cell(measures[~done])}
    )
    promised, followed = frame["commitments"] > 0, frame["done"] > 0
    frame["outcome"] = np.select([promised & followed, promised, followed], PROMISE_OUTCOMES[:3], PROMISE_OUTCOMES[3])
    return frame.reset_index()


def measures_with_year(measures: pd.DataFrame) -> pd.DataFrame:
    """Measures with the year in which they start (``year``, int); those without a start fall away."""
    dated = measures[measures["start"] != ""]
    return dated.assign(year=dated["start"].str[:4].astype(int)).reset_index(drop=True)
