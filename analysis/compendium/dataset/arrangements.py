"""Values of the tables of arrangements and links, and the links that state more than overlap."""

import pandas as pd

LEVELS = ("multilateral", "trans-regional", "regional", "bilateral")
LEGAL_QUALITIES = ("binding", "mixed or non-binding", "not stated")
"""Whether an arrangement binds in law, as charts and tables distinguish it."""
UNDATED_DECADE = "undated"
OVERLAP_RELATION = "overlaps"
"""The relation of two arrangements that only have members or subjects in common."""


def links_beyond_overlap(links: pd.DataFrame) -> pd.DataFrame:
    """Select the links that state more than members or subjects in common."""
    return links[links["relation"] != OVERLAP_RELATION]
