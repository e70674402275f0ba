"""Exceptions that several folders of the package share."""


class UsageError(Exception):
    """A case, notebook or parameter that the project does not have; the message says which there are."""
