"""Exceptions that several parts of the package share."""

from dataclasses import dataclass


class UsageError(Exception):
    """An unknown case, notebook or parameter value; the message lists the available ones."""


@dataclass(frozen=True, order=True)
class DataFault:
    """A fault in the data: where it is, the value found, and what was expected.

    Parameters
    ----------
    file : str
        Path from the project's folder.
    line : int
        Line on which the row or key begins, from 1.
    column : str
        Column or key; empty if the fault concerns the whole line or file.
    value : str
        The value found; empty if there is none.
    expected : str
        A phrase that continues the word "expected", and what to do if that is not evident.
    """

    file: str
    line: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        column = f" column {self.column}:" if self.column else ""
        value = f" {self.value!r} –" if self.value else ""
        return f"{self.file}:{self.line}:{column}{value} expected {self.expected}"


class InvalidData(Exception):
    """The data break at least one rule; ``faults`` holds all faults that were found."""

    def __init__(self, faults: list[DataFault]) -> None:
        self.faults = faults
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{count} in the data:\n" + "\n".join(str(fault) for fault in faults))


class NoSuchCell(Exception):
    """A row or column that a table does not have; the message names it."""
