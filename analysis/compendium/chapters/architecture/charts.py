"""Charts of the architecture: its growth, its network of links, and the centrality of arrangements."""

import json
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd

from compendium.chapters.architecture.plot_data import LINK_KINDS, NODE_GROUPS
from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import TWO_LINE_LABEL_EXPR, empty_chart_note
from compendium.reporting.label_placement import HALO, label_position_properties
from compendium.reporting.labels import format_percent
from compendium.reporting.theme import BACKGROUND, CHART_WIDTH_PX, FOREGROUND, colour_encoding, shape_encoding, tooltips

_LABEL_LINE_LENGTH = 46
"""Characters in a line of a label; names of treaties are long."""
_LINE_HEIGHT_PX = 15
_PANEL_HEIGHT_PX = 120
_MAX_FOUND_LABELS = 8
_LINK_KIND_SIGNS = dict(zip(LINK_KINDS, "●○", strict=True))
_NETWORK_SIZE_PX = 560
_NAME_SEARCH_TEST = "(find == '' || indexof(lower(datum.{0}), lower(find)) >= 0)"


@empty_chart_note
def cumulative_growth_chart(
    data: pd.DataFrame, name: str, title: str, panel_heading: str, note: str, columns: int = 2
) -> Any:
    """Draw the number of arrangements by the end of each decade, in panels with a line for each legal quality.

    Parameters
    ----------
    data : DataFrame
        From :func:`compendium.chapters.architecture.plot_data.growth_panels`.
    panel_heading : str
        What a panel is, for tooltips and the data table.
    columns : int
        Number of panels in a row.

    Examples
    --------
    >>> data = pd.DataFrame({"panel": "regional (2, 0 undated)", "legal": "binding", "decade": ["1970s", "1980s"]})
    >>> data = data.assign(count=1, cumulated=[1.0, 2.0])
    >>> cumulative_growth_chart(data, "made-up", "Made up", "Level", note="").to_dict()["description"]
    'Dated ones by the end of the 1980s. regional (2, 0 undated): 2 binding.'
    """
    decades, order = sorted(set(data["decade"])), list(dict.fromkeys(data["panel"]))
    legal = list(dict.fromkeys(data["legal"]))
    labelled = sorted({decades[0], decades[len(decades) // 2], decades[-1]})
    axis = alt.Axis(values=labelled, labelAngle=0, grid=False)
    x = alt.X("decade:O", sort=decades, title=None, axis=axis, scale=alt.Scale(type="point", padding=0.3))
    y = alt.Y("cumulated:Q", title="Number so far", axis=alt.Axis(tickCount=4, tickMinStep=1, format="d"))
    headings = {"panel": panel_heading, "legal": "Legal quality", "decade": "Decade", "cumulated": "Up to its end"}
    headings |= {"count": "New"}
    base = alt.Chart(data).encode(x=x, y=y, color=colour_encoding("legal", legal))
    points = base.mark_point(filled=True, size=45, opacity=1, aria=False).encode(
        shape=shape_encoding("legal", legal), tooltip=tooltips(**headings)
    )
    panel = (base.mark_line(strokeWidth=2, aria=False) + points).properties(
        width=(CHART_WIDTH_PX + 140) // columns - 30, height=_PANEL_HEIGHT_PX
    )
    header = alt.Header(labelFontWeight="bold", labelAnchor="start", labelExpr=TWO_LINE_LABEL_EXPR)
    drawn = panel.facet(facet=alt.Facet("panel:N", sort=order, title=None, header=header), columns=columns, spacing=36)
    last = data[data["decade"] == decades[-1]]
    parts = [
        f"{panel}: " + ", ".join(f"{int(n)} {kind}" for kind, n in zip(rows["legal"], rows["cumulated"], strict=True))
        for panel, rows in last.groupby("panel", sort=False)
    ]
    words = f"Dated ones by the end of the {decades[-1]}. {'; '.join(parts)}."
    return with_metadata(drawn, name, title, words, headings, note)


@empty_chart_note
def architecture_network_chart(nodes: pd.DataFrame, name: str, title: str, note: str, edges: pd.DataFrame) -> Any:
    """Draw nodes and the links between them, with a field that finds nodes by name.

    A click on a node leads to the entry on the page with the ``id`` of its row; the page's script does that.

    Parameters
    ----------
    nodes, edges : DataFrame
        From :func:`compendium.chapters.architecture.plot_data.network_nodes` and
        :func:`compendium.chapters.architecture.plot_data.network_edges`.
    """
    find = alt.param(name="find", value="", bind=alt.BindInput(input="search", name="Find by name"))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.03, 1.03], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-0.03, 1.05], nice=False))
    lines = alt.Chart(edges)
    for end in ("source", "target"):
        node_data = alt.LookupData(data=nodes, key="id", fields=["x", "y", "name"])
        lines = lines.transform_lookup(lookup=end, from_=node_data, as_=[f"{end}_x", f"{end}_y", f"{end}_name"])
    matches = f"({_NAME_SEARCH_TEST.format('source_name')} || {_NAME_SEARCH_TEST.format('target_name')})"
    highlighted = alt.when(f"find != '' && {matches}").then(alt.value(0.9))
    shown = highlighted.when(matches).then(alt.value(0.3)).otherwise(alt.value(0.06))
    drawn_lines = lines.mark_rule(color=FOREGROUND, aria=False).encode(
        x=alt.X("source_x:Q", axis=None),
        y=alt.Y("source_y:Q", axis=None),
        x2="target_x:Q",
        y2="target_y:Q",
        opacity=shown,
        strokeDash=alt.StrokeDash(
            "kind:N",
            scale=alt.Scale(domain=list(LINK_KINDS), range=[[1, 0], [3, 3]]),
            legend=alt.Legend(title=None, symbolType="stroke", orient="bottom"),
        ),
    )
    headings = {"name": "Name", "group": "Level", "established": "Since", "legal": "Legal quality"}
    headings |= {"links": "Linked with"}
    base = alt.Chart(nodes).encode(x=x, y=y)
    points = base.mark_point(filled=True, stroke=BACKGROUND, strokeWidth=1, cursor="pointer", aria=False).encode(
        color=colour_encoding("group", NODE_GROUPS),
        shape=shape_encoding("group", NODE_GROUPS),
        size=alt.Size("links:Q", scale=alt.Scale(domain=[0, nodes["links"].max()], range=[40, 330]), legend=None),
        opacity=alt.condition(_NAME_SEARCH_TEST.format("name"), alt.value(1), alt.value(0.12)),
        tooltip=tooltips(**headings),
    )
    drawn = drawn_lines + points + _node_labels(base)
    if nodes["apart"].any():
        below = pd.DataFrame({"x": [0.5], "y": [0.05], "text": ["joined with the others by no link on record:"]})
        drawn = drawn + alt.Chart(below).mark_text().encode(x=x, y=y, text="text:N")
    drawn = drawn.add_params(find).properties(width=_NETWORK_SIZE_PX, height=_NETWORK_SIZE_PX)
    return with_metadata(drawn, name, title, _network_summary(nodes, edges), headings, note)


def _node_labels(base: Any) -> Any:
    """Label the partnerships, and during a search also the nodes that match, if they are few."""
    partners = base.transform_filter("datum.partner != ''").encode(
        text="partner:N", opacity=alt.condition(_NAME_SEARCH_TEST.format("name"), alt.value(1), alt.value(0.12))
    )
    side = {"expr": "datum.x < 0.3 ? 'left' : datum.x > 0.7 ? 'right' : 'center'"}
    search_hits = (
        base.transform_filter(f"find != '' && datum.partner == '' && {_NAME_SEARCH_TEST.format('name')}")
        .transform_joinaggregate(hits="count()")
        .transform_filter(f"datum.hits <= {_MAX_FOUND_LABELS}")
        .encode(text="name:N")
    )
    layers = [
        layer.mark_text(**halo, **style)
        for layer, style in (
            (partners, {"fontSize": 13, "fontWeight": "bold", **label_position_properties()}),
            (search_hits, {"align": side, "dy": -11, "limit": 240, "clip": True}),
        )
        for halo in HALO
    ]
    return alt.layer(*layers)


def _network_summary(nodes: pd.DataFrame, edges: pd.DataFrame) -> str:
    most = [f"{name} ({links})" for name, links in zip(nodes["name"], nodes["links"], strict=True)][:3]
    alone = int((nodes["links"] == 0).sum())
    overlaps = int((edges["kind"] == LINK_KINDS[1]).sum())
    return (
        f"{len(nodes)} arrangements and {len(edges)} pairs of them with a link, {overlaps} of these by overlap only. "
        f"Most links: {', '.join(most)}. Without any: {alone}."
    )


@empty_chart_note
def shared_arrangements_chart(data: pd.DataFrame, name: str, title: str, note: str) -> Any:
    """Draw which partnership is linked with which arrangement: a full or empty sign for each pair, by kind of link.

    Parameters
    ----------
    data : DataFrame
        From :func:`compendium.chapters.architecture.plot_data.partnership_neighbours`.

    Examples
    --------
    >>> data = pd.DataFrame({"label": ["Pact"], "group": "Xland", "level": "regional", "kind": "overlap only"})
    >>> chart = shared_arrangements_chart(data.assign(partners=2, id="pact"), "made-up", "Made up", note="")
    >>> chart.to_dict()["description"]
    '1 arrangements. With most partnerships: Pact (2).'
    """
    data = data.assign(sign=data["kind"].map(_LINK_KIND_SIGNS))
    order, partners = list(dict.fromkeys(data["label"])), sorted(data["group"].unique())
    turned = alt.Axis(orient="top", labelAngle=-40, domain=False, ticks=False)
    headings = {"label": "Arrangement", "level": "Level", "group": "Partner", "kind": "Link"}
    drawn = (
        alt.Chart(data)
        .mark_text(fontSize=17)
        .encode(
            x=alt.X("group:N", title=None, sort=partners, axis=turned),
            y=alt.Y("label:N", sort=order, title=None, axis=_two_line_label_axis(order, grid=True)),
            text="sign:N",
            tooltip=tooltips(**headings),
        )
        .properties(width=44 * len(partners), height=_chart_height(order))
    )
    first = data.drop_duplicates("label").head(3)
    most = "; ".join(f"{label} ({n})" for label, n in zip(first["label"], first["partners"], strict=True))
    columns = headings | {"partners": "Partnerships"}
    return with_metadata(
        drawn, name, title, f"{len(order)} arrangements. With most partnerships: {most}.", columns, note
    )


@empty_chart_note
def centrality_chart(data: pd.DataFrame, name: str, title: str, axis: str, number_format: str, note: str) -> Any:
    """Draw arrangements by a measure of centrality, largest first, with intervals.

    Parameters
    ----------
    data : DataFrame
        From :func:`compendium.chapters.architecture.plot_data.centrality_ranking`.
    axis : str
        The axis title.
    number_format : str
        The d3 number format of the measure.

    Examples
    --------
    >>> data = pd.DataFrame({"rank": [1.0], "label": ["Pact"], "group": "regional", "value": 3, "low": 1, "high": 5})
    >>> chart = centrality_chart(data.assign(foremost=0.9), "made-up", "Made up", "Degree", ".0f", note="")
    >>> chart.to_dict()["description"]
    '1 arrangements. Largest: Pact 3.'
    """
    groups = [group for group in NODE_GROUPS if group in set(data["group"])]
    order = data["label"].tolist()
    base = alt.Chart(data).encode(y=alt.Y("label:N", sort=order, title=None, axis=_two_line_label_axis(order)))
    x = alt.X("low:Q", title=axis, axis=alt.Axis(format=number_format, tickCount=6))
    spans = base.mark_rule(strokeWidth=1.5).encode(x=x, x2="high:Q", color=colour_encoding("group", groups))
    headings: dict[str, Any] = {"rank": ("Rank", "d"), "label": "Arrangement", "group": "Level"}
    values = {"value": (axis, number_format), "low": ("From", number_format), "high": ("To", number_format)}
    values |= {"foremost": ("Draws among the ten most between", ".0%")}
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="value:Q",
        color=colour_encoding("group", groups),
        shape=shape_encoding("group", groups),
        tooltip=tooltips(**headings, **values),
    )
    first = [
        f"{label} {_format_value(value, number_format)}" for label, value in zip(order, data["value"], strict=True)
    ][:3]
    words = f"{len(data)} arrangements. Largest: {'; '.join(first)}."
    columns = {"label": "Arrangement", "rank": "Rank", "group": "Level", "value": axis, "low": "From", "high": "To"}
    columns |= {"foremost": "Draws among the ten most between"}
    drawn = (spans + points).properties(width=CHART_WIDTH_PX - 80, height=_chart_height(order))
    return with_metadata(drawn, name, title, words, columns, note)


def _format_value(value: float, number_format: str) -> str:
    return format_percent(value) if number_format.endswith("%") else format(value, number_format)


def _two_line_label_axis(labels: Sequence[str], grid: bool = False) -> alt.Axis:
    """Build an axis that breaks long labels into two lines; tooltip and table have the whole label."""
    lines = {
        label: wrap(label, _LABEL_LINE_LENGTH, max_lines=2, placeholder=" …")
        for label in labels
        if len(label) > _LABEL_LINE_LENGTH
    }
    return alt.Axis(
        labelExpr=f"{json.dumps(lines)}[datum.label] || datum.label",
        labelBaseline={
            "condition": {"test": f"indexof({json.dumps(list(lines))}, datum.value) >= 0", "value": "bottom"},
            "value": "middle",
        },
        labelLineHeight=_LINE_HEIGHT_PX,
        grid=grid,
        domain=False,
        ticks=False,
    )


def _chart_height(labels: Sequence[str]) -> int:
    """Compute the height of a chart, with two lines in each row if any label is that long."""
    lines = 2 if any(len(label) > _LABEL_LINE_LENGTH for label in labels) else 1
    return (_LINE_HEIGHT_PX * lines + 4) * len(labels)
