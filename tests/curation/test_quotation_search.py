"""Quotations are found as people quote, and nowhere else."""

import pytest
from compendium.curation import quotation_search
from hypothesis import given
from hypothesis import strategies as st

TEXT = (
    "The partners, acting in a spirit of co-\noperation, agreed: \u201cMigration is a shared task\u201d. "
    "Returns will be humane. The visa\N{SOFT HYPHEN} regime \u2013 so the minister \u2013 is eased for stu\u00addents."
    "\n\n Departures were many."
)
WITHIN = quotation_search.normalize_text(TEXT)


@pytest.mark.parametrize(
    "quotation",
    [
        "in a spirit of cooperation",
        "in  a spirit\nof co-operation, agreed",
        '"Migration is a shared task".',
        "Migration is … task",
        "Migration [...] shared task",
        "The partners (...) agreed",
        '[They] agreed: "Migration',
        "regime - so the minister - is eased for students",
        "humane",
    ],
)
def test_what_is_there_is_found(quotation: str) -> None:
    assert quotation_search.find_quotation(quotation, WITHIN)


@pytest.mark.parametrize(
    "quotation",
    [
        "a shared burden",
        "art",  # within Departures
        "peration",
        "task … Migration",  # the other way round
        "migration is a shared task",  # a small letter is another quotation
        "Departures were many and more",
        "",
        "…",
    ],
)
def test_what_is_not_there_is_not_found(quotation: str) -> None:
    assert quotation_search.find_quotation(quotation, WITHIN) is None


def test_the_passage_is_shown_with_what_stands_around() -> None:
    place = quotation_search.find_quotation("Migration is a shared task", WITHIN)
    assert place is not None
    assert TEXT[slice(*place)] == "Migration is a shared task"
    shown = quotation_search.quotation_in_context(TEXT, *place, context_chars=10)
    assert "⟦Migration is a shared task⟧" in shown and shown.startswith("…") and "\n" not in shown


def test_no_sign_of_a_text_reaches_the_terminal() -> None:
    text = "one \x1b[31mtwo\x07 three"
    assert quotation_search.quotation_in_context(text, 0, 3) == "⟦one⟧ [31mtwo three"


def test_the_nearest_passage_of_what_was_changed() -> None:
    place = quotation_search.nearest_match("Migration is a shared burden", WITHIN)
    assert place is not None and TEXT[slice(*place)].startswith("Migration is a shared")
    assert (
        quotation_search.nearest_match("Quite another sentence", quotation_search.normalize_text("0123456789")) is None
    )


words = st.lists(st.text("abcdefgh\u00e9", min_size=1, max_size=6), min_size=3, max_size=30)


@given(words, st.data())
def test_any_run_of_words_is_found_however_it_is_broken(parts: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(parts) - 1))
    end = data.draw(st.integers(start + 1, len(parts)))
    text = "\n".join(parts)
    assert quotation_search.find_quotation(" ".join(parts[start:end]), quotation_search.normalize_text(text))
