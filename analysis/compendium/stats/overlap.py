"""When two passages are the same one: coders mark where they like."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

_MIN_SHARED_FRACTION = 0.5
"""Two passages are the same when they share more than this part of what both cover."""
_Key = TypeVar("_Key", bound=Hashable)


def overlapping_pairs(spans: Iterable[tuple[_Key, int, int]]) -> Iterator[tuple[_Key, _Key]]:
    """The pairs of passages of a document that are the same, as key, start and end of each; each pair once."""
    near: list[tuple[_Key, int, int]] = []
    for key, start, end in sorted(spans, key=lambda span: span[1:]):
        near = [each for each in near if each[2] > start]
        for other, begin, finish in near:
            if min(end, finish) - start > _MIN_SHARED_FRACTION * (max(end, finish) - begin):
                yield other, key
        near.append((key, start, end))
