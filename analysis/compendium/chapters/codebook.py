"""Codebook: tables of all codes with their definitions and numbers of statements."""

from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.reporting.tables import EXPLORER_URL, html_table


def frames_table(evidence: Evidence) -> HTML:
    """List every frame with its definition, its rules and its number of statements."""
    extra_headings = {"group": "Group", "include": "Include", "exclude": "Leave out"}
    return _codes_table(evidence, evidence.frames, extra_headings, "Frames", "frame")


def policy_areas_table(evidence: Evidence) -> HTML:
    """List every policy area with its definition, family and number of statements."""
    policy_areas = evidence.policy_areas.rename(columns={"covers": "definition"})
    return _codes_table(evidence, policy_areas, {"family": "Family"}, "Policy areas", "area")


def _codes_table(
    evidence: Evidence, codes: pd.DataFrame, extra_headings: dict[str, str], caption: str, facet: str
) -> HTML:
    counts = evidence.codings.drop_duplicates(["statement_id", "code_id"])["code_id"].value_counts()
    labels = [f'<b id="{row["code_id"]}">{escape(row["label"])}</b>' for row in codes.to_dict("records")]
    n = codes["code_id"].map(counts).fillna(0).astype(int)
    links = [
        f'<a class="number" href="{EXPLORER_URL}?kind=statement&amp;{facet}={code}">{number:,}</a>'
        for code, number in zip(codes["code_id"], n, strict=True)
    ]
    rows = codes.assign(label=pd.Series(labels, codes.index).map(HTML), n=pd.Series(links, codes.index).map(HTML))
    headings = {"label": "Code", "definition": "Meaning", **extra_headings, "n": "Statements"}
    return html_table(rows, headings, f"{caption}: their meaning, and how many statements carry them")
