"""Which tests only ``make campaign`` runs."""

import os

import pytest

CAMPAIGN = bool(os.environ.get("CAMPAIGN"))
only = pytest.mark.skipif(not CAMPAIGN, reason="a long test, for make campaign")
