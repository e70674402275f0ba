"""Charts of actors: their network with policy areas, and the two axes of breadth."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from compendium.charts import unless_empty
from compendium.style import INK, WIDTH, colour, described, shape, tips

BETWEEN = 150
"""Pixels between the column of areas and that of bodies."""
LINE = 18
LONGEST = 265
"""Pixels of a body's name; the rest of a longer one is in the table and in the list of bodies."""


@unless_empty
def network(data: pd.DataFrame, name: str, title: str, note: str, families: Sequence[str]) -> Any:
    """Policy areas on the left, bodies on the right, and a line where a body takes part in measures of an area.

    A reader with scripts can search, or point at a body: what does not match fades. A click on a body, or Enter in the
    field, leads to its entry in a list. The chart is never squeezed, for its names need their width; a narrow screen
    scrolls it.

    ``data`` has ``body``, ``kind``, ``total``, ``area``, ``family``, ``count``, ``leads``, ``body_place``,
    ``area_place``, ``name`` (that the field finds) and ``id`` (of the body's entry).
    """
    find = alt.param("find", value="", bind=alt.binding(input="search", name="Find a body, its kind, or an area: "))
    by_body = data.groupby(["body_place", "body", "kind", "total", "id"], sort=True)
    bodies = by_body["area"].agg(", ".join).reset_index()
    by_area = data.groupby(["area_place", "area", "family"], sort=True)
    areas = by_area.agg(body=("body", ", ".join), kind=("kind", ", ".join), bodies=("body", "size")).reset_index()
    kinds = sorted(bodies["kind"].unique())
    bodies["text"] = [f"{total}  {body}" for body, total in zip(bodies["body"], bodies["total"], strict=True)]
    y = alt.Scale(domain=[0, 1], reverse=True, nice=False)
    x = alt.Scale(domain=[0, 1], nice=False)

    letters = alt.expr.lower(find)
    held = [alt.expr.indexof(alt.expr.lower(alt.datum[field]), letters) >= 0 for field in ("body", "kind", "area")]
    sought = held[0] | held[1] | held[2]

    def at(side: int, place: str) -> dict[str, Any]:
        return {
            "x": alt.XDatum(side, scale=x, axis=None),
            "y": alt.Y(f"{place}:Q", scale=y, axis=None),
            "opacity": alt.when(sought).then(alt.value(1)).otherwise(alt.value(0.12)),
        }

    over = alt.selection_point(name="over", fields=["body"], on="pointerover", clear="pointerout")
    width = alt.StrokeWidth("count:Q", scale=alt.Scale(type="sqrt", domain=[0, data["count"].max()], range=[0, 6]))
    faded = alt.when(over, sought).then(alt.value(0.55)).otherwise(alt.value(0.05))
    headings = {"body": "Body", "kind": "Kind", "area": "Policy area", "family": "Family"}
    numbers = {"count": "Measures", "leads": "Of these, led by it"}
    lines = (
        alt.Chart(data)
        .mark_rule()
        .encode(
            x=alt.XDatum(0, scale=x, axis=None),
            x2=alt.X2Datum(1),
            y=alt.Y("area_place:Q", scale=y, axis=None),
            y2="body_place:Q",
            strokeWidth=width.legend(None),
            color=colour("family", families),
            opacity=faded,
            tooltip=tips(**headings, **numbers),
        )
    )
    left, right = alt.Chart(areas).encode(**at(0, "area_place")), alt.Chart(bodies).encode(**at(1, "body_place"))
    kind = shape("kind", kinds).legend(title=None, orient="bottom", columns=3)
    who = tips(body="Body", kind="Kind", total="Measures", area="In")
    drawn = (
        lines
        + left.mark_point(filled=True, size=45).encode(color=colour("family", families))
        + left.mark_text(align="right", dx=-8, fontSize=13).encode(
            text="area:N", tooltip=tips(area="Policy area", family="Family", bodies="Bodies drawn")
        )
        + right.mark_point(filled=True, size=45, color=INK).encode(shape=kind, tooltip=who).add_params(over)
        + right.mark_text(align="left", dx=9, fontSize=13, limit=LONGEST).encode(text="text:N", tooltip=who)
    )
    top = bodies.sort_values("total", ascending=False, kind="stable").head(3)
    most = ", ".join(f"{body} ({total})" for body, total in zip(top["body"], top["total"], strict=True))
    words = (
        f"{len(bodies)} bodies and {len(areas)} policy areas, joined by {len(data)} lines. In most measures: {most}. "
        "Everything it shows stands in the data table, and in the list of bodies below."
    )
    drawn = drawn.add_params(find).properties(width=BETWEEN, height=LINE * max(len(bodies), len(areas)))
    made = described(drawn, name, title, words, headings | numbers, note)
    made.usermeta["compendium"]["fixed"] = True
    return made


@unless_empty
def two_axes(data: pd.DataFrame, name: str, title: str, note: str, axes: tuple[str, str], groups: Sequence[str]) -> Any:
    """A point for each ``label``, with an interval along both axes; ``group`` gives colour and shape.

    ``data`` has ``label``, ``group``, ``value`` and ``other`` (the point), each with ``_low`` and ``_high``, ``areas``
    and ``types`` (the same with the bias of small samples), ``n``.
    """
    across, up = axes
    known = data.dropna(subset=["other"])
    x = alt.X("value:Q", title=across, scale=alt.Scale(zero=False, padding=25), axis=alt.Axis(tickCount=6))
    y = alt.Y("other:Q", title=up, scale=alt.Scale(zero=False, padding=18), axis=alt.Axis(tickCount=6))
    headings = {"label": "Partner", "group": "Case"}
    figures = {
        "value": (across, ".1f"),
        "value_low": ("From", ".1f"),
        "value_high": ("To", ".1f"),
        "other": (up, ".1f"),
        "other_low": ("From", ".1f"),
        "other_high": ("To", ".1f"),
        "areas": (f"{across}, uncorrected", ".1f"),
        "types": (f"{up}, uncorrected", ".1f"),
        "n": ("Measures", "d"),
    }
    base = alt.Chart(known).encode(color=colour("group", groups))
    spans = base.mark_rule(strokeWidth=2, opacity=0.4)
    points = base.mark_point(filled=True, size=110, opacity=1)
    drawn = (
        spans.encode(x=alt.X("value_low:Q", title=across), x2="value_high:Q", y=y)
        + spans.encode(x=x, y=alt.Y("other_low:Q", title=up), y2="other_high:Q")
        + points.encode(x=x, y=y, shape=shape("group", groups), tooltip=tips(**headings, **figures))
        + alt.Chart(known).mark_text(align="left", dx=9, dy=-9, fontSize=13).encode(x=x, y=y, text="label:N")
    )
    words = f"{_ends(known, 'value', across)} {_ends(known, 'other', up)}"
    columns = headings | {field: head for field, (head, _) in figures.items()}
    return described(drawn.properties(width=WIDTH + 120, height=340), name, title, words, columns, note)


def _ends(data: pd.DataFrame, field: str, heading: str) -> str:
    ordered = data.sort_values(field, kind="stable")
    (least, low), (most, high) = (ordered.iloc[place][["label", field]] for place in (0, -1))
    return f"{heading}: most for {most} ({high:.1f}), least for {least} ({low:.1f})."
