"""The machine that proposes codes: what it learns from, and that what it says of a text owes nothing to that text."""

from dataclasses import replace
from pathlib import Path

import made
import numpy as np
import pandas as pd
import pytest
from compendium.chapters.machine import classifier
from compendium.chapters.machine.classifier import TrainingSet
from compendium.dataset.evidence import Evidence, load_evidence
from scipy.special import expit
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression

SEED = 20101130
SOME = 120
"""Statements of each case that the slower tests look at."""


@pytest.fixture(scope="module")
def known(real: Evidence) -> TrainingSet:
    """The first statements of each case."""
    every = classifier.build_training_set(real, SEED)
    rows = (every.statements.groupby("case_id").cumcount() < SOME).to_numpy()
    return TrainingSet(every.statements[rows].reset_index(drop=True), every.codes, every.coder_shares[rows])


@pytest.fixture(scope="module")
def kernel(known: TrainingSet) -> np.ndarray:
    return classifier.similarity(classifier.fit_vectorizer(known.statements["text"])[1])


def test_a_statement_is_learnt_with_the_share_of_its_coders_who_gave_the_code(project: Path) -> None:
    own = load_evidence(project)
    table = classifier.build_training_set(own, SEED)
    given = pd.DataFrame(table.coder_shares, table.statements["statement_id"], table.codes)
    assert given.loc["aland-d1-s1", ["equals", "visas", "gain"]].tolist() == [1.0, 0.5, 0.0]
    assert given.loc["world-d1-s1", "threat"] == 0.5, "none is a reading too"
    codings = pd.concat([own.codings, pd.DataFrame([{"statement_id": "aland-d1-s1", "coder": "C", "code_id": "gain"}])])
    third = classifier.build_training_set(replace(own, codings=codings), SEED)
    given = pd.DataFrame(third.coder_shares, third.statements["statement_id"], third.codes)
    assert given.loc["aland-d1-s1", "gain"] == pytest.approx(1 / 3)


def test_what_nobody_read_is_not_learnt_from(project: Path) -> None:
    own = load_evidence(project)
    less = replace(own, codings=own.codings[own.codings["statement_id"] != "bland-d1-s2"])
    assert "bland-d1-s2" not in set(classifier.build_training_set(less, SEED).statements["statement_id"])


def test_of_too_many_statements_whole_documents_are_drawn(real: Evidence) -> None:
    whole, drawn = (
        classifier.build_training_set(real, SEED),
        classifier.build_training_set(real, SEED, max_statements=1000),
    )
    sizes = whole.statements["document_id"].value_counts()
    own = drawn.statements["document_id"].value_counts()
    assert 900 < len(drawn.statements) <= 1000
    assert (own == sizes[own.index]).all()
    assert classifier.build_training_set(real, SEED, max_statements=1000).statements.equals(drawn.statements)
    assert not classifier.build_training_set(real, SEED + 1, max_statements=1000).statements.equals(drawn.statements)


def test_leaving_out_is_no_approximation(known: TrainingSet, kernel: np.ndarray) -> None:
    """The same as to train again without the document, by another's implementation."""
    documents = known.statements["document_id"]
    inverse = np.linalg.inv(kernel + classifier.RIDGE * np.eye(len(kernel)))
    scores = classifier.leave_group_out_scores(inverse, inverse @ known.coder_shares, known.coder_shares, documents)
    for document in documents.unique()[::20]:
        own = (documents == document).to_numpy()
        model = KernelRidge(alpha=classifier.RIDGE, kernel="precomputed")
        model.fit(kernel[np.ix_(~own, ~own)], known.coder_shares[~own])
        assert scores[own] == pytest.approx(model.predict(kernel[np.ix_(own, ~own)]), abs=1e-8)


def test_the_codes_of_a_case_that_is_left_out_do_not_matter(known: TrainingSet) -> None:
    """Turn every code of one case round: what is said of it stays as it is."""
    own = (known.statements["case_id"] == known.statements["case_id"].iloc[0]).to_numpy()
    before, behind = classifier.predict_held_out_cases(known), classifier.predict_held_out_cases(turned(known, own))
    assert (behind.probabilities[own] == before.probabilities[own]).all()
    assert (behind.code_matrix[own] == before.code_matrix[own]).all()
    assert not np.allclose(behind.probabilities[~own], before.probabilities[~own]), "all else has learnt from it"


def test_the_codes_of_a_document_that_is_left_out_hardly_matter(known: TrainingSet, kernel: np.ndarray) -> None:
    """Its score owes them nothing; its scale a trace, for other documents' scores have learnt from it."""
    documents = known.statements["document_id"]
    own = (documents == documents.value_counts().index[0]).to_numpy()
    other, inverse = turned(known, own), np.linalg.inv(kernel + classifier.RIDGE * np.eye(len(kernel)))
    scores, again = (
        classifier.leave_group_out_scores(inverse, inverse @ each.coder_shares, each.coder_shares, documents)
        for each in (known, other)
    )
    assert again[own] == pytest.approx(scores[own], abs=1e-8)
    before, behind = (
        classifier.predict_held_out_documents(known, kernel),
        classifier.predict_held_out_documents(other, kernel),
    )
    assert np.abs(behind.probabilities[own] - before.probabilities[own]).mean() < 0.02


def turned(known: TrainingSet, own: np.ndarray) -> TrainingSet:
    given = known.coder_shares.copy()
    given[own] = 1 - given[own]
    return replace(known, coder_shares=given)


def test_without_a_case_is_trained_as_if_it_was_not_there(known: TrainingSet) -> None:
    own = (known.statements["case_id"] == known.statements["case_id"].iloc[-1]).to_numpy()
    rest = TrainingSet(known.statements[~own].reset_index(drop=True), known.codes, known.coder_shares[~own])
    guess, told = (
        classifier.predict_held_out_cases(known),
        classifier.train(rest).predict(known.statements.loc[own, "text"]),
    )
    assert (guess.probabilities[own] == told.probabilities).all()
    assert (guess.code_matrix[own] == told.code_matrix).all()


def test_one_case_alone_can_not_be_left_out(known: TrainingSet) -> None:
    own = (known.statements["case_id"] == known.statements["case_id"].iloc[0]).to_numpy()
    alone = TrainingSet(known.statements[own].reset_index(drop=True), known.codes, known.coder_shares[own])
    with pytest.raises(ValueError, match="the only case in the training set"):
        classifier.predict_held_out_cases(alone)


def test_the_sigmoid_is_that_of_logistic_regression() -> None:
    generator = np.random.default_rng(1)
    scores = generator.normal(size=(20_000, 2))
    given = (generator.random((20_000, 2)) < expit(scores * [2.0, 5.0] + [-1.0, -4.0])).astype(float)
    scale = classifier.fit_platt_scaling(scores, given)
    for code in range(2):
        model = LogisticRegression(C=np.inf).fit(scores[:, [code]], given[:, code])
        assert scale.slope[code] == pytest.approx(model.coef_[0, 0], rel=0.01)
        assert scale.intercept[code] == pytest.approx(model.intercept_[0], rel=0.01)


def test_a_code_is_proposed_as_often_as_it_is_given() -> None:
    generator = np.random.default_rng(2)
    scores = generator.normal(size=(500, 3))
    given = np.column_stack([scores[:, 0] > 1, np.zeros(500), np.tile([1.0, 0.5, 0.0, 0.0, 0.0], 100)]).astype(float)
    scale = classifier.fit_platt_scaling(scores, given)
    marks = scale.probabilities(scores) >= scale.threshold
    assert marks.sum(axis=0).tolist() == [(scores[:, 0] > 1).sum(), 0, 150]
    assert np.isfinite([*scale.slope, *scale.intercept]).all(), "also where scores part the rows without a fault"


def test_it_learns_what_can_be_learnt() -> None:
    """Made-up statements: one word decides."""
    words = ["fence", "visa", "harbour", "lunch", "minister", "treaty"]
    generator = np.random.default_rng(3)
    texts = [" ".join(generator.choice(words, 4)) for _ in range(240)]
    given = np.array([[float("fence" in text), float("visa" in text)] for text in texts])
    rows = pd.DataFrame({"statement_id": [f"s{n}" for n in range(240)], "text": texts, "case_id": "made"})
    lessons = TrainingSet(rows.assign(document_id=[f"d{n % 60}" for n in range(240)]), ["fences", "visas"], given)
    guess = classifier.train(lessons).predict(
        pd.Series(["A fence and a harbour", "no lunch without a visa", "the treaty"])
    )
    assert guess.code_matrix.tolist() == [[True, False], [False, True], [False, False]]
    unseen = classifier.predict_held_out_documents(
        lessons, classifier.similarity(classifier.fit_vectorizer(rows["text"])[1])
    )
    assert (unseen.code_matrix == (given > 0.5)).mean() > 0.97


def test_a_project_of_a_few_statements_can_be_learnt_from(project: Path) -> None:
    lessons = classifier.build_training_set(load_evidence(project), SEED)
    guess = classifier.train(lessons).predict(pd.Series(["Made up.", "Something else"]))
    assert np.isfinite(guess.probabilities).all()
    assert lessons.codes == [row["code_id"] for row in (*made.FRAMES, *made.AREAS)]
