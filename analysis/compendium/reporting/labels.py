"""Short texts for readers: labels of codes, percentages, lists of ids, truncated text."""

from collections.abc import Sequence

import pandas as pd

from compendium.reporting.inline_values import UNKNOWN


def truncate(text: str, width: int) -> str:
    """A text on one line; cut after so many characters, within a word if need be, it ends in an ellipsis."""
    plain = " ".join(text.split())
    return plain if len(plain) <= width else f"{plain[:width].rstrip()}…"


_SPECIAL_LABELS = {"eu_agency": "EU agency", "eu_institution": "EU institution", "mou": "MoU", "ngo": "NGO"}


def format_percent(share: float) -> str:
    """A share in words."""
    return UNKNOWN if share != share else f"{100 * share:.0f} %"


def humanize(text: str) -> str:
    """A value of the data as a reader sees it: ``under_way`` becomes ``under way``, ``ngo`` becomes ``NGO``."""
    return _SPECIAL_LABELS.get(text) or text.replace("_", " ")


def list_ids(ids: Sequence[str], top_n: int = 4) -> str:
    """The rows behind a mark, for its tooltip."""
    rest = len(ids) - top_n
    return ", ".join(ids[:top_n]) + (f" and {rest} more" if rest > 0 else "")


COVERAGE_LABELS = {"full": "full text", "opening": "opening only"}


def code_labels(codes: pd.DataFrame) -> dict[str, str]:
    """What a reader calls each code."""
    return dict(zip(codes["code_id"], codes["label"], strict=True))
