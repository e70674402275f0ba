"""A coded project as every tool knows it: codes, documents, passages, who coded what, memos, variables, sets."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from compendium.curation.formats.errors import ImportRefused

TableRow = dict[str, str]
"""A row of a table of a case, by column."""
NO_SPAN = (-1, -1)
"""The span of a passage that has no place in a plain text."""


@dataclass(slots=True)
class Code:
    """A code; ``parent`` is the guid of the code above it, empty at the top; a heading is not ``codable``."""

    guid: str
    name: str
    parent: str = ""
    description: str = ""
    color: str = ""
    notes: list[str] = field(default_factory=list)
    codable: bool = True


@dataclass(slots=True)
class Passage:
    """A stretch of a document, with the codes given to it as pairs of user and code.

    ``start`` and ``end`` count from the beginning of the plain text, first as the file counts them, then (see
    :mod:`compendium.curation.formats.text_positions`) in code points; ``text`` is the quotation; ``locator`` says where
    it stands when
    there is no plain text: a page, a region, a time.
    """

    guid: str
    start: int
    end: int
    text: str = ""
    locator: str = ""
    memo: str = ""
    codings: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def has_span(self) -> bool:
        """Whether it has a place in a plain text."""
        return (self.start, self.end) != NO_SPAN


@dataclass(slots=True)
class Document:
    """A source of the project; ``path`` leads to its plain text, unless ``text`` holds it."""

    guid: str
    name: str
    kind: str = "text"
    path: str = ""
    text: str | None = None
    description: str = ""
    date: str = ""
    passages: list[Passage] = field(default_factory=list)
    codings: list[tuple[str, str]] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """A case or a set: what belongs to it, by guid, and its variables."""

    guid: str
    name: str
    kind: str
    description: str = ""
    members: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Project:
    """All that was read. ``omissions`` counts what has no place here, in words; ``messages`` says how it was read."""

    name: str = ""
    origin: str = ""
    description: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: list[Code] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    notes: dict[str, tuple[str, str]] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    own_notes: list[str] = field(default_factory=list)
    omissions: Counter[str] = field(default_factory=Counter)
    messages: list[str] = field(default_factory=list)

    def passages(self) -> Iterator[Passage]:
        """The passages of all documents."""
        for document in self.documents:
            yield from document.passages


def check_code_tree(codes: list[Code]) -> None:
    """Refuse a codebook in which a code occurs twice or lies, at last, under itself."""
    parents: dict[str, str] = {}
    names = {code.guid: code.name for code in codes}
    for code in codes:
        if code.guid in parents:
            raise ImportRefused(f"The codebook has the code {code.name!r} ({code.guid}) twice.")
        parents[code.guid] = code.parent
    sound: set[str] = {""}
    for code in codes:
        path, above = [code.guid], code.parent
        while above not in sound and above in parents:
            if above in path:
                raise ImportRefused(
                    f"The codebook goes round in a circle: the code {names[above]!r} lies under itself."
                )
            path.append(above)
            above = parents[above]
        sound.update(path)
