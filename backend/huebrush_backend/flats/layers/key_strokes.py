"""Key strokes for Krita's Colorize Mask: one inside every region, so that the artist can continue with Krita's tool."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.flats.regions.parallel import in_bands
from huebrush_backend.imaging.color_codes import Rgb

_MOST_SAMPLES = 1 << 16
"""Pixels of a region's box that are searched for its thickest place."""
_CORE = 0.6
"""Depth of a stroke's pixels, as a share of the depth at the region's thickest place, at least."""
_LONGEST = 1 / 150
"""Longest distance from that place, as a share of the page's longer side."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """All strokes of one colour: `mask` (h,w) uint8, 255 on strokes, with its top left at `x`, `y` on the page. `color`
    is sRGB; None means regions that stay unpainted, which Krita gives the transparent colour.
    """

    color: Rgb | None
    mask: NDArray[np.uint8]
    x: int
    y: int


@dataclass(frozen=True, eq=False)
class _RegionStroke:
    """A stroke within one region."""

    mask: NDArray[np.bool_]
    x: int
    y: int


def key_strokes(
    labels: NDArray[np.int32], boxes: NDArray[np.int32], colors: RegionColors, ink: NDArray[np.uint8]
) -> Iterator[Stroke]:
    """Yield the strokes of each colour, the transparent ones last.

    `labels` (H,W) and `boxes` (count+1,4) are as `find_regions` returns them; `ink` (H,W) uint8 is the coverage of the
    lines. Each region has one connected stroke at its thickest place, well away from lines and other regions if there
    is room: a blot, or a short line along a slim region.
    """
    distance = _inner_distance(labels, ink)
    longest = max(4, round(max(labels.shape) * _LONGEST))
    by_color: dict[Rgb | None, list[_RegionStroke]] = {}
    painted = colors.painted.tolist()
    for label in range(1, colors.count + 1):
        stroke = _region_stroke(
            labels=labels, distance=distance, ink=ink, box=boxes[label], label=label, longest=longest
        )
        if stroke is not None:
            red, green, blue = colors.colors[label].tolist()
            by_color.setdefault((red, green, blue) if painted[label] else None, []).append(stroke)
    del distance
    for color in sorted(by_color, key=lambda rgb: (rgb is None, rgb or ())):
        yield _join_strokes(color, by_color[color])


def _inner_distance(labels: NDArray[np.int32], ink: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (H,W): distance of each pixel to the nearest line or other region; 0 on both."""
    height, width = labels.shape
    inside = np.empty((height, width), np.uint8)

    def work(top: int, bottom: int) -> None:
        above, below = max(0, top - 1), min(height, bottom + 1)
        band = labels[above:below]
        inner = ink[above:below] < INK
        inner[:, 1:] &= band[:, 1:] == band[:, :-1]
        inner[1:] &= band[1:] == band[:-1]
        inside[top:bottom] = inner[top - above : bottom - above]

    in_bands(height, width, work)
    found = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 3), np.float32)
    return np.minimum(found, np.float32(max(height, width)), out=found)


def _region_stroke(
    labels: NDArray[np.int32],
    distance: NDArray[np.float32],
    ink: NDArray[np.uint8],
    box: NDArray[np.int32],
    label: int,
    longest: int,
) -> _RegionStroke | None:
    """Return the stroke of one region; None for a region without pixels.

    * `labels`: (H,W) regions of the page
    * `distance`: (H,W) as `_inner_distance` returns it
    * `ink`: (H,W) uint8, coverage of the lines
    * `box`: left, top, width, height of the region
    * `label`: the region
    * `longest`: longest distance in pixels from the thickest place
    """
    left, top, width, height = box.tolist()
    if width == 0 or height == 0:
        return None
    step = max(1, math.isqrt(width * height // _MOST_SAMPLES))
    place = _thickest(labels, distance, box, label, step) or _thickest(labels, distance, box, label, 1)
    if place is None:  # no pixel is away from a border: take a free one, or else any
        window = slice(top, top + height), slice(left, left + width)
        cover = np.where(labels[window] == label, ink[window].astype(np.int16), 256)
        row, column = divmod(int(cover.argmin()), width)
        return _RegionStroke(np.ones((1, 1), bool), left + column, top + row)
    row, column = place
    radius = float(distance[row, column])
    reach = int(min(longest, max(2, round(2 * radius))))
    rows = slice(max(0, row - reach), min(labels.shape[0], row + reach + 1))
    columns = slice(max(0, column - reach), min(labels.shape[1], column + reach + 1))
    y, x = np.ogrid[rows, columns]
    mask = (labels[rows, columns] == label) & (distance[rows, columns] >= _CORE * radius)
    mask &= (y - row) ** 2 + (x - column) ** 2 <= reach * reach
    _, groups = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    groups = np.asarray(groups)
    return _RegionStroke(groups == groups[row - rows.start, column - columns.start], columns.start, rows.start)


def _thickest(
    labels: NDArray[np.int32], distance: NDArray[np.float32], box: NDArray[np.int32], label: int, step: int
) -> tuple[int, int] | None:
    """Return row and column of the region's pixel farthest from its border, among every `step`th; None if none is
    inside."""
    left, top, width, height = box.tolist()
    rows = slice(top + min(step, height) // 2, top + height, step)
    columns = slice(left + min(step, width) // 2, left + width, step)
    here = np.where(labels[rows, columns] == label, distance[rows, columns], 0)
    best = int(here.argmax())
    row, column = divmod(best, here.shape[1])
    if here[row, column] == 0:
        return None
    return rows.start + row * step, columns.start + column * step


def _join_strokes(color: Rgb | None, strokes: list[_RegionStroke]) -> Stroke:
    left, top = min(stroke.x for stroke in strokes), min(stroke.y for stroke in strokes)
    right = max(stroke.x + stroke.mask.shape[1] for stroke in strokes)
    bottom = max(stroke.y + stroke.mask.shape[0] for stroke in strokes)
    mask = np.zeros((bottom - top, right - left), np.uint8)
    for stroke in strokes:
        height, width = stroke.mask.shape
        mask[stroke.y - top : stroke.y - top + height, stroke.x - left : stroke.x - left + width][stroke.mask] = 255
    return Stroke(color, mask, left, top)
