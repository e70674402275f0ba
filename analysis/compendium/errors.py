"""Exceptions that several folders of the package share."""

from dataclasses import dataclass


class UsageError(Exception):
    """A case, notebook or parameter that the project does not have; the message says which there are."""


@dataclass(frozen=True, order=True)
class DataFault:
    """One thing that is wrong in one place of the data, said so that it can be mended."""

    file: str
    line: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        column = f" column {self.column}:" if self.column else ""
        return f"{self.file}:{self.line}:{column} {self.value!r} – {self.expected}"


class InvalidData(Exception):
    """The data break their rules; ``faults`` lists every place at once."""

    def __init__(self, faults: list[DataFault]) -> None:
        self.faults = faults
        super().__init__(f"{len(faults)} fault(s) in the data:\n" + "\n".join(str(fault) for fault in faults))


class NoSuchCell(Exception):
    """No such row or column; the message names it."""
