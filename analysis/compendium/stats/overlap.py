"""Match passages of a document whose boundaries two coders set differently."""

from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

_MIN_SHARED_FRACTION = 0.5
"""Two passages match when they share more than this fraction of the characters that either covers."""
_Key = TypeVar("_Key", bound=Hashable)


def overlapping_pairs(spans: Iterable[tuple[_Key, int, int]]) -> Iterator[tuple[_Key, _Key]]:
    """Yield each pair of passages that share more than half of the characters that either covers.

    The shared fraction is the index of Jaccard (1912).

    Parameters
    ----------
    spans : iterable of (key, start, end)
        Passages of one document, in characters from its beginning; ``end`` is not included.

    Yields
    ------
    tuple of (key, key)
        The passage that starts first, then the other; each pair once.

    Examples
    --------
    >>> list(overlapping_pairs([("a", 0, 10), ("b", 4, 10), ("c", 5, 30)]))
    [('a', 'b')]
    """
    candidates: list[tuple[_Key, int, int]] = []
    for key, start, end in sorted(spans, key=lambda span: span[1:]):
        candidates = [candidate for candidate in candidates if candidate[2] > start]
        for other_key, other_start, other_end in candidates:
            if min(end, other_end) - start > _MIN_SHARED_FRACTION * (max(end, other_end) - other_start):
                yield other_key, key
        candidates.append((key, start, end))
