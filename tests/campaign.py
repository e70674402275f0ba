"""Which tests only ``make campaign`` runs, and which it runs on more."""

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

CAMPAIGN = bool(os.environ.get("CAMPAIGN"))
only = pytest.mark.skipif(not CAMPAIGN, reason="a long test, for make campaign")
Each = TypeVar("Each")


def first(every: Sequence[Each]) -> Sequence[Each]:
    """All in the campaign, else the first."""
    return every if CAMPAIGN else every[:1]
