"""Conversion of memos, variables, cases, sets and codings of whole documents to rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from compendium.curation.exchange import embedded_facts
from compendium.curation.exchange.codings import UNKNOWN_CODER
from compendium.curation.exchange.import_log import ImportLog
from compendium.curation.exchange.import_mapping import DOCUMENT_FACTS
from compendium.curation.formats.model import Project, TableRow

_DOCUMENT_COLUMNS = {*DOCUMENT_FACTS, embedded_facts.DOCUMENT_ID_VARIABLE, embedded_facts.JOINED_TEXT_VARIABLE}
"""Variables that become columns of the table documents, not attributes."""


def attribute_rows(
    project: Project, targets: Mapping[str, str], coders: Mapping[str, str], log: ImportLog
) -> list[TableRow]:
    """Rows of the table attributes, without repetitions.

    Parameters
    ----------
    project : Project
    targets : mapping of str to str
        Ids of codes, documents and statements by guid.
    coders : mapping of str to str
        Names of coders by guid.
    log : ImportLog
    """
    rows: dict[tuple[str, str, str], TableRow] = {}
    attributes = [*_document_attributes(project, targets, coders), *_group_attributes(project, targets, log)]
    for target_id, name, value in attributes:
        row = {"target_id": target_id, "attribute": log.clean_line(name), "value": log.clean_line(value)}
        if row["attribute"] and row["value"]:
            rows[target_id, row["attribute"], row["value"]] = row
    return list(rows.values())


def _document_attributes(
    project: Project, targets: Mapping[str, str], coders: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    code_names = {code.guid: code.name for code in project.codes}
    for document in project.documents:
        target_id = targets[document.guid]
        for user, code in document.codings:
            yield target_id, f"code ({coders.get(user, UNKNOWN_CODER)})", code_names.get(code, "")
        for name, value in document.variables.items():
            if name not in _DOCUMENT_COLUMNS:
                yield target_id, name, value


def _group_attributes(project: Project, targets: Mapping[str, str], log: ImportLog) -> Iterator[tuple[str, str, str]]:
    for group in project.groups:
        members = [targets[guid] for guid in group.members if guid in targets]
        log.omissions[f"{group.kind}s without an imported member"] += not members
        for member in members:
            yield member, group.kind, group.name
            for name, value in group.variables.items():
                yield member, name, value


class Memo(NamedTuple):
    """A memo; ``target_id`` is the id of its document, statement or code, or empty for the project."""

    target_id: str
    title: str
    text: str


def project_memos(project: Project, targets: Mapping[str, str], log: ImportLog) -> list[Memo]:
    """Descriptions and notes as memos; memos of passages are converted with the statements.

    Parameters
    ----------
    project : Project
    targets : mapping of str to str
        Ids of codes, documents and statements by guid.
    log : ImportLog
    """
    descriptions = [Memo("", project.name, project.description)] if project.description else []
    descriptions += [
        Memo(targets[document.guid], "", document.description) for document in project.documents if document.description
    ]
    references = dict.fromkeys([*_note_references(project, targets), *_linked_notes(project, targets, log)])
    referenced = {guid for _, guid in references}
    references |= dict.fromkeys(("", guid) for guid in project.notes if guid not in referenced)
    notes = [Memo(target_id, *project.notes[guid]) for target_id, guid in references]
    group_memos = [
        Memo("", f"{group.kind} {group.name}", group.description) for group in project.groups if group.description
    ]
    return descriptions + notes + group_memos


def numbered_memo_rows(memos: Iterable[Memo], log: ImportLog) -> list[TableRow]:
    """Rows of the table memos, numbered per target; empty memos are omitted."""
    numbers: Counter[str] = Counter()
    rows = []
    for target_id, title, text in memos:
        if clean_text := log.clean_line(text):
            numbers[target_id] += 1
            number = str(numbers[target_id])
            rows.append({"target_id": target_id, "number": number, "title": log.clean_line(title), "text": clean_text})
        else:
            log.omissions["empty memos"] += 1
    return rows


def _note_references(project: Project, targets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of a target id and the guid of a note to which the target refers."""
    owners = [("", project.own_notes)]
    owners += [(code.guid, code.notes) for code in project.codes]
    for document in project.documents:
        owners.append((document.guid, document.notes))
        owners += [(passage.guid, passage.notes) for passage in document.passages]
    for owner, guids in owners:
        for guid in guids:
            if guid in project.notes:
                yield targets.get(owner, ""), guid


def _linked_notes(project: Project, targets: Mapping[str, str], log: ImportLog) -> Iterator[tuple[str, str]]:
    """Pairs of a target id and the guid of a note that is linked to it, in either direction."""
    for link in project.links:
        ends = (link, link[::-1])
        pairs = [(targets[target], note) for target, note in ends if note in project.notes and target in targets]
        log.omissions["links that do not connect a memo"] += not pairs
        yield from pairs
