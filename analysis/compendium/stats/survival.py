"""Kaplan-Meier cumulative incidence with late entry, and the median time to an event."""

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter

DAYS_PER_YEAR = 365.25
"""Mean length of a year in days."""


def cumulative_incidence(lags: pd.DataFrame) -> pd.DataFrame:
    """Share of units with an event by each day: 1 minus the Kaplan-Meier curve, with 95 % intervals.

    The product-limit estimate (Kaplan and Meier 1958) over the units at risk on each day, which may enter late. The
    intervals use the variance of Greenwood (1926) on the scale of log(−log), which keeps them between 0 and 1. The
    method assumes that units are independent of each other and that censoring does not depend on the event.

    Parameters
    ----------
    lags : DataFrame
        A row per unit: ``entry`` (day from which the unit is at risk), ``days`` (day of the event or of censoring),
        both counted from the origin of the time scale, such as a signature, and ``done`` (bool: an event happened).

    Returns
    -------
    DataFrame
        A row for the first day at risk, for each day with an event, and for the last day: ``years`` (since the
        origin), ``at_risk`` and ``events`` (numbers of units on that day), ``share``, ``low``, ``high`` (0 to 1). The
        interval is NaN where the share is 0 or 1, because Greenwood's variance is 0 there.

    Examples
    --------
    >>> lags = pd.DataFrame({"entry": [0, 0], "days": [365.25, 730.5], "done": [True, False]})
    >>> cumulative_incidence(lags)[["years", "at_risk", "events", "share"]]
       years  at_risk  events  share
    0    0.0        0       0    0.0
    1    1.0        2       1    0.5
    2    2.0        1       0    0.5
    """
    columns = ["years", "at_risk", "events", "share", "low", "high"]
    if lags.empty:
        return pd.DataFrame(columns=columns, dtype=float)
    first_day = lags["entry"].min()
    fitter = KaplanMeierFitter().fit(
        lags["days"] - first_day, lags["done"], entry=lags["entry"] - first_day, label="survival"
    )
    table = fitter.event_table
    share = 1 - fitter.survival_function_["survival"]
    bounds = 1 - fitter.confidence_interval_.set_axis(["high", "low"], axis=1)
    has_variance = (share > 0) & (share < 1)
    curve = pd.DataFrame(
        {
            "years": (table.index + first_day) / DAYS_PER_YEAR,
            "at_risk": table["at_risk"] - table["entrance"],
            "events": table["observed"],
            "share": share,
            "low": bounds["low"].where(has_variance),
            "high": bounds["high"].where(has_variance),
        }
    )
    is_end = curve.index.isin([curve.index[0], curve.index[-1]])
    return curve[is_end | (curve["events"] > 0)].reset_index(drop=True)


def cumulative_incidence_by_family(lags: pd.DataFrame, min_n: int) -> pd.DataFrame:
    """:func:`cumulative_incidence` of all areas and of each family with at least ``min_n`` areas.

    Parameters
    ----------
    lags : DataFrame
        As for :func:`cumulative_incidence`, a row per area, with the column ``family``.
    min_n : int
        Smallest number of areas for which a curve is computed.

    Returns
    -------
    DataFrame
        The rows of each curve, with ``group`` (``all areas`` or the family) in front, and ``n`` (areas) and ``total``
        (areas with an event) at the end.

    Examples
    --------
    >>> lags = pd.DataFrame(
    ...     {"entry": [0, 0, 0], "days": [10, 20, 30], "done": [True, True, False], "family": ["a", "a", "b"]}
    ... )
    >>> cumulative_incidence_by_family(lags, min_n=2)[["group", "n", "total"]].drop_duplicates()
           group  n  total
    0  all areas  3      2
    4          a  2      2
    """
    groups = {"all areas": lags, **dict(list(lags.groupby("family", sort=False)))}
    curves = [
        cumulative_incidence(group).assign(group=name, n=len(group), total=int(group["done"].sum()))
        for name, group in groups.items()
        if len(group) >= min_n
    ]
    columns = ["group", "years", "at_risk", "events", "share", "low", "high", "n", "total"]
    return pd.concat(curves, ignore_index=True)[columns] if curves else pd.DataFrame(columns=columns)


def curve_at(curve: pd.DataFrame, years: float) -> pd.Series:
    """Row of a curve that applies a number of years after the origin.

    Parameters
    ----------
    curve : DataFrame
        From :func:`cumulative_incidence`.
    years : float
        Years since the origin.

    Returns
    -------
    Series
        The columns of the curve; NaN if ``years`` is after the last observed day.

    Examples
    --------
    >>> curve = pd.DataFrame({"years": [0.0, 1.0, 2.0], "share": [0.0, 0.5, 0.5]})
    >>> float(curve_at(curve, 1.5)["share"]), float(curve_at(curve, 3)["share"])
    (0.5, nan)
    """
    if curve.empty or curve["years"].iloc[-1] < years:
        return pd.Series(np.nan, index=curve.columns)
    return curve[curve["years"] <= years].iloc[-1] if (curve["years"] <= years).any() else curve.iloc[0]


def median_time_to_event(curve: pd.DataFrame) -> float:
    """Years by which half of the units have had an event.

    Parameters
    ----------
    curve : DataFrame
        From :func:`cumulative_incidence`.

    Returns
    -------
    float
        Years since the origin; NaN if the share stays below one half.

    Examples
    --------
    >>> median_time_to_event(pd.DataFrame({"years": [0.0, 1.0, 2.0], "share": [0.0, 0.4, 0.6]}))
    2.0
    """
    reached = curve[curve["share"] >= 0.5]
    return float(reached["years"].iloc[0]) if len(reached) else np.nan
