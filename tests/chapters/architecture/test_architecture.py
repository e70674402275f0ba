"""The architecture of migration governance: counted again from the files, and worked out by hand on small graphs."""

import json
import math
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import made
import networkx as nx
import numpy as np
import pandas as pd
import plain
import pytest
from bs4 import BeautifulSoup
from compendium.chapters.architecture import analysis, charts, inline_values, plot_data, tables
from compendium.dataset.arrangements import links_beyond_overlap
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.reporting import altair_output
from compendium.reporting.mime_types import CHART_MIME
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.display import Markdown

SEED = 20101130
ARRANGEMENTS = plain.rows("arrangements", folder="architecture")
LINKS = plain.rows("links", folder="architecture")
PARTNERSHIPS = {
    row["partnership_id"]: row["partner"] for case in plain.CASES for row in plain.rows("partnerships", case)
}


@pytest.fixture(scope="module")
def table(real: Evidence) -> pd.DataFrame:
    return analysis.nodes(real)


@pytest.fixture(scope="module")
def graph(real: Evidence, table: pd.DataFrame) -> nx.Graph:
    return analysis.link_graph(table["arrangement_id"], real.links)


def decade(row: dict[str, str]) -> str:
    return f"{row['established'][:3]}0s" if row["established"] else "undated"


def linked(*pairs: str, document: str = "") -> pd.DataFrame:
    """Made-up links: ``linked("AB", "BC")``, each stated by a document of its own unless one is named."""
    rows = [(one, two, "implements", document or one + two) for one, two in pairs]
    return pd.DataFrame(rows, columns=["source_id", "target_id", "relation", "document_id"])


def net(links: pd.DataFrame, *more: str) -> nx.Graph:
    return analysis.link_graph({*links["source_id"], *links["target_id"], *more}, links)


# ---- growth ----


def test_every_arrangement_and_every_partnership_is_a_node(table: pd.DataFrame) -> None:
    assert set(table["arrangement_id"]) == {row["arrangement_id"] for row in ARRANGEMENTS} | set(PARTNERSHIPS)
    assert table["arrangement_id"].is_unique
    assert dict(table.loc[table["partner"] != "", ["arrangement_id", "partner"]].to_numpy()) == PARTNERSHIPS


@pytest.mark.skipif(
    not set(PARTNERSHIPS) <= {row["arrangement_id"] for row in ARRANGEMENTS}, reason="counts only described nodes"
)
def test_arrangements_of_each_level_and_decade(table: pd.DataFrame) -> None:
    grown = analysis.growth(table, "level")
    counts = grown.groupby(["level", "decade"])["count"].sum()
    expected = Counter((row["level"], decade(row)) for row in ARRANGEMENTS)
    assert {cell: count for cell, count in counts.items() if count} == expected
    binding = grown[grown["legal"] == "binding"].set_index(["level", "decade"])["count"]
    expected = Counter((row["level"], decade(row)) for row in ARRANGEMENTS if row["binding"] == "binding")
    assert {cell: count for cell, count in binding.items() if count} == expected


@pytest.mark.parametrize("area", sorted({area for row in ARRANGEMENTS for area in row["issue_areas"].split(";")}))
def test_arrangements_of_each_issue_area_add_up(table: pd.DataFrame, area: str) -> None:
    grown = analysis.growth(table.explode("issue_areas").dropna(subset=["issue_areas"]), "issue_areas")
    own = [row for row in ARRANGEMENTS if area in row["issue_areas"].split(";")]
    for binding, legal in ((True, "binding"), (False, "mixed or non-binding")):
        counted = grown[(grown["issue_areas"] == area) & (grown["legal"] == legal)]
        for _, row in counted[counted["decade"] != "undated"].iterrows():
            up_to = [each for each in own if each["established"] and each["established"][:3] <= row["decade"][:3]]
            assert row["cumulated"] == sum((each["binding"] == "binding") is binding for each in up_to)
        undated = [each for each in own if not each["established"] and (each["binding"] == "binding") is binding]
        assert counted.loc[counted["decade"] == "undated", "count"].tolist() == [len(undated)]


def test_a_decade_without_arrangements_has_its_row_and_undated_ones_are_cumulated_nowhere() -> None:
    rows = [("a", "1949", "binding"), ("b", "1971-05", "binding"), ("c", "", "binding"), ("d", "1975", "mixed")]
    made_up = pd.DataFrame(
        {
            "arrangement_id": [name for name, *_ in rows],
            "decade": [f"{date[:3]}0s" if date else "undated" for _, date, _ in rows],
            "legal": ["binding" if binding == "binding" else "mixed or non-binding" for *_, binding in rows],
            "level": "regional",
        }
    )
    grown = analysis.growth(made_up, "level")
    binding = grown[grown["legal"] == "binding"]
    assert binding["decade"].tolist() == ["1940s", "1950s", "1960s", "1970s", "undated"]
    assert binding["count"].tolist() == [1, 0, 0, 1, 1]
    assert binding["cumulated"].tolist()[:4] == [1, 1, 1, 2] and math.isnan(binding["cumulated"].iloc[4])
    assert grown.loc[grown["ids"] == ("d",), "cumulated"].tolist() == [1]


def test_panels_tell_how_many_are_undated(table: pd.DataFrame) -> None:
    panels = plot_data.growth_panels(analysis.growth(table, "level"), "level")
    for level in {row["level"] for row in ARRANGEMENTS}:
        own = [row for row in ARRANGEMENTS if row["level"] == level]
        undated = sum(not row["established"] for row in own)
        assert f"{level} ({len(own)}, {undated} undated)" in set(panels["panel"])


# ---- degree and betweenness ----


def by_hand(edges: Iterable[tuple[str, str]], nodes: Iterable[str]) -> dict[str, float]:
    """Betweenness by listing all simple paths of every pair: slow, and nothing of the package in it."""
    near: dict[str, set[str]] = {node: set() for node in nodes}
    for one, two in edges:
        near[one].add(two)
        near[two].add(one)

    def paths(way: list[str], end: str) -> list[list[str]]:
        if way[-1] == end:
            return [way]
        return [path for step in sorted(near[way[-1]] - set(way)) for path in paths([*way, step], end)]

    found: dict[str, list[float]] = {node: [] for node in near}
    for one, two in combinations(sorted(near), 2):
        ways = paths([one], two)
        shortest = [way for way in ways if len(way) == min(map(len, ways))]
        for node in near.keys() - {one, two}:
            if shortest:
                found[node].append(sum(node in way for way in shortest) / len(shortest))
    return {node: float(np.mean(shares)) if shares else math.nan for node, shares in found.items()}


def test_degree_and_betweenness_of_the_example_in_the_book(root: Path) -> None:
    """P – Q – R, and R is linked with S and T: as `book/reading.md` works out."""
    links = linked("PQ", "QR", "RS", "RT")
    found = analysis.centrality(net(links), links, SEED, 20)
    assert found["degree"].to_dict() == {"P": 1, "Q": 2, "R": 3, "S": 1, "T": 1}
    assert found["betweenness"].to_dict() == pytest.approx({"P": 0, "Q": 1 / 2, "R": 5 / 6, "S": 0, "T": 0})
    text = (root / "book/reading.md").read_text(encoding="utf-8")
    assert "5 ÷ 6 = 83 %" in text and "three lead through Q: 50 %" in text


def test_several_shortest_paths_share_a_pair() -> None:
    """A square: each corner has half of the one pair that it can lie between."""
    links = linked("AB", "BC", "CD", "DA")
    found = analysis.centrality(net(links), links, SEED, 20)["betweenness"]
    assert found.tolist() == pytest.approx([1 / 6] * 4)


def test_pairs_that_no_path_joins_do_not_count() -> None:
    """Two lines: in each the middle lies between its ends, which are one of four joined pairs without it."""
    links = linked("AB", "BC", "XY", "YZ")
    found = analysis.centrality(net(links, "alone"), links, SEED, 20)["betweenness"]
    assert found["B"] == found["Y"] == pytest.approx(1 / 4)
    assert found["alone"] == 0
    assert math.isnan(analysis.centrality(net(linked("AB")), linked("AB"), SEED, 20)["betweenness"]["A"])


@given(st.lists(st.sampled_from([a + b for a, b in combinations("ABCDEFG", 2)]), min_size=1, max_size=10))
@settings(max_examples=30, deadline=None)
def test_betweenness_is_that_of_listing_all_paths(pairs: list[str]) -> None:
    links = linked(*pairs)
    graph = net(links, *"ABCDEFG")
    found = analysis.centrality(graph, links, SEED, 2)["betweenness"]
    assert found.to_dict() == pytest.approx(by_hand(graph.edges, graph.nodes), nan_ok=True)


def test_betweenness_is_that_of_networkx(graph: nx.Graph, real: Evidence) -> None:
    found = analysis.centrality(graph, real.links, SEED, 2)["betweenness"]
    through = nx.betweenness_centrality(graph, normalized=False)
    parts = [set(part) for part in nx.connected_components(graph)]
    for node in graph:
        others = [len(part - {node}) for part in parts]
        pairs = sum(size * (size - 1) / 2 for size in others)
        assert found[node] == pytest.approx(through[node] / pairs, abs=1e-9)


def test_degrees_of_the_record(graph: nx.Graph, real: Evidence) -> None:
    near: dict[str, set[str]] = {}
    for row in LINKS:
        near.setdefault(row["source_id"], set()).add(row["target_id"])
        near.setdefault(row["target_id"], set()).add(row["source_id"])
    found = analysis.centrality(graph, real.links, SEED, 2)["degree"]
    assert found.to_dict() == {node: len(near.get(node, ())) for node in graph}


# ---- intervals ----


def test_links_of_one_document_are_drawn_together() -> None:
    """A star stated by one document, among pairs stated one by one: its hub has all of its links or none."""
    star, others = linked(*[f"H{leaf}" for leaf in "abcdefgh"], document="star"), [f"{a}{a.lower()}" for a in "IJKLMN"]
    apart = linked(*[f"H{leaf}" for leaf in "abcdefgh"])
    spans = []
    for own in (star, apart):
        links = pd.concat([own, linked(*others)], ignore_index=True)
        found = analysis.centrality(net(links), links, SEED, 400).loc["H"]
        assert found["degree_low"] <= found["degree"] == 8 <= found["degree_high"]
        spans.append(found["degree_high"] - found["degree_low"])
    assert spans[0] > 1.5 * spans[1]


def test_the_same_seed_gives_the_same_intervals_whatever_the_order_of_rows(graph: nx.Graph, real: Evidence) -> None:
    one = analysis.centrality(graph, real.links, SEED, 20)
    assert one.equals(analysis.centrality(graph, real.links[::-1].reset_index(drop=True), SEED, 20))
    assert not one.equals(analysis.centrality(graph, real.links, SEED + 1, 20))
    turned = analysis.link_graph(list(graph)[::-1], real.links)
    assert one.equals(analysis.centrality(turned, real.links, SEED, 20).loc[one.index])


def test_intervals_hold_their_figures_in_most_cases(graph: nx.Graph, real: Evidence) -> None:
    """A draw holds fewer links than the record; scaled as they are, both figures keep to where they were."""
    found = analysis.centrality(graph, real.links, SEED, 200)
    for name in ("degree", "betweenness"):
        high = found[found[name] >= found[name].quantile(0.9)]
        within = (high[f"{name}_low"] <= high[name]) & (high[name] <= high[f"{name}_high"])
        assert within.all(), high[~within]


def test_one_document_gives_no_interval() -> None:
    links = linked("AB", "BC", document="only")
    found = analysis.centrality(net(links), links, SEED, 20)
    assert found["betweenness"].to_dict() == {"A": 0, "B": 1, "C": 0}
    assert found[["degree_low", "degree_high", "betweenness_low", "foremost"]].isna().all(axis=None)


# ---- paths ----


def test_the_nearest_are_found_by_all_shortest_ways() -> None:
    links = linked("PA", "AX", "PB", "BX", "BY", "YZ")
    graph = net(links, "alone")
    assert analysis.shortest_paths(graph, "P", ["X", "Y", "Z"]) == [("P", "A", "X"), ("P", "B", "X"), ("P", "B", "Y")]
    assert analysis.shortest_paths(graph, "alone", ["X"]) == []
    steps = analysis.path_lengths(graph, ["P", "alone"], ["X", "Z"]).set_index(["source", "target"])["steps"]
    assert (steps["P", "X"], steps["P", "Z"]) == (2, 3)
    assert math.isnan(steps["alone", "X"])


def test_each_partnership_reaches_what_a_search_by_hand_reaches(graph: nx.Graph, table: pd.DataFrame) -> None:
    targets = [row["arrangement_id"] for row in ARRANGEMENTS if row["level"] == "multilateral"]
    for partnership in PARTNERSHIPS:
        seen, front, length = {partnership}, {partnership}, 0
        while front and not front & set(targets):
            ends = [(row["source_id"], row["target_id"]) for row in LINKS]
            front = {b for one, two in ends for a, b in ((one, two), (two, one)) if a in front} - seen
            seen, length = seen | front, length + 1
        paths = analysis.shortest_paths(graph, partnership, targets)
        assert {path[-1] for path in paths} == front & set(targets)
        assert {len(path) - 1 for path in paths} == ({length} if front else set())


def test_without_overlap_only_other_links_remain(real: Evidence) -> None:
    kept = links_beyond_overlap(real.links)
    assert len(kept) == sum(row["relation"] != "overlaps" for row in LINKS)
    edges = plot_data.network_edges(real.links).set_index(["source", "target"])["kind"]
    relations: dict[frozenset[str], set[str]] = {}
    for row in LINKS:
        relations.setdefault(frozenset((row["source_id"], row["target_id"])), set()).add(row["relation"])
    assert len(edges) == len(relations)
    for pair, kind in edges.items():
        assert (kind == "overlap only") == (relations[frozenset(pair)] == {"overlaps"})


def test_a_pair_with_overlap_and_another_link_has_more_than_overlap() -> None:
    links = linked("AB", "BA", "BC").assign(relation=["overlaps", "funds", "overlaps"])
    kinds = plot_data.network_edges(links).set_index(["source", "target"])["kind"].to_dict()
    assert kinds == {("A", "B"): "more than overlap", ("B", "C"): "overlap only"}


# ---- places ----


def test_places_do_not_hang_on_the_order_of_rows(graph: nx.Graph, real: Evidence, table: pd.DataFrame) -> None:
    again = analysis.link_graph(table["arrangement_id"][::-1], real.links[::-1])
    assert analysis.node_positions(graph).equals(analysis.node_positions(again))


def test_no_two_nodes_share_a_place_and_linked_ones_are_near(graph: nx.Graph) -> None:
    places = analysis.node_positions(graph)
    assert not places[["x", "y"]].duplicated().any()
    assert places[["x", "y"]].min().min() >= 0 and places[["x", "y"]].max().max() <= 1
    at = places[["x", "y"]].apply(tuple, axis=1)
    near = [math.dist(at[one], at[two]) for one, two in graph.edges]
    assert np.mean(near) < 0.5 * np.mean([math.dist(at[one], at[two]) for one, two in combinations(graph, 2)])


def test_what_is_not_joined_stands_apart_below() -> None:
    places = analysis.node_positions(net(linked("AB", "BC", "XY"), "alone"))
    assert places[places["apart"]].index.tolist() == ["X", "Y", "alone"]
    assert places.loc[places["apart"], "y"].max() < places.loc[~places["apart"], "y"].min()
    assert len(analysis.node_positions(net(linked(), "alone"))) == 1


# ---- charts ----


@pytest.fixture(scope="module")
def drawn(real: Evidence, table: pd.DataFrame, graph: nx.Graph) -> dict[str, Any]:
    """The network, as a notebook keeps it."""
    marks = plot_data.network_nodes(table, graph, analysis.node_positions(graph))
    return altair_output.render_chart(
        charts.architecture_network_chart(
            marks, "net", "The net", note="", edges=plot_data.network_edges(real.links)
        ).to_dict()
    )


def test_the_network_names_every_partnership_and_can_be_searched(drawn: dict[str, Any], graph: nx.Graph) -> None:
    svg = BeautifulSoup(drawn["image/svg+xml"], "xml")
    assert set(PARTNERSHIPS.values()) <= {text.get_text() for text in svg.find_all("text")}
    assert "http" not in drawn["image/svg+xml"].replace("http://www.w3.org", ""), "a drawing leads nowhere else"
    spec = drawn[CHART_MIME]
    (param,) = [each for each in spec["params"] if "bind" in each]
    assert param["bind"]["input"] == "search" and param["value"] == ""
    rows = spec["datasets"][spec["usermeta"]["compendium"]["data"]]
    assert {row["id"] for row in rows} == set(graph)


def test_a_level_has_a_colour_and_a_shape_of_its_own(drawn: dict[str, Any]) -> None:
    svg = BeautifulSoup(drawn["image/svg+xml"], "xml")
    legend = svg.select("g.mark-symbol.role-legend-symbol path")
    signs = {
        (sign["fill"], re.sub(r"[\d.-]+", "", sign["d"])) for sign in legend if sign.get("fill", "").startswith("#")
    }
    assert len(signs) == len({colour for colour, _ in signs}) == len(plot_data.NODE_GROUPS)


@pytest.mark.parametrize("measure", ["betweenness", "degree"])
def test_the_ranking_shows_the_highest_and_every_partnership(
    real: Evidence, table: pd.DataFrame, graph: nx.Graph, measure: str
) -> None:
    found = analysis.centrality(graph, real.links, SEED, 20)
    rows = plot_data.centrality_ranking(found, table, measure, top_n=3)
    assert rows["value"].is_monotonic_decreasing
    assert set(found[measure].nlargest(3).index) | set(PARTNERSHIPS) <= set(rows["arrangement_id"])
    assert rows["rank"].iloc[0] == 1
    chart = charts.centrality_chart(rows, "made", "Made up", "Measure", ".0%", note="").to_dict()
    assert rows["label"].iloc[0] in chart["description"]


def test_without_a_link_there_is_nothing_to_rank() -> None:
    links = linked()
    graph = net(links, "A", "B", "C")
    found = analysis.centrality(graph, links, SEED, 5)
    table = pd.DataFrame({"arrangement_id": list("ABC"), "name": list("ABC"), "level": "regional", "partner": ""})
    rows = plot_data.centrality_ranking(found, table, "betweenness")
    assert isinstance(charts.centrality_chart(rows, "made", "Made up", "Measure", ".0%", note=""), Markdown)


# ---- lists ----


def test_every_arrangement_has_an_entry_with_its_source_and_links(real: Evidence, table: pd.DataFrame) -> None:
    page = BeautifulSoup(tables.arrangement_list(table, real).data, "html.parser")
    addresses = {row["document_id"]: row["url"] for row in plain.rows("documents", folder="architecture")}
    for row in ARRANGEMENTS:
        entry = page.find("details", id=row["arrangement_id"])
        text = " ".join(entry.get_text(" ").split())
        assert " ".join(row["name"].split()) in text and row["description"] in text
        hrefs = [link["href"] for link in entry.select("a")]
        assert addresses[row["document_id"]] in hrefs
        starts = [each for each in LINKS if each["source_id"] == row["arrangement_id"]]
        ends = [each for each in LINKS if each["target_id"] == row["arrangement_id"]]
        others = Counter([f"#{each['target_id']}" for each in starts] + [f"#{each['source_id']}" for each in ends])
        assert Counter(href for href in hrefs if href.startswith("#")) == others
        for each in starts:
            assert each["description"] in text and addresses[each["document_id"]] in hrefs


@pytest.mark.parametrize(
    "row", [row for row in LINKS if row["relation"] == "implements"][:2], ids=lambda row: row["source_id"]
)
def test_a_link_reads_one_way_from_its_start_and_the_other_way_from_its_end(
    real: Evidence, table: pd.DataFrame, row: dict[str, str]
) -> None:
    page = BeautifulSoup(tables.arrangement_list(table, real).data, "html.parser")
    for own, other, words in (
        (row["source_id"], row["target_id"], "implements"),
        (row["target_id"], row["source_id"], "is implemented by"),
    ):
        items = [item for item in page.find("details", id=own).select("li") if item.a["href"] == f"#{other}"]
        assert any(item.get_text().startswith(f"{words} ") for item in items)


def test_the_list_is_read_by_keyboard(real: Evidence, table: pd.DataFrame) -> None:
    """All that opens is a summary, all that leads elsewhere an address of its own or of an entry that is there."""
    page = BeautifulSoup(tables.arrangement_list(table, real).data, "html.parser")
    assert all(details.find("summary", recursive=False) for details in page.find_all("details"))
    there = {f"#{each['id']}" for each in page.select("[id]")}
    assert all(link["href"] in there for link in page.select("a[href^='#']"))
    assert not page.select("[onclick], [tabindex]")


def path_page(table: pd.DataFrame, links: pd.DataFrame) -> BeautifulSoup:
    paths = analysis.nesting_paths(table, links)
    return BeautifulSoup(tables.shortest_path_list(paths, table, links).data, "html.parser")


def test_ways_lead_from_each_partnership_to_the_multilateral_level(real: Evidence, table: pd.DataFrame) -> None:
    page = path_page(table, real.links)
    multilateral = {f"#{row['arrangement_id']}" for row in ARRANGEMENTS if row["level"] == "multilateral"}
    assert sorted(card.h3.a["href"] for card in page.select("section")) == sorted(f"#{each}" for each in PARTNERSHIPS)
    for card in page.select("section"):
        for way in card.select("ol"):
            assert way.select("a")[-1]["href"] in multilateral


def test_a_way_tells_how_each_step_is_linked() -> None:
    links = linked("PA", "XA").assign(relation=["refers_to", "funds"])
    table = pd.DataFrame({"arrangement_id": ["P", "A", "X"], "name": ["P", "A", "X"], "partner": ["Xland", "", ""]})
    table["level"] = ["bilateral", "regional", "multilateral"]
    page = path_page(table, links)
    for way in page.select("ol"):
        assert [step.small.get_text() for step in way.select("li")] == ["refers to", "is funded by"]
        assert [step.a["href"] for step in way.select("li")] == ["#A", "#X"]


# ---- numbers ----


def test_numbers_of_the_page(real: Evidence, table: pd.DataFrame, graph: nx.Graph) -> None:
    grown = inline_values.architecture_growth_values(table, analysis.growth(table, "level"))
    decades = Counter(decade(row) for row in ARRANGEMENTS if row["established"])
    most, number = decades.most_common(1)[0]
    assert (grown["peak_decade"].text, grown["peak"].text) == (most, str(number))
    before = [row["binding"] == "binding" for row in ARRANGEMENTS if row["established"] and decade(row) < most]
    assert grown["binding_before"].entry()["value"] == pytest.approx(np.mean(before))
    found = analysis.centrality(graph, real.links, SEED, 20)
    nodes = plot_data.network_nodes(table, graph, analysis.node_positions(graph))
    numbers = inline_values.architecture_network_values(nodes, plot_data.network_edges(real.links), real.links, found)
    assert numbers["joined"].text == str(max(map(len, nx.connected_components(graph))))
    assert numbers["pairs"].text == str(graph.number_of_edges())
    ranking = plot_data.centrality_ranking(found, table, "degree")
    assert (
        inline_values.top_centrality_values(ranking, "degree")["top_degree_value"].text
        == f"{found['degree'].max():.0f}"
    )
    assert numbers["links"].text == str(len(LINKS))
    assert numbers["documents"].text == str(len({row["document_id"] for row in LINKS}))
    assert numbers["overlaps"].entry()["value"] == pytest.approx(
        np.mean([row["relation"] == "overlaps" for row in LINKS])
    )
    nested = inline_values.nesting_values(analysis.nesting_paths(table, real.links), table)
    assert nested["partnerships"].text == str(len(PARTNERSHIPS))
    assert int(nested["any_direct"].text) <= int(nested["any_reach"].text) <= len(PARTNERSHIPS)


def test_what_partnerships_share_is_counted_from_both_ends_of_a_link(real: Evidence, table: pd.DataFrame) -> None:
    found = plot_data.partnership_neighbours(plot_data.network_edges(real.links), table)
    own = {frozenset((row["source_id"], row["target_id"])) for row in LINKS}
    pairs = [(one, two) for pair in own for one in pair for two in pair - {one} if one in PARTNERSHIPS]
    assert len(found) == len(pairs)
    with_each = Counter(two for _, two in pairs)
    assert dict(zip(found["id"], found["partners"], strict=True)) == with_each
    numbers = inline_values.neighbour_values(found)
    assert numbers["neighbours"].text == str(len(with_each))
    assert numbers["shared"].text == str(sum(number > 1 for number in with_each.values()))
    assert numbers["shared_top_number"].text == str(max(with_each.values()))
    assert inline_values.neighbour_values(found[:0])["neighbours"].text == "0"


def test_a_full_sign_tells_of_more_than_overlap(real: Evidence, table: pd.DataFrame) -> None:
    found = plot_data.partnership_neighbours(plot_data.network_edges(real.links), table)
    spec = charts.shared_arrangements_chart(found, "shared", "Shared", note="").to_dict()
    rows = next(rows for rows in spec["datasets"].values() if "sign" in rows[0])
    assert {(row["kind"], row["sign"]) for row in rows} == {("more than overlap", "●"), ("overlap only", "○")}


# ---- cases that come and go ----


def test_a_partnership_without_a_link_is_shown_as_unconnected(project: Path) -> None:
    known = load_evidence(project)
    table = analysis.nodes(known)
    own = table.set_index("arrangement_id").loc["aland-x"]
    assert (own["level"], own["decade"], own["legal"]) == ("bilateral", "2000s", "not stated")
    assert own["name"] == "Aland – Xland"
    graph = analysis.link_graph(table["arrangement_id"], known.links)
    marks = plot_data.network_nodes(table, graph, analysis.node_positions(graph)).set_index("id")
    assert (marks.loc["aland-x", "links"], marks.loc["bland-x", "links"]) == (0, 1)
    page = BeautifulSoup(tables.arrangement_list(table, known).data, "html.parser")
    assert "No document that was read states a link" in page.find("details", id="aland-x").get_text()
    ways = path_page(table, known.links)
    assert "no way leads to the multilateral level" in ways.select_one("section").get_text()
    assert analysis.growth(table, "level")["count"].sum() == len(table) == 3


def test_partners_that_two_cases_share_are_told_apart(project: Path) -> None:
    partners = analysis.nodes(load_evidence(project))["partner"]
    assert sorted(partners) == ["", "Xland (Aland)", "Xland (Bland)"]


@pytest.mark.parametrize("case", plain.CASES)
def test_a_case_can_be_taken_away(root: Path, tmp_path: Path, case: str) -> None:
    """Its partnerships are marked no longer; those that the table of arrangements describes stay as arrangements."""
    if len(plain.CASES) == 1:
        pytest.skip("one case is all there is")
    shutil.copytree(root / "data", tmp_path / "data")
    shutil.rmtree(tmp_path / "data/cases" / case)
    known = load_evidence(tmp_path)
    table = analysis.nodes(known)
    gone = {row["partnership_id"] for row in plain.rows("partnerships", case)}
    assert set(table.loc[table["partner"] != "", "arrangement_id"]) == set(PARTNERSHIPS) - gone
    assert set(table["arrangement_id"]) >= gone & {row["arrangement_id"] for row in ARRANGEMENTS}
    nested = inline_values.nesting_values(analysis.nesting_paths(table, known.links), table)
    assert nested["partnerships"].text == str(len(PARTNERSHIPS) - len(gone))


def test_a_made_up_partnership_of_a_new_folder_appears(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "data", tmp_path / "data")
    made.add_case(tmp_path, "newland")
    package = json.loads((tmp_path / "data/datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if isinstance(resource["path"], list):
            resource["path"] = sorted(
                {*resource["path"], re.sub("^cases/[^/]+/", "cases/newland/", resource["path"][0])}
            )
    (tmp_path / "data/datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    for table in ("codings", "commitments", "measures"):
        made.write(tmp_path / "data/cases/newland", table, [])
    made.write(tmp_path / "data/cases/newland", "statements", [])
    known = load_evidence(tmp_path)
    table = analysis.nodes(known)
    assert table.iloc[-1]["arrangement_id"] == "newland-x"
    graph = analysis.link_graph(table["arrangement_id"], known.links)
    places = analysis.node_positions(graph)
    assert places.loc["newland-x", "apart"]
    assert "newland-x" in tables.arrangement_list(table, known).data
    ways = path_page(table, known.links)
    assert "#newland-x" in {card.h3.a["href"] for card in ways.select("section")}
