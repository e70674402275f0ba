"""The architecture of migration governance as a table that grows over the decades, and as a network of its links.

A node is an arrangement or a partnership; an edge joins two of them if at least one document states a link between
them, in whatever direction and however often.

Degree and betweenness are those of Freeman (1977, *Sociometry* 40, 35-41; 1979, *Social Networks* 1, 215-239), computed
by the algorithm of Brandes (2001, *Journal of Mathematical Sociology* 25, 163-177). Their intervals come from drawing
documents again, because one document often states several links at once: links drawn one by one would look more
certain than they are. A draw leaves out more than a third of the documents, so that fewer arrangements hang together;
both figures are therefore shares of what a draw still holds.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from compendium.dataset.evidence import Evidence
from compendium.stats.arrays import Floats, Ints, ratio
from compendium.stats.bootstrap import bootstrap_weights, percentile_interval

LEVELS = ("multilateral", "trans-regional", "regional", "bilateral")
LEGAL_QUALITIES = ("binding", "mixed or non-binding", "not stated")
UNDATED_DECADE = "undated"
OVERLAP_RELATION = "overlaps"
_TOP_N = 10
_BETWEENNESS_DIGITS = 9
_POSITION_DIGITS = 3
"""Digits of a place on paper, beyond which machines may differ."""
CENTRALITY_RESAMPLES = 1000
"""Half as many as elsewhere: in each of them all shortest paths are sought."""


def nodes(evidence: Evidence) -> pd.DataFrame:
    """Every arrangement, and every partnership of the cases, whether it stands among the arrangements or not.

    Returns
    -------
    DataFrame
        The columns of the table of arrangements; ``partner``, empty for what is no partnership of a case, and with the
        case behind it where two cases share a partner; ``legal`` (of :data:`LEGAL_QUALITIES`); ``decade``, such as ``1990s``, or
        :data:`UNDATED_DECADE`. Partnerships that no row of the table describes stand last: bilateral, founded by their
        founding event, of a legal quality that nobody stated.
    """
    known = evidence.arrangements.drop(columns="case_id")
    partnerships = evidence.partnerships
    others = partnerships[~partnerships["partnership_id"].isin(known["arrangement_id"])]
    table = pd.concat([known, _partnership_rows(others, evidence)], ignore_index=True)
    shared = partnerships["partner"].duplicated(keep=False)
    behind = " (" + partnerships["case_id"].map(evidence.cases["short"]) + ")"
    partners = dict(
        zip(partnerships["partnership_id"], partnerships["partner"] + behind.where(shared, ""), strict=True)
    )
    legal = {"binding": LEGAL_QUALITIES[0], "mixed": LEGAL_QUALITIES[1], "non-binding": LEGAL_QUALITIES[1]}
    return table.assign(
        partner=table["arrangement_id"].map(partners).fillna(""),
        legal=table["binding"].map(legal).fillna(LEGAL_QUALITIES[2]),
        decade=[f"{date[:3]}0s" if date else UNDATED_DECADE for date in table["established"]],
    )


def _partnership_rows(partnerships: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    founding = evidence.events.set_index("event_id")
    destination = partnerships["case_id"].map(evidence.cases["destination"])
    return pd.DataFrame(
        {
            "arrangement_id": partnerships["partnership_id"],
            "name": destination + " \N{EN DASH} " + partnerships["partner"],
            "level": "bilateral",
            "established": partnerships["founding_event_id"].map(founding["date"]).fillna(""),
            "binding": "",
            "issue_areas": [()] * len(partnerships),
            "members": destination + "; " + partnerships["partner"],
            "description": partnerships["founding_note"],
            "document_id": partnerships["founding_event_id"].map(founding["document_id"]).fillna(""),
        }
    )


def decades(table: pd.DataFrame) -> list[str]:
    """The decades from the first to the last in ``table``, also those without a row, but not :data:`UNDATED_DECADE`."""
    known = sorted(int(decade[:4]) for decade in set(table["decade"]) - {UNDATED_DECADE})
    return [f"{year}s" for year in range(known[0], known[-1] + 1, 10)] if known else []


def growth(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """How many rows each decade adds, and how many there are up to its end.

    Parameters
    ----------
    table : DataFrame
        With the columns of :func:`nodes`.
    by : str
        A column of it; within each of its values rows are counted by ``legal``.

    Returns
    -------
    DataFrame
        ``by``, ``legal``, ``decade``, ``ids``, ``count``, ``cumulated``: a row for each value of ``by`` and ``legal``
        that occurs and each of :func:`decades`, then one for undated rows, which are cumulated nowhere (NaN).
    """
    legal = [each for each in LEGAL_QUALITIES if each in set(table["legal"])]
    keys = {by: sorted(set(table[by])), "legal": legal, "decade": [*decades(table), UNDATED_DECADE]}
    cells = pd.MultiIndex.from_product(list(keys.values()), names=list(keys))
    ids = table.groupby(list(keys))["arrangement_id"].agg(tuple).to_dict()
    found = pd.DataFrame({"ids": [ids.get(cell, ()) for cell in cells]}, index=cells).reset_index()
    found["count"] = found["ids"].map(len)
    found["cumulated"] = found[found["decade"] != UNDATED_DECADE].groupby([by, "legal"])["count"].cumsum()
    return found


def link_graph(node_ids: Iterable[str], links: pd.DataFrame) -> nx.Graph:
    """The undirected graph of the links; ``node_ids`` are its nodes, linked or not."""
    graph = nx.Graph()
    graph.add_nodes_from(node_ids)
    graph.add_edges_from(zip(links["source_id"], links["target_id"], strict=True))
    return graph


def adjacency_matrix(link_ends: Ints, n_nodes: int) -> csr_array:
    """The symmetric matrix of zeros and ones that says which nodes are joined.

    ``link_ends``, of shape (links, 2), holds the two ends of each link as numbers below ``n_nodes``.
    """
    ends = np.concatenate([link_ends, link_ends[:, ::-1]])
    matrix = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n_nodes, n_nodes))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def betweenness(matrix: csr_array) -> Floats:
    """How much each node lies between others.

    The dependencies of Brandes (2001), accumulated for all nodes at once, from the farthest to the nearest: networkx
    does the same in Python, too slowly for thousands of resamples.

    Parameters
    ----------
    matrix : csr_array
        Of :func:`adjacency_matrix`.

    Returns
    -------
    ndarray, shape (nodes,)
        For each node: of all pairs of other nodes that some path joins, the mean share of their shortest paths that
        lead through it, 0 to 1. NaN where no other pair is joined. (Freeman divides by all pairs; where everything
        hangs together, the two are the same.) Rounded to nine digits, so that equal ones are equal on every machine.
    """
    size = matrix.shape[0]
    layers = [np.eye(size)]  # number of shortest paths of each length, from each node (row) to each (column)
    reached = layers[0] > 0
    while (farther := np.where(reached, 0, layers[-1] @ matrix)).any():
        reached |= farther > 0
        layers.append(farther)
    paths = np.sum(layers, axis=0)
    through = np.zeros((size, size))
    for near, far in zip(layers[-2::-1], layers[:0:-1], strict=True):
        passed_on = np.divide(1 + through, paths, out=np.zeros((size, size)), where=far > 0)
        through += near * (passed_on @ matrix)
    np.fill_diagonal(through, 0)
    others = reached.sum(axis=1) - 1
    return ratio(through.sum(axis=0) / 2, others.sum() / 2 - others).round(_BETWEENNESS_DIGITS)


def centrality(
    graph: nx.Graph, links: pd.DataFrame, seed: int, n_resamples: int = CENTRALITY_RESAMPLES
) -> pd.DataFrame:
    """Degree and betweenness of each node, with 95 % intervals over documents that state links.

    Parameters
    ----------
    graph : Graph
        Of :func:`link_graph`.
    links : DataFrame
        The links that made it.

    Returns
    -------
    DataFrame
        Indexed by node: ``degree`` and ``betweenness``, each with ``_low`` and ``_high``; and ``foremost``, the share
        of resamples in which the node is among the ten with the highest betweenness. In a resample, degrees are
        scaled to the number of edges of ``graph``. Intervals are NaN where fewer than two documents state links.
    """
    names = pd.Index(list(graph), name="arrangement_id")
    places = np.stack([names.get_indexer(links[end]) for end in ("source_id", "target_id")], axis=1)
    documents, sources = pd.factorize(links["document_id"], sort=True)
    whole = adjacency_matrix(places, len(names))
    degrees, through = np.full((2, n_resamples, len(names)), np.nan)
    for number, drawn in enumerate(bootstrap_weights(len(sources), n_resamples, seed)):
        part = adjacency_matrix(places[drawn[documents] > 0], len(names))
        degrees[number] = ratio(np.asarray(part.sum(axis=1) * whole.nnz, dtype=float), np.array(float(part.nnz)))
        through[number] = betweenness(part)
    found = pd.DataFrame({"degree": np.asarray(whole.sum(axis=1)), "betweenness": betweenness(whole)}, index=names)
    for name, replicates in (("degree", degrees), ("betweenness", through)):
        found[f"{name}_low"], found[f"{name}_high"] = percentile_interval(replicates)
    ranks = pd.DataFrame(through, columns=names).rank(axis=1, ascending=False, method="min")
    return found.assign(foremost=(ranks <= _TOP_N).mean().where(found["betweenness_low"].notna()))


def node_positions(graph: nx.Graph) -> pd.DataFrame:
    """Where each node is drawn: linked nodes near each other.

    The largest connected part by Kamada and Kawai (1989, *Information Processing Letters* 31, 7-15), who make distances
    on paper like numbers of steps; then half way toward even spacing along each axis, because nodes crowd in the middle
    of such a drawing and its edges stand empty. All other nodes, in the order of their parts, in a line below.

    Returns
    -------
    DataFrame
        Indexed by node: ``x`` and ``y`` from 0 to 1; ``apart``, whether the node lies outside of the largest part.
    """
    parts = sorted((sorted(part) for part in nx.connected_components(graph)), key=lambda part: (-len(part), part))
    if not parts:
        return pd.DataFrame(columns=["x", "y", "apart"])
    # The layout depends on the order of the nodes, and subgraph() has none: the part is built anew.
    largest = nx.Graph()
    largest.add_nodes_from(parts[0])
    largest.add_edges_from(edge for edge in graph.edges if edge[0] in largest)
    placed = pd.DataFrame(nx.kamada_kawai_layout(largest), index=["x", "y"]).T
    span = (placed.max() - placed.min()).replace(0, 1)
    placed = ((placed - placed.min()) / span).round(_POSITION_DIGITS)
    even = (placed.rank() - 1) / max(len(placed) - 1, 1)
    placed = (placed + even) / 2
    apart = [node for part in parts[1:] for node in part]
    if apart:
        placed["y"] = 0.1 + 0.9 * placed["y"]
    line = pd.DataFrame({"x": [(place + 0.5) / len(apart) for place in range(len(apart))], "y": 0.0}, index=apart)
    return (
        pd.concat([placed.assign(apart=False), line.assign(apart=True)])
        .round(_POSITION_DIGITS)
        .rename_axis("arrangement_id")
    )


def path_lengths(graph: nx.Graph, sources: Sequence[str], targets: Sequence[str]) -> pd.DataFrame:
    """The number of links on a shortest path: ``source``, ``target``, ``steps`` (NaN where no path leads)."""
    rows = []
    for source in sources:
        lengths = nx.single_source_shortest_path_length(graph, source)
        rows += [(source, target, lengths.get(target, np.nan)) for target in targets]
    return pd.DataFrame(rows, columns=["source", "target", "steps"]).astype({"steps": float})


def shortest_paths(graph: nx.Graph, source: str, targets: Sequence[str]) -> list[tuple[str, ...]]:
    """All shortest paths from a node to those of ``targets`` that are nearest; none where none can be reached."""
    lengths = nx.single_source_shortest_path_length(graph, source)
    reached = [target for target in targets if target in lengths]
    least = min((lengths[target] for target in reached), default=0)
    ends = sorted(target for target in reached if lengths[target] == least)
    return sorted(tuple(path) for end in ends for path in nx.all_shortest_paths(graph, source, end))


def path_links(links: pd.DataFrame, path: Sequence[str]) -> list[pd.DataFrame]:
    """The links that join each node of a path with the next."""
    ends = [frozenset(pair) for pair in zip(links["source_id"], links["target_id"], strict=True)]
    pairs = pd.Series(ends, index=links.index, dtype=object)
    return [links[[pair == frozenset(step) for pair in pairs]] for step in pairwise(path)]


def links_beyond_overlap(links: pd.DataFrame) -> pd.DataFrame:
    """The links that tell of more than members or subjects in common."""
    return links[links["relation"] != OVERLAP_RELATION]
