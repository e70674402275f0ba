"""What is said in the codes of a project that was coded elsewhere, by coders of its own.

A coder has read a document when they coded anything in it. Coders mark where they like: two passages of a document are
taken for the same when they share more than half of what both cover, so that what one coder gave to one of them is
compared with what another gave to the other.
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


def own_codes_note(coded_statements: CodedStatements, weight: str) -> str:
    """How shares of a project's own codes were computed."""
    documents = coded_statements.statements["document_id"].nunique()
    return (
        f"{len(coded_statements.statements)} passages that a coder marked, in {documents} document{'s' if documents != 1 else ''}; "
        f"what one coder or more found. {WEIGHT_NOTES[weight]} {intervals_note(documents)}"
    )


_MAX_LABEL_LENGTH = 44
_MIN_CODERS = 2


@dataclass(frozen=True)
class OwnCodeReadings:
    """Who gave what: ``code_array`` has shape (coders, statements, codes), ``is_read`` (coders, statements)."""

    coders: list[str]
    statements: pd.DataFrame
    codes: pd.DataFrame
    code_array: npt.NDArray[np.bool_]
    is_read: npt.NDArray[np.bool_]

    @property
    def code_matrix(self) -> pd.DataFrame:
        """Which statement bears which code by at least one coder: bool, indexed by statement_id."""
        ids = pd.Index(self.statements["statement_id"])
        return pd.DataFrame(np.asarray(self.code_array.any(axis=0)), index=ids, columns=self.codes["code_id"].tolist())


def own_codebook(evidence: Evidence) -> pd.DataFrame:
    """Own codes: ``code_id``, ``group`` (the code at the top above it), ``label`` (unique, short), ``definition``.

    In the order of the project, with ``depth`` (0 at the top) and ``path`` (the names above it).
    """
    codes = evidence.own_codes
    names = dict(zip(codes["code_id"], codes["label"], strict=True))
    parents = dict(zip(codes["code_id"], codes["parent_id"], strict=True))
    above = [_ancestors(code_id, parents) for code_id in codes["code_id"]]
    twice = codes["label"].duplicated(keep=False)
    labels = [
        f"{truncate(label, _MAX_LABEL_LENGTH)} ({truncate(names[path[-1]], _MAX_LABEL_LENGTH)})"
        if again and path
        else truncate(label, _MAX_LABEL_LENGTH)
        for label, again, path in zip(codes["label"], twice, above, strict=True)
    ]
    frame = pd.DataFrame(
        {
            "code_id": codes["code_id"],
            "group": [names[(*path, code_id)[0]] for code_id, path in zip(codes["code_id"], above, strict=True)],
            "label": labels,
            "definition": codes["definition"],
            "depth": [len(path) for path in above],
            "path": [" › ".join(names[each] for each in path) for path in above],
        }
    )
    again = frame.groupby("label").cumcount()
    return frame.assign(label=[f"{label} {n + 1}" if n else label for label, n in zip(labels, again, strict=True)])


def own_code_readings(evidence: Evidence, start: str = "", end: str = "") -> OwnCodeReadings:
    """Who gave which own code to which statement of a period."""
    statements = statements_in_period(evidence.statements, evidence.documents, start, end)
    codings = evidence.own_codings
    statements = statements[statements["statement_id"].isin(codings["statement_id"])].reset_index(drop=True)
    codes = own_codebook(evidence)
    coders = sorted(codings["coder"].unique())
    own = codings[codings["statement_id"].isin(statements["statement_id"])]
    places = (
        pd.Index(coders).get_indexer(pd.Index(own["coder"])),
        pd.Index(statements["statement_id"]).get_indexer(pd.Index(own["statement_id"])),
        pd.Index(codes["code_id"]).get_indexer(pd.Index(own["code_id"])),
    )
    marked = np.zeros((len(coders), len(statements), len(codes)), dtype=bool)
    marked[places] = True
    touched = pd.DataFrame(np.asarray(marked.any(axis=2)).T).groupby(statements["document_id"].to_numpy()).any()
    read = touched.reindex(statements["document_id"]).to_numpy(dtype=bool).T
    return OwnCodeReadings(coders, statements, codes, _with_overlaps(marked, statements, evidence.passages), read)


def as_coded_statements(evidence: Evidence, readings: OwnCodeReadings, code_matrix: pd.DataFrame) -> CodedStatements:
    """Statements with marks of own codes in the place of frames, for figures that ask for nothing else."""
    documents = evidence.documents[["document_id", "date", "kind", "title", "language", "url"]]
    return CodedStatements(
        readings.statements.merge(documents, on="document_id", how="left"),
        code_matrix,
        pd.DataFrame(index=code_matrix.index),
    )


def roll_up_codes(code_matrix: pd.DataFrame, codes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Marks of the codes at the top, each with all below it; and these codes."""
    group = codes.set_index("code_id")["group"]
    tops = codes[codes["depth"] == 0].reset_index(drop=True)
    marks = {
        top: code_matrix.loc[:, (group.reindex(code_matrix.columns) == label).to_numpy()].any(axis=1)
        for top, label in zip(tops["code_id"], tops["group"], strict=True)
    }
    return pd.DataFrame(marks, index=code_matrix.index), tops


def own_code_alphas(readings: OwnCodeReadings, seed: int) -> pd.DataFrame:
    """Krippendorff's alpha of each code, over statements of documents that two coders or more have read.

    Returns
    -------
    DataFrame
        ``label``, ``group``, ``value``, ``low``, ``high``, ``by_one``, ``by_all``, ``n``; no row when no document was
        read twice. Codes that nobody gave there fall away.
    """
    pairable = readings.is_read.sum(axis=0) >= _MIN_CODERS
    readers = readings.is_read[:, pairable].sum(axis=0)
    votes = (readings.code_array & readings.is_read[..., None])[:, pairable].sum(axis=0)
    documents = readings.statements.loc[pairable, "document_id"]
    rows = []
    for place, code in enumerate(readings.codes.to_dict("records")):
        own = votes[:, place]
        if own.any():
            counts = np.column_stack([readers - own, own]).astype(float)
            value, low, high = agreement.alpha_with_interval(
                counts, agreement.nominal_distance((0, 1)), documents, seed
            )
            by_one, by_all = int((own > 0).sum()), int((own == readers).sum())
            rows.append((code["label"], "own codes", value, low, high, by_one, by_all, len(own)))
    return pd.DataFrame(rows, columns=["label", "group", "value", "low", "high", "by_one", "by_all", "n"])


def own_code_shares(
    code_matrix: pd.DataFrame, coded_statements: CodedStatements, codes: pd.DataFrame, weight: str, seed: int
) -> pd.DataFrame:
    """Share of statements with each code that occurs; see :func:`compendium.chapters.discourse.statement_shares`."""
    used = code_matrix.loc[:, code_matrix.any()]
    shares = discourse.statement_shares(used, coded_statements, weight, seed)
    return with_row_ids(with_code_labels(shares, codes).assign(group="own codes"))


def own_codebook_rows(readings: OwnCodeReadings) -> pd.DataFrame:
    """The codebook as a table shows it: ``label`` set in by depth, ``definition``, ``n`` (statements that bear it)."""
    names = [
        "\N{EM SPACE}" * depth + label
        for depth, label in zip(readings.codes["depth"], readings.codes["label"], strict=True)
    ]
    anchored = [
        HTML(f'<span id="{code}">{escape(name)}</span>')
        for code, name in zip(readings.codes["code_id"], names, strict=True)
    ]
    return readings.codes.assign(
        label=pd.Series(anchored, index=readings.codes.index, dtype=object),
        n=readings.code_matrix.sum().to_numpy(dtype=int).tolist(),
    )


def memo_rows(evidence: Evidence) -> pd.DataFrame:
    """Memos with the name of what they are about: ``about``, ``title``, ``text``."""
    names = dict(zip(evidence.documents["document_id"], evidence.documents["title"], strict=True))
    names |= dict(zip(evidence.own_codes["code_id"], evidence.own_codes["label"], strict=True))
    names |= {"": "the project"}
    return evidence.memos.assign(about=[names.get(target, target) for target in evidence.memos["target_id"]])


def own_code_values(
    evidence: Evidence, readings: OwnCodeReadings, shares: pd.DataFrame, alphas: pd.DataFrame
) -> InlineValues:
    """What the page cites."""
    top = shares.sort_values("share", ascending=False, kind="stable")
    first = (
        top.iloc[0]
        if len(top)
        else pd.Series({"label": UNKNOWN, "share": np.nan, "low": np.nan, "high": np.nan, "n": 0})
    )
    twice = int((readings.is_read.sum(axis=0) >= _MIN_CODERS).sum())
    return {
        "codes": Number(len(readings.codes), "codes in the project's own codebook"),
        "used": Number(int(readings.code_matrix.any().sum()), "own codes that were given to a statement"),
        "statements": Number(len(readings.statements), "statements that bear an own code"),
        "documents": Number(readings.statements["document_id"].nunique(), "documents with such statements"),
        "coders": Number(len(readings.coders), "coders of the project"),
        "top_code": Phrase(str(first["label"]), "the own code that most statements bear"),
        "top_share": Number(
            first["share"], "statements with that code", "share", int(first["n"]), first["low"], first["high"]
        ),
        "read_twice": Number(twice, "statements in documents that two coders or more have read"),
        "alphas": Number(len(alphas), "own codes for which agreement can be computed"),
    }


def _ancestors(code_id: str, parents: dict[str, str]) -> tuple[str, ...]:
    path: list[str] = []
    while parent := parents[code_id]:
        path.insert(0, parent)
        code_id = parent
    return tuple(path)


def _with_overlaps(
    code_array: npt.NDArray[np.bool_], statements: pd.DataFrame, passages: pd.DataFrame
) -> npt.NDArray[np.bool_]:
    """Marks, and for a coder who gave a statement nothing, those that they gave to what is the same passage."""
    spans = statements[["statement_id", "document_id"]].merge(passages, on="statement_id", how="left")
    spans = spans[spans["start"].notna()].astype({"start": int, "end": int})
    result = code_array.copy()
    for _, own in spans.groupby("document_id"):
        places: list[tuple[int, int, int]] = list(own[["start", "end"]].itertuples(name=None))
        for pair in overlap.overlapping_pairs(places):
            for one, two in permutations(pair):
                silent = ~code_array[:, one].any(axis=1)
                result[silent, one] |= code_array[silent, two]
    return result
