"""The codes of a case as the tree that projects and codebooks show: own codes, and the shared codebook by groups."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from compendium.evidence import Evidence
from compendium.exchange import identity
from compendium.exchange.naming import unique
from compendium.terms import READ_AND_NOTHING_FOUND

COLOURS = ("#0B72B5", "#D0590B", "#0E8A68", "#9467BD", "#A8790A", "#76808A")
HEADINGS = {"frame": "Frames", "area": "Policy areas"}


@dataclass
class Branch:
    """A code with those below it; ``facts`` are what an import of ours is to find again."""

    guid: str
    name: str
    description: str
    color: str = ""
    codable: bool = True
    facts: dict[str, str] = field(default_factory=dict)
    below: list["Branch"] = field(default_factory=list)


def branches(case: Evidence) -> list[Branch]:
    """The codebook as a tree: own codes as the project had them; frames and policy areas below their groups."""
    tree = _own(case.own_codes)
    if len(case.codings) or not tree:
        tree += _shared(case.codes)
    _make_unique(tree)
    return tree


def guids(codes: pd.DataFrame) -> dict[str, str]:
    """Identifiers of own codes by their id: those of the project that they came from."""
    return {
        code_id: str(own or identity.guid("code", code_id))
        for code_id, own in zip(codes["code_id"], codes["guid"], strict=True)
    }


def _own(codes: pd.DataFrame) -> list[Branch]:
    known = guids(codes)
    made = {
        row["code_id"]: Branch(known[row["code_id"]], row["label"], row["definition"], row["color"])
        for row in codes.to_dict("records")
    }
    tree: list[Branch] = []
    for code_id, parent in zip(codes["code_id"], codes["parent_id"], strict=True):
        (made[parent].below if parent else tree).append(made[code_id])
    return tree


def _shared(codes: pd.DataFrame) -> list[Branch]:
    tree = []
    places = codes.drop_duplicates(["kind", "group"])[["kind", "group"]]
    for number, (kind, group) in enumerate(places.itertuples(index=False)):
        color = COLOURS[number % len(COLOURS)]
        heading = identity.heading(kind, group)
        top = Branch(
            identity.guid("group", heading), f"{HEADINGS[kind]}: {group}", "", color, False, {"heading": heading}
        )
        own = codes[(codes["kind"] == kind) & (codes["group"] == group)]
        top.below = [
            _of_shared(code_id, label, definition, color)
            for code_id, label, definition in own[["code_id", "label", "definition"]].itertuples(index=False)
        ]
        tree.append(top)
    return [*tree, _of_shared(READ_AND_NOTHING_FOUND, "No code", "Read, and no code applies.", COLOURS[-1])]


def _of_shared(code_id: str, label: str, definition: str, color: str) -> Branch:
    return Branch(identity.guid("code", code_id), label, definition, color, facts={"code_id": code_id})


def _make_unique(tree: list[Branch]) -> None:
    """Names that occur twice get the name of the code above, or a number: some tools lose codings of such codes."""
    every = list(walk(tree))
    names = Counter(branch.name for branch, _ in every)
    taken = {name for name, number in names.items() if number == 1}
    for branch, above in every:
        if names[branch.name] > 1:
            branch.facts["name"] = branch.name
            branch.name = unique(f"{branch.name} ({above})" if above else branch.name, taken, "{} {}")


def walk(tree: Iterable[Branch], above: str = "") -> Iterator[tuple[Branch, str]]:
    """All codes of a tree, each with the name of the one above."""
    for branch in tree:
        name = branch.name  # the caller may change it
        yield branch, above
        yield from walk(branch.below, name)
