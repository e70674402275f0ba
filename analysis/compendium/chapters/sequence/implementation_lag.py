"""Lag to implementation: the time from a partnership's signature to the first measure in each policy area.

The unit is a partnership with a policy area. An area is named when a commitment falls in it or a statement about the
partnership names it as a remedy. It is implemented on the day on which the first measure in it began, of those under
way, completed or in force. Areas without a measure are censored on the last day on which anything is on record of the
partnership: the lag is longer than that. Days are counted between the middles of dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from compendium.chapters.sequence.analysis import days_after_signature, drop_architecture
from compendium.chapters.sequence.vocabulary import (
    AT_RISK_STATES,
    DONE_AFTER_NAMED,
    DONE_BEFORE_NAMED,
    DONE_BEFORE_SIGNATURE,
    DONE_UNDATED,
    NAMED_UNDATED,
    NEVER_NAMED,
    NOT_DONE,
)
from compendium.dataset import practice
from compendium.dataset.coded_statements import CodedStatements
from compendium.dataset.dates import middle_day
from compendium.dataset.evidence import Evidence
from compendium.stats import survival
from compendium.stats.survival import DAYS_PER_YEAR

NAMING_SOURCES = ("promised", "named")


@dataclass(frozen=True)
class LagDefinition:
    """A definition of the lag to implementation.

    Parameters
    ----------
    label : str
        How it differs from the main definition.
    sources : sequence of {"promised", "named"}
        Whether a commitment, a statement, or either of them puts an area at risk.
    from_signature : bool
        Whether an area is at risk from the signature on, even if it was named later.
    undated_measures : {"left out", "at once", "as reported"}
        When an undated measure began: unknown; on the first day at risk; or on the day of the document that reports it
        (without a date, on the last day on record).
    ignore_earlier_measures : bool
        Whether an area with a measure before the signature is at risk of a new measure.
    """

    label: str
    sources: Sequence[str] = NAMING_SOURCES
    from_signature: bool = False
    undated_measures: str = "left out"
    ignore_earlier_measures: bool = False


MAIN_DEFINITION = LagDefinition("As in the figure")
FROM_SIGNATURE_DEFINITION = LagDefinition("At risk from the signature, whenever named", from_signature=True)
LAG_DEFINITIONS = (
    MAIN_DEFINITION,
    LagDefinition("Only areas with a commitment", sources=("promised",)),
    LagDefinition("Only areas that talk names", sources=("named",)),
    FROM_SIGNATURE_DEFINITION,
    LagDefinition("Undated measures began at once", undated_measures="at once"),
    LagDefinition("Undated measures began when reported", undated_measures="as reported"),
    LagDefinition("Begun before: waiting for something new", ignore_earlier_measures=True),
)


def last_record_dates(evidence: Evidence) -> pd.Series:
    """Find the last date on record of each partnership: of its documents, events and realised measures.

    Returns
    -------
    Series of str
        Indexed by ``partnership_id``; partnerships without a date are missing.
    """
    evidence = drop_architecture(evidence)
    documents = practice.explode_list_column(evidence.documents, "partnership_ids")
    parts = (
        documents[["partnership_ids", "date"]].rename(columns={"partnership_ids": "partnership_id"}),
        evidence.events[["partnership_id", "date"]],
        practice.realised_measures(evidence.measures)[["partnership_id", "start"]].rename(columns={"start": "date"}),
    )
    return _first_or_last_dates(pd.concat(parts, ignore_index=True), ["partnership_id"], latest=True)


def partnership_areas(evidence: Evidence, coded_statements: CodedStatements, signatures: pd.DataFrame) -> pd.DataFrame:
    """Count commitments, statements and measures of each partnership in each policy area, with their first dates.

    Parameters
    ----------
    evidence : Evidence
    coded_statements : CodedStatements
        Without statements of the wider architecture.
    signatures : DataFrame
        Result of :func:`compendium.chapters.sequence.analysis.partnership_signatures`.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``policy_area``, ``family``; the counts ``commitments``, ``statements``, ``measures``
        (realised) and ``undated`` (of these); the first dates ``promised``, ``named``, ``started`` and ``reported`` (of
        a document that reports an undated measure), ``""`` where unknown; ``starts`` (dates of all dated measures);
        ``signed`` and ``seen`` (last date on record).
    """
    keys = ["partnership_id", "policy_area"]
    dates = evidence.documents.set_index("document_id")["date"]
    commitments = evidence.commitments.assign(date=evidence.commitments["document_id"].map(dates))
    done = practice.realised_measures(evidence.measures).assign(date=lambda table: table["start"])
    undated = done[done["start"] == ""].assign(date=lambda table: table["document_id"].map(dates))
    named = _named_areas(coded_statements)
    areas = signatures[["partnership_id", "signed"]].merge(evidence.policy_areas[["code_id", "family"]], how="cross")
    areas = areas.rename(columns={"code_id": "policy_area"})
    index = pd.MultiIndex.from_frame(areas[keys])
    counted = {"commitments": commitments, "statements": named, "measures": done, "undated": undated}
    dated = {"promised": commitments, "named": named, "started": done, "reported": undated}
    starts = done[done["start"] != ""].groupby(keys)["start"].agg(tuple).to_dict()
    return areas.assign(
        **{
            name: table.groupby(keys).size().reindex(index, fill_value=0).astype(int).tolist()
            for name, table in counted.items()
        },
        **{
            name: _first_or_last_dates(table, keys).reindex(index, fill_value="").tolist()
            for name, table in dated.items()
        },
        seen=areas["partnership_id"].map(last_record_dates(evidence)).fillna(""),
        starts=pd.Series([starts.get(key, ()) for key in index], areas.index, dtype=object),
    )


def _named_areas(coded_statements: CodedStatements) -> pd.DataFrame:
    """Pair each statement about a partnership with each policy area that it names."""
    statement_areas = (
        coded_statements.areas.rename_axis("statement_id").reset_index().melt("statement_id", var_name="policy_area")
    )
    statements = coded_statements.statements.loc[
        coded_statements.statements["partnership_id"] != "", ["statement_id", "partnership_id", "date"]
    ]
    return statements.merge(statement_areas[statement_areas["value"].astype(bool)], on="statement_id")


def _first_or_last_dates(table: pd.DataFrame, keys: list[str], latest: bool = False) -> pd.Series:
    """Find the first (or last) date of each group, ignoring unknown dates."""
    dated = table[table["date"] != ""]
    order = dated["date"].map(lambda date: middle_day(date).toordinal()).rename("order")
    in_order = dated[keys].assign(date=dated["date"], order=order).sort_values("order", kind="stable")
    return in_order.drop_duplicates(keys, keep="last" if latest else "first").set_index(keys)["date"]


def lags(partnership_areas: pd.DataFrame, definition: LagDefinition = MAIN_DEFINITION) -> pd.DataFrame:
    """Determine the state and the lag to implementation of each area of a partnership, by one definition.

    Parameters
    ----------
    partnership_areas : DataFrame
        Result of :func:`partnership_areas`.
    definition : LagDefinition

    Returns
    -------
    DataFrame
        ``partnership_areas`` with ``state`` (of :data:`compendium.chapters.sequence.vocabulary.LAG_STATES`) and, for
        areas at risk, in days after the signature: ``entry`` (the day before the area was at risk), ``days`` (until
        the first measure, or until censored) and ``done``; NaN and False for all others.

    Examples
    --------
    >>> area = {"signed": "2008-06-05", "seen": "2018", "promised": "2008-06-05", "named": "", "undated": 0}
    >>> area |= {"commitments": 1, "statements": 0, "starts": ("2009-06-05",)}
    >>> lags(pd.DataFrame([area]))["days"].tolist()
    [365]
    """
    states = pd.DataFrame(
        [_state_and_lag(row, definition) for row in partnership_areas.to_dict("records")],
        columns=["state", "entry", "days"],
        index=partnership_areas.index,
    )
    return partnership_areas.assign(**states, done=states["state"] == DONE_AFTER_NAMED)


def lags_at_risk(area_lags: pd.DataFrame) -> pd.DataFrame:
    """Select the areas at risk from the result of :func:`lags`.

    Examples
    --------
    >>> lags_at_risk(pd.DataFrame({"state": ["nothing done", "done before the signature"]}))["state"].tolist()
    ['nothing done']
    """
    return area_lags[area_lags["state"].isin(AT_RISK_STATES)]


def area_outcomes(partnership_areas: pd.DataFrame) -> pd.DataFrame:
    """Determine the outcome of each area, with the years from the signature to the first measure.

    Every area named counts from the signature on, even if it was named later.

    Returns
    -------
    DataFrame
        Result of :func:`lags` with ``years`` (to the first measure or, without one, to the last date on record); NaN
        for areas never named and for areas with undated measures only.

    Examples
    --------
    >>> area = {"signed": "2008-06-05", "seen": "2018", "promised": "2008-06-05", "named": "", "undated": 0}
    >>> area |= {"commitments": 1, "statements": 0, "started": "2009-06-05", "starts": ("2009-06-05",)}
    >>> area_outcomes(pd.DataFrame([area]))["years"].round(1).tolist()
    [1.0]
    """
    outcomes = lags(partnership_areas, FROM_SIGNATURE_DEFINITION)
    years = [
        days_after_signature(row["started"] or row["seen"], row["signed"]) / DAYS_PER_YEAR
        if row["started"] or row["seen"]
        else None
        for row in outcomes.to_dict("records")
    ]
    has_lag = outcomes["state"].isin([DONE_BEFORE_SIGNATURE, *AT_RISK_STATES])
    return outcomes.assign(years=pd.Series(years, outcomes.index, dtype=float).where(has_lag))


def _state_and_lag(row: Mapping[Any, Any], definition: LagDefinition) -> tuple[str, float, float]:
    counts = {"promised": row["commitments"], "named": row["statements"]}
    if not any(counts[source] for source in definition.sources):
        return NEVER_NAMED, np.nan, np.nan
    named_days = [days_after_signature(row[source], row["signed"]) for source in definition.sources if row[source]]
    risk_start = 0 if definition.from_signature else max(0, min(named_days)) if named_days else None
    start_day = _first_start_day(row, definition, risk_start)
    if start_day is not None and start_day < 0:
        return DONE_BEFORE_SIGNATURE, np.nan, np.nan
    if start_day is None and row["undated"]:
        return DONE_UNDATED, np.nan, np.nan
    if risk_start is None:
        return NAMED_UNDATED, np.nan, np.nan
    if start_day is not None and start_day < risk_start:
        return DONE_BEFORE_NAMED, np.nan, np.nan
    if start_day is not None:
        return DONE_AFTER_NAMED, risk_start - 1, start_day
    return NOT_DONE, risk_start - 1, max(days_after_signature(row["seen"], row["signed"]), risk_start)


def _first_start_day(row: Mapping[Any, Any], definition: LagDefinition, risk_start: int | None) -> int | None:
    """Day of the first measure, counted from the signature; None without a measure or without a date."""
    days = [days_after_signature(date, row["signed"]) for date in row["starts"]]
    if definition.ignore_earlier_measures:
        days = [day for day in days if day >= 0]
    if row["undated"] and definition.undated_measures == "at once":
        days.append(risk_start or 0)
    if row["undated"] and definition.undated_measures == "as reported":
        days.append(days_after_signature(row["reported"] or row["seen"], row["signed"]))
    return min(days, default=None)


def lags_around_signature(partnership_areas: pd.DataFrame) -> pd.DataFrame:
    """Compute the lag of the first measure of each area ever named, including negative lags.

    All areas are at risk from the first day on which a measure began in any of them, so that no area is left out for
    an early measure. Areas with undated measures only have no lag and are left out.

    Returns
    -------
    DataFrame
        As the result of :func:`lags`; ``entry`` is the same for all.

    Examples
    --------
    >>> area = {"signed": "2008-06-05", "seen": "2018", "promised": "2008-06-05", "named": "", "undated": 0}
    >>> area |= {"commitments": 1, "statements": 0, "started": "2007-06-06", "starts": ("2007-06-06",)}
    >>> lags_around_signature(pd.DataFrame([area]))["days"].tolist()
    [-365]
    """
    area_lags = lags(partnership_areas, FROM_SIGNATURE_DEFINITION)
    with_lag = area_lags[~area_lags["state"].isin([NEVER_NAMED, DONE_UNDATED])]
    days = [
        days_after_signature(row["started"] or row["seen"], row["signed"])
        for row in with_lag[["started", "seen", "signed"]].to_dict("records")
    ]
    return with_lag.assign(days=days, done=with_lag["started"] != "", entry=min(days, default=0) - 1)


def shares_at_years(curves: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    """Read the share done, and the median lag, off each curve.

    Parameters
    ----------
    curves : DataFrame
        Result of :func:`compendium.stats.survival.cumulative_incidence_by_family`.
    years : sequence of int
        Years after the signature.

    Returns
    -------
    DataFrame
        A row per curve and year: ``group``, ``n``, ``total`` (done), ``median`` (years), ``year``, ``share``, ``low``,
        ``high``.

    Examples
    --------
    >>> curve = pd.DataFrame({"group": "all areas", "years": [0.0, 2.0], "share": [0.0, 0.5], "n": 2, "total": 1})
    >>> shares_at_years(curve.assign(low=float("nan"), high=float("nan")), [1, 2])["share"].tolist()
    [0.0, 0.5]
    """
    rows = [
        {"group": group, **_share_and_median(curve, year), "n": int(curve["n"].iloc[0])}
        | {"total": int(curve["total"].iloc[0]), "year": year}
        for group, curve in curves.groupby("group", sort=False)
        for year in years
    ]
    return pd.DataFrame(rows, columns=["group", "n", "total", "median", "year", "share", "low", "high"])


def compare_definitions(partnership_areas: pd.DataFrame, year: int) -> pd.DataFrame:
    """Compute the share done after a number of years, and the median lag, by each of :data:`LAG_DEFINITIONS`.

    Returns
    -------
    DataFrame
        A row per definition: ``label``, ``n`` (areas at risk), ``total`` (done), ``share``, ``low``, ``high``,
        ``median`` (years).

    Examples
    --------
    >>> area = {"signed": "2008-06-05", "seen": "2018", "promised": "2008-06-05", "named": "", "undated": 0}
    >>> area |= {"commitments": 1, "statements": 0, "started": "2009-06-05", "starts": ("2009-06-05",)}
    >>> compare_definitions(pd.DataFrame([area]), 1)["n"].tolist()
    [1, 1, 0, 1, 1, 1, 1]
    """
    rows = []
    for definition in LAG_DEFINITIONS:
        at_risk = lags_at_risk(lags(partnership_areas, definition))
        values = _share_and_median(survival.cumulative_incidence(at_risk), year)
        rows.append({"label": definition.label, "n": len(at_risk), "total": int(at_risk["done"].sum()), **values})
    return pd.DataFrame(rows)


def _share_and_median(curve: pd.DataFrame, year: int) -> dict[str, float]:
    values = survival.curve_at(curve, year)
    return {
        "share": values["share"],
        "low": values["low"],
        "high": values["high"],
        "median": survival.median_time_to_event(curve),
    }
