"""Growth of the architecture of migration governance, and the network of links between arrangements.

A node is an arrangement or a partnership; an edge joins two of them if at least one document states a link between
them, in whatever direction and however often.

Degree and betweenness are those of Freeman (1977, *Sociometry* 40, 35-41; 1979, *Social Networks* 1, 215-239), computed
by the algorithm of Brandes (2001, *Journal of Mathematical Sociology* 25, 163-177). Their intervals come from a
bootstrap over documents, because one document often states several links at once: resampling single links would
make the values look more certain than they are. A resample leaves out more than a third of the documents, so that
fewer arrangements are connected; both values are therefore scaled to the links that a resample contains.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from compendium.dataset.arrangements import LEGAL_QUALITIES, LEVELS, UNDATED_DECADE, links_beyond_overlap
from compendium.dataset.evidence import Evidence
from compendium.stats.arrays import Floats, Ints, ratio
from compendium.stats.bootstrap import bootstrap_weights, percentile_interval

_TOP_N = 10
"""Ranks that count as the top in ``foremost``."""
_BETWEENNESS_DIGITS = 9
_POSITION_DIGITS = 3
"""Digits of a node's position, beyond which machines may differ."""
CENTRALITY_RESAMPLES = 1000
"""Half as many as elsewhere, because each resample searches all shortest paths."""


def nodes(evidence: Evidence) -> pd.DataFrame:
    """List every arrangement and every partnership of the cases, also those not among the arrangements.

    Returns
    -------
    DataFrame
        The columns of the table of arrangements; ``partner``, empty for what is no partnership of a case, and followed
        by the case where two cases share a partner; ``legal`` (one of
        :data:`compendium.dataset.arrangements.LEGAL_QUALITIES`); ``decade``, such as ``1990s``, or
        :data:`compendium.dataset.arrangements.UNDATED_DECADE`. Partnerships without a row in the table of arrangements
        come last: bilateral, established by their founding event, of a legal quality that is not stated.
    """
    arrangements = evidence.arrangements.drop(columns="case_id")
    partnerships = evidence.partnerships
    missing = partnerships[~partnerships["partnership_id"].isin(arrangements["arrangement_id"])]
    table = pd.concat([arrangements, _partnership_rows(missing, evidence)], ignore_index=True)
    is_shared = partnerships["partner"].duplicated(keep=False)
    case_suffix = " (" + partnerships["case_id"].map(evidence.cases["short"]) + ")"
    partners = dict(
        zip(partnerships["partnership_id"], partnerships["partner"] + case_suffix.where(is_shared, ""), strict=True)
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
    """List the decades from the first to the last in ``table``, also those without a row.

    Undated rows are ignored.

    Examples
    --------
    >>> decades(pd.DataFrame({"decade": ["1970s", "undated", "1990s"]}))
    ['1970s', '1980s', '1990s']
    """
    years = sorted(int(decade[:4]) for decade in set(table["decade"]) - {UNDATED_DECADE})
    return [f"{year}s" for year in range(years[0], years[-1] + 1, 10)] if years else []


def growth(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count the rows that each decade adds, and those up to its end.

    Parameters
    ----------
    table : DataFrame
        With the columns of :func:`nodes`.
    by : str
        A column of ``table``; within each of its values rows are counted by ``legal``.

    Returns
    -------
    DataFrame
        ``by``, ``legal``, ``decade``, ``ids``, ``count``, ``cumulated``: a row for each combination of a value of
        ``by``, a value of ``legal`` and one of :func:`decades`, and one for undated rows, whose ``cumulated`` is NaN.

    Examples
    --------
    >>> table = pd.DataFrame({"arrangement_id": ["a", "b"], "level": "regional", "legal": "binding"})
    >>> growth(table.assign(decade=["1970s", "1980s"]), "level")[["decade", "count", "cumulated"]].values.tolist()
    [['1970s', 1, 1.0], ['1980s', 1, 2.0], ['undated', 0, nan]]
    """
    legal = [quality for quality in LEGAL_QUALITIES if quality in set(table["legal"])]
    keys = {by: sorted(set(table[by])), "legal": legal, "decade": [*decades(table), UNDATED_DECADE]}
    cells = pd.MultiIndex.from_product(list(keys.values()), names=list(keys))
    ids = table.groupby(list(keys))["arrangement_id"].agg(tuple).to_dict()
    counts = pd.DataFrame({"ids": [ids.get(cell, ()) for cell in cells]}, index=cells).reset_index()
    counts["count"] = counts["ids"].map(len)
    counts["cumulated"] = counts[counts["decade"] != UNDATED_DECADE].groupby([by, "legal"])["count"].cumsum()
    return counts


def link_graph(node_ids: Iterable[str], links: pd.DataFrame) -> nx.Graph:
    """Build the undirected graph of the links, with ``node_ids`` as nodes, linked or not.

    Examples
    --------
    >>> links = pd.DataFrame({"source_id": ["a", "b"], "target_id": ["b", "a"]})
    >>> graph = link_graph(["a", "b", "c"], links)
    >>> list(graph), list(graph.edges)
    (['a', 'b', 'c'], [('a', 'b')])
    """
    graph = nx.Graph()
    graph.add_nodes_from(node_ids)
    graph.add_edges_from(zip(links["source_id"], links["target_id"], strict=True))
    return graph


def adjacency_matrix(link_ends: Ints, n_nodes: int) -> csr_array:
    """Build the symmetric 0/1 matrix of linked nodes.

    Parameters
    ----------
    link_ends : ndarray of int, shape (links, 2)
        The two ends of each link as numbers below ``n_nodes``.
    n_nodes : int

    Returns
    -------
    csr_array, shape (n_nodes, n_nodes)
    """
    ends = np.concatenate([link_ends, link_ends[:, ::-1]])
    matrix = csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(n_nodes, n_nodes))
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def betweenness(matrix: csr_array) -> Floats:
    """Compute the betweenness of each node.

    The dependencies of Brandes (2001) are accumulated for all nodes at once, from the farthest to the nearest, because
    networkx loops in Python and is too slow for thousands of resamples.

    Parameters
    ----------
    matrix : csr_array
        From :func:`adjacency_matrix`.

    Returns
    -------
    ndarray, shape (nodes,)
        For each node: the mean, over all pairs of other nodes that some path joins, of the share of their shortest
        paths that lead through it, 0 to 1. NaN where no other pair is joined. (Freeman divides by all pairs; the two
        are the same in a connected graph.) Rounded to nine digits, so that equal values are equal on every machine.
    """
    size = matrix.shape[0]
    # layers[k][i, j]: number of shortest paths from i to j if these have length k, else 0
    layers = [np.eye(size)]
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
    """Compute degree and betweenness of each node, with 95 % intervals over the documents that state links.

    Parameters
    ----------
    graph : Graph
        From :func:`link_graph`.
    links : DataFrame
        The links of ``graph``.
    seed, n_resamples : int
        Seed and number of resamples of the bootstrap.

    Returns
    -------
    DataFrame
        Indexed by node: ``degree`` and ``betweenness``, each with ``_low`` and ``_high``; and ``foremost``, the share
        of resamples in which the node is among the ten with the highest betweenness. In a resample, degrees are
        scaled to the number of edges of ``graph``. Intervals are NaN where fewer than two documents state links.

    Examples
    --------
    >>> links = pd.DataFrame({"source_id": ["a", "b"], "target_id": ["b", "c"], "document_id": ["d1", "d2"]})
    >>> values = centrality(link_graph(["a", "b", "c"], links), links, seed=1, n_resamples=10)
    >>> values[["degree", "betweenness"]].values.tolist()
    [[1.0, 0.0], [2.0, 1.0], [1.0, 0.0]]
    """
    names = pd.Index(list(graph), name="arrangement_id")
    link_ends = np.stack([names.get_indexer(links[end]) for end in ("source_id", "target_id")], axis=1)
    documents, sources = pd.factorize(links["document_id"], sort=True)
    matrix = adjacency_matrix(link_ends, len(names))
    degrees, betweennesses = np.full((2, n_resamples, len(names)), np.nan)
    for number, weights in enumerate(bootstrap_weights(len(sources), n_resamples, seed)):
        resample = adjacency_matrix(link_ends[weights[documents] > 0], len(names))
        scaled = np.asarray(resample.sum(axis=1) * matrix.nnz, dtype=float)
        degrees[number] = ratio(scaled, np.array(float(resample.nnz)))
        betweennesses[number] = betweenness(resample)
    values = pd.DataFrame({"degree": np.asarray(matrix.sum(axis=1)), "betweenness": betweenness(matrix)}, index=names)
    for name, replicates in (("degree", degrees), ("betweenness", betweennesses)):
        values[f"{name}_low"], values[f"{name}_high"] = percentile_interval(replicates)
    ranks = pd.DataFrame(betweennesses, columns=names).rank(axis=1, ascending=False, method="min")
    return values.assign(foremost=(ranks <= _TOP_N).mean().where(values["betweenness_low"].notna()))


def node_positions(graph: nx.Graph) -> pd.DataFrame:
    """Compute the position of each node in a drawing, with linked nodes near each other.

    The largest component is laid out by Kamada and Kawai (1989, *Information Processing Letters* 31, 7-15), who make
    distances proportional to numbers of steps. Its nodes are then moved half way to even spacing along each axis,
    because such a layout is crowded in the middle and empty at the edges. All other nodes are put in a line below, in
    the order of their components.

    Returns
    -------
    DataFrame
        Indexed by node: ``x`` and ``y`` from 0 to 1; ``apart``, whether the node is outside the largest component.

    Examples
    --------
    >>> links = pd.DataFrame({"source_id": ["a"], "target_id": ["b"]})
    >>> node_positions(link_graph(["a", "b", "c"], links))["apart"].to_dict()
    {'a': False, 'b': False, 'c': True}
    """
    components = sorted((sorted(part) for part in nx.connected_components(graph)), key=lambda part: (-len(part), part))
    if not components:
        return pd.DataFrame(columns=["x", "y", "apart"])
    # The layout depends on the order of the nodes, and subgraph() has none: the component is built anew.
    largest = nx.Graph()
    largest.add_nodes_from(components[0])
    largest.add_edges_from(edge for edge in graph.edges if edge[0] in largest)
    positions = pd.DataFrame(nx.kamada_kawai_layout(largest), index=["x", "y"]).T
    extent = (positions.max() - positions.min()).replace(0, 1)
    positions = ((positions - positions.min()) / extent).round(_POSITION_DIGITS)
    even_positions = (positions.rank() - 1) / max(len(positions) - 1, 1)
    positions = (positions + even_positions) / 2
    apart = [node for component in components[1:] for node in component]
    if apart:
        positions["y"] = 0.1 + 0.9 * positions["y"]
    line = pd.DataFrame({"x": [(place + 0.5) / len(apart) for place in range(len(apart))], "y": 0.0}, index=apart)
    return (
        pd.concat([positions.assign(apart=False), line.assign(apart=True)])
        .round(_POSITION_DIGITS)
        .rename_axis("arrangement_id")
    )


def path_lengths(graph: nx.Graph, sources: Sequence[str], targets: Sequence[str]) -> pd.DataFrame:
    """Count the links on a shortest path from each source to each target.

    Returns
    -------
    DataFrame
        ``source``, ``target``, ``steps`` (NaN where no path leads).

    Examples
    --------
    >>> links = pd.DataFrame({"source_id": ["a", "b"], "target_id": ["b", "c"]})
    >>> path_lengths(link_graph(["a", "b", "c", "d"], links), ["a"], ["c", "d"])["steps"].tolist()
    [2.0, nan]
    """
    rows = []
    for source in sources:
        lengths = nx.single_source_shortest_path_length(graph, source)
        rows += [(source, target, lengths.get(target, np.nan)) for target in targets]
    return pd.DataFrame(rows, columns=["source", "target", "steps"]).astype({"steps": float})


def shortest_paths(graph: nx.Graph, source: str, targets: Sequence[str]) -> list[tuple[str, ...]]:
    """List all shortest paths from a node to the nearest of ``targets``; none where none can be reached."""
    lengths = nx.single_source_shortest_path_length(graph, source)
    reached = [target for target in targets if target in lengths]
    shortest = min((lengths[target] for target in reached), default=0)
    nearest = sorted(target for target in reached if lengths[target] == shortest)
    return sorted(tuple(path) for target in nearest for path in nx.all_shortest_paths(graph, source, target))


def nesting_paths(table: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """List the shortest paths from each partnership to the multilateral level, by any link and beyond overlap.

    Parameters
    ----------
    table : DataFrame
        From :func:`nodes`.
    links : DataFrame
        The table of links.

    Returns
    -------
    DataFrame
        A row for each partnership, sorted by partner: ``arrangement_id``, ``partner``, and the lists of paths (tuples
        of nodes) ``any`` (by any link) and ``beyond`` (by links that state more than overlap).

    Examples
    --------
    >>> table = pd.DataFrame({"arrangement_id": ["p", "m"], "level": ["bilateral", "multilateral"]})
    >>> table = table.assign(partner=["P", ""])
    >>> links = pd.DataFrame({"source_id": ["p"], "target_id": ["m"], "relation": ["overlaps"]})
    >>> nesting_paths(table, links)[["any", "beyond"]].values.tolist()
    [[[('p', 'm')], []]]
    """
    targets = table.loc[table["level"] == LEVELS[0], "arrangement_id"].tolist()
    partnerships = table.loc[table["partner"] != "", ["arrangement_id", "partner"]]
    partnerships = partnerships.sort_values(["partner", "arrangement_id"]).reset_index(drop=True)
    for column, column_links in (("any", links), ("beyond", links_beyond_overlap(links))):
        graph = link_graph(table["arrangement_id"], column_links)
        paths = [shortest_paths(graph, source, targets) for source in partnerships["arrangement_id"]]
        partnerships[column] = pd.Series(paths, dtype=object)
    return partnerships


def path_links(links: pd.DataFrame, path: Sequence[str]) -> list[pd.DataFrame]:
    """Return for each step of a path the links that join its two nodes."""
    pairs = [frozenset(ends) for ends in zip(links["source_id"], links["target_id"], strict=True)]
    return [links[[pair == frozenset(step) for pair in pairs]] for step in pairwise(path)]
