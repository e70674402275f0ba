"""Figures on the machine: whether its chances are what they say, and the course of codes over time."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import empty_chart_note
from compendium.reporting.theme import BLUE, CHART_WIDTH_PX, FOREGROUND, colour_encoding, shape_encoding, tooltips


@empty_chart_note
def calibration_chart(data: pd.DataFrame, name: str, title: str, note: str) -> Any:
    """Chances against what came true: a point for each class of chances (``chance``, ``share``, ``n``) and ``group``.

    On the dashed diagonal a chance is what it says.
    """
    groups = list(dict.fromkeys(data["group"]))
    per_cent = alt.Axis(format="%", tickCount=5)
    whole = alt.Scale(domain=[0, 1])
    figures = {"chance": ("Chance", ".1%"), "share": ("Given", ".1%"), "n": ("Pairs of statement and code", ",d")}
    base = alt.Chart(data).encode(
        x=alt.X("chance:Q", title="Chance that the machine gives", axis=per_cent, scale=whole),
        y=alt.Y("share:Q", title="Share given by a coder", axis=per_cent, scale=whole),
        color=colour_encoding("group", groups),
    )
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        shape=shape_encoding("group", groups), tooltip=tooltips(group="On", **figures)
    )
    ends = alt.Chart(pd.DataFrame({"chance": [0.0, 1.0], "share": [0.0, 1.0]}))
    diagonal = ends.mark_line(color=FOREGROUND, strokeDash=[4, 3], strokeWidth=1, opacity=0.7).encode(
        x="chance:Q", y="share:Q"
    )
    off = (data["share"] - data["chance"]).abs()
    worst = data.iloc[int(off.to_numpy().argmax())]
    words = (
        f"{len(data)} classes of chances. Furthest from what it says: {worst['chance']:.0%} on {worst['group']}, "
        f"of which {worst['share']:.0%} are given."
    )
    drawn = (diagonal + base.mark_line(strokeWidth=1.5) + points).properties(width=CHART_WIDTH_PX - 60, height=300)
    columns = {"group": "On", "chance": "Chance", "share": "Given", "n": "Pairs"}
    return with_metadata(drawn, name, title, words, columns, note)


@empty_chart_note
def code_trends_chart(data: pd.DataFrame, name: str, title: str, axis: str, note: str, order: Sequence[str]) -> Any:
    """The course of each code over time: a panel a ``label``, a point a span of years, with its interval.

    ``data`` has ``label``, ``year`` (the middle of the span), ``span``, ``share``, ``low``, ``high``, ``raw`` (the
    share before correction), ``n``.
    """
    x = alt.X(
        "year:Q", title=None, scale=alt.Scale(zero=False, nice=False, padding=8), axis=alt.Axis(format="d", tickCount=3)
    )
    base = alt.Chart(data).encode(x=x)
    y = alt.Y("low:Q", title=axis, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=3))
    headings = {"label": "Code", "span": "Years", "n": "Paragraphs"}
    figures = {
        "share": ("Corrected", ".0%"),
        "low": ("From", ".0%"),
        "high": ("To", ".0%"),
        "raw": ("As marked", ".0%"),
    }
    spans = base.mark_rule(color=BLUE, strokeWidth=2).encode(y=y, y2="high:Q")
    line = base.mark_line(color=BLUE, strokeWidth=1).encode(y="share:Q")
    points = base.mark_point(filled=True, color=BLUE, size=55, opacity=1).encode(
        y="share:Q", tooltip=tooltips(**headings, **figures)
    )
    marked = base.mark_tick(orient="horizontal", color=FOREGROUND, thickness=2, size=12, opacity=0.9).encode(y="raw:Q")
    panel = (spans + line + points + marked).properties(width=CHART_WIDTH_PX // 2 - 30, height=90)
    header = alt.Header(title=None, labelAnchor="start", labelFontWeight="bold")
    drawn = panel.facet(facet=alt.Facet("label:N", sort=list(order), title=None, header=header), columns=2)
    best = data.sort_values("share", ascending=False, kind="stable").iloc[0]
    most = f"{best['label']}, {best['share']:.0%} in {best['span']} (n = {best['n']})"
    words = f"{len(order)} codes. The largest share: {most}."
    columns = {"label": "Code", "span": "Years", "share": "Corrected", "low": "From", "high": "To", "raw": "As marked"}
    return with_metadata(drawn, name, title, words, columns | {"n": "Paragraphs"}, note)
