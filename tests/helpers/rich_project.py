"""A made-up project that has everything a project can have."""

from pathlib import Path

import made_qdpx as made
from made_qdpx import Selection, Source, guid

TEXT = b"One fence and two gates."


def rich(path: Path) -> Path:
    """Two coders, a variable, a case, a set, a memo on a passage, a PDF passage and one of a recording."""
    year = f'<VariableValue><VariableRef targetGUID="{guid("v")}"/><TextValue>2009-05</TextValue></VariableValue>'
    own = [
        Source("Speech", TEXT, [
            Selection(0, 9, [("Ann", "Fences")], inside=""),
            Selection(0, 9, [("Bob", "Gates")]),
            Selection(14, 23, [("Ann", "Locks")]),
        ], inside=year),
    ]  # fmt: skip
    coding = (
        f'<Coding guid="{guid("c1")}" creatingUser="{guid("Ann")}"><CodeRef targetGUID="{guid("Gates")}"/></Coding>'
    )
    more = (
        f'<PDFSource guid="{guid("pdf")}" name="Paper"><PDFSelection guid="{guid("p1")}" name="A gate" page="2" '
        f'firstX="1" firstY="2" secondX="3" secondY="4">{coding}</PDFSelection></PDFSource>'
        f'<AudioSource guid="{guid("tape")}" name="Tape"><AudioSelection guid="{guid("a1")}" begin="65000" end="80000">'
        f"{coding.replace(guid('c1'), guid('c2'))}</AudioSelection></AudioSource>"
    )
    variables = f'<Variables><Variable guid="{guid("v")}" name="Year" typeOfVariable="Text"/></Variables>'
    after = (
        f'<Notes><Note guid="{guid("n")}" name="Doubt"><PlainTextContent>Really?</PlainTextContent></Note></Notes>'
        f'<Links><Link guid="{guid("l")}" originGUID="{guid("Speech")}" targetGUID="{guid("n")}"/></Links>'
        f'<Sets><Set guid="{guid("s")}" name="Ministries"><MemberSource targetGUID="{guid("Speech")}"/></Set></Sets>'
        f'<Graphs><Graph guid="{guid("g")}"/></Graphs>'
    )
    text = made.xml(own, variables=variables, more_sources=more, after=after)
    return made.write(path, text, sources=own)
