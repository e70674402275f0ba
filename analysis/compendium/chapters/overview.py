"""Overview of a case: its partnerships, chronicle and numbers of rows."""

from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.reporting.inline_values import (
    UNKNOWN,
    InlineValues,
    Number,
    Phrase,
    coverage_values,
    number_from_row,
    text_or_unknown,
    top_row,
)
from compendium.reporting.labels import humanize
from compendium.reporting.tables import (
    RowMapping,
    collapsible_list,
    count_with_noun,
    date_html,
    document_link,
    listing_html,
)


def partnership_overview(evidence: Evidence) -> pd.DataFrame:
    """List the partnerships with the ``date`` of their founding and their numbers of rows."""
    events = evidence.events.set_index("event_id")
    partnerships = evidence.partnerships.assign(date=evidence.partnerships["founding_event_id"].map(events["date"]))
    for name in ("statements", "commitments", "measures"):
        counts = getattr(evidence, name)["partnership_id"].value_counts()
        partnerships[name] = partnerships["partnership_id"].map(counts).fillna(0).astype(int)
    return partnerships


def chronicle_list(evidence: Evidence) -> HTML:
    """List the events of each partnership, then those of the whole case, oldest first."""
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    partners = dict(zip(evidence.partnerships["partnership_id"], evidence.partnerships["partner"], strict=True))
    events = evidence.events.sort_values(["date", "event_id"], kind="stable")
    lists = []
    for partnership, name in [*partners.items(), ("", "The case as a whole")]:
        rows = events[events["partnership_id"] == partnership].to_dict("records")
        if rows:
            first, last = rows[0]["date"][:4], rows[-1]["date"][:4]
            years = first if first == last else f"{first} to {last}"
            heading = f"<b>{escape(name)}</b> <small>{count_with_noun(len(rows), 'event')}, {years}</small>"
            lists.append(collapsible_list(heading, [_event_item(row, documents[row["document_id"]]) for row in rows]))
    return listing_html(lists)


def _event_item(row: RowMapping, document: RowMapping) -> str:
    label, source = escape(row["label"]), document_link(document)
    return f"{date_html(row['date'])}: {label} <small>{humanize(row['kind'])}. {source}</small>"


def overview_values(evidence: Evidence, families: pd.DataFrame) -> InlineValues:
    """Numbers of rows of a case, its years, and its largest families.

    Parameters
    ----------
    families : DataFrame
        From :func:`compendium.chapters.implementation.family_shares`.
    """
    documents = evidence.documents
    years = documents.loc[documents["date"] != "", "date"].str[:4]
    numbers: InlineValues = {
        "first_year": Phrase(min(years, default=UNKNOWN), "year of the oldest dated document"),
        "last_year": Phrase(max(years, default=UNKNOWN), "year of the newest dated document"),
        "documents": Number(len(documents), "documents of the case"),
        "statements": Number(len(evidence.statements), "statements of official talk"),
        "commitments": Number(len(evidence.commitments), "commitments on record"),
        "measures": Number(len(evidence.measures), "measures on record"),
        **coverage_values(documents),
    }
    for stage in ("talk", "practice"):
        largest = top_row(families[families["stage"] == stage], "share")
        numbers[f"{stage}_family"] = Phrase(text_or_unknown(largest["family"]), f"the largest family in {stage}")
        numbers[f"{stage}_family_share"] = number_from_row(
            largest, "share", f"share of the largest family in {stage}", largest["n"]
        )
    return numbers
