"""Rows of charts and tables on the log-odds ratios between the two speaker sides."""

import pandas as pd

from compendium.reporting.labels import code_labels, format_percent

_SIDES = ("partner", "destination")


def with_count_labels(log_odds_rows: pd.DataFrame) -> pd.DataFrame:
    """Add ``column``: the part with the number of codes of each side, such as ``Xland (21 : 90)``.

    Examples
    --------
    >>> rows = pd.DataFrame({"part": ["Xland"], "n_partner": [21.0], "n_destination": [90.0]})
    >>> with_count_labels(rows)["column"].tolist()
    ['Xland (21 : 90)']
    """
    counts = zip(log_odds_rows["part"], log_odds_rows["n_partner"], log_odds_rows["n_destination"], strict=True)
    return log_odds_rows.assign(
        column=[f"{part} ({int(n_partner)} : {int(n_destination)})" for part, n_partner, n_destination in counts]
    )


def labels_by_mean_log_odds(log_odds_rows: pd.DataFrame) -> list[str]:
    """Labels in descending order of their mean log-odds ratio over all parts: partners' codes first.

    Examples
    --------
    >>> rows = pd.DataFrame({"label": ["returns", "visas", "visas"], "value": [-1.0, 0.5, 1.5]})
    >>> labels_by_mean_log_odds(rows)
    ['visas', 'returns']
    """
    return log_odds_rows.groupby("label")["value"].mean().sort_values(ascending=False, kind="stable").index.tolist()


def clear_log_odds(log_odds_rows: pd.DataFrame) -> pd.DataFrame:
    """Clear log-odds ratios of partnerships in descending order, each labelled with code and partnership.

    Examples
    --------
    >>> rows = pd.DataFrame({"label": ["visas"], "part": ["Xland"], "group": ["partnership"], "side": ["partner"]})
    >>> clear_log_odds(rows.assign(clear=True, value=1.0))[["label", "group", "code"]].iloc[0].tolist()
    ['visas: Xland', 'partner', 'visas']
    """
    clear_rows = log_odds_rows[log_odds_rows["clear"] & (log_odds_rows["group"] == "partnership")]
    clear_rows = clear_rows.sort_values(["value", "label"], ascending=[False, True], kind="stable")
    labels = [f"{label}: {part}" for label, part in zip(clear_rows["label"], clear_rows["part"], strict=True)]
    return clear_rows.assign(code=clear_rows["label"], label=labels, group=clear_rows["side"]).reset_index(drop=True)


def clear_word_rows(words: pd.DataFrame) -> pd.DataFrame:
    """List the clear words of each part, with their counts, in a column for each side.

    Examples
    --------
    >>> words = pd.DataFrame({"part": ["Xland"], "label": ["visas"], "z": [2.5], "partner": [9], "destination": [1]})
    >>> clear_word_rows(words.assign(clear=True, side="partner")).iloc[0].tolist()
    ['Xland', 'visas (9 : 1)', '–']
    """
    rows = []
    for part, part_words in words.groupby("part", sort=False):
        strongest = part_words.reindex(part_words["z"].abs().sort_values(ascending=False, kind="stable").index)
        strongest = strongest[strongest["clear"]]
        rows.append(
            {"part": part} | {side: _format_counted_words(strongest[strongest["side"] == side]) for side in _SIDES}
        )
    return pd.DataFrame(rows, columns=["part", *_SIDES])


def _format_counted_words(words: pd.DataFrame) -> str:
    counts = zip(words["label"], words["partner"], words["destination"], strict=True)
    return ", ".join(f"{word} ({int(partner)} : {int(destination)})" for word, partner, destination in counts) or "–"


def absent_code_rows(absent_codes: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Label the codes that one side never mentions and write their upper limit as per cent.

    Examples
    --------
    >>> codes = pd.DataFrame({"code_id": ["visas"], "label": ["Visas"]})
    >>> absent_code_rows(pd.DataFrame({"code_id": ["visas"], "most": [0.25]}), codes)["label"].tolist()
    ['Visas']
    """
    return absent_codes.assign(
        label=absent_codes["code_id"].map(code_labels(codes)), most=absent_codes["most"].map(format_percent)
    )
