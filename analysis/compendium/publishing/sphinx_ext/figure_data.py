"""The data table of a chart: the columns that its author chose, with numbers formatted as in the chart."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

_MISSING_TEXT = "–"


@dataclass(frozen=True)
class DataTable:
    """Unformatted rows of a chart's data; ``columns`` maps fields to headings, ``formats`` fields to d3 formats."""

    columns: dict[str, str]
    rows: list[dict[str, Any]]
    formats: dict[str, str]

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> "DataTable":
        """Build the table that ``usermeta.compendium`` of a Vega-Lite specification describes.

        Its ``columns`` are pairs of field and heading, because saved notebooks do not keep the order of object keys.
        """
        metadata = spec["usermeta"]["compendium"]
        return cls(dict(metadata["columns"]), spec["datasets"][metadata["data"]], dict(_field_formats(spec)))

    def to_csv(self) -> str:
        """The table as CSV, with headings and unformatted values."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns.values())
        writer.writerows([row.get(field) for field in self.columns] for row in self.rows)
        return text.getvalue()

    def to_html(self, caption: str, link_cell: Callable[[str], str] = escape) -> str:
        """The table as HTML; the first column holds row headings, numbers are rounded and right-aligned.

        Parameters
        ----------
        caption : str
            Caption of the table.
        link_cell : callable
            Converts the text of a cell to HTML.
        """
        classes = {field: ' class="number"' if self._is_number(field) else "" for field in self.columns}
        head = "".join(
            f'<th scope="col"{classes[field]}>{escape(heading)}</th>' for field, heading in self.columns.items()
        )
        body = "".join(f"<tr>{''.join(self._row_cells(row, classes, link_cell))}</tr>" for row in self.rows)
        return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _row_cells(
        self, row: dict[str, Any], class_attributes: dict[str, str], link_cell: Callable[[str], str]
    ) -> Iterator[str]:
        for index, field in enumerate(self.columns):
            text = link_cell(format_cell(row.get(field), self.formats.get(field, "")))
            yield f"<td{class_attributes[field]}>{text}</td>" if index else f'<th scope="row">{text}</th>'

    def _is_number(self, field: str) -> bool:
        values = [row.get(field) for row in self.rows]
        return all(value is None or (isinstance(value, int | float) and value is not True) for value in values)


def format_cell(value: Any, number_format: str = "") -> str:
    """Format a value for readers: percentages with one decimal place, other fractions with two by default.

    Parameters
    ----------
    value : object
        Text, number, bool or None.
    number_format : str
        A d3 number format; those in use (``.1%``, ``+.1f``, ``d``) mean the same in Python.

    Examples
    --------
    >>> format_cell(-4.25, "+.1f"), format_cell(0.12345), format_cell(True), format_cell(None)
    ('−4.2', '0.12', 'yes', '–')
    """
    if value is None or value != value:
        return _MISSING_TEXT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if number_format.endswith("%"):
        text = f"{100 * value:.1f}\N{NO-BREAK SPACE}%"
    elif number_format.endswith("f"):
        text = format(value, number_format)
    else:
        text = str(int(value)) if value == int(value) else f"{value:.2f}"
    return text.replace("-", "−")


def _field_formats(spec_part: Any) -> Iterator[tuple[str, str]]:
    """Pairs of field and number format that the axes, tooltips and text marks of a specification declare."""
    if isinstance(spec_part, list):
        for item in spec_part:
            yield from _field_formats(item)
    elif isinstance(spec_part, dict):
        number_format = spec_part.get("format") or (spec_part.get("axis") or {}).get("format")
        if isinstance(spec_part.get("field"), str) and number_format:
            yield spec_part["field"], number_format
        for key, item in spec_part.items():
            if key not in ("datasets", "data", "config", "usermeta"):
                yield from _field_formats(item)
