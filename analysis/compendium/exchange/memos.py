"""Memos, comments, descriptions and linked notes as rows, each with what it is about."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from compendium.exchange.account import Account
from compendium.exchange.model import Project, Row


class Memo(NamedTuple):
    """``target``: the id of what it is about, empty for the project."""

    target: str
    title: str
    text: str


def of_project(project: Project, targets: Mapping[str, str], account: Account) -> list[Memo]:
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
    noted = dict.fromkeys([*_noted(project, targets), *_linked(project, targets, account)])
    about = {guid for _, guid in noted}
    noted |= dict.fromkeys(("", guid) for guid in project.notes if guid not in about)
    notes = [Memo(target, *project.notes[guid]) for target, guid in noted]
    groups = [
        Memo("", f"{group.kind} {group.name}", group.description) for group in project.groups if group.description
    ]
    return described + notes + groups


def convert(memos: Iterable[Memo], account: Account) -> list[Row]:
    """Rows, numbered for each target; empty memos are dropped."""
    numbers: Counter[str] = Counter()
    rows = []
    for target, title, text in memos:
        if clean := account.line(text):
            numbers[target] += 1
            number = str(numbers[target])
            rows.append({"target_id": target, "number": number, "title": account.line(title), "text": clean})
        else:
            account.dropped["empty memos"] += 1
    return rows


def _noted(project: Project, targets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
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


def _linked(project: Project, targets: Mapping[str, str], account: Account) -> Iterator[tuple[str, str]]:
    """Targets and the notes to which a link leads, in whichever direction."""
    for link in project.links:
        ends = (link, link[::-1])
        found = [(targets[about], guid) for about, guid in ends if guid in project.notes and about in targets]
        account.dropped["links that lead to no memo"] += not found
        yield from found
