"""Runs inside of an environment that has Taguette, and calls nothing but Taguette's own code. Prints JSON.

``through FILE OWN OUT``: imports a project file into a new workspace OWN as the web page does, and exports it to OUT.
``make OUT``: makes a project from the HTML and the highlights that are given as JSON, and exports it to OUT.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import bs4
from taguette import convert, database, extract

LOGIN = "admin"


def workspace(path: str) -> Any:
    """A new, empty database."""
    session = database.connect(f"sqlite:///{path}")()
    session.add(database.User(login=LOGIN))
    session.commit()
    return session


def text(html: str) -> str:
    """The text of HTML as Taguette sees it."""
    return str(bs4.BeautifulSoup(f"<body>{html}", "html5lib").get_text())


def highlights(session: Any) -> Iterator[dict[str, Any]]:
    """Every highlight: the words that Taguette cuts out at its place, those kept with it, and its tags."""
    for document in session.query(database.Document).order_by(database.Document.id):
        for each in document.highlights:
            cut = extract.extract(document.contents, each.start_offset, each.end_offset)
            yield {
                "document": document.name,
                "cut": text(cut),
                "kept": text(each.snippet),
                "tags": sorted(tag.path for tag in each.tags),
            }


def export(session: Any, project: int, path: str) -> None:
    """Export a project as the web page does."""
    target = workspace(path)
    database.copy_project(session, target, project, LOGIN)
    target.commit()


def through(file: str, own: str, out: str) -> None:
    """Import, look, export."""
    source = database.connect(f"sqlite:///{file}", external=True)()
    (project,) = (row["id"] for row in source.execute(database.Project.__table__.select()))
    mine = workspace(own)
    number = database.copy_project(source, mine, project, LOGIN)
    mine.add(database.Command.project_import(LOGIN, number))
    mine.commit()
    print(json.dumps(list(highlights(mine))))
    export(mine, number, out)


def make(out: str) -> None:
    """Make a project of pages, given as name, HTML, and highlights by what stands there and the path of a tag."""
    mine = workspace(f"{out}.own")
    project = database.Project(name="Made by Taguette", description="")
    mine.add(project)
    mine.flush()
    tags: dict[str, Any] = {}
    for name, html, marked in json.load(sys.stdin):
        body = convert.get_html_body(html)
        page = database.Document(
            name=name,
            description="",
            filename=f"{name}.html",
            project_id=project.id,
            contents=body,
            text_direction=database.TextDirection.LEFT_TO_RIGHT,
        )
        mine.add(page)
        mine.flush()
        whole = text(body)
        for words, path in marked:
            if path not in tags:
                tags[path] = database.Tag(project_id=project.id, path=path, description="")
                mine.add(tags[path])
            start = len(whole[: whole.index(words)].encode())
            end = start + len(words.encode())
            each = database.Highlight(
                document=page, start_offset=start, end_offset=end, snippet=extract.extract(body, start, end)
            )
            each.tags.append(tags[path])
            mine.add(each)
            mine.flush()
            mine.add(database.Command.highlight_add(LOGIN, page, each, [tags[path].id]))
    mine.commit()
    print(json.dumps(list(highlights(mine))))
    export(mine, project.id, out)


if __name__ == "__main__":
    {"through": through, "make": make}[sys.argv[1]](*sys.argv[2:])
