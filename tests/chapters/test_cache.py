"""What is remembered is what would be computed, and no longer when anything that it is made from changes."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from compendium.chapters import cache as chapters_cache
from compendium.chapters.findings import cache, counting, indicators, multiverse
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.machine import cache as machine_cache
from compendium.chapters.machine import classifier
from compendium.dataset.evidence import load_evidence

SEED = 7


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "data", tmp_path / "data", ignore=shutil.ignore_patterns("texts"))
    return tmp_path


def test_what_is_remembered_is_what_was_computed(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known, calls = indicators.load_indicator_tables(copy), []

    def one(known: IndicatorTables, seed: int) -> dict[str, multiverse.Multiverse]:
        calls.append(seed)
        return {"F01": computed}

    computed = multiverse.finding_multiverse(counting.AllUniverses(known, SEED), "F01")
    monkeypatch.setattr(multiverse, "compute_multiverses", one)
    first, again = cache.cached_multiverses(copy, known, SEED), cache.cached_multiverses(copy, known, SEED)
    assert calls == [SEED]
    assert first["F01"].choices == again["F01"].choices
    np.testing.assert_array_equal(first["F01"].status_codes, again["F01"].status_codes)
    cache.cached_multiverses(copy, known, SEED + 1)
    with (copy / "data/choices.yml").open("a", encoding="utf-8") as stream:
        stream.write("# a thought\n")
    cache.cached_multiverses(copy, known, SEED)
    assert calls == [SEED, SEED + 1, SEED], "another seed and other data are computed anew"


def test_other_data_have_another_digest(copy: Path) -> None:
    before = chapters_cache.data_digest(copy)
    assert chapters_cache.data_digest(copy) == before
    path = min((copy / "data/cases").glob("*/codings.csv"))
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert chapters_cache.data_digest(copy) != before


@pytest.mark.parametrize(
    ("edited", "is_computed_again"),
    [
        ("stats/bootstrap.py", True),
        ("chapters/findings/counting.py", True),
        ("chapters/findings/tables.py", False),
        ("reporting/captions.py", False),
    ],
)
def test_only_code_that_computes_is_part_of_the_digest(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edited: str, is_computed_again: bool
) -> None:
    package = tmp_path / "compendium"
    shutil.copytree(root / "analysis/compendium", package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(chapters_cache, "_PACKAGE", package)
    before = chapters_cache.code_digest(multiverse)
    assert chapters_cache.code_digest(multiverse) == before
    # dependencies.required_files remembers what a file imports, so only a comment is added
    with (package / edited).open("a", encoding="utf-8") as stream:
        stream.write("# edited\n")
    assert (chapters_cache.code_digest(multiverse) != before) == is_computed_again


def test_a_machine_is_remembered_with_the_lessons_that_it_had(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = classifier.build_training_set(load_evidence(copy), SEED, max_statements=200)
    other = classifier.build_training_set(load_evidence(copy), SEED + 1, max_statements=200)
    first = machine_cache.cached_classifier(copy, few)
    assert not np.array_equal(machine_cache.cached_classifier(copy, other).weights, first.weights)
    monkeypatch.setattr(classifier, "train", lambda known: pytest.fail("learnt again"))
    np.testing.assert_array_equal(machine_cache.cached_classifier(copy, few).weights, first.weights)
    texts = few.statements["text"]
    np.testing.assert_array_equal(
        machine_cache.cached_classifier(copy, few).predict(texts).code_matrix, first.predict(texts).code_matrix
    )
