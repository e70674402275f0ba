"""The overview of a case: its partnerships, its numbers of rows, and its chronicle."""

from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.reporting.inline_values import UNKNOWN, Number, Numbers, Words, _first, _number, _said, coverage
from compendium.reporting.labels import plain
from compendium.reporting.tables import Row, _date, _folded, _listing, document_link
from compendium.reporting.tables import _number as _counted


def of_case(evidence: Evidence, families: pd.DataFrame) -> Numbers:
    """What the first page of a case says of its size and its largest families."""
    documents = evidence.documents
    years = documents.loc[documents["date"] != "", "date"].str[:4]
    numbers: Numbers = {
        "first_year": Words(min(years, default=UNKNOWN), "year of the oldest dated document"),
        "last_year": Words(max(years, default=UNKNOWN), "year of the newest dated document"),
        "documents": Number(len(documents), "documents of the case"),
        "statements": Number(len(evidence.statements), "statements of official talk"),
        "commitments": Number(len(evidence.commitments), "commitments on record"),
        "measures": Number(len(evidence.measures), "measures on record"),
        **coverage(documents),
    }
    for stage in ("talk", "practice"):
        best = _first(families[families["stage"] == stage], "share")
        numbers[f"{stage}_family"] = Words(_said(best["family"]), f"the largest family in {stage}")
        numbers[f"{stage}_family_share"] = _number(best, "share", f"share of the largest family in {stage}", best["n"])
    return numbers


def partnerships(evidence: Evidence) -> pd.DataFrame:
    """Each partnership with its founding and the number of its rows, for a table."""
    events = evidence.events.set_index("event_id")
    known = evidence.partnerships.assign(date=evidence.partnerships["founding_event_id"].map(events["date"]))
    for name in ("statements", "commitments", "measures"):
        counts = getattr(evidence, name)["partnership_id"].value_counts()
        known[name] = known["partnership_id"].map(counts).fillna(0).astype(int)
    return known


def chronicle(evidence: Evidence) -> HTML:
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
            heading = f"<b>{escape(name)}</b> <small>{_counted(len(own), 'event')}, {years}</small>"
            parts.append(_folded(heading, (_event(row, documents[row["document_id"]]) for row in own)))
    return _listing(parts)


def _event(row: Row, document: Row) -> str:
    return (
        f"{_date(row['date'])}: {escape(row['label'])} <small>{plain(row['kind'])}. {document_link(document)}</small>"
    )
