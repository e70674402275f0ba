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


def documents_read(evidence: Evidence, coded_statements: CodedStatements) -> pd.DataFrame:
    """Select the documents of the coded statements, in the order of the table."""
    is_read = evidence.documents["document_id"].isin(coded_statements.statements["document_id"])
    return evidence.documents[is_read].reset_index(drop=True)


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

    Examples
    --------
    >>> matrix = pd.DataFrame({"jobs": [True, False]}, index=["s1", "s2"])
    >>> statements = CodedStatements(pd.DataFrame({"document_id": ["d1", "d2"]}), matrix, matrix)
    >>> statement_shares(matrix, statements, "statement", seed=1)[["code_id", "share", "ids"]].values.tolist()
    [['jobs', 0.5, ('s1',)]]
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

    Examples
    --------
    >>> matrix = pd.DataFrame({"jobs": [True, False] * 10})
    >>> statements = CodedStatements(pd.DataFrame({"document_id": ["d1", "d2"] * 10}), matrix, matrix)
    >>> groups = pd.Series(["partner"] * 12 + ["third"] * 8)
    >>> shares = statement_shares_by_group(matrix, statements, groups, "statement", seed=1)
    >>> shares[["group", "share", "n"]].values.tolist()
    [['partner', 0.5, 12]]
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
    """Compute the share of statements with at least one frame of each ``group`` of the codebook.

    Examples
    --------
    >>> matrix = pd.DataFrame({"equals": [True, False], "joint": [False, True]})
    >>> statements = CodedStatements(pd.DataFrame({"document_id": ["d1", "d2"]}), matrix, matrix)
    >>> frames = pd.DataFrame({"code_id": ["equals", "joint"], "group": "partnership"})
    >>> frame_group_shares(statements, frames, "statement", seed=1)[["group", "share"]].values.tolist()
    [['partnership', 1.0]]
    """
    matrix = pd.DataFrame(
        {
            group: coded_statements.frames[members["code_id"]].any(axis=1)
            for group, members in frames.groupby("group", sort=False)
        }
    )
    shares = frequencies.code_shares(matrix, coded_statements.statements["document_id"], weight, seed)
    return shares.rename_axis("group").reset_index()


def code_pairs(code_matrix: pd.DataFrame, codes: pd.DataFrame, min_n: int = 1) -> pd.DataFrame:
    """Count the statements on which two codes occur together.

    Returns
    -------
    DataFrame
        ``first``, ``second`` (labels), ``count``, ``expected``, ``ratio``; only pairs on at least ``min_n`` statements.

    Examples
    --------
    >>> matrix = pd.DataFrame({"j": [True, True], "b": [True, False]})
    >>> codes = pd.DataFrame({"code_id": ["j", "b"], "label": ["Jobs", "Borders"]})
    >>> code_pairs(matrix, codes)[["first", "second", "count"]].values.tolist()
    [['Jobs', 'Borders', 1], ['Borders', 'Jobs', 1]]
    """
    labels = code_labels(codes)
    pairs = frequencies.co_occurrence(code_matrix)
    pairs = pairs[pairs["count"] >= min_n]
    return pairs.assign(first=pairs["first"].map(labels), second=pairs["second"].map(labels)).reset_index(drop=True)


def remedies_by_frame(coded_statements: CodedStatements, evidence: Evidence) -> pd.DataFrame:
    """Compute the share of the statements with a frame that name a remedy of each family.

    Returns
    -------
    DataFrame
        ``frame`` (label and number of statements), ``family``, ``count``, ``n``, ``share``; only frames on at least
        :data:`compendium.reporting.plot_data.MIN_GROUP_SIZE` statements.
    """
    shares = frequencies.conditional_shares(
        coded_statements.frames, family_matrix(coded_statements.areas, evidence.policy_areas)
    )
    shares = shares[shares["n"] >= MIN_GROUP_SIZE]
    labels = code_labels(evidence.frames)
    frames = [f"{labels[frame]} (n = {n})" for frame, n in zip(shares["given"], shares["n"], strict=True)]
    return shares.assign(frame=frames, family=shares["asked"]).drop(columns=["given", "asked"]).reset_index(drop=True)


def documents_by_kind(documents: pd.DataFrame) -> pd.DataFrame:
    """Count documents by kind (``label``) and side of the issuer (``group``).

    Examples
    --------
    >>> documents = pd.DataFrame({"document_id": ["d1", "d2"], "kind": "joint_declaration", "issuer_side": "joint"})
    >>> documents_by_kind(documents).values.tolist()
    [['joint declaration', 'joint', 2, 'd1, d2']]
    """
    rows = documents.assign(label=documents["kind"].map(humanize), group=documents["issuer_side"])
    return with_row_ids(practice.count_rows(rows, ["label", "group"]))


def documents_by_year(documents: pd.DataFrame) -> pd.DataFrame:
    """Count the dated documents by ``year`` and coverage (``group``).

    Examples
    --------
    >>> documents = pd.DataFrame({"document_id": ["d1", "d2"], "date": ["2008-06", ""], "coverage": "full"})
    >>> documents_by_year(documents).values.tolist()
    [[2008, 'full text', 1, 'd1']]
    """
    dated = documents[documents["date"] != ""]
    rows = dated.assign(year=dated["date"].str[:4].astype(int), group=dated["coverage"].map(COVERAGE_LABELS))
    return with_row_ids(practice.count_rows(rows, ["year", "group"]))


def statements_by_code_list(
    coded_statements: CodedStatements, codes: pd.DataFrame, code_ids: Iterable[str], top_n: int = 12
) -> HTML:
    """List for each code up to ``top_n`` of its statements, from as many documents as possible."""
    codebook = codes.set_index("code_id")
    lists = []
    for code in code_ids:
        statements = coded_statements.statements[coded_statements.frames[code].to_numpy()]
        if statements.empty:
            continue
        # The first statement of every document comes before the second of any.
        rank = statements.groupby("document_id").cumcount()
        sample = statements.assign(rank=rank).sort_values(["rank", "date", "statement_id"], kind="stable").head(top_n)
        n_documents = count_with_noun(statements["document_id"].nunique(), "document")
        sample_size = f", {len(sample)} of them here" if len(sample) < len(statements) else ""
        size = f"{count_with_noun(len(statements), 'statement')} in {n_documents}{sample_size}"
        label, definition = codebook.loc[code, ["label", "definition"]]
        heading = f"<b>{escape(str(label))}</b> – {escape(str(definition))} <small>{size}</small>"
        lists.append(collapsible_list(heading, map(_statement_item, sample.to_dict("records"))))
    return listing_html(lists)


def _statement_item(row: RowMapping) -> str:
    link = f'<a href="{SOURCES_URL}#{row["statement_id"]}">in its document, with all codes</a>'
    speaker_and_date = f"{escape(row['speaker'])}, {date_html(row['date'])}"
    return f"{escape(row['text'])} <small>{speaker_and_date}. {document_link(row)} · {link}</small>"


def other_codebook_note(evidence: Evidence, coded_statements: CodedStatements) -> HTML | None:
    """Say that further statements were coded with a codebook of the case's own; None without such a codebook."""
    if evidence.own_codes.empty:
        return None
    n_own = count_with_noun(evidence.own_codings["statement_id"].nunique(), "statement")
    n_shared = len(coded_statements.statements)
    return HTML(
        f"<p>This case was coded elsewhere, with <a href='{OWN_CODEBOOK_URL}'>a codebook of its own</a>: {n_own}. "
        f"With the shared codebook, on which this page rests, {count_with_noun(n_shared, 'statement')} "
        f"{'was' if n_shared == 1 else 'were'} read; what is not read is not known.</p>"
    )


def code_share(shares: pd.DataFrame, code: str) -> Number:
    """Return the share of statements with one code; "not known" for a code without a row.

    Examples
    --------
    >>> shares = pd.DataFrame({"code_id": ["jobs"], "label": ["Jobs"], "share": [0.25], "low": [0.1], "high": [0.4]})
    >>> code_share(shares.assign(n=40), "jobs").meaning
    'statements that carry Jobs'
    """
    row = top_row(shares[shares["code_id"] == code])
    return number_from_row(row, "share", f"statements that carry {text_or_unknown(row['label'])}", row["n"])


def group_share(shares: pd.DataFrame, group: str) -> Number:
    """Return the share of statements with at least one frame of a group, from :func:`frame_group_shares`.

    Examples
    --------
    >>> shares = pd.DataFrame({"group": ["partnership"], "share": [0.25], "low": [0.1], "high": [0.4], "n": [40]})
    >>> group_share(shares, "partnership").meaning
    'statements with at least one frame of the group partnership'
    """
    row = top_row(shares[shares["group"] == group])
    return number_from_row(row, "share", f"statements with at least one frame of the group {group}", row["n"])


def discourse_values(
    coded_statements: CodedStatements, documents: pd.DataFrame, frame_shares: pd.DataFrame, area_shares: pd.DataFrame
) -> InlineValues:
    """Numbers of the page on talk: documents, statements, and the most frequent frame and policy area."""
    numbers: InlineValues = {
        "documents": Number(len(documents), "official documents that gave statements"),
        "statements": Number(len(coded_statements.statements), "statements read"),
        **coverage_values(documents),
    }
    for name, shares in (("frame", frame_shares), ("area", area_shares)):
        top = top_row(shares, "share")
        numbers[f"top_{name}"] = Phrase(text_or_unknown(top["label"]), f"the most frequent {name}")
        numbers[f"top_{name}_share"] = code_share(shares, top["code_id"])
    return numbers
