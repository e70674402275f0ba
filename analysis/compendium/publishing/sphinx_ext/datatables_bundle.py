"""The script of DataTables, taken from the locked itables, as a plain one."""

import re
from importlib.resources import files

DATATABLES_SCRIPT = "datatables.js"
DEFAULT_EXPORT = re.compile(r"\bexport\{[^{}]*?(\w+) as default[^{}]*\};?\s*$", re.MULTILINE)


class BundleChanged(Exception):
    """The bundle of itables is no longer of the form that is known here."""


def datatables_script() -> str:
    """DataTables with its licences, as a script that sets ``window.DataTable``.

    itables brings it as a module, which browsers refuse from a folder on disk. Its style sheet is left out: the book
    has its own.

    Raises
    ------
    Changed
        When the bundle does not export DataTables as it did.
    """
    code = files("itables").joinpath("html", "dt_bundle.js").read_text(encoding="utf-8")
    plain, found = DEFAULT_EXPORT.subn(r"window.DataTable=\1;", code)
    if found != 1:
        raise BundleChanged(
            "html/dt_bundle.js of itables has no default export at the end of its code; lock a version that has"
        )
    return f'(function(){{"use strict";{plain}\n}})();\n'
