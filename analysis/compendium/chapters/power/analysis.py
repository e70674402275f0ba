"""The two sides of a partnership held against each other: who undertakes, who leads, who acts, and what for what."""

from datetime import date

import numpy as np
import pandas as pd

from compendium.chapters.actors.analysis import UNION_ACTOR_TYPES
from compendium.dataset import practice
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
"""Acts of treaties whose dates are compared, each with its like."""


def acting_sides(measures: pd.DataFrame) -> pd.Series:
    """Whose governments take part in each measure: one of :data:`ACTING_SIDES`.

    The destination's are its state, or a union's institutions, agencies and member states; regions and towns count for
    neither side, for the type ``subnational`` does not tell them apart.
    """
    own = {"destination_state", *UNION_ACTOR_TYPES}
    destination = measures["actor_types"].map(lambda types: not own.isdisjoint(types)).astype(bool)
    partner = measures["actor_types"].map(lambda types: "partner_state" in types).astype(bool)
    sides = [destination & ~partner, destination & partner, partner]
    return pd.Series(np.select(sides, ACTING_SIDES[:3], ACTING_SIDES[3]), index=measures.index)


def partnership_labels_with_n(table: pd.DataFrame, partnership_labels: dict[str, str]) -> dict[str, str]:
    """The partnerships that have rows in a table, in the order of ``partnership_labels``, each with the number of its rows."""
    counts = table["partnership_id"].value_counts()
    return {key: f"{name} (n = {counts[key]})" for key, name in partnership_labels.items() if key in counts}


def option_shares(
    values: pd.Series, options: tuple[str, ...], documents: pd.Series, groups: pd.Series, seed: int
) -> pd.DataFrame:
    """Share of each option among the rows of each group, with an interval over source documents.

    Returns
    -------
    DataFrame
        As :func:`compendium.stats.frequencies.code_shares_by_group`, ``code_id`` being the option.
    """
    return frequencies.code_shares_by_group(
        practice.one_hot(values, list(options)), documents, groups, "statement", seed
    )


def share_difference(plus: pd.Series, minus: pd.Series, documents: pd.Series, seed: int) -> tuple[float, float, float]:
    """Share of the rows marked ``plus`` less that of the rows marked ``minus``, with a 95 % interval, -1 to 1.

    The bootstrap draws documents. Where all resamples agree, because all documents do, it knows no doubt; then the
    interval allows for a share that so many documents can have missed (:func:`compendium.stats.bootstrap.zero_count_upper`).

    Parameters
    ----------
    plus, minus : Series of bool, length rows
    documents : Series, length rows
        The source of each row.
    seed : int

    Returns
    -------
    value, low, high : float
        NaN without rows; the ends are NaN when there is a single document.
    """
    if plus.empty:
        return np.nan, np.nan, np.nan
    signed = (plus.astype(float) - minus.astype(float)).rename("signed").to_frame()
    sums, sizes = cluster_sums(signed, documents)
    drawn = bootstrap_weights(len(sums), N_RESAMPLES, seed)
    low, high = ratio_intervals(sums.to_numpy(dtype=float), sizes.to_numpy(dtype=float), drawn)
    value = float(signed["signed"].mean())
    spread = zero_count_upper(len(sums)) if high[0] - low[0] < 1e-9 else 0.0
    ends = np.clip([low[0] - spread, high[0] + spread], -1.0, 1.0)
    return value, float(ends[0]), float(ends[1])


def balances(commitments: pd.DataFrame, measures: pd.DataFrame, seed: int) -> pd.DataFrame:
    """How far the destination outweighs its partner: its share less the partner's, in points, three times over.

    ``undertakes``: commitments of one side alone. ``leads``: measures that it leads. ``acts``: measures in which its
    governments act and the other side's do not. 0: both sides weigh the same; what is shared counts for neither.

    Returns
    -------
    DataFrame
        For each partnership a row for each of :data:`BALANCES` (``what``): ``partnership_id``, ``value``, ``low``,
        ``high`` (points, -100 to 100), ``destination``, ``partner`` (numbers of rows), ``n``, ``documents``.
    """
    sides = {
        "undertakes": (commitments, commitments["obligated"], ("destination", "partner")),
        "leads": (measures, measures["lead_side"], ("destination", "partner")),
        "acts": (measures, acting_sides(measures), (ACTING_SIDES[0], ACTING_SIDES[2])),
    }
    rows = []
    for partnership in sorted({*commitments["partnership_id"], *measures["partnership_id"]}):
        for what, (table, values, (ours, theirs)) in sides.items():
            own = table[table["partnership_id"] == partnership]
            plus, minus = values[own.index] == ours, values[own.index] == theirs
            figures = [100 * figure for figure in share_difference(plus, minus, own["document_id"], seed)]
            counts = (int(plus.sum()), int(minus.sum()), len(own), own["document_id"].nunique())
            rows.append((partnership, what, *figures, *counts))
    columns = ["partnership_id", "what", "value", "low", "high", "destination", "partner", "n", "documents"]
    return pd.DataFrame(rows, columns=columns)


def exchanged_family_pairs(commitments: pd.DataFrame, family: pd.Series) -> pd.DataFrame:
    """What the partner alone undertakes beside what the destination alone undertakes, in the same instrument.

    Parameters
    ----------
    commitments : DataFrame
    family : Series of str
        The family of each commitment's policy area.

    Returns
    -------
    DataFrame
        A row for each pair of families that occurs: ``partner``, ``destination`` (families), ``instruments``
        (documents that hold both), ``partnerships`` (of these documents).
    """
    rows = commitments.assign(family=family)[["partnership_id", "document_id", "family", "obligated"]]
    keys = ["partnership_id", "document_id"]
    theirs, ours = (
        rows.loc[rows["obligated"] == side, [*keys, "family"]].drop_duplicates().rename(columns={"family": side})
        for side in ("partner", "destination")
    )
    pairs = theirs.merge(ours, on=keys).groupby(["partner", "destination"], sort=True)
    return pairs.agg(instruments=("document_id", "nunique"), partnerships=("partnership_id", "nunique")).reset_index()


def treaty_dates(events: pd.DataFrame, acts: pd.DataFrame, partnerships: pd.DataFrame) -> pd.DataFrame:
    """Treaties on readmission beside treaties on visa facilitation, in each partnership.

    Parameters
    ----------
    events, partnerships : DataFrame
        The tables of these names.
    acts : DataFrame
        The register's, which says of events what form they have and what areas they concern.

    Returns
    -------
    DataFrame
        ``partnership_id``; ``readmission``, ``visas`` (dates of signature, as tuples), ``readmission_force``,
        ``visas_force`` (of entry into force); ``days`` (between the nearest two like acts, one of either kind; a date
        without a day is taken as the middle of its month or year; NaN when one kind has no treaty).
    """
    known = events.merge(acts[acts["form"] == "treaty"], on="event_id").sort_values(["date", "event_id"], kind="stable")
    rows = []
    for partnership in partnerships["partnership_id"]:
        own = known[known["partnership_id"] == partnership]
        dates = {
            (area, kind): _act_dates(own, area, kind) for area in (READMISSION, VISAS) for kind in _TREATY_EVENT_KINDS
        }
        apart = [
            abs(day_number(one) - day_number(two))
            for kind in _TREATY_EVENT_KINDS
            for one in dates[READMISSION, kind]
            for two in dates[VISAS, kind]
        ]
        rows.append((partnership, *dates.values(), min(apart, default=np.nan)))
    columns = ["partnership_id", "readmission", "readmission_force", "visas", "visas_force", "days"]
    return pd.DataFrame(rows, columns=columns)


def _act_dates(acts: pd.DataFrame, area: str, kind: str) -> tuple[str, ...]:
    concerned = acts["policy_areas"].map(lambda areas: area in areas).astype(bool)
    return tuple(acts.loc[concerned & (acts["kind"] == kind), "date"])


def day_number(text: str) -> int:
    """A date of any precision as a number of days; what is not known of it is set to the middle."""
    return date.fromisoformat(text + {4: "-07-01", 7: "-15"}.get(len(text), "")).toordinal()


def conditionality_comparison(
    coded_statements: CodedStatements, commitments: pd.DataFrame, treaties: pd.DataFrame
) -> pd.DataFrame:
    """Talk of conditionality against instruments that tie one thing to another, in each partnership.

    Parameters
    ----------
    coded_statements : Talk
    commitments : DataFrame
    treaties : DataFrame
        As :func:`treaty_dates` finds them.

    Returns
    -------
    DataFrame
        ``partnership_id``; ``conditional`` of ``statements`` (those on this partnership, whoever speaks) carry the
        frame; ``exchanges`` of ``instruments`` (documents with commitments) hold undertakings of each side alone;
        ``days`` between the nearest two treaties on readmission and on visas, or NaN.
    """
    marked = coded_statements.frames.get(
        CONDITIONALITY, pd.Series(False, index=coded_statements.frames.index)
    ).to_numpy(dtype=bool)
    alone = commitments[commitments["obligated"] != "both"]
    rows = []
    for partnership, days in zip(treaties["partnership_id"], treaties["days"], strict=True):
        spoken = (coded_statements.statements["partnership_id"] == partnership).to_numpy()
        sides = alone[alone["partnership_id"] == partnership].groupby("document_id")["obligated"].nunique()
        held = commitments.loc[commitments["partnership_id"] == partnership, "document_id"].nunique()
        rows.append((partnership, int((marked & spoken).sum()), int(spoken.sum()), int((sides == 2).sum()), held, days))
    return pd.DataFrame(
        rows, columns=["partnership_id", "conditional", "statements", "exchanges", "instruments", "days"]
    )


def budget_summary(measures: pd.DataFrame) -> pd.DataFrame:
    """Budgets by the side that leads and by currency; amounts in different currencies are never added.

    Returns
    -------
    DataFrame
        ``lead_side``, ``currency``, ``n``, ``least``, ``median``, ``most`` (in that currency).
    """
    known = measures[measures["budget"].notna()]
    grouped = known.groupby(["lead_side", "currency"], sort=True)["budget"]
    return grouped.agg(n="size", least="min", median="median", most="max").reset_index()


def conditionality_shares(
    coded_statements: CodedStatements, sides: tuple[str, ...], weight: str, seed: int, min_n: int
) -> pd.DataFrame:
    """Share of statements that carry the frame of conditionality, by case and side of the speaker.

    Parameters
    ----------
    coded_statements : Talk
    sides : tuple of str
        The sides asked for.
    weight, seed
        See :func:`compendium.stats.frequencies.code_shares`.
    min_n : int
        Groups of fewer statements are left out.

    Returns
    -------
    DataFrame
        ``case_id``, ``side``, and as :func:`compendium.stats.frequencies.code_shares_by_group`. Empty for a codebook without the
        frame.
    """
    said = coded_statements.statements
    groups = (said["case_id"] + "|" + said["speaker_side"]).where(said["speaker_side"].isin(sides), "")
    enough = groups.map(groups.value_counts()) >= min_n
    marked = coded_statements.frames.filter([CONDITIONALITY])
    found = frequencies.code_shares_by_group(marked, said["document_id"], groups.where(enough, ""), weight, seed)
    pairs = [group.partition("|") for group in found["group"]]
    return found.assign(case_id=[pair[0] for pair in pairs], side=[pair[2] for pair in pairs])


def area_shares_by_conditionality(coded_statements: CodedStatements, weight: str, seed: int) -> pd.DataFrame:
    """Policy areas named in statements that speak of conditionality, and in all others.

    Returns
    -------
    DataFrame
        As :func:`compendium.stats.frequencies.code_shares_by_group`; ``group`` is ``conditional`` or ``other``. Empty for a
        codebook
        without the frame.
    """
    marked = coded_statements.frames.get(CONDITIONALITY)
    told = "" if marked is None else marked.map({True: "conditional", False: "other"}).to_numpy()
    groups = pd.Series(told, index=coded_statements.statements.index, dtype=object)
    return frequencies.code_shares_by_group(
        coded_statements.areas, coded_statements.statements["document_id"], groups, weight, seed
    )
