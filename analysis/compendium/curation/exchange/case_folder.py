"""Case folders: check ids, format tables, and write files only if the data stay valid."""

import csv
import io
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from compendium.curation.formats.errors import ImportRefused
from compendium.dataset import csv_edit, schema
from compendium.dataset.evidence import EVIDENCE_TABLES, RESERVED_CASE_IDS, load_evidence, read_table, table_resources
from compendium.errors import InvalidData

_TableRows = Iterable[Mapping[str, Any]]


def check_case_id(root: Path, case_id: str, must_exist: bool) -> None:
    """Check that an id is valid, and that its case folder exists or, unless ``must_exist``, does not exist.

    Raises
    ------
    ImportRefused
        If a check fails.
    """
    if not re.fullmatch("[a-z0-9]+", case_id) or case_id in RESERVED_CASE_IDS:
        raise ImportRefused(
            f"{case_id!r} is not a valid case id: use lower-case letters and digits only, and not"
            f" {' or '.join(RESERVED_CASE_IDS)}."
        )
    exists = (root / "data" / "cases" / case_id).exists()
    if exists and not must_exist:
        raise ImportRefused(
            f"The folder data/cases/{case_id} already exists. Choose another id, or replace the case with 'compendium"
            " import --replace'."
        )
    if must_exist and not exists:
        raise ImportRefused(f"There is no folder data/cases/{case_id}. Existing cases: {', '.join(_case_ids(root))}.")


def _case_ids(root: Path) -> list[str]:
    return sorted(path.parent.name for path in (root / "data" / "cases").glob("*/case.yml"))


def case_resources(root: Path) -> dict[str, schema.Resource]:
    """Resources of ``datapackage.json`` for the tables of a case folder, by table name."""
    return {
        name: resource
        for name, resource in table_resources(root / "data", EVIDENCE_TABLES).items()
        if any(path.startswith("cases/") for path in schema.path_patterns(resource))
    }


def example_codes(root: Path) -> tuple[str, str]:
    """Ids of the first frame and the first policy area of the codebook, for example rows."""
    tables = {
        name: read_table(root / "data", resource)[0]
        for name, resource in table_resources(root / "data", ("frames", "policy_areas")).items()
    }
    return str(tables["frames"]["code_id"].iloc[0]), str(tables["policy_areas"]["code_id"].iloc[0])


def case_file_text(facts: Mapping[str, str]) -> str:
    """Format the file ``case.yml``."""
    text: str = yaml.safe_dump(dict(facts), allow_unicode=True, sort_keys=False, default_style=None, width=10_000)
    return text


def csv_table_text(resource: schema.Resource, rows: _TableRows) -> str:
    """Format rows as CSV: line ends LF, minimal quotes, no optional column that is empty."""
    rows = list(rows)
    unused = {column for column in schema.optional_columns(resource) if not any(row.get(column) for row in rows)}
    columns = [column for column in schema.column_names(resource) if column not in unused]
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def write_case_folder(root: Path, case_id: str, files: dict[str, str], optional_files: Iterable[str] = ()) -> None:
    """Write files to a case folder, replacing those with the same names.

    All data are validated together with the new files first. If they are invalid, the folder stays unchanged.

    Parameters
    ----------
    root : Path
        The project's folder.
    case_id : str
        The case; its folder is created if it does not exist.
    files : mapping of str to str
        Texts by file name.
    optional_files : iterable of str
        Names of files to delete if they are not in ``files``.

    Raises
    ------
    ImportRefused
        If the data would be invalid; the message lists every fault.
    """
    target = root / "data" / "cases" / case_id
    (root / ".cache").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / ".cache") as temporary_folder:
        trial = Path(temporary_folder)
        folder = _make_trial_copy(root, trial, case_id)
        for name in set(optional_files) - set(files):
            (folder / name).unlink(missing_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        try:
            load_evidence(trial)
        except InvalidData as error:
            raise ImportRefused(f"Nothing was written, because the data would be invalid. {error}") from error
        if target.exists():
            shutil.move(target, trial / "before")
        try:
            shutil.move(folder, target)
        except OSError:
            if (trial / "before").exists():
                shutil.move(trial / "before", target)
            raise
    register_case_tables(root, case_id)


def register_case_tables(root: Path, case_id: str) -> None:
    """List the tables of a case in ``datapackage.json``, which other tools read.

    These tools concatenate the files of a table, so all of its files get the same columns.
    """
    path = root / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if isinstance(resource["path"], list) and any(name.startswith("cases/") for name in resource["path"]):
            case_files = {name for name in resource["path"] if name.startswith("cases/")}
            other_files = [name for name in resource["path"] if name not in case_files]
            case_files.add(f"cases/{case_id}/{resource['name']}.csv")
            resource["path"] = [*sorted(case_files), *other_files]
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    if text != path.read_text(encoding="utf-8"):
        path.write_text(text, encoding="utf-8")
    for resource in package["resources"]:
        if isinstance(resource["path"], list):
            _align_columns([root / "data" / name for name in resource["path"]], resource)


def _align_columns(paths: list[Path], resource: schema.Resource) -> None:
    """Add to each file of a table the columns that other files of it have, with empty cells."""
    texts = {path: path.read_bytes().decode("utf-8") for path in paths}
    used = set().union(*(csv_edit.header(text) for text in texts.values()))
    columns = schema.column_names(resource)
    for path, text in texts.items():
        new_text = text
        for index, column in enumerate(columns):
            if column in used:
                new_text = csv_edit.with_column(new_text, column, columns[:index])
        if new_text != text:
            path.write_bytes(new_text.encode("utf-8"))


def _make_trial_copy(root: Path, trial: Path, case_id: str) -> Path:
    """Copy the case folder to ``trial`` and link all other data; return the copied folder."""
    (trial / "data" / "cases").mkdir(parents=True)
    for path in (root / "data").iterdir():
        if path.name != "cases":
            (trial / "data" / path.name).symlink_to(path.resolve())
    for path in (root / "data" / "cases").iterdir():
        if path.name != case_id:
            (trial / "data" / "cases" / path.name).symlink_to(path.resolve())
    folder = trial / "data" / "cases" / case_id
    if (root / "data" / "cases" / case_id).exists():
        shutil.copytree(root / "data" / "cases" / case_id, folder)
    else:
        folder.mkdir()
    return folder
