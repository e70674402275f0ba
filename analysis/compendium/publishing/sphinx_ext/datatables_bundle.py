"""The DataTables script from the locked package itables, converted from a module to a classic script."""

import re
from importlib.resources import files

DATATABLES_SCRIPT = "datatables.js"
DEFAULT_EXPORT = re.compile(r"\bexport\{[^{}]*?(\w+) as default[^{}]*\};?\s*$", re.MULTILINE)


class BundleChanged(Exception):
    """The bundle of itables does not have the expected form."""


def datatables_script() -> str:
    """DataTables with its licence comments, as a classic script that sets ``window.DataTable``.

    itables ships it as a module, which browsers do not load from a folder on disk. The style sheet of itables is left
    out, because the book has its own.

    Raises
    ------
    BundleChanged
        If the bundle has no default export at its end.
    """
    code = files("itables").joinpath("html", "dt_bundle.js").read_text(encoding="utf-8")
    script, n_exports = DEFAULT_EXPORT.subn(r"window.DataTable=\1;", code)
    if n_exports != 1:
        raise BundleChanged(
            "html/dt_bundle.js of itables has no default export at its end; lock a version of itables that has one"
        )
    return f'(function(){{"use strict";{script}\n}})();\n'
