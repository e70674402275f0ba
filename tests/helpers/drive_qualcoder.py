"""Runs QualCoder's own import and export of REFI-QDA projects without a screen. Called by ``test_qualcoder.py``.

It runs in an environment that has PyQt6 and Pillow, not in the project's own:
``python drive_qualcoder.py SOURCE IN.qdpx FOLDER``, where SOURCE holds the package ``qualcoder``. FOLDER, which must be
empty, then has ``read.json`` with what QualCoder's database holds after the import, and ``case.qdpx``, its export.

Only ``refi.py`` and what it needs is loaded; the main module would bring language models along. From the text of that
module come the tables of a new project and the method that lists annotations. Dialogs are answered here, and boxes with
a message are closed before they open.
"""

import ast
import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

SOURCE, PROJECT, FOLDER = (Path(each).resolve() for each in sys.argv[1:])
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["HOME"] = str(FOLDER)  # for settings and temporary files
sys.path.insert(0, str(SOURCE))

import qualcoder  # noqa: E402, F401
from PyQt6 import QtWidgets  # noqa: E402
from qualcoder import refi  # noqa: E402

MAIN = ast.parse((SOURCE / "qualcoder" / "__main__.py").read_text(encoding="utf-8"))
READ = {
    "codings": """
        select fid as document, pos0 as start, pos1 as end, seltext as quotation, name as code, code_text.owner as coder
        from code_text left join code_name using (cid)""",
    "documents": "select id, name, fulltext as text from source",
    "variables": "select id as document, name, value from attribute where attr_type = 'file'",
}


def function(name: str) -> ast.FunctionDef:
    """A function of the main module."""
    return next(each for each in ast.walk(MAIN) if isinstance(each, ast.FunctionDef) and each.name == name)


def tables() -> Iterator[str]:
    """The statements that make a new project's tables."""
    for each in ast.walk(function("new_project")):
        if isinstance(each, ast.Constant) and str(each.value).startswith("CREATE TABLE"):
            yield each.value


def version() -> str:
    """What QualCoder calls itself."""
    return next(
        each.value.value
        for each in MAIN.body
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "qualcoder_version"
    )


def new_project() -> SimpleNamespace:
    """The application with an empty project, as far as it is asked."""
    home = FOLDER / "case.qda"
    for folder in (home / "documents", FOLDER / ".qualcoder"):
        folder.mkdir(parents=True)
    connection = sqlite3.connect(home / "data.qda")
    connection.execute("pragma synchronous = off")
    for table in tables():
        connection.execute(table)
    connection.execute("create view annotation_visible as select * from annotation")  # no coder is hidden
    connection.execute("insert into project (date, memo) values ('2020-01-01 00:00:00', '')")
    connection.commit()
    names: dict[str, Any] = {}
    exec(ast.unparse(function("get_annotations")), names)
    app = SimpleNamespace(
        conn=connection,
        project_path=str(home),
        project_name=home.name,
        version=version(),
        settings={"codername": "nobody", "directory": str(FOLDER), "fontsize": 10, "font": "Sans", "ai_enable": ""},
        ai_models=[],
        write_config_ini=lambda *_: None,
    )
    app.get_annotations = lambda: names["get_annotations"](app)
    return app


def rows(connection: sqlite3.Connection, query: str) -> list[dict[str, Any]]:
    """What a query gives, by names of columns."""
    cursor = connection.execute(query)
    names = [each[0] for each in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def main() -> None:
    """Import, look, export."""
    application = QtWidgets.QApplication(sys.argv[:1])
    log: list[str] = []
    app, page = new_project(), SimpleNamespace(append=log.append)
    refi.Message.exec = lambda box: log.append(box.text())
    refi.RefiLineEndings.exec = lambda dialog: None
    QtWidgets.QFileDialog.getOpenFileName = staticmethod(lambda *_, **__: (str(PROJECT), True))
    QtWidgets.QFileDialog.getExistingDirectory = staticmethod(lambda *_, **__: str(FOLDER))
    refi.RefiImport(app, page, "qdpx")
    found = {name: rows(app.conn, query) for name, query in READ.items()}
    refi.RefiExport(app, page, "project")
    (FOLDER / "read.json").write_text(json.dumps(found | {"log": log}, ensure_ascii=False), encoding="utf-8")
    application.quit()


main()
