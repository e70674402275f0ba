"""What stands under a figure: how to read it, on how many rows it rests, and what it can not show."""

import pandas as pd

from compendium.coding import Talk

READINGS = {
    "A": "the reading of coder A",
    "B": "the reading of coder B",
    "either": "what at least one of the two readings found",
    "both": "what both readings found",
}
WEIGHTS = {
    "statement": "Each statement counts the same.",
    "document": "Each document counts the same, however many statements it holds.",
}
FOUNDINGS = "Dashed lines mark the founding of a partnership."
INTERVALS = "Lines are 95 % intervals over documents; where two lines overlap much, do not rely on the order."

ACROSS_FAMILIES = (
    "Share of each family among remedies named in talk, among commitments, and among realised measures. Numbers of "
    "rows and intervals stand in the data table; commitments are few, and rest on summaries."
)
ACROSS_DISTANCE = (
    "0: talk and practice give every area the same weight. Sampling alone drives two profiles apart, the more the "
    "fewer the rows; the interval allows for that, so it can lie mostly below its point. Below each case stand its "
    "partnerships."
)
ACROSS_BREADTH = (
    "As many equally large areas would be as diverse. Lines are 95 % intervals over documents that allow for the "
    "narrowness of small samples; where they overlap, the order is uncertain. Below each case stand its partnerships."
)
ALPHA = (
    "Dashed lines: 0.667 and 0.8, customary marks for tentative and for firm conclusions. Lines are 95 % intervals "
    "over documents; codes that are rarely given have long ones."
)


def on_documents(documents: pd.DataFrame) -> str:
    """What documents a page rests on."""
    openings = int((documents["coverage"] == "opening").sum())
    return (
        f"{len(documents)} documents that gave statements; for {openings} of them only the opening was seen. "
        "The side is that of the issuer; some officials are quoted by the press, whose side is third."
    )


def on_dates(documents: pd.DataFrame) -> str:
    """How many documents show a date."""
    undated = int((documents["date"] == "").sum())
    return (
        f"{len(documents) - undated} of {len(documents)} documents; {undated} show no date and are left out. "
        f"{FOUNDINGS}"
    )


def on_shares(talk: Talk, coder: str, weight: str) -> str:
    """How shares of statements were computed."""
    documents = talk.statements["document_id"].nunique()
    return (
        f"{len(talk.statements)} statements in {documents} document{'s' if documents != 1 else ''}; "
        f"{READINGS[coder]}. {WEIGHTS[weight]} {_intervals(documents)}"
    )


def on_own_codes(talk: Talk, weight: str) -> str:
    """How shares of a project's own codes were computed."""
    documents = talk.statements["document_id"].nunique()
    return (
        f"{len(talk.statements)} passages that a coder marked, in {documents} document{'s' if documents != 1 else ''}; "
        f"what one coder or more found. {WEIGHTS[weight]} {_intervals(documents)}"
    )


def _intervals(documents: int) -> str:
    """How to read the lines; a single document, drawn again and again, gives none."""
    return INTERVALS if documents > 1 else "There are no intervals: they would need a second document."


def on_groups(shares: pd.DataFrame, groups: list[str], coder: str, weight: str) -> str:
    """How shares within groups of statements were computed."""
    sizes = shares.drop_duplicates("group").set_index("group")["n"]
    said = ", ".join(f"{group} {sizes.get(group, 'fewer than ten')}" for group in groups)
    return f"Statements: {said}; {READINGS[coder]}. {WEIGHTS[weight]} {INTERVALS}"


def on_measures(measures: pd.DataFrame) -> str:
    """How many measures a figure rests on."""
    return (
        f"{len(measures)} measures from {measures['document_id'].nunique()} documents. Large programmes and small "
        "projects count the same; some programmes stand beside their parts."
    )


def on_starts(measures: pd.DataFrame) -> str:
    """How many measures have a start."""
    dated = int((measures["start"] != "").sum())
    return f"{dated} of {len(measures)} measures; the others' start is unknown. {FOUNDINGS}"


def on_commitments(commitments: pd.DataFrame) -> str:
    """How many commitments a figure rests on."""
    return f"{len(commitments)} commitments from {commitments['document_id'].nunique()} documents."


def on_stages(tables: dict[str, pd.DataFrame]) -> str:
    """How many rows each stage rests on."""
    rows = {stage: f"{table.to_numpy().sum():.0f} ({len(table)} documents)" for stage, table in tables.items()}
    return (
        f"Remedies named in talk: {rows['talk']}; commitments: {rows['commitments']}; realised measures: "
        f"{rows['practice']}. Intervals stand in the data table."
    )


def on_gap(tables: dict[str, pd.DataFrame]) -> str:
    """How to read the gap between talk and practice."""
    reading = "Areas at the top are more talked about than acted on, those at the bottom the other way round."
    return f"{reading} {on_stages(tables)}"
