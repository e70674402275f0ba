"""Dates of the precision that a source allows: 2008, 2008-06 or 2008-06-05; unknown is empty."""

import re
from calendar import isleap, monthrange
from datetime import date

import pandas as pd


def is_date(text: str) -> bool:
    """Whether a text is a calendar date of the precision of a year, a month or a day."""
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text) is None:
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def is_in_period(text: str, start: str, end: str) -> bool:
    """Whether a date of any precision can lie between two bounds of any precision; an unknown date does not."""
    after = not start or text[: len(start)] >= start[: len(text)]
    before = not end or text[: len(end)] <= end[: len(text)]
    return bool(text) and after and before


def year_periods(dates: pd.Series, width: int = 3) -> pd.Series:
    """The span of ``width`` years into which each date falls, such as ``2006–2008``; unknown dates give ``""``.

    Spans are counted from the year 2000, so that all cases share them; one year has too few documents to show a share.
    """
    years = pd.to_numeric(dates.str[:4], errors="coerce")
    first = (years - 2000) // width * width + 2000
    return pd.Series(
        [f"{int(start)}–{int(start) + width - 1}" if pd.notna(start) else "" for start in first], index=dates.index
    )


def date_span(text: str) -> tuple[date, date]:
    """The first and the last day that a date of any precision can mean."""
    year, month = int(text[:4]), int(text[5:7] or 12)
    last = date(year, month, int(text[8:] or monthrange(year, month)[1]))
    return date.fromisoformat((text + "-01-01")[:10]), last


def middle_day(text: str) -> date:
    """The day in the middle of what a date of any precision can mean."""
    first, last = date_span(text)
    return first + (last - first) / 2


def decimal_year(day: date) -> float:
    """A day as a number of years, for a scale: the first of January is a whole number."""
    return day.year + (day.timetuple().tm_yday - 1) / (366 if isleap(day.year) else 365)


def is_same_date(one: str, other: str) -> bool:
    """Whether two dates can be told to mean the same time: equal, or both with a month and equal as far as known.

    That 2008-06-05 lies in 2008 says little, so a bare year agrees with the same bare year only.
    """
    shared = min(len(one), len(other))
    return bool(shared) and one[:shared] == other[:shared] and (len(one) == len(other) or shared >= len("2008-06"))
