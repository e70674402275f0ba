"""Turns a coded project into the tables of a case."""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from unicodedata import normalize

import numpy as np

from compendium.dates import is_date
from compendium.evidence import READ_AND_NOTHING_FOUND
from compendium.exchange import identity
from compendium.exchange.mapping import CASE, DEFAULTS, FACTS, UNKNOWN, Mapping
from compendium.exchange.model import NOWHERE, Code, Document, Passage, Project, Refused
from compendium.exchange.offsets import Text
from compendium.schema import Resource, items
from compendium.tables import NOT_TEXT

Row = dict[str, Any]
LETTERS = ("A", "B")
NOBODY = "unknown"
UNFIT = re.compile(f"{NOT_TEXT.pattern}|[\ud800-\udfff\ufffe\uffff]")
"""Characters that tables or XML can not hold."""
LONGEST_ID = 40
OVERLAP = 0.5
"""Two coders who marked more than half of what they marked together are taken to speak of the same passage."""


@dataclass(frozen=True)
class Known:
    """What the project at hand lends: its codebook, the case's partnerships, the form of each table.

    ``headings`` are identifiers of the groups under which exports of ours list the codes of the shared codebook.
    """

    codes: list[str]
    headings: set[str]
    partnerships: list[str]
    forms: dict[str, Resource]


@dataclass
class Tables:
    """What an import writes: rows of each table, plain texts by document, and what is to be told."""

    case: dict[str, str]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    doubts: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


@dataclass
class _Unit:
    """A statement in the making: all passages at one place of a document."""

    start: int
    end: int
    text: str
    place: str
    passages: list[Passage]


def convert(project: Project, texts: dict[str, Text], case_id: str, mapping: Mapping, known: Known) -> Tables:
    """Rows of a case out of a project.

    Parameters
    ----------
    project : Project
        With positions in code points.
    texts : dict of str to Text
        Plain texts by guid of their document.
    case_id : str
        The case's folder.
    mapping : Mapping
        Facts of documents, names of codes and coders.
    known : Known

    Returns
    -------
    Tables
        Statements in reading order, codings, own codes and all else that has a place; and what has none, counted.

    Raises
    ------
    Refused
        When the mapping names what is not there, or no statement is left.
    """
    return _Conversion(project, texts, case_id, mapping, known).tables()


class _Conversion:
    def __init__(self, project: Project, texts: dict[str, Text], case_id: str, mapping: Mapping, known: Known) -> None:
        self.project, self.texts, self.case_id, self.mapping, self.known = project, texts, case_id, mapping, known
        self.out = Tables(_case(project, case_id, mapping))
        self.out.dropped.update(project.dropped)
        self.out.told += project.told
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.shared = identity.shared_codes(known.codes)
        self.code_ids: dict[str, str] = {}
        self.targets: dict[str, str] = {}
        self.coders = _names(project)
        self.attributes = _attributes(project)
        self.numbers: Counter[str] = Counter()
        self.said: set[tuple[str, ...]] = set()

    def tables(self) -> Tables:
        """All rows."""
        self._codes()
        self._documents()
        self._codings()
        self._memos()
        self._groups()
        self._unmapped()
        self._sort()
        self.out.rows = self.rows
        self.out.dropped = Counter({what: number for what, number in sorted(self.out.dropped.items()) if number})
        return self.out

    # ---- codebook ----

    def _codes(self) -> None:
        taken: set[str] = set()
        own = {code.guid for code in self.project.codes} - self.shared.keys() - self.known.headings
        for code in in_order(self.project.codes):
            if code.guid not in own:
                continue
            description, facts = identity.without_facts(code.description, identity.OF_CODES)
            name = facts.get("name", code.name)
            code_id = _unique(f"{self.case_id}-{slug(name) or 'code'}", taken)
            self.code_ids[code.guid] = self.targets[code.guid] = code_id
            color = code.color if re.fullmatch("#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})", code.color) else ""
            self.rows["own_codes"].append(
                {
                    "code_id": code_id,
                    "parent_id": self.code_ids.get(code.parent, ""),
                    "label": self._clean(name).strip() or code_id,
                    "definition": self._clean(description).strip(),
                    "color": color,
                    "guid": code.guid,
                }
            )
        names = Counter(code.name for code in self.project.codes)
        if twice := [name for name, number in names.items() if number > 1]:
            self.out.told.append(
                f"{len(twice)} names of codes occur more than once, such as {twice[0]!r}; all are kept."
            )
        self.meant = self._meant()

    def _meant(self) -> dict[str, str]:
        """What own codes mean in the shared codebook, by guid."""
        by_name: dict[str, list[str]] = defaultdict(list)
        for code in self.project.codes:
            by_name[code.name].append(code.guid)
        meant = {}
        for name, code_id in self.mapping.codes.items():
            if name not in by_name:
                raise Refused(f"The mapping speaks of the code {name!r}, which the project has not.")
            if code_id not in self.known.codes:
                raise Refused(f"The mapping gives {name!r} the code {code_id!r}, which data/codebook has not.")
            meant.update(dict.fromkeys(by_name[name], code_id))
        return self.shared | meant

    # ---- documents and statements ----

    def _documents(self) -> None:
        taken: set[str] = set()
        names = {document.name for document in self.project.documents}
        for name in self.mapping.names:
            if name not in names:
                raise Refused(f"The mapping speaks of the document {name!r}, which the project has not.")
        for document in self.project.documents:
            facts = self._facts(document)
            document_id = self._document_id(document, facts, taken)
            self.targets[document.guid] = document_id
            self.rows["documents"].append({"document_id": document_id, "case_id": self.case_id, **facts})
            joined = document.variables.get(identity.JOINED) == "yes"
            text = self.texts.get(document.guid)
            if text is not None and not joined:
                self.out.texts[document_id] = text.plain
            self._statements(document, document_id, facts, text, joined)
            for user, code in document.codings:
                attribute = f"code ({self._coder(user)})"
                self._attribute(
                    document_id, attribute, next((c.name for c in self.project.codes if c.guid == code), "")
                )

    def _facts(self, document: Document) -> dict[str, str]:
        facts = {}
        for name in FACTS:
            value = self.mapping.fact(name, document.name, self.attributes.get(document.guid, {}))
            facts[name] = self._clean(value).strip() or DEFAULTS.get(name, "")
        facts["title"] = facts["title"] or self._clean(document.name).strip() or document.guid
        facts["url"] = facts["url"] or f"urn:uuid:{document.guid}"
        if facts["date"] and not is_date(facts["date"]):
            iso = re.match(r"\d{4}-\d{2}-\d{2}(?=T)", facts["date"])
            if iso and is_date(iso[0]):
                facts["date"] = iso[0]
            else:
                self._doubt("date", f"{facts['date']!r} is no date such as 2008, 2008-06 or 2008-06-05; left empty")
                facts["date"] = ""
        for name in ("issuer_side", "kind", "role", "coverage", "language", "url"):
            if not _allowed(facts[name], self.known.forms["documents"], name):
                fallback = DEFAULTS.get(name, f"urn:uuid:{document.guid}")
                self._doubt(name, f"{facts[name]!r} is not allowed; {fallback} is written")
                facts[name] = fallback
        there = [each for each in items(facts["partnership_ids"]) if each in self.known.partnerships]
        for each in items(facts["partnership_ids"]):
            if each not in there:
                self._doubt("partnership_ids", f"{each!r} is no partnership of the case; left out")
        facts["partnership_ids"] = ";".join(there)
        return facts

    def _document_id(self, document: Document, facts: dict[str, str], taken: set[str]) -> str:
        own = document.variables.get(identity.OF_DOCUMENTS, "")
        if own.startswith(f"{self.case_id}-") and re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", own) and own not in taken:
            taken.add(own)
            return own
        year = facts["date"][:4] or "nd"
        return _unique(f"{self.case_id}-{year}-{slug(facts['title']) or 'document'}", taken)

    def _statements(
        self, document: Document, document_id: str, facts: dict[str, str], text: Text | None, joined: bool
    ) -> None:
        units = self._units(document, document_id)
        breaks = np.flatnonzero(
            np.frombuffer((text.plain if text else "").encode("utf-32-le", "surrogatepass"), dtype=np.uint32) == 10
        )
        width = max(2, len(str(len(units))))
        for position, unit in enumerate(units, 1):
            said, memos = self._said(unit)
            statement_id = said.get("statement_id", "")
            if not statement_id.startswith(f"{document_id}-"):
                statement_id = f"{document_id}-s{position:0{width}}"
            placed = (unit.start, unit.end) != NOWHERE
            place = unit.place or (
                f"paragraph {bisect_right(breaks, unit.start) + 1}" if placed else f"quotation {position}"
            )
            quoted = bool(unit.text.strip())
            partnership = said.get("partnership_id", "")
            self.rows["statements"].append(
                {
                    "statement_id": statement_id,
                    "document_id": document_id,
                    "position": str(position),
                    "locator": said.get("locator") or place,
                    "speaker": said.get("speaker") or facts["issuer"] or UNKNOWN,
                    "speaker_side": said.get("speaker_side") or facts["issuer_side"],
                    "partnership_id": partnership if partnership in self.known.partnerships else "",
                    "text_kind": said.get("text_kind") or ("quotation" if quoted else "paraphrase"),
                    "text": unit.text if quoted else f"[{unit.place or place}]",
                }
            )
            if placed and not joined:
                self.rows["passages"].append(
                    {"statement_id": statement_id, "start": str(unit.start), "end": str(unit.end)}
                )
            for passage in unit.passages:
                self.targets[passage.guid] = statement_id
            for memo in memos:
                self._memo(statement_id, "", memo)

    def _units(self, document: Document, document_id: str) -> list[_Unit]:
        """Passages at the same place as one, in reading order; what nobody coded is a memo, not a statement."""
        units: dict[Any, _Unit] = {}
        for passage in document.passages:
            known = [code for _, code in passage.codings if code in self.code_ids or code in self.shared]
            self.out.dropped["codings with a code that the codebook has not"] += len(passage.codings) - len(known)
            text = self._clean(passage.text)
            placed = (passage.start, passage.end) != NOWHERE
            if placed and not text.strip():
                self.out.dropped["codings of empty passages"] += len(known)
                self.out.dropped["empty passages"] += 1
            elif known:
                key = (
                    (passage.start, passage.end)
                    if placed
                    else (passage.place, text, "" if passage.place else passage.guid)
                )
                unit = units.setdefault(key, _Unit(passage.start, passage.end, text, passage.place, []))
                unit.passages.append(passage)
            else:
                self.targets[passage.guid] = document_id
                where = f"{passage.place or 'on'}: {' '.join(text.split())[:200]}"
                if passage.memo:
                    self._memo(document_id, where, passage.memo)
                elif not passage.notes:
                    self.out.dropped["passages without a code or a memo"] += 1
        return sorted(units.values(), key=lambda unit: ((unit.start, unit.end) == NOWHERE, unit.start, unit.end))

    @staticmethod
    def _said(unit: _Unit) -> tuple[dict[str, str], list[str]]:
        """What an export of ours says of a statement, and its memos."""
        said: dict[str, str] = {}
        memos: list[str] = []
        for passage in unit.passages:
            memo, facts = identity.without_facts(passage.memo, identity.OF_STATEMENTS)
            said |= facts
            if memo and memo not in memos:
                memos.append(memo)
        return said, memos

    # ---- codings ----

    def _codings(self) -> None:
        order = {code: place for place, code in enumerate(self.code_ids)}
        own: dict[str, set[tuple[str, int, str]]] = defaultdict(set)
        translated: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for passage in self.project.passages():
            statement_id = self.targets.get(passage.guid, "")
            for user, code in passage.codings:
                if code in self.code_ids:
                    own[statement_id].add((self._coder(user), order[code], self.code_ids[code]))
                if code in self.meant:
                    translated[statement_id].add((self._letter(user), self.meant[code]))
        for row in self.rows["statements"]:
            for coder, _, code_id in sorted(own.get(row["statement_id"], ())):
                self.rows["own_codings"].append(
                    {"statement_id": row["statement_id"], "coder": coder, "code_id": code_id}
                )
        if any(translated[row["statement_id"]] for row in self.rows["statements"] if row["statement_id"] in translated):
            self._translate(translated)

    def _translate(self, translated: dict[str, set[tuple[str, str]]]) -> None:
        """Codings with the shared codebook; a statement of a document that a coder read without one has ``none``."""
        readers: dict[str, set[str]] = defaultdict(set)
        document = {row["statement_id"]: row["document_id"] for row in self.rows["statements"]}
        for passage in self.project.passages():
            statement_id = self.targets.get(passage.guid, "")
            if statement_id in document:
                readers[document[statement_id]] |= {self._letter(user) for user, _ in passage.codings}
        letters = sorted(set().union(*readers.values()))
        for document_id, own in readers.items():
            if own != set(letters):
                missing = ", ".join(sorted(set(letters) - own))
                raise Refused(
                    f"Coder {missing} has read other documents, but not {document_id}; with the shared codebook each "
                    "coder reads all. Give coders who divided the documents among them the same letter in the mapping."
                )
        spans = {row["statement_id"]: (int(row["start"]), int(row["end"])) for row in self.rows["passages"]}
        neighbours = _neighbours(document, spans)
        for statement_id in document:
            given: dict[str, set[str]] = {letter: set() for letter in letters}
            for letter, code_id in translated.get(statement_id, ()):
                given[letter].add(code_id)
            for letter in letters:
                if not given[letter]:
                    near = (translated.get(each, ()) for each in neighbours.get(statement_id, ()))
                    given[letter] = {code_id for pairs in near for own, code_id in pairs if own == letter}
                codes = sorted(given[letter] - {READ_AND_NOTHING_FOUND}) or [READ_AND_NOTHING_FOUND]
                self.rows["codings"] += [
                    {"statement_id": statement_id, "coder": letter, "code_id": code_id} for code_id in codes
                ]
        used = {code_id for pairs in translated.values() for _, code_id in pairs}
        unused = [code for code in self.known.codes if code not in used]
        if self.mapping.codes and unused:
            self.out.doubts.append(
                f"{len(unused)} of {len(self.known.codes)} shared codes are given to no passage and will read as never "
                f"found, such as {unused[0]}: map only a project that looked for them."
            )

    def _coder(self, user: str) -> str:
        return self.coders.get(user, NOBODY)

    def _letter(self, user: str) -> str:
        name = self._coder(user)
        letter = self.mapping.coders.get(name, name if name in LETTERS else LETTERS[0])
        if letter not in LETTERS:
            raise Refused(
                f"The mapping calls the coder {name!r} {letter!r}; with the shared codebook coders are A and B."
            )
        return letter

    # ---- memos, variables, sets ----

    def _memos(self) -> None:
        project = self.project
        if project.description:
            self._memo("", project.name, project.description)
        noted: set[str] = set()

        def note(target: str, guids: Iterable[str]) -> None:
            for guid in guids:
                if guid in project.notes and (target, guid) not in pairs:
                    pairs.add((target, guid))
                    noted.add(guid)
                    self._memo(target, *project.notes[guid])

        pairs: set[tuple[str, str]] = set()
        note("", project.own_notes)
        for code in project.codes:
            note(self.targets.get(code.guid, ""), code.notes)
        for document in project.documents:
            if document.description:
                self._memo(self.targets[document.guid], "", document.description)
            note(self.targets[document.guid], document.notes)
            for passage in document.passages:
                note(self.targets.get(passage.guid, ""), passage.notes)
        for origin, target in project.links:
            ends = [(origin, target), (target, origin)]
            found = [(about, guid) for about, guid in ends if guid in project.notes and about in self.targets]
            for about, guid in found:
                note(self.targets[about], [guid])
            self.out.dropped["links that lead to no memo"] += not found
        note("", [guid for guid in project.notes if guid not in noted])

    def _memo(self, target: str, title: str, text: str) -> None:
        clean = self._clean(text).strip()
        if not clean:
            self.out.dropped["empty memos"] += 1
            return
        self.numbers[target] += 1
        number = self.numbers[target]
        self.rows["memos"].append(
            {"target_id": target, "number": str(number), "title": self._clean(title).strip(), "text": clean}
        )

    def _groups(self) -> None:
        facts = {*FACTS, identity.OF_DOCUMENTS, identity.JOINED}
        for document in self.project.documents:
            for name, value in document.variables.items():
                if name not in facts:
                    self._attribute(self.targets[document.guid], name, value)
        for group in self.project.groups:
            members = [self.targets[guid] for guid in group.members if guid in self.targets]
            for member in members:
                self._attribute(member, group.kind, group.name)
                for name, value in group.variables.items():
                    self._attribute(member, name, value)
            if not members:
                self.out.dropped[f"{group.kind}s without a member here"] += 1
            if group.description:
                self._memo("", f"{group.kind} {group.name}", group.description)

    def _attribute(self, target: str, name: str, value: str) -> None:
        row = {"target_id": target, "attribute": self._clean(name).strip(), "value": self._clean(value).strip()}
        if row["attribute"] and row["value"] and tuple(row.values()) not in self.said:
            self.said.add(tuple(row.values()))
            self.rows["attributes"].append(row)

    def _sort(self) -> None:
        """Memos and attributes in the order of what they are about: the project, documents, statements, codes."""
        keys = [("documents", "document_id"), ("statements", "statement_id"), ("own_codes", "code_id")]
        ids = ["", *(row[key] for table, key in keys for row in self.rows[table])]
        place = {each: number for number, each in enumerate(ids)}
        self.rows["memos"].sort(key=lambda row: (place[row["target_id"]], int(row["number"])))
        self.rows["attributes"].sort(key=lambda row: (place[row["target_id"]], row["attribute"], row["value"]))

    # ---- what is to be told ----

    def _unmapped(self) -> None:
        documents = self.rows["documents"]
        for name, default in (*DEFAULTS.items(), ("date", ""), ("issuer", "")):
            own = [
                document.name
                for document in self.project.documents
                if not self.mapping.fact(name, document.name, self.attributes.get(document.guid, {}))
            ]
            if own and documents:
                written = f"written as {default!r}" if default else "left empty"
                self.out.doubts.append(f"{name}: not mapped for {len(own)} of {len(documents)} documents; {written}.")
        for key in CASE:
            if self.out.case[key] == UNKNOWN:
                self.out.doubts.append(f"case.yml, {key}: not mapped; written as {UNKNOWN!r}.")
        if any(row["coder"] == NOBODY for row in self.rows["own_codings"]):
            self.out.doubts.append(
                "Some codings name no coder, or one that the project does not list: coder 'unknown'."
            )

    def _doubt(self, name: str, words: str) -> None:
        doubt = f"{name}: {words}."
        if doubt not in self.out.doubts:
            self.out.doubts.append(doubt)

    def _clean(self, text: str) -> str:
        """Text that a table can hold: without control characters, which become spaces."""
        plain = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        clean, number = UNFIT.subn(" ", plain)
        self.out.dropped["control characters in texts (now spaces)"] += number
        return clean


def in_order(codes: list[Code]) -> list[Code]:
    """Codes with those below each right behind it."""
    below: dict[str, list[Code]] = defaultdict(list)
    guids = {code.guid for code in codes}
    for code in codes:
        below[code.parent if code.parent in guids else ""].append(code)
    ordered: list[Code] = []
    waiting = below[""][::-1]
    while waiting:
        ordered.append(waiting.pop())
        waiting += below[ordered[-1].guid][::-1]
    return ordered


def slug(name: str) -> str:
    """A name in small letters, digits and hyphens."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_ID].strip("-")


def _case(project: Project, case_id: str, mapping: Mapping) -> dict[str, str]:
    title = mapping.case.get("title") or project.name.strip() or case_id
    short = mapping.case.get("short") or title
    return {"id": case_id, "title": title, "short": short, "destination": mapping.case.get("destination") or UNKNOWN}


def _names(project: Project) -> dict[str, str]:
    """Names of coders by guid; two of the same name are told apart by number."""
    taken: set[str] = set()
    names = {}
    for guid, name in project.users.items():
        plain = " ".join(NOT_TEXT.sub(" ", name).split()) or "unnamed"
        own, number = plain, 1
        while own in taken:
            number += 1
            own = f"{plain} ({number})"
        taken.add(own)
        names[guid] = own
    return names


def _attributes(project: Project) -> dict[str, dict[str, list[str]]]:
    """Variables of each document, those of its cases too, and the names of its cases and sets."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for document in project.documents:
        for name, value in document.variables.items():
            found[document.guid][name].append(value)
    for group in project.groups:
        for guid in group.members:
            found[guid][group.kind].append(group.name)
            for name, value in group.variables.items():
                found[guid][name].append(value)
    return found


def _unique(wanted: str, taken: set[str]) -> str:
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    taken.add(found)
    return found


def _allowed(value: str, form: Resource, name: str) -> bool:
    limits = next(each for each in form["schema"]["fields"] if each["name"] == name).get("constraints", {})
    return value in limits.get("enum", [value]) and re.fullmatch(limits.get("pattern", ".*"), value) is not None


def _neighbours(document: dict[str, str], spans: dict[str, tuple[int, int]]) -> dict[str, list[str]]:
    """Statements of the same document that share more than :data:`OVERLAP` of what both cover."""
    by_document: dict[str, list[str]] = defaultdict(list)
    for statement_id, document_id in document.items():
        if statement_id in spans:
            by_document[document_id].append(statement_id)
    found: dict[str, list[str]] = defaultdict(list)
    for ids in by_document.values():
        open_: list[str] = []
        for statement_id in sorted(ids, key=lambda each: spans[each]):
            start, end = spans[statement_id]
            open_ = [each for each in open_ if spans[each][1] > start]
            for other in open_:
                shared = min(end, spans[other][1]) - start
                both = max(end, spans[other][1]) - spans[other][0]
                if shared > OVERLAP * both:
                    found[statement_id].append(other)
                    found[other].append(statement_id)
            open_.append(statement_id)
    return found
