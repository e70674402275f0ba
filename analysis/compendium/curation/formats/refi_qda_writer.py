"""Writes a coded project as a REFI-QDA project or codebook.

The profile opens in every tool that was tried: texts in UTF-8 with LF and no byte order mark, positions in code points,
a folder ``sources`` in small letters, ``internal://`` paths, an origin, the quotation as the name of each selection,
names of codes that occur once, elements in the order of the schema. ``nvivo`` counts as NVivo for Windows does.

The same project gives the same bytes: identifiers are made from ours, and no clock is asked.
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
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MAX_NAME_BYTES = 200
"""Bytes: tools make a file of a document's name, with an ending, and most disks take no name of more than 255."""
_NOTE_DATE = "1980-01-01T00:00:00Z"
"""QualCoder stops at a note without a date, and no date of ours is known."""


class XmlWriter:
    """Elements one by one, without a tree."""

    def __init__(self, stream: io.BytesIO) -> None:
        self.generator = XMLGenerator(stream, "UTF-8", short_empty_elements=True)
        self.generator.startDocument()
        self.open_tags: list[str] = []

    def start_element(self, tag: str, **attributes: str) -> None:
        """Begin an element; attributes that are empty are left out."""
        self.generator.startElement(tag, {name: value for name, value in attributes.items() if value})  # type: ignore[arg-type]
        self.open_tags.append(tag)

    def end_element(self) -> None:
        """End the element that was begun last."""
        self.generator.endElement(self.open_tags.pop())

    def text_element(self, tag: str, text: str = "", **attributes: str) -> None:
        """An element that holds nothing but text."""
        self.start_element(tag, **attributes)
        self.generator.characters(text)
        self.end_element()


def encode_qdpx(project: Project, profile: str = "plain") -> bytes:
    """A coded project as ``.qdpx``.

    Parameters
    ----------
    project : Project
        Every document with its text; positions in code points.
    profile : {"plain", "nvivo"}
        How positions are counted and line ends written.

    Returns
    -------
    bytes
        The archive.

    Raises
    ------
    Refused
        When there is no such profile.
    """
    if profile not in _PROFILES:
        raise ImportRefused(f"There is no profile {profile!r}; there are {', '.join(_PROFILES)}.")
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
    """Codes as ``.qdc``."""
    stream = io.BytesIO()
    xml = XmlWriter(stream)
    xml.start_element("CodeBook", xmlns=_CODEBOOK_NAMESPACE, origin=origin)
    _write_codes(xml, codes)
    xml.end_element()
    return stream.getvalue() + b"\n"


def _write_codes(xml: XmlWriter, codes: Iterable[Code]) -> None:
    """The tree of codes, without their notes: a codebook has no place for them, a project links them."""
    below: dict[str, list[Code]] = defaultdict(list)
    for code in codes:
        below[code.parent].append(code)

    def write(code: Code) -> None:
        xml.start_element("Code", guid=code.guid, name=code.name, isCodable=str(code.codable).lower(), color=code.color)
        if code.description:
            xml.text_element("Description", code.description)
        for each in below[code.guid]:
            write(each)
        xml.end_element()

    xml.start_element("Codes")
    for code in below[""]:
        write(code)
    xml.end_element()


class _QdpxWriter:
    def __init__(self, project: Project, profile: str) -> None:
        self.project, self.profile = project, profile
        self.document_names = _unique_document_names(project.documents)
        origin_suffix, self.convention = _PROFILES[profile]
        self.origin = f"{project.origin}{origin_suffix}"
        self.source_files: dict[str, bytes] = {}

    def project_xml(self) -> bytes:
        """The project file; fills :attr:`sources` on the way."""
        stream, coded = io.BytesIO(), self.project
        xml = XmlWriter(stream)
        xml.start_element("Project", xmlns=_PROJECT_NAMESPACE, name=coded.name, origin=self.origin)
        if coded.users:
            xml.start_element("Users")
            for guid, name in coded.users.items():
                xml.text_element("User", guid=guid, name=name)
            xml.end_element()
        if coded.codes:
            xml.start_element("CodeBook")
            _write_codes(xml, coded.codes)
            xml.end_element()
        self._write_variables(xml)
        self._write_cases(xml)
        if coded.documents:
            xml.start_element("Sources")
            for document in coded.documents:
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
        sources = {document.guid for document in self.project.documents}
        xml.start_element("Cases")
        for case in cases:
            xml.start_element("Case", guid=case.guid, name=case.name)
            self._write_variable_values(xml, case.variables)
            for tag, there in (("SourceRef", True), ("SelectionRef", False)):
                for member in case.members:
                    if (member in sources) == there:
                        xml.text_element(tag, targetGUID=member)
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
        starts = PlainText.from_decoded(raw.decode("utf-8")).character_offsets(self.convention)
        xml.start_element(
            "TextSource",
            guid=document.guid,
            name=self.document_names[document.guid],
            plainTextPath=f"internal://{path}",
        )
        if document.description:
            xml.text_element("Description", document.description)
        for passage in document.passages:
            self._write_selections(xml, passage, int(starts[passage.start]), int(starts[passage.end]))
        for note in document.notes:
            xml.text_element("NoteRef", targetGUID=note)
        self._write_variable_values(xml, document.variables)
        if document.name != self.document_names[document.guid]:
            self._write_variable_values(xml, {"title": document.name})
        xml.end_element()

    def _encode_text(self, text: str) -> bytes:
        return (text.replace("\n", "\r\n") if self.profile == "nvivo" else text).encode("utf-8")

    def _write_selections(self, xml: XmlWriter, passage: Passage, start: int, end: int) -> None:
        """A passage: a selection for each coder, who is named there too, for QualCoder looks nowhere else."""
        for number, coder in enumerate(dict.fromkeys(user for user, _ in passage.codings) or [""]):
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
            for note in passage.notes:
                xml.text_element("NoteRef", targetGUID=note)
            xml.end_element()

    def _write_notes_and_sets(self, xml: XmlWriter) -> None:
        """Notes, sets and references to them: what follows the sources."""
        if self.project.notes:
            xml.start_element("Notes")
            for guid, (title, text) in self.project.notes.items():
                xml.start_element("Note", guid=guid, name=title, creationDateTime=_NOTE_DATE)
                xml.text_element("PlainTextContent", text)
                xml.end_element()
            xml.end_element()
        links = [(code.guid, note) for code in self.project.codes for note in code.notes]
        if links:
            # Not as references in the code: QualCoder 3.8.2 loses codes that hold anything but a description.
            xml.start_element("Links")
            for code, note in links:
                xml.text_element("Link", guid=identifiers.make_guid("link", note), originGUID=code, targetGUID=note)
            xml.end_element()
        sets = [group for group in self.project.groups if group.kind == "set"]
        if sets:
            own = {code.guid for code in self.project.codes}
            xml.start_element("Sets")
            for group in sets:
                xml.start_element("Set", guid=group.guid, name=group.name)
                for tag, there in (("MemberCode", True), ("MemberSource", False)):
                    for member in group.members:
                        if (member in own) == there:
                            xml.text_element(tag, targetGUID=member)
                xml.end_element()
            xml.end_element()
        for note in self.project.own_notes:
            xml.text_element("NoteRef", targetGUID=note)


def _unique_document_names(documents: Iterable[Document]) -> dict[str, str]:
    """Names of documents by their guid, such that they differ and can name a file.

    QualCoder takes what follows the last full stop for the ending of a file, and writes it into its exports as it is.
    """
    taken: set[str] = set()
    names = {}
    for document in documents:
        plain = re.sub(r"[/\\]", "-", document.name)
        start = plain.encode("utf-8")[:_MAX_NAME_BYTES].decode("utf-8", "ignore")
        name = unique_name(plain if start == plain else f"{start.rstrip()}…", taken, "{} ({})")
        names[document.guid] = f"{name}.txt" if "." in name else name
    return names
