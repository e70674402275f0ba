"""Codes of a case that was coded elsewhere, with a codebook and coders of its own.

A coder counts as a reader of a document if they coded anything in it. Coders choose their own passages: two passages of
a document are treated as the same statement when they share more than half of what they cover together, so that the
codes of different coders can be compared.
"""

from dataclasses import dataclass
from html import escape
from itertools import permutations

import numpy as np
import numpy.typing as npt
import pandas as pd
from IPython.display import HTML

from compendium.chapters import discourse  # shares of own codes are computed like those of the shared codebook
from compendium.dataset.coded_statements import CodedStatements, statements_in_period
from compendium.dataset.evidence import Evidence
from compendium.reporting.captions import WEIGHT_NOTES, intervals_note
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase
from compendium.reporting.labels import truncate
from compendium.reporting.plot_data import with_code_labels, with_row_ids
from compendium.stats import agreement, overlap

_MAX_LABEL_LENGTH = 44
"""Characters of a label, so that it fits beside a chart."""
_MIN_CODERS = 2
"""Coders who must have read a statement for agreement to be computed."""


@dataclass(frozen=True)
class OwnCodeReadings:
    """Own codes that each coder gave to each statement.

    Attributes
    ----------
    coders : list of str
    statements, codes : DataFrame
    code_array : ndarray of bool, shape (coders, statements, codes)
        Whether the coder gave the code.
    is_read : ndarray of bool, shape (coders, statements)
        Whether the coder read the document of the statement.
    """

    coders: list[str]
    statements: pd.DataFrame
    codes: pd.DataFrame
    code_array: npt.NDArray[np.bool_]
    is_read: npt.NDArray[np.bool_]

    @property
    def code_matrix(self) -> pd.DataFrame:
        """Codes that at least one coder gave: bool, statements × codes, indexed by statement_id."""
        ids = pd.Index(self.statements["statement_id"])
        return pd.DataFrame(np.asarray(self.code_array.any(axis=0)), index=ids, columns=self.codes["code_id"].tolist())


def own_codebook(evidence: Evidence) -> pd.DataFrame:
    """Return the own codes in the order of the project.

    Returns
    -------
    DataFrame
        ``code_id``, ``group`` (label of its top-level code), ``label`` (unique, short), ``definition``, ``depth`` (0 at
        the top level), ``path`` (labels of the codes above it).
    """
    codes = evidence.own_codes
    full_labels = dict(zip(codes["code_id"], codes["label"], strict=True))
    parents = dict(zip(codes["code_id"], codes["parent_id"], strict=True))
    paths = [_ancestors(code_id, parents) for code_id in codes["code_id"]]
    is_ambiguous = codes["label"].duplicated(keep=False)
    labels = [
        f"{truncate(label, _MAX_LABEL_LENGTH)} ({truncate(full_labels[path[-1]], _MAX_LABEL_LENGTH)})"
        if ambiguous and path
        else truncate(label, _MAX_LABEL_LENGTH)
        for label, ambiguous, path in zip(codes["label"], is_ambiguous, paths, strict=True)
    ]
    codebook = pd.DataFrame(
        {
            "code_id": codes["code_id"],
            "group": [full_labels[(*path, code_id)[0]] for code_id, path in zip(codes["code_id"], paths, strict=True)],
            "label": labels,
            "definition": codes["definition"],
            "depth": [len(path) for path in paths],
            "path": [" › ".join(full_labels[ancestor] for ancestor in path) for path in paths],
        }
    )
    n_earlier = codebook.groupby("label").cumcount()
    unique_labels = [f"{label} {n + 1}" if n else label for label, n in zip(labels, n_earlier, strict=True)]
    return codebook.assign(label=unique_labels)


def _ancestors(code_id: str, parents: dict[str, str]) -> tuple[str, ...]:
    path: list[str] = []
    while parent := parents[code_id]:
        path.insert(0, parent)
        code_id = parent
    return tuple(path)


def own_code_readings(evidence: Evidence, start: str = "", end: str = "") -> OwnCodeReadings:
    """Collect the own codes that each coder gave to the statements of a period."""
    statements = statements_in_period(evidence.statements, evidence.documents, start, end)
    codings = evidence.own_codings
    statements = statements[statements["statement_id"].isin(codings["statement_id"])].reset_index(drop=True)
    codes = own_codebook(evidence)
    coders = sorted(codings["coder"].unique())
    codings = codings[codings["statement_id"].isin(statements["statement_id"])]
    positions = (
        pd.Index(coders).get_indexer(pd.Index(codings["coder"])),
        pd.Index(statements["statement_id"]).get_indexer(pd.Index(codings["statement_id"])),
        pd.Index(codes["code_id"]).get_indexer(pd.Index(codings["code_id"])),
    )
    code_array = np.zeros((len(coders), len(statements), len(codes)), dtype=bool)
    code_array[positions] = True
    has_code = pd.DataFrame(np.asarray(code_array.any(axis=2)).T)
    documents_read = has_code.groupby(statements["document_id"].to_numpy()).any()
    is_read = documents_read.reindex(statements["document_id"]).to_numpy(dtype=bool).T
    return OwnCodeReadings(
        coders, statements, codes, _with_overlaps(code_array, statements, evidence.passages), is_read
    )


def _with_overlaps(
    code_array: npt.NDArray[np.bool_], statements: pd.DataFrame, passages: pd.DataFrame
) -> npt.NDArray[np.bool_]:
    """Give coders without a code on a statement the codes that they gave to an overlapping passage."""
    spans = statements[["statement_id", "document_id"]].merge(passages, on="statement_id", how="left")
    spans = spans[spans["start"].notna()].astype({"start": int, "end": int})
    result = code_array.copy()
    for _, document_spans in spans.groupby("document_id"):
        positions: list[tuple[int, int, int]] = list(document_spans[["start", "end"]].itertuples(name=None))
        for pair in overlap.overlapping_pairs(positions):
            for statement, other in permutations(pair):
                gave_nothing = ~code_array[:, statement].any(axis=1)
                result[gave_nothing, statement] |= code_array[gave_nothing, other]
    return result


def as_coded_statements(evidence: Evidence, readings: OwnCodeReadings, code_matrix: pd.DataFrame) -> CodedStatements:
    """Return coded statements with own codes in place of frames, and without policy areas."""
    documents = evidence.documents[["document_id", "date", "kind", "title", "language", "url"]]
    return CodedStatements(
        readings.statements.merge(documents, on="document_id", how="left"),
        code_matrix,
        pd.DataFrame(index=code_matrix.index),
    )


def roll_up_codes(code_matrix: pd.DataFrame, codes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Merge each code into its top-level code: the code matrix of the top-level codes, and these codes.

    Examples
    --------
    >>> codes = pd.DataFrame({"code_id": ["work", "jobs"], "group": "Work", "label": ["Work", "Jobs"], "depth": [0, 1]})
    >>> matrix, top_codes = roll_up_codes(pd.DataFrame({"work": [False], "jobs": [True]}), codes)
    >>> matrix.values.tolist(), top_codes["code_id"].tolist()
    ([[True]], ['work'])
    """
    group = codes.set_index("code_id")["group"]
    top_codes = codes[codes["depth"] == 0].reset_index(drop=True)
    columns = {
        code_id: code_matrix.loc[:, (group.reindex(code_matrix.columns) == label).to_numpy()].any(axis=1)
        for code_id, label in zip(top_codes["code_id"], top_codes["group"], strict=True)
    }
    return pd.DataFrame(columns, index=code_matrix.index), top_codes


def own_code_alphas(readings: OwnCodeReadings, seed: int) -> pd.DataFrame:
    """Compute Krippendorff's alpha of each code over statements that two coders or more have read.

    Returns
    -------
    DataFrame
        ``label``, ``group``, ``value``, ``low``, ``high``, ``by_one``, ``by_all``, ``n``; only codes that were given to
        such a statement.
    """
    pairable = readings.is_read.sum(axis=0) >= _MIN_CODERS
    readers = readings.is_read[:, pairable].sum(axis=0)
    votes = (readings.code_array & readings.is_read[..., None])[:, pairable].sum(axis=0)
    documents = readings.statements.loc[pairable, "document_id"]
    rows = []
    for column, code in enumerate(readings.codes.to_dict("records")):
        code_votes = votes[:, column]
        if code_votes.any():
            counts = np.column_stack([readers - code_votes, code_votes]).astype(float)
            value, low, high = agreement.alpha_with_interval(
                counts, agreement.nominal_distance((0, 1)), documents, seed
            )
            by_one, by_all = int((code_votes > 0).sum()), int((code_votes == readers).sum())
            rows.append((code["label"], "own codes", value, low, high, by_one, by_all, len(code_votes)))
    return pd.DataFrame(rows, columns=["label", "group", "value", "low", "high", "by_one", "by_all", "n"])


def own_code_shares(
    code_matrix: pd.DataFrame, coded_statements: CodedStatements, codes: pd.DataFrame, weight: str, seed: int
) -> pd.DataFrame:
    """Compute the share of statements with each code that occurs, with labels."""
    used_codes = code_matrix.loc[:, code_matrix.any()]
    shares = discourse.statement_shares(used_codes, coded_statements, weight, seed)
    return with_row_ids(with_code_labels(shares, codes).assign(group="own codes"))


def own_codes_note(coded_statements: CodedStatements, weight: str) -> str:
    """Describe how shares of a project's own codes were computed."""
    n_documents = coded_statements.statements["document_id"].nunique()
    return (
        f"{len(coded_statements.statements)} passages that a coder marked, in {n_documents} "
        f"document{'s' if n_documents != 1 else ''}; what one coder or more found. {WEIGHT_NOTES[weight]} "
        f"{intervals_note(n_documents)}"
    )


def own_codebook_rows(readings: OwnCodeReadings) -> pd.DataFrame:
    """Return the codebook for a table: ``label`` indented by depth, ``definition``, ``n`` (statements)."""
    indented_labels = [
        "\N{EM SPACE}" * depth + label
        for depth, label in zip(readings.codes["depth"], readings.codes["label"], strict=True)
    ]
    anchors = [
        HTML(f'<span id="{code}">{escape(label)}</span>')
        for code, label in zip(readings.codes["code_id"], indented_labels, strict=True)
    ]
    return readings.codes.assign(
        label=pd.Series(anchors, index=readings.codes.index, dtype=object),
        n=readings.code_matrix.sum().to_numpy(dtype=int).tolist(),
    )


def memo_rows(evidence: Evidence) -> pd.DataFrame:
    """List the memos: ``about`` (title of the document or label of the code), ``title``, ``text``."""
    subjects = dict(zip(evidence.documents["document_id"], evidence.documents["title"], strict=True))
    subjects |= dict(zip(evidence.own_codes["code_id"], evidence.own_codes["label"], strict=True))
    subjects |= {"": "the project"}
    return evidence.memos.assign(about=[subjects.get(target, target) for target in evidence.memos["target_id"]])


def own_code_values(readings: OwnCodeReadings, shares: pd.DataFrame, alphas: pd.DataFrame) -> InlineValues:
    """Count codes, statements, documents and coders, and name the most frequent own code."""
    ranking = shares.sort_values("share", ascending=False, kind="stable")
    top = (
        ranking.iloc[0]
        if len(ranking)
        else pd.Series({"label": UNKNOWN, "share": np.nan, "low": np.nan, "high": np.nan, "n": 0})
    )
    n_read_twice = int((readings.is_read.sum(axis=0) >= _MIN_CODERS).sum())
    return {
        "codes": Number(len(readings.codes), "codes in the project's own codebook"),
        "used": Number(int(readings.code_matrix.any().sum()), "own codes that were given to a statement"),
        "statements": Number(len(readings.statements), "statements that bear an own code"),
        "documents": Number(readings.statements["document_id"].nunique(), "documents with such statements"),
        "coders": Number(len(readings.coders), "coders of the project"),
        "top_code": Phrase(str(top["label"]), "the own code that most statements bear"),
        "top_share": Number(top["share"], "statements with that code", "share", int(top["n"]), top["low"], top["high"]),
        "read_twice": Number(n_read_twice, "statements in documents that two coders or more have read"),
        "alphas": Number(len(alphas), "own codes for which agreement can be computed"),
    }
