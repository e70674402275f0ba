"""Turns a coded project into the tables of a case: each table in a module of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from compendium.curation.exchange import annotations, codings, embedded_facts, own_codes
from compendium.curation.exchange import documents as exchange_documents
from compendium.curation.exchange import statements as exchange_statements
from compendium.curation.exchange.import_log import ImportLog
from compendium.curation.exchange.import_mapping import NOT_STATED, ImportMapping
from compendium.curation.formats.model import Project, TableRow
from compendium.curation.formats.text_positions import PlainText
from compendium.dataset.schema import Resource


@dataclass(frozen=True)
class ImportContext:
    """What the book at hand lends: its codebook, the case's partnerships, the form of each table.

    ``headings`` are the groups of the shared codebook.
    """

    shared_codes: list[str]
    headings: set[str]
    partnership_ids: list[str]
    resources: dict[str, Resource]


@dataclass
class CaseTables:
    """What an import writes: facts of the case, rows of each table, plain texts by document; and what is to be told."""

    case_facts: dict[str, str]
    rows: dict[str, list[TableRow]]
    texts: dict[str, str]
    log: ImportLog


def convert_project(
    project: Project, texts: dict[str, PlainText], case_id: str, mapping: ImportMapping, context: ImportContext
) -> CaseTables:
    """Rows of a case out of a project.

    Parameters
    ----------
    project : Project
        With positions in code points.
    texts : dict of str to Text
        Plain texts by guid of their document.
    case_id : str
        The case's folder.
    mapping : Mapping
        Facts of documents, names of codes and coders.
    context : Known

    Returns
    -------
    Tables
        Statements in reading order, codings, own codes and all else that has a place; and what has none, counted.

    Raises
    ------
    Refused
        When the mapping names what is not there, or coders of the shared codebook have read different documents.
    """
    account = ImportLog(messages=list(project.messages), omissions=project.omissions.copy())
    case = _case_facts(project, case_id, mapping)
    codes = own_codes.convert_codes(
        project.codes, case_id, context.shared_codes, context.headings, mapping.codes, account
    )
    rows = exchange_documents.document_rows(
        project, case_id, mapping, context.partnership_ids, context.resources["documents"], account
    )
    of_documents = list(zip(project.documents, rows, strict=True))
    said = [
        exchange_statements.convert_statements(
            document, row, texts.get(document.guid), codes.has_code, context.partnership_ids, account
        )
        for document, row in of_documents
    ]
    targets = codes.own_ids | {document.guid: row["document_id"] for document, row in of_documents}
    for each in said:
        targets |= each.targets
    found = [row for each in said for row in each.rows]
    places = [row for each in said for row in each.passages]
    coders = codings.coder_names(project.users)
    shared = codings.shared_coding_rows(project, found, places, targets, codes, coders, mapping.coders)
    if mapping.codes:
        codings.warn_unused_codes(shared, context.shared_codes, account)
    noted = [memo for each in said for memo in each.memos] + annotations.project_memos(project, targets, account)
    place = _target_order(rows, found, codes.rows)
    tables = {
        "documents": rows,
        "statements": found,
        "passages": places,
        "codings": shared,
        "own_codes": codes.rows,
        "own_codings": codings.own_coding_rows(project, found, targets, codes, coders, account),
        "memos": sorted(annotations.numbered_memo_rows(noted, account), key=lambda row: place[row["target_id"]]),
        "attributes": sorted(
            annotations.attribute_rows(project, targets, coders, account),
            key=lambda row: (place[row["target_id"]], row["attribute"], row["value"]),
        ),
    }
    whole = {
        row["document_id"]: texts[document.guid].text
        for document, row in of_documents
        if document.guid in texts and not embedded_facts.has_joined_text(document.variables)
    }
    return CaseTables(case, tables, whole, account)


def _case_facts(project: Project, case_id: str, mapping: ImportMapping) -> dict[str, str]:
    title = mapping.case.get("title") or project.name.strip() or case_id
    short = mapping.case.get("short") or title
    return {"id": case_id, "title": title, "short": short, "destination": mapping.case.get("destination") or NOT_STATED}


def _target_order(
    documents: Sequence[TableRow], statements: Sequence[TableRow], codes: Sequence[TableRow]
) -> dict[str, int]:
    """The order of what memos and attributes are about: the project, documents, statements, codes."""
    ids = ["", *(row["document_id"] for row in documents), *(row["statement_id"] for row in statements)]
    return {each: number for number, each in enumerate([*ids, *(row["code_id"] for row in codes)])}
