"""Words where there is little room."""

from compendium.reporting.labels import truncate


def test_a_text_is_cut_where_the_room_ends_and_says_so() -> None:
    assert truncate("one  fence\nand two", 20) == "one fence and two"
    assert truncate("one fence and two gates", 10) == "one fence…"
    assert truncate("x" * 30, 10) == "x" * 10 + "…", "words without an end too"
