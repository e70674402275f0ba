"""What the coding of statements says: shares of statements that bear a code, and how codes go together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from compendium.dates import within
from compendium.evidence import Evidence
from compendium.resample import cluster_sums, draws, ratio_intervals

CODERS = ("A", "B", "either", "both")
WEIGHTS = ("statement", "document")


@dataclass(frozen=True)
class Talk:
    """The statements that are read, with what one reading of them says.

    ``statements`` has a row a statement, joined with the ``date``, ``kind``, ``title`` and ``url`` of its document and
    the name of its ``partner``; ``frames`` and ``areas`` are its marks (bool), row for row.
    """

    statements: pd.DataFrame
    frames: pd.DataFrame
    areas: pd.DataFrame


def talk(evidence: Evidence, coder: str, start: str = "", end: str = "") -> Talk:
    """What is said in a period, in one reading; see :func:`in_period` and :func:`marks`."""
    statements = in_period(evidence.statements, evidence.documents, start, end)
    documents = evidence.documents[["document_id", "date", "kind", "title", "url"]]
    partners = evidence.partnerships[["partnership_id", "partner"]]
    joined = statements.merge(documents, on="document_id", how="left").merge(partners, on="partnership_id", how="left")
    tables = (
        marks(evidence.codings, statements, codes["code_id"].tolist(), coder)
        for codes in (evidence.frames, evidence.policy_areas)
    )
    return Talk(joined.fillna({"partner": ""}), *tables)


def families(areas: pd.DataFrame, policy_areas: pd.DataFrame) -> pd.DataFrame:
    """Marks of families: a statement bears a family when it bears one of its areas."""
    family = policy_areas.set_index("code_id")["family"]
    names = list(dict.fromkeys(family))
    return pd.DataFrame({name: areas[family[family == name].index].any(axis=1) for name in names}, columns=names)


def remedies(talk: Talk, weight: str) -> pd.DataFrame:
    """The remedies named in each document: documents × policy areas.

    Weight by statement gives counts; weight by document divides each document's counts by their sum. Documents that
    name no remedy fall away.
    """
    table = talk.areas.groupby(talk.statements["document_id"].to_numpy()).sum().astype(float)
    table = table[table.sum(axis=1) > 0]
    return table.div(table.sum(axis=1), axis=0) if weight == "document" else table


def bearers(table: pd.DataFrame) -> pd.Series:
    """The statements that bear each code, as a tuple of ids."""
    return pd.Series({code: tuple(table.index[table[code]]) for code in table.columns})


def in_period(statements: pd.DataFrame, documents: pd.DataFrame, start: str = "", end: str = "") -> pd.DataFrame:
    """The statements of documents dated from ``start`` to ``end`` (both inclusive, any precision; empty: open).

    Documents without a date are left out as soon as one bound is given, for nobody knows on which side they fall.
    """
    if not start and not end:
        return statements
    dates = documents.set_index("document_id")["date"]
    kept = dates[dates.map(lambda date: within(date, start, end))].index
    return statements[statements["document_id"].isin(kept)].reset_index(drop=True)


def marks(codings: pd.DataFrame, statements: pd.DataFrame, codes: list[str], coder: str) -> pd.DataFrame:
    """Which statement bears which code, in the reading of one coder or of both.

    Parameters
    ----------
    codings, statements : DataFrame
        The tables of these names.
    codes : list of str
        The codes asked for.
    coder : {"A", "B", "either", "both"}
        One coder's reading, the union of the two, or what both gave.

    Returns
    -------
    DataFrame of bool, shape (statements, codes)
        Indexed by ``statement_id``, in the order of ``statements``.

    Raises
    ------
    ValueError
        When ``coder`` is none of the four.
    """
    if coder not in CODERS:
        raise ValueError(f"coder is {coder!r}; expected one of {', '.join(CODERS)}")
    if coder in ("either", "both"):
        first, second = (marks(codings, statements, codes, each) for each in ("A", "B"))
        return first | second if coder == "either" else first & second
    own = codings[(codings["coder"] == coder) & codings["code_id"].isin(codes)]
    rows = pd.Index(statements["statement_id"]).get_indexer(pd.Index(own["statement_id"]))
    columns = pd.Index(codes).get_indexer(pd.Index(own["code_id"]))
    table = np.zeros((len(statements), len(codes)), dtype=bool)
    table[rows[rows >= 0], columns[rows >= 0]] = True
    return pd.DataFrame(table, index=pd.Index(statements["statement_id"]), columns=codes)


def shares(table: pd.DataFrame, documents: pd.Series, weight: str, seed: int, resamples: int = 2000) -> pd.DataFrame:
    """Share of statements that bear each code, with a bootstrap interval over documents.

    Statements of one document hang together, so documents are drawn, not statements (cluster bootstrap,
    percentile interval of 95 %).

    Parameters
    ----------
    table : DataFrame of bool, shape (statements, codes)
        Marks.
    documents : Series, length statements
        The document of each statement, in the same order.
    weight : {"statement", "document"}
        Whether each statement counts the same, or each document does, however finely it was split.
    seed, resamples : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        Indexed by code: ``share``, ``low``, ``high`` (0 to 1), ``count`` (statements that bear the code),
        ``n`` (statements), ``documents`` (documents).

    Raises
    ------
    ValueError
        When ``weight`` is neither of the two.
    """
    if weight not in WEIGHTS:
        raise ValueError(f"weight is {weight!r}; expected one of {', '.join(WEIGHTS)}")
    result = pd.DataFrame({"count": table.sum().astype(int), "n": len(table), "documents": documents.nunique()})
    if table.empty:
        return result.assign(share=np.nan, low=np.nan, high=np.nan)
    sums, sizes = cluster_sums(table, documents)
    numerators, denominators = sums.to_numpy(dtype=float), sizes.to_numpy(dtype=float)
    if weight == "document":
        numerators, denominators = numerators / denominators[:, None], np.ones_like(denominators)
    low, high = ratio_intervals(numerators, denominators, draws(len(sums), resamples, seed))
    return result.assign(share=numerators.sum(axis=0) / denominators.sum(), low=low, high=high)


def shares_by(
    table: pd.DataFrame, documents: pd.Series, groups: pd.Series, weight: str, seed: int
) -> pd.DataFrame:
    """:func:`shares` within each group of statements: long frame with the columns ``group`` and ``code_id`` in front."""
    parts = []
    for group in sorted(groups[groups != ""].unique()):
        chosen = (groups == group).to_numpy()
        part = shares(table[chosen], documents[chosen], weight, seed)
        parts.append(part.rename_axis("code_id").reset_index().assign(group=group))
    columns = ["group", "code_id", "share", "low", "high", "count", "n", "documents"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def together(table: pd.DataFrame) -> pd.DataFrame:
    """How often two codes stand on the same statement, against what chance would give.

    Returns
    -------
    DataFrame
        A row for each ordered pair of different codes: ``first``, ``second``, ``count`` (statements with both),
        ``expected`` (if the two were independent: product of their counts over the number of statements),
        ``ratio`` (count / expected, often called lift; NaN where nothing is expected).
    """
    matrix = table.to_numpy(dtype=float)
    count = matrix.T @ matrix
    totals = matrix.sum(axis=0)
    expected = np.outer(totals, totals) / max(len(matrix), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = count / expected
    first, second = np.meshgrid(table.columns, table.columns, indexing="ij")
    pairs = {"first": first, "second": second, "count": count.astype(int), "expected": expected, "ratio": ratio}
    frame = pd.DataFrame({name: values.ravel() for name, values in pairs.items()})
    return frame[frame["first"] != frame["second"]].reset_index(drop=True)


def conditional(given: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Of the statements with a code of ``given``, the share that also bears a code of ``asked``.

    Returns
    -------
    DataFrame
        A row a pair: ``given``, ``asked``, ``count`` (statements with both), ``n`` (with ``given``), ``share``.
    """
    left, right = given.to_numpy(dtype=float), asked.to_numpy(dtype=float)
    count = left.T @ right
    n = np.repeat(left.sum(axis=0)[:, None], right.shape[1], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = count / n
    first, second = np.meshgrid(given.columns, asked.columns, indexing="ij")
    values = {"given": first, "asked": second, "count": count.astype(int), "n": n.astype(int), "share": share}
    return pd.DataFrame({name: value.ravel() for name, value in values.items()})


def labelled(frame: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Join ``label`` and ``group`` of each ``code_id``, which is a column or the index."""
    frame = frame if "code_id" in frame.columns else frame.rename_axis("code_id").reset_index()
    group = "kind" if "group" in frame.columns else "group"
    names = codes.set_index("code_id")
    joined = frame.assign(label=frame["code_id"].map(names["label"]))
    return joined if group == "kind" else joined.assign(group=frame["code_id"].map(names["group"]))
