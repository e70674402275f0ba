"""Charts of the text classifier: calibration, and the shares of codes over time."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import empty_chart_note
from compendium.reporting.theme import BLUE, CHART_WIDTH_PX, FOREGROUND, colour_encoding, shape_encoding, tooltips


@empty_chart_note
def calibration_chart(data: pd.DataFrame, name: str, title: str, note: str) -> Any:
    """Draw the share of codes given by coders against the probability predicted by the classifier.

    Parameters
    ----------
    data : DataFrame
        Result of :func:`compendium.chapters.machine.evaluation.calibration`, a point per row.
    name, title, note : str

    Examples
    --------
    >>> data = pd.DataFrame({"group": "cases not seen", "chance": [0.1, 0.9], "share": [0.2, 0.8], "n": [90, 10]})
    >>> chart = calibration_chart(data, "calibration", "Calibration", note="")
    >>> len(chart.layer)
    3
    """
    groups = list(dict.fromkeys(data["group"]))
    per_cent = alt.Axis(format="%", tickCount=5)
    unit_scale = alt.Scale(domain=[0, 1])
    values = {"chance": ("Chance", ".1%"), "share": ("Given", ".1%"), "n": ("Pairs of statement and code", ",d")}
    base = alt.Chart(data).encode(
        x=alt.X("chance:Q", title="Chance that the machine gives", axis=per_cent, scale=unit_scale),
        y=alt.Y("share:Q", title="Share given by a coder", axis=per_cent, scale=unit_scale),
        color=colour_encoding("group", groups),
    )
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        shape=shape_encoding("group", groups), tooltip=tooltips(group="On", **values)
    )
    ends = alt.Chart(pd.DataFrame({"chance": [0.0, 1.0], "share": [0.0, 1.0]}))
    diagonal = ends.mark_line(color=FOREGROUND, strokeDash=[4, 3], strokeWidth=1, opacity=0.7).encode(
        x="chance:Q", y="share:Q"
    )
    worst = data.iloc[int((data["share"] - data["chance"]).abs().to_numpy().argmax())]
    description = (
        f"{len(data)} classes of chances. Furthest from what it says: {worst['chance']:.0%} on {worst['group']}, "
        f"of which {worst['share']:.0%} are given."
    )
    chart = (diagonal + base.mark_line(strokeWidth=1.5) + points).properties(width=CHART_WIDTH_PX - 60, height=300)
    columns = {"group": "On", "chance": "Chance", "share": "Given", "n": "Pairs"}
    return with_metadata(chart, name, title, description, columns, note)


@empty_chart_note
def code_trends_chart(data: pd.DataFrame, name: str, title: str, axis: str, note: str, order: Sequence[str]) -> Any:
    """Draw the share of each code over time, with a panel per code and a point per span of years.

    Parameters
    ----------
    data : DataFrame
        Result of :func:`compendium.chapters.machine.presidential_messages.code_shares_by_presidency`.
    name, title, note : str
    axis : str
        Title of the axis of shares.
    order : sequence of str
        Labels of the panels.

    Examples
    --------
    >>> row = {"label": "Visas", "year": 1997.0, "span": "Doe 1994–2000", "share": 0.2, "low": 0.1, "high": 0.3}
    >>> data = pd.DataFrame([row | {"raw": 0.16, "n": 100}])
    >>> code_trends_chart(data, "trends", "Codes", "Share", note="", order=["Visas"]).columns
    2
    """
    x = alt.X(
        "year:Q", title=None, scale=alt.Scale(zero=False, nice=False, padding=8), axis=alt.Axis(format="d", tickCount=3)
    )
    base = alt.Chart(data).encode(x=x)
    y = alt.Y("low:Q", title=axis, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=3))
    headings = {"label": "Code", "span": "Years", "n": "Paragraphs"}
    values = {
        "share": ("Corrected", ".0%"),
        "low": ("From", ".0%"),
        "high": ("To", ".0%"),
        "raw": ("As marked", ".0%"),
    }
    spans = base.mark_rule(color=BLUE, strokeWidth=2).encode(y=y, y2="high:Q")
    line = base.mark_line(color=BLUE, strokeWidth=1).encode(y="share:Q")
    points = base.mark_point(filled=True, color=BLUE, size=55, opacity=1).encode(
        y="share:Q", tooltip=tooltips(**headings, **values)
    )
    uncorrected = base.mark_tick(orient="horizontal", color=FOREGROUND, thickness=2, size=12, opacity=0.9).encode(
        y="raw:Q"
    )
    panel = (spans + line + points + uncorrected).properties(width=CHART_WIDTH_PX // 2 - 30, height=90)
    header = alt.Header(title=None, labelAnchor="start", labelFontWeight="bold")
    chart = panel.facet(facet=alt.Facet("label:N", sort=list(order), title=None, header=header), columns=2)
    largest = data.sort_values("share", ascending=False, kind="stable").iloc[0]
    description = (
        f"{len(order)} codes. The largest share: {largest['label']}, {largest['share']:.0%} in {largest['span']} "
        f"(n = {largest['n']})."
    )
    columns = {"label": "Code", "span": "Years", "share": "Corrected", "low": "From", "high": "To", "raw": "As marked"}
    return with_metadata(chart, name, title, description, columns | {"n": "Paragraphs"}, note)
