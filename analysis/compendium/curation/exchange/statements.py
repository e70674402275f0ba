"""Conversion of passages to statements: one statement per position in a document, in reading order."""

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
"""Maximum length of the excerpt in the title of a memo on a passage."""


@dataclass
class DocumentStatements:
    """Statements of a document.

    Parameters
    ----------
    rows : list of dict
        Rows of the table statements.
    passages : list of dict
        Rows of the table passages.
    memos : list of Memo
    targets : dict of str to str
        By guid of a passage: the id of its statement, or of its document if the passage has no code.
    """

    rows: list[TableRow] = field(default_factory=list)
    passages: list[TableRow] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)


@dataclass
class _PassageGroup:
    """Passages at the same position, which become one statement."""

    text: str
    passages: list[Passage]

    @property
    def first(self) -> Passage:
        return self.passages[0]


def convert_statements(
    document: Document,
    document_row: TableRow,
    text: PlainText | None,
    has_code: Callable[[str], bool],
    partnerships: Container[str],
    log: ImportLog,
) -> DocumentStatements:
    """Convert the passages of a document to statements.

    Parameters
    ----------
    document : Document
        With positions in code points.
    document_row : dict
        Row of the table documents.
    text : PlainText or None
        Plain text of the document, if there is one.
    has_code : callable
        Whether the codebook contains a code, by guid.
    partnerships : container of str
        Partnerships of the case.
    log : ImportLog
    """
    document_id = document_row["document_id"]
    has_joined_text = embedded_facts.has_joined_text(document.variables)
    coded, uncoded = _split_by_coding(document, has_code, log)
    groups = _group_passages(coded)
    statements = DocumentStatements(targets={passage.guid: document_id for passage, _ in uncoded})
    statements.memos = [
        memo for passage, passage_text in uncoded for memo in _passage_memos(passage, passage_text, document_id, log)
    ]
    line_ends = [match.start() for match in re.finditer("\n", text.text if text else "")]
    width = max(2, len(str(len(groups))))
    facts_and_memos = [_facts_and_memos(group) for group in groups]
    used_ids = {facts["statement_id"] for facts, _ in facts_and_memos if "statement_id" in facts}
    for position, (group, (facts, memos)) in enumerate(zip(groups, facts_and_memos, strict=True), 1):
        statement_id = facts.get("statement_id", "")
        if not statement_id.startswith(f"{document_id}-"):
            statement_id = unique_name(f"{document_id}-s{position:0{width}}", used_ids)
        first = group.first
        locator = first.locator or (
            f"paragraph {bisect_right(line_ends, first.start) + 1}" if first.has_span else f"quotation {position}"
        )
        has_text = bool(group.text.strip())
        partnership_id = facts.get("partnership_id", "")
        statements.rows.append(
            {
                "statement_id": statement_id,
                "document_id": document_id,
                "position": str(position),
                "locator": facts.get("locator") or locator,
                "speaker": facts.get("speaker") or document_row["issuer"] or NOT_STATED,
                "speaker_side": facts.get("speaker_side") or document_row["issuer_side"],
                "partnership_id": partnership_id if partnership_id in partnerships else "",
                "text_kind": facts.get("text_kind") or ("quotation" if has_text else "paraphrase"),
                "text": group.text if has_text else f"[{locator}]",
            }
        )
        if first.has_span and not has_joined_text:
            statements.passages.append({"statement_id": statement_id, "start": str(first.start), "end": str(first.end)})
        statements.targets.update((passage.guid, statement_id) for passage in group.passages)
        statements.memos += [Memo(statement_id, "", memo) for memo in memos]
    return statements


def _split_by_coding(
    document: Document, has_code: Callable[[str], bool], log: ImportLog
) -> tuple[list[tuple[Passage, str]], list[tuple[Passage, str]]]:
    """Split passages, each with its clean text, by whether they have a code; omit spans without text."""
    coded: list[tuple[Passage, str]] = []
    uncoded: list[tuple[Passage, str]] = []
    for passage in document.passages:
        n_codings = sum(has_code(code) for _, code in passage.codings)
        log.omissions["codings with a code that is not in the codebook"] += len(passage.codings) - n_codings
        text = log.clean_text(passage.text)
        if passage.has_span and not text.strip():
            log.omissions["codings of empty passages"] += n_codings
            log.omissions["empty passages"] += 1
        else:
            (coded if n_codings else uncoded).append((passage, text))
    return coded, uncoded


def _group_passages(coded_passages: Iterable[tuple[Passage, str]]) -> list[_PassageGroup]:
    """Group passages by position, in reading order; passages without a span come last."""
    groups: dict[tuple[object, ...], _PassageGroup] = {}
    for passage, text in coded_passages:
        groups.setdefault(_place_key(passage, text), _PassageGroup(text, [])).passages.append(passage)
    return sorted(groups.values(), key=lambda group: (not group.first.has_span, group.first.start, group.first.end))


def _passage_memos(passage: Passage, text: str, document_id: str, log: ImportLog) -> Iterator[Memo]:
    """Memo of an uncoded passage, as a memo of its document."""
    if passage.memo:
        yield Memo(document_id, f"{passage.locator or 'on'}: {' '.join(text.split())[:_EXCERPT_CHARS]}", passage.memo)
    elif not passage.notes:
        log.omissions["passages without a code or a memo"] += 1


def _place_key(passage: Passage, text: str) -> tuple[object, ...]:
    """Key of passages at the same position: the span, or else the locator (page, region, time) and the text."""
    if passage.has_span:
        return passage.start, passage.end
    return passage.locator, text, "" if passage.locator else passage.guid


def _facts_and_memos(group: _PassageGroup) -> tuple[dict[str, str], list[str]]:
    """Facts that an export of this package embedded in the memos of passages, and the memos without them."""
    group_facts: dict[str, str] = {}
    memos: list[str] = []
    for passage in group.passages:
        memo, facts = embedded_facts.split_facts(passage.memo, embedded_facts.STATEMENT_FACTS)
        group_facts |= facts
        if memo and memo not in memos:
            memos.append(memo)
    return group_facts, memos
