"""Dates of the precision that a source allows: 2008, 2008-06 or 2008-06-05; unknown is empty."""

import pandas as pd


def within(date: str, start: str, end: str) -> bool:
    """Whether a date of any precision can lie between two bounds of any precision; an unknown date does not."""
    after = not start or date[: len(start)] >= start[: len(date)]
    before = not end or date[: len(end)] <= end[: len(date)]
    return bool(date) and after and before


def periods(dates: pd.Series, width: int = 3) -> pd.Series:
    """The span of ``width`` years into which each date falls, such as ``2007–2009``; unknown dates give ``""``.

    Spans are counted from the year 2000, so that all cases share them; one year has too few documents to show a share.
    """
    years = pd.to_numeric(dates.str[:4], errors="coerce")
    first = (years - 2000) // width * width + 2000
    return pd.Series(
        [f"{int(start)}–{int(start) + width - 1}" if pd.notna(start) else "" for start in first], index=dates.index
    )
