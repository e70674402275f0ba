"""The verdicts as last accepted, with their rows; ``python tests/helpers/recorded.py`` accepts those of today.

A verdict may change only together with the data or the code; whoever changes these accepts the new ones, and the change
is then seen in the diff.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from compendium.chapters.findings import verdicts
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.verdicts import Verdict
from compendium.dataset import choices, registration
from compendium.dataset.evidence import load_evidence

FOLDER = Path(__file__).parents[1] / "records"
VERDICTS, ROWS = FOLDER / "verdicts.csv", FOLDER / "rows.csv"
HOW_TO_ACCEPT = "If data or code were meant to change them, accept the new ones with: python tests/helpers/recorded.py"


def verdicts_() -> pd.DataFrame:
    """Status, and the units in which the finding holds, by finding."""
    return pd.read_csv(VERDICTS, dtype=str, keep_default_na=False).set_index("finding_id")


def rows() -> dict[str, set[str]]:
    """The rows behind each finding."""
    packed = pd.read_csv(ROWS, dtype=str, keep_default_na=False)
    found: dict[str, set[str]] = {}
    for finding, stem, ends in packed.itertuples(index=False):
        found.setdefault(finding, set()).update(f"{stem}-{end}" for end in ends.split())
    return found


def changes(found: dict[str, Verdict], expected: pd.DataFrame | None = None) -> list[str]:
    """What differs from the record: finding, old and new verdict, and the rows that moved."""
    expected, before = verdicts_() if expected is None else expected, rows()
    told = []
    for finding_id, verdict in found.items():
        old, new = (str(expected.loc[finding_id, "status"]), str(expected.loc[finding_id, "holds_in"])), now(verdict)
        if old != new:
            came, gone = set(verdict.row_ids) - before[finding_id], before[finding_id] - set(verdict.row_ids)
            told.append(
                f"{finding_id}: was {said(*old)}, now {said(*new)}; rows come: {listed(came)}; gone: {listed(gone)}"
            )
    return told


def now(verdict: Verdict) -> tuple[str, str]:
    return verdict.status, ";".join(unit for unit, held in verdict.holds_by_unit.items() if held)


def said(status: str, holds_in: str) -> str:
    return f"{status} ({holds_in or 'nowhere'})"


def listed(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids)) or "none"


def accept(root: Path) -> None:
    """Write the verdicts of today."""
    loaded = load_evidence(root)
    declared = choices.load_choices(root, loaded)
    sheets = IndicatorTables(loaded, registration.load_register(root, loaded), declared)
    found = verdicts.evaluate_all_findings(sheets, choices.default_universe(declared), 20101130, n_resamples=0)
    record = [(each.finding_id, *now(each)) for each in found]
    pd.DataFrame(record, columns=["finding_id", "status", "holds_in"]).to_csv(
        VERDICTS, index=False, lineterminator="\n"
    )
    packed = [
        (each.finding_id, stem, " ".join(sorted(end for own, end in map(parted, each.row_ids) if own == stem)))
        for each in found
        for stem in sorted({parted(row)[0] for row in each.row_ids})
    ]
    pd.DataFrame(packed, columns=["finding_id", "stem", "ends"]).to_csv(ROWS, index=False, lineterminator="\n")


def parted(row: str) -> tuple[str, str]:
    """An id as its stem, which many rows share, and its end."""
    stem, _, end = row.rpartition("-")
    return stem, end


if __name__ == "__main__":
    accept(FOLDER.parents[1])
