"""Lists what an SVG drawing paints: every fill and every stroke, with its colours, opacity, ids and layers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import numpy as np
import tinycss2.color3

from huebrush_backend.drawings.svg_tree import INKSCAPE, SVG, elements_by_id, local_name, reference_of
from huebrush_backend.imaging.oklab import oklab_to_srgb, srgb_to_oklab

SHAPES = frozenset(("path", "rect", "circle", "ellipse", "polygon", "polyline", "line"))
_GROUPS = frozenset(("svg", "g", "a", "switch"))
_INHERITED = {
    "fill": "black",
    "fill-opacity": "1",
    "stroke": "none",
    "stroke-opacity": "1",
    "stroke-width": "1",
    "color": "black",
    "visibility": "visible",
}
"""Properties that elements take over from their parents, with the values that they begin with."""
_LENGTH = re.compile(r"\s*([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*([a-z%]*)")
_UNITS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "em": 16, "ex": 8}

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Paint:
    """Colours of a fill or stroke.

    * `colors`: one colour, or those of a gradient's stops
    * `opacity`: mean of the stops, 0..1
    * `gradient`: id of the gradient; empty for one colour
    * `pattern`: true for a pattern, whose colours are not known
    """

    colors: tuple[Rgb, ...]
    opacity: float = 1.0
    gradient: str = ""
    pattern: bool = False

    @property
    def color(self) -> Rgb:
        """The colour itself, or the mean of a gradient's stops in Oklab."""
        if len(self.colors) == 1:
            return self.colors[0]
        mean = srgb_to_oklab(np.array(self.colors, np.uint8)).mean(axis=0)
        red, green, blue = (int(value) for value in oklab_to_srgb(mean))
        return red, green, blue


@dataclass(frozen=True)
class Shape:
    """An element that paints something.

    * `fill`, `stroke`: None where there is none
    * `opacity`: product of the opacities of the element and its ancestors, without those of the paints
    * `width`: of the stroke, in the units of the drawing's view box
    * `ids`: ids of the element and its ancestors, innermost first
    * `layers`: names of Inkscape's layers, innermost first
    """

    element: ET.Element
    fill: Paint | None
    stroke: Paint | None
    opacity: float
    width: float
    ids: tuple[str, ...]
    layers: tuple[str, ...]


def list_shapes(root: ET.Element) -> list[Shape]:
    """Return the shapes of a simplified drawing in the order in which they are painted."""
    known = elements_by_id(root)
    shapes: list[Shape] = []

    def visit(element: ET.Element, inherited: dict[str, str], opacity: float, scale: float, ids, layers) -> None:
        name = local_name(element)
        if (name not in _GROUPS and name not in SHAPES) or element.get("display", "").strip() == "none":
            return
        own = {key: element.get(key, "inherit").strip() for key in _INHERITED}
        values = {key: inherited[key] if value in ("inherit", "") else value for key, value in own.items()}
        opacity *= read_share(element.get("opacity", "1"))
        scale *= scale_of(element.get("transform", ""))
        if (identity := element.get("id")) and element is not root:
            ids = (identity, *ids)
        if name in SHAPES:
            if values["visibility"] == "visible":
                shapes.append(_shape(element, values, known, opacity, scale, ids, layers))
            return
        if element.get(INKSCAPE + "groupmode") == "layer":
            layers = (element.get(INKSCAPE + "label", "") or identity or f"layer {len(shapes)}", *layers)
        if name == "svg" and element is not root:
            scale *= _inner_scale(element)
        for child in element:
            visit(child, values, opacity, scale, ids, layers)

    visit(root, _INHERITED, 1.0, 1.0, (), ())
    return shapes


def read_paint(text: str, current: str, known: dict[str, ET.Element]) -> Paint | None:
    """Return the paint that a `fill` or `stroke` property says; None for no paint."""
    text = text.strip()
    if text.startswith("url("):
        inside, _, fallback = text[4:].partition(")")
        name = inside.strip().strip("'\"").removeprefix("#")
        server = known.get(name)
        if server is None:
            return read_paint(fallback, current, known) if fallback.strip() else None
        if local_name(server) == "pattern":
            return Paint(((128, 128, 128),), pattern=True)
        stops = list(gradient_stops(server, known))
        if not stops:
            return None
        return Paint(tuple(rgb for rgb, _ in stops), float(np.mean([share for _, share in stops])), gradient=name)
    color = tinycss2.color3.parse_color(current if text.lower() == "currentcolor" else text)
    if color is None or isinstance(color, str):
        return None
    return Paint((_to_bytes(color),), color.alpha)


def gradient_stops(gradient: ET.Element, known: dict[str, ET.Element]) -> Iterator[tuple[Rgb, float]]:
    """Yield colour and opacity of the stops of `gradient`, or of the gradient that it refers to."""
    for _ in range(8):
        stops = gradient.findall(SVG + "stop")
        for stop in stops:
            paint = read_paint(stop.get("stop-color", "black"), stop.get("color", "black"), {})
            yield (
                (paint.color if paint else (0, 0, 0)),
                read_share(stop.get("stop-opacity", "1")) * (paint.opacity if paint else 1),
            )
        target = known.get(reference_of(gradient))
        if stops or target is None:
            return
        gradient = target


def read_share(text: str) -> float:
    """Return an opacity, 0..1; 1 if it cannot be read."""
    text = text.strip()
    try:
        value = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return 1.0
    return min(1.0, max(0.0, value))


def read_length(text: str) -> float | None:
    """Return a length in pixels; None for a percentage or what is no length."""
    found = _LENGTH.match(text)
    if found is None or found[2] not in _UNITS:
        return None
    return float(found[1]) * _UNITS[found[2]]


def scale_of(transform: str) -> float:
    """Return by how much a `transform` attribute enlarges: the square root of the factor of areas."""
    area = 1.0
    for name, inside in re.findall(r"(\w+)\s*\(([^)]*)\)", transform):
        numbers = [float(number) for number in re.findall(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?", inside)]
        if name == "scale" and numbers:
            area *= abs(numbers[0] * numbers[-1])
        elif name == "matrix" and len(numbers) == 6:
            area *= abs(numbers[0] * numbers[3] - numbers[1] * numbers[2])
    return area**0.5


def view_box_of(element: ET.Element) -> tuple[float, float, float, float] | None:
    """Return the view box (left, top, width, height) of an `svg` element, or its size; None if it says neither."""
    try:
        numbers = [float(number) for number in re.split(r"[\s,]+", element.get("viewBox", "").strip())]
    except ValueError:
        numbers = []
    if len(numbers) == 4 and min(numbers[2:]) > 0:
        return numbers[0], numbers[1], numbers[2], numbers[3]
    width, height = read_length(element.get("width", "")), read_length(element.get("height", ""))
    return (0.0, 0.0, width, height) if width and height and min(width, height) > 0 else None


def _shape(element: ET.Element, values: dict[str, str], known, opacity: float, scale: float, ids, layers) -> Shape:
    paints: list[Paint | None] = []
    for kind in ("fill", "stroke"):
        paint = read_paint(values[kind], values["color"], known)
        if paint is not None:
            paint = Paint(
                paint.colors, paint.opacity * read_share(values[f"{kind}-opacity"]), paint.gradient, paint.pattern
            )
        paints.append(paint)
    fill, stroke = paints
    width = (read_length(values["stroke-width"]) or 0.0) * scale
    if local_name(element) == "line":
        fill = None
    return Shape(element, fill, stroke if width > 0 else None, opacity, width, ids, layers)


def _inner_scale(element: ET.Element) -> float:
    """Return by how much a nested `svg` element enlarges what it holds."""
    box = view_box_of(element)
    width, height = read_length(element.get("width", "")), read_length(element.get("height", ""))
    if box is None or not element.get("viewBox") or not width or not height:
        return 1.0
    return min(width / box[2], height / box[3])


def _to_bytes(color: tinycss2.color3.RGBA) -> Rgb:
    red, green, blue = (round(255 * min(1.0, max(0.0, part))) for part in color[:3])
    return red, green, blue
