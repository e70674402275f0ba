"""Reads a REFI-QDA project or codebook, element by element: no tree of it is ever in memory."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from compendium.curation.formats import identifiers, text_positions
from compendium.curation.formats.archive import MAX_XML_BYTES, Archive, LimitedStream
from compendium.curation.formats.errors import ImportRefused
from compendium.curation.formats.model import NO_SPAN, Code, Document, Group, Passage, Project, check_code_tree
from compendium.curation.formats.text_positions import PlainText

_PROJECT_NAMESPACE = "{urn:QDA-XML:project:1.0}"
_CODEBOOK_NAMESPACE = "{urn:QDA-XML:codebook:1.0}"
_MAX_DEPTH = 100
MAX_ELEMENTS = 600_000
"""Elements; a project of 100,000 codings has some 400,000."""
_CHUNK_BYTES = 1 << 16
_SOURCE_KINDS = {
    "TextSource": "text",
    "PDFSource": "pdf",
    "PictureSource": "picture",
    "AudioSource": "audio",
    "VideoSource": "video",
}
_SELECTION_KINDS = ("PlainText", "PDF", "Picture", "Audio", "Video", "Transcript")
_TEXT_ELEMENTS = {"Representation", "TextDescription", "Transcript"}
_VALUE_ELEMENTS = {"TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue"}
_CONTENT_ELEMENTS = {"Description", "PlainTextContent", *_VALUE_ELEMENTS}


@dataclass(slots=True)
class OpenElement:
    """An element that is open: its attributes, and what its children left."""

    tag: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)
    description: str = ""
    content: str | None = None
    codings: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    value: str = ""
    passages: list[Passage] = field(default_factory=list)
    sync_points: dict[str, tuple[str, str]] = field(default_factory=dict)
    text_elements: list["OpenElement"] = field(default_factory=list)


class ParserTarget:
    """What the parser calls for each event; builds :class:`Project`."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self.project = Project()
        self.open_elements: list[OpenElement] = []
        self.open_codes: list[str] = []
        self.variable_names: dict[str, str] = {}
        self.n_guids = self.n_elements = 0
        self.note_paths: dict[str, str] = {}
        self.excerpt_paths: list[tuple[Passage, str]] = []

    def doctype(self, name: str, public: str, system: str) -> None:
        """No project has one; it could only declare entities."""
        raise ImportRefused(f"{self.file_name} has a DOCTYPE, which a REFI-QDA file has not: it is not read.")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        plain = tag.removeprefix(_PROJECT_NAMESPACE).removeprefix(_CODEBOOK_NAMESPACE)
        if not self.open_elements and plain not in ("Project", "CodeBook"):
            raise ImportRefused(
                f"{self.file_name} begins with the element {tag!r}, so it is no REFI-QDA project or codebook."
            )
        self.n_elements += 1
        if self.n_elements > MAX_ELEMENTS:
            raise ImportRefused(f"{self.file_name} has more than {MAX_ELEMENTS:,} elements, the most that is read.")
        if len(self.open_elements) > _MAX_DEPTH:
            raise ImportRefused(f"{self.file_name} nests more than {_MAX_DEPTH} elements: no tool writes such a file.")
        self.open_elements.append(OpenElement(plain, dict(attributes)))
        if plain == "Code":
            self._start_code(self.open_elements[-1].attributes)

    def data(self, text: str) -> None:
        """Text, kept where it says something."""
        if self.open_elements and self.open_elements[-1].tag in _CONTENT_ELEMENTS:
            self.open_elements[-1].text.append(text)

    def end(self, tag: str) -> None:
        """An element ends: what it holds goes to the project, or to the element around it."""
        frame = self.open_elements.pop()
        around = self.open_elements[-1] if self.open_elements else OpenElement("", {})
        if handle := _HANDLERS.get(frame.tag):
            handle(self, frame, around)

    def close(self) -> Project:
        """All has been read."""
        return self.project

    def comment(self, text: str) -> None:
        """Says nothing."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Says nothing."""

    def element_guid(self, attributes: dict[str, str]) -> str:
        """The identifier of an element; one that has none gets one by its number."""
        self.n_guids += 1
        return identifiers.normalize_guid(attributes.get("guid", "")) or identifiers.make_guid(
            "element", str(self.n_guids)
        )

    def _start_code(self, attributes: dict[str, str]) -> None:
        guid = self.element_guid(attributes)
        if guid in self.open_codes:
            raise ImportRefused(
                f"The codebook goes round in a circle: the code {attributes.get('name', '')!r} lies under itself."
            )
        code = Code(
            guid,
            attributes.get("name", ""),
            self.open_codes[-1] if self.open_codes else "",
            color=attributes.get("color", ""),
        )
        self.project.codes.append(code)
        self.open_codes.append(guid)


_Handler = Callable[[ParserTarget, OpenElement, OpenElement], None]


def _end_project(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    project = target.project
    project.name, project.origin = element.attributes.get("name", ""), element.attributes.get("origin", "")
    project.description, project.own_notes = element.description, element.notes


def _end_codebook(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    if not target.open_elements:
        target.project.origin = element.attributes.get("origin", "")


def _end_user(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    guid = identifiers.normalize_guid(element.attributes.get("guid", ""))
    target.project.users[guid] = element.attributes.get("name", "") or element.attributes.get("id", "") or guid


def _end_code(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    guid = target.open_codes.pop()
    code = next(code for code in reversed(target.project.codes) if code.guid == guid)
    code.description, code.notes = element.description, element.notes


def _end_content(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    text = "".join(element.text)
    if element.tag == "Description":
        parent.description = text.strip()
    elif element.tag == "PlainTextContent":
        parent.content = text
    else:
        parent.value = text.strip()


def _end_reference(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    """A reference; what it means depends on the element around it."""
    guid = identifiers.normalize_guid(element.attributes.get("targetGUID", "") or element.attributes.get("guid", ""))
    if element.tag in ("NoteRef",) and parent.tag != "Set":
        parent.notes.append(guid)
    else:
        parent.members.append(guid)


def _end_coding(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    if element.members:
        parent.codings.append(
            (identifiers.normalize_guid(element.attributes.get("creatingUser", "")), element.members[0])
        )
    parent.notes += element.notes


def _end_variable_value(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    if element.members and element.value:
        parent.variables[element.members[0]] = element.value


def _end_variable(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    target.variable_names[identifiers.normalize_guid(element.attributes.get("guid", ""))] = element.attributes.get(
        "name", ""
    )
    if element.description:
        target.project.omissions["descriptions of variables"] += 1


def _end_sync_point(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    parent.sync_points[identifiers.normalize_guid(element.attributes.get("guid", ""))] = (
        element.attributes.get("position", ""),
        element.attributes.get("timeStamp", ""),
    )


def _end_selection(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    """A selection in text, PDF, picture, sound, film or transcript."""
    has, kind = element.attributes, element.tag.removesuffix("Selection")
    start, end, place = *NO_SPAN, ""
    if kind == "PlainText":
        start, end = (_read_position(has, each) for each in ("startPosition", "endPosition"))
    elif kind == "Transcript":
        first, last = (
            parent.sync_points.get(identifiers.normalize_guid(has.get(each, "")), ("", ""))
            for each in ("fromSyncPoint", "toSyncPoint")
        )
        if first[0].isdigit() and last[0].isdigit():
            start, end = int(first[0]), int(last[0])
        place = f"{_format_time(first[1])}–{_format_time(last[1])}"
    elif kind in ("Audio", "Video"):
        place = f"{_format_time(has.get('begin', ''))}–{_format_time(has.get('end', ''))}"
    else:
        corners = [has.get(each, "?") for each in ("firstX", "firstY", "secondX", "secondY")]
        region = f"region {corners[0]},{corners[1]} to {corners[2]},{corners[3]}"
        place = f"page {_page_label(has.get('page', ''))}, {region}" if kind == "PDF" else region
    text = next((part.content for part in element.text_elements if part.content), "") or has.get("name", "")
    passage = Passage(
        target.element_guid(has), start, end, text, place, element.description, element.codings, element.notes
    )
    parent.passages.append(passage)
    for part in element.text_elements:
        if part.content is None and part.attributes.get("plainTextPath"):
            target.excerpt_paths.append((passage, part.attributes["plainTextPath"]))
        target.project.omissions["codings inside of the text of a selection"] += len(part.passages)


def _end_text_element(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    parent.text_elements.append(element)


def _end_source(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    """A document. A PDF, picture, sound or film brings its plain text along as a part of it."""
    has, kind = element.attributes, _SOURCE_KINDS[element.tag]
    texts = [element] if kind == "text" else element.text_elements
    chosen = next((each for each in texts if each.content is not None or each.attributes.get("plainTextPath")), None)
    document = Document(
        target.element_guid(has),
        has.get("name", "") or _file_stem(has.get("plainTextPath", "") or has.get("path", "")),
        kind,
        path=chosen.attributes.get("plainTextPath", "") if chosen else "",
        text=chosen.content if chosen else None,
        description=element.description,
        date=has.get("creationDateTime", ""),
        codings=element.codings,
        variables=element.variables,
        notes=element.notes,
    )
    document.passages = element.passages
    for part in element.text_elements:
        if part is chosen or not part.passages:
            document.passages += part.passages
        else:
            target.project.omissions["selections in a second transcript of a recording"] += len(part.passages)
        document.codings += part.codings
        document.notes += part.notes
    document.passages = _merge_passages(document.passages)
    target.project.documents.append(document)


def _merge_passages(passages: list[Passage]) -> list[Passage]:
    """A selection that is told both in the PDF and in its plain text is one: the plain text has its words."""
    found: dict[str, Passage] = {}
    for passage in passages:
        known = found.setdefault(passage.guid, passage)
        if known is not passage:
            if (known.start, known.end) == NO_SPAN:
                known.start, known.end, known.text = passage.start, passage.end, passage.text
            known.locator = known.locator or passage.locator
            known.codings += [each for each in passage.codings if each not in known.codings]
            known.notes += [each for each in passage.notes if each not in known.notes]
    return list(found.values())


def _end_note(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    if parent.tag != "Notes":
        return
    guid, has = target.element_guid(element.attributes), element.attributes
    text = element.content if element.content is not None else element.description
    target.project.notes[guid] = (has.get("name", ""), text.strip())
    if element.content is None and has.get("plainTextPath"):
        target.note_paths[guid] = has["plainTextPath"]
    if element.passages:
        target.project.omissions["codings inside of memos"] += sum(len(each.codings) or 1 for each in element.passages)


def _end_link(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    target.project.links.append(
        (
            identifiers.normalize_guid(element.attributes.get("originGUID", "")),
            identifiers.normalize_guid(element.attributes.get("targetGUID", "")),
        )
    )


def _end_group(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    guid, name = identifiers.normalize_guid(element.attributes.get("guid", "")), element.attributes.get("name", "")
    kind = element.tag.lower()
    target.project.groups.append(Group(guid, name, kind, element.description, element.members, element.variables))


def _end_graph(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    target.project.omissions["graphs (drawings of a network)"] += 1


_HANDLERS: dict[str, _Handler] = {
    "Project": _end_project, "CodeBook": _end_codebook, "User": _end_user, "Code": _end_code, "Coding": _end_coding,
    "VariableValue": _end_variable_value, "Variable": _end_variable, "SyncPoint": _end_sync_point, "Note": _end_note, "Link": _end_link,
    "Case": _end_group, "Set": _end_group, "Graph": _end_graph,
    **dict.fromkeys(sorted(_CONTENT_ELEMENTS), _end_content),
    **dict.fromkeys(("CodeRef", "NoteRef", "SourceRef", "SelectionRef", "VariableRef"), _end_reference),
    **dict.fromkeys(("MemberCode", "MemberSource", "MemberNote"), _end_reference),
    **dict.fromkeys((f"{each}Selection" for each in _SELECTION_KINDS), _end_selection),
    **dict.fromkeys(sorted(_TEXT_ELEMENTS), _end_text_element),
    **dict.fromkeys(sorted(_SOURCE_KINDS), _end_source),
}  # fmt: skip


def read_refi_qda(path: Path, export_origin: str = "") -> tuple[Project, dict[str, PlainText]]:
    """Read a ``.qdpx`` project or a ``.qdc`` codebook, with the plain texts of its documents.

    Parameters
    ----------
    path : Path
        The file.
    export_origin : str
        Origin of our own exports, for which positions need not be guessed; empty for none.

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
            target = _parse_xml(LimitedStream(stream, MAX_XML_BYTES, path.name), path.name)
        check_code_tree(target.project.codes)
        return target.project, {}
    with Archive(path) as archive:
        with archive.open_project() as stream:
            target = _parse_xml(stream, stream.label)
        project = target.project
        check_code_tree(project.codes)
        for guid, entry in target.note_paths.items():
            project.notes[guid] = (project.notes[guid][0], _read_text(archive, entry).text.strip())
        for passage, entry in target.excerpt_paths:
            passage.text = _read_text(archive, entry).text.strip()
        _name_variables(target)
        return project, _locate_passages(project, archive, export_origin)


def _parse_xml(stream: LimitedStream, file_name: str) -> ParserTarget:
    # Entities can only be declared in a DOCTYPE, at which the target stops; `internal` is for &amp; and its like, which
    # the parser would else hand over as &#38; in attributes.
    target = ParserTarget(file_name)
    parser = etree.XMLParser(
        target=target, resolve_entities="internal", no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        while piece := stream.read(_CHUNK_BYTES):
            parser.feed(piece)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise ImportRefused(f"{file_name} is no well-formed XML: {error.msg}.") from error
    return target


def _name_variables(target: ParserTarget) -> None:
    """Variables by name instead of guid."""
    owners: list[Document | Group] = [*target.project.documents, *target.project.groups]
    for owner in owners:
        owner.variables = {target.variable_names.get(guid, guid): value for guid, value in owner.variables.items()}


def _locate_passages(project: Project, archive: Archive, export_origin: str) -> dict[str, PlainText]:
    """Bring positions to code points, cut out quotations; gives the texts by guid of their document."""
    texts: dict[str, PlainText] = {}
    placed: dict[str, list[Passage]] = {}
    for document in project.documents:
        placed[document.guid] = own = [each for each in document.passages if (each.start, each.end) != NO_SPAN]
        if document.text is not None:
            texts[document.guid], document.text = PlainText.from_decoded(document.text), None
        elif document.path and (own or archive.has_entry(document.path)):
            texts[document.guid] = _read_text(archive, document.path)
        elif own:
            raise ImportRefused(
                f"The document {document.name!r} has selections in a text that the project does not hold."
            )
    chosen, words = text_positions.choose_convention(
        ((text, placed[guid]) for guid, text in texts.items()), project.origin, export_origin
    )
    for document in project.documents:
        if document.guid in texts:
            _convert_passages(placed[document.guid], document.name, texts[document.guid], chosen)
    project.messages.append(f"Positions are counted in {chosen}: {words}.")
    return texts


def _convert_passages(
    passages: Sequence[Passage], document_name: str, text: PlainText, convention: text_positions.PositionConvention
) -> None:
    ends = text.to_code_points(convention, text_positions.passage_spans(passages))
    for passage, (start, end) in zip(passages, ends.tolist(), strict=True):
        if start < 0 or end < start:
            raise ImportRefused(
                f"The document {document_name!r} has a selection from {passage.start:,} to {passage.end:,}, "
                f"but its text has {len(text.text):,} characters."
            )
        passage.start, passage.end, passage.text = start, end, text.text[start:end]


def _read_text(archive: Archive, path: str) -> PlainText:
    return PlainText.from_decoded(text_positions.decode_unicode(archive.read_text(path), path))


def _read_position(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "")
    if not re.fullmatch("[0-9]{1,12}", text.strip()):
        raise ImportRefused(f"A selection has the {name} {text[:40]!r}, where a number from 0 is expected.")
    return int(text)


def _page_label(page_index: str) -> str:
    """Pages are counted from 0."""
    return str(int(page_index) + 1) if page_index.isdigit() else "?"


def _format_time(milliseconds: str) -> str:
    if not milliseconds.isdigit():
        return "?"
    seconds = int(milliseconds) // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _file_stem(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
