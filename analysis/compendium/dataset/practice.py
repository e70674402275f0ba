"""Commitments and measures: selections, counts, and whether commitments were followed by measures."""

import numpy as np
import pandas as pd

from compendium.dataset.dates import is_in_period

REALISED_STATUSES = ("under_way", "completed", "in_force")
"""Statuses of a measure that has begun; a measure that is only announced is not realised."""


def count_rows(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Count the rows of a table for each combination of ``by``.

    Parameters
    ----------
    table : DataFrame
        With the id of each row in the first column.
    by : list of str
        Columns to group by.

    Returns
    -------
    DataFrame
        A row per combination that occurs: the columns ``by``, ``count`` and ``ids`` (tuple of ids, in the order of the
        table).

    Examples
    --------
    >>> measures = pd.DataFrame({"measure_id": ["m1", "m2", "m3"], "status": ["completed", "announced", "completed"]})
    >>> count_rows(measures, ["status"])
          status  count       ids
    0  announced      1     (m2,)
    1  completed      2  (m1, m3)
    """
    grouped = table.groupby(by, sort=True)[table.columns[0]]
    return grouped.agg(count="size", ids=tuple).reset_index()


def realised_measures(measures: pd.DataFrame) -> pd.DataFrame:
    """Select the measures that are under way, completed or in force according to their source.

    Parameters
    ----------
    measures : DataFrame
        With ``status``.

    Returns
    -------
    DataFrame
        Rows whose status is one of :data:`REALISED_STATUSES`, with a new index.

    Examples
    --------
    >>> realised_measures(pd.DataFrame({"status": ["announced", "in_force"]}))["status"].tolist()
    ['in_force']
    """
    return measures[measures["status"].isin(REALISED_STATUSES)].reset_index(drop=True)


def measures_in_period(measures: pd.DataFrame, start: str = "", end: str = "") -> pd.DataFrame:
    """Select the measures that start in a period.

    Parameters
    ----------
    measures : DataFrame
        With ``start``.
    start, end : str
        Bounds of any precision, both inclusive; empty if the period is open.

    Returns
    -------
    DataFrame
        All rows if there is no bound; otherwise the rows in the period, without those of unknown start.

    Examples
    --------
    >>> measures = pd.DataFrame({"start": ["2008-06", "2011", ""]})
    >>> measures_in_period(measures, "2008", "2010")["start"].tolist()
    ['2008-06']
    """
    if not start and not end:
        return measures
    return measures[measures["start"].map(lambda date: is_in_period(date, start, end))].reset_index(drop=True)


def explode_list_column(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Repeat each row for each item of a list column, and drop rows with an empty list.

    Parameters
    ----------
    table : DataFrame
    column : str
        Column of tuples.

    Returns
    -------
    DataFrame
        With one item per cell of ``column``, and a new index.

    Examples
    --------
    >>> table = pd.DataFrame({"measure_id": ["m1", "m2"], "actor_types": [("ngo", "agency"), ()]})
    >>> explode_list_column(table, "actor_types").to_numpy().tolist()
    [['m1', 'ngo'], ['m1', 'agency']]
    """
    return table.explode(column).dropna(subset=[column]).reset_index(drop=True)


def one_hot(values: pd.Series, options: list[str]) -> pd.DataFrame:
    """Indicators of the value of each row.

    Parameters
    ----------
    values : Series, length rows
    options : list of str
        Possible values.

    Returns
    -------
    DataFrame of bool, shape (rows, options)

    Examples
    --------
    >>> one_hot(pd.Series(["ngo", "agency"]), ["ngo", "agency"])
         ngo  agency
    0   True   False
    1  False    True
    """
    return pd.DataFrame({option: values == option for option in options}, columns=options, dtype=bool)


def area_counts_by_document(table: pd.DataFrame, areas: list[str]) -> pd.DataFrame:
    """Count the rows of each policy area in each document.

    Parameters
    ----------
    table : DataFrame
        ``document_id`` and ``policy_area``, such as commitments or measures.
    areas : list of str
        Policy areas, in the order of the columns.

    Returns
    -------
    DataFrame of int, shape (documents, areas)
        Indexed by ``document_id``, for documents with at least one row.

    Examples
    --------
    >>> table = pd.DataFrame({"document_id": ["d1", "d1"], "policy_area": ["visas", "visas"]})
    >>> area_counts_by_document(table, ["visas", "jobs"]).to_dict("index")
    {'d1': {'visas': 2, 'jobs': 0}}
    """
    return pd.crosstab(table["document_id"], table["policy_area"]).reindex(columns=areas, fill_value=0)


PROMISE_OUTCOMES = (
    "promised and done",
    "promised, nothing done",
    "done without a promise",
    "neither promised nor done",
)
"""Outcomes of a partnership and policy area; "done" means at least one realised measure."""


def promise_outcomes(commitments: pd.DataFrame, measures: pd.DataFrame, areas: list[str]) -> pd.DataFrame:
    """Compare commitments with realised measures for each partnership and policy area.

    Parameters
    ----------
    commitments, measures : DataFrame
        ``partnership_id`` and ``policy_area``; ``measures`` also ``status``.
    areas : list of str
        Policy areas.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``policy_area``, ``commitments`` (number), ``done`` (number of realised measures),
        ``planned`` (number of other measures), ``outcome`` (one of :data:`PROMISE_OUTCOMES`).

    Examples
    --------
    >>> commitments = pd.DataFrame({"partnership_id": ["x"], "policy_area": ["visas"]})
    >>> measures = pd.DataFrame({"partnership_id": ["x"], "policy_area": ["jobs"], "status": ["completed"]})
    >>> promise_outcomes(commitments, measures, ["visas", "jobs"])[["policy_area", "outcome"]]
      policy_area                 outcome
    0       visas  promised, nothing done
    1        jobs  done without a promise
    """
    partnerships = sorted({*commitments["partnership_id"], *measures["partnership_id"]})
    pairs = pd.MultiIndex.from_product([partnerships, areas], names=["partnership_id", "policy_area"])
    is_done = measures["status"].isin(REALISED_STATUSES)

    def counts(table: pd.DataFrame) -> pd.Series:
        return table.groupby(["partnership_id", "policy_area"]).size().reindex(pairs, fill_value=0)

    frame = pd.DataFrame(
        {"commitments": counts(commitments), "done": counts(measures[is_done]), "planned": counts(measures[~is_done])}
    )
    is_promised, has_measure = frame["commitments"] > 0, frame["done"] > 0
    conditions = [is_promised & has_measure, is_promised, has_measure]
    frame["outcome"] = np.select(conditions, PROMISE_OUTCOMES[:3], PROMISE_OUTCOMES[3])
    return frame.reset_index()


def measures_with_year(measures: pd.DataFrame) -> pd.DataFrame:
    """Select the measures with a known start and add its ``year`` (int)."""
    dated = measures[measures["start"] != ""]
    return dated.assign(year=dated["start"].str[:4].astype(int)).reset_index(drop=True)
