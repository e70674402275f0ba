"""Numbers that the page on power cites."""

from typing import Any

import pandas as pd

from compendium.chapters.power.analysis import BALANCES, LEAD_SIDES, OBLIGATED_SIDES
from compendium.reporting.inline_values import UNKNOWN, InlineValues, Number, Phrase, number_from_row, top_row


def commitment_side_values(
    commitments: pd.DataFrame, shares: pd.DataFrame, family_shares: pd.DataFrame, exchanges: pd.DataFrame
) -> InlineValues:
    """Return whose the commitments are, in which families each side's own ones fall, and how many are exchanges.

    Parameters
    ----------
    commitments : DataFrame
        The table of commitments.
    shares, exchanges : DataFrame
        From :func:`compendium.chapters.power.analysis.commitment_shares` and
        :func:`compendium.chapters.power.analysis.exchange_instruments`.
    family_shares : DataFrame
        The ``share`` of each family (``code_id``) in the commitments of each side (``group``).

    Examples
    --------
    >>> commitments = pd.DataFrame({"document_id": ["d1", "d2"], "obligated": "both"})
    >>> shares = pd.DataFrame({"share": [0.5, 0.0, 1.0, 0.0], "low": 0.0, "high": 1.0, "count": [1, 0, 2, 0], "n": 2})
    >>> shares.index = ["binding", "destination", "both", "partner"]
    >>> family_shares = pd.DataFrame(columns=["group", "code_id", "share", "low", "high", "n"])
    >>> values = commitment_side_values(commitments, shares, family_shares, commitments[:0])
    >>> float(values["of_both"].value), values["of_both_count"].text, values["partner_security"].text
    (1.0, '2', 'not known')
    """
    values: InlineValues = {
        "commitments": Number(len(commitments), "commitments on record"),
        "instruments": Number(commitments["document_id"].nunique(), "documents that hold commitments"),
        "binding": _share_number(shares.loc["binding"], "commitments that are a treaty duty"),
    }
    for side in OBLIGATED_SIDES:
        meaning = f"commitments of {'both sides' if side == 'both' else f'the {side} alone'}"
        side_row: Any = shares.loc[side]
        values[f"of_{side}"] = _share_number(side_row, meaning)
        values[f"of_{side}_count"] = Number(side_row["count"], meaning)
    for side, family in (("partner", "security"), ("destination", "mobility")):
        row = top_row(family_shares[(family_shares["group"] == side) & (family_shares["code_id"] == family)])
        meaning = f"of the commitments of the {side} alone, those in the family {family}"
        values[f"{side}_{family}"] = _share_number(row, meaning)
    meaning = "instruments in which each side alone undertakes something"
    values["exchanges"] = Number(exchanges["document_id"].nunique(), meaning)
    return values


def _share_number(row: Any, meaning: str) -> Number:
    return number_from_row(row, "share", meaning, row["n"])


def measure_side_values(measures: pd.DataFrame, shares: pd.DataFrame) -> InlineValues:
    """Return who leads and who acts in measures, and how many budgets are known.

    Parameters
    ----------
    measures : DataFrame
        The table of measures.
    shares : DataFrame
        From :func:`compendium.chapters.power.analysis.measure_shares`.

    Examples
    --------
    >>> names = ["budget known", "both sides", "destination", "joint", "international", "partner"]
    >>> shares = pd.DataFrame({"share": 0.5, "low": 0.1, "high": 0.9, "n": 2}, index=names)
    >>> values = measure_side_values(pd.DataFrame({"budget": [1.0, None], "currency": ["EUR", ""]}), shares)
    >>> values["budgets"].text, values["currencies"].text, float(values["lead_partner"].value)
    ('1', '1', 0.5)
    """
    budgeted = measures[measures["budget"].notna()]
    meaning = "measures with a known budget"
    values: InlineValues = {
        "measures": Number(len(measures), "measures on record"),
        "budget_known": _share_number(shares.loc["budget known"], meaning),
        "budgets": Number(len(budgeted), meaning),
        "currencies": Number(budgeted["currency"].nunique(), "currencies of budgets"),
        "act_together": _share_number(shares.loc["both sides"], "measures in which governments of both sides act"),
    }
    for side in LEAD_SIDES:
        values[f"lead_{side}"] = _share_number(shares.loc[side], f"measures led by: {side}")
    return values


def balance_values(balances: pd.DataFrame) -> InlineValues:
    """Return in how many partnerships the interval of each balance lies on one side of zero.

    Parameters
    ----------
    balances : DataFrame
        From :func:`compendium.chapters.power.analysis.balances`, with the ``label`` of each partnership.

    Examples
    --------
    >>> balances = pd.DataFrame({"what": "leads", "label": ["P", "Q"], "low": [5.0, -1.0], "high": [9.0, 9.0]})
    >>> values = balance_values(balances)
    >>> values["leads_destination"].text, values["leads_partner"].text
    ('1 of 2', '0 of 2')
    """
    values: InlineValues = {}
    for what in BALANCES:
        rows = balances[(balances["what"] == what) & balances["low"].notna()]
        for side, leaning in (("destination", rows["low"] > 0), ("partner", rows["high"] < 0)):
            names = ", ".join(rows.loc[leaning, "label"]) or "none"
            values[f"{what}_{side}"] = Phrase(
                f"{leaning.sum()} of {len(rows)}",
                f"partnerships whose balance '{what}' lies on the side of the {side}: {names}",
            )
    return values


def conditionality_values(
    conditionality_share: pd.DataFrame, area_shares: pd.DataFrame, area_labels: dict[str, str]
) -> InlineValues:
    """Return how often statements are on conditionality, and which policy area these name most.

    Parameters
    ----------
    conditionality_share, area_shares : DataFrame
        From :func:`compendium.chapters.power.analysis.conditionality_share` and
        :func:`compendium.chapters.power.analysis.area_shares_by_conditionality`.
    area_labels : dict
        The label of each policy area.

    Examples
    --------
    >>> overall = pd.DataFrame({"share": [0.25], "low": [0.1], "high": [0.4], "count": [1], "n": [4]})
    >>> area_shares = pd.DataFrame({"group": ["conditional", "other"], "code_id": "visas", "share": [1.0, 0.2]})
    >>> area_shares = area_shares.assign(low=0.1, high=1.0, n=[1, 3])
    >>> values = conditionality_values(overall, area_shares, {"visas": "Visas"})
    >>> values["conditional"].text, values["conditional_area"].text, float(values["other_area_share"].value)
    ('1', 'Visas', 0.2)
    """
    names = ("conditional_share", "conditional", "conditional_area", "conditional_area_share", "other_area_share")
    if "conditional" not in set(area_shares["group"]):
        return {name: Phrase(UNKNOWN, "no statement carries the frame of conditionality") for name in names}
    overall: Any = conditionality_share.iloc[0]
    conditional = top_row(area_shares[area_shares["group"] == "conditional"], "share")
    same_area = area_shares["code_id"] == conditional["code_id"]
    other = top_row(area_shares[(area_shares["group"] == "other") & same_area])
    area = area_labels[conditional["code_id"]]
    return {
        "conditional_share": _share_number(overall, "statements that carry the frame of conditionality"),
        "conditional": Number(overall["count"], "statements that carry the frame of conditionality"),
        "conditional_area": Phrase(area, "the policy area named most in statements of conditionality"),
        "conditional_area_share": _share_number(conditional, f"statements of conditionality that name {area}"),
        "other_area_share": _share_number(other, f"other statements that name {area}"),
    }


def unplaced_statement_values(conditionality_share: pd.DataFrame, comparison: pd.DataFrame) -> InlineValues:
    """Return how many statements on conditionality belong to no partnership.

    Parameters
    ----------
    conditionality_share, comparison : DataFrame
        From :func:`compendium.chapters.power.analysis.conditionality_share` and
        :func:`compendium.chapters.power.analysis.conditionality_comparison`.

    Examples
    --------
    >>> comparison = pd.DataFrame({"conditional": [1, 2]})
    >>> unplaced_statement_values(pd.DataFrame({"count": [5]}), comparison)["unplaced"].text
    '2'
    """
    meaning = "statements on conditionality that speak of no single partnership"
    n_unplaced = int(conditionality_share["count"].sum()) - int(comparison["conditional"].sum())
    return {"unplaced": Number(n_unplaced, meaning)}


def treaty_values(treaties: pd.DataFrame) -> InlineValues:
    """Return how many partnerships have treaties of both kinds, and in how many these came together.

    Parameters
    ----------
    treaties : DataFrame
        From :func:`compendium.chapters.power.analysis.treaty_dates`.

    Examples
    --------
    >>> values = treaty_values(pd.DataFrame({"days": [0.0, 200.0, None]}))
    >>> [values[name].text for name in ("partnerships", "both_treaties", "same_day", "within_year")]
    ['3', '2', '1', '2']
    """
    both = treaties[treaties["days"].notna()]
    return {
        "partnerships": Number(len(treaties), "partnerships"),
        "both_treaties": Number(len(both), "partnerships with treaties on readmission and on visa facilitation"),
        "same_day": Number((both["days"] == 0).sum(), "partnerships in which two such treaties share a day"),
        "within_year": Number((both["days"] <= 366).sum(), "partnerships in which two such treaties lie within a year"),
    }
