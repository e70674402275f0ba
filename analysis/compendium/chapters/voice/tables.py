"""List of the statements behind each clear log-odds ratio."""

from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.dataset.parts import Part
from compendium.reporting.tables import document_link

_CASES_URL = "../cases"


def clear_statements_list(clear_rows: pd.DataFrame, parts: list[Part], top_n: int = 3) -> HTML:
    """List, for each clear log-odds ratio, statements of the side with the higher odds.

    Parameters
    ----------
    clear_rows : DataFrame
        Result of :func:`compendium.chapters.voice.plot_data.clear_log_odds`.
    parts : list of Part
    top_n : int
        Number of statements listed for each ratio; each document gives one before any gives a second.

    Examples
    --------
    >>> "No contrast is clear." in clear_statements_list(pd.DataFrame(), []).data
    True
    """
    coded_statements_by_part = {part.label: part.coded_statements for part in parts}
    blocks = []
    for row in clear_rows.to_dict("records"):
        coded_statements = coded_statements_by_part[row["part"]]
        code_matrix = coded_statements.frames if row["kind"] == "frame" else coded_statements.areas
        has_code = code_matrix[row["code_id"]].to_numpy()
        is_side = (coded_statements.statements["speaker_side"] == row["side"]).to_numpy()
        statements = coded_statements.statements[has_code & is_side]
        ordered = statements.assign(place_in_document=statements.groupby("document_id").cumcount()).sort_values(
            ["place_in_document", "date", "statement_id"], kind="stable"
        )
        counts = f"{row['side']}: {len(statements)} statements in {statements['document_id'].nunique()} documents"
        heading = f"<b>{escape(row['label'])}</b> <small>{counts}</small>"
        items = "".join(
            f"<li>{_statement_html(statement)}</li>" for statement in ordered.head(top_n).to_dict("records")
        )
        blocks.append(f"<details><summary>{heading}</summary><ul>{items}</ul></details>")
    return HTML(f'<div class="listing">{"".join(blocks) or "<p>No contrast is clear.</p>"}</div>')


def _statement_html(statement: dict[str, str]) -> str:
    url = f"{_CASES_URL}/{statement['case_id']}/sources.html#{statement['statement_id']}"
    date = statement["date"] or "no date"
    return (
        f"{escape(statement['text'])} <small>{escape(statement['speaker'])}, {date}. {document_link(statement)} · "
        f'<a href="{url}">in its document, with all codes</a></small>'
    )
