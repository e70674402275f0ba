"""The overview of a case: its partnerships, its numbers of rows, and its chronicle."""

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


def overview_values(evidence: Evidence, families: pd.DataFrame) -> InlineValues:
    """What the first page of a case says of its size and its largest families."""
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
        best = top_row(families[families["stage"] == stage], "share")
        numbers[f"{stage}_family"] = Phrase(text_or_unknown(best["family"]), f"the largest family in {stage}")
        numbers[f"{stage}_family_share"] = number_from_row(
            best, "share", f"share of the largest family in {stage}", best["n"]
        )
    return numbers


def partnership_overview(evidence: Evidence) -> pd.DataFrame:
    """Each partnership with its founding and the number of its rows, for a table."""
    events = evidence.events.set_index("event_id")
    known = evidence.partnerships.assign(date=evidence.partnerships["founding_event_id"].map(events["date"]))
    for name in ("statements", "commitments", "measures"):
        counts = getattr(evidence, name)["partnership_id"].value_counts()
        known[name] = known["partnership_id"].map(counts).fillna(0).astype(int)
    return known


def chronicle_list(evidence: Evidence) -> HTML:
    """The dated events of each partnership, then those of the case as a whole: folded lists, oldest event first."""
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    partners = dict(zip(evidence.partnerships["partnership_id"], evidence.partnerships["partner"], strict=True))
    events = evidence.events.sort_values(["date", "event_id"], kind="stable")
    parts = []
    for partnership, name in [*partners.items(), ("", "The case as a whole")]:
        own = events[events["partnership_id"] == partnership].to_dict("records")
        if own:
            first, last = own[0]["date"][:4], own[-1]["date"][:4]
            years = first if first == last else f"{first} to {last}"
            heading = f"<b>{escape(name)}</b> <small>{count_with_noun(len(own), 'event')}, {years}</small>"
            parts.append(collapsible_list(heading, (_event_item(row, documents[row["document_id"]]) for row in own)))
    return listing_html(parts)


def _event_item(row: RowMapping, document: RowMapping) -> str:
    return f"{date_html(row['date'])}: {escape(row['label'])} <small>{humanize(row['kind'])}. {document_link(document)}</small>"
