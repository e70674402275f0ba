"""Text classifier for codes, with calibrated probabilities.

It helps a coder with a first pass. Its predictions are no evidence and enter no value on talk or practice.

There is one linear model per code (one against the rest) on the words and character sequences of a statement, fitted
by regularised least squares (Rifkin, Yeo and Poggio 2003, *Regularized Least-Squares Classification*). On text, its
accuracy is that of a support vector machine or a logistic regression. In addition, the predictions for a document by a
model trained without it follow from one matrix inverse, so that each document can be held out in turn without fitting
again. Scores are turned into probabilities by Platt's sigmoid (Platt 1999, *Probabilistic Outputs for Support Vector
Machines*), fitted to scores of held-out documents.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from compendium.dataset.evidence import Evidence
from compendium.stats.arrays import Bools, Floats

RIDGE = 0.3
"""Strength of the regularisation; values between 0.1 and 1 give much the same results."""
_MAX_STATEMENTS = 6000
"""Upper limit of the training set: memory grows with its square, time with its cube."""
_N_FOLDS = 10
_NEWTON_STEPS = 50
_EPSILON = 1e-12
PROBABILITY_DIGITS = 6
"""Decimals of a probability; beyond these, results differ between computers."""
SparseMatrix = Any  # scikit-learn has no type for its sparse matrices


@dataclass(frozen=True)
class TrainingSet:
    """Coded statements from which the classifier is trained, row for row in every field.

    Parameters
    ----------
    statements : DataFrame
        ``statement_id``, ``document_id``, ``case_id``, ``text``.
    codes : list of str
        Ids of the codes.
    coder_shares : ndarray, shape (statements, codes)
        Share of the statement's coders who gave the code.
    """

    statements: pd.DataFrame
    codes: list[str]
    coder_shares: Floats


@dataclass(frozen=True)
class PlattScaling:
    """Sigmoid that turns scores into probabilities; each array has the shape (codes,).

    The probability that a coder gives the code is ``1 / (1 + exp(-(slope × score + intercept)))``. The code is
    predicted if the probability reaches ``threshold``.
    """

    slope: Floats
    intercept: Floats
    threshold: Floats

    def probabilities(self, scores: Floats) -> Floats:
        """Turn scores of shape (rows, codes) into probabilities."""
        return np.round(expit(scores * self.slope + self.intercept), PROBABILITY_DIGITS)


@dataclass(frozen=True)
class Prediction:
    """Probabilities of codes, and whether they reach the threshold; both of shape (statements, codes)."""

    probabilities: Floats
    code_matrix: Bools


@dataclass(frozen=True)
class Classifier:
    """A trained text classifier.

    ``weights`` are those of the features and of a constant, shape (features + 1, codes).
    """

    vectorizer: FeatureUnion
    codes: list[str]
    weights: Floats
    scaling: PlattScaling

    def predict(self, texts: pd.Series) -> Prediction:
        """Predict the codes of texts.

        Examples
        --------
        >>> statements = pd.DataFrame({"text": ["new fence", "new visa"] * 4, "document_id": range(8)})
        >>> fences = np.array([[1.0], [0.0]] * 4)
        >>> classifier = train(TrainingSet(statements, ["fences"], fences))
        >>> fence, visa = classifier.predict(pd.Series(["new fence", "new visa"])).probabilities[:, 0]
        >>> bool(fence > visa)
        True
        """
        return _predict(self.vectorizer.transform(texts) @ self.weights[:-1] + self.weights[-1], self.scaling)


def build_training_set(evidence: Evidence, seed: int, max_statements: int = _MAX_STATEMENTS) -> TrainingSet:
    """Collect the coded statements of all cases and of the architecture, with the codes that their coders gave.

    Parameters
    ----------
    evidence : Evidence
    seed : int
        Of the sample of documents.
    max_statements : int
        If there are more statements, whole documents are sampled up to this limit.
    """
    statements = evidence.statements[["statement_id", "document_id", "case_id", "text"]]
    n_coders = evidence.codings.groupby("statement_id")["coder"].nunique()
    coded = statements[statements["statement_id"].isin(n_coders.index)]
    coded = coded[coded["document_id"].isin(_sample_documents(coded["document_id"], seed, max_statements))].reset_index(
        drop=True
    )
    codes = evidence.codes["code_id"].tolist()
    counts = evidence.codings.groupby(["statement_id", "code_id"])["coder"].nunique().unstack(fill_value=0)
    counts = counts.reindex(index=coded["statement_id"], columns=codes, fill_value=0)
    return TrainingSet(coded, codes, counts.to_numpy(dtype=float) / n_coders[coded["statement_id"]].to_numpy()[:, None])


def _sample_documents(documents: pd.Series, seed: int, max_statements: int) -> pd.Index:
    sizes = documents.value_counts(sort=False).sort_index()
    if sizes.sum() <= max_statements:
        return sizes.index
    order = np.random.default_rng(seed).permutation(len(sizes))
    return sizes.index[order[sizes.to_numpy()[order].cumsum() <= max_statements]]


def fit_vectorizer(texts: pd.Series) -> tuple[FeatureUnion, SparseMatrix]:
    """Fit the features: words, word pairs and sequences of three to five letters, weighted by TF-IDF.

    Returns
    -------
    vectorizer : FeatureUnion
        Turns other texts into the same features.
    vectors : sparse matrix, shape (texts, features)
        The word part and the letter part of each row have length 1.
    """
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    vectorizer = FeatureUnion([("words", words), ("letters", letters)])
    return vectorizer, vectorizer.fit_transform(texts)


def similarity(vectors: SparseMatrix) -> Floats:
    """Compute the kernel of texts: product of their vectors plus 1 for the constant, shape (texts, texts)."""
    return np.asarray((vectors @ vectors.T).toarray() + 1.0)


def train(training_set: TrainingSet) -> Classifier:
    """Train a classifier on all statements of a training set."""
    vectorizer, vectors = fit_vectorizer(training_set.statements["text"])
    dual, scaling = _fit_dual_and_scaling(
        similarity(vectors), training_set.coder_shares, training_set.statements["document_id"]
    )
    return Classifier(vectorizer, training_set.codes, np.vstack([vectors.T @ dual, dual.sum(axis=0)]), scaling)


def predict_held_out_documents(training_set: TrainingSet, kernel: Floats) -> Prediction:
    """Predict the codes of each statement by a classifier trained without its document.

    The sigmoid is also fitted to other documents: these are divided into ten groups, and each group gets the sigmoid
    of the other nine. A document's own codes keep a slight influence on it, because the scores of the others come from
    models that were trained on them.

    Parameters
    ----------
    training_set : TrainingSet
    kernel : ndarray, shape (statements, statements)
        Result of :func:`similarity`. Its term weights (IDF) are those of all texts, which reveals no codes.
    """
    documents = training_set.statements["document_id"]
    inverse = _inverse_kernel(kernel)
    scores = leave_group_out_scores(inverse, inverse @ training_set.coder_shares, training_set.coder_shares, documents)
    folds = pd.factorize(documents, sort=True)[0] % _N_FOLDS
    return _cross_predict(
        folds,
        lambda test: _predict(scores[test], fit_platt_scaling(scores[~test], training_set.coder_shares[~test])),
        training_set.coder_shares,
    )


def predict_held_out_cases(training_set: TrainingSet) -> Prediction:
    """Predict the codes of each statement by a classifier trained on all other cases.

    Raises
    ------
    ValueError
        If all statements are of one case, so that nothing is left to train on.
    """
    texts, cases = training_set.statements["text"], training_set.statements["case_id"]
    if cases.nunique() < 2:
        raise ValueError("cannot hold out the only case in the training set: add statements of another case")

    def predict_case(test: Bools) -> Prediction:
        other_cases = TrainingSet(
            training_set.statements[~test].reset_index(drop=True), training_set.codes, training_set.coder_shares[~test]
        )
        return train(other_cases).predict(texts[test])

    return _cross_predict(pd.factorize(cases, sort=True)[0], predict_case, training_set.coder_shares)


def _fit_dual_and_scaling(kernel: Floats, coder_shares: Floats, documents: pd.Series) -> tuple[Floats, PlattScaling]:
    """Fit the weight of each statement in each model, shape (statements, codes), and the sigmoid of the scores."""
    inverse = _inverse_kernel(kernel)
    dual = inverse @ coder_shares
    return dual, fit_platt_scaling(leave_group_out_scores(inverse, dual, coder_shares, documents), coder_shares)


def _inverse_kernel(kernel: Floats) -> Floats:
    return np.asarray(linalg.inv(kernel + RIDGE * np.eye(len(kernel)), check_finite=False))


def leave_group_out_scores(inverse: Floats, dual: Floats, coder_shares: Floats, groups: pd.Series) -> Floats:
    """Score each row by the model trained on the rows of all other groups.

    The result is exact: the error of a least-squares fit on held-out rows is ``inverse[g, g]⁻¹ dual[g]`` (Rifkin and
    Lippert 2007, *Notes on Regularized Least Squares*, for a single row; it holds for a block of rows too).

    Parameters
    ----------
    inverse : ndarray, shape (rows, rows)
        Inverse of the regularised kernel of all rows.
    dual, coder_shares : ndarray, shape (rows, codes)
        ``inverse @ coder_shares``, and the target.
    groups : Series, length rows
    """
    scores, group_index = np.empty_like(coder_shares), pd.factorize(groups)[0]
    for group in np.unique(group_index):
        rows = np.flatnonzero(group_index == group)
        scores[rows] = coder_shares[rows] - linalg.solve(inverse[np.ix_(rows, rows)], dual[rows], assume_a="pos")
    return scores


def fit_platt_scaling(scores: Floats, coder_shares: Floats) -> PlattScaling:
    """Fit the sigmoid to scores of held-out rows, and the threshold; both arguments have the shape (rows, codes).

    The fit is by maximum likelihood (Newton's method) with Platt's slightly softened targets, which keep it finite if
    the scores separate the rows perfectly. At the threshold, a code is predicted as often as coders give it.
    """
    n_given = coder_shares.sum(axis=0)
    n_absent = len(coder_shares) - n_given
    target = coder_shares * (n_given + 1) / (n_given + 2) + (1 - coder_shares) / (n_absent + 2)
    slope, intercept = np.zeros_like(n_given), np.log((n_given + 1) / (n_absent + 1))
    for _ in range(_NEWTON_STEPS):
        probability = expit(scores * slope + intercept)
        weight, error = probability * (1 - probability), target - probability
        first, second = error.sum(axis=0), (error * scores).sum(axis=0)
        a, b, c = weight.sum(axis=0), (weight * scores).sum(axis=0), (weight * scores**2).sum(axis=0)
        determinant = a * c - b**2 + _EPSILON
        intercept = intercept + np.clip((c * first - b * second) / determinant, -1, 1)
        slope = slope + np.clip((a * second - b * first) / determinant, -1, 1)
    ranked = np.sort(PlattScaling(slope, intercept, intercept).probabilities(scores), axis=0)[::-1]
    n_predicted = np.rint(n_given).astype(int)
    last_predicted = np.take_along_axis(ranked, np.maximum(n_predicted - 1, 0)[None], axis=0)[0]
    return PlattScaling(slope, intercept, np.where(n_predicted > 0, last_predicted, np.inf))


def _predict(scores: Floats, scaling: PlattScaling) -> Prediction:
    probabilities = scaling.probabilities(scores)
    return Prediction(probabilities, probabilities >= scaling.threshold)


def _cross_predict(
    groups: npt.NDArray[np.intp], predict_group: Callable[[Bools], Prediction], template: Floats
) -> Prediction:
    """Combine the predictions of ``predict_group`` for each group of rows."""
    combined = Prediction(np.zeros_like(template), np.zeros(template.shape, dtype=bool))
    for group in np.unique(groups):
        rows = groups == group
        prediction = predict_group(rows)
        combined.probabilities[rows], combined.code_matrix[rows] = prediction.probabilities, prediction.code_matrix
    return combined
