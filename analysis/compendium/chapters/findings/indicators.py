"""Indicator tables: a row per record, and a 0/1 column per thing that a finding counts.

A table holds all rows of one case or partnership. Each option of its reading choices has its own indicators. Filter
choices decide which rows a universe includes, and a weight choice how rows are weighted; both are applied in
:mod:`compendium.chapters.findings.counting`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from compendium.dataset.choices import Choices, Option, load_choices
from compendium.dataset.coded_statements import code_matrix
from compendium.dataset.dates import is_in_period
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.dataset.practice import REALISED_STATUSES
from compendium.dataset.registration import Register, load_register
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
    """Rows of evidence and what each of them counts for.

    Attributes
    ----------
    rows : DataFrame
        ``id`` and columns for filters: ``document_id``, ``date``, ``kind``, ``coverage``, ``partnership_ids`` …
    columns : list of str
        Names of the indicators.
    indicators : ndarray of float, shape (options of each reading choice …, rows, columns)
        1 where a row counts for a column, else 0; in tables of dates the date in years.
    reading_choices, filter_choices : tuple of str
        Choices that change the indicators, and the rows included.
    weight_choice : str
        The choice of weights; ``""`` if all rows weigh the same.
    per_coding : bool
        Whether codings rather than rows are weighted.
    """

    rows: pd.DataFrame
    columns: list[str]
    indicators: Floats
    reading_choices: tuple[str, ...] = ()
    filter_choices: tuple[str, ...] = ()
    weight_choice: str = ""
    per_coding: bool = False


def filter_mask(choice_id: str, option: Option, rows: pd.DataFrame) -> Bools:
    """Rows that a filter choice includes under one of its options, shape (rows,)."""
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
    """All indicator tables of the evidence; each is built on first use and cached."""

    def __init__(self, evidence: Evidence, register: Register, choices: Choices) -> None:
        self.evidence, self.register, self.choices = evidence, register, choices
        self.get = lru_cache(maxsize=None)(self._build)
        self.code_matrices = lru_cache(maxsize=None)(self._build_code_matrices)

    def _build(self, table_name: str, unit: str) -> IndicatorTable:
        return TABLE_BUILDERS[table_name](self, unit)

    def is_present(self, unit: str, left_out_id: str) -> bool:
        """Whether any partnership of a unit remains when one is left out."""
        partnerships = self.evidence.partnerships
        in_unit = (partnerships["case_id"] == unit) | (partnerships["partnership_id"] == unit)
        partnership_ids = partnerships.loc[in_unit, "partnership_id"]
        return partnership_ids.empty or bool((partnership_ids != left_out_id).any())

    def case_evidence(self, unit: str) -> Evidence:
        """The evidence of a unit's case."""
        case_ids = self.evidence.partnerships.set_index("partnership_id")["case_id"]
        return self.evidence.case(case_ids.get(unit, unit))

    @cached_property
    def code_ids(self) -> list[str]:
        """Ids of all codes: frames, then policy areas."""
        return self.evidence.codes["code_id"].tolist()

    def _build_code_matrices(self, unit: str) -> Bools:
        """Code matrix of each option of the choice of coder, shape (options, statements, codes)."""
        evidence = self.case_evidence(unit)
        return np.stack(
            [
                code_matrix(evidence.codings, evidence.statements, self.code_ids, coder).to_numpy()
                for coder in self.choices["coder"].ids
            ]
        )

    def statement_indicators(self, table_name: str, code_matrices: Bools, merge_options: Sequence[Option]) -> Floats:
        """Indicators of a table of statements, computed from code matrices.

        Parameters
        ----------
        table_name : {"partnership", "frames", "remedies", "families"}
        code_matrices : ndarray of bool, shape (..., statements, codes)
        merge_options : sequence of Option
            Options of the choice ``merged``.

        Returns
        -------
        ndarray of float, shape (..., statements, columns)
            ``frames`` has an axis for ``merge_options`` before the last two.
        """
        n_frames = len(self.evidence.frames)
        frames, remedies = code_matrices[..., :n_frames], code_matrices[..., n_frames:]
        if table_name == "partnership":
            in_group = (self.evidence.frames["group"] == "partnership").to_numpy()
            indicators = frames[..., in_group].any(axis=-1, keepdims=True)
        elif table_name == "frames":
            indicators = np.stack(
                [self._merge_frames(code_matrices, option.settings.get("merge", {})) for option in merge_options],
                axis=-3,
            )
        elif table_name == "remedies":
            indicators = remedies
        else:
            families = self.evidence.policy_areas["family"].to_numpy()
            indicators = np.stack(
                [remedies[..., families == family].any(axis=-1) for family in dict.fromkeys(families)], axis=-1
            )
        return indicators.astype(float)

    def _merge_frames(self, code_matrices: Bools, merge: dict[str, list[str]]) -> Bools:
        """Code matrices of frames in which some codes are merged into another, which replaces them."""
        column = {code_id: position for position, code_id in enumerate(self.code_ids)}
        frames = code_matrices[..., : len(self.evidence.frames)].copy()
        for target, merged_codes in merge.items():
            for code_id in merged_codes:
                frames[..., column[target]] |= code_matrices[..., column[code_id]]
                if column[code_id] < frames.shape[-1]:
                    frames[..., column[code_id]] = False
        return frames


def load_indicator_tables(root: Path) -> IndicatorTables:
    """Load and validate a project's evidence, findings and choices as indicator tables.

    Examples
    --------
    >>> from compendium.dataset.evidence import find_root
    >>> tables = load_indicator_tables(find_root())
    >>> tables.register.findings["finding_id"].iloc[0]
    'F01'
    >>> case = tables.evidence.cases.index[0]
    >>> tables.get("partnership", case).columns
    ['partnership']
    """
    evidence = load_evidence(root)
    return IndicatorTables(evidence, load_register(root, evidence), load_choices(root, evidence))


def _with_source_facts(
    table: pd.DataFrame, evidence: Evidence, id_column: str, partnership_column: str = "partnership_id"
) -> pd.DataFrame:
    """Add to rows their ``id``, the date, kind and coverage of their document, and their partnerships as a tuple."""
    sources = evidence.documents[["document_id", "date", "kind", "coverage"]]
    joined = table.drop(columns=["date", "kind", "coverage"], errors="ignore").merge(
        sources, on="document_id", how="left"
    )
    ids = [value if isinstance(value, tuple) else (value,) * bool(value) for value in joined[partnership_column]]
    return joined.assign(id=joined[id_column], partnership_ids=pd.Series(ids, index=joined.index, dtype=object))


def _statement_table_builder(table_name: str) -> Callable[[IndicatorTables, str], IndicatorTable]:
    """Function that builds one of :data:`STATEMENT_TABLES` for a unit."""

    def build(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
        evidence, areas = indicator_tables.case_evidence(unit), indicator_tables.evidence.policy_areas
        columns = {
            "partnership": ["partnership"],
            "frames": evidence.frames["code_id"].tolist(),
            "remedies": areas["code_id"].tolist(),
            "families": list(dict.fromkeys(areas["family"])),
        }[table_name]
        return IndicatorTable(
            _with_source_facts(evidence.statements, evidence, "statement_id"),
            columns,
            indicator_tables.statement_indicators(
                table_name, indicator_tables.code_matrices(unit), indicator_tables.choices["merged"].options
            ),
            ("coder", "merged") if table_name == "frames" else ("coder",),
            SOURCE_FILTERS,
            "weight",
            per_coding=table_name in ("remedies", "families"),
        )

    return build


def _measures_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Measures by policy area, by type of actor, and those with any non-state actor."""
    evidence = indicator_tables.case_evidence(unit)
    rows = _measure_rows(evidence)
    all_types = set(indicator_tables.evidence.measures["actor_types"].explode().dropna()) | set(NON_STATE_TYPES)
    columns = {area: rows["policy_area"] == area for area in evidence.policy_areas["code_id"]}
    columns |= {
        actor_type: rows["actor_types"].map(lambda types, actor_type=actor_type: actor_type in types)
        for actor_type in sorted(all_types)
    }
    columns["non_state"] = rows["actor_types"].map(lambda types: not set(types).isdisjoint(NON_STATE_TYPES))
    return _indicator_table(rows, columns, (*SOURCE_FILTERS, "implemented"), "practice_weight")


def _openings_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Realised measures of legal labour migration, all measures, and all realised measures."""
    rows = _measure_rows(indicator_tables.case_evidence(unit))
    realised = rows["status"].isin(REALISED_STATUSES)
    columns = {
        "opening": realised & (rows["policy_area"] == "legal_labour_migration"),
        "all_measures": rows["status"] != "",
        "realised_measures": realised,
    }
    return _indicator_table(rows, columns, SOURCE_FILTERS, "practice_weight")


def _sides_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Measures on the destination's side, read as the choice ``destination_side`` says, and partner-led measures."""
    rows = _measure_rows(indicator_tables.case_evidence(unit))
    partner = rows["lead_side"] == "partner"
    takes_part = rows["actor_types"].map(lambda types: not DESTINATION_TYPES.isdisjoint(types))
    destination = {"leads": rows["lead_side"] == "destination", "takes_part": takes_part & ~partner}
    columns_per_option = [
        {"destination": destination[option], "partner": partner}
        for option in indicator_tables.choices["destination_side"].ids
    ]
    return _table_per_reading(
        rows, "destination_side", columns_per_option, (*SOURCE_FILTERS, "implemented"), "practice_weight"
    )


def _actors_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Measures by the bodies of the register of actors that act in them."""
    rows = _measure_rows(indicator_tables.case_evidence(unit))
    actors = indicator_tables.register.actors
    bodies_by_name = actors.groupby("name")["body"].agg(set).to_dict()
    names_by_option = {
        "any_role": [(lead, *others) for lead, others in zip(rows["lead_actor"], rows["other_actors"], strict=True)],
        "lead_only": [(lead,) for lead in rows["lead_actor"]],
    }
    columns_per_option = []
    for option_id in indicator_tables.choices["acting"].ids:
        acting_bodies = [
            set().union(*(bodies_by_name.get(name, set()) for name in names)) for names in names_by_option[option_id]
        ]
        columns_per_option.append(
            {body: pd.Series([body in bodies for bodies in acting_bodies]) for body in sorted(set(actors["body"]))}
        )
    return _table_per_reading(rows, "acting", columns_per_option, (*SOURCE_FILTERS, "implemented"), "practice_weight")


def _commitments_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Commitments of the partner, and those among them in the family security."""
    evidence = indicator_tables.case_evidence(unit)
    rows = _with_source_facts(evidence.commitments, evidence, "commitment_id")
    families = evidence.policy_areas.set_index("code_id")["family"]
    security = rows["policy_area"].map(families) == "security"
    partner = {"partner_alone": rows["obligated"] == "partner", "partner_or_both": rows["obligated"] != "destination"}
    columns_per_option = [
        {"own": partner[option_id], "security": partner[option_id] & security}
        for option_id in indicator_tables.choices["own_undertakings"].ids
    ]
    return _table_per_reading(rows, "own_undertakings", columns_per_option, SOURCE_FILTERS)


def _document_dates_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Dates of discourse documents, in years."""
    evidence = indicator_tables.case_evidence(unit)
    documents = evidence.documents[evidence.documents["role"].isin(["discourse", "both"])]
    rows = _with_source_facts(documents, evidence, "document_id", "partnership_ids")
    return _dates_table(indicator_tables, rows, SOURCE_FILTERS)


def _measure_starts_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Start dates of measures, in years."""
    return _dates_table(
        indicator_tables, _measure_rows(indicator_tables.case_evidence(unit)), (*SOURCE_FILTERS, "implemented")
    )


def _acts_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Legal and institutional acts of a partnership or case, from events and measures.

    ``readmission``: a treaty on readmission, signed or in force no earlier than a year before the founding act.
    ``reform``: a later law or institution of the partner in an area of reform. ``coordination``: a law or institution
    of the destination that coordinates offices, from one year before to five years after the case's first founding act.
    """
    evidence = indicator_tables.case_evidence(unit)
    events = evidence.events.merge(indicator_tables.register.acts, on="event_id").rename(columns={"event_id": "id"})
    events["table"] = "events"
    forms = {"treaty": "treaty", "domestic_law": "law"}
    measures = evidence.measures[evidence.measures["legal_form"].isin(forms)]
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
    shared_columns = [
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
    rows = pd.concat([events[shared_columns], measures[shared_columns]], ignore_index=True)
    rows["partnership_ids"] = rows["partnership_id"].map(
        lambda partnership_id: (partnership_id,) * bool(partnership_id)
    )
    if unit not in evidence.cases.index:
        rows = rows[rows["partnership_id"] == unit].reset_index(drop=True)
    founding_date = _founding_date(evidence, unit)
    year_before, five_years_after = shift_years(founding_date, -1), shift_years(founding_date, 5)
    is_treaty = rows["kind"].isin(TREATY_EVENT_KINDS) & (rows["form"] == "treaty")
    is_law = rows["kind"].isin(LAW_EVENT_KINDS) & rows["form"].isin(["law", "institution"])
    on_readmission = rows["policy_areas"].map(lambda areas: "readmission_return" in areas)
    on_reform = rows["policy_areas"].map(lambda areas: not REFORM_AREAS.isdisjoint(areas))
    from_year_before = rows["date"].map(lambda date: is_not_before(date, year_before))
    after_founding = rows["date"].map(lambda date: is_after(date, founding_date))
    after_five_years = rows["date"].map(lambda date: is_after(date, five_years_after))
    columns = {
        "readmission": is_treaty & on_readmission & from_year_before,
        "reform": is_law & (rows["side"] == "partner") & on_reform & after_founding,
        "coordination": is_law
        & (rows["side"] == "destination")
        & (rows["coordinates"] == "yes")
        & from_year_before
        & ~after_five_years,
    }
    return _indicator_table(rows, columns, ("period", "left_out", "acts"))


def _arrangements_table(indicator_tables: IndicatorTables, unit: str) -> IndicatorTable:
    """Arrangements with a year, by age, level and legal force; the same for every unit."""
    rows = indicator_tables.evidence.arrangements
    rows = rows[rows["established"] != ""].assign(id=lambda frame: frame["arrangement_id"]).reset_index(drop=True)
    multilateral = rows["level"] == "multilateral"
    ages = {"new": rows["established"].str[:4] >= "1990", "old": rows["established"].str[:4] < "1990"}
    binding = {"not_binding": rows["binding"] == "binding", "binding": rows["binding"] != "non-binding"}
    columns_per_option = []
    for option_id in indicator_tables.choices["mixed"].ids:
        columns: dict[str, pd.Series] = {}
        for age, has_age in ages.items():
            columns |= {
                age: has_age,
                f"{age}_multilateral": has_age & multilateral,
                f"{age}_binding": has_age & binding[option_id],
                f"{age}_multilateral_binding": has_age & multilateral & binding[option_id],
            }
        columns_per_option.append(columns)
    return _table_per_reading(rows, "mixed", columns_per_option, ("bilateral",))


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
    """An indicator table with one set of columns for each option of a reading choice."""
    return IndicatorTable(
        rows,
        list(columns_per_option[0]),
        np.stack([_indicator_matrix(columns) for columns in columns_per_option]),
        (reading_choice,),
        filter_choices,
        weight_choice,
    )


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
    """Convert a date of any precision to years, such as 2008.5.

    Parameters
    ----------
    date : str
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.
    date_point : {"middle", "first_day", "exact_only"}
        The point of an imprecise period to take; with ``exact_only`` a date without a month is NaN, and a month is
        taken at its middle.
    """
    year, month, day = int(date[:4]), date[5:7], date[8:10]
    if not month:
        return {"middle": year + 0.5, "first_day": float(year), "exact_only": np.nan}[date_point]
    within_month = (int(day) - 0.5) / 31 if day else {"first_day": 0.0}.get(date_point, 0.5)
    return year + (int(month) - 1 + within_month) / 12


def shift_years(date: str, years: int) -> str:
    """Shift a date by a number of years; negative numbers shift it back."""
    return f"{int(date[:4]) + years}{date[4:]}"


def is_not_before(date: str, bound: str) -> bool:
    """Whether a date of any precision can be on or after ``bound``; False if the date is unknown."""
    return is_in_period(date, bound, "")


def is_after(date: str, day: str) -> bool:
    """Whether a date is after a day, compared at the coarser precision: 2009 is after 2008-06-05, not after 2009-06."""
    shared = min(len(date), len(day))
    return date[:shared] > day[:shared]


def _founding_date(evidence: Evidence, unit: str) -> str:
    """Date of a partnership's founding act, or of the first one of a case."""
    partnerships = evidence.partnerships
    if unit not in evidence.cases.index:
        partnerships = partnerships[partnerships["partnership_id"] == unit]
    dates: Any = evidence.events.set_index("event_id")["date"]
    return str(min(dates[event_id] for event_id in partnerships["founding_event_id"]))
