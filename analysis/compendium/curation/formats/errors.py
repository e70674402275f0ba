"""Exceptions raised while coded projects are read or written."""


class ImportRefused(Exception):
    """A file or request that cannot be processed; the message says why in one sentence."""
