"""Actors as lists that a page shows: every body with the measures it takes part in, and the leading ones in a table."""

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
    """The id of a body's entry in the list."""
    return f"body-{re.sub(r'[^a-z0-9]+', '-', normalize('NFKD', body).lower()).strip('-')}"


def area_anchor(area: str) -> str:
    """The id of a policy area's entry in the list of areas."""
    return f"acts-in-{area}"


def bodies_by_area_list(links: pd.DataFrame) -> HTML:
    """The network as a list: each policy area with its bodies, those in most of its measures first.

    ``links`` has ``area``, ``area_id``, ``body``, ``body_id``, ``count`` and ``leads``, in the order of areas.
    """
    parts = []
    for (identity, area), own in links.groupby(["area_id", "area"], sort=False):
        ordered = own.sort_values(["count", "body"], ascending=[False, True]).to_dict("records")
        items = ", ".join(
            f'<a href="#{row["body_id"]}">{escape(row["body"])}</a> {_count_and_leads(row)}' for row in ordered
        )
        number = f"{len(own)} bod{'y' if len(own) == 1 else 'ies'}"
        heading = f"<b>{escape(str(area))}</b> <small>{number}</small>"
        parts.append(f'<details id="{identity}"><summary>{heading}</summary><p>{items}.</p></details>')
    return HTML(f'<div class="listing">{"".join(parts) or "<p>None on record.</p>"}</div>')


def _count_and_leads(row: dict[Any, Any]) -> str:
    return f"{row['count']} (leads {row['leads']})" if row["leads"] else str(row["count"])


def body_measures_list(participations: pd.DataFrame, bodies: pd.DataFrame, policy_areas: pd.DataFrame) -> HTML:
    """Every body with its measures by policy area, each linked to the page of its case; of several measures, folded."""
    areas = code_labels(policy_areas)
    own = dict(list(participations.groupby("body")))
    parts = []
    for body in bodies.to_dict("records"):
        facts = escape(", ".join(fact for fact in (humanize(body["kind"]), body["polity"]) if fact))
        name, here = escape(body["body"]), body_anchor(body["body"])
        items = list(_area_items(own[body["body"]], areas))
        if body["measures"] == 1:
            parts.append(f'<p id="{here}"><b>{name}</b> <small>{facts}.</small> {items[0]}</p>')
            continue
        number = f"{body['measures']} measures, leads {body['leads']}"
        heading = f"<b>{name}</b> <small>{facts}; {number}</small>"
        listed = "".join(f"<li>{item}</li>" for item in items)
        parts.append(f'<details id="{here}"><summary>{heading}</summary><ul>{listed}</ul></details>')
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
    """Counts with share and interval: a row a ``label``, a column a ``group``.

    ``shares`` has ``label``, ``group``, ``count``, ``n``, ``share``, ``low``, ``high``.
    """
    told = [
        f"{row['count']} of {row['n']}: {format_percent(row['share'])}"
        + ("" if row["low"] != row["low"] else f" ({100 * row['low']:.0f} to {100 * row['high']:.0f})")
        for row in shares.to_dict("records")
    ]
    groups = list(dict.fromkeys(shares["group"]))
    table = shares.assign(told=told).pivot(index="label", columns="group", values="told").fillna("–").reset_index()
    return tables.html_table(table, {"label": label_heading} | {group: group for group in groups}, caption)


def leading_bodies_table(bodies: pd.DataFrame, caption: str) -> HTML:
    """The bodies of a kind in a table."""
    headings = {
        "body": "Body",
        "measures": "Measures",
        "leads": "Leads",
        "areas": "Areas",
        "partnerships": "Partnerships",
    }
    return tables.html_table(bodies, headings, caption)


def actor_breadth_table(breadth: pd.DataFrame, partnerships: pd.DataFrame, body_breadth: pd.DataFrame) -> HTML:
    """Breadth of each partnership on both axes, less its bias, and how many bodies act."""
    rows = partnerships.merge(body_breadth, on="partnership_id", how="inner")
    for what in ("areas", "types"):
        own = breadth[breadth["what"] == what].set_index("partnership_id").reindex(rows["partnership_id"])
        ends = zip(own["corrected"], own["low"], own["high"], strict=True)
        rows[what] = [UNKNOWN if low != low else f"{value:.1f} ({low:.1f} to {high:.1f})" for value, low, high in ends]
    shown = rows.assign(
        coverage=rows["coverage"].map(format_percent), effective=rows["effective"].map(lambda number: f"{number:.1f}")
    )
    headings = {"label": "Partnership", "areas": "Areas", "types": "Types", "bodies": "Bodies", "once": "Once"}
    headings |= {"effective": "Effective", "coverage": "Coverage"}
    return tables.html_table(shown, headings, "Breadth of each partnership: areas and types (95 % interval), bodies")
