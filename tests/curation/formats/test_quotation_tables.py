"""Tables of quotations in the columns that ATLAS.ti, MAXQDA and Taguette write, as people save them."""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from compendium.dataset.evidence import load_evidence
from kinds import Call

LONG = 'Wir sagen:\n„Zäune; Tore, und "mehr"“.\n\nEnde 𝒜.'
MADE, CHANGED = datetime(2024, 5, 1, 12, 30), datetime(2024, 5, 2)
# The header of each export, and rows: two quotations of one document, the later one first.
LAYOUTS: dict[str, list[list[Any]]] = {
    "ATLAS.ti, English": [
        ["ID", "Quotation Name", "Document", "Document Groups", "Quotation Content", "Comment", "Codes", "Reference",
         "Density", "Created by", "Modified by", "Created", "Modified"],
        ["1:2", "two …", "Speech", "Talks", "two gates", "", "Gates\nLocks", "9 - 9", 2, "Ann", "Bob", MADE, CHANGED],
        ["1:1", "Wir …", "Speech", "Talks", LONG, "Sure?", "Fences", "3 - 6", 1, "Ann", "Bob", MADE, CHANGED],
    ],
    "ATLAS.ti, German": [
        ["ID", "Zitatname", "Dokument", "Dokumentgruppen", "Zitatinhalt", "Kommentar", "Kodes", "Referenz", "Dichte",
         "Erstellt von", "Geändert von", "Erstellt", "Geändert"],
        ["1:2", "two …", "Speech", "Talks", "two gates", "", "Gates\nLocks", "9 - 9", 2, "Ann", "Bob", MADE, CHANGED],
        ["1:1", "Wir …", "Speech", "Talks", LONG, "Sure?", "Fences", "3 - 6", 1, "Ann", "Bob", MADE, CHANGED],
    ],
    "ATLAS.ti, Spanish": [
        ["ID", "Nombre de la cita", "Documento", "Grupos de documentos", "Contenido de la cita", "Comentario",
         "Códigos", "Referencia", "Densidad", "Creado por", "Modificado por", "Creado", "Modificado"],
        ["1:2", "two …", "Speech", "Talks", "two gates", "", "Gates\nLocks", "9 - 9", 2, "Ann", "Bob", MADE, CHANGED],
        ["1:1", "Wir …", "Speech", "Talks", LONG, "Sure?", "Fences", "3 - 6", 1, "Ann", "Bob", MADE, CHANGED],
    ],
    "MAXQDA, English": [
        ["Color", "Comment", "Document group", "Document name", "Code", "Beginning", "End", "Weight score", "Segment",
         "Created by", "Created", "Modified by", "Modified", "Area", "Coverage %"],
        ["●", "", "Talks", "Speech", "Gates", 9.0, 9.0, 0, "two gates", "Ann", MADE, "Bob", CHANGED, 9, 0.4],
        ["●", "", "Talks", "Speech", "Gates > Locks", 9.0, 9.0, 0, "two gates", "Ann", MADE, "Bob", CHANGED, 9, 0.4],
        ["●", "Sure?", "Talks", "Speech", "Fences", 3.0, 6.0, 0, LONG, "Ann", MADE, "Bob", CHANGED, 40, 1.7],
    ],
    "MAXQDA, German": [
        ["Farbe", "Kommentar", "Dokumentgruppe", "Dokumentname", "Code", "Anfang", "Ende", "Gewicht", "Segment",
         "Erstellt von", "Erstellt am", "Bearbeitet von", "Bearbeitet am", "Fläche", "Abdeckungsgrad %"],
        ["●", "", "Talks", "Speech", "Gates", 9, 9, 0, "two gates", "Ann", MADE, "Bob", CHANGED, 9, 0.4],
        ["●", "", "Talks", "Speech", "Gates > Locks", 9, 9, 0, "two gates", "Ann", MADE, "Bob", CHANGED, 9, 0.4],
        ["●", "Sure?", "Talks", "Speech", "Fences", 3, 6, 0, LONG, "Ann", MADE, "Bob", CHANGED, 40, 1.7],
    ],
    "MAXQDA, Spanish": [
        ["Color", "Comentario", "Grupo de documentos", "Nombre del documento", "Código", "Inicio", "Fin", "Ponderación",
         "Segmento", "Creado por", "Creado", "Modificado por", "Modificado", "Área", "% Cobertura"],
        ["●", "", "Talks", "Speech", "Gates", 9, 9, 0, "two gates", "Ann", MADE, "Bob", CHANGED, 9, 0.4],
        ["●", "", "Talks", "Speech", "Gates > Locks", 9, 9, 0, "two gates", "Ann", MADE, "Bob", CHANGED, 9, 0.4],
        ["●", "Sure?", "Talks", "Speech", "Fences", 3, 6, 0, LONG, "Ann", MADE, "Bob", CHANGED, 40, 1.7],
    ],
    "Taguette": [
        ["id", "document", "tag", "content"],
        ["1", "Speech", "Fences", LONG],
        ["2", "Speech", "Gates", "two gates"],
        ["2", "Speech", "Locks", "two gates"],
    ],
}  # fmt: skip


def excel(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        # Line ends as Windows writes them into a cell.
        book.worksheets[0].append([each.replace("\n", "_x000D_\n") if isinstance(each, str) else each for each in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text(rows: list[list[Any]], delimiter: str = ",", before: str = "", end: str = "\r\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(rows)
    return before + stream.getvalue()


WAYS: dict[str, tuple[str, Callable[[list[list[Any]]], bytes]]] = {
    "Excel": (".xlsx", excel),
    "Excel, title above": (".xlsx", lambda rows: excel([["Project: Talks"], [], *rows])),
    "comma, UTF-8": (".csv", lambda rows: text(rows).encode()),
    "semicolon, byte order mark": (".csv", lambda rows: text(rows, ";").encode("utf-8-sig")),
    "tab, UTF-16": (".csv", lambda rows: text(rows, "\t").encode("utf-16")),
    "UTF-16 of the other kind": (".tsv", lambda rows: b"\xfe\xff" + text(rows, "\t", end="\n").encode("utf-16-be")),
    "with a line for Excel": (".csv", lambda rows: text(rows, ";", "sep=;\r\n").encode("utf-8-sig")),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("tool", LAYOUTS)
def test_what_a_tool_exports_is_read_without_a_mapping(
    tool: str, way: str, call: Call, home: Path, tmp_path: Path
) -> None:
    ending, written = WAYS[way]
    path = tmp_path / f"table{ending}"
    path.write_bytes(written(LAYOUTS[tool]))
    status, told, complaint = call("import", path, "--case", "brought")
    assert (status, complaint) == (0, "")
    known = load_evidence(home).case("brought")
    assert known.documents["title"].tolist() == ["Speech"]
    assert known.statements["text"].tolist() == [LONG, "two gates"], "in reading order"
    labels = dict(zip(known.own_codes["code_id"], known.own_codes["label"], strict=True))
    given = known.own_codings.merge(known.statements, on="statement_id")[["text", "code_id"]]
    assert [(said, labels[code]) for said, code in given.to_numpy()] == [
        (LONG, "Fences"), ("two gates", "Gates"), ("two gates", "Locks")
    ]  # fmt: skip
    if tool != "Taguette":
        assert set(known.own_codings["coder"]) == {"Ann"}, "who created a quotation, not who changed it"
        assert known.statements["locator"].str.contains("[39]").all()
        assert known.memos["text"].tolist() == ["Sure?"]
        assert known.attributes[["attribute", "value"]].to_numpy().tolist() == [["group", "Talks"]]
        assert "columns that are not imported" in told
    if tool.startswith("ATLAS"):
        assert "1 cells hold several codes, split at semicolons and line ends, such as 'Gates; Locks'" in told


def test_columns_about_the_document_are_taken_as_its_variables(call: Call, home: Path, tmp_path: Path) -> None:
    path, mapping = tmp_path / "table.xlsx", tmp_path / "mapping.yml"
    path.write_bytes(
        excel(
            [
                ["Document", "Quotation Content", "Codes", "Day", "Issuer", "LANGUAGE"],
                ["Speech", "One fence", "Fences", datetime(2009, 5, 4), "Ministry of Labour", "en"],
                ["Speech", "two gates", "Gates", datetime(2009, 5, 4), "Ministry of Labour", "en"],
                ["Talk", "no gate", "Gates", datetime(2010, 6, 1), "Ministry of Trade", "de"],
                ["Talk", "a gate", "Gates", datetime(2011, 6, 1), "Ministry of Trade", "de"],
            ]
        )
    )
    mapping.write_text("documents: {date: {variable: Day}, language: {variable: Language}}")
    status, told, _ = call("import", path, "--case", "brought", "--mapping", mapping, "--dry-run")
    assert status == 0 and "Columns about the document: Day, issuer, Language." in told
    assert "Rows of the same document differ, the first value is used: Day of Talk." in told
    assert call("import", path, "--case", "brought", "--mapping", mapping)[0] == 0
    facts = load_evidence(home).case("brought").documents[["title", "date", "issuer", "language"]].to_numpy().tolist()
    assert facts == [
        ["Speech", "2009-05-04", "Ministry of Labour", "en"], ["Talk", "2010-06-01", "Ministry of Trade", "de"]
    ]  # fmt: skip


def test_documents_of_the_same_name_in_two_groups_are_two(call: Call, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [
        ["Document group", "Document name", "Code", "Segment"],
        ["North", "Interview 1", "Gates", "a gate"],
        ["South", "Interview 1", "Gates", "a gate"],
    ]
    path.write_text(text(rows), encoding="utf-8")
    assert call("import", path, "--case", "brought")[0] == 0
    known = load_evidence(home).case("brought")
    assert known.documents["title"].tolist() == ["Interview 1", "Interview 1"] and len(known.statements) == 2
    assert set(known.attributes["value"]) == {"North", "South"}


def test_every_doubt_is_told_once(call: Call, untouched: Callable[[], bool], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [["document", "content", "tag"]]
    rows += [[f"Talk {number}", "a gate", "Gates; Locks" if number else "Gates, Locks"] for number in range(20)]
    path.write_text(text(rows), encoding="utf-8")
    status, told, _ = call("import", path, "--case", "brought", "--dry-run")
    assert status == 0 and untouched()
    assert "19 cells hold several codes" in told
    assert "Codes with a comma are not split, although each part is also a code: Gates, Locks." in told
    assert told.count("quotations without a position") == 1 and "20 of 20 documents" in told


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("document,content,tag\nRede,Zäune,Zaun".encode("cp1252"), "Save it as UTF-8"),
        (b"Quelle,content,tag\nx,y,z", "no column for document was found among Quelle, content, tag; name it in the "
         "mapping, as in 'columns: {document: NAME}'"),
        (b"", "found in the empty header"),
        (b"\n\n\n", "found in the empty header"),
    ],
)  # fmt: skip
def test_a_table_that_can_not_be_read_is_told(
    raw: bytes, told: str, call: Call, untouched: Callable[[], bool], tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(raw)
    status, _, complaint = call("import", path, "--case", "brought")
    assert status == 1 and told in complaint and complaint.count("\n") == 1 and untouched()
