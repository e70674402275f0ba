"""Bring the shared evidence into ``data/``. Run once, on 2026-11-24; kept as the record of what was changed.

Usage: python analysis/once/bring_evidence.py EVIDENCE_FOLDER

Facts are taken over cell by cell. Changes of form only:

* a folder a case under ``data/cases``; the folder ``global`` becomes ``data/architecture``, and so does its case_id;
* the two coders' files become one ``codings.csv``, in the order of the statements, then coder, then code;
* ``paraphrase`` of a statement becomes ``text`` with ``text_kind`` = ``paraphrase``, so that a project with
  quotations fits the same table;
* ``; `` between the items of a list becomes ``;``; line ends become LF.

``case.yml``, ``partnerships.csv``, ``codebook/policy_areas.csv`` and ``codebook/questions.csv`` were made by hand from
the evidence's own documentation.
"""

import csv
import sys
from pathlib import Path

FOLDERS = {"global": "architecture"}
LISTS = {"partnership_ids", "other_actors", "actor_types", "issue_areas"}
TABLES = ("documents", "statements", "commitments", "measures", "events", "arrangements", "links")

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(path: Path, rows: list[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def tidy(row: Row) -> Row:
    tidied = {}
    for column, value in row.items():
        if column in LISTS:
            value = ";".join(item.strip() for item in value.split(";") if item.strip())
        if column == "case_id":
            value = FOLDERS.get(value, value)
        tidied[column] = value.strip()
    return tidied


def as_text(row: Row) -> Row:
    *rest, (_, text) = row.items()
    return dict(rest) | {"text_kind": "paraphrase", "text": text}


def codings(folder: Path, order: list[str]) -> list[Row]:
    place = {statement: number for number, statement in enumerate(order)}
    rows = read(folder / "codings-a.csv") + read(folder / "codings-b.csv")
    return sorted(rows, key=lambda row: (place[row["statement_id"]], row["coder"], row["code_id"]))


def main(source: Path, data: Path) -> None:
    for folder in sorted(path for path in source.iterdir() if path.is_dir()):
        name = FOLDERS.get(folder.name)
        target = data / name if name else data / "cases" / folder.name
        for table in TABLES:
            if (folder / f"{table}.csv").exists():
                rows = [tidy(row) for row in read(folder / f"{table}.csv")]
                write(target / f"{table}.csv", [as_text(row) for row in rows] if table == "statements" else rows)
        order = [row["statement_id"] for row in read(target / "statements.csv")]
        write(target / "codings.csv", codings(folder, order))
    write(data / "codebook" / "frames.csv", read(source / "frames.csv"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parents[2] / "data")
