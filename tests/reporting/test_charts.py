"""Each figure on made-up rows: its words, its data table, its tooltips, and where its marks stand."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from compendium.chapters import implementation
from compendium.reporting import altair_output, charts, theme
from compendium.reporting.mime_types import CHART_MIME
from contrast import contrast
from IPython.display import Markdown

SVG = "{http://www.w3.org/2000/svg}"
LONG = "A policy area with a name so long that nobody would give it to one without being asked to"
NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"

SHARES = pd.DataFrame(
    {
        "label": ["Jobs", LONG, "Visas"],
        "group": ["mobility", "security", "mobility"],
        "share": [0.2, 0.5, 0.0],
        "low": [0.1, 0.4, 0.0],
        "high": [0.3, 1.0, 0.05],
        "count": [2, 5, 0],
        "n": [10, 10, 10],
        "rows": ["jobs-1, jobs-2", "long-1", ""],
    }
)
VOICES = pd.concat(
    [
        SHARES.assign(group="destination"),
        SHARES.assign(group="partner", share=[0.25, 0.1, 0.0], low=0.0, high=0.3),
    ]
)
COUNTS = pd.DataFrame(
    {
        "label": ["Jobs", "Jobs", LONG],
        "group": ["completed", "announced", "completed"],
        "count": [3, 4, 2],
        "rows": ["j1, j2, j3", "j4, j5, j6, j7", "l1, l2"],
    }
)
YEARS = COUNTS.rename(columns={"label": "year"}).assign(year=[2004, 2004, 2009])
FOUNDED = pd.DataFrame({"year": [1999, 2012], "label": ["Xland", LONG]})
CELLS = pd.DataFrame(
    {
        "row": ["Jobs", "Jobs", LONG, LONG],
        "column": ["One (n = 12)", "Two (n = 30)", "One (n = 12)", "Two (n = 30)"],
        "gap": [-20.0, 5.0, 10.0, -1.0],
        "count": [1, 2, 3, 4],
    }
)
AREAS = pd.DataFrame(
    {
        "label": ["Jobs", LONG, "Visas"],
        "talk": [0.5, 0.1, 0.4],
        "talk_low": [0.4, 0.0, 0.2],
        "talk_high": [0.6, 0.2, 0.5],
        "practice": [0.1, 0.6, 0.3],
        "practice_low": [0.0, 0.5, 0.2],
        "practice_high": [0.2, 0.7, 0.4],
        "gap": [-40.0, 50.0, -10.0],
        "gap_low": [-50.0, 40.0, -20.0],
        "gap_high": [-30.0, 60.0, 0.0],
    }
)
STAGES = ("talk", "practice")
FAMILIES = pd.DataFrame(
    {
        "case": ["Aland"] * 4 + ["Bland"] * 4,
        "stage": ["talk", "talk", "practice", "practice"] * 2,
        "family": ["security", "mobility"] * 4,
        "share": [0.3, 0.7, 0.8, 0.2, 0.6, 0.4, 0.5, 0.5],
        "low": 0.1,
        "high": 0.9,
        "n": [10, 10, 5, 5, 20, 20, 8, 8],
    }
)
FIGURES = pd.DataFrame(
    {
        "label": ["Jobs", LONG, "Visas"],
        "group": ["frames", "areas", "areas"],
        "value": [0.9, -0.2, 0.5],
        "low": [0.8, -0.4, np.nan],
        "high": [0.95, 0.1, np.nan],
        "n": [5, 6, 7],
    }
)
KINDS = ["promised and done", "promised, nothing done", "done without a promise", "neither promised nor done"]
OUTCOMES = pd.DataFrame(
    {
        "label": ["Jobs", "Jobs", LONG, LONG],
        "group": ["Xland", "Yland"] * 2,
        "outcome": KINDS,
        "commitments": [1, 2, 0, 0],
        "done": [4, 0, 3, 0],
        "planned": [0, 1, 0, 0],
    }
)

Draw = Callable[..., Any]


class Figure(NamedTuple):
    """A function with made-up rows and what else it needs."""

    draw: Draw
    data: pd.DataFrame
    more: dict[str, Any]

    def drawn(self, data: pd.DataFrame | None = None) -> Any:
        rows = self.data if data is None else data
        return self.draw(rows, "made", "Made up", note="Made up for a test.", **self.more)


GAPS = {"x": "column", "y": "row", "value": ("gap", "Gap", "+.0f"), "x_order": sorted(set(CELLS["column"]))}
GAPS |= {"y_order": ["Jobs", LONG], "extra_columns": {"count": "Rows"}}
ALL = {
    "profile": Figure(charts.shares_chart, SHARES, {"label_heading": "Area"}),
    "side_by_side": Figure(
        charts.grouped_shares_chart, VOICES, {"label_heading": "Area", "groups": ["destination", "partner"]}
    ),
    "heatmap": Figure(charts.heatmap_chart, CELLS.assign(gap=CELLS["gap"].abs()), GAPS),
    "diverging": Figure(charts.heatmap_chart, CELLS, GAPS | {"diverging": True}),
    "bars": Figure(charts.stacked_bars_chart, COUNTS, {"label_heading": "Area", "groups": ["completed", "announced"]}),
    "years": Figure(charts.yearly_counts_chart, YEARS, {"marked_years": FOUNDED}),
    "talk_and_practice": Figure(implementation.talk_practice_chart, AREAS, {}),
    "families": Figure(charts.family_shares_chart, FAMILIES, {"stages": STAGES}),
    "one_case": Figure(charts.family_shares_chart, FAMILIES[:4], {"stages": STAGES}),
    "intervals": Figure(
        charts.intervals_chart,
        FIGURES,
        {"label_heading": "Code", "axis_title": "Alpha", "reference_lines": [0.667, 0.8]},
    ),
    "outcomes": Figure(implementation.promise_outcomes_chart, OUTCOMES, {"order": ["Jobs", LONG]}),
}
every = pytest.mark.parametrize("figure", ALL.values(), ids=ALL.keys())


def rendered(figure: Figure, data: pd.DataFrame | None = None) -> dict[str, Any]:
    return altair_output.render_chart(figure.drawn(data).to_dict())


def words(figure: Figure, data: pd.DataFrame | None = None) -> str:
    text: str = figure.drawn(data).to_dict()["description"]
    return text


def drawing(shown: dict[str, Any]) -> ElementTree.Element:
    return ElementTree.fromstring(shown["image/svg+xml"])


def texts(svg: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def said(svg: ElementTree.Element) -> list[str]:
    """What marks tell of themselves, tooltips among it."""
    return [mark.get("aria-label", "") for mark in svg.iter() if mark.get("role") == "graphics-symbol"]


# ---- words ----


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("profile", f"Most frequent: {LONG} 50 %; Jobs 20 %; Visas 0 %. Least: Visas 0 %."),
        ("side_by_side", f"They differ most on {LONG}: destination 50 %, partner 10 %."),
        ("heatmap", "A table of 2 rows by 2 columns"),
        ("heatmap", "Largest: Jobs with One (n = 12), +20."),
        ("diverging", f"Largest: {LONG} with One (n = 12), +10."),
        ("bars", f"9 in all. Most: Jobs 7, {LONG} 2. Of these: completed 5, announced 4."),
        ("years", "9 in all, 2004 to 2009; most in 2004 (7)."),
        ("talk_and_practice", "More talked about than done: Jobs, 50 % of talk and 10 % of measures."),
        ("talk_and_practice", f"More done than talked about: {LONG}, 10 % and 60 %."),
        ("families", "Aland: mobility leads in talk (70 %), security leads in practice (80 %)."),
        ("families", "Bland: security leads in talk (60 %), security leads in practice (50 %)."),
        ("intervals", f"Highest: Jobs (frames) 0.90. Lowest: {LONG} (areas) -0.20."),
        ("outcomes", ": promised and done 1, promised, nothing done 1, done without a promise 1, neither"),
    ],
)
def test_the_description_tells_the_numbers(name: str, sentence: str) -> None:
    assert sentence in words(ALL[name])


@every
def test_words_do_not_hang_on_the_order_of_rows(figure: Figure) -> None:
    if figure.draw in (charts.intervals_chart, charts.family_shares_chart):  # these stand in the order of the data
        return
    assert words(figure) == words(figure, figure.data[::-1])


# ---- data ----


@every
def test_the_data_table_has_columns_that_the_data_have(figure: Figure) -> None:
    spec = rendered(figure)[CHART_MIME]
    about = spec["usermeta"]["compendium"]
    rows = spec["datasets"][about["data"]]
    fields = [field for field, _ in about["columns"]]
    assert len(fields) >= 3
    assert all(set(fields) <= set(row) for row in rows)
    assert len({heading for _, heading in about["columns"]}) == len(fields)


@every
def test_the_data_table_has_every_row(figure: Figure) -> None:
    spec = rendered(figure)[CHART_MIME]
    rows = spec["datasets"][spec["usermeta"]["compendium"]["data"]]
    assert len(rows) == len(figure.data) * (2 if figure.draw is implementation.talk_practice_chart else 1)


@every
def test_without_a_row_words_say_so(figure: Figure) -> None:
    shown = figure.drawn(figure.data[:0])
    assert isinstance(shown, Markdown)
    assert "Made up" in shown.data and "nothing to draw" in shown.data


@pytest.mark.parametrize("name", ["profile", "side_by_side", "diverging", "talk_and_practice", "families", "intervals"])
def test_a_row_whose_number_is_not_known_is_not_drawn(name: str) -> None:
    figure = ALL[name]
    field = next(field for field in ("share", "value", "gap") if field in figure.data)
    assert isinstance(figure.drawn(figure.data.assign(**{field: np.nan})), Markdown)
    some = figure.data[field].where(np.arange(len(figure.data)) > 0)
    shown = rendered(figure, figure.data.assign(**{field: some}))
    assert not re.search("nan|null", " ".join([shown["text/plain"], *texts(drawing(shown))]), re.IGNORECASE)
    assert "NaN" not in shown["image/svg+xml"]


@every
def test_one_row_is_enough(figure: Figure) -> None:
    shown = rendered(figure, figure.data[:1])
    assert "nan" not in shown["text/plain"].lower() and "NaN" not in shown["image/svg+xml"]


@pytest.mark.parametrize("name", ["heatmap", "diverging"])
def test_a_table_of_zeros_is_drawn(name: str) -> None:
    shown = rendered(ALL[name], CELLS.assign(gap=0.0))
    assert "NaN" not in shown["image/svg+xml"]


# ---- tooltips ----


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("profile", "Among them: jobs-1, jobs-2"),
        ("bars", "Among them: j4, j5, j6, j7"),
        ("years", "Among them: l1, l2"),
    ],
)
def test_a_tooltip_names_the_rows_behind_a_mark(name: str, rows: str) -> None:
    assert any(rows in each for each in said(drawing(rendered(ALL[name]))))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("side_by_side", "Group: partner; Statements: 2; Of: 10; Share: 25.0%; From: 0.0%; To: 30.0%"),
        ("diverging", "Row: Jobs; Column: One (n = 12); Gap: -20; Rows: 1"),
        ("talk_and_practice", "In: practice; Share: 10.0%; From: 0.0%; To: 20.0%; Gap in points: -40.0"),
        ("families", "Case: Bland; Family: security; In: practice; From: 10.0%; To: 90.0%; Of: 8"),
        ("intervals", "Group: frames; Alpha: 0.90; From: 0.80; To: 0.95"),
        ("outcomes", "Partner: Yland; Outcome: promised, nothing done; Commitments: 2; Measures done: 0"),
    ],
)
def test_a_tooltip_tells_the_numbers_of_a_mark(name: str, told: str) -> None:
    labels = [each.replace("−", "-") for each in said(drawing(rendered(ALL[name])))]
    assert any(told in each for each in labels), labels


# ---- signs ----


def marks(svg: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    groups = [group for group in svg.iter(f"{SVG}g") if f"mark-{kind} role-mark" in group.get("class", "")]
    return [mark for group in groups for mark in group]


@pytest.mark.parametrize("name", ["profile", "side_by_side", "talk_and_practice", "families", "one_case", "intervals"])
def test_points_of_another_colour_have_another_shape(name: str) -> None:
    points = marks(drawing(rendered(ALL[name])), "symbol")
    shapes = {(point.get("fill"), point.get("d")) for point in points}
    assert len(shapes) == len({colour for colour, _ in shapes}) == len({form for _, form in shapes}) == 2


@pytest.mark.parametrize("name", ["profile", "side_by_side", "intervals"])
def test_intervals_are_as_plain_to_see_as_their_points(name: str) -> None:
    """What is half transparent has half the contrast, on either ground."""
    svg = drawing(rendered(ALL[name]))
    points = {point.get("fill") for point in marks(svg, "symbol")}
    spans = [mark for mark in marks(svg, "rule") if mark.get("stroke") in points]
    assert spans and all(mark.get("opacity", "1") == "1" for mark in spans)


def test_outcomes_have_a_letter_of_their_own() -> None:
    cells = marks(drawing(rendered(ALL["outcomes"])), "text")
    signs = {(cell.get("fill"), cell.text) for cell in cells}
    assert len(signs) == len({colour for colour, _ in signs}) == len({sign for _, sign in signs}) == len(KINDS)


def test_segments_of_a_bar_stand_in_the_order_of_the_legend() -> None:
    svg = drawing(rendered(ALL["bars"]))
    bars = {mark.get("aria-label", ""): mark.get("d", "") for mark in marks(svg, "rect")}
    starts = {
        re.findall("group: (.*?);", label)[0]: float(re.findall(NUMBER, way)[0])
        for label, way in bars.items()
        if "label: Jobs" in label
    }
    assert starts["completed"] < starts["announced"]
    legend = [text for text in texts(svg) if text in starts]
    assert legend == ["completed", "announced"]


def test_cells_bear_their_number() -> None:
    assert [cell.text for cell in marks(drawing(rendered(ALL["diverging"])), "text")] == ["−20", "+5", "+10", "−1"]


def channels(colour: str) -> tuple[int, int, int]:
    found = re.findall(r"\d+", colour) if colour.startswith("rgb") else re.findall("[0-9a-f]{2}", colour.lower())
    red, green, blue = (int(part, 10 if colour.startswith("rgb") else 16) for part in found)
    return red, green, blue


def test_below_zero_is_orange_and_above_it_blue() -> None:
    fills = [channels(cell.get("fill", "")) for cell in marks(drawing(rendered(ALL["diverging"])), "rect")]
    assert [red > blue for red, _, blue in fills] == [True, False, False, False]
    assert fills[0] == channels(theme.ORANGE), "the largest has the full colour, whichever side it is on"
    most, some, hardly = fills[0], fills[2], fills[3]
    assert sum(some) < sum(hardly), "further from zero is darker"
    assert most != some


def test_numbers_can_be_read_on_their_cells() -> None:
    values = np.linspace(-20, 20, 41)
    cells = pd.DataFrame({"row": [f"Row {value}" for value in values], "column": "One", "gap": values, "count": 1})
    for name, data in (("diverging", cells), ("heatmap", cells[cells["gap"] >= 0])):
        order = {"x_order": ["One"], "y_order": list(data["row"])}
        svg = drawing(rendered(ALL[name]._replace(more=ALL[name].more | order), data))
        assert len(marks(svg, "text")) == len(data)
        for cell, number in zip(marks(svg, "rect"), marks(svg, "text"), strict=True):
            ground = "#" + "".join(f"{part:02x}" for part in channels(cell.get("fill", "")))
            ink = {"white": "#ffffff", "black": "#000000"}[number.get("fill", "")]
            assert contrast(ink, ground) >= 4.5, f"{number.text} of {name}: {ink} on {ground}"


# ---- place ----


@every
def test_long_labels_are_not_cut(figure: Figure) -> None:
    shown = texts(drawing(rendered(figure)))
    assert not [text for text in shown if text.endswith("…")]
    if figure.draw is not charts.family_shares_chart:
        assert LONG in shown


class Place(NamedTuple):
    """A mark's place in its panel, which is ``width`` by ``height`` large."""

    x: float
    y: float
    width: float
    height: float
    label: str


def places(element: ElementTree.Element, panel: tuple[float, float] = (0, 0), within: bool = False) -> Iterator[Place]:
    """Every corner of every mark that stands for a row, in the coordinates of its panel."""
    kind = element.get("class", "")
    if "role-axis" in kind or "role-legend" in kind or "role-title" in kind or "role-column" in kind:
        return
    ground = element.find(f"{SVG}path[@class='background']")
    if ground is not None:
        width, height = re.findall(rf"[hv]({NUMBER})", ground.get("d", ""))[:2]
        panel = float(width), float(height)
    if element.tag != f"{SVG}g" and within and element.get("role") == "graphics-symbol":
        at = [float(part) for part in re.findall(NUMBER, element.get("transform", "translate(0,0)"))]
        corners = [(at[0], at[1])]
        if element.tag == f"{SVG}line":
            corners.append((at[0] + float(element.get("x2", 0)), at[1] + float(element.get("y2", 0))))
        elif element.get("aria-roledescription") == "bar" or "line" in element.get("aria-roledescription", ""):
            way = element.get("d", "")
            corners = [(float(x), float(y)) for x, y in re.findall(rf"[ML]({NUMBER}),({NUMBER})", way)]
            for x, y, wide in re.findall(rf"M({NUMBER}),({NUMBER})h({NUMBER})", way):
                corners.append((float(x) + float(wide), float(y)))
        for x, y in corners:
            yield Place(x, y, *panel, element.get("aria-label", ""))
    for child in element:
        yield from places(child, panel, within or "role-mark" in kind)


@every
def test_no_mark_lies_outside_its_panel(figure: Figure) -> None:
    found = [place for place in places(drawing(rendered(figure))) if "total: " not in place.label]
    assert len(found) >= len(figure.data)  # the total behind a bar may stand beyond the longest
    for place in found:
        assert -0.6 <= place.x <= place.width + 0.6, place
        assert -0.6 <= place.y <= place.height + 0.6, place


@pytest.mark.parametrize(("number", "slanted"), [(1, False), (3, False), (6, False), (7, True), (12, True)])
def test_heads_of_columns_do_not_run_into_each_other(number: int, slanted: bool) -> None:
    spans = [f"{2000 + 3 * step}–{2002 + 3 * step} (n = {100 + step})" for step in range(number)]
    data = pd.DataFrame({"row": "Jobs", "column": spans, "gap": 1.0, "count": 1})
    svg = drawing(rendered(Figure(charts.heatmap_chart, data, GAPS | {"x_order": spans, "y_order": ["Jobs"]})))
    heads = [text.get("transform", "") for text in svg.iter(f"{SVG}text") if "–" in "".join(text.itertext())]
    assert len(heads) == number
    assert all(("rotate" in head) == slanted for head in heads)
    places = [float(re.findall(NUMBER, head)[0]) for head in heads]
    letters = len("2000–2002")
    assert slanted or all(two - one > charts.LETTER_WIDTH_PX * letters for one, two in pairwise(places))


def test_largest_stands_on_top() -> None:
    points = [place for place in places(drawing(rendered(ALL["profile"]))) if place.label.startswith("share")]
    ordered = [re.findall("label: (.*?);", place.label)[0] for place in sorted(points, key=lambda place: place.y)]
    assert ordered == [LONG, "Jobs", "Visas"]


def test_rows_of_intervals_stand_in_the_order_of_the_data() -> None:
    points = [place for place in places(drawing(rendered(ALL["intervals"]))) if place.label.startswith("value")]
    assert [place.y for place in points] == sorted(place.y for place in points)


def test_founding_years_are_marked_even_before_the_first_row() -> None:
    found = places(drawing(rendered(ALL["years"])))
    lines = {re.findall(r"year: (\d+)", place.label)[0]: place.x for place in found if "label: " in place.label}
    columns = {re.findall(r"year: (\d+)", place.label)[0]: place.x for place in places(drawing(rendered(ALL["years"])))}
    assert lines["1999"] < columns["2004"] < columns["2009"] < lines["2012"]


def test_one_case_needs_no_panel_and_several_have_one_each() -> None:
    assert "facet" not in ALL["one_case"].drawn().to_dict()
    assert {"Aland", "Bland"} <= set(texts(drawing(rendered(ALL["families"]))))
