"""Frames for the charts and tables on the architecture: labelled arrangements, sorted rows, positions of labels."""

import math

import networkx as nx
import pandas as pd

from compendium.dataset.arrangements import LEGAL_QUALITIES, LEVELS, UNDATED_DECADE, links_beyond_overlap
from compendium.reporting import label_placement
from compendium.reporting.labels import humanize, list_ids

PARTNERSHIP = "partnership"
NODE_GROUPS = (PARTNERSHIP, *LEVELS)
LINK_KINDS = ("more than overlap", "overlap only")
RELATION_PHRASES = {
    "embedded_in": ("is embedded in", "holds"),
    "refers_to": ("refers to", "is referred to by"),
    "prepares": ("prepares", "is prepared by"),
    "implements": ("implements", "is implemented by"),
    "funds": ("funds", "is funded by"),
    "overlaps": ("overlaps with", "overlaps with"),
    "succeeds": ("succeeds", "is succeeded by"),
}
"""Each relation, read from the source of a link and from its target."""
CENTRALITY_TOP_N = 15
_PHONE_PLOT_SIZE_PX = (330, 560)
"""Width and height of the network's drawing on a phone, where labels have least room, in pixels."""


def node_groups(table: pd.DataFrame) -> pd.Series:
    """Return the group that colour and shape show: the partnerships of the cases, and the levels of all others."""
    return table["level"].where(table["partner"] == "", PARTNERSHIP)


def counts_by_decade(growth: pd.DataFrame, by: str) -> pd.DataFrame:
    """Sum the arrangements that each decade (``label``) adds to each value of ``by`` (``group``).

    Parameters
    ----------
    growth : DataFrame
        From :func:`compendium.chapters.architecture.analysis.growth`.
    by : str
        The column by which ``growth`` was counted.

    Examples
    --------
    >>> growth = pd.DataFrame({"level": "regional", "decade": "1970s", "count": [1, 1], "ids": [("a",), ("b",)]})
    >>> counts_by_decade(growth, "level").values.tolist()
    [['1970s', 'regional', 2, 'a, b']]
    """
    counts = growth.groupby(["decade", by], sort=False).agg({"count": "sum", "ids": "sum"}).reset_index()
    return (
        counts.rename(columns={"decade": "label", by: "group"})
        .assign(rows=counts["ids"].map(list_ids))
        .drop(columns="ids")
    )


def growth_panels(growth: pd.DataFrame, by: str) -> pd.DataFrame:
    """Select the dated rows of growth, with a ``panel`` for each value of ``by``, largest first.

    A panel's name states how many rows there are, and how many of them have no date and are therefore not drawn.

    Parameters
    ----------
    growth : DataFrame
        From :func:`compendium.chapters.architecture.analysis.growth`.
    by : str
        The column by which ``growth`` was counted.

    Examples
    --------
    >>> growth = pd.DataFrame({"level": "regional", "decade": ["1970s", "undated"], "count": [2, 1], "ids": [(), ()]})
    >>> growth_panels(growth, "level")[["decade", "panel"]].values.tolist()
    [['1970s', 'regional (3, 1 undated)']]
    """
    n = growth.groupby(by)["count"].sum()
    undated = growth[growth["decade"] == UNDATED_DECADE].groupby(by)["count"].sum()
    order = n.sort_values(ascending=False, kind="stable").index
    names = {value: f"{humanize(value)} ({n[value]}, {undated[value]} undated)" for value in order}
    dated = growth[growth["decade"] != UNDATED_DECADE].assign(place=lambda rows: rows[by].map(list(order).index))
    dated = dated.sort_values("place", kind="stable").reset_index(drop=True)
    return dated.assign(panel=dated[by].map(names)).drop(columns=["ids", "place", by])


def issue_areas_by_decade(growth: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Count the arrangements of each decade that deal with each issue area.

    Parameters
    ----------
    growth : DataFrame
        From :func:`compendium.chapters.architecture.analysis.growth`, by ``issue_areas``.
    table : DataFrame
        From :func:`compendium.chapters.architecture.analysis.nodes`.

    Returns
    -------
    DataFrame
        ``area``, ``decade`` with its n, ``count``, ``binding`` (arrangements that bind), ``share`` (of the decade).

    Examples
    --------
    >>> growth = pd.DataFrame({"issue_areas": ["trade"], "legal": "binding", "decade": "1970s", "count": 1})
    >>> areas = issue_areas_by_decade(growth, pd.DataFrame({"decade": ["1970s", "1970s"]}))
    >>> areas[["area", "decade", "count", "binding", "share"]].values.tolist()
    [['trade', '1970s (n = 2)', 1, 1, 0.5]]
    """
    keys = ["decade", "issue_areas"]
    counts = growth.groupby(keys, sort=False)["count"].sum().reset_index().rename(columns={"issue_areas": "area"})
    binding = growth[growth["legal"] == LEGAL_QUALITIES[0]].groupby(keys)["count"].sum()
    n = counts["decade"].map(table["decade"].value_counts()).fillna(0).astype(int)
    return counts.assign(
        binding=[int(binding.get(cell, 0)) for cell in zip(counts["decade"], counts["area"], strict=True)],
        share=counts["count"] / n.where(n > 0),
        decade=[f"{decade} (n = {number})" for decade, number in zip(counts["decade"], n, strict=True)],
    )


def values_by_count(cells: pd.DataFrame, field: str) -> list[str]:
    """List the values of a field in the order of their counts, largest first.

    Examples
    --------
    >>> values_by_count(pd.DataFrame({"area": ["a", "b", "a"], "count": [1, 5, 2]}), "area")
    ['b', 'a']
    """
    return cells.groupby(field)["count"].sum().sort_values(ascending=False, kind="stable").index.tolist()


def network_nodes(table: pd.DataFrame, graph: nx.Graph, positions: pd.DataFrame) -> pd.DataFrame:
    """Return the nodes as the network draws them, most linked first.

    Parameters
    ----------
    table, positions : DataFrame
        From :func:`compendium.chapters.architecture.analysis.nodes` and
        :func:`compendium.chapters.architecture.analysis.node_positions`.
    graph : Graph
        From :func:`compendium.chapters.architecture.analysis.link_graph`.

    Returns
    -------
    DataFrame
        ``name``, ``group``, ``established``, ``legal``, ``links`` (degree), ``id``, ``partner``, ``x``, ``y``,
        ``apart``, and ``side``: on which side of its mark the label of a partnership is drawn.

    Examples
    --------
    >>> table = pd.DataFrame({"arrangement_id": ["p", "m"], "name": ["P", "M"], "partner": ["P", ""]})
    >>> table = table.assign(level="regional")
    >>> positions = pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0], "apart": False}, index=["p", "m"])
    >>> nodes = network_nodes(table.assign(established="", legal="binding"), nx.Graph([("p", "m")]), positions)
    >>> nodes[["id", "group", "established", "links"]].values.tolist()
    [['m', 'regional', 'undated', 1], ['p', 'partnership', 'undated', 1]]
    """
    nodes = table.assign(
        id=table["arrangement_id"],
        group=node_groups(table),
        established=table["established"].where(table["established"] != "", UNDATED_DECADE),
        links=[graph.degree(node) for node in table["arrangement_id"]],
    ).join(positions, on="arrangement_id")
    columns = ["name", "group", "established", "legal", "links", "id", "partner", "x", "y", "apart"]
    ordered = nodes[columns].sort_values(["links", "name"], ascending=[False, True], kind="stable")
    side = label_placement.label_sides(ordered.rename(columns={"partner": "label"}), *_PHONE_PLOT_SIZE_PX)
    return ordered.assign(side=side).reset_index(drop=True)


def network_edges(links: pd.DataFrame) -> pd.DataFrame:
    """Reduce links to a row for each pair of linked nodes.

    Returns
    -------
    DataFrame
        ``source``, ``target``, ``kind`` (one of :data:`LINK_KINDS`).

    Examples
    --------
    >>> links = pd.DataFrame({"source_id": ["a", "b"], "target_id": ["b", "a"], "relation": ["overlaps", "funds"]})
    >>> network_edges(links).values.tolist()
    [['a', 'b', 'more than overlap']]
    """
    ends = [(min(pair), max(pair)) for pair in zip(links["source_id"], links["target_id"], strict=True)]
    beyond_overlap = links.index.isin(links_beyond_overlap(links).index)
    is_more = pd.Series(beyond_overlap, index=ends, dtype=bool).groupby(level=0).any()
    pairs = pd.DataFrame([*is_more.index], columns=["source", "target"])
    return pairs.assign(kind=[LINK_KINDS[0] if more else LINK_KINDS[1] for more in is_more])


def partnership_neighbours(edges: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """List the arrangements with which partnerships are linked, most shared first.

    Parameters
    ----------
    edges : DataFrame
        From :func:`network_edges`.
    table : DataFrame
        From :func:`compendium.chapters.architecture.analysis.nodes`.

    Returns
    -------
    DataFrame
        A row for each pair of a partnership (``group``, the partner) and an arrangement: ``label``, ``level``,
        ``kind``, ``partners`` (number of partnerships linked with the arrangement), ``id``.

    Examples
    --------
    >>> table = pd.DataFrame({"arrangement_id": ["p", "m"], "name": ["P", "M"], "partner": ["P", ""]})
    >>> table = table.assign(level="regional")
    >>> edges = pd.DataFrame({"source": ["m"], "target": ["p"], "kind": ["overlap only"]})
    >>> partnership_neighbours(edges, table)[["label", "group", "partners"]].values.tolist()
    [['M', 'P', 1]]
    """
    nodes = table.set_index("arrangement_id")
    directions = [edges, edges.rename(columns={"source": "target", "target": "source"})]
    pairs = pd.concat(directions, ignore_index=True)
    pairs = pairs.assign(group=pairs["source"].map(nodes["partner"]), id=pairs["target"])
    pairs = pairs[pairs["group"] != ""]
    pairs = pairs.assign(
        label=pairs["id"].map(nodes["name"]),
        level=pairs["id"].map(nodes["level"]),
        partners=pairs.groupby("id")["id"].transform("size"),
    )
    ordered = pairs.sort_values(["partners", "label", "group"], ascending=[False, True, True], kind="stable")
    return ordered[["label", "group", "level", "kind", "partners", "id"]].reset_index(drop=True)


def centrality_ranking(
    centrality: pd.DataFrame, table: pd.DataFrame, measure: str, top_n: int = CENTRALITY_TOP_N
) -> pd.DataFrame:
    """Rank the nodes by a measure of centrality and keep the highest and all partnerships.

    Parameters
    ----------
    centrality, table : DataFrame
        From :func:`compendium.chapters.architecture.analysis.centrality` and
        :func:`compendium.chapters.architecture.analysis.nodes`.
    measure : {"degree", "betweenness"}
    top_n : int
        The lowest rank that is kept; equal values have the same rank.

    Returns
    -------
    DataFrame
        ``rank``, ``label``, ``group``, ``value``, ``low``, ``high``, ``foremost``, ``arrangement_id``, highest first.

    Examples
    --------
    >>> index = pd.Index(["p", "m"], name="arrangement_id")
    >>> centrality = pd.DataFrame({"degree": [1, 2], "degree_low": 0, "degree_high": 3, "foremost": 1.0}, index=index)
    >>> table = pd.DataFrame({"arrangement_id": ["p", "m"], "name": ["P", "M"], "partner": ["P", ""]})
    >>> table = table.assign(level="regional")
    >>> centrality_ranking(centrality, table, "degree", top_n=1)[["rank", "label", "value"]].values.tolist()
    [[1.0, 'M', 2], [2.0, 'P', 1]]
    """
    nodes = centrality.join(table.set_index("arrangement_id")).reset_index()
    nodes = nodes.assign(
        label=nodes["name"],
        group=node_groups(nodes),
        value=nodes[measure],
        low=nodes[f"{measure}_low"],
        high=nodes[f"{measure}_high"],
        rank=nodes[measure].rank(ascending=False, method="min"),
    ).dropna(subset=["value"])
    ranking = nodes[(nodes["rank"] <= top_n) | (nodes["partner"] != "")]
    columns = ["rank", "label", "group", "value", "low", "high", "foremost", "arrangement_id"]
    return ranking.sort_values(["rank", "label"], kind="stable")[columns].reset_index(drop=True)


def path_length_matrix(path_lengths: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Arrange path lengths as a row for each ``arrangement``, nearest first, and a column for each partnership id.

    Steps are text, with – where no path leads.

    Parameters
    ----------
    path_lengths, table : DataFrame
        From :func:`compendium.chapters.architecture.analysis.path_lengths` and
        :func:`compendium.chapters.architecture.analysis.nodes`.
    """
    names = dict(zip(table["arrangement_id"], table["name"], strict=True))
    partnerships = path_lengths["source"].unique()
    steps = path_lengths.pivot(index="target", columns="source", values="steps").reindex(columns=partnerships)
    order = steps.fillna(len(table)).mean(axis=1).sort_values(kind="stable").index
    texts = steps.loc[order].map(lambda number: "–" if math.isnan(number) else f"{number:.0f}")
    return texts.assign(arrangement=texts.index.map(names)).reset_index(drop=True)
