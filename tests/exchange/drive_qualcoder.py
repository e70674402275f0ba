"""Runs QualCoder's own import and export of REFI-QDA projects without a screen. Called by ``test_qualcoder.py``.

It runs in an environment that has PyQt6 and Pillow, not in the project's own:
``python drive_qualcoder.py SOURCE IN.qdpx OUT_FOLDER``, where SOURCE holds the package ``qualcoder``.

Only ``refi.py`` and what it needs is loaded; the main module would bring a language model along. From its text come the
tables of a new project and the method that lists annotations. Dialogs are answered here, and boxes with a message are
closed as soon as they open.
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

SOURCE, PROJECT, OUT = (Path(each).resolve() for each in sys.argv[1:])
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["HOME"] = str(OUT)  # settings and temporary folders
sys.path.insert(0, str(SOURCE))

import qualcoder  # noqa: E402, F401
from PyQt6 import QtWidgets  # noqa: E402
from qualcoder import refi  # noqa: E402

CODINGS = """
    select source.name as document, code_text.seltext as quotation, code_name.name as code, code_text.owner as coder
    from code_text left join source on source.id = code_text.fid left join code_name on code_name.cid = code_text.cid
"""


def function(name: str) -> ast.FunctionDef:
    """A function of the main module, as text."""
    whole = ast.parse((SOURCE / "qualcoder" / "__main__.py").read_text(encoding="utf-8"))
    return next(each for each in ast.walk(whole) if isinstance(each, ast.FunctionDef) and each.name == name)


def tables() -> Iterator[str]:
    """How a new project's tables are made, in the words of the main module."""
    for each in ast.walk(function("new_project")):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.startswith("CREATE TABLE"):
            yield each.value


def new_project() -> SimpleNamespace:
    """An empty project in the folder, and what else of the application is asked for."""
    home = OUT / "case.qda"
    for folder in (home / "documents", OUT / ".qualcoder"):
        folder.mkdir(parents=True)
    connection = sqlite3.connect(home / "data.qda")
    connection.execute("pragma synchronous = off")
    for table in tables():
        connection.execute(table)
    connection.execute("create view annotation_visible as select * from annotation")  # no coder is hidden
    connection.execute("insert into project (date, memo) values ('2020-01-01 00:00:00', '')")
    connection.commit()
    version = ast.parse((SOURCE / "qualcoder" / "__main__.py").read_text(encoding="utf-8"))
    named = next(
        each.value.value
        for each in version.body
        if isinstance(each, ast.Assign) and each.targets[0].id == "qualcoder_version"  # type: ignore[attr-defined]
    )
    return SimpleNamespace(
        conn=connection,
        project_path=str(home),
        project_name=home.name,
        version=named,
        settings={"codername": "default", "directory": str(OUT), "fontsize": 10, "font": "Sans", "ai_enable": "False"},
        ai_models=[],
        write_config_ini=lambda *_: None,
    )


def told(connection: sqlite3.Connection, query: str) -> list[dict[str, Any]]:
    """Rows by name of their columns."""
    cursor = connection.execute(query)
    names = [each[0] for each in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def main() -> None:
    """Import, write what is in the database to ``read.json``, export."""
    application = QtWidgets.QApplication(sys.argv[:1])
    log: list[str] = []
    app, page = new_project(), SimpleNamespace(append=log.append)
    refi.Message.exec = lambda box: log.append(box.text())
    refi.RefiLineEndings.exec = lambda dialog: None
    QtWidgets.QFileDialog.getOpenFileName = staticmethod(lambda *_, **__: (str(PROJECT), True))
    QtWidgets.QFileDialog.getExistingDirectory = staticmethod(lambda *_, **__: str(OUT))
    refi.RefiImport(app, page, "qdpx")
    found = {
        "version": app.version,
        "codings": told(app.conn, CODINGS),
        "codes": told(app.conn, "select name from code_name"),
        "documents": told(app.conn, "select name, fulltext from source"),
    }
    body = ast.unparse(function("get_annotations"))
    names: dict[str, Any] = {}
    exec(body, names)
    app.get_annotations = lambda: names["get_annotations"](app)
    refi.RefiExport(app, page, "project")
    found["log"] = log
    (OUT / "read.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    application.quit()


main()
