"""Cached results of training and evaluating the text classifier."""

from pathlib import Path

from compendium.chapters.cache import cached_result, code_digest
from compendium.chapters.machine import classifier, evaluation
from compendium.chapters.machine.classifier import Classifier, Prediction, TrainingSet


def cached_predictions(root: Path, training_set: TrainingSet) -> dict[str, Prediction]:
    """Get the result of :func:`compendium.chapters.machine.evaluation.held_out_predictions` from the cache."""
    predictions: dict[str, Prediction] = cached_result(
        root, _compute_predictions, code_digest(evaluation), training_set
    )
    return predictions


def cached_classifier(root: Path, training_set: TrainingSet) -> Classifier:
    """Get the result of :func:`compendium.chapters.machine.classifier.train` from the cache."""
    trained: Classifier = cached_result(root, _train_classifier, code_digest(classifier), training_set)
    return trained


def _compute_predictions(digest: str, training_set: TrainingSet) -> dict[str, Prediction]:
    return evaluation.held_out_predictions(training_set)


def _train_classifier(digest: str, training_set: TrainingSet) -> Classifier:
    return classifier.train(training_set)
