"""Numbers that the page on the architecture cites, and the note of one of its figures."""

from collections import Counter

import pandas as pd

from compendium.dataset.arrangements import LEGAL_QUALITIES, LEVELS, OVERLAP_RELATION, UNDATED_DECADE
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase, text_or_unknown, top_row

SHARED_ARRANGEMENTS_NOTE = (
    "A row an arrangement, a column a partner. ● A document tells of more than overlap; ○ of members or subjects in "
    "common only."
)


def architecture_growth_values(table: pd.DataFrame, growth: pd.DataFrame) -> InlineValues:
    """Return how many arrangements there are, since when, and how many of them are binding.

    Parameters
    ----------
    table, growth : DataFrame
        From :func:`compendium.chapters.architecture.analysis.nodes` and
        :func:`compendium.chapters.architecture.analysis.growth`, the latter by ``level``.

    Examples
    --------
    >>> table = pd.DataFrame({"established": ["1971", "1985-02", ""]})
    >>> growth = pd.DataFrame({"level": "regional", "legal": "binding", "decade": ["1970s", "1980s", "undated"]})
    >>> values = architecture_growth_values(table, growth.assign(count=1))
    >>> [values[name].text for name in ("arrangements", "undated", "first_year", "peak_decade")]
    ['3', '1', '1971', '1980s']
    """
    dated = growth[growth["decade"] != UNDATED_DECADE]
    by_decade = dated.groupby("decade")["count"].sum().sort_index(ascending=False)
    peak = str(by_decade.idxmax()) if len(by_decade) else UNKNOWN
    before, since = dated[dated["decade"] < peak], dated[dated["decade"] >= peak]
    dates = table.loc[table["established"] != "", "established"]
    binding, n_dated = LEGAL_QUALITIES[0], int(dated["count"].sum())
    return {
        "arrangements": Number(len(table), "arrangements and partnerships on record"),
        "undated": Number(len(table) - n_dated, "of them without a date"),
        "first_year": Phrase(dates.str[:4].min() if len(dates) else UNKNOWN, "year of the oldest one"),
        "peak_decade": Phrase(peak, "the decade in which most of them began"),
        "peak": Number(by_decade.max(), f"of them began in the {peak}", n=n_dated),
        "bilateral": _count_share(growth, growth["level"] == LEVELS[-1], "of them that are bilateral"),
        "binding": _count_share(growth, growth["legal"] == binding, "of them that bind"),
        "binding_before": _count_share(
            before, before["legal"] == binding, f"of those from before the {peak} that bind"
        ),
        "binding_since": _count_share(
            since, since["legal"] == binding, f"of those from the {peak} and later that bind"
        ),
    }


def _count_share(counts: pd.DataFrame, selected: pd.Series, meaning: str) -> Number:
    """Return the share of the total ``count`` that the selected rows have."""
    n = int(counts["count"].sum())
    return Number(counts.loc[selected, "count"].sum() / n if n else float("nan"), meaning, "share", n)


def architecture_network_values(
    nodes: pd.DataFrame, edges: pd.DataFrame, links: pd.DataFrame, centrality: pd.DataFrame
) -> InlineValues:
    """Return how many links there are, and how many arrangements they connect.

    Parameters
    ----------
    nodes, edges : DataFrame
        From :func:`compendium.chapters.architecture.plot_data.network_nodes` and
        :func:`compendium.chapters.architecture.plot_data.network_edges`.
    links : DataFrame
        The table of links.
    centrality : DataFrame
        From :func:`compendium.chapters.architecture.analysis.centrality`.

    Examples
    --------
    >>> nodes = pd.DataFrame({"links": [1, 1, 0], "apart": [False, False, True]})
    >>> links = pd.DataFrame({"document_id": ["d1", "d1"], "relation": ["overlaps", "funds"]})
    >>> values = architecture_network_values(nodes, links[:1], links, pd.DataFrame({"betweenness_low": [0.0, 0.1]}))
    >>> [values[name].text for name in ("links", "documents", "pairs", "joined", "alone", "kept_between")]
    ['2', '1', '1', '2', '1', '1']
    """
    overlaps = (links["relation"] == OVERLAP_RELATION).mean()
    return {
        "links": Number(len(links), "links that documents state"),
        "documents": Number(links["document_id"].nunique(), "documents that state links"),
        "pairs": Number(len(edges), "pairs of arrangements with a link"),
        "overlaps": Number(overlaps, "of the links that tell of overlap only", "share", len(links)),
        "joined": Number((~nodes["apart"].astype(bool)).sum(), "arrangements in the largest part that hangs together"),
        "alone": Number((nodes["links"] == 0).sum(), "arrangements without any link"),
        "kept_between": Number(
            (centrality["betweenness_low"] > 0).sum(), "arrangements whose interval of betweenness leaves out zero"
        ),
    }


def top_centrality_values(ranking: pd.DataFrame, measure: str) -> InlineValues:
    """Return the arrangement that ranks first by a measure of centrality, and its value.

    Parameters
    ----------
    ranking : DataFrame
        From :func:`compendium.chapters.architecture.plot_data.centrality_ranking`.
    measure : {"degree", "betweenness"}

    Examples
    --------
    >>> ranking = pd.DataFrame({"label": ["M", "P"], "value": [3, 1], "low": [2.0, 0.0], "high": [4.0, 2.0]})
    >>> values = top_centrality_values(ranking, "degree")
    >>> values["top_degree"].text, values["top_degree_value"].text
    ('M', '3')
    """
    top = top_row(ranking)
    unit = "share" if measure == "betweenness" else "count"
    return {
        f"top_{measure}": Phrase(text_or_unknown(top["label"]), f"the arrangement with the highest {measure}"),
        f"top_{measure}_value": Number(top["value"], f"its {measure}", unit, None, top["low"], top["high"]),
    }


def neighbour_values(neighbours: pd.DataFrame) -> InlineValues:
    """Return how many arrangements are linked with partnerships, and how many with several.

    Parameters
    ----------
    neighbours : DataFrame
        From :func:`compendium.chapters.architecture.plot_data.partnership_neighbours`.

    Examples
    --------
    >>> neighbours = pd.DataFrame({"id": ["m", "m", "n"], "label": ["M", "M", "N"], "partners": [2, 2, 1]})
    >>> values = neighbour_values(neighbours)
    >>> values["neighbours"].text, values["shared"].text, values["shared_top"].text
    ('2', '1', 'M')
    """
    arrangements = neighbours.drop_duplicates("id")
    top = top_row(arrangements)
    top_number = top["partners"] if len(arrangements) else 0
    return {
        "neighbours": Number(len(arrangements), "arrangements that are linked with a partnership"),
        "shared": Number((arrangements["partners"] > 1).sum(), "of these, linked with several", n=len(arrangements)),
        "shared_top": Phrase(text_or_unknown(top["label"]), "the one that is linked with most partnerships"),
        "shared_top_number": Number(top_number, "partnerships with which it is linked"),
    }


def nesting_values(paths: pd.DataFrame, table: pd.DataFrame) -> InlineValues:
    """Return how many partnerships reach the multilateral level, in how many steps, and by which arrangement.

    Parameters
    ----------
    paths, table : DataFrame
        From :func:`compendium.chapters.architecture.analysis.nesting_paths` and
        :func:`compendium.chapters.architecture.analysis.nodes`.

    Examples
    --------
    >>> paths = pd.DataFrame({"any": [[("p", "m")], []], "beyond": [[], []]})
    >>> values = nesting_values(paths, pd.DataFrame({"arrangement_id": ["p", "m"], "name": ["P", "M"]}))
    >>> values["any_reach"].text, values["any_end"].text, values["beyond_reach"].text, values["beyond_end"].text
    ('1', 'M', '0', 'not known')
    """
    names = table.set_index("arrangement_id")["name"]
    n = len(paths)
    values: InlineValues = {"partnerships": Number(n, "partnerships of the cases")}
    for column, phrase in (("any", "by any link"), ("beyond", "by links of more than overlap")):
        reached = [shortest for shortest in paths[column] if shortest]
        ends = Counter(end for shortest in reached for end in sorted({path[-1] for path in shortest}))
        end, number = min(ends.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
        steps = [len(shortest[0]) - 1 for shortest in reached]
        meaning = f"partnerships that reach the multilateral level {phrase}"
        nearest = f"the nearest multilateral arrangement of most, {phrase}"
        values |= {
            f"{column}_reach": Number(len(reached), meaning, n=n),
            f"{column}_direct": Number(steps.count(1), f"{meaning} in one step", n=n),
            f"{column}_farthest": Number(max(steps, default=float("nan")), f"most steps to it, {phrase}"),
            f"{column}_end": Phrase(names.get(end, UNKNOWN), nearest),
            f"{column}_end_number": Number(number, "partnerships of which it is the nearest", n=n),
        }
    return values
