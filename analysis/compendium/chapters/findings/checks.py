"""The checks of the findings, as they were registered.

Each check is one function of a :class:`~compendium.chapters.findings.counting.Counter` and of a unit (a case or a
partnership of the finding's
scope, or the whole scope); it gives figures, each with the threshold that it must keep. The same function serves one
universe, its bootstrap, all universes and redrawn codings, for it only does arithmetic on arrays.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from compendium.chapters.findings.counting import Counter, Counts
from compendium.chapters.findings.indicators import NON_STATE_TYPES, IndicatorTables
from compendium.stats.arrays import Bools, Floats, ratio
from compendium.stats.profiles import effective_number

# The least number of rows below which nothing is said; declared with the data at hand, not registered.
MIN_N_BY_KIND = {
    "statements": 30,
    "codings": 30,
    "documents": 10,
    "measures": 20,
    "commitments": 10,
    "acts": 5,
    "arrangements": 5,
}
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
    """A figure that decides, with the bound that it must keep.

    Attributes
    ----------
    description : str
        What is measured, in words.
    value, bound : ndarray, shape (...)
    relation : {"≥", ">", "≤", "<"}
        What the value must be against the bound.
    n : ndarray, shape (...)
        How many ``row_kind`` it rests on; NaN where the unit is out of scope.
    row_kind : str
        A key of :data:`MIN_N_BY_KIND`.
    value_format : {"share", "count", "plain", "year", "p"}
        How the value is written.
    indicator_columns : tuple of (sheet, columns)
        Where the rows behind it are.
    interval_method : {"percentile", "basic", ""}
        Which bootstrap interval it has, if any.
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
        """1 where the relation holds, 0 where not, NaN where it is not testable: shape (...)."""
        value, bound, n = np.broadcast_arrays(self.value, self.bound, self.n)
        undefined = ~(n >= MIN_N_BY_KIND[self.row_kind]) | np.isnan(value) | np.isnan(bound)
        return np.where(undefined, np.nan, RELATION_TESTS[self.relation](value, bound))


EachUnitCheck = Callable[[Counter, str], Iterator[Criterion]]
AllUnitsCheck = Callable[[Counter, Sequence[str]], Iterator[Criterion]]
EACH_UNIT_CHECKS: dict[str, EachUnitCheck] = {}
ALL_UNITS_CHECKS: dict[str, AllUnitsCheck] = {}


def check_each_unit(finding_id: str) -> Callable[[EachUnitCheck], EachUnitCheck]:
    """Register the check that a finding asks of each unit of its scope."""
    return lambda check: EACH_UNIT_CHECKS.setdefault(finding_id, check)


def check_all_units(finding_id: str) -> Callable[[AllUnitsCheck], AllUnitsCheck]:
    """Register the check that a finding asks of its whole scope at once."""
    return lambda check: ALL_UNITS_CHECKS.setdefault(finding_id, check)


@check_each_unit("F01")
def partnership_language(counter: Counter, case: str) -> Iterator[Criterion]:
    """At least a quarter of the statements carry one code or more of the group partnership."""
    counts = counter.count("partnership", case)
    yield _share_criterion(
        "statements with a code of the group partnership", counts, ("partnership",), "≥", 0.25, "partnership"
    )


@check_all_units("F02")
def profile_differences(counter: Counter, cases: Sequence[str]) -> Iterator[Criterion]:
    """The profile over frames differs between the cases: permutation test on documents, p < 0.05."""
    p, documents = counter.profile_difference(cases, MIN_N_BY_KIND["documents"])
    what = "p of the summed pairwise Jensen-Shannon distance, documents permuted"
    yield Criterion(what, p, "<", np.array(0.05), documents, "documents", "p", (("frames", ()),), interval_method="")


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
    own = counts.column_sum("managed_migration")
    ahead = sum((counts.column_sum(code) > own + _ROUNDING_TOLERANCE).astype(float) for code in group)
    rank = np.where(own > 0, 1.0 + ahead, np.nan)
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
    """rights_protection is carried by fewer than one statement in ten."""
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
    whole = counter.choose(
        "openings_among", {each: counts.column_sum(each) for each in ("all_measures", "realised_measures")}
    )
    yield Criterion(
        "measures of legal labour migration that are under way, completed or in force",
        ratio(counts.column_sum("opening"), whole),
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
    done = _family_counts(counter, counter.count("measures", case))
    by_coding, by_statement = (
        counts.profile[..., _column_index(counts, "development")] for counts in _remedy_family_counts(counter, case)
    )
    said = counter.choose("remedy_unit", {"coding": by_coding, "statement": by_statement})
    areas = _family_areas(counter, "development")
    yield Criterion(
        "measures in the family development, against its share of remedies proposed",
        done.share("development"),
        "<",
        said,
        done.n,
        "measures",
        "share",
        (("measures", areas), ("remedies", areas)),
    )


@check_each_unit("F10")
def policy_area_focus(counter: Counter, case: str) -> Iterator[Criterion]:
    """The effective number of policy areas among measures is below that among remedies proposed."""
    done, said = _area_counts(counter, counter.count("measures", case)), counter.count("remedies", case)
    yield Criterion(
        "effective number of areas among measures, against that of remedies proposed",
        _effective_number_of_columns(counter, done),
        "<",
        _effective_number_of_columns(counter, said),
        done.n,
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
    own = actors[actors["polity"] == destination].drop_duplicates("body")
    kinds = {"offices": ["office"], "governments_too": ["office", "polity"]}
    bodies = {option: tuple(own.loc[own["kind"].isin(of), "body"]) for option, of in kinds.items()}
    places = {option: [_column_index(counts, body) for body in each] for option, each in bodies.items()}
    number = {option: (counts.values[..., at] > 0).sum(axis=-1).astype(float) for option, at in places.items()}
    yield Criterion(
        "public bodies of the destination that act in measures",
        counter.choose("public_bodies", number),
        "≥",
        np.array(5.0),
        counts.n,
        "measures",
        "count",
        (("actors", bodies["offices"]),),
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
    value = counts.share("non_state")
    yield Criterion(
        "measures with an actor of the private sector, an NGO or the diaspora",
        value,
        "<",
        np.array(0.2),
        counts.n,
        "measures",
        "share",
        (("measures", NON_STATE_TYPES),),
    )


@check_each_unit("F14")
def iom_exception(counter: Counter, case: str) -> Iterator[Criterion]:
    """The IOM is the most frequent actor that is no state, no part of the EU and no part of a state."""
    counts, actors = counter.count("actors", case), counter.indicator_tables.register.actors
    others = tuple(sorted(set(actors.loc[~actors["kind"].isin(["polity", "office"]), "body"]) - {_IOM}))
    next_one = counts.values[..., [_column_index(counts, body) for body in others]].max(axis=-1)
    yield Criterion(
        "measures in which the IOM acts, against the next most frequent such actor",
        counts.share(_IOM),
        ">",
        ratio(next_one, counts.total),
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
    """Destination-side or destination-paid measures outnumber partner-led ones, and most of the partner's own
    undertakings fall in the family security."""
    sides, own = counter.count("sides", case), counter.count("undertakings", case)
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
    n = np.where(np.isnan(own.n), np.nan, own.column_sum("own"))
    yield Criterion(
        "the partner's own undertakings that are in the family security",
        ratio(own.column_sum("security"), own.column_sum("own")),
        ">",
        np.array(0.5),
        n,
        "commitments",
        "share",
        (("undertakings", ("own",)),),
    )


@check_each_unit("F17")
def practice_after_discourse(counter: Counter, case: str) -> Iterator[Criterion]:
    """The median start of measures lies after the median date of discourse documents."""
    (done, measures), (said, documents) = counter.median("starts", case), counter.median("talk_dates", case)
    yield Criterion(
        "median start of measures, against the median date of documents",
        done,
        ">",
        said,
        np.minimum(measures, documents),
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
    """Among arrangements founded from 1990 on, the binding ones are a smaller share at multilateral level than before
    1990, and fewer than one in four new arrangements is multilateral."""
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
    whole = {"of_multilateral": "multilateral", "of_binding": "binding"}
    least = counter.choose(
        "binding_share",
        {
            name: np.minimum(counts.column_sum(f"new_{of}"), counts.column_sum(f"old_{of}"))
            for name, of in whole.items()
        },
    )
    behind = ("new_multilateral", "old_multilateral")
    yield Criterion(
        "binding share at multilateral level from 1990 on, against before",
        new,
        "<",
        old,
        least,
        "arrangements",
        "share",
        (("arrangements", behind),),
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
    """At least one partner-side law or institution of four areas dates from after the partnership's signature."""
    yield _existence_criterion(
        "laws and institutions of the partner after the signature", counter.count("acts", partnership), "reform"
    )


@check_each_unit("F21")
def destination_reorganisation(counter: Counter, case: str) -> Iterator[Criterion]:
    """At least one institution or law of the destination side that coordinates offices is dated between one year before
    and five years after the first partnership's signature."""
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
    """At least one act of a kind; a bootstrap would say nothing of what was never found."""
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


def _column_index(counts: Counts, column: str) -> int:
    return counts.columns.index(column)


def _family_areas(counter: Counter, family: str) -> tuple[str, ...]:
    areas = counter.indicator_tables.evidence.policy_areas
    return tuple(areas.loc[areas["family"] == family, "code_id"])


def _area_counts(counter: Counter, counts: Counts) -> Counts:
    areas = counter.indicator_tables.evidence.policy_areas["code_id"].tolist()
    places = [_column_index(counts, area) for area in areas]
    return Counts(areas, counts.values[..., places], counts.total, counts.n)


def _family_counts(counter: Counter, counts: Counts) -> Counts:
    """Counts of areas summed into families."""
    names = list(dict.fromkeys(counter.indicator_tables.evidence.policy_areas["family"]))
    values = np.stack([counts.column_sum(*_family_areas(counter, name)) for name in names], axis=-1)
    return Counts(names, values, counts.total, counts.n)


def _remedy_family_counts(counter: Counter, case: str) -> tuple[Counts, Counts]:
    return _family_counts(counter, counter.count("remedies", case)), counter.count("families", case)


def _effective_number_of_columns(counter: Counter, counts: Counts) -> Floats:
    plain = effective_number(counts.profile)
    seen = (counts.values > 0).sum(axis=-1)
    correction = ratio(seen - 1.0, 2 * np.asarray(counts.n))
    return counter.choose("entropy", {"plain": plain, "corrected": plain * np.exp(correction)})


def scope_units(indicator_tables: IndicatorTables, finding_id: str) -> tuple[list[str], list[str]]:
    """The units of a finding that are here, and those that are not; the whole architecture is the unit ``global``."""
    evidence = indicator_tables.evidence
    here = {*evidence.cases.index, *evidence.partnerships["partnership_id"], "global"}
    units: tuple[str, ...] = indicator_tables.register.findings.set_index("finding_id")["scope"].to_dict()[finding_id]
    return [unit for unit in units if unit in here], [unit for unit in units if unit not in here]


def criteria_by_unit(counter: Counter, finding_id: str) -> dict[str, list[Criterion]]:
    """The figures of a finding, by unit; a check of the whole scope has the one unit ``all``."""
    units, _ = scope_units(counter.indicator_tables, finding_id)
    if finding_id in ALL_UNITS_CHECKS:
        return {"all": list(ALL_UNITS_CHECKS[finding_id](counter, units))} if units else {}
    return {unit: list(EACH_UNIT_CHECKS[finding_id](counter, unit)) for unit in units}
