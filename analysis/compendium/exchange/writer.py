"""Writes a case as a REFI-QDA project or codebook.

The profile opens in every tool that was tried: texts in UTF-8 with LF and no byte order mark, positions in code points,
a folder ``sources`` in small letters, ``internal://`` paths, an origin, the quotation as the name of each selection,
names of codes that occur once, elements in the order of the schema. ``nvivo`` counts as NVivo for Windows does.

The same case gives the same bytes: identifiers are made from ours, and no clock is asked.
"""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import XMLGenerator

import pandas as pd

from compendium.evidence import Evidence
from compendium.exchange import codetree, identity
from compendium.exchange.codetree import Branch
from compendium.exchange.model import Refused
from compendium.exchange.naming import unique
from compendium.exchange.offsets import Convention, Text

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
PROFILES = {
    "plain": (identity.ORIGIN, Convention("code points")),
    "nvivo": (identity.ORIGIN_NVIVO, Convention("UTF-16 units")),
}
BETWEEN = "\n\n"
EPOCH = (1980, 1, 1, 0, 0, 0)
DOCUMENT = ("date", "issuer", "issuer_side", "partnership_ids", "kind", "role", "language", "url", "coverage")
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


def project(case: Evidence, texts: dict[str, str], profile: str = "plain") -> bytes:
    """A case as ``.qdpx``.

    Parameters
    ----------
    case : Evidence
        One case.
    texts : dict of str to str
        Plain texts by document, as far as they are at hand; of other documents the statements are joined.
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
        raise Refused(f"There is no profile {profile!r}; there are {', '.join(PROFILES)}.")
    writer = _Writer(case, texts, profile)
    xml = writer.xml()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in (("project.qde", xml), *writer.sources.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, raw)
    return stream.getvalue()


def codebook(case: Evidence) -> bytes:
    """The codes of a case as ``.qdc``."""
    stream = io.BytesIO()
    xml = Xml(stream)
    xml.open("CodeBook", xmlns=CODEBOOK, origin=identity.ORIGIN)
    xml.open("Codes")
    for branch in codetree.branches(case):
        _code(xml, branch)
    xml.close()
    xml.close()
    return stream.getvalue() + b"\n"


def _code(xml: Xml, branch: Branch) -> None:
    xml.open("Code", guid=branch.guid, name=branch.name, isCodable=str(branch.codable).lower(), color=branch.color)
    if described := identity.with_facts(branch.description, branch.facts):
        xml.leaf("Description", described)
    for below in branch.below:
        _code(xml, below)
    xml.close()


class _Writer:
    def __init__(self, case: Evidence, texts: dict[str, str], profile: str) -> None:
        self.case, self.texts, self.profile = case, texts, profile
        self.origin, self.convention = PROFILES[profile]
        self.sources: dict[str, bytes] = {}
        self.sources_of = {row["document_id"]: _guid_of(row) for row in case.documents.to_dict("records")}
        every = pd.concat([case.codings, case.own_codings], ignore_index=True)
        self.users = {name: identity.guid("coder", name) for name in sorted(every["coder"].unique())}
        self.names = _names(case.documents)
        own = codetree.guids(case.own_codes)
        self.own = own
        self.given: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for statement, coder, code in every[["statement_id", "coder", "code_id"]].itertuples(index=False):
            self.given[statement].append((coder, code, own.get(code) or identity.guid("code", code)))
        self.said = dict(list(case.statements.groupby("document_id", sort=False)))
        self.spans = {
            row["statement_id"]: (int(row["start"]), int(row["end"])) for row in case.passages.to_dict("records")
        }
        self.memos: dict[str, list[dict[Any, Any]]] = defaultdict(list)
        for row in case.memos.to_dict("records"):
            self.memos[row["target_id"]].append(row)
        self.attributes: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for target, name, value in case.attributes[["target_id", "attribute", "value"]].itertuples(index=False):
            self.attributes[target].append((name, value))
        self.notes: list[tuple[str, str, str]] = []
        self.sets: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.cases: dict[str, list[str]] = defaultdict(list)
        for target, pairs in self.attributes.items():
            for name, value in pairs:
                if name == "set" and target in own:
                    self.sets[value].append(("MemberCode", own[target]))
                elif name == "set" and target in self.sources_of:
                    self.sets[value].append(("MemberSource", self.sources_of[target]))
                elif name == "case":
                    self.cases[value].append(target)

    def xml(self) -> bytes:
        """The project file; fills :attr:`sources` on the way."""
        stream = io.BytesIO()
        xml = Xml(stream)
        name = str(self.case.cases["title"].iloc[0])
        xml.open("Project", xmlns=PROJECT, name=name, origin=self.origin)
        if self.users:
            xml.open("Users")
            for coder, guid in self.users.items():
                xml.leaf("User", guid=guid, name=coder)
            xml.close()
        tree = codetree.branches(self.case)
        if tree:
            xml.open("CodeBook")
            xml.open("Codes")
            for branch in tree:
                _code(xml, branch)
            xml.close()
            xml.close()
        self._variables(xml)
        self._cases(xml)
        if len(self.case.documents):
            xml.open("Sources")
            for row in self.case.documents.to_dict("records"):
                self._source(xml, row)
            xml.close()
        self._ends(xml)
        xml.close()
        return stream.getvalue() + b"\n"

    def _variables(self, xml: Xml) -> None:
        names = [identity.OF_DOCUMENTS, "title", identity.JOINED, *DOCUMENT]
        names += sorted({name for own in self.attributes.values() for name, _ in own} - {"set", "case", *names})
        xml.open("Variables")
        for name in names:
            xml.leaf("Variable", guid=identity.guid("variable", name), name=name, typeOfVariable="Text")
        xml.close()

    def _cases(self, xml: Xml) -> None:
        """Cases with their documents and statements, and the variables that all of these share."""
        if not self.cases:
            return
        xml.open("Cases")
        for name, members in self.cases.items():
            xml.open("Case", guid=identity.guid("case", name), name=name)
            shared = set.intersection(*(set(self.attributes[member]) for member in members))
            self._values(xml, sorted(shared))
            for tag, there in (("SourceRef", True), ("SelectionRef", False)):
                for member in members:
                    if (member in self.sources_of) == there:
                        guid = self.sources_of.get(member) or identity.guid("statement", member)
                        xml.leaf(tag, targetGUID=guid)
            xml.close()
        xml.close()

    def _values(self, xml: Xml, pairs: Iterable[tuple[str, str]]) -> None:
        for name, value in pairs:
            if value and name not in ("set", "case"):
                xml.open("VariableValue")
                xml.leaf("VariableRef", targetGUID=identity.guid("variable", name))
                xml.leaf("TextValue", value)
                xml.close()

    def _source(self, xml: Xml, row: dict[Any, Any]) -> None:
        document_id = row["document_id"]
        guid = self.sources_of[document_id]
        statements = self.said[document_id].to_dict("records") if document_id in self.said else []
        held = self.texts.get(document_id)
        whole = held is not None and all(each["statement_id"] in self.spans for each in statements)
        if held is not None and whole:
            plain = held
            places = [self.spans[each["statement_id"]] for each in statements]
        else:
            plain, places = _joined([each["text"] for each in statements])
        path = f"{guid}.txt"
        self.sources[f"sources/{path}"] = self._encoded(plain)
        text = Text.of(self._encoded(plain).decode("utf-8"))
        starts = text.starts(self.convention)
        xml.open("TextSource", guid=guid, name=self.names[document_id], plainTextPath=f"internal://{path}")
        memos = self.memos[document_id]
        described = bool(memos) and not memos[0]["title"]
        if described:
            xml.leaf("Description", memos[0]["text"])
        for statement, (start, end) in zip(statements, places, strict=True):
            self._selection(xml, statement, int(starts[start]), int(starts[end]), text.plain[start:end])
        for memo in memos[described:]:
            xml.leaf("NoteRef", targetGUID=self._note(document_id, memo))
        facts = {identity.OF_DOCUMENTS: document_id, **{name: row[name] for name in DOCUMENT}}
        facts["title"] = "" if row["title"] == self.names[document_id] else row["title"]
        facts[identity.JOINED] = "" if whole else "yes"
        facts["partnership_ids"] = ";".join(row["partnership_ids"])
        self._values(xml, [*facts.items(), *self.attributes[document_id]])
        xml.close()

    def _encoded(self, plain: str) -> bytes:
        return (plain.replace("\n", "\r\n") if self.profile == "nvivo" else plain).encode("utf-8")

    def _selection(self, xml: Xml, row: dict[Any, Any], start: int, end: int, quotation: str) -> None:
        """A statement: a selection for each coder, who is named there too, for QualCoder looks nowhere else."""
        statement_id = row["statement_id"]
        memos = self.memos[statement_id]
        described = bool(memos) and not memos[0]["title"]
        memo = memos[0]["text"] if described else ""
        notes = [self._note(statement_id, each) for each in memos[described:]]
        given = self.given[statement_id]
        for number, coder in enumerate(dict.fromkeys(coder for coder, _, _ in given) or [""]):
            xml.open(
                "PlainTextSelection",
                guid=identity.guid("statement", f"{statement_id}:{coder}" if number else statement_id),
                name=quotation,
                startPosition=str(start),
                endPosition=str(end),
                creatingUser=self.users.get(coder, ""),
            )
            xml.leaf("Description", identity.with_facts(memo, {name: row[name] for name in identity.OF_STATEMENTS}))
            for code_id, code in [(code_id, code) for own, code_id, code in given if own == coder]:
                guid = identity.guid("coding", f"{statement_id}:{coder}:{code_id}")
                xml.open("Coding", guid=guid, creatingUser=self.users[coder])
                xml.leaf("CodeRef", targetGUID=code)
                xml.close()
            for note in notes:
                xml.leaf("NoteRef", targetGUID=note)
            xml.close()

    def _note(self, target: str, memo: dict[Any, Any]) -> str:
        guid = identity.guid("memo", f"{target}:{memo['number']}")
        self.notes.append((guid, memo["title"], memo["text"]))
        return guid

    def _ends(self, xml: Xml) -> None:
        """Notes, sets and references to them: what follows the sources."""
        own = [self._note("", memo) for memo in self.memos[""]]
        links = [(guid, self._note(code, memo)) for code, guid in self.own.items() for memo in self.memos[code]]
        if self.notes:
            xml.open("Notes")
            for guid, title, text in self.notes:
                xml.open("Note", guid=guid, name=title, creationDateTime=DATED)
                xml.leaf("PlainTextContent", text)
                xml.close()
            xml.close()
        if links:
            # Not as references in the code: QualCoder 3.8.2 loses codes that hold anything but a description.
            xml.open("Links")
            for code, note in links:
                xml.leaf("Link", guid=identity.guid("link", note), originGUID=code, targetGUID=note)
            xml.close()
        if self.sets:
            xml.open("Sets")
            for name, members in self.sets.items():
                xml.open("Set", guid=identity.guid("set", name), name=name)
                for tag, guid in sorted(members, key=lambda member: member[0] == "MemberSource"):
                    xml.leaf(tag, targetGUID=guid)
                xml.close()
            xml.close()
        for guid in own:
            xml.leaf("NoteRef", targetGUID=guid)


def _joined(texts: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Statements one after the other, and where each of them stands."""
    places, start = [], 0
    for text in texts:
        places.append((start, start + len(text)))
        start += len(text) + len(BETWEEN)
    return BETWEEN.join(texts), places


def _guid_of(document: dict[Any, Any]) -> str:
    """The identifier of a document: that of the project it came from, if it did."""
    url: str = document["url"]
    return (
        url.removeprefix("urn:uuid:")
        if url.startswith("urn:uuid:")
        else identity.guid("document", document["document_id"])
    )


def _names(documents: pd.DataFrame) -> dict[str, str]:
    """Titles of documents by their id, as names that differ and can name a file.

    QualCoder takes what follows the last full stop for the ending of a file, and writes it into its exports as it is.
    """
    taken: set[str] = set()
    names = {}
    for document_id, title in zip(documents["document_id"], documents["title"], strict=True):
        plain = re.sub(r"[/\\]", "-", title)
        start = plain.encode("utf-8")[:LONGEST_NAME].decode("utf-8", "ignore")
        name = unique(plain if start == plain else f"{start.rstrip()}…", taken, "{} ({})")
        names[document_id] = f"{name}.txt" if "." in name else name
    return names
