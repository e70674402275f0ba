"""How well the classifier does what coders do: against each coder, and against no classifier."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from compendium.chapters.machine import classifier
from compendium.chapters.machine.classifier import PROBABILITY_DIGITS, Prediction, TrainingSet
from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import ARCHITECTURE
from compendium.reporting.inline_values import Number, Phrase
from compendium.stats import agreement
from compendium.stats.arrays import Bools, Floats, ratio
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, cluster_sums, percentile_interval

CLASSIFIER_CODER = "machine"
UNSEEN_DOCUMENTS, UNSEEN_CASES = "documents not seen", "cases not seen"
ALL_STATEMENTS = "All statements"
_MIN_PRECISION_RECALL = 0.5
SCORE_HEADINGS = {"precision": "Precision", "recall": "Recall", "f1": "F1"}
_INTERVAL_COLUMNS = ("value", "low", "high")
SCORE_NAMES = ("precision", "recall", "f1", "alpha", "right", "majority", "gain")
_PROBABILITY_BINS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def held_out_predictions(training_set: TrainingSet) -> dict[str, Prediction]:
    """What the machine says of documents, and of cases, that it has not seen; with one case alone, of documents."""
    kernel = classifier.similarity(classifier.fit_vectorizer(training_set.statements["text"])[1])
    guesses = {UNSEEN_DOCUMENTS: classifier.predict_held_out_documents(training_set, kernel)}
    if training_set.statements["case_id"].nunique() > 1:
        guesses[UNSEEN_CASES] = classifier.predict_held_out_cases(training_set)
    return guesses


def hardest_test(predictions: dict[str, Prediction]) -> str:
    """The test that is nearest to the use: a case not seen, or, with one case alone, a document not seen."""
    return list(predictions)[-1]


def coder_ids(evidence: Evidence) -> list[str]:
    """Everybody whose codings are on record."""
    return sorted(evidence.codings["coder"].unique())


def coder_code_matrix(evidence: Evidence, training_set: TrainingSet, coder: str) -> tuple[Bools, Bools]:
    """Which of the lessons a coder has read, shape (statements,), and the marks there, shape (read, codes)."""
    own = evidence.codings[evidence.codings["coder"] == coder]
    read = training_set.statements["statement_id"].isin(own["statement_id"]).to_numpy()
    return read, agreement.code_matrices_by_coder(
        own, training_set.statements[read].reset_index(drop=True), training_set.codes
    )[0]


def classifier_scores(
    evidence: Evidence, training_set: TrainingSet, predictions: dict[str, Prediction], seed: int
) -> pd.DataFrame:
    """How far the machine gives the codes that each coder gives.

    Returns
    -------
    DataFrame
        A row for each ``test``, ``coder`` and ``code_id``: each of :data:`SCORE_NAMES` with its 95 % bootstrap
        interval over documents (``precision_low``, ``precision_high`` …), ``given`` and ``proposed`` (statements to
        which the coder gives the code, and the machine), ``both``, ``n`` (statements).

        ``precision`` is the share of the machine's marks that the coder shares, ``recall`` the share of the coder's
        marks that the machine finds, ``f1`` their harmonic mean, ``alpha`` Krippendorff's (nominal), ``right`` the
        share of statements on which the two say the same, ``majority`` the same share for a rule that always gives the
        more frequent answer, ``gain`` the difference. NaN where a figure is not defined, or the
        bootstrap can not tell an interval.
    """
    parts = []
    for coder in coder_ids(evidence):
        read, given = coder_code_matrix(evidence, training_set, coder)
        documents = training_set.statements.loc[read, "document_id"]
        for test, guess in predictions.items():
            table = _score_table(given, guess.code_matrix[read], documents, seed)
            parts.append(table.assign(test=test, coder=coder, code_id=training_set.codes))
    return pd.concat(parts, ignore_index=True).round(PROBABILITY_DIGITS)


def _score_table(coder_codes: Bools, predicted_codes: Bools, documents: pd.Series, seed: int) -> pd.DataFrame:
    codes = coder_codes.shape[1]
    counts = np.hstack(
        [coder_codes, predicted_codes, coder_codes & predicted_codes, np.ones((len(coder_codes), 1), dtype=bool)]
    )
    sums = cluster_sums(pd.DataFrame(counts), documents)[0].to_numpy(dtype=float)
    drawn = bootstrap_weights(len(sums), N_RESAMPLES, seed) @ sums
    whole = _scores(sums.sum(axis=0, keepdims=True), codes)
    replicates = _scores(drawn, codes)
    table = {}
    for name in SCORE_NAMES:
        table[name] = whole[name][0]
        low, high = percentile_interval(replicates[name])
        flat = low == high  # where nothing or all is right, each resample repeats it, and knows no doubt
        table[f"{name}_low"], table[f"{name}_high"] = np.where(flat, np.nan, low), np.where(flat, np.nan, high)
    numbers = sums.sum(axis=0).astype(int)
    frame = pd.DataFrame(table)
    for place, name in enumerate(("given", "proposed", "both")):
        frame[name] = numbers[place * codes : (place + 1) * codes]
    return frame.assign(n=int(numbers[-1]))


def _scores(sums: Floats, n_codes: int) -> dict[str, Floats]:
    """The figures out of counts: shape (draws, 3 × codes + 1) to shape (draws, codes) each."""
    given, proposed, both = sums[:, :n_codes], sums[:, n_codes : 2 * n_codes], sums[:, 2 * n_codes : 3 * n_codes]
    n = sums[:, -1:] + np.zeros_like(given)
    marks, differ = given + proposed, given + proposed - 2 * both
    right, majority = 1 - ratio(differ, n), np.maximum(ratio(given, n), 1 - ratio(given, n))
    return {
        "precision": ratio(both, proposed),
        "recall": ratio(both, given),
        "f1": ratio(2 * both, marks),
        "alpha": 1 - ratio((2 * n - 1) * differ, marks * (2 * n - marks)),
        "right": right,
        "majority": majority,
        "gain": right - majority,
    }


def code_usefulness(scores: pd.DataFrame, test: str, codes: pd.DataFrame) -> pd.DataFrame:
    """For which codes the machine is of use on what it has not seen.

    A code is of use when, against each coder, at least half of the machine's marks are shared by the coder and at least
    half of the coder's marks are found: less is wrong, or misses, more often than not.

    Returns
    -------
    DataFrame
        A row a code, best first: ``code_id``, ``label``, ``kind``, ``precision``, ``recall``, ``f1``, ``alpha``,
        ``right``, ``majority``, ``gain``, ``gain_low`` (each the lowest of all coders), ``given`` (the fewest), ``n``,
        ``useful``.
    """
    own = scores[scores["test"] == test]
    columns = ["precision", "recall", "f1", "alpha", "right", "majority", "gain", "gain_low", "given", "n"]
    lowest = own.groupby("code_id")[columns].agg(_lowest_score)
    table = codes[["code_id", "label", "kind"]].merge(lowest.reset_index(), on="code_id", how="left")
    useful = (table["precision"] >= _MIN_PRECISION_RECALL) & (table["recall"] >= _MIN_PRECISION_RECALL)
    table = table.assign(useful=useful, order=table["f1"].fillna(-1))
    return table.sort_values("order", ascending=False, kind="stable").drop(columns="order").reset_index(drop=True)


def _lowest_score(scores: pd.Series) -> float:
    """The lowest figure; NaN when one of them is not defined."""
    return float(scores.min(skipna=False))


def intercoder_alphas(evidence: Evidence, training_set: TrainingSet, seed: int) -> pd.DataFrame:
    """Alpha of each code among the coders themselves, to hold the machine's against; see :func:`agreement.alpha_by_code`."""
    own = evidence.codings[evidence.codings["statement_id"].isin(training_set.statements["statement_id"])]
    statements = agreement.read_by_all(own, training_set.statements)
    marked = agreement.code_matrices_by_coder(own, statements, training_set.codes)
    return agreement.alpha_by_code(marked, training_set.codes, statements["document_id"], seed).round(
        PROBABILITY_DIGITS
    )


def classifier_set_alphas(
    evidence: Evidence, training_set: TrainingSet, prediction: Prediction, seed: int
) -> pd.DataFrame:
    """Alpha of whole sets of codes (MASI) of the machine with each coder, in each case and, last, in all.

    Returns
    -------
    DataFrame
        ``label`` (the case), ``group`` (``with coder A`` …), ``value``, ``low``, ``high``, ``n``.
    """
    names = [*evidence.cases["short"].items(), (ARCHITECTURE, "Wider architecture")]
    rows = []
    for coder in coder_ids(evidence):
        read, given = coder_code_matrix(evidence, training_set, coder)
        statements, proposed = training_set.statements[read].reset_index(drop=True), prediction.code_matrix[read]
        parts = [(label, statements["case_id"] == case) for case, label in names]
        for label, rows_of in [*parts, (ALL_STATEMENTS, pd.Series(True, statements.index))]:
            if chosen := rows_of.to_numpy().nonzero()[0].tolist():
                pair = np.stack([given[chosen], proposed[chosen]])
                value, low, high = agreement.code_set_alpha(pair, statements.loc[chosen, "document_id"], seed)
                rows.append((label, f"with coder {coder}", value, low, high, len(chosen)))
    return pd.DataFrame(rows, columns=["label", "group", "value", "low", "high", "n"]).round(PROBABILITY_DIGITS)


def calibration(evidence: Evidence, training_set: TrainingSet, predictions: dict[str, Prediction]) -> pd.DataFrame:
    """Whether chances are what they say: of pairs of statement and code with a like chance, the share that is given.

    Returns
    -------
    DataFrame
        A row for each test (``group``) and class of chances: ``chance`` (their mean), ``share`` (of them given by a
        coder), ``n`` (pairs, each coder's reading counting once).
    """
    parts = []
    for test, guess in predictions.items():
        for coder in coder_ids(evidence):
            read, given = coder_code_matrix(evidence, training_set, coder)
            parts.append(
                pd.DataFrame(
                    {"group": test, "chance": guess.probabilities[read].ravel(), "given": given.ravel().astype(float)}
                )
            )
    pairs = pd.concat(parts, ignore_index=True)
    classes = np.digitize(pairs["chance"], _PROBABILITY_BINS)
    grouped = pairs.groupby(["group", classes], sort=True).agg(
        chance=("chance", "mean"), share=("given", "mean"), n=("given", "size")
    )
    return grouped.reset_index(level="group").reset_index(drop=True).round(PROBABILITY_DIGITS)


def classifier_alphas(scores: pd.DataFrame, coder_alphas: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Alpha of each code (``label``) by test and coder, and among the coders (``column``), for a table."""
    name = codes.set_index("code_id")["label"]
    rows = scores.assign(
        column=[_column_label(test, coder) for test, coder in zip(scores["test"], scores["coder"], strict=True)]
    )
    rows = rows.rename(columns={"alpha": "value", "alpha_low": "low", "alpha_high": "high"})
    among = coder_alphas.rename(columns={"alpha": "value"}).assign(column="coders alone", given=coder_alphas["by_one"])
    columns = ["code_id", "column", "value", "low", "high", "given", "n"]
    parts = [part[columns] for part in (rows, among) if len(part)]
    table = pd.concat(parts, ignore_index=True)
    return table.assign(label=table["code_id"].map(name)).dropna(subset=["value"]).reset_index(drop=True)


def _column_label(test: str, coder: str) -> str:
    return f"with {coder} ({test.removesuffix(' not seen')})"


def alphas_on_test(scores: pd.DataFrame, test: str, codes: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """Alpha of each code (``label``, in this order) with each coder (``group``) on one test, with its interval."""
    name = codes.set_index("code_id")["label"]
    own = scores[scores["test"] == test].rename(columns={"alpha": "value", "alpha_low": "low", "alpha_high": "high"})
    own = own.assign(label=own["code_id"].map(name), group="with coder " + own["coder"]).dropna(subset=["value"])
    place = own["label"].map({label: number for number, label in enumerate(order)})
    return own.assign(place=place).sort_values(["place", "group"], kind="stable").drop(columns="place")


def join_names(names: Iterable[str]) -> str:
    """Names in a row, or a word that there is none."""
    return ", ".join(names) or "none"


def classifier_values(
    training_set: TrainingSet, set_alphas: dict[str, pd.DataFrame], usefulness: dict[str, pd.DataFrame]
) -> dict[str, Number | Phrase]:
    """What the page says: on how much it rests, how far the machine agrees, and for how many codes it is of use."""
    told: dict[str, Number | Phrase] = {
        "statements": Number(len(training_set.statements), "coded statements that the machine learns from"),
        "documents": Number(training_set.statements["document_id"].nunique(), "documents of these statements"),
        "codes": Number(len(training_set.codes), "codes in the codebook"),
    }
    for test, name in ((UNSEEN_DOCUMENTS, "documents"), (UNSEEN_CASES, "cases")):
        table = usefulness.get(test)
        count = np.nan if table is None else int((~table["useful"]).sum())
        gained = np.nan if table is None else int((table["gain_low"] > 0).sum())
        told[f"useless_{name}"] = Number(count, f"codes for which the machine is of no use on {test}")
        told[f"better_{name}"] = Number(
            gained, f"codes that are better than the majority rule on {test}, by more than the interval"
        )
        whole = set_alphas[test][set_alphas[test]["label"] == ALL_STATEMENTS] if test in set_alphas else pd.DataFrame()
        least = (
            whole.sort_values("value", kind="stable").iloc[0]
            if len(whole)
            else dict.fromkeys(_INTERVAL_COLUMNS, np.nan)
        )
        meaning = f"alpha of whole sets of codes with the coder whom the machine follows least, on {test}"
        n = int(least["n"]) if len(whole) else None
        told[f"alpha_{name}"] = Number(least["value"], meaning, "plain", n, least["low"], least["high"])
    told["hardest"] = Phrase(list(usefulness)[-1], "the test that is nearest to the use")
    best = usefulness[list(usefulness)[-1]]
    told["useful"] = Phrase(join_names(best.loc[best["useful"], "label"]), "codes for which the machine is of use")
    told["useless"] = Phrase(join_names(best.loc[~best["useful"], "label"]), "codes for which the machine is of no use")
    return told
