"""Errors of reading and writing coded projects."""


class ImportRefused(Exception):
    """A file or a wish that can not be taken: one sentence says why. Nothing was written."""
