"""Turns a case into a coded project: the way of :mod:`compendium.exchange.convert`, back.

What each writer of a file needs is here once: which text a document has, where statements stand in it, who gave which
code, which memos, variables, cases and sets belong where.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from compendium.evidence import Evidence
from compendium.exchange import codetree, identity
from compendium.exchange.account import UNFIT
from compendium.exchange.codetree import Branch
from compendium.exchange.model import Code, Document, Group, Passage, Project

Row = dict[Any, Any]

BETWEEN = "\n\n"
DOCUMENT = ("date", "issuer", "issuer_side", "partnership_ids", "kind", "role", "language", "url", "coverage")


def project(case: Evidence, texts: dict[str, str]) -> Project:
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
    return _Casting(case, texts).project


def codes(case: Evidence) -> list[Code]:
    """The codebook, each code behind the one above it; below a description what an import of ours is to find again."""
    return list(_flat(codetree.branches(case), ""))


def _flat(tree: Iterable[Branch], parent: str) -> Iterator[Code]:
    for each in tree:
        described = identity.with_facts(each.description, each.facts)
        yield Code(each.guid, each.name, parent, described, each.color, codable=each.codable)
        yield from _flat(each.below, each.guid)


class _Casting:
    def __init__(self, case: Evidence, texts: dict[str, str]) -> None:
        self.case, self.texts = case, texts
        self.project = Project(name=str(case.cases["title"].iloc[0]), codes=codes(case))
        self.own = codetree.guids(case.own_codes)
        every = pd.concat([case.codings, case.own_codings], ignore_index=True)
        users = {name: identity.guid("coder", name) for name in sorted(every["coder"].unique())}
        self.project.users = {guid: name for name, guid in users.items()}
        self.given: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for statement, coder, code in every[["statement_id", "coder", "code_id"]].itertuples(index=False):
            self.given[statement].append((users[coder], self.own.get(code) or identity.guid("code", code)))
        self.said = dict(list(case.statements.groupby("document_id", sort=False)))
        self.spans = {
            row["statement_id"]: (int(row["start"]), int(row["end"])) for row in case.passages.to_dict("records")
        }
        self.memos: dict[str, list[Row]] = defaultdict(list)
        for row in case.memos.to_dict("records"):
            self.memos[row["target_id"]].append(row)
        self.attributes: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for target, name, value in case.attributes[["target_id", "attribute", "value"]].itertuples(index=False):
            self.attributes[target].append((name, value))
        noted = {guid: [self._note(memo) for memo in self.memos[code_id]] for code_id, guid in self.own.items()}
        for code in self.project.codes:
            code.notes = noted.get(code.guid, [])
        self.project.documents = [self._document(row) for row in case.documents.to_dict("records")]
        self.project.own_notes = [self._note(memo) for memo in self.memos[""]]
        self._groups()

    def _document(self, row: Row) -> Document:
        document_id = row["document_id"]
        statements = self.said[document_id].to_dict("records") if document_id in self.said else []
        text = self.texts.get(document_id)
        places = [self.spans[each["statement_id"]] for each in statements if each["statement_id"] in self.spans]
        said = [each["text"] for each in statements]
        joined = text is None or len(places) < len(said)
        if text is not None and not joined and said != [UNFIT.sub(" ", text[slice(*place)]) for place in places]:
            joined = True
            self.project.told.append(
                f"{document_id}: the text that is here is not the one that was coded, so its statements stand alone."
            )
        if joined:
            text, places = _joined(said)
        description, notes = self._noted(document_id)
        return Document(
            _guid_of(row),
            row["title"],
            text=text,
            description=description,
            passages=[
                self._passage(each, *place, (text or "")[slice(*place)])
                for each, place in zip(statements, places, strict=True)
            ],
            variables={name: value for name, value in self.attributes[document_id] if name not in ("set", "case")}
            | {identity.OF_DOCUMENTS: document_id, identity.JOINED: "yes" if joined else ""}
            | {name: row[name] for name in DOCUMENT}
            | {"partnership_ids": ";".join(row["partnership_ids"])},
            notes=notes,
        )

    def _passage(self, row: Row, start: int, end: int, text: str) -> Passage:
        statement_id = row["statement_id"]
        description, notes = self._noted(statement_id)
        return Passage(
            identity.guid("statement", statement_id),
            start,
            end,
            text,
            memo=identity.with_facts(description, {name: row[name] for name in identity.OF_STATEMENTS}),
            codings=self.given[statement_id],
            notes=notes,
        )

    def _noted(self, target: str) -> tuple[str, list[str]]:
        """The first memo of a document or statement, unless it has a title, is its description; others are notes."""
        memos = self.memos[target]
        described = bool(memos) and not memos[0]["title"]
        return memos[0]["text"] if described else "", [self._note(memo) for memo in memos[described:]]

    def _note(self, memo: Row) -> str:
        guid = identity.guid("memo", f"{memo['target_id']}:{memo['number']}")
        self.project.notes[guid] = (memo["title"], memo["text"])
        return guid

    def _groups(self) -> None:
        """Cases and sets with their members, and the variables that all members of a case share."""
        documents = {row["document_id"]: _guid_of(row) for row in self.case.documents.to_dict("records")}
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for target, pairs in self.attributes.items():
            for name, value in pairs:
                if name == "case" or (name == "set" and (target in self.own or target in documents)):
                    found[name, value].append(target)
        for (kind, name), members in found.items():
            shared = set.intersection(*(set(self.attributes[member]) for member in members)) if kind == "case" else ()
            self.project.groups.append(
                Group(
                    identity.guid(kind, name),
                    name,
                    kind,
                    members=[
                        self.own.get(member) or documents.get(member) or identity.guid("statement", member)
                        for member in members
                    ],
                    variables={name: value for name, value in sorted(shared) if name not in ("set", "case")},
                )
            )


def _joined(texts: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Statements one after the other, and where each of them stands."""
    places, start = [], 0
    for text in texts:
        places.append((start, start + len(text)))
        start += len(text) + len(BETWEEN)
    return BETWEEN.join(texts), places


def _guid_of(document: Row) -> str:
    """The identifier of a document: that of the project it came from, if it did."""
    url: str = document["url"]
    return (
        url.removeprefix("urn:uuid:")
        if url.startswith("urn:uuid:")
        else identity.guid("document", document["document_id"])
    )
