"""What rows must keep between them: keys, references and rules, each a function that yields what breaks it."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from compendium.dataset import schema
from compendium.dataset.dates import is_date
from compendium.dataset.vocabulary import (
    ARCHITECTURE,
    CODEBOOK_FOLDER,
    INTERVIEW,
    MIN_PUBLISHED_COUNT,
    READ_AND_NOTHING_FOUND,
    RESTRICTED,
)
from compendium.errors import DataFault

RawTables = dict[str, pd.DataFrame]
Row = dict[Hashable, Any]


def integrity_faults(
    raw: RawTables, resources: dict[str, schema.Resource], damaged: set[str], require_codings: bool
) -> Iterator[DataFault]:
    """Yield a fault for each place where a key is not unique, a reference leads nowhere or a rule is broken.

    Parameters
    ----------
    raw : dict of DataFrame
        Each table as it was read: cells of text, with ``_file``, ``_line`` and ``_case``.
    resources : dict
        What the data package says of each table.
    damaged : set of str
        Tables that could not be read as a whole; what refers to them is not asked.
    require_codings : bool
        Whether each statement must have been read by each coder of its folder.
    """
    for name, resource in resources.items():
        for key in schema.unique_keys(resource):
            yield from duplicate_faults(raw[name], key)
        for reference in resource["schema"].get("foreignKeys", []):
            if reference["reference"]["resource"] not in damaged:
                yield from _unknown_references(raw, name, reference)
    for rule, needed in RULES:
        if not damaged & set(needed) and (require_codings or rule is not _uncoded_statements):
            yield from rule(raw)


def duplicate_faults(frame: pd.DataFrame, key: list[str]) -> Iterator[DataFault]:
    """Yield a fault for each row whose values of ``key`` an earlier row has."""
    places: dict[tuple[str, ...], str] = {}
    for row in _rows(frame[frame.duplicated(key, keep=False)]):
        values, place = tuple(row[column] for column in key), f"{row['_file']}:{row['_line']}"
        first = places.setdefault(values, place)
        if first != place and all(values):
            yield _fault(row, key[-1], f"a {' with '.join(key)} that no other row has; {first} has it already")


def _unknown_references(raw: RawTables, name: str, key: dict[str, Any]) -> Iterator[DataFault]:
    """Ids that are not there. A case refers to its own rows, or it could not be taken away; so does the architecture,
    but that it may name any case's partnership."""
    column, target, there = key["fields"], key["reference"]["resource"], key["reference"]["fields"]
    for folder, frame in raw[name].groupby("_case"):
        anywhere = folder == ARCHITECTURE and target == "partnerships"
        seen = raw[target] if anywhere else raw[target][raw[target]["_case"].isin([folder, CODEBOOK_FOLDER])]
        for row in _rows(frame[~frame[column].isin({*seen[there], ""})]):
            yield _fault(row, column, f"an id of the table {target}" + ("" if anywhere else " in the same folder"))


def _unknown_partnership_lists(raw: RawTables) -> Iterator[DataFault]:
    for folder, frame in raw["documents"].groupby("_case"):
        partnerships = raw["partnerships"]
        seen = partnerships if folder == ARCHITECTURE else partnerships[partnerships["_case"] == folder]
        yield from _unknown_items(frame, "partnership_ids", {*seen["partnership_id"]}, "ids of the table partnerships")


def _unknown_codes_of_questions(raw: RawTables) -> Iterator[DataFault]:
    yield from _unknown_items(raw["questions"], "code_ids", _codes(raw), "codes of data/codebook")


def _unknown_items(frame: pd.DataFrame, column: str, allowed: set[str], expected: str) -> Iterator[DataFault]:
    for row in _rows(frame):
        for item in schema.split_list(row[column]):
            if item and item not in allowed:
                yield replace(_fault(row, column, expected), value=item)


def _unknown_link_ends(raw: RawTables) -> Iterator[DataFault]:
    known = {*raw["arrangements"]["arrangement_id"], *raw["partnerships"]["partnership_id"], ""}
    for column in ("source_id", "target_id"):
        for row in _rows(raw["links"][~raw["links"][column].isin(known)]):
            yield _fault(row, column, "an id of the table arrangements or partnerships")


def _unknown_codes(raw: RawTables) -> Iterator[DataFault]:
    known = {*_codes(raw), READ_AND_NOTHING_FOUND, ""}
    for row in _rows(raw["codings"][~raw["codings"]["code_id"].isin(known)]):
        yield _fault(row, "code_id", f"a code of data/codebook, or {READ_AND_NOTHING_FOUND}")
    counts = raw["restricted_counts"]
    for row in _rows(counts[~counts["code_id"].isin({*_codes(raw), ""})]):
        yield _fault(row, "code_id", "a code of data/codebook")


def _ambiguous_codes(raw: RawTables) -> Iterator[DataFault]:
    taken = {*raw["frames"]["code_id"], READ_AND_NOTHING_FOUND}
    for row in _rows(raw["policy_areas"][raw["policy_areas"]["code_id"].isin(taken)]):
        yield _fault(row, "code_id", f"a code that is no frame's, nor {READ_AND_NOTHING_FOUND}")
    for row in _rows(raw["frames"][raw["frames"]["code_id"] == READ_AND_NOTHING_FOUND]):
        yield _fault(row, "code_id", f"another code; {READ_AND_NOTHING_FOUND} says that no code applies")


def _none_with_other_codes(raw: RawTables) -> Iterator[DataFault]:
    codings = raw["codings"]
    several = codings.duplicated(["statement_id", "coder"], keep=False)
    for row in _rows(codings[several & (codings["code_id"] == READ_AND_NOTHING_FOUND)]):
        yield _fault(row, "code_id", "no other code by the same coder on the same statement beside it")


def _uncoded_statements(raw: RawTables) -> Iterator[DataFault]:
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


def _own_codes_of_folder(raw: RawTables) -> Iterator[DataFault]:
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


def _passage_end_before_start(raw: RawTables) -> Iterator[DataFault]:
    for row in _rows(raw["passages"]):
        if row["start"].isdigit() and row["end"].isdigit() and int(row["end"]) < int(row["start"]):
            yield _fault(row, "end", f"a place not before the start, {row['start']}")


def _unknown_targets(raw: RawTables) -> Iterator[DataFault]:
    targets = (("documents", "document_id"), ("statements", "statement_id"), ("own_codes", "code_id"))
    for folder in {*raw["memos"]["_case"], *raw["attributes"]["_case"]}:
        known = {""}.union(*(raw[table].loc[raw[table]["_case"] == folder, key] for table, key in targets))
        for name in ("memos", "attributes"):
            own = raw[name][raw[name]["_case"] == folder]
            for row in _rows(own[~own["target_id"].isin(known)]):
                yield _fault(row, "target_id", "a document, statement or own code of the same folder")


def _end_before_start(raw: RawTables) -> Iterator[DataFault]:
    for row in [*_rows(raw["measures"]), *_rows(raw["activities"])]:
        start, end = row["start"], row["end"]
        precision = min(len(start), len(end))
        if is_date(start) and is_date(end) and end[:precision] < start[:precision]:
            yield _fault(row, "end", f"a date not before the start, {start}")


def _budget_and_currency(raw: RawTables) -> Iterator[DataFault]:
    for row in _rows(raw["measures"]):
        if bool(row["budget"]) != bool(row["currency"]):
            yield _fault(row, "currency" if row["budget"] else "budget", "budget and currency together, or neither")


def _open_documents_without_address(raw: RawTables) -> Iterator[DataFault]:
    documents = raw["documents"]
    for row in _rows(documents[(documents["access"] != RESTRICTED) & (documents["url"] == "")]):
        yield _fault(row, "url", f"the public address it was read at; only a {RESTRICTED} document has none")


def _unrestricted_interviews(raw: RawTables) -> Iterator[DataFault]:
    documents = raw["documents"]
    for row in _rows(documents[(documents["kind"] == INTERVIEW) & (documents["access"] != RESTRICTED)]):
        yield _fault(row, "access", f"{RESTRICTED}, for it is an {INTERVIEW}: those who spoke did so in confidence")


def _restricted_documents(raw: RawTables) -> Iterator[DataFault]:
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


def _rows_of_restricted_documents(raw: RawTables) -> Iterator[DataFault]:
    """Nothing in the open may rest on a restricted document; its statements lie in a folder that is never published."""
    documents = raw["documents"]
    restricted = documents.loc[documents["access"] == RESTRICTED, "document_id"]
    for name, table in raw.items():
        for column in table.columns.intersection(["document_id", "target_id"]) if name != "documents" else ():
            for row in _rows(table[table[column].isin(restricted)]):
                where = f"{RESTRICTED}/{row['_case']}/statements.csv" if name == "statements" else "a note of your own"
                expected = f"a public document; this one is {RESTRICTED}: take the row out, and keep it in {where}"
                yield _fault(row, column, expected)


def _counts_open_to_subtraction(raw: RawTables) -> Iterator[DataFault]:
    """How many do not bear a code follows from how many do, so they too must be many."""
    documents = raw["documents"]
    restricted = documents.loc[documents["access"] == RESTRICTED, "_case"].value_counts()
    for row in _rows(raw["restricted_counts"]):
        bearing, of = row["documents"], row["of"]
        if bearing.isdecimal() and of.isdecimal() and int(bearing) > int(of) - MIN_PUBLISHED_COUNT:
            yield _fault(row, "documents", f"at most {int(of) - MIN_PUBLISHED_COUNT} of {of}, or no row for this code")
        if of.isdecimal() and int(of) > restricted.get(row["_case"], 0):
            yield _fault(
                row, "of", f"at most {restricted.get(row['_case'], 0)}, the {RESTRICTED} documents of the case"
            )


def _case_of_folder(raw: RawTables) -> Iterator[DataFault]:
    for name in ("partnerships", "documents", "events", "restricted_counts"):
        for row in _rows(raw[name][raw[name]["case_id"] != raw[name]["_case"]]):
            yield _fault(row, "case_id", f"{row['_case']}, the folder's name")
    for row in _rows(raw["partnerships"]):
        if not row["partnership_id"].startswith(f"{row['_case']}-"):
            yield _fault(row, "partnership_id", f"an id that begins with {row['_case']}-, the folder's name")


def _reading_order(raw: RawTables) -> Iterator[DataFault]:
    expected: dict[str, int] = defaultdict(int)
    for row in _rows(raw["statements"]):
        number = expected[row["document_id"]] = expected[row["document_id"]] + 1
        if row["position"] != str(number):
            yield _fault(row, "position", f"{number}; statements stand in reading order from 1, none missing")


# Each rule with the tables without which it would see faults where there are none.
RULES: tuple[tuple[Callable[[RawTables], Iterator[DataFault]], tuple[str, ...]], ...] = (
    (_unknown_partnership_lists, ("partnerships",)),
    (_unknown_codes_of_questions, ("frames", "policy_areas")),
    (_unknown_link_ends, ("arrangements", "partnerships")),
    (_unknown_codes, ("frames", "policy_areas")),
    (_ambiguous_codes, ()),
    (_none_with_other_codes, ()),
    (_uncoded_statements, ("codings", "own_codings")),
    (_own_codes_of_folder, ("own_codes",)),
    (_passage_end_before_start, ()),
    (_unknown_targets, ("documents", "statements", "own_codes")),
    (_end_before_start, ()),
    (_budget_and_currency, ()),
    (_open_documents_without_address, ()),
    (_unrestricted_interviews, ()),
    (_restricted_documents, ()),
    (_rows_of_restricted_documents, ()),
    (_counts_open_to_subtraction, ("documents",)),
    (_case_of_folder, ()),
    (_reading_order, ("statements",)),
)


def _codes(raw: RawTables) -> set[str]:
    return {*raw["frames"]["code_id"], *raw["policy_areas"]["code_id"]}


def _rows(frame: pd.DataFrame) -> Iterator[Row]:
    yield from frame.to_dict("records")


def _fault(row: Row, column: str, expected: str) -> DataFault:
    return DataFault(row["_file"], int(row["_line"]), column, row[column], expected)
