"""The numbers that the page on the architecture publishes."""

from collections import Counter

import networkx as nx
import pandas as pd

from compendium.chapters.architecture import analysis
from compendium.chapters.architecture.analysis import LEGAL_QUALITIES, LEVELS, UNDATED_DECADE
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase

SHARED_ARRANGEMENTS_NOTE = (
    "A row an arrangement, a column a partner. ● A document tells of more than overlap; ○ of members or subjects in "
    "common only."
)


def architecture_growth_values(table: pd.DataFrame) -> InlineValues:
    """How many arrangements there are, since when, and how many of them bind."""
    dated = table[table["decade"] != UNDATED_DECADE]
    peak = dated["decade"].value_counts().sort_index(ascending=False)
    most = str(peak.idxmax()) if len(peak) else UNKNOWN
    before, since = dated[dated["decade"] < most], dated[dated["decade"] >= most]
    return {
        "arrangements": Number(len(table), "arrangements and partnerships on record"),
        "undated": Number(len(table) - len(dated), "of them without a date"),
        "first_year": Phrase(dated["established"].str[:4].min() if len(dated) else UNKNOWN, "year of the oldest one"),
        "peak_decade": Phrase(most, "the decade in which most of them began"),
        "peak": Number(peak.max(), f"of them began in the {most}", n=len(dated)),
        "bilateral": _share(table["level"] == LEVELS[-1], "of them that are bilateral"),
        "binding": _share(table["legal"] == LEGAL_QUALITIES[0], "of them that bind"),
        "binding_before": _share(before["legal"] == LEGAL_QUALITIES[0], f"of those from before the {most} that bind"),
        "binding_since": _share(since["legal"] == LEGAL_QUALITIES[0], f"of those from the {most} and later that bind"),
    }


def architecture_network_values(
    graph: nx.Graph, table: pd.DataFrame, links: pd.DataFrame, centrality: pd.DataFrame
) -> InlineValues:
    """How many links there are, and what lies between others."""
    names = table.set_index("arrangement_id")["name"]
    parts = [len(part) for part in nx.connected_components(graph)]
    numbers: InlineValues = {
        "links": Number(len(links), "links that documents state"),
        "documents": Number(links["document_id"].nunique(), "documents that state links"),
        "pairs": Number(graph.number_of_edges(), "pairs of arrangements with a link"),
        "overlaps": _share(links["relation"] == analysis.OVERLAP_RELATION, "of the links that tell of overlap only"),
        "joined": Number(max(parts, default=0), "arrangements in the largest part that hangs together"),
        "alone": Number(sum(degree == 0 for _, degree in graph.degree()), "arrangements without any link"),
        "kept_between": Number(
            (centrality["betweenness_low"] > 0).sum(), "arrangements whose interval of betweenness leaves out zero"
        ),
    }
    for measure, unit in (("betweenness", "share"), ("degree", "count")):
        known = centrality.dropna(subset=[measure]).sort_values(measure, ascending=False, kind="stable")
        if known.empty:
            numbers[f"top_{measure}"] = Phrase(UNKNOWN, f"the arrangement with the highest {measure}")
            numbers[f"top_{measure}_value"] = Number(float("nan"), f"its {measure}", unit)
        else:
            best = known.iloc[0]
            low, high = best[f"{measure}_low"], best[f"{measure}_high"]
            numbers[f"top_{measure}"] = Phrase(names[str(best.name)], f"the arrangement with the highest {measure}")
            numbers[f"top_{measure}_value"] = Number(best[measure], f"its {measure}", unit, None, low, high)
    return numbers


def neighbour_values(neighbours: pd.DataFrame) -> InlineValues:
    """How many arrangements are linked with partnerships, and how many with several; ``neighbours`` is the views'."""
    each = neighbours.drop_duplicates("id")
    best = each.iloc[0] if len(each) else None
    return {
        "neighbours": Number(len(each), "arrangements that are linked with a partnership"),
        "shared": Number((each["partners"] > 1).sum(), "of these, linked with several", n=len(each)),
        "shared_top": Phrase(
            UNKNOWN if best is None else best["label"], "the one that is linked with most partnerships"
        ),
        "shared_top_number": Number(0 if best is None else best["partners"], "partnerships with which it is linked"),
    }


def nesting_values(graph: nx.Graph, table: pd.DataFrame, links: pd.DataFrame) -> InlineValues:
    """How many partnerships reach the multilateral level, in how many steps, and where they arrive."""
    names = table.set_index("arrangement_id")["name"]
    targets = table.loc[table["level"] == LEVELS[0], "arrangement_id"].tolist()
    partnerships = table.loc[table["partner"] != "", "arrangement_id"].tolist()
    beyond = analysis.link_graph(graph, analysis.links_beyond_overlap(links))
    numbers: InlineValues = {"partnerships": Number(len(partnerships), "partnerships of the cases")}
    for prefix, each, how in (("any", graph, "by any link"), ("beyond", beyond, "by links of more than overlap")):
        paths = [analysis.shortest_paths(each, source, targets) for source in partnerships]
        reached = [own for own in paths if own]
        ends = Counter(end for own in reached for end in sorted({path[-1] for path in own}))
        end, number = min(ends.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
        steps = [len(own[0]) - 1 for own in reached]
        reach = f"partnerships that reach the multilateral level {how}"
        numbers |= {
            f"{prefix}_reach": Number(len(reached), reach, n=len(partnerships)),
            f"{prefix}_direct": Number(steps.count(1), f"{reach} in one step", n=len(partnerships)),
            f"{prefix}_farthest": Number(max(steps, default=float("nan")), f"most steps to it, {how}"),
            f"{prefix}_end": Phrase(names.get(end, UNKNOWN), f"the nearest multilateral arrangement of most, {how}"),
            f"{prefix}_end_number": Number(number, "partnerships of which it is the nearest", n=len(partnerships)),
        }
    return numbers


def _share(indicator: pd.Series, meaning: str) -> Number:
    return Number(indicator.mean() if len(indicator) else float("nan"), meaning, "share", len(indicator))
