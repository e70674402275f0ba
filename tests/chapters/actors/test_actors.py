"""Actors: on made-up rows what the functions do, on the evidence the same counts again with nothing but csv."""

import csv
import json
import math
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import made
import pandas as pd
import plain
import pytest
from bs4 import BeautifulSoup
from compendium.chapters.actors import analysis, charts, inline_values, tables
from compendium.dataset import actors, practice, registration
from compendium.dataset.evidence import Evidence
from compendium.publishing.pipeline import execution
from compendium.reporting import altair_output
from IPython.display import Markdown
from template_runs import check, copy_of_notebooks, run, shown

SEED = 20101130
UNION = {"eu_institution", "eu_agency", "member_state"}

each_case = pytest.mark.parametrize("case", plain.CASES)

MEASURES = pd.DataFrame(
    [
        ("m1", "a-x", "aland", "fences", "d1", "Office", ("Border Office", "Band"), ("destination_state", "ngo")),
        ("m2", "a-x", "aland", "jobs", "d1", "Aland and Xland", (), ("destination_state", "partner_state")),
        ("m3", "b-y", "bland", "jobs", "d2", "Band", ("World Forum", "Office"), ("ngo", "eu_agency", "member_state")),
        ("m4", "b-y", "bland", "visas", "d3", "", (), ()),
    ],
    columns=[
        "measure_id",
        "partnership_id",
        "case_id",
        "policy_area",
        "document_id",
        "lead_actor",
        "other_actors",
        "actor_types",
    ],
).assign(title="Made <up>")
REGISTER = pd.DataFrame(
    [
        ("Office", "Border Office", "office", "Aland"),
        ("Border Office", "Border Office", "office", "Aland"),
        ("Aland and Xland", "Government of Aland", "polity", "Aland"),
        ("Aland and Xland", "Government of Xland", "polity", "Xland"),
        ("World Forum", "World Forum", "international", ""),
    ],
    columns=["name", "body", "kind", "polity"],
)
AREAS = pd.DataFrame(made.AREAS)
FAMILIES = ["security", "mobility", "development"]


@pytest.fixture(scope="module")
def acting() -> pd.DataFrame:
    return actors.body_participations(MEASURES, REGISTER)


@pytest.fixture(scope="module")
def real_acting(root: Path, real: Evidence) -> pd.DataFrame:
    return actors.body_participations(real.measures, registration.load_register(root, real).actors)


# ---- on made-up rows ----


def test_two_names_of_a_body_are_one_actor_and_a_name_of_two_bodies_is_two(acting: pd.DataFrame) -> None:
    found = acting.groupby("measure_id")["body"].agg(list).to_dict()
    assert found == {
        "m1": ["Band", "Border Office"],
        "m2": ["Government of Aland", "Government of Xland"],
        "m3": ["Band", "Border Office", "World Forum"],
    }


def test_a_body_that_leads_under_one_name_leads(acting: pd.DataFrame) -> None:
    lead = acting[acting["leads"]]
    assert list(zip(lead["measure_id"], lead["body"], strict=True)) == [
        ("m1", "Border Office"),
        ("m2", "Government of Aland"),
        ("m2", "Government of Xland"),
        ("m3", "Band"),
    ]


def test_a_name_that_the_register_lacks_stands_for_itself(acting: pd.DataFrame) -> None:
    assert set(acting.loc[acting["body"] == "Band", "kind"]) == {actors.UNREGISTERED}


def test_a_body_can_stand_on_different_sides(acting: pd.DataFrame) -> None:
    sides = actors.participation_sides(
        acting, pd.Series({"aland": "Aland", "bland": "Bland"}), pd.Series({"a-x": "Xland"})
    )
    found = dict(zip(acting["measure_id"] + " " + acting["body"], sides, strict=True))
    assert found == {
        "m1 Band": "third",
        "m1 Border Office": "destination",
        "m2 Government of Aland": "destination",
        "m2 Government of Xland": "partner",
        "m3 Band": "third",
        "m3 Border Office": "third",
        "m3 World Forum": "international",
    }


def test_bodies_are_counted_by_measure(acting: pd.DataFrame) -> None:
    found = analysis.body_summary(acting).set_index("body")
    assert found.index[:2].tolist() == ["Band", "Border Office"]
    columns = ["measures", "leads", "areas", "partnerships", "cases"]
    assert found.loc["Band", columns].tolist() == [2, 1, 2, 2, 2]
    assert found.loc["Government of Xland", columns].tolist() == [1, 1, 1, 1, 1]


def test_links_stand_at_the_mean_place_of_their_areas(acting: pd.DataFrame) -> None:
    found = analysis.body_area_links(acting, AREAS)
    places = found.drop_duplicates("body").set_index("body")["body_place"]
    by_height = places.sort_values().index.tolist()
    # fences is the first area and jobs the last: who acts in both stands between who acts in one of them
    assert by_height == ["Band", "Border Office", "Government of Aland", "Government of Xland", "World Forum"]
    assert set(found["area_place"]) == {0.25, 0.75}
    assert found.loc[found["body"] == "Band", "count"].sum() == 2
    assert analysis.body_area_links(acting, AREAS, min_n=2)["body"].unique().tolist() == ["Band", "Border Office"]


def test_without_measures_there_is_nothing_and_no_error() -> None:
    none = actors.body_participations(MEASURES[:0], REGISTER)
    assert none.empty
    assert analysis.body_summary(none).empty
    assert analysis.body_area_links(none, AREAS).empty
    assert analysis.body_breadth(none).empty
    assert analysis.breadth_points(analysis.area_and_type_breadth(MEASURES[:0], list(AREAS["code_id"]), SEED)).empty


def test_every_type_of_actor_is_a_government_or_beside_it() -> None:
    measures = next(each for each in made.descriptor()["resources"] if each["name"] == "measures")
    field = next(each for each in measures["schema"]["fields"] if each["name"] == "actor_types")
    assert {*analysis.GOVERNMENT_TYPES, *analysis.NON_GOVERNMENT_TYPES} == set(field["items"])


def test_a_union_counts_as_one_type() -> None:
    found = analysis.area_and_type_breadth(MEASURES, list(AREAS["code_id"]), SEED).set_index(
        ["partnership_id", "what"]
    )["n"]
    assert found["b-y", "types"] == 2  # an NGO, and the agency and members of a union together
    assert found["a-x", "types"] == 4


def test_coverage_is_the_share_of_what_was_seen_more_than_once() -> None:
    rows = pd.DataFrame({"partnership_id": "a-x", "body": ["P", "P", "P", "Q", "R"]})
    found = analysis.body_breadth(rows).iloc[0]
    assert (found["bodies"], found["once"], found["n"]) == (3, 2, 5)
    assert found["coverage"] == pytest.approx(1 - 2 / 5)
    assert found["effective"] == pytest.approx(math.exp(-(0.6 * math.log(0.6) + 2 * 0.2 * math.log(0.2))))


# ---- on the evidence, counted again ----


def plain_bodies() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    with (made.REPOSITORY / "data/actors.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["name"]].add(row["body"])
    return found


def plain_acting() -> list[tuple[dict[str, str], set[str]]]:
    bodies = plain_bodies()
    found = []
    for case in plain.CASES:
        for row in plain.rows("measures", case):
            names = {row["lead_actor"], *row["other_actors"].split(";")} - {""}
            found.append((row, set().union(*(bodies.get(name, {name}) for name in names))))
    return found


def hill(counts: Counter[str]) -> float:
    return math.exp(-sum(n / counts.total() * math.log(n / counts.total()) for n in counts.values()))


def test_bodies_of_the_evidence(real_acting: pd.DataFrame) -> None:
    expected = Counter(body for _, bodies in plain_acting() for body in bodies)
    assert analysis.body_summary(real_acting).set_index("body")["measures"].to_dict() == expected


@each_case
def test_measures_by_type_of_actor(real: Evidence, case: str) -> None:
    kinds = analysis.observed_actor_types(real.measures)
    shares = analysis.measure_shares_by_group(
        analysis.actor_type_indicators(real.measures, kinds), real.measures, real.measures["case_id"], SEED
    )
    own = shares[shares["group"] == case]
    rows = plain.rows("measures", case)
    expected = Counter(kind for row in rows for kind in row["actor_types"].split(";"))
    assert own.set_index("code_id")["count"].to_dict() == {kind: expected[kind] for kind in kinds}
    assert set(own["n"]) == {len(rows)}
    assert (own["low"] <= own["share"]).all()
    assert (own["share"] <= own["high"]).all()
    assert (own.loc[own["count"] == 0, "high"] > 0).all()


@each_case
def test_effective_numbers_of_each_partnership(real: Evidence, case: str) -> None:
    found = analysis.area_and_type_breadth(
        practice.realised_measures(real.measures), real.policy_areas["code_id"].tolist(), SEED
    )
    values = found.set_index(["partnership_id", "what"])["value"]
    for partnership in {row["partnership_id"] for row in plain.realised(case)}:
        rows = [row for row in plain.realised(case) if row["partnership_id"] == partnership]
        assert values[partnership, "areas"] == pytest.approx(hill(plain.areas(rows)))
        types = Counter(
            kind
            for row in rows
            for kind in {"destination_state" if one in UNION else one for one in row["actor_types"].split(";")}
        )
        assert values[partnership, "types"] == pytest.approx(hill(types))


def test_intervals_hold_the_corrected_figure(real: Evidence) -> None:
    found = analysis.area_and_type_breadth(
        practice.realised_measures(real.measures), real.policy_areas["code_id"].tolist(), SEED
    )
    assert (found["corrected"] > found["value"]).all()  # a small sample looks narrower than it is
    assert found["corrected"].between(found["low"], found["high"]).all()


def test_the_leading_international_body(real: Evidence, real_acting: pd.DataFrame) -> None:
    with (made.REPOSITORY / "data/actors.csv").open(encoding="utf-8", newline="") as stream:
        kinds = {row["body"]: row["kind"] for row in csv.DictReader(stream)}
    rows = plain_acting()
    counts = Counter(body for _, bodies in rows for body in bodies if kinds.get(body) == "international")
    (name, number), *_ = counts.most_common(1)
    own = [row for row, bodies in rows if name in bodies]
    bodies = analysis.body_summary(real_acting)
    leading_shares = analysis.body_shares(real.measures, real_acting, name, SEED)
    numbers = inline_values.leading_body_values(
        bodies[bodies["kind"] == "international"], leading_shares, real_acting, plain.labels("policy_areas")
    )
    assert numbers["leading"].text == name
    assert numbers["leading_measures"].entry()["value"] == number == len(own)
    assert numbers["leading_areas"].entry()["value"] == len({row["policy_area"] for row in own})
    leads = sum(name in plain_bodies().get(row["lead_actor"], ()) for row in own)
    assert numbers["leading_leads"].entry()["value"] == pytest.approx(leads / number)


def test_measures_of_governments_alone(real: Evidence, real_acting: pd.DataFrame) -> None:
    shares = analysis.measure_shares_by_group(
        analysis.actor_type_indicators(real.measures, ["ngo"]), real.measures, real.measures["case_id"], SEED
    )
    government_only = analysis.government_only_share(real.measures, SEED)
    numbers = inline_values.actor_values(
        real.measures, analysis.body_summary(real_acting), government_only, shares.assign(short=shares["group"])
    )
    states = UNION | {"destination_state", "partner_state"}
    rows = [set(row["actor_types"].split(";")) for row, _ in plain_acting()]
    expected = sum(bool(own) and own <= states for own in rows) / len(rows)
    assert numbers["states_alone"].entry()["value"] == pytest.approx(expected)


def test_pairs_that_can_be_told_apart() -> None:
    axes = pd.DataFrame({"what": "areas", "label": ["P", "Q", "R"], "corrected": [2.0, 3.0, 9.0], "measures": 5})
    axes = axes.assign(low=[1.0, 2.0, 8.0], high=[2.5, 4.0, 10.0])
    numbers = inline_values.actor_breadth_values(axes)
    assert numbers["areas_apart"].text == "2 of 3"
    assert (numbers["areas_broadest"].text, numbers["areas_narrowest"].text) == ("R", "P")
    assert numbers["types_broadest"].text == "not known"


# ---- shown ----


def drawn_network(acting: pd.DataFrame) -> Any:
    links = analysis.body_area_links(acting, AREAS).rename(columns={"label": "area"})
    links = links.assign(
        body_id=links["body"].map(tables.body_anchor), area_id=links["policy_area"].map(tables.area_anchor)
    )
    return charts.actor_network_chart(links, "made", "Made up", note="Made up.", families=FAMILIES)


def test_the_network_bears_every_name_and_keeps_its_width(acting: pd.DataFrame) -> None:
    bundle = altair_output.render_chart(drawn_network(acting).to_dict())
    spec, svg = bundle["application/vnd.vegalite.v6+json"], bundle["image/svg+xml"]
    assert spec["usermeta"]["compendium"]["fixed"] is True
    assert next(each for each in spec["params"] if each["name"] == "find")["bind"]["input"] == "search"
    for body in analysis.body_summary(acting)["body"]:
        assert re.search(rf">\d+\s+{body}<", svg)
    assert "5 bodies and 2 policy areas, joined by 7 lines" in spec["description"]
    assert len(spec["datasets"][spec["usermeta"]["compendium"]["data"]]) == 7


def test_the_network_is_the_same_each_time(acting: pd.DataFrame) -> None:
    one, two = (altair_output.render_chart(drawn_network(rows).to_dict()) for rows in (acting, acting.iloc[::-1]))
    assert json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)


def test_the_network_leads_to_bodies_and_areas(acting: pd.DataFrame) -> None:
    spec = altair_output.render_chart(drawn_network(acting).to_dict())["application/vnd.vegalite.v6+json"]
    led = {row["name"]: row["id"] for rows in spec["datasets"].values() for row in rows if "id" in row}
    assert led["Band"] == tables.body_anchor("Band")
    assert set(analysis.body_summary(acting)["body"]) < set(led)
    assert {tables.area_anchor(area) for area in acting["policy_area"]} < set(led.values())


def test_a_line_of_a_single_measure_is_faint(acting: pd.DataFrame) -> None:
    svg = altair_output.render_chart(drawn_network(acting).to_dict())["image/svg+xml"]
    counts = analysis.body_area_links(acting, AREAS)["count"]
    faint = len(re.findall(r'<line [^>]*opacity="0.06"', svg))
    assert faint == (counts == 1).sum()


def test_the_list_of_areas_holds_the_network(acting: pd.DataFrame) -> None:
    links = analysis.body_area_links(acting, AREAS).rename(columns={"label": "area"})
    links = links.assign(
        body_id=links["body"].map(tables.body_anchor), area_id=links["policy_area"].map(tables.area_anchor)
    )
    page = BeautifulSoup(tables.bodies_by_area_list(links).data, "html.parser")
    listed = {(entry["id"], link["href"][1:]) for entry in page.select("details") for link in entry.select("a")}
    assert listed == set(zip(links["area_id"], links["body_id"], strict=True))
    assert "None on record" in tables.bodies_by_area_list(links[:0]).data


def test_without_a_body_words_take_the_place_of_the_network(acting: pd.DataFrame) -> None:
    assert isinstance(drawn_network(acting[:0]), Markdown)


def test_two_axes_have_bars_both_ways(real: Evidence) -> None:
    breadth = analysis.area_and_type_breadth(
        practice.realised_measures(real.measures), real.policy_areas["code_id"].tolist(), SEED
    )
    points = analysis.breadth_points(breadth).assign(label=lambda frame: frame["partnership_id"], group="made")
    chart = charts.actor_breadth_chart(points, "made", "Made up", note="", axes=("Areas", "Types"), groups=["made"])
    bundle = altair_output.render_chart(chart.to_dict())
    spec = bundle["application/vnd.vegalite.v6+json"]
    rows = spec["datasets"][spec["usermeta"]["compendium"]["data"]]
    assert len(rows) == points["partnership_id"].nunique()
    for row in rows:
        assert row["value_low"] <= row["value"] <= row["value_high"]
        assert row["other_low"] <= row["other"] <= row["other_high"]
    assert all(f">{name}<" in bundle["image/svg+xml"] for name in points["label"])


def test_the_list_of_bodies_leads_to_each_measure(acting: pd.DataFrame) -> None:
    html = tables.body_measures_list(acting, analysis.body_summary(acting), AREAS).data
    assert '<a href="../cases/bland/implementation.html#m3">Made &lt;up&gt;</a> (leads)' in html
    assert html.count("<details ") == 2  # those in several measures are folded
    assert '<details id="body-border-office">' in html
    assert html.count('href="') == len(acting)


def test_every_body_has_an_address_of_its_own(real_acting: pd.DataFrame) -> None:
    anchors = analysis.body_summary(real_acting)["body"].map(tables.body_anchor)
    assert anchors.is_unique
    assert anchors.str.fullmatch(r"body(-[a-z0-9]+)+").all()


def test_counts_are_told_with_share_and_interval() -> None:
    shares = pd.DataFrame({"label": ["NGO"], "group": ["Aland"], "count": [3], "n": [12], "share": 0.25})
    html = tables.actor_share_table(shares.assign(low=0.1, high=0.5), "Type", "Made up").data
    assert "3 of 12: 25 % (10 to 50)" in html


# ---- the chapter ----


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up project with its register, and a case of which nothing is known."""
    root = copy_of_notebooks(made.project(tmp_path_factory.mktemp("actors") / "project"))
    folder = made.add_case(root, "lone")
    for table in ("partnerships", "commitments", "measures", "events", "statements", "codings"):
        made.write(folder, table, [])
    made.write(folder, "documents", [{"document_id": "lone-d1", "case_id": "lone", "date": ""}])
    package = made.descriptor(*made.CASES, "lone")
    (root / "data/datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return made.write_register(root, ["Nobody,Nobody,ngo,"])


@pytest.mark.parametrize("page", ["actors", "power"])
def test_the_chapter_stands_on_thin_evidence(project: Path, page: str) -> None:
    notebook = run(project, "across", page)
    check(notebook)
    assert "nothing to draw" in shown(notebook)


@pytest.mark.parametrize("page", ["actors", "power"])
def test_the_chapter_stands_without_a_measure_in_its_period(project: Path, page: str) -> None:
    notebook = run(project, "across", page, period_start="1950", period_end="1951")
    check(notebook)
    assert execution.published_values(notebook)["measures"]["text"] == "0"
