"""Theme, colours, sizes and encodings that all charts share.

Text and lines are drawn in ``currentColor`` on a transparent background, so that they follow the page's light or dark
theme. Marks use colours with a contrast of at least 3:1 to both backgrounds that colour-blind readers can tell apart
(after Okabe and Ito 2008, https://jfly.uni-koeln.de/color/); a shape, position or label repeats what the colour says.

The width of text decides the position of labels and legends. It is always measured with the Liberation Sans of
vl-convert, because a system font would make charts differ between computers.
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
"""The page's background colour, for borders between touching marks and halos around text."""


def _theme() -> alt.theme.ThemeConfig:
    colours = dict.fromkeys(("labelColor", "titleColor"), FOREGROUND)
    text = {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal"}
    lines = {
        "domainColor": FOREGROUND,
        "tickColor": FOREGROUND,
        "gridColor": FOREGROUND,
        "gridOpacity": 0.15,
        "labelLimit": 0,
        "labelFlush": False,
    }
    legend = {
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
        "axis": colours | text | lines,
        "legend": colours | text | legend,
        "header": colours | text,
        "title": {"color": FOREGROUND, "anchor": "start", "fontSize": 15, "fontWeight": 600, "offset": 12},
        "text": {"color": FOREGROUND, "fontSize": 12},
        "rule": {"color": FOREGROUND},
    }
    return {"config": config}


alt.theme.register("compendium", enable=True)(_theme)


def with_height(chart: Any, n_rows: float) -> Any:
    """Set the width of a chart to that of the book, and its height by the number of its rows."""
    return chart.properties(width=CHART_WIDTH_PX, height=max(60, int(ROW_HEIGHT_PX * n_rows)))


def colour_encoding(field: str, values: Sequence[str], legend: bool = True) -> alt.Color:
    """Encode values by the colours of :data:`VALUE_COLOURS`; other values take the next free colour of the cycle."""
    used_colours = {VALUE_COLOURS.get(value) for value in values}
    free_colours = cycle(colour for colour in COLOUR_CYCLE if colour not in used_colours)
    colours = [VALUE_COLOURS.get(value) or next(free_colours) for value in values]
    scale = alt.Scale(domain=list(values), range=colours)
    return alt.Color(f"{field}:N", scale=scale, sort=list(values), legend=_legend(values) if legend else None)


def shape_encoding(field: str, values: Sequence[str]) -> alt.Shape:
    """Encode values by shapes, which repeat what colour says."""
    scale = alt.Scale(domain=list(values), range=(SHAPE_CYCLE * 3)[: len(values)])
    return alt.Shape(f"{field}:N", scale=scale, sort=list(values), legend=_legend(values))


def _legend(values: Sequence[str]) -> alt.Legend | None:
    return alt.Legend(title=None) if len(values) > 1 else None


def tooltips(**fields: str | tuple[str, str]) -> list[alt.Tooltip]:
    """Make the tooltips of ``fields``: field to heading, or to heading and d3 number format."""
    return [
        alt.Tooltip(field, title=heading)
        if isinstance(heading, str)
        else alt.Tooltip(field, title=heading[0], format=heading[1])
        for field, heading in fields.items()
    ]
