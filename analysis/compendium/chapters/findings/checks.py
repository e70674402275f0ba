"""Registered checks of the findings, one function per finding.

A check takes a :class:`~compendium.chapters.findings.counting.Counter` and a unit (a case or partnership of the
finding's scope) or all units, and yields criteria. It only does arithmetic on arrays, so the same function serves one
universe, its bootstrap, all universes, and simulated codings.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compendium.chapters.findings.counting import Counter, Counts
from compendium.chapters.findings.indicators import NON_STATE_TYPES, IndicatorTables
from compendium.stats.arrays import Bools, Floats, ratio
from compendium.stats.profiles import effective_number

MIN_N_BY_KIND = {
    "statements": 30,
    "codings": 30,
    "documents": 10,
    "measures": 20,
    "commitments": 10,
    "acts": 5,
    "arrangements": 5,
}
"""Smallest number of rows that can be tested, by kind of row; set when the data were at hand, not registered."""
_ROUNDING_TOLERANCE = 1e-9
_IOM = "International Organization for Migration"
RELATION_TESTS: dict[str, Callable[[Floats, Floats], Bools]] = {
    "≥": lambda value, bound: value >= bound - _ROUNDING_TOLERANCE,
    ">": lambda value, bound: value > bound + _ROUNDING_TOLERANCE,
    "≤": lambda value, bound: value <= bound + _ROUNDING_TOLERANCE,
    "<": lambda value, bound: value < bound - _ROUNDING_TOLERANCE,
}


@dataclass(frozen=True)
class Criterion:
    """A value and the bound that it must meet.

    Attributes
    ----------
    description : str
        What is measured, in words.
    value, bound : ndarray, shape (...)
    relation : {"≥", ">", "≤", "<"}
        What the value must be relative to the bound.
    n : ndarray, shape (...)
        Number of rows of ``row_kind`` behind the value; NaN where the unit is out of scope.
    row_kind : str
        A key of :data:`MIN_N_BY_KIND`.
    value_format : {"share", "count", "plain", "year", "p"}
        How the value is written.
    indicator_columns : tuple of (str, tuple of str)
        Indicator tables, and columns of each, whose rows are behind the value; no columns means all.
    interval_method : {"percentile", "basic", ""}
        Method of the bootstrap interval; ``""`` for none.
    """

    description: str
    value: Floats
    relation: str
    bound: Floats
    n: Floats
    row_kind: str
    value_format: str
    indicator_columns: tuple[tuple[str, tuple[str, ...]], ...]
    interval_method: str = "percentile"

    @property
    def passes(self) -> Floats:
        """1 where the value meets the bound, 0 where it does not, NaN where it is not testable, shape (...)."""
        value, bound, n = np.broadcast_arrays(self.value, self.bound, self.n)
        undefined = ~(n >= MIN_N_BY_KIND[self.row_kind]) | np.isnan(value) | np.isnan(bound)
        return np.where(undefined, np.nan, RELATION_TESTS[self.relation](value, bound))


EachUnitCheck = Callable[[Counter, str], Iterator[Criterion]]
AllUnitsCheck = Callable[[Counter, Sequence[str]], Iterator[Criterion]]
EACH_UNIT_CHECKS: dict[str, EachUnitCheck] = {}
ALL_UNITS_CHECKS: dict[str, AllUnitsCheck] = {}


def check_each_unit(finding_id: str) -> Callable[[EachUnitCheck], EachUnitCheck]:
    """Register the check of a finding that applies to each unit of its scope."""
    return lambda check: EACH_UNIT_CHECKS.setdefault(finding_id, check)


def check_all_units(finding_id: str) -> Callable[[AllUnitsCheck], AllUnitsCheck]:
    """Register the check of a finding that applies to its whole scope at once."""
    return lambda check: ALL_UNITS_CHECKS.setdefault(finding_id, check)


@check_each_unit("F01")
def partnership_language(counter: Counter, case: str) -> Iterator[Criterion]:
    """At least a quarter of the statements have one or more codes of the group partnership."""
    counts = counter.count("partnership", case)
    yield _share_criterion(
        "statements with a code of the group partnership", counts, ("partnership",), "≥", 0.25, "partnership"
    )


@check_all_units("F02")
def profile_differences(counter: Counter, cases: Sequence[str]) -> Iterator[Criterion]:
    """The profile over frames differs between the cases: permutation test on documents, p < 0.05."""
    p, n_documents = counter.profile_difference(cases, MIN_N_BY_KIND["documents"])
    yield Criterion(
        "p of the summed pairwise Jensen-Shannon distance, documents permuted",
        p,
        "<",
        np.array(0.05),
        n_documents,
        "documents",
        "p",
        (("frames", ()),),
        interval_method="",
    )


@check_each_unit("F03")
def three_partnership_ideas(counter: Counter, case: str) -> Iterator[Criterion]:
    """Dialogue and trust, benefit and shared responsibility make up more than half of the codings of their group."""
    counts = counter.count("frames", case)
    frames = counter.indicator_tables.evidence.frames
    group = tuple(frames.loc[frames["group"] == "partnership", "code_id"])
    ideas = ("dialogue_trust", "mutual_benefit", "shared_responsibility")
    value = ratio(counts.column_sum(*ideas), counts.column_sum(*group))
    yield Criterion(
        "codings of the group partnership that are one of the three ideas",
        value,
        ">",
        np.array(0.5),
        counts.n,
        "statements",
        "share",
        (("frames", group),),
    )


@check_each_unit("F04")
def managed_migration(counter: Counter, case: str) -> Iterator[Criterion]:
    """managed_migration is among the two most frequent codes of the group problem."""
    counts = counter.count("frames", case)
    frames = counter.indicator_tables.evidence.frames
    group = frames.loc[frames["group"] == "problem", "code_id"]
    count = counts.column_sum("managed_migration")
    n_more_frequent = sum((counts.column_sum(code) > count + _ROUNDING_TOLERANCE).astype(float) for code in group)
    rank = np.where(count > 0, 1.0 + n_more_frequent, np.nan)
    yield Criterion(
        "rank of management among the codes of the group problem",
        rank,
        "≤",
        np.array(2.0),
        counts.n,
        "statements",
        "count",
        (("frames", tuple(group)),),
    )


@check_each_unit("F05")
def rights_perspective(counter: Counter, case: str) -> Iterator[Criterion]:
    """Fewer than one statement in ten has the code rights_protection."""
    counts = counter.count("frames", case)
    yield _share_criterion("statements with rights and protection", counts, ("rights_protection",), "<", 0.1, "frames")


@check_each_unit("F06")
def comprehensive_agenda(counter: Counter, case: str) -> Iterator[Criterion]:
    """The remedies proposed in discourse have an effective number of policy families of at least 3.5 out of 6."""
    by_coding, by_statement = _remedy_family_counts(counter, case)
    value = counter.choose(
        "remedy_unit",
        {
            "coding": _effective_number_of_columns(counter, by_coding),
            "statement": _effective_number_of_columns(counter, by_statement),
        },
    )
    yield Criterion(
        "effective number of families among remedies proposed",
        value,
        "≥",
        np.array(3.5),
        by_coding.n,
        "codings",
        "plain",
        (("remedies", ()),),
        interval_method="basic",
    )


@check_each_unit("F07")
def repressive_focus(counter: Counter, case: str) -> Iterator[Criterion]:
    """The family security is the largest among measures."""
    families = _family_counts(counter, counter.count("measures", case))
    others = [families.share(name) for name in families.columns if name != "security"]
    yield Criterion(
        "measures in the family security, against the largest other family",
        families.share("security"),
        ">",
        np.max(others, axis=0),
        families.n,
        "measures",
        "share",
        (("measures", ()),),
    )


@check_each_unit("F08")
def legal_openings(counter: Counter, case: str) -> Iterator[Criterion]:
    """Realised measures of legal_labour_migration are at most one in ten."""
    counts = counter.count("openings", case)
    n_measures = counter.choose(
        "openings_among",
        {option_id: counts.column_sum(option_id) for option_id in ("all_measures", "realised_measures")},
    )
    yield Criterion(
        "measures of legal labour migration that are under way, completed or in force",
        ratio(counts.column_sum("opening"), n_measures),
        "≤",
        np.array(0.1),
        counts.n,
        "measures",
        "share",
        (("openings", ("opening",)),),
    )


@check_each_unit("F09")
def development_gap(counter: Counter, case: str) -> Iterator[Criterion]:
    """The share of the family development among measures is below its share among remedies proposed."""
    measures = _family_counts(counter, counter.count("measures", case))
    by_coding, by_statement = (
        counts.profile[..., counts.columns.index("development")] for counts in _remedy_family_counts(counter, case)
    )
    remedy_share = counter.choose("remedy_unit", {"coding": by_coding, "statement": by_statement})
    areas = _family_areas(counter, "development")
    yield Criterion(
        "measures in the family development, against its share of remedies proposed",
        measures.share("development"),
        "<",
        remedy_share,
        measures.n,
        "measures",
        "share",
        (("measures", areas), ("remedies", areas)),
    )


@check_each_unit("F10")
def policy_area_focus(counter: Counter, case: str) -> Iterator[Criterion]:
    """The effective number of policy areas among measures is below that among remedies proposed."""
    measures, remedies = _area_counts(counter, counter.count("measures", case)), counter.count("remedies", case)
    yield Criterion(
        "effective number of areas among measures, against that of remedies proposed",
        _effective_number_of_columns(counter, measures),
        "<",
        _effective_number_of_columns(counter, remedies),
        measures.n,
        "measures",
        "plain",
        (("measures", ()), ("remedies", ())),
        interval_method="basic",
    )


@check_each_unit("F11")
def public_offices(counter: Counter, case: str) -> Iterator[Criterion]:
    """At least five different public bodies of the destination side act in measures."""
    counts, actors = counter.count("actors", case), counter.indicator_tables.register.actors
    destination = counter.indicator_tables.evidence.cases.loc[case, "destination"]
    destination_actors = actors[actors["polity"] == destination].drop_duplicates("body")
    kinds_by_option = {"offices": ["office"], "governments_too": ["office", "polity"]}
    bodies_by_option = {
        option_id: tuple(destination_actors.loc[destination_actors["kind"].isin(kinds), "body"])
        for option_id, kinds in kinds_by_option.items()
    }
    n_by_option = {
        option_id: (_select_columns(counts, bodies) > 0).sum(axis=-1).astype(float)
        for option_id, bodies in bodies_by_option.items()
    }
    yield Criterion(
        "public bodies of the destination that act in measures",
        counter.choose("public_bodies", n_by_option),
        "≥",
        np.array(5.0),
        counts.n,
        "measures",
        "count",
        (("actors", bodies_by_option["offices"]),),
        interval_method="",
    )


@check_each_unit("F12")
def private_actors(counter: Counter, case: str) -> Iterator[Criterion]:
    """The share of measures with a private_sector actor is at least one in five."""
    counts = counter.count("measures", case)
    yield _share_criterion(
        "measures with an actor of the private sector", counts, ("private_sector",), "≥", 0.2, "measures"
    )


@check_each_unit("F13")
def non_state_actors(counter: Counter, case: str) -> Iterator[Criterion]:
    """The share of measures with a private_sector, ngo or diaspora actor is below one in five."""
    counts = counter.count("measures", case)
    yield Criterion(
        "measures with an actor of the private sector, an NGO or the diaspora",
        counts.share("non_state"),
        "<",
        np.array(0.2),
        counts.n,
        "measures",
        "share",
        (("measures", NON_STATE_TYPES),),
    )


@check_each_unit("F14")
def iom_exception(counter: Counter, case: str) -> Iterator[Criterion]:
    """The IOM is the most frequent actor that is not a state, nor part of the EU or of a state."""
    counts, actors = counter.count("actors", case), counter.indicator_tables.register.actors
    other_bodies = sorted(set(actors.loc[~actors["kind"].isin(["polity", "office"]), "body"]) - {_IOM})
    next_count = _select_columns(counts, other_bodies).max(axis=-1)
    yield Criterion(
        "measures in which the IOM acts, against the next most frequent such actor",
        counts.share(_IOM),
        ">",
        ratio(next_count, counts.total),
        counts.n,
        "measures",
        "share",
        (("actors", (_IOM,)),),
    )


@check_each_unit("F15")
def diaspora_actors(counter: Counter, case: str) -> Iterator[Criterion]:
    """The share of measures with a diaspora actor is below one in ten."""
    counts = counter.count("measures", case)
    yield _share_criterion("measures with an actor of the diaspora", counts, ("diaspora",), "<", 0.1, "measures")


@check_each_unit("F16")
def partnership_asymmetry(counter: Counter, case: str) -> Iterator[Criterion]:
    """Destination-side measures outnumber partner-led ones, and most of the partner's undertakings are in security.

    The registered check also names destination-paid measures, but who pays is not recorded.
    """
    sides, undertakings = counter.count("sides", case), counter.count("undertakings", case)
    yield Criterion(
        "measures on the destination's side, against those that the partner leads",
        sides.share("destination"),
        ">",
        sides.share("partner"),
        sides.n,
        "measures",
        "share",
        (("sides", ("destination", "partner")),),
    )
    n_own = undertakings.column_sum("own")
    yield Criterion(
        "the partner's own undertakings that are in the family security",
        ratio(undertakings.column_sum("security"), n_own),
        ">",
        np.array(0.5),
        np.where(np.isnan(undertakings.n), np.nan, n_own),
        "commitments",
        "share",
        (("undertakings", ("own",)),),
    )


@check_each_unit("F17")
def practice_after_discourse(counter: Counter, case: str) -> Iterator[Criterion]:
    """The median start of measures is later than the median date of discourse documents."""
    median_start, n_measures = counter.median("starts", case)
    median_date, n_documents = counter.median("talk_dates", case)
    yield Criterion(
        "median start of measures, against the median date of documents",
        median_start,
        ">",
        median_date,
        np.minimum(n_measures, n_documents),
        "documents",
        "year",
        (("starts", ()), ("talk_dates", ())),
    )


@check_each_unit("F18")
def readmission_treaties(counter: Counter, partnership: str) -> Iterator[Criterion]:
    """A readmission treaty is signed or enters into force no earlier than a year before the partnership's signature."""
    yield _existence_criterion("readmission treaties in time", counter.count("acts", partnership), "readmission")


@check_all_units("F19")
def multilateral_norms(counter: Counter, units: Sequence[str]) -> Iterator[Criterion]:
    """From 1990 on, multilateral arrangements are less often binding, and under a quarter of all are multilateral.

    The registered check compares the binding share at multilateral level of arrangements founded from 1990 on with that
    of older ones; fewer than one in four arrangements founded from 1990 on is multilateral.
    """
    counts = counter.count("arrangements", units[0])
    shares = {
        age: {
            "of_multilateral": ratio(
                counts.column_sum(f"{age}_multilateral_binding"), counts.column_sum(f"{age}_multilateral")
            ),
            "of_binding": ratio(counts.column_sum(f"{age}_multilateral_binding"), counts.column_sum(f"{age}_binding")),
        }
        for age in ("new", "old")
    }
    new, old = (counter.choose("binding_share", shares[age]) for age in ("new", "old"))
    smallest_n = counter.choose(
        "binding_share",
        {
            option_id: np.minimum(counts.column_sum(f"new_{column}"), counts.column_sum(f"old_{column}"))
            for option_id, column in {"of_multilateral": "multilateral", "of_binding": "binding"}.items()
        },
    )
    yield Criterion(
        "binding share at multilateral level from 1990 on, against before",
        new,
        "<",
        old,
        smallest_n,
        "arrangements",
        "share",
        (("arrangements", ("new_multilateral", "old_multilateral")),),
        interval_method="",
    )
    yield Criterion(
        "new arrangements that are multilateral",
        ratio(counts.column_sum("new_multilateral"), counts.column_sum("new")),
        "<",
        np.array(0.25),
        counts.column_sum("new"),
        "arrangements",
        "share",
        (("arrangements", ("new",)),),
        interval_method="",
    )


@check_each_unit("F20")
def partner_reforms(counter: Counter, partnership: str) -> Iterator[Criterion]:
    """At least one partner-side law or institution in four areas is dated after the partnership's signature."""
    yield _existence_criterion(
        "laws and institutions of the partner after the signature", counter.count("acts", partnership), "reform"
    )


@check_each_unit("F21")
def destination_reorganisation(counter: Counter, case: str) -> Iterator[Criterion]:
    """At least one law or institution of the destination coordinates offices around the first partnership's signature.

    It is dated between one year before and five years after that signature.
    """
    yield _existence_criterion(
        "laws and institutions of the destination that coordinate offices", counter.count("acts", case), "coordination"
    )


def _share_criterion(
    description: str, counts: Counts, columns: tuple[str, ...], relation: str, bound: float, table_name: str
) -> Criterion:
    kind = "measures" if table_name == "measures" else "statements"
    return Criterion(
        description,
        counts.share(*columns),
        relation,
        np.array(bound),
        counts.n,
        kind,
        "share",
        ((table_name, columns),),
    )


def _existence_criterion(description: str, counts: Counts, column: str) -> Criterion:
    """Criterion that at least one act of a kind exists; it has no interval, as a bootstrap cannot show unseen acts."""
    return Criterion(
        description,
        counts.column_sum(column),
        "≥",
        np.array(1.0),
        counts.n,
        "acts",
        "count",
        (("acts", (column,)),),
        interval_method="",
    )


def _select_columns(counts: Counts, columns: Sequence[str]) -> Floats:
    return counts.values[..., [counts.columns.index(column) for column in columns]]


def _family_areas(counter: Counter, family: str) -> tuple[str, ...]:
    areas = counter.indicator_tables.evidence.policy_areas
    return tuple(areas.loc[areas["family"] == family, "code_id"])


def _area_counts(counter: Counter, counts: Counts) -> Counts:
    """Counts of measures restricted to the columns of policy areas."""
    areas = counter.indicator_tables.evidence.policy_areas["code_id"].tolist()
    return Counts(areas, _select_columns(counts, areas), counts.total, counts.n)


def _family_counts(counter: Counter, counts: Counts) -> Counts:
    """Counts of policy areas summed by family."""
    families = list(dict.fromkeys(counter.indicator_tables.evidence.policy_areas["family"]))
    values = np.stack([counts.column_sum(*_family_areas(counter, family)) for family in families], axis=-1)
    return Counts(families, values, counts.total, counts.n)


def _remedy_family_counts(counter: Counter, case: str) -> tuple[Counts, Counts]:
    """Counts of proposed remedies by family: of codings, and of statements."""
    return _family_counts(counter, counter.count("remedies", case)), counter.count("families", case)


def _effective_number_of_columns(counter: Counter, counts: Counts) -> Floats:
    """Effective number of a profile's columns, with or without the correction of entropy by Miller (1955)."""
    uncorrected = effective_number(counts.profile)
    n_used = (counts.values > 0).sum(axis=-1)
    correction = ratio(n_used - 1.0, 2 * np.asarray(counts.n))
    return counter.choose("entropy", {"plain": uncorrected, "corrected": uncorrected * np.exp(correction)})


def scope_units(indicator_tables: IndicatorTables, finding_id: str) -> tuple[list[str], list[str]]:
    """The units of a finding's scope that are in the evidence, and those that are not.

    The unit ``global`` stands for the whole architecture of arrangements.
    """
    evidence = indicator_tables.evidence
    present = {*evidence.cases.index, *evidence.partnerships["partnership_id"], "global"}
    units: tuple[str, ...] = indicator_tables.register.findings.set_index("finding_id")["scope"].to_dict()[finding_id]
    return [unit for unit in units if unit in present], [unit for unit in units if unit not in present]


def criteria_by_unit(counter: Counter, finding_id: str) -> dict[str, list[Criterion]]:
    """The criteria of a finding, by unit; a check of the whole scope has the single unit ``all``."""
    units, _ = scope_units(counter.indicator_tables, finding_id)
    if finding_id in ALL_UNITS_CHECKS:
        return {"all": list(ALL_UNITS_CHECKS[finding_id](counter, units))} if units else {}
    return {unit: list(EACH_UNIT_CHECKS[finding_id](counter, unit)) for unit in units}
