"""A chart's SVG made fit to stand inside a page: named for those who do not see it, and with ids of its own."""

import re
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
DROPPED = {"role", "class", "pointer-events"}
INHERITED = (
    "fill",
    "font-size",
    "font-weight",
    "stroke",
    "stroke-dasharray",
    "stroke-linejoin",
    "stroke-opacity",
    "stroke-width",
    "text-anchor",
)
"""Attributes that hold for all that a group holds, as SVG has it."""
LENGTHS = {"d", "transform", "x", "x1", "x2", "y", "y1", "y2", "width", "height"}
FINE = re.compile(r"-?\d+\.\d{3,}")
REFERENCE = re.compile(r"url\((['\"]?)#([^)'\"]+)\1\)")
ElementTree.register_namespace("", NAMESPACE)
ElementTree.register_namespace("xlink", XLINK)


def standalone(svg: str, label: str) -> str:
    """The drawing as a file of its own: one image with a name.

    What Vega writes for each mark (roles, labels, classes) goes: it is half of the file, and the numbers stand in the
    data table.

    Raises
    ------
    xml.etree.ElementTree.ParseError
        When ``svg`` is not well-formed.
    """
    return ElementTree.tostring(_image(svg, label), encoding="unicode")


def inline(svg: str, name: str, label: str) -> str:
    """The drawing as a part of a page, which gives the font; ids, and references to them, begin with ``name``."""
    root = _image(svg, label)
    for element in root.iter():
        element.attrib = {key: _own(key, value, name) for key, value in element.attrib.items() if key != "font-family"}
    return ElementTree.tostring(root, encoding="unicode")


def _image(svg: str, label: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        element.attrib = {
            key: FINE.sub(_rounded, value) if key in LENGTHS else value
            for key, value in element.attrib.items()
            if key not in DROPPED and not key.startswith("aria-") and not _idle(key, value, element.attrib)
        }
    _gather(root)
    root.attrib |= {"role": "img", "aria-label": label}
    return root


def _idle(key: str, value: str, beside: dict[str, str]) -> bool:
    """Whether an attribute says what would be so without it: Vega writes each for every mark."""
    return (key == "opacity" and value == "1") or (key == "stroke-width" and "stroke" not in beside)


def _gather(group: ElementTree.Element) -> None:
    """Say once, of a group, what all that it holds says of itself: marks of one kind repeat their attributes."""
    for child in group:
        _gather(child)
    for key in INHERITED:
        values = {child.get(key) for child in group}
        if len(group) > 1 and len(values) == 1 and None not in values and key not in group.attrib:
            group.set(key, values.pop() or "")
            for child in group:
                del child.attrib[key]


def _rounded(number: re.Match[str]) -> str:
    """A length to a hundredth of a pixel; what is finer nobody sees, and it is a third of the file."""
    return f"{float(number[0]):z.2f}".rstrip("0").rstrip(".")


def _own(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    if key in ("href", f"{{{XLINK}}}href") and value.startswith("#"):
        return f"#{name}-{value[1:]}"
    return REFERENCE.sub(rf"url(#{name}-\2)", value)
