"""What partners say beside what destinations say: log-odds ratios of codes, and of words, with an informative prior.

After Monroe, Colaresi and Quinn 2008, *Fightin' Words: Lexical Feature Selection and Evaluation for Identifying the
Content of Political Conflict*, Political Analysis 16 (4), section 3.5. An item is a code given to a statement, or a
word of its text. A rare item does not look telling by chance: the prior, which spreads as all talk does, draws it to
no difference.
"""

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

from compendium.dataset.coded_statements import CodedStatements
from compendium.stats.arrays import Floats
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, percentile_interval, zero_count_upper
from compendium.stats.log_odds import log_odds

PARTNER, DESTINATION = "partner", "destination"
COMPARED_SIDES = (PARTNER, DESTINATION)
LOG_ODDS_COLUMNS = ["partner", "destination", "value", "z", "low", "high", "n_partner", "n_destination", "documents"]
ABSENT_CODE_COLUMNS = ["code_id", "speaks", "statements", "documents", "silent", "of", "most"]
_WORD_PATTERN = r"(?u)\b[^\W\d_]{3,}\b"
"""A word: three letters or more in a row."""
N_SIDE_PERMUTATIONS = 1000
_MIN_WORD_DOCUMENTS = 10
"""Words of fewer documents, mostly names, are not counted."""


def word_counts(statements: pd.DataFrame) -> pd.DataFrame:
    """How often each statement's text has each word: statements × words, indexed by ``statement_id``.

    Words are runs of letters in small letters, without scikit-learn's English stop words, that stand in the texts of at
    least ten documents. The texts are paraphrases, so these are the words of whoever wrote them, not of the speaker.
    """
    counter = CountVectorizer(stop_words="english", token_pattern=_WORD_PATTERN, dtype=np.int32)
    by_document = statements.groupby("document_id", sort=True)["text"].agg(" ".join)
    if by_document.empty:
        return pd.DataFrame(index=pd.Index(statements["statement_id"]))
    try:
        found = counter.fit_transform(by_document)
    except ValueError:  # no text holds a word that is none of the stop words
        return pd.DataFrame(index=pd.Index(statements["statement_id"]))
    spread = np.asarray((found > 0).sum(axis=0)).ravel()
    kept = counter.get_feature_names_out()[spread >= _MIN_WORD_DOCUMENTS]
    counted = counter.transform(statements["text"])[:, spread >= _MIN_WORD_DOCUMENTS].toarray()
    return pd.DataFrame(counted, index=pd.Index(statements["statement_id"]), columns=kept)


def log_odds_table(
    item_counts: pd.DataFrame,
    statements: pd.DataFrame,
    prior: pd.Series,
    seed: int,
    top_n: int | None = None,
    n_resamples: int = N_RESAMPLES,
) -> pd.DataFrame:
    """How much more partners speak of each item than destinations do.

    Parameters
    ----------
    item_counts : DataFrame of bool or int, shape (statements, items)
        How often each statement has each item, row for row with ``statements``.
    statements : DataFrame
        ``document_id`` and ``speaker_side``; joint and third voices are left out.
    prior : Series, length items
        Of :func:`prior`; items that it lacks are left out.
    seed, n_resamples : int
        Of the bootstrap over documents (percentile interval of 95 %), which knows that what stands in one document
        hangs together; the prior stays as it is.
    top_n : int, optional
        Only the items with the largest z on either side, so many of each.

    Returns
    -------
    DataFrame
        Indexed by item, partners' first: ``partner``, ``destination`` (counts), ``value`` (log-odds ratio), ``z``
        (value by its standard error), ``low``, ``high``, ``n_partner``, ``n_destination`` (all items of a side),
        ``documents`` (in which the side has the item that the value leans to). Items that neither side has fall away,
        and without a statement of both sides so do all.
    """
    item_counts = item_counts[item_counts.columns.intersection(prior.index)]
    documents = sorted(set(statements.loc[statements["speaker_side"].isin(COMPARED_SIDES), "document_id"]))
    per_side = {side: _counts_by_document(item_counts, statements, side, documents) for side in COMPARED_SIDES}
    counts = {side: table.sum(axis=0) for side, table in per_side.items()}
    spread = {side: (table > 0).sum(axis=0) for side, table in per_side.items()}
    n = {side: float(count.sum()) for side, count in counts.items()}
    if not all(n.values()):
        return pd.DataFrame(columns=LOG_ODDS_COLUMNS, dtype=float)
    alpha = prior[item_counts.columns].to_numpy()
    totals = tuple(np.array([n[side] + alpha.sum()]) for side in COMPARED_SIDES)
    value, error = log_odds(counts[PARTNER], counts[DESTINATION], alpha, (totals[0], totals[1]))
    z = value / error
    chosen = np.flatnonzero(counts[PARTNER] + counts[DESTINATION] > 0)
    chosen = chosen[np.argsort(-z[chosen], kind="stable")]
    if top_n is not None and len(chosen) > 2 * top_n:
        chosen = np.concatenate([chosen[:top_n], chosen[-top_n:]])
    drawn = bootstrap_weights(len(documents), n_resamples, seed)
    replicated = [drawn @ per_side[side][:, chosen] for side in COMPARED_SIDES]
    sizes = [(drawn @ per_side[side].sum(axis=1))[:, None] + alpha.sum() for side in COMPARED_SIDES]
    low, high = percentile_interval(log_odds(replicated[0], replicated[1], alpha[chosen], (sizes[0], sizes[1]))[0])
    frame = {
        "partner": counts[PARTNER][chosen].astype(int),
        "destination": counts[DESTINATION][chosen].astype(int),
        "value": value[chosen],
        "z": z[chosen],
        "low": low,
        "high": high,
        "n_partner": int(n[PARTNER]),
        "n_destination": int(n[DESTINATION]),
        "documents": np.where(value > 0, spread[PARTNER], spread[DESTINATION])[chosen],
    }
    return pd.DataFrame(frame, index=item_counts.columns[chosen])[LOG_ODDS_COLUMNS]


def permuted_z_scores(
    item_counts: pd.DataFrame,
    statements: pd.DataFrame,
    prior: pd.Series,
    seed: int,
    n_permutations: int = N_SIDE_PERMUTATIONS,
) -> Floats:
    """The z of each item had chance decided who speaks: what each side says in a document is dealt to the sides anew.

    A permutation test (Davison and Hinkley 1997, section 4.3) that keeps statements of a document and side together,
    and how many such hands each side has.

    Parameters
    ----------
    marks, statements, prior
        As for :func:`log_odds_table`.
    seed, n_permutations : int

    Returns
    -------
    ndarray, shape (deals, items)
        Of the items that either side has; none without a statement of both sides.
    """
    item_counts = item_counts[item_counts.columns.intersection(prior.index)]
    own = statements["speaker_side"].isin(COMPARED_SIDES).to_numpy()
    hands = (
        item_counts[own]
        .groupby([statements.loc[own, name].to_numpy() for name in ("speaker_side", "document_id")])
        .sum()
    )
    first = (hands.index.get_level_values(0) == PARTNER).astype(float)
    if not 0 < first.sum() < len(first):
        return np.empty((n_permutations, 0))
    counts, alpha = hands.to_numpy(dtype=float), prior[item_counts.columns].to_numpy()
    said = counts.sum(axis=0) > 0
    taken = np.random.default_rng(seed).permuted(np.tile(first, (n_permutations, 1)), axis=1)
    one, two = taken @ counts, (1 - taken) @ counts
    totals = (one.sum(axis=1, keepdims=True) + alpha.sum(), two.sum(axis=1, keepdims=True) + alpha.sum())
    value, error = log_odds(one[:, said], two[:, said], alpha[said], totals)
    return value / error


def _counts_by_document(item_counts: pd.DataFrame, statements: pd.DataFrame, side: str, documents: list[str]) -> Floats:
    own = (statements["speaker_side"] == side).to_numpy()
    sums = item_counts[own].groupby(statements.loc[own, "document_id"].to_numpy()).sum()
    return sums.reindex(documents, fill_value=0).to_numpy(dtype=float)


def side_sizes(statements: pd.DataFrame) -> pd.DataFrame:
    """Statements, documents and dated statements of each side, indexed by side; zero for a side that is silent."""
    grouped = statements.assign(dated=statements["date"] != "").groupby("speaker_side")
    found = grouped.agg(
        statements=("statement_id", "size"), documents=("document_id", "nunique"), dated=("dated", "sum")
    )
    return found.reindex(list(COMPARED_SIDES), fill_value=0)


def absent_codes(code_matrix: pd.DataFrame, statements: pd.DataFrame) -> pd.DataFrame:
    """The codes that one side speaks of and the other never does.

    Parameters
    ----------
    code_matrix : DataFrame of bool, shape (statements, codes)
    statements : DataFrame
        Row for row: ``document_id``, ``speaker_side``.

    Returns
    -------
    DataFrame
        ``code_id``, ``speaks`` (the side), ``statements``, ``documents`` (of that side, with the code), ``silent`` (the
        other side), ``of`` (its documents), ``most`` (the largest share of its documents that could have the code
        although none of these does, :func:`compendium.stats.bootstrap.zero_count_upper`). Most statements first.
    """
    rows = []
    for speaks, silent in (COMPARED_SIDES, COMPARED_SIDES[::-1]):
        own, other = (statements["speaker_side"].to_numpy() == side for side in (speaks, silent))
        documents = statements["document_id"].to_numpy()
        of = len(set(documents[other]))
        for code in code_matrix.columns if of else ():
            bears = code_matrix[code].to_numpy(dtype=bool)
            if (bears & own).any() and not (bears & other).any():
                said = documents[bears & own]
                rows.append((code, speaks, len(said), len(set(said)), silent, of, zero_count_upper(of)))
    return pd.DataFrame(rows, columns=ABSENT_CODE_COLUMNS).sort_values("statements", ascending=False, kind="stable")


def filter_statements(coded_statements: CodedStatements, filter_mask: pd.Series) -> CodedStatements:
    """The statements of ``coded_statements`` for which ``filter_mask`` is true, with their marks."""
    chosen = filter_mask.to_numpy(dtype=bool)
    return CodedStatements(
        coded_statements.statements[chosen].reset_index(drop=True),
        coded_statements.frames[chosen],
        coded_statements.areas[chosen],
    )
