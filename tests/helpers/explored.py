"""The rows of the explorer counted again with nothing but ``csv``."""

import re
import unicodedata
from functools import cache

import plain
from made import REPOSITORY

Row = dict[str, str]
FOLDERS = {case: f"cases/{case}" for case in plain.CASES} | {"architecture": "architecture"}


@cache
def documents() -> dict[str, Row]:
    """Every document by its id."""
    return {row["document_id"]: row for folder in FOLDERS.values() for row in plain.rows("documents", folder=folder)}


@cache
def readings() -> dict[str, dict[str, set[str]]]:
    """What each coder gave each statement: coder, then statement, then codes."""
    found: dict[str, dict[str, set[str]]] = {}
    for folder in FOLDERS.values():
        for row in plain.rows("codings", folder=folder):
            found.setdefault(row["coder"], {}).setdefault(row["statement_id"], set()).add(row["code_id"])
    return found


@cache
def rows() -> tuple[Row, ...]:
    """Each statement, commitment and measure, with what the explorer filters by under the explorer's names."""
    return (*of_kind("statement"), *of_kind("commitment"), *of_kind("measure"))


def of_kind(kind: str) -> list[Row]:
    """The rows of one table of all folders that have it."""
    sides = {"statement": "speaker_side", "commitment": "obligated", "measure": "lead_side"}
    found = []
    for case, folder in FOLDERS.items():
        if not (REPOSITORY / "data" / folder / f"{kind}s.csv").exists():
            continue
        for row in plain.rows(f"{kind}s", folder=folder):
            document = documents()[row["document_id"]]
            date = row["start"] if kind == "measure" else document["date"]
            text = row.get("text") or row.get("paraphrase") or f"{row['title']}: {row['description']}"
            found.append({
                "id": row[f"{kind}_id"], "kind": kind, "case": case, "partnership": row["partnership_id"] or "none",
                "side": row[sides[kind]], "year": date[:4], "document": document["kind"], "text": text,
                "actor": row.get("speaker") or row.get("lead_actor", ""), "area": row.get("policy_area", ""),
                "document_id": row["document_id"],
            })  # fmt: skip
    return found


def codes(row: Row, reading: str = "either") -> set[str]:
    """The codes of a row in a reading; commitments and measures have their area whoever reads."""
    given = [own.get(row["id"], set()) for own in readings().values()]
    if row["kind"] != "statement":
        return {row["area"]}
    if reading == "either":
        return set.union(*given)
    return set.intersection(*given) if reading == "both" else readings()[reading][row["id"]]


def words(text: str) -> str:
    """The words of a text, each between spaces, without case and accents."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return " ".join(["", *re.findall(r"[^\W_]+", bare.lower()), ""])
