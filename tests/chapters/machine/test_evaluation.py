"""How well the machine does: counted again by scikit-learn and by the project's own alpha."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import plain
import pytest
from compendium.chapters.machine import classifier, evaluation
from compendium.chapters.machine import tables as machine_tables
from compendium.chapters.machine.classifier import Prediction, TrainingSet
from compendium.dataset import vocabulary
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.errors import InvalidData
from compendium.publishing.pipeline import notebooks
from compendium.stats import agreement
from sklearn.metrics import precision_recall_fscore_support

SEED = 20101130


@pytest.fixture(scope="module")
def known(real: Evidence) -> TrainingSet:
    return classifier.build_training_set(real, SEED)


@pytest.fixture(scope="module")
def guess(known: TrainingSet) -> Prediction:
    """Marks that are right in part: what coders gave, with every seventh statement turned round. No machine needed."""
    marks = known.coder_shares > 0.5
    marks[::7] = ~marks[::7]
    return Prediction(np.where(marks, 0.8, 0.1), marks)


@pytest.fixture(scope="module")
def figures(real: Evidence, known: TrainingSet, guess: Prediction) -> pd.DataFrame:
    return evaluation.classifier_scores(real, known, {evaluation.UNSEEN_DOCUMENTS: guess}, SEED)


def given_by(coder: str, known: TrainingSet) -> np.ndarray:
    """Read from the files with nothing but csv."""
    rows = [row for case in plain.CASES for row in plain.rows("codings", case)]
    rows += plain.rows("codings", folder="architecture")
    pairs = {(row["statement_id"], row["code_id"]) for row in rows if row["coder"] == coder}
    return np.array([[(each, code) in pairs for code in known.codes] for each in known.statements["statement_id"]])


@pytest.mark.parametrize("coder", ["A", "B"])
def test_figures_are_those_of_others(figures: pd.DataFrame, known: TrainingSet, guess: Prediction, coder: str) -> None:
    given = given_by(coder, known)
    precision, recall, f1, number = precision_recall_fscore_support(given, guess.code_matrix, zero_division=np.nan)
    own = figures[figures["coder"] == coder]
    assert own["code_id"].tolist() == known.codes
    assert own["precision"].to_numpy() == pytest.approx(precision, abs=1e-6)
    assert own["recall"].to_numpy() == pytest.approx(recall, abs=1e-6)
    assert own["f1"].to_numpy() == pytest.approx(f1, abs=1e-6)
    assert own["given"].tolist() == number.tolist()
    right = (given == guess.code_matrix).mean(axis=0)
    always = np.maximum(given.mean(axis=0), 1 - given.mean(axis=0))
    assert own["gain"].to_numpy() == pytest.approx(right - always, abs=1e-6)
    alphas = agreement.alpha_by_code(
        np.stack([given, guess.code_matrix]), known.codes, known.statements["document_id"], SEED
    )
    assert own["alpha"].to_numpy() == pytest.approx(alphas["alpha"].to_numpy(), abs=1e-6)
    assert own["alpha_low"].to_numpy() == pytest.approx(alphas["low"].to_numpy(), abs=1e-6)
    assert own["alpha_high"].to_numpy() == pytest.approx(alphas["high"].to_numpy(), abs=1e-6)


def test_intervals_hold_their_figure(figures: pd.DataFrame) -> None:
    for name in evaluation.SCORE_NAMES:
        told = figures.dropna(subset=[f"{name}_low"])
        assert (told[f"{name}_low"] <= told[name] + 0.02).all() and (told[name] <= told[f"{name}_high"] + 0.02).all()


def test_of_use_is_what_is_right_and_found_at_least_by_half() -> None:
    codes = pd.DataFrame({"code_id": list("pqrst"), "label": list("PQRST"), "kind": "frame"})
    rows = []
    for coder, precision, recall in (
        ("A", [0.9, 0.5, 0.4, 0.9, np.nan], [0.5, 0.5, 0.9, 0.9, np.nan]),
        ("B", [0.8, 0.5, 0.9, 0.9, np.nan], [0.6, 0.6, 0.9, 0.4, np.nan]),
    ):
        row = {"code_id": list("pqrst"), "precision": precision, "recall": recall, "coder": coder, "test": "made up"}
        more = dict.fromkeys(("f1", "alpha", "right", "majority", "gain", "gain_low", "given", "n"), 0.5)
        rows.append(pd.DataFrame(row | more))
    told = evaluation.code_usefulness(pd.concat(rows), "made up", codes).set_index("code_id")
    assert told["useful"].to_dict() == {"p": True, "q": True, "r": False, "s": False, "t": False}
    assert told.loc["r", "precision"] == 0.4, "against the coder whom it follows least"


def test_sets_are_told_for_each_case_and_for_all(real: Evidence, known: TrainingSet, guess: Prediction) -> None:
    sets = evaluation.classifier_set_alphas(real, known, guess, SEED)
    own = sets[sets["group"] == "with coder A"].set_index("label")
    sizes = {plain.facts(case)["short"]: len(plain.rows("statements", case)) for case in plain.CASES}
    assert {name: own.loc[name, "n"] for name in sizes} == sizes
    assert own.loc[evaluation.ALL_STATEMENTS, "n"] == len(known.statements)


def test_a_machine_that_says_what_a_coder_says_agrees_with_that_coder(real: Evidence, known: TrainingSet) -> None:
    marks = given_by("A", known)
    same = Prediction(marks.astype(float), marks)
    figures = evaluation.classifier_scores(real, known, {evaluation.UNSEEN_DOCUMENTS: same}, SEED)
    own = figures[(figures["coder"] == "A") & (figures["given"] > 0)]
    assert (own[["precision", "recall", "f1", "alpha"]] == 1).all(axis=None)
    sets = evaluation.classifier_set_alphas(real, known, same, SEED)
    assert (sets.loc[sets["group"] == "with coder A", "value"] == 1).all()


def test_chances_that_are_what_they_say(real: Evidence, known: TrainingSet, guess: Prediction) -> None:
    told = evaluation.calibration(real, known, {"made up": guess})
    assert told["chance"].tolist() == pytest.approx([0.1, 0.8])
    expected = [
        np.mean([given_by(coder, known)[guess.code_matrix == yes].mean() for coder in "AB"]) for yes in (False, True)
    ]
    assert told["share"].tolist() == pytest.approx(expected, abs=1e-6)
    assert told["n"].sum() == 2 * known.coder_shares.size


def test_the_table_says_for_which_codes_it_is_of_no_use(figures: pd.DataFrame, real: Evidence) -> None:
    told = evaluation.code_usefulness(figures, evaluation.UNSEEN_DOCUMENTS, real.codes)
    html = machine_tables.code_usefulness_table(told).data
    assert html.count("of no use") == (~told["useful"]).sum()
    assert html.count("<tr>") == len(real.codes) + 1


# ---- it enters nothing ----


def same(one: Evidence, other: Evidence) -> bool:
    tables = (field.name for field in fields(Evidence) if field.name != "notes")
    return all(getattr(one, name).equals(getattr(other, name)) for name in tables)


def test_proposals_enter_no_table_and_make_no_notebook_stale(project: Path) -> None:
    before = load_evidence(project)
    rows = "statement_id,coder,code_id,chance\naland-d1-s1,machine,threat,0.99\naland-d9-s9,machine,nothing,\n"
    path = project / "data/cases/aland" / vocabulary.PROPOSALS_FILE
    path.write_text(rows, encoding="utf-8")
    assert same(load_evidence(project), before)
    assert path not in notebooks.data_files(project)


def test_a_coder_called_machine_is_refused_among_the_codings(project: Path) -> None:
    path = project / "data/cases/aland/codings.csv"
    text = path.read_text(encoding="utf-8")
    for coder in ("machine", "Machine"):
        path.write_text(text + f"aland-d1-s1,{coder},gain\n", encoding="utf-8")
        with pytest.raises(InvalidData) as invalid:
            load_evidence(project)
        assert [(fault.column, fault.value) for fault in invalid.value.faults if fault.column == "coder"] == [
            ("coder", coder)
        ]
        with pytest.raises(InvalidData):
            load_evidence(project, require_codings=False)


def test_no_template_reads_proposals(root: Path) -> None:
    """But to name the command, templates and the floors below them do not speak of the file."""
    package = root / "analysis/compendium"
    code = [path for name in ("stats", "reporting", "chapters") for path in (package / name).rglob("*.py")]
    paths = [*(root / "analysis/notebooks").glob("*/*.ipynb"), *code]
    for path in paths:
        assert vocabulary.PROPOSALS_FILE not in path.read_text(encoding="utf-8"), path.name
