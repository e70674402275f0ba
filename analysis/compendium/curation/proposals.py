"""What the machine proposes for statements that nobody has coded: help for a coder, and no evidence.

Proposals stand in a file of their own, which neither :mod:`compendium.dataset.evidence` nor any notebook reads. So no
figure
can come to rest on them, whatever its parameters: who accepts a proposal copies it into ``codings.csv``, as a coding of
his or her own.
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
    """What is proposed.

    ``rows`` are those of the file (:data:`_PROPOSAL_COLUMNS`; a statement without a proposal has the row ``none``, without a
    chance), ``n_statements`` how many were read, ``n_training_statements`` how many statements were learnt from, ``test_name`` which test the
    machine's use was judged by, ``excluded_codes`` the codes that are left out for it.
    """

    rows: pd.DataFrame
    n_statements: int
    n_training_statements: int
    test_name: str
    excluded_codes: list[str]

    @property
    def n_codes(self) -> int:
        """How many codes are proposed."""
        return int((self.rows["code_id"] != READ_AND_NOTHING_FOUND).sum())

    @property
    def n_statements_with_codes(self) -> int:
        """For how many statements."""
        return int(self.rows.loc[self.rows["code_id"] != READ_AND_NOTHING_FOUND, "statement_id"].nunique())


def propose_codes(root: Path, evidence: Evidence, case_id: str, seed: int = _SEED) -> CodeProposals | None:
    """Codes for the statements of a case that nobody has coded; None where there is none.

    The machine learns from all coded statements, of any case. Codes for which it is of no use are left out: judged on
    documents not seen where part of the case has been coded, and on cases not seen otherwise.
    """
    own = evidence.case(case_id)
    uncoded = own.statements[~own.statements["statement_id"].isin(own.codings["statement_id"])]
    if uncoded.empty:
        return None
    lessons = classifier.build_training_set(evidence, seed)
    guesses = cache.cached_predictions(root, lessons)
    test = evaluation.UNSEEN_DOCUMENTS if len(own.codings) else evaluation.hardest_test(guesses)
    figures = evaluation.classifier_scores(evidence, lessons, guesses, seed)
    verdicts = evaluation.code_usefulness(figures, test, evidence.codes).set_index("code_id")
    useful = verdicts["useful"].reindex(lessons.codes).to_numpy(dtype=bool)
    guess = cache.cached_classifier(root, lessons).predict(uncoded["text"])
    rows = []
    for statement, chances, marks in zip(
        uncoded["statement_id"], guess.probabilities, guess.code_matrix & useful, strict=True
    ):
        found = [
            (code, f"{chance:.2f}") for code, chance, mark in zip(lessons.codes, chances, marks, strict=True) if mark
        ]
        rows += [(statement, evaluation.CLASSIFIER_CODER, *each) for each in found or [(READ_AND_NOTHING_FOUND, "")]]
    useless = verdicts.loc[~verdicts["useful"], "label"].tolist()
    return CodeProposals(
        pd.DataFrame(rows, columns=_PROPOSAL_COLUMNS), len(uncoded), len(lessons.statements), test, useless
    )


def write_proposals(root: Path, case_id: str, rows: pd.DataFrame) -> Path:
    """Write proposals beside the tables of the case, in place of earlier ones; gives the path."""
    path = root / "data" / "cases" / case_id / PROPOSALS_FILE
    aside = path.with_name(f".{PROPOSALS_FILE}.new")
    aside.write_text(rows.to_csv(index=False, lineterminator="\n"), encoding="utf-8")
    os.replace(aside, path)
    return path
