"""Tables of the chapter on power: treaties beside each other, budgets, instruments in which both sides undertake."""

from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.reporting import tables


def treaty_table(treaties: pd.DataFrame, partnership_labels: dict[str, str]) -> HTML:
    """Treaties of :func:`compendium.chapters.power.analysis.treaty_dates`, a row a partnership."""
    dated = ["readmission", "readmission_force", "visas", "visas_force"]
    shown = treaties.assign(
        partner=treaties["partnership_id"].map(partnership_labels),
        apart=treaties["days"].map(_format_days_apart),
        **{column: treaties[column].map(_date_list) for column in dated},
    )
    headings = {
        "partner": "Partnership",
        "readmission": "Readmission: signed",
        "readmission_force": "In force",
        "visas": "Visa facilitation: signed",
        "visas_force": "In force",
        "apart": "Nearest two apart",
    }
    return tables.html_table(shown, headings, "Treaties on readmission and on visa facilitation")


def conditionality_table(comparison: pd.DataFrame, partnership_labels: dict[str, str]) -> HTML:
    """Talk and instruments of :func:`compendium.chapters.power.analysis.conditionality_comparison`, a row a partnership."""
    shown = comparison.assign(
        partner=comparison["partnership_id"].map(partnership_labels),
        talk=[f"{part} of {n}" for part, n in zip(comparison["conditional"], comparison["statements"], strict=True)],
        tying=[f"{part} of {n}" for part, n in zip(comparison["exchanges"], comparison["instruments"], strict=True)],
        apart=comparison["days"].map(_format_days_apart),
    )
    headings = {
        "partner": "Partnership",
        "talk": "Statements that speak of conditionality",
        "tying": "Instruments in which each side alone undertakes",
        "apart": "Readmission and visa treaties: nearest two apart",
    }
    return tables.html_table(shown, headings, "Conditionality in talk, and instruments that may tie")


def _date_list(dates: tuple[str, ...]) -> HTML:
    return HTML("<br>".join(f'<time datetime="{date}">{date}</time>' for date in dates) or "–")


def _format_days_apart(days: float) -> str:
    if days != days:
        return "–"
    months = round(days / 30.44)
    if months == 0:
        return "less than a month" if days else "same day"
    return f"about {months} month{'s' if months > 1 else ''}"


def budget_table(budgets: pd.DataFrame, measures: pd.DataFrame) -> HTML:
    """Budgets (:func:`analysis.budgets`), each with how many measures of that lead there are in all."""
    sizes = measures["lead_side"].value_counts()
    shown = budgets.assign(
        known=[f"{n} of {sizes[side]}" for n, side in zip(budgets["n"], budgets["lead_side"], strict=True)],
        **{column: budgets[column].map(lambda amount: f"{amount:,.0f}") for column in ("least", "median", "most")},
    )
    headings = {"lead_side": "Lead", "known": "Measures with a budget", "currency": "Currency"}
    headings |= {"least": "Least", "median": "Median", "most": "Most"}
    return tables.html_table(shown, headings, "Budgets by the side that leads, each currency by itself")


def budgeted_measures_list(measures: pd.DataFrame, partnership_labels: dict[str, str]) -> HTML:
    """Every measure with a budget, folded, by currency and amount."""
    known = measures[measures["budget"].notna()].sort_values(
        ["currency", "budget", "measure_id"], ascending=[True, False, True], kind="stable"
    )
    items = "".join(
        f"<li>{row['currency']} {row['budget']:,.0f}: "
        f'<a href="../cases/{row["case_id"]}/implementation.html#{row["measure_id"]}">{escape(row["title"])}</a> '
        f"<small>{escape(partnership_labels[row['partnership_id']])}; "
        f"lead: {escape(row['lead_actor'])} ({row['lead_side']})</small></li>"
        for row in known.to_dict("records")
    )
    heading = f"<b>Every measure with a budget</b> <small>{len(known)} of {len(measures)}</small>"
    return HTML(f'<div class="listing"><details><summary>{heading}</summary><ul>{items}</ul></details></div>')


def exchange_instruments_table(
    commitments: pd.DataFrame, evidence: Evidence, partnership_labels: dict[str, str]
) -> HTML:
    """The instruments in which each side alone undertakes something, and what that is."""
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    parts = []
    for (partnership, document), own in commitments.groupby(["partnership_id", "document_id"], sort=True):
        sides = {side: own.loc[own["obligated"] == side, "paraphrase"] for side in ("partner", "destination")}
        if all(len(rows) for rows in sides.values()):
            said = {side: HTML("<br>".join(map(escape, rows))) for side, rows in sides.items()}
            source = HTML(tables.document_link(documents[str(document)]))
            parts.append({"partner_name": partnership_labels[str(partnership)], "source": source} | said)
    headings = {"partner_name": "Partnership", "partner": "The partner alone", "destination": "The destination alone"}
    columns = [*headings, "source"]
    table = pd.DataFrame(parts, columns=columns)
    return tables.html_table(
        table, headings | {"source": "Instrument"}, "Instruments in which either side alone undertakes"
    )
