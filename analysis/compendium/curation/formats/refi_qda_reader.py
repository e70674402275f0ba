"""Reader of REFI-QDA projects and codebooks; streams the XML instead of building a tree in memory."""

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
"""Largest number of XML elements; a project with 100,000 codings has about 400,000."""
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
    """An XML element whose end tag has not been read yet, with the results of its finished children."""

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
    """Parser target for lxml: receives the events of the XML parser and builds a :class:`Project`.

    ``note_paths`` and ``excerpt_paths`` collect the notes and selections whose text is in a separate file.
    """

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
        """Refuse a DOCTYPE: REFI-QDA does not use it, and it can declare harmful entities."""
        raise ImportRefused(f"{self.file_name} has a DOCTYPE, which REFI-QDA files must not have.")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element, after checks of the number and depth of elements."""
        local_name = tag.removeprefix(_PROJECT_NAMESPACE).removeprefix(_CODEBOOK_NAMESPACE)
        if not self.open_elements and local_name not in ("Project", "CodeBook"):
            raise ImportRefused(f"{self.file_name} is not a REFI-QDA project or codebook: its root element is {tag!r}.")
        self.n_elements += 1
        if self.n_elements > MAX_ELEMENTS:
            raise ImportRefused(f"{self.file_name} has more than {MAX_ELEMENTS:,} elements, which is the limit.")
        if len(self.open_elements) > _MAX_DEPTH:
            raise ImportRefused(
                f"{self.file_name} nests more than {_MAX_DEPTH} levels of elements, which is the limit."
            )
        self.open_elements.append(OpenElement(local_name, dict(attributes)))
        if local_name == "Code":
            self._start_code(self.open_elements[-1].attributes)

    def data(self, text: str) -> None:
        """Add text to the open element, if elements of its kind have text content."""
        if self.open_elements and self.open_elements[-1].tag in _CONTENT_ELEMENTS:
            self.open_elements[-1].text.append(text)

    def end(self, tag: str) -> None:
        """Close an element: its handler adds its content to the project or to the parent element."""
        element = self.open_elements.pop()
        parent = self.open_elements[-1] if self.open_elements else OpenElement("", {})
        if handler := _HANDLERS.get(element.tag):
            handler(self, element, parent)

    def close(self) -> Project:
        """Return the project at the end of the file."""
        return self.project

    def comment(self, text: str) -> None:
        """Ignore a comment."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Ignore a processing instruction."""

    def element_guid(self, attributes: dict[str, str]) -> str:
        """GUID of an element, computed from its number if it has none."""
        self.n_guids += 1
        guid = identifiers.normalize_guid(attributes.get("guid", ""))
        return guid or identifiers.make_guid("element", str(self.n_guids))

    def _start_code(self, attributes: dict[str, str]) -> None:
        guid = self.element_guid(attributes)
        if guid in self.open_codes:
            raise ImportRefused(f"The codebook contains a cycle: {attributes.get('name', '')!r} is its own ancestor.")
        parent = self.open_codes[-1] if self.open_codes else ""
        self.project.codes.append(Code(guid, attributes.get("name", ""), parent, color=attributes.get("color", "")))
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
    """Add the target of a reference to the notes or members of the parent element."""
    guid = identifiers.normalize_guid(element.attributes.get("targetGUID", "") or element.attributes.get("guid", ""))
    if element.tag == "NoteRef" and parent.tag != "Set":
        parent.notes.append(guid)
    else:
        parent.members.append(guid)


def _end_coding(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    if element.members:
        user = identifiers.normalize_guid(element.attributes.get("creatingUser", ""))
        parent.codings.append((user, element.members[0]))
    parent.notes += element.notes


def _end_variable_value(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    if element.members and element.value:
        parent.variables[element.members[0]] = element.value


def _end_variable(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    guid = identifiers.normalize_guid(element.attributes.get("guid", ""))
    target.variable_names[guid] = element.attributes.get("name", "")
    if element.description:
        target.project.omissions["descriptions of variables"] += 1


def _end_sync_point(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    attributes = element.attributes
    guid = identifiers.normalize_guid(attributes.get("guid", ""))
    parent.sync_points[guid] = (attributes.get("position", ""), attributes.get("timeStamp", ""))


def _end_selection(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    """Add a selection in a text, PDF, picture, recording or transcript to its source as a passage."""
    attributes, kind = element.attributes, element.tag.removesuffix("Selection")
    start, end, locator = *NO_SPAN, ""
    if kind == "PlainText":
        start, end = (_read_position(attributes, name) for name in ("startPosition", "endPosition"))
    elif kind == "Transcript":
        (first_position, first_time), (last_position, last_time) = (
            parent.sync_points.get(identifiers.normalize_guid(attributes.get(name, "")), ("", ""))
            for name in ("fromSyncPoint", "toSyncPoint")
        )
        if first_position.isdigit() and last_position.isdigit():
            start, end = int(first_position), int(last_position)
        locator = f"{_format_time(first_time)}–{_format_time(last_time)}"
    elif kind in ("Audio", "Video"):
        locator = f"{_format_time(attributes.get('begin', ''))}–{_format_time(attributes.get('end', ''))}"
    else:
        corners = [attributes.get(name, "?") for name in ("firstX", "firstY", "secondX", "secondY")]
        locator = f"region {corners[0]},{corners[1]} to {corners[2]},{corners[3]}"
        if kind == "PDF":
            locator = f"page {_page_label(attributes.get('page', ''))}, {locator}"
    text = next((part.content for part in element.text_elements if part.content), "") or attributes.get("name", "")
    passage = Passage(
        target.element_guid(attributes),
        start,
        end,
        text,
        locator,
        element.description,
        element.codings,
        element.notes,
    )
    parent.passages.append(passage)
    for part in element.text_elements:
        if part.content is None and part.attributes.get("plainTextPath"):
            target.excerpt_paths.append((passage, part.attributes["plainTextPath"]))
        target.project.omissions["codings inside the text of a selection"] += len(part.passages)


def _end_text_element(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    parent.text_elements.append(element)


def _end_source(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    """Add a source to the project as a document; a PDF or recording has its text in a child element."""
    attributes, kind = element.attributes, _SOURCE_KINDS[element.tag]
    candidates = [element] if kind == "text" else element.text_elements
    text_element = next(
        (part for part in candidates if part.content is not None or part.attributes.get("plainTextPath")), None
    )
    document = Document(
        target.element_guid(attributes),
        attributes.get("name", "") or _file_stem(attributes.get("plainTextPath", "") or attributes.get("path", "")),
        kind,
        path=text_element.attributes.get("plainTextPath", "") if text_element else "",
        text=text_element.content if text_element else None,
        description=element.description,
        date=attributes.get("creationDateTime", ""),
        passages=element.passages,
        codings=element.codings,
        variables=element.variables,
        notes=element.notes,
    )
    for part in element.text_elements:
        if part is text_element or not part.passages:
            document.passages += part.passages
        else:
            target.project.omissions["selections in a second transcript of a recording"] += len(part.passages)
        document.codings += part.codings
        document.notes += part.notes
    document.passages = _merge_passages(document.passages)
    target.project.documents.append(document)


def _merge_passages(passages: list[Passage]) -> list[Passage]:
    """Merge passages with the same GUID: some tools write a PDF selection again in its plain text."""
    merged: dict[str, Passage] = {}
    for passage in passages:
        first = merged.setdefault(passage.guid, passage)
        if first is not passage:
            if not first.has_span:
                first.start, first.end, first.text = passage.start, passage.end, passage.text
            first.locator = first.locator or passage.locator
            first.codings += [coding for coding in passage.codings if coding not in first.codings]
            first.notes += [note for note in passage.notes if note not in first.notes]
    return list(merged.values())


def _end_note(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    if parent.tag != "Notes":
        return
    attributes = element.attributes
    guid = target.element_guid(attributes)
    text = element.content if element.content is not None else element.description
    target.project.notes[guid] = (attributes.get("name", ""), text.strip())
    if element.content is None and attributes.get("plainTextPath"):
        target.note_paths[guid] = attributes["plainTextPath"]
    if element.passages:
        n_codings = sum(len(passage.codings) or 1 for passage in element.passages)
        target.project.omissions["codings inside memos"] += n_codings


def _end_link(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    origin, destination = (
        identifiers.normalize_guid(element.attributes.get(name, "")) for name in ("originGUID", "targetGUID")
    )
    target.project.links.append((origin, destination))


def _end_group(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    guid, name = identifiers.normalize_guid(element.attributes.get("guid", "")), element.attributes.get("name", "")
    kind = element.tag.lower()
    target.project.groups.append(Group(guid, name, kind, element.description, element.members, element.variables))


def _end_graph(target: ParserTarget, element: OpenElement, parent: OpenElement) -> None:
    target.project.omissions["graphs (drawings of a network)"] += 1


_HANDLERS: dict[str, _Handler] = {
    "Project": _end_project, "CodeBook": _end_codebook, "User": _end_user, "Code": _end_code, "Coding": _end_coding,
    "VariableValue": _end_variable_value, "Variable": _end_variable, "SyncPoint": _end_sync_point,
    "Note": _end_note, "Link": _end_link, "Case": _end_group, "Set": _end_group, "Graph": _end_graph,
    **dict.fromkeys(sorted(_CONTENT_ELEMENTS), _end_content),
    **dict.fromkeys(("CodeRef", "NoteRef", "SourceRef", "SelectionRef", "VariableRef"), _end_reference),
    **dict.fromkeys(("MemberCode", "MemberSource", "MemberNote"), _end_reference),
    **dict.fromkeys((f"{kind}Selection" for kind in _SELECTION_KINDS), _end_selection),
    **dict.fromkeys(sorted(_TEXT_ELEMENTS), _end_text_element),
    **dict.fromkeys(sorted(_SOURCE_KINDS), _end_source),
}  # fmt: skip


def read_refi_qda(path: Path, export_origin: str = "") -> tuple[Project, dict[str, PlainText]]:
    """Read a ``.qdpx`` project, or a ``.qdc`` codebook, with the plain texts of its documents.

    Parameters
    ----------
    path : Path
        The file.
    export_origin : str
        Origin of our own exports, for which positions need not be guessed; empty for none.

    Returns
    -------
    project : Project
        Positions are in code points of the plain texts; quotations are taken from these texts.
    texts : dict of str to PlainText
        The plain texts by GUID of the document; empty for a codebook.

    Raises
    ------
    ImportRefused
        If the file is missing, damaged, malicious or not in REFI-QDA format.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from compendium.curation.formats.refi_qda_writer import encode_qdpx
    >>> speech = Document("d1", "Speech", text="Two gates.", passages=[Passage("p1", 0, 9, codings=[("", "c1")])])
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "talks.qdpx")
    ...     _ = path.write_bytes(encode_qdpx(Project(codes=[Code("c1", "Gates")], documents=[speech])))
    ...     project, texts = read_refi_qda(path)
    >>> [passage.text for passage in project.passages()], [text.text for text in texts.values()]
    (['Two gates'], ['Two gates.'])
    """
    if not path.is_file():
        raise ImportRefused(f"The file {path} does not exist.")
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
    # Entities can only be declared in a DOCTYPE, which the target refuses. "internal" is needed for predefined entities
    # such as &amp;, which lxml would otherwise return as &#38; in attributes.
    target = ParserTarget(file_name)
    parser = etree.XMLParser(
        target=target, resolve_entities="internal", no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            parser.feed(chunk)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise ImportRefused(f"{file_name} is not well-formed XML: {error.msg}.") from error
    return target


def _name_variables(target: ParserTarget) -> None:
    """Replace the GUIDs of variables by their names."""
    owners: list[Document | Group] = [*target.project.documents, *target.project.groups]
    for owner in owners:
        owner.variables = {target.variable_names.get(guid, guid): value for guid, value in owner.variables.items()}


def _locate_passages(project: Project, archive: Archive, export_origin: str) -> dict[str, PlainText]:
    """Convert positions to code points and set quotations; returns plain texts by document GUID."""
    texts: dict[str, PlainText] = {}
    located_passages: dict[str, list[Passage]] = {}
    for document in project.documents:
        passages = [passage for passage in document.passages if passage.has_span]
        located_passages[document.guid] = passages
        if document.text is not None:
            texts[document.guid], document.text = PlainText.from_decoded(document.text), None
        elif document.path and (passages or archive.has_entry(document.path)):
            texts[document.guid] = _read_text(archive, document.path)
        elif passages:
            raise ImportRefused(
                f"The document {document.name!r} has selections in a text that the project does not contain."
            )
    convention, reason = text_positions.choose_convention(
        ((text, located_passages[guid]) for guid, text in texts.items()), project.origin, export_origin
    )
    for document in project.documents:
        if document.guid in texts:
            _convert_passages(located_passages[document.guid], document.name, texts[document.guid], convention)
    project.messages.append(f"Positions are counted in {convention}: {reason}.")
    return texts


def _convert_passages(
    passages: Sequence[Passage], document_name: str, text: PlainText, convention: text_positions.PositionConvention
) -> None:
    spans = text.to_code_points(convention, text_positions.passage_spans(passages))
    for passage, (start, end) in zip(passages, spans.tolist(), strict=True):
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
        raise ImportRefused(f"A selection has the {name} {text[:40]!r}; expected a whole number from 0.")
    return int(text)


def _page_label(page_index: str) -> str:
    """Number of a page counted from 1; the format counts from 0."""
    return str(int(page_index) + 1) if page_index.isdigit() else "?"


def _format_time(milliseconds: str) -> str:
    if not milliseconds.isdigit():
        return "?"
    seconds = int(milliseconds) // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _file_stem(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
