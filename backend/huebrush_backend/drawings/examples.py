"""Reads hand-made examples: a drawing whose parts have names, and as its reference another one in the same colours.

An example is a folder with `drawing.svg` and `reference.svg`. Strokes are the lines. Every fill belongs to the part
that its own id, or that of its nearest ancestor with an id, names: "hair", "hair-2" and so on are the part "hair".
Fills with an id that begins with "detail-" count to no part, and those with the ids "line", "line-2" and so on are
lines, such as pupils. The right colour of a part is its fill.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.drawings.labelled import LabelledDrawing, read_drawing
from huebrush_backend.drawings.svg_parts import DETAIL, NO_PART, paint_of
from huebrush_backend.drawings.svg_shapes import Rgb
from huebrush_backend.drawings.svg_tree import DrawingError
from huebrush_backend.drawings.views import on_ground
from huebrush_backend.imaging.oklab import srgb_to_oklab

DRAWING, REFERENCE = "drawing.svg", "reference.svg"
SIZE = 512
LEAST_PARTS = 8
LEAST_SHARE = 0.001
"""Share of the picture that a part must cover to count as one of them."""
SAME_COLOR = 0.03
"""Distance in Oklab up to which two colours count as the same."""
_WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Example:
    """A drawing to color after a reference, with the right answer.

    * `name`: name of the folder
    * `ink`: the drawing's lines, ink coverage (H,W) float32 0..1
    * `reference`: (H,W,3) uint8, with its lines, on white
    * `truth`: the drawing's colours without lines, (H,W,3) uint8, on white
    * `labels`: number of the part of each pixel, (H,W) int16; -1 for details, -2 where nothing is painted
    * `names`: names of the parts, by number
    * `colors`: right colour of each part, (parts,3) uint8 sRGB
    """

    name: str
    ink: NDArray[np.float32]
    reference: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    labels: NDArray[np.int16]
    names: tuple[str, ...]
    colors: NDArray[np.uint8]

    def mask(self, part: int) -> NDArray[np.bool_]:
        """Return the pixels of a part, (H,W)."""
        return self.labels == part


def read_examples(folder: Path, size: int = SIZE) -> list[Example]:
    """Return the examples in the sub-folders of `folder`, by name. Raises DrawingError if one breaks the rules."""
    found = sorted(path.parent for path in folder.glob(f"*/{DRAWING}"))
    if not found:
        raise DrawingError(f"{folder} has no example: a sub-folder with {DRAWING} and {REFERENCE}")
    return [read_example(path, size) for path in found]


def read_example(folder: Path, size: int = SIZE) -> Example:
    """Return the example in `folder`, `size` pixels on the longer side. Raises DrawingError if it breaks the rules."""
    drawing, reference = _read(folder / DRAWING), _read(folder / REFERENCE)
    width, height = _fitted(drawing, size)
    rendering = drawing.render(width, height)
    seen = reference.render(*_fitted(reference, size))
    _check_parts(folder / DRAWING, drawing, rendering.labels)
    _check_colors(folder, drawing, reference, seen.labels)
    _check_neighbours(folder / DRAWING, drawing, rendering.labels)
    return Example(
        folder.name,
        rendering.ink,
        on_ground(seen.picture, _WHITE),
        on_ground(rendering.painting, _WHITE),
        rendering.labels,
        drawing.parts.names,
        np.array(drawing.parts.colors, np.uint8),
    )


def _read(file: Path) -> LabelledDrawing:
    try:
        drawing = read_drawing(file.read_bytes(), parts="id", lines="strokes", crop=False)
    except OSError as error:
        raise DrawingError(f"{file} cannot be read: {error.strerror or error}") from error
    except DrawingError as error:
        raise DrawingError(f"{file}: {error}") from error
    colors: dict[int, dict[Rgb, int]] = {}
    for number, part in enumerate(drawing.parts.of):
        paint, shape = paint_of(drawing.shapes, number), drawing.shapes[number // 2]
        if paint is None or drawing.is_line(number) or number % 2:
            continue
        is_detail = any(identity.startswith(DETAIL) for identity in shape.ids[:1])
        if part == NO_PART and not is_detail and not shape.ids:
            raise DrawingError(
                f"{file}: a fill of the colour {_code(paint.color)} has no id, nor has a group around it"
            )
        if part >= 0:
            if paint.gradient or paint.pattern:
                raise DrawingError(f"{file}: the part {drawing.parts.names[part]} is not filled with one colour")
            colors.setdefault(part, {})[paint.color] = number
    for part, found in colors.items():
        if len(found) > 1:
            codes = ", ".join(map(_code, found))
            raise DrawingError(f"{file}: the part {drawing.parts.names[part]} has several colours: {codes}")
    return drawing


def _check_parts(file: Path, drawing: LabelledDrawing, labels: NDArray[np.int16]) -> None:
    counts = np.bincount(labels[labels >= 0], minlength=len(drawing.parts.names))
    large = int((counts >= LEAST_SHARE * labels.size).sum())
    if large < LEAST_PARTS:
        raise DrawingError(f"{file}: {large} parts are large enough to be seen; at least {LEAST_PARTS} are needed")


def _check_colors(folder: Path, drawing: LabelledDrawing, reference: LabelledDrawing, seen: NDArray[np.int16]) -> None:
    """Check that the reference shows a part of the same name and colour for each part."""
    shown = {reference.parts.names[part]: reference.parts.colors[part] for part in np.unique(seen) if part >= 0}
    for name, color in zip(drawing.parts.names, drawing.parts.colors, strict=True):
        if name not in shown:
            raise DrawingError(f"{folder / REFERENCE}: the part {name} of the drawing is not shown")
        if shown[name] != color:
            raise DrawingError(
                f"{folder / REFERENCE}: the part {name} is {_code(shown[name])}, but {_code(color)} in the drawing"
            )


def _check_neighbours(file: Path, drawing: LabelledDrawing, labels: NDArray[np.int16]) -> None:
    """Check that no two parts of one colour touch: nobody could tell whether the border is right."""
    lab = srgb_to_oklab(np.array(drawing.parts.colors, np.uint8).reshape(-1, 3))
    kernel = np.ones((3, 3), np.uint8)
    for first in range(len(lab)):
        around = cv2.dilate((labels == first).astype(np.uint8), kernel) > 0
        for second in np.unique(labels[around]):
            if second > first and float(np.linalg.norm(lab[first] - lab[second])) < SAME_COLOR:
                names = drawing.parts.names[first], drawing.parts.names[second]
                raise DrawingError(f"{file}: the parts {names[0]} and {names[1]} touch and have the same colour")


def _fitted(drawing: LabelledDrawing, size: int) -> tuple[int, int]:
    """Return width and height of a drawing whose longer side has `size` pixels."""
    scale = size / max(drawing.box[2:])
    return max(1, round(drawing.box[2] * scale)), max(1, round(drawing.box[3] * scale))


def _code(color: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
