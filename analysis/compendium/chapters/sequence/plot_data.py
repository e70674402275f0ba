"""Rows of charts and tables on the sequence: partners and areas by name, lags as text."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from compendium.chapters.sequence.vocabulary import (
    ACT_ORDER,
    DONE_AFTER_NAMED,
    DONE_BEFORE_SIGNATURE,
    DONE_UNDATED,
    NEVER_NAMED,
    NOT_DONE,
)
from compendium.dataset.dates import decimal_year, middle_day
from compendium.dataset.evidence import Evidence
from compendium.dataset.parts import PartnerNames
from compendium.reporting.inline_values import MINUS, UNKNOWN
from compendium.reporting.labels import code_labels, format_percent, humanize
from compendium.reporting.plot_data import MIN_GROUP_SIZE

CURVE_TABLE_YEARS = (0, 1, 2, 5, 10)
"""Years after the signature at which the table gives the share done."""
AREA_OUTCOMES = {
    DONE_BEFORE_SIGNATURE: ("←", "done before the signature"),
    DONE_AFTER_NAMED: ("2.5", "done so many years after it"),
    NOT_DONE: ("> 9", "nothing done in so many years"),
    DONE_UNDATED: ("?", "done, nobody knows when"),
    NEVER_NAMED: ("·", "neither promised nor named"),
}
"""Sign (or a sample of it) and outcome in words of each state of an area that counts from the signature."""


def format_lag(value: float, digits: int = 2) -> str:
    """Format a lag with its sign; an unknown lag is a dash.

    Examples
    --------
    >>> format_lag(0.98), format_lag(float("nan"))
    ('+0.98', '–')
    """
    return "–" if pd.isna(value) else f"{value:+.{digits}f}".replace("-", MINUS)


def signature_rows(signatures: pd.DataFrame, partners: PartnerNames) -> pd.DataFrame:
    """Describe the signature of each partnership, and count its other events of kind signature.

    Examples
    --------
    >>> signatures = pd.DataFrame({"partnership_id": ["x"], "label": ["Declaration"], "kind": ["signature"]})
    >>> signature_rows(signatures.assign(earlier=0, later=1), {"x": "Xland"})[["group", "others"]].iloc[0].tolist()
    ['Xland', '0 before, 1 after']
    """
    return signatures.assign(
        group=signatures["partnership_id"].map(partners),
        others=[
            f"{earlier} before, {later} after"
            for earlier, later in zip(signatures["earlier"], signatures["later"], strict=True)
        ],
        event=[
            f"{label} ({humanize(kind)})" for label, kind in zip(signatures["label"], signatures["kind"], strict=True)
        ],
    )


def timeline_plot_data(lanes: pd.DataFrame, signatures: pd.DataFrame, partners: PartnerNames) -> pd.DataFrame:
    """Add ``group`` (partner), ``signed`` (date) and ``signature`` (in years) to the lanes of the timelines.

    Examples
    --------
    >>> lanes = pd.DataFrame({"partnership_id": ["x"], "lane": ["talk"]})
    >>> signatures = pd.DataFrame({"partnership_id": ["x"], "signed": ["2008-01-01"]})
    >>> timeline_plot_data(lanes, signatures, {"x": "Xland"})["signature"].tolist()
    [2008.0]
    """
    rows = lanes.merge(signatures[["partnership_id", "signed"]], on="partnership_id")
    return rows.assign(
        group=rows["partnership_id"].map(partners),
        signature=[decimal_year(middle_day(date)) for date in rows["signed"]],
    )


def date_marks_plot_data(date_marks: pd.DataFrame, partners: PartnerNames) -> pd.DataFrame:
    """Add ``group`` (partner) to the marks of the timelines.

    Examples
    --------
    >>> date_marks_plot_data(pd.DataFrame({"partnership_id": ["x"], "ids": [("d1",)]}), {"x": "Xland"}).to_dict("list")
    {'group': ['Xland']}
    """
    return date_marks.assign(group=date_marks["partnership_id"].map(partners)).drop(columns=["ids", "partnership_id"])


def lag_plot_data(lags: pd.DataFrame, partners: PartnerNames) -> pd.DataFrame:
    """Add ``label`` (partner), ``group`` (lane) and the texts of the table to the median lags.

    Examples
    --------
    >>> row = {"partnership_id": "x", "lane": "talk", "n": 3, "dated": 2, "before": 0, "with": 0, "after": 2}
    >>> row |= {"first": 0.5, "first_date": "2009", "value": 1.0, "low": 0.5, "high": 2.0, "least": 0.5, "most": 2.0}
    >>> lag_plot_data(pd.DataFrame([row]), {"x": "Xland"})["interval"].tolist()
    ['+0.50 to +2.00']
    """
    return lags.assign(
        label=lags["partnership_id"].map(partners),
        group=lags["lane"],
        undated=lags["n"] - lags["dated"],
        places=[
            f"{before}, {with_it}, {after}" for before, with_it, after in lags[["before", "with", "after"]].to_numpy()
        ],
        first_said=[
            f"{format_lag(lag)} ({date})" if date else "–"
            for lag, date in zip(lags["first"], lags["first_date"], strict=True)
        ],
        median_said=[format_lag(value) for value in lags["value"]],
        interval=[_format_range(low, high) for low, high in zip(lags["low"], lags["high"], strict=True)],
        bounds=[_format_range(low, high) for low, high in zip(lags["least"], lags["most"], strict=True)],
    )


def _format_range(low: float, high: float) -> str:
    if pd.isna(low) or pd.isna(high):
        return UNKNOWN
    ends = [format_lag(end) if abs(end) != float("inf") else "no bound" for end in (low, high)]
    return " to ".join(ends) if ends != ["no bound"] * 2 else "no bound"


def agreement_acts_plot_data(acts: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """Add ``partner`` and ``group`` (area) by name to the acts, in the order of the codebook."""
    order = evidence.policy_areas["code_id"].tolist()
    rows = acts.assign(order=acts["policy_area"].map(order.index))
    rows = rows.sort_values(["order", "partnership_id", "value", "id"], kind="stable").drop(columns="order")
    return rows.assign(
        partner=rows["partnership_id"].map(partners),
        group=rows["policy_area"].map(code_labels(evidence.policy_areas)),
    ).reset_index(drop=True)


def agreement_lag_rows(agreement_lags: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """Write the lag and the position of each partnership's agreement in each area as text."""
    lags = [
        f"{format_lag(value)} ({act})" if act else "–"
        for value, act in zip(agreement_lags["value"], agreement_lags["act"], strict=True)
    ]
    return agreement_lags.assign(
        group=agreement_lags["partnership_id"].map(partners),
        area=agreement_lags["policy_area"].map(code_labels(evidence.policy_areas)),
        lag=lags,
        place=agreement_lags["place"].where(agreement_lags["place"] != "", "none on record"),
        **{act: agreement_lags[act].where(agreement_lags[act] != "", "–") for act in ACT_ORDER},
    )


def area_outcomes_plot_data(area_outcomes: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """Add ``label`` (area), ``group`` (partner), ``outcome`` and ``said`` (text of the cell) to the outcomes of areas.

    ``area_outcomes`` is the result of :func:`compendium.chapters.sequence.implementation_lag.area_outcomes`.
    """
    cell_texts = [
        f"{years:.1f}"
        if state == DONE_AFTER_NAMED
        else f"> {years:.0f}"
        if state == NOT_DONE
        else AREA_OUTCOMES[state][0]
        for state, years in zip(area_outcomes["state"], area_outcomes["years"], strict=True)
    ]
    return area_outcomes.assign(
        group=area_outcomes["partnership_id"].map(partners),
        label=area_outcomes["policy_area"].map(code_labels(evidence.policy_areas)),
        outcome=area_outcomes["state"].map({state: outcome for state, (_, outcome) in AREA_OUTCOMES.items()}),
        said=cell_texts,
    ).drop(columns=["starts", "entry", "days", "done"])


def outcome_counts_by_area(area_outcomes: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Count the partnerships that named each area by outcome, with the median years of those done after."""
    rows = []
    for code_id, label in code_labels(evidence.policy_areas).items():
        outcomes = area_outcomes[area_outcomes["policy_area"] == code_id]
        counts = {state: int((outcomes["state"] == state).sum()) for state in AREA_OUTCOMES}
        median = outcomes.loc[outcomes["state"] == DONE_AFTER_NAMED, "years"].median()
        named = len(outcomes) - counts[NEVER_NAMED]
        rows.append({"label": label, "named": named, **counts, "median": format_lag(median, 1)})
    return pd.DataFrame(rows)


def drop_small_groups(curves: pd.DataFrame) -> pd.DataFrame:
    """Drop the curves of fewer than ten areas.

    Examples
    --------
    >>> drop_small_groups(pd.DataFrame({"group": ["all areas", "visas"], "n": [12, 3]}))["group"].tolist()
    ['all areas']
    """
    return curves[curves["n"] >= MIN_GROUP_SIZE].reset_index(drop=True)


def curve_plot_data(curves: pd.DataFrame) -> pd.DataFrame:
    """Add ``label``, the heading of the panel, with the number of areas and of those done.

    Examples
    --------
    >>> curve_plot_data(pd.DataFrame({"group": ["all areas"], "n": [12], "total": [5]}))["label"].tolist()
    ['all areas (n = 12, 5 done)']
    """
    labels = [
        f"{group} (n = {n}, {total} done)"
        for group, n, total in curves[["group", "n", "total"]].itertuples(index=False)
    ]
    return curves.assign(label=pd.Series(labels, curves.index, dtype=object))


def small_families(lags: pd.DataFrame) -> str:
    """Name the families with too few areas for a curve, with their number of areas.

    Examples
    --------
    >>> small_families(pd.DataFrame({"family": ["visas", "visas"]}))
    'visas (2)'
    """
    sizes = lags["family"].value_counts(sort=False)
    return ", ".join(f"{family} ({n})" for family, n in sizes.items() if n < MIN_GROUP_SIZE) or "none"


def curve_table_rows(shares_at_years: pd.DataFrame) -> pd.DataFrame:
    """Give each curve a row, with the share done and its interval in a column for each of the years of the table.

    ``shares_at_years`` is the result of :func:`compendium.chapters.sequence.implementation_lag.shares_at_years`.

    Examples
    --------
    >>> shares = pd.DataFrame({"group": ["all areas"], "n": [12], "total": [5], "year": [2], "share": [0.25]})
    >>> curve_table_rows(shares.assign(low=0.1, high=0.4))["at_2"].tolist()
    ['25 % (10 to 40)']
    """
    rows = []
    for (group, n, total), shares in shares_at_years.groupby(["group", "n", "total"], sort=False):
        rows.append(
            {"group": group, "n": n, "total": total}
            | {f"at_{row['year']}": _format_share(row) for row in shares.to_dict("records")}
        )
    return pd.DataFrame(rows, columns=["group", "n", "total", *(f"at_{year}" for year in CURVE_TABLE_YEARS)])


def definition_rows(definitions: pd.DataFrame) -> pd.DataFrame:
    """Write the share done and the median lag of each definition as text.

    ``definitions`` is the result of :func:`compendium.chapters.sequence.implementation_lag.compare_definitions`.

    Examples
    --------
    >>> definitions = pd.DataFrame({"label": ["As in the figure"], "share": [0.25], "low": [0.1], "high": [0.4]})
    >>> definition_rows(definitions.assign(median=float("nan"))).iloc[0][["share", "median"]].tolist()
    ['25 % (10 to 40)', 'not known']
    """
    return definitions.assign(
        share=[_format_share(row) for row in definitions.to_dict("records")],
        median=[UNKNOWN if pd.isna(median) else f"{median:.1f}" for median in definitions["median"]],
    )


def _format_share(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["share"]):
        return UNKNOWN
    if pd.isna(row["low"]):
        return format_percent(row["share"])
    return f"{format_percent(row['share'])} ({100 * row['low']:.0f} to {100 * row['high']:.0f})"
