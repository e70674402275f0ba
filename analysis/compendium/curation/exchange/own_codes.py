"""The codebook of a project: its own codes as rows, and which of its codes are codes of the shared codebook."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compendium.curation.exchange.import_log import Account
from compendium.curation.formats import embedded_facts, identifiers
from compendium.curation.formats.identifiers import slug, unique
from compendium.curation.formats.model import Code, ImportRefused, Row
from compendium.dataset.vocabulary import READ_AND_NOTHING_FOUND

COLOUR = re.compile("#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")


@dataclass(frozen=True)
class Codes:
    """``rows`` of own codes; ``own``: their ids by guid, in order; ``shared``: ids of the shared codebook by guid.

    A code may be in both: one of the project's own that the mapping translates.
    """

    rows: list[Row]
    own: dict[str, str]
    shared: dict[str, str]

    def known(self, guid: str) -> bool:
        """Whether a coding with this code has a place."""
        return guid in self.own or guid in self.shared


def convert(
    codes: Sequence[Code], case_id: str, known: Sequence[str], headings: set[str], wanted: Mapping[str, str],
    account: Account,
) -> Codes:  # fmt: skip
    """Own codes, and what means a code of the shared codebook.

    Parameters
    ----------
    codes : sequence of Code
        The project's codebook.
    case_id : str
        The case's folder; ids of codes begin with it.
    known : sequence of str
        Codes of the shared codebook.
    headings : set of str
        Its groups, under which exports of ours list it.
    wanted : mapping of str to str
        Names of own codes and the shared code that each means.

    Raises
    ------
    Refused
        When a name is not in the project, or a code not in the shared codebook.
    """
    ids = (*known, READ_AND_NOTHING_FOUND)
    shared = {identifiers.guid("code", code_id): code_id for code_id in ids}
    groups = {identifiers.guid("group", heading) for heading in headings}
    rows: list[Row] = []
    own: dict[str, str] = {}
    taken: set[str] = set()
    for code in in_order(codes):
        description, facts = embedded_facts.without_facts(code.description, embedded_facts.OF_CODES)
        if facts.get("code_id") in ids:
            shared[code.guid] = facts["code_id"]
        if code.guid in shared or code.guid in groups or facts.get("heading") in headings:
            continue
        name = facts.get("name", code.name)
        code_id = own[code.guid] = unique(f"{case_id}-{slug(name) or 'code'}", taken)
        rows.append(
            {
                "code_id": code_id,
                "parent_id": own.get(code.parent, ""),
                "label": account.line(name) or code_id,
                "definition": account.line(description),
                "color": code.color if COLOUR.fullmatch(code.color) else "",
                "guid": code.guid,
            }
        )
    names = Counter(code.name for code in codes)
    if twice := [name for name, number in names.items() if number > 1]:
        account.told.append(f"{len(twice)} names of codes occur more than once, such as {twice[0]!r}; all are kept.")
    return Codes(rows, own, shared | translated(codes, known, wanted))


def translated(codes: Sequence[Code], known: Sequence[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """What codes mean in the shared codebook by a mapping of their names, by guid; see :func:`convert`."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        by_name[code.name].append(code.guid)
    meant: dict[str, str] = {}
    for name, code_id in wanted.items():
        if name not in by_name:
            raise ImportRefused(f"The mapping speaks of the code {name!r}, which the project has not.")
        if code_id not in known:
            raise ImportRefused(f"The mapping gives {name!r} the code {code_id!r}, which data/codebook has not.")
        meant.update(dict.fromkeys(by_name[name], code_id))
    return meant


def in_order(codes: Sequence[Code]) -> list[Code]:
    """Codes with those below each right behind it."""
    below: dict[str, list[Code]] = defaultdict(list)
    guids = {code.guid for code in codes}
    for code in codes:
        below[code.parent if code.parent in guids else ""].append(code)
    ordered: list[Code] = []
    waiting = below[""][::-1]
    while waiting:
        ordered.append(waiting.pop())
        waiting += below[ordered[-1].guid][::-1]
    return ordered
