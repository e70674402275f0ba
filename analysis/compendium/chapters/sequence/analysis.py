"""Timelines of the partnerships, and the lag of statements, commitments and measures from the signature.

The signature is the event that ``partnerships.csv`` names as the founding event. A lag is the time from the signature
in years; it is negative for earlier dates. It is counted from the middle of a date without day or month; ``low`` and
``high`` are the lags from the first and the last day that the dates allow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from compendium.chapters.sequence.vocabulary import (
    ACT_IN_FORCE,
    ACT_MEASURE_STARTS,
    ACT_ORDER,
    ACT_SIGNED,
    AFTER_SIGNATURE,
    AGREEMENT_AREAS,
    BEFORE_SIGNATURE,
    LANES,
    MEMBER_STATE,
    TWO_SIDES,
    WITH_SIGNATURE,
)
from compendium.dataset import practice
from compendium.dataset.dates import date_span, decimal_year, is_same_date, middle_day
from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import ARCHITECTURE
from compendium.stats.arrays import weighted_median
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, percentile_interval
from compendium.stats.survival import DAYS_PER_YEAR

_PRECISION_BY_LENGTH = {10: "day", 7: "month", 4: "year"}
_ACT_OF_EVENT_KIND = {"signature": ACT_SIGNED, "entry_into_force": ACT_IN_FORCE}
_BINDING_FORMS = ("treaty", "executive_agreement")
_WHOLE_SIDE_ACTOR_TYPES = frozenset(("destination_state", "eu_institution"))


@dataclass(frozen=True)
class Lag:
    """Years from the signature, with the lowest and the highest value that the dates allow."""

    value: float
    low: float
    high: float


def lag_from_signature(date: str, signature_date: str) -> Lag:
    """Compute the lag of a date from a signature, both of any precision; NaN for an unknown date."""
    if not date:
        return Lag(np.nan, np.nan, np.nan)
    (first, last), (earliest, latest) = date_span(date), date_span(signature_date)
    return Lag(
        days_after_signature(date, signature_date) / DAYS_PER_YEAR,
        (first - latest).days / DAYS_PER_YEAR,
        (last - earliest).days / DAYS_PER_YEAR,
    )


def days_after_signature(date: str, signature_date: str) -> int:
    """Count the days from the middle of a signature's date to the middle of another date, negative if earlier."""
    return (middle_day(date) - middle_day(signature_date)).days


def position_to_signature(date: str, signature_date: str) -> str:
    """Say whether a date is before or after a signature.

    ``with`` means the same day, or dates too imprecise to tell.
    """
    (first, last), (earliest, latest) = date_span(date), date_span(signature_date)
    return BEFORE_SIGNATURE if last < earliest else AFTER_SIGNATURE if first > latest else WITH_SIGNATURE


def partnership_signatures(evidence: Evidence) -> pd.DataFrame:
    """Find the signature of each partnership, and count its other events of kind signature.

    Returns
    -------
    DataFrame
        A row per partnership: ``partnership_id``, ``signed`` (date), ``label``, ``kind`` (of the event), ``note``, and
        the number of its other events of kind signature, ``earlier`` and ``later`` (or not distinguishable).
    """
    events = drop_architecture(evidence).events
    rows = []
    for partnership in evidence.partnerships.to_dict("records"):
        founding = events[events["event_id"] == partnership["founding_event_id"]].iloc[0]
        is_other_signature = (
            (events["partnership_id"] == partnership["partnership_id"])
            & (events["kind"] == "signature")
            & (events["event_id"] != founding["event_id"])
        )
        positions = [position_to_signature(date, founding["date"]) for date in events.loc[is_other_signature, "date"]]
        n_earlier = positions.count(BEFORE_SIGNATURE)
        rows.append(
            {
                "partnership_id": partnership["partnership_id"],
                "signed": founding["date"],
                "label": founding["label"],
                "kind": founding["kind"],
                "note": partnership["founding_note"],
                "earlier": n_earlier,
                "later": len(positions) - n_earlier,
            }
        )
    return pd.DataFrame(rows, columns=["partnership_id", "signed", "label", "kind", "note", "earlier", "later"])


def timeline_rows(evidence: Evidence) -> pd.DataFrame:
    """List the rows of the timelines of all partnerships, dated or undated.

    A row of talk is a document with statements about the partnership. A commitment has the date of its document. A
    measure has the date of its start; only measures under way, completed or in force are listed.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``lane`` (of :data:`compendium.chapters.sequence.vocabulary.LANES`), ``id``,
        ``document_id``, ``date`` (``""``: undated).
    """
    evidence = drop_architecture(evidence)
    dates = evidence.documents.set_index("document_id")["date"]
    documents = evidence.statements.drop_duplicates(["partnership_id", "document_id"])
    tables = (
        evidence.events.assign(id=evidence.events["event_id"]),
        documents.assign(id=documents["document_id"], date=documents["document_id"].map(dates)),
        evidence.commitments.assign(
            id=evidence.commitments["commitment_id"], date=evidence.commitments["document_id"].map(dates)
        ),
        practice.realised_measures(evidence.measures).assign(
            id=lambda table: table["measure_id"], date=lambda table: table["start"]
        ),
    )
    columns = ["partnership_id", "lane", "id", "document_id", "date"]
    parts = [table.assign(lane=lane)[columns] for lane, table in zip(LANES, tables, strict=True)]
    rows = pd.concat(parts, ignore_index=True)
    return rows[rows["partnership_id"] != ""]


def drop_architecture(evidence: Evidence) -> Evidence:
    """Drop the documents, statements and events of the wider architecture."""
    tables = {name: getattr(evidence, name) for name in ("documents", "statements", "events")}
    return replace(evidence, **{name: table[table["case_id"] != ARCHITECTURE] for name, table in tables.items()})


def lane_date_precision(rows: pd.DataFrame, signatures: pd.DataFrame) -> pd.DataFrame:
    """Count the rows of each lane of each partnership by the precision of their dates.

    Returns
    -------
    DataFrame
        For every partnership of ``signatures`` and every lane: ``n``, of these by precision ``day``, ``month``,
        ``year`` and ``undated``, and the ``first`` and ``last`` date (``""`` without a dated row).

    Examples
    --------
    >>> rows = pd.DataFrame({"partnership_id": ["x", "x"], "lane": ["talk", "talk"], "date": ["2008-06", ""]})
    >>> lanes = lane_date_precision(rows, pd.DataFrame({"partnership_id": ["x"]})).set_index("lane")
    >>> lanes[["n", "day", "month", "undated"]].loc["talk"].tolist()
    [2, 0, 1, 1]
    """
    lanes = []
    for partnership_id in signatures["partnership_id"]:
        for lane in LANES:
            dates = rows.loc[(rows["partnership_id"] == partnership_id) & (rows["lane"] == lane), "date"]
            known_dates = sorted(dates[dates != ""], key=middle_day)
            counts = {"n": len(dates), "undated": len(dates) - len(known_dates)}
            for length, precision in _PRECISION_BY_LENGTH.items():
                counts[precision] = sum(len(date) == length for date in known_dates)
            ends = {"first": known_dates[0] if known_dates else "", "last": known_dates[-1] if known_dates else ""}
            lanes.append({"partnership_id": partnership_id, "lane": lane, **counts, **ends})
    columns = ["partnership_id", "lane", "n", *_PRECISION_BY_LENGTH.values(), "undated", "first", "last"]
    return pd.DataFrame(lanes, columns=columns)


def date_marks(rows: pd.DataFrame) -> pd.DataFrame:
    """Group the dated rows into marks of a timeline, one for each lane and date.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``lane``, ``date``, ``count``, ``ids``, ``precision``, and ``start``, ``end`` of the span
        that the date allows, in years.

    Examples
    --------
    >>> rows = pd.DataFrame({"id": ["d1", "d2"], "partnership_id": "x", "lane": "talk", "date": ["2008", "2008"]})
    >>> date_marks(rows)["count"].tolist()
    [2]
    """
    dated = rows[rows["date"] != ""][["id", "partnership_id", "lane", "date"]]
    marks = practice.count_rows(dated, ["partnership_id", "lane", "date"])
    spans = [date_span(date) for date in marks["date"]]
    return marks.assign(
        precision=marks["date"].str.len().map(_PRECISION_BY_LENGTH),
        start=[decimal_year(first) for first, _ in spans],
        end=[decimal_year(last) for _, last in spans],
    )


def median_lags(rows: pd.DataFrame, signatures: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Compute the median lag of the rows of each lane but events, for each partnership.

    The interval of the median is that of the bootstrap over documents (see :mod:`compendium.stats.bootstrap`). Undated
    rows have no lag. ``least`` and ``most`` are the medians if all undated rows came before, or after, all others:
    worst-case bounds that hold for any dates (Manski 2003, *Partial Identification of Probability Distributions*,
    chapter 1), infinite when half of the rows are undated.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``lane``, ``n``, ``dated``, the numbers ``before``, ``with`` and ``after`` (by
        :func:`position_to_signature`), ``first`` (lag of the first row after the signature), ``first_date``,
        ``first_id``, and ``value`` (median lag) with ``low``, ``high``, ``least``, ``most``; NaN without dated rows.
    """
    medians = []
    for partnership_id, date in zip(signatures["partnership_id"], signatures["signed"], strict=True):
        for lane in LANES[1:]:
            lane_rows = rows[(rows["partnership_id"] == partnership_id) & (rows["lane"] == lane)]
            medians.append({"partnership_id": partnership_id, "lane": lane} | _median_lag_row(lane_rows, date, seed))
    columns = [
        "partnership_id",
        "lane",
        "n",
        "dated",
        BEFORE_SIGNATURE,
        WITH_SIGNATURE,
        AFTER_SIGNATURE,
        "first",
        "first_date",
        "first_id",
    ]
    return pd.DataFrame(medians, columns=[*columns, "value", "low", "high", "least", "most"])


def _median_lag_row(rows: pd.DataFrame, signature_date: str, seed: int) -> dict[str, object]:
    dated = rows[rows["date"] != ""]
    dated = dated.assign(
        years=[lag_from_signature(date, signature_date).value for date in dated["date"]],
        position=[position_to_signature(date, signature_date) for date in dated["date"]],
    )
    counts = {
        position: int((dated["position"] == position).sum())
        for position in (BEFORE_SIGNATURE, WITH_SIGNATURE, AFTER_SIGNATURE)
    }
    later = dated[dated["position"] == AFTER_SIGNATURE].sort_values(["years", "id"], kind="stable")
    first = later.iloc[0] if len(later) else pd.Series({"years": np.nan, "date": "", "id": ""})
    low, high = _median_interval(dated, seed)
    n_undated = len(rows) - len(dated)
    years = dated["years"].to_numpy(dtype=float)
    median, least, most = (
        float(np.median(np.append(years, [undated_lag] * n))) if len(years) else np.nan
        for undated_lag, n in ((0.0, 0), (-np.inf, n_undated), (np.inf, n_undated))
    )
    return {
        "n": len(rows),
        "dated": len(dated),
        **counts,
        "first": first["years"],
        "first_date": first["date"],
        "first_id": first["id"],
        "value": median,
        "low": low,
        "high": high,
        "least": least,
        "most": most,
    }


def _median_interval(dated_rows: pd.DataFrame, seed: int) -> tuple[float, float]:
    document_index, documents = pd.factorize(dated_rows["document_id"], sort=True)
    if len(documents) < 2:
        return np.nan, np.nan
    weights = bootstrap_weights(len(documents), N_RESAMPLES, seed)[:, document_index]
    low, high = percentile_interval(weighted_median(dated_rows["years"].to_numpy(dtype=float), weights)[:, None])
    return float(low[0]), float(high[0])


def agreement_acts(evidence: Evidence, acts: pd.DataFrame, signatures: pd.DataFrame) -> pd.DataFrame:
    """List the dated acts of binding agreements on readmission or visas.

    Acts are the signature, the entry into force and the start of a measure. Events are included if ``acts.csv``
    classifies them as treaties, measures if they are treaties or executive agreements. The start of a measure on the
    date of such an event is left out. A measure is an agreement of ``a member state`` if member states take part in it
    and no actor of the destination as a whole does; an event is one if its date (with month) is that of such a measure
    and of no other.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``policy_area``, ``act``, ``date``, ``by`` (the two sides, a member state), ``form``,
        ``place`` (of :func:`position_to_signature`), ``value``, ``low``, ``high`` (lag), ``label``, ``id``,
        ``document_id``.
    """
    measures = evidence.measures[
        evidence.measures["legal_form"].isin(_BINDING_FORMS) & (evidence.measures["start"] != "")
    ]
    measures = measures.assign(
        act=ACT_MEASURE_STARTS,
        date=measures["start"],
        by=measures["actor_types"].map(_parties_of_measure),
        form=measures["legal_form"],
        label=measures["title"],
        id=measures["measure_id"],
    )
    events = evidence.events.merge(acts, on="event_id")
    events = events[(events["form"] == _BINDING_FORMS[0]) & events["kind"].isin(_ACT_OF_EVENT_KIND)].explode(
        "policy_areas"
    )
    events = events.assign(
        act=events["kind"].map(_ACT_OF_EVENT_KIND),
        by=[_parties_of_event(row, measures) for row in events.to_dict("records")],
        policy_area=events["policy_areas"],
        id=events["event_id"],
    )
    columns = ["partnership_id", "policy_area", "act", "date", "by", "form", "label", "id", "document_id"]
    has_event = [_has_event(measure, events) for measure in measures.to_dict("records")]
    rows = pd.concat([events[columns], measures.loc[np.logical_not(has_event), columns]], ignore_index=True)
    rows = rows[rows["policy_area"].isin(AGREEMENT_AREAS)].merge(
        signatures[["partnership_id", "signed"]], on="partnership_id"
    )
    dates = list(zip(rows["date"], rows["signed"], strict=True))
    positions = [position_to_signature(date, signature_date) for date, signature_date in dates]
    lags = [lag_from_signature(date, signature_date) for date, signature_date in dates]
    return rows.assign(
        place=pd.Series(positions, rows.index, dtype=object),
        value=[lag.value for lag in lags],
        low=[lag.low for lag in lags],
        high=[lag.high for lag in lags],
    ).drop(columns="signed")


def _parties_of_measure(actor_types: Sequence[str]) -> str:
    return (
        MEMBER_STATE if "member_state" in actor_types and _WHOLE_SIDE_ACTOR_TYPES.isdisjoint(actor_types) else TWO_SIDES
    )


def _parties_of_event(event: Mapping[Any, Any], measures: pd.DataFrame) -> str:
    has_date = measures["date"].map(lambda date: is_same_date(date, event["date"]))
    parties = set(measures.loc[has_date & (measures["partnership_id"] == event["partnership_id"]), "by"])
    return MEMBER_STATE if parties == {MEMBER_STATE} else TWO_SIDES


def _has_event(measure: Mapping[Any, Any], events: pd.DataFrame) -> bool:
    is_same_area = (events["partnership_id"] == measure["partnership_id"]) & (
        events["policy_area"] == measure["policy_area"]
    )
    return any(is_same_date(date, measure["date"]) for date in events.loc[is_same_area, "date"])


def agreement_lags(acts: pd.DataFrame, signatures: pd.DataFrame) -> pd.DataFrame:
    """Select the agreement of each partnership in each area, and its lag from the partnership's signature.

    Of several agreements between the two sides, the one signed nearest to the partnership's signature counts, in
    either direction: earlier agreements were often replaced, and later ones amend. An entry into force, or the start
    of a measure, belongs to the agreement signed last before it. The lag is that of the agreement's signature; without
    one on record, of the nearest entry into force; without either, of the nearest start of a measure.

    Returns
    -------
    DataFrame
        For every partnership and area: ``partnership_id``, ``policy_area``, the dates ``signed``, ``in force`` and
        ``measure starts`` (``""``: not on record), and of the act that counts its ``act``, ``place``, ``value``,
        ``low``, ``high``; ``act`` and ``place`` are ``""`` where there is none.
    """
    joint_acts = acts[acts["by"] == TWO_SIDES]
    rows = []
    for partnership_id in signatures["partnership_id"]:
        for area in AGREEMENT_AREAS:
            is_area = (joint_acts["partnership_id"] == partnership_id) & (joint_acts["policy_area"] == area)
            agreement = _nearest_agreement(joint_acts[is_area])
            act = next(iter(agreement), "")
            lag = agreement[act] if act else {"place": "", "value": np.nan, "low": np.nan, "high": np.nan}
            rows.append(
                {"partnership_id": partnership_id, "policy_area": area, "act": act}
                | {kind: agreement[kind]["date"] if kind in agreement else "" for kind in ACT_ORDER}
                | {name: lag[name] for name in ("place", "value", "low", "high")}
            )
    columns = ["partnership_id", "policy_area", *ACT_ORDER, "act", "place", "value", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _nearest_agreement(acts: pd.DataFrame) -> dict[str, Mapping[Any, Any]]:
    """Select the acts of the agreement that counts, by kind in the order in which they count."""
    signing_dates = acts.loc[acts["act"] == ACT_SIGNED, "date"]

    def agreement_date(date: str) -> str:
        earlier_dates = (signed for signed in signing_dates if middle_day(signed) <= middle_day(date))
        return max(earlier_dates, key=middle_day, default="")

    nearest = acts.assign(distance=acts["value"].abs(), agreement=acts["date"].map(agreement_date))
    nearest = nearest.sort_values(["distance", "value", "id"], kind="stable")
    signings = nearest[nearest["act"] == ACT_SIGNED]
    if len(signings):
        nearest = nearest[nearest["agreement"] == signings.iloc[0]["date"]]
    act_by_kind = nearest.drop_duplicates("act").set_index("act", drop=False).to_dict("index")
    return {kind: act_by_kind[kind] for kind in ACT_ORDER if kind in act_by_kind}
