"""Regions of a page seen through the cells of a small picture's grid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_MOST_SAMPLES = 4
"""Most points along each side of a cell at which labels are looked up."""
_CLEAN_INK = 12
"""Mean ink coverage (of 255) up to which a cell counts as free of lines."""


@dataclass(frozen=True, eq=False)
class CellGrid:
    """Contents of each cell of a grid (h,w) that covers the page.

    * `label`: (h,w) int32, region that covers most of the cell
    * `share`: (h,w) float32, 0..1, share of the cell that this region covers
    * `ink`: (h,w) uint8, mean coverage by lines
    * `depth`: (h,w) float32, distance in cells to the nearest cell that has ink or several regions; 0 in those cells
    * `samples`: one (h,w) int32 label map for each point that is looked at in the cells
    """

    label: NDArray[np.int32]
    share: NDArray[np.float32]
    ink: NDArray[np.uint8]
    depth: NDArray[np.float32]
    samples: tuple[NDArray[np.int32], ...]


def cell_grid(labels: NDArray[np.int32], ink: NDArray[np.uint8], height: int, width: int) -> CellGrid:
    """Measure `labels` (H,W) and `ink` (H,W) uint8 coverage in a grid of `height` by `width` cells.

    The grid is never finer than the page.
    """
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
    # Without any such cell OpenCV's distances are longer than any page.
    depth = np.minimum(depth, max(height, width)).astype(np.float32)
    return CellGrid(label, share, np.asarray(cell_ink, np.uint8), depth, samples)


def _sample_positions(page: int, cells: int) -> list[NDArray[np.intp]]:
    """Return the page pixel in every cell, one array for each of the points along a cell's side."""
    points = min(_MOST_SAMPLES, max(1, math.floor(page / cells)))
    place = ((np.arange(cells * points) + 0.5) * page / (cells * points)).astype(np.intp)
    return [place[point::points] for point in range(points)]


def _surrounded(label: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return (h,w) bool: cells whose eight neighbours all belong to the same region."""
    exact = label.astype(np.float32)  # OpenCV cannot do this with 32-bit integers; labels stay far below 2**24
    square = np.ones((3, 3), np.uint8)
    return cv2.dilate(exact, square) == cv2.erode(exact, square)
