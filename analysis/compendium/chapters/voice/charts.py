"""Chart of log-odds ratios between the two speaker sides."""

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import pandas as pd

from compendium.reporting.altair_output import with_metadata
from compendium.reporting.charts import LETTER_WIDTH_PX, TABLE_WIDTH_PX, TWO_LINE_LABEL_EXPR, empty_chart_note
from compendium.reporting.theme import BLUE, FOREGROUND, ORANGE, ROW_HEIGHT_PX, tooltips

LOG_ODDS_NOTE = (
    "Log-odds ratios. Above zero the partner speaks of it more, below zero the destination; coloured cells are clear. "
    "In brackets: totals of partner : destination. Counts, z and intervals are in the data table."
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
    """Draw a table of log-odds ratios in which the clear ones are coloured by side.

    Parameters
    ----------
    data : DataFrame
        A row per cell: ``label`` (row), ``column``, ``value``, ``z``, ``low``, ``high``, ``partner``,
        ``destination`` (counts), ``clear``.
    name, title, note : str
    row_title, column_title : str
        What the rows and the columns stand for.
    order : sequence of str
        Labels of the rows, from the top.

    Examples
    --------
    >>> cell = {"label": "visas", "column": "Xland", "partner": 9, "destination": 1, "value": 2.0, "z": 3.0}
    >>> data = pd.DataFrame([cell | {"low": 1.0, "high": 3.0, "clear": True}])
    >>> chart = log_odds_chart(data, "frames", "Frames", "Frame", "Partner", order=["visas"])
    >>> len(chart.layer)
    3
    """
    data = data.assign(
        lean=[_LEAN_LABELS[value > 0] if clear else _UNCLEAR for value, clear in _values_and_clarity(data)]
    )
    data = data[["label", "column", "partner", "destination", *_VALUE_HEADINGS, "lean"]].round(3)
    data = data.assign(shown=data["value"].round(1) + 0.0)  # adding 0.0 turns -0.0 into 0.0
    columns = list(dict.fromkeys(data["column"]))
    label_width = LETTER_WIDTH_PX * max(len(line) for column in columns for line in column.split(" (")) + 8
    labels_fit = label_width * len(columns) <= TABLE_WIDTH_PX
    column_width = label_width if labels_fit else 40
    column_axis = alt.Axis(
        orient="top",
        labelAngle=0 if labels_fit else -40,
        labelExpr=TWO_LINE_LABEL_EXPR if labels_fit else "datum.label",
        labelPadding=17 if labels_fit else 2,
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
        x=alt.X("column:N", sort=columns, title=None, axis=column_axis, scale=alt.Scale(domain=columns)),
        y=alt.Y("label:N", sort=list(order), title=None, axis=alt.Axis(domain=False, ticks=False)),
        tooltip=tooltips(**headings, **_VALUE_HEADINGS),
    )
    domain = [*_LEAN_LABELS.values()]
    cell_colour = alt.Color(
        "lean:N", scale=alt.Scale(domain=domain, range=[ORANGE, BLUE]), legend=alt.Legend(title=None), sort=domain
    )
    is_clear = alt.datum.lean != _UNCLEAR
    cells = base.transform_filter(is_clear).mark_rect(cornerRadius=2, aria=False).encode(color=cell_colour)
    clear_text = base.transform_filter(is_clear).mark_text(fontSize=12, fontWeight="bold", aria=False)
    unclear_text = base.transform_filter(~is_clear).mark_text(fontSize=12, color=FOREGROUND, opacity=0.75, aria=False)
    text_colour = alt.condition(alt.datum.lean == _LEAN_LABELS[True], alt.value("black"), alt.value("white"))
    text = alt.Text("shown:Q", format=_LOG_ODDS_FORMAT)
    chart = (cells + clear_text.encode(text=text, color=text_colour) + unclear_text.encode(text=text)).properties(
        width=column_width * len(columns), height=(ROW_HEIGHT_PX + 1) * len(order)
    )
    description = (
        f"A table of {len(order)} rows by {len(columns)} columns; each cell has a log-odds ratio. "
        f"Clear in {int((data['lean'] != _UNCLEAR).sum())} of {len(data)} cells. {_strongest_contrasts(data)}"
    )
    table_headings = {field: heading for field, heading in headings.items() if field != "lean"}
    table_headings |= {field: heading for field, (heading, _) in _VALUE_HEADINGS.items()} | {"lean": "Lean"}
    return with_metadata(chart, name, title, description, table_headings, note)


def _values_and_clarity(data: pd.DataFrame) -> Iterator[tuple[float, bool]]:
    return zip(data["value"], data["clear"], strict=True)


def _strongest_contrasts(data: pd.DataFrame) -> str:
    """Name the largest and the smallest clear log-odds ratio in a sentence."""
    clear_rows = data[data["lean"] != _UNCLEAR].sort_values("value", kind="stable")
    if clear_rows.empty:
        return "None leans clearly to one side."
    smallest, largest = clear_rows.iloc[0], clear_rows.iloc[-1]
    contrasts = [
        f"{row['label']} ({row['column'].split(' (')[0]}, {row['value']:+.1f})"
        for row, is_of_side in ((largest, largest["value"] > 0), (smallest, smallest["value"] < 0))
        if is_of_side
    ]
    return f"Furthest to either side: {' and '.join(contrasts)}."
