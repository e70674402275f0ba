"""What an import tells: what was read, how, what is doubtful, what was dropped; kept in the case folder as well."""

from collections.abc import Iterator

from compendium.curation.exchange.to_tables import CaseTables
from compendium.reporting.labels import truncate

_TABLE_LABELS = {
    "documents": "documents",
    "statements": "statements",
    "codings": "codings with the shared codebook",
    "own_codes": "own codes",
    "own_codings": "codings with own codes",
    "passages": "places in texts",
    "memos": "memos",
    "attributes": "attributes",
}
_N_PREVIEW_ROWS = 5
_PREVIEW_WIDTH_CHARS = 70


def format_import_report(tables: CaseTables, file_name: str, origin: str, sha256: str) -> str:
    """The report of an import, in Markdown."""
    return "\n".join(_report_lines(tables, file_name, origin, sha256)) + "\n"


def _report_lines(tables: CaseTables, file_name: str, origin: str, sha256: str) -> Iterator[str]:
    yield f"# Import of {file_name}\n"
    yield f"Written by: {origin or 'a tool that does not say'}. SHA-256 of the file: `{sha256}`.\n"
    for name, words in _TABLE_LABELS.items():
        if tables.rows.get(name):
            yield f"- {len(tables.rows[name]):,} {words}"
    yield from _list_section("How it was read", tables.log.messages)
    yield from _list_section("What is doubtful", tables.log.warnings)
    dropped = [f"{number:,} {what}" for what, number in sorted(tables.log.omissions.items()) if number]
    yield from _list_section("What was dropped", dropped or ["Nothing."])


def _list_section(heading: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"\n## {heading}\n"
        yield from (f"- {row}" for row in items)


def format_preview(tables: CaseTables) -> str:
    """The first documents and statements, as a dry run shows them."""
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
    given: dict[str, list[str]] = {}
    labels = {row["code_id"]: row["label"] for row in tables.rows.get("own_codes", [])}
    for row in (*tables.rows.get("codings", []), *tables.rows.get("own_codings", [])):
        given.setdefault(row["statement_id"], []).append(
            f"{row['coder']}: {labels.get(row['code_id'], row['code_id'])}"
        )
    lines.append("First statements:")
    for row in tables.rows.get("statements", [])[:_N_PREVIEW_ROWS]:
        lines.append(f"  {row['statement_id']}, {row['locator']}: {truncate(row['text'], _PREVIEW_WIDTH_CHARS)}")
        lines.append(f"      {'; '.join(given.get(row['statement_id'], []))}")
    return "\n".join(lines)
