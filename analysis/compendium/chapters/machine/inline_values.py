"""Inline values of the chapters on the text classifier and on presidents' messages."""

import math
from collections.abc import Iterable

import pandas as pd

from compendium.chapters.machine.classifier import TrainingSet
from compendium.chapters.machine.evaluation import ALL_STATEMENTS, UNSEEN_CASES, UNSEEN_DOCUMENTS
from compendium.chapters.machine.presidential_messages import MIN_PARAGRAPHS
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase, top_row


def classifier_values(
    training_set: TrainingSet, set_alphas: dict[str, pd.DataFrame], usefulness: dict[str, pd.DataFrame]
) -> InlineValues:
    """Give the size of the training set, the agreement of the classifier, and the codes for which it is of use.

    Parameters
    ----------
    training_set : TrainingSet
    set_alphas : dict of DataFrame
        By test, results of :func:`compendium.chapters.machine.evaluation.classifier_set_alphas`.
    usefulness : dict of DataFrame
        By test, results of :func:`compendium.chapters.machine.evaluation.code_usefulness`; the hardest test last.
    """
    values: InlineValues = {
        "statements": Number(len(training_set.statements), "coded statements that the machine learns from"),
        "documents": Number(training_set.statements["document_id"].nunique(), "documents of these statements"),
        "codes": Number(len(training_set.codes), "codes in the codebook"),
    }
    for test, name in ((UNSEEN_DOCUMENTS, "documents"), (UNSEEN_CASES, "cases")):
        table = usefulness.get(test)
        n_useless = math.nan if table is None else int((~table["useful"]).sum())
        n_better = math.nan if table is None else int((table["gain_low"] > 0).sum())
        values[f"useless_{name}"] = Number(n_useless, f"codes for which the machine is of no use on {test}")
        values[f"better_{name}"] = Number(
            n_better, f"codes that are better than the majority rule on {test}, by more than the interval"
        )
        alphas = set_alphas.get(test, pd.DataFrame(columns=["label", "value", "low", "high", "n"]))
        lowest = top_row(alphas[alphas["label"] == ALL_STATEMENTS], "value", ascending=True)
        values[f"alpha_{name}"] = Number(
            lowest["value"],
            f"alpha of whole sets of codes with the coder whom the machine follows least, on {test}",
            "plain",
            None if pd.isna(lowest["n"]) else int(lowest["n"]),
            lowest["low"],
            lowest["high"],
        )
    hardest = list(usefulness)[-1]
    is_useful, labels = usefulness[hardest]["useful"], usefulness[hardest]["label"]
    values["hardest"] = Phrase(hardest, "the test that is nearest to the use")
    values["useful"] = Phrase(_join_labels(labels[is_useful]), "codes for which the machine is of use")
    values["useless"] = Phrase(_join_labels(labels[~is_useful]), "codes for which the machine is of no use")
    return values


def presidential_message_values(
    paragraphs: pd.DataFrame, shares: pd.DataFrame, migration_shares: pd.DataFrame, off_topic: pd.DataFrame
) -> InlineValues:
    """Give the number of messages read, their share on migration, and the code whose share varies most.

    Parameters
    ----------
    paragraphs : DataFrame
        Result of :func:`compendium.chapters.machine.presidential_messages.load_paragraphs`.
    shares : DataFrame
        Result of :func:`compendium.chapters.machine.presidential_messages.drop_small_spans`.
    migration_shares : DataFrame
        Result of :func:`compendium.chapters.machine.presidential_messages.migration_shares_by_presidency`.
    off_topic : DataFrame
        Result of :func:`compendium.chapters.machine.presidential_messages.off_topic_shares`.
    """
    ranked = migration_shares.sort_values("share", kind="stable")
    lowest, highest = ranked.iloc[0], ranked.iloc[-1]
    values: InlineValues = {
        "first_year": Phrase(str(paragraphs["year"].min()), "year of the first message read"),
        "last_year": Phrase(str(paragraphs["year"].max()), "year of the last message read"),
        "messages": Number(paragraphs["url"].nunique(), "annual messages read by the machine"),
        "paragraphs": Number(len(paragraphs), "paragraphs of these messages"),
        "migration": Number(int(paragraphs["migration"].sum()), "paragraphs that speak of migration"),
        "most_span": Phrase(highest["span"], "the years whose messages speak of migration most"),
        "most": Number(highest["share"], "paragraphs on migration in these years", "share", int(highest["n"])),
        "least_span": Phrase(lowest["span"], "the years whose messages speak of migration least"),
        "least": Number(lowest["share"], "paragraphs on migration in these years", "share", int(lowest["n"])),
        "least_paragraphs": Number(MIN_PARAGRAPHS, "paragraphs on migration without which years are left out"),
        "foreign": Phrase(
            _join_labels(off_topic.loc[off_topic["outside"] > off_topic["alarms"], "label"]),
            "codes that are marked off the subject more often than by mistake in the test",
        ),
        "codes": Number(off_topic["code_id"].nunique(), "codes for which the machine is of use on a new case"),
    }
    defined = shares.dropna(subset=["share"])
    if defined.empty:
        for name in ("code", "code_low_span", "code_high_span", "code_low", "code_high"):
            values[name] = Phrase(UNKNOWN, "no code is of use, so that none can be followed")
        return values
    by_label = defined.groupby("label", sort=False)["share"]
    code_shares = defined[defined["label"] == (by_label.max() - by_label.min()).idxmax()]
    code_shares = code_shares.sort_values("share", kind="stable")
    values["code"] = Phrase(code_shares["label"].iloc[0], "the code whose share of paragraphs on migration moves most")
    for name, row in (("low", code_shares.iloc[0]), ("high", code_shares.iloc[-1])):
        values[f"code_{name}_span"] = Phrase(row["span"], f"the years in which it is {name}est")
        values[f"code_{name}"] = Number(
            row["share"],
            "its corrected share of paragraphs on migration",
            "share",
            int(row["n"]),
            row["low"],
            row["high"],
        )
    return values


def _join_labels(labels: Iterable[str]) -> str:
    return ", ".join(labels) or "none"
