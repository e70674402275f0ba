"""The one script that makes the charts of a site interactive, put together from the locked package without network."""

import importlib.metadata
from pathlib import Path

import vl_convert

from compendium.reporting.mime_types import VEGA_LITE_VERSION

VEGA_SCRIPT = "vega.js"
ENTRY_CODE = "window.vegaEmbed = vegaEmbed;"


def build_vega_bundle(cache_folder: Path) -> Path:
    """The folder that holds Vega, Vega-Lite and Vega-Embed as one plain script, which sets ``window.vegaEmbed``.

    Made once for each version of vl-convert. The script is wrapped into a function, so that its many short names
    stay its own; it is no module, because browsers refuse modules from a folder on disk.
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
