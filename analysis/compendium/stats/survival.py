"""Survival curves with late entry, and the median survival time."""

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter

DAYS_PER_YEAR = 365.25


def cumulative_incidence(lags: pd.DataFrame) -> pd.DataFrame:
    """The share of areas in which something has been done by each day: one less the Kaplan-Meier curve.

    The product-limit estimate (Kaplan and Meier 1958, *Nonparametric estimation from incomplete observations*) over
    those at risk on each day, who may enter late; 95 % intervals from the variance of Greenwood (1926) on the scale of
    log(−log), which keeps them between 0 and 1. It takes areas as independent of each other, and the day until which a
    partnership was seen as unrelated to what it does.

    Parameters
    ----------
    lags : DataFrame
        ``entry``, ``days``, ``done``; see :func:`waits`.

    Returns
    -------
    DataFrame
        A row for the beginning, for each day on which something was done, and for the last day: ``years`` after the
        signature, ``at_risk``, ``events`` (done on that day), ``share``, ``low``, ``high``. The interval is NaN
        while the share is 0, and when it is 1, for Greenwood's variance is nought there.
    """
    columns = ["years", "at_risk", "events", "share", "low", "high"]
    if lags.empty:
        return pd.DataFrame(columns=columns, dtype=float)
    origin = lags["entry"].min()
    fitted = KaplanMeierFitter().fit(lags["days"] - origin, lags["done"], entry=lags["entry"] - origin, label="left")
    table = fitted.event_table
    share = 1 - fitted.survival_function_["left"]
    bounds = 1 - fitted.confidence_interval_.set_axis(["high", "low"], axis=1)
    inside = (share > 0) & (share < 1)
    rows = pd.DataFrame(
        {
            "years": (table.index + origin) / DAYS_PER_YEAR,
            "at_risk": table["at_risk"] - table["entrance"],
            "events": table["observed"],
            "share": share,
            "low": bounds["low"].where(inside),
            "high": bounds["high"].where(inside),
        }
    )
    ends = rows.index.isin([rows.index[0], rows.index[-1]])
    return rows[ends | (rows["events"] > 0)].reset_index(drop=True)


def cumulative_incidence_by_family(lags: pd.DataFrame, min_n: int) -> pd.DataFrame:
    """:func:`cumulative_incidence` for all areas and for each family (``group``) with at least ``min_n`` areas at risk.

    ``n`` is the number of areas, ``total`` how many of them were done.
    """
    parts = {"all areas": lags, **dict(list(lags.groupby("family", sort=False)))}
    found = [
        cumulative_incidence(part).assign(group=group, n=len(part), total=int(part["done"].sum()))
        for group, part in parts.items()
        if len(part) >= min_n
    ]
    columns = ["group", "years", "at_risk", "events", "share", "low", "high", "n", "total"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def curve_at(curve: pd.DataFrame, years: float) -> pd.Series:
    """The row of a curve that holds so many years after the signature; NaN beyond the last day that was seen."""
    if curve.empty or curve["years"].iloc[-1] < years:
        return pd.Series(np.nan, index=curve.columns)
    return curve[curve["years"] <= years].iloc[-1] if (curve["years"] <= years).any() else curve.iloc[0]


def median_time_to_event(curve: pd.DataFrame) -> float:
    """Years after the signature by which something was done in half of the areas; NaN when that was never seen."""
    reached = curve[curve["share"] >= 0.5]
    return float(reached["years"].iloc[0]) if len(reached) else np.nan
