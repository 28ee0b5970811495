"""A coloured picture of the page as the source of colours: its paint, and what is refused. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from huebrush_protocol.regions import WITHOUT_MODEL
from huebrush_protocol.texts import Text

from huebrush_backend.engine.request import ColorizeRequest, EngineError, Reference, ResultLayer
from huebrush_backend.flats.colors.colored_paint import Paint, read_paint
from huebrush_backend.flats.colors.paint_offset import find_offset
from huebrush_backend.flats.regions.find_regions import Regions

OTHER_SHAPE = 0.05
"""Largest difference of the sides' proportions from the page's, as a share: other programs round sizes."""


@dataclass(frozen=True, eq=False)
class ColoredPicture:
    """The paint of a request's coloured picture, and notes about it for the recipe."""

    paint: Paint
    notes: tuple[Text, ...]


def check_colored(request: ColorizeRequest) -> None:
    """Refuse a coloured picture that no colours can be taken from, and what cannot be done beside one.

    Raises EngineError.
    """
    colored = request.colored
    if colored is None:
        return
    if request.model != WITHOUT_MODEL:
        raise EngineError.of("colored.with_model")
    if request.before is not None:
        raise EngineError.of("colored.edited_layer")
    if any(edit.strength > 0 and not edit.is_brushed for edit in request.parameters.edits):
        raise EngineError.of("colored.text_edits")
    pixels, page = colored.pixels, request.line_art
    if not pixels[..., 3].any():
        raise EngineError.of("colored.empty", name=colored.name)
    if pixels.shape == page.shape and _same(pixels, page):
        raise EngineError.of("colored.is_line_art", name=colored.name)
    (height, width), (page_height, page_width) = pixels.shape[:2], page.shape[:2]
    # A picture of a few pixels may be rounded by one of them.
    allowed = OTHER_SHAPE + 1 / min(height, width)
    if not 1 / (1 + allowed) <= width * page_height / (height * page_width) <= 1 + allowed:
        raise EngineError.of(
            "colored.shape",
            name=colored.name,
            width=width,
            height=height,
            page_width=page_width,
            page_height=page_height,
        )


def colored_picture(colored: Reference, regions: Regions, ink: np.ndarray) -> ColoredPicture:
    """Return the paint of a coloured picture, moved back over its lines if it lies off.

    `regions`: those by the lines alone. `ink` (H,W) uint8: the page's coverage. Raises EngineError if there is no paint
    between the lines.
    """
    offset = find_offset(colored.pixels, regions.labels, ink)
    paint = read_paint(colored.pixels, ink, offset)
    if not paint.shows_anything:
        raise EngineError.of("colored.no_paint", name=colored.name)
    across, down = round(offset[0] * ink.shape[1]), round(offset[1] * ink.shape[0])
    return ColoredPicture(paint, (Text.of("note.paint_off", across=across, down=down),) if across or down else ())


def colored_layer(colored: Reference, width: int, height: int) -> ResultLayer:
    """Return a coloured picture as a layer of a page of `width` x `height` pixels."""
    pixels = colored.pixels
    if pixels.shape[:2] != (height, width):
        shrinks = pixels.shape[0] * pixels.shape[1] > width * height
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=method), np.uint8)
    return ResultLayer("Picture", pixels, kind="picture")


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether two pictures (H,W,4) look the same: what is transparent has no colour."""
    seen = one[..., 3] > 0
    return bool(np.array_equal(one[..., 3], other[..., 3]) and (one[seen] == other[seen]).all())
