"""Numbers for prose: how they are written, kept and shown."""

import json
from typing import Any

import pytest
from compendium.reporting import inline_values
from compendium.reporting.inline_values import Number, Phrase
from compendium.reporting.mime_types import VALUES_MIME

NAN = float("nan")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Number(0.125, "a share", "share"), "12\N{NO-BREAK SPACE}%"),
        (Number(0.0, "a share", "share"), "0\N{NO-BREAK SPACE}%"),
        (Number(1234, "rows"), "1,234"),
        (Number(-12.4, "a gap", "points"), "−12 points"),
        (Number(3.6, "a gap", "points"), "+4 points"),
        (Number(-0.456, "alpha", "plain"), "−0.46"),
        (Number(NAN, "a share", "share"), "not known"),
        (Number(NAN, "rows"), "not known"),
        (Number(NAN, "a gap", "points"), "not known"),
        (Number(NAN, "alpha", "plain"), "not known"),
    ],
)
def test_a_number_is_written_as_prose_writes_it(number: Number, text: str) -> None:
    assert number.text == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Number(0.5, "m", "share", 1200, 0.4, 0.61), "50 % (95 % interval 40 to 61 %, n = 1,200)"),
        (Number(5, "m", "points", 9, -3.2, 12.1), "+5 points (95 % interval −3 to +12, n = 9)"),
        (Number(0.5, "m", "plain", None, -0.2, 0.61), "0.50 (95 % interval −0.20 to 0.61)"),
        (Number(0.5, "m", "share", 8), "50 % (n = 8)"),
        (Number(0.5, "m", "share"), "50 %"),
        (Number(0.5, "m", "share", 8, NAN, NAN), "50 % (n = 8)"),
        (Number(NAN, "m", "share", 0, NAN, NAN), "not known (n = 0)"),
    ],
)
def test_interval_and_n_stand_behind_it_as_far_as_they_are_known(number: Number, text: str) -> None:
    assert number.text_with_interval.replace("\N{NO-BREAK SPACE}", " ") == text


def test_a_number_is_kept_with_all_that_is_known_of_it() -> None:
    entry = Number(1 / 3, "a third", "share", 9, 0.1, NAN).entry()
    assert (entry["value"], entry["low"], entry["high"], entry["n"]) == (0.333333333, 0.1, None, 9)
    assert (entry["meaning"], entry["unit"]) == ("a third", "share")
    json.dumps(entry, allow_nan=False)


@pytest.mark.parametrize("unit", ["share", "points", "plain", "count"])
@pytest.mark.parametrize("value", [0.345, 0.125, 2.5, 0.0])
def test_what_machines_compute_differently_in_the_last_digits_is_one_number(value: float, unit: str) -> None:
    """Also where half a unit decides what prose writes, and where the sign of nothing would."""
    entries = [Number(value + error, "m", unit).entry() for error in (0, 1e-14, -1e-14)]
    assert json.dumps(entries[0]) == json.dumps(entries[1]) == json.dumps(entries[2])


def test_what_is_not_known_is_null() -> None:
    entry = Number(NAN, "nothing", "share").entry()
    assert (entry["value"], entry["text"]) == (None, "not known")


def test_numbers_and_words_are_shown_as_a_table_and_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[dict[str, Any], bool]] = []
    monkeypatch.setattr(inline_values, "display", lambda bundle, raw: shown.append((bundle, raw)))
    inline_values.publish_values(top=Phrase("<script>", "a & b"), count=Number(3, "rows"))
    ((bundle, raw),) = shown
    assert raw
    assert list(bundle[VALUES_MIME]) == ["count", "top"]
    assert bundle[VALUES_MIME]["top"]["text"] == "<script>"
    assert "&lt;script&gt;" in bundle["text/html"] and "a &amp; b" in bundle["text/html"]
    assert "<script>" not in bundle["text/html"]
    assert bundle["text/plain"] == "count: 3\ntop: <script>"
