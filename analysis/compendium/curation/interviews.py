"""Code counts of restricted documents, such as interviews; their statements and codings are never published.

The tables ``statements.csv`` and ``codings.csv`` of restricted documents are in ``restricted/<case>/``, which git
ignores. Only this module reads them, and only :func:`publishable_code_counts` leaves it. A frequency rule protects the
persons: a count is published if at least five documents have the code. Three further rules prevent disclosure by
subtraction:

- At least five documents must not have the code, because the number of documents of a case is public.
- A statement counts once, whichever coder gave the code. Counts are not broken down by side, partner or time, so that
  no two of them differ by a few persons. The numbers of all statements and of statements without a code stay private.
- A published table is never replaced, because two versions would differ by the documents added in between.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from compendium.dataset import csv_tables, schema
from compendium.dataset.evidence import EVIDENCE_TABLES, Evidence, load_evidence, table_resources
from compendium.dataset.vocabulary import MIN_PUBLISHED_COUNT, READ_AND_NOTHING_FOUND, RESTRICTED
from compendium.errors import DataFault, InvalidData

_COUNT_COLUMNS = ["case_id", "code_id", "statements", "documents", "of"]


class CountsAlreadyPublished(Exception):
    """A case already has a table of counts, with other counts."""


def publishable_code_counts(statements: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """Count statements and documents per code, omitting counts that could identify persons.

    The frequency rule follows Hundepool et al. (2012), *Statistical Disclosure Control*, chapter 5.

    Parameters
    ----------
    statements : DataFrame
        Columns ``statement_id``, ``document_id``; the restricted documents of one case.
    codings : DataFrame
        Columns ``statement_id``, ``coder``, ``code_id``.

    Returns
    -------
    DataFrame
        Columns ``code_id``, ``statements``, ``documents``, ``of`` (documents with a statement); a row per code that
        at least five documents have and at least five do not have.

    Examples
    --------
    >>> statements = pd.DataFrame({"statement_id": range(11), "document_id": range(11)})
    >>> codings = pd.DataFrame({"statement_id": [*range(6), 0], "coder": "A", "code_id": [*["gain"] * 6, "threat"]})
    >>> publishable_code_counts(statements, codings).to_dict("records")
    [{'code_id': 'gain', 'statements': 6, 'documents': 6, 'of': 11}]
    """
    n_documents = statements["document_id"].nunique()
    coded = codings[codings["code_id"] != READ_AND_NOTHING_FOUND].merge(statements, on="statement_id")
    counts = coded.groupby("code_id").agg(statements=("statement_id", "nunique"), documents=("document_id", "nunique"))
    is_publishable = (counts["documents"] >= MIN_PUBLISHED_COUNT) & (
        n_documents - counts["documents"] >= MIN_PUBLISHED_COUNT
    )
    return counts[is_publishable].assign(of=n_documents).reset_index()


def read_restricted_tables(root: Path, evidence: Evidence, case_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the statements and codings in ``restricted/<case>/``; both are empty if there is no such folder.

    Raises
    ------
    InvalidData
        With every fault: invalid cells, unknown ids, statements without a coding.
    """
    folder = root / RESTRICTED / case_id
    resources = table_resources(root / "data", EVIDENCE_TABLES)
    tables: list[pd.DataFrame] = []
    faults: list[DataFault] = []
    for name in ("statements", "codings"):
        columns = schema.column_names(resources[name])
        if not folder.exists():
            tables.append(csv_tables.empty_table(columns))
            continue
        table, file_faults = csv_tables.read_csv_table(
            folder / f"{name}.csv", f"{RESTRICTED}/{case_id}/{name}.csv", columns
        )
        tables.append(table)
        faults += [*file_faults, *schema.cell_faults(table, resources[name])]
    statements, codings = tables
    if not faults:
        faults += _reference_faults(statements, codings, evidence.case(case_id))
    if faults:
        raise InvalidData(sorted(set(faults)))
    return statements, codings


def write_restricted_counts(root: Path) -> list[Path]:
    """Write the code counts of each case with restricted documents; return the files that changed.

    Raises
    ------
    InvalidData
        See :func:`read_restricted_tables`.
    CountsAlreadyPublished
        If a case already has other counts.
    """
    evidence = load_evidence(root)
    written = []
    for case_id in evidence.cases.index:
        if not (root / RESTRICTED / case_id).exists():
            continue
        counts = publishable_code_counts(*read_restricted_tables(root, evidence, case_id)).assign(case_id=case_id)
        path = root / "data" / "cases" / case_id / "restricted_counts.csv"
        text = counts[_COUNT_COLUMNS].to_csv(index=False, lineterminator="\n")
        old_text = path.read_text(encoding="utf-8") if path.exists() else ""
        if old_text.count("\n") > 1 and old_text != text:
            raise CountsAlreadyPublished(
                f"{path.relative_to(root)} already has other counts. The difference between the two tables could "
                "reveal what single persons said. If it has been published, keep the old table. If it never left this "
                "computer, delete it and run the command again."
            )
        if old_text != text:
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def _reference_faults(statements: pd.DataFrame, codings: pd.DataFrame, evidence: Evidence) -> Iterator[DataFault]:
    documents = evidence.documents
    restricted = documents.loc[documents["access"] == RESTRICTED, "document_id"]
    code_ids = {*evidence.codes["code_id"], READ_AND_NOTHING_FOUND}
    statement_ids = statements["statement_id"]
    for table, column, allowed, expected in (
        (statements, "document_id", restricted, f"a document of this case with access {RESTRICTED} in documents.csv"),
        (statements, "statement_id", codings["statement_id"], "a coding by at least one coder"),
        (codings, "statement_id", statement_ids, "an id of the table statements in the same folder"),
        (codings, "code_id", code_ids, f"a code of data/codebook, or {READ_AND_NOTHING_FOUND}"),
    ):
        yield from _cell_faults(table[~table[column].isin([*allowed])], column, expected)
    yield from _cell_faults(statements[statement_ids.duplicated()], "statement_id", "an id that no other statement has")


def _cell_faults(rows: pd.DataFrame, column: str, expected: str) -> Iterator[DataFault]:
    for row in rows.to_dict("records"):
        yield DataFault(row["_file"], int(row["_line"]), column, row[column], expected)
