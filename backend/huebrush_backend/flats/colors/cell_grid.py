"""A page's regions as seen by the cells of a small picture's grid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_MOST_SAMPLES = 4
"""Labels are looked up at up to so many points along each side of a cell."""
_CLEAN_INK = 12
"""Mean ink coverage (of 255) up to which a cell counts as free of lines."""


@dataclass(frozen=True, eq=False)
class CellGrid:
    """What lies in each cell of a grid (h,w) over the page.

    `label` (h,w) int32: the region that takes most of the cell; `share` (h,w) float32, 0..1: how much of it; `ink`
    (h,w) uint8: the mean coverage by lines; `depth` (h,w) float32: distance, in cells, to the nearest cell with ink
    or with more than one region; 0 in those. `samples`: (h,w) int32 label maps, one for each point looked at in the
    cells.
    """

    label: NDArray[np.int32]
    share: NDArray[np.float32]
    ink: NDArray[np.uint8]
    depth: NDArray[np.float32]
    samples: tuple[NDArray[np.int32], ...]


def cell_grid(labels: NDArray[np.int32], ink: NDArray[np.uint8], height: int, width: int) -> CellGrid:
    """Look at `labels` (H,W) and `ink` (H,W) uint8 coverage through a grid of `height` by `width` cells, no finer
    than the page itself."""
    rows = _sample_positions(labels.shape[0], height)
    columns = _sample_positions(labels.shape[1], width)
    samples = tuple(np.ascontiguousarray(labels[row[:, None], column]) for row in rows for column in columns)
    label, most = samples[len(samples) // 2].copy(), np.zeros((height, width), np.uint8)
    for candidate in samples:
        count = np.zeros((height, width), np.uint8)
        for sample in samples:
            count += sample == candidate
        better = count > most
        most[better] = count[better]
        label[better] = candidate[better]
    share = (most / np.float32(len(samples))).astype(np.float32)
    cell_ink = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    clean = (most == len(samples)) & (cell_ink <= _CLEAN_INK) & _surrounded(label)
    depth = cv2.distanceTransform(clean.astype(np.uint8), cv2.DIST_L2, 5)
    # With nothing to keep away from, OpenCV's distances are beyond any page.
    depth = np.minimum(depth, max(height, width)).astype(np.float32)
    return CellGrid(label, share, np.asarray(cell_ink, np.uint8), depth, samples)


def _sample_positions(page: int, cells: int) -> list[NDArray[np.intp]]:
    """Return, for each of the points along a cell's side, its page pixel in every cell."""
    points = min(_MOST_SAMPLES, max(1, math.floor(page / cells)))
    place = ((np.arange(cells * points) + 0.5) * page / (cells * points)).astype(np.intp)
    return [place[point::points] for point in range(points)]


def _surrounded(label: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return where all eight neighbours are of the cell's own region."""
    exact = label.astype(np.float32)  # OpenCV has no 32-bit integers here; labels stay far below 2**24
    square = np.ones((3, 3), np.uint8)
    return cv2.dilate(exact, square) == cv2.erode(exact, square)
