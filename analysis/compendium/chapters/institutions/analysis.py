"""Laws and bodies that were made on each side, offices that work together, and the bodies that act in measures.

What an event is (a law, a body, neither), whose it is, and whether it coordinates offices, stands in ``acts.csv``;
which body a name of a measure means, and whose that is, in ``actors.csv``. Names that the register does not know stay
as they are written, and are counted as unknown.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from compendium.chapters.actors import analysis
from compendium.chapters.sequence.analysis import drop_architecture, position_to_signature
from compendium.dataset import practice
from compendium.dataset.dates import is_same_date
from compendium.dataset.evidence import Evidence
from compendium.stats import frequencies

_ACT_EVENT_KINDS = ("legislation", "institution")
_FORM_LABELS = {"law": "law", "institution": "body", "other": "neither"}
_DOMESTIC_LAW = "domestic_law"
ACT_SIDES = ("destination", "partner", "joint")
UNCLASSIFIED = "not classified"
_OFFICE_KIND = "office"
_PUBLIC_BODY_LABELS = {_OFFICE_KIND: "offices", "polity": "governments"}
_MEMBER_STATE_TYPE, _UNION_BODY_TYPES = "member_state", frozenset(("eu_institution", "eu_agency"))
SEVERAL_OFFICES, SEVERAL_LEVELS = "several offices of the destination", "the union and its members"
_MIN_REGISTERED_SHARE = 0.5
"""Share of names that the register must know before offices of a partnership are counted together."""


def institutional_acts(evidence: Evidence, acts: pd.DataFrame) -> pd.DataFrame:
    """Every law and every body that was made or reorganised, once, as events and measures tell.

    Taken are events of the kinds legislation and institution, and measures by domestic law that are under way,
    completed or in force. A measure that an event tells already (same partnership and side, and dates that agree) is
    added to the event, and so is one that stands under two partnerships by the same title. An undated measure can not
    be told to be an event. An act of the whole case stands before or after the first signature of the case.

    Returns
    -------
    DataFrame
        ``case_id``, ``partnership_id`` (``""``: the whole case), ``date`` (``""``: unknown), ``form`` (law, body,
        neither; not classified), ``side`` (``""``: unknown), ``coordinates`` (bool), ``label``, ``document_id``,
        ``ids`` (of event and measures), and ``place`` (before, with or after the signature; ``""``: unknown).
    """
    events = drop_architecture(evidence).events
    events = events[events["kind"].isin(_ACT_EVENT_KINDS)].merge(acts, on="event_id", how="left")
    events = events.assign(
        form=events["form"].map(_FORM_LABELS).fillna(UNCLASSIFIED),
        side=events["side"].fillna(""),
        coordinates=events["coordinates"] == "yes",
        ids=events["event_id"].map(lambda event_id: (event_id,)),
    )
    laws = practice.realised_measures(evidence.measures[evidence.measures["legal_form"] == _DOMESTIC_LAW])
    laws = laws.assign(
        date=laws["start"],
        form=_FORM_LABELS["law"],
        side=laws["lead_side"],
        coordinates=False,
        label=laws["title"],
        ids=laws["measure_id"].map(lambda measure_id: (measure_id,)),
    )
    columns = ["case_id", "partnership_id", "date", "form", "side", "coordinates", "label", "document_id", "ids"]
    rows = events[columns].to_dict("records")
    for law in laws[columns].to_dict("records"):
        same = next((row for row in rows if _is_same_act(row, law)), None)
        if same is None:
            rows.append(law)
        else:
            same["ids"] = (*same["ids"], *law["ids"])
    signed = _signature_dates(evidence)
    places = [_place_in_time(row, signed) for row in rows]
    table = pd.DataFrame(rows, columns=columns).astype({"coordinates": bool})
    return table.assign(place=pd.Series(places, dtype=object))


def _is_same_act(row: Mapping[Any, Any], law: Mapping[Any, Any]) -> bool:
    """Whether two rows tell of one act; one of the whole case can be that of a partnership."""
    if (row["case_id"], row["side"]) != (law["case_id"], law["side"]):
        return False
    theirs = row["partnership_id"] in ("", law["partnership_id"])
    return row["label"] == law["label"] or (theirs and is_same_date(row["date"], law["date"]))


def _signature_dates(evidence: Evidence) -> dict[str, str]:
    """The date of the signature of each partnership, and of the first one of each case."""
    dates = evidence.events.set_index("event_id")["date"]
    known = evidence.partnerships.assign(date=evidence.partnerships["founding_event_id"].map(dates))
    firsts = known.sort_values("date", kind="stable").drop_duplicates("case_id").set_index("case_id")["date"]
    return {**firsts, **known.set_index("partnership_id")["date"]}


def _place_in_time(row: Mapping[Any, Any], signature_dates: Mapping[str, str]) -> str:
    start = signature_dates.get(row["partnership_id"] or row["case_id"], "")
    return position_to_signature(row["date"], start) if row["date"] and start else ""


def acts_by_side(acts: pd.DataFrame) -> pd.DataFrame:
    """How many laws and bodies each side of each case made, and when.

    Returns
    -------
    DataFrame
        ``case_id``, ``side``, the numbers ``law``, ``body``, and by time ``before``, ``with``, ``after``, ``undated``.
    """
    rows = []
    for (case_id, side), own in acts[acts["form"].isin(["law", "body"])].groupby(["case_id", "side"], sort=False):
        forms = {form: int((own["form"] == form).sum()) for form in ("law", "body")}
        places = {place or "undated": int((own["place"] == place).sum()) for place in ("before", "with", "after", "")}
        rows.append({"case_id": case_id, "side": side, **forms, **places})
    columns = ["case_id", "side", "law", "body", "before", "with", "after", "undated"]
    table = pd.DataFrame(rows, columns=columns)
    order = {side: place for place, side in enumerate(ACT_SIDES)}
    return table.sort_values(["case_id", "side"], key=lambda part: part.map(order).fillna(part), kind="stable")


def participations_with_side(evidence: Evidence, register: pd.DataFrame) -> pd.DataFrame:
    """The bodies that act in each measure, and on which side.

    Of a name that the register of actors lacks, the side is known only where it leads: from the measure.

    Returns
    -------
    DataFrame
        As of :func:`actors.acting`, with ``side`` (of :data:`actors.SIDES`).
    """
    acting = analysis.body_participations(evidence.measures, register)
    partners = evidence.partnerships.set_index("partnership_id")["partner"]
    side = analysis.participation_sides(acting, evidence.cases["destination"], partners)
    led = (acting["kind"] == analysis.UNREGISTERED) & acting["leads"] & acting["lead_side"].isin(ACT_SIDES[:2])
    return acting.assign(side=side.mask(led, acting["lead_side"]))


def registered_share(participations: pd.DataFrame) -> pd.Series:
    """Of the names of each partnership's measures, the share that the register knows."""
    return (participations["kind"] != analysis.UNREGISTERED).groupby(participations["partnership_id"]).mean()


def body_counts(participations: pd.DataFrame) -> pd.DataFrame:
    """How many different bodies act in the measures of each partnership.

    Returns
    -------
    DataFrame
        Indexed by ``partnership_id``: ``destination offices``, ``destination governments`` (or states named as a
        whole), ``partner offices``, ``partner governments``, ``other bodies``, ``unknown`` (names).
    """
    groups = [
        _body_group(side, kind) for side, kind in zip(participations["side"], participations["kind"], strict=True)
    ]
    columns = [f"{side} {what}" for side in ACT_SIDES[:2] for what in _PUBLIC_BODY_LABELS.values()]
    unique = participations.assign(group=groups).drop_duplicates(["partnership_id", "body", "group"])
    crossed = pd.crosstab(unique["partnership_id"], unique["group"])
    return crossed.reindex(columns=[*columns, "other bodies", "unknown"], fill_value=0)


def _body_group(side: str, kind: str) -> str:
    if kind == analysis.UNREGISTERED:
        return "unknown"
    return (
        f"{side} {_PUBLIC_BODY_LABELS[kind]}" if side in ACT_SIDES and kind in _PUBLIC_BODY_LABELS else "other bodies"
    )


def coordination_shares(evidence: Evidence, participations: pd.DataFrame, seed: int) -> pd.DataFrame:
    """In which share of its measures the destination acts through several offices, or on several levels.

    Horizontal: two or more offices of the destination act in a measure; told for partnerships of which the register
    knows at least half of the names. Vertical: a member state, and an institution or agency of the union, act in it;
    told for partnerships in which member states act at all.

    Returns
    -------
    DataFrame
        ``partnership_id`` (``""``: all partnerships together, first), ``group`` (what), ``share``, ``low``, ``high``
        (bootstrap over documents), ``count``, ``n`` (measures of which it is told).
    """
    measures = evidence.measures
    types, partnership = measures["actor_types"], measures["partnership_id"]
    offices = (
        participations[(participations["side"] == "destination") & (participations["kind"] == _OFFICE_KIND)]
        .groupby("measure_id")
        .size()
    )
    members = types.map(lambda present: _MEMBER_STATE_TYPE in present).astype(bool)
    union = types.map(lambda present: not _UNION_BODY_TYPES.isdisjoint(present)).astype(bool)
    several = {
        SEVERAL_OFFICES: measures["measure_id"].map(offices).fillna(0) >= 2,
        SEVERAL_LEVELS: members & union,
    }
    told = {
        SEVERAL_OFFICES: partnership.map(registered_share(participations)) >= _MIN_REGISTERED_SHARE,
        SEVERAL_LEVELS: partnership.isin(partnership[members]),
    }
    parts = []
    for partnership_id in ("", *evidence.partnerships["partnership_id"]):
        for what, marked in several.items():
            own = told[what] & ((partnership == partnership_id) | (partnership_id == ""))
            if own.any():
                found = frequencies.code_shares(
                    marked[own].to_frame(what), measures.loc[own, "document_id"], "statement", seed
                )
                parts.append(found.rename_axis("group").reset_index().assign(partnership_id=partnership_id))
    columns = ["partnership_id", "group", "share", "low", "high", "count", "n"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def partner_participations(participations: pd.DataFrame) -> pd.DataFrame:
    """The partner's own bodies, each with the measures in which it acts: offices, and leaders the register lacks.

    Governments named as a whole are left out: they say nothing of who within them acts.
    """
    return participations[
        (participations["side"] == "partner") & participations["kind"].isin([_OFFICE_KIND, analysis.UNREGISTERED])
    ].reset_index(drop=True)
