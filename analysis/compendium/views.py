"""From figures to what a chart or a table shows: codes in words, and the ids of the rows behind each mark.

Pure functions, frame in and frame out; the fields are those that :mod:`compendium.charts` names.
"""

from dataclasses import replace

import pandas as pd

from compendium import agreement, coding, gap, practice
from compendium.coding import Talk
from compendium.dates import periods
from compendium.evidence import Evidence
from compendium.results import UNKNOWN
from compendium.style import named, plain

COVERAGE = {"full": "full text", "opening": "opening only"}
SIDES = ("destination", "partner", "joint", "third")
STRENGTHS = ("binding", "intent", "explore")
STATUSES = ("in force", "completed", "under way", "announced", "unclear", "abandoned")
STAGES = ("talk", "commitments", "practice")
LEAST = 10


def labels(codes: pd.DataFrame) -> dict[str, str]:
    """What a reader calls each code."""
    return dict(zip(codes["code_id"], codes["label"], strict=True))


def counted(table: pd.DataFrame, label: pd.Series, group: pd.Series) -> pd.DataFrame:
    """How many rows of ``table`` fall on each pair of ``label`` and ``group``, as bars and columns draw them."""
    rows = table.assign(label=label, group=group)
    counts = practice.counts(rows, ["label", "group"])
    return counts.assign(rows=counts["ids"].map(named)).drop(columns="ids")


def documents_read(evidence: Evidence, talk: Talk) -> pd.DataFrame:
    """The documents that gave the statements of ``talk``, in reading order of the table."""
    own = evidence.documents["document_id"].isin(talk.statements["document_id"])
    return evidence.documents[own].reset_index(drop=True)


def documents_by_kind(documents: pd.DataFrame) -> pd.DataFrame:
    """Documents by kind (``label``) and side of the issuer (``group``)."""
    return counted(documents, documents["kind"].map(plain), documents["issuer_side"])


def documents_by_year(documents: pd.DataFrame) -> pd.DataFrame:
    """Dated documents by ``year`` and coverage (``group``)."""
    dated = documents[documents["date"] != ""]
    counts = counted(dated, dated["date"].str[:4].astype(int), dated["coverage"].map(COVERAGE))
    return counts.rename(columns={"label": "year"})


def code_shares(table: pd.DataFrame, talk: Talk, codes: pd.DataFrame, weight: str, seed: int) -> pd.DataFrame:
    """Share of statements that bear each code, with ``label``, ``group`` and ``rows``; see :func:`coding.shares`."""
    group = codes.columns[1]
    shares = coding.shares(table, talk.statements["document_id"], weight, seed).rename_axis("code_id").reset_index()
    known = codes.set_index("code_id")
    bearers = coding.bearers(table)
    return shares.assign(
        label=shares["code_id"].map(known["label"]),
        group=shares["code_id"].map(known[group]),
        rows=[named(bearers[code]) for code in shares["code_id"]],
    )


def code_shares_by(
    table: pd.DataFrame, talk: Talk, codes: pd.DataFrame, groups: pd.Series, weight: str, seed: int
) -> pd.DataFrame:
    """:func:`code_shares` within each group of statements; groups of fewer than ten statements are left out."""
    size = groups.map(groups.value_counts())
    shares = coding.shares_by(
        table, talk.statements["document_id"], groups.where(size >= LEAST, "").fillna(""), weight, seed
    )
    return shares.assign(label=shares["code_id"].map(labels(codes)))


def with_size(shares: pd.DataFrame) -> pd.DataFrame:
    """The groups with their number of statements in their name, such as ``Xland (n = 120)``."""
    return shares.assign(group=[f"{group} (n = {n})" for group, n in zip(shares["group"], shares["n"], strict=True)])


def spans(talk: Talk) -> pd.Series:
    """The span of years in which each statement was made; empty when its document shows no date."""
    return periods(talk.statements["date"])


def pairs(table: pd.DataFrame, codes: pd.DataFrame, least: int = 1) -> pd.DataFrame:
    """Codes on the same statement: ``first``, ``second`` (labels), ``count``, ``expected``, ``ratio``.

    Pairs that occur on fewer than ``least`` statements fall away.
    """
    name = labels(codes)
    found = coding.together(table)
    found = found[found["count"] >= least]
    return found.assign(first=found["first"].map(name), second=found["second"].map(name)).reset_index(drop=True)


def remedies_by_frame(talk: Talk, evidence: Evidence) -> pd.DataFrame:
    """Of the statements with a frame, the share that names a remedy of each family (``frame``, ``family``)."""
    found = coding.conditional(talk.frames, coding.families(talk.areas, evidence.policy_areas))
    found = found[found["n"] >= LEAST]
    name = labels(evidence.frames)
    frames = [f"{name[frame]} (n = {n})" for frame, n in zip(found["given"], found["n"], strict=True)]
    return found.assign(frame=frames, family=found["asked"]).drop(columns=["given", "asked"]).reset_index(drop=True)


def by_area(table: pd.DataFrame, evidence: Evidence, group: pd.Series) -> pd.DataFrame:
    """Commitments or measures by policy area (``label``) and ``group``."""
    return counted(table, table["policy_area"].map(labels(evidence.policy_areas)), group)


def family(table: pd.DataFrame, evidence: Evidence) -> pd.Series:
    """The family of the policy area of each row."""
    return table["policy_area"].map(evidence.policy_areas.set_index("code_id")["family"])


def partner(table: pd.DataFrame, evidence: Evidence) -> pd.Series:
    """The partner country of each row's partnership."""
    return table["partnership_id"].map(evidence.partnerships.set_index("partnership_id")["partner"])


def started(measures: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Measures with a start, by ``year`` and family (``group``)."""
    dated = practice.by_year(measures)
    return counted(dated, dated["year"], family(dated, evidence)).rename(columns={"label": "year"})


def founded(evidence: Evidence) -> pd.DataFrame:
    """The ``year`` in which each partnership was founded, and its partner (``label``); one row a year."""
    acts = evidence.events[["event_id", "date"]].rename(columns={"event_id": "founding_event_id"})
    known = evidence.partnerships.merge(acts, on="founding_event_id")
    partners = known["partner"].groupby(known["date"].str[:4].astype(int).rename("year"))
    return partners.agg(", ".join).rename("label").reset_index()


def actor_types(measures: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Measures in which a type of actor takes part (``label``), by family (``group``); it counts for each type."""
    rows = practice.unfolded(measures, "actor_types")
    return counted(rows, rows["actor_types"].map(plain), family(rows, evidence))


def promises(commitments: pd.DataFrame, measures: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """What became of promises, with areas (``label``) and partners (``group``) in words."""
    areas = evidence.policy_areas
    found = practice.promises(commitments, measures, areas["code_id"].tolist())
    return found.assign(label=found["policy_area"].map(labels(areas)), group=partner(found, evidence))


def stages(
    talk: Talk, commitments: pd.DataFrame, measures: pd.DataFrame, evidence: Evidence, weight: str
) -> dict[str, pd.DataFrame]:
    """Documents × policy areas of talk, commitments and realised measures."""
    areas = evidence.policy_areas["code_id"].tolist()
    return {
        "talk": coding.remedies(talk, weight),
        "commitments": practice.by_source(commitments, areas),
        "practice": practice.by_source(practice.realised(measures), areas),
    }


def gaps(tables: dict[str, pd.DataFrame], evidence: Evidence, seed: int) -> pd.DataFrame:
    """Talk beside practice by policy area, with labels; areas in neither, or without a gap to know, fall away."""
    found = gap.by_area(tables["talk"], tables["practice"], seed).rename_axis("code_id").reset_index()
    found = found[((found["talk"] > 0) | (found["practice"] > 0)) & found["gap"].notna()]
    return found.assign(label=found["code_id"].map(labels(evidence.policy_areas))).reset_index(drop=True)


def family_shares(tables: dict[str, pd.DataFrame], evidence: Evidence, seed: int) -> pd.DataFrame:
    """Share of each family in each stage: ``stage``, ``family``, ``share``, ``low``, ``high``, ``n``."""
    parts = []
    for stage, table in tables.items():
        profile = gap.profile(gap.in_families(table, evidence.policy_areas), seed)
        parts.append(profile.rename_axis("family").reset_index().assign(stage=stage, n=round(table.to_numpy().sum())))
    return pd.concat(parts, ignore_index=True)


def of_partnership(evidence: Evidence, partnership_id: str) -> Evidence:
    """The case with the statements, commitments and measures of one partnership alone."""
    own = {
        name: getattr(evidence, name)[getattr(evidence, name)["partnership_id"] == partnership_id].reset_index(
            drop=True
        )
        for name in ("statements", "commitments", "measures")
    }
    return replace(evidence, **own)


def alphas(evidence: Evidence, seed: int) -> pd.DataFrame:
    """Alpha of each code, ``label``, ``group`` (kind of code) and ``value``; see :func:`agreement.by_code`."""
    codes = evidence.codes
    names = codes["code_id"].tolist()
    statements = agreement.read_by_all(evidence.codings, evidence.statements)
    marked = agreement.readings(evidence.codings, statements, names)
    found = agreement.by_code(marked, names, statements["document_id"], seed)
    known = codes.set_index("code_id")
    kinds = {"frame": "frames", "area": "policy areas"}
    return found.assign(
        label=found["code_id"].map(known["label"]),
        group=found["code_id"].map(known["kind"]).map(kinds),
        value=found["alpha"],
    )


def by_share(shares: pd.DataFrame) -> list[str]:
    """Labels in the order of their share, largest first (of several groups, the largest share decides)."""
    return shares.groupby("label")["share"].max().sort_values(ascending=False, kind="stable").index.tolist()


def unmatched(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Of :func:`promises`, the areas of each partner that were promised and nothing followed, and the other way round.

    Returns
    -------
    DataFrame
        ``group`` (the partner), ``promised`` and ``done``: areas in words, each with its number of rows.
    """
    promised, done = practice.PROMISES[1:3]

    def listed(rows: pd.DataFrame, number: str) -> str:
        return ", ".join(f"{label} ({n})" for label, n in zip(rows["label"], rows[number], strict=True)) or "–"

    rows = [
        {
            "group": partner,
            "promised": listed(own[own["outcome"] == promised], "commitments"),
            "done": listed(own[own["outcome"] == done], "done"),
        }
        for partner, own in outcomes.groupby("group")
    ]
    return pd.DataFrame(rows, columns=["group", "promised", "done"])


def gap_table(gaps: pd.DataFrame) -> pd.DataFrame:
    """Of :func:`gaps`, shares and gaps as text, widest gap first."""
    widest = gaps.reindex(gaps["gap"].abs().sort_values(ascending=False, kind="stable").index)
    ends = zip(widest["gap_low"], widest["gap_high"], strict=True)
    return widest.assign(
        talk=widest["talk"].map(_share),
        practice=widest["practice"].map(_share),
        gap=widest["gap"].map(_signed),
        interval=[UNKNOWN if pd.isna(low) else f"{_signed(low)} to {_signed(high)}" for low, high in ends],
    )


def partnerships(evidence: Evidence) -> pd.DataFrame:
    """Each partnership with its founding and the number of its rows, for a table."""
    events = evidence.events.set_index("event_id")
    known = evidence.partnerships.assign(date=evidence.partnerships["founding_event_id"].map(events["date"]))
    for name in ("statements", "commitments", "measures"):
        counts = getattr(evidence, name)["partnership_id"].value_counts()
        known[name] = known["partnership_id"].map(counts).fillna(0).astype(int)
    return known


def _share(value: float) -> str:
    return f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def restricted_counts(evidence: Evidence) -> pd.DataFrame:
    """The counts of restricted codings with ``case`` and code (``label``) in words, most documents first."""
    counts = evidence.restricted_counts.sort_values("documents", ascending=False, kind="stable")
    return counts.assign(
        case=counts["case_id"].map(evidence.cases["short"]),
        label=counts["code_id"].map(labels(evidence.codes)),
        **{name: counts[name].astype(int) for name in ("statements", "documents", "of")},
    )
