"""Codes that the text classifier proposes for uncoded statements; no check, table or chart reads them.

Proposals have a file of their own, which neither :mod:`compendium.dataset.evidence` nor a notebook reads, so that no
result can depend on them. A coder who accepts a proposal copies it to ``codings.csv`` as a coding of his or her own.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from compendium.chapters.machine import cache, classifier, evaluation
from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import PROPOSALS_FILE, READ_AND_NOTHING_FOUND

_PROPOSAL_COLUMNS = ["statement_id", "coder", "code_id", "chance"]
_SEED = 20101130


@dataclass(frozen=True)
class CodeProposals:
    """Proposed codes for the uncoded statements of a case.

    Parameters
    ----------
    rows : DataFrame
        Columns ``statement_id``, ``coder``, ``code_id``, ``chance``; a row per proposal. A statement without a
        proposal has one row with the code ``none`` and an empty ``chance``.
    n_statements : int
        Number of uncoded statements.
    n_training_statements : int
        Number of statements in the training set.
    test_name : str
        The test that decides for which codes the classifier is useful.
    excluded_codes : list of str
        Labels of the codes that are never proposed, because they fail this test.
    """

    rows: pd.DataFrame
    n_statements: int
    n_training_statements: int
    test_name: str
    excluded_codes: list[str]

    @property
    def n_codes(self) -> int:
        """Number of proposed codes, over all statements."""
        return int((self.rows["code_id"] != READ_AND_NOTHING_FOUND).sum())

    @property
    def n_statements_with_codes(self) -> int:
        """Number of statements with at least one proposed code."""
        return int(self.rows.loc[self.rows["code_id"] != READ_AND_NOTHING_FOUND, "statement_id"].nunique())


def propose_codes(root: Path, evidence: Evidence, case_id: str, seed: int = _SEED) -> CodeProposals | None:
    """Propose codes for the uncoded statements of a case; None if all of its statements are coded.

    The classifier is trained on the coded statements of all cases. It proposes only codes that it predicts well enough:
    in unseen documents if the case is partly coded, otherwise in unseen cases.
    """
    case = evidence.case(case_id)
    uncoded = case.statements[~case.statements["statement_id"].isin(case.codings["statement_id"])]
    if uncoded.empty:
        return None
    training_set = classifier.build_training_set(evidence, seed)
    test_predictions = cache.cached_predictions(root, training_set)
    test = evaluation.UNSEEN_DOCUMENTS if len(case.codings) else evaluation.hardest_test(test_predictions)
    scores = evaluation.classifier_scores(evidence, training_set, test_predictions, seed)
    usefulness = evaluation.code_usefulness(scores, test, evidence.codes).set_index("code_id")
    is_useful = usefulness["useful"].reindex(training_set.codes).to_numpy(dtype=bool)
    prediction = cache.cached_classifier(root, training_set).predict(uncoded["text"])
    rows: list[tuple[str, ...]] = []
    for statement_id, probabilities, is_proposed in zip(
        uncoded["statement_id"], prediction.probabilities, prediction.code_matrix & is_useful, strict=True
    ):
        proposed = [
            (code_id, f"{probability:.2f}")
            for code_id, probability, has_code in zip(training_set.codes, probabilities, is_proposed, strict=True)
            if has_code
        ]
        rows += [
            (statement_id, evaluation.CLASSIFIER_CODER, code_id, chance)
            for code_id, chance in proposed or [(READ_AND_NOTHING_FOUND, "")]
        ]
    return CodeProposals(
        pd.DataFrame(rows, columns=_PROPOSAL_COLUMNS),
        n_statements=len(uncoded),
        n_training_statements=len(training_set.statements),
        test_name=test,
        excluded_codes=usefulness.loc[~usefulness["useful"], "label"].tolist(),
    )


def write_proposals(root: Path, case_id: str, rows: pd.DataFrame) -> Path:
    """Write proposals to the folder of the case, replacing earlier ones; return the path."""
    path = root / "data" / "cases" / case_id / PROPOSALS_FILE
    temporary_path = path.with_name(f".{PROPOSALS_FILE}.new")
    temporary_path.write_text(rows.to_csv(index=False, lineterminator="\n"), encoding="utf-8")
    os.replace(temporary_path, path)
    return path
