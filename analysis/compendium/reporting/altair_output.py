"""Output of Altair charts in notebooks: metadata, rounded specification, and SVG."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert as vlc

from compendium.reporting.mime_types import CHART_MIME, VEGA_LITE_VERSION

_FONTS_CONFIG = str(Path(__file__).with_name("fonts.conf"))
_SPEC_DECIMALS = 6


def render_chart(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Render a chart as Vega-Lite specification, SVG and description (an Altair renderer).

    Raises
    ------
    ValueError
        When the chart has no name, title, description or data table, which the book needs of every chart.
    """
    metadata = spec.get("usermeta", {}).get("compendium", {})
    title = spec.get("title", {})
    if not (metadata.get("name") and metadata.get("columns") and spec.get("description") and title):
        raise ValueError(
            "a chart has no name, title, description or columns of its data table; set them with with_metadata()"
        )
    spec = round_numbers(spec)  # the frame is rounded already, but not the limits of scales
    metadata = spec["usermeta"]["compendium"]
    fields = {field for field, _ in metadata["columns"]}
    metadata["data"] = next(name for name, rows in spec["datasets"].items() if rows and fields <= set(rows[0]))
    spec["datasets"] = _used_data(spec)
    with _hidden_system_fonts():
        svg = vlc.vegalite_to_svg(spec, vl_version=VEGA_LITE_VERSION)
    title_text = title["text"] if isinstance(title, dict) else title
    return {CHART_MIME: spec, "image/svg+xml": svg, "text/plain": f"{title_text} — {spec['description']}"}


def _used_data(spec: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Drop the fields that the specification does not name; keep ``id``, which the page's script reads."""
    spec_without_data = {key: value for key, value in spec.items() if key != "datasets"}
    spec_words = {"id", *re.findall(r"\w+", json.dumps(spec_without_data, ensure_ascii=False))}

    def is_used(field: str) -> bool:
        return spec_words.issuperset(re.findall(r"\w+", field))

    return {
        name: [{field: value for field, value in row.items() if is_used(field)} for row in rows]
        for name, rows in spec["datasets"].items()
    }


@contextmanager
def _hidden_system_fonts() -> Iterator[None]:
    """Hide the system fonts from vl-convert, which searches for them when it first renders a chart.

    The environment is restored afterwards, because child processes such as a browser need those fonts.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = _FONTS_CONFIG
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def chart_rows(data: Any) -> Any:
    """Convert a frame to rows with rounded numbers (an Altair data transformer).

    Altair names a dataset by a hash of its rows, so rounding here makes the name the same on every computer.
    """
    return round_numbers(alt.to_values(data))


def round_numbers(json_value: Any) -> Any:
    """Round all numbers in a JSON value to six decimals; NaN and infinity become None, -0.0 becomes 0.0."""
    if isinstance(json_value, dict):
        return {field: round_numbers(value) for field, value in json_value.items()}
    if isinstance(json_value, list):
        return [round_numbers(value) for value in json_value]
    if isinstance(json_value, float):
        return round(json_value, _SPEC_DECIMALS) + 0.0 if json_value - json_value == 0 else None
    return json_value


alt.data_transformers.register("compendium", chart_rows)
alt.renderers.register("compendium", render_chart)
alt.data_transformers.enable("compendium")
alt.renderers.enable("compendium")


def with_metadata(
    chart: alt.TopLevelMixin,
    name: str,
    title: str,
    description: str,
    columns: dict[str, str],
    note: str = "",
    collapsed_summary: str = "",
) -> Any:
    """Attach to a chart its name, title, description, and the columns of its data table.

    Parameters
    ----------
    chart : Chart
        Its data has every column of ``columns``.
    name : str
        Permanent id within its page.
    title, description : str
        The title, and the main values of the chart as text for readers who do not see it.
    columns : dict
        Column of the data to heading of the data table.
    note : str
        Caption.
    collapsed_summary : str
        If given, the page folds the chart behind this line.
    """
    column_pairs = [
        list(pair) for pair in columns.items()
    ]  # a list, because notebooks on disk sort the keys of objects
    metadata = {"name": name, "columns": column_pairs, "note": note} | (
        {"folded": collapsed_summary} if collapsed_summary else {}
    )
    return chart.properties(title=title, description=description, usermeta={"compendium": metadata})
