"""Faster pages and a smaller site: defer scripts, delete unused theme files, strip outputs from downloads."""

import json
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

UNUSED_FILES = ("**/*.map", "scripts/fontawesome.js*", "vendor/fontawesome/webfonts/*.ttf")
"""Unused files in ``_static``: source maps, icons drawn by script (a font has them too), fonts for old browsers."""
LOCALES_FOLDER = "locales"
OPTIONS_SCRIPT = "documentation_options"


def trim_site(app: Sphinx, error: Exception | None) -> None:
    """Delete unused files and strip the notebooks for download, after a successful HTML build."""
    if app.builder.format == "html" and error is None:
        delete_unused_files(Path(app.outdir, "_static"))
        for path in Path(app.outdir, "_sources").rglob("*.ipynb"):
            path.write_text(strip_outputs(path.read_text(encoding="utf-8")), encoding="utf-8")


def delete_unused_files(static_folder: Path) -> None:
    """Delete theme files that no page uses; the translations are part of the pages by now."""
    for pattern in UNUSED_FILES:
        for path in static_folder.glob(pattern):
            path.unlink()
    shutil.rmtree(static_folder / LOCALES_FOLDER, ignore_errors=True)


def strip_outputs(text: str) -> str:
    """A notebook (JSON) without outputs, to run again; the outputs are on its page and in the repository."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def defer_scripts(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.Node | None) -> None:
    """Defer the scripts of content pages; the search page needs them immediately."""
    if doctree is not None:
        context["script_files"] = [_defer_script(script) for script in context["script_files"]]


def _defer_script(script: Any) -> Any:
    """The script with ``defer``; in-line scripts and the script of options are unchanged."""
    if not script.filename or Path(script.filename).name.startswith(OPTIONS_SCRIPT):
        return script
    return type(script)(script.filename, priority=script.priority, **{**script.attributes, "defer": "defer"})


def setup(app: Sphinx) -> None:
    """Register the event handlers."""
    app.connect("html-page-context", defer_scripts, priority=900)
    app.connect("build-finished", trim_site)
