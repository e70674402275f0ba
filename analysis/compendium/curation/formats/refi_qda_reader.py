"""Reads a REFI-QDA project or codebook, element by element: no tree of it is ever in memory."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from compendium.curation.formats import identifiers, text_positions
from compendium.curation.formats.archive import LARGEST_XML, Archive, Counted
from compendium.curation.formats.model import (
    NOWHERE,
    Code,
    Document,
    Group,
    ImportRefused,
    Passage,
    Project,
    check_codes,
)
from compendium.curation.formats.text_positions import Text

PROJECT = "{urn:QDA-XML:project:1.0}"
CODEBOOK = "{urn:QDA-XML:codebook:1.0}"
DEEPEST = 100
MOST = 600_000
"""Elements; a project of 100,000 codings has some 400,000."""
PIECE = 1 << 16
SOURCES = {
    "TextSource": "text",
    "PDFSource": "pdf",
    "PictureSource": "picture",
    "AudioSource": "audio",
    "VideoSource": "video",
}
SELECTIONS = ("PlainText", "PDF", "Picture", "Audio", "Video", "Transcript")
TEXTS = {"Representation", "TextDescription", "Transcript"}
VALUES = {"TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue"}
CONTENT = {"Description", "PlainTextContent", *VALUES}


@dataclass(slots=True)
class Frame:
    """An element that is open: its attributes, and what its children left."""

    tag: str
    has: dict[str, str]
    text: list[str] = field(default_factory=list)
    description: str = ""
    content: str | None = None
    codings: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    value: str = ""
    passages: list[Passage] = field(default_factory=list)
    points: dict[str, tuple[str, str]] = field(default_factory=dict)
    parts: list["Frame"] = field(default_factory=list)


class Target:
    """What the parser calls for each event; builds :class:`Project`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.project = Project()
        self.open: list[Frame] = []
        self.codes: list[str] = []
        self.names: dict[str, str] = {}
        self.number = self.elements = 0
        self.note_texts: dict[str, str] = {}
        self.excerpts: list[tuple[Passage, str]] = []

    def doctype(self, name: str, public: str, system: str) -> None:
        """No project has one; it could only declare entities."""
        raise ImportRefused(f"{self.name} has a DOCTYPE, which a REFI-QDA file has not: it is not read.")

    def start(self, tag: str, has: dict[str, str]) -> None:
        """An element begins."""
        plain = tag.removeprefix(PROJECT).removeprefix(CODEBOOK)
        if not self.open and plain not in ("Project", "CodeBook"):
            raise ImportRefused(
                f"{self.name} begins with the element {tag!r}, so it is no REFI-QDA project or codebook."
            )
        self.elements += 1
        if self.elements > MOST:
            raise ImportRefused(f"{self.name} has more than {MOST:,} elements, the most that is read.")
        if len(self.open) > DEEPEST:
            raise ImportRefused(f"{self.name} nests more than {DEEPEST} elements: no tool writes such a file.")
        self.open.append(Frame(plain, dict(has)))
        if plain == "Code":
            self._code(self.open[-1].has)

    def data(self, text: str) -> None:
        """Text, kept where it says something."""
        if self.open and self.open[-1].tag in CONTENT:
            self.open[-1].text.append(text)

    def end(self, tag: str) -> None:
        """An element ends: what it holds goes to the project, or to the element around it."""
        frame = self.open.pop()
        around = self.open[-1] if self.open else Frame("", {})
        if handle := HANDLERS.get(frame.tag):
            handle(self, frame, around)

    def close(self) -> Project:
        """All has been read."""
        return self.project

    def comment(self, text: str) -> None:
        """Says nothing."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Says nothing."""

    def guid(self, has: dict[str, str]) -> str:
        """The identifier of an element; one that has none gets one by its number."""
        self.number += 1
        return identifiers.as_guid(has.get("guid", "")) or identifiers.guid("element", str(self.number))

    def _code(self, has: dict[str, str]) -> None:
        guid = self.guid(has)
        if guid in self.codes:
            raise ImportRefused(
                f"The codebook goes round in a circle: the code {has.get('name', '')!r} lies under itself."
            )
        code = Code(guid, has.get("name", ""), self.codes[-1] if self.codes else "", color=has.get("color", ""))
        self.project.codes.append(code)
        self.codes.append(guid)


Handler = Callable[[Target, Frame, Frame], None]


def _project(target: Target, frame: Frame, around: Frame) -> None:
    project = target.project
    project.name, project.origin = frame.has.get("name", ""), frame.has.get("origin", "")
    project.description, project.own_notes = frame.description, frame.notes


def _codebook(target: Target, frame: Frame, around: Frame) -> None:
    if not target.open:
        target.project.origin = frame.has.get("origin", "")


def _user(target: Target, frame: Frame, around: Frame) -> None:
    guid = identifiers.as_guid(frame.has.get("guid", ""))
    target.project.users[guid] = frame.has.get("name", "") or frame.has.get("id", "") or guid


def _end_of_code(target: Target, frame: Frame, around: Frame) -> None:
    guid = target.codes.pop()
    code = next(code for code in reversed(target.project.codes) if code.guid == guid)
    code.description, code.notes = frame.description, frame.notes


def _content(target: Target, frame: Frame, around: Frame) -> None:
    text = "".join(frame.text)
    if frame.tag == "Description":
        around.description = text.strip()
    elif frame.tag == "PlainTextContent":
        around.content = text
    else:
        around.value = text.strip()


def _ref(target: Target, frame: Frame, around: Frame) -> None:
    """A reference; what it means depends on the element around it."""
    guid = identifiers.as_guid(frame.has.get("targetGUID", "") or frame.has.get("guid", ""))
    if frame.tag in ("NoteRef",) and around.tag != "Set":
        around.notes.append(guid)
    else:
        around.members.append(guid)


def _coding(target: Target, frame: Frame, around: Frame) -> None:
    if frame.members:
        around.codings.append((identifiers.as_guid(frame.has.get("creatingUser", "")), frame.members[0]))
    around.notes += frame.notes


def _value(target: Target, frame: Frame, around: Frame) -> None:
    if frame.members and frame.value:
        around.variables[frame.members[0]] = frame.value


def _variable(target: Target, frame: Frame, around: Frame) -> None:
    target.names[identifiers.as_guid(frame.has.get("guid", ""))] = frame.has.get("name", "")
    if frame.description:
        target.project.omissions["descriptions of variables"] += 1


def _point(target: Target, frame: Frame, around: Frame) -> None:
    around.points[identifiers.as_guid(frame.has.get("guid", ""))] = (
        frame.has.get("position", ""),
        frame.has.get("timeStamp", ""),
    )


def _selection(target: Target, frame: Frame, around: Frame) -> None:
    """A selection in text, PDF, picture, sound, film or transcript."""
    has, kind = frame.has, frame.tag.removesuffix("Selection")
    start, end, place = *NOWHERE, ""
    if kind == "PlainText":
        start, end = (_number(has, each) for each in ("startPosition", "endPosition"))
    elif kind == "Transcript":
        first, last = (
            around.points.get(identifiers.as_guid(has.get(each, "")), ("", ""))
            for each in ("fromSyncPoint", "toSyncPoint")
        )
        if first[0].isdigit() and last[0].isdigit():
            start, end = int(first[0]), int(last[0])
        place = f"{_time(first[1])}–{_time(last[1])}"
    elif kind in ("Audio", "Video"):
        place = f"{_time(has.get('begin', ''))}–{_time(has.get('end', ''))}"
    else:
        corners = [has.get(each, "?") for each in ("firstX", "firstY", "secondX", "secondY")]
        region = f"region {corners[0]},{corners[1]} to {corners[2]},{corners[3]}"
        place = f"page {_page(has.get('page', ''))}, {region}" if kind == "PDF" else region
    text = next((part.content for part in frame.parts if part.content), "") or has.get("name", "")
    passage = Passage(target.guid(has), start, end, text, place, frame.description, frame.codings, frame.notes)
    around.passages.append(passage)
    for part in frame.parts:
        if part.content is None and part.has.get("plainTextPath"):
            target.excerpts.append((passage, part.has["plainTextPath"]))
        target.project.omissions["codings inside of the text of a selection"] += len(part.passages)


def _part(target: Target, frame: Frame, around: Frame) -> None:
    around.parts.append(frame)


def _source(target: Target, frame: Frame, around: Frame) -> None:
    """A document. A PDF, picture, sound or film brings its plain text along as a part of it."""
    has, kind = frame.has, SOURCES[frame.tag]
    texts = [frame] if kind == "text" else frame.parts
    chosen = next((each for each in texts if each.content is not None or each.has.get("plainTextPath")), None)
    document = Document(
        target.guid(has),
        has.get("name", "") or _file_name(has.get("plainTextPath", "") or has.get("path", "")),
        kind,
        path=chosen.has.get("plainTextPath", "") if chosen else "",
        text=chosen.content if chosen else None,
        description=frame.description,
        date=has.get("creationDateTime", ""),
        codings=frame.codings,
        variables=frame.variables,
        notes=frame.notes,
    )
    document.passages = frame.passages
    for part in frame.parts:
        if part is chosen or not part.passages:
            document.passages += part.passages
        else:
            target.project.omissions["selections in a second transcript of a recording"] += len(part.passages)
        document.codings += part.codings
        document.notes += part.notes
    document.passages = _once(document.passages)
    target.project.documents.append(document)


def _once(passages: list[Passage]) -> list[Passage]:
    """A selection that is told both in the PDF and in its plain text is one: the plain text has its words."""
    found: dict[str, Passage] = {}
    for passage in passages:
        known = found.setdefault(passage.guid, passage)
        if known is not passage:
            if (known.start, known.end) == NOWHERE:
                known.start, known.end, known.text = passage.start, passage.end, passage.text
            known.place = known.place or passage.place
            known.codings += [each for each in passage.codings if each not in known.codings]
            known.notes += [each for each in passage.notes if each not in known.notes]
    return list(found.values())


def _note(target: Target, frame: Frame, around: Frame) -> None:
    if around.tag != "Notes":
        return
    guid, has = target.guid(frame.has), frame.has
    text = frame.content if frame.content is not None else frame.description
    target.project.notes[guid] = (has.get("name", ""), text.strip())
    if frame.content is None and has.get("plainTextPath"):
        target.note_texts[guid] = has["plainTextPath"]
    if frame.passages:
        target.project.omissions["codings inside of memos"] += sum(len(each.codings) or 1 for each in frame.passages)


def _link(target: Target, frame: Frame, around: Frame) -> None:
    target.project.links.append(
        (identifiers.as_guid(frame.has.get("originGUID", "")), identifiers.as_guid(frame.has.get("targetGUID", "")))
    )


def _group(target: Target, frame: Frame, around: Frame) -> None:
    guid, name = identifiers.as_guid(frame.has.get("guid", "")), frame.has.get("name", "")
    kind = frame.tag.lower()
    target.project.groups.append(Group(guid, name, kind, frame.description, frame.members, frame.variables))


def _graph(target: Target, frame: Frame, around: Frame) -> None:
    target.project.omissions["graphs (drawings of a network)"] += 1


HANDLERS: dict[str, Handler] = {
    "Project": _project, "CodeBook": _codebook, "User": _user, "Code": _end_of_code, "Coding": _coding,
    "VariableValue": _value, "Variable": _variable, "SyncPoint": _point, "Note": _note, "Link": _link,
    "Case": _group, "Set": _group, "Graph": _graph,
    **dict.fromkeys(sorted(CONTENT), _content),
    **dict.fromkeys(("CodeRef", "NoteRef", "SourceRef", "SelectionRef", "VariableRef"), _ref),
    **dict.fromkeys(("MemberCode", "MemberSource", "MemberNote"), _ref),
    **dict.fromkeys((f"{each}Selection" for each in SELECTIONS), _selection),
    **dict.fromkeys(sorted(TEXTS), _part),
    **dict.fromkeys(sorted(SOURCES), _source),
}  # fmt: skip


def read(path: Path) -> tuple[Project, dict[str, Text]]:
    """Read a ``.qdpx`` project or a ``.qdc`` codebook, with the plain texts of its documents.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    project : Project
        With positions in code points of the plain texts, and quotations cut out of them.
    texts : dict of str to Text
        The plain texts by guid of the document.

    Raises
    ------
    Refused
        In one sentence, when the file is damaged, hostile, or no REFI-QDA file.
    """
    if not path.is_file():
        raise ImportRefused(f"There is no file {path}.")
    if path.suffix.lower() == ".qdc":
        with path.open("rb") as stream:
            target = _parsed(Counted(stream, LARGEST_XML, path.name), path.name)
        check_codes(target.project.codes)
        return target.project, {}
    with Archive(path) as archive:
        with archive.project() as stream:
            target = _parsed(stream, stream.what)
        project = target.project
        check_codes(project.codes)
        for guid, entry in target.note_texts.items():
            project.notes[guid] = (project.notes[guid][0], _text(archive, entry).plain.strip())
        for passage, entry in target.excerpts:
            passage.text = _text(archive, entry).plain.strip()
        _name_variables(target)
        return project, _located(project, archive)


def _parsed(stream: Counted, name: str) -> Target:
    # Entities can only be declared in a DOCTYPE, at which the target stops; `internal` is for &amp; and its like, which
    # the parser would else hand over as &#38; in attributes.
    target = Target(name)
    parser = etree.XMLParser(
        target=target, resolve_entities="internal", no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        while piece := stream.read(PIECE):
            parser.feed(piece)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise ImportRefused(f"{name} is no well-formed XML: {error.msg}.") from error
    return target


def _name_variables(target: Target) -> None:
    """Variables by name instead of guid."""
    owners: list[Document | Group] = [*target.project.documents, *target.project.groups]
    for owner in owners:
        owner.variables = {target.names.get(guid, guid): value for guid, value in owner.variables.items()}


def _located(project: Project, archive: Archive) -> dict[str, Text]:
    """Bring positions to code points, cut out quotations; gives the texts by guid of their document."""
    texts: dict[str, Text] = {}
    placed: dict[str, list[Passage]] = {}
    for document in project.documents:
        placed[document.guid] = own = [each for each in document.passages if (each.start, each.end) != NOWHERE]
        if document.text is not None:
            texts[document.guid], document.text = Text.of(document.text), None
        elif document.path and (own or archive.has(document.path)):
            texts[document.guid] = _text(archive, document.path)
        elif own:
            raise ImportRefused(
                f"The document {document.name!r} has selections in a text that the project does not hold."
            )
    chosen, words = text_positions.choose(((text, placed[guid]) for guid, text in texts.items()), project.origin)
    for document in project.documents:
        if document.guid in texts:
            _cut(placed[document.guid], document.name, texts[document.guid], chosen)
    project.messages.append(f"Positions are counted in {chosen}: {words}.")
    return texts


def _cut(passages: Sequence[Passage], document: str, text: Text, convention: text_positions.Convention) -> None:
    ends = text.place(convention, text_positions.spans(passages))
    for passage, (start, end) in zip(passages, ends.tolist(), strict=True):
        if start < 0 or end < start:
            raise ImportRefused(
                f"The document {document!r} has a selection from {passage.start:,} to {passage.end:,}, "
                f"but its text has {len(text.plain):,} characters."
            )
        passage.start, passage.end, passage.text = start, end, text.plain[start:end]


def _text(archive: Archive, path: str) -> Text:
    return Text.of(text_positions.decode(archive.text(path), path))


def _number(has: dict[str, str], name: str) -> int:
    text = has.get(name, "")
    if not re.fullmatch("[0-9]{1,12}", text.strip()):
        raise ImportRefused(f"A selection has the {name} {text[:40]!r}, where a number from 0 is expected.")
    return int(text)


def _page(number: str) -> str:
    """Pages are counted from 0."""
    return str(int(number) + 1) if number.isdigit() else "?"


def _time(milliseconds: str) -> str:
    if not milliseconds.isdigit():
        return "?"
    seconds = int(milliseconds) // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
