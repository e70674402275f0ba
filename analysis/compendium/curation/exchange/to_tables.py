"""Conversion of a coded project to the tables of a case; other modules convert the single tables."""

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
    """What an import needs to know of the existing data.

    Parameters
    ----------
    shared_codes : list of str
        Codes of the shared codebook.
    headings : set of str
        Groups of the shared codebook.
    partnership_ids : list of str
        Partnerships of the case.
    resources : dict of str to Resource
        Schema by table name.
    """

    shared_codes: list[str]
    headings: set[str]
    partnership_ids: list[str]
    resources: dict[str, Resource]


@dataclass
class CaseTables:
    """Result of a conversion: facts of the case, rows by table, plain texts by document id, and the log."""

    case_facts: dict[str, str]
    rows: dict[str, list[TableRow]]
    texts: dict[str, str]
    log: ImportLog


def convert_project(
    project: Project, texts: dict[str, PlainText], case_id: str, mapping: ImportMapping, context: ImportContext
) -> CaseTables:
    """Convert a coded project to the tables of a case.

    Parameters
    ----------
    project : Project
        With positions in code points.
    texts : dict of str to PlainText
        Plain texts by guid of the document.
    case_id : str
        Name of the case folder.
    mapping : ImportMapping
        Facts of documents, names of codes and coders.
    context : ImportContext

    Returns
    -------
    CaseTables
        With statements in reading order; its log counts what could not be imported.

    Raises
    ------
    ImportRefused
        If the mapping has unknown names, or coders of the shared codebook have read different documents.
    """
    log = ImportLog(messages=list(project.messages), omissions=project.omissions.copy())
    case_facts = _case_facts(project, case_id, mapping)
    codes = own_codes.convert_codes(project.codes, case_id, context.shared_codes, context.headings, mapping.codes, log)
    document_rows = exchange_documents.document_rows(
        project, case_id, mapping, context.partnership_ids, context.resources["documents"], log
    )
    documents = list(zip(project.documents, document_rows, strict=True))
    converted = [
        exchange_statements.convert_statements(
            document, row, texts.get(document.guid), codes.has_code, context.partnership_ids, log
        )
        for document, row in documents
    ]
    targets = codes.own_ids | {document.guid: row["document_id"] for document, row in documents}
    for document_statements in converted:
        targets |= document_statements.targets
    statement_rows = [row for document_statements in converted for row in document_statements.rows]
    passage_rows = [row for document_statements in converted for row in document_statements.passages]
    coders = codings.coder_names(project.users)
    coding_rows = codings.shared_coding_rows(
        project, statement_rows, passage_rows, targets, codes, coders, mapping.coders
    )
    if mapping.codes:
        codings.warn_unused_codes(coding_rows, context.shared_codes, log)
    memos = [memo for document_statements in converted for memo in document_statements.memos]
    memos += annotations.project_memos(project, targets, log)
    rank = _target_order(document_rows, statement_rows, codes.rows)
    rows = {
        "documents": document_rows,
        "statements": statement_rows,
        "passages": passage_rows,
        "codings": coding_rows,
        "own_codes": codes.rows,
        "own_codings": codings.own_coding_rows(project, statement_rows, targets, codes, coders, log),
        "memos": sorted(annotations.numbered_memo_rows(memos, log), key=lambda row: rank[row["target_id"]]),
        "attributes": sorted(
            annotations.attribute_rows(project, targets, coders, log),
            key=lambda row: (rank[row["target_id"]], row["attribute"], row["value"]),
        ),
    }
    plain_texts = {
        row["document_id"]: texts[document.guid].text
        for document, row in documents
        if document.guid in texts and not embedded_facts.has_joined_text(document.variables)
    }
    return CaseTables(case_facts, rows, plain_texts, log)


def _case_facts(project: Project, case_id: str, mapping: ImportMapping) -> dict[str, str]:
    title = mapping.case.get("title") or project.name.strip() or case_id
    short = mapping.case.get("short") or title
    return {"id": case_id, "title": title, "short": short, "destination": mapping.case.get("destination") or NOT_STATED}


def _target_order(
    documents: Sequence[TableRow], statements: Sequence[TableRow], codes: Sequence[TableRow]
) -> dict[str, int]:
    """Rank of each target of memos and attributes: the project, documents, statements, codes."""
    ids = ["", *(row["document_id"] for row in documents), *(row["statement_id"] for row in statements)]
    return {target_id: rank for rank, target_id in enumerate([*ids, *(row["code_id"] for row in codes)])}
