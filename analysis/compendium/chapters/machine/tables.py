"""Tables on the text classifier: usefulness, precision and recall by code, and predictions off its subject."""

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
"""Words shown of a paragraph: the most that this book quotes from a source."""


def code_usefulness_table(usefulness: pd.DataFrame) -> HTML:
    """Show for which codes the classifier is of use.

    Parameters
    ----------
    usefulness : DataFrame
        Result of :func:`compendium.chapters.machine.evaluation.code_usefulness`.

    Examples
    --------
    >>> row = {"label": "Visas", "given": 9, "precision": 0.8, "recall": 0.6, "f1": 0.69, "alpha": 0.6}
    >>> row |= {"majority": 0.9, "gain": 0.02, "gain_low": 0.01, "useful": True}
    >>> "● of use" in code_usefulness_table(pd.DataFrame([row])).data
    True
    """
    gains = zip(usefulness["gain"], usefulness["gain_low"], strict=True)
    rows = usefulness.assign(
        given=usefulness["given"].fillna(0).astype(int),
        gain=[_format_gain(gain, low) for gain, low in gains],
        majority=usefulness["majority"].map(format_percent),
        use=usefulness["useful"].map({True: "● of use", False: "○ of no use"}),
    )
    headings = {"label": "Code", "use": "The machine is", "given": "Marked", "precision": "Precision"}
    headings |= {"recall": "Recall", "f1": "F1", "alpha": "Alpha"}
    headings |= {"majority": "Majority rule", "gain": "Gain, points"}
    return tables.html_table(rows, headings, "For which codes the machine is of use")


def precision_recall_table(scores: pd.DataFrame, test: str, codes: pd.DataFrame, order: Sequence[str]) -> HTML:
    """Show precision, recall and F1 of each code against each coder on one test, with intervals.

    Parameters
    ----------
    scores : DataFrame
        Result of :func:`compendium.chapters.machine.evaluation.classifier_scores`.
    test : str
        Value of ``test`` in ``scores``.
    codes : DataFrame
        ``code_id`` and ``label``.
    order : sequence of str
        Labels of the rows, from the top.

    Examples
    --------
    >>> row = {"test": "cases not seen", "coder": "A", "code_id": "visas", "given": 9, "n": 100}
    >>> row |= {f"{name}{end}": 0.5 for name in ("precision", "recall", "f1") for end in ("", "_low", "_high")}
    >>> codes = pd.DataFrame({"code_id": ["visas"], "label": ["Visas"]})
    >>> "0.50 (0.50–0.50)" in precision_recall_table(pd.DataFrame([row]), "cases not seen", codes, ["Visas"]).data
    True
    """
    test_scores = scores[scores["test"] == test]
    rows = codes[["code_id", "label"]].set_index("label").loc[list(order)].reset_index()
    headings = {"label": "Code"}
    for coder, coder_scores in test_scores.groupby("coder", sort=True):
        by_code = coder_scores.set_index("code_id").loc[rows["code_id"]]
        rows[f"given {coder}"] = by_code["given"].tolist()
        headings[f"given {coder}"] = f"Marked by {coder}"
        for score, heading in SCORE_HEADINGS.items():
            intervals = zip(by_code[score], by_code[f"{score}_low"], by_code[f"{score}_high"], strict=True)
            rows[f"{score} {coder}"] = [_with_interval(value, low, high) for value, low, high in intervals]
            headings[f"{score} {coder}"] = f"{heading} with {coder}"
    n = ", ".join(f"{n:,}" for n in test_scores["n"].unique())
    return tables.html_table(rows, headings, f"On {test}, with 95 % intervals over documents; n = {n} statements")


def _with_interval(value: float, low: float, high: float) -> str:
    return "–" if pd.isna(value) else f"{value:.2f}" if pd.isna(low) else f"{value:.2f} ({low:.2f}–{high:.2f})"


def off_topic_table(off_topic: pd.DataFrame) -> HTML:
    """Show how often the classifier predicts each code on and off its subject, and its error rates.

    Parameters
    ----------
    off_topic : DataFrame
        Result of :func:`compendium.chapters.machine.presidential_messages.off_topic_shares`.

    Examples
    --------
    >>> off_topic = pd.DataFrame({"label": ["Visas"], "inside": 0.2, "outside": 0.01, "hits": 0.6, "alarms": 0.05})
    >>> "20.0 %" in off_topic_table(off_topic).data
    True
    """
    rows = off_topic.assign(
        **{field: off_topic[field].map(_format_per_cent) for field in ("inside", "outside", "hits", "alarms")}
    )
    headings = {"label": "Code", "inside": "Marked on migration", "outside": "Marked elsewhere"}
    headings |= {"hits": "Found in the test", "alarms": "False alarms in the test"}
    return tables.html_table(rows, headings, "What the machine marks, and how it erred on cases that it had not seen")


def marked_paragraphs_table(
    paragraphs: pd.DataFrame, prediction: Prediction, code_mask: Bools, codes: pd.DataFrame
) -> HTML:
    """List the paragraphs for which the classifier predicts one of the selected codes.

    Parameters
    ----------
    paragraphs : DataFrame
        ``text``, ``url``, ``year``, ``president``, ``place``.
    prediction : Prediction
        Row for row with ``paragraphs``.
    code_mask : ndarray of bool, shape (codes,)
        Codes that are listed.
    codes : DataFrame
        ``label`` of each code, in the order of ``code_mask``.

    Examples
    --------
    >>> paragraphs = pd.DataFrame({"text": ["We need visas."], "url": "#", "year": 1994, "place": 1})
    >>> import numpy as np
    >>> prediction = Prediction(np.array([[0.8]]), np.array([[True]]))
    >>> table = marked_paragraphs_table(
    ...     paragraphs.assign(president="Doe"), prediction, np.array([True]), pd.DataFrame({"label": ["Visas"]})
    ... )
    >>> "Visas 0.80" in table.data
    True
    """
    labels = codes["label"].to_numpy()
    rows = []
    for paragraph, probabilities, code_matrix_row in zip(
        paragraphs.to_dict("records"), prediction.probabilities, prediction.code_matrix & code_mask, strict=True
    ):
        if code_matrix_row.any():
            predicted = zip(labels[code_matrix_row], probabilities[code_matrix_row], strict=True)
            opening = " ".join(paragraph["text"].split()[:_N_OPENING_WORDS])
            link = (
                f'<a href="{escape(paragraph["url"])}" rel="external">'
                f"{paragraph['year']}, {escape(paragraph['president'])}</a>"
            )
            code_list = ", ".join(f"{label} {probability:.2f}" for label, probability in predicted)
            rows.append((HTML(link), int(paragraph["place"]), f"{opening} …", code_list))
    table = pd.DataFrame(rows, columns=["message", "place", "opening", "codes"])
    headings = {"message": "Message", "place": "Paragraph", "opening": "It begins", "codes": "Codes, with their chance"}
    return tables.html_table(table, headings, "Paragraphs on migration in which the machine saw a code")


def _format_gain(gain: float, low: float) -> str:
    text = "–" if pd.isna(gain) else f"{100 * gain:+.1f}" + ("" if pd.isna(low) else f" (from {100 * low:+.1f})")
    return text.replace("-", MINUS)


def _format_per_cent(share: float) -> str:
    return UNKNOWN if pd.isna(share) else f"{100 * share:.1f} %"
