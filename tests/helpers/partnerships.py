"""Facts of partnerships, read from the CSV files without the package."""

from datetime import date, timedelta

import plain
import pytest

DONE = {"under_way", "completed", "in_force"}


PARTNERSHIPS = [
    (case, row["partnership_id"], row["founding_event_id"])
    for case in plain.CASES
    for row in plain.rows("partnerships", case)
]


each_partnership = pytest.mark.parametrize(("case", "partnership", "founding"), PARTNERSHIPS, ids=lambda each: each)


def span(text: str) -> tuple[date, date]:
    first = date.fromisoformat((text + "-01-01")[:10])
    following = {4: first.replace(year=first.year + 1), 7: (first + timedelta(31)).replace(day=1)}
    return first, following.get(len(text), first + timedelta(1)) - timedelta(1)


def day(text: str) -> date:
    first, last = span(text)
    return first + timedelta(days=(last - first).days // 2)


def signature(case: str, founding: str) -> str:
    return next(row["date"] for row in plain.rows("events", case) if row["event_id"] == founding)
