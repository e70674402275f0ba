"""Participation of actors in measures: shares by type, the network of bodies and policy areas, and breadth."""

import numpy as np
import pandas as pd

from compendium.dataset import practice
from compendium.dataset.actors import UNION_ACTOR_TYPES
from compendium.stats import frequencies, profiles

GOVERNMENT_TYPES = ("destination_state", "partner_state", *UNION_ACTOR_TYPES)
"""Types of actors that belong to the government of either side."""
NON_GOVERNMENT_TYPES = ("subnational", "international_organisation", "ngo", "diaspora", "private_sector", "academia")
"""All other types: actors beside the states, and regions and towns below them."""


def body_summary(participations: pd.DataFrame) -> pd.DataFrame:
    """Summarise what each body takes part in, bodies in most measures first.

    Parameters
    ----------
    participations : DataFrame
        From :func:`compendium.dataset.actors.body_participations`.

    Returns
    -------
    DataFrame
        ``body``, ``kind``, ``polity``, ``measures``, ``leads`` (measures that it leads), and how many different
        ``areas``, ``partnerships`` and ``cases`` these measures have.

    Examples
    --------
    >>> participations = pd.DataFrame({"measure_id": ["m1", "m2"], "body": "Forum", "leads": [True, False]})
    >>> participations = participations.assign(kind="international", polity="", policy_area=["visas", "jobs"])
    >>> body_summary(participations.assign(partnership_id="a-x", case_id="aland")).values.tolist()
    [['Forum', 'international', '', 2, 1, 2, 1, 1]]
    """
    summary = participations.groupby("body", sort=True).agg(
        kind=("kind", "first"),
        polity=("polity", "first"),
        measures=("measure_id", "size"),
        leads=("leads", "sum"),
        areas=("policy_area", "nunique"),
        partnerships=("partnership_id", "nunique"),
        cases=("case_id", "nunique"),
    )
    return summary.sort_values("measures", ascending=False, kind="stable").reset_index()


def actor_type_indicators(measures: pd.DataFrame, actor_types: list[str]) -> pd.DataFrame:
    """Mark which types of actors take part in which measure.

    Returns
    -------
    DataFrame of bool, shape (measures, actor_types)
        Indexed by ``measure_id``.

    Examples
    --------
    >>> measures = pd.DataFrame({"measure_id": ["m1"], "actor_types": [("ngo", "diaspora")]})
    >>> actor_type_indicators(measures, ["ngo", "academia"]).loc["m1"].tolist()
    [True, False]
    """
    indicators = {actor_type: [actor_type in types for types in measures["actor_types"]] for actor_type in actor_types}
    return pd.DataFrame(indicators, index=pd.Index(measures["measure_id"]), columns=actor_types, dtype=bool)


def observed_actor_types(measures: pd.DataFrame) -> list[str]:
    """List the types of actors that occur, in alphabetical order.

    Examples
    --------
    >>> observed_actor_types(pd.DataFrame({"actor_types": [("ngo", "diaspora"), (), ("ngo",)]}))
    ['diaspora', 'ngo']
    """
    return sorted(set(measures["actor_types"].explode().dropna()))


def measure_shares_by_group(
    indicators: pd.DataFrame, measures: pd.DataFrame, groups: pd.Series, seed: int
) -> pd.DataFrame:
    """Compute the share of each group's measures for each indicator, with an interval over source documents.

    Parameters
    ----------
    indicators : DataFrame of bool, shape (measures, columns)
    measures : DataFrame
        In the same order as ``indicators``.
    groups : Series of str
        The group of each measure; ``""`` for none.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        The columns of :func:`compendium.stats.frequencies.code_shares_by_group`; ``code_id`` is the indicator.

    Examples
    --------
    >>> measures = pd.DataFrame({"document_id": ["d1", "d2", "d3", "d4"]})
    >>> indicators = pd.DataFrame({"ngo": [True, False, True, True]})
    >>> shares = measure_shares_by_group(indicators, measures, pd.Series(["Aland"] * 4), seed=1)
    >>> shares[["group", "code_id", "share", "count", "n"]].values.tolist()
    [['Aland', 'ngo', 0.75, 3, 4]]
    """
    return frequencies.code_shares_by_group(indicators, measures["document_id"], groups, "statement", seed)


def government_only_share(measures: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Compute the share of measures in which no actors but governments take part.

    Measures without any type of actor do not count as the work of governments.

    Returns
    -------
    DataFrame
        One row, with the columns of :func:`compendium.stats.frequencies.code_shares`.

    Examples
    --------
    >>> measures = pd.DataFrame({"document_id": ["d1", "d2"], "actor_types": [("partner_state",), ("ngo",)]})
    >>> government_only_share(measures, seed=1)["share"].tolist()
    [0.5]
    """
    government_only = measures["actor_types"].map(lambda types: bool(types) and set(types) <= set(GOVERNMENT_TYPES))
    indicators = government_only.rename("government only").astype(bool).to_frame()
    return frequencies.code_shares(indicators, measures["document_id"], "statement", seed)


def body_shares(measures: pd.DataFrame, participations: pd.DataFrame, body: str, seed: int) -> pd.DataFrame:
    """Compute how often a body takes part in measures, and how often it leads those.

    Returns
    -------
    DataFrame
        The columns of :func:`compendium.stats.frequencies.code_shares`; two rows: ``takes part`` (of all measures),
        ``leads`` (of the measures in which the body takes part).

    Examples
    --------
    >>> measures = pd.DataFrame({"measure_id": ["m1", "m2"], "document_id": ["d1", "d2"]})
    >>> participations = pd.DataFrame({"measure_id": ["m1"], "body": ["Forum"], "leads": [True]})
    >>> body_shares(measures, participations, "Forum", seed=1)["share"].to_dict()
    {'takes part': 0.5, 'leads': 1.0}
    """
    body_rows = participations[participations["body"] == body]
    takes_part = measures["measure_id"].isin(body_rows["measure_id"])
    leads = measures["measure_id"].isin(body_rows.loc[body_rows["leads"], "measure_id"])
    documents = measures["document_id"]
    return pd.concat(
        [
            frequencies.code_shares(takes_part.to_frame("takes part"), documents, "statement", seed),
            frequencies.code_shares(leads[takes_part].to_frame("leads"), documents[takes_part], "statement", seed),
        ]
    )


def body_area_links(participations: pd.DataFrame, policy_areas: pd.DataFrame, min_n: int = 1) -> pd.DataFrame:
    """Link bodies with the policy areas of their measures, and place both along two columns.

    Areas have the order of the codebook; each body is placed at the mean position of its areas, weighted by its
    measures. This barycentre heuristic leaves few crossings (Sugiyama, Tagawa and Toda 1981). Both columns are spaced
    evenly.

    Parameters
    ----------
    participations : DataFrame
        From :func:`compendium.dataset.actors.body_participations`.
    policy_areas : DataFrame
        The codebook's table.
    min_n : int
        Bodies in fewer measures are left out.

    Returns
    -------
    DataFrame
        A row for each link: ``body``, ``kind``, ``total`` (measures of the body), ``policy_area``, ``label``,
        ``family``, ``count`` (measures), ``leads`` (measures among them that the body leads), ``body_place`` and
        ``area_place`` (0 to 1, from the top), sorted by these two.

    Examples
    --------
    >>> participations = pd.DataFrame({"measure_id": ["m1", "m2"], "body": "Forum", "kind": "international"})
    >>> participations = participations.assign(policy_area=["visas", "visas"], leads=[True, False])
    >>> areas = pd.DataFrame({"code_id": ["visas"], "label": ["Visas"], "family": ["mobility"]})
    >>> body_area_links(participations, areas)[["body", "label", "count", "leads", "body_place"]].values.tolist()
    [['Forum', 'Visas', 2, 1, 0.5]]
    """
    total = participations.groupby("body")["measure_id"].transform("size")
    frequent = participations[total >= min_n].assign(total=total)
    grouped = frequent.groupby(["body", "kind", "total", "policy_area"], sort=True)
    links = grouped.agg(count=("measure_id", "size"), leads=("leads", "sum")).reset_index()
    areas = policy_areas[policy_areas["code_id"].isin(links["policy_area"])].set_index("code_id")
    links = links.assign(
        label=links["policy_area"].map(areas["label"]),
        family=links["policy_area"].map(areas["family"]),
        area_place=links["policy_area"].map(_even_positions(areas.index)),
    )
    weighted_places = (links["area_place"] * links["count"]).groupby(links["body"]).sum()
    mean_places = weighted_places / links.groupby("body")["count"].sum()
    # Rounded, so that bodies at one place are sorted by name on every machine.
    bodies = mean_places.round(9).rename("mean").reset_index().sort_values(["mean", "body"], kind="stable")
    links = links.assign(body_place=links["body"].map(_even_positions(pd.Index(bodies["body"]))))
    return links.sort_values(["body_place", "area_place"], kind="stable").reset_index(drop=True)


def _even_positions(names: pd.Index) -> pd.Series:
    """Return evenly spaced positions from 0 to 1: the middles of equal parts."""
    return pd.Series((np.arange(len(names)) + 0.5) / max(len(names), 1), index=names)


def merge_government_types(actor_types: pd.Series) -> pd.Series:
    """Merge all types of actors that belong to the destination's government into ``destination_state``.

    The codebook divides the government of a union of states into institutions, agencies and member states, but not
    that of a single state: unmerged, a union would look broader because of its form alone.

    Parameters
    ----------
    actor_types : Series of str
        One type of actor per row.
    """
    return actor_types.replace(dict.fromkeys(UNION_ACTOR_TYPES, "destination_state"))


def area_and_type_breadth(measures: pd.DataFrame, areas: list[str], seed: int) -> pd.DataFrame:
    """Compute effective numbers of policy areas and of types of actors for each partnership.

    Types are those of :func:`merge_government_types`; a measure counts for each type that takes part in it. See
    :func:`compendium.stats.profiles.effective_numbers`: intervals are over source documents, and ``corrected`` allows
    for the narrowness of small samples.

    Returns
    -------
    DataFrame
        Two rows for each partnership, with ``what`` being ``areas`` or ``types``: ``value``, ``corrected``, ``low``,
        ``high``, ``n`` (mentions counted), ``documents``, ``partnership_id``, ``measures``.

    Examples
    --------
    >>> measures = pd.DataFrame({"measure_id": ["m1", "m2"], "document_id": ["d1", "d2"], "partnership_id": "a-x"})
    >>> measures = measures.assign(policy_area=["visas", "jobs"], actor_types=[("ngo",), ("ngo",)])
    >>> area_and_type_breadth(measures, ["visas", "jobs"], seed=1).set_index("what")["value"].round(2).to_dict()
    {'areas': 2.0, 'types': 1.0}
    """
    parts = []
    for partnership_id, partnership_measures in measures.groupby("partnership_id", sort=True):
        types = practice.explode_list_column(partnership_measures, "actor_types")
        types = types.assign(type=merge_government_types(types["actor_types"])).drop_duplicates(["measure_id", "type"])
        counts = {
            "areas": practice.area_counts_by_document(partnership_measures, areas),
            "types": pd.crosstab(types["document_id"], types["type"]),
        }
        effective = profiles.effective_numbers(counts, seed)
        parts.append(effective.assign(partnership_id=partnership_id, measures=len(partnership_measures)))
    columns = ["what", "value", "corrected", "low", "high", "n", "documents", "partnership_id", "measures"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def breadth_points(breadth: pd.DataFrame) -> pd.DataFrame:
    """Return each partnership as a point: areas on the first axis, types of actors on the second, both corrected.

    Parameters
    ----------
    breadth : DataFrame
        From :func:`area_and_type_breadth`.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``value`` (areas), ``other`` (types), each with ``_low`` and ``_high``, ``areas``,
        ``types`` (the same, uncorrected), ``n`` (measures).

    Examples
    --------
    >>> breadth = pd.DataFrame({"what": ["areas", "types"], "value": [2.0, 1.0], "corrected": [2.5, 1.2]})
    >>> breadth = breadth.assign(low=1.0, high=4.0, partnership_id="a-x", measures=7)
    >>> breadth_points(breadth)[["partnership_id", "value", "other", "areas", "n"]].values.tolist()
    [['a-x', 2.5, 1.2, 2.0, 7]]
    """
    parts = {what: rows.set_index("partnership_id") for what, rows in breadth.groupby("what")}
    if not parts:
        return pd.DataFrame(columns=["partnership_id", "value", "other", "n"])
    points = pd.DataFrame({what: rows["value"] for what, rows in parts.items()}).assign(n=parts["areas"]["measures"])
    for axis, what in (("value", "areas"), ("other", "types")):
        rows = parts[what]
        points = points.assign(**{axis: rows["corrected"], f"{axis}_low": rows["low"], f"{axis}_high": rows["high"]})
    return points.reset_index()


def body_breadth(participations: pd.DataFrame) -> pd.DataFrame:
    """Count the bodies that act in each partnership, and estimate how complete their list is.

    No codebook says how many bodies there could be, and most occur once. The number of bodies that a longer search
    would find cannot be estimated from such a list, and no correction would change that. ``coverage`` estimates how
    complete the list is: the probability that an actor drawn from all there are is among those seen, which is 1 less
    the share of mentions of bodies seen once (Good 1953, *The population frequencies of species*).

    Returns
    -------
    DataFrame
        ``partnership_id``, ``bodies``, ``once`` (bodies in a single measure), ``effective`` (their effective number),
        ``coverage`` (0 to 1), ``n`` (pairs of body and measure).

    Examples
    --------
    >>> participations = pd.DataFrame({"partnership_id": "a-x", "body": ["Forum", "Forum", "Forum", "Office"]})
    >>> body_breadth(participations)[["bodies", "once", "coverage", "n"]].values.tolist()
    [[2.0, 1.0, 0.75, 4.0]]
    """
    rows = []
    for partnership_id, partnership_rows in participations.groupby("partnership_id", sort=True):
        counts = partnership_rows["body"].value_counts().sort_index()
        once, n = int((counts == 1).sum()), len(partnership_rows)
        effective = float(profiles.effective_number(np.asarray(counts / n, dtype=np.float64)))
        rows.append((partnership_id, len(counts), once, effective, 1 - once / n, n))
    return pd.DataFrame(rows, columns=["partnership_id", "bodies", "once", "effective", "coverage", "n"])
