"""Who takes part in what: bodies and types of actors of measures, the network they form with policy areas, and breadth.

Names of actors are as sources write them. The register of actors says which body a name stands for; two names of
one body are one actor, a name for two bodies is two. A name that the register lacks stands for itself.
"""

import numpy as np
import pandas as pd

from compendium.dataset import practice
from compendium.stats import frequencies, profiles

UNREGISTERED = "not in the register"
UNION_ACTOR_TYPES = ("eu_institution", "eu_agency", "member_state")
GOVERNMENT_TYPES = ("destination_state", "partner_state", *UNION_ACTOR_TYPES)
"""Types of actors that are a side's government."""
NON_GOVERNMENT_TYPES = ("subnational", "international_organisation", "ngo", "diaspora", "private_sector", "academia")
"""Those that stand beside the states, or below them."""
ACTOR_SIDES = ("destination", "partner", "international", "third")


def body_participations(measures: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """The bodies that act in each measure.

    Parameters
    ----------
    measures, actors : DataFrame
        The table of measures, and the register's table of actors.

    Returns
    -------
    DataFrame
        A row for each measure and body, in order of both: the columns of ``measures``, ``body``, ``kind`` and
        ``polity`` (of the register; ``kind`` is :data:`UNREGISTERED` for a name that it lacks), ``leads`` (bool).
    """
    named = pd.concat(
        [
            measures.assign(name=measures["lead_actor"], leads=True),
            practice.explode_list_column(measures, "other_actors")
            .rename(columns={"other_actors": "name"})
            .assign(leads=False),
        ]
    )
    known = named[named["name"] != ""].merge(actors, on="name", how="left")
    known = known.assign(
        body=known["body"].fillna(known["name"]),
        kind=known["kind"].fillna(UNREGISTERED),
        polity=known["polity"].fillna(""),
    )
    known = known.sort_values(["measure_id", "body", "leads"], ascending=[True, True, False], kind="stable")
    once = known.drop_duplicates(["measure_id", "body"]).reset_index(drop=True)
    return once[[*measures.columns, "body", "kind", "polity", "leads"]]


def participation_sides(participations: pd.DataFrame, destinations: pd.Series, partners: pd.Series) -> pd.Series:
    """On which side each body of :func:`body_participations` stands: one of :data:`ACTOR_SIDES`.

    The same body can stand on different sides: a neighbour of one partnership is the partner of another.

    Parameters
    ----------
    participations : DataFrame
        Of :func:`body_participations`.
    destinations, partners : Series of str
        The destination of each case, and the partner of each partnership, by id.
    """
    sides = [
        participations["polity"] == participations["case_id"].map(destinations),
        participations["polity"] == participations["partnership_id"].map(partners),
        participations["kind"] == "international",
    ]
    return pd.Series(np.select(sides, ACTOR_SIDES[:3], ACTOR_SIDES[3]), index=participations.index)


def body_summary(participations: pd.DataFrame) -> pd.DataFrame:
    """Each body with what it takes part in, those in most measures first.

    Returns
    -------
    DataFrame
        ``body``, ``kind``, ``polity``, ``measures``, ``leads`` (measures that it leads), ``areas``, ``partnerships``,
        ``cases`` (numbers of different ones).
    """
    grouped = participations.groupby("body", sort=True)
    found = grouped.agg(
        kind=("kind", "first"),
        polity=("polity", "first"),
        measures=("measure_id", "size"),
        leads=("leads", "sum"),
        areas=("policy_area", "nunique"),
        partnerships=("partnership_id", "nunique"),
        cases=("case_id", "nunique"),
    )
    return found.sort_values("measures", ascending=False, kind="stable").reset_index()


def actor_type_indicators(measures: pd.DataFrame, actor_types: list[str]) -> pd.DataFrame:
    """Which type of actor takes part in which measure: DataFrame of bool, measures × ``actor_types``."""
    present = measures["actor_types"]
    marks = {kind: [kind in own for own in present] for kind in actor_types}
    return pd.DataFrame(marks, index=pd.Index(measures["measure_id"]), columns=actor_types, dtype=bool)


def body_indicators(measures: pd.DataFrame, participations: pd.DataFrame, bodies: list[str]) -> pd.DataFrame:
    """Which body acts in which measure: DataFrame of bool, measures × ``bodies``."""
    crossed = pd.crosstab(participations["measure_id"], participations["body"]) > 0
    return crossed.reindex(index=measures["measure_id"], columns=bodies, fill_value=False)


def observed_actor_types(measures: pd.DataFrame) -> list[str]:
    """The types of actors that occur, in order of their name."""
    return sorted(set(measures["actor_types"].explode().dropna()))


def measure_shares_by_group(
    indicators: pd.DataFrame, measures: pd.DataFrame, groups: pd.Series, seed: int
) -> pd.DataFrame:
    """Share of the measures of each group that bear each mark, with an interval over source documents.

    Parameters
    ----------
    indicators : DataFrame of bool, shape (measures, columns)
    measures : DataFrame
        Row for row with ``indicators``.
    groups : Series of str
        The group of each measure; ``""`` for none.
    seed : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        As :func:`compendium.stats.frequencies.code_shares_by_group`: ``group``, ``code_id`` (the mark), ``share``, ``low``,
        ``high``,
        ``count``, ``n``, ``documents``.
    """
    return frequencies.code_shares_by_group(indicators, measures["document_id"], groups, "statement", seed)


def body_area_links(participations: pd.DataFrame, policy_areas: pd.DataFrame, min_n: int = 1) -> pd.DataFrame:
    """The network of bodies and policy areas: a link where a body takes part in a measure of an area.

    Areas stand in the order of the codebook, each body at the mean place of its areas, weighed by its measures: the
    barycentre heuristic, by which few links cross (Sugiyama, Tagawa and Toda 1981). Both columns are spread evenly.

    Parameters
    ----------
    participations : DataFrame
        Of :func:`body_participations`.
    policy_areas : DataFrame
        The codebook's.
    min_n : int
        Bodies in fewer measures are left out.

    Returns
    -------
    DataFrame
        A row a link: ``body``, ``kind``, ``total`` (measures of the body), ``policy_area``, ``label``, ``family``,
        ``count`` (measures), ``leads`` (of these, measures that it leads), ``body_place``, ``area_place`` (0 to 1,
        from the top), ordered by the two places.
    """
    total = participations.groupby("body")["measure_id"].transform("size")
    own = participations[total >= min_n].assign(total=total)
    grouped = own.groupby(["body", "kind", "total", "policy_area"], sort=True)
    found = grouped.agg(count=("measure_id", "size"), leads=("leads", "sum")).reset_index()
    areas = policy_areas[policy_areas["code_id"].isin(found["policy_area"])].set_index("code_id")
    area_place = _even_positions(areas.index)
    found = found.assign(
        label=found["policy_area"].map(areas["label"]),
        family=found["policy_area"].map(areas["family"]),
        area_place=found["policy_area"].map(area_place),
    )
    pull = (found["area_place"] * found["count"]).groupby(found["body"]).sum()
    mean = pull / found.groupby("body")["count"].sum()
    ordered = mean.round(9).rename("mean").reset_index().sort_values(["mean", "body"], kind="stable")
    found = found.assign(body_place=found["body"].map(_even_positions(pd.Index(ordered["body"]))))
    return found.sort_values(["body_place", "area_place"], kind="stable").reset_index(drop=True)


def _even_positions(names: pd.Index) -> pd.Series:
    """Even places from 0 to 1, in the middle of as many equal parts."""
    return pd.Series((np.arange(len(names)) + 0.5) / max(len(names), 1), index=names)


def merge_government_types(actor_types: pd.Series) -> pd.Series:
    """Types of actors with all that is the destination's government as one.

    The codebook parts the government of a union of states into institutions, agencies and member states, and that of a
    single state not at all: unmerged, a union would look broader for its form alone.

    Parameters
    ----------
    actor_types : Series of str
        One type of actor a row.
    """
    return actor_types.replace(dict.fromkeys(UNION_ACTOR_TYPES, "destination_state"))


def area_and_type_breadth(measures: pd.DataFrame, areas: list[str], seed: int) -> pd.DataFrame:
    """Effective numbers of policy areas and of types of actors (:func:`merge_government_types`) in each partnership.

    See :func:`compendium.stats.profiles.effective_numbers`: the interval is over source documents, and ``corrected`` allows for
    the
    narrowness of small samples. A measure counts for each type that takes part in it.

    Returns
    -------
    DataFrame
        For each partnership two rows, ``what`` being ``areas`` or ``types``: ``value``, ``corrected``, ``low``,
        ``high``, ``n`` (what is counted), ``documents``, ``partnership_id``, ``measures``.
    """
    parts = []
    for partnership, own in measures.groupby("partnership_id", sort=True):
        present = practice.explode_list_column(own, "actor_types")
        present = present.assign(type=merge_government_types(present["actor_types"])).drop_duplicates(
            ["measure_id", "type"]
        )
        tables = {
            "areas": practice.area_counts_by_document(own, areas),
            "types": pd.crosstab(present["document_id"], present["type"]),
        }
        parts.append(profiles.effective_numbers(tables, seed).assign(partnership_id=partnership, measures=len(own)))
    columns = ["what", "value", "corrected", "low", "high", "n", "documents", "partnership_id", "measures"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def breadth_points(breadth: pd.DataFrame) -> pd.DataFrame:
    """Each partnership as a point: areas along the first axis, types of actors along the second, each less its bias.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``value`` (areas), ``other`` (types), each with ``_low`` and ``_high``, ``areas``,
        ``types`` (the same, uncorrected), ``n`` (measures).
    """
    parts = {what: own.set_index("partnership_id") for what, own in breadth.groupby("what")}
    if not parts:
        return pd.DataFrame(columns=["partnership_id", "value", "other", "n"])
    found = pd.DataFrame({what: own["value"] for what, own in parts.items()}).assign(n=parts["areas"]["measures"])
    for axis, what in (("value", "areas"), ("other", "types")):
        own = parts[what]
        found = found.assign(**{axis: own["corrected"], f"{axis}_low": own["low"], f"{axis}_high": own["high"]})
    return found.reset_index()


def body_breadth(participations: pd.DataFrame) -> pd.DataFrame:
    """How many bodies act in each partnership, and how far their number can be trusted.

    Names have no codebook that says how many there could be, and most occur once: how many bodies a longer search would
    find is not to be told from such a list, and no correction would mend that. ``coverage`` says how near it is: the
    chance that an actor drawn from the whole is one of those seen, 1 less the share of those seen once (Good 1953, *The
    population frequencies of species*).

    Returns
    -------
    DataFrame
        ``partnership_id``, ``bodies``, ``once`` (bodies in a single measure), ``effective`` (their effective number),
        ``coverage`` (0 to 1), ``n`` (pairs of body and measure).
    """
    rows = []
    for partnership, own in participations.groupby("partnership_id", sort=True):
        counts = own["body"].value_counts().sort_index()
        once, n = int((counts == 1).sum()), len(own)
        effective = float(profiles.effective_number(np.asarray(counts / n, dtype=np.float64)))
        rows.append((partnership, len(counts), once, effective, 1 - once / n, n))
    return pd.DataFrame(rows, columns=["partnership_id", "bodies", "once", "effective", "coverage", "n"])
