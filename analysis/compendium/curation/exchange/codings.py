"""Conversion of codings, with codes of the project and with codes of the shared codebook."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from compendium.curation.exchange.import_log import ImportLog
from compendium.curation.exchange.own_codes import ImportedCodes
from compendium.curation.formats.characters import CONTROL_CODES
from compendium.curation.formats.errors import ImportRefused
from compendium.curation.formats.identifiers import unique_name
from compendium.curation.formats.model import Project, TableRow
from compendium.dataset.vocabulary import READ_AND_NOTHING_FOUND
from compendium.stats import overlap

_CODER_LETTERS = ("A", "B")
UNKNOWN_CODER = "unknown"
_CodingsByStatement = dict[str, set[tuple[str, str]]]
"""Pairs of coder and code by statement id."""


def coder_names(users: Mapping[str, str]) -> dict[str, str]:
    """Clean names of coders by guid; equal names get a number.

    Examples
    --------
    >>> coder_names({"guid-1": "Ann", "guid-2": "Ann", "guid-3": ""})
    {'guid-1': 'Ann', 'guid-2': 'Ann (2)', 'guid-3': 'unnamed'}
    """
    used_names: set[str] = set()
    names = {guid: " ".join(CONTROL_CODES.sub(" ", name).split()) or "unnamed" for guid, name in users.items()}
    return {guid: unique_name(name, used_names, "{} ({})") for guid, name in names.items()}


def own_coding_rows(
    project: Project,
    statements: Sequence[TableRow],
    targets: Mapping[str, str],
    codes: ImportedCodes,
    coders: Mapping[str, str],
    log: ImportLog,
) -> list[TableRow]:
    """Rows of codings with codes of the project, sorted by statement, coder and order of the codebook.

    Parameters
    ----------
    project : Project
    statements : sequence of dict
        Rows of the table statements.
    targets : mapping of str to str
        By guid of a passage: the id of its statement, or else of its document.
    codes : ImportedCodes
    coders : mapping of str to str
        Names of coders by guid.
    log : ImportLog
    """
    codings: _CodingsByStatement = defaultdict(set)
    for passage in project.passages():
        for user, code in passage.codings:
            if code in codes.own_ids:
                codings[targets.get(passage.guid, "")].add((coders.get(user, UNKNOWN_CODER), codes.own_ids[code]))
    rank = {code_id: index for index, code_id in enumerate(codes.own_ids.values())}
    rows = [
        {"statement_id": row["statement_id"], "coder": coder, "code_id": code_id}
        for row in statements
        for coder, code_id in sorted(codings.get(row["statement_id"], ()), key=lambda pair: (pair[0], rank[pair[1]]))
    ]
    if any(row["coder"] == UNKNOWN_CODER for row in rows):
        log.warn("Some codings have no coder, or one that the project does not list; their coder is set to 'unknown'.")
    return rows


def shared_coding_rows(
    project: Project,
    statements: Sequence[TableRow],
    passages: Sequence[TableRow],
    targets: Mapping[str, str],
    codes: ImportedCodes,
    coders: Mapping[str, str],
    coder_letters: Mapping[str, str],
) -> list[TableRow]:
    """Rows of codings with the shared codebook, for each statement and coder; none if it was not used.

    If a coder gave a statement no code, the codes that he or she gave to overlapping passages count. If there are none
    either, the row has the code ``none``: read, and no code applies.

    Parameters
    ----------
    project, statements, targets, codes, coders
        As for :func:`own_coding_rows`.
    passages : sequence of dict
        Rows of the table passages.
    coder_letters : mapping of str to str
        Letter (A or B) by name of a coder, from the mapping file.

    Raises
    ------
    ImportRefused
        If a letter is neither A nor B, or a coder has not read every document.
    """
    document_ids = {row["statement_id"]: row["document_id"] for row in statements}
    coded = [
        (targets[passage.guid], user, codes.shared_ids.get(code))
        for passage in project.passages()
        if targets.get(passage.guid) in document_ids
        for user, code in passage.codings
    ]
    if not any(code_id for _, _, code_id in coded):
        return []
    letters = {
        user: _coder_letter(coders.get(user, UNKNOWN_CODER), coder_letters)
        for user in dict.fromkeys(user for _, user, _ in coded)
    }
    all_letters = _check_readers((document_ids[statement_id], letters[user]) for statement_id, user, _ in coded)
    codings: _CodingsByStatement = defaultdict(set)
    for statement_id, user, code_id in coded:
        if code_id:
            codings[statement_id].add((letters[user], code_id))
    overlapping = _same_passage_statements(document_ids, passages)
    rows = []
    for statement_id in document_ids:
        overlapping_codings = set().union(*(codings.get(other, ()) for other in overlapping.get(statement_id, ())))
        for letter in all_letters:
            code_ids = _codes_by_coder(letter, codings.get(statement_id, ())) or _codes_by_coder(
                letter, overlapping_codings
            )
            code_ids = code_ids - {READ_AND_NOTHING_FOUND} or {READ_AND_NOTHING_FOUND}
            rows += [
                {"statement_id": statement_id, "coder": letter, "code_id": code_id} for code_id in sorted(code_ids)
            ]
    return rows


def _coder_letter(name: str, coder_letters: Mapping[str, str]) -> str:
    """Letter of a coder from the mapping; else the name, if it is A or B; else A."""
    letter = coder_letters.get(name, name if name in _CODER_LETTERS else _CODER_LETTERS[0])
    if letter not in _CODER_LETTERS:
        raise ImportRefused(
            f"The mapping gives the coder {name!r} the letter {letter!r}; codings with the shared codebook need A or B."
        )
    return letter


def _check_readers(document_letters: Iterable[tuple[str, str]]) -> list[str]:
    """Check that each letter occurs with each document; return the sorted letters.

    Parameters
    ----------
    document_letters : iterable of tuple of str and str
        Document ids and letters of their coders.

    Raises
    ------
    ImportRefused
        If a coder has not read every document.
    """
    readers: dict[str, set[str]] = defaultdict(set)
    for document_id, letter in document_letters:
        readers[document_id].add(letter)
    all_letters = sorted(set().union(*readers.values()))
    for document_id, letters in readers.items():
        if missing := sorted(set(all_letters) - letters):
            raise ImportRefused(
                f"Coder {', '.join(missing)} has coded other documents, but not {document_id}; with the shared codebook"
                " each coder codes all documents. If coders shared the documents out, give them the same letter in the"
                " mapping."
            )
    return all_letters


def warn_unused_codes(rows: Sequence[TableRow], code_ids: Sequence[str], log: ImportLog) -> None:
    """Warn of shared codes that no passage has, because the project may not have looked for them."""
    used = {row["code_id"] for row in rows}
    if rows and (unused := [code_id for code_id in code_ids if code_id not in used]):
        log.warn(
            f"{len(unused)} of {len(code_ids)} shared codes are given to no passage, such as {unused[0]}. Results show"
            " them as never found: map codes only if the project looked for all shared codes."
        )


def _codes_by_coder(letter: str, codings: Iterable[tuple[str, str]]) -> set[str]:
    return {code_id for coder, code_id in codings if coder == letter}


def _same_passage_statements(document_ids: Mapping[str, str], passages: Sequence[TableRow]) -> dict[str, list[str]]:
    """Ids of other statements whose passages overlap, by statement id."""
    spans: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in passages:
        statement_id = row["statement_id"]
        spans[document_ids[statement_id]].append((statement_id, int(row["start"]), int(row["end"])))
    overlapping: dict[str, list[str]] = defaultdict(list)
    for document_spans in spans.values():
        for first, second in overlap.overlapping_pairs(document_spans):
            overlapping[first].append(second)
            overlapping[second].append(first)
    return overlapping
