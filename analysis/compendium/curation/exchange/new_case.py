"""New case folders with empty tables, and a README with an example row of each table."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from compendium.curation.exchange import case_folder
from compendium.curation.exchange.import_mapping import NOT_STATED
from compendium.curation.formats.errors import ImportRefused
from compendium.curation.formats.identifiers import slug
from compendium.curation.formats.model import TableRow
from compendium.dataset import schema

_EXAMPLE_ROWS: dict[str, TableRow] = {
    "documents": {
        "document_id": "CASE-2010-declaration", "title": "Joint declaration on migration", "date": "2010-05-04",
        "issuer": "Both governments", "issuer_side": "joint", "case_id": "CASE", "partnership_ids": "PARTNERSHIP",
        "kind": "joint_declaration", "role": "both", "language": "en", "url": "https://example.org/declaration",
        "coverage": "full",
    },
    "events": {
        "event_id": "PARTNERSHIP-e01", "case_id": "CASE", "partnership_id": "PARTNERSHIP", "date": "2010-05-04",
        "label": "Joint declaration signed", "kind": "signature", "document_id": "CASE-2010-declaration",
    },
    "partnerships": {
        "partnership_id": "PARTNERSHIP", "case_id": "CASE", "partner": "PARTNER",
        "founding_event_id": "PARTNERSHIP-e01", "founding_note": "Joint declaration",
    },
    "statements": {
        "statement_id": "CASE-2010-declaration-s01", "document_id": "CASE-2010-declaration", "position": "1",
        "locator": "para 1", "speaker": "Both governments", "speaker_side": "joint", "partnership_id": "PARTNERSHIP",
        "text_kind": "paraphrase", "text": "Both governments see migration as a task they share.",
    },
    "codings": {"statement_id": "CASE-2010-declaration-s01", "coder": "A", "code_id": "CODE"},
    "commitments": {
        "commitment_id": "PARTNERSHIP-c01", "document_id": "CASE-2010-declaration", "locator": "para 2",
        "partnership_id": "PARTNERSHIP", "policy_area": "AREA", "obligated": "destination", "strength": "intent",
        "paraphrase": "The destination will open a channel for seasonal work.",
    },
    "measures": {
        "measure_id": "PARTNERSHIP-m01", "partnership_id": "PARTNERSHIP", "title": "Seasonal scheme",
        "description": "The destination admits seasonal workers.", "policy_area": "AREA", "legal_form": "programme",
        "lead_actor": "Ministry of Labour", "lead_side": "destination", "actor_types": "destination_state",
        "status": "under_way", "start": "2011", "document_id": "CASE-2010-declaration", "locator": "para 2",
    },
}  # fmt: skip
"""An invented row per table; the words in capitals are placeholders."""


def create_case_folder(root: Path, case_id: str, destination: str, partners: list[str]) -> None:
    """Create ``data/cases/<case_id>`` with empty tables, its partnerships and a README.

    Raises
    ------
    ImportRefused
        If the id is invalid, the folder exists, or two partners would get the same id.
    """
    case_folder.check_case_id(root, case_id, must_exist=False)
    partnership_ids = [f"{case_id}-{slug(partner).replace('-', '')}" for partner in partners]
    if len(set(partnership_ids)) < len(partnership_ids) or f"{case_id}-" in partnership_ids:
        raise ImportRefused(
            f"The names of the partners ({', '.join(partners)}) give the same id more than once, or an empty one:"
            f" {', '.join(partnership_ids)}. Use names that differ in their letters a-z or digits."
        )
    resources = {name: resource for name, resource in case_folder.case_resources(root).items() if name in _EXAMPLE_ROWS}
    title = f"Migration partnerships of {destination}" if destination else case_id
    facts = {"id": case_id, "title": title, "short": destination or case_id, "destination": destination or NOT_STATED}
    rows = [
        {
            "partnership_id": partnership_id,
            "case_id": case_id,
            "partner": partner,
            "founding_event_id": f"{partnership_id}-e01",
        }
        for partnership_id, partner in zip(partnership_ids, partners, strict=True)
    ]
    codes = case_folder.example_codes(root)
    readme = "\n".join(_readme_lines(resources, case_id, partnership_ids, partners, codes)) + "\n"
    files = {"case.yml": case_folder.case_file_text(facts), "README.md": readme}
    for name, resource in resources.items():
        files[f"{name}.csv"] = case_folder.csv_table_text(resource, rows if name == "partnerships" else [])
    (root / ".cache").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / ".cache") as temporary_folder:
        folder = Path(temporary_folder, case_id)
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        shutil.move(folder, root / "data" / "cases" / case_id)
    case_folder.register_case_tables(root, case_id)


def _readme_lines(
    resources: dict[str, schema.Resource],
    case_id: str,
    partnership_ids: list[str],
    partners: list[str],
    codes: tuple[str, str],
) -> Iterator[str]:
    replacements = {
        "PARTNERSHIP": partnership_ids[0] if partnership_ids else f"{case_id}-partner",
        "PARTNER": partners[0] if partners else "Partner",
        "CASE": case_id,
        "CODE": codes[0],
        "AREA": codes[1],
    }
    yield f"# Case {case_id}\n"
    yield "Fill in the tables in the order below. Run `compendium check` after each table: it lists every fault."
    yield "When there is none, run `compendium book` to create the chapter of this case."
    yield "The example rows below are invented; the tables do not contain them. You may delete this file.\n"
    yield "## case.yml\n"
    yield "Names of the case: `title` for its pages, `short` for tables and charts; and of its `destination`.\n"
    for name, example in _EXAMPLE_ROWS.items():
        resource = resources[name]
        yield f"## {name}.csv\n"
        yield f"{resource['description']}\n"
        row = {column: _fill_placeholders(value, replacements) for column, value in example.items()}
        yield f"```\n{case_folder.csv_table_text(resource, [row])}```\n"
        for field in resource["schema"]["fields"]:
            allowed = field.get("constraints", {}).get("enum") or field.get("items")
            values = f" One of {', '.join(allowed)}." if allowed else ""
            yield f"- `{field['name']}`: {field['description']}{values}{_requirement_note(field)}"
        yield ""


def _requirement_note(field: schema.Field) -> str:
    if field.get("optional"):
        return " Optional: to use it, add the column to the header."
    return "" if field.get("constraints", {}).get("required") else " May be empty."


def _fill_placeholders(value: str, replacements: dict[str, str]) -> str:
    for placeholder, replacement in replacements.items():
        value = value.replace(placeholder, replacement)
    return value
