"""The codebook of a project: its own codes as rows, and which of its codes are codes of the shared codebook."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compendium.curation.exchange import embedded_facts
from compendium.curation.exchange.import_log import ImportLog
from compendium.curation.formats import identifiers
from compendium.curation.formats.errors import ImportRefused
from compendium.curation.formats.identifiers import slug, unique_name
from compendium.curation.formats.model import Code, TableRow
from compendium.dataset.vocabulary import READ_AND_NOTHING_FOUND

_HEX_COLOUR = re.compile("#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")


@dataclass(frozen=True)
class ImportedCodes:
    """``rows`` of own codes; ``own_ids``: their ids by guid, in order; ``shared_ids``: ids of the shared codebook by guid.

    A code may be in both: one of the project's own that the mapping translates.
    """

    rows: list[TableRow]
    own_ids: dict[str, str]
    shared_ids: dict[str, str]

    def has_code(self, guid: str) -> bool:
        """Whether a coding with this code has a place."""
        return guid in self.own_ids or guid in self.shared_ids


def convert_codes(
    codes: Sequence[Code], case_id: str, shared_codes: Sequence[str], headings: set[str], code_mapping: Mapping[str, str],
    log: ImportLog,
) -> ImportedCodes:  # fmt: skip
    """Own codes, and what means a code of the shared codebook.

    Parameters
    ----------
    codes : sequence of Code
        The project's codebook.
    case_id : str
        The case's folder; ids of codes begin with it.
    shared_codes : sequence of str
        Codes of the shared codebook.
    headings : set of str
        Its groups, under which exports of ours list it.
    code_mapping : mapping of str to str
        Names of own codes and the shared code that each means.

    Raises
    ------
    Refused
        When a name is not in the project, or a code not in the shared codebook.
    """
    ids = (*shared_codes, READ_AND_NOTHING_FOUND)
    shared = {identifiers.make_guid("code", code_id): code_id for code_id in ids}
    groups = {identifiers.make_guid("group", heading) for heading in headings}
    rows: list[TableRow] = []
    own: dict[str, str] = {}
    taken: set[str] = set()
    for code in codes_depth_first(codes):
        description, facts = embedded_facts.split_facts(code.description, embedded_facts.CODE_FACTS)
        if facts.get("code_id") in ids:
            shared[code.guid] = facts["code_id"]
        if code.guid in shared or code.guid in groups or facts.get("heading") in headings:
            continue
        name = facts.get("name", code.name)
        code_id = own[code.guid] = unique_name(f"{case_id}-{slug(name) or 'code'}", taken)
        rows.append(
            {
                "code_id": code_id,
                "parent_id": own.get(code.parent, ""),
                "label": log.clean_line(name) or code_id,
                "definition": log.clean_line(description),
                "color": code.color if _HEX_COLOUR.fullmatch(code.color) else "",
                "guid": code.guid,
            }
        )
    names = Counter(code.name for code in codes)
    if twice := [name for name, number in names.items() if number > 1]:
        log.messages.append(f"{len(twice)} names of codes occur more than once, such as {twice[0]!r}; all are kept.")
    return ImportedCodes(rows, own, shared | map_codes(codes, shared_codes, code_mapping))


def map_codes(codes: Sequence[Code], shared_codes: Sequence[str], code_mapping: Mapping[str, str]) -> dict[str, str]:
    """What codes mean in the shared codebook by a mapping of their names, by guid; see :func:`convert_codes`."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        by_name[code.name].append(code.guid)
    meant: dict[str, str] = {}
    for name, code_id in code_mapping.items():
        if name not in by_name:
            raise ImportRefused(f"The mapping speaks of the code {name!r}, which the project has not.")
        if code_id not in shared_codes:
            raise ImportRefused(f"The mapping gives {name!r} the code {code_id!r}, which data/codebook has not.")
        meant.update(dict.fromkeys(by_name[name], code_id))
    return meant


def codes_depth_first(codes: Sequence[Code]) -> list[Code]:
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
