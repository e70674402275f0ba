"""How an Altair chart reaches a notebook: SVG, rounded specification, embedded font, metadata."""

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
    """Altair renderer: the specification, an SVG that needs no script, and the chart in words.

    Raises
    ------
    ValueError
        When the chart has no title, description or data table: such a chart must not reach a reader.
    """
    about = spec.get("usermeta", {}).get("compendium", {})
    title = spec.get("title", {})
    if not (about.get("name") and about.get("columns") and spec.get("description") and title):
        raise ValueError("a chart needs a name, title, description and the columns of its data table: style.described")
    spec = round_numbers(spec)  # also the ends of scales, which charts may take from their data
    about = spec["usermeta"]["compendium"]
    fields = {field for field, _ in about["columns"]}
    about["data"] = next(name for name, rows in spec["datasets"].items() if rows and fields <= set(rows[0]))
    spec["datasets"] = _used_data(spec)
    with _hidden_system_fonts():
        svg = vlc.vegalite_to_svg(spec, vl_version=VEGA_LITE_VERSION)
    words = title["text"] if isinstance(title, dict) else title
    return {CHART_MIME: spec, "image/svg+xml": svg, "text/plain": f"{words} — {spec['description']}"}


def _used_data(spec: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The data without fields that neither the drawing nor its table names; a page's script asks for each ``id``."""
    rest = {key: part for key, part in spec.items() if key != "datasets"}
    words = {"id", *re.findall(r"\w+", json.dumps(rest, ensure_ascii=False))}

    def needed(field: str) -> bool:
        return words.issuperset(re.findall(r"\w+", field))

    return {
        name: [{field: value for field, value in row.items() if needed(field)} for row in rows]
        for name, rows in spec["datasets"].items()
    }


@contextmanager
def _hidden_system_fonts() -> Iterator[None]:
    """Hide the machine's fonts from vl-convert, which looks for them at its first drawing.

    The environment is as before afterwards: a program started from here, such as a browser, needs those fonts.
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
    """Altair data transformer: a frame as rows, its numbers rounded to six digits.

    Altair names a table by a hash of its rows, so they are rounded before it does.
    """
    return round_numbers(alt.to_values(data))


def round_numbers(json_value: Any) -> Any:
    """Numbers of six digits, beyond which machines differ and no reader looks; zero has no sign.

    What is not a number is null, as JSON knows no other word for it.
    """
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
    """Give a chart its permanent name, title, words for those who do not see it, and the columns of its data table.

    Parameters
    ----------
    chart : Chart
        The drawing; its data frame holds every field of ``columns``.
    name : str
        Permanent id within its page.
    title, description : str
        What the chart shows; and what it shows in numbers.
    columns : dict
        Field of the data to heading of the data table.
    note : str
        How to read it, and on how many rows it rests.
    collapsed_summary : str
        The line behind which its page folds it; without, it stands open.
    """
    listed = [list(pair) for pair in columns.items()]  # pairs, because a notebook on disk sorts the keys of an object
    about = {"name": name, "columns": listed, "note": note} | (
        {"folded": collapsed_summary} if collapsed_summary else {}
    )
    return chart.properties(title=title, description=description, usermeta={"compendium": about})
