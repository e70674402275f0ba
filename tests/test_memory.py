"""What is remembered is what would be computed, and no longer when anything that it is made from changes."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from compendium import evidence, learn, memory, robustness, sheets
from compendium.sheets import Sheets

SEED = 7


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "data", tmp_path / "data", ignore=shutil.ignore_patterns("texts"))
    return tmp_path


def test_what_is_remembered_is_what_was_computed(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, calls = sheets.load(copy), []

    def one(known: Sheets, seed: int) -> dict[str, robustness.Multiverse]:
        calls.append(seed)
        return {"F01": computed}

    computed = robustness.multiverse(robustness.Grid(known, SEED), "F01")
    monkeypatch.setattr(robustness, "multiverses", one)
    first, again = memory.multiverses(copy, known, SEED), memory.multiverses(copy, known, SEED)
    assert calls == [SEED]
    assert first["F01"].choices == again["F01"].choices
    np.testing.assert_array_equal(first["F01"].status, again["F01"].status)
    memory.multiverses(copy, known, SEED + 1)
    with (copy / "data/choices.yml").open("a", encoding="utf-8") as stream:
        stream.write("# a thought\n")
    memory.multiverses(copy, known, SEED)
    assert calls == [SEED, SEED + 1, SEED], "another seed and other data are computed anew"


def test_data_and_code_make_the_digest(copy: Path) -> None:
    before = memory.made_from(copy)
    assert memory.made_from(copy) == before
    path = min((copy / "data/cases").glob("*/codings.csv"))
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert memory.made_from(copy) != before


def test_a_machine_is_remembered_with_the_lessons_that_it_had(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = learn.lessons(evidence.load(copy), SEED, limit=200)
    other = learn.lessons(evidence.load(copy), SEED + 1, limit=200)
    first = memory.trained(copy, few)
    assert not np.array_equal(memory.trained(copy, other).weights, first.weights)
    monkeypatch.setattr(learn, "train", lambda known: pytest.fail("learnt again"))
    np.testing.assert_array_equal(memory.trained(copy, few).weights, first.weights)
    texts = few.statements["text"]
    np.testing.assert_array_equal(memory.trained(copy, few).guess(texts).marks, first.guess(texts).marks)
