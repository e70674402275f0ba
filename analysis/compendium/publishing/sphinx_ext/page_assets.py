"""Keeps pages quick and the site small: scripts wait, and what no browser asks for is left out."""

import json
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

UNUSED_FILES = ("**/*.map", "scripts/fontawesome.js*", "vendor/fontawesome/webfonts/*.ttf")
"""Below ``_static``: aids to debug the theme, icons drawn by script (a font has them too), fonts for old browsers."""
LOCALES_FOLDER = "locales"
OPTIONS_SCRIPT = "documentation_options"


def trim_site(app: Sphinx, error: Exception | None) -> None:
    """Trim a site that was built without a fault."""
    if app.builder.format == "html" and error is None:
        delete_unused_files(Path(app.outdir, "_static"))
        for path in Path(app.outdir, "_sources").rglob("*.ipynb"):
            path.write_text(strip_outputs(path.read_text(encoding="utf-8")), encoding="utf-8")


def delete_unused_files(static_folder: Path) -> None:
    """Remove what the theme brings and no page uses; its translations have been put into the pages by now."""
    for pattern in UNUSED_FILES:
        for path in static_folder.glob(pattern):
            path.unlink()
    shutil.rmtree(static_folder / LOCALES_FOLDER, ignore_errors=True)


def strip_outputs(text: str) -> str:
    """The notebook as one would run it again: what it showed stands on its page, and in the repository."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def defer_scripts(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.Node | None) -> None:
    """Let scripts wait until the text stands; the search's own expects the others to be there already."""
    if doctree is not None:
        context["script_files"] = [_defer_script(script) for script in context["script_files"]]


def _defer_script(script: Any) -> Any:
    """The same script with ``defer``; in-line ones, and the options that they set, stay as they are."""
    if not script.filename or Path(script.filename).name.startswith(OPTIONS_SCRIPT):
        return script
    return type(script)(script.filename, priority=script.priority, **{**script.attributes, "defer": "defer"})


def setup(app: Sphinx) -> None:
    """Trim once all is written."""
    app.connect("html-page-context", defer_scripts, priority=900)
    app.connect("build-finished", trim_site)
