"""Prepare the SVG of a chart for a page: accessible name, unique ids, small size."""

import re
from xml.etree import ElementTree

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
XLINK_NAMESPACE = "http://www.w3.org/1999/xlink"
DROPPED_ATTRIBUTES = {"role", "class", "pointer-events"}
INHERITED_ATTRIBUTES = (
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
"""SVG attributes that the elements of a group inherit."""
LENGTH_ATTRIBUTES = {"d", "transform", "x", "x1", "x2", "y", "y1", "y2", "width", "height"}
LONG_DECIMAL = re.compile(r"-?\d+\.\d{3,}")
URL_REFERENCE = re.compile(r"url\((['\"]?)#([^)'\"]+)\1\)")
ElementTree.register_namespace("", SVG_NAMESPACE)
ElementTree.register_namespace("xlink", XLINK_NAMESPACE)


def standalone_svg(svg: str, label: str) -> str:
    """The chart as an SVG file: one image with an accessible name.

    The roles, labels and classes that Vega writes for each mark are removed: they are half of the file, and the data
    table of the figure holds the same numbers.

    Raises
    ------
    xml.etree.ElementTree.ParseError
        If ``svg`` is not well-formed.
    """
    return ElementTree.tostring(_svg_root(svg, label), encoding="unicode")


def inline_svg(svg: str, id_prefix: str, label: str) -> str:
    """The chart as SVG inside a page: fonts come from the page, ids and references to them start with ``id_prefix``."""
    root = _svg_root(svg, label)
    for element in root.iter():
        element.attrib = {
            key: _prefix_id(key, value, id_prefix) for key, value in element.attrib.items() if key != "font-family"
        }
    return ElementTree.tostring(root, encoding="unicode")


def _svg_root(svg: str, label: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        element.attrib = {
            key: LONG_DECIMAL.sub(_round_length, value) if key in LENGTH_ATTRIBUTES else value
            for key, value in element.attrib.items()
            if key not in DROPPED_ATTRIBUTES
            and not key.startswith("aria-")
            and not _is_redundant(key, value, element.attrib)
        }
    _merge_attributes(root)
    root.attrib |= {"role": "img", "aria-label": label}
    return root


def _is_redundant(key: str, value: str, attributes: dict[str, str]) -> bool:
    """Whether an attribute has no effect; Vega writes these two for every mark."""
    return (key == "opacity" and value == "1") or (key == "stroke-width" and "stroke" not in attributes)


def _merge_attributes(group: ElementTree.Element) -> None:
    """Move attributes that all children of a group share to the group, because marks of one kind repeat them."""
    for child in group:
        _merge_attributes(child)
    for key in INHERITED_ATTRIBUTES:
        values = {child.get(key) for child in group}
        if len(group) > 1 and len(values) == 1 and None not in values and key not in group.attrib:
            group.set(key, values.pop() or "")
            for child in group:
                del child.attrib[key]


def _round_length(number: re.Match[str]) -> str:
    """Round a length to a hundredth of a pixel; further digits are invisible and a third of the file."""
    return f"{float(number[0]):z.2f}".rstrip("0").rstrip(".")


def _prefix_id(key: str, value: str, id_prefix: str) -> str:
    if key == "id":
        return f"{id_prefix}-{value}"
    if key in ("href", f"{{{XLINK_NAMESPACE}}}href") and value.startswith("#"):
        return f"#{id_prefix}-{value[1:]}"
    return URL_REFERENCE.sub(rf"url(#{id_prefix}-\2)", value)
