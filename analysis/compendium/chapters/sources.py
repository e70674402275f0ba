"""The sources of a case: every document with its statements and their codes."""

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
    """Every document with its address, and every statement of it with the codes that each coder gave."""
    names = {code: code_link(code, label, CODEBOOK_URL) for code, label in code_labels(evidence.codes).items()}
    names |= {code: code_link(code, label, OWN_CODEBOOK_URL) for code, label in code_labels(evidence.own_codes).items()}
    names |= {READ_AND_NOTHING_FOUND: "no code"}
    every = pd.concat([evidence.codings, evidence.own_codings], ignore_index=True)
    given = every.assign(label=every["code_id"].map(names), coder=every["coder"].map(escape))
    readings = given.groupby(["statement_id", "coder"], sort=True)["label"].agg(", ".join).reset_index()
    readings["said"] = readings["coder"] + ": " + readings["label"]
    codes = readings.groupby("statement_id")["said"].agg("; ".join).to_dict()
    said = dict(list(evidence.statements.groupby("document_id")))
    parts = []
    for document in evidence.documents.sort_values(["date", "document_id"], kind="stable").to_dict("records"):
        own = said[document["document_id"]].to_dict("records") if document["document_id"] in said else []
        restricted = document["access"] == RESTRICTED
        silent = "counted only" if restricted else "no statements: read for what was done, or as context"
        number = count_with_noun(len(own), "statement") if own else silent
        coverage = "whole text read" if document["coverage"] == "full" else "only the opening read"
        facts = f"{document['issuer']} · {humanize(document['kind'])} · {coverage} · {number}"
        title = f"<span{language_attribute(document)}>{escape(document['title'])}</span>"
        heading = f"{date_html(document['date'])} · {title} <small>{escape(facts)}</small>"
        items = (
            f"<li id='{row['statement_id']}'>{_statement_item(row, codes[row['statement_id']])}</li>" for row in own
        )
        where = "In confidence: not public" if restricted else "Read it at its public address"
        body = f"<p>{document_link(document, where)}</p><ol>{''.join(items)}</ol>"
        parts.append(f'<details id="{document["document_id"]}"><summary>{heading}</summary>{body}</details>')
    return listing_html(parts)


def code_link(code: str, label: str, codebook_url: str) -> str:
    """A code's label, linked to its definition on the page of the codebook."""
    return f'<a href="{codebook_url}#{code}">{escape(label)}</a>'


def _statement_item(row: RowMapping, codes: str) -> str:
    """A statement with its codes, which are HTML."""
    speaker = f"{escape(row['speaker'])} ({row['speaker_side']}), {escape(row['locator'])}"
    return f"{escape(row['text'])} <small>{speaker}. {codes}</small>"
