"""The tables of a case read with nothing but ``csv``, to count again what the package counts."""

import csv
from collections import Counter
from collections.abc import Iterable

import yaml
from made import REPOSITORY

Rows = list[dict[str, str]]

CASES = sorted(path.parent.name for path in (REPOSITORY / "data/cases").glob("*/case.yml"))
REALISED = {"under_way", "completed", "in_force"}


def rows(table: str, case: str = "", folder: str = "") -> Rows:
    """The rows of ``data/cases/<case>/<table>.csv``, or of ``data/<folder>/<table>.csv``."""
    path = REPOSITORY / "data" / (folder or f"cases/{case}") / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def facts(case: str) -> dict[str, str]:
    """What ``case.yml`` says."""
    told: dict[str, str] = yaml.safe_load((REPOSITORY / f"data/cases/{case}/case.yml").read_text(encoding="utf-8"))
    return told


def given(case: str, kind: str, coder: str = "either") -> dict[str, set[str]]:
    """For each statement, in the order of its table, the codes that a reading gave it; ``kind`` is a codebook table."""
    codes = {row["code_id"] for row in rows(kind, folder="codebook")}
    readings = {
        who: {(row["statement_id"], row["code_id"]) for row in rows("codings", case) if row["coder"] == who}
        for who in "AB"
    }
    pairs = {"either": readings["A"] | readings["B"], "both": readings["A"] & readings["B"]} | readings
    found: dict[str, set[str]] = {row["statement_id"]: set() for row in rows("statements", case)}
    for statement, code in pairs[coder]:
        if code in codes:
            found[statement].add(code)
    return found


def labels(kind: str) -> dict[str, str]:
    """Codes of a codebook table in words."""
    return {row["code_id"]: row["label"] for row in rows(kind, folder="codebook")}


def family() -> dict[str, str]:
    """The family of each policy area, in the order of the codebook."""
    return {row["code_id"]: row["family"] for row in rows("policy_areas", folder="codebook")}


def shared(counts: Counter[str]) -> dict[str, float]:
    """Each part of the whole."""
    return {name: count / counts.total() for name, count in counts.items()}


def remedies(case: str, coder: str = "either") -> Counter[str]:
    """How often talk names each policy area."""
    return Counter(code for codes in given(case, "policy_areas", coder).values() for code in codes)


def areas(table: Rows) -> Counter[str]:
    """How many rows fall on each policy area."""
    return Counter(row["policy_area"] for row in table)


def realised(case: str) -> Rows:
    """The measures that are under way, completed or in force."""
    return [row for row in rows("measures", case) if row["status"] in REALISED]


def in_families(counts: Counter[str]) -> Counter[str]:
    """Policy areas summed into their families."""
    found: Counter[str] = Counter()
    for code, count in counts.items():
        found[family()[code]] += count
    return found


def crossed(pairs: Iterable[tuple[object, object]]) -> Counter[tuple[object, object]]:
    """How often each pair occurs."""
    return Counter(pairs)


PRACTISED = [case for case in CASES if realised(case) and remedies(case)]
"""Cases of which both talk and practice are on record."""
