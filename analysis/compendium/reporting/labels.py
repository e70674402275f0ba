"""Short texts for readers: labels of codes, percentages, lists of ids, truncated text."""

from collections.abc import Sequence

import pandas as pd

from compendium.reporting.inline_values import UNKNOWN


def shortened(text: str, width: int) -> str:
    """A text on one line; cut after so many characters, within a word if need be, it ends in an ellipsis."""
    plain = " ".join(text.split())
    return plain if len(plain) <= width else f"{plain[:width].rstrip()}…"


WORDS = {"eu_agency": "EU agency", "eu_institution": "EU institution", "mou": "MoU", "ngo": "NGO"}


def per_cent(share: float) -> str:
    """A share in words."""
    return UNKNOWN if share != share else f"{100 * share:.0f} %"


def plain(text: str) -> str:
    """A value of the data as a reader sees it: ``under_way`` becomes ``under way``, ``ngo`` becomes ``NGO``."""
    return WORDS.get(text) or text.replace("_", " ")


def named(ids: Sequence[str], limit: int = 4) -> str:
    """The rows behind a mark, for its tooltip."""
    rest = len(ids) - limit
    return ", ".join(ids[:limit]) + (f" and {rest} more" if rest > 0 else "")


COVERAGE = {"full": "full text", "opening": "opening only"}


def labels(codes: pd.DataFrame) -> dict[str, str]:
    """What a reader calls each code."""
    return dict(zip(codes["code_id"], codes["label"], strict=True))
