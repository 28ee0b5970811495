"""Reads an SVG drawing into a picture, line art, and a map of its parts, at any size and in any palette."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.drawings.border_lines import FINER, LineStyle, draw_borders
from huebrush_backend.drawings.svg_parts import LINE, Parts, find_parts, paint_of, part_name
from huebrush_backend.drawings.svg_rendering import Box, nearest, render, render_numbers, repainted
from huebrush_backend.drawings.svg_shapes import Paint, Rgb, Shape, list_shapes, view_box_of
from huebrush_backend.drawings.svg_tree import SVG, DrawingError, parse_svg
from huebrush_backend.imaging.oklab import oklab_to_srgb, srgb_to_oklab

LINES = ("auto", "strokes", "borders")
"""Sources of lines. "auto" takes the strokes, and borders of the fills too where strokes are missing."""
ANALYSIS_SIZE = 192
"""Longer side in pixels at which a drawing is looked at to find its parts."""
_OPAQUE = 0.5
"""Opacity from which a fill hides what is below; a weaker one is a shadow or a gleam on it."""
_VISIBLE_LINE = 0.3
WIDEST_LINE = 0.025
"""Widest stroke that is a line, as a share of the drawing's longer side; a wider one is a limb, or a road."""
_SAME_COLOR = 0.02
_DARK, _GREY = 0.3, 0.045
"""Lightness and chroma in Oklab below which a narrow fill is ink."""
_INK_RADIUS = 0.014
"""Largest half-width of a dark fill that is ink, as a share of the longer side."""
_STROKED_SHARE = 0.8
"""Share of the borders between parts with ink close by from which strokes are all the lines."""
GROUND = -2
"""Label of pixels that show nothing of the drawing."""


@dataclass(frozen=True)
class Rendering:
    """A drawing at one size.

    * `picture`: (H,W,4) uint8 RGBA, with its lines; transparent around the figure
    * `painting`: the same without its lines
    * `ink`: ink coverage, (H,W) float32 0..1
    * `labels`: (H,W) int16: number of the part, `NO_PART` for details, `GROUND` around the figure
    """

    picture: NDArray[np.uint8]
    painting: NDArray[np.uint8]
    ink: NDArray[np.float32]
    labels: NDArray[np.int16]


@dataclass(frozen=True)
class LabelledDrawing:
    """An SVG drawing whose parts are known.

    * `root`: simplified tree
    * `shapes`: what it paints
    * `box`: the part of the drawing that is shown
    * `parts`: names and colours
    * `has_strokes`: true if strokes are all its lines; else lines are drawn along the borders of the fills too
    * `all_lines`: true if every stroke is a line, however wide, and so are fills with the id "line" or "line-2"
    """

    root: ET.Element
    shapes: list[Shape]
    box: Box
    parts: Parts
    has_strokes: bool
    all_lines: bool = False

    def render(
        self,
        width: int,
        height: int,
        style: LineStyle | None = None,
        rng: np.random.Generator | None = None,
        margin: float = 0.0,
    ) -> Rendering:
        """Render the drawing in the middle of `width` × `height` pixels.

        `style`: style of lines along borders. With strokes, None leaves them as they are drawn.
        `rng`: varies the lines along borders; by default they are always the same.
        `margin`: free space on each side, as a share of the drawing's longer side.
        """
        grow = margin * max(self.box[2:])
        box = (self.box[0] - grow, self.box[1] - grow, self.box[2] + 2 * grow, self.box[3] + 2 * grow)
        labels, narrow, ink = self.labels_and_ink(box, width, height)
        if style is not None or not self.has_strokes:
            generator = rng if rng is not None else np.random.default_rng(0)
            borders = draw_borders(labels, style or LineStyle(), generator, GROUND)
            ink = np.maximum(ink, borders)
        picture = render(self.root, box, width, height)
        without_strokes = render(self._without_lines(), box, width, height) if self.has_lines else picture
        return Rendering(
            picture,
            _paint_over(without_strokes, narrow),
            ink,
            np.ascontiguousarray(labels[::FINER, ::FINER]),
        )

    def recolored(self, colors: Mapping[int, Rgb]) -> LabelledDrawing:
        """Return the drawing with new `colors` of parts by number. Shades and gradients keep their relation to them."""
        twin = copy.deepcopy(self.root)
        twins = dict(zip(self.root.iter(), twin.iter(), strict=True))
        shapes = [replace(shape, element=twins[shape.element]) for shape in self.shapes]
        made: dict[tuple[str, int], str] = {}
        for number, part in enumerate(self.parts.of):
            paint = paint_of(self.shapes, number)
            if part not in colors or paint is None or paint.pattern:
                continue
            shape, kind = shapes[number // 2], "stroke" if number % 2 else "fill"
            new = Paint(
                tuple(_shifted(color, self.parts.colors[part], colors[part]) for color in paint.colors),
                paint.opacity,
                paint.gradient,
            )
            if paint.gradient:
                key = (paint.gradient, part)
                if key not in made:
                    made[key] = _add_gradient(twin, paint.gradient, new, len(made))
                new = replace(new, gradient=made[key])
                shape.element.set(kind, f"url(#{made[key]})")
            else:
                shape.element.set(kind, "#{:02x}{:02x}{:02x}".format(*new.color))
            shapes[number // 2] = replace(shape, **{kind: new})
        present = tuple(colors.get(part, color) for part, color in enumerate(self.parts.colors))
        return replace(self, root=twin, shapes=shapes, parts=replace(self.parts, colors=present))

    def is_line(self, number: int) -> bool:
        """Return whether the fill or stroke with this number is a line."""
        return _is_line(self.shapes[number // 2], number % 2 == 1, self.widest_line)

    @property
    def widest_line(self) -> float:
        """Width of the widest stroke that is a line, in the drawing's units; infinite if every stroke is one."""
        return np.inf if self.all_lines else WIDEST_LINE * max(self.box[2:])

    def labels_and_ink(
        self, box: Box, width: int, height: int
    ) -> tuple[NDArray[np.int16], NDArray[np.float32], NDArray[np.float32]]:
        """Return the labels at `FINER` times the size, and coverage (H,W) of narrow dark fills, and of all lines."""
        numbers = _numbers(self.root, self.shapes, box, (width * FINER, height * FINER), self.widest_line)
        labels = np.array([*self.parts.of, GROUND], np.int16)[numbers]
        narrow = np.zeros(labels.shape, bool)
        if not self.has_written_parts:
            narrow = _narrow_dark(labels, self.parts.colors)
        if narrow.any() and not narrow.all():
            labels = np.where(narrow, nearest(labels, ~narrow), labels)
        soft = cv2.resize(narrow.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
        ink = np.asarray(soft, np.float32)
        if self.has_lines:
            strokes = render(self._lines_only(), box, width, height)
            ink = np.maximum(ink, strokes[..., 3] / 255 * (1 - strokes[..., 0] / 255)).astype(np.float32)
        return labels, np.asarray(soft, np.float32), ink

    @property
    def has_lines(self) -> bool:
        """Whether any stroke or fill is a line."""
        return any(self.is_line(number) for number in range(2 * len(self.shapes)))

    @property
    def has_written_parts(self) -> bool:
        """Whether somebody has named the parts, so that a dark fill is a part and never ink."""
        return not all(name.startswith("#") for name in self.parts.names)

    def _lines_only(self) -> ET.Element:
        return repainted(
            self.root,
            self.shapes,
            lambda number, kind: (
                "#000000"
                if self.is_line(2 * number + (kind == "stroke"))
                else ("#ffffff" if _hides(self.shapes[number], kind == "stroke") else "none")
            ),
        )

    def _without_lines(self) -> ET.Element:
        twin = copy.deepcopy(self.root)
        twins = dict(zip(self.root.iter(), twin.iter(), strict=True))
        for number, shape in enumerate(self.shapes):
            for place, kind in enumerate(("fill", "stroke")):
                if self.is_line(2 * number + place):
                    twins[shape.element].set(kind, "none")
        return twin


def read_drawing(data: bytes, parts: str = "auto", lines: str = "auto", crop: bool = True) -> LabelledDrawing:
    """Read the SVG file `data`.

    `parts`: how parts are told apart, one of `WAYS`.
    `lines`: where lines come from, one of `LINES`.
    `crop`: show only what is painted, instead of the whole page.

    Raises DrawingError if there is nothing to see or the file is no SVG drawing.
    """
    if lines not in LINES:
        raise ValueError(f"unknown source of lines {lines!r}; choose one of {', '.join(LINES)}")
    root = parse_svg(data)
    shapes = list_shapes(root)
    box = view_box_of(root)
    if box is None:
        raise DrawingError("the drawing says neither its size nor a view box")
    if crop:
        box = _painted_box(root, box)
    all_lines = lines == "strokes"
    widest = np.inf if all_lines else WIDEST_LINE * max(box[2:])
    numbers = _numbers(root, shapes, box, _size_of(box), widest)
    areas = np.bincount(numbers[numbers >= 0], minlength=2 * len(shapes))
    if not areas.any():
        raise DrawingError("the drawing has no fill")
    drawing = LabelledDrawing(root, shapes, box, find_parts(shapes, areas.tolist(), parts), True, all_lines)
    if lines == "auto":
        return replace(drawing, has_strokes=_stroked_share(drawing) >= _STROKED_SHARE)
    return replace(drawing, has_strokes=lines == "strokes")


def _numbers(
    root: ET.Element, shapes: list[Shape], box: Box, size: tuple[int, int], widest_line: float
) -> NDArray[np.int32]:
    def is_shown(number: int, kind: str) -> bool:
        stroke = kind == "stroke"
        return _hides(shapes[number], stroke) and not _is_line(shapes[number], stroke, widest_line)

    return render_numbers(root, shapes, box, *size, is_shown)


def _hides(shape: Shape, stroke: bool) -> bool:
    paint = shape.stroke if stroke else shape.fill
    return paint is not None and shape.opacity * paint.opacity >= _OPAQUE


def _is_line(shape: Shape, stroke: bool, widest_line: float) -> bool:
    if not stroke:
        return np.isinf(widest_line) and shape.fill is not None and part_name((shape.ids or ("",))[0]) == LINE
    if shape.stroke is None or shape.opacity * shape.stroke.opacity < _VISIBLE_LINE:
        return False
    if np.isinf(widest_line):
        return True
    if shape.fill is not None and _hides(shape, False):
        lab = srgb_to_oklab(np.array([shape.fill.color, shape.stroke.color], np.uint8))
        # One of the fill's own colour only makes the shape a little larger.
        return float(np.linalg.norm(lab[0] - lab[1])) >= _SAME_COLOR
    return shape.width <= widest_line


def _painted_box(root: ET.Element, page: Box) -> Box:
    """Return the square-cornered box of everything that the page shows; of the page if that is empty."""
    box = page
    for _ in range(2):  # a second time for what is small on a large page
        width, height = _size_of(box)
        alpha = render(root, box, width, height)[..., 3] >= 16
        if not alpha.any():
            raise DrawingError("the drawing shows nothing")
        rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
        scale = max(box[2] / width, box[3] / height)
        left, top = box[0] - (width * scale - box[2]) / 2, box[1] - (height * scale - box[3]) / 2
        across, down = int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1
        box = (left + int(columns[0]) * scale, top + int(rows[0]) * scale, across * scale, down * scale)
        if max(across, down) > ANALYSIS_SIZE / 2:
            break
    return box


def _size_of(box: Box) -> tuple[int, int]:
    scale = ANALYSIS_SIZE / max(box[2:])
    return max(1, round(box[2] * scale)), max(1, round(box[3] * scale))


def _are_dark(colors: tuple[Rgb, ...]) -> NDArray[np.bool_]:
    """Mark the `colors` that may be those of ink."""
    lab = srgb_to_oklab(np.array(colors, np.uint8).reshape(-1, 3))
    return (lab[:, 0] < _DARK) & (np.hypot(lab[:, 1], lab[:, 2]) < _GREY)


def _narrow_dark(labels: NDArray[np.int16], colors: tuple[Rgb, ...]) -> NDArray[np.bool_]:
    """Mark the narrow places of dark parts: outlines that are drawn as fills."""
    inside = np.isin(labels, np.flatnonzero(_are_dark(colors)))
    if not inside.any():
        return inside
    radius = max(1, round(_INK_RADIUS * max(labels.shape)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    thick = cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0
    around = cv2.dilate(thick.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return inside & ~around


def _paint_over(picture: NDArray[np.uint8], lines: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Replace what `lines` (H,W) cover in a picture (H,W,4) by what lies nearest beside them."""
    covered = cv2.dilate((lines > 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if not covered.any() or covered.all():
        return picture
    packed = np.ascontiguousarray(picture).view(np.uint32)[..., 0]
    filled = np.where(covered, nearest(packed, ~covered), packed)
    return np.ascontiguousarray(filled)[..., None].view(np.uint8)


def _stroked_share(drawing: LabelledDrawing) -> float:
    """Return the share of the borders between parts that have ink close by; 0 if there are no lines."""
    if not drawing.has_lines and not _are_dark(drawing.parts.colors).any():
        return 0.0
    width, height = _size_of(drawing.box)
    labels, _, ink = drawing.labels_and_ink(drawing.box, width, height)
    if not (ink > 0.5).any():
        return 0.0
    small = labels[::FINER, ::FINER]
    borders = np.zeros(small.shape, bool)
    borders[:, :-1] |= small[:, :-1] != small[:, 1:]
    borders[:-1] |= small[:-1] != small[1:]
    if not borders.any():
        return 1.0
    near = cv2.dilate((ink > 0.3).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return float(near[borders].mean())


def _shifted(color: Rgb, old: Rgb, new: Rgb) -> Rgb:
    """Return `color` moved in Oklab as `old` moves to become `new`."""
    if color == old:
        return new
    here, before, after = srgb_to_oklab(np.array([color, old, new], np.uint8))
    red, green, blue = (int(value) for value in oklab_to_srgb(here + after - before))
    return red, green, blue


def _add_gradient(root: ET.Element, name: str, paint: Paint, count: int) -> str:
    """Add a copy of the gradient `name` with the colours of `paint` and return its id."""
    parents = {child: parent for parent in root.iter() for child in parent}
    gradient = next(element for element in root.iter() if element.get("id") == name)
    clone = ET.Element(gradient.tag, {key: value for key, value in gradient.items() if key != "id"})
    known = {element.get("id"): element for element in root.iter() if element.get("id")}
    source = gradient
    for _ in range(8):
        if source.find(SVG + "stop") is not None:
            break
        href = next((value for key, value in source.items() if key.endswith("href")), "")
        source = known.get(href.removeprefix("#"), source)
    for stop, color in zip(source.findall(SVG + "stop"), paint.colors, strict=True):
        new = ET.SubElement(clone, stop.tag, dict(stop.attrib))
        new.set("stop-color", "#{:02x}{:02x}{:02x}".format(*color))
    identity = f"recolored-{count}-{name}"
    clone.set("id", identity)
    clone.set("href", f"#{name}")  # what the copy does not say itself is taken from the first one
    parents[gradient].append(clone)
    return identity
