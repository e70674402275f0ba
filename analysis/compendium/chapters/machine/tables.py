"""What the machine can do and can not, as lists that a page shows."""

from collections.abc import Sequence
from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.chapters.machine.classifier import Prediction
from compendium.chapters.machine.evaluation import SCORE_HEADINGS
from compendium.reporting import tables
from compendium.reporting.inline_values import MINUS, UNKNOWN
from compendium.reporting.labels import format_percent
from compendium.stats.arrays import Bools

_N_OPENING_WORDS = 6
"""Words of a paragraph that are shown: as many as this book takes from a source in a row."""


def code_usefulness_table(usefulness: pd.DataFrame) -> HTML:
    """For which codes the machine is of use: :func:`compendium.chapters.machine.evaluation.code_usefulness` for the eye."""
    gains = zip(usefulness["gain"], usefulness["gain_low"], strict=True)
    shown = usefulness.assign(
        given=usefulness["given"].fillna(0).astype(int),
        gain=[_format_gain(gain, low) for gain, low in gains],
        majority=usefulness["majority"].map(format_percent),
        use=usefulness["useful"].map({True: "● of use", False: "○ of no use"}),
    )
    headings = {"label": "Code", "use": "The machine is", "given": "Marked", "precision": "Precision"}
    headings |= {"recall": "Recall", "f1": "F1", "alpha": "Alpha"}
    headings |= {"majority": "Majority rule", "gain": "Gain, points"}
    return tables.html_table(shown, headings, "For which codes the machine is of use")


def precision_recall_table(scores: pd.DataFrame, test: str, codes: pd.DataFrame, order: Sequence[str]) -> HTML:
    """Precision, recall and F1 of each code against each coder on one test, with intervals, in this order of labels."""
    own = scores[scores["test"] == test]
    rows = codes[["code_id", "label"]].set_index("label").loc[list(order)].reset_index()
    headings = {"label": "Code"}
    for coder, part in own.groupby("coder", sort=True):
        known = part.set_index("code_id").loc[rows["code_id"]]
        rows[f"given {coder}"] = known["given"].tolist()
        headings[f"given {coder}"] = f"Marked by {coder}"
        for figure, heading in SCORE_HEADINGS.items():
            ends = zip(known[figure], known[f"{figure}_low"], known[f"{figure}_high"], strict=True)
            rows[f"{figure} {coder}"] = [_with_interval(*each) for each in ends]
            headings[f"{figure} {coder}"] = f"{heading} with {coder}"
    n = ", ".join(f"{n:,}" for n in own["n"].unique())
    return tables.html_table(rows, headings, f"On {test}, with 95 % intervals over documents; n = {n} statements")


def _with_interval(value: float, low: float, high: float) -> str:
    return "–" if pd.isna(value) else f"{value:.2f}" if pd.isna(low) else f"{value:.2f} ({low:.2f}–{high:.2f})"


def off_topic_table(off_topic: pd.DataFrame) -> HTML:
    """What the machine marks on and off its subject: :func:`presidential_messages.outside` as a table."""
    shown = off_topic.assign(
        **{field: off_topic[field].map(_format_per_cent) for field in ("inside", "outside", "hits", "alarms")}
    )
    headings = {"label": "Code", "inside": "Marked on migration", "outside": "Marked elsewhere"}
    headings |= {"hits": "Found in the test", "alarms": "False alarms in the test"}
    return tables.html_table(shown, headings, "What the machine marks, and how it erred on cases that it had not seen")


def marked_paragraphs_table(
    paragraphs: pd.DataFrame, prediction: Prediction, code_mask: Bools, codes: pd.DataFrame
) -> HTML:
    """Where the machine marked a ``code_mask`` code, for whoever wants to see whether it was right."""
    labels = codes["label"].to_numpy()
    shown = []
    for row, chances, marks in zip(
        paragraphs.to_dict("records"), prediction.probabilities, prediction.code_matrix & code_mask, strict=True
    ):
        if marks.any():
            said = (f"{label} {chance:.2f}" for label, chance in zip(labels[marks], chances[marks], strict=True))
            opening = " ".join(row["text"].split()[:_N_OPENING_WORDS])
            link = f'<a href="{escape(row["url"])}" rel="external">{row["year"]}, {escape(row["president"])}</a>'
            shown.append((HTML(link), int(row["place"]), f"{opening} …", ", ".join(said)))
    table = pd.DataFrame(shown, columns=["message", "place", "opening", "codes"])
    headings = {"message": "Message", "place": "Paragraph", "opening": "It begins", "codes": "Codes, with their chance"}
    return tables.html_table(table, headings, "Paragraphs on migration in which the machine saw a code")


def _format_gain(gain: float, low: float) -> str:
    said = "–" if pd.isna(gain) else f"{100 * gain:+.1f}" + ("" if pd.isna(low) else f" (from {100 * low:+.1f})")
    return said.replace("-", MINUS)


def _format_per_cent(share: float) -> str:
    return UNKNOWN if pd.isna(share) else f"{100 * share:.1f} %"
