"""Sources of a case: all documents with their statements and codes."""

from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import READ_AND_NOTHING_FOUND, RESTRICTED
from compendium.reporting.labels import code_labels, humanize
from compendium.reporting.tables import (
    CODEBOOK_URL,
    OWN_CODEBOOK_URL,
    RowMapping,
    count_with_noun,
    date_html,
    document_link,
    language_attribute,
    listing_html,
)


def sources_list(evidence: Evidence) -> HTML:
    """List every document with its web address, and its statements with the codes of each coder."""
    links = {code: code_link(code, label, CODEBOOK_URL) for code, label in code_labels(evidence.codes).items()}
    links |= {code: code_link(code, label, OWN_CODEBOOK_URL) for code, label in code_labels(evidence.own_codes).items()}
    links |= {READ_AND_NOTHING_FOUND: "no code"}
    codings = pd.concat([evidence.codings, evidence.own_codings], ignore_index=True)
    codings = codings.assign(link=codings["code_id"].map(links), coder=codings["coder"].map(escape))
    readings = codings.groupby(["statement_id", "coder"], sort=True)["link"].agg(", ".join).reset_index()
    readings["codes"] = readings["coder"] + ": " + readings["link"]
    codes = readings.groupby("statement_id")["codes"].agg("; ".join).to_dict()
    statements_by_document = dict(list(evidence.statements.groupby("document_id")))
    items = []
    for document in evidence.documents.sort_values(["date", "document_id"], kind="stable").to_dict("records"):
        statements = statements_by_document.get(document["document_id"], evidence.statements[:0]).to_dict("records")
        is_restricted = document["access"] == RESTRICTED
        reason = "counted only" if is_restricted else "no statements: read for what was done, or as context"
        number = count_with_noun(len(statements), "statement") if statements else reason
        coverage = "whole text read" if document["coverage"] == "full" else "only the opening read"
        facts = f"{document['issuer']} · {humanize(document['kind'])} · {coverage} · {number}"
        title = f"<span{language_attribute(document)}>{escape(document['title'])}</span>"
        heading = f"{date_html(document['date'])} · {title} <small>{escape(facts)}</small>"
        statement_items = (
            f"<li id='{row['statement_id']}'>{_statement_item(row, codes[row['statement_id']])}</li>"
            for row in statements
        )
        link_text = "In confidence: not public" if is_restricted else "Read it at its public address"
        body = f"<p>{document_link(document, link_text)}</p><ol>{''.join(statement_items)}</ol>"
        items.append(f'<details id="{document["document_id"]}"><summary>{heading}</summary>{body}</details>')
    return listing_html(items)


def code_link(code: str, label: str, codebook_url: str) -> str:
    """Link the label of a code to its definition on the codebook page.

    Examples
    --------
    >>> code_link("jobs", "Jobs", "codebook.html")
    '<a href="codebook.html#jobs">Jobs</a>'
    """
    return f'<a href="{codebook_url}#{code}">{escape(label)}</a>'


def _statement_item(row: RowMapping, codes: str) -> str:
    """Format a statement with its codes, which are HTML already."""
    speaker = f"{escape(row['speaker'])} ({row['speaker_side']}), {escape(row['locator'])}"
    return f"{escape(row['text'])} <small>{speaker}. {codes}</small>"
