"""One script with Vega, Vega-Lite and Vega-Embed, built offline from the locked package vl-convert."""

import importlib.metadata
from pathlib import Path

import vl_convert

from compendium.reporting.mime_types import VEGA_LITE_VERSION

VEGA_SCRIPT = "vega.js"
ENTRY_CODE = "window.vegaEmbed = vegaEmbed;"


def build_vega_bundle(cache_folder: Path) -> Path:
    """Build the script once for each version of vl-convert, and return the folder that holds it.

    The script sets ``window.vegaEmbed``. It is wrapped in a function to keep its names out of the global scope, and it
    is not a module, because browsers do not load modules from a folder on disk.
    """
    folder = cache_folder / f"vega-{VEGA_LITE_VERSION}-{importlib.metadata.version('vl-convert-python')}"
    script = folder / VEGA_SCRIPT
    if not script.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = script.with_suffix(".part")
        code = vl_convert.javascript_bundle(ENTRY_CODE, vl_version=VEGA_LITE_VERSION)
        draft.write_text(f"(function(){{{code}}})();\n", encoding="utf-8")
        draft.replace(script)
    return folder
