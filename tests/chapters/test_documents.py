"""The register of all documents, and what the study did in public; its script: tests/browser/test_documents_page.py."""

import csv
from pathlib import Path

import made
import pandas as pd
import plain
import pytest
from bs4 import BeautifulSoup
from compendium.chapters import documents
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.errors import InvalidData


def every_document() -> list[dict[str, str]]:
    rows = [row for case in plain.CASES for row in plain.rows("documents", case)]
    return rows + plain.rows("documents", folder="architecture")


def cells(shown: str) -> list[list[str]]:
    soup = BeautifulSoup(shown, "lxml")
    return [[cell.get_text() for cell in row.select("td")] for row in soup.select("tbody tr")]


# ---- the table ----


def test_every_document_has_a_row_with_its_address(real: Evidence) -> None:
    soup = BeautifulSoup(documents.documents_table(real).data, "lxml")
    rows, known = soup.select("tbody tr"), every_document()
    assert len(rows) == len(known)
    links = sorted(str(row.select("td")[1].a["href"]) for row in rows)
    assert links == sorted(row["url"] for row in known)
    places = {str(link["href"]) for link in soup.select("td:nth-child(3) a")}
    assert len(places) == sum(row["case_id"] in plain.CASES for row in known)


def test_newest_first_and_undated_last(real: Evidence) -> None:
    dates = [row[0] for row in cells(documents.documents_table(real).data)]
    dated = [date for date in dates if date != "no date"]
    assert dates[: len(dated)] == sorted(dated, reverse=True)


def test_text_of_a_document_is_no_markup(project: Path) -> None:
    row = {"document_id": "aland-d1", "case_id": "aland", "title": "<b>Bold</b>", "issuer": "<script>"}
    made.write(project / "data/cases/aland", "documents", [row, {"document_id": "aland-d2", "case_id": "aland"}])
    shown = documents.documents_table(load_evidence(project)).data
    assert "<script>" not in shown and "&lt;b&gt;Bold" in shown


def test_numbers_of_the_page(real: Evidence) -> None:
    numbers, known = documents.document_values(real), every_document()
    assert numbers["documents"].entry()["value"] == len(known)
    assert numbers["partner_share"].entry()["value"] == pytest.approx(
        sum(row["issuer_side"] == "partner" for row in known) / len(known)
    )
    assert numbers["interviews"].entry()["value"] == 0


# ---- activities ----


def test_activities_stand_in_order_of_time_with_all_that_a_date_can_mean() -> None:
    rows = [("b", "2011-03", ""), ("a", "2008-12-12", "2008-12-13"), ("c", "2011", "")]
    table = pd.DataFrame(rows, columns=["activity_id", "start", "end"]).assign(
        short=["B", "A", "C"], status=["announced", "held", "announced"], kind="workshop", title="T", place="P"
    )
    found = documents.activity_periods(table)
    assert found["label"].tolist() == ["A", "C (announced)", "B (announced)"]
    assert found[["first", "last"]].to_numpy().tolist() == [
        ["2008-12-12", "2008-12-13"], ["2011-01-01", "2011-12-31"], ["2011-03-01", "2011-03-31"]
    ]  # fmt: skip


def test_every_activity_is_listed_with_its_source(real: Evidence, root: Path) -> None:
    with (root / "data/activities.csv").open(encoding="utf-8", newline="") as stream:
        known = list(csv.DictReader(stream))
    shown = BeautifulSoup(documents.activities_list(real.activities).data, "html.parser")
    assert [item.b.get_text() for item in shown.select("li")] == [row["title"] for row in known]
    assert all(row["source"] in shown.get_text() for row in known)
    numbers = documents.activity_values(real.activities)
    assert numbers["held"].entry()["value"] == sum(row["status"] == "held" for row in known)


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [("conference", "party", "kind"), ("2009", "2009-13", "start"), ("held", "perhaps", "status")],
)
def test_a_fault_in_the_activities_is_told_with_its_place(project: Path, old: str, new: str, column: str) -> None:
    row = {"activity_id": "x", "kind": "conference", "short": "X", "title": "X", "start": "2009", "organised": "no"}
    path = made.write(project / "data", "activities", [row | {"status": "held", "source": "made up"}])
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidData) as caught:
        load_evidence(project)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.column) == ("data/activities.csv", 2, column)
