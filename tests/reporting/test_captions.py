"""What stands under figures tells the rows on which they rest."""

import plain
import pytest
from compendium.chapters import discourse, implementation, own_codes
from compendium.dataset import parts
from compendium.dataset.coded_statements import CODERS, CodedStatements, select_coded_statements
from compendium.dataset.evidence import Evidence
from compendium.reporting import captions
from compendium.stats import frequencies

each_case = pytest.mark.parametrize("case", plain.CASES)


def talk_of(real: Evidence, case: str, coder: str = "either") -> CodedStatements:
    return select_coded_statements(real.case(case), coder)


@each_case
def test_documents_and_dates(real: Evidence, case: str) -> None:
    own = real.case(case)
    read = discourse.documents_read(own, talk_of(real, case))
    said = {row["document_id"] for row in plain.rows("statements", case)}
    documents = [row for row in plain.rows("documents", case) if row["document_id"] in said]
    openings = sum(row["coverage"] == "opening" for row in documents)
    undated = sum(not row["date"] for row in documents)
    assert captions.documents_note(read).startswith(
        f"{len(documents)} documents that gave statements; for {openings} of"
    )
    assert (
        f"{len(documents) - undated} of {len(documents)} documents; {undated} show no date"
        in captions.document_dates_note(read)
    )


@each_case
def test_statements(real: Evidence, case: str) -> None:
    statements = plain.rows("statements", case)
    documents = {row["document_id"] for row in statements}
    for coder in CODERS:
        for weight in frequencies.WEIGHTINGS:
            note = captions.shares_note(talk_of(real, case, coder), coder, weight)
            assert note.startswith(f"{len(statements)} statements in {len(documents)} documents; ")
            assert captions.READING_PHRASES[coder] in note and captions.WEIGHT_NOTES[weight] in note


def test_a_single_document_has_no_interval_to_speak_of(real: Evidence) -> None:
    talk = talk_of(real, plain.CASES[0])
    first = (talk.statements["document_id"] == talk.statements["document_id"].iloc[0]).to_numpy()
    one = CodedStatements(talk.statements[first], talk.frames[first], talk.areas[first])
    for note, whole in (
        (own_codes.own_codes_note(one, "statement"), own_codes.own_codes_note(talk, "statement")),
        (captions.shares_note(one, "either", "statement"), captions.shares_note(talk, "either", "statement")),
    ):
        assert "in 1 document;" in note and "There are no intervals" in note and "95 %" not in note
        assert "95 % intervals" in whole


@each_case
def test_groups_that_are_left_out_are_told(real: Evidence, case: str) -> None:
    talk = talk_of(real, case)
    voices = discourse.statement_shares_by_group(talk.frames, talk, talk.statements["speaker_side"], "statement", 1)
    sizes = {
        side: sum(row["speaker_side"] == side for row in plain.rows("statements", case))
        for side in ("destination", "partner")
    }
    note = captions.group_shares_note(voices, [*sizes, "elves"], "A", "statement")
    for side, size in sizes.items():
        assert f"{side} {size if size >= 10 else 'fewer than ten'}" in note
    assert "elves fewer than ten" in note


@each_case
def test_measures_commitments_and_stages(real: Evidence, case: str) -> None:
    own = real.case(case)
    measures, commitments = plain.rows("measures", case), plain.rows("commitments", case)
    sources = len({row["document_id"] for row in measures})
    assert captions.measures_note(own.measures).startswith(f"{len(measures)} measures from {sources} documents.")
    assert captions.commitments_note(own.commitments).startswith(f"{len(commitments)} commitments from ")
    begun = sum(bool(row["start"]) for row in measures)
    assert implementation.start_years_note(own.measures).startswith(f"{begun} of {len(measures)} measures;")
    tables = parts.stage_tables(talk_of(real, case), own.commitments, own.measures, own, "statement")
    done = plain.realised(case)
    note = implementation.stages_note(tables)
    assert f"Remedies named in talk: {plain.remedies(case).total()} (" in note
    assert f"realised measures: {len(done)} ({len({row['document_id'] for row in done})} documents)" in note


def test_each_reading_and_weight_has_words() -> None:
    assert set(captions.READING_PHRASES) == set(CODERS)
    assert set(captions.WEIGHT_NOTES) == set(frequencies.WEIGHTINGS)
