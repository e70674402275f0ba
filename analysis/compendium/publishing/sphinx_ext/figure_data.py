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

    def to_html(self, caption: str, linked: Callable[[str], str] = escape) -> str:
        """A table whose first column heads its rows; numbers are rounded and stand to the right.

        ``linked`` gives a cell's text as HTML.
        """
        kinds = {field: ' class="number"' if self._is_number(field) else "" for field in self.columns}
        head = "".join(
            f'<th scope="col"{kinds[field]}>{escape(heading)}</th>' for field, heading in self.columns.items()
        )
        body = "".join(f"<tr>{''.join(self._row_cells(row, kinds, linked))}</tr>" for row in self.rows)
        return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _row_cells(self, row: dict[str, Any], kinds: dict[str, str], linked: Callable[[str], str]) -> Iterator[str]:
        for place, field in enumerate(self.columns):
            text = linked(format_cell(row.get(field), self.formats.get(field, "")))
            yield f"<td{kinds[field]}>{text}</td>" if place else f'<th scope="row">{text}</th>'

    def _is_number(self, field: str) -> bool:
        values = [row.get(field) for row in self.rows]
        return all(value is None or (isinstance(value, int | float) and value is not True) for value in values)


def format_cell(value: Any, form: str = "") -> str:
    """A value as a reader sees it: shares as per cent with one decimal, fractions with two unless ``form`` says more.

    ``form`` is a d3 number format; those used here (``.1%``, ``+.1f``, ``d``) mean the same in Python.
    """
    if value is None or value != value:
        return _MISSING_TEXT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if form.endswith("%"):
        text = f"{100 * value:.1f}\N{NO-BREAK SPACE}%"
    elif form.endswith("f"):
        text = format(value, form)
    else:
        text = str(int(value)) if value == int(value) else f"{value:.2f}"
    return text.replace("-", "−")


def _field_formats(part: Any) -> Iterator[tuple[str, str]]:
    """Every (field, format) that axes, tooltips and text marks of a specification declare; data are not searched."""
    if isinstance(part, list):
        for item in part:
            yield from _field_formats(item)
    elif isinstance(part, dict):
        form = part.get("format") or (part.get("axis") or {}).get("format")
        if isinstance(part.get("field"), str) and form:
            yield part["field"], form
        for key, item in part.items():
            if key not in ("datasets", "data", "config", "usermeta"):
                yield from _field_formats(item)
