"""The time line of what the study did in public."""

from typing import Any

import altair as alt
import pandas as pd

from compendium.charts import unless_empty
from compendium.style import colour, described, shape, sized, tips

ANNOUNCED = "announced"


def timeline(activities: pd.DataFrame) -> pd.DataFrame:
    """Activities in order of time, each with the ``first`` and ``last`` day that its dates allow.

    A date without a day or month spans all that it can mean: ``2011-03`` the whole of March.
    """
    ends = activities["end"].where(activities["end"] != "", activities["start"])
    suffix = (activities["status"] == ANNOUNCED).map({True: f" ({ANNOUNCED})", False: ""})
    known = activities.assign(
        first=[str(pd.Period(date).start_time.date()) for date in activities["start"]],
        last=[str(pd.Period(date).end_time.date()) for date in ends],
        label=activities["short"] + suffix,
    )
    return known.sort_values(["first", "last", "activity_id"], kind="stable").reset_index(drop=True)


@unless_empty
def activities(data: pd.DataFrame, name: str, title: str, note: str) -> Any:
    """A row for each activity (``label``), at its time (``first`` to ``last``), by ``kind``."""
    data = data[["label", "kind", "first", "last", "title", "place"]]
    kinds = list(dict.fromkeys(data["kind"]))
    axis = alt.Axis(format="%Y-%m", tickCount=6, labelOverlap=True)
    x = alt.X("first:T", title=None, scale=alt.Scale(type="utc"), axis=axis)
    base = alt.Chart(data).encode(
        y=alt.Y("label:N", sort=data["label"].tolist(), title=None, axis=alt.Axis(grid=True)),
        color=colour("kind", kinds),
        tooltip=tips(title="Activity", kind="Kind", first="From", last="To", place="Place"),
    )
    spans = base.mark_rule(strokeWidth=5).encode(x=x, x2="last:T")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x=x, shape=shape("kind", kinds))
    first, last = data.iloc[0], data.iloc[-1]
    words = f"{len(data)} activities, from {first['label']} ({first['first']}) to {last['label']} ({last['last']})."
    headings = {"label": "Activity", "kind": "Kind", "first": "From", "last": "To", "title": "Title", "place": "Place"}
    return described(sized(spans + points, len(data)), name, title, words, headings, note)
