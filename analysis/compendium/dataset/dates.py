"""Dates with the precision of a year, month or day, as text: 2008, 2008-06 or 2008-06-05; empty if unknown."""

import re
from calendar import isleap, monthrange
from datetime import date

import pandas as pd


def is_date(text: str) -> bool:
    """Whether a text is an existing calendar year, month or day."""
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text) is None:
        return False
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def is_in_period(text: str, start: str, end: str) -> bool:
    """Whether a date may lie in a period; an unknown date does not.

    Parameters
    ----------
    text : str
        A date of any precision.
    start, end : str
        Bounds of any precision, both inclusive; empty if the period is open.

    Examples
    --------
    >>> is_in_period("2008", "2008-06", "2009"), is_in_period("2008-05", "2008-06", "2009")
    (True, False)
    """
    not_before_start = not start or text[: len(start)] >= start[: len(text)]
    not_after_end = not end or text[: len(end)] <= end[: len(text)]
    return bool(text) and not_before_start and not_after_end


def year_periods(dates: pd.Series, width: int = 3) -> pd.Series:
    """Period of ``width`` years that contains each date, such as ``2006–2008``.

    Periods are counted from the year 2000, so that all cases share them. A single year has too few documents for a
    share.

    Parameters
    ----------
    dates : Series of str
        Dates of any precision.
    width : int
        Length of a period in years.

    Returns
    -------
    Series of str
        With the same index; ``""`` for an unknown date.

    Examples
    --------
    >>> year_periods(pd.Series(["2008-06-05", "2009", ""])).tolist()
    ['2006–2008', '2009–2011', '']
    """
    years = pd.to_numeric(dates.str[:4], errors="coerce")
    first = (years - 2000) // width * width + 2000
    return pd.Series(
        [f"{int(start)}–{int(start) + width - 1}" if pd.notna(start) else "" for start in first], index=dates.index
    )


def date_span(text: str) -> tuple[date, date]:
    """First and last possible day of a date of any precision."""
    year, month = int(text[:4]), int(text[5:7] or 12)
    last = date(year, month, int(text[8:] or monthrange(year, month)[1]))
    return date.fromisoformat((text + "-01-01")[:10]), last


def middle_day(text: str) -> date:
    """Day in the middle of the possible days of a date of any precision."""
    first, last = date_span(text)
    return first + (last - first) / 2


def decimal_year(day: date) -> float:
    """Convert a day to a decimal year, in which 1 January is a whole number."""
    return day.year + (day.timetuple().tm_yday - 1) / (366 if isleap(day.year) else 365)


def is_same_date(one: str, other: str) -> bool:
    """Whether two dates agree: they are equal, or equal in their common precision of at least a month.

    A year alone agrees only with the same year alone, because that 2008-06-05 is in 2008 is weak evidence.
    """
    common = min(len(one), len(other))
    return bool(common) and one[:common] == other[:common] and (len(one) == len(other) or common >= len("2008-06"))
