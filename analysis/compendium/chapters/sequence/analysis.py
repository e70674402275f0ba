"""When things come: the time line of each partnership, and how long after its signature talk and measures stand.

The signature is the event that ``partnerships.csv`` names as the founding event. A lag is the time from it, in years;
it is negative for what came before. A date without a day, or without a month, lies somewhere in a span: a lag is
counted from the middle of it, and ``low`` and ``high`` tell how far it can lie to either side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from compendium.dataset import practice
from compendium.dataset.dates import date_span, decimal_year, is_same_date, middle_day
from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import ARCHITECTURE
from compendium.stats.arrays import weighted_median
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, percentile_interval
from compendium.stats.survival import DAYS_PER_YEAR

LANES = ("events", "talk", "commitments", "practice")
_PRECISION_BY_LENGTH = {10: "day", 7: "month", 4: "year"}
BEFORE_SIGNATURE, WITH_SIGNATURE, AFTER_SIGNATURE = "before", "with", "after"
ACT_SIGNED, ACT_IN_FORCE, ACT_MEASURE_STARTS = "signed", "in force", "measure starts"
ACT_ORDER = (ACT_SIGNED, ACT_IN_FORCE, ACT_MEASURE_STARTS)
_ACT_OF_EVENT_KIND = {"signature": ACT_SIGNED, "entry_into_force": ACT_IN_FORCE}
TWO_SIDES, MEMBER_STATE = "the two sides", "a member state"
_BINDING_FORMS = ("treaty", "executive_agreement")
_WHOLE_SIDE_ACTOR_TYPES = frozenset(("destination_state", "eu_institution"))
AGREEMENT_AREAS = ("readmission_return", "visa_facilitation")


@dataclass(frozen=True)
class Lag:
    """Years from the signature; ``low`` and ``high`` are the ends of what the dates allow."""

    value: float
    low: float
    high: float


def lag_from_signature(date: str, signature_date: str) -> Lag:
    """The lag of a date from a signature, both of any precision; all NaN when the date is unknown."""
    if not date:
        return Lag(np.nan, np.nan, np.nan)
    (first, last), (earliest, latest) = date_span(date), date_span(signature_date)
    return Lag(
        days_after_signature(date, signature_date) / DAYS_PER_YEAR,
        (first - latest).days / DAYS_PER_YEAR,
        (last - earliest).days / DAYS_PER_YEAR,
    )


def days_after_signature(date: str, signature_date: str) -> int:
    """Days from the middle of a signature's date to the middle of another date; negative for what came before."""
    return (middle_day(date) - middle_day(signature_date)).days


def position_to_signature(date: str, signature_date: str) -> str:
    """Whether a date lies before a signature or after it; ``with``: on the same day, or they cannot be told apart."""
    (first, last), (earliest, latest) = date_span(date), date_span(signature_date)
    return BEFORE_SIGNATURE if last < earliest else AFTER_SIGNATURE if first > latest else WITH_SIGNATURE


def partnership_signatures(evidence: Evidence) -> pd.DataFrame:
    """The signature of each partnership, and what could be mistaken for it.

    Returns
    -------
    DataFrame
        A row a partnership: ``partnership_id``, ``signed`` (date), ``label``, ``kind`` (of the event), ``note``, and
        the number of its other events of kind signature, ``earlier`` and ``later`` (or on that day).
    """
    events = drop_architecture(evidence).events.set_index("event_id", drop=False).to_dict("index")
    rows = []
    for row in evidence.partnerships.to_dict("records"):
        founding = events[row["founding_event_id"]]
        own = [each for each in events.values() if each["partnership_id"] == row["partnership_id"]]
        others = pd.Series(
            [
                position_to_signature(each["date"], founding["date"])
                for each in own
                if each["kind"] == "signature" and each["event_id"] != founding["event_id"]
            ],
            dtype=object,
        )
        told = {"signed": founding["date"], "label": founding["label"], "kind": founding["kind"]}
        told |= {"note": row["founding_note"]}
        numbers = {"earlier": int((others == BEFORE_SIGNATURE).sum()), "later": int((others != BEFORE_SIGNATURE).sum())}
        rows.append({"partnership_id": row["partnership_id"], **told, **numbers})
    return pd.DataFrame(rows, columns=["partnership_id", "signed", "label", "kind", "note", "earlier", "later"])


def timeline_rows(evidence: Evidence) -> pd.DataFrame:
    """Each row of a partnership that has a place in time, dated or not.

    Talk is a document with statements about the partnership; a commitment has the date of the document in which it was
    read; a measure has its start, and only measures that are under way, completed or in force are taken.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``lane`` (of :data:`LANES`), ``id``, ``document_id``, ``date`` (``""``: unknown).
    """
    evidence = drop_architecture(evidence)
    dates = evidence.documents.set_index("document_id")["date"]
    said = evidence.statements.drop_duplicates(["partnership_id", "document_id"])
    tables = (
        evidence.events.assign(id=evidence.events["event_id"]),
        said.assign(id=said["document_id"], date=said["document_id"].map(dates)),
        evidence.commitments.assign(
            id=evidence.commitments["commitment_id"], date=evidence.commitments["document_id"].map(dates)
        ),
        practice.realised_measures(evidence.measures).assign(
            id=lambda table: table["measure_id"], date=lambda table: table["start"]
        ),
    )
    columns = ["partnership_id", "lane", "id", "document_id", "date"]
    parts = [table.assign(lane=lane)[columns] for lane, table in zip(LANES, tables, strict=True)]
    return pd.concat(parts, ignore_index=True).pipe(lambda rows: rows[rows["partnership_id"] != ""])


def drop_architecture(evidence: Evidence) -> Evidence:
    """The documents, statements and events of the cases, without those of the wider architecture."""
    own = {name: getattr(evidence, name) for name in ("documents", "statements", "events")}
    return replace(evidence, **{name: table[table["case_id"] != ARCHITECTURE] for name, table in own.items()})


def lane_date_precision(rows: pd.DataFrame, signatures: pd.DataFrame) -> pd.DataFrame:
    """How each lane of each partnership is dated.

    Returns
    -------
    DataFrame
        For every partnership of ``signatures`` and every lane: ``n``, by precision ``day``, ``month``, ``year``, then
        ``undated``, and the ``first`` and ``last`` date (``""`` without any).
    """
    found = []
    for partnership_id in signatures["partnership_id"]:
        for lane in LANES:
            dates = rows.loc[(rows["partnership_id"] == partnership_id) & (rows["lane"] == lane), "date"]
            known = sorted(dates[dates != ""], key=middle_day)
            told = {"n": len(dates), "undated": len(dates) - len(known)}
            told |= {name: sum(len(date) == length for date in known) for length, name in _PRECISION_BY_LENGTH.items()}
            ends = {"first": known[0] if known else "", "last": known[-1] if known else ""}
            found.append({"partnership_id": partnership_id, "lane": lane, **told, **ends})
    columns = ["partnership_id", "lane", "n", *_PRECISION_BY_LENGTH.values(), "undated", "first", "last"]
    return pd.DataFrame(found, columns=columns)


def date_marks(rows: pd.DataFrame) -> pd.DataFrame:
    """The dated rows as marks on a time line: one for each lane and date, as wide as what is known of it.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``lane``, ``date``, ``count``, ``ids``, ``precision``, and ``start``, ``end`` in years.
    """
    dated = rows[rows["date"] != ""][["id", "partnership_id", "lane", "date"]]
    found = practice.count_rows(dated, ["partnership_id", "lane", "date"])
    spans = [date_span(date) for date in found["date"]]
    return found.assign(
        precision=found["date"].str.len().map(_PRECISION_BY_LENGTH),
        start=[decimal_year(first) for first, _ in spans],
        end=[decimal_year(last) for _, last in spans],
    )


def median_lags(rows: pd.DataFrame, signatures: pd.DataFrame, seed: int) -> pd.DataFrame:
    """How long after the signature the rows of a lane come, for each partnership and each lane but events.

    The interval of the median is that of the bootstrap over documents (see :mod:`compendium.stats.bootstrap`). Rows
    without a
    date have no lag; ``least`` and ``most`` are the median if all of them came before, or after, all the others: it
    lies between them, whatever the unknown dates are (worst-case bounds; Manski 2003, *Partial Identification of
    Probability Distributions*, chapter 1), and is unbounded (infinite) when half of the rows have no date.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``lane``, ``n``, ``dated``, the numbers ``before``, ``with`` and ``after`` (by
        :func:`position_to_signature`), ``first`` (lag of the first row after the signature), ``first_date``, ``first_id``, and
        ``value`` (median lag) with ``low``, ``high``, ``least``, ``most``; NaN where nothing is dated.
    """
    found = []
    for partnership_id, date in zip(signatures["partnership_id"], signatures["signed"], strict=True):
        for lane in LANES[1:]:
            own = rows[(rows["partnership_id"] == partnership_id) & (rows["lane"] == lane)]
            found.append({"partnership_id": partnership_id, "lane": lane} | _median_lag_row(own, date, seed))
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
    return pd.DataFrame(found, columns=[*columns, "value", "low", "high", "least", "most"])


def _median_lag_row(rows: pd.DataFrame, signature_date: str, seed: int) -> dict[str, object]:
    dated = rows[rows["date"] != ""]
    dated = dated.assign(
        years=[lag_from_signature(date, signature_date).value for date in dated["date"]],
        place=[position_to_signature(date, signature_date) for date in dated["date"]],
    )
    counts = {
        place: int((dated["place"] == place).sum()) for place in (BEFORE_SIGNATURE, WITH_SIGNATURE, AFTER_SIGNATURE)
    }
    following = dated[dated["place"] == AFTER_SIGNATURE].sort_values(["years", "id"], kind="stable")
    first = following.iloc[0] if len(following) else pd.Series({"years": np.nan, "date": "", "id": ""})
    low, high = _median_interval(dated, seed)
    unknown = len(rows) - len(dated)
    years = dated["years"].to_numpy(dtype=float)
    median, least, most = (
        float(np.median(np.append(years, [end] * number))) if len(years) else np.nan
        for end, number in ((0.0, 0), (-np.inf, unknown), (np.inf, unknown))
    )
    told = {"n": len(rows), "dated": len(dated), **counts}
    told |= {"first": first["years"], "first_date": first["date"], "first_id": first["id"]}
    return told | {"value": median, "low": low, "high": high, "least": least, "most": most}


def _median_interval(dated_rows: pd.DataFrame, seed: int) -> tuple[float, float]:
    place, documents = pd.factorize(dated_rows["document_id"], sort=True)
    if len(documents) < 2:
        return np.nan, np.nan
    weights = bootstrap_weights(len(documents), N_RESAMPLES, seed)[:, place]
    low, high = percentile_interval(weighted_median(dated_rows["years"].to_numpy(dtype=float), weights)[:, None])
    return float(low[0]), float(high[0])


def agreement_acts(evidence: Evidence, acts: pd.DataFrame, signatures: pd.DataFrame) -> pd.DataFrame:
    """Every dated act of a binding agreement on readmission or visas: signature, entry into force, start of a measure.

    Events are taken when ``acts.csv`` calls them treaties, measures when they are treaties or executive agreements. The
    start of a measure that an event tells already is left out. Agreements of ``a member state`` are those of which the
    measure names member states and nobody who acts for the destination as a whole; an event is one when it falls on
    the same date (with month) as such a measure and no other.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``policy_area``, ``act`` (signed, in force, measure starts), ``date``, ``by`` (the
        two sides, a member state), ``form``, ``place`` (of :func:`position_to_signature`), ``value``, ``low``, ``high`` (lag),
        ``label``, ``id``, ``document_id``.
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
    told = [_has_event(row, events) for row in measures.to_dict("records")]
    rows = pd.concat([events[columns], measures.loc[np.logical_not(told), columns]], ignore_index=True)
    rows = rows[rows["policy_area"].isin(AGREEMENT_AREAS)].merge(
        signatures[["partnership_id", "signed"]], on="partnership_id"
    )
    places = [position_to_signature(date, start) for date, start in zip(rows["date"], rows["signed"], strict=True)]
    years = [lag_from_signature(date, start) for date, start in zip(rows["date"], rows["signed"], strict=True)]
    return rows.assign(
        place=pd.Series(places, rows.index, dtype=object),
        value=[each.value for each in years],
        low=[each.low for each in years],
        high=[each.high for each in years],
    ).drop(columns="signed")


def _parties_of_measure(actor_types: Sequence[str]) -> str:
    return (
        MEMBER_STATE if "member_state" in actor_types and _WHOLE_SIDE_ACTOR_TYPES.isdisjoint(actor_types) else TWO_SIDES
    )


def _parties_of_event(event: Mapping[Any, Any], measures: pd.DataFrame) -> str:
    same = measures["date"].map(lambda date: is_same_date(date, event["date"]))
    of_that_day = set(measures.loc[same & (measures["partnership_id"] == event["partnership_id"]), "by"])
    return MEMBER_STATE if of_that_day == {MEMBER_STATE} else TWO_SIDES


def _has_event(measure: Mapping[Any, Any], events: pd.DataFrame) -> bool:
    own = events[
        (events["partnership_id"] == measure["partnership_id"]) & (events["policy_area"] == measure["policy_area"])
    ]
    return any(is_same_date(date, measure["date"]) for date in own["date"])


def agreement_lags(acts: pd.DataFrame, signatures: pd.DataFrame) -> pd.DataFrame:
    """The agreement of each partnership in each area, and its lag from the partnership's signature.

    Of several agreements between the two sides, that counts whose signature lies nearest to the partnership's, in
    either direction: there is often an earlier one that was replaced, or a later one that amends. An entry into force,
    or the start of a measure, belongs to the agreement that was signed last before it. The lag is that of the
    agreement's signature; where this is not on record, of the nearest entry into force; where neither is, of the
    nearest start of a measure.

    Returns
    -------
    DataFrame
        For every partnership and area: ``partnership_id``, ``policy_area``, the dates ``signatures``, ``in force`` and
        ``measure starts`` (``""``: not on record), and of the act that counts its ``act``, ``place``, ``value``,
        ``low``, ``high``; ``act`` and ``place`` are ``""`` where there is none.
    """
    own = acts[acts["by"] == TWO_SIDES]
    found = []
    for partnership_id in signatures["partnership_id"]:
        for area in AGREEMENT_AREAS:
            chosen = _nearest_agreement(own[(own["partnership_id"] == partnership_id) & (own["policy_area"] == area)])
            row = {"partnership_id": partnership_id, "policy_area": area}
            row |= {act: chosen[act]["date"] if act in chosen else "" for act in ACT_ORDER}
            act = next(iter(chosen), "")
            counted = chosen[act] if act else {"place": "", "value": np.nan, "low": np.nan, "high": np.nan}
            found.append(row | {"act": act} | {name: counted[name] for name in ("place", "value", "low", "high")})
    columns = ["partnership_id", "policy_area", *ACT_ORDER, "act", "place", "value", "low", "high"]
    return pd.DataFrame(found, columns=columns)


def _nearest_agreement(acts: pd.DataFrame) -> dict[str, Mapping[Any, Any]]:
    """The acts of one agreement, by kind in the order in which they count; of several of a kind, the nearest."""
    dates = acts.loc[acts["act"] == ACT_SIGNED, "date"]

    def belongs_to(date: str) -> str:
        return max((day for day in dates if middle_day(day) <= middle_day(date)), key=middle_day, default="")

    near = acts.assign(distance=acts["value"].abs(), of=acts["date"].map(belongs_to))
    near = near.sort_values(["distance", "value", "id"], kind="stable")
    signatures = near[near["act"] == ACT_SIGNED]
    if len(signatures):
        near = near[near["of"] == signatures.iloc[0]["date"]]
    kinds = near.drop_duplicates("act").set_index("act", drop=False).to_dict("index")
    return {act: kinds[act] for act in ACT_ORDER if act in kinds}
