"""What the coding of statements says: shares of statements that bear a code, and how codes go together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.dataset.dates import is_date, is_in_period, year_periods
from compendium.dataset.evidence import Evidence
from compendium.stats.frequencies import check_weight

CODERS = ("A", "B", "either", "both")


@dataclass(frozen=True)
class CodedStatements:
    """The statements that are read, with what one reading of them says.

    ``statements`` has a row a statement, joined with the ``date``, ``kind``, ``title``, ``language`` and ``url`` of its
    document and the name of its ``partner``; ``frames`` and ``areas`` are its marks (bool), row for row.
    """

    statements: pd.DataFrame
    frames: pd.DataFrame
    areas: pd.DataFrame


def select_coded_statements(evidence: Evidence, coder: str, start: str = "", end: str = "") -> CodedStatements:
    """What is said in a period, in one reading; see :func:`statements_in_period` and :func:`code_matrix`.

    Statements that were not read so are left out, for not read is not nothing found: those of a case with another
    codebook, or of documents that this coder did not read.
    """
    statements = read_by(
        statements_in_period(evidence.statements, evidence.documents, start, end), evidence.codings, coder
    )
    documents = evidence.documents[["document_id", "date", "kind", "title", "language", "url"]]
    partners = evidence.partnerships[["partnership_id", "partner"]]
    joined = statements.merge(documents, on="document_id", how="left").merge(partners, on="partnership_id", how="left")
    tables = (
        code_matrix(evidence.codings, statements, codes["code_id"].tolist(), coder)
        for codes in (evidence.frames, evidence.policy_areas)
    )
    return CodedStatements(joined.fillna({"partner": ""}), *tables)


def family_matrix(areas: pd.DataFrame, policy_areas: pd.DataFrame) -> pd.DataFrame:
    """Marks of families: a statement bears a family when it bears one of its areas."""
    family = policy_areas.set_index("code_id")["family"]
    names = list(dict.fromkeys(family))
    return pd.DataFrame({name: areas[family[family == name].index].any(axis=1) for name in names}, columns=names)


def remedies(coded_statements: CodedStatements, weight: str) -> pd.DataFrame:
    """The remedies named in each document: documents × policy areas.

    Weight by statement gives counts; weight by document divides each document's counts by their sum. Documents that
    name no remedy fall away.
    """
    check_weight(weight)
    table = coded_statements.areas.groupby(coded_statements.statements["document_id"].to_numpy()).sum().astype(float)
    table = table[table.sum(axis=1) > 0]
    return table.div(table.sum(axis=1), axis=0) if weight == "document" else table


def statement_ids(code_matrix: pd.DataFrame) -> pd.Series:
    """The statements that bear each code, as a tuple of ids."""
    return pd.Series({code: tuple(code_matrix.index[code_matrix[code]]) for code in code_matrix.columns})


def statements_in_period(
    statements: pd.DataFrame, documents: pd.DataFrame, start: str = "", end: str = ""
) -> pd.DataFrame:
    """The statements of documents dated from ``start`` to ``end`` (both inclusive, any precision; empty: open).

    Documents without a date are left out as soon as one bound is given, for nobody knows on which side they fall.

    Raises
    ------
    ValueError
        When a bound is no date, or the end lies before the start.
    """
    for bound in (start, end):
        if bound and not is_date(bound):
            raise ValueError(f"a period has the bound {bound!r}; expected 2008, 2008-06 or 2008-06-05, or nothing")
    if start and end and not is_in_period(start, "", end):
        raise ValueError(f"the period from {start} to {end} ends before it starts")
    if not start and not end:
        return statements
    dates = documents.set_index("document_id")["date"]
    kept = dates[dates.map(lambda date: is_in_period(date, start, end))].index
    return statements[statements["document_id"].isin(kept)].reset_index(drop=True)


def read_by(statements: pd.DataFrame, codings: pd.DataFrame, coder: str) -> pd.DataFrame:
    """The statements that a coder, either or both have read, be it to find nothing; see :func:`code_matrix`."""
    readers = _reader_counts(codings, pd.Index(statements["statement_id"]), coder)
    return statements[(readers >= _min_votes(coder)).to_numpy()].reset_index(drop=True)


def code_matrix(codings: pd.DataFrame, statements: pd.DataFrame, codes: list[str], coder: str) -> pd.DataFrame:
    """Which statement bears which code, in the reading of one coder or of both.

    Parameters
    ----------
    codings, statements : DataFrame
        The tables of these names.
    codes : list of str
        The codes asked for.
    coder : {"A", "B", "either", "both"}
        One coder's reading, what either gave (of those who read the statement), or what both gave.

    Returns
    -------
    DataFrame of bool, shape (statements, codes)
        Indexed by ``statement_id``, in the order of ``statements``.

    Raises
    ------
    ValueError
        When ``coder`` is none of the four, or has not read some of the statements: not read is not nothing found.
    """
    ids = pd.Index(statements["statement_id"])
    readers, needed = _reader_counts(codings, ids, coder), _min_votes(coder)
    if (readers < needed).any():
        unread = readers.index[readers < needed]
        raise ValueError(
            f"coder {coder!r}: {len(unread)} of {len(ids)} statements are not read so, such as {unread[0]}"
        )
    own = codings[codings["statement_id"].isin(ids) & codings["coder"].isin(_coder_ids(coder))]
    own = own[own["code_id"].isin(codes)]
    votes = np.zeros((len(ids), len(codes)), dtype=int)
    places = (ids.get_indexer(pd.Index(own["statement_id"])), pd.Index(codes).get_indexer(pd.Index(own["code_id"])))
    np.add.at(votes, places, 1)
    return pd.DataFrame(votes >= needed, index=ids, columns=codes)


def _coder_ids(coder: str) -> list[str]:
    if coder not in CODERS:
        raise ValueError(f"coder is {coder!r}; expected one of {', '.join(CODERS)}")
    return [coder] if coder in "AB" else ["A", "B"]


def _min_votes(coder: str) -> int:
    return 2 if coder == "both" else 1


def _reader_counts(codings: pd.DataFrame, ids: pd.Index, coder: str) -> pd.Series:
    """How many of the coders have read each statement."""
    own = codings[codings["statement_id"].isin(ids) & codings["coder"].isin(_coder_ids(coder))]
    return own.drop_duplicates(["statement_id", "coder"])["statement_id"].value_counts().reindex(ids, fill_value=0)


def statement_periods(coded_statements: CodedStatements) -> pd.Series:
    """The span of years in which each statement was made; empty when its document shows no date."""
    return year_periods(coded_statements.statements["date"])
