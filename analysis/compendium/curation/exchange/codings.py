"""Who gave which code to which statement: in the project's own codes, and in those of the shared codebook."""

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
"""By statement: pairs of coder and code."""


def coder_names(users: Mapping[str, str]) -> dict[str, str]:
    """Names of coders by guid; two of the same name are told apart by number."""
    taken: set[str] = set()
    plain = {guid: " ".join(CONTROL_CODES.sub(" ", name).split()) or "unnamed" for guid, name in users.items()}
    return {guid: unique_name(name, taken, "{} ({})") for guid, name in plain.items()}


def own_coding_rows(
    project: Project, statements: Sequence[TableRow], targets: Mapping[str, str], codes: ImportedCodes, coders: Mapping[str, str],
    log: ImportLog,
) -> list[TableRow]:  # fmt: skip
    """Codings with own codes, by statement, coder and the order of the codebook.

    Parameters
    ----------
    project : Project
    statements : sequence of dict
        Rows of statements.
    targets : mapping of str to str
        The statement, or else the document, that each passage became, by guid.
    codes : Codes
    coders : mapping of str to str
        Names of coders by guid.
    """
    given: _CodingsByStatement = defaultdict(set)
    for passage in project.passages():
        for user, code in passage.codings:
            if code in codes.own_ids:
                given[targets.get(passage.guid, "")].add((coders.get(user, UNKNOWN_CODER), codes.own_ids[code]))
    order = {code_id: place for place, code_id in enumerate(codes.own_ids.values())}
    rows = [
        {"statement_id": row["statement_id"], "coder": coder, "code_id": code_id}
        for row in statements
        for coder, code_id in sorted(given.get(row["statement_id"], ()), key=lambda pair: (pair[0], order[pair[1]]))
    ]
    if any(row["coder"] == UNKNOWN_CODER for row in rows):
        log.warn("Some codings name no coder, or one that the project does not list: coder 'unknown'.")
    return rows


def shared_coding_rows(
    project: Project, statements: Sequence[TableRow], passages: Sequence[TableRow], targets: Mapping[str, str], codes: ImportedCodes,
    coders: Mapping[str, str], coder_letters: Mapping[str, str],
) -> list[TableRow]:  # fmt: skip
    """Codings with the shared codebook, for each coder all; no row if no statement has such a code.

    A coder who gave a statement none of these codes, but gave some to what is the same passage, gave them here too;
    else the row says that the coder read it and no code applies.

    Parameters
    ----------
    project, statements, targets, codes, coders
        As for :func:`own_coding_rows`.
    passages : sequence of dict
        Rows of passages.
    coder_letters : mapping of str to str
        Names of coders and the letter of each.

    Raises
    ------
    Refused
        When a letter is none, or a coder has not read every document.
    """
    document = {row["statement_id"]: row["document_id"] for row in statements}
    coded = [
        (targets[passage.guid], user, codes.shared_ids.get(code))
        for passage in project.passages()
        if targets.get(passage.guid) in document
        for user, code in passage.codings
    ]
    if not any(code_id for _, _, code_id in coded):
        return []
    letter = {
        user: _coder_letter(coders.get(user, UNKNOWN_CODER), coder_letters)
        for user in dict.fromkeys(user for _, user, _ in coded)
    }
    every = _check_readers((document[statement_id], letter[user]) for statement_id, user, _ in coded)
    given: _CodingsByStatement = defaultdict(set)
    for statement_id, user, code_id in coded:
        if code_id:
            given[statement_id].add((letter[user], code_id))
    near = _same_passage_statements(document, passages)
    rows = []
    for statement_id in document:
        around = set().union(*(given.get(each, ()) for each in near.get(statement_id, ())))
        for coder in every:
            found = _codes_by_coder(coder, given.get(statement_id, ())) or _codes_by_coder(coder, around)
            left = sorted(found - {READ_AND_NOTHING_FOUND}) or [READ_AND_NOTHING_FOUND]
            rows += [{"statement_id": statement_id, "coder": coder, "code_id": code_id} for code_id in left]
    return rows


def _coder_letter(name: str, coder_letters: Mapping[str, str]) -> str:
    """The letter of a coder: that of the mapping, or a name that is one, or the first."""
    letter = coder_letters.get(name, name if name in _CODER_LETTERS else _CODER_LETTERS[0])
    if letter not in _CODER_LETTERS:
        raise ImportRefused(
            f"The mapping calls the coder {name!r} {letter!r}; with the shared codebook coders are A and B."
        )
    return letter


def _check_readers(document_letters: Iterable[tuple[str, str]]) -> list[str]:
    """All letters, out of pairs of a document and a letter that has read it, when each has read each document."""
    readers: dict[str, set[str]] = defaultdict(set)
    for document_id, letter in document_letters:
        readers[document_id].add(letter)
    every = sorted(set().union(*readers.values()))
    for document_id, found in readers.items():
        if missing := sorted(set(every) - found):
            raise ImportRefused(
                f"Coder {', '.join(missing)} has read other documents, but not {document_id}; with the shared codebook "
                "each coder reads all. Give coders who divided the documents among them the same letter in the mapping."
            )
    return every


def warn_unused_codes(rows: Sequence[TableRow], code_ids: Sequence[str], log: ImportLog) -> None:
    """Note as a doubt that a project may not have looked for all codes to which it was mapped."""
    used = {row["code_id"] for row in rows}
    if rows and (unused := [code for code in code_ids if code not in used]):
        log.warn(
            f"{len(unused)} of {len(code_ids)} shared codes are given to no passage and will read as never found, such as "
            f"{unused[0]}: map only a project that looked for them."
        )


def _codes_by_coder(letter: str, codings: Iterable[tuple[str, str]]) -> set[str]:
    return {code_id for coder, code_id in codings if coder == letter}


def _same_passage_statements(document_ids: Mapping[str, str], passages: Sequence[TableRow]) -> dict[str, list[str]]:
    """Statements that are the same passage of their document, both ways."""
    spans: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for row in passages:
        statement_id = row["statement_id"]
        spans[document_ids[statement_id]].append((statement_id, int(row["start"]), int(row["end"])))
    found: dict[str, list[str]] = defaultdict(list)
    for own in spans.values():
        for one, other in overlap.overlapping_pairs(own):
            found[one].append(other)
            found[other].append(one)
    return found
