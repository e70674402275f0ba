"""What stands under a figure: how to read it, on how many rows it rests, and what it can not show."""

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
    """What documents a page rests on."""
    openings = int((documents["coverage"] == "opening").sum())
    return (
        f"{len(documents)} documents that gave statements; for {openings} of them only the opening was seen. "
        "The side is that of the issuer; some officials are quoted by the press, whose side is third."
    )


def document_dates_note(documents: pd.DataFrame) -> str:
    """How many documents show a date."""
    undated = int((documents["date"] == "").sum())
    return (
        f"{len(documents) - undated} of {len(documents)} documents; {undated} show no date and are left out. "
        f"{FOUNDINGS_NOTE}"
    )


def shares_note(coded_statements: CodedStatements, coder: str, weight: str) -> str:
    """How shares of statements were computed."""
    documents = coded_statements.statements["document_id"].nunique()
    return (
        f"{len(coded_statements.statements)} statements in {documents} document{'s' if documents != 1 else ''}; "
        f"{READING_PHRASES[coder]}. {WEIGHT_NOTES[weight]} {intervals_note(documents)}"
    )


def intervals_note(n_documents: int) -> str:
    """How to read the lines; a single document, drawn again and again, gives none."""
    return INTERVALS_NOTE if n_documents > 1 else "There are no intervals: they would need a second document."


def group_shares_note(shares: pd.DataFrame, groups: list[str], coder: str, weight: str) -> str:
    """How shares within groups of statements were computed."""
    sizes = shares.drop_duplicates("group").set_index("group")["n"]
    said = ", ".join(f"{group} {sizes.get(group, 'fewer than ten')}" for group in groups)
    return f"Statements: {said}; {READING_PHRASES[coder]}. {WEIGHT_NOTES[weight]} {INTERVALS_NOTE}"


def measures_note(measures: pd.DataFrame) -> str:
    """How many measures a figure rests on."""
    return (
        f"{len(measures)} measures from {measures['document_id'].nunique()} documents. Large programmes and small "
        "projects count the same; some programmes stand beside their parts."
    )


def commitments_note(commitments: pd.DataFrame) -> str:
    """How many commitments a figure rests on."""
    return f"{len(commitments)} commitments from {commitments['document_id'].nunique()} documents."
