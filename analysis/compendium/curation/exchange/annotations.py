"""Memos, variables, cases, sets and codes of whole documents as rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from compendium.curation.exchange import embedded_facts
from compendium.curation.exchange.codings import UNKNOWN_CODER
from compendium.curation.exchange.import_log import ImportLog
from compendium.curation.exchange.import_mapping import DOCUMENT_FACTS
from compendium.curation.formats.model import Project, TableRow

_DOCUMENT_COLUMNS = {*DOCUMENT_FACTS, embedded_facts.DOCUMENT_ID_VARIABLE, embedded_facts.JOINED_TEXT_VARIABLE}
"""Variables that have a column in the table of documents."""


def attribute_rows(
    project: Project, targets: Mapping[str, str], coders: Mapping[str, str], log: ImportLog
) -> list[TableRow]:
    """A row for each thing that is said, once.

    Parameters
    ----------
    project : Project
    targets : mapping of str to str
        What codes, documents and passages became, by guid.
    coders : mapping of str to str
        Names of coders by guid.
    """
    rows: dict[tuple[str, str, str], TableRow] = {}
    said = [*_document_attributes(project, targets, coders), *_group_attributes(project, targets, log)]
    for target, name, value in said:
        row = {"target_id": target, "attribute": log.clean_line(name), "value": log.clean_line(value)}
        if row["attribute"] and row["value"]:
            rows[target, row["attribute"], row["value"]] = row
    return list(rows.values())


def _document_attributes(
    project: Project, targets: Mapping[str, str], coders: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    names = {code.guid: code.name for code in project.codes}
    for document in project.documents:
        target = targets[document.guid]
        for user, code in document.codings:
            yield target, f"code ({coders.get(user, UNKNOWN_CODER)})", names.get(code, "")
        for name, value in document.variables.items():
            if name not in _DOCUMENT_COLUMNS:
                yield target, name, value


def _group_attributes(project: Project, targets: Mapping[str, str], log: ImportLog) -> Iterator[tuple[str, str, str]]:
    for group in project.groups:
        members = [targets[guid] for guid in group.members if guid in targets]
        log.omissions[f"{group.kind}s without a member here"] += not members
        for member in members:
            yield member, group.kind, group.name
            for name, value in group.variables.items():
                yield member, name, value


class Memo(NamedTuple):
    """``target_id``: the id of what it is about, empty for the project."""

    target_id: str
    title: str
    text: str


def project_memos(project: Project, targets: Mapping[str, str], log: ImportLog) -> list[Memo]:
    """Descriptions and notes; those on passages stand with the statements.

    Parameters
    ----------
    project : Project
    targets : mapping of str to str
        What codes, documents and passages became, by guid.
    """
    described = [Memo("", project.name, project.description)] if project.description else []
    described += [
        Memo(targets[document.guid], "", document.description) for document in project.documents if document.description
    ]
    noted = dict.fromkeys([*_note_references(project, targets), *_linked_notes(project, targets, log)])
    about = {guid for _, guid in noted}
    noted |= dict.fromkeys(("", guid) for guid in project.notes if guid not in about)
    notes = [Memo(target, *project.notes[guid]) for target, guid in noted]
    groups = [
        Memo("", f"{group.kind} {group.name}", group.description) for group in project.groups if group.description
    ]
    return described + notes + groups


def numbered_memo_rows(memos: Iterable[Memo], log: ImportLog) -> list[TableRow]:
    """Rows, numbered for each target; empty memos are dropped."""
    numbers: Counter[str] = Counter()
    rows = []
    for target, title, text in memos:
        if clean := log.clean_line(text):
            numbers[target] += 1
            number = str(numbers[target])
            rows.append({"target_id": target, "number": number, "title": log.clean_line(title), "text": clean})
        else:
            log.omissions["empty memos"] += 1
    return rows


def _note_references(project: Project, targets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Targets and the notes to which they refer."""
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
    """Targets and the notes to which a link leads, in whichever direction."""
    for link in project.links:
        ends = (link, link[::-1])
        found = [(targets[about], guid) for about, guid in ends if guid in project.notes and about in targets]
        log.omissions["links that lead to no memo"] += not found
        yield from found
