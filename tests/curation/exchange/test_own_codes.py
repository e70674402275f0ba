"""Coders mark where they like: what one gave to nearly the same passage counts for the other's as well."""

from pathlib import Path

import made_qdpx as made
from compendium.chapters import own_codes
from compendium.dataset.evidence import load_evidence
from kinds import Call
from made_qdpx import Selection, Source


def test_marks_of_nearly_the_same_passage_are_compared(call: Call, home: Path, tmp_path: Path) -> None:
    path = made.project(tmp_path / "in.qdpx", [Source("Speech", b"One fence and two gates.", [
        Selection(0, 9, [("Ann", "Fences")]),
        Selection(0, 13, [("Bob", "Gates")]),
        Selection(10, 24, [("Bob", "Locks")]),
    ])])  # fmt: skip
    assert call("import", path, "--case", "brought")[0] == 0
    found = own_codes.own_code_readings(load_evidence(home).case("brought"))
    codes, given = found.codes["code_id"], {}
    for coder, marks in zip(found.coders, found.code_array, strict=True):
        given[coder] = [codes[row].tolist() for row in marks]
    assert found.statements["text"].tolist() == ["One fence", "One fence and", "and two gates."]
    assert given == {
        "Ann": [["brought-fences"], ["brought-fences"], []],
        "Bob": [["brought-gates"], ["brought-gates"], ["brought-locks"]],
    }
