"""Drawings of a page: small, and in the same place to a hundredth of a pixel."""

import re
from xml.etree import ElementTree

from compendium.publishing.sphinx_ext import figure_svg

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><path aria-label="a mark" class="mark" '
    'transform="translate(0.5,1.23456789)" d="M301.5466666666658,-235.50000000000003h1.4666666666676065v15Z" '
    'fill="#9467BD" opacity="0.123456"/><path d="M1e-7,2.0000000004l1.2345678901e-12,3" id="m"/></svg>'
)


def test_lengths_are_written_to_a_hundredth_of_a_pixel() -> None:
    first, second = ElementTree.fromstring(figure_svg.inline_svg(DRAWING, "chart", "A chart")).iter(
        f"{{{figure_svg.SVG_NAMESPACE}}}path"
    )
    assert first.get("d") == "M301.55,-235.5h1.47v15Z"
    assert first.get("transform") == "translate(0.5,1.23)"
    assert second.get("d") == "M1e-7,2l1.23e-12,3"


def test_what_is_no_length_stays_as_it_is() -> None:
    drawn = figure_svg.standalone_svg(DRAWING, "A chart")
    assert 'opacity="0.123456"' in drawn and 'fill="#9467BD"' in drawn
    assert not re.search("class|a mark", drawn)


def test_what_would_be_so_anyway_is_left_out() -> None:
    mark = '<path d="M0,0h1" stroke-width="2" opacity="1"/><line x2="3" stroke="red" stroke-width="2" opacity="1"/>'
    drawn = figure_svg.inline_svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">{mark}</svg>', "c", "A chart"
    )
    path, line = (
        next(ElementTree.fromstring(drawn).iter(f"{{{figure_svg.SVG_NAMESPACE}}}{kind}")) for kind in ("path", "line")
    )
    assert path.attrib == {"d": "M0,0h1"}
    assert line.attrib == {"x2": "3", "stroke": "red", "stroke-width": "2"}


def test_what_all_marks_of_a_group_say_is_said_once() -> None:
    """They look the same: what differs stays, and what a group says already is not said over."""
    marks = "".join(f'<text fill="red" font-size="13px" opacity="1" x="{x}">{x}</text>' for x in (1, 2))
    odd = '<g fill="blue"><path fill="red"/><path fill="red"/></g>'
    root = ElementTree.fromstring(
        figure_svg.inline_svg(f'<svg xmlns="{figure_svg.SVG_NAMESPACE}"><g>{marks}</g>{odd}</svg>', "x", "X")
    )
    texts, paths = list(root)
    assert (texts.get("fill"), texts.get("font-size")) == ("red", "13px")
    assert [text.attrib for text in texts] == [{"x": "1"}, {"x": "2"}]
    assert paths.get("fill") == "blue"
    assert [path.get("fill") for path in paths] == ["red", "red"]
