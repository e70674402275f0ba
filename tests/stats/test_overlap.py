"""Two passages are the same when they share more than half of what both cover: against every pair, one by one."""

from itertools import combinations

from compendium.stats import overlap
from hypothesis import given
from hypothesis import strategies as st

spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)).map(lambda span: (span[0], sum(span))), max_size=12)


@given(spans)
def test_pairs_are_all_that_share_more_than_half(made_up: list[tuple[int, int]]) -> None:
    found = {
        frozenset(pair) for pair in overlap.overlapping_pairs((place, *span) for place, span in enumerate(made_up))
    }
    letters = [set(range(*span)) for span in made_up]
    expected = {
        frozenset({one, two})
        for one, two in combinations(range(len(made_up)), 2)
        if 2 * len(letters[one] & letters[two]) > len(letters[one] | letters[two])
    }
    assert found == expected


def test_half_is_not_enough() -> None:
    assert not list(overlap.overlapping_pairs([("a", 0, 10), ("b", 5, 10)]))
    assert list(overlap.overlapping_pairs([("a", 0, 10), ("b", 4, 10)])) == [("a", "b")]
