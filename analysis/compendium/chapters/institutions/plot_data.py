"""Frames for the charts and tables on institutions: acts with their sources, bodies with what they do."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd
from IPython.display import HTML

from compendium.dataset import practice
from compendium.dataset.dates import date_span, decimal_year, middle_day
from compendium.dataset.evidence import Evidence
from compendium.dataset.parts import PartnerNames
from compendium.reporting import labels, plot_data
from compendium.reporting.labels import format_percent
from compendium.reporting.tables import document_link

_WHOLE_CASE_SUFFIX = ": the whole case"
_MIN_MEASURES = 2
"""Measures in which a body must act to be drawn; the table has all bodies."""


def dated_acts(acts: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Select the laws and bodies with a date and a side, with their place on the time line in years.

    Parameters
    ----------
    acts : DataFrame
        From :func:`compendium.chapters.institutions.analysis.institutional_acts`.
    evidence : Evidence

    Returns
    -------
    DataFrame
        The columns that :func:`compendium.chapters.institutions.charts.acts_timeline_chart` draws.
    """
    dated = acts[(acts["date"] != "") & (acts["side"] != "") & acts["form"].isin(["law", "body"])]
    spans = [date_span(date) for date in dated["date"]]
    return dated.assign(
        group=dated["case_id"].map(evidence.cases["short"]),
        year=[decimal_year(middle_day(date)) for date in dated["date"]],
        start=[decimal_year(first) for first, _ in spans],
        end=[decimal_year(last) for _, last in spans],
    ).drop(columns=["ids", "document_id", "coordinates", "case_id", "partnership_id"])


def signature_marks(signatures: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """Place the signature of each partnership on the time line of its case.

    Parameters
    ----------
    signatures : DataFrame
        ``partnership_id`` and ``signed`` (the date).
    evidence : Evidence
    partners : mapping
        The label of each partnership.

    Returns
    -------
    DataFrame
        ``group`` (the case), ``partner``, ``year``.
    """
    case = signatures["partnership_id"].map(evidence.partnerships.set_index("partnership_id")["case_id"])
    return pd.DataFrame(
        {
            "group": case.map(evidence.cases["short"]),
            "partner": signatures["partnership_id"].map(partners),
            "year": [decimal_year(middle_day(date)) for date in signatures["signed"]],
        }
    )


def act_counts_by_side(counts: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Label the case (``group``) of each row of :func:`compendium.chapters.institutions.analysis.acts_by_side`."""
    return counts.assign(group=counts["case_id"].map(evidence.cases["short"]))


def act_rows(acts: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """Sort acts by case and time, undated ones last, and link each to its source.

    Parameters
    ----------
    acts : DataFrame
        From :func:`compendium.chapters.institutions.analysis.institutional_acts`.
    evidence : Evidence
    partners : mapping
        The label of each partnership.

    Returns
    -------
    DataFrame
        The columns of ``acts``, ``group`` (the partner, or the whole case), ``what`` (HTML), ``rows`` (ids).
    """
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    order = acts["date"].map(lambda date: decimal_year(middle_day(date)) if date else float("inf")).rename("order")
    rows = acts.assign(order=order).sort_values(["case_id", "order", "label"], kind="stable")
    links = [_linked_label(row, documents) for row in rows.to_dict("records")]
    whole_case = rows["case_id"].map(evidence.cases["short"]) + _WHOLE_CASE_SUFFIX
    return rows.assign(
        group=rows["partnership_id"].map(partners).fillna(whole_case),
        date=rows["date"].where(rows["date"] != "", "no date"),
        what=pd.Series(links, rows.index, dtype=object),
        rows=rows["ids"].map(", ".join),
    )


def _linked_label(act: Mapping[Any, Any], documents: Mapping[Any, Any]) -> HTML:
    return HTML(document_link(documents[act["document_id"]], act["label"]))


def body_count_rows(
    counts: pd.DataFrame, registered_shares: pd.Series, evidence: Evidence, partners: PartnerNames
) -> pd.DataFrame:
    """Add to counts of bodies the partner, the number of its measures and the share of registered names.

    Parameters
    ----------
    counts : DataFrame
        From :func:`compendium.chapters.institutions.analysis.body_counts`.
    registered_shares : Series
        From :func:`compendium.chapters.institutions.analysis.registered_share`.
    evidence : Evidence
    partners : mapping
        The label of each partnership.

    Returns
    -------
    DataFrame
        The columns of ``counts``, ``group`` (the partner), ``measures``, ``known`` (per cent, as text).
    """
    n_measures = evidence.measures["partnership_id"].value_counts()
    rows = counts.reset_index()
    return rows.assign(
        group=rows["partnership_id"].map(partners),
        measures=rows["partnership_id"].map(n_measures),
        known=rows["partnership_id"].map(registered_shares).map(format_percent),
    )


def coordination_plot_data(shares: pd.DataFrame, partners: PartnerNames) -> pd.DataFrame:
    """Select the shares of single partnerships, with the partner and n as ``label``.

    Parameters
    ----------
    shares : DataFrame
        From :func:`compendium.chapters.institutions.analysis.coordination_shares`.
    partners : mapping
        The label of each partnership.

    Examples
    --------
    >>> shares = pd.DataFrame({"partnership_id": ["", "a-x"], "share": [0.2, 0.3], "n": [50, 20]})
    >>> coordination_plot_data(shares, {"a-x": "Xland"})[["label", "share"]].values.tolist()
    [['Xland (n = 20)', 0.3]]
    """
    rows = shares[shares["partnership_id"] != ""]
    sizes = [f" (n = {n})" for n in rows["n"]]
    return rows.assign(label=rows["partnership_id"].map(partners) + sizes).reset_index(drop=True)


def partner_bodies_by_family(participations: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """Count the measures of the partner's own bodies by family, for bodies in at least :data:`_MIN_MEASURES`.

    Parameters
    ----------
    participations : DataFrame
        From :func:`compendium.chapters.institutions.analysis.partner_participations`.
    evidence : Evidence
    partners : mapping
        The label of each partnership.

    Returns
    -------
    DataFrame
        ``partner``, ``label`` (the body), ``short`` (its name without the partner's), ``group`` (the family),
        ``count``, ``total`` (of the body), ``leads``, partner by partner.
    """
    labelled = participations.assign(
        partner=participations["partnership_id"].map(partners),
        label=participations["body"],
        group=plot_data.policy_family(participations, evidence),
    )
    counts = practice.count_rows(labelled, ["partner", "label", "group"]).drop(columns="ids")
    totals = labelled.groupby(["partner", "label"]).agg(total=("leads", "size"), leads=("leads", "sum")).reset_index()
    rows = counts.merge(totals, on=["partner", "label"])
    rows = rows[rows["total"] >= _MIN_MEASURES]
    country = dict(zip(partners.values(), evidence.partnerships["partner"], strict=True))
    short = [
        label.removesuffix(f" of {country[partner]}").removesuffix(f" ({country[partner]})")
        for partner, label in zip(rows["partner"], rows["label"], strict=True)
    ]
    order = {partner: place for place, partner in enumerate(partners.values())}
    rows = rows.assign(short=pd.Series(short, rows.index, dtype=object), order=rows["partner"].map(order))
    return rows.sort_values("order", kind="stable").drop(columns="order").reset_index(drop=True)


def partner_bodies(participations: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """List every body of each partner with its measures and their policy areas, bodies in most measures first.

    Parameters
    ----------
    participations : DataFrame
        From :func:`compendium.chapters.institutions.analysis.partner_participations`.
    evidence : Evidence
    partners : mapping
        The label of each partnership.

    Returns
    -------
    DataFrame
        ``group`` (the partner), ``body``, ``kind``, ``leads``, ``takes_part`` (without leading), ``total``,
        ``areas`` (text).
    """
    area_labels = labels.code_labels(evidence.policy_areas)
    rows = []
    for _, body_rows in participations.groupby(["partnership_id", "body"], sort=False):
        first = body_rows.iloc[0]
        area_counts = Counter(body_rows["policy_area"].map(area_labels)).most_common()
        leads = int(body_rows["leads"].sum())
        rows.append(
            {
                "group": partners[first["partnership_id"]],
                "body": first["body"],
                "kind": first["kind"],
                "leads": leads,
                "takes_part": len(body_rows) - leads,
                "total": len(body_rows),
                "areas": ", ".join(f"{area} {n}" if n > 1 else area for area, n in area_counts),
            }
        )
    table = pd.DataFrame(rows, columns=["group", "body", "kind", "leads", "takes_part", "total", "areas"])
    order = {partner: place for place, partner in enumerate(partners.values())}
    keys = table.assign(order=table["group"].map(order), less=-table["total"])
    return keys.sort_values(["order", "less", "body"], kind="stable").reset_index(drop=True)
