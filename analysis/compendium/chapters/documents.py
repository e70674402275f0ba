"""The list of documents, and the timeline of the original study's public activities."""

from html import escape
from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import ARCHITECTURE, INTERVIEW, RESTRICTED
from compendium.reporting import inline_values
from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import empty_chart_note
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase
from compendium.reporting.labels import COVERAGE_LABELS, code_labels, humanize
from compendium.reporting.tables import RowMapping, document_link
from compendium.reporting.theme import colour_encoding, shape_encoding, tooltips, with_height

_ANNOUNCED = "announced"


def activity_periods(activities: pd.DataFrame) -> pd.DataFrame:
    """Activities in order of time, each with the ``first`` and ``last`` day that its dates allow.

    A date without a day or month spans all that it can mean: ``2011-03`` the whole of March.
    """
    ends = activities["end"].where(activities["end"] != "", activities["start"])
    suffix = (activities["status"] == _ANNOUNCED).map({True: f" ({_ANNOUNCED})", False: ""})
    known = activities.assign(
        first=[str(pd.Period(date).start_time.date()) for date in activities["start"]],
        last=[str(pd.Period(date).end_time.date()) for date in ends],
        label=activities["short"] + suffix,
    )
    return known.sort_values(["first", "last", "activity_id"], kind="stable").reset_index(drop=True)


@empty_chart_note
def activity_timeline_chart(data: pd.DataFrame, name: str, title: str, note: str) -> Any:
    """A row for each activity (``label``), at its time (``first`` to ``last``), by ``kind``."""
    data = data[["label", "kind", "first", "last", "title", "place"]]
    kinds = list(dict.fromkeys(data["kind"]))
    axis = alt.Axis(format="%Y-%m", tickCount=6, labelOverlap=True)
    x = alt.X("first:T", title=None, scale=alt.Scale(type="utc"), axis=axis)
    base = alt.Chart(data).encode(
        y=alt.Y("label:N", sort=data["label"].tolist(), title=None, axis=alt.Axis(grid=True)),
        color=colour_encoding("kind", kinds),
        tooltip=tooltips(title="Activity", kind="Kind", first="From", last="To", place="Place"),
    )
    spans = base.mark_rule(strokeWidth=5).encode(x=x, x2="last:T")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=x, shape=shape_encoding("kind", kinds))
    first, last = data.iloc[0], data.iloc[-1]
    words = f"{len(data)} activities, from {first['label']} ({first['first']}) to {last['label']} ({last['last']})."
    headings = {"label": "Activity", "kind": "Kind", "first": "From", "last": "To", "title": "Title", "place": "Place"}
    return with_metadata(with_height(spans + points, len(data)), name, title, words, headings, note)


def document_values(evidence: Evidence) -> InlineValues:
    """How many documents there are, of which kind and side, and how many interviews."""
    documents = evidence.documents
    n, kinds = len(documents), documents["kind"].value_counts()
    of_architecture = int((documents["case_id"] == ARCHITECTURE).sum())
    numbers: InlineValues = {
        "documents": Number(n, "documents of all cases and of the wider architecture"),
        "of_cases": Number(n - of_architecture, "documents of the cases"),
        "of_architecture": Number(of_architecture, "documents of the wider architecture"),
        "most_kind": Phrase(humanize(str(kinds.index[0])) if n else UNKNOWN, "the most frequent kind of document"),
        "most_kind_share": Number(kinds.max() / n, "documents of the most frequent kind", "share", n),
        "interviews": Number((documents["kind"] == INTERVIEW).sum(), "interviews, all of them restricted"),
        "coded_interviews": Number(
            evidence.restricted_counts.drop_duplicates("case_id")["of"].sum(), "interviews whose codings are counted"
        ),
        **inline_values.coverage_values(documents),
    }
    for side in ("destination", "partner"):
        share = (documents["issuer_side"] == side).mean()
        numbers[f"{side}_share"] = Number(share, f"documents issued by a {side}", "share", n)
    return numbers


def activity_values(activities: pd.DataFrame) -> InlineValues:
    """How many activities were held, by whom, and how many were announced."""
    held = activities[activities["status"] == "held"]
    years = held["start"].str[:4]
    return {
        "held": Number(len(held), "conferences and workshops in which the study took part"),
        "organised": Number((held["organised"] == "yes").sum(), "of these, held by the study itself"),
        "announced": Number(len(activities) - len(held), "activities that were announced"),
        "first_year": Phrase(min(years, default=UNKNOWN), "year of the first"),
        "last_year": Phrase(max(years, default=UNKNOWN), "year of the last that was held"),
    }


def restricted_code_counts(evidence: Evidence) -> pd.DataFrame:
    """The counts of restricted codings with ``case`` and code (``label``) in words, most documents first."""
    counts = evidence.restricted_counts.sort_values("documents", ascending=False, kind="stable")
    return counts.assign(
        case=counts["case_id"].map(evidence.cases["short"]),
        label=counts["code_id"].map(code_labels(evidence.codes)),
        **{name: counts[name].astype(int) for name in ("statements", "documents", "of")},
    )


_CASES_URL = "../cases"
_CAPTION = "All documents"
_HEADINGS_AND_FILTERS = {
    "date": ("Date", "year"),
    "document": ("Document", ""),
    "case": ("Case", "case"),
    "kind": ("Kind", "kind"),
    "side": ("Side", "side"),
    "seen": ("Seen", "seen"),
}
"""What each column is called, and which filter ``register.js`` makes of it; without scripts it is a plain table."""


def documents_table(evidence: Evidence) -> HTML:
    """Every document of every case and of the architecture, newest first, undated last; a row each.

    Ends of cells and rows are left to the browser (HTML allows it), for there are many rows.
    """
    dated = evidence.documents.sort_values(["date", "document_id"], ascending=[False, True], kind="stable")
    names = {**evidence.cases["short"], ARCHITECTURE: "Architecture"}
    rows = "\n".join(_document_row(row, names[row["case_id"]]) for row in dated.to_dict("records"))
    head = "".join(
        f'<th scope="col"{f" data-filter={name}" if name else ""}>{heading}</th>'
        for heading, name in _HEADINGS_AND_FILTERS.values()
    )
    return HTML(
        f'<div class="register"><table><caption>{_CAPTION}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _document_row(document: RowMapping, case: str) -> str:
    """A row; that of a case leads to the case's sources, that of the architecture is the document's only place."""
    identity = document["document_id"]
    within = document["case_id"] != ARCHITECTURE
    place = (
        f'<a href="{_CASES_URL}/{document["case_id"]}/sources.html#{identity}">{escape(case)}</a>' if within else case
    )
    restricted = document["access"] == RESTRICTED
    seen = "in confidence" if restricted else COVERAGE_LABELS[document["coverage"]]
    issuer = f" <small>{escape(document['issuer'])}</small>" if document["issuer"] else ""
    title = document_link(document).replace(' rel="external"', "", 1)  # said of every row, it would be a page's worth
    cells = (
        document["date"] or "no date",
        title + issuer,
        place,
        humanize(document["kind"]),
        document["issuer_side"],
        seen,
    )
    return f"<tr{'' if within else f' id={identity}'}>" + "".join(f"<td>{cell}" for cell in cells)


def activities_list(activities: pd.DataFrame) -> HTML:
    """Conferences, workshops and launches in order of time: when, what, where, and what it was for the study."""
    if activities.empty:
        return HTML("<p>No activity is on record.</p>")
    items = "".join(f"<li>{_activity_item(row)}</li>" for row in activities.to_dict("records"))
    return HTML(f'<div class="listing"><ul>{items}</ul></div>')


def _activity_item(activity: RowMapping) -> str:
    when = f"{activity['start']} to {activity['end']}" if activity["end"] else activity["start"]
    place = f", {escape(activity['place'])}" if activity["place"] else ""
    host = " Held by the study itself." if activity["organised"] == "yes" and activity["status"] == "held" else ""
    announced = " Announced; whether it took place is not on record." if activity["status"] == "announced" else ""
    return (
        f'<span id="{activity["activity_id"]}"><b>{escape(activity["title"])}</b>{place} ({activity["kind"]}, '
        f'<time datetime="{activity["start"]}">{when}</time>). {escape(activity["description"])}{host}{announced} '
        f"<small>{escape(activity['source'])}</small></span>"
    )
