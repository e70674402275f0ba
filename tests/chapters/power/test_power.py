"""Power: on made-up rows what the functions do, on the evidence the same counts again with nothing but csv."""

import math
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import plain
import pytest
from compendium.chapters.power import analysis, charts, inline_values, tables
from compendium.dataset.coded_statements import CodedStatements, select_coded_statements
from compendium.dataset.evidence import Evidence
from compendium.reporting import altair_output, plot_data
from compendium.reporting.inline_values import InlineValues

SEED = 20101130
OWN = {"destination_state", "eu_institution", "eu_agency", "member_state"}

each_case = pytest.mark.parametrize("case", plain.CASES)

COMMITMENTS = pd.DataFrame(
    [
        ("c1", "a-x", "d1", "fences", "partner", "binding"),
        ("c2", "a-x", "d1", "visas", "destination", "binding"),
        ("c3", "a-x", "d1", "visas", "destination", "intent"),
        ("c4", "a-x", "d2", "jobs", "both", "explore"),
        ("c5", "b-y", "d3", "fences", "partner", "intent"),
        ("c6", "b-y", "d4", "visas", "destination", "intent"),
    ],
    columns=["commitment_id", "partnership_id", "document_id", "policy_area", "obligated", "strength"],
)
FAMILY = COMMITMENTS["policy_area"].map({"fences": "security", "visas": "mobility", "jobs": "development"})


def commitments(case: str) -> dict[str, plain.Rows]:
    found: dict[str, plain.Rows] = defaultdict(list)
    for row in plain.rows("commitments", case):
        found[row["partnership_id"]].append(row)
    return found


def measures(case: str) -> dict[str, plain.Rows]:
    found: dict[str, plain.Rows] = defaultdict(list)
    for row in plain.rows("measures", case):
        found[row["partnership_id"]].append(row)
    return found


def commitment_values(real: Evidence) -> InlineValues:
    """The numbers on commitments, as the page computes them."""
    family, documents = plot_data.policy_family(real.commitments, real), real.commitments["document_id"]
    families = tuple(dict.fromkeys(real.policy_areas["family"]))
    return inline_values.commitment_side_values(
        real.commitments,
        analysis.commitment_shares(real.commitments, SEED),
        analysis.option_shares(family, families, documents, real.commitments["obligated"], SEED),
        analysis.exchange_instruments(real.commitments),
    )


def who_acts(row: dict[str, str]) -> str:
    types = set(row["actor_types"].split(";"))
    destination, partner = bool(types & OWN), "partner_state" in types
    if destination and partner:
        return "both sides"
    return "destination alone" if destination else "partner alone" if partner else "neither"


# ---- undertakings ----


@each_case
def test_obligations_by_side(real: Evidence, case: str) -> None:
    own = real.case(case).commitments
    shares = analysis.option_shares(
        own["obligated"], analysis.OBLIGATED_SIDES, own["document_id"], own["partnership_id"], SEED
    )
    for partnership, rows in commitments(case).items():
        found = shares[shares["group"] == partnership].set_index("code_id")
        expected = Counter(row["obligated"] for row in rows)
        assert found["count"].to_dict() == {side: expected[side] for side in analysis.OBLIGATED_SIDES}
        assert found["share"].sum() == pytest.approx(1)
        assert set(found["n"]) == {len(rows)}


def test_an_exchange_needs_one_instrument_with_both_sides() -> None:
    found = analysis.exchanged_family_pairs(COMMITMENTS, FAMILY)
    assert found.values.tolist() == [["security", "mobility", 1, 1]]  # not b-y, whose sides stand in two documents
    assert analysis.exchanged_family_pairs(COMMITMENTS[:0], FAMILY[:0]).empty


def test_exchanges_of_the_evidence(real: Evidence) -> None:
    family, expected = plain.family(), Counter[tuple[str, str]]()
    holding = 0
    for case in plain.CASES:
        sides: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in plain.rows("commitments", case):
            sides[row["partnership_id"], row["document_id"]][row["obligated"]].add(family[row["policy_area"]])
        for own in sides.values():
            expected.update((one, two) for one in own["partner"] for two in own["destination"])
            holding += bool(own["partner"] and own["destination"])
    own_family = plot_data.policy_family(real.commitments, real)
    found = analysis.exchanged_family_pairs(real.commitments, own_family)
    pairs = zip(found["partner"], found["destination"], strict=True)
    assert dict(zip(pairs, found["instruments"], strict=True)) == dict(expected)
    exchanges = analysis.exchange_instruments(real.commitments)
    assert len(exchanges) == holding
    assert commitment_values(real)["exchanges"].entry()["value"] == holding
    labels = dict.fromkeys(real.partnerships["partnership_id"], "Made up")
    table = tables.exchange_instruments_table(exchanges, real.commitments, real, labels)
    assert table.data.count("<tr>") == holding + 1


def test_the_partners_own_undertakings_in_security(real: Evidence) -> None:
    family = plain.family()
    own = [
        family[row["policy_area"]]
        for case in plain.CASES
        for row in plain.rows("commitments", case)
        if row["obligated"] == "partner"
    ]
    number = commitment_values(real)["partner_security"].entry()
    assert number["value"] == pytest.approx(own.count("security") / len(own))
    assert number["n"] == len(own)
    assert number["low"] < number["value"] < number["high"]


# ---- differences ----


@each_case
def test_balances_of_each_partnership(real: Evidence, case: str) -> None:
    own = real.case(case)
    found = analysis.balances(own.commitments, own.measures, SEED).set_index(["partnership_id", "what"])
    for partnership, rows in commitments(case).items():
        sides = Counter(row["obligated"] for row in rows)
        expected = 100 * (sides["destination"] - sides["partner"]) / len(rows)
        assert found.loc[(partnership, "undertakes"), "value"] == pytest.approx(expected)
    for partnership, rows in measures(case).items():
        leads, acts = Counter(row["lead_side"] for row in rows), Counter(map(who_acts, rows))
        for what, count in (
            ("leads", leads["destination"] - leads["partner"]),
            ("acts", acts["destination alone"] - acts["partner alone"]),
        ):
            row = found.loc[(partnership, what)]
            assert row["value"] == pytest.approx(100 * count / len(rows))
            assert row["low"] <= row["value"] <= row["high"]


def test_a_difference_knows_doubt_where_all_documents_agree() -> None:
    documents = pd.Series([f"d{number}" for number in range(10)])
    none = pd.Series(False, index=documents.index)
    value, low, high = analysis.share_difference(none, none, documents, SEED)
    assert value == 0
    assert high == -low == pytest.approx(1 - 0.025 ** (1 / 10))
    value, low, high = analysis.share_difference(~none, none, documents, SEED)
    assert (value, high) == (1, 1)
    assert 0 < low < 1


def test_a_difference_of_one_document_or_of_none_has_no_interval() -> None:
    marked, document = pd.Series([True, False]), pd.Series(["d1", "d1"])
    value, low, high = analysis.share_difference(marked, ~marked, document, SEED)
    assert value == 0
    assert math.isnan(low)
    assert math.isnan(high)
    assert all(map(math.isnan, analysis.share_difference(marked[:0], marked[:0], document[:0], SEED)))


def test_a_balance_counts_as_leaning_only_beyond_its_interval() -> None:
    rows = [("P", 5.0, 9.0), ("Q", -1.0, 9.0), ("R", -9.0, -2.0), ("S", np.nan, np.nan)]
    found = pd.DataFrame(rows, columns=["label", "low", "high"]).assign(what="leads")
    numbers = inline_values.balance_values(found)
    assert (numbers["leads_destination"].text, numbers["leads_partner"].text) == ("1 of 3", "1 of 3")
    assert numbers["leads_partner"].meaning.endswith("R")
    assert numbers["acts_partner"].text == "0 of 0"


def test_talk_of_conditionality_stands_against_instruments_that_tie(real: Evidence) -> None:
    found = pd.DataFrame({"partnership_id": ["a-x", "b-y"], "days": [0.0, math.nan]})
    whole = select_coded_statements(real.case(plain.CASES[0]), "either")
    said = pd.DataFrame({"partnership_id": ["a-x", "a-x", "b-y", ""], "document_id": ["d1", "d1", "d2", "d2"]})
    marked = pd.DataFrame({analysis.CONDITIONALITY: [True, False, False, True]})
    talk = CodedStatements(said, marked, whole.areas)
    exchanges = analysis.exchange_instruments(COMMITMENTS)
    table = analysis.conditionality_comparison(talk, COMMITMENTS, exchanges, found)
    assert table.drop(columns="days").values.tolist() == [["a-x", 1, 2, 1, 2], ["b-y", 0, 1, 0, 2]]
    overall = analysis.conditionality_share(talk, "statement", SEED)
    # One statement on conditionality is about no partnership.
    assert inline_values.unplaced_statement_values(overall, table)["unplaced"].entry()["value"] == 1
    shown = tables.conditionality_table(table, {"a-x": "X", "b-y": "Y"}).data
    for words in ("1 of 2", "0 of 1", "same day", "–"):
        assert f"<td>{words}</td>" in shown


# ---- who acts, who pays ----


@each_case
def test_whose_governments_act(real: Evidence, case: str) -> None:
    found = Counter(analysis.acting_sides(real.case(case).measures))
    assert found == Counter(who_acts(row) for row in plain.rows("measures", case))


def test_budgets_are_told_by_currency_and_never_added(real: Evidence) -> None:
    expected: dict[tuple[str, str], list[float]] = defaultdict(list)
    for case in plain.CASES:
        for row in plain.rows("measures", case):
            if row["budget"]:
                expected[row["lead_side"], row["currency"]].append(float(row["budget"]))
    found = analysis.budget_summary(real.measures).set_index(["lead_side", "currency"])
    assert set(found.index) == set(expected)
    for place, amounts in expected.items():
        row = found.loc[place]
        assert (row["n"], row["least"], row["most"]) == (len(amounts), min(amounts), max(amounts))
    known = inline_values.measure_side_values(real.measures, analysis.measure_shares(real.measures, SEED))
    assert known["budgets"].entry()["value"] == sum(map(len, expected.values()))
    assert known["currencies"].entry()["value"] == len({currency for _, currency in expected})


# ---- conditionality ----


def test_what_is_named_where_one_thing_depends_on_another(real: Evidence) -> None:
    talk = select_coded_statements(real.case(plain.CASES[1]), "either")
    found = analysis.area_shares_by_conditionality(talk, "statement", SEED).set_index(["group", "code_id"])
    frames, areas = plain.given(plain.CASES[1], "frames"), plain.given(plain.CASES[1], "policy_areas")
    for group, own in (
        ("conditional", [key for key, codes in frames.items() if analysis.CONDITIONALITY in codes]),
        ("other", [key for key, codes in frames.items() if analysis.CONDITIONALITY not in codes]),
    ):
        named = Counter(code for key in own for code in areas[key])
        assert set(found.loc[group, "n"]) <= {len(own)}
        assert {code: n for code, n in found.loc[group, "count"].items() if n} == dict(named)


def test_conditionality_by_case_and_speaker(real: Evidence) -> None:
    sides = ("destination", "partner")
    found = analysis.conditionality_shares(select_coded_statements(real, "either"), sides, "statement", SEED, 10)
    found = found.set_index(["case_id", "side"])["count"]
    for case in plain.CASES:
        given = plain.given(case, "frames")
        for side in sides:
            own = [row["statement_id"] for row in plain.rows("statements", case) if row["speaker_side"] == side]
            if len(own) >= 10:
                assert found[case, side] == sum(analysis.CONDITIONALITY in given[key] for key in own)
    assert set(found.index.get_level_values("side")) == set(sides)


def test_a_codebook_without_the_frame_says_nothing(real: Evidence) -> None:
    whole = select_coded_statements(real.case(plain.CASES[0]), "either")
    talk = CodedStatements(whole.statements, whole.frames.drop(columns=analysis.CONDITIONALITY), whole.areas)
    tied = analysis.area_shares_by_conditionality(talk, "statement", SEED)
    assert tied.empty
    assert analysis.conditionality_shares(talk, ("partner",), "statement", SEED, 10).empty
    overall = analysis.conditionality_share(talk, "statement", SEED)
    assert overall.empty
    assert inline_values.conditionality_values(overall, tied, {})["conditional_share"].text == "not known"
    assert inline_values.unplaced_statement_values(overall, pd.DataFrame({"conditional": []}))["unplaced"].text == "0"


EVENTS = pd.DataFrame(
    [
        ("e1", "a-x", "2008-06-05", "signature"),
        ("e2", "a-x", "2008-06", "signature"),
        ("e3", "a-x", "2009-01-01", "entry_into_force"),
        ("e4", "b-y", "2008-06-05", "signature"),
        ("e5", "c-z", "2010", "entry_into_force"),
        ("e6", "c-z", "2010-07-01", "signature"),
    ],
    columns=["event_id", "partnership_id", "date", "kind"],
)
ACTS = pd.DataFrame(
    [
        ("e1", "treaty", (analysis.READMISSION,)),
        ("e2", "treaty", (analysis.VISAS,)),
        ("e3", "treaty", (analysis.VISAS,)),
        ("e4", "other_agreement", (analysis.READMISSION, analysis.VISAS)),
        ("e5", "treaty", (analysis.READMISSION, analysis.VISAS)),
        ("e6", "treaty", (analysis.VISAS,)),
    ],
    columns=["event_id", "form", "policy_areas"],
)


def test_treaties_are_compared_like_with_like() -> None:
    partnerships = pd.DataFrame({"partnership_id": ["a-x", "b-y", "c-z"]})
    found = analysis.treaty_dates(EVENTS, ACTS, partnerships).set_index("partnership_id")
    assert found.loc["a-x"].tolist() == [("2008-06-05",), (), ("2008-06",), ("2009-01-01",), 10]
    assert found.loc["b-y", "readmission"] == ()  # an agreement that is no treaty
    assert math.isnan(found.loc["b-y", "days"])
    assert found.loc["c-z", "days"] == 0
    numbers = inline_values.treaty_values(found)
    texts = [numbers[name].text for name in ("partnerships", "both_treaties", "same_day", "within_year")]
    assert texts == ["3", "2", "1", "2"]
    html = tables.treaty_table(found.reset_index(), {"a-x": "Xland", "b-y": "Yland", "c-z": "Zland"}).data
    assert "same day" in html
    assert "less than a month" in html


def test_days_of_dates_of_any_precision() -> None:
    assert analysis.day_number("2008-06-16") - analysis.day_number("2008-06") == 1
    assert analysis.day_number("2008-07-01") == analysis.day_number("2008")


# ---- drawn ----


def test_undertakings_stand_in_a_panel_a_side() -> None:
    rows = COMMITMENTS.assign(side=COMMITMENTS["obligated"], label=COMMITMENTS["policy_area"])
    data = rows.groupby(["side", "label", "strength"]).size().rename("count").reset_index()
    chart = charts.commitments_by_side_chart(
        data.rename(columns={"strength": "group"}).assign(rows="c1"),
        "made",
        "Made up",
        note="Made up.",
        sides=analysis.OBLIGATED_SIDES,
        strengths=plot_data.STRENGTH_ORDER,
        order=["fences", "visas", "jobs"],
    )
    bundle = altair_output.render_chart(chart.to_dict())
    for panel in ("destination (3)", "both (1)", "partner (2)"):
        assert panel in bundle["image/svg+xml"]
    words = bundle["application/vnd.vegalite.v6+json"]["description"]
    assert words.endswith(
        "destination: 3, most on visas (3); both: 1, most on jobs (1); partner: 2, most on fences (2)."
    )
