"""From figures to what a chart or a table shows: codes in words, and the ids of the rows behind each mark.

Pure functions, frame in and frame out; the fields are those that :mod:`compendium.reporting.charts` names.
"""

import pandas as pd

from compendium.dataset import practice
from compendium.dataset.coded_statements import CodedStatements, statement_ids
from compendium.dataset.evidence import Evidence
from compendium.reporting.labels import code_labels, list_ids
from compendium.stats import frequencies, profiles

SIDE_ORDER = ("destination", "partner", "joint", "third")
STRENGTH_ORDER = ("binding", "intent", "explore")
STATUS_ORDER = ("in force", "completed", "under way", "announced", "unclear", "abandoned")
STAGE_ORDER = ("talk", "commitments", "practice")
MIN_GROUP_SIZE = 10


def grouped_counts(table: pd.DataFrame, label: pd.Series, group: pd.Series) -> pd.DataFrame:
    """How many rows of ``table`` fall on each pair of ``label`` and ``group``, as bars and columns draw them."""
    rows = table.assign(label=label, group=group)
    counts = practice.count_rows(rows, ["label", "group"])
    return counts.assign(rows=counts["ids"].map(list_ids)).drop(columns="ids")


def labelled_code_shares(
    code_matrix: pd.DataFrame, coded_statements: CodedStatements, codes: pd.DataFrame, weight: str, seed: int
) -> pd.DataFrame:
    """Share of statements that bear each code, with ``label``, ``group`` and ``rows``; see :func:`coding.shares`."""
    group = codes.columns[1]
    shares = (
        frequencies.code_shares(code_matrix, coded_statements.statements["document_id"], weight, seed)
        .rename_axis("code_id")
        .reset_index()
    )
    known = codes.set_index("code_id")
    bearers = statement_ids(code_matrix)
    return shares.assign(
        label=shares["code_id"].map(known["label"]),
        group=shares["code_id"].map(known[group]),
        rows=[list_ids(bearers[code]) for code in shares["code_id"]],
    )


def labelled_code_shares_by_group(
    code_matrix: pd.DataFrame,
    coded_statements: CodedStatements,
    codes: pd.DataFrame,
    groups: pd.Series,
    weight: str,
    seed: int,
) -> pd.DataFrame:
    """:func:`labelled_code_shares` within each group of statements; groups of fewer than ten statements are left out."""
    size = groups.map(groups.value_counts())
    shares = frequencies.code_shares_by_group(
        code_matrix,
        coded_statements.statements["document_id"],
        groups.where(size >= MIN_GROUP_SIZE, "").fillna(""),
        weight,
        seed,
    )
    return shares.assign(label=shares["code_id"].map(code_labels(codes)))


def with_group_size(shares: pd.DataFrame) -> pd.DataFrame:
    """The groups with their number of statements in their name, such as ``Xland (n = 120)``."""
    return shares.assign(group=[f"{group} (n = {n})" for group, n in zip(shares["group"], shares["n"], strict=True)])


def policy_family(table: pd.DataFrame, evidence: Evidence) -> pd.Series:
    """The family of the policy area of each row."""
    return table["policy_area"].map(evidence.policy_areas.set_index("code_id")["family"])


def labelled_gaps(stage_tables: dict[str, pd.DataFrame], evidence: Evidence, seed: int) -> pd.DataFrame:
    """Talk beside practice by policy area, with labels; areas in neither, or without a gap to know, fall away."""
    found = (
        profiles.share_gaps(stage_tables["talk"], stage_tables["practice"], seed).rename_axis("code_id").reset_index()
    )
    found = found[((found["talk"] > 0) | (found["practice"] > 0)) & found["gap"].notna()]
    return found.assign(label=found["code_id"].map(code_labels(evidence.policy_areas))).reset_index(drop=True)


def stage_family_shares(stage_tables: dict[str, pd.DataFrame], evidence: Evidence, seed: int) -> pd.DataFrame:
    """Share of each family in each stage: ``stage``, ``family``, ``share``, ``low``, ``high``, ``n``."""
    parts = []
    for stage, table in stage_tables.items():
        profile = profiles.area_profile(profiles.sum_by_family(table, evidence.policy_areas), seed)
        parts.append(profile.rename_axis("family").reset_index().assign(stage=stage, n=round(table.to_numpy().sum())))
    return pd.concat(parts, ignore_index=True)


def labels_by_share(shares: pd.DataFrame) -> list[str]:
    """Labels in the order of their share, largest first (of several groups, the largest share decides)."""
    return shares.groupby("label")["share"].max().sort_values(ascending=False, kind="stable").index.tolist()
