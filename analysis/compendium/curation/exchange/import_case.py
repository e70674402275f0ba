"""Import of a file into a case folder."""

import hashlib
from pathlib import Path

from compendium.curation import source_texts
from compendium.curation.exchange import case_folder, embedded_facts, import_mapping, import_report
from compendium.curation.exchange.import_mapping import CASE_FACTS, NOT_STATED, ImportMapping
from compendium.curation.exchange.to_tables import CaseTables, ImportContext, convert_project
from compendium.curation.formats import (
    quotation_tables,
    refi_qda_reader,
    spreadsheet,
    taguette,
    taguette_reader,
)
from compendium.curation.formats.errors import ImportRefused
from compendium.curation.formats.model import Project
from compendium.curation.formats.text_positions import PlainText
from compendium.dataset import schema
from compendium.dataset.checksums import digest
from compendium.dataset.evidence import read_table, table_resources
from compendium.dataset.vocabulary import RESTRICTED

_REQUIRED_TABLES = ("partnerships", "documents", "statements", "codings", "commitments", "measures", "events")
_OPTIONAL_TABLES = ("own_codes", "own_codings", "passages", "memos", "attributes")
_IMPORTED_TABLES = ("documents", "statements", "codings", *_OPTIONAL_TABLES)
_REPORT_FILE = "import.md"
_PRESERVED_COLUMNS = ("access", "consent", "anonymisation", source_texts.CHECKSUM_COLUMN)
"""Columns of documents that projects do not have; replacing a case keeps their values."""


def read_project(path: Path, mapping: ImportMapping) -> tuple[Project, dict[str, PlainText]]:
    """Read a project file of any supported format; return the project and plain texts by guid of a document."""
    suffix = path.suffix.lower()
    if suffix in (".qdpx", ".qdc"):
        return refi_qda_reader.read_refi_qda(path, embedded_facts.EXPORT_ORIGIN)
    if suffix == taguette.TAGUETTE_SUFFIX:
        return taguette_reader.read_taguette(path)
    if suffix in spreadsheet.SPREADSHEET_SUFFIXES:
        return quotation_tables.read_quotation_table(path, mapping.columns, mapping.document_variables), {}
    suffixes = ", ".join((".qdpx", ".qdc", taguette.TAGUETTE_SUFFIX, *spreadsheet.SPREADSHEET_SUFFIXES))
    raise ImportRefused(f"{path.name} has no suffix of an import format. Use one of: {suffixes}.")


def prepare_import(
    root: Path, path: Path, case_id: str, mapping_file: Path | None, replace: bool
) -> tuple[CaseTables, str]:
    """Convert a file to tables and a report, without writing anything.

    Raises
    ------
    ImportRefused
        If the file, the case id or the mapping cannot be used.
    """
    case_folder.check_case_id(root, case_id, replace)
    mapping = import_mapping.load_import_mapping(mapping_file) if mapping_file else ImportMapping()
    if not path.is_file():
        raise ImportRefused(f"There is no file {path}.")
    project, texts = read_project(path, mapping)
    tables = convert_project(project, texts, case_id, mapping, _load_context(root, case_id, replace))
    if not replace:  # case.yml is written for new cases only
        for key in CASE_FACTS:
            if tables.case_facts[key] == NOT_STATED:
                tables.log.warn(f"case.yml, {key}: not mapped; set to {NOT_STATED!r}.")
    return tables, import_report.format_import_report(tables, path.name, project.origin, digest(path))


def write_import(root: Path, case_id: str, tables: CaseTables, report: str, replace: bool) -> None:
    """Write the case folder, and store the plain texts as ``compendium texts add`` does."""
    if not tables.rows["documents"] and not tables.rows["own_codes"]:
        raise ImportRefused("The project contains neither documents nor codes. Nothing was written.")
    resources = case_folder.case_resources(root)
    raw_texts = {document_id: text.encode("utf-8", "replace") for document_id, text in tables.texts.items()}
    for row in tables.rows["documents"]:
        if row["document_id"] in raw_texts:
            row[source_texts.CHECKSUM_COLUMN] = hashlib.sha256(raw_texts[row["document_id"]]).hexdigest()
    if replace:
        _preserve_existing(root, case_id, tables, resources)
    files = {_REPORT_FILE: report}
    for name in _IMPORTED_TABLES:
        rows = tables.rows.pop(name, [])  # saves memory: the rows are not needed after formatting
        if name in _REQUIRED_TABLES or rows:
            files[f"{name}.csv"] = case_folder.csv_table_text(resources[name], rows)
    if not replace:
        files["case.yml"] = case_folder.case_file_text(tables.case_facts)
        for name in set(_REQUIRED_TABLES) - set(_IMPORTED_TABLES):
            files[f"{name}.csv"] = case_folder.csv_table_text(resources[name], [])
    case_folder.write_case_folder(root, case_id, files, [f"{name}.csv" for name in _OPTIONAL_TABLES])
    source_texts.save_texts(root, raw_texts)


def _preserve_existing(root: Path, case_id: str, tables: CaseTables, resources: dict[str, schema.Resource]) -> None:
    """Keep column values that projects do not have, and the order of statements if their ids are the same."""
    existing = {
        name: read_table(root / "data", resources[name], [case_id])[0].query("_case == @case_id")
        for name in ("documents", "statements")
    }
    existing_documents = {row["document_id"]: row for row in existing["documents"].to_dict("records")}
    for row in tables.rows["documents"]:
        old_row = existing_documents.get(row["document_id"], {})
        row |= {name: old_row[name] for name in _PRESERVED_COLUMNS if old_row.get(name) and not row.get(name)}
        if old_row.get("access") == RESTRICTED:
            row["url"] = old_row["url"]
    rank = {statement_id: index for index, statement_id in enumerate(existing["statements"]["statement_id"])}
    if set(rank) == {row["statement_id"] for row in tables.rows["statements"]}:
        for name in ("statements", "codings", "own_codings", "passages"):
            tables.rows[name].sort(key=lambda row: rank[row["statement_id"]])


def _load_context(root: Path, case_id: str, replace: bool) -> ImportContext:
    tables = {
        name: read_table(root / "data", resource, [case_id] if replace else [])[0]
        for name, resource in table_resources(root / "data", ("frames", "policy_areas", "partnerships")).items()
    }
    headings = {
        *(embedded_facts.group_heading("frame", group) for group in tables["frames"]["group"]),
        *(embedded_facts.group_heading("area", family) for family in tables["policy_areas"]["family"]),
    }
    return ImportContext(
        [*tables["frames"]["code_id"], *tables["policy_areas"]["code_id"]],
        headings,
        tables["partnerships"]["partnership_id"].tolist(),
        case_folder.case_resources(root),
    )
