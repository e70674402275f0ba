"""Variables, cases, sets and codes of whole documents as rows: what is said of a document, a statement or a code."""

from collections.abc import Iterator, Mapping

from compendium.exchange import identity
from compendium.exchange.account import Account
from compendium.exchange.codings import NOBODY
from compendium.exchange.mapping import FACTS
from compendium.exchange.model import Project, Row

COLUMNS = {*FACTS, identity.OF_DOCUMENTS, identity.JOINED}
"""Variables that have a column in the table of documents."""


def convert(project: Project, targets: Mapping[str, str], coders: Mapping[str, str], account: Account) -> list[Row]:
    """A row for each thing that is said, once.

    Parameters
    ----------
    project : Project
    targets : mapping of str to str
        What codes, documents and passages became, by guid.
    coders : mapping of str to str
        Names of coders by guid.
    """
    rows: dict[tuple[str, str, str], Row] = {}
    said = [*_of_documents(project, targets, coders), *_of_groups(project, targets, account)]
    for target, name, value in said:
        row = {"target_id": target, "attribute": account.line(name), "value": account.line(value)}
        if row["attribute"] and row["value"]:
            rows[target, row["attribute"], row["value"]] = row
    return list(rows.values())


def _of_documents(
    project: Project, targets: Mapping[str, str], coders: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    names = {code.guid: code.name for code in project.codes}
    for document in project.documents:
        target = targets[document.guid]
        for user, code in document.codings:
            yield target, f"code ({coders.get(user, NOBODY)})", names.get(code, "")
        for name, value in document.variables.items():
            if name not in COLUMNS:
                yield target, name, value


def _of_groups(project: Project, targets: Mapping[str, str], account: Account) -> Iterator[tuple[str, str, str]]:
    for group in project.groups:
        members = [targets[guid] for guid in group.members if guid in targets]
        account.dropped[f"{group.kind}s without a member here"] += not members
        for member in members:
            yield member, group.kind, group.name
            for name, value in group.variables.items():
                yield member, name, value
