"""The rows that findings count, as sheets: rows of evidence × what each of them is counted for.

A sheet holds all rows of one case or partnership, and under each option of its reading choices a matrix of marks.
Filter choices decide which rows a universe takes, a weight choice how heavy each of them is; both are applied in
:mod:`compendium.chapters.findings.counting`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compendium.dataset import choices as dataset_choices
from compendium.dataset import evidence as dataset_evidence
from compendium.dataset import registration
from compendium.dataset.choices import Choices, Option
from compendium.dataset.coded_statements import code_matrix
from compendium.dataset.dates import is_in_period
from compendium.dataset.evidence import Evidence
from compendium.dataset.practice import REALISED_STATUSES
from compendium.dataset.registration import Register
from compendium.stats.arrays import Bools, Floats

NON_STATE_TYPES = ("private_sector", "ngo", "diaspora")
DESTINATION_TYPES = {"destination_state", "eu_institution", "eu_agency", "member_state"}
REFORM_AREAS = {"governance_capacity", "document_security", "asylum_protection", "border_management"}
LAW_EVENT_KINDS = ("legislation", "institution")
TREATY_EVENT_KINDS = ("signature", "entry_into_force")
SOURCE_FILTERS = ("period", "press", "undated", "coverage", "left_out")
STATEMENT_TABLES = ("partnership", "frames", "remedies", "families")


@dataclass(frozen=True)
class IndicatorTable:
    """Rows and their marks.

    Attributes
    ----------
    rows : DataFrame
        ``id`` and what the filters ask for: ``document_id``, ``date``, ``kind``, ``coverage``, ``partnership_ids`` …
    columns : list of str
        What rows are counted for.
    indicators : ndarray of float, shape (options of each reading choice …, rows, columns)
        1 where a row counts for a column; dates in years in the sheets of dates.
    reading_choices, filter_choices : tuple of str
        The choices that the marks, and the rows taken, depend on.
    weight_choice : str
        The choice of weights, ``""`` if every row weighs the same.
    per_coding : bool
        Whether what is weighed is each mark rather than each row.
    """

    rows: pd.DataFrame
    columns: list[str]
    indicators: Floats
    reading_choices: tuple[str, ...] = ()
    filter_choices: tuple[str, ...] = ()
    weight_choice: str = ""
    per_coding: bool = False


def filter_mask(choice_id: str, option: Option, rows: pd.DataFrame) -> Bools:
    """Which rows a filter choice lets pass under one of its options: shape (rows,)."""
    return FILTER_FUNCTIONS[choice_id](option, rows).to_numpy(dtype=bool)


def _period_mask(option: Option, rows: pd.DataFrame) -> pd.Series:
    until = option.settings.get("until", "")
    return rows["date"].map(lambda date: date == "" or is_in_period(date, "", until))


def _left_out_mask(partnership_id: str, rows: pd.DataFrame) -> pd.Series:
    return rows["partnership_ids"].map(lambda ids: ids != (partnership_id,))


FILTER_FUNCTIONS: dict[str, Callable[[Option, pd.DataFrame], pd.Series]] = {
    "period": _period_mask,
    "press": lambda option, rows: ~rows["kind"].isin(option.settings.get("without_kinds", ())),
    "undated": lambda option, rows: (rows["date"] != "") | (option.id == "included"),
    "coverage": lambda option, rows: (rows["coverage"] == "full") | (option.id == "openings_too"),
    "left_out": lambda option, rows: _left_out_mask(option.id, rows),
    "implemented": lambda option, rows: rows["status"].isin(option.settings.get("statuses", rows["status"].unique())),
    "acts": lambda option, rows: rows["table"].isin(option.id.split("_and_")),
    "bilateral": lambda option, rows: (rows["level"] != "bilateral") | (option.id == "included"),
}


class IndicatorTables:
    """All sheets of the evidence, each built when first asked for."""

    def __init__(self, evidence: Evidence, register: Register, choices: Choices) -> None:
        self.evidence, self.register, self.choices = evidence, register, choices
        self.get = lru_cache(maxsize=None)(self._build)
        self.code_matrices = lru_cache(maxsize=None)(self._build_code_matrices)

    def _build(self, table_name: str, unit: str) -> IndicatorTable:
        return TABLE_BUILDERS[table_name](self, unit)

    def is_present(self, unit: str, left_out_id: str) -> bool:
        """Whether anything of a unit remains when a partnership is left out."""
        partnerships = self.evidence.partnerships
        own = partnerships[(partnerships["case_id"] == unit) | (partnerships["partnership_id"] == unit)]
        return own.empty or bool((own["partnership_id"] != left_out_id).any())

    def case_evidence(self, unit: str) -> Evidence:
        """The evidence of the unit's case."""
        partnerships = self.evidence.partnerships.set_index("partnership_id")["case_id"]
        return self.evidence.case(partnerships.get(unit, unit))

    @cached_property
    def code_ids(self) -> list[str]:
        """All codes: frames, then policy areas."""
        return self.evidence.codes["code_id"].tolist()

    def _build_code_matrices(self, unit: str) -> Bools:
        """Who marked what: shape (coders, statements, codes)."""
        own = self.case_evidence(unit)
        return np.stack(
            [
                code_matrix(own.codings, own.statements, self.code_ids, coder).to_numpy()
                for coder in self.choices["coder"].ids
            ]
        )

    def statement_indicators(self, table_name: str, code_matrices: Bools, merge_options: Sequence[Option]) -> Floats:
        """What a sheet of talk counts, out of marks of single codes.

        Parameters
        ----------
        table_name : {"partnership", "frames", "remedies", "families"}
        code_matrices : ndarray of bool, shape (..., statements, codes)
        merge_options : sequence of Option
            Options of the choice ``merge_options``.

        Returns
        -------
        ndarray of float, shape (..., statements, columns)
            For ``frames`` with an axis for the options of ``merge_options`` before the last two.
        """
        split, areas = len(self.evidence.frames), self.evidence.policy_areas
        frames, remedies = code_matrices[..., :split], code_matrices[..., split:]
        if table_name == "partnership":
            own = (self.evidence.frames["group"] == "partnership").to_numpy()
            found = frames[..., own].any(axis=-1, keepdims=True)
        elif table_name == "frames":
            found = np.stack(
                [self._merge_frames(code_matrices, option.settings.get("merge", {})) for option in merge_options],
                axis=-3,
            )
        elif table_name == "remedies":
            found = remedies
        else:
            family = areas["family"].to_numpy()
            found = np.stack([remedies[..., family == own].any(axis=-1) for own in dict.fromkeys(family)], axis=-1)
        return found.astype(float)

    def _merge_frames(self, code_matrices: Bools, merge: dict[str, list[str]]) -> Bools:
        """Marks of frames where some codes have gone into another: a statement bears it if it bears any of them."""
        place = {code: position for position, code in enumerate(self.code_ids)}
        frames = code_matrices[..., : len(self.evidence.frames)].copy()
        for into, codes in merge.items():
            for code in codes:
                frames[..., place[into]] |= code_matrices[..., place[code]]
                if place[code] < frames.shape[-1]:
                    frames[..., place[code]] = False
        return frames


def load_indicator_tables(root: Path) -> IndicatorTables:
    """The sheets of a project: its evidence, findings and choices, each validated."""
    known = dataset_evidence.load_evidence(root)
    return IndicatorTables(known, registration.load_register(root, known), dataset_choices.load_choices(root, known))


def _with_source_facts(
    table: pd.DataFrame, evidence: Evidence, id_column: str, partnership_column: str = "partnership_id"
) -> pd.DataFrame:
    """Rows with their id, the facts of their source, and their partnerships as a tuple."""
    sources = evidence.documents[["document_id", "date", "kind", "coverage"]]
    joined = table.drop(columns=["date", "kind", "coverage"], errors="ignore").merge(
        sources, on="document_id", how="left"
    )
    ids = [value if isinstance(value, tuple) else (value,) * bool(value) for value in joined[partnership_column]]
    return joined.assign(id=joined[id_column], partnership_ids=pd.Series(ids, index=joined.index, dtype=object))


def _statement_table_builder(table_name: str) -> Callable[[IndicatorTables, str], IndicatorTable]:
    def build(sheets: IndicatorTables, unit: str) -> IndicatorTable:
        own, areas = sheets.case_evidence(unit), sheets.evidence.policy_areas
        columns = {
            "partnership": ["partnership"],
            "frames": own.frames["code_id"].tolist(),
            "remedies": areas["code_id"].tolist(),
            "families": list(dict.fromkeys(areas["family"])),
        }[table_name]
        readings = ("coder", "merged") if table_name == "frames" else ("coder",)
        return IndicatorTable(
            _with_source_facts(own.statements, own, "statement_id"),
            columns,
            sheets.statement_indicators(table_name, sheets.code_matrices(unit), sheets.choices["merged"].options),
            readings,
            SOURCE_FILTERS,
            "weight",
            per_coding=table_name in ("remedies", "families"),
        )

    return build


def _measures_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Measures by policy area and family, by type of actor, and those with any non-state actor."""
    own = indicator_tables.case_evidence(unit)
    rows, areas = _measure_rows(own), own.policy_areas
    types = sorted(set(indicator_tables.evidence.measures["actor_types"].explode().dropna()) | set(NON_STATE_TYPES))
    columns = {area: rows["policy_area"] == area for area in areas["code_id"]}
    columns |= {type_: rows["actor_types"].map(lambda present, type_=type_: type_ in present) for type_ in types}
    columns["non_state"] = rows["actor_types"].map(lambda present: not set(present).isdisjoint(NON_STATE_TYPES))
    return _indicator_table(rows, columns, (*SOURCE_FILTERS, "implemented"), "practice_weight")


def _openings_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Measures of legal labour migration that are realised; the check itself says which status counts."""
    rows = _measure_rows(indicator_tables.case_evidence(unit))
    realised = rows["status"].isin(REALISED_STATUSES)
    columns = {
        "opening": realised & (rows["policy_area"] == "legal_labour_migration"),
        "all_measures": rows["status"] != "",
        "realised_measures": realised,
    }
    return _indicator_table(rows, columns, SOURCE_FILTERS, "practice_weight")


def _sides_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Measures on the destination's side, in each reading of it, and those that the partner leads."""
    rows = _measure_rows(indicator_tables.case_evidence(unit))
    partner = rows["lead_side"] == "partner"
    acts = rows["actor_types"].map(lambda present: not DESTINATION_TYPES.isdisjoint(present))
    destination = {"leads": rows["lead_side"] == "destination", "takes_part": acts & ~partner}
    variants = [
        {"destination": destination[option], "partner": partner}
        for option in indicator_tables.choices["destination_side"].ids
    ]
    return _table_per_reading(rows, "destination_side", variants, (*SOURCE_FILTERS, "implemented"), "practice_weight")


def _actors_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Measures by the bodies that act in them, those of the register of actors."""
    rows = _measure_rows(indicator_tables.case_evidence(unit))
    bodies = indicator_tables.register.actors.groupby("name")["body"].agg(set).to_dict()
    names = {
        "any_role": [(lead, *others) for lead, others in zip(rows["lead_actor"], rows["other_actors"], strict=True)],
        "lead_only": [(lead,) for lead in rows["lead_actor"]],
    }
    known = sorted(set(indicator_tables.register.actors["body"]))
    variants = []
    for option in indicator_tables.choices["acting"].ids:
        acting = [set().union(*(bodies.get(name, set()) for name in own)) for own in names[option]]
        variants.append({body: pd.Series([body in present for present in acting]) for body in known})
    return _table_per_reading(rows, "acting", variants, (*SOURCE_FILTERS, "implemented"), "practice_weight")


def _commitments_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Commitments of the partner, and those of them that are in the family security."""
    own = indicator_tables.case_evidence(unit)
    rows = _with_source_facts(own.commitments, own, "commitment_id")
    family = own.policy_areas.set_index("code_id")["family"]
    security = rows["policy_area"].map(family) == "security"
    partner = {"partner_alone": rows["obligated"] == "partner", "partner_or_both": rows["obligated"] != "destination"}
    variants = [
        {"own": partner[each], "security": partner[each] & security}
        for each in indicator_tables.choices["own_undertakings"].ids
    ]
    return _table_per_reading(rows, "own_undertakings", variants, SOURCE_FILTERS)


def _document_dates_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Dates of the documents of discourse, in years."""
    own = indicator_tables.case_evidence(unit)
    documents = own.documents[own.documents["role"].isin(["discourse", "both"])]
    rows = _with_source_facts(documents, own, "document_id", "partnership_ids")
    return _dates_table(indicator_tables, rows, SOURCE_FILTERS)


def _measure_starts_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Starts of measures, in years."""
    return _dates_table(
        indicator_tables, _measure_rows(indicator_tables.case_evidence(unit)), (*SOURCE_FILTERS, "implemented")
    )


def _acts_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Legal and institutional acts of a partnership or of a whole case, by what the checks ask of them.

    A treaty on readmission that is signed or enters into force not earlier than a year before the founding act; a law
    or institution of the partner in an area of reform that is later than it; a law or institution of the destination
    that coordinates offices, from one year before to five years after the first founding act of the case.
    """
    own = indicator_tables.case_evidence(unit)
    events = (
        own.events.merge(indicator_tables.register.acts, on="event_id")
        .rename(columns={"event_id": "id"})
        .assign(table="events")
    )
    forms = {"treaty": "treaty", "domestic_law": "law"}
    measures = own.measures[own.measures["legal_form"].isin(forms)]
    measures = measures.assign(
        id=measures["measure_id"],
        date=measures["start"],
        side=measures["lead_side"],
        table="measures",
        form=measures["legal_form"].map(forms),
        policy_areas=measures["policy_area"].map(lambda area: (area,)),
        kind=measures["legal_form"].map({"treaty": TREATY_EVENT_KINDS[0], "domestic_law": LAW_EVENT_KINDS[0]}),
        coordinates=np.where(measures["policy_area"] == "dialogue_coordination", "yes", "no"),
    )
    shared = [
        "id",
        "table",
        "date",
        "kind",
        "form",
        "side",
        "policy_areas",
        "coordinates",
        "partnership_id",
        "document_id",
    ]
    rows = pd.concat([events[shared], measures[shared]], ignore_index=True)
    rows["partnership_ids"] = rows["partnership_id"].map(lambda value: (value,) * bool(value))
    if unit not in own.cases.index:
        rows = rows[rows["partnership_id"] == unit].reset_index(drop=True)
    founded = _founding_date(own, unit)
    treaty = rows["kind"].isin(TREATY_EVENT_KINDS) & (rows["form"] == "treaty")
    made = rows["kind"].isin(LAW_EVENT_KINDS) & rows["form"].isin(["law", "institution"])
    reform = rows["policy_areas"].map(lambda areas: not REFORM_AREAS.isdisjoint(areas))
    columns = {
        "readmission": treaty
        & rows["policy_areas"].map(lambda areas: "readmission_return" in areas)
        & rows["date"].map(lambda date: is_not_before(date, shift_years(founded, -1))),
        "reform": made & (rows["side"] == "partner") & reform & rows["date"].map(lambda date: is_after(date, founded)),
        "coordination": made
        & (rows["side"] == "destination")
        & (rows["coordinates"] == "yes")
        & rows["date"].map(
            lambda date: is_not_before(date, shift_years(founded, -1)) and not is_after(date, shift_years(founded, 5))
        ),
    }
    return _indicator_table(rows, columns, ("period", "left_out", "acts"))


def _arrangements_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Arrangements with a year, by age, level and force; the evidence has one set of them, whatever the unit."""
    rows = indicator_tables.evidence.arrangements
    rows = rows[rows["established"] != ""].assign(id=lambda frame: frame["arrangement_id"]).reset_index(drop=True)
    multilateral = rows["level"] == "multilateral"
    ages = {"new": rows["established"].str[:4] >= "1990", "old": rows["established"].str[:4] < "1990"}
    binding = {"not_binding": rows["binding"] == "binding", "binding": rows["binding"] != "non-binding"}
    variants = []
    for option in indicator_tables.choices["mixed"].ids:
        columns: dict[str, pd.Series] = {}
        for age, of_age in ages.items():
            columns |= {
                age: of_age,
                f"{age}_multilateral": of_age & multilateral,
                f"{age}_binding": of_age & binding[option],
            }
            columns[f"{age}_multilateral_binding"] = of_age & multilateral & binding[option]
        variants.append(columns)
    return _table_per_reading(rows, "mixed", variants, ("bilateral",))


TABLE_BUILDERS: dict[str, Callable[[IndicatorTables, str], IndicatorTable]] = {
    **{name: _statement_table_builder(name) for name in STATEMENT_TABLES},
    "measures": _measures_table,
    "openings": _openings_table,
    "sides": _sides_table,
    "actors": _actors_table,
    "undertakings": _commitments_table,
    "talk_dates": _document_dates_table,
    "starts": _measure_starts_table,
    "acts": _acts_table,
    "arrangements": _arrangements_table,
}


def _measure_rows(evidence: Evidence) -> pd.DataFrame:
    rows = _with_source_facts(evidence.measures, evidence, "measure_id")
    return rows.assign(date=rows["start"])


def _indicator_table(
    rows: pd.DataFrame, columns: dict[str, pd.Series], filter_choices: tuple[str, ...], weight_choice: str = ""
) -> IndicatorTable:
    return IndicatorTable(
        rows, list(columns), _indicator_matrix(columns), filter_choices=filter_choices, weight_choice=weight_choice
    )


def _table_per_reading(
    rows: pd.DataFrame,
    reading_choice: str,
    columns_per_option: Sequence[dict[str, pd.Series]],
    filter_choices: tuple[str, ...],
    weight_choice: str = "",
) -> IndicatorTable:
    """A sheet whose columns depend on a reading choice: ``columns_per_option`` has the columns under each of its options."""
    sheet = IndicatorTable(
        rows,
        list(columns_per_option[0]),
        np.stack([_indicator_matrix(columns) for columns in columns_per_option]),
        (reading_choice,),
        filter_choices,
    )
    return replace(sheet, weight_choice=weight_choice)


def _indicator_matrix(columns: dict[str, pd.Series]) -> Floats:
    return np.column_stack([series.to_numpy(dtype=float) for series in columns.values()])


def _dates_table(
    indicator_tables: IndicatorTables, rows: pd.DataFrame, filter_choices: tuple[str, ...]
) -> IndicatorTable:
    rows = rows[rows["date"] != ""].reset_index(drop=True)
    years = [
        rows["date"].map(lambda date, point=point: date_to_years(date, point))
        for point in indicator_tables.choices["date_point"].ids
    ]
    return IndicatorTable(rows, ["year"], np.stack(years)[..., None].astype(float), ("date_point",), filter_choices)


def date_to_years(date: str, date_point: str) -> float:
    """A date of any precision as a number of years; what is not known of it is set in the middle or to the first day.

    With ``exact_only`` a date that names no month is NaN, and the middle is taken else.
    """
    year, month, day = int(date[:4]), date[5:7], date[8:10]
    if not month:
        return {"middle": year + 0.5, "first_day": float(year), "exact_only": np.nan}[date_point]
    within_month = (int(day) - 0.5) / 31 if day else {"first_day": 0.0}.get(date_point, 0.5)
    return year + (int(month) - 1 + within_month) / 12


def shift_years(date: str, years: int) -> str:
    """The same day some years later (or earlier, if negative)."""
    return f"{int(date[:4]) + years}{date[4:]}"


def is_not_before(date: str, bound: str) -> bool:
    """Whether a date of any precision can lie on a day or behind it; an unknown date does not."""
    return is_in_period(date, bound, "")


def is_after(date: str, day: str) -> bool:
    """Whether a date lies behind a day as far as both are known: 2009 lies behind 2008-06-05, not behind 2009-06."""
    shared = min(len(date), len(day))
    return date[:shared] > day[:shared]


def _founding_date(evidence: Evidence, unit: str) -> str:
    """The date of the founding act of a partnership, or of the first one of a case."""
    partnerships = evidence.partnerships
    chosen = partnerships if unit in evidence.cases.index else partnerships[partnerships["partnership_id"] == unit]
    dates: Any = evidence.events.set_index("event_id")["date"]
    return str(min(dates[event] for event in chosen["founding_event_id"]))
