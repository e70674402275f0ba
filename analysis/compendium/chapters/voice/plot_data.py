"""The two sides of each case and partnership, as charts, tables and prose show them."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from compendium.chapters.voice import analysis
from compendium.chapters.voice.analysis import COMPARED_SIDES, DESTINATION, PARTNER
from compendium.dataset.coded_statements import CodedStatements, family_matrix, statement_periods
from compendium.dataset.evidence import Evidence
from compendium.dataset.parts import Part
from compendium.reporting import labels
from compendium.reporting.labels import format_percent
from compendium.reporting.plot_data import MIN_GROUP_SIZE
from compendium.stats import log_odds
from compendium.stats.arrays import Floats

CRITICAL_Z = 1.96
_MIN_DOCUMENTS = 3
_MIN_STATEMENTS = 3
"""Statements from which on one side's talk makes the other's silence worth a row."""
_FIELD_OF_CODE_KIND = {"frame": "frames", "area": "areas"}


def drop_single_partnership_cases(parts: Iterable[Part]) -> list[Part]:
    """The parts without cases of one partnership, which would say the same as that partnership."""
    return [part for part in parts if part.group == "partnership" or len(part.evidence.partnerships) != 1]


def side_size_rows(parts: Iterable[Part]) -> pd.DataFrame:
    """Of each case and partnership (``label``), statements, documents and dated statements of both sides."""
    rows = []
    for part in parts:
        found = analysis.side_sizes(part.coded_statements.statements)
        row = {f"{side}_{what}": int(numbers[side]) for what, numbers in found.items() for side in COMPARED_SIDES}
        rows.append({"label": part.label, "group": part.group, **row})
    return pd.DataFrame(rows)


def code_log_odds(
    parts: Iterable[Part], all_statements: CodedStatements, codes: pd.DataFrame, prior_weight: float, seed: int
) -> pd.DataFrame:
    """Of each part, the log-odds of each code between the sides; frames among frames, policy areas among areas.

    Parameters
    ----------
    parts : iterable of Part
    all_statements : Talk
        All talk, from which the prior is taken.
    codes : DataFrame
        :attr:`compendium.dataset.evidence.Evidence.codes`.
    prior_weight : float
        Of the prior, in documents.
    seed : int

    Returns
    -------
    DataFrame
        The columns of :func:`compendium.chapters.voice.analysis.log_odds_table` and :func:`with_side_and_clear`, and ``code_id``,
        ``label``, ``kind``,
        ``part``, ``group`` (case or partnership).
    """
    priors = _priors(all_statements, prior_weight)
    found = []
    for part in parts:
        for kind, name in _FIELD_OF_CODE_KIND.items():
            own = analysis.log_odds_table(
                getattr(part.coded_statements, name), part.coded_statements.statements, priors[kind], seed
            )
            own = own.rename_axis("code_id").reset_index()
            found.append(own.assign(kind=kind, part=part.label, group=part.group))
    table = with_side_and_clear(
        _concat_or_empty(found, [*analysis.LOG_ODDS_COLUMNS, "code_id", "kind", "part", "group"])
    )
    return table.assign(label=table["code_id"].map(labels.code_labels(codes)))


def permuted_critical_counts(
    parts: Iterable[Part], all_statements: CodedStatements, prior_weight: float, seed: int
) -> Floats:
    """In how many contrasts of partnerships z would lie beyond the critical value, were the sides dealt by chance.

    Returns
    -------
    ndarray, shape (deals,)
    """
    priors = _priors(all_statements, prior_weight)
    number = np.zeros(analysis.N_SIDE_PERMUTATIONS)
    for part in parts:
        for kind, name in _FIELD_OF_CODE_KIND.items() if part.group == "partnership" else ():
            z = analysis.permuted_z_scores(
                getattr(part.coded_statements, name), part.coded_statements.statements, priors[kind], seed
            )
            number += (np.abs(z) >= CRITICAL_Z).sum(axis=1)
    return number


def _priors(all_statements: CodedStatements, prior_weight: float) -> dict[str, pd.Series]:
    documents = all_statements.statements["document_id"]
    return {
        kind: log_odds.dirichlet_prior(getattr(all_statements, name), documents, prior_weight)
        for kind, name in _FIELD_OF_CODE_KIND.items()
    }


def _concat_or_empty(tables: Iterable[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """One table of those that have a row; without any, one that has these columns."""
    known = [table for table in tables if len(table)]
    return pd.concat(known, ignore_index=True) if known else pd.DataFrame(columns=columns)


def with_side_and_clear(log_odds_rows: pd.DataFrame) -> pd.DataFrame:
    """Say to which ``side`` each contrast leans, and whether this is ``clear``.

    It is where neither z, which knows how rare an item is, nor the interval, which knows that statements of a document
    hang together, leaves room for no difference, and the item stands in three documents or more of the side that speaks
    more: of one or two documents drawing again tells nothing.
    """
    apart = (log_odds_rows["low"] > 0) | (log_odds_rows["high"] < 0)
    side = (log_odds_rows["value"] > 0).map({True: PARTNER, False: DESTINATION})
    return log_odds_rows.assign(
        clear=apart & (log_odds_rows["z"].abs() >= CRITICAL_Z) & (log_odds_rows["documents"] >= _MIN_DOCUMENTS),
        side=side,
    )


def with_count_labels(log_odds_rows: pd.DataFrame) -> pd.DataFrame:
    """The parts with the number of codes of either side in their name, such as ``Xland (21 : 90)``."""
    numbers = zip(log_odds_rows["part"], log_odds_rows["n_partner"], log_odds_rows["n_destination"], strict=True)
    return log_odds_rows.assign(column=[f"{name} ({int(one)} : {int(two)})" for name, one, two in numbers])


def labels_by_mean_log_odds(log_odds_rows: pd.DataFrame) -> list[str]:
    """Labels from those that lean most to partners to those that lean most to destinations, on average of all parts."""
    return log_odds_rows.groupby("label")["value"].mean().sort_values(ascending=False, kind="stable").index.tolist()


def clear_log_odds(log_odds_rows: pd.DataFrame) -> pd.DataFrame:
    """The clear contrasts of partnerships, partners' first; ``label`` names code and partnership."""
    own = log_odds_rows[log_odds_rows["clear"] & (log_odds_rows["group"] == "partnership")]
    own = own.sort_values(["value", "label"], ascending=[False, True], kind="stable")
    named = [f"{label}: {part}" for label, part in zip(own["label"], own["part"], strict=True)]
    return own.assign(code=own["label"], label=named, group=own["side"]).reset_index(drop=True)


def log_odds_over_time(
    part: Part, all_statements: CodedStatements, evidence: Evidence, prior_weight: float, seed: int
) -> pd.DataFrame:
    """Log-odds of groups of frames and of families of policy areas between the sides, in each span of years.

    Spans in which a side has fewer than ten statements are left out; ``label`` is the group or family, ``part`` the
    span, ``column`` the span with the number of statements of either side.
    """
    documents = all_statements.statements["document_id"]
    spans = statement_periods(part.coded_statements)
    found = []
    for span in sorted(set(spans) - {""}):
        own = analysis.filter_statements(part.coded_statements, spans == span)
        said = analysis.side_sizes(own.statements)["statements"]
        if (said < MIN_GROUP_SIZE).any():
            continue
        column = f"{span} ({said[PARTNER]} : {said[DESTINATION]})"
        for marks, background in zip(
            _group_code_matrices(own, evidence), _group_code_matrices(all_statements, evidence), strict=True
        ):
            contrast = analysis.log_odds_table(
                marks, own.statements, log_odds.dirichlet_prior(background, documents, prior_weight), seed
            )
            found.append(contrast.rename_axis("label").reset_index().assign(part=span, column=column))
    return with_side_and_clear(_concat_or_empty(found, ["label", "part", "column", *analysis.LOG_ODDS_COLUMNS]))


def partnership_log_odds_over_time(
    parts: Iterable[Part], all_statements: CodedStatements, evidence: Evidence, prior_weight: float, seed: int
) -> pd.DataFrame:
    """:func:`log_odds_over_time` of each partnership that is not the only one of its case; ``column`` begins with its name."""
    several = evidence.partnerships["case_id"].value_counts() > 1
    own = [part for part in parts if part.group == "partnership" and several[part.evidence.cases.index[0]]]
    found = {part.label: log_odds_over_time(part, all_statements, evidence, prior_weight, seed) for part in own}
    named = [table.assign(column=f"{label} " + table["column"]) for label, table in found.items()]
    return pd.concat(
        named or [pd.DataFrame(columns=["label", "column", *analysis.LOG_ODDS_COLUMNS])], ignore_index=True
    )


def _group_code_matrices(coded_statements: CodedStatements, evidence: Evidence) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Marks of groups of frames, and of families of policy areas."""
    groups = evidence.frames.set_index("code_id")["group"]
    frames = {
        f"frames: {group}": coded_statements.frames[groups[groups == group].index].any(axis=1)
        for group in dict.fromkeys(groups)
    }
    return pd.DataFrame(frames), family_matrix(coded_statements.areas, evidence.policy_areas).add_prefix("remedies: ")


def word_log_odds(
    parts: Iterable[Part], all_statements: CodedStatements, prior_weight: float, top_n: int, seed: int
) -> pd.DataFrame:
    """Of each part, the words of the paraphrases that lean most to either side, so many of each, as ``label``."""
    counted = analysis.word_counts(all_statements.statements)
    prior = log_odds.dirichlet_prior(counted, all_statements.statements["document_id"], prior_weight)
    found = []
    for part in parts:
        own = counted.loc[part.coded_statements.statements["statement_id"]]
        contrast = analysis.log_odds_table(own, part.coded_statements.statements, prior, seed, top_n)
        contrast = contrast.sort_values("value", ascending=False, kind="stable")
        found.append(contrast.rename_axis("label").reset_index().assign(part=part.label))
    table = with_side_and_clear(_concat_or_empty(found, ["label", "part", *analysis.LOG_ODDS_COLUMNS]))
    return table.assign(group=table["side"]).round(3)


def clear_word_rows(words: pd.DataFrame) -> pd.DataFrame:
    """The clear words of each part in a row: ``part``, ``partner`` and ``destination`` (words with their counts)."""
    rows = []
    for part, own in words.groupby("part", sort=False):
        strongest = own.reindex(own["z"].abs().sort_values(ascending=False, kind="stable").index)
        strongest = strongest[strongest["clear"]]
        said = {side: strongest[strongest["side"] == side] for side in COMPARED_SIDES}
        rows.append({"part": part} | {side: _format_counted_words(table) for side, table in said.items()})
    return pd.DataFrame(rows, columns=["part", *COMPARED_SIDES])


def _format_counted_words(words: pd.DataFrame) -> str:
    numbers = zip(words["label"], words["partner"], words["destination"], strict=True)
    return ", ".join(f"{word} ({int(one)} : {int(two)})" for word, one, two in numbers) or "–"


def absent_code_rows(parts: Iterable[Part], codes: pd.DataFrame) -> pd.DataFrame:
    """Of each partnership, the codes of which one side speaks in three statements or more, and the other in none."""
    found = [
        analysis.absent_codes(
            pd.concat([part.coded_statements.areas, part.coded_statements.frames], axis=1),
            part.coded_statements.statements,
        ).assign(part=part.label)
        for part in parts
        if part.group == "partnership"
    ]
    table = _concat_or_empty(found, ["part", *analysis.ABSENT_CODE_COLUMNS])
    table = table[table["statements"] >= _MIN_STATEMENTS].reset_index(drop=True)
    known = codes.set_index("code_id")
    return table.assign(
        label=table["code_id"].map(known["label"]),
        most=table["most"].map(format_percent),
    )
