"""Comparison of the two sides of a partnership: who undertakes, leads, acts and pays, and what depends on what."""

from datetime import date

import numpy as np
import pandas as pd

from compendium.dataset import practice
from compendium.dataset.actors import UNION_ACTOR_TYPES
from compendium.dataset.coded_statements import CodedStatements
from compendium.stats import frequencies
from compendium.stats.bootstrap import N_RESAMPLES, bootstrap_weights, cluster_sums, ratio_intervals, zero_count_upper

CONDITIONALITY = "conditionality"
READMISSION, VISAS = "readmission_return", "visa_facilitation"
OBLIGATED_SIDES = ("destination", "both", "partner")
LEAD_SIDES = ("destination", "joint", "international", "partner")
ACTING_SIDES = ("destination alone", "both sides", "partner alone", "neither")
BALANCES = ("undertakes", "leads", "acts")
_TREATY_EVENT_KINDS = ("signature", "entry_into_force")
"""Kinds of treaty events whose dates are compared, signatures with signatures and entries into force likewise."""


def acting_sides(measures: pd.DataFrame) -> pd.Series:
    """Return whose governments take part in each measure: one of :data:`ACTING_SIDES`.

    The destination's government is its state, or a union's institutions, agencies and member states. Regions and
    towns count for neither side, because the type ``subnational`` does not tell them apart.

    Examples
    --------
    >>> measures = pd.DataFrame({"actor_types": [("eu_agency", "partner_state"), ("member_state",), ("ngo",)]})
    >>> acting_sides(measures).tolist()
    ['both sides', 'destination alone', 'neither']
    """
    destination_types = {"destination_state", *UNION_ACTOR_TYPES}
    destination = measures["actor_types"].map(lambda types: not destination_types.isdisjoint(types)).astype(bool)
    partner = measures["actor_types"].map(lambda types: "partner_state" in types).astype(bool)
    sides = [destination & ~partner, destination & partner, partner]
    return pd.Series(np.select(sides, ACTING_SIDES[:3], ACTING_SIDES[3]), index=measures.index)


def partnership_labels_with_n(table: pd.DataFrame, partnership_labels: dict[str, str]) -> dict[str, str]:
    """Label the partnerships that have rows in a table, each with the number of its rows.

    Partnerships keep the order of ``partnership_labels``.

    Examples
    --------
    >>> partnership_labels_with_n(pd.DataFrame({"partnership_id": ["a-x", "a-x"]}), {"b-y": "Yland", "a-x": "Xland"})
    {'a-x': 'Xland (n = 2)'}
    """
    counts = table["partnership_id"].value_counts()
    return {key: f"{name} (n = {counts[key]})" for key, name in partnership_labels.items() if key in counts}


def option_shares(
    values: pd.Series, options: tuple[str, ...], documents: pd.Series, groups: pd.Series, seed: int
) -> pd.DataFrame:
    """Compute the share of each option among the rows of each group, with an interval over source documents.

    Returns
    -------
    DataFrame
        The columns of :func:`compendium.stats.frequencies.code_shares_by_group`; ``code_id`` is the option.

    Examples
    --------
    >>> sides, documents = pd.Series(["both", "partner"]), pd.Series(["d1", "d2"])
    >>> shares = option_shares(sides, ("both", "partner"), documents, pd.Series(["Xland", "Xland"]), seed=1)
    >>> shares[["group", "code_id", "share"]].values.tolist()
    [['Xland', 'both', 0.5], ['Xland', 'partner', 0.5]]
    """
    return frequencies.code_shares_by_group(
        practice.one_hot(values, list(options)), documents, groups, "statement", seed
    )


def commitment_shares(commitments: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Compute the shares of all commitments that are binding, and of each obligated side.

    Returns
    -------
    DataFrame
        The columns of :func:`compendium.stats.frequencies.code_shares`, indexed by ``binding`` and
        :data:`OBLIGATED_SIDES`.

    Examples
    --------
    >>> commitments = pd.DataFrame({"document_id": ["d1", "d2"], "strength": "binding", "obligated": "both"})
    >>> commitment_shares(commitments, seed=1)["share"].to_dict()
    {'binding': 1.0, 'destination': 0.0, 'both': 1.0, 'partner': 0.0}
    """
    binding = practice.one_hot(commitments["strength"], ["binding"])
    indicators = binding.join(practice.one_hot(commitments["obligated"], list(OBLIGATED_SIDES)))
    return frequencies.code_shares(indicators, commitments["document_id"], "statement", seed)


def measure_shares(measures: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Compute the shares of all measures with a known budget, of each acting side and of each leading side.

    Returns
    -------
    DataFrame
        The columns of :func:`compendium.stats.frequencies.code_shares`, indexed by ``budget known``,
        :data:`ACTING_SIDES` and :data:`LEAD_SIDES`.

    Examples
    --------
    >>> measures = pd.DataFrame({"document_id": ["d1", "d2"], "budget": [1.0, None], "lead_side": "joint"})
    >>> shares = measure_shares(measures.assign(actor_types=[("ngo",), ("partner_state",)]), seed=1)["share"]
    >>> shares["budget known"].item(), shares["partner alone"].item(), shares["joint"].item()
    (0.5, 0.5, 1.0)
    """
    budget_known = measures["budget"].notna().to_frame("budget known")
    acting = practice.one_hot(acting_sides(measures), list(ACTING_SIDES))
    leading = practice.one_hot(measures["lead_side"], list(LEAD_SIDES))
    indicators = budget_known.join(acting).join(leading)
    return frequencies.code_shares(indicators, measures["document_id"], "statement", seed)


def share_difference(plus: pd.Series, minus: pd.Series, documents: pd.Series, seed: int) -> tuple[float, float, float]:
    """Compute the share of ``plus`` rows less that of ``minus`` rows, -1 to 1, with a 95 % interval.

    The bootstrap draws documents. Where all documents agree, all resamples agree too, and the bootstrap shows no
    uncertainty; the interval then allows for a share that this number of documents can have missed
    (:func:`compendium.stats.bootstrap.zero_count_upper`).

    Parameters
    ----------
    plus, minus : Series of bool, length rows
    documents : Series, length rows
        The source of each row.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    value, low, high : float
        NaN without rows; the ends are NaN when there is a single document.
    """
    if plus.empty:
        return np.nan, np.nan, np.nan
    signed = (plus.astype(float) - minus.astype(float)).rename("signed").to_frame()
    sums, sizes = cluster_sums(signed, documents)
    weights = bootstrap_weights(len(sums), N_RESAMPLES, seed)
    low, high = ratio_intervals(sums.to_numpy(dtype=float), sizes.to_numpy(dtype=float), weights)
    value = float(signed["signed"].mean())
    spread = zero_count_upper(len(sums)) if high[0] - low[0] < 1e-9 else 0.0
    ends = np.clip([low[0] - spread, high[0] + spread], -1.0, 1.0)
    return value, float(ends[0]), float(ends[1])


def balances(commitments: pd.DataFrame, measures: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Compute three balances of each partnership: the destination's share less the partner's, in points.

    ``undertakes``: commitments of one side alone. ``leads``: measures that a side leads. ``acts``: measures in which
    the governments of one side act and those of the other do not. At 0 both sides weigh the same; what they share
    counts for neither.

    Returns
    -------
    DataFrame
        For each partnership a row for each of :data:`BALANCES` (``what``): ``partnership_id``, ``value``, ``low``,
        ``high`` (points, -100 to 100), ``destination``, ``partner`` (numbers of rows), ``n``, ``documents``.

    Examples
    --------
    >>> commitments = pd.DataFrame({"partnership_id": "a-x", "document_id": ["d1", "d2"], "obligated": "partner"})
    >>> measures = pd.DataFrame({"partnership_id": "a-x", "document_id": ["d1"], "lead_side": ["destination"]})
    >>> table = balances(commitments, measures.assign(actor_types=[("partner_state",)]), seed=1)
    >>> table[["what", "value", "n"]].values.tolist()
    [['undertakes', -100.0, 2], ['leads', 100.0, 1], ['acts', -100.0, 1]]
    """
    sides = {
        "undertakes": (commitments, commitments["obligated"], ("destination", "partner")),
        "leads": (measures, measures["lead_side"], ("destination", "partner")),
        "acts": (measures, acting_sides(measures), (ACTING_SIDES[0], ACTING_SIDES[2])),
    }
    rows = []
    for partnership_id in sorted({*commitments["partnership_id"], *measures["partnership_id"]}):
        for what, (table, values, (destination, partner)) in sides.items():
            partnership_rows = table[table["partnership_id"] == partnership_id]
            row_sides, documents = values[partnership_rows.index], partnership_rows["document_id"]
            plus, minus = row_sides == destination, row_sides == partner
            points = [100 * share for share in share_difference(plus, minus, documents, seed)]
            counts = (int(plus.sum()), int(minus.sum()), len(partnership_rows), documents.nunique())
            rows.append((partnership_id, what, *points, *counts))
    columns = ["partnership_id", "what", "value", "low", "high", "destination", "partner", "n", "documents"]
    return pd.DataFrame(rows, columns=columns)


def exchanged_family_pairs(commitments: pd.DataFrame, family: pd.Series) -> pd.DataFrame:
    """Pair what the partner alone undertakes with what the destination alone undertakes in the same instrument.

    Parameters
    ----------
    commitments : DataFrame
        The table of commitments.
    family : Series of str
        The family of each commitment's policy area.

    Returns
    -------
    DataFrame
        A row for each pair of families that occurs: ``partner``, ``destination`` (families), ``instruments``
        (documents with both), ``partnerships`` (of these documents).

    Examples
    --------
    >>> commitments = pd.DataFrame({"document_id": "d1", "obligated": ["partner", "destination"]})
    >>> commitments = commitments.assign(partnership_id="a-x")
    >>> exchanged_family_pairs(commitments, pd.Series(["security", "mobility"])).values.tolist()
    [['security', 'mobility', 1, 1]]
    """
    rows = commitments.assign(family=family)[["partnership_id", "document_id", "family", "obligated"]]
    keys = ["partnership_id", "document_id"]
    partner, destination = (
        rows.loc[rows["obligated"] == side, [*keys, "family"]].drop_duplicates().rename(columns={"family": side})
        for side in ("partner", "destination")
    )
    pairs = partner.merge(destination, on=keys).groupby(["partner", "destination"], sort=True)
    return pairs.agg(instruments=("document_id", "nunique"), partnerships=("partnership_id", "nunique")).reset_index()


def exchange_instruments(commitments: pd.DataFrame) -> pd.DataFrame:
    """List the instruments in which each side alone undertakes something.

    Returns
    -------
    DataFrame
        ``partnership_id``, ``document_id``, sorted by both.

    Examples
    --------
    >>> commitments = pd.DataFrame({"document_id": ["d1", "d1", "d2"], "obligated": ["partner", "destination", "both"]})
    >>> exchange_instruments(commitments.assign(partnership_id="a-x")).values.tolist()
    [['a-x', 'd1']]
    """
    one_sided = commitments[commitments["obligated"] != "both"]
    sides = one_sided.groupby(["partnership_id", "document_id"], sort=True)["obligated"].nunique()
    return sides[sides == 2].reset_index()[["partnership_id", "document_id"]]


def treaty_dates(events: pd.DataFrame, acts: pd.DataFrame, partnerships: pd.DataFrame) -> pd.DataFrame:
    """Compare the dates of treaties on readmission and on visa facilitation in each partnership.

    Parameters
    ----------
    events, partnerships : DataFrame
        The tables of these names.
    acts : DataFrame
        The register's table, which states the form and the policy areas of events.

    Returns
    -------
    DataFrame
        ``partnership_id``; ``readmission``, ``visas`` (dates of signature, as tuples), ``readmission_force``,
        ``visas_force`` (dates of entry into force); ``days`` between the nearest two events of one kind, one of each
        treaty (a date without a day is taken as the middle of its month or year; NaN when a kind has no treaty).

    Examples
    --------
    >>> events = pd.DataFrame({"event_id": ["e1", "e2"], "date": ["2008-06-05", "2008-06-15"], "kind": "signature"})
    >>> acts = pd.DataFrame({"event_id": ["e1", "e2"], "policy_areas": [(READMISSION,), (VISAS,)], "form": "treaty"})
    >>> partnerships = pd.DataFrame({"partnership_id": ["a-x"]})
    >>> treaty_dates(events.assign(partnership_id="a-x"), acts, partnerships)[["readmission", "days"]].values.tolist()
    [[('2008-06-05',), 10]]
    """
    treaties = events.merge(acts[acts["form"] == "treaty"], on="event_id")
    treaties = treaties.sort_values(["date", "event_id"], kind="stable")
    rows = []
    for partnership_id in partnerships["partnership_id"]:
        partnership_treaties = treaties[treaties["partnership_id"] == partnership_id]
        dates = {
            (area, kind): _event_dates(partnership_treaties, area, kind)
            for area in (READMISSION, VISAS)
            for kind in _TREATY_EVENT_KINDS
        }
        days_apart = [
            abs(day_number(readmission) - day_number(visas))
            for kind in _TREATY_EVENT_KINDS
            for readmission in dates[READMISSION, kind]
            for visas in dates[VISAS, kind]
        ]
        rows.append((partnership_id, *dates.values(), min(days_apart, default=np.nan)))
    columns = ["partnership_id", "readmission", "readmission_force", "visas", "visas_force", "days"]
    return pd.DataFrame(rows, columns=columns)


def _event_dates(treaties: pd.DataFrame, area: str, kind: str) -> tuple[str, ...]:
    has_area = treaties["policy_areas"].map(lambda areas: area in areas).astype(bool)
    return tuple(treaties.loc[has_area & (treaties["kind"] == kind), "date"])


def day_number(text: str) -> int:
    """Convert a date of any precision to a number of days; a month or year without a day counts as its middle."""
    return date.fromisoformat(text + {4: "-07-01", 7: "-15"}.get(len(text), "")).toordinal()


def conditionality_comparison(
    coded_statements: CodedStatements, commitments: pd.DataFrame, exchanges: pd.DataFrame, treaties: pd.DataFrame
) -> pd.DataFrame:
    """Compare statements on conditionality with instruments that tie one thing to another, in each partnership.

    Parameters
    ----------
    coded_statements : CodedStatements
    commitments : DataFrame
        The table of commitments.
    exchanges, treaties : DataFrame
        From :func:`exchange_instruments` and :func:`treaty_dates`.

    Returns
    -------
    DataFrame
        ``partnership_id``; ``statements`` on this partnership, by any speaker, and how many of them have the frame
        (``conditional``); ``instruments`` (documents with commitments), and how many of them are among ``exchanges``
        (``exchanges``); ``days`` between the nearest two treaties on readmission and on visas, or NaN.
    """
    statements = coded_statements.statements
    conditional = coded_statements.frames.get(
        CONDITIONALITY, pd.Series(False, index=coded_statements.frames.index)
    ).to_numpy(dtype=bool)
    rows = []
    for partnership_id, days in zip(treaties["partnership_id"], treaties["days"], strict=True):
        on_partnership = (statements["partnership_id"] == partnership_id).to_numpy()
        n_exchanges = int((exchanges["partnership_id"] == partnership_id).sum())
        n_instruments = commitments.loc[commitments["partnership_id"] == partnership_id, "document_id"].nunique()
        n_conditional = int((conditional & on_partnership).sum())
        rows.append((partnership_id, n_conditional, int(on_partnership.sum()), n_exchanges, n_instruments, days))
    return pd.DataFrame(
        rows, columns=["partnership_id", "conditional", "statements", "exchanges", "instruments", "days"]
    )


def budget_summary(measures: pd.DataFrame) -> pd.DataFrame:
    """Summarise budgets by leading side and currency; amounts in different currencies are never added.

    Returns
    -------
    DataFrame
        ``lead_side``, ``currency``, ``n``, ``least``, ``median``, ``most`` (in that currency).

    Examples
    --------
    >>> measures = pd.DataFrame({"lead_side": "joint", "currency": "EUR", "budget": [1.0, 4.0, None]})
    >>> budget_summary(measures).values.tolist()
    [['joint', 'EUR', 2, 1.0, 2.5, 4.0]]
    """
    budgeted = measures[measures["budget"].notna()]
    grouped = budgeted.groupby(["lead_side", "currency"], sort=True)["budget"]
    return grouped.agg(n="size", least="min", median="median", most="max").reset_index()


def conditionality_share(coded_statements: CodedStatements, weight: str, seed: int) -> pd.DataFrame:
    """Compute the share of all statements that have the frame of conditionality.

    Returns
    -------
    DataFrame
        One row with the columns of :func:`compendium.stats.frequencies.code_shares`; empty for a codebook without
        the frame.
    """
    frame = coded_statements.frames.filter([CONDITIONALITY])
    return frequencies.code_shares(frame, coded_statements.statements["document_id"], weight, seed)


def conditionality_shares(
    coded_statements: CodedStatements, sides: tuple[str, ...], weight: str, seed: int, min_n: int
) -> pd.DataFrame:
    """Compute the share of statements that have the frame of conditionality, by case and side of the speaker.

    Parameters
    ----------
    coded_statements : CodedStatements
    sides : tuple of str
        The sides of speakers to include.
    weight, seed
        See :func:`compendium.stats.frequencies.code_shares`.
    min_n : int
        Groups of fewer statements are left out.

    Returns
    -------
    DataFrame
        ``case_id``, ``side``, and the columns of :func:`compendium.stats.frequencies.code_shares_by_group`. Empty for
        a codebook without the frame.
    """
    statements = coded_statements.statements
    in_sides = statements["speaker_side"].isin(sides)
    groups = (statements["case_id"] + "|" + statements["speaker_side"]).where(in_sides, "")
    is_large = groups.map(groups.value_counts()) >= min_n
    frame = coded_statements.frames.filter([CONDITIONALITY])
    shares = frequencies.code_shares_by_group(
        frame, statements["document_id"], groups.where(is_large, ""), weight, seed
    )
    pairs = [group.partition("|") for group in shares["group"]]
    return shares.assign(case_id=[pair[0] for pair in pairs], side=[pair[2] for pair in pairs])


def area_shares_by_conditionality(coded_statements: CodedStatements, weight: str, seed: int) -> pd.DataFrame:
    """Compute how often policy areas are named in statements on conditionality, and in all others.

    Returns
    -------
    DataFrame
        The columns of :func:`compendium.stats.frequencies.code_shares_by_group`; ``group`` is ``conditional`` or
        ``other``. Empty for a codebook without the frame.
    """
    frame = coded_statements.frames.get(CONDITIONALITY)
    labels = "" if frame is None else frame.map({True: "conditional", False: "other"}).to_numpy()
    groups = pd.Series(labels, index=coded_statements.statements.index, dtype=object)
    return frequencies.code_shares_by_group(
        coded_statements.areas, coded_statements.statements["document_id"], groups, weight, seed
    )
