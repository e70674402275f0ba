"""Evaluation of the text classifier against each coder and against the majority rule."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from compendium.chapters.machine import classifier
from compendium.chapters.machine.classifier import PROBABILITY_DIGITS, Prediction, TrainingSet
from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import ARCHITECTURE
from compendium.stats import agreement
from compendium.stats.arrays import Bools, Floats, ratio
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, cluster_sums, percentile_interval

CLASSIFIER_CODER = "machine"
UNSEEN_DOCUMENTS, UNSEEN_CASES = "documents not seen", "cases not seen"
ALL_STATEMENTS = "All statements"
_MIN_PRECISION_RECALL = 0.5
SCORE_HEADINGS = {"precision": "Precision", "recall": "Recall", "f1": "F1"}
SCORE_NAMES = ("precision", "recall", "f1", "alpha", "right", "majority", "gain")
_PROBABILITY_BINS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def held_out_predictions(training_set: TrainingSet) -> dict[str, Prediction]:
    """Predict the codes of held-out documents and of held-out cases, by name of the test.

    With a single case there is no test on cases.
    """
    kernel = classifier.similarity(classifier.fit_vectorizer(training_set.statements["text"])[1])
    predictions = {UNSEEN_DOCUMENTS: classifier.predict_held_out_documents(training_set, kernel)}
    if training_set.statements["case_id"].nunique() > 1:
        predictions[UNSEEN_CASES] = classifier.predict_held_out_cases(training_set)
    return predictions


def hardest_test(predictions: dict[str, Prediction]) -> str:
    """Name the test nearest to the use of the classifier: cases not seen or, with a single case, documents not seen.

    Examples
    --------
    >>> hardest_test(dict.fromkeys([UNSEEN_DOCUMENTS, UNSEEN_CASES]))
    'cases not seen'
    """
    return list(predictions)[-1]


def coder_ids(evidence: Evidence) -> list[str]:
    """List the coders with codings on record."""
    return sorted(evidence.codings["coder"].unique())


def coder_code_matrix(evidence: Evidence, training_set: TrainingSet, coder: str) -> tuple[Bools, Bools]:
    """Find the statements of a training set that a coder read, and the codes given to them.

    Returns
    -------
    is_read : ndarray of bool, shape (statements,)
    code_matrix : ndarray of bool, shape (statements read, codes)
    """
    codings = evidence.codings[evidence.codings["coder"] == coder]
    is_read = training_set.statements["statement_id"].isin(codings["statement_id"]).to_numpy()
    return is_read, agreement.code_matrices_by_coder(
        codings, training_set.statements[is_read].reset_index(drop=True), training_set.codes
    )[0]


def classifier_scores(
    evidence: Evidence, training_set: TrainingSet, predictions: dict[str, Prediction], seed: int
) -> pd.DataFrame:
    """Score the predictions of each code against each coder.

    Returns
    -------
    DataFrame
        A row per ``test``, ``coder`` and ``code_id``: each of :data:`SCORE_NAMES` with its 95 % bootstrap interval over
        documents (``precision_low``, ``precision_high`` …), ``given`` and ``proposed`` (statements to which the coder
        gives the code, and the classifier), ``both``, ``n`` (statements).

        ``precision`` is the share of predictions that the coder gives too, ``recall`` the share of the coder's codes
        that are predicted, ``f1`` their harmonic mean, ``alpha`` Krippendorff's alpha (nominal), ``right`` the share of
        statements on which coder and classifier agree, ``majority`` the same share for a rule that always gives the
        more frequent answer, ``gain`` the difference. NaN where a score or its interval is not defined.
    """
    tables = []
    for coder in coder_ids(evidence):
        is_read, coder_codes = coder_code_matrix(evidence, training_set, coder)
        documents = training_set.statements.loc[is_read, "document_id"]
        for test, prediction in predictions.items():
            table = _score_table(coder_codes, prediction.code_matrix[is_read], documents, seed)
            tables.append(table.assign(test=test, coder=coder, code_id=training_set.codes))
    return pd.concat(tables, ignore_index=True).round(PROBABILITY_DIGITS)


def _score_table(coder_codes: Bools, predicted_codes: Bools, documents: pd.Series, seed: int) -> pd.DataFrame:
    n_codes = coder_codes.shape[1]
    counts = np.hstack(
        [coder_codes, predicted_codes, coder_codes & predicted_codes, np.ones((len(coder_codes), 1), dtype=bool)]
    )
    document_sums = cluster_sums(pd.DataFrame(counts), documents)[0].to_numpy(dtype=float)
    scores = _scores(document_sums.sum(axis=0, keepdims=True), n_codes)
    weights = bootstrap_weights(len(document_sums), N_RESAMPLES, seed)
    resampled_scores = _scores(weights @ document_sums, n_codes)
    columns = {}
    for name in SCORE_NAMES:
        columns[name] = scores[name][0]
        low, high = percentile_interval(resampled_scores[name])
        is_constant = low == high  # with all or none right, every resample is the same and the interval is not defined
        columns[f"{name}_low"] = np.where(is_constant, np.nan, low)
        columns[f"{name}_high"] = np.where(is_constant, np.nan, high)
    sums = document_sums.sum(axis=0).astype(int)
    for index, name in enumerate(("given", "proposed", "both")):
        columns[name] = sums[index * n_codes : (index + 1) * n_codes]
    return pd.DataFrame(columns).assign(n=int(sums[-1]))


def _scores(sums: Floats, n_codes: int) -> dict[str, Floats]:
    """Compute scores of shape (resamples, codes) from counts of shape (resamples, 3 × codes + 1)."""
    given, proposed, both = sums[:, :n_codes], sums[:, n_codes : 2 * n_codes], sums[:, 2 * n_codes : 3 * n_codes]
    n = sums[:, -1:] + np.zeros_like(given)
    either, differ = given + proposed, given + proposed - 2 * both
    right, majority = 1 - ratio(differ, n), np.maximum(ratio(given, n), 1 - ratio(given, n))
    return {
        "precision": ratio(both, proposed),
        "recall": ratio(both, given),
        "f1": ratio(2 * both, either),
        "alpha": 1 - ratio((2 * n - 1) * differ, either * (2 * n - either)),
        "right": right,
        "majority": majority,
        "gain": right - majority,
    }


def code_usefulness(scores: pd.DataFrame, test: str, codes: pd.DataFrame) -> pd.DataFrame:
    """Determine for which codes the classifier is of use on one test.

    A code is of use if precision and recall are at least one half against each coder. Otherwise more of its predictions
    are wrong than right, or it misses more than it finds.

    Returns
    -------
    DataFrame
        A row per code, in descending order of F1: ``code_id``, ``label``, ``kind``, ``precision``, ``recall``, ``f1``,
        ``alpha``, ``right``, ``majority``, ``gain``, ``gain_low``, ``given`` (each the lowest of all coders), ``n``,
        ``useful``.
    """
    test_scores = scores[scores["test"] == test]
    columns = ["precision", "recall", "f1", "alpha", "right", "majority", "gain", "gain_low", "given", "n"]
    lowest = test_scores.groupby("code_id")[columns].agg(_lowest_score)
    table = codes[["code_id", "label", "kind"]].merge(lowest.reset_index(), on="code_id", how="left")
    useful = (table["precision"] >= _MIN_PRECISION_RECALL) & (table["recall"] >= _MIN_PRECISION_RECALL)
    table = table.assign(useful=useful, order=table["f1"].fillna(-1))
    return table.sort_values("order", ascending=False, kind="stable").drop(columns="order").reset_index(drop=True)


def _lowest_score(scores: pd.Series) -> float:
    """Find the lowest score; NaN if one of them is not defined."""
    return float(scores.min(skipna=False))


def intercoder_alphas(evidence: Evidence, training_set: TrainingSet, seed: int) -> pd.DataFrame:
    """Compute alpha of each code among the coders, as a benchmark for the classifier.

    See :func:`compendium.stats.agreement.alpha_by_code` for the columns.
    """
    codings = evidence.codings[evidence.codings["statement_id"].isin(training_set.statements["statement_id"])]
    statements = agreement.read_by_all(codings, training_set.statements)
    code_matrices = agreement.code_matrices_by_coder(codings, statements, training_set.codes)
    return agreement.alpha_by_code(code_matrices, training_set.codes, statements["document_id"], seed).round(
        PROBABILITY_DIGITS
    )


def classifier_set_alphas(
    evidence: Evidence, training_set: TrainingSet, prediction: Prediction, seed: int
) -> pd.DataFrame:
    """Compute alpha of whole sets of codes (MASI) between classifier and each coder, in each case and in all cases.

    Returns
    -------
    DataFrame
        ``label`` (the case), ``group`` (``with coder A`` …), ``value``, ``low``, ``high``, ``n``.
    """
    case_labels = [*evidence.cases["short"].items(), (ARCHITECTURE, "Wider architecture")]
    rows = []
    for coder in coder_ids(evidence):
        is_read, coder_codes = coder_code_matrix(evidence, training_set, coder)
        statements = training_set.statements[is_read].reset_index(drop=True)
        code_matrices = np.stack([coder_codes, prediction.code_matrix[is_read]])
        masks = [(label, (statements["case_id"] == case_id).to_numpy()) for case_id, label in case_labels]
        for label, mask in [*masks, (ALL_STATEMENTS, np.ones(len(statements), dtype=bool))]:
            if mask.any():
                alpha = agreement.code_set_alpha(code_matrices[:, mask], statements.loc[mask, "document_id"], seed)
                rows.append((label, f"with coder {coder}", *alpha, int(mask.sum())))
    return pd.DataFrame(rows, columns=["label", "group", "value", "low", "high", "n"]).round(PROBABILITY_DIGITS)


def calibration(evidence: Evidence, training_set: TrainingSet, predictions: dict[str, Prediction]) -> pd.DataFrame:
    """Compare predicted probabilities with the share of codes that coders gave.

    Returns
    -------
    DataFrame
        A row per test (``group``) and class of probabilities: ``chance`` (their mean), ``share`` (given by a coder),
        ``n`` (pairs of statement and code, once for each coder who read the statement).
    """
    tables = []
    for test, prediction in predictions.items():
        for coder in coder_ids(evidence):
            is_read, coder_codes = coder_code_matrix(evidence, training_set, coder)
            columns = {"chance": prediction.probabilities[is_read].ravel(), "given": coder_codes.ravel().astype(float)}
            tables.append(pd.DataFrame({"group": test, **columns}))
    pairs = pd.concat(tables, ignore_index=True)
    classes = np.digitize(pairs["chance"], _PROBABILITY_BINS)
    grouped = pairs.groupby(["group", classes], sort=True).agg(
        chance=("chance", "mean"), share=("given", "mean"), n=("given", "size")
    )
    return grouped.reset_index(level="group").reset_index(drop=True).round(PROBABILITY_DIGITS)


def classifier_alphas(scores: pd.DataFrame, coder_alphas: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Combine alpha of each code by test and coder with alpha among the coders, for a table.

    Returns
    -------
    DataFrame
        ``code_id``, ``label``, ``column`` (coder and test, or the coders alone), ``value``, ``low``, ``high``,
        ``given``, ``n``.

    Examples
    --------
    >>> row = {"test": "cases not seen", "coder": "A", "code_id": "visas", "alpha": 0.6, "given": 9, "n": 100}
    >>> scores = pd.DataFrame([row | {"alpha_low": 0.5, "alpha_high": 0.7}])
    >>> coder_alphas = pd.DataFrame({"code_id": ["visas"], "alpha": 0.8, "low": 0.7, "high": 0.9})
    >>> coder_alphas = coder_alphas.assign(by_one=3, n=100)
    >>> codes = pd.DataFrame({"code_id": ["visas"], "label": ["Visas"]})
    >>> classifier_alphas(scores, coder_alphas, codes)[["label", "column", "value"]].to_numpy().tolist()
    [['Visas', 'with A (cases)', 0.6], ['Visas', 'coders alone', 0.8]]
    """
    labels = codes.set_index("code_id")["label"]
    with_classifier = scores.assign(
        column=[_column_label(test, coder) for test, coder in zip(scores["test"], scores["coder"], strict=True)]
    )
    with_classifier = with_classifier.rename(columns={"alpha": "value", "alpha_low": "low", "alpha_high": "high"})
    among_coders = coder_alphas.rename(columns={"alpha": "value"}).assign(
        column="coders alone", given=coder_alphas["by_one"]
    )
    columns = ["code_id", "column", "value", "low", "high", "given", "n"]
    table = pd.concat([rows[columns] for rows in (with_classifier, among_coders) if len(rows)], ignore_index=True)
    return table.assign(label=table["code_id"].map(labels)).dropna(subset=["value"]).reset_index(drop=True)


def _column_label(test: str, coder: str) -> str:
    return f"with {coder} ({test.removesuffix(' not seen')})"


def alphas_on_test(scores: pd.DataFrame, test: str, codes: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """Select alpha of each code with each coder on one test, with its interval, in the order of the labels.

    Examples
    --------
    >>> row = {"test": "cases not seen", "coder": "A", "code_id": "visas", "alpha": 0.6}
    >>> codes = pd.DataFrame({"code_id": ["visas"], "label": ["Visas"]})
    >>> scores = pd.DataFrame([row | {"alpha_low": 0.5, "alpha_high": 0.7}])
    >>> alphas_on_test(scores, "cases not seen", codes, ["Visas"])[["label", "group"]].iloc[0].tolist()
    ['Visas', 'with coder A']
    """
    rows = scores[scores["test"] == test].rename(columns={"alpha": "value", "alpha_low": "low", "alpha_high": "high"})
    rows = rows.assign(
        label=rows["code_id"].map(codes.set_index("code_id")["label"]), group="with coder " + rows["coder"]
    ).dropna(subset=["value"])
    position = rows["label"].map({label: position for position, label in enumerate(order)})
    return rows.assign(position=position).sort_values(["position", "group"], kind="stable").drop(columns="position")
