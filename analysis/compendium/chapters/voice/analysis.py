"""Log-odds ratios of codes and words between the two speaker sides, with an informative prior.

The method is that of Monroe, Colaresi and Quinn 2008, *Fightin' Words: Lexical Feature Selection and Evaluation for
Identifying the Content of Political Conflict*, Political Analysis 16 (4), section 3.5. An item is a code of a
statement or a word of its text. The prior is spread over the items as all statements are. It shrinks the ratio of a
rare item to zero, so that a few mentions do not look like a difference.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

from compendium.dataset.coded_statements import CodedStatements, family_matrix, statement_periods
from compendium.dataset.evidence import Evidence
from compendium.dataset.parts import Part
from compendium.reporting.labels import code_labels
from compendium.reporting.plot_data import MIN_GROUP_SIZE
from compendium.stats.arrays import Floats
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, percentile_interval, zero_count_upper
from compendium.stats.log_odds import dirichlet_prior, log_odds

PARTNER, DESTINATION = "partner", "destination"
COMPARED_SIDES = (PARTNER, DESTINATION)
LOG_ODDS_COLUMNS = ["partner", "destination", "value", "z", "low", "high", "n_partner", "n_destination", "documents"]
ABSENT_CODE_COLUMNS = ["code_id", "speaks", "statements", "documents", "silent", "of", "most"]
N_SIDE_PERMUTATIONS = 1000
CRITICAL_Z = 1.96
_MIN_DOCUMENTS = 3
"""Documents of the leading side with the item, from which on a log-odds ratio can be clear."""
_MIN_STATEMENTS = 3
"""Statements of one side with a code, from which on its absence on the other side is listed."""
_WORD_PATTERN = r"(?u)\b[^\W\d_]{3,}\b"
"""A word: three letters or more in a row."""
_MIN_WORD_DOCUMENTS = 10
"""Words of fewer documents, mostly names, are not counted."""
_FIELD_OF_CODE_KIND = {"frame": "frames", "area": "areas"}


def word_counts(statements: pd.DataFrame) -> pd.DataFrame:
    """Count the words of each statement's text.

    Words are runs of letters in lower case that occur in at least ten documents, without scikit-learn's English stop
    words. The texts are paraphrases, so the words are those of their authors, not of the speakers.

    Returns
    -------
    DataFrame of int, shape (statements, words)
        Indexed by ``statement_id``.
    """
    no_words = pd.DataFrame(index=pd.Index(statements["statement_id"]))
    document_texts = statements.groupby("document_id", sort=True)["text"].agg(" ".join)
    if document_texts.empty:
        return no_words
    vectorizer = CountVectorizer(stop_words="english", token_pattern=_WORD_PATTERN, dtype=np.int32)
    try:
        document_counts = vectorizer.fit_transform(document_texts)
    except ValueError:  # scikit-learn raises this when all words are stop words
        return no_words
    is_frequent = np.asarray((document_counts > 0).sum(axis=0)).ravel() >= _MIN_WORD_DOCUMENTS
    return pd.DataFrame(
        vectorizer.transform(statements["text"])[:, is_frequent].toarray(),
        index=no_words.index,
        columns=vectorizer.get_feature_names_out()[is_frequent],
    )


def log_odds_table(
    item_counts: pd.DataFrame,
    statements: pd.DataFrame,
    prior: pd.Series,
    seed: int,
    top_n: int | None = None,
    n_resamples: int = N_RESAMPLES,
) -> pd.DataFrame:
    """Compute the log-odds ratio of each item between partners and destinations.

    Parameters
    ----------
    item_counts : DataFrame of bool or int, shape (statements, items)
        How often each statement has each item, row for row with ``statements``.
    statements : DataFrame
        ``document_id`` and ``speaker_side``; joint statements and those of third parties are ignored.
    prior : Series, length items
        Result of :func:`compendium.stats.log_odds.dirichlet_prior`; items without a prior are left out.
    seed, n_resamples : int
        Of the bootstrap over documents (95 % percentile interval), which allows for the dependence of statements
        within a document. The prior is not resampled.
    top_n : int, optional
        Number of items with the largest z of each sign that are returned; all by default.

    Returns
    -------
    DataFrame
        Indexed by item, in descending order of z: ``partner``, ``destination`` (counts), ``value`` (log-odds ratio,
        above zero where the partner's odds are higher), ``z`` (value divided by its standard error), ``low``,
        ``high``, ``n_partner``, ``n_destination`` (all items of a side), ``documents`` (number of documents with the
        item, of the side with the higher odds). Items that occur on neither side are left out. Without a statement of
        both sides there are no rows.
    """
    item_counts = item_counts[item_counts.columns.intersection(prior.index)]
    documents = sorted(set(statements.loc[statements["speaker_side"].isin(COMPARED_SIDES), "document_id"]))
    document_counts = {side: _counts_by_document(item_counts, statements, side, documents) for side in COMPARED_SIDES}
    counts = {side: table.sum(axis=0) for side, table in document_counts.items()}
    n_documents = {side: (table > 0).sum(axis=0) for side, table in document_counts.items()}
    n = {side: float(count.sum()) for side, count in counts.items()}
    if not all(n.values()):
        return pd.DataFrame(columns=LOG_ODDS_COLUMNS, dtype=float)
    alpha = prior[item_counts.columns].to_numpy()
    totals = tuple(np.array([n[side] + alpha.sum()]) for side in COMPARED_SIDES)
    value, error = log_odds(counts[PARTNER], counts[DESTINATION], alpha, (totals[0], totals[1]))
    z = value / error
    order = np.flatnonzero(counts[PARTNER] + counts[DESTINATION] > 0)
    order = order[np.argsort(-z[order], kind="stable")]
    if top_n is not None and len(order) > 2 * top_n:
        order = np.concatenate([order[:top_n], order[-top_n:]])
    weights = bootstrap_weights(len(documents), n_resamples, seed)
    resampled_counts = [weights @ document_counts[side][:, order] for side in COMPARED_SIDES]
    resampled_totals = [(weights @ document_counts[side].sum(axis=1))[:, None] + alpha.sum() for side in COMPARED_SIDES]
    low, high = percentile_interval(
        log_odds(resampled_counts[0], resampled_counts[1], alpha[order], (resampled_totals[0], resampled_totals[1]))[0]
    )
    columns = {
        "partner": counts[PARTNER][order].astype(int),
        "destination": counts[DESTINATION][order].astype(int),
        "value": value[order],
        "z": z[order],
        "low": low,
        "high": high,
        "n_partner": int(n[PARTNER]),
        "n_destination": int(n[DESTINATION]),
        "documents": np.where(value > 0, n_documents[PARTNER], n_documents[DESTINATION])[order],
    }
    return pd.DataFrame(columns, index=item_counts.columns[order])[LOG_ODDS_COLUMNS]


def permuted_z_scores(
    item_counts: pd.DataFrame,
    statements: pd.DataFrame,
    prior: pd.Series,
    seed: int,
    n_permutations: int = N_SIDE_PERMUTATIONS,
) -> Floats:
    """Compute the z of each item under random permutations of the speaker sides.

    The unit of the permutation test (Davison and Hinkley 1997, section 4.3) is everything that one side says in one
    document. The number of units of each side is the same in all permutations.

    Parameters
    ----------
    item_counts, statements, prior
        As for :func:`log_odds_table`.
    seed, n_permutations : int

    Returns
    -------
    ndarray, shape (permutations, items)
        Only items that occur on at least one side; no items without a statement of both sides.
    """
    item_counts = item_counts[item_counts.columns.intersection(prior.index)]
    is_compared = statements["speaker_side"].isin(COMPARED_SIDES).to_numpy()
    unit_counts = (
        item_counts[is_compared]
        .groupby([statements.loc[is_compared, name].to_numpy() for name in ("speaker_side", "document_id")])
        .sum()
    )
    is_partner = (unit_counts.index.get_level_values(0) == PARTNER).astype(float)
    if not 0 < is_partner.sum() < len(is_partner):
        return np.empty((n_permutations, 0))
    counts, alpha = unit_counts.to_numpy(dtype=float), prior[item_counts.columns].to_numpy()
    permuted = np.random.default_rng(seed).permuted(np.tile(is_partner, (n_permutations, 1)), axis=1)
    partner, destination = permuted @ counts, (1 - permuted) @ counts
    totals = (
        partner.sum(axis=1, keepdims=True) + alpha.sum(),
        destination.sum(axis=1, keepdims=True) + alpha.sum(),
    )
    occurs = counts.sum(axis=0) > 0
    value, error = log_odds(partner[:, occurs], destination[:, occurs], alpha[occurs], totals)
    return value / error


def _counts_by_document(item_counts: pd.DataFrame, statements: pd.DataFrame, side: str, documents: list[str]) -> Floats:
    is_side = (statements["speaker_side"] == side).to_numpy()
    counts = item_counts[is_side].groupby(statements.loc[is_side, "document_id"].to_numpy()).sum()
    return counts.reindex(documents, fill_value=0).to_numpy(dtype=float)


def side_sizes(statements: pd.DataFrame) -> pd.DataFrame:
    """Count the statements, documents and dated statements of each speaker side.

    Returns
    -------
    DataFrame of int
        Indexed by side: ``statements``, ``documents``, ``dated``; zero for a side without statements.
    """
    by_side = statements.assign(dated=statements["date"] != "").groupby("speaker_side")
    sizes = by_side.agg(
        statements=("statement_id", "size"), documents=("document_id", "nunique"), dated=("dated", "sum")
    )
    return sizes.reindex(list(COMPARED_SIDES), fill_value=0)


def side_sizes_by_part(parts: Iterable[Part]) -> pd.DataFrame:
    """Count statements, documents and dated statements of both sides in each case and partnership.

    Returns
    -------
    DataFrame
        A row per part: ``label``, ``group`` (case or partnership) and, for each side, such as ``partner``,
        ``partner_statements``, ``partner_documents``, ``partner_dated``.

    Examples
    --------
    >>> side_sizes_by_part([]).empty
    True
    """
    rows = []
    for part in parts:
        sizes = side_sizes(part.coded_statements.statements)
        counts = {f"{side}_{name}": int(column[side]) for name, column in sizes.items() for side in COMPARED_SIDES}
        rows.append({"label": part.label, "group": part.group, **counts})
    return pd.DataFrame(rows)


def absent_codes(code_matrix: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """List the codes that occur on one speaker side and never on the other.

    Parameters
    ----------
    code_matrix : DataFrame of bool, shape (statements, codes)
    statements : DataFrame
        Row for row: ``document_id``, ``speaker_side``.

    Returns
    -------
    DataFrame
        In descending order of ``statements``: ``code_id``, ``speaks`` (the side with the code), ``statements``,
        ``documents`` (of that side, with the code), ``silent`` (the other side), ``of`` (its documents), ``most``
        (upper limit of the share of its documents with the code, given that none of these has it, see
        :func:`compendium.stats.bootstrap.zero_count_upper`).

    Examples
    --------
    >>> statements = pd.DataFrame({"document_id": ["d1", "d2"], "speaker_side": ["partner", "destination"]})
    >>> code_matrix = pd.DataFrame({"visas": [True, False], "returns": [True, True]})
    >>> absent_codes(code_matrix, statements)[["code_id", "speaks", "silent", "of"]].to_numpy().tolist()
    [['visas', 'partner', 'destination', 1]]
    """
    documents, sides = statements["document_id"].to_numpy(), statements["speaker_side"].to_numpy()
    rows = []
    for speaking, silent in (COMPARED_SIDES, COMPARED_SIDES[::-1]):
        n_silent_documents = len(set(documents[sides == silent]))
        for code in code_matrix.columns if n_silent_documents else ():
            has_code = code_matrix[code].to_numpy(dtype=bool)
            code_documents = documents[has_code & (sides == speaking)]
            if len(code_documents) and not (has_code & (sides == silent)).any():
                rows.append(
                    (
                        code,
                        speaking,
                        len(code_documents),
                        len(set(code_documents)),
                        silent,
                        n_silent_documents,
                        zero_count_upper(n_silent_documents),
                    )
                )
    return pd.DataFrame(rows, columns=ABSENT_CODE_COLUMNS).sort_values("statements", ascending=False, kind="stable")


def absent_codes_by_partnership(parts: Iterable[Part]) -> pd.DataFrame:
    """List, by partnership, the codes in at least three statements of one side and in none of the other.

    Returns
    -------
    DataFrame
        ``part`` and the columns of :func:`absent_codes`.

    Examples
    --------
    >>> absent_codes_by_partnership([]).columns.tolist()[:3]
    ['part', 'code_id', 'speaks']
    """
    tables = [
        absent_codes(
            pd.concat([part.coded_statements.areas, part.coded_statements.frames], axis=1),
            part.coded_statements.statements,
        ).assign(part=part.label)
        for part in parts
        if part.group == "partnership"
    ]
    rows = _concat_or_empty(tables, ["part", *ABSENT_CODE_COLUMNS])
    return rows[rows["statements"] >= _MIN_STATEMENTS].reset_index(drop=True)


def filter_statements(coded_statements: CodedStatements, filter_mask: pd.Series) -> CodedStatements:
    """Select the statements for which a mask is true, with the rows of their code matrices."""
    mask = filter_mask.to_numpy(dtype=bool)
    return CodedStatements(
        coded_statements.statements[mask].reset_index(drop=True),
        coded_statements.frames[mask],
        coded_statements.areas[mask],
    )


def drop_single_partnership_cases(parts: Iterable[Part]) -> list[Part]:
    """Drop cases with one partnership, which would repeat the values of that partnership.

    Examples
    --------
    >>> drop_single_partnership_cases([])
    []
    """
    return [part for part in parts if part.group == "partnership" or len(part.evidence.partnerships) != 1]


def code_log_odds(
    parts: Iterable[Part], all_statements: CodedStatements, codes: pd.DataFrame, prior_weight: float, seed: int
) -> pd.DataFrame:
    """Compute the log-odds ratio of each code between the sides of each part.

    Frames are compared with frames, and policy areas with policy areas.

    Parameters
    ----------
    parts : iterable of Part
    all_statements : CodedStatements
        All statements, from which the prior is taken.
    codes : DataFrame
        :attr:`compendium.dataset.evidence.Evidence.codes`.
    prior_weight : float
        Weight of the prior, in documents.
    seed : int

    Returns
    -------
    DataFrame
        The columns of :func:`log_odds_table` and :func:`with_side_and_clear`, and ``code_id``, ``label``, ``kind``
        (frame or area), ``part``, ``group`` (case or partnership).
    """
    priors = _code_priors(all_statements, prior_weight)
    tables = []
    for part in parts:
        for kind, field in _FIELD_OF_CODE_KIND.items():
            table = log_odds_table(
                getattr(part.coded_statements, field), part.coded_statements.statements, priors[kind], seed
            )
            table = table.rename_axis("code_id").reset_index()
            tables.append(table.assign(kind=kind, part=part.label, group=part.group))
    rows = with_side_and_clear(_concat_or_empty(tables, [*LOG_ODDS_COLUMNS, "code_id", "kind", "part", "group"]))
    return rows.assign(label=rows["code_id"].map(code_labels(codes)))


def permuted_critical_counts(
    parts: Iterable[Part], all_statements: CodedStatements, prior_weight: float, seed: int
) -> Floats:
    """Count the log-odds ratios of partnerships with z beyond the critical value, under permuted speaker sides.

    Returns
    -------
    ndarray, shape (permutations,)
    """
    priors = _code_priors(all_statements, prior_weight)
    counts = np.zeros(N_SIDE_PERMUTATIONS)
    for part in parts:
        for kind, field in _FIELD_OF_CODE_KIND.items() if part.group == "partnership" else ():
            z = permuted_z_scores(
                getattr(part.coded_statements, field), part.coded_statements.statements, priors[kind], seed
            )
            counts += (np.abs(z) >= CRITICAL_Z).sum(axis=1)
    return counts


def _code_priors(all_statements: CodedStatements, prior_weight: float) -> dict[str, pd.Series]:
    documents = all_statements.statements["document_id"]
    return {
        kind: dirichlet_prior(getattr(all_statements, field), documents, prior_weight)
        for kind, field in _FIELD_OF_CODE_KIND.items()
    }


def _concat_or_empty(tables: Iterable[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Concatenate the tables that have rows; without any, return an empty table with these columns."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)


def with_side_and_clear(log_odds_rows: pd.DataFrame) -> pd.DataFrame:
    """Add the ``side`` with the higher odds and whether the difference is ``clear``.

    A log-odds ratio is clear if three criteria hold: z lies beyond the critical value, which allows for rare items;
    the interval excludes zero, which allows for the dependence of statements within a document; and the item occurs in
    at least three documents of the side with the higher odds, because resampling one or two documents says little.
    """
    excludes_zero = (log_odds_rows["low"] > 0) | (log_odds_rows["high"] < 0)
    return log_odds_rows.assign(
        clear=excludes_zero & (log_odds_rows["z"].abs() >= CRITICAL_Z) & (log_odds_rows["documents"] >= _MIN_DOCUMENTS),
        side=(log_odds_rows["value"] > 0).map({True: PARTNER, False: DESTINATION}),
    )


def log_odds_over_time(
    part: Part, all_statements: CodedStatements, evidence: Evidence, prior_weight: float, seed: int
) -> pd.DataFrame:
    """Compute log-odds ratios of frame groups and families of policy areas between the sides, by span of years.

    Returns
    -------
    DataFrame
        The columns of :func:`log_odds_table` and :func:`with_side_and_clear`, and ``label`` (group or family),
        ``part`` (the span), ``column`` (the span with the number of statements of each side). Spans in which a side
        has fewer than ten statements are left out.
    """
    documents = all_statements.statements["document_id"]
    periods = statement_periods(part.coded_statements)
    tables = []
    for period in sorted(set(periods) - {""}):
        period_statements = filter_statements(part.coded_statements, periods == period)
        n_statements = side_sizes(period_statements.statements)["statements"]
        if (n_statements < MIN_GROUP_SIZE).any():
            continue
        column = f"{period} ({n_statements[PARTNER]} : {n_statements[DESTINATION]})"
        for code_matrix, all_code_matrix in zip(
            _group_code_matrices(period_statements, evidence),
            _group_code_matrices(all_statements, evidence),
            strict=True,
        ):
            table = log_odds_table(
                code_matrix,
                period_statements.statements,
                dirichlet_prior(all_code_matrix, documents, prior_weight),
                seed,
            )
            tables.append(table.rename_axis("label").reset_index().assign(part=period, column=column))
    return with_side_and_clear(_concat_or_empty(tables, ["label", "part", "column", *LOG_ODDS_COLUMNS]))


def partnership_log_odds_over_time(
    parts: Iterable[Part], all_statements: CodedStatements, evidence: Evidence, prior_weight: float, seed: int
) -> pd.DataFrame:
    """Compute :func:`log_odds_over_time` for the partnerships of cases that have several.

    ``column`` begins with the name of the partnership.
    """
    has_several = evidence.partnerships["case_id"].value_counts() > 1
    tables = []
    for part in parts:
        if part.group == "partnership" and has_several[part.evidence.cases.index[0]]:
            table = log_odds_over_time(part, all_statements, evidence, prior_weight, seed)
            tables.append(table.assign(column=f"{part.label} " + table["column"]))
    return pd.concat(tables or [pd.DataFrame(columns=["label", "column", *LOG_ODDS_COLUMNS])], ignore_index=True)


def _group_code_matrices(coded_statements: CodedStatements, evidence: Evidence) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Code matrices of the groups of frames, and of the families of policy areas."""
    groups = evidence.frames.set_index("code_id")["group"]
    frames = {
        f"frames: {group}": coded_statements.frames[groups[groups == group].index].any(axis=1)
        for group in dict.fromkeys(groups)
    }
    return pd.DataFrame(frames), family_matrix(coded_statements.areas, evidence.policy_areas).add_prefix("remedies: ")


def word_log_odds(
    parts: Iterable[Part], all_statements: CodedStatements, prior_weight: float, top_n: int, seed: int
) -> pd.DataFrame:
    """Compute the log-odds ratios of words between the sides of each part, for the strongest words of each side.

    Returns
    -------
    DataFrame
        The columns of :func:`log_odds_table` and :func:`with_side_and_clear`, and ``label`` (the word), ``part``,
        ``group`` (the side with the higher odds); ``top_n`` words of each side per part.
    """
    counts = word_counts(all_statements.statements)
    prior = dirichlet_prior(counts, all_statements.statements["document_id"], prior_weight)
    tables = []
    for part in parts:
        statements = part.coded_statements.statements
        table = log_odds_table(counts.loc[statements["statement_id"]], statements, prior, seed, top_n)
        table = table.sort_values("value", ascending=False, kind="stable")
        tables.append(table.rename_axis("label").reset_index().assign(part=part.label))
    rows = with_side_and_clear(_concat_or_empty(tables, ["label", "part", *LOG_ODDS_COLUMNS]))
    return rows.assign(group=rows["side"]).round(3)
