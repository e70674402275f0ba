"""A machine that learns from coded statements which codes a coder would give, and how sure it may be.

Help for a first pass, never evidence: nothing that it proposes enters a figure on talk or practice.

One linear model a code (one against the rest) on the words and pieces of words of a statement, fitted by regularised
least squares (Rifkin, Yeo and Poggio 2003, *Regularized Least-Squares Classification*). It is as good on text as a
support vector machine or a logistic regression, and it has what these lack: what the model would have said of a
document, had it not been trained on it, follows from one matrix without fitting again. So each document and each case
can be left out in turn. Scores become chances by Platt's sigmoid (Platt 1999, *Probabilistic Outputs for Support Vector
Machines*), fitted to scores of documents that were left out.
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
"""Strength of the regularisation. Between 0.1 and 1 nothing changes that a reader would see."""
_MAX_STATEMENTS = 6000
"""Statements that are learnt from at most: memory and time grow with their square and cube."""
_N_FOLDS = 10
_NEWTON_STEPS = 50
_EPSILON = 1e-12
PROBABILITY_DIGITS = 6
"""Digits of a chance, beyond which machines differ."""
SparseMatrix = Any  # a sparse matrix: scikit-learn says of no more than this


@dataclass(frozen=True)
class TrainingSet:
    """What is learnt from: coded statements, row for row in every field.

    ``statements`` (``statement_id``, ``document_id``, ``case_id``, ``text``), ``codes`` (ids), ``coder_shares`` (share of the
    statement's coders who gave the code, shape (statements, codes)).
    """

    statements: pd.DataFrame
    codes: list[str]
    coder_shares: Floats


@dataclass(frozen=True)
class PlattScaling:
    """How scores are read, code by code: each array has the shape (codes,).

    The chance that a coder gives the code is ``1 / (1 + exp(-(slope × score + place)))``; it is proposed from the
    chance ``threshold`` on.
    """

    slope: Floats
    intercept: Floats
    threshold: Floats

    def probabilities(self, scores: Floats) -> Floats:
        """Chances of scores, shape (rows, codes)."""
        return np.round(expit(scores * self.slope + self.intercept), PROBABILITY_DIGITS)


@dataclass(frozen=True)
class Prediction:
    """What a machine says of statements: ``probabilities`` and ``code_matrix`` (whether proposed), shape (statements, codes)."""

    probabilities: Floats
    code_matrix: Bools


@dataclass(frozen=True)
class Classifier:
    """What was learnt: ``weights`` of features and of a constant, shape (features + 1, codes), and their scale."""

    vectorizer: FeatureUnion
    codes: list[str]
    weights: Floats
    scaling: PlattScaling

    def predict(self, texts: pd.Series) -> Prediction:
        """What the machine says of other texts."""
        return _predict(self.vectorizer.transform(texts) @ self.weights[:-1] + self.weights[-1], self.scaling)


def build_training_set(evidence: Evidence, seed: int, max_statements: int = _MAX_STATEMENTS) -> TrainingSet:
    """The coded statements of all cases and of the architecture, with the codes that their coders gave.

    Of more than ``max_statements`` statements, whole documents are drawn until the limit is reached.
    """
    statements = evidence.statements[["statement_id", "document_id", "case_id", "text"]]
    readers = evidence.codings.groupby("statement_id")["coder"].nunique()
    coded = statements[statements["statement_id"].isin(readers.index)]
    coded = coded[coded["document_id"].isin(_sample_documents(coded["document_id"], seed, max_statements))].reset_index(
        drop=True
    )
    codes = evidence.codes["code_id"].tolist()
    votes = evidence.codings.groupby(["statement_id", "code_id"])["coder"].nunique().unstack(fill_value=0)
    counts = votes.reindex(index=coded["statement_id"], columns=codes, fill_value=0).to_numpy(dtype=float)
    numbers = readers.reindex(coded["statement_id"]).to_numpy(dtype=float)
    return TrainingSet(coded, codes, counts / numbers[:, None])


def _sample_documents(documents: pd.Series, seed: int, max_statements: int) -> pd.Index:
    sizes = documents.value_counts(sort=False).sort_index()
    if sizes.sum() <= max_statements:
        return sizes.index
    order = np.random.default_rng(seed).permutation(len(sizes))
    return sizes.index[order[sizes.to_numpy()[order].cumsum() <= max_statements]]


def fit_vectorizer(texts: pd.Series) -> tuple[FeatureUnion, SparseMatrix]:
    """Words and pairs of words, and pieces of words of three to five letters, weighted by TF-IDF.

    Returns
    -------
    features : FeatureUnion
        Turns other texts into the same features.
    vectors : sparse matrix, shape (texts, features)
        Each of the two kinds has length 1.
    """
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    features = FeatureUnion([("words", words), ("pieces", pieces)])
    return features, features.fit_transform(texts)


def similarity(vectors: SparseMatrix) -> Floats:
    """How alike any two texts are: the product of their vectors, and 1 for the constant; shape (texts, texts)."""
    return np.asarray((vectors @ vectors.T).toarray() + 1.0)


def train(training_set: TrainingSet) -> Classifier:
    """Learn from all the lessons."""
    features, vectors = fit_vectorizer(training_set.statements["text"])
    dual, scale = _fit_dual_and_scaling(
        similarity(vectors), training_set.coder_shares, training_set.statements["document_id"]
    )
    return Classifier(features, training_set.codes, np.vstack([vectors.T @ dual, dual.sum(axis=0)]), scale)


def predict_held_out_documents(training_set: TrainingSet, kernel: Floats) -> Prediction:
    """What is said of each statement by the machine that has not seen its document.

    The scale comes from other documents too: they are dealt out into ten groups, each read on the scale of the others.
    A trace of the document's own codes is left in it, for those others have learnt from them.

    Parameters
    ----------
    training_set : Lessons
    kernel : ndarray, shape (statements, statements)
        Of :func:`similarity`. The weights of words (IDF) in it are those of all texts, which tells nothing of codes.
    """
    documents = training_set.statements["document_id"]
    inverse = _inverse_kernel(kernel)
    scores = leave_group_out_scores(inverse, inverse @ training_set.coder_shares, training_set.coder_shares, documents)
    dealt = pd.factorize(documents, sort=True)[0] % _N_FOLDS
    return _cross_predict(
        dealt,
        lambda own: _predict(scores[own], fit_platt_scaling(scores[~own], training_set.coder_shares[~own])),
        training_set.coder_shares,
    )


def predict_held_out_cases(training_set: TrainingSet) -> Prediction:
    """What is said of each statement by the machine that has not seen its case, trained on all the others.

    Raises
    ------
    ValueError
        When all statements are of one case, so that without it there is nothing to learn from.
    """
    texts, cases = training_set.statements["text"], training_set.statements["case_id"]
    if cases.nunique() < 2:
        raise ValueError("to leave a case out there must be another to learn from")

    def unseen(own: Bools) -> Prediction:
        rest = TrainingSet(
            training_set.statements[~own].reset_index(drop=True), training_set.codes, training_set.coder_shares[~own]
        )
        return train(rest).predict(texts[own])

    return _cross_predict(pd.factorize(cases, sort=True)[0], unseen, training_set.coder_shares)


def _fit_dual_and_scaling(kernel: Floats, coder_shares: Floats, documents: pd.Series) -> tuple[Floats, PlattScaling]:
    """The weight of each statement in each model, shape (statements, codes), and the scale of their scores."""
    inverse = _inverse_kernel(kernel)
    dual = inverse @ coder_shares
    return dual, fit_platt_scaling(leave_group_out_scores(inverse, dual, coder_shares, documents), coder_shares)


def _inverse_kernel(kernel: Floats) -> Floats:
    return np.asarray(linalg.inv(kernel + RIDGE * np.eye(len(kernel)), check_finite=False))


def leave_group_out_scores(inverse: Floats, dual: Floats, coder_shares: Floats, groups: pd.Series) -> Floats:
    """The score of each row by the model that is trained on the rows of all other groups.

    No approximation: the error of a least-squares fit on rows that it has not seen is ``inverse[g, g]⁻¹ dual[g]``
    (Rifkin and Lippert 2007, *Notes on Regularized Least Squares*, for one row; a block of rows goes the same way).

    Parameters
    ----------
    inverse : ndarray, shape (rows, rows)
        Inverse of the regularised kernel of all rows.
    dual, coder_shares : ndarray, shape (rows, codes)
        ``inverse @ given``, and what is to be learnt.
    groups : Series, length rows
    """
    scores, place = np.empty_like(coder_shares), pd.factorize(groups)[0]
    for group in np.unique(place):
        rows = np.flatnonzero(place == group)
        scores[rows] = coder_shares[rows] - linalg.solve(inverse[np.ix_(rows, rows)], dual[rows], assume_a="pos")
    return scores


def fit_platt_scaling(scores: Floats, coder_shares: Floats) -> PlattScaling:
    """How scores of rows that were left out are to be read, both of shape (rows, codes).

    The sigmoid is that of maximum likelihood (by Newton's method), with Platt's slightly softened targets, which keep
    it finite where scores part the rows without a fault. The least chance is the one from which on a code is proposed
    as often as a coder gives it.
    """
    yes = coder_shares.sum(axis=0)
    no = len(coder_shares) - yes
    target = coder_shares * (yes + 1) / (yes + 2) + (1 - coder_shares) / (no + 2)
    slope, place = np.zeros_like(yes), np.log((yes + 1) / (no + 1))
    for _ in range(_NEWTON_STEPS):
        chance = expit(scores * slope + place)
        weight, error = chance * (1 - chance), target - chance
        first, second = error.sum(axis=0), (error * scores).sum(axis=0)
        a, b, c = weight.sum(axis=0), (weight * scores).sum(axis=0), (weight * scores**2).sum(axis=0)
        determinant = a * c - b**2 + _EPSILON
        place = place + np.clip((c * first - b * second) / determinant, -1, 1)
        slope = slope + np.clip((a * second - b * first) / determinant, -1, 1)
    ranked = np.sort(PlattScaling(slope, place, place).probabilities(scores), axis=0)[::-1]
    often = np.rint(yes).astype(int)
    least = np.where(often > 0, np.take_along_axis(ranked, np.maximum(often - 1, 0)[None], axis=0)[0], np.inf)
    return PlattScaling(slope, place, least)


def _predict(scores: Floats, scaling: PlattScaling) -> Prediction:
    chances = scaling.probabilities(scores)
    return Prediction(chances, chances >= scaling.threshold)


def _cross_predict(
    groups: npt.NDArray[np.intp], predict_group: Callable[[Bools], Prediction], template: Floats
) -> Prediction:
    """What is said of each group by ``predict_group``, put together."""
    found = Prediction(np.zeros_like(template), np.zeros(template.shape, dtype=bool))
    for group in np.unique(groups):
        own = groups == group
        guess = predict_group(own)
        found.probabilities[own], found.code_matrix[own] = guess.probabilities, guess.code_matrix
    return found
