"""Model of a coded project that all readers and writers share."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from compendium.curation.formats.errors import ImportRefused

TableRow = dict[str, str]
"""A table row: values by column name."""
NO_SPAN = (-1, -1)
"""Start and end of a passage that has no position in a plain text."""


@dataclass(slots=True)
class Code:
    """A code of the codebook.

    Parameters
    ----------
    parent : str
        GUID of the code above it; empty at the top of the tree.
    color : str
        Colour as the file gives it, usually ``#RRGGBB``.
    notes : list of str
        GUIDs of the notes about the code.
    codable : bool
        False for a heading, which cannot be assigned to passages.
    """

    guid: str
    name: str
    parent: str = ""
    description: str = ""
    color: str = ""
    notes: list[str] = field(default_factory=list)
    codable: bool = True


@dataclass(slots=True)
class Passage:
    """A selected part of a document, with its codings.

    Parameters
    ----------
    start, end : int
        Positions in the plain text: as the file counts them while it is being read, in code points afterwards (see
        :mod:`compendium.curation.formats.text_positions`). :data:`NO_SPAN` without a plain text.
    text : str
        The quotation.
    locator : str
        Page, region or time of a passage that has no plain text.
    codings : list of (str, str)
        Pairs of user GUID and code GUID; an empty user GUID if the coder is unknown.
    notes : list of str
        GUIDs of the notes about the passage.
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
        """Whether the passage has a position in a plain text."""
        return (self.start, self.end) != NO_SPAN


@dataclass(slots=True)
class Document:
    """A document (REFI-QDA: source) of the project.

    Parameters
    ----------
    kind : str
        ``text``, ``pdf``, ``picture``, ``audio`` or ``video``.
    path : str
        Path of its plain text in the archive, unless ``text`` contains the text.
    codings : list of (str, str)
        Codings of the document as a whole: pairs of user GUID and code GUID.
    variables : dict of str to str
        Values by name of the variable.
    notes : list of str
        GUIDs of the notes about the document.
    """

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
    """A case or a set: its members (GUIDs of documents, passages or codes) and its variables.

    ``kind`` is ``case`` or ``set``.
    """

    guid: str
    name: str
    kind: str
    description: str = ""
    members: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Project:
    """A coded project.

    Parameters
    ----------
    origin : str
        Name of the software that wrote the file.
    users : dict of str to str
        Names of the coders by GUID.
    notes : dict of str to (str, str)
        Title and text of each note by GUID.
    links : list of (str, str)
        Pairs of GUIDs that the file links.
    own_notes : list of str
        GUIDs of the notes about the project as a whole.
    omissions : Counter of str
        Number of ignored items by description, for the import report.
    messages : list of str
        Sentences about how the file was read, for the import report.

    Examples
    --------
    >>> passage = Passage("p1", 0, 5, "Gates", codings=[("u1", "c1")])
    >>> project = Project(
    ...     users={"u1": "Ann"}, codes=[Code("c1", "Entry")], documents=[Document("d1", "Speech", passages=[passage])]
    ... )
    >>> [(passage.text, passage.has_span) for passage in project.passages()]
    [('Gates', True)]
    """

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
        """Iterate over the passages of all documents."""
        for document in self.documents:
            yield from document.passages


def check_code_tree(codes: list[Code]) -> None:
    """Check that the parents of the codes form a tree.

    Raises
    ------
    ImportRefused
        If two codes have the same GUID, or a code is its own ancestor.

    Examples
    --------
    >>> check_code_tree([Code("c1", "Borders"), Code("c2", "Gates", parent="c1")])
    >>> check_code_tree([Code("c1", "Borders", parent="c1")])
    Traceback (most recent call last):
    compendium.curation.formats.errors.ImportRefused: The codebook contains a cycle: 'Borders' is its own ancestor.
    """
    parents: dict[str, str] = {}
    names = {code.guid: code.name for code in codes}
    for code in codes:
        if code.guid in parents:
            raise ImportRefused(f"The codebook contains the code {code.name!r} ({code.guid}) twice.")
        parents[code.guid] = code.parent
    checked: set[str] = {""}
    for code in codes:
        path, parent = [code.guid], code.parent
        while parent not in checked and parent in parents:
            if parent in path:
                raise ImportRefused(f"The codebook contains a cycle: {names[parent]!r} is its own ancestor.")
            path.append(parent)
            parent = parents[parent]
        checked.update(path)
