"""What was said in confidence: it stays in a folder that git ignores, and only counts of its codes are published.

Statements and codings of restricted documents, such as interviews, lie in ``restricted/<case>/``, in the form of the
public tables. Nothing but this module reads them, and all that it gives away is :func:`publishable_code_counts`. Persons are protected
by a rule of frequency (Hundepool et al. 2012, *Statistical Disclosure Control*, chapter 5): a count stands where at
least five documents bear the code. Against disclosure by subtraction,

- at least five documents must not bear it, for the number of documents of a case is public;
- there is one reading, that of either coder, and no breakdown by side, partner or time, so that no two counts differ by
  a few persons; nor is it published how many statements there are, or bear no code;
- a table that is published once is not replaced, for the two would differ by the documents that came between.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from compendium.dataset import csv_tables, schema
from compendium.dataset.evidence import EVIDENCE_TABLES, Evidence, load_evidence, table_resources
from compendium.dataset.vocabulary import MIN_PUBLISHED_COUNT, READ_AND_NOTHING_FOUND, RESTRICTED
from compendium.errors import DataFault, InvalidData

_COUNT_COLUMNS = ["case_id", "code_id", "statements", "documents", "of"]


class CountsAlreadyPublished(Exception):
    """A case has published other counts already."""


def publishable_code_counts(statements: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """How many statements, and documents, bear each code in the reading of either coder, as far as it may be told.

    Parameters
    ----------
    statements : DataFrame
        ``statement_id``, ``document_id`` of the restricted documents of one case.
    codings : DataFrame
        ``statement_id``, ``coder``, ``code_id``.

    Returns
    -------
    DataFrame
        ``code_id``, ``statements``, ``documents``, ``of`` (documents with a statement); a row for each code that at
        least five documents bear and at least five do not.
    """
    of = statements["document_id"].nunique()
    given = codings[codings["code_id"] != READ_AND_NOTHING_FOUND].merge(statements, on="statement_id")
    found = given.groupby("code_id").agg(statements=("statement_id", "nunique"), documents=("document_id", "nunique"))
    told = found[(found["documents"] >= MIN_PUBLISHED_COUNT) & (of - found["documents"] >= MIN_PUBLISHED_COUNT)]
    return told.assign(of=of).reset_index()


def read_restricted_tables(root: Path, evidence: Evidence, case_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The statements and codings in ``restricted/<case>/``; both empty when the folder is not there.

    Raises
    ------
    Invalid
        With every fault: of cells, of ids that are not there, of statements that nobody coded.
    """
    folder = root / RESTRICTED / case_id
    resources = table_resources(root / "data", EVIDENCE_TABLES)
    frames, faults = [], []
    for name in ("statements", "codings"):
        columns = schema.column_names(resources[name])
        if not folder.exists():
            frames.append(csv_tables.empty_table(columns))
            continue
        frame, found = csv_tables.read_csv_table(folder / f"{name}.csv", f"{RESTRICTED}/{case_id}/{name}.csv", columns)
        frames.append(frame)
        faults += [*found, *schema.cell_faults(frame, resources[name])]
    statements, codings = frames
    faults += [] if faults else _reference_faults(statements, codings, evidence.case(case_id))
    if faults:
        raise InvalidData(sorted(set(faults)))
    return statements, codings


def write_restricted_counts(root: Path) -> list[Path]:
    """Count the restricted codings of each case that has a folder for them; gives the files that changed.

    Raises
    ------
    Invalid
        See :func:`read_restricted_tables`.
    Published
        When a case has other counts already.
    """
    known = load_evidence(root)
    written = []
    for case in known.cases.index:
        if not (root / RESTRICTED / case).exists():
            continue
        table = publishable_code_counts(*read_restricted_tables(root, known, case)).assign(case_id=case)[_COUNT_COLUMNS]
        path = root / "data" / "cases" / case / "restricted_counts.csv"
        text = table.to_csv(index=False, lineterminator="\n")
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before.count("\n") > 1 and before != text:
            raise CountsAlreadyPublished(
                f"{path.relative_to(root)} has other counts already. Were both ever seen, the difference would tell "
                "what few persons said: keep the old table. If it never left your machine, delete it and run again."
            )
        if before != text:
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def _reference_faults(statements: pd.DataFrame, codings: pd.DataFrame, evidence: Evidence) -> Iterator[DataFault]:
    documents = evidence.documents
    restricted = documents.loc[documents["access"] == RESTRICTED, "document_id"]
    codes = {*evidence.codes["code_id"], READ_AND_NOTHING_FOUND}
    said = statements["statement_id"]
    for frame, column, allowed, expected in (
        (statements, "document_id", restricted, f"a document of the case that is {RESTRICTED} in documents.csv"),
        (statements, "statement_id", codings["statement_id"], "a coding by at least one coder"),
        (codings, "statement_id", said, "an id of the table statements in the same folder"),
        (codings, "code_id", codes, f"a code of data/codebook, or {READ_AND_NOTHING_FOUND}"),
    ):
        for row in frame[~frame[column].isin([*allowed])].to_dict("records"):
            yield DataFault(row["_file"], int(row["_line"]), column, row[column], expected)
    for row in statements[said.duplicated()].to_dict("records"):
        place = DataFault(row["_file"], int(row["_line"]), "statement_id", row["statement_id"], "")
        yield replace(place, expected="an id that no other statement has")
