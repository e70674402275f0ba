"""Turns a case into a coded project: the reverse of :mod:`compendium.curation.exchange.to_tables`.

What every writer needs is computed here once: the text of a document, where its statements are, who assigned which
code, the tree of codes, and which memos, variables, cases and sets belong where.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from compendium.curation.exchange import embedded_facts
from compendium.curation.formats import identifiers
from compendium.curation.formats.characters import INVALID_CHARACTERS
from compendium.curation.formats.identifiers import unique_name
from compendium.curation.formats.model import Code, Document, Group, Passage, Project
from compendium.dataset.evidence import Evidence
from compendium.dataset.integrity import Row
from compendium.dataset.vocabulary import READ_AND_NOTHING_FOUND

_GROUP_COLOURS = ("#0B72B5", "#D0590B", "#0E8A68", "#9467BD", "#A8790A", "#76808A")
_KIND_HEADINGS = {"frame": "Frames", "area": "Policy areas"}


@dataclass
class CodeNode:
    """A code with those below it; ``facts`` are what an import of ours is to find again."""

    guid: str
    name: str
    description: str
    color: str = ""
    codable: bool = True
    facts: dict[str, str] = field(default_factory=dict)
    children: list["CodeNode"] = field(default_factory=list)


def codebook_tree(case: Evidence) -> list[CodeNode]:
    """The codebook as a tree: own codes as the project had them; frames and policy areas below their groups."""
    tree = _own_code_tree(case.own_codes)
    if len(case.codings) or not tree:
        tree += _shared_code_tree(case.codes)
    _make_names_unique(tree)
    return tree


def own_code_guids(codes: pd.DataFrame) -> dict[str, str]:
    """Identifiers of own codes by their id: those of the project that they came from."""
    return {
        code_id: str(own or identifiers.make_guid("code", code_id))
        for code_id, own in zip(codes["code_id"], codes["guid"], strict=True)
    }


def _own_code_tree(codes: pd.DataFrame) -> list[CodeNode]:
    known = own_code_guids(codes)
    made = {
        row["code_id"]: CodeNode(known[row["code_id"]], row["label"], row["definition"], row["color"])
        for row in codes.to_dict("records")
    }
    tree: list[CodeNode] = []
    for code_id, parent in zip(codes["code_id"], codes["parent_id"], strict=True):
        (made[parent].children if parent else tree).append(made[code_id])
    return tree


def _shared_code_tree(codes: pd.DataFrame) -> list[CodeNode]:
    tree = []
    places = codes.drop_duplicates(["kind", "group"])[["kind", "group"]]
    for number, (kind, group) in enumerate(places.itertuples(index=False)):
        color = _GROUP_COLOURS[number % len(_GROUP_COLOURS)]
        heading = embedded_facts.group_heading(kind, group)
        top = CodeNode(
            identifiers.make_guid("group", heading),
            f"{_KIND_HEADINGS[kind]}: {group}",
            "",
            color,
            False,
            {"heading": heading},
        )
        own = codes[(codes["kind"] == kind) & (codes["group"] == group)]
        top.children = [
            _shared_code_node(code_id, label, definition, color)
            for code_id, label, definition in own[["code_id", "label", "definition"]].itertuples(index=False)
        ]
        tree.append(top)
    return [
        *tree,
        _shared_code_node(READ_AND_NOTHING_FOUND, "No code", "Read, and no code applies.", _GROUP_COLOURS[-1]),
    ]


def _shared_code_node(code_id: str, label: str, definition: str, color: str) -> CodeNode:
    return CodeNode(identifiers.make_guid("code", code_id), label, definition, color, facts={"code_id": code_id})


def _make_names_unique(tree: list[CodeNode]) -> None:
    """Names that occur twice get the name of the code above, or a number: some tools lose codings of such codes."""
    every = list(walk_code_tree(tree))
    names = Counter(branch.name for branch, _ in every)
    taken = {name for name, number in names.items() if number == 1}
    for branch, above in every:
        if names[branch.name] > 1:
            branch.facts["name"] = branch.name
            branch.name = unique_name(f"{branch.name} ({above})" if above else branch.name, taken, "{} {}")


def walk_code_tree(tree: Iterable[CodeNode], parent_name: str = "") -> Iterator[tuple[CodeNode, str]]:
    """All codes of a tree, each with the name of the one above."""
    for branch in tree:
        name = branch.name  # the caller may change it
        yield branch, parent_name
        yield from walk_code_tree(branch.children, name)


_STATEMENT_SEPARATOR = "\n\n"
_DOCUMENT_VARIABLES = (
    "date",
    "issuer",
    "issuer_side",
    "partnership_ids",
    "kind",
    "role",
    "language",
    "url",
    "coverage",
)


def coded_project(case: Evidence, texts: dict[str, str]) -> Project:
    """A case as a coded project.

    Parameters
    ----------
    case : Evidence
        One case.
    texts : dict of str to str
        Plain texts by document, as far as they are at hand; of other documents the statements are joined.

    Returns
    -------
    Project
        Each document with its text; positions in code points. The same case gives the same identifiers.
    """
    return _ProjectBuilder(case, texts).project


def codebook_codes(case: Evidence) -> list[Code]:
    """The codebook, each code behind the one above it; below a description what an import of ours is to find again."""
    return list(_flatten_tree(codebook_tree(case), ""))


def _flatten_tree(tree: Iterable[CodeNode], parent_guid: str) -> Iterator[Code]:
    for each in tree:
        described = embedded_facts.append_facts(each.description, each.facts)
        yield Code(each.guid, each.name, parent_guid, described, each.color, codable=each.codable)
        yield from _flatten_tree(each.children, each.guid)


class _ProjectBuilder:
    def __init__(self, case: Evidence, texts: dict[str, str]) -> None:
        self.case, self.texts = case, texts
        self.project = Project(
            name=str(case.cases["title"].iloc[0]), origin=embedded_facts.EXPORT_ORIGIN, codes=codebook_codes(case)
        )
        self.own_guids = own_code_guids(case.own_codes)
        every = pd.concat([case.codings, case.own_codings], ignore_index=True)
        users = {name: identifiers.make_guid("coder", name) for name in sorted(every["coder"].unique())}
        self.project.users = {guid: name for name, guid in users.items()}
        self.codings_by_statement: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for statement, coder, code in every[["statement_id", "coder", "code_id"]].itertuples(index=False):
            self.codings_by_statement[statement].append(
                (users[coder], self.own_guids.get(code) or identifiers.make_guid("code", code))
            )
        self.statements_by_document = dict(list(case.statements.groupby("document_id", sort=False)))
        self.spans_by_statement = {
            row["statement_id"]: (int(row["start"]), int(row["end"])) for row in case.passages.to_dict("records")
        }
        self.memos_by_target: dict[str, list[Row]] = defaultdict(list)
        for row in case.memos.to_dict("records"):
            self.memos_by_target[row["target_id"]].append(row)
        self.attributes_by_target: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for target, name, value in case.attributes[["target_id", "attribute", "value"]].itertuples(index=False):
            self.attributes_by_target[target].append((name, value))
        noted = {
            guid: [self._add_note(memo) for memo in self.memos_by_target[code_id]]
            for code_id, guid in self.own_guids.items()
        }
        for code in self.project.codes:
            code.notes = noted.get(code.guid, [])
        self.project.documents = [self._make_document(row) for row in case.documents.to_dict("records")]
        self.project.own_notes = [self._add_note(memo) for memo in self.memos_by_target[""]]
        self._add_groups()

    def _make_document(self, row: Row) -> Document:
        document_id = row["document_id"]
        statements = (
            self.statements_by_document[document_id].to_dict("records")
            if document_id in self.statements_by_document
            else []
        )
        text = self.texts.get(document_id)
        places = [
            self.spans_by_statement[each["statement_id"]]
            for each in statements
            if each["statement_id"] in self.spans_by_statement
        ]
        said = [each["text"] for each in statements]
        joined = text is None or len(places) < len(said)
        if (
            text is not None
            and not joined
            and said != [INVALID_CHARACTERS.sub(" ", text[slice(*place)]) for place in places]
        ):
            joined = True
            self.project.messages.append(
                f"{document_id}: the text that is here is not the one that was coded, so its statements stand alone."
            )
        if joined:
            text, places = _join_statements(said)
        description, notes = self._description_and_notes(document_id)
        return Document(
            _document_guid(row),
            row["title"],
            text=text,
            description=description,
            passages=[
                self._make_passage(each, *place, (text or "")[slice(*place)])
                for each, place in zip(statements, places, strict=True)
            ],
            variables={
                name: value for name, value in self.attributes_by_target[document_id] if name not in ("set", "case")
            }
            | {
                embedded_facts.DOCUMENT_ID_VARIABLE: document_id,
                embedded_facts.JOINED_TEXT_VARIABLE: "yes" if joined else "",
            }
            | {name: row[name] for name in _DOCUMENT_VARIABLES}
            | {"partnership_ids": ";".join(row["partnership_ids"])},
            notes=notes,
        )

    def _make_passage(self, row: Row, start: int, end: int, text: str) -> Passage:
        statement_id = row["statement_id"]
        description, notes = self._description_and_notes(statement_id)
        return Passage(
            identifiers.make_guid("statement", statement_id),
            start,
            end,
            text,
            memo=embedded_facts.append_facts(description, {name: row[name] for name in embedded_facts.STATEMENT_FACTS}),
            codings=self.codings_by_statement[statement_id],
            notes=notes,
        )

    def _description_and_notes(self, target_id: str) -> tuple[str, list[str]]:
        """The first memo of a document or statement, unless it has a title, is its description; others are notes."""
        memos = self.memos_by_target[target_id]
        described = bool(memos) and not memos[0]["title"]
        return memos[0]["text"] if described else "", [self._add_note(memo) for memo in memos[described:]]

    def _add_note(self, memo: Row) -> str:
        guid = identifiers.make_guid("memo", f"{memo['target_id']}:{memo['number']}")
        self.project.notes[guid] = (memo["title"], memo["text"])
        return guid

    def _add_groups(self) -> None:
        """Cases and sets with their members, and the variables that all members of a case share."""
        documents = {row["document_id"]: _document_guid(row) for row in self.case.documents.to_dict("records")}
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for target, pairs in self.attributes_by_target.items():
            for name, value in pairs:
                if name == "case" or (name == "set" and (target in self.own_guids or target in documents)):
                    found[name, value].append(target)
        for (kind, name), members in found.items():
            shared = (
                set.intersection(*(set(self.attributes_by_target[member]) for member in members))
                if kind == "case"
                else ()
            )
            self.project.groups.append(
                Group(
                    identifiers.make_guid(kind, name),
                    name,
                    kind,
                    members=[
                        self.own_guids.get(member)
                        or documents.get(member)
                        or identifiers.make_guid("statement", member)
                        for member in members
                    ],
                    variables={name: value for name, value in sorted(shared) if name not in ("set", "case")},
                )
            )


def _join_statements(texts: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Statements one after the other, and where each of them stands."""
    places, start = [], 0
    for text in texts:
        places.append((start, start + len(text)))
        start += len(text) + len(_STATEMENT_SEPARATOR)
    return _STATEMENT_SEPARATOR.join(texts), places


def _document_guid(document: Row) -> str:
    """The identifier of a document: that of the project it came from, if it did."""
    url: str = document["url"]
    return (
        url.removeprefix("urn:uuid:")
        if url.startswith("urn:uuid:")
        else identifiers.make_guid("document", document["document_id"])
    )
