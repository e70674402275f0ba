"""The evidence as one table to be filtered, and what there is to filter it by.

Statements, commitments and measures stand in one table: a row each, with the document behind it. The facets come from
the data: a case, code, kind of document or coder that is there can be chosen, one that is not can not. How a page shows
the table is not said here.
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
    """Something to filter by.

    Attributes
    ----------
    name, label, note : str
        Its name in addresses, what a reader calls it, and what there is to know of it.
    shape : {"list", "choice", "words", "span", "reading"}
        Any number of values; one value; words that the column must hold; a first and a last; whose codes count.
    column : str
        The column of the table; several values in a cell are parted by ``;``. Empty when only readings bear on it.
    readings : dict
        Where each coder gave values of their own: coder to column.
    values : list of dict
        ``value`` and ``label``, and the ``group`` under which it stands, in the order in which they are offered.
    """

    name: str
    label: str
    shape: str
    column: str = ""
    readings: dict[str, str] = field(default_factory=dict)
    values: list[dict[str, str]] = field(default_factory=list)
    note: str = ""


def explorer_rows(evidence: Evidence, finding_rows: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """All statements, commitments and measures, in this order and as the tables have them.

    Parameters
    ----------
    evidence : Evidence
    finding_rows : dict
        Finding to the ids of the rows that it rests on; see :func:`compendium.chapters.findings.verdicts.finding_row_ids`.

    Returns
    -------
    DataFrame of str
        One row a statement, commitment or measure. ``side`` and ``actor`` tell who speaks, is obligated or leads;
        ``year`` is that of the document, or in which a measure starts; ``codes_<coder>`` holds the codes that a coder
        gave. What is unknown, or not asked of such a row, is empty. ``about`` and ``page`` are for those who show the
        row: what else there is to say of it, and the page of the book that has it in a list.
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
            own.groupby("statement_id")["code_id"].agg(";".join)
        )
        for coder, own in codings.groupby("coder")
    }
    rows = evidence.statements.rename(columns={"statement_id": "row_id", "speaker": "actor", "speaker_side": "side"})
    own = (
        evidence.own_codings.drop_duplicates(["statement_id", "code_id"])
        .groupby("statement_id")["code_id"]
        .agg(";".join)
    )
    about = rows["actor"] + ", " + rows["side"].map(humanize)
    return rows.assign(
        kind="statement",
        about=about,
        own_codes=rows["row_id"].map(own),
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
    time = f"{start} to {end}" if start and end else start or (f"until {end}" if end else "")
    amount = _format_budget(measure["budget"])
    money = f"{float(amount):,.0f} {measure['currency']}" if amount else ""
    lead = f"led by {measure['lead_actor']} ({humanize(measure['lead_side'])})"
    return ", ".join(filter(None, [humanize(measure["status"]), humanize(measure["legal_form"]), time, money, lead]))


def _format_budget(budget: Any) -> str:
    """A budget as the data write it: no decimals where there are none."""
    return "" if pd.isna(budget) else f"{budget:.2f}".removesuffix(".00")


def _page_paths(cases: pd.Series, page: str) -> pd.Series:
    """Where the row has its anchor; the architecture has no such page."""
    return ("cases/" + cases + "/" + page).where(cases != ARCHITECTURE, "")


def _findings_by_row(finding_rows: Mapping[str, Iterable[str]]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for finding, rows in finding_rows.items():
        for row in rows:
            found.setdefault(row, []).append(finding)
    return {row: ";".join(findings) for row, findings in found.items()}


def _coders(evidence: Evidence) -> list[str]:
    return sorted(evidence.codings["coder"].unique())


def filter_facets(evidence: Evidence, rows: pd.DataFrame, claims: Mapping[str, str]) -> list[Facet]:
    """What the table can be filtered by; ``claims`` tells what each finding says."""
    coders = _coders(evidence)
    readings = {coder: _CODES_PREFIX + coder for coder in coders}
    counted = [("either", "either coder"), ("both", "both coders"), *((coder, f"coder {coder}") for coder in coders)]
    codes = {
        kind: [_facet_value(row["code_id"], row["label"], row["group"]) for row in own.to_dict("records")]
        for kind, own in evidence.codes.groupby("kind")
    }
    own = [
        _facet_value(row["code_id"], row["label"], row["group"])
        for row in own_codes.own_codebook(evidence).to_dict("records")
    ]
    nothing = _facet_value(READ_AND_NOTHING_FOUND, "Read, and no code given", "neither frame nor area")
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
        Facet("frame", "Frame", "list", readings=readings, values=[*codes["frame"], nothing], note="Of statements."),
        Facet(
            "area",
            "Policy area",
            "list",
            "policy_area",
            readings,
            codes["area"],
            "Of statements, commitments, measures.",
        ),
        Facet("own", "Code of a project's own", "list", "own_codes", values=own, note="Whoever gave it."),
        Facet("reading", "Whose codes count", "reading", "", readings, [_facet_value(*each) for each in counted]),
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
    """A facet of the values that occur: those ``known_values`` in their order (with labels if it is a dict), then the others.

    An empty cell is offered only where ``known_values`` has words for it.
    """
    labels = (
        known_values
        if isinstance(known_values, Mapping)
        else {value: _capitalized_label(value) for value in known_values}
    )
    there = {value for cell in rows[column].unique() for value in cell.split(";")}
    others = sorted(there - {*labels, ""})
    values = [_facet_value(value or READ_AND_NOTHING_FOUND, labels[value]) for value in labels if value in there]
    return Facet(
        name, label, shape, column, {}, values + [_facet_value(each, _capitalized_label(each)) for each in others], note
    )


def _facet_value(value: str, label: str, group: str = "") -> dict[str, str]:
    return {"value": value, "label": label, "group": group}


def _capitalized_label(value: str) -> str:
    text = humanize(value)
    return text[:1].upper() + text[1:]


def explorer_data(
    evidence: Evidence, finding_rows: Mapping[str, Iterable[str]], claims: Mapping[str, str]
) -> dict[str, Any]:
    """The table by column, its facets, and which columns make a file for others, as plain JSON."""
    rows = explorer_rows(evidence, finding_rows)
    found = [
        facet
        for facet in filter_facets(evidence, rows, claims)
        if facet.shape in ("words", "span") or facet.readings or facet.values
    ]
    return {
        "columns": {name: rows[name].tolist() for name in rows},
        "facets": [asdict(facet) for facet in found],
        "split": "kind",
        "download": [name for name in rows if name not in _PAGE_COLUMNS],
    }


def write_explorer_data(root: Path) -> Path:
    """Write :func:`explorer_data` of the project's data, with the rows behind its findings, to :data:`EXPLORER_FILE`."""
    if (root / "data" / "findings.csv").exists():
        known = indicators.load_indicator_tables(root)
        universe = choices.default_universe(known.choices)
        texts = known.register.findings[["finding_id", "claim"]].itertuples(index=False)
        claims = {str(finding): f"{finding}: {claim}" for finding, claim in texts}
        behind = {finding: verdicts.finding_row_ids(known, finding, universe, _SEED) for finding in claims}
        made = explorer_data(known.evidence, behind, claims)
    else:
        made = explorer_data(load_evidence(root), {}, {})
    path = root / EXPLORER_FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    return path
