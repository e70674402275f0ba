"""Laws and bodies made on each side, offices that act together, and the bodies that act in measures.

``acts.csv`` states what an event is (a law, a body, neither), whose it is, and whether it coordinates offices;
``actors.csv`` states which body a name in a measure means, and whose that is. Names that the register lacks are kept as
written and counted as unknown.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

# An act is dated against the signature exactly as on the page on the sequence, so both use one comparison.
from compendium.chapters.sequence.analysis import drop_architecture, position_to_signature
from compendium.dataset import practice
from compendium.dataset.actors import UNREGISTERED, body_participations, participation_sides
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
"""Share of a partnership's names that the register must have before its offices are counted together."""


def institutional_acts(evidence: Evidence, acts: pd.DataFrame) -> pd.DataFrame:
    """List every law and body that was made or reorganised once, from events and measures.

    Included are events of the kinds legislation and institution, and measures by domestic law that are under way,
    completed or in force. A measure is merged into an event with the same partnership and side and an agreeing date,
    or into an act of the same case and side with the same title. An undated measure cannot be matched by date. An act
    of the whole case is compared with the first signature of the case.

    Parameters
    ----------
    evidence : Evidence
    acts : DataFrame
        The register's table of acts.

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
        same_act = next((row for row in rows if _is_same_act(row, law)), None)
        if same_act is None:
            rows.append(law)
        else:
            same_act["ids"] = (*same_act["ids"], *law["ids"])
    signature_dates = _signature_dates(evidence)
    places = [_place_in_time(row, signature_dates) for row in rows]
    table = pd.DataFrame(rows, columns=columns).astype({"coordinates": bool})
    return table.assign(place=pd.Series(places, dtype=object))


def _is_same_act(row: Mapping[Any, Any], law: Mapping[Any, Any]) -> bool:
    """Return whether two rows describe one act; an act of the whole case can be that of a partnership."""
    if (row["case_id"], row["side"]) != (law["case_id"], law["side"]):
        return False
    may_share_partnership = row["partnership_id"] in ("", law["partnership_id"])
    return row["label"] == law["label"] or (may_share_partnership and is_same_date(row["date"], law["date"]))


def _signature_dates(evidence: Evidence) -> dict[str, str]:
    """Return the date of the signature of each partnership, and of the first one of each case, by id."""
    dates = evidence.events.set_index("event_id")["date"]
    partnerships = evidence.partnerships.assign(date=evidence.partnerships["founding_event_id"].map(dates))
    first = partnerships.sort_values("date", kind="stable").drop_duplicates("case_id").set_index("case_id")["date"]
    return {**first, **partnerships.set_index("partnership_id")["date"]}


def _place_in_time(row: Mapping[Any, Any], signature_dates: Mapping[str, str]) -> str:
    signature_date = signature_dates.get(row["partnership_id"] or row["case_id"], "")
    return position_to_signature(row["date"], signature_date) if row["date"] and signature_date else ""


def acts_by_side(acts: pd.DataFrame) -> pd.DataFrame:
    """Count the laws and bodies that each side of each case made, by form and by time.

    Parameters
    ----------
    acts : DataFrame
        From :func:`institutional_acts`.

    Returns
    -------
    DataFrame
        ``case_id``, ``side``, the numbers ``law``, ``body``, and by time ``before``, ``with``, ``after``, ``undated``.

    Examples
    --------
    >>> acts = pd.DataFrame({"case_id": "aland", "side": "partner", "form": ["law", "body"], "place": ["after", ""]})
    >>> acts_by_side(acts).values.tolist()
    [['aland', 'partner', 1, 1, 0, 0, 1, 1]]
    """
    rows = []
    for (case_id, side), side_acts in acts[acts["form"].isin(["law", "body"])].groupby(["case_id", "side"], sort=False):
        forms = {form: int((side_acts["form"] == form).sum()) for form in ("law", "body")}
        places = {
            place or "undated": int((side_acts["place"] == place).sum()) for place in ("before", "with", "after", "")
        }
        rows.append({"case_id": case_id, "side": side, **forms, **places})
    columns = ["case_id", "side", "law", "body", "before", "with", "after", "undated"]
    table = pd.DataFrame(rows, columns=columns)
    order = {side: place for place, side in enumerate(ACT_SIDES)}
    return table.sort_values(["case_id", "side"], key=lambda column: column.map(order).fillna(column), kind="stable")


def participations_with_side(evidence: Evidence, register: pd.DataFrame) -> pd.DataFrame:
    """List the bodies that act in each measure, each with its side.

    The side of a name that the register of actors lacks is known only where it leads: from the measure.

    Parameters
    ----------
    evidence : Evidence
    register : DataFrame
        The register's table of actors.

    Returns
    -------
    DataFrame
        The columns of :func:`compendium.dataset.actors.body_participations`, and ``side`` (one of
        :data:`compendium.dataset.actors.ACTOR_SIDES`).
    """
    participations = body_participations(evidence.measures, register)
    partners = evidence.partnerships.set_index("partnership_id")["partner"]
    side = participation_sides(participations, evidence.cases["destination"], partners)
    unregistered = participations["kind"] == UNREGISTERED
    leads_for_side = unregistered & participations["leads"] & participations["lead_side"].isin(ACT_SIDES[:2])
    return participations.assign(side=side.mask(leads_for_side, participations["lead_side"]))


def registered_share(participations: pd.DataFrame) -> pd.Series:
    """Compute the share of names in each partnership's measures that the register has.

    Examples
    --------
    >>> participations = pd.DataFrame({"partnership_id": "a-x", "kind": ["office", UNREGISTERED]})
    >>> registered_share(participations).to_dict()
    {'a-x': 0.5}
    """
    return (participations["kind"] != UNREGISTERED).groupby(participations["partnership_id"]).mean()


def body_counts(participations: pd.DataFrame) -> pd.DataFrame:
    """Count the different bodies that act in the measures of each partnership.

    Parameters
    ----------
    participations : DataFrame
        From :func:`participations_with_side`.

    Returns
    -------
    DataFrame
        Indexed by ``partnership_id``: ``destination offices``, ``destination governments`` (or states named as a
        whole), ``partner offices``, ``partner governments``, ``other bodies``, ``unknown`` (names).

    Examples
    --------
    >>> participations = pd.DataFrame({"partnership_id": "a-x", "body": ["P", "P", "Q"], "kind": "office"})
    >>> body_counts(participations.assign(side=["partner", "partner", "destination"])).loc["a-x"].tolist()
    [1, 0, 1, 0, 0, 0]
    """
    groups = [
        _body_group(side, kind) for side, kind in zip(participations["side"], participations["kind"], strict=True)
    ]
    columns = [f"{side} {label}" for side in ACT_SIDES[:2] for label in _PUBLIC_BODY_LABELS.values()]
    unique = participations.assign(group=groups).drop_duplicates(["partnership_id", "body", "group"])
    counts = pd.crosstab(unique["partnership_id"], unique["group"])
    return counts.reindex(columns=[*columns, "other bodies", "unknown"], fill_value=0)


def _body_group(side: str, kind: str) -> str:
    if kind == UNREGISTERED:
        return "unknown"
    is_public = side in ACT_SIDES and kind in _PUBLIC_BODY_LABELS
    return f"{side} {_PUBLIC_BODY_LABELS[kind]}" if is_public else "other bodies"


def coordination_shares(evidence: Evidence, participations: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Compute the share of measures in which the destination acts through several offices, or on several levels.

    Horizontal: two or more offices of the destination act in a measure; computed for partnerships of which the
    register has at least half of the names. Vertical: a member state and an institution or agency of the union act in
    a measure; computed for partnerships in which member states act at all.

    Parameters
    ----------
    evidence : Evidence
    participations : DataFrame
        From :func:`participations_with_side`.
    seed : int
        Seed of the bootstrap over documents.

    Returns
    -------
    DataFrame
        ``partnership_id`` (``""``: all partnerships together, first), ``group`` (:data:`SEVERAL_OFFICES` or
        :data:`SEVERAL_LEVELS`), ``share``, ``low``, ``high``, ``count``, ``n`` (measures included).
    """
    measures = evidence.measures
    types, partnership = measures["actor_types"], measures["partnership_id"]
    is_office = (participations["side"] == "destination") & (participations["kind"] == _OFFICE_KIND)
    n_offices = participations[is_office].groupby("measure_id").size()
    has_member_state = types.map(lambda present: _MEMBER_STATE_TYPE in present).astype(bool)
    has_union_body = types.map(lambda present: not _UNION_BODY_TYPES.isdisjoint(present)).astype(bool)
    coordinated = {
        SEVERAL_OFFICES: measures["measure_id"].map(n_offices).fillna(0) >= 2,
        SEVERAL_LEVELS: has_member_state & has_union_body,
    }
    included = {
        SEVERAL_OFFICES: partnership.map(registered_share(participations)) >= _MIN_REGISTERED_SHARE,
        SEVERAL_LEVELS: partnership.isin(partnership[has_member_state]),
    }
    parts = []
    for partnership_id in ("", *evidence.partnerships["partnership_id"]):
        for group, indicator in coordinated.items():
            rows = included[group] & ((partnership == partnership_id) | (partnership_id == ""))
            if rows.any():
                documents = measures.loc[rows, "document_id"]
                shares = frequencies.code_shares(indicator[rows].to_frame(group), documents, "statement", seed)
                parts.append(shares.rename_axis("group").reset_index().assign(partnership_id=partnership_id))
    columns = ["partnership_id", "group", "share", "low", "high", "count", "n"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def partner_participations(participations: pd.DataFrame) -> pd.DataFrame:
    """Select the partner's own bodies: its offices, and leaders of measures that the register lacks.

    Governments named as a whole are left out, because they do not show who within them acts.

    Examples
    --------
    >>> participations = pd.DataFrame({"body": ["P", "Q"], "side": "partner", "kind": ["office", "polity"]})
    >>> partner_participations(participations)["body"].tolist()
    ['P']
    """
    return participations[
        (participations["side"] == "partner") & participations["kind"].isin([_OFFICE_KIND, UNREGISTERED])
    ].reset_index(drop=True)
