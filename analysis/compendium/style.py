"""How every chart looks and what it must bear: theme, colours, title, words, data table; and how it reaches a notebook.

Text and lines are drawn in ``currentColor`` on a transparent ground, so that a page's light or dark theme reaches
into the chart. Marks use colours of at least 3:1 contrast to both grounds that stay apart for colour-blind
readers (after Okabe and Ito 2008, https://jfly.uni-koeln.de/color/); a shape, place or label repeats what colour says.

The width of text decides where labels and legends stand. It is measured with the Liberation Sans that vl-convert brings
along, and never with a font of this machine, or a chart would differ from machine to machine.
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert as vlc

from compendium.results import UNKNOWN

FONTS = str(Path(__file__).with_name("fonts.conf"))

MIME = "application/vnd.vegalite.v6+json"
VEGA_LITE = "6.1"
DIGITS = 6

BLUE, ORANGE, GREEN, PURPLE, OCHRE, GREY = "#0B72B5", "#D0590B", "#0E8A68", "#9467BD", "#A8790A", "#76808A"
COLOURS = {
    "partnership": BLUE,
    "problem": ORANGE,
    "security": ORANGE,
    "mobility": BLUE,
    "rights": PURPLE,
    "development": GREEN,
    "trade": OCHRE,
    "governance": GREY,
    "destination": BLUE,
    "partner": ORANGE,
    "joint": GREEN,
    "third": GREY,
    "international": PURPLE,
    "both": GREEN,
    "full text": BLUE,
    "opening only": OCHRE,
    "talk": BLUE,
    "commitments": PURPLE,
    "practice": ORANGE,
    "in force": BLUE,
    "completed": GREEN,
    "under way": PURPLE,
    "announced": OCHRE,
    "unclear": GREY,
    "abandoned": ORANGE,
    "destination alone": BLUE,
    "both sides": GREEN,
    "partner alone": ORANGE,
    "neither": GREY,
    "undertakes": PURPLE,
    "leads": OCHRE,
    "acts": GREY,
    "conditional": PURPLE,
    "other": GREY,
    "binding": BLUE,
    "intent": OCHRE,
    "explore": GREY,
    "promised and done": BLUE,
    "promised, nothing done": ORANGE,
    "done without a promise": OCHRE,
    "neither promised nor done": GREY,
    "multilateral": PURPLE,
    "trans-regional": OCHRE,
    "regional": GREEN,
    "bilateral": GREY,
    "mixed or non-binding": OCHRE,
    "not stated": GREY,
}
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, OCHRE, GREY, "#B5477F", "#4E8FA8", "#8A6D3B", "#5B6FB5", "#7A8F2A")
SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")
WIDTH = 380
ROW = 23
INK = "currentColor"
GROUND = "var(--ground, white)"
"""The page's own ground, light or dark, between marks that touch and around text that crosses lines."""
WORDS = {"eu_agency": "EU agency", "eu_institution": "EU institution", "mou": "MoU", "ngo": "NGO"}


def _theme() -> alt.theme.ThemeConfig:
    inks = dict.fromkeys(("labelColor", "titleColor"), INK)
    text = {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal"}
    lines = {
        "domainColor": INK,
        "tickColor": INK,
        "gridColor": INK,
        "gridOpacity": 0.15,
        "labelLimit": 0,
        "labelFlush": False,
    }
    place = {
        "orient": "top",
        "titleOrient": "left",
        "columns": 3,
        "labelLimit": 0,
        "symbolSize": 110,
        "symbolOpacity": 1,
    }
    config: Any = {
        "background": "transparent",
        "font": "'Liberation Sans', Arial, Helvetica, sans-serif",
        "view": {"stroke": "transparent"},
        "axis": inks | text | lines,
        "legend": inks | text | place,
        "header": inks | text,
        "title": {"color": INK, "anchor": "start", "fontSize": 15, "fontWeight": 600, "offset": 12},
        "text": {"color": INK, "fontSize": 12},
        "rule": {"color": INK},
    }
    return {"config": config}


alt.theme.register("compendium", enable=True)(_theme)


def render(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
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
    spec = rounded(spec)  # also the ends of scales, which charts may take from their data
    about = spec["usermeta"]["compendium"]
    fields = {field for field, _ in about["columns"]}
    about["data"] = next(name for name, rows in spec["datasets"].items() if rows and fields <= set(rows[0]))
    spec["datasets"] = _needed(spec)
    with _own_fonts():
        svg = vlc.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    words = title["text"] if isinstance(title, dict) else title
    return {MIME: spec, "image/svg+xml": svg, "text/plain": f"{words} — {spec['description']}"}


def _needed(spec: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
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
def _own_fonts() -> Iterator[None]:
    """Hide the machine's fonts from vl-convert, which looks for them at its first drawing.

    The environment is as before afterwards: a program started from here, such as a browser, needs those fonts.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = FONTS
    try:
        yield
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before


def rows(data: Any) -> Any:
    """Altair data transformer: a frame as rows, its numbers rounded to six digits.

    Altair names a table by a hash of its rows, so they are rounded before it does.
    """
    return rounded(alt.to_values(data))


def rounded(part: Any) -> Any:
    """Numbers of six digits, beyond which machines differ and no reader looks; zero has no sign.

    What is not a number is null, as JSON knows no other word for it.
    """
    if isinstance(part, dict):
        return {field: rounded(value) for field, value in part.items()}
    if isinstance(part, list):
        return [rounded(value) for value in part]
    if isinstance(part, float):
        return round(part, DIGITS) + 0.0 if part - part == 0 else None
    return part


alt.data_transformers.register("compendium", rows)
alt.data_transformers.enable("compendium")
alt.renderers.register("compendium", render)
alt.renderers.enable("compendium")


def described(
    chart: alt.TopLevelMixin,
    name: str,
    title: str,
    description: str,
    columns: dict[str, str],
    note: str = "",
    folded: str = "",
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
    folded : str
        The line behind which its page folds it; without, it stands open.
    """
    listed = [list(pair) for pair in columns.items()]  # pairs, because a notebook on disk sorts the keys of an object
    about = {"name": name, "columns": listed, "note": note} | ({"folded": folded} if folded else {})
    return chart.properties(title=title, description=description, usermeta={"compendium": about})


def sized(chart: Any, rows: float) -> Any:
    """A chart of the book's width, with a line of text's height for each of its rows."""
    return chart.properties(width=WIDTH, height=max(60, int(ROW * rows)))


def colour(field: str, values: Sequence[str], legend: bool = True) -> alt.Color:
    """One colour a value, the same in every figure; values without one of their own take the next that is free."""
    taken = {COLOURS.get(value) for value in values}
    spare = cycle(each for each in CYCLE if each not in taken)
    scale = alt.Scale(domain=list(values), range=[COLOURS.get(value) or next(spare) for value in values])
    shown = alt.Legend(title=None) if legend and len(values) > 1 else None
    return alt.Color(f"{field}:N", scale=scale, sort=list(values), legend=shown)


def shape(field: str, values: Sequence[str]) -> alt.Shape:
    """The second sign beside colour."""
    forms = (SHAPES * 3)[: len(values)]
    shown = alt.Legend(title=None) if len(values) > 1 else None
    return alt.Shape(f"{field}:N", scale=alt.Scale(domain=list(values), range=forms), sort=list(values), legend=shown)


def tips(**fields: str | tuple[str, str]) -> list[alt.Tooltip]:
    """Tooltips from field to heading, or to heading and number format."""
    said = {field: text if isinstance(text, tuple) else (text, alt.Undefined) for field, text in fields.items()}
    return [alt.Tooltip(field, title=title, format=form) for field, (title, form) in said.items()]


def per_cent(share: float) -> str:
    """A share in words."""
    return UNKNOWN if share != share else f"{100 * share:.0f} %"


def plain(text: str) -> str:
    """A value of the data as a reader sees it: ``under_way`` becomes ``under way``, ``ngo`` becomes ``NGO``."""
    return WORDS.get(text) or text.replace("_", " ")


def named(ids: Sequence[str], limit: int = 4) -> str:
    """The rows behind a mark, for its tooltip."""
    rest = len(ids) - limit
    return ", ".join(ids[:limit]) + (f" and {rest} more" if rest > 0 else "")
