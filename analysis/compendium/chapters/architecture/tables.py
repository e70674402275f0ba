"""Lists and tables of the page on the architecture: arrangements with their links, and paths from each partnership."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

import pandas as pd
from IPython.display import HTML

from compendium.chapters.architecture import analysis, plot_data
from compendium.chapters.architecture.plot_data import NODE_GROUPS, PARTNERSHIP, RELATION_PHRASES, node_groups
from compendium.dataset.arrangements import links_beyond_overlap
from compendium.dataset.evidence import Evidence
from compendium.reporting import tables
from compendium.reporting.labels import humanize
from compendium.reporting.tables import RowMapping, document_link

_GROUP_HEADINGS = {PARTNERSHIP: "The partnerships of this book"}
_GROUP_SIGNS = dict(zip(NODE_GROUPS, "●◆■▲✚", strict=True))
"""The shapes of the network's marks as characters."""


def arrangement_list(table: pd.DataFrame, evidence: Evidence) -> HTML:
    """List every arrangement by level and name: what it is, its source, and each of its links.

    The id of an entry is that of its arrangement. A link is described at its source and named at its target; its
    document is linked if it is not that of the arrangement.

    Parameters
    ----------
    table : DataFrame
        From :func:`compendium.chapters.architecture.analysis.nodes`.
    evidence : Evidence
        Its links and documents are listed.
    """
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    names = dict(zip(table["arrangement_id"], table["name"], strict=True))
    links = evidence.links.to_dict("records")
    groups = node_groups(table)
    parts = []
    for group in NODE_GROUPS:
        rows = table[groups == group].sort_values(["name", "arrangement_id"]).to_dict("records")
        if rows:
            entries = "".join(_arrangement_entry(row, links, names, documents) for row in rows)
            label = _GROUP_HEADINGS.get(group, humanize(group).capitalize())
            heading = f"{_group_sign(group)} <b>{escape(label)}</b> <small>{len(rows)}</small>"
            parts.append(f"<details><summary>{heading}</summary>{entries}</details>")
    return HTML(f'<div class="listing arrangements">{"".join(parts) or "<p>None on record.</p>"}</div>')


def _arrangement_entry(
    row: RowMapping, links: Sequence[RowMapping], names: Mapping[str, str], documents: Mapping[Any, RowMapping]
) -> str:
    items = list(_link_items(row, links, names, documents))
    since = f"since {row['established']}" if row["established"] else "no date"
    number = f"{len(items)} link{'' if len(items) == 1 else 's'}"
    facts = f"{row['level']} · {since} · {row['binding'] or row['legal']} · {number}"
    details = [f"Issue areas: {', '.join(row['issue_areas'])}"] if row["issue_areas"] else []
    details += [f"Members: {row['members']}"] if row["members"] else []
    source = f"Source: {document_link(documents[row['document_id']])}" if row["document_id"] else "No source"
    body = f"<p>{escape(row['description'])} <small>{escape('. '.join([*details, '']))}{source}</small></p>"
    body += f"<ul>{''.join(items)}</ul>" if items else "<p>No document that was read states a link.</p>"
    heading = f"{escape(row['name'])} <small>{escape(facts)}</small>"
    return f'<details id="{row["arrangement_id"]}"><summary>{heading}</summary>{body}</details>'


def _link_items(
    row: RowMapping, links: Sequence[RowMapping], names: Mapping[str, str], documents: Mapping[Any, RowMapping]
) -> Iterator[str]:
    arrangement_id = row["arrangement_id"]
    for link in links:
        source, target = link["source_id"], link["target_id"]
        if arrangement_id == source:
            other_document = link["document_id"] != row["document_id"]
            document = f" <small>{document_link(documents[link['document_id']])}</small>" if other_document else ""
            description = f": {escape(link['description'])}{document}"
            yield f"<li>{RELATION_PHRASES[link['relation']][0]} {_arrangement_link(target, names)}{description}</li>"
        elif arrangement_id == target:
            yield f"<li>{RELATION_PHRASES[link['relation']][1]} {_arrangement_link(source, names)}</li>"


def shortest_path_list(paths: pd.DataFrame, table: pd.DataFrame, links: pd.DataFrame) -> HTML:
    """List for each partnership the shortest paths to the multilateral level, by any link and beyond overlap.

    Parameters
    ----------
    paths, table : DataFrame
        From :func:`compendium.chapters.architecture.analysis.nesting_paths` and
        :func:`compendium.chapters.architecture.analysis.nodes`.
    links : DataFrame
        The table of links.

    Examples
    --------
    >>> table = pd.DataFrame({"arrangement_id": ["p"], "name": ["P"], "partner": ["P"], "level": ["bilateral"]})
    >>> paths = pd.DataFrame({"arrangement_id": ["p"], "partner": ["P"], "any": [[]], "beyond": [[]]})
    >>> links = pd.DataFrame(columns=["source_id", "target_id", "relation"])
    >>> "no way leads to the multilateral level" in shortest_path_list(paths, table, links).data
    True
    """
    path_kinds = (
        ("any", "By any link", links),
        ("beyond", "By links that tell of more than overlap", links_beyond_overlap(links)),
    )
    arrangement_rows = table.assign(group=node_groups(table)).set_index("arrangement_id").to_dict("index")
    cards = []
    for row in paths.to_dict("records"):
        sections = "".join(
            _path_section(heading, row[column], kind_links, arrangement_rows)
            for column, heading, kind_links in path_kinds
        )
        start = f'<a href="#{row["arrangement_id"]}">{escape(row["partner"])}</a>'
        cards.append(f"<section><h3>{_group_sign(PARTNERSHIP)} {start}</h3>{sections}</section>")
    return HTML(f'<div class="ways">{"".join(cards)}</div>' if cards else "<p>No partnership is on record.</p>")


def path_length_table(path_lengths: pd.DataFrame, table: pd.DataFrame) -> HTML:
    """Build the table of steps between each partnership and each multilateral arrangement.

    Parameters
    ----------
    path_lengths, table : DataFrame
        From :func:`compendium.chapters.architecture.analysis.path_lengths` and
        :func:`compendium.chapters.architecture.analysis.nodes`.

    Examples
    --------
    >>> table = pd.DataFrame({"arrangement_id": ["p", "m"], "name": ["P", "M"], "partner": ["P", ""]})
    >>> path_lengths = pd.DataFrame({"source": ["p"], "target": ["m"], "steps": [2.0]})
    >>> "<td>M</td><td>2</td>" in path_length_table(path_lengths, table).data
    True
    """
    partners = dict(zip(table["arrangement_id"], table["partner"], strict=True))
    columns = {source: partners[source] for source in path_lengths["source"].unique()}
    html = tables.html_table(
        plot_data.path_length_matrix(path_lengths, table),
        {"arrangement": "Arrangement", **columns},
        "Steps from each partnership to each multilateral arrangement",
    )
    return HTML(f'<div class="steps">{html.data}</div>')


def _path_section(
    heading: str, paths: Sequence[Sequence[str]], links: pd.DataFrame, arrangement_rows: Mapping[Any, RowMapping]
) -> str:
    if not paths:
        return f"<p><b>{heading}</b>: no way leads to the multilateral level.</p>"
    steps = len(paths[0]) - 1
    chains = "".join(f"<ol>{''.join(_path_items(path, links, arrangement_rows))}</ol>" for path in paths)
    return f"<p><b>{heading}</b>: {steps} step{'' if steps == 1 else 's'}</p>{chains}"


def _path_items(path: Sequence[str], links: pd.DataFrame, arrangement_rows: Mapping[Any, RowMapping]) -> Iterator[str]:
    names = {arrangement_id: row["name"] for arrangement_id, row in arrangement_rows.items()}
    for (start, end), step_links in zip(pairwise(path), analysis.path_links(links, path), strict=True):
        phrases = dict.fromkeys(
            RELATION_PHRASES[relation][0 if source == start else 1]
            for relation, source in zip(step_links["relation"], step_links["source_id"], strict=True)
        )
        sign = _group_sign(arrangement_rows[end]["group"])
        yield f"<li><small>{' and '.join(phrases)}</small> {sign} {_arrangement_link(end, names)}</li>"


def _arrangement_link(arrangement_id: str, names: Mapping[str, str]) -> str:
    return f'<a href="#{arrangement_id}">{escape(names[arrangement_id])}</a>'


def _group_sign(group: str) -> str:
    return f'<span class="level {group}" aria-hidden="true">{_GROUP_SIGNS[group]}</span>'
