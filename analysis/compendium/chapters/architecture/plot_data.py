"""From the figures of the architecture to what its charts and lists show: arrangements in words, rows in order."""

import math

import networkx as nx
import pandas as pd

from compendium.chapters.architecture.analysis import LEGAL_QUALITIES, LEVELS, UNDATED_DECADE, links_beyond_overlap
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
"""What a link says, read from its source and from its target."""
CENTRALITY_TOP_N = 15
_PHONE_PLOT_SIZE_PX = (330, 560)
"""Width and height of the network's drawing on a phone, where labels have least room, in pixels."""


def node_groups(table: pd.DataFrame) -> pd.Series:
    """What colour and shape tell apart: the partnerships of the cases, and the levels of all others."""
    return table["level"].where(table["partner"] == "", PARTNERSHIP)


def counts_by_decade(growth: pd.DataFrame, by: str) -> pd.DataFrame:
    """What each decade (``label``) adds to each value of ``by`` (``group``): bars of ``architecture.growth``."""
    counts = growth.groupby(["decade", by], sort=False).agg({"count": "sum", "ids": "sum"}).reset_index()
    return (
        counts.rename(columns={"decade": "label", by: "group"})
        .assign(rows=counts["ids"].map(list_ids))
        .drop(columns="ids")
    )


def growth_panels(growth: pd.DataFrame, by: str) -> pd.DataFrame:
    """The dated rows of ``architecture.growth``, with a ``panel`` for each value of ``by``, largest first.

    A panel's name tells how many rows there are, and how many of these have no date and are therefore not drawn.
    """
    n = growth.groupby(by)["count"].sum()
    undated = growth[growth["decade"] == UNDATED_DECADE].groupby(by)["count"].sum()
    order = n.sort_values(ascending=False, kind="stable").index
    names = {each: f"{humanize(each)} ({n[each]}, {undated[each]} undated)" for each in order}
    dated = growth[growth["decade"] != UNDATED_DECADE].assign(place=lambda rows: rows[by].map(list(order).index))
    dated = dated.sort_values("place", kind="stable").reset_index(drop=True)
    return dated.assign(panel=dated[by].map(names)).drop(columns=["ids", "place", by])


def issue_areas_by_decade(growth: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Issue areas by decade: ``area``, ``decade`` with its n, ``count``, ``binding``, and ``share`` of the decade."""
    keys = ["decade", "issue_areas"]
    cells = growth.groupby(keys, sort=False)["count"].sum().reset_index().rename(columns={"issue_areas": "area"})
    binding = growth[growth["legal"] == LEGAL_QUALITIES[0]].groupby(keys)["count"].sum()
    n = cells["decade"].map(table["decade"].value_counts()).fillna(0).astype(int)
    return cells.assign(
        binding=[int(binding.get(cell, 0)) for cell in zip(cells["decade"], cells["area"], strict=True)],
        share=cells["count"] / n.where(n > 0),
        decade=[f"{decade} (n = {number})" for decade, number in zip(cells["decade"], n, strict=True)],
    )


def values_by_count(cells: pd.DataFrame, field: str) -> list[str]:
    """The values of a field in the order of their counts, largest first."""
    return cells.groupby(field)["count"].sum().sort_values(ascending=False, kind="stable").index.tolist()


def network_nodes(table: pd.DataFrame, graph: nx.Graph, positions: pd.DataFrame) -> pd.DataFrame:
    """The nodes as the network draws them, most linked first: place, ``group``, ``links`` (degree).

    ``side`` says on which side of its mark the label of a partnership stands.
    """
    drawn = table.assign(
        id=table["arrangement_id"],
        group=node_groups(table),
        established=table["established"].where(table["established"] != "", UNDATED_DECADE),
        links=[graph.degree(each) for each in table["arrangement_id"]],
    ).join(positions, on="arrangement_id")
    columns = ["name", "group", "established", "legal", "links", "id", "partner", "x", "y", "apart"]
    ordered = drawn[columns].sort_values(["links", "name"], ascending=[False, True], kind="stable")
    side = label_placement.label_sides(ordered.rename(columns={"partner": "label"}), *_PHONE_PLOT_SIZE_PX)
    return ordered.assign(side=side).reset_index(drop=True)


def network_edges(links: pd.DataFrame) -> pd.DataFrame:
    """A row a pair of linked nodes: ``source``, ``target``, ``kind`` (of :data:`LINK_KINDS`)."""
    ends = [(min(pair), max(pair)) for pair in zip(links["source_id"], links["target_id"], strict=True)]
    stated = set(links_beyond_overlap(links).index)
    more = pd.Series([index in stated for index in links.index], index=ends, dtype=bool).groupby(level=0).any()
    pairs = pd.DataFrame([*more.index], columns=["source", "target"])
    return pairs.assign(kind=[LINK_KINDS[0] if each else LINK_KINDS[1] for each in more])


def partnership_neighbours(edges: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """What partnerships are linked with: a row a partnership (``group``) and arrangement, most shared first.

    ``edges`` are those of :func:`network_edges`. Gives also ``level``, ``kind``, ``partners`` (how many partnerships the
    arrangement is linked with) and ``id``.
    """
    known = table.set_index("arrangement_id")
    ways = [edges, edges.rename(columns={"source": "target", "target": "source"})]
    found = pd.concat(ways, ignore_index=True)
    found = found.assign(group=found["source"].map(known["partner"]), id=found["target"])
    found = found[found["group"] != ""]
    found = found.assign(
        label=found["id"].map(known["name"]),
        level=found["id"].map(known["level"]),
        partners=found.groupby("id")["id"].transform("size"),
    )
    ordered = found.sort_values(["partners", "label", "group"], ascending=[False, True, True], kind="stable")
    return ordered[["label", "group", "level", "kind", "partners", "id"]].reset_index(drop=True)


def centrality_ranking(
    centrality: pd.DataFrame, table: pd.DataFrame, measure: str, top_n: int = CENTRALITY_TOP_N
) -> pd.DataFrame:
    """The nodes with most of a measure, and all partnerships, highest first.

    ``centrality`` is that of ``architecture.centrality``. Gives ``label``, ``group``, ``value``, ``low``, ``high``,
    ``foremost`` and ``rank``; equal values have the same rank.
    """
    known = centrality.join(table.set_index("arrangement_id")).reset_index()
    known = known.assign(
        label=known["name"],
        group=node_groups(known),
        value=known[measure],
        low=known[f"{measure}_low"],
        high=known[f"{measure}_high"],
        rank=known[measure].rank(ascending=False, method="min"),
    ).dropna(subset=["value"])
    shown = known[(known["rank"] <= top_n) | (known["partner"] != "")]
    columns = ["rank", "label", "group", "value", "low", "high", "foremost", "arrangement_id"]
    return shown.sort_values(["rank", "label"], kind="stable")[columns].reset_index(drop=True)


def path_length_matrix(path_lengths: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Of ``architecture.steps``, a row an ``arrangement``, nearest first, and a column a partnership, by its id.

    Steps stand as text, – where no way leads.
    """
    names = dict(zip(table["arrangement_id"], table["name"], strict=True))
    wide = path_lengths.pivot(index="target", columns="source", values="steps").reindex(
        columns=path_lengths["source"].unique()
    )
    order = wide.fillna(len(table)).mean(axis=1).sort_values(kind="stable").index
    said = wide.loc[order].map(lambda number: "–" if math.isnan(number) else f"{number:.0f}")
    return said.assign(arrangement=said.index.map(names)).reset_index(drop=True)
