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

from compendium.curation.formats import embedded_facts, identifiers
from compendium.curation.formats.identifiers import unique
from compendium.curation.formats.model import Code, Document, Group, ImportRefused, Passage, Project
from compendium.curation.formats.text_positions import Convention, Text

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
PROFILES = {
    "plain": (embedded_facts.ORIGIN, Convention("code points")),
    "nvivo": (embedded_facts.ORIGIN_NVIVO, Convention("UTF-16 units")),
}
EPOCH = (1980, 1, 1, 0, 0, 0)
LONGEST_NAME = 200
"""Bytes: tools make a file of a document's name, with an ending, and most disks take no name of more than 255."""
DATED = "1980-01-01T00:00:00Z"
"""QualCoder stops at a note without a date, and no date of ours is known."""


class Xml:
    """Elements one by one, without a tree."""

    def __init__(self, stream: io.BytesIO) -> None:
        self.out = XMLGenerator(stream, "UTF-8", short_empty_elements=True)
        self.out.startDocument()
        self.tags: list[str] = []

    def open(self, tag: str, **attributes: str) -> None:
        """Begin an element; attributes that are empty are left out."""
        self.out.startElement(tag, {name: value for name, value in attributes.items() if value})  # type: ignore[arg-type]
        self.tags.append(tag)

    def close(self) -> None:
        """End the element that was begun last."""
        self.out.endElement(self.tags.pop())

    def leaf(self, tag: str, text: str = "", **attributes: str) -> None:
        """An element that holds nothing but text."""
        self.open(tag, **attributes)
        self.out.characters(text)
        self.close()


def project(coded: Project, profile: str = "plain") -> bytes:
    """A coded project as ``.qdpx``.

    Parameters
    ----------
    coded : Project
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
    if profile not in PROFILES:
        raise ImportRefused(f"There is no profile {profile!r}; there are {', '.join(PROFILES)}.")
    writer = _Writer(coded, profile)
    xml = writer.xml()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in (("project.qde", xml), *writer.sources.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, raw)
    return stream.getvalue()


def codebook(codes: Iterable[Code]) -> bytes:
    """Codes as ``.qdc``."""
    stream = io.BytesIO()
    xml = Xml(stream)
    xml.open("CodeBook", xmlns=CODEBOOK, origin=embedded_facts.ORIGIN)
    _codes(xml, codes)
    xml.close()
    return stream.getvalue() + b"\n"


def _codes(xml: Xml, codes: Iterable[Code]) -> None:
    """The tree of codes, without their notes: a codebook has no place for them, a project links them."""
    below: dict[str, list[Code]] = defaultdict(list)
    for code in codes:
        below[code.parent].append(code)

    def write(code: Code) -> None:
        xml.open("Code", guid=code.guid, name=code.name, isCodable=str(code.codable).lower(), color=code.color)
        if code.description:
            xml.leaf("Description", code.description)
        for each in below[code.guid]:
            write(each)
        xml.close()

    xml.open("Codes")
    for code in below[""]:
        write(code)
    xml.close()


class _Writer:
    def __init__(self, coded: Project, profile: str) -> None:
        self.coded, self.profile = coded, profile
        self.names = _names(coded.documents)
        self.origin, self.convention = PROFILES[profile]
        self.sources: dict[str, bytes] = {}

    def xml(self) -> bytes:
        """The project file; fills :attr:`sources` on the way."""
        stream, coded = io.BytesIO(), self.coded
        xml = Xml(stream)
        xml.open("Project", xmlns=PROJECT, name=coded.name, origin=self.origin)
        if coded.users:
            xml.open("Users")
            for guid, name in coded.users.items():
                xml.leaf("User", guid=guid, name=name)
            xml.close()
        if coded.codes:
            xml.open("CodeBook")
            _codes(xml, coded.codes)
            xml.close()
        self._variables(xml)
        self._cases(xml)
        if coded.documents:
            xml.open("Sources")
            for document in coded.documents:
                self._source(xml, document)
            xml.close()
        self._ends(xml)
        xml.close()
        return stream.getvalue() + b"\n"

    def _variables(self, xml: Xml) -> None:
        owners: list[Document | Group] = [*self.coded.documents, *self.coded.groups]
        xml.open("Variables")
        for name in sorted({"title", *(name for owner in owners for name in owner.variables)}):
            xml.leaf("Variable", guid=identifiers.guid("variable", name), name=name, typeOfVariable="Text")
        xml.close()

    def _cases(self, xml: Xml) -> None:
        cases = [group for group in self.coded.groups if group.kind == "case"]
        if not cases:
            return
        sources = {document.guid for document in self.coded.documents}
        xml.open("Cases")
        for case in cases:
            xml.open("Case", guid=case.guid, name=case.name)
            self._values(xml, case.variables)
            for tag, there in (("SourceRef", True), ("SelectionRef", False)):
                for member in case.members:
                    if (member in sources) == there:
                        xml.leaf(tag, targetGUID=member)
            xml.close()
        xml.close()

    def _values(self, xml: Xml, variables: Mapping[str, str]) -> None:
        for name, value in variables.items():
            if value:
                xml.open("VariableValue")
                xml.leaf("VariableRef", targetGUID=identifiers.guid("variable", name))
                xml.leaf("TextValue", value)
                xml.close()

    def _source(self, xml: Xml, document: Document) -> None:
        path = f"{document.guid}.txt"
        raw = self._encoded(document.text or "")
        self.sources[f"sources/{path}"] = raw
        starts = Text.of(raw.decode("utf-8")).starts(self.convention)
        xml.open("TextSource", guid=document.guid, name=self.names[document.guid], plainTextPath=f"internal://{path}")
        if document.description:
            xml.leaf("Description", document.description)
        for passage in document.passages:
            self._selection(xml, passage, int(starts[passage.start]), int(starts[passage.end]))
        for note in document.notes:
            xml.leaf("NoteRef", targetGUID=note)
        self._values(xml, document.variables)
        if document.name != self.names[document.guid]:
            self._values(xml, {"title": document.name})
        xml.close()

    def _encoded(self, plain: str) -> bytes:
        return (plain.replace("\n", "\r\n") if self.profile == "nvivo" else plain).encode("utf-8")

    def _selection(self, xml: Xml, passage: Passage, start: int, end: int) -> None:
        """A passage: a selection for each coder, who is named there too, for QualCoder looks nowhere else."""
        for number, coder in enumerate(dict.fromkeys(user for user, _ in passage.codings) or [""]):
            xml.open(
                "PlainTextSelection",
                guid=identifiers.guid("selection", f"{passage.guid}:{coder}") if number else passage.guid,
                name=passage.text,
                startPosition=str(start),
                endPosition=str(end),
                creatingUser=coder,
            )
            xml.leaf("Description", passage.memo)
            for code in [code for user, code in passage.codings if user == coder]:
                xml.open(
                    "Coding", guid=identifiers.guid("coding", f"{passage.guid}:{coder}:{code}"), creatingUser=coder
                )
                xml.leaf("CodeRef", targetGUID=code)
                xml.close()
            for note in passage.notes:
                xml.leaf("NoteRef", targetGUID=note)
            xml.close()

    def _ends(self, xml: Xml) -> None:
        """Notes, sets and references to them: what follows the sources."""
        if self.coded.notes:
            xml.open("Notes")
            for guid, (title, text) in self.coded.notes.items():
                xml.open("Note", guid=guid, name=title, creationDateTime=DATED)
                xml.leaf("PlainTextContent", text)
                xml.close()
            xml.close()
        links = [(code.guid, note) for code in self.coded.codes for note in code.notes]
        if links:
            # Not as references in the code: QualCoder 3.8.2 loses codes that hold anything but a description.
            xml.open("Links")
            for code, note in links:
                xml.leaf("Link", guid=identifiers.guid("link", note), originGUID=code, targetGUID=note)
            xml.close()
        sets = [group for group in self.coded.groups if group.kind == "set"]
        if sets:
            own = {code.guid for code in self.coded.codes}
            xml.open("Sets")
            for group in sets:
                xml.open("Set", guid=group.guid, name=group.name)
                for tag, there in (("MemberCode", True), ("MemberSource", False)):
                    for member in group.members:
                        if (member in own) == there:
                            xml.leaf(tag, targetGUID=member)
                xml.close()
            xml.close()
        for note in self.coded.own_notes:
            xml.leaf("NoteRef", targetGUID=note)


def _names(documents: Iterable[Document]) -> dict[str, str]:
    """Names of documents by their guid, such that they differ and can name a file.

    QualCoder takes what follows the last full stop for the ending of a file, and writes it into its exports as it is.
    """
    taken: set[str] = set()
    names = {}
    for document in documents:
        plain = re.sub(r"[/\\]", "-", document.name)
        start = plain.encode("utf-8")[:LONGEST_NAME].decode("utf-8", "ignore")
        name = unique(plain if start == plain else f"{start.rstrip()}…", taken, "{} ({})")
        names[document.guid] = f"{name}.txt" if "." in name else name
    return names
