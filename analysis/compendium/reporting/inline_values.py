"""Numbers and phrases that the prose of a page cites; what the data do not contain reads "not known"."""

import html
import math
from dataclasses import dataclass
from typing import Any, TypeGuard

import pandas as pd
from IPython.display import display

from compendium.reporting.mime_types import VALUES_MIME

MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
UNKNOWN = "not known"
_UNIT_SUFFIXES = {"share": f"{NBSP}%", "points": " points"}
_VALUE_DECIMALS = 9
"""Results of different processors agree to this many decimals."""


@dataclass(frozen=True)
class Number:
    """A computed value that prose cites.

    Parameters
    ----------
    value : float
        The number itself; a share runs from 0 to 1. NaN is written as "not known".
    meaning : str
        What the number measures, in a few words; readers see it as a tooltip.
    unit : {"share", "count", "points", "plain"}
        ``share`` is written as per cent, ``points`` (a difference of shares, times 100) as percentage points,
        ``plain`` with two decimals.
    n : int, optional
        Number of rows from which it was computed.
    low, high : float, optional
        The 95 % interval; NaN where there are too few documents for one.

    Examples
    --------
    >>> number = Number(0.256, "statements that name jobs", "share", n=120, low=0.2, high=0.31)
    >>> number.text_with_interval.replace(NBSP, " ")
    '26 % (95 % interval 20 to 31 %, n = 120)'
    """

    value: float
    meaning: str
    unit: str = "count"
    n: int | None = None
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> str:
        """The number as text, with its unit."""
        return _format_value(self.value, self.unit)

    @property
    def text_with_interval(self) -> str:
        """The number as text, with its interval and n where they are known."""
        details = []
        if _is_number(self.low) and _is_number(self.high):
            low = _format_value(self.low, self.unit).removesuffix(_UNIT_SUFFIXES.get(self.unit, ""))
            details.append(f"95{NBSP}% interval {low} to {_format_value(self.high, self.unit).removesuffix(' points')}")
        if self.n is not None:
            details.append(f"n{NBSP}={NBSP}{self.n:,}")
        return f"{self.text} ({', '.join(details)})" if details else self.text

    def entry(self) -> dict[str, Any]:
        """The JSON entry of the number in ``results/``."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        rounded = {name: _round_value(value) if _is_number(value) else None for name, value in numbers.items()}
        texts = {"text": self.text, "interval": self.text_with_interval, "unit": self.unit, "meaning": self.meaning}
        return rounded | {"n": self.n} | texts


@dataclass(frozen=True)
class Phrase:
    """A text that prose cites and the data decide, such as the label of the most frequent code."""

    text: str
    meaning: str

    def entry(self) -> dict[str, Any]:
        """The JSON entry of the phrase in ``results/``."""
        return {"value": self.text, "text": self.text, "interval": self.text, "unit": "words", "meaning": self.meaning}


InlineValues = dict[str, Number | Phrase]
"""Values of a page by name."""


def publish_values(**values: Number | Phrase) -> None:
    """Display the values as a table; the run stores them in ``results/`` under the names of the arguments."""
    entries = {name: number.entry() for name, number in sorted(values.items())}
    rows = "".join(
        f"<tr><td><code>{html.escape(name)}</code></td><td>{html.escape(entry['interval'])}</td>"
        f"<td>{html.escape(entry['meaning'])}</td></tr>"
        for name, entry in entries.items()
    )
    table = f"<table><thead><tr><th>Name</th><th>Number</th><th>Meaning</th></tr></thead><tbody>{rows}</tbody></table>"
    text = "\n".join(f"{name}: {entry['interval']}" for name, entry in entries.items())
    display({VALUES_MIME: entries, "text/html": table, "text/plain": text}, raw=True)


def _is_number(value: float | None) -> TypeGuard[float]:
    return value is not None and not math.isnan(value)


def _round_value(value: float) -> float:
    """Round to :data:`_VALUE_DECIMALS`; adding 0.0 turns -0.0 into 0.0."""
    return round(float(value), _VALUE_DECIMALS) + 0.0


def _format_value(value: float, unit: str) -> str:
    if math.isnan(value):
        return UNKNOWN
    value = _round_value(value)
    if unit == "share":
        return f"{100 * value:.0f}{NBSP}%"
    if unit == "points":
        return f"{value:+.0f} points".replace("-", MINUS)
    return f"{value:,.0f}" if unit == "count" else f"{value:.2f}".replace("-", MINUS)


def coverage_values(documents: pd.DataFrame) -> InlineValues:
    """Return the shares of documents of which only the opening was seen, and of documents without a date."""
    opening_share, undated_share = (documents["coverage"] == "opening").mean(), (documents["date"] == "").mean()
    return {
        "openings_share": Number(
            opening_share, "documents of which only the opening was seen", "share", len(documents)
        ),
        "undated_share": Number(undated_share, "documents without a date", "share", len(documents)),
    }


def top_row(table: pd.DataFrame, field: str = "", ascending: bool = False) -> pd.Series:
    """Return the first row, or the row with the largest (``ascending``: smallest) ``field``; NaN if there is none."""
    rows = table.dropna(subset=[field]).sort_values(field, ascending=ascending, kind="stable") if field else table
    return rows.iloc[0] if len(rows) else pd.Series(math.nan, index=table.columns)


def text_or_unknown(value: Any) -> str:
    """Return the value as text, or "not known" if it is missing."""
    return UNKNOWN if pd.isna(value) else str(value)


def number_from_row(row: pd.Series, field: str, meaning: str, n: float) -> Number:
    """Make a number of the column ``field`` with the interval ``low`` to ``high`` of the same row; NaN is no ``n``."""
    unit = "share" if field == "share" else "plain"
    return Number(row[field], meaning, unit, None if pd.isna(n) else int(n), row["low"], row["high"])
