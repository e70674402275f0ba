"""Cached classifier and cached predictions of its evaluation."""

from pathlib import Path

from compendium.chapters.cache import cached_result
from compendium.chapters.cache import code_digest as computed_by_cache
from compendium.chapters.machine import classifier, evaluation
from compendium.chapters.machine.classifier import Guess, Lessons, Machine


def guesses(root: Path, known: Lessons) -> dict[str, Guess]:
    """As :func:`compendium.chapters.machine.evaluation.tests`."""
    found: dict[str, Guess] = cached_result(root, _guesses, computed_by_cache(), known)
    return found


def trained(root: Path, known: Lessons) -> Machine:
    """As :func:`compendium.chapters.machine.classifier.train`."""
    found: Machine = cached_result(root, _trained, computed_by_cache(), known)
    return found


def _guesses(computed_by: str, known: Lessons) -> dict[str, Guess]:
    return evaluation.tests(known)


def _trained(computed_by: str, known: Lessons) -> Machine:
    return classifier.train(known)
