"""Findings for others to use: tables of verdicts and of universes, and the claims for machines.

``python -m compendium.chapters.findings.export`` writes them into ``results/``.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from compendium.chapters.findings import cache, indicators, multiverse, tables, verdicts
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Multiverse, Robustness
from compendium.chapters.findings.verdicts import HOLDS, NOT_TESTABLE, Verdict
from compendium.dataset import choices
from compendium.dataset.evidence import find_root

_SEED = 20101130
_DECIMALS = 9


def findings_frame(
    indicator_tables: IndicatorTables, verdicts: Sequence[Verdict], robustness_by_id: Mapping[str, Robustness]
) -> pd.DataFrame:
    """A row a figure: the finding with its verdict and robustness, and the figure with bound, interval and rows."""
    texts = indicator_tables.register.findings.set_index("finding_id")
    rows = []
    for verdict in verdicts:
        own = robustness_by_id[verdict.finding_id] if verdict.criteria else None
        shared = {
            "finding_id": verdict.finding_id,
            "claim": texts.loc[verdict.finding_id, "claim"],
            "verdict": verdict.status,
        }
        for name, counts in (("equivalent", own.equivalent_counts), ("all", own.all_counts)) if own else ():
            shared |= {f"holds_{name}": counts[HOLDS], f"testable_{name}": sum(counts.values()) - counts[NOT_TESTABLE]}
            shared |= {f"universes_{name}": sum(counts.values())}
        for each in verdict.criteria or ():
            figure = {
                "unit": each.unit,
                "figure": each.description,
                "value": each.value,
                "relation": each.relation,
                "bound": each.bound,
            }
            figure |= {"low": each.low, "high": each.high, "support": each.support, "n": each.n, "kind": each.row_kind}
            rows.append(shared | figure | {"kept": "" if each.passes is None else str(each.passes).lower()})
    return pd.DataFrame(rows).round(_DECIMALS)


def universes_frame(multiverses: Mapping[str, Multiverse]) -> pd.DataFrame:
    """A row a universe of a finding; a choice without bearing on the finding is empty."""
    parts = [
        multiverse.universe_rows(each).assign(finding_id=finding_id)
        for finding_id, each in multiverses.items()
        if each.choices
    ]
    whole = pd.concat(parts, ignore_index=True).round(_DECIMALS)
    names = whole.columns.tolist()
    figures = sorted(name for name in names if name.startswith(("figure_", "bound_")))
    first = ["finding_id", "status", "equivalent"]
    return whole[[*first, *(name for name in names if name not in (*first, *figures)), *figures]]


def write_findings(root: Path) -> list[Path]:
    """Write ``findings.csv``, ``findings.jsonld`` and ``universes.parquet`` into ``results/``; gives their paths."""
    known = indicators.load_indicator_tables(root)
    found = verdicts.evaluate_all_findings(known, choices.default_universe(known.choices), _SEED)
    multiverses = cache.cached_multiverses(root, known, _SEED)
    told = {finding_id: multiverse.assess_robustness(each) for finding_id, each in multiverses.items()}
    results = root / "results"
    results.mkdir(exist_ok=True)
    paths = [results / name for name in ("findings.csv", "findings.jsonld", "universes.parquet")]
    paths[0].write_text(findings_frame(known, found, told).to_csv(index=False, lineterminator="\n"), encoding="utf-8")
    claims = json.dumps(tables.schema_org_claims(known, found), ensure_ascii=False, indent=1)
    paths[1].write_text(claims + "\n", encoding="utf-8")
    universes_frame(multiverses).to_parquet(paths[2], index=False, compression="zstd", compression_level=19)
    return paths


if __name__ == "__main__":
    for written in write_findings(find_root()):
        print(written.name)
