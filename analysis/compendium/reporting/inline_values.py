"""The numbers that the pages cite, ready to be published; what a young case can not tell yet is "not known"."""

import html
import math
from dataclasses import dataclass
from typing import Any, TypeGuard

import pandas as pd
from IPython.display import display

from compendium.reporting.mime_types import VALUES_MIME

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
_UNIT_SUFFIXES = {"share": f"{NBSP}%", "points": " points"}
UNKNOWN = "not known"


@dataclass(frozen=True)
class Number:
    """A number for prose.

    Parameters
    ----------
    value : float
        The number itself; a share runs from 0 to 1. NaN where the data do not tell: prose then reads "not known".
    meaning : str
        What it is, in a few words; readers see it when they point at the number.
    unit : {"share", "count", "points", "plain"}
        ``share`` is written as per cent, ``points`` (a difference of shares, times 100) as percentage points,
        ``plain`` with two decimals.
    n : int, optional
        How many rows it rests on.
    low, high : float, optional
        The 95 % interval; NaN where there are too few documents to tell one.
    """

    value: float
    meaning: str
    unit: str = "count"
    n: int | None = None
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> str:
        """The number as prose writes it."""
        return _format_value(self.value, self.unit)

    @property
    def text_with_interval(self) -> str:
        """The number with its interval and n, as far as there are any."""
        inside = []
        if _is_number(self.low) and _is_number(self.high):
            low = _format_value(self.low, self.unit).removesuffix(_UNIT_SUFFIXES.get(self.unit, ""))
            inside.append(f"95{NBSP}% interval {low} to {_format_value(self.high, self.unit).removesuffix(' points')}")
        if self.n is not None:
            inside.append(f"n{NBSP}={NBSP}{self.n:,}")
        return f"{self.text} ({', '.join(inside)})" if inside else self.text

    def entry(self) -> dict[str, Any]:
        """As kept in ``results/``."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        rounded = {name: _round_value(value) if _is_number(value) else None for name, value in numbers.items()}
        words = {"text": self.text, "interval": self.text_with_interval, "unit": self.unit, "meaning": self.meaning}
        return rounded | {"n": self.n} | words


@dataclass(frozen=True)
class Phrase:
    """A word for prose that the data decide, such as the name of the most frequent code."""

    text: str
    meaning: str

    def entry(self) -> dict[str, Any]:
        """As kept in ``results/``."""
        return {"value": self.text, "text": self.text, "interval": self.text, "unit": "words", "meaning": self.meaning}


def publish_values(**values: Number | Phrase) -> None:
    """Show the numbers as a table, and hand them to the runner, which keeps them in ``results/``."""
    entries = {name: number.entry() for name, number in sorted(values.items())}
    rows = "".join(
        f"<tr><td><code>{html.escape(name)}</code></td><td>{html.escape(entry['interval'])}</td>"
        f"<td>{html.escape(entry['meaning'])}</td></tr>"
        for name, entry in entries.items()
    )
    table = f"<table><thead><tr><th>Name</th><th>Number</th><th>Meaning</th></tr></thead><tbody>{rows}</tbody></table>"
    plain = "\n".join(f"{name}: {entry['interval']}" for name, entry in entries.items())
    display({VALUES_MIME: entries, "text/html": table, "text/plain": plain}, raw=True)


def _is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and not math.isnan(value)


def _round_value(value: float) -> float:
    """To nine digits, beyond which machines differ; zero has no sign."""
    return round(float(value), 9) + 0.0


def _format_value(value: float, unit: str) -> str:
    if math.isnan(value):
        return UNKNOWN
    value = _round_value(value)
    if unit == "share":
        return f"{100 * value:.0f}{NBSP}%"
    if unit == "points":
        return f"{value:+.0f} points".replace("-", MINUS)
    return f"{value:,.0f}" if unit == "count" else f"{value:.2f}".replace("-", MINUS)


InlineValues = dict[str, Number | Phrase]


def coverage_values(documents: pd.DataFrame) -> InlineValues:
    """How much of the documents was seen, and how many show a date."""
    openings, undated = (documents["coverage"] == "opening").mean(), (documents["date"] == "").mean()
    return {
        "openings_share": Number(openings, "documents of which only the opening was seen", "share", len(documents)),
        "undated_share": Number(undated, "documents without a date", "share", len(documents)),
    }


def top_row(table: pd.DataFrame, field: str = "", ascending: bool = False) -> pd.Series:
    """The first row, or that with the largest (or least) ``field``; without any, a row of which nothing is known."""
    known = table.dropna(subset=[field]).sort_values(field, ascending=ascending, kind="stable") if field else table
    return known.iloc[0] if len(known) else pd.Series(math.nan, index=table.columns)


def text_or_unknown(value: Any) -> str:
    return UNKNOWN if pd.isna(value) else str(value)


def number_from_row(row: pd.Series, field: str, meaning: str, n: float) -> Number:
    unit = "share" if field == "share" else "plain"
    return Number(row[field], meaning, unit, None if pd.isna(n) else int(n), row["low"], row["high"])
