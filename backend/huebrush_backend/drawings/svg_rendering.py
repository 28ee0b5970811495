"""Renders SVG drawings: pictures with soft edges, and maps that say exactly which fill or stroke each pixel shows."""

from __future__ import annotations

import copy
from collections.abc import Callable
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray

from huebrush_backend.drawings.svg_shapes import Shape, read_paint
from huebrush_backend.drawings.svg_tree import SVG, DrawingError, elements_by_id

Box = tuple[float, float, float, float]
"""Left, top, width and height, in the units of a drawing."""
PaintOf = Callable[[int, str], str]
"""Function that says for a shape's number and "fill" or "stroke" what to paint there; "none" for nothing."""
_SOFT = ("opacity", "filter", "fill-opacity", "stroke-opacity", "shape-rendering", "mix-blend-mode", "isolation")
"""Properties that mix colours; without them each pixel shows one fill or one stroke."""
_BRIGHT = 100
"""Brightness, 0..255, from which what a mask paints shows things."""
_SPREAD = 0x9E3779B1
"""Odd factor that spreads small numbers over all 24-bit colours, so that a mixture of two is hardly a third one."""
_CODES = 1 << 24


def render(root: ET.Element, box: Box, width: int, height: int, crisp: bool = False) -> NDArray[np.uint8]:
    """Render the part `box` of a drawing in the middle of a picture, (height,width,4) uint8 RGBA, alpha not multiplied.

    `crisp`: no soft edges. Raises DrawingError if the drawing cannot be rendered.
    """
    framed = ET.Element(root.tag, dict(root.attrib))
    framed.extend(root)
    framed.set("viewBox", " ".join(repr(float(value)) for value in box))
    framed.set("width", str(width))
    framed.set("height", str(height))
    framed.set("preserveAspectRatio", "xMidYMid meet")
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=ET.tostring(framed, encoding="unicode"),
            skip_system_fonts=True,
            shape_rendering="crisp_edges" if crisp else "geometric_precision",
        )
    except ValueError as error:
        raise DrawingError(f"the drawing cannot be rendered: {error}") from error
    decoded = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.shape != (height, width, 4):
        raise DrawingError("the drawing cannot be rendered")
    return cv2.cvtColor(decoded, cv2.COLOR_BGRA2RGBA)  # pyright: ignore[reportReturnType]


def repainted(root: ET.Element, shapes: list[Shape], paint_of: PaintOf) -> ET.Element:
    """Return a copy of `root` whose `shapes` are painted, fully opaque, as `paint_of` says."""
    twin = copy.deepcopy(root)
    twins = dict(zip(root.iter(), twin.iter(), strict=True))
    for element in twin.iter():
        for name in _SOFT:
            element.attrib.pop(name, None)
    _harden_masks(twin)
    for number, shape in enumerate(shapes):
        for kind, present in (("fill", shape.fill), ("stroke", shape.stroke)):
            twins[shape.element].set(kind, "none" if present is None else paint_of(number, kind))
    return twin


def _harden_masks(root: ET.Element) -> None:
    """Make the masks in `root` show things wholly or not at all: what they paint becomes white or black."""
    masks = list(root.iter(SVG + "mask"))
    if not masks:
        return
    known = elements_by_id(root)
    for element in (element for mask in masks for element in mask.iter()):
        for kind in ("fill", "stroke"):
            paint = read_paint(element.get(kind, "none"), element.get("color", "black"), known)
            if paint is not None:
                red, green, blue = paint.color
                bright = (0.2126 * red + 0.7152 * green + 0.0722 * blue) * paint.opacity
                element.set(kind, "white" if bright >= _BRIGHT else "black")


def render_numbers(
    root: ET.Element, shapes: list[Shape], box: Box, width: int, height: int, is_shown: Callable[[int, str], bool]
) -> NDArray[np.int32]:
    """Return the number of the fill or stroke at each pixel, (height,width) int32: -1 for none.

    The fill of shape n has the number 2n, its stroke 2n + 1. Only those count for which `is_shown` is true.
    """
    wanted = [
        2 * number + place
        for number, shape in enumerate(shapes)
        for place, (kind, paint) in enumerate((("fill", shape.fill), ("stroke", shape.stroke)))
        if paint is not None and is_shown(number, kind)
    ]
    allowed = set(wanted)

    def paint_of(number: int, kind: str) -> str:
        place = 2 * number + (kind == "stroke")
        return f"#{_code(place):06x}" if place in allowed else "none"

    rendered = render(repainted(root, shapes, paint_of), box, width, height, crisp=True)
    codes = rendered[..., :3].astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    table = np.array([_code(place) for place in wanted], np.int64)
    order = np.argsort(table)
    numbers = np.full((height, width), -1, np.int32)
    if len(table):
        found = order[np.clip(np.searchsorted(table, codes, sorter=order), 0, len(table) - 1)]
        known = (table[found] == codes) & (rendered[..., 3] == 255)
        numbers[known] = np.array(wanted, np.int32)[found[known]]
        mixed = ~known & (rendered[..., 3] >= 128)  # in masks with soft edges
        if mixed.any() and known.any():
            numbers = np.where(mixed, nearest(numbers, known), numbers)
    return numbers


def nearest(values: NDArray, known: NDArray[np.bool_]) -> NDArray:
    """Return `values` (H,W) with each pixel that is not `known` replaced by the nearest one that is."""
    _, owners = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.asarray(owners, np.int32)
    table = np.zeros(int(places.max()) + 1, values.dtype)
    table[places[known]] = values[known]
    return table[places]


def _code(place: int) -> int:
    return (place + 1) * _SPREAD % _CODES
