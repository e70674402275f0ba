"""Charts of actors: their network with policy areas, and the two axes of breadth."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import empty_chart_note
from compendium.reporting.label_placement import HALO, label_position_properties, label_sides
from compendium.reporting.theme import CHART_WIDTH_PX, FOREGROUND, colour_encoding, shape_encoding, tooltips

_COLUMN_GAP_PX = 150
"""Pixels between the column of areas and that of bodies."""
_ROW_HEIGHT_PX = 18
_PHONE_PLOT_SIZE_PX = (275, 340)
"""Width and height of the two axes on a phone, where labels have least room, in pixels."""
_MAX_NAME_WIDTH_PX = 265
"""Pixels to which the names of bodies are cut; the table and the list of bodies have them whole."""


@empty_chart_note
def actor_network_chart(data: pd.DataFrame, name: str, title: str, note: str, families: Sequence[str]) -> Any:
    """Draw policy areas on the left, bodies on the right, and a line where a body takes part in measures of an area.

    Lines of a single measure are faint. With scripts, a reader can search or point at a body, and what does not match
    fades; a click on a body or an area, or Enter in the field, opens its entry in a list. The chart is never shrunk,
    because its names need their width; a narrow screen scrolls it.

    Parameters
    ----------
    data : DataFrame
        From :func:`compendium.chapters.actors.analysis.body_area_links`, with ``area`` (the label of the area), and
        ``body_id`` and ``area_id`` (of entries on the page).
    families : sequence of str
        The families, in the order of their colours.

    Examples
    --------
    >>> data = pd.DataFrame({"body": ["Forum"], "kind": "international", "total": 3, "area": "Visas", "count": 3})
    >>> data = data.assign(family="mobility", leads=1, body_place=0.5, area_place=0.5, body_id="b", area_id="a")
    >>> chart = actor_network_chart(data, "made-up", "Made up", note="", families=["mobility"])
    >>> chart.to_dict()["usermeta"]["compendium"]["fixed"]
    True
    """
    find = alt.param("find", value="", bind=alt.binding(input="search", name="Find a body, its kind, or an area: "))
    by_body = data.groupby(["body_place", "body", "kind", "total", "body_id"], sort=True)
    bodies = by_body["area"].agg(", ".join).reset_index()
    bodies = bodies.rename(columns={"body_id": "id"}).assign(name=bodies["body"])
    by_area = data.groupby(["area_place", "area", "family", "area_id"], sort=True)
    areas = by_area.agg(body=("body", ", ".join), kind=("kind", _join_unique), bodies=("body", "size")).reset_index()
    areas = areas.rename(columns={"area_id": "id"}).assign(name=areas["area"])
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
    highlighted = alt.when(over, empty=False).then(alt.value(0.9)).when((find != "") & sought).then(alt.value(0.8))
    several = (find == "") & (alt.datum["count"] > 1)
    shown = highlighted.when(several).then(alt.value(0.6)).otherwise(alt.value(0.06))
    headings = {"body": "Body", "kind": "Kind", "area": "Policy area", "family": "Family"}
    numbers = {"count": "Measures", "leads": "Of these, led by it"}
    lines = alt.Chart(data[["body", "kind", "area", "family", "count", "leads"]])
    for end, places in (("body", bodies), ("area", areas)):
        lines = lines.transform_lookup(lookup=end, from_=alt.LookupData(data=places, key=end, fields=[f"{end}_place"]))
    lines = lines.mark_rule().encode(
        x=alt.XDatum(0, scale=x, axis=None),
        x2=alt.X2Datum(1),
        y=alt.Y("area_place:Q", scale=y, axis=None),
        y2="body_place:Q",
        strokeWidth=width.legend(None),
        color=colour_encoding("family", families),
        opacity=shown,
        tooltip=tooltips(**headings, **numbers),
    )
    left, right = alt.Chart(areas).encode(**at(0, "area_place")), alt.Chart(bodies).encode(**at(1, "body_place"))
    kind = shape_encoding("kind", kinds).legend(title=None, orient="bottom", columns=3)
    who = tooltips(body="Body", kind="Kind", total="Measures", area="In")
    drawn = (
        lines
        + left.mark_point(filled=True, size=45, cursor="pointer").encode(color=colour_encoding("family", families))
        + left.mark_text(align="right", dx=-8, fontSize=13, cursor="pointer").encode(
            text="area:N", tooltip=tooltips(area="Policy area", family="Family", bodies="Bodies drawn")
        )
        + right.mark_point(filled=True, size=45, color=FOREGROUND, cursor="pointer")
        .encode(shape=kind, tooltip=who)
        .add_params(over)
        + right.mark_text(align="left", dx=9, fontSize=13, limit=_MAX_NAME_WIDTH_PX, cursor="pointer").encode(
            text="text:N", tooltip=who
        )
    )
    top = bodies.sort_values("total", ascending=False, kind="stable").head(3)
    most = ", ".join(f"{body} ({total})" for body, total in zip(top["body"], top["total"], strict=True))
    description = (
        f"{len(bodies)} bodies and {len(areas)} policy areas, joined by {len(data)} lines. In most measures: {most}. "
        "Everything it shows stands in the data table, and in the lists below."
    )
    drawn = drawn.add_params(find).properties(
        width=_COLUMN_GAP_PX, height=_ROW_HEIGHT_PX * max(len(bodies), len(areas))
    )
    chart = with_metadata(drawn, name, title, description, headings | numbers, note)
    chart.usermeta["compendium"]["fixed"] = True
    return chart


def _join_unique(values: pd.Series) -> str:
    return ", ".join(dict.fromkeys(values))


@empty_chart_note
def actor_breadth_chart(
    data: pd.DataFrame, name: str, title: str, note: str, axes: tuple[str, str], groups: Sequence[str]
) -> Any:
    """Draw a point for each ``label`` with an interval along both axes; ``group`` gives colour and shape.

    Parameters
    ----------
    data : DataFrame
        From :func:`compendium.chapters.actors.analysis.breadth_points`, with ``label`` and ``group``.
    axes : tuple of str
        The titles of the horizontal and the vertical axis.

    Examples
    --------
    >>> data = pd.DataFrame({"label": ["P", "Q"], "group": "A", "value": [2.0, 3.0], "other": [1.0, 2.0], "n": 9})
    >>> data = data.assign(value_low=1.0, value_high=4.0, other_low=0.5, other_high=3.0, areas=2.0, types=1.0)
    >>> chart = actor_breadth_chart(data, "made-up", "Made up", note="", axes=("Areas", "Types"), groups=["A"])
    >>> chart.to_dict()["description"]
    'Areas: most for Q (3.0), least for P (2.0). Types: most for Q (2.0), least for P (1.0).'
    """
    across, up = axes
    data = data.dropna(subset=["other"]).reset_index(drop=True)
    data = data.assign(side=label_sides(_scale_to_frame(data), *_PHONE_PLOT_SIZE_PX))
    x = alt.X("value:Q", title=across, scale=alt.Scale(zero=False, padding=25), axis=alt.Axis(tickCount=6))
    y = alt.Y("other:Q", title=up, scale=alt.Scale(zero=False, padding=18), axis=alt.Axis(tickCount=6))
    headings = {"label": "Partner", "group": "Case"}
    values = {
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
    base = alt.Chart(data).encode(color=colour_encoding("group", groups))
    spans = base.mark_rule(strokeWidth=1.5)
    points = base.mark_point(filled=True, size=110, opacity=1)
    names = alt.Chart(data).encode(x=x, y=y, text="label:N")
    drawn = alt.layer(
        spans.encode(x=alt.X("value_low:Q", title=across), x2="value_high:Q", y=y),
        spans.encode(x=x, y=alt.Y("other_low:Q", title=up), y2="other_high:Q"),
        points.encode(x=x, y=y, shape=shape_encoding("group", groups), tooltip=tooltips(**headings, **values)),
        *(names.mark_text(fontSize=13, **halo, **label_position_properties()) for halo in HALO),
    )
    description = f"{_range_sentence(data, 'value', across)} {_range_sentence(data, 'other', up)}"
    columns = headings | {field: head for field, (head, _) in values.items()}
    return with_metadata(
        drawn.properties(width=CHART_WIDTH_PX + 120, height=340), name, title, description, columns, note
    )


def _scale_to_frame(points: pd.DataFrame) -> pd.DataFrame:
    """Scale the points to shares of the frame that contains their intervals."""
    scaled = {"label": points["label"]}
    for axis, field in (("x", "value"), ("y", "other")):
        least, most = float(points[f"{field}_low"].min()), float(points[f"{field}_high"].max())
        scaled[axis] = (points[field] - least) / ((most - least) or 1.0)
    return pd.DataFrame(scaled)


def _range_sentence(data: pd.DataFrame, field: str, heading: str) -> str:
    ordered = data.sort_values(field, kind="stable")
    (least, low), (most, high) = (ordered.iloc[place][["label", field]] for place in (0, -1))
    return f"{heading}: most for {most} ({high:.1f}), least for {least} ({low:.1f})."
