"""HTML tables and lists of pages, and the links in them."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML

from compendium.dataset.dates import is_date

SOURCES_URL = "sources.html"
CODEBOOK_URL = "../../across/codebook.html"
EXPLORER_URL = "../explorer.html"
OWN_CODEBOOK_URL = "owncodes.html"
_WEB_SCHEMES = ("http://", "https://")
RowMapping = Mapping[Any, Any]


def html_table(frame: pd.DataFrame, headings: dict[str, str], caption: str) -> HTML:
    """Make a table of the columns ``headings`` that scrolls sideways on narrow screens.

    Parameters
    ----------
    frame : DataFrame
        Text is escaped; cells of the class :class:`IPython.display.HTML` are inserted unchanged. An empty frame gives a
        sentence instead of a table.
    headings : dict
        Column to heading, in the order of the table.
    caption : str
        Caption and accessible name.

    Examples
    --------
    >>> table = html_table(pd.DataFrame({"n": [1200]}), {"n": "Rows"}, "Numbers")
    >>> table.data[table.data.index("<tbody>"):]
    '<tbody><tr><td class="number">1,200</td></tr></tbody></table></div>'
    """
    if frame.empty:
        return HTML(f"<p>{escape(caption)}: none on record.</p>")
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings.values())
    body = "".join(
        f"<tr>{''.join(_table_cell(row[column]) for column in headings)}</tr>" for row in frame.to_dict("records")
    )
    return HTML(
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def collapsible_html(content: HTML, summary: str) -> HTML:
    """Fold a long table or list behind a line that opens it."""
    return listing_html([f"<details><summary>{escape(summary)}</summary>{content.data}</details>"])


def _table_cell(value: Any) -> str:
    if isinstance(value, HTML):
        return f"<td>{value.data}</td>"
    if isinstance(value, float):
        return f'<td class="number">{"–" if value != value else f"{value:.2f}"}</td>'
    if isinstance(value, int):
        return f'<td class="number">{value:,}</td>'
    return f"<td>{date_html(value) if is_date(value) else escape(value)}</td>"


def document_link(document: RowMapping, text: str = "") -> str:
    """Link the title of a document, or ``text``, to its web address; without one, return it unlinked."""
    language = "" if text else language_attribute(document)
    label = escape(text or document["title"])
    if not document["url"].lower().startswith(_WEB_SCHEMES):
        return f"<span{language}>{label}</span>"
    return f'<a href="{escape(document["url"])}" rel="external"{language}>{label}</a>'


def language_attribute(document: RowMapping) -> str:
    """Return the ``lang`` attribute of a title that is not English, for screen readers."""
    return f' lang="{document["language"]}"' if document["language"] not in ("", "en") else ""


def listing_html(items: Iterable[str]) -> HTML:
    """Put HTML items into one block, or say that there are none."""
    return HTML(f'<div class="listing">{"".join(items) or "<p>None on record.</p>"}</div>')


def count_with_noun(count: int, noun: str) -> str:
    """Write a number with its noun in singular or plural: ``1 measure``, ``1,200 measures``."""
    return f"{count} {noun}" if count == 1 else f"{count:,} {noun}s"


def collapsible_list(heading: str, items: Iterable[str]) -> str:
    """Make a folded HTML list of ``items`` behind ``heading``; both are HTML."""
    body = "".join(f"<li>{item}</li>" for item in items)
    return f"<details><summary>{heading}</summary><ul>{body}</ul></details>"


def date_html(date: str) -> str:
    """Mark up a date as HTML ``time``; an empty one reads "no date"."""
    return f'<time datetime="{date}">{date}</time>' if date else "no date"
