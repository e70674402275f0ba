"""Report and preview of an import; the report is also stored in the case folder."""

from collections.abc import Iterator

from compendium.curation.exchange.to_tables import CaseTables
from compendium.reporting.labels import truncate

_TABLE_LABELS = {
    "documents": "documents",
    "statements": "statements",
    "codings": "codings with the shared codebook",
    "own_codes": "codes of the project",
    "own_codings": "codings with codes of the project",
    "passages": "statements with a position in the text",
    "memos": "memos",
    "attributes": "attributes",
}
_N_PREVIEW_ROWS = 5
_PREVIEW_WIDTH_CHARS = 70


def format_import_report(tables: CaseTables, file_name: str, origin: str, sha256: str) -> str:
    """Format the report of an import in Markdown."""
    return "\n".join(_report_lines(tables, file_name, origin, sha256)) + "\n"


def _report_lines(tables: CaseTables, file_name: str, origin: str, sha256: str) -> Iterator[str]:
    yield f"# Import of {file_name}\n"
    yield f"Program that wrote the file: {origin or 'unknown'}. SHA-256 of the file: `{sha256}`.\n"
    for name, label in _TABLE_LABELS.items():
        if tables.rows.get(name):
            yield f"- {len(tables.rows[name]):,} {label}"
    yield from _list_section("How the file was read", tables.log.messages)
    yield from _list_section("Warnings", tables.log.warnings)
    omissions = [f"{count:,} {kind}" for kind, count in sorted(tables.log.omissions.items()) if count]
    yield from _list_section("Not imported", omissions or ["Nothing."])


def _list_section(heading: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"\n## {heading}\n"
        yield from (f"- {item}" for item in items)


def format_preview(tables: CaseTables) -> str:
    """Format the first documents and statements for a dry run."""
    lines = ["First documents:"]
    for row in tables.rows.get("documents", [])[:_N_PREVIEW_ROWS]:
        facts = (
            row["date"] or "no date",
            row["issuer"] or "no issuer",
            row["issuer_side"],
            row["kind"],
            row["language"],
        )
        lines.append(f"  {row['document_id']}: {truncate(row['title'], _PREVIEW_WIDTH_CHARS)} ({', '.join(facts)})")
    codings: dict[str, list[str]] = {}
    labels = {row["code_id"]: row["label"] for row in tables.rows.get("own_codes", [])}
    for row in (*tables.rows.get("codings", []), *tables.rows.get("own_codings", [])):
        codings.setdefault(row["statement_id"], []).append(
            f"{row['coder']}: {labels.get(row['code_id'], row['code_id'])}"
        )
    lines.append("First statements:")
    for row in tables.rows.get("statements", [])[:_N_PREVIEW_ROWS]:
        lines.append(f"  {row['statement_id']}, {row['locator']}: {truncate(row['text'], _PREVIEW_WIDTH_CHARS)}")
        lines.append(f"      {'; '.join(codings.get(row['statement_id'], []))}")
    return "\n".join(lines)
