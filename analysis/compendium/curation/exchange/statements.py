"""Passages of a document as statements: one for each place, in reading order."""

import re
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field

from compendium.curation.exchange import embedded_facts
from compendium.curation.exchange.annotations import Memo
from compendium.curation.exchange.import_log import ImportLog
from compendium.curation.exchange.import_mapping import NOT_STATED
from compendium.curation.formats.identifiers import unique_name
from compendium.curation.formats.model import Document, Passage, TableRow
from compendium.curation.formats.text_positions import PlainText

_EXCERPT_CHARS = 200
"""So much of a passage is quoted above a memo on it."""


@dataclass
class DocumentStatements:
    """``rows``; ``passages``: rows of passages; ``memos``; ``targets``: by guid of a passage, the row that it became.

    A passage without a code becomes no statement: the target is its document.
    """

    rows: list[TableRow] = field(default_factory=list)
    passages: list[TableRow] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)


@dataclass
class _PassageGroup:
    """A statement in the making: all passages at one place."""

    text: str
    passages: list[Passage]

    @property
    def first(self) -> Passage:
        return self.passages[0]


def convert_statements(
    document: Document, document_row: TableRow, text: PlainText | None, has_code: Callable[[str], bool], partnerships: Container[str],
    log: ImportLog,
) -> DocumentStatements:  # fmt: skip
    """The statements of a document.

    Parameters
    ----------
    document : Document
        With positions in code points.
    document_row : dict
        The document's row.
    text : Text or None
        Its plain text, if there is one.
    has_code : callable
        Whether a code, by guid, is in the codebook.
    partnerships : container of str
        Partnerships of the case.
    """
    joined = embedded_facts.has_joined_text(document.variables)
    coded, silent = _split_by_coding(document, has_code, log)
    units = _group_passages(coded)
    found = DocumentStatements(targets={passage.guid: document_row["document_id"] for passage, _ in silent})
    found.memos = [
        memo for passage, words in silent for memo in _passage_memos(passage, words, document_row["document_id"], log)
    ]
    breaks = [each.start() for each in re.finditer("\n", text.text if text else "")]
    width = max(2, len(str(len(units))))
    every = [_facts_and_memos(unit) for unit in units]
    kept = {said["statement_id"] for said, _ in every if "statement_id" in said}
    for position, (unit, (said, memos)) in enumerate(zip(units, every, strict=True), 1):
        statement_id = said.get("statement_id", "")
        if not statement_id.startswith(f"{document_row['document_id']}-"):
            statement_id = unique_name(f"{document_row['document_id']}-s{position:0{width}}", kept)
        first = unit.first
        place = first.locator or (
            f"paragraph {bisect_right(breaks, first.start) + 1}" if first.has_span else f"quotation {position}"
        )
        quoted = bool(unit.text.strip())
        partnership = said.get("partnership_id", "")
        found.rows.append(
            {
                "statement_id": statement_id,
                "document_id": document_row["document_id"],
                "position": str(position),
                "locator": said.get("locator") or place,
                "speaker": said.get("speaker") or document_row["issuer"] or NOT_STATED,
                "speaker_side": said.get("speaker_side") or document_row["issuer_side"],
                "partnership_id": partnership if partnership in partnerships else "",
                "text_kind": said.get("text_kind") or ("quotation" if quoted else "paraphrase"),
                "text": unit.text if quoted else f"[{place}]",
            }
        )
        if first.has_span and not joined:
            found.passages.append({"statement_id": statement_id, "start": str(first.start), "end": str(first.end)})
        found.targets.update((passage.guid, statement_id) for passage in unit.passages)
        found.memos += [Memo(statement_id, "", memo) for memo in memos]
    return found


def _split_by_coding(
    document: Document, has_code: Callable[[str], bool], log: ImportLog
) -> tuple[list[tuple[Passage, str]], list[tuple[Passage, str]]]:
    """Passages with a code and those without, each with its words; an empty stretch of text is neither."""
    coded: list[tuple[Passage, str]] = []
    silent: list[tuple[Passage, str]] = []
    for passage in document.passages:
        codings = sum(has_code(code) for _, code in passage.codings)
        log.omissions["codings with a code that the codebook has not"] += len(passage.codings) - codings
        words = log.clean_text(passage.text)
        if passage.has_span and not words.strip():
            log.omissions["codings of empty passages"] += codings
            log.omissions["empty passages"] += 1
        else:
            (coded if codings else silent).append((passage, words))
    return coded, silent


def _group_passages(coded_passages: Iterable[tuple[Passage, str]]) -> list[_PassageGroup]:
    """Passages at the same place as one, in reading order."""
    units: dict[tuple[object, ...], _PassageGroup] = {}
    for passage, words in coded_passages:
        units.setdefault(_place_key(passage, words), _PassageGroup(words, [])).passages.append(passage)
    return sorted(units.values(), key=lambda unit: (not unit.first.has_span, unit.first.start, unit.first.end))


def _passage_memos(passage: Passage, text: str, document_id: str, log: ImportLog) -> Iterator[Memo]:
    """What nobody coded is a memo of its document, if it says something."""
    if passage.memo:
        yield Memo(document_id, f"{passage.locator or 'on'}: {' '.join(text.split())[:_EXCERPT_CHARS]}", passage.memo)
    elif not passage.notes:
        log.omissions["passages without a code or a memo"] += 1


def _place_key(passage: Passage, text: str) -> tuple[object, ...]:
    """What passages share that are one statement: the place in the text, or the page, region or time and the words."""
    if passage.has_span:
        return passage.start, passage.end
    return passage.locator, text, "" if passage.locator else passage.guid


def _facts_and_memos(group: _PassageGroup) -> tuple[dict[str, str], list[str]]:
    """What an export of ours says of a statement, and its memos."""
    said: dict[str, str] = {}
    memos: list[str] = []
    for passage in group.passages:
        memo, facts = embedded_facts.split_facts(passage.memo, embedded_facts.STATEMENT_FACTS)
        said |= facts
        if memo and memo not in memos:
            memos.append(memo)
    return said, memos
