"""Dates of the precision of their source."""

from datetime import date, timedelta

import pandas as pd
import pytest
from compendium.dataset import dates as dataset_dates
from compendium.dataset.dates import is_date, is_in_period, year_periods
from hypothesis import given
from hypothesis import strategies as st

days = st.dates(date(1950, 1, 1), date(2050, 12, 31))
cuts = st.sampled_from([4, 7, 10])


def span(text: str) -> tuple[date, date]:
    """First and last day of a date of any precision."""
    first = date.fromisoformat((text + "-01-01")[:10])
    longest = timedelta({4: 366, 7: 31, 10: 1}[len(text)])
    following = first + longest
    return first, (following.replace(day=1) if len(text) < 10 else following) - timedelta(1)


@pytest.mark.parametrize("text", ["2008", "2008-06", "2008-06-05", "2008-02-29"])
def test_dates(text: str) -> None:
    assert is_date(text)


@pytest.mark.parametrize(
    "text",
    ["", "08", "2008-13", "2008-00", "2008-02-30", "2009-02-29", "2008-6", "2008-6-5", "05.06.2008", "2008-06-05T10:00",
     "2008-W01", "20080605", "2008-", " 2008", "2008 ", "2008\n", "٢٠٠٨", "2008/06", "0000"],
)  # fmt: skip
def test_no_dates(text: str) -> None:
    assert not is_date(text)


@given(days, cuts, days, cuts, days, cuts)
def test_within_means_that_the_spans_of_days_can_meet(
    day: date, cut: int, start: date, cut_start: int, end: date, cut_end: int
) -> None:
    text, first, last = str(day)[:cut], str(start)[:cut_start], str(end)[:cut_end]
    earliest, latest = span(text)
    after, before = latest >= span(first)[0], earliest <= span(last)[1]
    assert is_in_period(text, first, "") == after
    assert is_in_period(text, "", last) == before
    assert is_in_period(text, first, last) == (after and before)


def test_an_unknown_date_lies_in_no_period() -> None:
    assert not is_in_period("", "2008", "") and not is_in_period("", "", "")


def test_periods_are_three_years_counted_from_2000() -> None:
    dates = pd.Series(["2005-12-31", "2006", "2008-12", "2009-01-01", "", "1999"], index=list("abcdef"))
    assert year_periods(dates).to_dict() == {
        "a": "2003–2005", "b": "2006–2008", "c": "2006–2008", "d": "2009–2011", "e": "", "f": "1997–1999",
    }  # fmt: skip
    assert year_periods(dates, width=5)["a"] == "2005–2009"


@given(days, cuts)
def test_the_span_of_a_date(day: date, cut: int) -> None:
    text = day.isoformat()[:cut]
    assert dataset_dates.date_span(text) == span(text)
    first, last = span(text)
    assert first <= dataset_dates.middle_day(text) <= last
    assert abs((dataset_dates.middle_day(text) - first) - (last - dataset_dates.middle_day(text))) <= timedelta(1)


@given(days)
def test_years_run_with_days(day: date) -> None:
    assert int(dataset_dates.decimal_year(day)) == day.year
    assert 0 < dataset_dates.decimal_year(day + timedelta(1)) - dataset_dates.decimal_year(day) < 0.003


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2008-06-05", "2008-06-05", True), ("2008-06", "2008-06-05", True), ("2008", "2008", True),
        ("2008", "2008-06", False), ("2008-06-05", "2008-06-06", False), ("", "", False), ("", "2008", False),
    ],
)  # fmt: skip
def test_dates_that_can_be_told_to_agree(one: str, other: str, same: bool) -> None:
    assert dataset_dates.is_same_date(one, other) is dataset_dates.is_same_date(other, one) is same
