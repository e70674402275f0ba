"""When two passages are the same one: coders mark where they like."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

SHARED = 0.5
"""Two passages are the same when they share more than this part of what both cover."""
Key = TypeVar("Key", bound=Hashable)


def pairs(spans: Iterable[tuple[Key, int, int]]) -> Iterator[tuple[Key, Key]]:
    """The pairs of passages of a document that are the same, as key, start and end of each; each pair once."""
    near: list[tuple[Key, int, int]] = []
    for key, start, end in sorted(spans, key=lambda span: span[1:]):
        near = [each for each in near if each[2] > start]
        for other, begin, finish in near:
            if min(end, finish) - start > SHARED * (max(end, finish) - begin):
                yield other, key
        near.append((key, start, end))
