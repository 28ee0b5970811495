"""Groups the fills and strokes of a drawing into parts: by colour, by layer, or by id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from huebrush_backend.drawings.svg_shapes import Paint, Rgb, Shape
from huebrush_backend.imaging.oklab import srgb_to_oklab

WAYS = ("auto", "fill", "layer", "id")
"""Ways to tell parts apart. "auto" takes ids that somebody has written, else layers of one colour each, else fills."""
NO_PART = -1
"""Part of what belongs to none, such as details."""
DETAIL = "detail-"
"""Beginning of the ids of details: small things that count to no part."""
LINE = "line"
"""Name of what is ink although it is a fill, such as a pupil, where parts have written names."""
SAME_FILL = 0.035
"""Distance in Oklab up to which two fills count as the same colour."""
_MADE_ID = re.compile(
    r"(?:(?:svg|path|rect|g|group|use|circle|ellipse|polygon|polyline|line|layer|shape|object|SVGID|XMLID|image|text|sodipodi)"
    r"[-_]?[0-9_]+[-_0-9a-z]*_?|[a-z]?[0-9]+|_x[0-9A-F]{2,}.*|SVG\w{8}|Layer_?[0-9]*|Ebene_?[0-9]*|Capa_?[0-9]*)",
    re.IGNORECASE,
)
"""Ids that programs make up."""
_NUMBER = re.compile(r"[-_ ][0-9]+$")
_LEAST_NAMED = 0.8
"""Share of the area that must have written ids, or layers of one colour each, for these to be the parts."""
_LEAST_PARTS = 3


@dataclass(frozen=True)
class Parts:
    """Parts of a drawing.

    * `of`: part of each fill and stroke, by its number (the fill of shape n is 2n, its stroke 2n + 1)
    * `names`: unique names
    * `colors`: the colour that covers most of each part, sRGB
    """

    of: tuple[int, ...]
    names: tuple[str, ...]
    colors: tuple[Rgb, ...]


def find_parts(shapes: Sequence[Shape], areas: Sequence[int], way: str = "auto") -> Parts:
    """Return the parts of `shapes`, of which fill or stroke n shows in `areas[n]` pixels.

    Parts that cover no pixel are left out. Larger parts come first. Raises ValueError for an unknown `way`.
    """
    if way not in WAYS:
        raise ValueError(f"unknown way to tell parts apart {way!r}; choose one of {', '.join(WAYS)}")
    if way == "auto":
        way = _best_way(shapes, areas)
    keys: list[str | None]
    if way == "id":
        keys = [_written_name(shape, any_id=True) for shape in shapes for _ in range(2)]
    elif way == "layer":
        keys = [(shape.layers or ("",))[0] for shape in shapes for _ in range(2)]
    else:
        keys = _fill_keys(shapes, areas)
    weight: dict[str, int] = {}
    for key, area in zip(keys, areas, strict=True):
        if key is not None and area > 0:
            weight[key] = weight.get(key, 0) + area
    names = sorted(weight, key=lambda key: (-weight[key], key))
    place = {name: number for number, name in enumerate(names)}
    of = tuple(place.get(key, NO_PART) if key is not None else NO_PART for key in keys)
    return Parts(of, tuple(name or "unnamed" for name in names), _main_colors(shapes, areas, of, len(names)))


def paint_of(shapes: Sequence[Shape], number: int) -> Paint | None:
    """Return the paint with this number: the fill of shape n is 2n, its stroke 2n + 1."""
    shape = shapes[number // 2]
    return shape.stroke if number % 2 else shape.fill


def part_name(identity: str) -> str:
    """Return the part that an id names: "hair" for "hair-2"."""
    return _NUMBER.sub("", identity.strip())


def _written_name(shape: Shape, any_id: bool = False) -> str | None:
    """Return the part that the nearest id names; None for a detail, or if no id counts."""
    for identity in shape.ids:
        if identity.startswith(DETAIL):
            return None
        if any_id or not _MADE_ID.fullmatch(identity):
            return part_name(identity)
    return None


def _best_way(shapes: Sequence[Shape], areas: Sequence[int]) -> str:
    total = sum(areas)
    names = [_written_name(shape) for shape in shapes for _ in range(2)]
    named = sum(area for name, area in zip(names, areas, strict=True) if name is not None)
    if total and named >= _LEAST_NAMED * total and len({name for name in names if name}) >= _LEAST_PARTS:
        return "id"
    by_layer: dict[str, dict[Rgb, int]] = {}
    for number, area in enumerate(areas):
        layers, paint = shapes[number // 2].layers, paint_of(shapes, number)
        if area and layers and paint is not None:
            colors = by_layer.setdefault(layers[0], {})
            colors[paint.color] = colors.get(paint.color, 0) + area
    of_one_color = sum(max(colors.values()) for colors in by_layer.values())
    if total and len(by_layer) >= _LEAST_PARTS and of_one_color >= _LEAST_NAMED * total:
        return "layer"
    return "fill"


def _fill_keys(shapes: Sequence[Shape], areas: Sequence[int]) -> list[str | None]:
    """Return a name for the colour of each fill and stroke, the same for colours that look the same."""
    by_color: dict[Rgb, int] = {}
    for number, area in enumerate(areas):
        paint = paint_of(shapes, number)
        if paint is not None and area:
            by_color[paint.color] = by_color.get(paint.color, 0) + area
    colors = sorted(by_color, key=lambda color: (-by_color[color], color))
    lab = srgb_to_oklab(np.array(colors, np.uint8).reshape(-1, 3))
    leaders: list[int] = []
    key_of: dict[Rgb, str] = {}
    for number, color in enumerate(colors):
        near = [leader for leader in leaders if float(np.linalg.norm(lab[leader] - lab[number])) < SAME_FILL]
        if not near:
            leaders.append(number)
        leader = colors[near[0]] if near else color
        key_of[color] = "#{:02x}{:02x}{:02x}".format(*leader)
    paints = [paint_of(shapes, number) for number in range(len(areas))]
    return [None if paint is None else key_of.get(paint.color) for paint in paints]


def _main_colors(shapes: Sequence[Shape], areas: Sequence[int], of: Sequence[int], count: int) -> tuple[Rgb, ...]:
    by_part: list[dict[Rgb, int]] = [{} for _ in range(count)]
    for number, (part, area) in enumerate(zip(of, areas, strict=True)):
        paint = paint_of(shapes, number)
        if part >= 0 and area and paint is not None:
            by_part[part][paint.color] = by_part[part].get(paint.color, 0) + area
    return tuple(max(colors, key=lambda color: (colors[color], color)) for colors in by_part)
