"""Captions of figures: how to read the figure, from how many rows it is made, and what it cannot show."""

import pandas as pd

from compendium.dataset.coded_statements import CodedStatements

READING_PHRASES = {
    "A": "the reading of coder A",
    "B": "the reading of coder B",
    "either": "what at least one of the two readings found",
    "both": "what both readings found",
}
WEIGHT_NOTES = {
    "statement": "Each statement counts the same.",
    "document": "Each document counts the same, however many statements it holds.",
}
FOUNDINGS_NOTE = "Dashed lines mark the founding of a partnership."
INTERVALS_NOTE = "Lines are 95 % intervals over documents; where two lines overlap much, do not rely on the order."


def documents_note(documents: pd.DataFrame) -> str:
    """Describe the documents that gave the statements of a page.

    Examples
    --------
    >>> documents_note(pd.DataFrame({"coverage": ["full", "opening"]})).split(". ")[0]
    '2 documents that gave statements; for 1 of them only the opening was seen'
    """
    openings = int((documents["coverage"] == "opening").sum())
    return (
        f"{len(documents)} documents that gave statements; for {openings} of them only the opening was seen. "
        "The side is that of the issuer; some officials are quoted by the press, whose side is third."
    )


def document_dates_note(documents: pd.DataFrame) -> str:
    """Count the documents with and without a date.

    Examples
    --------
    >>> document_dates_note(pd.DataFrame({"date": ["2008-06-05", ""]})).split(". ")[0]
    '1 of 2 documents; 1 show no date and are left out'
    """
    undated = int((documents["date"] == "").sum())
    return (
        f"{len(documents) - undated} of {len(documents)} documents; {undated} show no date and are left out. "
        f"{FOUNDINGS_NOTE}"
    )


def shares_note(coded_statements: CodedStatements, coder: str, weight: str) -> str:
    """Describe how shares of statements were computed.

    Examples
    --------
    >>> no_codes = pd.DataFrame(index=["s1", "s2"])
    >>> statements = CodedStatements(pd.DataFrame({"document_id": ["d1", "d2"]}), no_codes, no_codes)
    >>> shares_note(statements, "A", "statement").split(". ")[0]
    '2 statements in 2 documents; the reading of coder A'
    """
    documents = coded_statements.statements["document_id"].nunique()
    return (
        f"{len(coded_statements.statements)} statements in {documents} document{'s' if documents != 1 else ''}; "
        f"{READING_PHRASES[coder]}. {WEIGHT_NOTES[weight]} {intervals_note(documents)}"
    )


def intervals_note(n_documents: int) -> str:
    """Explain the intervals, or why there are none: a bootstrap over documents needs two documents."""
    return INTERVALS_NOTE if n_documents > 1 else "There are no intervals: they would need a second document."


def group_shares_note(shares: pd.DataFrame, groups: list[str], coder: str, weight: str) -> str:
    """Describe how shares within groups of statements were computed.

    Parameters
    ----------
    shares : DataFrame
        ``group`` and ``n`` (statements of the group).
    groups : list of str
        The groups to name, with or without a row in ``shares``.

    Examples
    --------
    >>> shares = pd.DataFrame({"group": ["destination"], "n": [20]})
    >>> group_shares_note(shares, ["destination", "partner"], "A", "statement").split("; ")[0]
    'Statements: destination 20, partner fewer than ten'
    """
    sizes = shares.drop_duplicates("group").set_index("group")["n"]
    group_sizes = ", ".join(f"{group} {sizes.get(group, 'fewer than ten')}" for group in groups)
    return f"Statements: {group_sizes}; {READING_PHRASES[coder]}. {WEIGHT_NOTES[weight]} {INTERVALS_NOTE}"


def measures_note(measures: pd.DataFrame) -> str:
    """Count the measures that a figure shows.

    Examples
    --------
    >>> measures_note(pd.DataFrame({"document_id": ["d1", "d1", "d2"]})).split(". ")[0]
    '3 measures from 2 documents'
    """
    return (
        f"{len(measures)} measures from {measures['document_id'].nunique()} documents. Large programmes and small "
        "projects count the same; some programmes stand beside their parts."
    )


def commitments_note(commitments: pd.DataFrame) -> str:
    """Count the commitments that a figure shows.

    Examples
    --------
    >>> commitments_note(pd.DataFrame({"document_id": ["d1", "d1", "d2"]}))
    '3 commitments from 2 documents.'
    """
    return f"{len(commitments)} commitments from {commitments['document_id'].nunique()} documents."
