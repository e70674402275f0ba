"""Implementation in a case: measures, commitments, and practice compared with talk."""

from collections.abc import Sequence
from html import escape
from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from compendium.dataset import practice
from compendium.dataset.evidence import Evidence
from compendium.dataset.practice import PROMISE_OUTCOMES
from compendium.reporting.altair_output import with_metadata
from compendium.reporting.captions import FOUNDINGS_NOTE
from compendium.reporting.charts import empty_chart_note, list_counts
from compendium.reporting.inline_values import (
    UNKNOWN,
    InlineValues,
    Number,
    Phrase,
    number_from_row,
    text_or_unknown,
    top_row,
)
from compendium.reporting.labels import code_labels, format_percent, humanize
from compendium.reporting.plot_data import policy_family, with_row_ids
from compendium.reporting.tables import (
    RowMapping,
    collapsible_list,
    count_with_noun,
    date_html,
    document_link,
    listing_html,
)
from compendium.reporting.theme import (
    CHART_WIDTH_PX,
    FOREGROUND,
    ROW_HEIGHT_PX,
    VALUE_COLOURS,
    colour_encoding,
    shape_encoding,
    tooltips,
    with_height,
)
from compendium.stats import profiles

OUTCOME_SIGNS = dict(zip(PROMISE_OUTCOMES, "●×○·", strict=True))
"""Sign of each outcome in the chart of promises."""


def grouped_counts(table: pd.DataFrame, label: pd.Series, group: pd.Series) -> pd.DataFrame:
    """Count the rows of ``table`` by ``label`` and ``group``.

    Returns
    -------
    DataFrame
        ``label``, ``group``, ``count``, ``rows`` (ids as text).

    Examples
    --------
    >>> measures = pd.DataFrame({"measure_id": ["m1", "m2"], "legal_form": "law", "lead_side": "partner"})
    >>> grouped_counts(measures, measures["legal_form"], measures["lead_side"]).values.tolist()
    [['law', 'partner', 2, 'm1, m2']]
    """
    return with_row_ids(practice.count_rows(table.assign(label=label, group=group), ["label", "group"]))


def family_shares(stage_tables: dict[str, pd.DataFrame], evidence: Evidence, seed: int) -> pd.DataFrame:
    """Compute the share of each family in each stage: ``stage``, ``family``, ``share``, ``low``, ``high``, ``n``."""
    stages = []
    for stage, table in stage_tables.items():
        shares = profiles.area_profile(profiles.sum_by_family(table, evidence.policy_areas), seed)
        stages.append(shares.rename_axis("family").reset_index().assign(stage=stage, n=round(table.to_numpy().sum())))
    return pd.concat(stages, ignore_index=True)


def talk_practice_gaps(stage_tables: dict[str, pd.DataFrame], seed: int) -> pd.DataFrame:
    """Compute the shares of each policy area (``code_id``) in talk and practice, and the gap between them.

    Areas that occur in neither are left out, and so are all areas when talk or practice is empty.

    Returns
    -------
    DataFrame
        ``code_id`` and the columns of :func:`compendium.stats.profiles.share_gaps`.

    Examples
    --------
    >>> talk = pd.DataFrame({"jobs": [1, 1], "borders": [0, 2]}, index=["d1", "d2"])
    >>> practice = pd.DataFrame({"jobs": [3, 0], "borders": [0, 1]}, index=["d1", "d2"])
    >>> talk_practice_gaps({"talk": talk, "practice": practice}, seed=1)[["code_id", "gap"]].values.tolist()
    [['jobs', 25.0], ['borders', -25.0]]
    """
    gaps = profiles.share_gaps(stage_tables["talk"], stage_tables["practice"], seed)
    gaps = gaps[((gaps["talk"] > 0) | (gaps["practice"] > 0)) & gaps["gap"].notna()]
    return gaps.rename_axis("code_id").reset_index()


def policy_area_counts(table: pd.DataFrame, evidence: Evidence, group: pd.Series) -> pd.DataFrame:
    """Count commitments or measures by policy area (``label``) and ``group``."""
    return grouped_counts(table, table["policy_area"].map(code_labels(evidence.policy_areas)), group)


def partner_names(table: pd.DataFrame, evidence: Evidence) -> pd.Series:
    """Return the partner country of each row's partnership."""
    return table["partnership_id"].map(evidence.partnerships.set_index("partnership_id")["partner"])


def measures_by_start_year(measures: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Count the measures with a known start by ``year`` and family (``group``)."""
    dated = practice.measures_with_year(measures)
    return grouped_counts(dated, dated["year"], policy_family(dated, evidence)).rename(columns={"label": "year"})


def founding_years(evidence: Evidence) -> pd.DataFrame:
    """List the years in which partnerships were founded: ``year`` and ``label`` (partners), one row per year."""
    events = evidence.events[["event_id", "date"]].rename(columns={"event_id": "founding_event_id"})
    foundings = evidence.partnerships.merge(events, on="founding_event_id")
    partners = foundings["partner"].groupby(foundings["date"].str[:4].astype(int).rename("year"))
    return partners.agg(", ".join).rename("label").reset_index()


def actor_type_counts(measures: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Count measures by type of actor (``label``) and family (``group``); a measure counts for each of its types."""
    rows = practice.explode_list_column(measures, "actor_types")
    return grouped_counts(rows, rows["actor_types"].map(humanize), policy_family(rows, evidence))


def labelled_promises(commitments: pd.DataFrame, measures: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Compute the outcomes of promises, with labels of areas (``label``) and partners (``group``).

    See :func:`compendium.dataset.practice.promise_outcomes` for the other columns.
    """
    areas = evidence.policy_areas
    outcomes = practice.promise_outcomes(commitments, measures, areas["code_id"].tolist())
    return outcomes.assign(
        label=outcomes["policy_area"].map(code_labels(areas)), group=partner_names(outcomes, evidence)
    )


def unmatched_areas(outcomes: pd.DataFrame) -> pd.DataFrame:
    """List for each partner the areas with promises only, and those with measures only.

    Parameters
    ----------
    outcomes : DataFrame
        From :func:`labelled_promises`.

    Returns
    -------
    DataFrame
        ``group`` (the partner), ``promised`` and ``done``: labels of areas, each with its number of rows.

    Examples
    --------
    >>> outcomes = pd.DataFrame({"group": ["Xland"], "label": ["Jobs"], "outcome": ["promised, nothing done"]})
    >>> unmatched_areas(outcomes.assign(commitments=2, done=0)).values.tolist()
    [['Xland', 'Jobs (2)', '–']]
    """
    promised_only, done_only = PROMISE_OUTCOMES[1:3]

    def area_list(areas: pd.DataFrame, count_column: str) -> str:
        return ", ".join(f"{label} ({n})" for label, n in zip(areas["label"], areas[count_column], strict=True)) or "–"

    rows = [
        {
            "group": partner,
            "promised": area_list(areas[areas["outcome"] == promised_only], "commitments"),
            "done": area_list(areas[areas["outcome"] == done_only], "done"),
        }
        for partner, areas in outcomes.groupby("group")
    ]
    return pd.DataFrame(rows, columns=["group", "promised", "done"])


@empty_chart_note
def talk_practice_chart(data: pd.DataFrame, name: str, title: str, note: str) -> Any:
    """Draw the share of each policy area in talk and in practice, joined by a line.

    Parameters
    ----------
    data : DataFrame
        ``label``, and ``talk``, ``practice`` (shares), ``gap`` (percentage points), each with ``_low`` and ``_high``.
    """
    data = data.sort_values("gap", kind="stable").reset_index(drop=True)
    order = data["label"].tolist()
    stages = [
        data[["label", "gap", "gap_low", "gap_high"]].assign(
            group=stage, share=data[stage], low=data[f"{stage}_low"], high=data[f"{stage}_high"]
        )
        for stage in ("talk", "practice")
    ]
    y = alt.Y("label:N", sort=order, title=None)
    x = alt.X(
        "share:Q", title="Share of all remedies named, or of all measures", axis=alt.Axis(format="%", tickCount=6)
    )
    base = alt.Chart(pd.concat(stages, ignore_index=True)).encode(y=y, x=x)
    headings = {"label": "Policy area", "group": "In"}
    values = {
        "share": ("Share", ".1%"),
        "low": ("From", ".1%"),
        "high": ("To", ".1%"),
        "gap": ("Gap in points", "+.1f"),
    }
    gap_interval = {"gap_low": ("Gap from", "+.1f"), "gap_high": ("Gap to", "+.1f")}
    points = base.mark_point(filled=True, size=95, opacity=1).encode(
        color=colour_encoding("group", ["talk", "practice"]),
        shape=shape_encoding("group", ["talk", "practice"]),
        tooltip=tooltips(**headings, **values, **gap_interval),
    )
    lines = base.mark_line(color=FOREGROUND, opacity=0.35, strokeWidth=3).encode(detail="label:N")
    first, last = data.iloc[0], data.iloc[-1]
    description = (
        f"More talked about than done: {first['label']}, {format_percent(first['talk'])} of talk and "
        f"{format_percent(first['practice'])} of measures. More done than talked about: {last['label']}, "
        f"{format_percent(last['talk'])} and {format_percent(last['practice'])}."
    )
    columns = headings | {"share": "Share", "low": "From", "high": "To", "gap": "Gap (points)"}
    return with_metadata(with_height(lines + points, len(order)), name, title, description, columns, note)


@empty_chart_note
def promise_outcomes_chart(data: pd.DataFrame, name: str, title: str, note: str, order: Sequence[str]) -> Any:
    """Draw the outcomes of promises as signs: one row per policy area, one column per partner.

    Parameters
    ----------
    data : DataFrame
        ``label`` (area), ``group`` (partner), ``outcome`` (one of
        :data:`compendium.dataset.practice.PROMISE_OUTCOMES`), ``commitments``, ``done``, ``planned``.
    """
    data = data.assign(
        sign=data["outcome"].map(OUTCOME_SIGNS), key=data["outcome"].map(lambda kind: f"{OUTCOME_SIGNS[kind]}  {kind}")
    )
    domain = [f"{sign}  {kind}" for kind, sign in OUTCOME_SIGNS.items()]
    scale = alt.Scale(domain=domain, range=[VALUE_COLOURS[kind] for kind in PROMISE_OUTCOMES])
    colour = alt.Color("key:N", sort=domain, scale=scale, legend=alt.Legend(columns=2, title=None, symbolOpacity=0))
    y_axis = alt.Axis(domain=False, ticks=False, grid=True)
    headings = {"label": "Policy area", "group": "Partner", "outcome": "Outcome", "commitments": "Commitments"}
    headings |= {"done": "Measures done", "planned": "Measures only planned"}
    chart = (
        alt.Chart(data)
        .mark_text(fontSize=17, fontWeight="bold")
        .encode(
            x=alt.X("group:N", title=None, axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False)),
            y=alt.Y("label:N", sort=list(order), title=None, axis=y_axis),
            text="sign:N",
            color=colour,
            tooltip=tooltips(**headings),
        )
    )
    counts = data["outcome"].value_counts().reindex(list(PROMISE_OUTCOMES), fill_value=0)
    description = f"Pairs of area and partnership: {list_counts(counts)}."
    size = {"width": min(CHART_WIDTH_PX, 140 * data["group"].nunique()), "height": (ROW_HEIGHT_PX + 2) * len(order)}
    return with_metadata(chart.properties(**size), name, title, description, headings, note)


def start_years_note(measures: pd.DataFrame) -> str:
    """Count the measures with a known start.

    Examples
    --------
    >>> start_years_note(pd.DataFrame({"start": ["2008", ""]})).split(";")[0]
    '1 of 2 measures'
    """
    dated = int((measures["start"] != "").sum())
    return f"{dated} of {len(measures)} measures; the others' start is unknown. {FOUNDINGS_NOTE}"


def stages_note(stage_tables: dict[str, pd.DataFrame]) -> str:
    """Count the rows and documents of each stage.

    Examples
    --------
    >>> table = pd.DataFrame({"jobs": [1, 1]}, index=["d1", "d2"])
    >>> stages_note({"talk": table, "commitments": table, "practice": table}).split(";")[0]
    'Remedies named in talk: 2 (2 documents)'
    """
    rows = {stage: f"{table.to_numpy().sum():.0f} ({len(table)} documents)" for stage, table in stage_tables.items()}
    return (
        f"Remedies named in talk: {rows['talk']}; commitments: {rows['commitments']}; realised measures: "
        f"{rows['practice']}. Intervals stand in the data table."
    )


def gap_note(stage_tables: dict[str, pd.DataFrame]) -> str:
    """Explain how to read the gap between talk and practice."""
    reading = "Areas at the top are more talked about than acted on, those at the bottom the other way round."
    return f"{reading} {stages_note(stage_tables)}"


def gap_texts(gaps: pd.DataFrame) -> pd.DataFrame:
    """Format the shares and gaps of :func:`talk_practice_gaps` for a table, widest gap first.

    Examples
    --------
    >>> gaps = pd.DataFrame({"talk": [0.5], "practice": [0.25], "gap": [-25.0], "gap_low": [-40.0], "gap_high": [-5.0]})
    >>> gap_texts(gaps)["interval"].tolist()
    ['−40.0 to −5.0']
    """
    ranking = gaps.reindex(gaps["gap"].abs().sort_values(ascending=False, kind="stable").index)
    ends = zip(ranking["gap_low"], ranking["gap_high"], strict=True)
    return ranking.assign(
        talk=ranking["talk"].map(_format_share),
        practice=ranking["practice"].map(_format_share),
        gap=ranking["gap"].map(_format_signed),
        interval=[
            UNKNOWN if pd.isna(low) else f"{_format_signed(low)} to {_format_signed(high)}" for low, high in ends
        ],
    )


def _format_share(value: float) -> str:
    return f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


def _format_signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def measures_by_area_list(measures: pd.DataFrame, evidence: Evidence) -> HTML:
    """List the measures of each policy area with status, period, lead actor and source."""
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    lists = []
    for area in evidence.policy_areas.to_dict("records"):
        rows = measures[measures["policy_area"] == area["code_id"]].to_dict("records")
        if rows:
            items = [_measure_item(row, documents[row["document_id"]]) for row in rows]
            lists.append(collapsible_list(_area_heading(area, count_with_noun(len(rows), "measure")), items))
    return listing_html(lists)


def commitments_by_area_list(commitments: pd.DataFrame, evidence: Evidence) -> HTML:
    """List the commitments of each policy area with the obligated side, strength and source."""
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")
    lists = []
    for area in evidence.policy_areas.to_dict("records"):
        rows = commitments[commitments["policy_area"] == area["code_id"]].to_dict("records")
        if rows:
            items = [_commitment_item(row, documents[row["document_id"]]) for row in rows]
            lists.append(collapsible_list(_area_heading(area, count_with_noun(len(rows), "commitment")), items))
    return listing_html(lists)


def _area_heading(area: RowMapping, count: str) -> str:
    return f"<b>{escape(area['label'])}</b> ({area['family']}) <small>{count}</small>"


def _measure_item(row: RowMapping, document: RowMapping) -> str:
    facts = (
        f"{humanize(row['status'])}, {humanize(row['legal_form'])}, {_measure_period(row)}; {escape(row['lead_actor'])}"
    )
    return (
        f'<span id="{row["measure_id"]}"><b>{escape(row["title"])}</b>: {escape(row["description"])} '
        f"<small>{facts}. {_source_text(row, document)}</small></span>"
    )


def _measure_period(measure: RowMapping) -> str:
    start, end = measure["start"], measure["end"]
    if start and end:
        return f"{date_html(start)}–{date_html(end)}"
    return f"until {date_html(end)}" if end else date_html(start)


def _commitment_item(row: RowMapping, document: RowMapping) -> str:
    facts = f"obligated: {row['obligated']}; {row['strength']}"
    return (
        f'<span id="{row["commitment_id"]}">{escape(row["paraphrase"])} '
        f"<small>{facts}. {_source_text(row, document)}</small></span>"
    )


def _source_text(row: RowMapping, document: RowMapping) -> str:
    return f"Source: {document_link(document)}, {escape(row['locator'])}"


def gap_values(families: pd.DataFrame, gaps: pd.DataFrame, distances: pd.DataFrame) -> InlineValues:
    """Numbers on the largest family of practice, the widest gaps, and the distance of practice from talk.

    Parameters
    ----------
    families, gaps : DataFrame
        From :func:`family_shares`, and :func:`talk_practice_gaps` with labels.
    distances : DataFrame
        From :func:`compendium.stats.profiles.profile_distances`.
    """
    practice_shares = families[families["stage"] == "practice"]
    largest, n = top_row(practice_shares, "share"), practice_shares["n"].max()
    numbers: InlineValues = {
        "top_family": Phrase(text_or_unknown(largest["family"]), "the largest family among realised measures"),
        "top_family_share": number_from_row(largest, "share", "realised measures of the largest family", n),
        "distance": number_from_row(
            distances.T["distance"], "value", "Jensen-Shannon distance of practice from talk", n
        ),
        "correlation": number_from_row(
            distances.T["correlation"], "value", "rank correlation of practice with talk", n
        ),
    }
    for name, ascending, direction in (("most_below", True, "below"), ("most_above", False, "above")):
        row = top_row(gaps, "gap", ascending)
        meaning = f"share of {text_or_unknown(row['label'])} in practice less its share in talk"
        numbers[name] = Phrase(
            text_or_unknown(row["label"]),
            f"the policy area whose share of practice lies furthest {direction} its share of talk",
        )
        numbers[f"{name}_gap"] = Number(row["gap"], meaning, "points", int(n), row["gap_low"], row["gap_high"])
    return numbers


def implementation_values(measures: pd.DataFrame, commitments: pd.DataFrame) -> InlineValues:
    """Count measures and commitments.

    Examples
    --------
    >>> measures = pd.DataFrame({"status": ["completed", "announced"], "budget": [1e6, None]})
    >>> implementation_values(measures, measures[:0])["budget_known"].n
    2
    """
    return {
        "measures": Number(len(measures), "measures on record"),
        "realised": Number(len(practice.realised_measures(measures)), "measures under way, completed or in force"),
        "commitments": Number(len(commitments), "commitments on record"),
        "budget_known": Number(
            measures["budget"].notna().mean(), "measures with a known budget", "share", len(measures)
        ),
    }
