"""The codebook as tables: every code with its definition and the number of statements that carry it."""

from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.reporting.tables import EXPLORER_URL, html_table


def frames_table(evidence: Evidence) -> HTML:
    """Every frame with its definition, what to include and leave out, and how many statements carry it."""
    more = {"group": "Group", "include": "Include", "exclude": "Leave out"}
    return _codes_table(evidence, evidence.frames, more, "Frames", "frame")


def policy_areas_table(evidence: Evidence) -> HTML:
    """Every policy area with what it covers, and how many statements name it."""
    named = evidence.policy_areas.rename(columns={"covers": "definition"})
    return _codes_table(evidence, named, {"family": "Family"}, "Policy areas", "area")


def _codes_table(
    evidence: Evidence, codes: pd.DataFrame, extra_headings: dict[str, str], caption: str, facet: str
) -> HTML:
    statements = evidence.codings.drop_duplicates(["statement_id", "code_id"])["code_id"].value_counts()
    anchored = [f'<b id="{row["code_id"]}">{escape(row["label"])}</b>' for row in codes.to_dict("records")]
    n = codes["code_id"].map(statements).fillna(0).astype(int)
    linked = [
        f'<a class="number" href="{EXPLORER_URL}?kind=statement&amp;{facet}={code}">{number:,}</a>'
        for code, number in zip(codes["code_id"], n, strict=True)
    ]
    shown = codes.assign(label=pd.Series(anchored, codes.index).map(HTML), n=pd.Series(linked, codes.index).map(HTML))
    headings = {"label": "Code", "definition": "Meaning", **extra_headings, "n": "Statements"}
    return html_table(shown, headings, f"{caption}: their meaning, and how many statements carry them")
