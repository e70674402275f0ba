"""How long promises wait: the time from a partnership's signature until something is done in an area that it named.

The unit is a partnership with a policy area. It is named when a commitment lies in the area, or a statement about the
partnership names it as a remedy; something is done when a measure there is under way, completed or in force, and it is
done on the day the first of these began. What was not done by the last day on which anything was seen of the
partnership is censored: all that is known is that it took longer. Days are counted from the middle of dates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from compendium.chapters.sequence.analysis import days_after_signature, drop_architecture
from compendium.dataset import practice
from compendium.dataset.coded_statements import CodedStatements
from compendium.dataset.dates import middle_day
from compendium.dataset.evidence import Evidence

NEVER_NAMED = "neither promised nor named"
DONE_BEFORE_SIGNATURE = "done before the signature"
DONE_UNDATED = "done, at an unknown date"
NAMED_UNDATED = "named, at an unknown date"
DONE_BEFORE_NAMED = "done before it was named"
DONE_AFTER_NAMED = "done after it was named"
NOT_DONE = "nothing done"
LAG_STATES = (
    DONE_BEFORE_SIGNATURE,
    DONE_BEFORE_NAMED,
    DONE_AFTER_NAMED,
    NOT_DONE,
    DONE_UNDATED,
    NAMED_UNDATED,
    NEVER_NAMED,
)
AT_RISK_STATES = (DONE_AFTER_NAMED, NOT_DONE)
NAMING_SOURCES = ("promised", "named")


@dataclass(frozen=True)
class LagDefinition:
    """One way to count the wait.

    Parameters
    ----------
    label : str
        What it does otherwise than the main reading.
    sources : sequence of {"promised", "named"}
        Whether a commitment, a statement, or either of them puts an area at risk.
    from_signature : bool
        Whether an area is at risk from the signature on, even if it was named later.
    undated_measures : {"left out", "at once", "as reported"}
        When a measure without a start began: nobody knows; with the partnership or as soon as the area was named; or
        on the day of the document that tells of it (if that shows no day, on the last one).
    ignore_earlier_measures : bool
        Whether an area in which something was done before the signature waits for something new.
    """

    label: str
    sources: Sequence[str] = NAMING_SOURCES
    from_signature: bool = False
    undated_measures: str = "left out"
    ignore_earlier_measures: bool = False


MAIN_DEFINITION = LagDefinition("As in the figure")
LAG_DEFINITIONS = (
    MAIN_DEFINITION,
    LagDefinition("Only areas with a commitment", sources=("promised",)),
    LagDefinition("Only areas that talk names", sources=("named",)),
    LagDefinition("At risk from the signature, whenever named", from_signature=True),
    LagDefinition("Undated measures began at once", undated_measures="at once"),
    LagDefinition("Undated measures began when reported", undated_measures="as reported"),
    LagDefinition("Begun before: waiting for something new", ignore_earlier_measures=True),
)


def last_record_dates(evidence: Evidence) -> pd.Series:
    """The date of the latest thing on record of each partnership: a document that speaks of it, an event, or a measure.

    Indexed by ``partnership_id``; ``""`` where nothing is dated.
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
    """Every partnership with every policy area: what was promised, said and done there, and when first.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``policy_area``, ``family``; the numbers ``commitments``, ``statements``, ``measures``
        (done) and ``undated`` (of these); the first dates of each, ``promised``, ``named``, ``started``, and
        ``reported`` (of a document that tells of an undated one); ``""`` where unknown; ``starts`` (of all measures
        with a date); ``signatures`` and ``seen`` (last date on record).
    """
    keys = ["partnership_id", "policy_area"]
    dates = evidence.documents.set_index("document_id")["date"]
    commitments = evidence.commitments.assign(date=evidence.commitments["document_id"].map(dates))
    done = practice.realised_measures(evidence.measures).assign(date=lambda table: table["start"])
    undated = done[done["start"] == ""].assign(date=lambda table: table["document_id"].map(dates))
    said = _named_areas(coded_statements)
    frame = signatures[["partnership_id", "signed"]].merge(evidence.policy_areas[["code_id", "family"]], how="cross")
    frame = frame.rename(columns={"code_id": "policy_area"})
    places = pd.MultiIndex.from_frame(frame[keys])
    numbers = {"commitments": commitments, "statements": said, "measures": done, "undated": undated}
    firsts = {"promised": commitments, "named": said, "started": done, "reported": undated}
    starts = done[done["start"] != ""].groupby(keys)["start"].agg(tuple).to_dict()
    return frame.assign(
        **{
            name: table.groupby(keys).size().reindex(places, fill_value=0).astype(int).tolist()
            for name, table in numbers.items()
        },
        **{
            name: _first_or_last_dates(table, keys).reindex(places, fill_value="").tolist()
            for name, table in firsts.items()
        },
        seen=frame["partnership_id"].map(last_record_dates(evidence)).fillna(""),
        starts=pd.Series([starts.get(place, ()) for place in places], frame.index, dtype=object),
    )


def _named_areas(coded_statements: CodedStatements) -> pd.DataFrame:
    """A row for each statement about a partnership and each policy area that it names."""
    marks = (
        coded_statements.areas.rename_axis("statement_id").reset_index().melt("statement_id", var_name="policy_area")
    )
    about = coded_statements.statements.loc[
        coded_statements.statements["partnership_id"] != "", ["statement_id", "partnership_id", "date"]
    ]
    return about.merge(marks[marks["value"].astype(bool)], on="statement_id")


def _first_or_last_dates(table: pd.DataFrame, keys: list[str], latest: bool = False) -> pd.Series:
    """The first (or last) date of each group; unknown dates are passed over."""
    dated = table[table["date"] != ""]
    order = dated["date"].map(lambda date: middle_day(date).toordinal()).rename("order")
    placed = dated[keys].assign(date=dated["date"], order=order).sort_values("order", kind="stable")
    ends = placed.drop_duplicates(keys, keep="last" if latest else "first")
    return ends.set_index(keys)["date"]


def lags(partnership_areas: pd.DataFrame, definition: LagDefinition = MAIN_DEFINITION) -> pd.DataFrame:
    """The wait of each pair of :func:`partnership_areas`, in one reading.

    Returns
    -------
    DataFrame
        The pairs with ``state`` (of :data:`LAG_STATES`), and for those of :data:`AT_RISK_STATES`, in days after the signature:
        ``entry`` (the day before the area was at risk), ``days`` (until something was done, or until the last thing
        seen) and ``done``; NaN and False for all others.
    """
    rows = [_state_and_lag(row, definition) for row in partnership_areas.to_dict("records")]
    told = pd.DataFrame(rows, columns=["state", "entry", "days"], index=partnership_areas.index)
    return partnership_areas.assign(**told, done=told["state"] == DONE_AFTER_NAMED)


def _state_and_lag(row: Mapping[Any, Any], definition: LagDefinition) -> tuple[str, float, float]:
    numbers = {"promised": row["commitments"], "named": row["statements"]}
    if not any(numbers[source] for source in definition.sources):
        return NEVER_NAMED, np.nan, np.nan
    since = [days_after_signature(row[source], row["signed"]) for source in definition.sources if row[source]]
    start = 0 if definition.from_signature else max(0, min(since)) if since else None
    begun = _first_start_day(row, definition, start)
    if begun is not None and begun < 0:
        return DONE_BEFORE_SIGNATURE, np.nan, np.nan
    if begun is None and row["undated"]:
        return DONE_UNDATED, np.nan, np.nan
    if start is None:
        return NAMED_UNDATED, np.nan, np.nan
    if begun is not None and begun < start:
        return DONE_BEFORE_NAMED, np.nan, np.nan
    if begun is not None:
        return DONE_AFTER_NAMED, start - 1, begun
    return NOT_DONE, start - 1, max(days_after_signature(row["seen"], row["signed"]), start)


def _first_start_day(row: Mapping[Any, Any], definition: LagDefinition, risk_start: int | None) -> int | None:
    """The day on which something was first done, counted from the signature; None: never, or nobody knows when."""
    days = [days_after_signature(date, row["signed"]) for date in row["starts"]]
    if definition.ignore_earlier_measures:
        days = [day for day in days if day >= 0]
    if row["undated"] and definition.undated_measures == "at once":
        days.append(risk_start or 0)
    if row["undated"] and definition.undated_measures == "as reported":
        days.append(days_after_signature(row["reported"] or row["seen"], row["signed"]))
    return min(days, default=None)


def lags_around_signature(partnership_areas: pd.DataFrame) -> pd.DataFrame:
    """The lag of the first measure of each area ever named, also where it is negative.

    Nothing is left out for having come early: an area is at risk from the first day on which anything was done in any.
    Areas with a measure of unknown date, and no other, have no lag and fall away.

    Returns
    -------
    DataFrame
        As of :func:`lags`; ``entry`` is the same for all.
    """
    told = lags(partnership_areas, replace(MAIN_DEFINITION, from_signature=True))
    kept = told[~told["state"].isin([NEVER_NAMED, DONE_UNDATED])]
    days = [
        days_after_signature(row["started"] or row["seen"], row["signed"])
        for row in kept[["started", "seen", "signed"]].to_dict("records")
    ]
    return kept.assign(days=days, done=kept["started"] != "", entry=min(days, default=0) - 1)
