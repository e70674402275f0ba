"""The documents of a project as rows: what the mapping, variables and defaults say of each."""

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
"""Facts for which the data allow only some values."""
_DocumentVariables = Mapping[str, Mapping[str, list[str]]]
"""By guid of a document: its variables, those of its cases, and under ``case`` and ``set`` what it belongs to."""


def document_rows(
    project: Project,
    case_id: str,
    mapping: ImportMapping,
    partnerships: Container[str],
    resource: Resource,
    log: ImportLog,
) -> list[TableRow]:
    """A row for each document, in the order of the project.

    Parameters
    ----------
    project : Project
    case_id : str
        The case's folder; ids of documents begin with it.
    mapping : Mapping
        The mapping file.
    partnerships : container of str
        Partnerships of the case; others are left out.
    resource : Resource
        What the data allow in a table of documents.

    Raises
    ------
    Refused
        When the mapping names a document that is not there.
    """
    names = {document.name for document in project.documents}
    for name in mapping.names:
        if name not in names:
            raise ImportRefused(f"The mapping speaks of the document {name!r}, which the project has not.")
    known = document_variables(project)
    taken: set[str] = set()
    rows = []
    for document in project.documents:
        found = {name: mapping.fact(name, document.name, known.get(document.guid, {})) for name in DOCUMENT_FACTS}
        facts = _valid_facts(_with_defaults(found, document, log), document, partnerships, resource, log)
        rows.append({"document_id": _document_id(document, case_id, facts, taken), "case_id": case_id, **facts})
    _warn_unmapped_facts(project.documents, mapping, known, log)
    return rows


def document_variables(project: Project) -> dict[str, dict[str, list[str]]]:
    """Variables of each document, those of its cases too, and the names of its cases and sets."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for document in project.documents:
        for name, value in document.variables.items():
            found[document.guid][name].append(value)
    for group in project.groups:
        for guid in group.members:
            found[guid][group.kind].append(group.name)
            for name, value in group.variables.items():
                found[guid][name].append(value)
    return found


def _with_defaults(values: Mapping[str, str], document: Document, log: ImportLog) -> TableRow:
    """Facts with what is written where nothing was said."""
    facts = {name: log.clean_line(value) or DEFAULT_FACTS.get(name, "") for name, value in values.items()}
    facts["title"] = facts["title"] or log.clean_line(document.name) or document.guid
    facts["url"] = facts["url"] or _document_urn(document)
    return facts


def _valid_facts(
    facts: TableRow, document: Document, partnerships: Container[str], resource: Resource, log: ImportLog
) -> TableRow:  # fmt: skip
    """Facts as the data allow them; each that they do not is told."""
    date = facts["date"]
    if date and not is_date(date):
        day = re.match(r"\d{4}-\d{2}-\d{2}(?=T)", date)
        date = day[0] if day and is_date(day[0]) else ""
        if not date:
            log.warn(f"date: {facts['date']!r} is no date such as 2008, 2008-06 or 2008-06-05; left empty.")
    good = {"date": date}
    for name in _CONSTRAINED_FACTS:
        good[name] = facts[name]
        if not _is_allowed_value(facts[name], resource, name):
            good[name] = DEFAULT_FACTS.get(name, _document_urn(document))
            log.warn(f"{name}: {facts[name]!r} is not allowed; {good[name]} is written.")
    named = split_list(facts["partnership_ids"])
    for each in named:
        if each not in partnerships:
            log.warn(f"partnership_ids: {each!r} is no partnership of the case; left out.")
    good["partnership_ids"] = ";".join(each for each in named if each in partnerships)
    return facts | good


def _document_urn(document: Document) -> str:
    return f"urn:uuid:{document.guid}"


def _is_allowed_value(value: str, resource: Resource, name: str) -> bool:
    limits = next(each for each in resource["schema"]["fields"] if each["name"] == name).get("constraints", {})
    return value in limits.get("enum", [value]) and re.fullmatch(limits.get("pattern", ".*"), value) is not None


def _document_id(document: Document, case_id: str, facts: TableRow, used_ids: set[str]) -> str:
    """The id that an export of ours gave, or one made of year and title."""
    own = document.variables.get(embedded_facts.DOCUMENT_ID_VARIABLE, "")
    if own.startswith(f"{case_id}-") and re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", own) and own not in used_ids:
        used_ids.add(own)
        return own
    return unique_name(f"{case_id}-{facts['date'][:4] or 'nd'}-{slug(facts['title']) or 'document'}", used_ids)


def _warn_unmapped_facts(
    documents: Sequence[Document], mapping: ImportMapping, variables: _DocumentVariables, log: ImportLog
) -> None:
    for name, default in (*DEFAULT_FACTS.items(), ("date", ""), ("issuer", "")):
        silent = [each for each in documents if not mapping.fact(name, each.name, variables.get(each.guid, {}))]
        if silent:
            written = f"written as {default!r}" if default else "left empty"
            log.warn(f"{name}: not mapped for {len(silent)} of {len(documents)} documents; {written}.")
