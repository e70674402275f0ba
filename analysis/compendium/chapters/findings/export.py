"""Findings as files for reuse: tables of verdicts and of universes, and claims as JSON-LD.

``python -m compendium.chapters.findings.export`` writes them into ``results/``.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from compendium.chapters.findings.cache import cached_multiverses
from compendium.chapters.findings.indicators import IndicatorTables, load_indicator_tables
from compendium.chapters.findings.multiverse import Multiverse, Robustness, assess_robustness, universe_rows
from compendium.chapters.findings.tables import schema_org_claims
from compendium.chapters.findings.verdicts import HOLDS, NOT_TESTABLE, Verdict, evaluate_all_findings
from compendium.dataset.choices import default_universe
from compendium.dataset.evidence import find_root

_SEED = 20101130
_DECIMALS = 9


def findings_frame(
    indicator_tables: IndicatorTables, verdicts: Sequence[Verdict], robustness_by_id: Mapping[str, Robustness]
) -> pd.DataFrame:
    """Frame with a row per criterion: its finding, verdict and robustness, and its value, bound and interval."""
    claims = indicator_tables.register.findings.set_index("finding_id")["claim"]
    rows = []
    for verdict in verdicts:
        if not verdict.criteria:
            continue
        finding_columns = {
            "finding_id": verdict.finding_id,
            "claim": claims[verdict.finding_id],
            "verdict": verdict.status,
        }
        robustness = robustness_by_id[verdict.finding_id]
        for name, counts in (("equivalent", robustness.equivalent_counts), ("all", robustness.all_counts)):
            finding_columns |= {
                f"holds_{name}": counts[HOLDS],
                f"testable_{name}": sum(counts.values()) - counts[NOT_TESTABLE],
                f"universes_{name}": sum(counts.values()),
            }
        for criterion in verdict.criteria:
            criterion_columns = {
                "unit": criterion.unit,
                "figure": criterion.description,
                "value": criterion.value,
                "relation": criterion.relation,
                "bound": criterion.bound,
                "low": criterion.low,
                "high": criterion.high,
                "support": criterion.support,
                "n": criterion.n,
                "kind": criterion.row_kind,
                "kept": "" if criterion.passes is None else str(criterion.passes).lower(),
            }
            rows.append(finding_columns | criterion_columns)
    return pd.DataFrame(rows).round(_DECIMALS)


def universes_frame(multiverses: Mapping[str, Multiverse]) -> pd.DataFrame:
    """Frame with a row per universe of each finding; choices that do not affect the finding are empty."""
    frames = [
        universe_rows(multiverse).assign(finding_id=finding_id)
        for finding_id, multiverse in multiverses.items()
        if multiverse.choices
    ]
    universes = pd.concat(frames, ignore_index=True).round(_DECIMALS)
    columns = universes.columns.tolist()
    first_columns = ["finding_id", "status", "equivalent"]
    last_columns = sorted(column for column in columns if column.startswith(("figure_", "bound_")))
    choice_columns = [column for column in columns if column not in (*first_columns, *last_columns)]
    return universes[[*first_columns, *choice_columns, *last_columns]]


def write_findings(root: Path) -> list[Path]:
    """Write ``findings.csv``, ``findings.jsonld`` and ``universes.parquet`` into ``results/``; return their paths."""
    indicator_tables = load_indicator_tables(root)
    verdicts = evaluate_all_findings(indicator_tables, default_universe(indicator_tables.choices), _SEED)
    multiverses = cached_multiverses(root, indicator_tables, _SEED)
    robustness_by_id = {finding_id: assess_robustness(multiverse) for finding_id, multiverse in multiverses.items()}
    results = root / "results"
    results.mkdir(exist_ok=True)
    paths = [results / name for name in ("findings.csv", "findings.jsonld", "universes.parquet")]
    findings = findings_frame(indicator_tables, verdicts, robustness_by_id)
    paths[0].write_text(findings.to_csv(index=False, lineterminator="\n"), encoding="utf-8")
    claims = json.dumps(schema_org_claims(indicator_tables, verdicts), ensure_ascii=False, indent=1)
    paths[1].write_text(claims + "\n", encoding="utf-8")
    universes_frame(multiverses).to_parquet(paths[2], index=False, compression="zstd", compression_level=19)
    return paths


if __name__ == "__main__":
    for written_path in write_findings(find_root()):
        print(written_path.name)
