"""How charts look and what they must bear, on a made-up chart."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair as alt
import pandas as pd
import pytest
from compendium.reporting import altair_output, labels
from compendium.reporting import theme as reporting_theme
from compendium.reporting.mime_types import CHART_MIME
from contrast import contrast

SVG = "{http://www.w3.org/2000/svg}"


def made_chart() -> alt.Chart:
    data = pd.DataFrame({"label": ["One", "Two"], "count": [1 / 3, float("nan")], "group": ["a", "b"]})
    return (
        alt.Chart(data)
        .mark_bar()
        .encode(x="count:Q", y="label:N", color=reporting_theme.colour_encoding("group", ["a", "b"]))
    )


def rendered(**changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"name": "made", "title": "Made up", "description": "Two bars.", "columns": {"label": "Row"}}
    spec = altair_output.with_metadata(made_chart(), **(told | changed)).to_dict()
    return altair_output.render_chart(spec)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def grounds(root: Path) -> dict[str, str]:
    sheet = (root / "book/_static/compendium.css").read_text(encoding="utf-8")
    themes = re.findall(r'html\[data-theme="(light|dark)"\] \{[^}]*?--pst-color-background: (#[0-9a-f]{6});', sheet)
    return dict(themes)


@pytest.mark.parametrize("colour", sorted({*reporting_theme.VALUE_COLOURS.values(), *reporting_theme.COLOUR_CYCLE}))
def test_marks_stand_out_on_light_and_dark_pages(root: Path, colour: str) -> None:
    assert set(grounds(root)) == {"light", "dark"}
    for theme, ground in grounds(root).items():
        assert contrast(colour, ground) >= 3, f"{colour} on the {theme} ground {ground}"


@pytest.mark.parametrize("lacking", ["name", "title", "description", "columns"])
def test_a_chart_that_tells_too_little_is_refused(lacking: str) -> None:
    rendered()
    with pytest.raises(ValueError, match="a chart has no name, title, description or columns"):
        rendered(**{lacking: {} if lacking == "columns" else ""})


def test_a_bare_chart_is_refused() -> None:
    with pytest.raises(ValueError, match=r"with_metadata\(\)"):
        altair_output.render_chart(made_chart().to_dict())


def test_rendering_twice_gives_the_same() -> None:
    assert rendered() == rendered()


def test_a_chart_is_shown_as_specification_drawing_and_words() -> None:
    shown = rendered()
    assert set(shown) == {CHART_MIME, "image/svg+xml", "text/plain"}
    assert shown["text/plain"] == "Made up — Two bars."
    about = shown[CHART_MIME]["usermeta"]["compendium"]
    assert about["columns"] == [["label", "Row"]]
    assert {row["label"] for row in shown[CHART_MIME]["datasets"][about["data"]]} == {"One", "Two"}


def test_numbers_are_rounded_and_the_unknown_is_null() -> None:
    (rows,) = rendered()[CHART_MIME]["datasets"].values()
    assert [row["count"] for row in rows] == [0.333333, None]


def test_what_machines_compute_differently_in_the_last_digits_is_one_chart() -> None:
    """Rows, names of tables and ends of scales: the same bytes, and zero never has a sign."""

    def drawn(error: float) -> dict[str, Any]:
        rows = pd.DataFrame({"label": ["One", "Two"], "count": [1 / 3 + error, error - 1e-12]})
        ends = alt.Scale(domain=[0, 2 / 3 + error])
        bars = alt.Chart(rows).mark_bar().encode(x=alt.X("count:Q", scale=ends), y="label:N")
        return altair_output.render_chart(
            altair_output.with_metadata(bars, "made-up", "Made up", "Two bars.", {"label": "Row"}).to_dict()
        )

    assert json.dumps(drawn(0)) == json.dumps(drawn(1e-13)) == json.dumps(drawn(2e-12))
    assert "-0.0" not in json.dumps(drawn(0))


def test_data_hold_what_is_drawn_or_told_and_no_more() -> None:
    rows = pd.DataFrame({"label": ["a"], "count": [1], "note": ["x"], "id": ["entry"], "unused": ["y"]})
    chart = alt.Chart(rows).mark_bar().encode(x="count:Q").transform_filter("datum.note != ''")
    spec = altair_output.render_chart(
        altair_output.with_metadata(chart, "made", "Made", "Made up.", {"label": "Label"}).to_dict()
    )[CHART_MIME]
    (kept,) = spec["datasets"].values()
    assert kept == [{"label": "a", "count": 1, "note": "x", "id": "entry"}]


def test_text_and_lines_take_the_ink_of_the_page() -> None:
    drawing = ElementTree.fromstring(rendered()["image/svg+xml"])
    texts = list(drawing.iter(f"{SVG}text"))
    assert "Made up" in {text.text for text in texts}
    assert {text.get("fill") for text in texts} == {"currentColor"}
    assert {line.get("stroke") for line in drawing.iter(f"{SVG}line")} == {"currentColor"}
    assert not [path for path in drawing.iter(f"{SVG}rect") if path.get("fill") not in (None, "none", "transparent")]


MEASURE = """\
import altair as alt, pandas as pd
from compendium.chapters.implementation import OUTCOME_SIGNS
from compendium.reporting import altair_output, theme
texts = ["11 of 111", "a · b", "Zażółć–ÄÖ", "Prevention of irregular migration", *OUTCOME_SIGNS.values()]
colour = theme.colour_encoding("label", texts)
chart = alt.Chart(pd.DataFrame({"label": texts})).mark_point().encode(y="label:N", color=colour)
spec = altair_output.with_metadata(chart, "made", "Made 11", "Made.", {"label": "Label"}).to_dict()
print(altair_output.render_chart(spec)["image/svg+xml"])
"""


def drawn_elsewhere(folder: Path, **environment: str) -> str:
    command = [sys.executable, "-c", MEASURE]
    done = subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_drawing_does_not_depend_on_the_fonts_of_the_machine(tmp_path: Path) -> None:
    """A font of the machine that calls itself Liberation Sans, but is wider, changes nothing."""
    fonts = [Path(folder, name) for folder, _, names in os.walk("/usr/share/fonts") for name in names]
    other = next((path for path in fonts if path.suffix == ".ttf" and "Bold" in path.name), None)
    if other is None:
        pytest.skip("this machine has no font of its own")
    (tmp_path / "fonts").mkdir()
    shutil.copy(other, tmp_path / "fonts")
    alias = (
        "<alias binding='same'><family>Liberation Sans</family><prefer><family>DejaVu Sans</family></prefer></alias>"
    )
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>{tmp_path}/fonts</dir>{alias}</fontconfig>")
    here = drawn_elsewhere(tmp_path)
    there = drawn_elsewhere(tmp_path, FONTCONFIG_FILE=str(tmp_path / "fonts.conf"), HOME=str(tmp_path))
    assert here == there


@pytest.mark.parametrize("before", [None, "/elsewhere/fonts.conf"])
def test_programs_started_after_a_drawing_find_the_fonts_of_the_machine(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser that finds no font at all crashes."""
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    if before:
        monkeypatch.setenv("FONTCONFIG_FILE", before)
    rendered()
    assert os.environ.get("FONTCONFIG_FILE") == before


def test_every_letter_of_a_chart_is_in_the_font_that_comes_along(root: Path) -> None:
    """Another letter would be measured with a font of the machine, or not at all."""
    drawings = re.compile(r">([^<>]+)</text>")
    letters = {
        letter
        for path in (root / "book").glob("*/**/*.ipynb")
        for text in drawings.findall(path.read_text(encoding="utf-8").replace("\\n", "\n"))
        for letter in text
    }
    assert letters, "there are executed notebooks"
    # Liberation Sans holds all of WGL4: Latin with its accents, Greek, Cyrillic, and these signs.
    beyond = {letter for letter in letters if ord(letter) > 0x4FF} - set("–—‘’“”…●○−←")
    assert beyond == set()


@pytest.mark.parametrize(
    ("value", "said"),
    [("under_way", "under way"), ("ngo", "NGO"), ("eu_institution", "EU institution"), ("mou", "MoU")],
)
def test_values_read_as_words(value: str, said: str) -> None:
    assert labels.humanize(value) == said


def test_rows_behind_a_mark_are_named_and_counted() -> None:
    assert labels.list_ids(["a", "b"]) == "a, b"
    assert labels.list_ids(list("abcdef"), top_n=4) == "a, b, c, d and 2 more"


def test_a_share_in_words() -> None:
    assert labels.format_percent(0.125) == "12 %"
    assert labels.format_percent(float("nan")) == "not known"


def test_a_value_keeps_its_colour_and_others_get_one_each() -> None:
    given = reporting_theme.colour_encoding("side", ["destination", "made up", "also made up"]).to_dict()["scale"][
        "range"
    ]
    assert given[0] == reporting_theme.VALUE_COLOURS["destination"]
    assert len(set(given)) == 3


@pytest.mark.parametrize(
    ("name", "side"), [("destination alone", "destination"), ("both sides", "both"), ("partner alone", "partner")]
)
def test_a_side_has_one_colour_under_each_of_its_names(name: str, side: str) -> None:
    assert reporting_theme.VALUE_COLOURS[name] == reporting_theme.VALUE_COLOURS[side]
