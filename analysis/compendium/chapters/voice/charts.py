"""Charts of two sides: which of them speaks more of what, and whether that is clear."""

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import pandas as pd

from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import LETTER_WIDTH_PX, TABLE_WIDTH_PX, TWO_LINE_LABEL_EXPR, empty_chart_note
from compendium.reporting.theme import BLUE, FOREGROUND, ORANGE, ROW_HEIGHT_PX, tooltips

LOG_ODDS_NOTE = (
    "Log-odds ratios. Above zero the partner speaks of it more, below zero the destination; a ground of colour: clear. "
    "In brackets, how much partner : destination say in all. Counts, z and intervals stand in the data table."
)
_LOG_ODDS_FORMAT = "+.1f"
_LEAN_LABELS = {True: "the partner speaks more of it", False: "the destination does"}
_UNCLEAR = "not clear"
_VALUE_HEADINGS = {
    "value": ("Log-odds ratio", "+.2f"),
    "z": ("z", "+.1f"),
    "low": ("From", "+.2f"),
    "high": ("To", "+.2f"),
}


@empty_chart_note
def log_odds_chart(
    data: pd.DataFrame,
    name: str,
    title: str,
    row_title: str,
    column_title: str,
    order: Sequence[str],
    note: str = LOG_ODDS_NOTE,
) -> Any:
    """A table of log-odds ratios: a row for each ``label``, a column for each ``column``; clear ones bear a colour.

    ``data`` has ``label``, ``column``, ``value``, ``z``, ``low``, ``high``, ``partner``, ``destination`` (counts),
    ``clear``.
    """
    data = data.assign(
        lean=[_LEAN_LABELS[value > 0] if clear else _UNCLEAR for value, clear in _values_and_clarity(data)]
    )
    data = data[["label", "column", "partner", "destination", *_VALUE_HEADINGS, "lean"]].round(3)
    data = data.assign(shown=data["value"].round(1) + 0.0)  # no cell reads as less than nothing, and yet zero
    columns = list(dict.fromkeys(data["column"]))
    longest = LETTER_WIDTH_PX * max(len(part) for text in columns for part in text.split(" (")) + 8
    flat = longest * len(columns) <= TABLE_WIDTH_PX
    width = longest if flat else 40
    turn = alt.Axis(
        orient="top",
        labelAngle=0 if flat else -40,
        labelExpr=TWO_LINE_LABEL_EXPR if flat else "datum.label",
        labelPadding=17 if flat else 2,
        labelLimit=0,
        domain=False,
        ticks=False,
    )
    headings = {
        "label": row_title,
        "column": column_title,
        "partner": "Partner's",
        "destination": "Destination's",
        "lean": "Lean",
    }
    base = alt.Chart(data).encode(
        x=alt.X("column:N", sort=columns, title=None, axis=turn, scale=alt.Scale(domain=columns)),
        y=alt.Y("label:N", sort=list(order), title=None, axis=alt.Axis(domain=False, ticks=False)),
        tooltip=tooltips(**headings, **_VALUE_HEADINGS),
    )
    domain = [*_LEAN_LABELS.values()]
    tone = alt.Color(
        "lean:N", scale=alt.Scale(domain=domain, range=[ORANGE, BLUE]), legend=alt.Legend(title=None), sort=domain
    )
    clear = alt.datum.lean != _UNCLEAR
    cells = base.transform_filter(clear).mark_rect(cornerRadius=2, aria=False).encode(color=tone)
    bold = base.transform_filter(clear).mark_text(fontSize=12, fontWeight="bold", aria=False)
    faint = base.transform_filter(~clear).mark_text(fontSize=12, color=FOREGROUND, opacity=0.75, aria=False)
    ink = alt.condition(alt.datum.lean == _LEAN_LABELS[True], alt.value("black"), alt.value("white"))
    number = alt.Text("shown:Q", format=_LOG_ODDS_FORMAT)
    drawn = (cells + bold.encode(text=number, color=ink) + faint.encode(text=number)).properties(
        width=width * len(columns), height=(ROW_HEIGHT_PX + 1) * len(order)
    )
    words = (
        f"A table of {len(order)} rows by {len(columns)} columns; each cell bears a log-odds ratio. "
        f"Clear in {int((data['lean'] != _UNCLEAR).sum())} of {len(data)} cells. {_strongest_contrasts(data)}"
    )
    table = {"label": row_title, "column": column_title, "partner": "Partner's", "destination": "Destination's"}
    table |= {field: heading for field, (heading, _) in _VALUE_HEADINGS.items()} | {"lean": "Lean"}
    return with_metadata(drawn, name, title, words, table, note)


def _values_and_clarity(data: pd.DataFrame) -> Iterator[tuple[float, bool]]:
    return zip(data["value"], data["clear"], strict=True)


def _strongest_contrasts(data: pd.DataFrame) -> str:
    """The clear contrasts at either end."""
    clear = data[data["lean"] != _UNCLEAR].sort_values("value", kind="stable")
    if clear.empty:
        return "None leans clearly to one side."
    least, most = clear.iloc[0], clear.iloc[-1]
    said = [
        f"{row['label']} ({row['column'].split(' (')[0]}, {row['value']:+.1f})"
        for row, there in ((most, most["value"] > 0), (least, least["value"] < 0))
        if there
    ]
    return f"Furthest to either side: {' and '.join(said)}."
