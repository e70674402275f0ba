"""How long promises wait: states of areas, and the curve against a product-limit estimate done by hand."""

import math
from pathlib import Path

import made
import pandas as pd
import plain
import pytest
from compendium.chapters.sequence import analysis, implementation_lag, plot_data, vocabulary
from compendium.chapters.sequence.implementation_lag import LagDefinition
from compendium.dataset.coded_statements import select_coded_statements
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.stats import survival
from partnerships import DONE, PARTNERSHIPS, day, each_partnership, signature

QUANTILE = 1.959963984540054


@pytest.fixture(scope="module")
def pairs(real: Evidence) -> pd.DataFrame:
    signed = analysis.partnership_signatures(real)
    return implementation_lag.partnership_areas(
        real, select_coded_statements(analysis.drop_architecture(real), "either"), signed
    )


def frame(*rows: tuple[int, int, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["entry", "days", "done"])


def by_hand(rows: list[tuple[int, int, bool]]) -> list[tuple[int, int, int, float, float, float]]:
    """Product-limit estimate with late entry; Greenwood's variance, carried over to log(−log)."""
    left, spread, found = 1.0, 0.0, []
    for now in sorted({days for _, days, done in rows if done}):
        at_risk = sum(entry < now <= days for entry, days, _ in rows)
        events = sum(done and days == now for _, days, done in rows)
        left *= 1 - events / at_risk
        if left == 0:
            found.append((now, at_risk, events, 1.0, math.nan, math.nan))
            continue
        spread += events / (at_risk * (at_risk - events))
        reach = QUANTILE * math.sqrt(spread) / abs(math.log(left))
        bounds = [left ** math.exp(sign * reach) for sign in (-1, 1)]
        found.append((now, at_risk, events, 1 - left, 1 - bounds[0], 1 - bounds[1]))
    return found


EXAMPLES = [
    [(-1, 10, True), (-1, 20, False), (-1, 30, True), (-1, 50, False)],
    [(-1, 0, True), (-1, 5, True), (3, 5, True), (4, 9, False), (8, 12, True), (-1, 40, False)],
    [(-1, 7, True), (-1, 7, True), (-1, 7, False)],
    [(-1, 3, True), (-1, 4, True)],
    [(-1, 5, True), (-1, 9, False), (5, 9, True)],  # enters on the day of an event, too late for it
]


@pytest.mark.parametrize("rows", EXAMPLES)
def test_the_curve_is_the_product_limit_estimate(rows: list[tuple[int, int, bool]]) -> None:
    found = survival.cumulative_incidence(frame(*rows))
    found = found[found["events"] > 0]
    expected = by_hand(rows)
    assert (found["years"] * 365.25).round().tolist() == [each[0] for each in expected]
    assert found[["at_risk", "events"]].to_numpy().tolist() == [list(each[1:3]) for each in expected]
    assert found["share"].tolist() == pytest.approx([each[3] for each in expected])
    assert found["low"].tolist() == pytest.approx([each[4] for each in expected], nan_ok=True)
    assert found["high"].tolist() == pytest.approx([each[5] for each in expected], nan_ok=True)


def test_the_curve_of_the_real_wait(pairs: pd.DataFrame) -> None:
    told = implementation_lag.lags(pairs)
    rows = [
        (row["entry"], row["days"], row["done"])
        for row in told[told["state"].isin(vocabulary.AT_RISK_STATES)].to_dict("records")
    ]
    found = survival.cumulative_incidence(frame(*rows))
    found, expected = found[found["events"] > 0], by_hand(rows)
    assert found["share"].tolist() == pytest.approx([each[3] for each in expected])
    assert found["low"].tolist() == pytest.approx([each[4] for each in expected])


def test_the_example_of_the_page_on_reading() -> None:
    year = 365
    told = survival.cumulative_incidence(
        frame((-1, year, True), (-1, 2 * year, False), (-1, 3 * year, True), (-1, 5 * year, False))
    )
    assert survival.curve_at(told, 1)["share"] == pytest.approx(0.25)
    assert survival.curve_at(told, 4)["share"] == pytest.approx(0.625)


def test_what_was_never_done_is_censored_and_not_dropped() -> None:
    """The naive median of what was done would be 10; half of the areas were never done while they were seen."""
    told = survival.cumulative_incidence(frame((-1, 10, True), (-1, 500, False), (-1, 500, False)))
    assert told["share"].iloc[-1] == pytest.approx(1 / 3)
    assert math.isnan(survival.median_time_to_event(told))


def test_nothing_is_said_beyond_the_last_day_seen() -> None:
    told = survival.cumulative_incidence(frame((-1, 10, True), (-1, 400, False)))
    assert math.isnan(survival.curve_at(told, 2)["share"])
    assert survival.curve_at(told, 1)["share"] == pytest.approx(0.5)


def test_no_area_no_curve() -> None:
    assert survival.cumulative_incidence(frame()).empty
    assert survival.cumulative_incidence_by_family(frame().assign(family=[]), 10).empty


# ---- the states of an area ----

BASE = {
    "signed": "2008-06-05", "seen": "2018-06-05", "commitments": 1, "statements": 0, "measures": 1, "undated": 0,
    "promised": "2008-06-05", "named": "", "started": "", "reported": "", "starts": (),
}  # fmt: skip


def wait(reading: LagDefinition = implementation_lag.MAIN_DEFINITION, **facts: object) -> tuple[str, float, float]:
    row = implementation_lag.lags(pd.DataFrame([BASE | facts]), reading).iloc[0]
    return row["state"], row["entry"], row["days"]


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"commitments": 0}, vocabulary.NEVER_NAMED),
        ({"starts": ("2007",)}, vocabulary.DONE_BEFORE_SIGNATURE),
        ({"starts": ("2009", "2007")}, vocabulary.DONE_BEFORE_SIGNATURE),
        ({"undated": 1}, vocabulary.DONE_UNDATED),
        ({"promised": "", "starts": ("2009",)}, vocabulary.NAMED_UNDATED),
        ({"promised": "2010", "starts": ("2009",)}, vocabulary.DONE_BEFORE_NAMED),
        ({"starts": ("2009-06-05",)}, vocabulary.DONE_AFTER_NAMED),
        ({"starts": ("2008-06-05",)}, vocabulary.DONE_AFTER_NAMED),
        ({}, vocabulary.NOT_DONE),
    ],
)
def test_states(facts: dict[str, object], state: str) -> None:
    assert wait(**facts)[0] == state


def test_an_area_is_at_risk_from_the_day_it_is_named() -> None:
    assert wait(promised="2009-06-05", starts=("2010-06-05",)) == (vocabulary.DONE_AFTER_NAMED, 364, 730)
    assert wait(promised="2007", starts=("2010-06-05",)) == (vocabulary.DONE_AFTER_NAMED, -1, 730)
    assert wait(statements=3, named="2008-07-05", promised="2009") == (vocabulary.NOT_DONE, 29, 3652)


def test_the_other_readings() -> None:
    later = {"promised": "2009-06-05", "starts": ("2010-06-05",)}
    assert wait(LagDefinition("", from_signature=True), **later)[1:] == (-1, 730)
    assert wait(LagDefinition("", sources=("named",)), **later)[0] == vocabulary.NEVER_NAMED
    assert wait(LagDefinition("", undated_measures="at once"), undated=1, **later)[1:] == (364, 365)
    reported = {"undated": 1, "reported": "2009-12-05"}
    assert wait(LagDefinition("", undated_measures="as reported"), **later, **reported)[1:] == (364, 548)
    assert wait(LagDefinition("", undated_measures="as reported"), undated=1)[1:] == (-1, 3652)
    assert wait(LagDefinition("", ignore_earlier_measures=True), starts=("2007", "2010-06-05"))[1:] == (-1, 730)
    assert wait(LagDefinition("", ignore_earlier_measures=True), starts=("2007",))[0] == vocabulary.NOT_DONE


@each_partnership
def test_pairs_tell_what_the_tables_hold(pairs: pd.DataFrame, case: str, partnership: str, founding: str) -> None:
    dates = {row["document_id"]: row["date"] for row in plain.rows("documents", case)}
    given = plain.given(case, "policy_areas")
    about = {row["statement_id"]: row for row in plain.rows("statements", case) if row["partnership_id"] == partnership}
    own = pairs[pairs["partnership_id"] == partnership].set_index("policy_area")
    for area in plain.labels("policy_areas"):
        said = [row for each, row in about.items() if area in given[each]]
        promised, measures = (
            [
                row
                for row in plain.rows(table, case)
                if (row["partnership_id"], row["policy_area"]) == (partnership, area)
            ]
            for table in ("commitments", "measures")
        )
        done = [row["start"] for row in measures if row["status"] in DONE]
        told = own.loc[area]
        numbers = [len(promised), len(said), len(done), done.count("")]
        assert told[["commitments", "statements", "measures", "undated"]].tolist() == numbers
        firsts = ([dates[row["document_id"]] for row in rows if dates[row["document_id"]]] for rows in (promised, said))
        expected = [min(known, key=day) if known else "" for known in (*firsts, [each for each in done if each])]
        assert [day(each) if each else "" for each in told[["promised", "named", "started"]]] == [
            day(each) if each else "" for each in expected
        ]


@each_partnership
def test_the_last_thing_seen(real: Evidence, case: str, partnership: str, founding: str) -> None:
    documents = [
        row["date"] for row in plain.rows("documents", case) if partnership in row["partnership_ids"].split(";")
    ]
    events = [row["date"] for row in plain.rows("events", case) if row["partnership_id"] == partnership]
    measures = [
        row["start"]
        for row in plain.rows("measures", case)
        if row["partnership_id"] == partnership and row["status"] in DONE
    ]
    latest = max((text for text in [*documents, *events, *measures] if text), key=day)
    assert day(implementation_lag.last_record_dates(real)[partnership]) == day(latest)


def test_every_pair_is_in_one_state_and_nothing_is_lost(pairs: pd.DataFrame) -> None:
    assert len(pairs) == len(PARTNERSHIPS) * len(plain.labels("policy_areas"))
    for reading in implementation_lag.LAG_DEFINITIONS:
        told = implementation_lag.lags(pairs, reading)
        assert set(told["state"]) <= set(vocabulary.LAG_STATES)
        at_risk = told[told["state"].isin(vocabulary.AT_RISK_STATES)]
        assert (at_risk["entry"] < at_risk["days"]).all()


def test_done_before_the_signature_is_counted_with_a_negative_lag(pairs: pd.DataFrame) -> None:
    around = implementation_lag.lags_around_signature(pairs)
    before = around[around["done"] & (around["days"] < 0)]
    states = implementation_lag.lags(pairs)["state"].value_counts()
    assert len(before) == states[vocabulary.DONE_BEFORE_SIGNATURE]
    told = survival.cumulative_incidence(around)
    share = told.loc[told["years"] < 0, "share"].iloc[-1]
    assert share == pytest.approx(len(before) / len(around))  # nobody is out of sight before the signature


def test_a_family_with_few_areas_has_no_curve_and_is_told(pairs: pd.DataFrame) -> None:
    told = implementation_lag.lags(pairs)
    at_risk = told[told["state"].isin(vocabulary.AT_RISK_STATES)]
    sizes = at_risk["family"].value_counts()
    drawn = set(survival.cumulative_incidence_by_family(at_risk, 10)["group"])
    assert drawn == {"all areas", *sizes[sizes >= 10].index}
    for family, n in sizes[sizes < 10].items():
        assert f"{family} ({n})" in plot_data.small_families(at_risk)


def test_a_made_up_partnership(project: Path) -> None:
    """Of four areas one is promised, and one other is named without a date; measures stand in areas of no promise."""
    made.write(project / "data/cases/aland", "measures", [])
    known = load_evidence(project).case("aland")
    signed = analysis.partnership_signatures(known)
    pairs = implementation_lag.partnership_areas(known, select_coded_statements(known, "either"), signed)
    told = implementation_lag.lags(pairs).set_index("policy_area")["state"]
    assert told.to_dict() == {
        "fences": vocabulary.NEVER_NAMED, "returns": vocabulary.NEVER_NAMED,
        "visas": vocabulary.NOT_DONE, "jobs": vocabulary.NOT_DONE
    } | {"jobs": vocabulary.NAMED_UNDATED}  # fmt: skip


def test_of_the_day_of_the_signature(pairs: pd.DataFrame) -> None:
    """What begins on that very day is done at once, and neither before nor left out."""
    told = implementation_lag.lags(pairs)
    at_once = told[(told["state"] == vocabulary.DONE_AFTER_NAMED) & (told["days"] == 0)]
    for row in at_once.to_dict("records"):
        case, founding = next((case, event) for case, each, event in PARTNERSHIPS if each == row["partnership_id"])
        assert day(row["started"]) == day(signature(case, founding))
        assert row["entry"] == -1
