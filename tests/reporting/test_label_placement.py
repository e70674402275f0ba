"""Where labels stand, on made-up marks."""

import pandas as pd
from compendium.reporting import label_placement

SIZE = (300.0, 300.0)


def placed(*marks: tuple[float, float, str]) -> list[str]:
    return label_placement.label_sides(pd.DataFrame(marks, columns=["x", "y", "label"]), *SIZE).tolist()


def test_a_label_with_room_stands_on_the_right() -> None:
    assert placed((0.2, 0.5, "Xland")) == ["right"]


def test_a_label_stays_within_the_drawing() -> None:
    assert placed((0.95, 0.5, "Xland")) == ["left"]


def test_a_label_gives_way_to_marks() -> None:
    assert placed((0.4, 0.5, "Xland"), (0.5, 0.5, "")) == ["left", ""]


def test_two_labels_do_not_meet() -> None:
    one, two = placed((0.3, 0.5, "Xland"), (0.3, 0.51, "Yland"))
    assert one != two


def test_a_mark_with_a_label_is_spared_before_others() -> None:
    """On the right stands a mark with a label, on the left two without, above and below three."""
    crowd = [(0.3 + step, 0.5 + side, "") for side in (-0.063, 0.06) for step in (-0.03, 0.0, 0.03)]
    sides = placed((0.3, 0.5, "Xland"), (0.4, 0.5, "Y"), (0.2, 0.5, ""), (0.22, 0.5, ""), *crowd)
    assert sides[0] == "left"


def test_no_mark_no_side() -> None:
    assert placed() == []
