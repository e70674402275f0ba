"""Statements of a period with their codes, according to one coder or both."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.dataset.dates import is_date, is_in_period, year_periods
from compendium.dataset.evidence import Evidence
from compendium.stats.frequencies import check_weight

CODERS = ("A", "B", "either", "both")
"""Whose codings are used: one coder's, those that at least one gave, or those that both gave."""


@dataclass(frozen=True)
class CodedStatements:
    """Statements with their codes.

    Parameters
    ----------
    statements : DataFrame
        A row per statement, with the ``date``, ``kind``, ``title``, ``language`` and ``url`` of its document and the
        name of its ``partner``.
    frames, areas : DataFrame of bool, shape (statements, codes)
        Code matrices of frames and of policy areas, in the order of ``statements``; see :func:`code_matrix`.
    """

    statements: pd.DataFrame
    frames: pd.DataFrame
    areas: pd.DataFrame


def select_coded_statements(evidence: Evidence, coder: str, start: str = "", end: str = "") -> CodedStatements:
    """Select the statements of a period that a coder has read, with their codes.

    Unread statements are left out, because they are not statements without a code. These are the statements of cases
    with another codebook, and of documents that the coder did not read.

    Parameters
    ----------
    evidence : Evidence
    coder : {"A", "B", "either", "both"}
        Whose codings are used; see :func:`code_matrix`.
    start, end : str
        Bounds of the period; see :func:`statements_in_period`.

    Returns
    -------
    CodedStatements

    Raises
    ------
    ValueError
        If the coder or the period is not valid.

    Examples
    --------
    >>> from compendium.dataset.evidence import find_root, load_evidence
    >>> from pathlib import Path
    >>> evidence = load_evidence(find_root(Path(__file__)))
    >>> coded_statements = select_coded_statements(evidence, "either", "2008", "2010")
    >>> len(coded_statements.frames) == len(coded_statements.areas) == len(coded_statements.statements)
    True
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
    """Code matrix of families: a statement has a family if it has at least one of its areas.

    Parameters
    ----------
    areas : DataFrame of bool, shape (statements, areas)
    policy_areas : DataFrame
        ``code_id`` (area) and its ``family``, in the order of the codebook.

    Returns
    -------
    DataFrame of bool, shape (statements, families)
    """
    family = policy_areas.set_index("code_id")["family"]
    names = list(dict.fromkeys(family))
    return pd.DataFrame({name: areas[family[family == name].index].any(axis=1) for name in names}, columns=names)


def remedies(coded_statements: CodedStatements, weight: str) -> pd.DataFrame:
    """Count the remedies (policy areas) that each document names.

    Parameters
    ----------
    coded_statements : CodedStatements
    weight : {"statement", "document"}
        With ``statement``, counts of statements; with ``document``, these counts divided by their sum in the document.

    Returns
    -------
    DataFrame of float, shape (documents, areas)
        Indexed by document, without documents that name no remedy.

    Raises
    ------
    ValueError
        If the weight is not valid.
    """
    check_weight(weight)
    table = coded_statements.areas.groupby(coded_statements.statements["document_id"].to_numpy()).sum().astype(float)
    table = table[table.sum(axis=1) > 0]
    return table.div(table.sum(axis=1), axis=0) if weight == "document" else table


def statement_ids(code_matrix: pd.DataFrame) -> pd.Series:
    """Ids of the statements with each code: a Series of tuples, indexed by code."""
    return pd.Series({code: tuple(code_matrix.index[code_matrix[code]]) for code in code_matrix.columns})


def statements_in_period(
    statements: pd.DataFrame, documents: pd.DataFrame, start: str = "", end: str = ""
) -> pd.DataFrame:
    """Select the statements of documents that are dated in a period.

    Parameters
    ----------
    statements, documents : DataFrame
        The tables of these names.
    start, end : str
        Bounds of any precision, both inclusive; empty if the period is open.

    Returns
    -------
    DataFrame
        All rows if there is no bound; otherwise the rows in the period, without those of undated documents.

    Raises
    ------
    ValueError
        If a bound is not a date, or the end is before the start.
    """
    for bound in (start, end):
        if bound and not is_date(bound):
            raise ValueError(
                f"a period has the bound {bound!r}; expected a date (2008, 2008-06 or 2008-06-05) or an empty text"
            )
    if start and end and not is_in_period(start, "", end):
        raise ValueError(f"the period from {start} to {end} ends before it starts")
    if not start and not end:
        return statements
    dates = documents.set_index("document_id")["date"]
    document_ids = dates[dates.map(lambda date: is_in_period(date, start, end))].index
    return statements[statements["document_id"].isin(document_ids)].reset_index(drop=True)


def read_by(statements: pd.DataFrame, codings: pd.DataFrame, coder: str) -> pd.DataFrame:
    """Select the statements that ``coder`` has read, including those without a code; see :func:`code_matrix`."""
    reader_counts = _reader_counts(codings, pd.Index(statements["statement_id"]), coder)
    return statements[(reader_counts >= _min_votes(coder)).to_numpy()].reset_index(drop=True)


def code_matrix(codings: pd.DataFrame, statements: pd.DataFrame, codes: list[str], coder: str) -> pd.DataFrame:
    """Code matrix: which statement has which code, according to one coder or both.

    Parameters
    ----------
    codings, statements : DataFrame
        The tables of these names.
    codes : list of str
        Codes to include.
    coder : {"A", "B", "either", "both"}
        The codes that this coder gave, that at least one of the readers of a statement gave, or that both gave.

    Returns
    -------
    DataFrame of bool, shape (statements, codes)
        Indexed by ``statement_id``, in the order of ``statements``.

    Raises
    ------
    ValueError
        If ``coder`` is not one of :data:`CODERS` or has not read one of the statements; see :func:`read_by`.
    """
    ids = pd.Index(statements["statement_id"])
    reader_counts, min_votes = _reader_counts(codings, ids, coder), _min_votes(coder)
    if (reader_counts < min_votes).any():
        unread = reader_counts.index[reader_counts < min_votes]
        raise ValueError(
            f"coder {coder!r} has not read {len(unread)} of {len(ids)} statements, such as {unread[0]}; "
            "select statements with read_by first"
        )
    selected = _coder_rows(codings, ids, coder)
    selected = selected[selected["code_id"].isin(codes)]
    votes = np.zeros((len(ids), len(codes)), dtype=int)
    rows = ids.get_indexer(pd.Index(selected["statement_id"]))
    columns = pd.Index(codes).get_indexer(pd.Index(selected["code_id"]))
    np.add.at(votes, (rows, columns), 1)
    return pd.DataFrame(votes >= min_votes, index=ids, columns=codes)


def _coder_rows(codings: pd.DataFrame, ids: pd.Index, coder: str) -> pd.DataFrame:
    """Codings of these statements by the coders that ``coder`` stands for."""
    if coder not in CODERS:
        raise ValueError(f"coder is {coder!r}; expected one of {', '.join(CODERS)}")
    coder_ids = [coder] if coder in "AB" else ["A", "B"]
    return codings[codings["statement_id"].isin(ids) & codings["coder"].isin(coder_ids)]


def _min_votes(coder: str) -> int:
    """Number of coders that must have read a statement, or given a code."""
    return 2 if coder == "both" else 1


def _reader_counts(codings: pd.DataFrame, ids: pd.Index, coder: str) -> pd.Series:
    """Number of the coders that have read each statement."""
    pairs = _coder_rows(codings, ids, coder).drop_duplicates(["statement_id", "coder"])
    return pairs["statement_id"].value_counts().reindex(ids, fill_value=0)


def statement_periods(coded_statements: CodedStatements) -> pd.Series:
    """Period of years of each statement, by the date of its document.

    Parameters
    ----------
    coded_statements : CodedStatements

    Returns
    -------
    Series of str, length statements
        Such as ``2006–2008``; ``""`` if the document is undated. See :func:`compendium.dataset.dates.year_periods`.

    Examples
    --------
    >>> statements = pd.DataFrame({"date": ["2008-06-05", ""]})
    >>> statement_periods(CodedStatements(statements, pd.DataFrame(), pd.DataFrame())).tolist()
    ['2006–2008', '']
    """
    return year_periods(coded_statements.statements["date"])
