"""Placement of mark labels: each label goes to the side of its mark where it covers least."""

import json
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from compendium.reporting.theme import BACKGROUND

_Box = tuple[float, float, float, float]


class LabelPosition(NamedTuple):
    """Alignment of a label, and its offset from the mark in pixels."""

    align: str
    dx: float
    dy: float


LABEL_POSITIONS = {
    "right": LabelPosition("left", 12, 0),
    "left": LabelPosition("right", -12, 0),
    "above": LabelPosition("center", 0, -18),
    "below": LabelPosition("center", 0, 19),
}
HALO: tuple[dict[str, Any], ...] = ({"stroke": BACKGROUND, "strokeWidth": 4, "strokeJoin": "round"}, {})
"""Properties of the two text layers of a label: a halo in the background colour, then the text."""
_LETTER_WIDTH_PX, _LINE_HEIGHT_PX = 7.5, 15
_LABELLED_MARK_WEIGHT = 10
"""Cost of covering a mark that has a label; covering any other mark costs 1."""


def label_sides(marks: pd.DataFrame, width: float, height: float) -> pd.Series:
    """Choose the side of each mark, from :data:`LABEL_POSITIONS`, on which its label covers least.

    Parameters
    ----------
    marks : DataFrame
        ``x``, ``y`` (0 to 1, from the left and from the bottom) and ``label`` (empty: no label).
    width, height : float
        Size of the chart in pixels, at its smallest.

    Returns
    -------
    Series of str
        A key of :data:`LABEL_POSITIONS` per mark; ``""`` for marks without a label.
    """
    points = marks[["x", "y"]].to_numpy()
    weights = np.where(marks["label"] != "", _LABELLED_MARK_WEIGHT, 1)
    boxes: list[_Box] = []
    sides = [""] * len(marks)
    numbered = marks.assign(position=range(len(marks)))
    for row in numbered[numbered["label"] != ""].sort_values(["y", "label"]).to_dict("records"):
        costs: list[tuple[int, int, int, str, _Box]] = []
        for side, position in LABEL_POSITIONS.items():
            box = _label_box(row, position, width, height)
            is_covered = np.logical_and(points > (box[0], box[2]), points < (box[1], box[3])).all(axis=1)
            n_overlaps = sum(box[0] < b[1] and b[0] < box[1] and box[2] < b[3] and b[2] < box[3] for b in boxes)
            is_outside = box[0] < 0 or box[1] > 1
            costs.append((n_overlaps + is_outside, int(weights[is_covered].sum()), len(costs), side, box))
        *_, sides[row["position"]], box = min(costs)
        boxes.append(box)
    return pd.Series(sides, marks.index, dtype=object)


def _label_box(row: dict[Any, Any], position: LabelPosition, width: float, height: float) -> _Box:
    """Return the left, right, lower and upper end of a label, as fractions of the chart."""
    label_width, label_height = _LETTER_WIDTH_PX * len(row["label"]) / width, _LINE_HEIGHT_PX / height
    left = row["x"] + position.dx / width - label_width * {"left": 0, "center": 0.5, "right": 1}[position.align]
    bottom = row["y"] - position.dy / height - label_height / 2
    return left, left + label_width, bottom, bottom + label_height


def label_position_properties() -> dict[str, Any]:
    """Return properties of text marks that place each label by the column ``side`` of its row."""
    return {
        field: {
            "expr": json.dumps({side: getattr(position, field) for side, position in LABEL_POSITIONS.items()})
            + "[datum.side]"
        }
        for field in LabelPosition._fields
    }
