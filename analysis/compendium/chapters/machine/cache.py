"""Cached classifier and cached predictions of its evaluation."""

from pathlib import Path

from compendium.chapters.cache import cached_result
from compendium.chapters.cache import code_digest as computed_by_cache
from compendium.chapters.machine import classifier, evaluation
from compendium.chapters.machine.classifier import Classifier, Prediction, TrainingSet


def cached_predictions(root: Path, training_set: TrainingSet) -> dict[str, Prediction]:
    """As :func:`compendium.chapters.machine.evaluation.held_out_predictions`."""
    found: dict[str, Prediction] = cached_result(root, _compute_predictions, computed_by_cache(), training_set)
    return found


def cached_classifier(root: Path, training_set: TrainingSet) -> Classifier:
    """As :func:`compendium.chapters.machine.classifier.train`."""
    found: Classifier = cached_result(root, _train_classifier, computed_by_cache(), training_set)
    return found


def _compute_predictions(code_digest: str, training_set: TrainingSet) -> dict[str, Prediction]:
    return evaluation.held_out_predictions(training_set)


def _train_classifier(code_digest: str, training_set: TrainingSet) -> Classifier:
    return classifier.train(training_set)
