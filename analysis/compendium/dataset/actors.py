"""Bodies behind the names of actors in measures, and the sides on which they act."""

import numpy as np
import pandas as pd

from compendium.dataset import practice

UNREGISTERED = "not in the register"
"""The kind of a body whose name the register of actors lacks."""
UNION_ACTOR_TYPES = ("eu_institution", "eu_agency", "member_state")
"""Types of actors that together are the government of a union of states."""
ACTOR_SIDES = ("destination", "partner", "international", "third")


def body_participations(measures: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """List the bodies that act in each measure.

    Names of actors are as sources write them. The register says which body a name means: two names of one body are
    one actor, and a name for two bodies is two. A name that the register lacks is taken as the name of a body.

    Parameters
    ----------
    measures, actors : DataFrame
        The table of measures, and the register's table of actors.

    Returns
    -------
    DataFrame
        A row for each measure and body, sorted by both: the columns of ``measures``, ``body``, ``kind`` and
        ``polity`` (from the register; ``kind`` is :data:`UNREGISTERED` for a name that it lacks), ``leads`` (bool).

    Examples
    --------
    >>> measures = pd.DataFrame({"measure_id": ["m1"], "lead_actor": ["Office"], "other_actors": [("Band",)]})
    >>> register = pd.DataFrame({"name": ["Office"], "body": "Border Office", "kind": "office", "polity": "Aland"})
    >>> body_participations(measures, register)[["body", "kind", "leads"]].values.tolist()
    [['Band', 'not in the register', False], ['Border Office', 'office', True]]
    """
    names = pd.concat(
        [
            measures.assign(name=measures["lead_actor"], leads=True),
            practice.explode_list_column(measures, "other_actors")
            .rename(columns={"other_actors": "name"})
            .assign(leads=False),
        ]
    )
    bodies = names[names["name"] != ""].merge(actors, on="name", how="left")
    bodies = bodies.assign(
        body=bodies["body"].fillna(bodies["name"]),
        kind=bodies["kind"].fillna(UNREGISTERED),
        polity=bodies["polity"].fillna(""),
    )
    bodies = bodies.sort_values(["measure_id", "body", "leads"], ascending=[True, True, False], kind="stable")
    unique = bodies.drop_duplicates(["measure_id", "body"]).reset_index(drop=True)
    return unique[[*measures.columns, "body", "kind", "polity", "leads"]]


def participation_sides(participations: pd.DataFrame, destinations: pd.Series, partners: pd.Series) -> pd.Series:
    """Return the side on which each body acts: one of :data:`ACTOR_SIDES`.

    The same body can act on different sides: a neighbour of one partnership is the partner of another.

    Parameters
    ----------
    participations : DataFrame
        From :func:`body_participations`.
    destinations, partners : Series of str
        The destination of each case, and the partner of each partnership, by id.
    """
    sides = [
        participations["polity"] == participations["case_id"].map(destinations),
        participations["polity"] == participations["partnership_id"].map(partners),
        participations["kind"] == "international",
    ]
    return pd.Series(np.select(sides, ACTOR_SIDES[:3], ACTOR_SIDES[3]), index=participations.index)
