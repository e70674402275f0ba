"""Data of the explorer: all statements, commitments and measures in one table, and the facets that filter it.

The facets are derived from the data, so they offer exactly the cases, codes, kinds of documents and coders that occur.
The HTML of the page is made in ``publishing``.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from compendium.chapters import own_codes
from compendium.chapters.findings import indicators, verdicts
from compendium.dataset import choices
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.dataset.vocabulary import ARCHITECTURE, READ_AND_NOTHING_FOUND
from compendium.reporting.labels import humanize
from compendium.reporting.plot_data import SIDE_ORDER, STATUS_ORDER, STRENGTH_ORDER

EXPLORER_FILE = Path(".cache", "explorer.json")
_SEED = 20101130
_CODES_PREFIX = "codes_"
_RECORD_KINDS = {"statement": "Statements", "commitment": "Commitments", "measure": "Measures"}
_DOCUMENT_COLUMNS = {
    "title": "document_title",
    "date": "document_date",
    "kind": "document_kind",
    "issuer": "issuer",
    "language": "document_language",
    "coverage": "coverage",
    "url": "url",
}
_LEADING_COLUMNS = (
    "row_id",
    "kind",
    "case_id",
    "partnership_id",
    "year",
    "side",
    "actor",
    "text",
    "text_kind",
    "policy_area",
)
_TRAILING_COLUMNS = (
    "strength",
    "status",
    "legal_form",
    "start",
    "end",
    "budget",
    "currency",
    "findings",
    "document_id",
    "locator",
)
_PAGE_COLUMNS = ("about", "page")


@dataclass(frozen=True)
class Facet:
    """A filter of the table.

    Attributes
    ----------
    name, label, note : str
        Name in web addresses, label for readers, and an explanation.
    shape : {"list", "choice", "words", "span", "reading"}
        Any number of values; one value; words that the cell must contain; a range; the coders whose codes count.
    column : str
        Column that is filtered; several values in a cell are separated by ``;``. Empty if ``readings`` has all columns.
    readings : dict
        For facets with values by coder: coder to column.
    values : list of dict
        ``value``, ``label`` and ``group`` (heading) of each value, in the order of the page.
    """

    name: str
    label: str
    shape: str
    column: str = ""
    readings: dict[str, str] = field(default_factory=dict)
    values: list[dict[str, str]] = field(default_factory=list)
    note: str = ""


def explorer_rows(evidence: Evidence, finding_rows: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """Combine all statements, commitments and measures into one table, in this order.

    Parameters
    ----------
    evidence : Evidence
    finding_rows : dict
        Finding to the ids of its rows, from :func:`compendium.chapters.findings.verdicts.finding_row_ids`.

    Returns
    -------
    DataFrame of str
        One row per statement, commitment or measure. ``side`` and ``actor`` say who speaks, is obligated or leads;
        ``year`` is that of the document, or of the start of a measure; ``codes_<coder>`` has the codes that a coder
        gave. Unknown values, and columns that do not apply to a row, are empty. ``about`` and ``page`` are for display:
        a summary of the row, and the page of the book that lists it.
    """
    parts = [
        _cases_first(part) for part in (_statement_rows(evidence), _commitment_rows(evidence), _measure_rows(evidence))
    ]
    documents = evidence.documents[["document_id", *_DOCUMENT_COLUMNS]].rename(columns=_DOCUMENT_COLUMNS)
    rows = pd.concat(parts, ignore_index=True).merge(documents, on="document_id", how="left")
    rows["year"] = rows["start"].where(rows["kind"] == "measure", rows["document_date"]).str[:4]
    rows["findings"] = rows["row_id"].map(_findings_by_row(finding_rows))
    coders = [_CODES_PREFIX + coder for coder in _coders(evidence)]
    columns = [*_LEADING_COLUMNS, *coders, "own_codes", *_TRAILING_COLUMNS, *_DOCUMENT_COLUMNS.values(), *_PAGE_COLUMNS]
    return rows.reindex(columns=columns).fillna("").astype(str)


def _cases_first(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("case_id", key=lambda cases: cases == ARCHITECTURE, kind="stable")


def _statement_rows(evidence: Evidence) -> pd.DataFrame:
    codings = evidence.codings.sort_values(["statement_id", "coder", "code_id"])
    codes = {
        f"{_CODES_PREFIX}{coder}": evidence.statements["statement_id"].map(
            coder_codings.groupby("statement_id")["code_id"].agg(";".join)
        )
        for coder, coder_codings in codings.groupby("coder")
    }
    rows = evidence.statements.rename(columns={"statement_id": "row_id", "speaker": "actor", "speaker_side": "side"})
    own_code_lists = (
        evidence.own_codings.drop_duplicates(["statement_id", "code_id"])
        .groupby("statement_id")["code_id"]
        .agg(";".join)
    )
    about = rows["actor"] + ", " + rows["side"].map(humanize)
    return rows.assign(
        kind="statement",
        about=about,
        own_codes=rows["row_id"].map(own_code_lists),
        page=_page_paths(rows["case_id"], "sources"),
        **codes,
    )


def _commitment_rows(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.commitments.rename(columns={"commitment_id": "row_id", "obligated": "side", "paraphrase": "text"})
    about = rows["strength"].map(humanize) + ", obligated: " + rows["side"].map(humanize)
    page = _page_paths(rows["case_id"], "implementation")
    return rows.assign(kind="commitment", text_kind="paraphrase", about=about, page=page)


def _measure_rows(evidence: Evidence) -> pd.DataFrame:
    rows = evidence.measures.rename(columns={"measure_id": "row_id", "lead_actor": "actor", "lead_side": "side"})
    return rows.assign(
        kind="measure",
        text=rows["title"] + ": " + rows["description"],
        text_kind="paraphrase",
        budget=rows["budget"].map(_format_budget),
        about=[_measure_summary(row) for row in evidence.measures.to_dict("records")],
        page=_page_paths(rows["case_id"], "implementation"),
    ).drop(columns="title")


def _measure_summary(measure: Mapping[Any, Any]) -> str:
    start, end = measure["start"], measure["end"]
    period = f"{start} to {end}" if start and end else start or (f"until {end}" if end else "")
    amount = _format_budget(measure["budget"])
    money = f"{float(amount):,.0f} {measure['currency']}" if amount else ""
    lead = f"led by {measure['lead_actor']} ({humanize(measure['lead_side'])})"
    return ", ".join(filter(None, [humanize(measure["status"]), humanize(measure["legal_form"]), period, money, lead]))


def _format_budget(budget: Any) -> str:
    """Write a budget as in the data: with two decimals, or none for a whole number."""
    return "" if pd.isna(budget) else f"{budget:.2f}".removesuffix(".00")


def _page_paths(cases: pd.Series, page: str) -> pd.Series:
    """Return the page that lists each row; empty for rows of the architecture, which no page lists."""
    return ("cases/" + cases + "/" + page).where(cases != ARCHITECTURE, "")


def _findings_by_row(finding_rows: Mapping[str, Iterable[str]]) -> dict[str, str]:
    findings_of_row: dict[str, list[str]] = {}
    for finding, row_ids in finding_rows.items():
        for row_id in row_ids:
            findings_of_row.setdefault(row_id, []).append(finding)
    return {row_id: ";".join(findings) for row_id, findings in findings_of_row.items()}


def _coders(evidence: Evidence) -> list[str]:
    return sorted(evidence.codings["coder"].unique())


def filter_facets(evidence: Evidence, rows: pd.DataFrame, claims: Mapping[str, str]) -> list[Facet]:
    """Make the facets of the table; ``claims`` maps findings to their claims."""
    coders = _coders(evidence)
    readings = {coder: _CODES_PREFIX + coder for coder in coders}
    reading_labels = [
        ("either", "either coder"),
        ("both", "both coders"),
        *((coder, f"coder {coder}") for coder in coders),
    ]
    codes = {
        kind: [_facet_value(row["code_id"], row["label"], row["group"]) for row in kind_codes.to_dict("records")]
        for kind, kind_codes in evidence.codes.groupby("kind")
    }
    own_values = [
        _facet_value(row["code_id"], row["label"], row["group"])
        for row in own_codes.own_codebook(evidence).to_dict("records")
    ]
    no_code = _facet_value(READ_AND_NOTHING_FOUND, "Read, and no code given", "neither frame nor area")
    partners = dict(zip(evidence.partnerships["partnership_id"], evidence.partnerships["partner"], strict=True))
    return [
        Facet("text", "Search the texts", "words", "text", note='All words, also their beginnings; "words in a row".'),
        _values_facet(
            "kind", "Kind of row", "kind", rows, _RECORD_KINDS, note="What is said, what is promised, what is done."
        ),
        _values_facet(
            "case", "Case", "case_id", rows, evidence.cases["short"].to_dict() | {ARCHITECTURE: "Wider architecture"}
        ),
        _values_facet("partnership", "Partnership", "partnership_id", rows, partners | {"": "No single one"}),
        Facet("frame", "Frame", "list", readings=readings, values=[*codes["frame"], no_code], note="Of statements."),
        Facet(
            "area",
            "Policy area",
            "list",
            "policy_area",
            readings,
            codes["area"],
            "Of statements, commitments, measures.",
        ),
        Facet("own", "Code of a project's own", "list", "own_codes", values=own_values, note="Whoever gave it."),
        Facet(
            "reading", "Whose codes count", "reading", "", readings, [_facet_value(*value) for value in reading_labels]
        ),
        Facet(
            "year", "Year", "span", "year", note="Of the document; of measures, the start. Rows without one drop out."
        ),
        _values_facet("side", "Side", "side", rows, SIDE_ORDER, note="That speaks, is obligated, or leads."),
        Facet("actor", "Speaker or lead", "words", "actor", note="Part of a name or office."),
        _values_facet("document", "Kind of document", "document_kind", rows),
        _values_facet("strength", "Strength of commitments", "strength", rows, STRENGTH_ORDER),
        _values_facet(
            "status", "Status of measures", "status", rows, [status.replace(" ", "_") for status in STATUS_ORDER]
        ),
        _values_facet("finding", "Rows behind a finding", "findings", rows, claims, shape="choice"),
    ]


def _values_facet(
    name: str, label: str, column: str, rows: pd.DataFrame, known_values: Any = (), shape: str = "list", note: str = ""
) -> Facet:
    """Make a facet of the values that occur: first ``known_values`` in their order, then the others.

    ``known_values`` may be a dict of labels. Empty cells can be chosen only if it has a label for them.
    """
    labels = (
        known_values
        if isinstance(known_values, Mapping)
        else {value: _capitalized_label(value) for value in known_values}
    )
    occurring = {value for cell in rows[column].unique() for value in cell.split(";")}
    others = sorted(occurring - {*labels, ""})
    values = [_facet_value(value or READ_AND_NOTHING_FOUND, labels[value]) for value in labels if value in occurring]
    values += [_facet_value(value, _capitalized_label(value)) for value in others]
    return Facet(name, label, shape, column, {}, values, note)


def _facet_value(value: str, label: str, group: str = "") -> dict[str, str]:
    return {"value": value, "label": label, "group": group}


def _capitalized_label(value: str) -> str:
    text = humanize(value)
    return text[:1].upper() + text[1:]


def explorer_data(
    evidence: Evidence, finding_rows: Mapping[str, Iterable[str]], claims: Mapping[str, str]
) -> dict[str, Any]:
    """Return the columns of the table, its facets, and the columns of its download, as a JSON value."""
    rows = explorer_rows(evidence, finding_rows)
    usable_facets = [
        facet
        for facet in filter_facets(evidence, rows, claims)
        if facet.shape in ("words", "span") or facet.readings or facet.values
    ]
    return {
        "columns": {name: rows[name].tolist() for name in rows},
        "facets": [asdict(facet) for facet in usable_facets],
        "split": "kind",
        "download": [name for name in rows if name not in _PAGE_COLUMNS],
    }


def write_explorer_data(root: Path) -> Path:
    """Write the explorer data of the project, with the rows of its findings, to :data:`EXPLORER_FILE`."""
    if (root / "data" / "findings.csv").exists():
        indicator_tables = indicators.load_indicator_tables(root)
        universe = choices.default_universe(indicator_tables.choices)
        findings = indicator_tables.register.findings[["finding_id", "claim"]].itertuples(index=False)
        claims = {str(finding): f"{finding}: {claim}" for finding, claim in findings}
        row_ids = {finding: verdicts.finding_row_ids(indicator_tables, finding, universe, _SEED) for finding in claims}
        data = explorer_data(indicator_tables.evidence, row_ids, claims)
    else:
        data = explorer_data(load_evidence(root), {}, {})
    path = root / EXPLORER_FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path
