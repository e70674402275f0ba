"""The data table of a chart: the columns that its author chose, with numbers written as the chart writes them."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

_MISSING_TEXT = "–"


@dataclass(frozen=True)
class DataTable:
    """Rows of a chart's data, raw; ``formats`` are d3 formats of those fields for which the chart gives one."""

    columns: dict[str, str]
    rows: list[dict[str, Any]]
    formats: dict[str, str]

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> "DataTable":
        """The table that ``usermeta.compendium`` of a Vega-Lite specification asks for.

        Its ``columns`` are pairs of field and heading, because notebooks on disk do not keep the order of an object.
        """
        about = spec["usermeta"]["compendium"]
        return cls(dict(about["columns"]), spec["datasets"][about["data"]], dict(_field_formats(spec)))

    def to_csv(self) -> str:
        """The raw values, under the headings."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns.values())
        writer.writerows([row.get(field) for field in self.columns] for row in self.rows)
        return text.getvalue()

    def to_html(self, caption: str, link_cell: Callable[[str], str] = escape) -> str:
        """A table whose first column heads its rows; numbers are rounded and stand to the right.

        ``link_cell`` gives a cell's text as HTML.
        """
        kinds = {field: ' class="number"' if self._is_number(field) else "" for field in self.columns}
        head = "".join(
            f'<th scope="col"{kinds[field]}>{escape(heading)}</th>' for field, heading in self.columns.items()
        )
        body = "".join(f"<tr>{''.join(self._row_cells(row, kinds, link_cell))}</tr>" for row in self.rows)
        return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _row_cells(
        self, row: dict[str, Any], class_attributes: dict[str, str], link_cell: Callable[[str], str]
    ) -> Iterator[str]:
        for place, field in enumerate(self.columns):
            text = link_cell(format_cell(row.get(field), self.formats.get(field, "")))
            yield f"<td{class_attributes[field]}>{text}</td>" if place else f'<th scope="row">{text}</th>'

    def _is_number(self, field: str) -> bool:
        values = [row.get(field) for row in self.rows]
        return all(value is None or (isinstance(value, int | float) and value is not True) for value in values)


def format_cell(value: Any, number_format: str = "") -> str:
    """A value as a reader sees it: shares as per cent with one decimal, fractions with two unless ``number_format`` says more.

    ``number_format`` is a d3 number format; those used here (``.1%``, ``+.1f``, ``d``) mean the same in Python.
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
    """Every (field, format) that axes, tooltips and text marks of a specification declare; data are not searched."""
    if isinstance(spec_part, list):
        for item in spec_part:
            yield from _field_formats(item)
    elif isinstance(spec_part, dict):
        form = spec_part.get("format") or (spec_part.get("axis") or {}).get("format")
        if isinstance(spec_part.get("field"), str) and form:
            yield spec_part["field"], form
        for key, item in spec_part.items():
            if key not in ("datasets", "data", "config", "usermeta"):
                yield from _field_formats(item)
