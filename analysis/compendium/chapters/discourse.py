"""The discourse of a case: shares of codes, documents by kind and year, and statements by code."""

from collections.abc import Iterable
from html import escape

import pandas as pd
from IPython.display import HTML

from compendium.dataset import practice
from compendium.dataset.coded_statements import CodedStatements, family_matrix, statement_ids
from compendium.dataset.evidence import Evidence
from compendium.reporting.inline_values import (
    InlineValues,
    Number,
    Phrase,
    coverage_values,
    number_from_row,
    text_or_unknown,
    top_row,
)
from compendium.reporting.labels import COVERAGE_LABELS, code_labels, humanize
from compendium.reporting.plot_data import MIN_GROUP_SIZE, with_row_ids
from compendium.reporting.tables import (
    OWN_CODEBOOK_URL,
    SOURCES_URL,
    RowMapping,
    collapsible_list,
    count_with_noun,
    date_html,
    document_link,
    listing_html,
)
from compendium.stats import frequencies


def statement_shares(
    code_matrix: pd.DataFrame, coded_statements: CodedStatements, weight: str, seed: int
) -> pd.DataFrame:
    """Compute the share of statements with each code.

    Parameters
    ----------
    code_matrix : DataFrame of bool, shape (statements, codes)
        In the order of ``coded_statements.statements``.

    Returns
    -------
    DataFrame
        ``code_id``, the columns of :func:`compendium.stats.frequencies.code_shares`, and ``ids`` (of the statements).
    """
    shares = frequencies.code_shares(code_matrix, coded_statements.statements["document_id"], weight, seed)
    return shares.assign(ids=statement_ids(code_matrix)).rename_axis("code_id").reset_index()


def statement_shares_by_group(
    code_matrix: pd.DataFrame, coded_statements: CodedStatements, groups: pd.Series, weight: str, seed: int
) -> pd.DataFrame:
    """Compute the share of statements with each code in each group of at least ten statements.

    Parameters
    ----------
    groups : Series of str
        The group of each statement.

    Returns
    -------
    DataFrame
        The columns of :func:`compendium.stats.frequencies.code_shares_by_group`.
    """
    sizes = groups.map(groups.value_counts())
    return frequencies.code_shares_by_group(
        code_matrix,
        coded_statements.statements["document_id"],
        groups.where(sizes >= MIN_GROUP_SIZE, "").fillna(""),
        weight,
        seed,
    )


def frame_group_shares(coded_statements: CodedStatements, frames: pd.DataFrame, weight: str, seed: int) -> pd.DataFrame:
    """Compute the share of statements with at least one frame of each ``group`` of the codebook."""
    matrix = pd.DataFrame(
        {
            group: coded_statements.frames[members["code_id"]].any(axis=1)
            for group, members in frames.groupby("group", sort=False)
        }
    )
    shares = frequencies.code_shares(matrix, coded_statements.statements["document_id"], weight, seed)
    return shares.rename_axis("group").reset_index()


def code_share(shares: pd.DataFrame, code: str) -> Number:
    """The share of statements with one code, from :func:`compendium.reporting.plot_data.labelled_code_shares`."""
    row = top_row(shares[shares["code_id"] == code])
    return number_from_row(row, "share", f"statements that carry {text_or_unknown(row['label'])}", row["n"])


def group_share(shares: pd.DataFrame, group: str) -> Number:
    """The share of statements with at least one frame of a group, from :func:`frame_group_shares`."""
    row = top_row(shares[shares["group"] == group])
    return number_from_row(row, "share", f"statements with at least one frame of the group {group}", row["n"])


def discourse_values(
    coded_statements: CodedStatements, documents: pd.DataFrame, frame_shares: pd.DataFrame, area_shares: pd.DataFrame
) -> InlineValues:
    """What the page on talk says of what was read, and of the most frequent frame and policy area."""
    numbers: InlineValues = {
        "documents": Number(len(documents), "official documents that gave statements"),
        "statements": Number(len(coded_statements.statements), "statements read"),
        **coverage_values(documents),
    }
    for name, shares in (("frame", frame_shares), ("area", area_shares)):
        best = top_row(shares, "share")
        numbers[f"top_{name}"] = Phrase(text_or_unknown(best["label"]), f"the most frequent {name}")
        numbers[f"top_{name}_share"] = code_share(shares, best["code_id"])
    return numbers


def documents_read(evidence: Evidence, coded_statements: CodedStatements) -> pd.DataFrame:
    """The documents that gave the statements of ``coded_statements``, in reading order of the table."""
    own = evidence.documents["document_id"].isin(coded_statements.statements["document_id"])
    return evidence.documents[own].reset_index(drop=True)


def documents_by_kind(documents: pd.DataFrame) -> pd.DataFrame:
    """Documents by kind (``label``) and side of the issuer (``group``)."""
    rows = documents.assign(label=documents["kind"].map(humanize), group=documents["issuer_side"])
    return with_row_ids(practice.count_rows(rows, ["label", "group"]))


def documents_by_year(documents: pd.DataFrame) -> pd.DataFrame:
    """Dated documents by ``year`` and coverage (``group``)."""
    dated = documents[documents["date"] != ""]
    rows = dated.assign(year=dated["date"].str[:4].astype(int), group=dated["coverage"].map(COVERAGE_LABELS))
    return with_row_ids(practice.count_rows(rows, ["year", "group"]))


def code_pairs(code_matrix: pd.DataFrame, codes: pd.DataFrame, min_n: int = 1) -> pd.DataFrame:
    """Codes on the same statement: ``first``, ``second`` (labels), ``count``, ``expected``, ``ratio``.

    Pairs that occur on fewer than ``min_n`` statements fall away.
    """
    name = code_labels(codes)
    found = frequencies.co_occurrence(code_matrix)
    found = found[found["count"] >= min_n]
    return found.assign(first=found["first"].map(name), second=found["second"].map(name)).reset_index(drop=True)


def remedies_by_frame(coded_statements: CodedStatements, evidence: Evidence) -> pd.DataFrame:
    """Of the statements with a frame, the share that names a remedy of each family (``frame``, ``family``)."""
    found = frequencies.conditional_shares(
        coded_statements.frames, family_matrix(coded_statements.areas, evidence.policy_areas)
    )
    found = found[found["n"] >= MIN_GROUP_SIZE]
    name = code_labels(evidence.frames)
    frames = [f"{name[frame]} (n = {n})" for frame, n in zip(found["given"], found["n"], strict=True)]
    return found.assign(frame=frames, family=found["asked"]).drop(columns=["given", "asked"]).reset_index(drop=True)


def statements_by_code_list(
    coded_statements: CodedStatements, codes: pd.DataFrame, code_ids: Iterable[str], top_n: int = 12
) -> HTML:
    """For each code a folded list of statements that bear it, at most ``top_n``, from as many documents as can be."""
    known = codes.set_index("code_id")
    parts = []
    for code in code_ids:
        bearing = coded_statements.statements[coded_statements.frames[code].to_numpy()]
        if bearing.empty:
            continue
        turn = bearing.groupby("document_id").cumcount()
        shown = bearing.assign(turn=turn).sort_values(["turn", "date", "statement_id"], kind="stable").head(top_n)
        total = f"{count_with_noun(len(bearing), 'statement')} in {count_with_noun(bearing['document_id'].nunique(), 'document')}"
        part = f", {len(shown)} of them here" if len(shown) < len(bearing) else ""
        label, definition = known.loc[code, ["label", "definition"]]
        heading = f"<b>{escape(str(label))}</b> – {escape(str(definition))} <small>{total}{part}</small>"
        parts.append(collapsible_list(heading, map(_statement_item, shown.to_dict("records"))))
    return listing_html(parts)


def other_codebook_note(evidence: Evidence, coded_statements: CodedStatements) -> HTML | None:
    """That statements were coded with another codebook, and so are none of this page's; nothing if there are none."""
    if evidence.own_codes.empty:
        return None
    elsewhere = count_with_noun(evidence.own_codings["statement_id"].nunique(), "statement")
    return HTML(
        f"<p>This case was coded elsewhere, with <a href='{OWN_CODEBOOK_URL}'>a codebook of its own</a>: {elsewhere}. "
        f"With the shared codebook, on which this page rests, {count_with_noun(len(coded_statements.statements), 'statement')} "
        f"{'was' if len(coded_statements.statements) == 1 else 'were'} read; what is not read is not known.</p>"
    )


def _statement_item(row: RowMapping) -> str:
    anchor = f'<a href="{SOURCES_URL}#{row["statement_id"]}">in its document, with all codes</a>'
    where = f"{escape(row['speaker'])}, {date_html(row['date'])}"
    return f"{escape(row['text'])} <small>{where}. {document_link(row)} · {anchor}</small>"
