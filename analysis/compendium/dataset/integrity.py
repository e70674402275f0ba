"""Integrity constraints between rows; each rule is a function that yields its violations."""

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
    """Yield a fault for each duplicate key, unknown reference and broken rule.

    Parameters
    ----------
    raw : dict of DataFrame
        Tables by name, as read: cells as text, with ``_file``, ``_line`` and ``_case`` (name of the folder).
    resources : dict
        Descriptors of the same tables from the data package.
    damaged : set of str
        Tables that could not be read completely; references to them are not checked.
    require_codings : bool
        Whether each coder of a folder must have read each statement in it.

    Yields
    ------
    DataFault
    """
    for name, resource in resources.items():
        for key in schema.unique_keys(resource):
            yield from duplicate_faults(raw[name], key)
        for reference in resource["schema"].get("foreignKeys", []):
            if reference["reference"]["resource"] not in damaged:
                yield from _unknown_references(raw, name, reference)
    for rule, required_tables in RULES:
        if not damaged & set(required_tables) and (require_codings or rule is not _uncoded_statements):
            yield from rule(raw)


def duplicate_faults(frame: pd.DataFrame, key: list[str]) -> Iterator[DataFault]:
    """Yield a fault for each row that repeats the values of ``key`` in an earlier row.

    Rows without a value in one of the columns are not compared.

    Parameters
    ----------
    frame : DataFrame of str
        A table as read, with ``_file`` and ``_line``.
    key : list of str
        Columns whose combined values must be unique.

    Yields
    ------
    DataFault
    """
    what = f"unique {key[0]}" if len(key) == 1 else f"unique combination of {', '.join(key)}"
    first_places: dict[tuple[str, ...], str] = {}
    for row in _rows(frame[frame.duplicated(key, keep=False)]):
        values, place = tuple(row[column] for column in key), f"{row['_file']}:{row['_line']}"
        first_place = first_places.setdefault(values, place)
        if first_place != place and all(values):
            yield _fault(row, key[-1], f"a {what}; {first_place} already has the same")


def _unknown_references(raw: RawTables, name: str, key: dict[str, Any]) -> Iterator[DataFault]:
    """Ids that do not exist in the same folder or the codebook.

    A case refers to its own rows only, so that it can be removed. The architecture may name partnerships of any case.
    """
    column, target, target_column = key["fields"], key["reference"]["resource"], key["reference"]["fields"]
    for folder, frame in raw[name].groupby("_case"):
        in_any_folder = folder == ARCHITECTURE and target == "partnerships"
        targets = raw[target] if in_any_folder else raw[target][raw[target]["_case"].isin([folder, CODEBOOK_FOLDER])]
        expected = f"an id of the table {target}" + ("" if in_any_folder else " in the same folder")
        for row in _rows(frame[~frame[column].isin({*targets[target_column], ""})]):
            yield _fault(row, column, expected)


def _unknown_partnership_lists(raw: RawTables) -> Iterator[DataFault]:
    """Partnerships of documents must exist in the same folder; documents of the architecture may name any."""
    partnerships = raw["partnerships"]
    for folder, frame in raw["documents"].groupby("_case"):
        in_any_folder = folder == ARCHITECTURE
        allowed = partnerships if in_any_folder else partnerships[partnerships["_case"] == folder]
        expected = "an id of the table partnerships" + ("" if in_any_folder else " in the same folder")
        yield from _unknown_items(frame, "partnership_ids", {*allowed["partnership_id"]}, expected)


def _unknown_codes_of_questions(raw: RawTables) -> Iterator[DataFault]:
    """Codes of questions must be in the codebook."""
    yield from _unknown_items(raw["questions"], "code_ids", _codes(raw), "a code of data/codebook")


def _unknown_items(frame: pd.DataFrame, column: str, allowed: set[str], expected: str) -> Iterator[DataFault]:
    """Yield a fault for each item of a list column that is not allowed."""
    for row in _rows(frame):
        for item in schema.split_list(row[column]):
            if item and item not in allowed:
                yield replace(_fault(row, column, expected), value=item)


def _unknown_link_ends(raw: RawTables) -> Iterator[DataFault]:
    """Links connect existing arrangements and partnerships."""
    ids = {*raw["arrangements"]["arrangement_id"], *raw["partnerships"]["partnership_id"], ""}
    for column in ("source_id", "target_id"):
        for row in _rows(raw["links"][~raw["links"][column].isin(ids)]):
            yield _fault(row, column, "an id of the table arrangements or partnerships")


def _unknown_codes(raw: RawTables) -> Iterator[DataFault]:
    """Codings and restricted counts use codes of the codebook."""
    allowed = {*_codes(raw), READ_AND_NOTHING_FOUND, ""}
    for row in _rows(raw["codings"][~raw["codings"]["code_id"].isin(allowed)]):
        yield _fault(row, "code_id", f"a code of data/codebook, or {READ_AND_NOTHING_FOUND}")
    counts = raw["restricted_counts"]
    for row in _rows(counts[~counts["code_id"].isin({*_codes(raw), ""})]):
        yield _fault(row, "code_id", "a code of data/codebook")


def _ambiguous_codes(raw: RawTables) -> Iterator[DataFault]:
    """A code is a frame or a policy area, and neither has the code of a statement without codes."""
    reserved = {*raw["frames"]["code_id"], READ_AND_NOTHING_FOUND}
    for row in _rows(raw["policy_areas"][raw["policy_areas"]["code_id"].isin(reserved)]):
        yield _fault(row, "code_id", f"a code other than {READ_AND_NOTHING_FOUND} and those of frames.csv")
    for row in _rows(raw["frames"][raw["frames"]["code_id"] == READ_AND_NOTHING_FOUND]):
        yield _fault(row, "code_id", f"another code; {READ_AND_NOTHING_FOUND} means that no code applies")


def _none_with_other_codes(raw: RawTables) -> Iterator[DataFault]:
    """A coder who found that no code applies gave no other code to the same statement."""
    codings = raw["codings"]
    has_several = codings.duplicated(["statement_id", "coder"], keep=False)
    expected = f"no row {READ_AND_NOTHING_FOUND}, because the same coder gave the statement a code; delete one of them"
    for row in _rows(codings[has_several & (codings["code_id"] == READ_AND_NOTHING_FOUND)]):
        yield _fault(row, "code_id", expected)


def _uncoded_statements(raw: RawTables) -> Iterator[DataFault]:
    """Each coder of a folder must have read each of its statements; otherwise shares would compare different texts."""
    for folder, statements in raw["statements"].groupby("_case"):
        codings = raw["codings"][raw["codings"]["_case"] == folder]
        for coder, coder_rows in codings.groupby("coder"):
            expected = f"a coding by coder {coder}; add the code {READ_AND_NOTHING_FOUND} if no code applies"
            for row in _rows(statements[~statements["statement_id"].isin(coder_rows["statement_id"])]):
                yield _fault(row, "statement_id", expected)
        if codings.empty:
            with_own_codes = raw["own_codings"].loc[raw["own_codings"]["_case"] == folder, "statement_id"]
            for row in _rows(statements[~statements["statement_id"].isin(with_own_codes)]):
                yield _fault(row, "statement_id", "a coding by at least one coder")


def _own_codes_of_folder(raw: RawTables) -> Iterator[DataFault]:
    """Own codes begin with the name of their folder and form a tree."""
    codes = raw["own_codes"]
    for row in _rows(codes):
        if not row["code_id"].startswith(f"{row['_case']}-"):
            yield _fault(row, "code_id", f"an id that begins with {row['_case']}-, after the name of the folder")
    parents = dict(zip(codes["code_id"], codes["parent_id"], strict=True))
    for row in _rows(codes):
        ancestor, visited = row["parent_id"], {row["code_id"]}
        while ancestor and ancestor not in visited:
            visited.add(ancestor)
            ancestor = parents.get(ancestor, "")
        if ancestor:
            yield _fault(row, "parent_id", "a parent whose own parents do not lead back to it")


def _passage_end_before_start(raw: RawTables) -> Iterator[DataFault]:
    """A passage does not end before it starts."""
    for row in _rows(raw["passages"]):
        if row["start"].isdigit() and row["end"].isdigit() and int(row["end"]) < int(row["start"]):
            yield _fault(row, "end", f"a position at or after the start, {row['start']}")


def _unknown_targets(raw: RawTables) -> Iterator[DataFault]:
    """Memos and attributes are about a document, statement or own code of the same folder."""
    targets = (("documents", "document_id"), ("statements", "statement_id"), ("own_codes", "code_id"))
    for folder in {*raw["memos"]["_case"], *raw["attributes"]["_case"]}:
        ids = {""}.union(*(raw[table].loc[raw[table]["_case"] == folder, key] for table, key in targets))
        for name in ("memos", "attributes"):
            rows = raw[name][raw[name]["_case"] == folder]
            for row in _rows(rows[~rows["target_id"].isin(ids)]):
                yield _fault(row, "target_id", "the id of a document, statement or own code in the same folder")


def _end_before_start(raw: RawTables) -> Iterator[DataFault]:
    """Measures and activities do not end before they start, as far as both dates are known."""
    for row in [*_rows(raw["measures"]), *_rows(raw["activities"])]:
        start, end = row["start"], row["end"]
        precision = min(len(start), len(end))
        if is_date(start) and is_date(end) and end[:precision] < start[:precision]:
            yield _fault(row, "end", f"a date on or after the start, {start}")


def _budget_and_currency(raw: RawTables) -> Iterator[DataFault]:
    """A budget has a currency, and a currency has a budget."""
    for row in _rows(raw["measures"]):
        if bool(row["budget"]) != bool(row["currency"]):
            empty, filled = ("currency", "budget") if row["budget"] else ("budget", "currency")
            yield _fault(row, empty, f"a value, because the row has a {filled}; fill both cells or neither")


def _open_documents_without_address(raw: RawTables) -> Iterator[DataFault]:
    """A public document has an address."""
    documents = raw["documents"]
    for row in _rows(documents[(documents["access"] != RESTRICTED) & (documents["url"] == "")]):
        yield _fault(row, "url", f"the public address of the document; only {RESTRICTED} documents have none")


def _unrestricted_interviews(raw: RawTables) -> Iterator[DataFault]:
    """An interview is restricted."""
    documents = raw["documents"]
    for row in _rows(documents[(documents["kind"] == INTERVIEW) & (documents["access"] != RESTRICTED)]):
        yield _fault(row, "access", f"{RESTRICTED}, because an {INTERVIEW} is given in confidence")


def _restricted_documents(raw: RawTables) -> Iterator[DataFault]:
    """A restricted document records consent and anonymisation and has no address; other documents record neither."""
    for row in _rows(raw["documents"]):
        restricted = row["access"] == RESTRICTED
        for column in ("consent", "anonymisation"):
            if restricted and not row[column]:
                yield _fault(row, column, f"a note on {column}; remove the {RESTRICTED} document if there is none")
            if not restricted and row[column]:
                yield _fault(row, column, f"an empty cell, or {RESTRICTED} in the column access")
        if restricted and row["url"]:
            yield _fault(row, "url", f"an empty cell, because the document is {RESTRICTED}")


def _rows_of_restricted_documents(raw: RawTables) -> Iterator[DataFault]:
    """No public row refers to a restricted document; its statements are kept in a folder that is never published."""
    documents = raw["documents"]
    restricted = documents.loc[documents["access"] == RESTRICTED, "document_id"]
    for name, table in raw.items():
        for column in table.columns.intersection(["document_id", "target_id"]) if name != "documents" else ():
            for row in _rows(table[table[column].isin(restricted)]):
                folder = f"{RESTRICTED}/{row['_case']}"
                target = f"{folder}/statements.csv" if name == "statements" else "a file outside data/"
                expected = f"a public document, but this one is {RESTRICTED}; move the row to {target}"
                yield _fault(row, column, expected)


def _counts_open_to_subtraction(raw: RawTables) -> Iterator[DataFault]:
    """The count of documents without a code is large enough too, because it follows from the published count."""
    documents = raw["documents"]
    restricted = documents.loc[documents["access"] == RESTRICTED, "_case"].value_counts()
    for row in _rows(raw["restricted_counts"]):
        with_code, total = row["documents"], row["of"]
        if with_code.isdecimal() and total.isdecimal() and int(with_code) > int(total) - MIN_PUBLISHED_COUNT:
            limit = int(total) - MIN_PUBLISHED_COUNT
            yield _fault(
                row,
                "documents",
                f"at most {limit} of {total}; otherwise delete the row, because too few documents are without the code",
            )
        n_restricted = restricted.get(row["_case"], 0)
        if total.isdecimal() and int(total) > n_restricted:
            yield _fault(row, "of", f"at most {n_restricted}, the number of {RESTRICTED} documents of the case")


def _case_of_folder(raw: RawTables) -> Iterator[DataFault]:
    """Rows name the case of their folder, and partnership ids begin with it."""
    for name in ("partnerships", "documents", "events", "restricted_counts"):
        for row in _rows(raw[name][raw[name]["case_id"] != raw[name]["_case"]]):
            yield _fault(row, "case_id", f"{row['_case']}, the name of the folder")
    for row in _rows(raw["partnerships"]):
        if not row["partnership_id"].startswith(f"{row['_case']}-"):
            yield _fault(row, "partnership_id", f"an id that begins with {row['_case']}-, after the name of the folder")


def _reading_order(raw: RawTables) -> Iterator[DataFault]:
    """Statements of a document are numbered from 1 in the order of the file."""
    counts: dict[str, int] = defaultdict(int)
    for row in _rows(raw["statements"]):
        counts[row["document_id"]] += 1
        number = counts[row["document_id"]]
        if row["position"] != str(number):
            yield _fault(row, "position", f"{number}; statements are numbered in reading order from 1, without gaps")


# Each rule with the tables that it needs complete; without them it would report faults that are not there.
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
    """All codes of the codebook."""
    return {*raw["frames"]["code_id"], *raw["policy_areas"]["code_id"]}


def _rows(frame: pd.DataFrame) -> Iterator[Row]:
    yield from frame.to_dict("records")


def _fault(row: Row, column: str, expected: str) -> DataFault:
    return DataFault(row["_file"], int(row["_line"]), column, row[column], expected)
