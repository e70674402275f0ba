"""How every chart looks and what it must bear: theme, colours, title, words, data table; and how it reaches a notebook.

Text and lines are drawn in ``currentColor`` on a transparent ground, so that a page's light or dark theme reaches
into the chart. Marks use colours of at least 3:1 contrast to both grounds that stay apart for colour-blind
readers (after Okabe and Ito 2008, https://jfly.uni-koeln.de/color/); a shape, place or label repeats what colour says.

The width of text decides where labels and legends stand. It is measured with the Liberation Sans that vl-convert brings
along, and never with a font of this machine, or a chart would differ from machine to machine.
"""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import altair as alt

BLUE, ORANGE, GREEN, PURPLE, OCHRE, GREY = "#0B72B5", "#D0590B", "#0E8A68", "#9467BD", "#A8790A", "#76808A"
VALUE_COLOURS = {
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
COLOUR_CYCLE = (BLUE, ORANGE, GREEN, PURPLE, OCHRE, GREY, "#B5477F", "#4E8FA8", "#8A6D3B", "#5B6FB5", "#7A8F2A")
SHAPE_CYCLE = ("circle", "diamond", "square", "triangle-up", "cross", "triangle-down")
CHART_WIDTH_PX = 380
ROW_HEIGHT_PX = 23
FOREGROUND = "currentColor"
BACKGROUND = "var(--ground, white)"
"""The page's own ground, light or dark, between marks that touch and around text that crosses lines."""


def _theme() -> alt.theme.ThemeConfig:
    inks = dict.fromkeys(("labelColor", "titleColor"), FOREGROUND)
    text = {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal"}
    lines = {
        "domainColor": FOREGROUND,
        "tickColor": FOREGROUND,
        "gridColor": FOREGROUND,
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
        "title": {"color": FOREGROUND, "anchor": "start", "fontSize": 15, "fontWeight": 600, "offset": 12},
        "text": {"color": FOREGROUND, "fontSize": 12},
        "rule": {"color": FOREGROUND},
    }
    return {"config": config}


alt.theme.register("compendium", enable=True)(_theme)


def with_height(chart: Any, n_rows: float) -> Any:
    """A chart of the book's width, with a line of text's height for each of its rows."""
    return chart.properties(width=CHART_WIDTH_PX, height=max(60, int(ROW_HEIGHT_PX * n_rows)))


def colour_encoding(field: str, values: Sequence[str], legend: bool = True) -> alt.Color:
    """One colour a value, the same in every figure; values without one of their own take the next that is free."""
    taken = {VALUE_COLOURS.get(value) for value in values}
    spare = cycle(each for each in COLOUR_CYCLE if each not in taken)
    scale = alt.Scale(domain=list(values), range=[VALUE_COLOURS.get(value) or next(spare) for value in values])
    shown = alt.Legend(title=None) if legend and len(values) > 1 else None
    return alt.Color(f"{field}:N", scale=scale, sort=list(values), legend=shown)


def shape_encoding(field: str, values: Sequence[str]) -> alt.Shape:
    """The second sign beside colour."""
    forms = (SHAPE_CYCLE * 3)[: len(values)]
    shown = alt.Legend(title=None) if len(values) > 1 else None
    return alt.Shape(f"{field}:N", scale=alt.Scale(domain=list(values), range=forms), sort=list(values), legend=shown)


def tooltips(**fields: str | tuple[str, str]) -> list[alt.Tooltip]:
    """Tooltips from field to heading, or to heading and number format."""
    said = {field: text if isinstance(text, tuple) else (text, alt.Undefined) for field, text in fields.items()}
    return [alt.Tooltip(field, title=title, format=form) for field, (title, form) in said.items()]
