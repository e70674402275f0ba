"""What the charts of a case show, counted again from the files of each case with nothing but ``csv``."""

from collections import Counter
from pathlib import Path

import made
import pandas as pd
import plain
import pytest
from compendium.chapters import discourse, implementation, overview
from compendium.dataset import parts, practice
from compendium.dataset.coded_statements import CODERS, select_coded_statements
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.reporting import labels, plot_data

SEED = 20101130

each_case = pytest.mark.parametrize("case", plain.CASES)


def found(table: pd.DataFrame, *by: str) -> dict[tuple[object, ...], int]:
    """The ``count`` of each combination of the columns ``by``."""
    return {tuple(row[name] for name in by): row["count"] for row in table.to_dict("records")}


@each_case
def test_documents_by_kind_and_side(real: Evidence, case: str) -> None:
    own = real.case(case)
    read = discourse.documents_read(own, select_coded_statements(own, "either"))
    said = {row["document_id"] for row in plain.rows("statements", case)}
    documents = [row for row in plain.rows("documents", case) if row["document_id"] in said]
    expected = plain.crossed((row["kind"].replace("_", " "), row["issuer_side"]) for row in documents)
    counts = found(discourse.documents_by_kind(read), "label", "group")
    assert {(str(kind).lower(), side): count for (kind, side), count in counts.items()} == expected
    assert read["document_id"].tolist() == [row["document_id"] for row in documents]


@each_case
def test_documents_by_year_and_coverage(real: Evidence, case: str) -> None:
    documents = plain.rows("documents", case)
    expected = plain.crossed(
        (int(row["date"][:4]), {"full": "full text", "opening": "opening only"}[row["coverage"]])
        for row in documents
        if row["date"]
    )
    assert found(discourse.documents_by_year(real.case(case).documents), "year", "group") == expected


@each_case
@pytest.mark.parametrize("coder", CODERS)
def test_shares_of_frames(real: Evidence, case: str, coder: str) -> None:
    own = real.case(case)
    talk = select_coded_statements(own, coder)
    shares = plot_data.labelled_code_shares(
        discourse.statement_shares(talk.frames, talk, "statement", SEED), own.frames
    ).set_index("code_id")
    given = plain.given(case, "frames", coder)
    for code, label in plain.labels("frames").items():
        bearers = [statement for statement, codes in given.items() if code in codes]
        assert shares.loc[code, "label"] == label
        assert shares.loc[code, "count"] == len(bearers)
        assert shares.loc[code, "share"] == pytest.approx(len(bearers) / len(given))
        assert shares.loc[code, "rows"].startswith(", ".join(bearers[:4]))


@each_case
def test_each_document_can_count_the_same(real: Evidence, case: str) -> None:
    own = real.case(case)
    talk = select_coded_statements(own, "either")
    shares = discourse.statement_shares(talk.frames, talk, "document", SEED).set_index("code_id")["share"]
    given = plain.given(case, "frames")
    sizes = Counter(row["document_id"] for row in plain.rows("statements", case))
    for code in plain.labels("frames"):
        borne = Counter(
            row["document_id"] for row in plain.rows("statements", case) if code in given[row["statement_id"]]
        )
        assert shares[code] == pytest.approx(
            sum(borne[document] / size for document, size in sizes.items()) / len(sizes)
        )


@each_case
def test_frames_in_the_words_of_each_side(real: Evidence, case: str) -> None:
    own = real.case(case)
    talk = select_coded_statements(own, "either")
    voices = discourse.statement_shares_by_group(talk.frames, talk, talk.statements["speaker_side"], "statement", SEED)
    given, statements = plain.given(case, "frames"), plain.rows("statements", case)
    sizes = Counter(row["speaker_side"] for row in statements)
    assert set(voices["group"]) == {side for side, size in sizes.items() if size >= 10}
    for row in voices.to_dict("records"):
        own_words = [each["statement_id"] for each in statements if each["speaker_side"] == row["group"]]
        count = sum(row["code_id"] in given[statement] for statement in own_words)
        assert (row["n"], row["count"]) == (len(own_words), count)
        assert row["share"] == pytest.approx(count / len(own_words))


@each_case
def test_statements_about_each_partner(real: Evidence, case: str) -> None:
    own = real.case(case)
    talk = select_coded_statements(own, "either")
    shares = plot_data.with_group_size(
        discourse.statement_shares_by_group(talk.frames, talk, talk.statements["partner"], "statement", SEED)
    )
    partners = {row["partnership_id"]: row["partner"] for row in plain.rows("partnerships", case)}
    sizes = Counter(partners[row["partnership_id"]] for row in plain.rows("statements", case) if row["partnership_id"])
    assert set(shares["group"]) == {f"{partner} (n = {n})" for partner, n in sizes.items() if n >= 10}


@each_case
def test_frames_on_the_same_statement(real: Evidence, case: str) -> None:
    own = real.case(case)
    pairs = discourse.code_pairs(select_coded_statements(own, "either").frames, own.frames)
    names = plain.labels("frames")
    expected = plain.crossed(
        (names[one], names[two])
        for codes in plain.given(case, "frames").values()
        for one in codes
        for two in codes
        if one != two
    )
    assert found(pairs, "first", "second") == expected


@each_case
def test_remedies_named_with_each_frame(real: Evidence, case: str) -> None:
    own = real.case(case)
    table = discourse.remedies_by_frame(select_coded_statements(own, "either"), own)
    frames, areas, names = plain.given(case, "frames"), plain.given(case, "policy_areas"), plain.labels("frames")
    sizes = Counter(code for codes in frames.values() for code in codes)
    assert len(table) == sum(size >= 10 for size in sizes.values()) * len(set(plain.family().values()))
    by_name = {f"{names[code]} (n = {size})": code for code, size in sizes.items()}
    for row in table.to_dict("records"):
        bearing = [statement for statement, codes in frames.items() if by_name[row["frame"]] in codes]
        count = sum(any(plain.family()[area] == row["family"] for area in areas[each]) for each in bearing)
        assert (row["count"], row["n"]) == (count, len(bearing))
        assert row["share"] == pytest.approx(count / len(bearing))


@each_case
@pytest.mark.parametrize("table", ["measures", "commitments"])
def test_rows_by_area_and_family(real: Evidence, case: str, table: str) -> None:
    own = real.case(case)
    frame = getattr(own, table)
    names, family, partners = plain.labels("policy_areas"), plain.family(), plain.rows("partnerships", case)
    partner = {row["partnership_id"]: row["partner"] for row in partners}
    lines = plain.rows(table, case)
    by_area = implementation.policy_area_counts(frame, own, implementation.partner_names(frame, own))
    expected = plain.crossed((names[row["policy_area"]], partner[row["partnership_id"]]) for row in lines)
    assert found(by_area, "label", "group") == expected
    by_family = implementation.grouped_counts(
        frame, implementation.partner_names(frame, own), plot_data.policy_family(frame, own)
    )
    expected = plain.crossed((partner[row["partnership_id"]], family[row["policy_area"]]) for row in lines)
    assert found(by_family, "label", "group") == expected


@each_case
def test_measures_by_status(real: Evidence, case: str) -> None:
    own = real.case(case)
    counts = implementation.policy_area_counts(own.measures, own, own.measures["status"].map(labels.humanize))
    assert set(counts["group"]) <= set(plot_data.STATUS_ORDER)
    lines = plain.rows("measures", case)
    assert counts.groupby("group")["count"].sum().to_dict() == Counter(row["status"].replace("_", " ") for row in lines)


@each_case
def test_measures_by_type_of_actor(real: Evidence, case: str) -> None:
    own = real.case(case)
    types = Counter(kind.strip() for row in plain.rows("measures", case) for kind in row["actor_types"].split(";"))
    counts = implementation.actor_type_counts(own.measures, own).groupby("label")["count"].sum()
    assert {str(label).lower(): count for label, count in counts.items()} == {
        kind.replace("_", " "): count for kind, count in types.items()
    }


@each_case
def test_measures_by_the_year_of_their_start(real: Evidence, case: str) -> None:
    own = real.case(case)
    expected = plain.crossed(
        (int(row["start"][:4]), plain.family()[row["policy_area"]])
        for row in plain.rows("measures", case)
        if row["start"]
    )
    assert found(implementation.measures_by_start_year(own.measures, own), "year", "group") == expected


@each_case
def test_rows_behind_a_bar_are_its_rows(real: Evidence, case: str) -> None:
    own = real.case(case)
    for row in implementation.policy_area_counts(own.measures, own, own.measures["status"]).to_dict("records"):
        code = next(code for code, label in plain.labels("policy_areas").items() if label == row["label"])
        ids = [
            each["measure_id"]
            for each in plain.rows("measures", case)
            if (each["policy_area"], each["status"]) == (code, row["group"])
        ]
        assert row["rows"].startswith(", ".join(ids[:4]))


@each_case
def test_founding_years(real: Evidence, case: str) -> None:
    dates = {row["event_id"]: row["date"] for row in plain.rows("events", case)}
    expected: dict[int, set[str]] = {}
    for row in plain.rows("partnerships", case):
        expected.setdefault(int(dates[row["founding_event_id"]][:4]), set()).add(row["partner"])
    founded = implementation.founding_years(real.case(case))
    assert {year: set(label.split(", ")) for year, label in founded.itertuples(index=False)} == expected


@each_case
def test_what_became_of_promises(real: Evidence, case: str) -> None:
    own = real.case(case)
    outcomes = implementation.labelled_promises(own.commitments, own.measures, own)
    names, partner = (
        plain.labels("policy_areas"),
        {r["partnership_id"]: r["partner"] for r in plain.rows("partnerships", case)},
    )

    def cells(table: plain.Rows) -> Counter[tuple[object, object]]:
        return plain.crossed((partner[row["partnership_id"]], names[row["policy_area"]]) for row in table)

    promised, done = cells(plain.rows("commitments", case)), cells(plain.realised(case))
    word = {
        (True, True): "promised and done",
        (True, False): "promised, nothing done",
        (False, True): "done without a promise",
        (False, False): "neither promised nor done",
    }
    assert len(outcomes) == len(names) * outcomes["group"].nunique()
    for row in outcomes.to_dict("records"):
        cell = row["group"], row["label"]
        assert (row["commitments"], row["done"]) == (promised[cell], done[cell])
        assert row["outcome"] == word[promised[cell] > 0, done[cell] > 0]
    for row in implementation.unmatched_areas(outcomes).to_dict("records"):
        own_cells = [
            label for label in names.values() if promised[row["group"], label] and not done[row["group"], label]
        ]
        assert row["promised"] == (", ".join(f"{x} ({promised[row['group'], x]})" for x in own_cells) or "–")


@pytest.mark.parametrize("case", plain.PRACTISED)
@pytest.mark.parametrize("coder", ["A", "either"])
def test_gaps_between_talk_and_practice(real: Evidence, case: str, coder: str) -> None:
    own = real.case(case)
    tables = parts.stage_tables(select_coded_statements(own, coder), own.commitments, own.measures, own, "statement")
    gaps = plot_data.with_code_labels(implementation.talk_practice_gaps(tables, SEED), own.policy_areas).set_index(
        "code_id"
    )
    said, done = plain.shared(plain.remedies(case, coder)), plain.shared(plain.areas(plain.realised(case)))
    assert set(gaps.index) == set(said) | set(done)
    for code, row in gaps.iterrows():
        assert row["talk"] == pytest.approx(said.get(str(code), 0))
        assert row["practice"] == pytest.approx(done.get(str(code), 0))
        assert row["gap"] == pytest.approx(100 * (done.get(str(code), 0) - said.get(str(code), 0)))
        assert row["gap_low"] <= row["gap"] <= row["gap_high"]
    table = implementation.gap_texts(gaps)
    widest = gaps.loc[gaps["gap"].abs().idxmax()]
    assert table.iloc[0]["label"] == widest["label"]
    assert table.iloc[0]["gap"].replace("−", "-") == f"{widest['gap']:+.1f}"


@each_case
def test_shares_of_families(real: Evidence, case: str) -> None:
    own = real.case(case)
    tables = parts.stage_tables(select_coded_statements(own, "either"), own.commitments, own.measures, own, "statement")
    shares = implementation.family_shares(tables, own, SEED)
    counts = {
        "talk": plain.remedies(case),
        "commitments": plain.areas(plain.rows("commitments", case)),
        "practice": plain.areas(plain.realised(case)),
    }
    assert len(shares) == 3 * len(set(plain.family().values()))
    for row in shares.to_dict("records"):
        families = plain.shared(plain.in_families(counts[row["stage"]]))
        assert row["share"] == pytest.approx(families.get(row["family"], 0))
        assert row["n"] == counts[row["stage"]].total()


@each_case
def test_partnerships_with_their_rows(real: Evidence, case: str) -> None:
    table = overview.partnership_overview(real.case(case)).set_index("partnership_id")
    dates = {row["event_id"]: row["date"] for row in plain.rows("events", case)}
    for row in plain.rows("partnerships", case):
        own = table.loc[row["partnership_id"]]
        assert own["date"] == dates[row["founding_event_id"]]
        for name in ("statements", "commitments", "measures"):
            assert own[name] == sum(each["partnership_id"] == row["partnership_id"] for each in plain.rows(name, case))


@each_case
def test_one_partnership_alone(real: Evidence, case: str) -> None:
    for row in plain.rows("partnerships", case):
        alone = parts.partnership_evidence(real.case(case), row["partnership_id"])
        for name in ("statements", "commitments", "measures"):
            assert set(getattr(alone, name)["partnership_id"]) <= {row["partnership_id"]}


# ---- made-up rows: what no real case shows ----


def test_groups_of_few_statements_are_left_out(real: Evidence) -> None:
    case = real.case(real.cases.index[0])
    talk = select_coded_statements(case, "either")
    groups = pd.Series(["few"] * 9 + ["ten"] * 10 + [""] * (len(talk.statements) - 19))
    assert set(discourse.statement_shares_by_group(talk.frames, talk, groups, "statement", SEED)["group"]) == {"ten"}


def young(project: Path) -> Evidence:
    """The made-up case bland without partnership, commitment, measure and event."""
    folder = project / "data/cases/bland"
    for table in ("partnerships", "commitments", "measures", "events"):
        made.write(folder, table, [])
    made.write(folder, "documents", [{"document_id": f"bland-d{n}", "case_id": "bland"} for n in (1, 2)])
    made.write(folder, "statements", [made.statement(f"bland-d{n}", m) for n, m in ((1, 1), (1, 2), (2, 1))])
    for table in ("documents", "links"):
        rows = [{"document_id": "world-d1", "case_id": "architecture"}] if table == "documents" else []
        made.write(project / "data/architecture", table, rows)
    return load_evidence(project).case("bland")


def test_a_case_with_statements_only(project: Path) -> None:
    case = young(project)
    talk = select_coded_statements(case, "either")
    tables = parts.stage_tables(talk, case.commitments, case.measures, case, "statement")
    assert implementation.founding_years(case).empty and list(implementation.founding_years(case)) == ["year", "label"]
    assert implementation.talk_practice_gaps(tables, SEED).empty, "without practice there is no gap"
    assert implementation.labelled_promises(case.commitments, case.measures, case).empty
    assert implementation.measures_by_start_year(practice.measures_in_period(case.measures), case).empty
    shares = implementation.family_shares(tables, case, SEED).groupby("stage")["share"].sum(min_count=1)
    assert shares["talk"] == pytest.approx(1)
    assert shares[["commitments", "practice"]].isna().all()


def test_an_interval_that_is_not_known_is_said(project: Path) -> None:
    gaps = pd.DataFrame({"label": ["Jobs"], "talk": [0.5], "practice": [0.25], "gap": [-25.0]})
    (row,) = implementation.gap_texts(gaps.assign(gap_low=float("nan"), gap_high=float("nan"))).to_dict("records")
    assert (row["gap"], row["interval"]) == ("−25.0", "not known")


def test_partnerships_founded_in_one_year_share_a_mark(project: Path) -> None:
    folder = project / "data/cases/aland"
    own = {"case_id": "aland", "founding_event_id": "aland-e1"}
    partners = [("aland-x", "Xland"), ("aland-y", "Yland")]
    made.write(folder, "partnerships", [own | {"partnership_id": key, "partner": name} for key, name in partners])
    founded = implementation.founding_years(load_evidence(project).case("aland"))
    assert founded.to_dict("records") == [{"year": 2008, "label": "Xland, Yland"}]
