"""Test parameters of which only the first is quick: ``make test`` runs it, ``make test-all`` runs all."""

from collections.abc import Iterable
from typing import Any

import pytest


def slow_after_first(values: Iterable[Any]) -> list[Any]:
    """The values for ``pytest.mark.parametrize``, those after the first marked as slow."""
    first, *others = values
    return [
        first,
        *(pytest.param(*value if isinstance(value, tuple) else [value], marks=pytest.mark.slow) for value in others),
    ]
