"""All documents of the book as one table, and what the study did in public as a list."""

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML

from compendium.evidence import Evidence
from compendium.listing import document_link
from compendium.style import plain
from compendium.terms import ARCHITECTURE, RESTRICTED
from compendium.views import COVERAGE

CASES = "../cases"
CAPTION = "All documents"
HEADINGS = {
    "date": ("Date", "year"),
    "document": ("Document", ""),
    "case": ("Case", "case"),
    "kind": ("Kind", "kind"),
    "side": ("Side", "side"),
    "seen": ("Seen", "seen"),
}
"""What each column is called, and which filter ``register.js`` makes of it; without scripts it is a plain table."""

Row = Mapping[Any, Any]


def documents(evidence: Evidence) -> HTML:
    """Every document of every case and of the architecture, newest first, undated last; a row each.

    Ends of cells and rows are left to the browser (HTML allows it), for there are many rows.
    """
    dated = evidence.documents.sort_values(["date", "document_id"], ascending=[False, True], kind="stable")
    names = {**evidence.cases["short"], ARCHITECTURE: "Architecture"}
    rows = "\n".join(_row(row, names[row["case_id"]]) for row in dated.to_dict("records"))
    head = "".join(
        f'<th scope="col"{f" data-filter={name}" if name else ""}>{heading}</th>' for heading, name in HEADINGS.values()
    )
    return HTML(
        f'<div class="register"><table><caption>{CAPTION}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _row(document: Row, case: str) -> str:
    """A row; that of a case leads to the case's sources, that of the architecture is the document's only place."""
    identity = document["document_id"]
    within = document["case_id"] != ARCHITECTURE
    place = f'<a href="{CASES}/{document["case_id"]}/sources.html#{identity}">{escape(case)}</a>' if within else case
    restricted = document["access"] == RESTRICTED
    seen = "in confidence" if restricted else COVERAGE[document["coverage"]]
    issuer = f" <small>{escape(document['issuer'])}</small>" if document["issuer"] else ""
    title = document_link(document).replace(' rel="external"', "", 1)  # said of every row, it would be a page's worth
    cells = (
        document["date"] or "no date",
        title + issuer,
        place,
        plain(document["kind"]),
        document["issuer_side"],
        seen,
    )
    return f"<tr{'' if within else f' id={identity}'}>" + "".join(f"<td>{cell}" for cell in cells)


def activities(table: pd.DataFrame) -> HTML:
    """Conferences, workshops and launches in order of time: when, what, where, and what it was for the study."""
    if table.empty:
        return HTML("<p>No activity is on record.</p>")
    items = "".join(f"<li>{_activity(row)}</li>" for row in table.to_dict("records"))
    return HTML(f'<div class="listing"><ul>{items}</ul></div>')


def _activity(row: Row) -> str:
    when = f"{row['start']} to {row['end']}" if row["end"] else row["start"]
    place = f", {escape(row['place'])}" if row["place"] else ""
    host = " Held by the study itself." if row["organised"] == "yes" and row["status"] == "held" else ""
    announced = " Announced; whether it took place is not on record." if row["status"] == "announced" else ""
    return (
        f'<span id="{row["activity_id"]}"><b>{escape(row["title"])}</b>{place} ({row["kind"]}, '
        f'<time datetime="{row["start"]}">{when}</time>). {escape(row["description"])}{host}{announced} '
        f"<small>{escape(row['source'])}</small></span>"
    )
