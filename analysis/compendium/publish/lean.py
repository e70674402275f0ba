"""Keeps the site small: leaves out what no browser asks for, and offers notebooks without their outputs."""

import json
import shutil
from pathlib import Path

from sphinx.application import Sphinx

UNUSED = ("**/*.map", "scripts/fontawesome.js*", "vendor/fontawesome/webfonts/*.ttf")
"""Below ``_static``: aids to debug the theme, icons drawn by script (a font has them too), fonts for old browsers."""
LANGUAGES = "locales"


def trim(app: Sphinx, fault: Exception | None) -> None:
    """Trim a site that was built without a fault."""
    if app.builder.format == "html" and fault is None:
        drop_unused(Path(app.outdir, "_static"))
        for path in Path(app.outdir, "_sources").rglob("*.ipynb"):
            path.write_text(without_outputs(path.read_text(encoding="utf-8")), encoding="utf-8")


def drop_unused(static: Path) -> None:
    """Remove what the theme brings and no page uses; its translations have been put into the pages by now."""
    for pattern in UNUSED:
        for path in static.glob(pattern):
            path.unlink()
    shutil.rmtree(static / LANGUAGES, ignore_errors=True)


def without_outputs(text: str) -> str:
    """The notebook as one would run it again: what it showed stands on its page, and in the repository."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def setup(app: Sphinx) -> None:
    """Trim once all is written."""
    app.connect("build-finished", trim)
