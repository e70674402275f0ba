"""List of all documents, and timeline of the original study's public activities."""

from html import escape
from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import ARCHITECTURE, INTERVIEW, RESTRICTED
from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import empty_chart_note
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase, coverage_values
from compendium.reporting.labels import COVERAGE_LABELS, code_labels, humanize
from compendium.reporting.tables import RowMapping, document_link
from compendium.reporting.theme import colour_encoding, shape_encoding, tooltips, with_height

_ANNOUNCED = "announced"
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
"""Heading of each column, and the filter that ``register.js`` makes from it; without scripts there is no filter."""


def activity_periods(activities: pd.DataFrame) -> pd.DataFrame:
    """Sort activities by time and add the ``first`` and ``last`` day of each, and its ``label``.

    A date without a day or month stands for the whole period: ``2011-03`` is all of March 2011.

    Examples
    --------
    >>> activities = pd.DataFrame({"activity_id": ["a1"], "start": ["2011-03"], "end": [""], "status": ["held"]})
    >>> activity_periods(activities.assign(short="Workshop"))[["first", "last"]].values.tolist()
    [['2011-03-01', '2011-03-31']]
    """
    ends = activities["end"].where(activities["end"] != "", activities["start"])
    suffix = (activities["status"] == _ANNOUNCED).map({True: f" ({_ANNOUNCED})", False: ""})
    periods = activities.assign(
        first=[str(pd.Period(date).start_time.date()) for date in activities["start"]],
        last=[str(pd.Period(date).end_time.date()) for date in ends],
        label=activities["short"] + suffix,
    )
    return periods.sort_values(["first", "last", "activity_id"], kind="stable").reset_index(drop=True)


def restricted_code_counts(evidence: Evidence) -> pd.DataFrame:
    """Return the counts of restricted codings with names of cases and codes, most documents first."""
    counts = evidence.restricted_counts.sort_values("documents", ascending=False, kind="stable")
    return counts.assign(
        case=counts["case_id"].map(evidence.cases["short"]),
        label=counts["code_id"].map(code_labels(evidence.codes)),
        **{name: counts[name].astype(int) for name in ("statements", "documents", "of")},
    )


@empty_chart_note
def activity_timeline_chart(data: pd.DataFrame, name: str, title: str, note: str) -> Any:
    """Draw the activities on a time axis, one row each, coloured by ``kind``.

    Parameters
    ----------
    data : DataFrame
        From :func:`activity_periods`.
    """
    data = data[["label", "kind", "first", "last", "title", "place"]]
    kinds = list(dict.fromkeys(data["kind"]))
    time_axis = alt.Axis(format="%Y-%m", tickCount=6, labelOverlap=True)
    x = alt.X("first:T", title=None, scale=alt.Scale(type="utc"), axis=time_axis)
    base = alt.Chart(data).encode(
        y=alt.Y("label:N", sort=data["label"].tolist(), title=None, axis=alt.Axis(grid=True)),
        color=colour_encoding("kind", kinds),
        tooltip=tooltips(title="Activity", kind="Kind", first="From", last="To", place="Place"),
    )
    lines = base.mark_rule(strokeWidth=5).encode(x=x, x2="last:T")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=x, shape=shape_encoding("kind", kinds))
    first, last = data.iloc[0], data.iloc[-1]
    description = (
        f"{len(data)} activities, from {first['label']} ({first['first']}) to {last['label']} ({last['last']})."
    )
    headings = {"label": "Activity", "kind": "Kind", "first": "From", "last": "To", "title": "Title", "place": "Place"}
    return with_metadata(with_height(lines + points, len(data)), name, title, description, headings, note)


def documents_table(evidence: Evidence) -> HTML:
    """List every document of the cases and the architecture, newest first, undated ones last."""
    documents = evidence.documents.sort_values(["date", "document_id"], ascending=[False, True], kind="stable")
    names = {**evidence.cases["short"], ARCHITECTURE: "Architecture"}
    rows = "\n".join(_document_row(row, names[row["case_id"]]) for row in documents.to_dict("records"))
    head = "".join(
        f'<th scope="col"{f" data-filter={name}" if name else ""}>{heading}</th>'
        for heading, name in _HEADINGS_AND_FILTERS.values()
    )
    return HTML(
        f'<div class="register"><table><caption>{_CAPTION}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{rows}\n</tbody></table></div>"
    )


def _document_row(document: RowMapping, case: str) -> str:
    """Format a document as a table row, with a link to its place in the sources of its case.

    Documents of the architecture have no such page, so their row has the anchor. HTML allows leaving out the closing
    tags of cells and rows, which makes the long table smaller.
    """
    document_id = document["document_id"]
    in_case = document["case_id"] != ARCHITECTURE
    case_cell = (
        f'<a href="{_CASES_URL}/{document["case_id"]}/sources.html#{document_id}">{escape(case)}</a>'
        if in_case
        else case
    )
    is_restricted = document["access"] == RESTRICTED
    coverage = "in confidence" if is_restricted else COVERAGE_LABELS[document["coverage"]]
    issuer = f" <small>{escape(document['issuer'])}</small>" if document["issuer"] else ""
    title = document_link(document).replace(' rel="external"', "", 1)  # too many rows to repeat it in each
    cells = (
        document["date"] or "no date",
        title + issuer,
        case_cell,
        humanize(document["kind"]),
        document["issuer_side"],
        coverage,
    )
    return f"<tr{'' if in_case else f' id={document_id}'}>" + "".join(f"<td>{cell}" for cell in cells)


def activities_list(activities: pd.DataFrame) -> HTML:
    """List the activities with date, title, place and description."""
    if activities.empty:
        return HTML("<p>No activity is on record.</p>")
    items = "".join(f"<li>{_activity_item(row)}</li>" for row in activities.to_dict("records"))
    return HTML(f'<div class="listing"><ul>{items}</ul></div>')


def _activity_item(activity: RowMapping) -> str:
    dates = f"{activity['start']} to {activity['end']}" if activity["end"] else activity["start"]
    place = f", {escape(activity['place'])}" if activity["place"] else ""
    host = " Held by the study itself." if activity["organised"] == "yes" and activity["status"] == "held" else ""
    announced = " Announced; whether it took place is not on record." if activity["status"] == "announced" else ""
    return (
        f'<span id="{activity["activity_id"]}"><b>{escape(activity["title"])}</b>{place} ({activity["kind"]}, '
        f'<time datetime="{activity["start"]}">{dates}</time>). {escape(activity["description"])}{host}{announced} '
        f"<small>{escape(activity['source'])}</small></span>"
    )


def document_values(evidence: Evidence) -> InlineValues:
    """Count documents by kind and side of the issuer, and interviews."""
    documents = evidence.documents
    n, kind_counts = len(documents), documents["kind"].value_counts()
    n_architecture = int((documents["case_id"] == ARCHITECTURE).sum())
    numbers: InlineValues = {
        "documents": Number(n, "documents of all cases and of the wider architecture"),
        "of_cases": Number(n - n_architecture, "documents of the cases"),
        "of_architecture": Number(n_architecture, "documents of the wider architecture"),
        "most_kind": Phrase(
            humanize(str(kind_counts.index[0])) if n else UNKNOWN, "the most frequent kind of document"
        ),
        "most_kind_share": Number(kind_counts.max() / n, "documents of the most frequent kind", "share", n),
        "interviews": Number((documents["kind"] == INTERVIEW).sum(), "interviews, all of them restricted"),
        "coded_interviews": Number(
            evidence.restricted_counts.drop_duplicates("case_id")["of"].sum(), "interviews whose codings are counted"
        ),
        **coverage_values(documents),
    }
    for side in ("destination", "partner"):
        share = (documents["issuer_side"] == side).mean()
        numbers[f"{side}_share"] = Number(share, f"documents issued by a {side}", "share", n)
    return numbers


def activity_values(activities: pd.DataFrame) -> InlineValues:
    """Count the activities that were held, and those that were only announced.

    Examples
    --------
    >>> activities = pd.DataFrame({"status": ["held", "announced"], "start": ["2010", "2011"], "organised": "yes"})
    >>> activity_values(activities)["announced"].text
    '1'
    """
    held = activities[activities["status"] == "held"]
    years = held["start"].str[:4]
    return {
        "held": Number(len(held), "conferences and workshops in which the study took part"),
        "organised": Number((held["organised"] == "yes").sum(), "of these, held by the study itself"),
        "announced": Number(len(activities) - len(held), "activities that were announced"),
        "first_year": Phrase(min(years, default=UNKNOWN), "year of the first"),
        "last_year": Phrase(max(years, default=UNKNOWN), "year of the last that was held"),
    }
