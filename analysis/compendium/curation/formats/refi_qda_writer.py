"""Writer of REFI-QDA projects and codebooks.

The default profile opens in all tools that were tried: texts in UTF-8 with LF and no byte order mark, positions in code
points, a lower-case folder ``sources``, ``internal://`` paths, an origin, quotations as names of the selections, unique
names of codes, elements in the order of the schema. The profile ``nvivo`` counts positions as NVivo for Windows does.

The same project always gives the same bytes: GUIDs are computed, and no current time is written.
"""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import XMLGenerator

from compendium.curation.formats import identifiers
from compendium.curation.formats.errors import ImportRefused
from compendium.curation.formats.identifiers import unique_name
from compendium.curation.formats.model import Code, Document, Group, Passage, Project
from compendium.curation.formats.text_positions import NVIVO_ORIGIN_SUFFIX, PlainText, PositionConvention

_PROJECT_NAMESPACE = "urn:QDA-XML:project:1.0"
_CODEBOOK_NAMESPACE = "urn:QDA-XML:codebook:1.0"
_PROFILES = {
    "plain": ("", PositionConvention("code points")),
    "nvivo": (NVIVO_ORIGIN_SUFFIX, PositionConvention("UTF-16 units")),
}
"""Suffix of the origin and position convention by profile."""
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAX_NAME_BYTES = 200
"""Tools use document names with a suffix as file names, and most file systems allow at most 255 bytes."""
_NOTE_DATE = "1980-01-01T00:00:00Z"
"""Date of all notes: QualCoder fails without one, and the model has no dates."""


class XmlWriter:
    """Writes XML elements one after the other, without a tree in memory."""

    def __init__(self, stream: io.BytesIO) -> None:
        self.generator = XMLGenerator(stream, "UTF-8", short_empty_elements=True)
        self.generator.startDocument()
        self.open_tags: list[str] = []

    def start_element(self, tag: str, **attributes: str) -> None:
        """Write a start tag; empty attributes are omitted."""
        self.generator.startElement(tag, {name: value for name, value in attributes.items() if value})  # type: ignore[arg-type]
        self.open_tags.append(tag)

    def end_element(self) -> None:
        """Write the end tag of the innermost open element."""
        self.generator.endElement(self.open_tags.pop())

    def text_element(self, tag: str, text: str = "", **attributes: str) -> None:
        """Write an element that contains only text."""
        self.start_element(tag, **attributes)
        self.generator.characters(text)
        self.end_element()


def encode_qdpx(project: Project, profile: str = "plain") -> bytes:
    """Encode a coded project as a ``.qdpx`` file.

    Parameters
    ----------
    project : Project
        Every document with its text; positions in code points.
    profile : {"plain", "nvivo"}
        How positions are counted and line ends are written.

    Returns
    -------
    bytes
        The zip archive.

    Raises
    ------
    ImportRefused
        If the profile does not exist.

    Examples
    --------
    >>> raw = encode_qdpx(Project(name="Talks", documents=[Document("d1", "Speech", text="Two gates.")]))
    >>> zipfile.ZipFile(io.BytesIO(raw)).namelist()
    ['project.qde', 'sources/d1.txt']
    """
    if profile not in _PROFILES:
        raise ImportRefused(f"The profile {profile!r} does not exist; expected one of {', '.join(_PROFILES)}.")
    writer = _QdpxWriter(project, profile)
    xml = writer.project_xml()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in (("project.qde", xml), *writer.source_files.items()):
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, raw)
    return stream.getvalue()


def encode_qdc(codes: Iterable[Code], origin: str = "") -> bytes:
    """Encode codes as a ``.qdc`` file, with the name of the software that writes it as ``origin``.

    Examples
    --------
    >>> b'name="Gates"' in encode_qdc([Code("c1", "Gates")], "Example")
    True
    """
    stream = io.BytesIO()
    xml = XmlWriter(stream)
    xml.start_element("CodeBook", xmlns=_CODEBOOK_NAMESPACE, origin=origin)
    _write_codes(xml, codes)
    xml.end_element()
    return stream.getvalue() + b"\n"


def _write_codes(xml: XmlWriter, codes: Iterable[Code]) -> None:
    """Write the code tree without notes, which codebooks do not allow; projects contain links instead."""
    children: dict[str, list[Code]] = defaultdict(list)
    for code in codes:
        children[code.parent].append(code)

    def write_code(code: Code) -> None:
        xml.start_element("Code", guid=code.guid, name=code.name, isCodable=str(code.codable).lower(), color=code.color)
        if code.description:
            xml.text_element("Description", code.description)
        for child in children[code.guid]:
            write_code(child)
        xml.end_element()

    xml.start_element("Codes")
    for code in children[""]:
        write_code(code)
    xml.end_element()


class _QdpxWriter:
    """Writes the project file and collects the source files of an archive."""

    def __init__(self, project: Project, profile: str) -> None:
        self.project, self.profile = project, profile
        self.document_names = _unique_document_names(project.documents)
        origin_suffix, self.convention = _PROFILES[profile]
        self.origin = f"{project.origin}{origin_suffix}"
        self.source_files: dict[str, bytes] = {}

    def project_xml(self) -> bytes:
        """Encode the project file, and add the texts of the documents to :attr:`source_files`."""
        stream, project = io.BytesIO(), self.project
        xml = XmlWriter(stream)
        xml.start_element("Project", xmlns=_PROJECT_NAMESPACE, name=project.name, origin=self.origin)
        if project.users:
            xml.start_element("Users")
            for guid, name in project.users.items():
                xml.text_element("User", guid=guid, name=name)
            xml.end_element()
        if project.codes:
            xml.start_element("CodeBook")
            _write_codes(xml, project.codes)
            xml.end_element()
        self._write_variables(xml)
        self._write_cases(xml)
        if project.documents:
            xml.start_element("Sources")
            for document in project.documents:
                self._write_source(xml, document)
            xml.end_element()
        self._write_notes_and_sets(xml)
        xml.end_element()
        return stream.getvalue() + b"\n"

    def _write_variables(self, xml: XmlWriter) -> None:
        owners: list[Document | Group] = [*self.project.documents, *self.project.groups]
        xml.start_element("Variables")
        for name in sorted({"title", *(name for owner in owners for name in owner.variables)}):
            xml.text_element("Variable", guid=identifiers.make_guid("variable", name), name=name, typeOfVariable="Text")
        xml.end_element()

    def _write_cases(self, xml: XmlWriter) -> None:
        cases = [group for group in self.project.groups if group.kind == "case"]
        if not cases:
            return
        document_guids = {document.guid for document in self.project.documents}
        xml.start_element("Cases")
        for case in cases:
            xml.start_element("Case", guid=case.guid, name=case.name)
            self._write_variable_values(xml, case.variables)
            _write_references(xml, "SourceRef", [guid for guid in case.members if guid in document_guids])
            _write_references(xml, "SelectionRef", [guid for guid in case.members if guid not in document_guids])
            xml.end_element()
        xml.end_element()

    def _write_variable_values(self, xml: XmlWriter, variables: Mapping[str, str]) -> None:
        for name, value in variables.items():
            if value:
                xml.start_element("VariableValue")
                xml.text_element("VariableRef", targetGUID=identifiers.make_guid("variable", name))
                xml.text_element("TextValue", value)
                xml.end_element()

    def _write_source(self, xml: XmlWriter, document: Document) -> None:
        path = f"{document.guid}.txt"
        raw = self._encode_text(document.text or "")
        self.source_files[f"sources/{path}"] = raw
        offsets = PlainText.from_decoded(raw.decode("utf-8")).character_offsets(self.convention)
        xml.start_element(
            "TextSource",
            guid=document.guid,
            name=self.document_names[document.guid],
            plainTextPath=f"internal://{path}",
        )
        if document.description:
            xml.text_element("Description", document.description)
        for passage in document.passages:
            self._write_selections(xml, passage, int(offsets[passage.start]), int(offsets[passage.end]))
        _write_references(xml, "NoteRef", document.notes)
        self._write_variable_values(xml, document.variables)
        if document.name != self.document_names[document.guid]:
            self._write_variable_values(xml, {"title": document.name})
        xml.end_element()

    def _encode_text(self, text: str) -> bytes:
        return (text.replace("\n", "\r\n") if self.profile == "nvivo" else text).encode("utf-8")

    def _write_selections(self, xml: XmlWriter, passage: Passage, start: int, end: int) -> None:
        """Write a selection per coder, with its ``creatingUser``: QualCoder ignores that of the codings."""
        coders = dict.fromkeys(coder for coder, _ in passage.codings) or [""]
        for number, coder in enumerate(coders):
            xml.start_element(
                "PlainTextSelection",
                guid=identifiers.make_guid("selection", f"{passage.guid}:{coder}") if number else passage.guid,
                name=passage.text,
                startPosition=str(start),
                endPosition=str(end),
                creatingUser=coder,
            )
            xml.text_element("Description", passage.memo)
            for code in [code for user, code in passage.codings if user == coder]:
                xml.start_element(
                    "Coding", guid=identifiers.make_guid("coding", f"{passage.guid}:{coder}:{code}"), creatingUser=coder
                )
                xml.text_element("CodeRef", targetGUID=code)
                xml.end_element()
            _write_references(xml, "NoteRef", passage.notes)
            xml.end_element()

    def _write_notes_and_sets(self, xml: XmlWriter) -> None:
        """Write what follows the sources: notes, links, sets and references to the project's notes."""
        if self.project.notes:
            xml.start_element("Notes")
            for guid, (title, text) in self.project.notes.items():
                xml.start_element("Note", guid=guid, name=title, creationDateTime=_NOTE_DATE)
                xml.text_element("PlainTextContent", text)
                xml.end_element()
            xml.end_element()
        links = [(code.guid, note) for code in self.project.codes for note in code.notes]
        if links:
            # QualCoder 3.8.2 loses codes that contain anything except a description, such as a reference to a note.
            xml.start_element("Links")
            for code, note in links:
                xml.text_element("Link", guid=identifiers.make_guid("link", note), originGUID=code, targetGUID=note)
            xml.end_element()
        sets = [group for group in self.project.groups if group.kind == "set"]
        if sets:
            code_guids = {code.guid for code in self.project.codes}
            xml.start_element("Sets")
            for group in sets:
                xml.start_element("Set", guid=group.guid, name=group.name)
                _write_references(xml, "MemberCode", [guid for guid in group.members if guid in code_guids])
                _write_references(xml, "MemberSource", [guid for guid in group.members if guid not in code_guids])
                xml.end_element()
            xml.end_element()
        _write_references(xml, "NoteRef", self.project.own_notes)


def _write_references(xml: XmlWriter, tag: str, guids: Iterable[str]) -> None:
    for guid in guids:
        xml.text_element(tag, targetGUID=guid)


def _unique_document_names(documents: Iterable[Document]) -> dict[str, str]:
    """Names by GUID of the document: unique, and valid as file names.

    A name with a full stop gets the suffix ``.txt``, because QualCoder treats the text after the last full stop as the
    file suffix.
    """
    used_names: set[str] = set()
    names = {}
    for document in documents:
        file_name = re.sub(r"[/\\]", "-", document.name)
        start = file_name.encode("utf-8")[:_MAX_NAME_BYTES].decode("utf-8", "ignore")
        short_name = file_name if start == file_name else f"{start.rstrip()}…"
        name = unique_name(short_name, used_names, "{} ({})")
        names[document.guid] = f"{name}.txt" if "." in name else name
    return names
