"""Laws, bodies and offices, counted again with nothing but ``csv``."""

from collections import Counter, defaultdict
from pathlib import Path

import made
import pandas as pd
import plain
import pytest
from compendium.chapters.institutions import analysis, charts, plot_data
from compendium.chapters.sequence import analysis as sequence_analysis
from compendium.dataset import parts, registration
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.dataset.registration import Register
from partnerships import DONE, PARTNERSHIPS, each_partnership, signature, span

SEED = 5
ACTS = {row["event_id"]: row for row in plain.rows("acts", folder=".")}
BODIES: dict[str, list[dict[str, str]]] = defaultdict(list)
for each in plain.rows("actors", folder="."):
    BODIES[each["name"]].append(each)

each_case = pytest.mark.parametrize("case", plain.CASES)


@pytest.fixture(scope="module")
def known(root: Path, real: Evidence) -> Register:
    return registration.load_register(root, real)


@pytest.fixture(scope="module")
def acts(real: Evidence, known: Register) -> pd.DataFrame:
    return analysis.institutional_acts(real, known.acts)


@pytest.fixture(scope="module")
def acting(real: Evidence, known: Register) -> pd.DataFrame:
    return analysis.participations_with_side(real, known.actors)


def names(measure: dict[str, str]) -> list[str]:
    others = measure["other_actors"]
    return [measure["lead_actor"], *(others.split(";") if others else [])]


def partner_of(case: str, partnership: str) -> str:
    return next(row["partner"] for row in plain.rows("partnerships", case) if row["partnership_id"] == partnership)


# ---- laws and bodies ----


@each_case
def test_every_event_of_law_or_institution_is_told_once(acts: pd.DataFrame, case: str) -> None:
    events = [row for row in plain.rows("events", case) if row["kind"] in ("legislation", "institution")]
    own = acts[acts["case_id"] == case]
    told = Counter(each for ids in own["ids"] for each in ids)
    assert {each: told[each] for each in (row["event_id"] for row in events)} == {row["event_id"]: 1 for row in events}
    forms = {"law": "law", "institution": "body", "other": "neither"}
    form = {each: row["form"] for row in own.to_dict("records") for each in row["ids"]}
    for row in events:
        assert form[row["event_id"]] == forms[ACTS[row["event_id"]]["form"]]


@each_case
def test_every_domestic_law_that_was_made_is_told_once(acts: pd.DataFrame, case: str) -> None:
    measures = [row for row in plain.rows("measures", case) if row["legal_form"] == "domestic_law"]
    made_ = {row["measure_id"] for row in measures if row["status"] in DONE}
    told = Counter(each for ids in acts.loc[acts["case_id"] == case, "ids"] for each in ids)
    assert {each for each in told if each in {row["measure_id"] for row in measures}} == made_
    assert set(told.values()) == {1}


def test_a_measure_joins_an_event_only_of_its_own_side_and_time(acts: pd.DataFrame) -> None:
    measures = {row["measure_id"]: row for case in plain.CASES for row in plain.rows("measures", case)}
    events = {row["event_id"]: row for case in plain.CASES for row in plain.rows("events", case)}
    joined = [row for row in acts.to_dict("records") if len(row["ids"]) > 1 and row["ids"][0] in events]
    assert joined
    for row in joined:
        event = events[row["ids"][0]]
        for measure in (measures[each] for each in row["ids"][1:]):
            shared = min(len(event["date"]), len(measure["start"]))
            assert event["date"][:shared] == measure["start"][:shared] and shared
            assert ACTS[event["event_id"]]["side"] == measure["lead_side"]


@each_partnership
def test_acts_are_compared_with_their_own_signature(
    acts: pd.DataFrame, case: str, partnership: str, founding: str
) -> None:
    start = signature(case, founding)
    for row in acts[(acts["partnership_id"] == partnership) & (acts["date"] != "")].to_dict("records"):
        before, after = span(row["date"])[1] < span(start)[0], span(row["date"])[0] > span(start)[1]
        assert row["place"] == ("before" if before else "after" if after else "with"), row["label"]


def test_acts_of_a_whole_case_are_compared_with_its_first_signature(acts: pd.DataFrame) -> None:
    whole = acts[(acts["partnership_id"] == "") & (acts["date"] != "")]
    assert len(whole)
    for row in whole.to_dict("records"):
        first = min(signature(case, event) for case, _, event in PARTNERSHIPS if case == row["case_id"])
        before, after = span(row["date"])[1] < span(first)[0], span(row["date"])[0] > span(first)[1]
        assert row["place"] == ("before" if before else "after" if after else "with"), row["label"]


@each_case
def test_sides_add_up(acts: pd.DataFrame, case: str) -> None:
    table = analysis.acts_by_side(acts)
    own = table[table["case_id"] == case]
    kept = acts[(acts["case_id"] == case) & acts["form"].isin(["law", "body"])]
    assert own[["law", "body"]].to_numpy().sum() == len(kept)
    assert own[["before", "with", "after", "undated"]].to_numpy().sum() == len(kept)
    assert list(own["side"]) == [side for side in analysis.ACT_SIDES if side in set(own["side"])]


def test_the_chart_draws_each_dated_act(acts: pd.DataFrame, real: Evidence) -> None:
    partners, signed = parts.partner_labels(real), sequence_analysis.partnership_signatures(real)
    data = plot_data.dated_acts(acts, real)
    lines = plot_data.signature_marks(signed, real, partners)
    drawn = charts.acts_timeline_chart(data, "acts", "Acts", signatures=lines, sides=analysis.ACT_SIDES, note="")
    rows = next(each for each in drawn.to_dict()["datasets"].values() if "form" in each[0])
    assert len(rows) == ((acts["date"] != "") & acts["form"].isin(["law", "body"])).sum()
    assert len(lines) == len(PARTNERSHIPS)


def test_the_list_leads_to_sources(acts: pd.DataFrame, real: Evidence) -> None:
    shown = plot_data.act_rows(acts, real, parts.partner_labels(real))
    assert len(shown) == len(acts)
    assert all("href=" in source.data for source in shown["what"])
    for _, own in shown.groupby("case_id"):
        known = [date for date in own["date"] if date != "no date"]
        assert own["date"].tolist()[: len(known)] == known


# ---- bodies ----


@each_partnership
def test_how_many_bodies_act(acting: pd.DataFrame, case: str, partnership: str, founding: str) -> None:
    destination, partner = plain.facts(case)["destination"], partner_of(case, partnership)
    found: dict[str, set[str]] = defaultdict(set)
    for measure in (row for row in plain.rows("measures", case) if row["partnership_id"] == partnership):
        for name in names(measure):
            for row in BODIES[name]:
                side = {destination: "destination", partner: "partner"}.get(row["polity"], "")
                if side and row["kind"] in ("office", "polity"):
                    found[f"{side} {'offices' if row['kind'] == 'office' else 'governments'}"].add(row["body"])
    counts = analysis.body_counts(acting).loc[partnership]
    for group in ("destination offices", "destination governments", "partner offices", "partner governments"):
        assert counts[group] == len(found[group]), group


@each_partnership
def test_measures_in_which_several_act_together(
    real: Evidence, acting: pd.DataFrame, case: str, partnership: str, founding: str
) -> None:
    destination = plain.facts(case)["destination"]
    measures = [row for row in plain.rows("measures", case) if row["partnership_id"] == partnership]
    offices = [
        {
            row["body"]
            for name in names(measure)
            for row in BODIES[name]
            if row["polity"] == destination and row["kind"] == "office"
        }
        for measure in measures
    ]
    types = [set(row["actor_types"].split(";")) for row in measures]
    shares = analysis.coordination_shares(real, acting, SEED)
    own = shares[shares["partnership_id"] == partnership].set_index("group")
    assert own.loc[analysis.SEVERAL_OFFICES, "count"] == sum(len(each) > 1 for each in offices)
    assert own.loc[analysis.SEVERAL_OFFICES, "n"] == len(measures)
    if any("member_state" in each for each in types):
        both = sum("member_state" in each and bool(each & {"eu_institution", "eu_agency"}) for each in types)
        assert own.loc[analysis.SEVERAL_LEVELS, "count"] == both
    else:
        assert analysis.SEVERAL_LEVELS not in own.index


@each_partnership
def test_what_the_partners_own_bodies_do(
    real: Evidence, acting: pd.DataFrame, case: str, partnership: str, founding: str
) -> None:
    partner, partners = partner_of(case, partnership), parts.partner_labels(real)
    leads: dict[str, set[str]] = defaultdict(set)
    all_: dict[str, set[str]] = defaultdict(set)
    for measure in (row for row in plain.rows("measures", case) if row["partnership_id"] == partnership):
        for place, name in enumerate(names(measure)):
            for row in BODIES[name]:
                if (row["kind"], row["polity"]) == ("office", partner):
                    all_[row["body"]].add(measure["measure_id"])
                    leads[row["body"]] |= {measure["measure_id"]} if place == 0 else set()
    table = plot_data.partner_bodies(analysis.partner_participations(acting), real, partners)
    own = table[(table["group"] == partners[partnership]) & (table["kind"] == "office")]
    told = {row["body"]: (row["leads"], row["leads"] + row["takes_part"]) for row in own.to_dict("records")}
    assert told == {body: (len(leads[body]), len(ids)) for body, ids in all_.items()}


def test_a_name_that_the_register_lacks_is_told_by_its_measure(project: Path) -> None:
    """Leaders of unknown name stand on the side that the measure says; others of unknown name stand nowhere."""
    row = {"document_id": "aland-d1", "partnership_id": "aland-x", "policy_area": "jobs"}
    facts = [
        {"measure_id": "aland-m1", "lead_actor": "Ministry", "lead_side": "partner", "other_actors": "Bureau"},
        {"measure_id": "aland-m2", "lead_actor": "Agency", "lead_side": "joint"},
    ]
    made.write(project / "data/cases/aland", "measures", [row | each for each in facts])
    known = load_evidence(project).case("aland")
    nobody = pd.DataFrame({name: [] for name in ("name", "body", "kind", "polity")}, dtype=str)
    acting = analysis.participations_with_side(known, nobody)
    assert analysis.partner_participations(acting)["body"].tolist() == ["Ministry"]
    assert analysis.body_counts(acting)["unknown"].tolist() == [3]
    shares = analysis.coordination_shares(known, acting, SEED)
    assert shares.empty  # nobody knows which of these are offices


def test_without_any_measure_or_act_there_is_nothing_to_tell(project: Path) -> None:
    folder = project / "data/cases/aland"
    made.write(folder, "measures", [])
    known = load_evidence(project).case("aland")
    nothing = pd.DataFrame(
        {name: [] for name in ("event_id", "form", "side", "policy_areas", "coordinates")}, dtype=str
    )
    acts = analysis.institutional_acts(known, nothing)
    assert acts.empty
    assert analysis.acts_by_side(acts).empty
    nobody = pd.DataFrame({name: [] for name in ("name", "body", "kind", "polity")}, dtype=str)
    assert analysis.coordination_shares(known, analysis.participations_with_side(known, nobody), SEED).empty


def test_an_event_that_nobody_classified_is_told_as_such(project: Path) -> None:
    own = {"case_id": "aland", "partnership_id": "aland-x", "document_id": "aland-d1"}
    rows = [own | {"event_id": "aland-e1"}, own | {"event_id": "aland-e2", "kind": "institution", "date": "2010"}]
    made.write(project / "data/cases/aland", "events", rows)
    nothing = pd.DataFrame(
        {name: [] for name in ("event_id", "form", "side", "policy_areas", "coordinates")}, dtype=str
    )
    acts = analysis.institutional_acts(load_evidence(project).case("aland"), nothing)
    assert acts[["form", "side", "place"]].to_numpy().tolist() == [["not classified", "", "after"]]
