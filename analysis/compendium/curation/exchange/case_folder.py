"""Writes tables into a case folder: all or nothing, and only what keeps the rules of the data."""

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
    """Refuse a name that no case can have, and a folder that is there already or, if ``must_exist``, is not."""
    if not re.fullmatch("[a-z0-9]+", case_id) or case_id in RESERVED_CASE_IDS:
        raise ImportRefused(
            f"{case_id!r} can not name a case: small letters and digits only, and not {' or '.join(RESERVED_CASE_IDS)}."
        )
    exists = (root / "data" / "cases" / case_id).exists()
    if exists and not must_exist:
        raise ImportRefused(
            f"There is a folder data/cases/{case_id} already: take another name. An import can replace it (--replace)."
        )
    if must_exist and not exists:
        raise ImportRefused(f"There is no folder data/cases/{case_id}; there are {', '.join(_case_ids(root))}.")


def _case_ids(root: Path) -> list[str]:
    return sorted(path.parent.name for path in (root / "data" / "cases").glob("*/case.yml"))


def case_resources(root: Path) -> dict[str, schema.Resource]:
    """What ``datapackage.json`` says of each table that a case folder holds."""
    every = table_resources(root / "data", EVIDENCE_TABLES)
    return {
        name: each
        for name, each in every.items()
        if any(path.startswith("cases/") for path in schema.path_patterns(each))
    }


def example_codes(root: Path) -> tuple[str, str]:
    """The first frame and the first policy area of the codebook, to show how a row looks."""
    read = {
        name: read_table(root / "data", resource)[0]
        for name, resource in table_resources(root / "data", ("frames", "policy_areas")).items()
    }
    return str(read["frames"]["code_id"].iloc[0]), str(read["policy_areas"]["code_id"].iloc[0])


def case_file_text(facts: Mapping[str, str]) -> str:
    """The text of ``case.yml``."""
    text: str = yaml.safe_dump(dict(facts), allow_unicode=True, sort_keys=False, default_style=None, width=10_000)
    return text


def csv_table_text(resource: schema.Resource, rows: _TableRows) -> str:
    """A table as the data have it: UTF-8, LF, quotes only where needed, no column that is optional and empty."""
    rows = list(rows)
    unused = {column for column in schema.optional_columns(resource) if not any(row.get(column) for row in rows)}
    columns = [column for column in schema.column_names(resource) if column not in unused]
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def write_case_folder(root: Path, case_id: str, files: dict[str, str], optional_files: Iterable[str] = ()) -> None:
    """Put files into the folder of a case, in the place of those that are there.

    The whole of the data is checked with them before anything is moved, so that a folder is either as it was or good.

    Parameters
    ----------
    root : Path
        The project's folder.
    case_id : str
        The case; its folder is made if need be.
    files : mapping of str to str
        Name of each file, and its text.
    optional_files : iterable of str
        Files that are removed when ``files`` has them not.

    Raises
    ------
    Refused
        When the data would break a rule, with every fault.
    """
    target = root / "data" / "cases" / case_id
    (root / ".cache").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / ".cache") as scratch:
        trial = Path(scratch)
        folder = _make_trial_copy(root, trial, case_id)
        for name in set(optional_files) - set(files):
            (folder / name).unlink(missing_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        try:
            load_evidence(trial)
        except InvalidData as invalid:
            raise ImportRefused(f"Nothing was written, for the data would break their rules. {invalid}") from invalid
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
    """List the case's tables in ``datapackage.json``, for those who read the data with other tools.

    Those tools take the files of one table for one, so that all get the columns that one of them has.
    """
    path = root / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if isinstance(resource["path"], list) and any(each.startswith("cases/") for each in resource["path"]):
            cases = [each for each in resource["path"] if each.startswith("cases/")]
            rest = [each for each in resource["path"] if not each.startswith("cases/")]
            own = f"cases/{case_id}/{resource['name']}.csv"
            resource["path"] = [*sorted({*cases, own}), *rest]
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    if text != path.read_text(encoding="utf-8"):
        path.write_text(text, encoding="utf-8")
    for resource in package["resources"]:
        if isinstance(resource["path"], list):
            _align_columns([root / "data" / each for each in resource["path"]], resource)


def _align_columns(paths: list[Path], resource: schema.Resource) -> None:
    """Give all files of a table the columns that one of them has, empty where they were not there."""
    texts = {path: path.read_bytes().decode("utf-8") for path in paths}
    used = set().union(*(csv_edit.header(text) for text in texts.values()))
    columns = schema.column_names(resource)
    for path, text in texts.items():
        wider = text
        for place, column in enumerate(columns):
            if column in used:
                wider = csv_edit.with_column(wider, column, columns[:place])
        if wider != text:
            path.write_bytes(wider.encode("utf-8"))


def _make_trial_copy(root: Path, trial: Path, case_id: str) -> Path:
    """A copy of the data in which only the case's own folder is a real one; gives that folder."""
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
