"""Tables of the page on power: treaties, conditionality, exchange in one instrument, and budgets."""

from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.reporting import tables

_DAYS_PER_MONTH = 30.44


def treaty_table(treaties: pd.DataFrame, partnership_labels: dict[str, str]) -> HTML:
    """Build the table of treaties on readmission and on visas, a row for each partnership.

    Parameters
    ----------
    treaties : DataFrame
        From :func:`compendium.chapters.power.analysis.treaty_dates`.
    partnership_labels : dict
        The label of each partnership.

    Examples
    --------
    >>> treaties = pd.DataFrame({"partnership_id": ["a-x"], "readmission": [("2008-06-05",)], "visas": [()]})
    >>> treaties = treaties.assign(readmission_force=[()], visas_force=[()], days=float("nan"))
    >>> '<time datetime="2008-06-05">2008-06-05</time>' in treaty_table(treaties, {"a-x": "Xland"}).data
    True
    """
    date_columns = ["readmission", "readmission_force", "visas", "visas_force"]
    rows = treaties.assign(
        partner=treaties["partnership_id"].map(partnership_labels),
        apart=treaties["days"].map(_format_days_apart),
        **{column: treaties[column].map(_date_list) for column in date_columns},
    )
    headings = {
        "partner": "Partnership",
        "readmission": "Readmission: signed",
        "readmission_force": "In force",
        "visas": "Visa facilitation: signed",
        "visas_force": "In force",
        "apart": "Nearest two apart",
    }
    return tables.html_table(rows, headings, "Treaties on readmission and on visa facilitation")


def conditionality_table(comparison: pd.DataFrame, partnership_labels: dict[str, str]) -> HTML:
    """Build the table of statements on conditionality and instruments that may tie, a row for each partnership.

    Parameters
    ----------
    comparison : DataFrame
        From :func:`compendium.chapters.power.analysis.conditionality_comparison`.
    partnership_labels : dict
        The label of each partnership.

    Examples
    --------
    >>> comparison = pd.DataFrame({"partnership_id": ["a-x"], "conditional": [1], "statements": [2], "exchanges": [0]})
    >>> html = conditionality_table(comparison.assign(instruments=3, days=31.0), {"a-x": "Xland"}).data
    >>> all(f"<td>{text}</td>" in html for text in ("Xland", "1 of 2", "0 of 3", "about 1 month"))
    True
    """
    rows = comparison.assign(
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
    return tables.html_table(rows, headings, "Conditionality in talk, and instruments that may tie")


def _date_list(dates: tuple[str, ...]) -> HTML:
    return HTML("<br>".join(map(tables.date_html, dates)) or "–")


def _format_days_apart(days: float) -> str:
    if days != days:
        return "–"
    months = round(days / _DAYS_PER_MONTH)
    if months == 0:
        return "less than a month" if days else "same day"
    return f"about {months} month{'s' if months > 1 else ''}"


def budget_table(budgets: pd.DataFrame, measures: pd.DataFrame) -> HTML:
    """Build the table of budgets, with the number of all measures of each leading side.

    Parameters
    ----------
    budgets : DataFrame
        From :func:`compendium.chapters.power.analysis.budget_summary`.
    measures : DataFrame
        The table of measures.

    Examples
    --------
    >>> budgets = pd.DataFrame({"lead_side": ["joint"], "currency": ["EUR"], "n": [1], "least": [5000.0]})
    >>> budgets = budgets.assign(median=5000.0, most=5000.0)
    >>> html = budget_table(budgets, pd.DataFrame({"lead_side": ["joint", "joint"]})).data
    >>> "<td>1 of 2</td>" in html, "<td>5,000</td>" in html
    (True, True)
    """
    sizes = measures["lead_side"].value_counts()
    rows = budgets.assign(
        known=[f"{n} of {sizes[side]}" for n, side in zip(budgets["n"], budgets["lead_side"], strict=True)],
        **{column: budgets[column].map(lambda amount: f"{amount:,.0f}") for column in ("least", "median", "most")},
    )
    headings = {"lead_side": "Lead", "known": "Measures with a budget", "currency": "Currency"}
    headings |= {"least": "Least", "median": "Median", "most": "Most"}
    return tables.html_table(rows, headings, "Budgets by the side that leads, each currency by itself")


def budgeted_measures_list(measures: pd.DataFrame, partnership_labels: dict[str, str]) -> HTML:
    """List every measure with a budget behind a line that opens it, sorted by currency and amount.

    Examples
    --------
    >>> measures = pd.DataFrame({"measure_id": ["m1"], "case_id": "a", "partnership_id": "a-x", "title": "Made up"})
    >>> measures = measures.assign(currency="EUR", budget=5000.0, lead_actor="Office", lead_side="joint")
    >>> html = budgeted_measures_list(measures, {"a-x": "Xland"}).data
    >>> "EUR 5,000" in html, "Xland; lead: Office (joint)" in html
    (True, True)
    """
    budgeted = measures[measures["budget"].notna()].sort_values(
        ["currency", "budget", "measure_id"], ascending=[True, False, True], kind="stable"
    )
    items = [
        f"{row['currency']} {row['budget']:,.0f}: "
        f'<a href="../cases/{row["case_id"]}/implementation.html#{row["measure_id"]}">{escape(row["title"])}</a> '
        f"<small>{escape(partnership_labels[row['partnership_id']])}; "
        f"lead: {escape(row['lead_actor'])} ({row['lead_side']})</small>"
        for row in budgeted.to_dict("records")
    ]
    heading = f"<b>Every measure with a budget</b> <small>{len(budgeted)} of {len(measures)}</small>"
    return tables.listing_html([tables.collapsible_list(heading, items)])


def exchange_instruments_table(
    exchanges: pd.DataFrame, commitments: pd.DataFrame, evidence: Evidence, partnership_labels: dict[str, str]
) -> HTML:
    """Build the table of instruments in which each side alone undertakes something, with these commitments.

    Parameters
    ----------
    exchanges : DataFrame
        From :func:`compendium.chapters.power.analysis.exchange_instruments`.
    commitments : DataFrame
        The table of commitments.
    evidence : Evidence
        Its documents are linked.
    partnership_labels : dict
        The label of each partnership.
    """
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    by_instrument = dict(list(commitments.groupby(["partnership_id", "document_id"])))
    rows = []
    for partnership_id, document_id in zip(exchanges["partnership_id"], exchanges["document_id"], strict=True):
        instrument = by_instrument[partnership_id, document_id]
        texts = {
            side: HTML("<br>".join(map(escape, instrument.loc[instrument["obligated"] == side, "paraphrase"])))
            for side in ("partner", "destination")
        }
        source = HTML(tables.document_link(documents[document_id]))
        rows.append({"partner_name": partnership_labels[partnership_id], "source": source} | texts)
    headings = {"partner_name": "Partnership", "partner": "The partner alone", "destination": "The destination alone"}
    headings |= {"source": "Instrument"}
    table = pd.DataFrame(rows, columns=list(headings))
    return tables.html_table(table, headings, "Instruments in which either side alone undertakes")
