"""What the two sides say, as lists to read: the statements behind a contrast."""

from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.dataset.parts import Part
from compendium.reporting.tables import document_link

_CASES_URL = "../cases"


def clear_statements_list(clear_rows: pd.DataFrame, parts: list[Part], top_n: int = 3) -> HTML:
    """For each clear contrast, the statements of the side that speaks more, at most ``top_n``, a document each first.

    ``clear_rows`` is that of :func:`compendium.chapters.voice.plot_data.clear_log_odds`.
    """
    talks = {part.label: part.coded_statements for part in parts}
    blocks = []
    for row in clear_rows.to_dict("records"):
        talk = talks[row["part"]]
        marks = (talk.frames if row["kind"] == "frame" else talk.areas)[row["code_id"]].to_numpy()
        own = talk.statements[marks & (talk.statements["speaker_side"] == row["side"]).to_numpy()]
        turn = own.groupby("document_id").cumcount()
        shown = own.assign(turn=turn).sort_values(["turn", "date", "statement_id"], kind="stable").head(top_n)
        numbers = f"{row['side']}: {len(own)} statements in {own['document_id'].nunique()} documents"
        heading = f"<b>{escape(row['label'])}</b> <small>{numbers}</small>"
        items = "".join(f"<li>{_statement_html(each)}</li>" for each in shown.to_dict("records"))
        blocks.append(f"<details><summary>{heading}</summary><ul>{items}</ul></details>")
    return HTML(f'<div class="listing">{"".join(blocks) or "<p>No contrast is clear.</p>"}</div>')


def _statement_html(row: dict[str, str]) -> str:
    place = f"{_CASES_URL}/{row['case_id']}/sources.html#{row['statement_id']}"
    when = row["date"] or "no date"
    return (
        f"{escape(row['text'])} <small>{escape(row['speaker'])}, {when}. {document_link(row)} · "
        f'<a href="{place}">in its document, with all codes</a></small>'
    )
