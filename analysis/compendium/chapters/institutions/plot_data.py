"""Institutions as charts and tables show them: acts with their sources, bodies with what they do."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd
from IPython.display import HTML

from compendium.chapters.institutions.analysis import acts_by_side, body_counts, registered_share
from compendium.dataset import practice
from compendium.dataset.dates import date_span, decimal_year, middle_day
from compendium.dataset.evidence import Evidence
from compendium.dataset.parts import PartnerNames
from compendium.reporting import labels, plot_data
from compendium.reporting.labels import format_percent
from compendium.reporting.tables import document_link

_WHOLE_CASE_SUFFIX = ": the whole case"
_MIN_MEASURES = 2
"""Measures in which a body acts, at least, to be drawn; the table has them all."""


def dated_acts(acts: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Laws and bodies with a date and a side, for :func:`charts_institutions.made`."""
    shown = acts[(acts["date"] != "") & (acts["side"] != "") & acts["form"].isin(["law", "body"])]
    spans = [date_span(date) for date in shown["date"]]
    return shown.assign(
        group=shown["case_id"].map(evidence.cases["short"]),
        year=[decimal_year(middle_day(date)) for date in shown["date"]],
        start=[decimal_year(first) for first, _ in spans],
        end=[decimal_year(last) for _, last in spans],
    ).drop(columns=["ids", "document_id", "coordinates", "case_id", "partnership_id"])


def signature_marks(signatures: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """The signature of each partnership on the time line of its case."""
    case = signatures["partnership_id"].map(evidence.partnerships.set_index("partnership_id")["case_id"])
    return pd.DataFrame(
        {
            "group": case.map(evidence.cases["short"]),
            "partner": signatures["partnership_id"].map(partners),
            "year": [decimal_year(middle_day(date)) for date in signatures["signed"]],
        }
    )


def act_counts_by_side(acts: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """How many laws and bodies each side made, with the case in words."""
    found = acts_by_side(acts)
    return found.assign(group=found["case_id"].map(evidence.cases["short"]))


def act_rows(acts: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """Acts in order of time, each a link to its source; undated ones come last."""
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    order = acts["date"].map(lambda date: decimal_year(middle_day(date)) if date else float("inf")).rename("order")
    shown = acts.assign(order=order).sort_values(["case_id", "order", "label"], kind="stable")
    return shown.assign(
        group=shown["partnership_id"]
        .map(partners)
        .fillna(shown["case_id"].map(evidence.cases["short"]) + _WHOLE_CASE_SUFFIX),
        date=shown["date"].where(shown["date"] != "", "no date"),
        what=pd.Series([_linked_label(row, documents) for row in shown.to_dict("records")], shown.index, dtype=object),
        rows=shown["ids"].map(", ".join),
    )


def _linked_label(act: Mapping[Any, Any], documents: Mapping[Any, Any]) -> HTML:
    return HTML(document_link(documents[act["document_id"]], act["label"]))


def body_count_rows(participations: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """How many bodies act in each partnership's measures, and how many of their names the register knows."""
    measures = evidence.measures["partnership_id"].value_counts()
    knows = registered_share(participations)
    found = body_counts(participations).reset_index()
    return found.assign(
        group=found["partnership_id"].map(partners),
        measures=found["partnership_id"].map(measures),
        known=found["partnership_id"].map(knows).map(format_percent),
    )


def coordination_plot_data(shares: pd.DataFrame, partners: PartnerNames) -> pd.DataFrame:
    """Shares of measures with several offices or levels, partner by partner (``label``, with n)."""
    own = shares[shares["partnership_id"] != ""]
    sizes = [f" (n = {n})" for n in own["n"]]
    return own.assign(label=own["partnership_id"].map(partners) + sizes).reset_index(drop=True)


def partner_bodies_by_family(participations: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """The partner's own bodies by family (``group``) of their measures, those with at least :data:`_MIN_MEASURES`."""
    families = participations.assign(
        partner=participations["partnership_id"].map(partners),
        label=participations["body"],
        group=plot_data.policy_family(participations, evidence),
    )
    found = practice.count_rows(families, ["partner", "label", "group"]).drop(columns="ids")
    country = dict(zip(partners.values(), evidence.partnerships["partner"], strict=True))
    totals = families.groupby(["partner", "label"]).agg(total=("leads", "size"), leads=("leads", "sum")).reset_index()
    order = {partner: place for place, partner in enumerate(partners.values())}
    told = found.merge(totals, on=["partner", "label"])
    told = told[told["total"] >= _MIN_MEASURES]
    short = [
        label.removesuffix(f" of {country[partner]}").removesuffix(f" ({country[partner]})")
        for partner, label in zip(told["partner"], told["label"], strict=True)
    ]
    placed = told.assign(short=pd.Series(short, told.index, dtype=object), order=told["partner"].map(order))
    return placed.sort_values("order", kind="stable").drop(columns="order").reset_index(drop=True)


def partner_bodies(participations: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """Every body of the partner, with the number of measures that it leads and takes part in, and their areas."""
    names = labels.code_labels(evidence.policy_areas)
    rows = []
    for _, own in participations.groupby(["partnership_id", "body"], sort=False):
        first = own.iloc[0]
        areas = Counter(own["policy_area"].map(names)).most_common()
        said = ", ".join(f"{area} {n}" if n > 1 else area for area, n in areas)
        leads = int(own["leads"].sum())
        told = {"group": partners[first["partnership_id"]], "body": first["body"], "kind": first["kind"], "areas": said}
        rows.append(told | {"leads": leads, "takes_part": len(own) - leads, "total": len(own)})
    table = pd.DataFrame(rows, columns=["group", "body", "kind", "leads", "takes_part", "total", "areas"])
    order = {partner: place for place, partner in enumerate(partners.values())}
    keys = table.assign(order=table["group"].map(order), less=-table["total"])
    return keys.sort_values(["order", "less", "body"], kind="stable").reset_index(drop=True)


def top_partner_bodies_text(participations: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> str:
    """The body of each partner that acts in most measures, in words, with its number and that of all measures."""
    table = partner_bodies(participations, evidence, partners)
    measures = evidence.measures["partnership_id"].map(partners).value_counts()
    first = table.drop_duplicates("group").to_dict("records")
    return "; ".join(f"{row['body']} ({row['total']} of {measures[row['group']]})" for row in first)
