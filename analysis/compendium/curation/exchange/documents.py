"""Rows of the table documents, from the mapping, the variables of the project, and defaults."""

import re
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence

from compendium.curation.exchange import embedded_facts
from compendium.curation.exchange.import_log import ImportLog
from compendium.curation.exchange.import_mapping import DEFAULT_FACTS, DOCUMENT_FACTS, ImportMapping
from compendium.curation.formats.errors import ImportRefused
from compendium.curation.formats.identifiers import slug, unique_name
from compendium.curation.formats.model import Document, Project, TableRow
from compendium.dataset.dates import is_date
from compendium.dataset.schema import Resource, split_list

_CONSTRAINED_FACTS = ("issuer_side", "kind", "role", "coverage", "language", "url")
"""Facts that have constraints in ``datapackage.json``."""
_DocumentVariables = Mapping[str, Mapping[str, list[str]]]
"""By guid of a document: values of its variables and of those of its cases; names of its cases and sets."""


def document_rows(
    project: Project,
    case_id: str,
    mapping: ImportMapping,
    partnerships: Container[str],
    resource: Resource,
    log: ImportLog,
) -> list[TableRow]:
    """Convert each document of a project to a row, in the order of the project.

    Parameters
    ----------
    project : Project
    case_id : str
        Name of the case folder; ids of documents begin with it.
    mapping : ImportMapping
    partnerships : container of str
        Partnerships of the case; others are omitted with a warning.
    resource : Resource
        Schema of the table documents.
    log : ImportLog

    Raises
    ------
    ImportRefused
        If the mapping names an unknown document.
    """
    names = {document.name for document in project.documents}
    for name in mapping.names:
        if name not in names:
            raise ImportRefused(f"The mapping names the document {name!r}, which is not in the project.")
    variables = document_variables(project)
    used_ids: set[str] = set()
    rows = []
    for document in project.documents:
        values = {name: mapping.fact(name, document.name, variables.get(document.guid, {})) for name in DOCUMENT_FACTS}
        facts = _valid_facts(_with_defaults(values, document, log), document, partnerships, resource, log)
        rows.append({"document_id": _document_id(document, case_id, facts, used_ids), "case_id": case_id, **facts})
    _warn_unmapped_facts(project.documents, mapping, variables, log)
    return rows


def document_variables(project: Project) -> dict[str, dict[str, list[str]]]:
    """Values by guid of a document and name of a variable; names of cases and sets are variables too."""
    variables: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for document in project.documents:
        for name, value in document.variables.items():
            variables[document.guid][name].append(value)
    for group in project.groups:
        for guid in group.members:
            variables[guid][group.kind].append(group.name)
            for name, value in group.variables.items():
                variables[guid][name].append(value)
    return variables


def _with_defaults(values: Mapping[str, str], document: Document, log: ImportLog) -> TableRow:
    """Fill empty facts with defaults, the name of the document, and its URN."""
    facts = {name: log.clean_line(value) or DEFAULT_FACTS.get(name, "") for name, value in values.items()}
    facts["title"] = facts["title"] or log.clean_line(document.name) or document.guid
    facts["url"] = facts["url"] or _document_urn(document)
    return facts


def _valid_facts(
    facts: TableRow, document: Document, partnerships: Container[str], resource: Resource, log: ImportLog
) -> TableRow:  # fmt: skip
    """Replace facts that the schema does not allow, with a warning for each."""
    date = facts["date"]
    if date and not is_date(date):
        day = re.match(r"\d{4}-\d{2}-\d{2}(?=T)", date)
        date = day[0] if day and is_date(day[0]) else ""
        if not date:
            log.warn(f"date: {facts['date']!r} is not a date such as 2008, 2008-06 or 2008-06-05; left empty.")
    valid = {"date": date}
    for name in _CONSTRAINED_FACTS:
        valid[name] = facts[name]
        if not _is_allowed_value(facts[name], resource, name):
            valid[name] = DEFAULT_FACTS.get(name, _document_urn(document))
            log.warn(f"{name}: {facts[name]!r} is not allowed; replaced by {valid[name]!r}.")
    partnership_ids = split_list(facts["partnership_ids"])
    for partnership_id in partnership_ids:
        if partnership_id not in partnerships:
            log.warn(f"partnership_ids: {partnership_id!r} is not a partnership of the case; omitted.")
    valid["partnership_ids"] = ";".join(name for name in partnership_ids if name in partnerships)
    return facts | valid


def _document_urn(document: Document) -> str:
    return f"urn:uuid:{document.guid}"


def _is_allowed_value(value: str, resource: Resource, name: str) -> bool:
    field = next(field for field in resource["schema"]["fields"] if field["name"] == name)
    constraints = field.get("constraints", {})
    has_allowed_form = re.fullmatch(constraints.get("pattern", ".*"), value) is not None
    return has_allowed_form and value in constraints.get("enum", [value])


def _document_id(document: Document, case_id: str, facts: TableRow, used_ids: set[str]) -> str:
    """Id that an export of this package embedded, or else a new one of the year and the title."""
    embedded_id = document.variables.get(embedded_facts.DOCUMENT_ID_VARIABLE, "")
    is_valid = re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", embedded_id) and embedded_id.startswith(f"{case_id}-")
    if is_valid and embedded_id not in used_ids:
        used_ids.add(embedded_id)
        return embedded_id
    return unique_name(f"{case_id}-{facts['date'][:4] or 'nd'}-{slug(facts['title']) or 'document'}", used_ids)


def _warn_unmapped_facts(
    documents: Sequence[Document], mapping: ImportMapping, variables: _DocumentVariables, log: ImportLog
) -> None:
    for name, default in (*DEFAULT_FACTS.items(), ("date", ""), ("issuer", "")):
        n_unmapped = sum(
            not mapping.fact(name, document.name, variables.get(document.guid, {})) for document in documents
        )
        if n_unmapped:
            substitute = f"set to {default!r}" if default else "left empty"
            log.warn(f"{name}: not mapped for {n_unmapped} of {len(documents)} documents; {substitute}.")
