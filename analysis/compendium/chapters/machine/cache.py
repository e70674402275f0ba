"""Cached classifier, and cached predictions of its evaluation."""

from pathlib import Path

from compendium.chapters.cache import cached_result, code_digest
from compendium.chapters.machine import classifier, evaluation
from compendium.chapters.machine.classifier import Classifier, Prediction, TrainingSet


def cached_predictions(root: Path, training_set: TrainingSet) -> dict[str, Prediction]:
    """Result of :func:`evaluation.held_out_predictions`."""
    predictions: dict[str, Prediction] = cached_result(
        root, _compute_predictions, code_digest(evaluation), training_set
    )
    return predictions


def cached_classifier(root: Path, training_set: TrainingSet) -> Classifier:
    """Result of :func:`classifier.train`."""
    trained: Classifier = cached_result(root, _train_classifier, code_digest(classifier), training_set)
    return trained


def _compute_predictions(digest: str, training_set: TrainingSet) -> dict[str, Prediction]:
    return evaluation.held_out_predictions(training_set)


def _train_classifier(digest: str, training_set: TrainingSet) -> Classifier:
    return classifier.train(training_set)
