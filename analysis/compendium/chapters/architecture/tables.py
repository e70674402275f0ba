"""The architecture as lists: every arrangement with its links and sources, and the ways up from each partnership."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

import networkx as nx
import pandas as pd
from IPython.display import HTML

from compendium.chapters.architecture import analysis, plot_data
from compendium.chapters.architecture.plot_data import NODE_GROUPS, PARTNERSHIP, RELATION_PHRASES, node_groups
from compendium.dataset.evidence import Evidence
from compendium.reporting import tables
from compendium.reporting.labels import humanize
from compendium.reporting.tables import RowMapping, document_link

_GROUP_HEADINGS = {PARTNERSHIP: "The partnerships of this book"}
_GROUP_SIGNS = dict(zip(NODE_GROUPS, "●◆■▲✚", strict=True))
"""The shapes of the network's marks as letters."""
_PATH_KINDS = (("By any link", False), ("By links that tell of more than overlap", True))


def arrangement_list(table: pd.DataFrame, evidence: Evidence) -> HTML:
    """Every arrangement, level by level and by name: what it is, where that is said, and each of its links.

    The id of an entry is that of its arrangement. A link is described where it starts, and named where it ends; its
    document is told if it is another than that of the arrangement.
    """
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    names = dict(zip(table["arrangement_id"], table["name"], strict=True))
    links = evidence.links.to_dict("records")
    parts = []
    for level in NODE_GROUPS:
        own = table[node_groups(table) == level].sort_values(["name", "arrangement_id"]).to_dict("records")
        if own:
            items = "".join(_arrangement_entry(row, links, names, documents) for row in own)
            head = _GROUP_HEADINGS.get(level, humanize(level).capitalize())
            heading = f"{_group_sign(level)} <b>{escape(head)}</b> <small>{len(own)}</small>"
            parts.append(f"<details><summary>{heading}</summary>{items}</details>")
    return HTML(f'<div class="listing arrangements">{"".join(parts) or "<p>None on record.</p>"}</div>')


def _arrangement_entry(
    row: RowMapping, links: Sequence[RowMapping], names: Mapping[str, str], documents: Mapping[Any, RowMapping]
) -> str:
    items = list(_link_items(row, links, names, documents))
    since = f"since {row['established']}" if row["established"] else "no date"
    number = f"{len(items)} link{'' if len(items) == 1 else 's'}"
    facts = f"{row['level']} · {since} · {row['binding'] or row['legal']} · {number}"
    about = [f"Issue areas: {', '.join(row['issue_areas'])}"] if row["issue_areas"] else []
    about += [f"Members: {row['members']}"] if row["members"] else []
    source = f"Source: {document_link(documents[row['document_id']])}" if row["document_id"] else "No source"
    body = f"<p>{escape(row['description'])} <small>{escape('. '.join([*about, '']))}{source}</small></p>"
    body += f"<ul>{''.join(items)}</ul>" if items else "<p>No document that was read states a link.</p>"
    heading = f"{escape(row['name'])} <small>{escape(facts)}</small>"
    return f'<details id="{row["arrangement_id"]}"><summary>{heading}</summary>{body}</details>'


def _link_items(
    row: RowMapping, links: Sequence[RowMapping], names: Mapping[str, str], documents: Mapping[Any, RowMapping]
) -> Iterator[str]:
    own = row["arrangement_id"]
    for link in links:
        ends = link["source_id"], link["target_id"]
        if own in ends:
            other = ends[1] if own == ends[0] else ends[0]
            words = RELATION_PHRASES[link["relation"]][0 if own == ends[0] else 1]
            source = f" <small>{document_link(documents[link['document_id']])}</small>"
            told = f": {escape(link['description'])}{'' if link['document_id'] == row['document_id'] else source}"
            yield f"<li>{words} {_arrangement_link(other, names)}{told if own == ends[0] else ''}</li>"


def shortest_path_list(graph: nx.Graph, table: pd.DataFrame, links: pd.DataFrame) -> HTML:
    """For each partnership the shortest ways to the multilateral level: by any link, and by more than overlap."""
    targets = table.loc[table["level"] == analysis.LEVELS[0], "arrangement_id"].tolist()
    partnerships = table[table["partner"] != ""].sort_values(["partner", "arrangement_id"]).to_dict("records")
    known = table.assign(group=node_groups(table)).set_index("arrangement_id").to_dict("index")
    cards = []
    for row in partnerships:
        parts = []
        for head, beyond in _PATH_KINDS:
            own = analysis.links_beyond_overlap(links) if beyond else links
            paths = analysis.shortest_paths(analysis.link_graph(graph, own), row["arrangement_id"], targets)
            parts.append(_path_section(head, paths, own, known))
        start = f'<a href="#{row["arrangement_id"]}">{escape(row["partner"])}</a>'
        cards.append(f"<section><h3>{_group_sign(PARTNERSHIP)} {start}</h3>{''.join(parts)}</section>")
    return HTML(f'<div class="ways">{"".join(cards)}</div>' if cards else "<p>No partnership is on record.</p>")


def path_length_table(path_lengths: pd.DataFrame, table: pd.DataFrame) -> HTML:
    """How many steps lie between each partnership and each multilateral arrangement; see ``architecture.steps``."""
    partners = dict(zip(table["arrangement_id"], table["partner"], strict=True))
    columns = {each: partners[each] for each in path_lengths["source"].unique()}
    caption = "Steps from each partnership to each multilateral arrangement"
    shown = tables.html_table(
        plot_data.path_length_matrix(path_lengths, table), {"arrangement": "Arrangement", **columns}, caption
    )
    return HTML(f'<div class="steps">{shown.data}</div>')


def _path_section(
    heading: str, paths: Sequence[Sequence[str]], links: pd.DataFrame, arrangement_rows: Mapping[Any, RowMapping]
) -> str:
    if not paths:
        return f"<p><b>{heading}</b>: no way leads to the multilateral level.</p>"
    steps = len(paths[0]) - 1
    told = f"{steps} step{'' if steps == 1 else 's'}"
    chains = "".join(f"<ol>{''.join(_path_items(path, links, arrangement_rows))}</ol>" for path in paths)
    return f"<p><b>{heading}</b>: {told}</p>{chains}"


def _path_items(path: Sequence[str], links: pd.DataFrame, arrangement_rows: Mapping[Any, RowMapping]) -> Iterator[str]:
    names = {each: row["name"] for each, row in arrangement_rows.items()}
    for (one, two), joined in zip(pairwise(path), analysis.path_links(links, path), strict=True):
        words = dict.fromkeys(
            RELATION_PHRASES[relation][0 if source == one else 1]
            for relation, source in zip(joined["relation"], joined["source_id"], strict=True)
        )
        yield f"<li><small>{' and '.join(words)}</small> {_group_sign(arrangement_rows[two]['group'])} {_arrangement_link(two, names)}</li>"


def _arrangement_link(arrangement: str, names: Mapping[str, str]) -> str:
    return f'<a href="#{arrangement}">{escape(names[arrangement])}</a>'


def _group_sign(level: str) -> str:
    return f'<span class="level {level}" aria-hidden="true">{_GROUP_SIGNS[level]}</span>'
