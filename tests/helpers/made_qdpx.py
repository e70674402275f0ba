"""REFI-QDA projects made up for tests, with every dialect that a tool may write."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid5
from xml.sax.saxutils import quoteattr

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
NAMESPACE = 'xmlns="urn:QDA-XML:project:1.0"'


def guid(name: str) -> str:
    return str(uuid5(UUID(int=7), name))


@dataclass
class Selection:
    """A passage with codings as pairs of user and code."""

    start: int
    end: int
    codings: Sequence[tuple[str, str]] = ()
    name: str = ""
    inside: str = ""


@dataclass
class Source:
    """A text document; ``raw`` is what stands in the archive."""

    name: str
    raw: bytes
    selections: Sequence[Selection] = field(default_factory=list)
    path: str = "internal://{guid}.txt"
    entry: str = "sources/{guid}.txt"
    inside: str = ""


def selection(each: Selection, owner: str) -> str:
    codings = "".join(
        f'<Coding guid="{guid(f"{owner}{each.start}{each.end}{user}{code}")}" creatingUser="{guid(user)}">'
        f'<CodeRef targetGUID="{guid(code)}"/></Coding>'
        for user, code in each.codings
    )
    own = guid(f"{owner}:{each.start}:{each.end}:{each.codings}")
    return (
        f'<PlainTextSelection guid="{own}" name={quoteattr(each.name)} '
        f'startPosition="{each.start}" endPosition="{each.end}">{codings}{each.inside}</PlainTextSelection>'
    )


def source(each: Source) -> str:
    own = guid(each.name)
    inside = "".join(selection(one, each.name) for one in each.selections)
    head = f'<TextSource guid="{own}" name={quoteattr(each.name)} plainTextPath="{each.path.format(guid=own)}">'
    return f"{head}{inside}{each.inside}</TextSource>"


def codes(tree: Mapping[str, Mapping[str, object]]) -> str:
    return "".join(
        f'<Code guid="{guid(name)}" name={quoteattr(name)} isCodable="true">{codes(below)}</Code>'  # type: ignore[arg-type]
        for name, below in tree.items()
    )


def xml(
    sources: Sequence[Source] = (),
    tree: Mapping[str, Mapping[str, object]] | None = None,
    users: Sequence[str] = ("Ann", "Bob"),
    origin: str = "Made up",
    variables: str = "",
    more_sources: str = "",
    after: str = "",
) -> str:
    """The project file. ``variables`` stands before the sources (variables, cases), ``after`` behind them."""
    people = "".join(f'<User guid="{guid(user)}" name={quoteattr(user)}/>' for user in users)
    book = codes({"Fences": {}, "Gates": {"Locks": {}}} if tree is None else tree)
    documents = "".join(map(source, sources)) + more_sources
    return (
        f'{HEAD}<Project {NAMESPACE} name="Made up" origin={quoteattr(origin)}>'
        + (f"<Users>{people}</Users>" if people else "")
        + (f"<CodeBook><Codes>{book}</Codes></CodeBook>" if book else "")
        + variables
        + (f"<Sources>{documents}</Sources>" if documents else "")
        + after
        + "</Project>"
    )


def write(
    path: Path, text: str | bytes, entries: Mapping[str, bytes] | None = None, sources: Sequence[Source] = ()
) -> Path:
    """A ``.qdpx`` file with the project file and the texts of its sources."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", text)
        for each in sources:
            archive.writestr(each.entry.format(guid=guid(each.name)), each.raw)
        for name, raw in (entries or {}).items():
            archive.writestr(name, raw)
    return path


def project(path: Path, sources: Sequence[Source], **more: object) -> Path:
    """A project with these sources; see :func:`xml`."""
    return write(path, xml(sources, **more), sources=sources)  # type: ignore[arg-type]


AWKWARD = ["Speech", 'On "gates" and Mr. & Mrs. <Fence>', "a/b\\c " + "ü" * 300]
"""Names of documents that hold what names of files may not, or are too long for one."""


def annotated(path: Path) -> Path:
    """Documents with :data:`AWKWARD` names; titled memos on a code, passages, documents, the project; a set, a case."""
    notes = {each: guid(f"note {each}") for each in ("code", "passage", "document", "project")}
    written = "".join(
        f'<Note guid="{note}" name="On the {each}"><PlainTextContent>Really?</PlainTextContent></Note>'
        for each, note in notes.items()
    )
    sources = [
        Source(name, b"One fence and two gates.", [
            Selection(0, 9, [("Ann", "Fences")], inside=f'<NoteRef targetGUID="{notes["passage"]}"/>'),
            Selection(0, 9, [("Bob", "Fences"), ("Bob", "Locks")]),
            Selection(14, 23, [("Ann", "Locks")], inside="<Description>Which gates?</Description>"),
        ], inside=f'<NoteRef targetGUID="{notes["document"]}"/>')
        for name in AWKWARD
    ]  # fmt: skip
    members = "".join(f'<MemberSource targetGUID="{guid(name)}"/>' for name in AWKWARD[:2])
    cases = f'<Cases><Case guid="{guid("c")}" name="Exland"><SourceRef targetGUID="{guid(AWKWARD[0])}"/></Case></Cases>'
    sets = f'<Sets><Set guid="{guid("s")}" name="Ministries">{members}</Set></Sets>'
    text = xml(sources, variables=cases, after=f"<Notes>{written}</Notes>{sets}")
    code = f'<Code guid="{guid("Fences")}" name="Fences" isCodable="true">'
    return write(path, text.replace(code, f'{code}<NoteRef targetGUID="{notes["code"]}"/>'), sources=sources)
