"""Short texts for readers: labels of codes, percentages, lists of ids, truncated text."""

from collections.abc import Sequence

import pandas as pd

from compendium.reporting.inline_values import UNKNOWN

COVERAGE_LABELS = {"full": "full text", "opening": "opening only"}
_SPECIAL_LABELS = {"eu_agency": "EU agency", "eu_institution": "EU institution", "mou": "MoU", "ngo": "NGO"}


def truncate(text: str, width: int) -> str:
    """Put a text on one line and cut it after ``width`` characters, with an ellipsis.

    Examples
    --------
    >>> truncate("mobility partnership", 8)
    'mobility…'
    """
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[:width].rstrip()}…"


def format_percent(share: float) -> str:
    """Format a share as a whole per cent, and NaN as "not known".

    Examples
    --------
    >>> format_percent(0.256)
    '26 %'
    """
    return UNKNOWN if share != share else f"{100 * share:.0f} %"


def humanize(text: str) -> str:
    """Write a value of the data for readers.

    Examples
    --------
    >>> humanize("under_way"), humanize("ngo")
    ('under way', 'NGO')
    """
    return _SPECIAL_LABELS.get(text) or text.replace("_", " ")


def list_ids(ids: Sequence[str], top_n: int = 4) -> str:
    """List the first ``top_n`` ids and the number of the others.

    Examples
    --------
    >>> list_ids(("s1", "s2", "s3"), top_n=2)
    's1, s2 and 1 more'
    """
    n_others = len(ids) - top_n
    return ", ".join(ids[:top_n]) + (f" and {n_others} more" if n_others > 0 else "")


def code_labels(codes: pd.DataFrame) -> dict[str, str]:
    """Map the ``code_id`` of each code to its ``label``."""
    return dict(zip(codes["code_id"], codes["label"], strict=True))
