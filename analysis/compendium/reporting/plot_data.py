"""Label computed frames for charts and tables: codes in words, group sizes, the ids behind a mark.

Each function takes a frame and returns one; the columns are those that :mod:`compendium.reporting.charts` names.
"""

import pandas as pd

from compendium.dataset.evidence import Evidence
from compendium.reporting.labels import code_labels, list_ids

SIDE_ORDER = ("destination", "partner", "joint", "third")
STRENGTH_ORDER = ("binding", "intent", "explore")
STATUS_ORDER = ("in force", "completed", "under way", "announced", "unclear", "abandoned")
STAGE_ORDER = ("talk", "commitments", "practice")
MIN_GROUP_SIZE = 10
"""Groups with fewer rows than this have no share of their own."""


def with_code_labels(table: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Add the ``label`` of each ``code_id``, out of the table ``codes``.

    Examples
    --------
    >>> codes = pd.DataFrame({"code_id": ["jobs"], "label": ["Jobs"]})
    >>> with_code_labels(pd.DataFrame({"code_id": ["jobs"], "share": [0.2]}), codes).values.tolist()
    [['jobs', 0.2, 'Jobs']]
    """
    return table.assign(label=table["code_id"].map(code_labels(codes)))


def with_row_ids(table: pd.DataFrame) -> pd.DataFrame:
    """Replace the tuples of ``ids`` by ``rows``, a short text for tooltips.

    Examples
    --------
    >>> with_row_ids(pd.DataFrame({"count": [2], "ids": [("m1", "m2")]})).values.tolist()
    [[2, 'm1, m2']]
    """
    return table.assign(rows=table["ids"].map(list_ids)).drop(columns="ids")


def labelled_code_shares(shares: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Add to shares of codes the ``label`` and ``group`` of each code, and ``rows`` in place of ``ids``.

    Parameters
    ----------
    shares : DataFrame
        With the columns ``code_id`` and ``ids`` (tuples).
    codes : DataFrame
        With ``label``; the second column becomes ``group``: the group of a frame, the family of a policy area.

    Examples
    --------
    >>> shares = pd.DataFrame({"code_id": ["jobs"], "share": [0.2], "ids": [("s1", "s2")]})
    >>> codes = pd.DataFrame({"code_id": ["jobs"], "family": ["mobility"], "label": ["Jobs"]})
    >>> labelled_code_shares(shares, codes).values.tolist()
    [['jobs', 0.2, 'Jobs', 'mobility', 's1, s2']]
    """
    group = codes.set_index("code_id")[codes.columns[1]]
    return with_row_ids(with_code_labels(shares, codes).assign(group=shares["code_id"].map(group)))


def with_group_size(shares: pd.DataFrame) -> pd.DataFrame:
    """Add the number of statements to the name of each ``group``, such as ``Xland (n = 120)``.

    Examples
    --------
    >>> with_group_size(pd.DataFrame({"group": ["Xland"], "n": [120]}))["group"].tolist()
    ['Xland (n = 120)']
    """
    return shares.assign(group=[f"{group} (n = {n})" for group, n in zip(shares["group"], shares["n"], strict=True)])


def policy_family(table: pd.DataFrame, evidence: Evidence) -> pd.Series:
    """The family of the policy area of each row."""
    return table["policy_area"].map(evidence.policy_areas.set_index("code_id")["family"])


def labels_by_share(shares: pd.DataFrame) -> list[str]:
    """Labels by descending share; where a label has several shares, the largest decides.

    Examples
    --------
    >>> labels_by_share(pd.DataFrame({"label": ["Jobs", "Borders", "Jobs"], "share": [0.1, 0.2, 0.3]}))
    ['Jobs', 'Borders']
    """
    return shares.groupby("label")["share"].max().sort_values(ascending=False, kind="stable").index.tolist()
