"""Lists and tables of the page on actors: bodies with their measures, shares by type, and breadth."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any
from unicodedata import normalize

import pandas as pd
from IPython.display import HTML

from compendium.reporting import tables
from compendium.reporting.inline_values import UNKNOWN
from compendium.reporting.labels import code_labels, format_percent, humanize


def body_anchor(body: str) -> str:
    """Return the HTML id of a body's entry in the list of bodies.

    Examples
    --------
    >>> body_anchor("Büro of Xland")
    'body-bu-ro-of-xland'
    """
    return f"body-{re.sub(r'[^a-z0-9]+', '-', normalize('NFKD', body).lower()).strip('-')}"


def area_anchor(area: str) -> str:
    """Return the HTML id of a policy area's entry in the list of areas.

    Examples
    --------
    >>> area_anchor("visas")
    'acts-in-visas'
    """
    return f"acts-in-{area}"


def bodies_by_area_list(links: pd.DataFrame) -> HTML:
    """List the network by policy area, each with its bodies, those in most of its measures first.

    Parameters
    ----------
    links : DataFrame
        ``area``, ``area_id``, ``body``, ``body_id``, ``count`` and ``leads``, in the order of areas.

    Examples
    --------
    >>> links = pd.DataFrame({"area": ["Visas"], "area_id": "acts-in-visas", "body": "Forum", "body_id": "body-forum"})
    >>> '<a href="#body-forum">Forum</a> 3 (leads 1)' in bodies_by_area_list(links.assign(count=3, leads=1)).data
    True
    """
    parts = []
    for (area_id, area), area_links in links.groupby(["area_id", "area"], sort=False):
        ordered = area_links.sort_values(["count", "body"], ascending=[False, True]).to_dict("records")
        items = ", ".join(
            f'<a href="#{row["body_id"]}">{escape(row["body"])}</a> {_count_and_leads(row)}' for row in ordered
        )
        number = f"{len(area_links)} bod{'y' if len(area_links) == 1 else 'ies'}"
        heading = f"<b>{escape(str(area))}</b> <small>{number}</small>"
        parts.append(f'<details id="{area_id}"><summary>{heading}</summary><p>{items}.</p></details>')
    return HTML(f'<div class="listing">{"".join(parts) or "<p>None on record.</p>"}</div>')


def _count_and_leads(row: dict[Any, Any]) -> str:
    return f"{row['count']} (leads {row['leads']})" if row["leads"] else str(row["count"])


def body_measures_list(participations: pd.DataFrame, bodies: pd.DataFrame, policy_areas: pd.DataFrame) -> HTML:
    """List every body with its measures by policy area, each linked to the page of its case.

    The measures of a body with several are behind a line that opens them.

    Parameters
    ----------
    participations : DataFrame
        From :func:`compendium.dataset.actors.body_participations`.
    bodies : DataFrame
        From :func:`compendium.chapters.actors.analysis.body_summary`.
    policy_areas : DataFrame
        The codebook's table.

    Examples
    --------
    >>> bodies = pd.DataFrame({"body": ["Forum"], "kind": "international", "polity": "", "measures": 1, "leads": 1})
    >>> rows = pd.DataFrame({"body": ["Forum"], "policy_area": "visas", "case_id": "aland", "measure_id": "m1"})
    >>> areas = pd.DataFrame({"code_id": ["visas"], "label": ["Visas"]})
    >>> html = body_measures_list(rows.assign(title="Made up", leads=True), bodies, areas).data
    >>> '<a href="../cases/aland/implementation.html#m1">Made up</a> (leads)' in html
    True
    """
    areas = code_labels(policy_areas)
    by_body = dict(list(participations.groupby("body")))
    parts = []
    for body in bodies.to_dict("records"):
        facts = escape(", ".join(fact for fact in (humanize(body["kind"]), body["polity"]) if fact))
        name, anchor = escape(body["body"]), body_anchor(body["body"])
        items = list(_area_items(by_body[body["body"]], areas))
        if body["measures"] == 1:
            parts.append(f'<p id="{anchor}"><b>{name}</b> <small>{facts}.</small> {items[0]}</p>')
            continue
        number = f"{body['measures']} measures, leads {body['leads']}"
        heading = f"<b>{name}</b> <small>{facts}; {number}</small>"
        entries = "".join(f"<li>{item}</li>" for item in items)
        parts.append(f'<details id="{anchor}"><summary>{heading}</summary><ul>{entries}</ul></details>')
    region = 'class="listing searchable" role="region" tabindex="0" aria-label="All bodies"'
    return HTML(f"<div {region}>{''.join(parts) or '<p>None on record.</p>'}</div>")


def _area_items(participations: pd.DataFrame, area_labels: dict[str, str]) -> Iterator[str]:
    for area, rows in participations.groupby("policy_area", sort=True):
        links = (
            f'<a href="../cases/{row["case_id"]}/implementation.html#{row["measure_id"]}">{escape(row["title"])}</a>'
            + (" (leads)" if row["leads"] else "")
            for row in rows.to_dict("records")
        )
        yield f"{escape(area_labels[str(area)])}: {'; '.join(links)}"


def actor_share_table(shares: pd.DataFrame, label_heading: str, caption: str) -> HTML:
    """Build a table of counts with share and interval: a row for each ``label``, a column for each ``group``.

    Parameters
    ----------
    shares : DataFrame
        ``label``, ``group``, ``count``, ``n``, ``share``, ``low``, ``high`` (shares from 0 to 1).

    Examples
    --------
    >>> shares = pd.DataFrame({"label": ["NGO"], "group": ["Aland"], "count": [3], "n": [12], "share": 0.25})
    >>> "3 of 12: 25 % (10 to 50)" in actor_share_table(shares.assign(low=0.1, high=0.5), "Type", "Made up").data
    True
    """
    texts = [
        f"{row['count']} of {row['n']}: {format_percent(row['share'])}"
        + ("" if row["low"] != row["low"] else f" ({100 * row['low']:.0f} to {100 * row['high']:.0f})")
        for row in shares.to_dict("records")
    ]
    groups = list(dict.fromkeys(shares["group"]))
    table = shares.assign(text=texts).pivot(index="label", columns="group", values="text").fillna("–").reset_index()
    return tables.html_table(table, {"label": label_heading} | {group: group for group in groups}, caption)


def leading_bodies_table(bodies: pd.DataFrame, caption: str) -> HTML:
    """Build a table of bodies with what they take part in.

    Parameters
    ----------
    bodies : DataFrame
        From :func:`compendium.chapters.actors.analysis.body_summary`.

    Examples
    --------
    >>> bodies = pd.DataFrame({"body": ["Forum"], "measures": [9], "leads": [1], "areas": [2], "partnerships": [3]})
    >>> "<td>Forum</td>" in leading_bodies_table(bodies, "Made up").data
    True
    """
    headings = {
        "body": "Body",
        "measures": "Measures",
        "leads": "Leads",
        "areas": "Areas",
        "partnerships": "Partnerships",
    }
    return tables.html_table(bodies, headings, caption)


def actor_breadth_table(breadth: pd.DataFrame, partnerships: pd.DataFrame, body_breadth: pd.DataFrame) -> HTML:
    """Build the table of each partnership's corrected breadth on both axes, and of the bodies that act in it.

    Parameters
    ----------
    breadth, body_breadth : DataFrame
        From :func:`compendium.chapters.actors.analysis.area_and_type_breadth` and
        :func:`compendium.chapters.actors.analysis.body_breadth`.
    partnerships : DataFrame
        The table of partnerships, with a ``label``.

    Examples
    --------
    >>> breadth = pd.DataFrame({"what": ["areas", "types"], "corrected": [2.5, 1.2], "low": 1.0, "high": 4.0})
    >>> partnerships = pd.DataFrame({"partnership_id": ["a-x"], "label": ["Xland"]})
    >>> bodies = pd.DataFrame({"partnership_id": ["a-x"], "bodies": 3, "once": 1, "effective": 2.0, "coverage": 0.8})
    >>> html = actor_breadth_table(breadth.assign(partnership_id="a-x"), partnerships, bodies).data
    >>> "2.5 (1.0 to 4.0)" in html, "80 %" in html
    (True, True)
    """
    rows = partnerships.merge(body_breadth, on="partnership_id", how="inner")
    for what in ("areas", "types"):
        values = breadth[breadth["what"] == what].set_index("partnership_id").reindex(rows["partnership_id"])
        ends = zip(values["corrected"], values["low"], values["high"], strict=True)
        rows[what] = [UNKNOWN if low != low else f"{value:.1f} ({low:.1f} to {high:.1f})" for value, low, high in ends]
    rows = rows.assign(
        coverage=rows["coverage"].map(format_percent), effective=rows["effective"].map(lambda number: f"{number:.1f}")
    )
    headings = {"label": "Partnership", "areas": "Areas", "types": "Types", "bodies": "Bodies", "once": "Once"}
    headings |= {"effective": "Effective", "coverage": "Coverage"}
    return tables.html_table(rows, headings, "Breadth of each partnership: areas and types (95 % interval), bodies")
