"""Where the labels of marks stand: each on that side of its mark on which it covers least."""

import json
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from compendium.reporting.theme import BACKGROUND

_Box = tuple[float, float, float, float]


class LabelPosition(NamedTuple):
    """A label's alignment, and its distance from the mark in pixels."""

    align: str
    dx: float
    dy: float


LABEL_POSITIONS = {
    "right": LabelPosition("left", 12, 0),
    "left": LabelPosition("right", -12, 0),
    "above": LabelPosition("center", 0, -18),
    "below": LabelPosition("center", 0, 19),
}
_LETTER_WIDTH_PX, _LINE_HEIGHT_PX = 7.5, 15
"""Width and height of a letter of a label, in pixels."""
_LABELLED_MARK_WEIGHT = 10
"""As how many other marks one with a label counts, where a label would cover it."""
HALO: tuple[dict[str, Any], ...] = ({"stroke": BACKGROUND, "strokeWidth": 4, "strokeJoin": "round"}, {})
"""A label is drawn twice: its ground first, so that lines behind it stay away from its letters."""


def label_sides(marks: pd.DataFrame, width: float, height: float) -> pd.Series:
    """The side, of :data:`LABEL_POSITIONS`, for the label of each mark; ``""`` for a mark without one.

    Parameters
    ----------
    marks : DataFrame
        With ``x``, ``y`` (0 to 1, from the left and from below) and ``label``, empty for none.
    width, height : float
        Of the drawing in pixels, where labels have least room.
    """
    points = marks[["x", "y"]].to_numpy()
    weights = np.where(marks["label"] != "", _LABELLED_MARK_WEIGHT, 1)
    boxes: list[_Box] = []
    found = [""] * len(marks)
    placed = marks.assign(place=range(len(marks)))
    for row in placed[placed["label"] != ""].sort_values(["y", "label"]).to_dict("records"):
        choices: list[tuple[int, int, int, str, _Box]] = []
        for name, side in LABEL_POSITIONS.items():
            box = _label_box(row, side, width, height)
            within = np.logical_and(points > (box[0], box[2]), points < (box[1], box[3])).all(axis=1)
            met = sum(box[0] < b[1] and b[0] < box[1] and box[2] < b[3] and b[2] < box[3] for b in boxes)
            outside = box[0] < 0 or box[1] > 1
            choices.append((met + outside, int(weights[within].sum()), len(choices), name, box))
        *_, found[row["place"]], box = min(choices)
        boxes.append(box)
    return pd.Series(found, marks.index, dtype=object)


def _label_box(row: dict[Any, Any], position: LabelPosition, width: float, height: float) -> _Box:
    """Left, right, lower and upper end of a label."""
    wide, high = _LETTER_WIDTH_PX * len(row["label"]) / width, _LINE_HEIGHT_PX / height
    left = row["x"] + position.dx / width - wide * {"left": 0, "center": 0.5, "right": 1}[position.align]
    low = row["y"] - position.dy / height - high / 2
    return left, left + wide, low, low + high


def label_position_properties() -> dict[str, Any]:
    """Properties of text marks that put each label on the ``side`` of its row."""
    return {
        what: {
            "expr": f"{json.dumps({name: getattr(each, what) for name, each in LABEL_POSITIONS.items()})}[datum.side]"
        }
        for what in LabelPosition._fields
    }
