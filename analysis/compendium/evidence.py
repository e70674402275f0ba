"""Loads and validates every table of ``data/`` into one :class:`Evidence` with a frame per table."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from compendium import schema, tables
from compendium.dates import is_date
from compendium.tables import Fault

ARCHITECTURE = "architecture"
RESERVED = (ARCHITECTURE, "across")
CASE_KEYS = ("id", "title", "short", "destination")
READ_AND_NOTHING_FOUND = "none"
INTERVIEW = "interview"
RESTRICTED = "restricted"
LEAST_TOLD = 5
"""A count of a code in restricted documents is published where at least so many bear it, and as many do not."""

Raw = dict[str, pd.DataFrame]
Resources = dict[str, schema.Resource]
Row = dict[Hashable, Any]


class Invalid(Exception):
    """The data break their rules; ``faults`` lists every place at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(f"{len(faults)} fault(s) in the data:\n" + "\n".join(str(fault) for fault in faults))


@dataclass(frozen=True)
class Evidence:
    """All tables, typed; each table that lies in case folders has a column ``case_id``.

    Text that is unknown is ``""``; lists are tuples; dates are text of the precision that the source allows.
    ``notes`` tells what was left out because the case folder it speaks of is not here.

    ``own_codes``, ``own_codings``, ``passages``, ``memos`` and ``attributes`` are of cases that were coded elsewhere,
    with a codebook of their own; a case folder need not have them. What is said of the shared codebook rests on
    ``codings`` alone, so that statements which nobody read with it are not taken for statements without a code.

    Of a restricted document, such as an interview, there is the row in ``documents``, and there are the counts of its
    case in ``restricted_counts``. What was said in it is in no frame: see :mod:`compendium.interviews`.
    """

    cases: pd.DataFrame
    frames: pd.DataFrame
    policy_areas: pd.DataFrame
    questions: pd.DataFrame
    partnerships: pd.DataFrame
    documents: pd.DataFrame
    statements: pd.DataFrame
    codings: pd.DataFrame
    commitments: pd.DataFrame
    measures: pd.DataFrame
    events: pd.DataFrame
    arrangements: pd.DataFrame
    links: pd.DataFrame
    own_codes: pd.DataFrame
    own_codings: pd.DataFrame
    passages: pd.DataFrame
    memos: pd.DataFrame
    attributes: pd.DataFrame
    restricted_counts: pd.DataFrame
    activities: pd.DataFrame
    notes: tuple[Fault, ...] = ()

    def case(self, case_id: str) -> "Evidence":
        """The rows of one case; codebook and notes stay whole.

        Raises
        ------
        KeyError
            When there is no such case; the message names those that are there.
        """
        known = [*self.cases.index, ARCHITECTURE]
        if case_id not in known:
            raise KeyError(f"There is no case {case_id!r}; data/cases holds {', '.join(self.cases.index)}.")
        frames = {name: getattr(self, name) for name in TABLES}
        parts: dict[str, Any] = {
            name: frame[frame["case_id"] == case_id].reset_index(drop=True)
            for name, frame in frames.items()
            if "case_id" in frame.columns
        }
        return replace(self, cases=self.cases[self.cases.index == case_id], **parts)

    @property
    def codes(self) -> pd.DataFrame:
        """Frames and policy areas in one frame: code_id, kind (frame or area), group (or family), label, definition."""
        frames = self.frames[["code_id", "group", "label", "definition"]].assign(kind="frame")
        areas = self.policy_areas[["code_id", "family", "label", "covers"]].assign(kind="area")
        areas = areas.rename(columns={"family": "group", "covers": "definition"})
        return pd.concat([frames, areas], ignore_index=True)


TABLES = tuple(field.name for field in fields(Evidence) if field.name not in ("cases", "notes"))


def find_root(start: Path | None = None) -> Path:
    """The project's folder: the nearest one, from ``start`` upwards, that holds ``data/datapackage.json``."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "datapackage.json").exists():
            return folder
    raise FileNotFoundError(f"No data/datapackage.json in {here} or above it: run this inside the project's folder.")


def load(root: Path, coded: bool = True) -> Evidence:
    """Load and validate the project's data.

    Parameters
    ----------
    root : Path
        The project's folder.
    coded : bool
        Whether each statement must have been read by each coder of its folder, as any figure needs it.

    Raises
    ------
    Invalid
        With every fault of every table, each with file, line, column, value and what is expected. A table that can not
        be read as a whole is told once; whether others refer to it rightly is then not asked.
    """
    data = root / "data"
    resources = described(data, TABLES)
    cases, faults = _read_cases(data)
    raw: Raw = {}
    damaged: set[str] = set()
    for name, resource in resources.items():
        raw[name], found = read_table(data, resource, list(cases.index))
        damaged |= {name} if found else set()
        faults += [*found, *schema.cell_faults(raw[name], resource)]
    absent = set().union(*map(schema.listed_cases, resources.values())) - {"*", *cases.index}
    notes: list[Fault] = []
    for fault in _cross_faults(raw, resources, damaged, coded):
        (notes if _speaks_of(absent, fault) else faults).append(fault)
    if faults:
        raise Invalid(sorted(set(faults)))
    typed = _without({note.value for note in notes}, {name: schema.typed(raw[name], resources[name]) for name in raw})
    frames: dict[str, Any] = {name: _placed(frame, resources[name]) for name, frame in typed.items()}
    return Evidence(cases, **frames, notes=tuple(map(_left_out, notes)))


def described(data: Path, wanted: Sequence[str]) -> Resources:
    """What ``datapackage.json`` says about each of the wanted tables, those included that a case need not have.

    Raises
    ------
    Invalid
        When it can not be read, or lists not all of them.
    """
    name = "data/datapackage.json"
    try:
        descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
        listed = (*descriptor["resources"], *descriptor["optional"])
        resources = {resource["name"]: resource for resource in listed}
    except (OSError, ValueError, KeyError, TypeError) as error:
        line = getattr(error, "lineno", 1)
        raise Invalid([Fault(name, line, "", "", f"a data package in JSON that lists resources; {error!r}")]) from error
    if missing := [table for table in wanted if table not in resources]:
        raise Invalid([Fault(name, 1, "resources", ", ".join(resources), f"also the tables {', '.join(missing)}")])
    return {table: resources[table] for table in wanted}


def _read_cases(data: Path) -> tuple[pd.DataFrame, list[Fault]]:
    folders = (path for path in (data / "cases").glob("*") if path.is_dir() and not path.name.startswith("."))
    rows, faults = [], []
    for folder in sorted(folders):
        row, found = _read_case(folder)
        rows.append(row)
        faults += found
    if not rows:
        faults.append(Fault("data/cases", 1, "", "", "a folder for at least one case, with its case.yml and tables"))
    return pd.DataFrame(rows, columns=list(CASE_KEYS)).set_index("id").rename_axis("case_id"), faults


def _read_case(folder: Path) -> tuple[dict[str, str], list[Fault]]:
    """What ``case.yml`` says of a case: a text for each of the keys."""
    name = f"data/cases/{folder.name}/case.yml"
    row = dict.fromkeys(CASE_KEYS, "") | {"id": folder.name}
    try:
        node = yaml.compose((folder / "case.yml").read_text(encoding="utf-8"), yaml.SafeLoader)
    except FileNotFoundError:
        keys = ", ".join(CASE_KEYS)
        return row, [Fault(name, 1, "", "", f"the file is missing; a case folder has one, with the keys {keys}")]
    except UnicodeDecodeError as error:
        return row, [Fault(name, error.object.count(b"\n", 0, error.start) + 1, "", "", "UTF-8 text: save it as UTF-8")]
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        return row, [Fault(name, mark.line + 1 if mark else 1, "", "", f"well-formed YAML; {problem or error}")]
    given = {str(key.value): value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    faults = [
        Fault(name, given[key].start_mark.line + 1, key, "", f"one of the keys {', '.join(CASE_KEYS)}")
        for key in given.keys() - set(CASE_KEYS)
    ]
    for key in CASE_KEYS:
        value = given.get(key)
        if value is None:
            faults.append(Fault(name, 1, key, "", f"this key; case.yml has {', '.join(CASE_KEYS)}"))
        elif value.tag != "tag:yaml.org,2002:str" or not value.value.strip():
            text = value.value if isinstance(value, yaml.ScalarNode) else value.id
            faults.append(Fault(name, value.start_mark.line + 1, key, text, "a text; put quotes around it"))
        else:
            row[key] = value.value
    if row["id"] != folder.name:
        faults.append(
            Fault(name, given["id"].start_mark.line + 1, "id", row["id"], f"{folder.name}, the folder's name")
        )
    if not re.fullmatch("[a-z0-9]+", folder.name) or folder.name in RESERVED:
        expected = f"a folder named in small letters and digits, and not {' or '.join(RESERVED)}"
        faults.append(Fault(name, 1, "id", folder.name, expected))
    return row | {"id": folder.name}, faults


def read_table(data: Path, resource: schema.Resource, cases: Sequence[str] = ()) -> tuple[pd.DataFrame, list[Fault]]:
    """One table out of all folders that hold it, with the folder's name in ``_case``."""
    columns, optional = schema.columns(resource), schema.optional_columns(resource)
    parts, faults = [tables.blank(columns).assign(_case="")], []
    for pattern in schema.folders(resource):
        for path in [pattern.replace("*", case) for case in cases] if "*" in pattern else [pattern]:
            if resource.get("optional") and not (data / path).exists():
                continue
            frame, found = tables.read(data / path, f"data/{path}", columns, optional)
            parts.append(frame.assign(_case=Path(path).parent.name))
            faults += found
    return pd.concat(parts, ignore_index=True), faults


def _cross_faults(raw: Raw, resources: Resources, damaged: set[str], coded: bool) -> Iterator[Fault]:
    for name, resource in resources.items():
        for key in schema.keys(resource):
            yield from duplicates(raw[name], key)
        for reference in resource["schema"].get("foreignKeys", []):
            if reference["reference"]["resource"] not in damaged:
                yield from _unknown_references(raw, name, reference)
    for rule, needed in RULES:
        if not damaged & set(needed) and (coded or rule is not _skipped_statements):
            yield from rule(raw)


def duplicates(frame: pd.DataFrame, key: list[str]) -> Iterator[Fault]:
    """Yield a fault for each row whose values of ``key`` an earlier row has."""
    places: dict[tuple[str, ...], str] = {}
    for row in _rows(frame[frame.duplicated(key, keep=False)]):
        values, place = tuple(row[column] for column in key), f"{row['_file']}:{row['_line']}"
        first = places.setdefault(values, place)
        if first != place and all(values):
            yield _fault(row, key[-1], f"a {' with '.join(key)} that no other row has; {first} has it already")


def _unknown_references(raw: Raw, name: str, key: dict[str, Any]) -> Iterator[Fault]:
    """Ids that are not there. A case refers to its own rows, or it could not be taken away; so does the architecture,
    but that it may name any case's partnership."""
    column, target, there = key["fields"], key["reference"]["resource"], key["reference"]["fields"]
    for folder, frame in raw[name].groupby("_case"):
        anywhere = folder == ARCHITECTURE and target == "partnerships"
        seen = raw[target] if anywhere else raw[target][raw[target]["_case"].isin([folder, schema.CODEBOOK])]
        for row in _rows(frame[~frame[column].isin({*seen[there], ""})]):
            yield _fault(row, column, f"an id of the table {target}" + ("" if anywhere else " in the same folder"))


def _unknown_partnership_lists(raw: Raw) -> Iterator[Fault]:
    for folder, frame in raw["documents"].groupby("_case"):
        partnerships = raw["partnerships"]
        seen = partnerships if folder == ARCHITECTURE else partnerships[partnerships["_case"] == folder]
        yield from _unknown_items(frame, "partnership_ids", {*seen["partnership_id"]}, "ids of the table partnerships")


def _unknown_codes_of_questions(raw: Raw) -> Iterator[Fault]:
    yield from _unknown_items(raw["questions"], "code_ids", _codes(raw), "codes of data/codebook")


def _unknown_items(frame: pd.DataFrame, column: str, known: set[str], expected: str) -> Iterator[Fault]:
    for row in _rows(frame):
        for item in schema.items(row[column]):
            if item and item not in known:
                yield replace(_fault(row, column, expected), value=item)


def _unknown_ends_of_links(raw: Raw) -> Iterator[Fault]:
    known = {*raw["arrangements"]["arrangement_id"], *raw["partnerships"]["partnership_id"], ""}
    for column in ("source_id", "target_id"):
        for row in _rows(raw["links"][~raw["links"][column].isin(known)]):
            yield _fault(row, column, "an id of the table arrangements or partnerships")


def _unknown_codes(raw: Raw) -> Iterator[Fault]:
    known = {*_codes(raw), READ_AND_NOTHING_FOUND, ""}
    for row in _rows(raw["codings"][~raw["codings"]["code_id"].isin(known)]):
        yield _fault(row, "code_id", f"a code of data/codebook, or {READ_AND_NOTHING_FOUND}")
    counts = raw["restricted_counts"]
    for row in _rows(counts[~counts["code_id"].isin({*_codes(raw), ""})]):
        yield _fault(row, "code_id", "a code of data/codebook")


def _ambiguous_codes(raw: Raw) -> Iterator[Fault]:
    taken = {*raw["frames"]["code_id"], READ_AND_NOTHING_FOUND}
    for row in _rows(raw["policy_areas"][raw["policy_areas"]["code_id"].isin(taken)]):
        yield _fault(row, "code_id", f"a code that is no frame's, nor {READ_AND_NOTHING_FOUND}")
    for row in _rows(raw["frames"][raw["frames"]["code_id"] == READ_AND_NOTHING_FOUND]):
        yield _fault(row, "code_id", f"another code; {READ_AND_NOTHING_FOUND} says that no code applies")


def _none_beside_codes(raw: Raw) -> Iterator[Fault]:
    codings = raw["codings"]
    several = codings.duplicated(["statement_id", "coder"], keep=False)
    for row in _rows(codings[several & (codings["code_id"] == READ_AND_NOTHING_FOUND)]):
        yield _fault(row, "code_id", "no other code by the same coder on the same statement beside it")


def _skipped_statements(raw: Raw) -> Iterator[Fault]:
    """Each coder of a folder must have read each of its statements, or shares would rest on different texts."""
    for folder, statements in raw["statements"].groupby("_case"):
        codings = raw["codings"][raw["codings"]["_case"] == folder]
        for coder, own in codings.groupby("coder"):
            expected = f"a coding by coder {coder}; the row {READ_AND_NOTHING_FOUND} if no code applies"
            for row in _rows(statements[~statements["statement_id"].isin(own["statement_id"])]):
                yield _fault(row, "statement_id", expected)
        if codings.empty:
            elsewhere = raw["own_codings"].loc[raw["own_codings"]["_case"] == folder, "statement_id"]
            for row in _rows(statements[~statements["statement_id"].isin(elsewhere)]):
                yield _fault(row, "statement_id", "a coding by at least one coder")


def _own_codes_of_folder(raw: Raw) -> Iterator[Fault]:
    codes = raw["own_codes"]
    for row in _rows(codes):
        if not row["code_id"].startswith(f"{row['_case']}-"):
            yield _fault(row, "code_id", f"an id that begins with {row['_case']}-, the folder's name")
    parents = dict(zip(codes["code_id"], codes["parent_id"], strict=True))
    for row in _rows(codes):
        above, seen = row["parent_id"], {row["code_id"]}
        while above and above not in seen:
            seen.add(above)
            above = parents.get(above, "")
        if above:
            yield _fault(row, "parent_id", "a code that does not lie, at last, under itself")


def _ends_of_passages(raw: Raw) -> Iterator[Fault]:
    for row in _rows(raw["passages"]):
        if row["start"].isdigit() and row["end"].isdigit() and int(row["end"]) < int(row["start"]):
            yield _fault(row, "end", f"a place not before the start, {row['start']}")


def _unknown_targets(raw: Raw) -> Iterator[Fault]:
    targets = (("documents", "document_id"), ("statements", "statement_id"), ("own_codes", "code_id"))
    for folder in {*raw["memos"]["_case"], *raw["attributes"]["_case"]}:
        known = {""}.union(*(raw[table].loc[raw[table]["_case"] == folder, key] for table, key in targets))
        for name in ("memos", "attributes"):
            own = raw[name][raw[name]["_case"] == folder]
            for row in _rows(own[~own["target_id"].isin(known)]):
                yield _fault(row, "target_id", "a document, statement or own code of the same folder")


def _end_before_start(raw: Raw) -> Iterator[Fault]:
    for row in [*_rows(raw["measures"]), *_rows(raw["activities"])]:
        start, end = row["start"], row["end"]
        precision = min(len(start), len(end))
        if is_date(start) and is_date(end) and end[:precision] < start[:precision]:
            yield _fault(row, "end", f"a date not before the start, {start}")


def _budget_and_currency(raw: Raw) -> Iterator[Fault]:
    for row in _rows(raw["measures"]):
        if bool(row["budget"]) != bool(row["currency"]):
            yield _fault(row, "currency" if row["budget"] else "budget", "budget and currency together, or neither")


def _open_documents_without_address(raw: Raw) -> Iterator[Fault]:
    documents = raw["documents"]
    for row in _rows(documents[(documents["access"] != RESTRICTED) & (documents["url"] == "")]):
        yield _fault(row, "url", f"the public address it was read at; only a {RESTRICTED} document has none")


def _interviews_in_the_open(raw: Raw) -> Iterator[Fault]:
    documents = raw["documents"]
    for row in _rows(documents[(documents["kind"] == INTERVIEW) & (documents["access"] != RESTRICTED)]):
        yield _fault(row, "access", f"{RESTRICTED}, for it is an {INTERVIEW}: those who spoke did so in confidence")


def _restricted_documents(raw: Raw) -> Iterator[Fault]:
    """What protects a person must be on record, and must be on record of nothing else."""
    for row in _rows(raw["documents"]):
        restricted = row["access"] == RESTRICTED
        for column in ("consent", "anonymisation"):
            if restricted and not row[column]:
                yield _fault(row, column, f"how {column} is secured; a {RESTRICTED} document without it must go")
            if not restricted and row[column]:
                yield _fault(row, column, f"nothing, or {RESTRICTED} in the column access")
        if restricted and row["url"]:
            yield _fault(row, "url", f"no address, for the document is {RESTRICTED}")


def _told_from_restricted_documents(raw: Raw) -> Iterator[Fault]:
    """Nothing in the open may rest on a restricted document; its statements lie in a folder that is never published."""
    documents = raw["documents"]
    restricted = documents.loc[documents["access"] == RESTRICTED, "document_id"]
    for name, table in raw.items():
        for column in table.columns.intersection(["document_id", "target_id"]) if name != "documents" else ():
            for row in _rows(table[table[column].isin(restricted)]):
                where = f"{RESTRICTED}/{row['_case']}/statements.csv" if name == "statements" else "a note of your own"
                expected = f"a public document; this one is {RESTRICTED}: take the row out, and keep it in {where}"
                yield _fault(row, column, expected)


def _told_by_subtraction(raw: Raw) -> Iterator[Fault]:
    """How many do not bear a code follows from how many do, so they too must be many."""
    documents = raw["documents"]
    restricted = documents.loc[documents["access"] == RESTRICTED, "_case"].value_counts()
    for row in _rows(raw["restricted_counts"]):
        bearing, of = row["documents"], row["of"]
        if bearing.isdecimal() and of.isdecimal() and int(bearing) > int(of) - LEAST_TOLD:
            yield _fault(row, "documents", f"at most {int(of) - LEAST_TOLD} of {of}, or no row for this code")
        if of.isdecimal() and int(of) > restricted.get(row["_case"], 0):
            yield _fault(
                row, "of", f"at most {restricted.get(row['_case'], 0)}, the {RESTRICTED} documents of the case"
            )


def _case_of_folder(raw: Raw) -> Iterator[Fault]:
    for name in ("partnerships", "documents", "events", "restricted_counts"):
        for row in _rows(raw[name][raw[name]["case_id"] != raw[name]["_case"]]):
            yield _fault(row, "case_id", f"{row['_case']}, the folder's name")
    for row in _rows(raw["partnerships"]):
        if not row["partnership_id"].startswith(f"{row['_case']}-"):
            yield _fault(row, "partnership_id", f"an id that begins with {row['_case']}-, the folder's name")


def _reading_order(raw: Raw) -> Iterator[Fault]:
    expected: dict[str, int] = defaultdict(int)
    for row in _rows(raw["statements"]):
        number = expected[row["document_id"]] = expected[row["document_id"]] + 1
        if row["position"] != str(number):
            yield _fault(row, "position", f"{number}; statements stand in reading order from 1, none missing")


# Each rule with the tables without which it would see faults where there are none.
RULES: tuple[tuple[Callable[[Raw], Iterator[Fault]], tuple[str, ...]], ...] = (
    (_unknown_partnership_lists, ("partnerships",)),
    (_unknown_codes_of_questions, ("frames", "policy_areas")),
    (_unknown_ends_of_links, ("arrangements", "partnerships")),
    (_unknown_codes, ("frames", "policy_areas")),
    (_ambiguous_codes, ()),
    (_none_beside_codes, ()),
    (_skipped_statements, ("codings", "own_codings")),
    (_own_codes_of_folder, ("own_codes",)),
    (_ends_of_passages, ()),
    (_unknown_targets, ("documents", "statements", "own_codes")),
    (_end_before_start, ()),
    (_budget_and_currency, ()),
    (_open_documents_without_address, ()),
    (_interviews_in_the_open, ()),
    (_restricted_documents, ()),
    (_told_from_restricted_documents, ()),
    (_told_by_subtraction, ("documents",)),
    (_case_of_folder, ()),
    (_reading_order, ("statements",)),
)


def _codes(raw: Raw) -> set[str]:
    return {*raw["frames"]["code_id"], *raw["policy_areas"]["code_id"]}


def _rows(frame: pd.DataFrame) -> Iterator[Row]:
    yield from frame.to_dict("records")


def _fault(row: Row, column: str, expected: str) -> Fault:
    return Fault(row["_file"], int(row["_line"]), column, row[column], expected)


def _speaks_of(absent: set[str], fault: Fault) -> bool:
    """Whether the architecture names a partnership of a case that the package lists, but whose folder is not here."""
    in_architecture = fault.file.startswith(f"data/{ARCHITECTURE}/")
    names_partnership = "partnership" in fault.column or fault.column in ("source_id", "target_id")
    return in_architecture and names_partnership and fault.value.split("-")[0] in absent


def _left_out(note: Fault) -> Fault:
    return replace(note, expected=f"left out, for there is no folder data/cases/{note.value.split('-')[0]}")


def _without(absent: set[str], typed: Raw) -> Raw:
    """Leave out links to partnerships that are not here, and unname them elsewhere."""
    links, documents = typed["links"], typed["documents"]
    named = [tuple(item for item in cell if item not in absent) for cell in documents["partnership_ids"]]
    unnamed = {
        name: typed[name].assign(partnership_id=typed[name]["partnership_id"].where(lambda ids: ~ids.isin(absent), ""))
        for name in ("statements", "events")
    }
    return (
        typed
        | unnamed
        | {
            "links": links[~links["source_id"].isin(absent) & ~links["target_id"].isin(absent)],
            "documents": documents.assign(partnership_ids=pd.Series(named, index=documents.index, dtype=object)),
        }
    )


def _placed(frame: pd.DataFrame, resource: schema.Resource) -> pd.DataFrame:
    """Turn the folder into the column ``case_id``, and drop where rows stood."""
    frame = frame if schema.of_no_case(resource) else frame.assign(case_id=frame["_case"])
    return frame.drop(columns=["_file", "_line", "_case"]).reset_index(drop=True)
