"""Reads a REFI-QDA project with pyrefiqda, a library that others made, and prints what it holds. Called by a test.

``python drive_pyrefiqda.py IN.qdpx FOLDER``: it unpacks the project into FOLDER.
"""

import json
import sys
from collections.abc import Iterator

from pyrefiqda.models import ProjectCodeType
from pyrefiqda.refiproject import RefiProject


def below(codes: list[ProjectCodeType], parent: str = "") -> Iterator[tuple[str, str, str]]:
    """All codes: guid, name, guid of the code above."""
    for code in codes:
        yield code.guid.lower(), code.name, parent
        yield from below(code.code, code.guid.lower())


project = RefiProject.load(sys.argv[1], sys.argv[2])
sources = project.sources.text_source if project.sources else []
json.dump(
    {
        "codes": list(below(project.code_book.codes.code)),
        "users": {user.guid.lower(): user.name or user.id for user in project.users.user} if project.users else {},
        "documents": {source.guid.lower(): source.name for source in sources},
        "codings": [
            (source.guid.lower(), place.start_position, place.end_position, coding.creating_user.lower(),
             coding.code_ref.target_guid.lower())
            for source in sources
            for place in source.plain_text_selection
            for coding in place.coding
        ],
    },
    sys.stdout,
)  # fmt: skip
