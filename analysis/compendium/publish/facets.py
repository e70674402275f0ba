"""The form of the explorer: every facet as native controls, which keyboards and screen readers know.

A facet is a dict with ``name`` and ``label``, its ``shape`` (``list``, ``choice``, ``words``, ``span`` or ``reading``),
its ``values`` (each with ``value``, ``label`` and the ``group`` under which it stands), and a ``note``.
"""

from collections.abc import Iterable
from html import escape
from itertools import groupby
from typing import Any

OPEN = 2
"""How many lists are open to begin with."""

Facet = dict[str, Any]


def form(facets: Iterable[Facet]) -> str:
    """What filters: the search first, the rest in a fold that a narrow screen keeps closed."""
    first, *rest = facets
    inner = "".join(_facet(facet, place < OPEN) for place, facet in enumerate(rest))
    return (
        f'<form id="explorer-form" class="explorer-form" role="search" aria-label="Filter the rows">{_facet(first)}'
        f'<details class="explorer-filters"><summary>Filters <span></span></summary>{inner}'
        "</details></form>\n"
    )


def _facet(facet: Facet, unfolded: bool = True) -> str:
    """A facet as native controls, a list folded or not; their names and values are what the address of a view says."""
    name, label, note = facet["name"], escape(facet["label"]), f"explorer-{facet['name']}-note"
    described = f' aria-describedby="{note}"' if facet["note"] else ""
    words = f'<small id="{note}">{escape(facet["note"])}</small>' if facet["note"] else ""
    if facet["shape"] == "list":
        body = f"<fieldset{described}><legend>{label}</legend>{words}{_boxes(facet)}</fieldset>"
        summary = f'<summary>{label} <small class="facet-set"></small></summary>'
        return f'<details class="facet" data-facet="{name}"{" open" * unfolded}>{summary}{body}</details>\n'
    if facet["shape"] == "span":
        ends = "".join(
            f'<label>{end}<input type="number" inputmode="numeric" name="{name}-{end}"{described}></label>'
            for end in ("from", "to")
        )
        body = f'<fieldset class="span"><legend>{label}</legend>{ends}{words}</fieldset>'
    elif facet["shape"] == "reading":
        body = f"<fieldset{described}><legend>{label}</legend>{words}{_radios(facet)}</fieldset>"
    else:
        control = _choice(facet, described) if facet["shape"] == "choice" else _words(facet, described)
        body = f'<label for="explorer-{name}">{label}</label>{control}{words}'
    return f'<div class="facet" data-facet="{name}">{body}</div>\n'


def _boxes(facet: Facet) -> str:
    return "".join(
        f"<fieldset><legend>{escape(group)}</legend>{boxes}</fieldset>" if group else boxes
        for group, values in groupby(facet["values"], lambda value: value["group"])
        for boxes in ["".join(_box(facet["name"], value) for value in values)]
    )


def _box(name: str, value: dict[str, str]) -> str:
    return (
        f'<label><input type="checkbox" name="{name}" value="{escape(value["value"])}">'
        f"<span>{escape(value['label'])}</span> <small></small></label>"
    )


def _radios(facet: Facet) -> str:
    return "".join(
        f'<label><input type="radio" name="{facet["name"]}" value="{escape(value["value"])}"'
        f"{'' if place else ' checked'}><span>{escape(value['label'])}</span></label>"
        for place, value in enumerate(facet["values"])
    )


def _choice(facet: Facet, described: str) -> str:
    options = "".join(
        f'<option value="{escape(value["value"])}">{escape(value["label"])}</option>' for value in facet["values"]
    )
    name = facet["name"]
    return f'<select id="explorer-{name}" name="{name}"{described}><option value="">any</option>{options}</select>'


def _words(facet: Facet, described: str) -> str:
    name = facet["name"]
    return f'<input type="search" id="explorer-{name}" name="{name}" autocomplete="off" spellcheck="false"{described}>'
