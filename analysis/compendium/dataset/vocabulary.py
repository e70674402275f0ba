"""Words of the data that the code knows by name."""

PROPOSALS_FILE = "codings-machine.csv"


CODEBOOK_FOLDER = "codebook"
"""The folder of what all cases share."""
ARCHITECTURE = "architecture"
"""The folder of what belongs to no case."""
READ_AND_NOTHING_FOUND = "none"
"""Stands in place of a code where a coder read a statement and found that none applies."""
INTERVIEW = "interview"
RESTRICTED = "restricted"
MIN_PUBLISHED_COUNT = 5
"""A count of a code in restricted documents is published where at least so many bear it, and as many do not."""
