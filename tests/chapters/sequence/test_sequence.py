"""Time lines, lags from the signature, and agreements around it, counted again with nothing but ``csv``."""

import math
import statistics
from pathlib import Path

import made
import pandas as pd
import plain
import pytest
from compendium.chapters.sequence import analysis, charts, plot_data, vocabulary
from compendium.dataset import parts, registration
from compendium.dataset.evidence import Evidence, load_evidence
from partnerships import DONE, PARTNERSHIPS, day, each_partnership, signature, span

SEED = 7
AREA = "readmission_return"


def years(text: str, signed: str) -> float:
    return (day(text) - day(signed)).days / 365.25


@pytest.fixture(scope="module")
def signed(real: Evidence) -> pd.DataFrame:
    return analysis.partnership_signatures(real)


@pytest.fixture(scope="module")
def rows(real: Evidence) -> pd.DataFrame:
    return analysis.timeline_rows(real)


@pytest.fixture(scope="module")
def agreed(real: Evidence, root: Path, signed: pd.DataFrame) -> pd.DataFrame:
    return analysis.agreement_acts(real, registration.load_register(root, real).acts, signed)


# ---- dates and lags ----


@pytest.mark.parametrize(
    ("text", "signed", "value", "low", "high"),
    [
        ("2009-06-05", "2008-06-05", 365, 365, 365),
        ("2008-06-05", "2008-06-05", 0, 0, 0),
        ("2007-06-06", "2008-06-05", -365, -365, -365),
        ("2008", "2008-06-05", 26, -156, 209),
        ("2009-02", "2008-06-05", 254, 241, 268),
    ],
)
def test_a_lag_tells_how_far_a_vague_date_can_lie(text: str, signed: str, value: int, low: int, high: int) -> None:
    found = analysis.lag_from_signature(text, signed)
    assert [round(365.25 * each) for each in (found.value, found.low, found.high)] == [value, low, high]


def test_an_unknown_date_has_no_lag() -> None:
    found = analysis.lag_from_signature("", "2008-06-05")
    assert all(math.isnan(each) for each in (found.value, found.low, found.high))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("2008-06-04", "before"), ("2008-06-05", "with"), ("2008-06-06", "after"), ("2008-06", "with"),
        ("2008-05", "before"), ("2008", "with"), ("2007", "before"), ("2009", "after"), ("2008-07", "after"),
    ],
)  # fmt: skip
def test_before_and_after_are_said_only_where_dates_tell(text: str, place: str) -> None:
    assert analysis.position_to_signature(text, "2008-06-05") == place


# ---- time lines ----


@each_partnership
def test_the_signature_is_the_founding_event(signed: pd.DataFrame, case: str, partnership: str, founding: str) -> None:
    row = signed.set_index("partnership_id").loc[partnership]
    assert row["signed"] == signature(case, founding)
    others = [
        each
        for each in plain.rows("events", case)
        if (each["partnership_id"], each["kind"]) == (partnership, "signature") and each["event_id"] != founding
    ]
    before = [each for each in others if span(each["date"])[1] < span(row["signed"])[0]]
    assert (row["earlier"], row["later"]) == (len(before), len(others) - len(before))


@each_partnership
def test_lanes_hold_all_rows_of_a_partnership(
    rows: pd.DataFrame, signed: pd.DataFrame, case: str, partnership: str, founding: str
) -> None:
    dates = {row["document_id"]: row["date"] for row in plain.rows("documents", case)}
    own = {
        table: [row for row in plain.rows(table, case) if row["partnership_id"] == partnership]
        for table in ("events", "statements", "commitments", "measures")
    }
    expected = {
        "events": [row["date"] for row in own["events"]],
        "talk": [dates[document] for document in {row["document_id"] for row in own["statements"]}],
        "commitments": [dates[row["document_id"]] for row in own["commitments"]],
        "practice": [row["start"] for row in own["measures"] if row["status"] in DONE],
    }
    lanes = analysis.lane_date_precision(rows, signed).set_index(["partnership_id", "lane"]).loc[partnership]
    for lane, known in expected.items():
        told = lanes.loc[lane]
        precision = [sum(len(text) == length for text in known) for length in (10, 7, 4, 0)]
        assert told[["day", "month", "year", "undated"]].tolist() == precision
        assert told["n"] == len(known)


def test_a_mark_is_as_wide_as_what_is_known_of_its_date(rows: pd.DataFrame) -> None:
    marks = analysis.date_marks(rows)
    assert marks["count"].sum() == (rows["date"] != "").sum()
    width = (marks["end"] - marks["start"]).groupby(marks["precision"])
    assert width.max()["day"] == 0
    assert width.min()["year"] > 0.99
    assert 0.07 < width.min()["month"] < width.max()["month"] < 0.09


@each_partnership
def test_lags_of_measures(rows: pd.DataFrame, signed: pd.DataFrame, case: str, partnership: str, founding: str) -> None:
    start = signature(case, founding)
    own = [row for row in plain.rows("measures", case) if row["partnership_id"] == partnership]
    done = [row for row in own if row["status"] in DONE]
    dated = [row["start"] for row in done if row["start"]]
    later = [text for text in dated if span(text)[0] > span(start)[1]]
    found = (
        analysis.median_lags(rows, signed, SEED).set_index(["partnership_id", "lane"]).loc[(partnership, "practice")]
    )
    assert (found["n"], found["dated"]) == (len(done), len(dated))
    assert found["value"] == pytest.approx(statistics.median(years(text, start) for text in dated))
    assert found["first"] == pytest.approx(min(years(text, start) for text in later))
    assert found["before"] == sum(span(text)[1] < span(start)[0] for text in dated)
    assert found["after"] == len(later)
    assert found["low"] <= found["value"] <= found["high"]


@each_partnership
def test_unknown_dates_can_not_move_the_median_out_of_its_bounds(
    rows: pd.DataFrame, signed: pd.DataFrame, case: str, partnership: str, founding: str
) -> None:
    found = (
        analysis.median_lags(rows, signed, SEED).set_index(["partnership_id", "lane"]).loc[(partnership, "practice")]
    )
    start = signature(case, founding)
    own = [row for row in plain.rows("measures", case) if row["partnership_id"] == partnership]
    done = [row["start"] for row in own if row["status"] in DONE]
    for moment in (-30.0, 0.0, 1.5, 30.0):
        median = statistics.median(years(text, start) if text else moment for text in done)
        assert found["least"] <= median <= found["most"]


# ---- agreements ----


def of_member_state(types: str) -> bool:
    present = set(types.split(";"))
    return "member_state" in present and not present & {"destination_state", "eu_institution"}


def same_month(one: str, other: str) -> bool:
    shared = min(len(one), len(other))
    return shared >= 7 and one[:shared] == other[:shared]


def readmission(case: str, partnership: str, signed: str) -> tuple[str, str]:
    """The act that counts for readmission, and its date, by the rule that the page tells."""
    acts = {row["event_id"]: row for row in plain.rows("acts", folder=".") if row["form"] == "treaty"}
    measures = [
        row
        for row in plain.rows("measures", case)
        if row["partnership_id"] == partnership and row["legal_form"] in ("treaty", "executive_agreement")
    ]
    found: dict[str, list[str]] = {"signature": [], "entry_into_force": []}
    for row in plain.rows("events", case):
        of_area = AREA in acts.get(row["event_id"], {"policy_areas": ""})["policy_areas"].split(";")
        if row["partnership_id"] != partnership or row["kind"] not in found or not of_area:
            continue
        that_day = [of_member_state(each["actor_types"]) for each in measures if same_month(each["start"], row["date"])]
        if not that_day or not all(that_day):
            found[row["kind"]].append(row["date"])
    whole = [row for row in measures if row["policy_area"] == AREA and not of_member_state(row["actor_types"])]
    found["measure"] = [row["start"] for row in whole if row["start"]]
    kind = next(each for each, dates in found.items() if dates)
    return kind, min(found[kind], key=lambda text: abs(years(text, signed)))


@each_partnership
def test_lag_of_the_readmission_agreement(
    agreed: pd.DataFrame, signed: pd.DataFrame, case: str, partnership: str, founding: str
) -> None:
    start = signature(case, founding)
    kind, when = readmission(case, partnership, start)
    lags = analysis.agreement_lags(agreed, signed).set_index(["partnership_id", "policy_area"])
    row = lags.loc[(partnership, AREA)]
    named = {"signature": "signed", "entry_into_force": "in force", "measure": "measure starts"}[kind]
    assert (row["act"], row[named]) == (named, when)
    assert row["value"] == pytest.approx(years(when, start))
    assert row["place"] == (
        "before" if span(when)[1] < day(start) else "after" if span(when)[0] > day(start) else "with"
    )


def test_readmission_agreements_as_their_dates_stand_in_the_sources(agreed: pd.DataFrame, signed: pd.DataFrame) -> None:
    """Read off the tables by hand, so that a rule that changes is noticed: year and month of what counts."""
    lags = analysis.agreement_lags(agreed, signed)
    told = lags[lags["policy_area"] == AREA]
    dates = sorted(row[row["act"]][:7] for row in told.to_dict("records"))
    assert dates == ["2008-01", "2008-11", "2009-04", "2009-06", "2010-11", "2013-04"]


def test_an_entry_into_force_goes_with_the_agreement_signed_before_it(project: Path) -> None:
    own = {"case_id": "aland", "partnership_id": "aland-x", "document_id": "aland-d1"}
    dated = {"e1": "2008-06-05", "e2": "2009-01-01", "e3": "2015-01-01", "e4": "2016-01-01"}
    kinds = {"e1": "signature", "e2": "signature", "e3": "signature", "e4": "entry_into_force"}
    made.write(
        project / "data/cases/aland",
        "events",
        [own | {"event_id": f"aland-{each}", "date": when, "kind": kinds[each]} for each, when in dated.items()],
    )
    known = load_evidence(project).case("aland")
    acts = pd.DataFrame(
        {"event_id": [f"aland-{each}" for each in ("e2", "e3", "e4")], "form": "treaty", "policy_areas": [(AREA,)] * 3}
    )
    signed = analysis.partnership_signatures(known)
    row = analysis.agreement_lags(analysis.agreement_acts(known, acts, signed), signed).iloc[0]
    assert (row["signed"], row["in force"]) == ("2009-01-01", "")


def test_a_measure_that_an_event_tells_already_is_told_once(agreed: pd.DataFrame) -> None:
    started = agreed[agreed["act"] == "measure starts"]
    others = agreed[agreed["act"] != "measure starts"]
    for row in started.to_dict("records"):
        own = others[
            (others["partnership_id"] == row["partnership_id"]) & (others["policy_area"] == row["policy_area"])
        ]
        assert not any(same_month(text, row["date"]) for text in own["date"])


# ---- young cases, and charts ----


def test_a_partnership_without_acts_has_no_agreement(project: Path) -> None:
    known = load_evidence(project)
    signed = analysis.partnership_signatures(known)
    acts = pd.DataFrame({"event_id": [], "form": [], "policy_areas": []})
    agreed = analysis.agreement_acts(known, acts, signed)
    assert agreed.empty
    lags = analysis.agreement_lags(agreed, signed)
    assert set(lags["act"]) == {""}
    shown = plot_data.agreement_lag_rows(lags, known, parts.partner_labels(known))
    assert set(shown["place"]) == {"none on record"}


def test_rows_of_the_wider_architecture_are_not_drawn(project: Path) -> None:
    """The made-up architecture has an event of a partnership; its place is another chapter."""
    rows = analysis.timeline_rows(load_evidence(project))
    assert set(rows.loc[rows["lane"] == "events", "id"]) == {"aland-e1", "bland-e1"}


def test_the_time_line_draws_each_lane_and_says_what_is_undated(rows: pd.DataFrame, real: Evidence) -> None:
    signed, partners = analysis.partnership_signatures(real), parts.partner_labels(real)
    lanes = plot_data.timeline_plot_data(analysis.lane_date_precision(rows, signed), signed, partners)
    marks = plot_data.date_marks_plot_data(analysis.date_marks(rows), partners)
    drawn = charts.timeline_chart(lanes, "lines", "Lines", marks=marks, note="").to_dict()
    data = drawn["datasets"]
    table = next(each for each in data.values() if "undated" in each[0])
    assert len(table) == len(PARTNERSHIPS) * len(vocabulary.LANES)
    for row in table:
        said = row["row"].rstrip(charts.ZERO_WIDTH_SPACE)
        assert said == (f"{row['lane']} ({row['undated']})" if row["undated"] else row["lane"])
    assert len({row["row"] for row in table}) == len(table)
