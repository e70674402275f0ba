"""The numbers that the pages on documents and on activities cite."""

import pandas as pd

from compendium import prose
from compendium.evidence import Evidence
from compendium.prose import Numbers
from compendium.results import UNKNOWN, Number, Words
from compendium.style import plain
from compendium.terms import ARCHITECTURE, INTERVIEW


def of_documents(evidence: Evidence) -> Numbers:
    """How many documents there are, of which kind and side, and how many interviews."""
    documents = evidence.documents
    n, kinds = len(documents), documents["kind"].value_counts()
    of_architecture = int((documents["case_id"] == ARCHITECTURE).sum())
    numbers: Numbers = {
        "documents": Number(n, "documents of all cases and of the wider architecture"),
        "of_cases": Number(n - of_architecture, "documents of the cases"),
        "of_architecture": Number(of_architecture, "documents of the wider architecture"),
        "most_kind": Words(plain(str(kinds.index[0])) if n else UNKNOWN, "the most frequent kind of document"),
        "most_kind_share": Number(kinds.max() / n, "documents of the most frequent kind", "share", n),
        "interviews": Number((documents["kind"] == INTERVIEW).sum(), "interviews, all of them restricted"),
        "coded_interviews": Number(
            evidence.restricted_counts.drop_duplicates("case_id")["of"].sum(), "interviews whose codings are counted"
        ),
        **prose.coverage(documents),
    }
    for side in ("destination", "partner"):
        share = (documents["issuer_side"] == side).mean()
        numbers[f"{side}_share"] = Number(share, f"documents issued by a {side}", "share", n)
    return numbers


def of_activities(activities: pd.DataFrame) -> Numbers:
    """How many activities were held, by whom, and how many were announced."""
    held = activities[activities["status"] == "held"]
    years = held["start"].str[:4]
    return {
        "held": Number(len(held), "conferences and workshops in which the study took part"),
        "organised": Number((held["organised"] == "yes").sum(), "of these, held by the study itself"),
        "announced": Number(len(activities) - len(held), "activities that were announced"),
        "first_year": Words(min(years, default=UNKNOWN), "year of the first"),
        "last_year": Words(max(years, default=UNKNOWN), "year of the last that was held"),
    }
