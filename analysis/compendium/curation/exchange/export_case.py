"""Conversion of a case to a coded project: the reverse of :mod:`compendium.curation.exchange.to_tables`.

All writers use its result: texts of documents with the positions of statements, codings, the code tree, memos,
variables, cases and sets.
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


@dataclass
class CodeNode:
    """A code and its child codes; ``facts`` are embedded in the description for later imports."""

    guid: str
    name: str
    description: str
    color: str = ""
    codable: bool = True
    facts: dict[str, str] = field(default_factory=dict)
    children: list["CodeNode"] = field(default_factory=list)


def codebook_tree(case: Evidence) -> list[CodeNode]:
    """Build the code tree: own codes in their hierarchy, frames and policy areas below their groups."""
    tree = _own_code_tree(case.own_codes)
    if len(case.codings) or not tree:
        tree += _shared_code_tree(case.codes)
    _make_names_unique(tree)
    return tree


def own_code_guids(codes: pd.DataFrame) -> dict[str, str]:
    """Guids of own codes by id: those of the imported project, if there are any."""
    return {
        code_id: str(guid or identifiers.make_guid("code", code_id))
        for code_id, guid in zip(codes["code_id"], codes["guid"], strict=True)
    }


def _own_code_tree(codes: pd.DataFrame) -> list[CodeNode]:
    guids = own_code_guids(codes)
    nodes = {
        row["code_id"]: CodeNode(guids[row["code_id"]], row["label"], row["definition"], row["color"])
        for row in codes.to_dict("records")
    }
    tree: list[CodeNode] = []
    for code_id, parent in zip(codes["code_id"], codes["parent_id"], strict=True):
        (nodes[parent].children if parent else tree).append(nodes[code_id])
    return tree


def _shared_code_tree(codes: pd.DataFrame) -> list[CodeNode]:
    tree = []
    groups = codes.drop_duplicates(["kind", "group"])[["kind", "group"]]
    for number, (kind, group) in enumerate(groups.itertuples(index=False)):
        color = _GROUP_COLOURS[number % len(_GROUP_COLOURS)]
        heading = embedded_facts.group_heading(kind, group)
        group_node = CodeNode(
            identifiers.make_guid("group", heading),
            f"{_KIND_HEADINGS[kind]}: {group}",
            "",
            color,
            False,
            {"heading": heading},
        )
        group_codes = codes[(codes["kind"] == kind) & (codes["group"] == group)]
        group_node.children = [
            _shared_code_node(code_id, label, definition, color)
            for code_id, label, definition in group_codes[["code_id", "label", "definition"]].itertuples(index=False)
        ]
        tree.append(group_node)
    return [
        *tree,
        _shared_code_node(READ_AND_NOTHING_FOUND, "No code", "Read, and no code applies.", _GROUP_COLOURS[-1]),
    ]


def _shared_code_node(code_id: str, label: str, definition: str, color: str) -> CodeNode:
    return CodeNode(identifiers.make_guid("code", code_id), label, definition, color, facts={"code_id": code_id})


def _make_names_unique(tree: list[CodeNode]) -> None:
    """Add the name of the parent code or a number to repeated names.

    Some programs lose codings of codes with equal names.
    """
    nodes = list(walk_code_tree(tree))
    name_counts = Counter(node.name for node, _ in nodes)
    used_names = {name for name, count in name_counts.items() if count == 1}
    for node, parent_name in nodes:
        if name_counts[node.name] > 1:
            node.facts["name"] = node.name
            new_name = f"{node.name} ({parent_name})" if parent_name else node.name
            node.name = unique_name(new_name, used_names, "{} {}")


def walk_code_tree(tree: Iterable[CodeNode], parent_name: str = "") -> Iterator[tuple[CodeNode, str]]:
    """All codes of a tree, depth first, each with the name of its parent code."""
    for node in tree:
        name = node.name  # the caller may change it
        yield node, parent_name
        yield from walk_code_tree(node.children, name)


def coded_project(case: Evidence, texts: dict[str, str]) -> Project:
    """Convert a case to a coded project.

    Parameters
    ----------
    case : Evidence
        Evidence of one case.
    texts : dict of str to str
        Stored plain texts by document id. The text of any other document is made of its statements.

    Returns
    -------
    Project
        With positions in code points. The same case always gives the same guids.
    """
    return _ProjectBuilder(case, texts).project


def codebook_codes(case: Evidence) -> list[Code]:
    """Codes of a case, parents first, with facts for later imports embedded in the descriptions."""
    return list(_flatten_tree(codebook_tree(case), ""))


def _flatten_tree(tree: Iterable[CodeNode], parent_guid: str) -> Iterator[Code]:
    for node in tree:
        description = embedded_facts.append_facts(node.description, node.facts)
        yield Code(node.guid, node.name, parent_guid, description, node.color, codable=node.codable)
        yield from _flatten_tree(node.children, node.guid)


class _ProjectBuilder:
    def __init__(self, case: Evidence, texts: dict[str, str]) -> None:
        self.case, self.texts = case, texts
        self.project = Project(
            name=str(case.cases["title"].iloc[0]), origin=embedded_facts.EXPORT_ORIGIN, codes=codebook_codes(case)
        )
        self.own_guids = own_code_guids(case.own_codes)
        codings = pd.concat([case.codings, case.own_codings], ignore_index=True)
        user_guids = {name: identifiers.make_guid("coder", name) for name in sorted(codings["coder"].unique())}
        self.project.users = {guid: name for name, guid in user_guids.items()}
        self.codings_by_statement: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for statement, coder, code in codings[["statement_id", "coder", "code_id"]].itertuples(index=False):
            self.codings_by_statement[statement].append(
                (user_guids[coder], self.own_guids.get(code) or identifiers.make_guid("code", code))
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
        code_notes = {
            guid: [self._add_note(memo) for memo in self.memos_by_target[code_id]]
            for code_id, guid in self.own_guids.items()
        }
        for code in self.project.codes:
            code.notes = code_notes.get(code.guid, [])
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
        spans = [
            self.spans_by_statement[statement["statement_id"]]
            for statement in statements
            if statement["statement_id"] in self.spans_by_statement
        ]
        statement_texts = [statement["text"] for statement in statements]
        is_joined = text is None or len(spans) < len(statements)
        if (
            text is not None
            and not is_joined
            and statement_texts != [INVALID_CHARACTERS.sub(" ", text[slice(*span)]) for span in spans]
        ):
            is_joined = True
            self.project.messages.append(
                f"{document_id}: the stored text differs from the text that was coded; the statements are exported"
                " without it."
            )
        if is_joined:
            text, spans = _join_statements(statement_texts)
        description, notes = self._description_and_notes(document_id)
        return Document(
            _document_guid(row),
            row["title"],
            text=text,
            description=description,
            passages=[
                self._make_passage(statement, *span, (text or "")[slice(*span)])
                for statement, span in zip(statements, spans, strict=True)
            ],
            variables={
                name: value for name, value in self.attributes_by_target[document_id] if name not in ("set", "case")
            }
            | {
                embedded_facts.DOCUMENT_ID_VARIABLE: document_id,
                embedded_facts.JOINED_TEXT_VARIABLE: "yes" if is_joined else "",
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
        """Split memos into the description (the first memo, if it has no title) and guids of notes."""
        memos = self.memos_by_target[target_id]
        has_description = bool(memos) and not memos[0]["title"]
        notes = memos[1:] if has_description else memos
        return memos[0]["text"] if has_description else "", [self._add_note(memo) for memo in notes]

    def _add_note(self, memo: Row) -> str:
        guid = identifiers.make_guid("memo", f"{memo['target_id']}:{memo['number']}")
        self.project.notes[guid] = (memo["title"], memo["text"])
        return guid

    def _add_groups(self) -> None:
        """Add cases and sets with their members, and the variables that all members of a case share."""
        document_guids = {row["document_id"]: _document_guid(row) for row in self.case.documents.to_dict("records")}
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for target, pairs in self.attributes_by_target.items():
            for name, value in pairs:
                if name == "case" or (name == "set" and (target in self.own_guids or target in document_guids)):
                    groups[name, value].append(target)
        for (kind, name), members in groups.items():
            shared_variables = (
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
                        or document_guids.get(member)
                        or identifiers.make_guid("statement", member)
                        for member in members
                    ],
                    variables={name: value for name, value in sorted(shared_variables) if name not in ("set", "case")},
                )
            )


def _join_statements(texts: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Join the texts of statements; also return the start and end of each of them."""
    spans, start = [], 0
    for text in texts:
        spans.append((start, start + len(text)))
        start += len(text) + len(_STATEMENT_SEPARATOR)
    return _STATEMENT_SEPARATOR.join(texts), spans


def _document_guid(document: Row) -> str:
    """Guid of a document: that of the imported project, if its URL contains one."""
    url: str = document["url"]
    return (
        url.removeprefix("urn:uuid:")
        if url.startswith("urn:uuid:")
        else identifiers.make_guid("document", document["document_id"])
    )
