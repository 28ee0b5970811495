"""The paint in a coloured picture of the page: an artist's rough painting, another program's result, a scan of markers.

Pixels are picked, not averaged: a mean is no colour of the picture. A pixel is painted if it is opaque enough; in a
picture without transparency, if it differs from the picture's paper (`picture_paper`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.picture_paper import find_paper

MOST_CELLS = 3_000_000
"""Most cells of the grid on which a picture is seen: as many as tell the colours of small shapes on a large page."""
SPLITTING_SIZE = 256
"""Longer side in pixels of the picture that parts regions: paint that ran over a line by a hundredth of the page is no
solid patch there."""
OPAQUE = 250
"""Alpha from which a pixel counts as opaque when it is asked whether a picture has transparency."""
FAINTEST = 26
"""Alpha below which a pixel is not painted."""
SOLID = 0.9
"""Opacity of a picture's strong paint from which soft pixels are the edges of strokes; of less, it is a translucent
wash."""
INK = 30
"""Coverage (of 255) of the page's lines from which a cell shows the line."""


@dataclass(frozen=True, eq=False)
class Paint:
    """Paint on a grid (h,w) over the page.

    * `rgb`: (h,w,3) uint8 sRGB, as it looks on the picture's paper, or on white; uneven light is taken away
    * `painted`: (h,w) bool, where there is paint
    * `ink`: (h,w) uint8, coverage of the page's lines
    * `paper`: (3,) uint8 sRGB, the picture's paper, None if it has transparency or is painted all over
    """

    rgb: NDArray[np.uint8]
    painted: NDArray[np.bool_]
    ink: NDArray[np.uint8]
    paper: NDArray[np.uint8] | None = None

    @property
    def shows_anything(self) -> bool:
        """Whether there is paint beside the page's lines."""
        return bool((self.painted & (self.ink < INK)).any())

    @cached_property
    def on_white(self) -> NDArray[np.uint8]:
        """The paint on white, (h,w,3) uint8."""
        return np.where(self.painted[..., None], self.rgb, np.uint8(255))

    @cached_property
    def small(self) -> NDArray[np.uint8]:
        """The paint on white, small, for parting regions, (k,l,3) uint8. The page's lines do not darken it."""
        height, width = self.painted.shape
        ratio = min(1.0, SPLITTING_SIZE / max(height, width))
        size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
        free = (self.ink < INK).astype(np.uint8)
        share = np.asarray(cv2.resize(free * np.uint8(255), size, interpolation=cv2.INTER_AREA), np.float32) / 255
        bare = cv2.resize(self.on_white * free[..., None], size, interpolation=cv2.INTER_AREA).astype(np.float32)
        seen = np.asarray(cv2.resize(self.on_white, size, interpolation=cv2.INTER_AREA), np.float32)
        mixed = np.where(share[..., None] > 0.05, bare / np.maximum(share, 0.05)[..., None], seen)
        return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def read_paint(pixels: NDArray[np.uint8], ink: NDArray[np.uint8], offset: tuple[float, float] = (0.0, 0.0)) -> Paint:
    """Return the paint of a coloured picture.

    * `pixels`: (h,w,4) uint8 sRGB with straight alpha, of any size: it shows the whole page
    * `ink`: (H,W) uint8, coverage of the page's lines
    * `offset`: how far the paint lies to the right of its place and below it, in shares of the page's width and height
    """
    rows, columns = grid_of(ink.shape)
    seen, outside = picked(pixels, rows, columns, offset)
    ink_seen = np.ascontiguousarray(ink[np.ix_(*places(ink.shape, rows, columns))])
    alpha = seen[..., 3]
    if not has_transparency(pixels):
        paper = find_paper(seen[..., :3])
        if paper is None:
            return Paint(np.ascontiguousarray(seen[..., :3]), ~outside, ink_seen)
        rgb = paper.evened(seen[..., :3])
        return Paint(rgb, paper.differs(rgb) & ~outside, ink_seen, paper.tint)
    painted = (alpha >= FAINTEST) & ~outside
    strong = float(np.percentile(alpha[painted], 90)) if painted.any() else 255.0
    if strong >= SOLID * 255:
        return Paint(np.ascontiguousarray(seen[..., :3]), painted, ink_seen)
    share = alpha[..., None].astype(np.float32) / 255
    on_paper = seen[..., :3] * share + np.float32(255) * (1 - share)
    return Paint(np.rint(on_paper).astype(np.uint8), painted, ink_seen)


def has_transparency(pixels: NDArray[np.uint8]) -> bool:
    """Return whether any pixel of (h,w,4) is less than `OPAQUE`."""
    return bool(pixels[..., 3].min(initial=255) < OPAQUE)


def grid_of(page: tuple[int, ...]) -> tuple[int, int]:
    """Return rows and columns of the grid over a page of this shape (H,W); it is never finer than the page."""
    ratio = min(1.0, math.sqrt(MOST_CELLS / (page[0] * page[1])))
    return max(1, round(page[0] * ratio)), max(1, round(page[1] * ratio))


def places(picture: tuple[int, ...], rows: int, columns: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows and columns of a picture of this shape at the middles of a grid's cells."""
    return (
        ((np.arange(rows) + 0.5) * picture[0] / rows).astype(np.intp),
        ((np.arange(columns) + 0.5) * picture[1] / columns).astype(np.intp),
    )


def picked(
    pixels: NDArray[np.uint8], rows: int, columns: int, offset: tuple[float, float]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return the pixels (rows,columns,c) that a grid's cells show with an `offset`, and which cells lie outside."""
    height, width = pixels.shape[:2]
    down, across = places(pixels.shape, rows, columns)
    down, across = down + round(offset[1] * height), across + round(offset[0] * width)
    outside = ((down < 0) | (down >= height))[:, None] | ((across < 0) | (across >= width))[None]
    return pixels[np.ix_(np.clip(down, 0, height - 1), np.clip(across, 0, width - 1))], outside
