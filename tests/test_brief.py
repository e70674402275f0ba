"""Words where there is little room."""

from compendium.reporting.labels import shortened


def test_a_text_is_cut_where_the_room_ends_and_says_so() -> None:
    assert shortened("one  fence\nand two", 20) == "one fence and two"
    assert shortened("one fence and two gates", 10) == "one fence…"
    assert shortened("x" * 30, 10) == "x" * 10 + "…", "words without an end too"
