"""The sequence as charts and tables show it: partners and areas in words, lags as text."""

import pandas as pd

from compendium.chapters.sequence import analysis, implementation_lag
from compendium.chapters.sequence.analysis import days_after_signature
from compendium.chapters.sequence.implementation_lag import AT_RISK_STATES, LAG_DEFINITIONS, LagDefinition
from compendium.dataset.dates import decimal_year, middle_day
from compendium.dataset.evidence import Evidence
from compendium.dataset.parts import PartnerNames
from compendium.reporting.inline_values import MINUS, UNKNOWN
from compendium.reporting.labels import code_labels, format_percent, humanize
from compendium.reporting.plot_data import MIN_GROUP_SIZE
from compendium.reporting.theme import BLUE, OCHRE, ORANGE, PURPLE
from compendium.stats import survival
from compendium.stats.survival import DAYS_PER_YEAR

CURVE_TABLE_YEARS = (0, 1, 2, 5, 10)
"""Years after the signature at which tables tell a curve."""
FROM_SIGNATURE_DEFINITION = LagDefinition("At risk from the signature, whenever named", from_signature=True)
AREA_OUTCOMES = {
    implementation_lag.DONE_BEFORE_SIGNATURE: ("←", "done before the signature", ORANGE),
    implementation_lag.DONE_AFTER_NAMED: ("2.5", "done so many years after it", BLUE),
    implementation_lag.NOT_DONE: ("> 9", "nothing done in so many years", OCHRE),
    implementation_lag.DONE_UNDATED: ("?", "done, nobody knows when", PURPLE),
    implementation_lag.NEVER_NAMED: ("·", "neither promised nor named", "transparent"),
}
"""The sign, words and colour of each state that an area can have when it counts from the signature."""


def format_lag(value: float, digits: int = 2) -> str:
    """A lag in words: +0.98; a lag that is not known is a dash."""
    return "–" if pd.isna(value) else f"{value:+.{digits}f}".replace("-", MINUS)


def signature_rows(signatures: pd.DataFrame, partners: PartnerNames) -> pd.DataFrame:
    """The signature of each partnership for a table."""
    others = [f"{one} before, {two} after" for one, two in zip(signatures["earlier"], signatures["later"], strict=True)]
    events = [
        f"{label} ({humanize(kind)})" for label, kind in zip(signatures["label"], signatures["kind"], strict=True)
    ]
    return signatures.assign(group=signatures["partnership_id"].map(partners), others=others, event=events)


def timeline_plot_data(lanes: pd.DataFrame, signatures: pd.DataFrame, partners: PartnerNames) -> pd.DataFrame:
    """The lanes with their ``group`` (partner), ``signatures`` (date) and ``signature`` (in years); empty ones stay."""
    known = lanes.merge(signatures[["partnership_id", "signed"]], on="partnership_id")
    return known.assign(
        group=known["partnership_id"].map(partners),
        signature=[decimal_year(middle_day(date)) for date in known["signed"]],
    )


def date_marks_plot_data(date_marks: pd.DataFrame, partners: PartnerNames) -> pd.DataFrame:
    """The marks of time lines with their ``group`` (partner)."""
    return date_marks.assign(group=date_marks["partnership_id"].map(partners)).drop(columns=["ids", "partnership_id"])


def lag_plot_data(lags: pd.DataFrame, partners: PartnerNames) -> pd.DataFrame:
    """Median lags with ``label`` (partner) and ``group`` (lane), and what their table says in words."""
    return lags.assign(
        label=lags["partnership_id"].map(partners),
        group=lags["lane"],
        undated=lags["n"] - lags["dated"],
        places=[f"{one}, {two}, {three}" for one, two, three in lags[["before", "with", "after"]].to_numpy()],
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
    """Acts of agreements with ``partner`` and ``group`` (the area) in words, in the order of the codebook."""
    order = evidence.policy_areas["code_id"].tolist()
    placed = acts.assign(order=acts["policy_area"].map(order.index))
    known = placed.sort_values(["order", "partnership_id", "value", "id"], kind="stable").drop(columns="order")
    return known.assign(
        partner=known["partnership_id"].map(partners),
        group=known["policy_area"].map(code_labels(evidence.policy_areas)),
    ).reset_index(drop=True)


def agreement_lag_rows(agreement_lags: pd.DataFrame, evidence: Evidence, partners: PartnerNames) -> pd.DataFrame:
    """The agreement of each partnership in each area for a table, with its lag and place in words."""
    counted = [
        f"{format_lag(value)} ({act})" if act else "–"
        for value, act in zip(agreement_lags["value"], agreement_lags["act"], strict=True)
    ]
    shown = agreement_lags.assign(
        group=agreement_lags["partnership_id"].map(partners),
        area=agreement_lags["policy_area"].map(code_labels(evidence.policy_areas)),
        lag=counted,
        place=agreement_lags["place"].where(agreement_lags["place"] != "", "none on record"),
    )
    acts = list(analysis.ACT_ORDER)
    return shown.assign(**{act: shown[act].where(shown[act] != "", "–") for act in acts})


def area_outcomes_plot_data(
    partnership_areas: pd.DataFrame, evidence: Evidence, partners: PartnerNames
) -> pd.DataFrame:
    """What became of each area that a partnership ever named: ``outcome``, ``years``, and ``said``, the text of a cell.

    ``years`` run from the signature to the first measure, or, where nothing was done, to the last thing seen.
    """
    found = implementation_lag.lags(partnership_areas, FROM_SIGNATURE_DEFINITION)
    lag = [
        days_after_signature(row["started"] or row["seen"], row["signed"]) / DAYS_PER_YEAR
        if row["started"] or row["seen"]
        else None
        for row in found.to_dict("records")
    ]
    known = found["state"].isin([implementation_lag.DONE_BEFORE_SIGNATURE, *AT_RISK_STATES])
    told = found.assign(
        group=found["partnership_id"].map(partners),
        label=found["policy_area"].map(code_labels(evidence.policy_areas)),
        outcome=found["state"].map({state: outcome for state, (_, outcome, _) in AREA_OUTCOMES.items()}),
        years=pd.Series(lag, found.index, dtype=float).where(known),
    )
    said = [
        {
            implementation_lag.DONE_AFTER_NAMED: f"{row['years']:.1f}",
            implementation_lag.NOT_DONE: f"> {row['years']:.0f}",
        }.get(row["state"], AREA_OUTCOMES[row["state"]][0])
        for row in told.to_dict("records")
    ]
    return told.assign(said=said).drop(columns=["starts", "entry", "days", "done"])


def outcome_counts_by_area(partnership_areas: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """How many partnerships named each area (``label``), what became of it there, and the median years until done."""
    found = implementation_lag.lags(partnership_areas, FROM_SIGNATURE_DEFINITION)
    rows = []
    for code, label in code_labels(evidence.policy_areas).items():
        own = found[found["policy_area"] == code]
        counts = {state: int((own["state"] == state).sum()) for state in AREA_OUTCOMES}
        lags = own.loc[own["state"] == implementation_lag.DONE_AFTER_NAMED, "days"] / DAYS_PER_YEAR
        named = len(own) - counts[implementation_lag.NEVER_NAMED]
        rows.append({"label": label, "named": named, **counts, "median": format_lag(lags.median(), 1)})
    return pd.DataFrame(rows)


def curve_plot_data(curves: pd.DataFrame) -> pd.DataFrame:
    """Curves with the name of their panel (``label``), which tells how many areas there are."""
    sizes = [
        f"{group} (n = {n}, {total} done)"
        for group, n, total in curves[["group", "n", "total"]].itertuples(index=False)
    ]
    return curves.assign(label=pd.Series(sizes, curves.index, dtype=object))


def small_families(lags: pd.DataFrame) -> str:
    """The families with too few areas for a curve, with their number, in words."""
    sizes = lags["family"].value_counts(sort=False)
    return ", ".join(f"{family} ({n})" for family, n in sizes.items() if n < MIN_GROUP_SIZE) or "none"


def curve_table_rows(curves: pd.DataFrame) -> pd.DataFrame:
    """Curves at :data:`CURVE_TABLE_YEARS` for a table: the share, its interval, and in brackets how many areas are at risk."""
    rows = []
    for group, own in curves.groupby("group", sort=False):
        row = {"group": group, "n": int(own["n"].iloc[0]), "total": int(own["total"].iloc[0])}
        rows.append(row | {f"at_{point}": _format_share(survival.curve_at(own, point)) for point in CURVE_TABLE_YEARS})
    return pd.DataFrame(rows, columns=["group", "n", "total", *(f"at_{point}" for point in CURVE_TABLE_YEARS)])


def lag_definition_rows(partnership_areas: pd.DataFrame, years: int) -> pd.DataFrame:
    """The share done after so many years, and the median wait, in each of :data:`waiting.READINGS`, for a table."""
    rows = []
    for reading in LAG_DEFINITIONS:
        own = implementation_lag.lags(partnership_areas, reading)
        own = own[own["state"].isin(AT_RISK_STATES)]
        told = survival.cumulative_incidence(own)
        median = survival.median_time_to_event(told)
        told_at = {
            "share": _format_share(survival.curve_at(told, years)),
            "median": UNKNOWN if pd.isna(median) else f"{median:.1f}",
        }
        rows.append({"label": reading.label, "n": len(own), "total": int(own["done"].sum()), **told_at})
    return pd.DataFrame(rows)


def _format_share(row: pd.Series) -> str:
    if pd.isna(row["share"]):
        return UNKNOWN
    if pd.isna(row["low"]):
        return format_percent(row["share"])
    return f"{format_percent(row['share'])} ({100 * row['low']:.0f} to {100 * row['high']:.0f})"
