"""Conversion of the codebook of a project to own codes, and their links to the shared codebook."""

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
    """Codes of a project; a code that the mapping translates is in both dictionaries.

    Parameters
    ----------
    rows : list of dict
        Rows of the table own_codes.
    own_ids : dict of str to str
        Ids of own codes by guid, in the order of the codebook.
    shared_ids : dict of str to str
        Ids of codes of the shared codebook by guid.
    """

    rows: list[TableRow]
    own_ids: dict[str, str]
    shared_ids: dict[str, str]

    def has_code(self, guid: str) -> bool:
        """Whether codings with this code can be imported."""
        return guid in self.own_ids or guid in self.shared_ids


def convert_codes(
    codes: Sequence[Code],
    case_id: str,
    shared_codes: Sequence[str],
    headings: set[str],
    code_mapping: Mapping[str, str],
    log: ImportLog,
) -> ImportedCodes:
    """Convert a codebook to own codes, except codes and groups of the shared codebook.

    Parameters
    ----------
    codes : sequence of Code
        Codebook of the project.
    case_id : str
        Name of the case folder; ids of codes begin with it.
    shared_codes : sequence of str
        Ids of the shared codebook.
    headings : set of str
        Groups of the shared codebook, which exports of this package contain as codes.
    code_mapping : mapping of str to str
        Ids of shared codes by name of an own code.
    log : ImportLog

    Raises
    ------
    ImportRefused
        If the mapping has a name that is not in the project, or a code that is not in the shared codebook.
    """
    known_ids = (*shared_codes, READ_AND_NOTHING_FOUND)
    shared_ids = {identifiers.make_guid("code", code_id): code_id for code_id in known_ids}
    group_guids = {identifiers.make_guid("group", heading) for heading in headings}
    rows: list[TableRow] = []
    own_ids: dict[str, str] = {}
    used_ids: set[str] = set()
    for code in codes_depth_first(codes):
        description, facts = embedded_facts.split_facts(code.description, embedded_facts.CODE_FACTS)
        if facts.get("code_id") in known_ids:
            shared_ids[code.guid] = facts["code_id"]
        if code.guid in shared_ids or code.guid in group_guids or facts.get("heading") in headings:
            continue
        name = facts.get("name", code.name)
        code_id = own_ids[code.guid] = unique_name(f"{case_id}-{slug(name) or 'code'}", used_ids)
        rows.append(
            {
                "code_id": code_id,
                "parent_id": own_ids.get(code.parent, ""),
                "label": log.clean_line(name) or code_id,
                "definition": log.clean_line(description),
                "color": code.color if _HEX_COLOUR.fullmatch(code.color) else "",
                "guid": code.guid,
            }
        )
    name_counts = Counter(code.name for code in codes)
    if repeated := [name for name, count in name_counts.items() if count > 1]:
        log.messages.append(
            f"{len(repeated)} names of codes occur more than once, such as {repeated[0]!r}; all codes are imported."
        )
    return ImportedCodes(rows, own_ids, shared_ids | map_codes(codes, shared_codes, code_mapping))


def map_codes(codes: Sequence[Code], shared_codes: Sequence[str], code_mapping: Mapping[str, str]) -> dict[str, str]:
    """Ids of shared codes by guid of the codes that a mapping translates.

    Raises
    ------
    ImportRefused
        See :func:`convert_codes`.

    Examples
    --------
    >>> map_codes([Code("guid-1", "Fence")], ["border"], {"Fence": "border"})
    {'guid-1': 'border'}
    """
    guids: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        guids[code.name].append(code.guid)
    shared_ids: dict[str, str] = {}
    for name, code_id in code_mapping.items():
        if name not in guids:
            raise ImportRefused(f"The mapping names the code {name!r}, which is not in the project.")
        if code_id not in shared_codes:
            raise ImportRefused(
                f"The mapping translates {name!r} to the code {code_id!r}, which is not in data/codebook."
            )
        shared_ids.update(dict.fromkeys(guids[name], code_id))
    return shared_ids


def codes_depth_first(codes: Sequence[Code]) -> list[Code]:
    """Sort codes depth first: each code is followed by its descendants.

    Examples
    --------
    >>> codes = [Code("1", "Border"), Code("2", "Visa"), Code("3", "Fence", parent="1")]
    >>> [code.name for code in codes_depth_first(codes)]
    ['Border', 'Fence', 'Visa']
    """
    children: dict[str, list[Code]] = defaultdict(list)
    guids = {code.guid for code in codes}
    for code in codes:
        children[code.parent if code.parent in guids else ""].append(code)
    ordered: list[Code] = []
    stack = children[""][::-1]
    while stack:
        ordered.append(stack.pop())
        stack += children[ordered[-1].guid][::-1]
    return ordered
