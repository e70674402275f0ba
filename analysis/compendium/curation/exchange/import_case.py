"""Import: a file in, a case folder out, or one sentence why not."""

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
"""Columns of documents for which a project has no place; a case that is replaced keeps them."""


def read_project(path: Path, mapping: ImportMapping) -> tuple[Project, dict[str, PlainText]]:
    """A project out of a file of any kind that is known."""
    suffix = path.suffix.lower()
    if suffix in (".qdpx", ".qdc"):
        return refi_qda_reader.read_refi_qda(path, embedded_facts.EXPORT_ORIGIN)
    if suffix == taguette.TAGUETTE_SUFFIX:
        return taguette_reader.read_taguette(path)
    if suffix in spreadsheet.SPREADSHEET_SUFFIXES:
        return quotation_tables.read_quotation_table(path, mapping.columns, mapping.document_variables), {}
    kinds = ", ".join((".qdpx", ".qdc", taguette.TAGUETTE_SUFFIX, *spreadsheet.SPREADSHEET_SUFFIXES))
    raise ImportRefused(f"{path.name} is of no kind that can be imported; known are {kinds}.")


def prepare_import(
    root: Path, path: Path, case_id: str, mapping_file: Path | None, replace: bool
) -> tuple[CaseTables, str]:
    """What an import would write, and its report. Writes nothing.

    Raises
    ------
    Refused
        In one sentence.
    """
    case_folder.check_case_id(root, case_id, replace)
    mapping = import_mapping.load_import_mapping(mapping_file) if mapping_file else ImportMapping()
    if not path.is_file():
        raise ImportRefused(f"There is no file {path}.")
    project, plain = read_project(path, mapping)
    tables = convert_project(project, plain, case_id, mapping, _load_context(root, case_id, replace))
    if not replace:  # or case.yml stays as it is
        unknown = [key for key in CASE_FACTS if tables.case_facts[key] == NOT_STATED]
        for key in unknown:
            tables.log.warn(f"case.yml, {key}: not mapped; written as {NOT_STATED!r}.")
    return tables, import_report.format_import_report(tables, path.name, project.origin, digest(path))


def write_import(root: Path, case_id: str, tables: CaseTables, report: str, replace: bool) -> None:
    """Write the case folder, and the plain texts beside the data, as ``compendium texts add`` would."""
    if not tables.rows["documents"] and not tables.rows["own_codes"]:
        raise ImportRefused("The project has neither documents nor codes: nothing was written.")
    forms = case_folder.case_resources(root)
    raw = {document_id: text.encode("utf-8", "replace") for document_id, text in tables.texts.items()}
    for row in tables.rows["documents"]:
        if row["document_id"] in raw:
            row[source_texts.CHECKSUM_COLUMN] = hashlib.sha256(raw[row["document_id"]]).hexdigest()
    if replace:
        _preserve_existing(root, case_id, tables, forms)
    files = {_REPORT_FILE: report}
    for name in _IMPORTED_TABLES:
        rows = tables.rows.pop(name, [])  # a large project's rows are let go as soon as they are text
        if name in _REQUIRED_TABLES or rows:
            files[f"{name}.csv"] = case_folder.csv_table_text(forms[name], rows)
    if not replace:
        files["case.yml"] = case_folder.case_file_text(tables.case_facts)
        for name in set(_REQUIRED_TABLES) - set(_IMPORTED_TABLES):
            files[f"{name}.csv"] = case_folder.csv_table_text(forms[name], [])
    case_folder.write_case_folder(root, case_id, files, [f"{name}.csv" for name in _OPTIONAL_TABLES])
    source_texts.save_texts(root, raw)


def _preserve_existing(root: Path, case_id: str, tables: CaseTables, resources: dict[str, schema.Resource]) -> None:
    """Keep what no project can say of documents, and the order of statements when they are the same."""
    read = {
        name: read_table(root / "data", resources[name], [case_id])[0].query("_case == @case_id")
        for name in ("documents", "statements")
    }
    known = {row["document_id"]: row for row in read["documents"].to_dict("records")}
    for row in tables.rows["documents"]:
        old = known.get(row["document_id"], {})
        row |= {name: old[name] for name in _PRESERVED_COLUMNS if old.get(name) and not row.get(name)}
        if old.get("access") == RESTRICTED:
            row["url"] = old["url"]
    place = {statement_id: number for number, statement_id in enumerate(read["statements"]["statement_id"])}
    if set(place) == {row["statement_id"] for row in tables.rows["statements"]}:
        for name in ("statements", "codings", "own_codings", "passages"):
            tables.rows[name].sort(key=lambda row: place[row["statement_id"]])


def _load_context(root: Path, case_id: str, replace: bool) -> ImportContext:
    read = {
        name: read_table(root / "data", resource, [case_id] if replace else [])[0]
        for name, resource in table_resources(root / "data", ("frames", "policy_areas", "partnerships")).items()
    }
    headings = {
        *(embedded_facts.group_heading("frame", each) for each in read["frames"]["group"]),
        *(embedded_facts.group_heading("area", each) for each in read["policy_areas"]["family"]),
    }
    return ImportContext(
        [*read["frames"]["code_id"], *read["policy_areas"]["code_id"]],
        headings,
        read["partnerships"]["partnership_id"].tolist(),
        case_folder.case_resources(root),
    )
