"""Evidence as lists that a page shows: statements, measures, documents, each with an anchor and its public address."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML

from compendium import agreement
from compendium.coding import Talk
from compendium.dates import is_date
from compendium.evidence import Evidence
from compendium.style import plain
from compendium.terms import READ_AND_NOTHING_FOUND, RESTRICTED
from compendium.views import labels

SOURCES = "sources.html"
CODEBOOK = "../../across/codebook.html"
EXPLORER = "../explorer.html"
OWN_CODEBOOK = "owncodes.html"
WEB = ("http://", "https://")

Row = Mapping[Any, Any]


def table(frame: pd.DataFrame, headings: dict[str, str], caption: str) -> HTML:
    """A table of the columns ``headings``, in a region that scrolls by itself on a narrow screen.

    Text is escaped; a cell that is :class:`IPython.display.HTML` is taken as it stands. Without a row, a sentence.
    """
    if frame.empty:
        return HTML(f"<p>{escape(caption)}: none on record.</p>")
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings.values())
    body = "".join(f"<tr>{''.join(_cell(row[column]) for column in headings)}</tr>" for row in frame.to_dict("records"))
    return HTML(
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def folded(shown: HTML, summary: str) -> HTML:
    """A long table or list behind a line that opens it."""
    return _listing([f"<details><summary>{escape(summary)}</summary>{shown.data}</details>"])


def _cell(value: Any) -> str:
    if isinstance(value, HTML):
        return f"<td>{value.data}</td>"
    if isinstance(value, float):
        return f'<td class="number">{"–" if value != value else f"{value:.2f}"}</td>'
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{_date(value) if is_date(value) else escape(value)}</td>"


def statements_behind(talk: Talk, codes: pd.DataFrame, ranked: Iterable[str], limit: int = 12) -> HTML:
    """For each code a folded list of statements that bear it, at most ``limit``, from as many documents as can be."""
    known = codes.set_index("code_id")
    parts = []
    for code in ranked:
        bearing = talk.statements[talk.frames[code].to_numpy()]
        if bearing.empty:
            continue
        turn = bearing.groupby("document_id").cumcount()
        shown = bearing.assign(turn=turn).sort_values(["turn", "date", "statement_id"], kind="stable").head(limit)
        total = f"{_number(len(bearing), 'statement')} in {_number(bearing['document_id'].nunique(), 'document')}"
        part = f", {len(shown)} of them here" if len(shown) < len(bearing) else ""
        label, definition = known.loc[code, ["label", "definition"]]
        heading = f"<b>{escape(str(label))}</b> – {escape(str(definition))} <small>{total}{part}</small>"
        parts.append(_folded(heading, map(_statement, shown.to_dict("records"))))
    return _listing(parts)


def measures_behind(measures: pd.DataFrame, evidence: Evidence) -> HTML:
    """For each policy area a folded list of all its measures, with status, time, lead and source."""
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    parts = []
    for area in evidence.policy_areas.to_dict("records"):
        own = measures[measures["policy_area"] == area["code_id"]].to_dict("records")
        if own:
            heading = f"<b>{escape(area['label'])}</b> ({area['family']}) <small>{_number(len(own), 'measure')}</small>"
            parts.append(_folded(heading, (_measure(row, documents[row["document_id"]]) for row in own)))
    return _listing(parts)


def commitments_behind(commitments: pd.DataFrame, evidence: Evidence) -> HTML:
    """For each policy area a folded list of all commitments, with who is obligated, how strongly, and the source."""
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    parts = []
    for area in evidence.policy_areas.to_dict("records"):
        own = commitments[commitments["policy_area"] == area["code_id"]].to_dict("records")
        if own:
            number = _number(len(own), "commitment")
            heading = f"<b>{escape(area['label'])}</b> ({area['family']}) <small>{number}</small>"
            parts.append(_folded(heading, (_commitment(row, documents[row["document_id"]]) for row in own)))
    return _listing(parts)


def register(evidence: Evidence) -> HTML:
    """Every document with its address, and every statement of it with the codes that each coder gave."""
    names = {code: defined(code, label, CODEBOOK) for code, label in labels(evidence.codes).items()}
    names |= {code: defined(code, label, OWN_CODEBOOK) for code, label in labels(evidence.own_codes).items()}
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
        number = _number(len(own), "statement") if own else silent
        coverage = "whole text read" if document["coverage"] == "full" else "only the opening read"
        facts = f"{document['issuer']} · {plain(document['kind'])} · {coverage} · {number}"
        title = f"<span{_language(document)}>{escape(document['title'])}</span>"
        heading = f"{_date(document['date'])} · {title} <small>{escape(facts)}</small>"
        items = (f"<li id='{row['statement_id']}'>{_coded(row, codes[row['statement_id']])}</li>" for row in own)
        where = "In confidence: not public" if restricted else "Read it at its public address"
        body = f"<p>{document_link(document, where)}</p><ol>{''.join(items)}</ol>"
        parts.append(f'<details id="{document["document_id"]}"><summary>{heading}</summary>{body}</details>')
    return _listing(parts)


def other_codebook(evidence: Evidence, talk: Talk) -> HTML | None:
    """That statements were coded with another codebook, and so are none of this page's; nothing if there are none."""
    if evidence.own_codes.empty:
        return None
    elsewhere = _number(evidence.own_codings["statement_id"].nunique(), "statement")
    return HTML(
        f"<p>This case was coded elsewhere, with <a href='{OWN_CODEBOOK}'>a codebook of its own</a>: {elsewhere}. "
        f"With the shared codebook, on which this page rests, {_number(len(talk.statements), 'statement')} "
        f"{'was' if len(talk.statements) == 1 else 'were'} read; what is not read is not known.</p>"
    )


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
            heading = f"<b>{escape(name)}</b> <small>{_number(len(own), 'event')}, {years}</small>"
            parts.append(_folded(heading, (_event(row, documents[row["document_id"]]) for row in own)))
    return _listing(parts)


def disputes(evidence: Evidence, limit: int) -> HTML:
    """The statements on which the coders differ most: what is disputed, what all gave, and the statement."""
    names = labels(evidence.codes)
    statements = agreement.read_by_all(evidence.codings, evidence.statements)
    marked = agreement.readings(evidence.codings, statements, list(names))
    found = agreement.disputed(marked, statements, list(names)).head(limit).merge(statements, on="statement_id")
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")

    def words(codes: tuple[str, ...]) -> str:
        return ", ".join(names[code] for code in codes) or "none"

    shown = found.assign(
        disputed=found["disputed"].map(words),
        agreed=found["agreed"].map(words),
        source=found["document_id"].map(lambda document: HTML(document_link(documents[document]))),
    )
    headings = {"text": "Statement", "disputed": "Given by some", "agreed": "Given by all", "source": "Document"}
    return table(shown, headings, "The statements with most codes in dispute")


def questions(evidence: Evidence) -> HTML:
    """The open questions of the codebook, with what the coders did."""
    names = labels(evidence.codes)
    shown = evidence.questions.assign(
        codes=evidence.questions["code_ids"].map(
            lambda codes: ", ".join(names.get(code, plain(code)) for code in codes)
        )
    )
    return table(shown, {"codes": "Code", "question": "Question", "ruling": "What the coders did"}, "Open questions")


def frames(evidence: Evidence) -> HTML:
    """Every frame with its definition, what to include and leave out, and how many statements carry it."""
    more = {"group": "Group", "include": "Include", "exclude": "Leave out"}
    return _codes(evidence, evidence.frames, more, "Frames", "frame")


def policy_areas(evidence: Evidence) -> HTML:
    """Every policy area with what it covers, and how many statements name it."""
    named = evidence.policy_areas.rename(columns={"covers": "definition"})
    return _codes(evidence, named, {"family": "Family"}, "Policy areas", "area")


def _codes(evidence: Evidence, codes: pd.DataFrame, more: dict[str, str], caption: str, facet: str) -> HTML:
    statements = evidence.codings.drop_duplicates(["statement_id", "code_id"])["code_id"].value_counts()
    anchored = [f'<b id="{row["code_id"]}">{escape(row["label"])}</b>' for row in codes.to_dict("records")]
    n = codes["code_id"].map(statements).fillna(0).astype(int)
    linked = [
        f'<a class="number" href="{EXPLORER}?kind=statement&amp;{facet}={code}">{number:,}</a>'
        for code, number in zip(codes["code_id"], n, strict=True)
    ]
    shown = codes.assign(label=pd.Series(anchored, codes.index).map(HTML), n=pd.Series(linked, codes.index).map(HTML))
    headings = {"label": "Code", "definition": "Meaning", **more, "n": "Statements"}
    return table(shown, headings, f"{caption}: their meaning, and how many statements carry them")


def document_link(document: Row, text: str = "") -> str:
    """The title of a document, in its language, linked to its address on the web; or other words for it."""
    language = "" if text else _language(document)
    label = escape(text or document["title"])
    if not document["url"].lower().startswith(WEB):
        return f"<span{language}>{label}</span>"
    return f'<a href="{escape(document["url"])}" rel="external"{language}>{label}</a>'


def _language(document: Row) -> str:
    """The attribute that tells a voice how to read a foreign title."""
    return f' lang="{document["language"]}"' if document["language"] not in ("", "en") else ""


def _listing(parts: Iterable[str]) -> HTML:
    return HTML(f'<div class="listing">{"".join(parts) or "<p>None on record.</p>"}</div>')


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count:,} {what}s"


def _folded(heading: str, items: Iterable[str]) -> str:
    body = "".join(f"<li>{item}</li>" for item in items)
    return f"<details><summary>{heading}</summary><ul>{body}</ul></details>"


def defined(code: str, label: str, codebook: str) -> str:
    """A code's label, linked to its definition on the page of the codebook."""
    return f'<a href="{codebook}#{code}">{escape(label)}</a>'


def _coded(row: Row, codes: str) -> str:
    """A statement with its codes, which are HTML."""
    speaker = f"{escape(row['speaker'])} ({row['speaker_side']}), {escape(row['locator'])}"
    return f"{escape(row['text'])} <small>{speaker}. {codes}</small>"


def _statement(row: Row) -> str:
    anchor = f'<a href="{SOURCES}#{row["statement_id"]}">in its document, with all codes</a>'
    where = f"{escape(row['speaker'])}, {_date(row['date'])}"
    return f"{escape(row['text'])} <small>{where}. {document_link(row)} · {anchor}</small>"


def _measure(row: Row, document: Row) -> str:
    facts = f"{plain(row['status'])}, {plain(row['legal_form'])}, {_time(row)}; {escape(row['lead_actor'])}"
    return (
        f'<span id="{row["measure_id"]}"><b>{escape(row["title"])}</b>: {escape(row["description"])} '
        f"<small>{facts}. {_source(row, document)}</small></span>"
    )


def _time(measure: Row) -> str:
    start, end = measure["start"], measure["end"]
    if start and end:
        return f"{_date(start)}–{_date(end)}"
    return f"until {_date(end)}" if end else _date(start)


def _commitment(row: Row, document: Row) -> str:
    facts = f"obligated: {row['obligated']}; {row['strength']}"
    return (
        f'<span id="{row["commitment_id"]}">{escape(row["paraphrase"])} '
        f"<small>{facts}. {_source(row, document)}</small></span>"
    )


def _event(row: Row, document: Row) -> str:
    return (
        f"{_date(row['date'])}: {escape(row['label'])} <small>{plain(row['kind'])}. {document_link(document)}</small>"
    )


def _source(row: Row, document: Row) -> str:
    return f"Source: {document_link(document)}, {escape(row['locator'])}"


def _date(date: str) -> str:
    return f'<time datetime="{date}">{date}</time>' if date else "no date"
