"""The page on a coarse grid, fine enough for a model's picture, on which regions are parted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.flats.regions.ink import INK

MOST_CELLS = 768
"""Longer side of the grid in cells. Thinner lines than a cell are kept, as a cell has the darkest ink in it."""
CELLS_PER_PIXEL = 2.0
"""Cells of the grid for each pixel of the model's picture: borders end finer than the picture, along its lines."""
LEAST_CELLS = 384
"""Longer side of the grid, in cells, below which it is not made coarser."""

GRAIN = 12
"""Coverage (of 255) up to which ink is the paper's grain, not a faint line."""


@dataclass(frozen=True, eq=False)
class WorkingGrid:
    """A page in cells.

    * `labels`: (h,w) int32, region at the middle of each cell
    * `ink`, `lightest`: (h,w) uint8, darkest and lightest ink in each cell
    * `line_width`: in cells, at least 1
    * `scale`: pixels of the page in a cell, across and down
    """

    labels: NDArray[np.int32]
    ink: NDArray[np.uint8]
    lightest: NDArray[np.uint8]
    line_width: float
    scale: tuple[float, float]

    @cached_property
    def paper(self) -> NDArray[np.float32]:
        """Bareness of each cell, (h,w) 0..1: 0 on lines, less than 1 on faint ones, which still suggest a border."""
        return (1 - np.clip((self.ink.astype(np.float32) - GRAIN) / (INK - GRAIN), 0, 1)).astype(np.float32)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.labels.shape[0], self.labels.shape[1]


def working_grid(regions: Regions, ink: NDArray[np.uint8], longer: float = MOST_CELLS) -> WorkingGrid:
    """Return a page's `regions` and `ink` (H,W) uint8 on a grid of about `longer` cells along its longer side.

    The grid is never finer than the page.
    """
    height, width = ink.shape
    share = min(1.0, longer / max(height, width))
    rows, columns = max(1, round(height * share)), max(1, round(width * share))
    middles = [
        np.minimum(((np.arange(count) + 0.5) * size / count).astype(int), size - 1)
        for count, size in ((rows, height), (columns, width))
    ]
    labels = regions.labels[np.ix_(*middles)]
    return WorkingGrid(
        labels=np.ascontiguousarray(labels),
        ink=_in_cells(ink, rows, columns, np.maximum),
        lightest=_in_cells(ink, rows, columns, np.minimum),
        line_width=max(1.0, regions.line_width * share),
        scale=(width / columns, height / rows),
    )


def grid_for_picture(picture: tuple[int, ...]) -> float:
    """Return the longer side of a grid that suits a `picture` of this shape (h,w,…)."""
    return float(np.clip(CELLS_PER_PIXEL * max(picture[:2]), LEAST_CELLS, MOST_CELLS))


def _in_cells(ink: NDArray[np.uint8], rows: int, columns: int, most: np.ufunc) -> NDArray[np.uint8]:
    """Return the maximum or minimum (`most`) of `ink` (H,W) in each of `rows` x `columns` cells."""
    height, width = ink.shape
    if (rows, columns) == (height, width):
        return ink
    tops, lefts = np.arange(rows) * height // rows, np.arange(columns) * width // columns
    return most.reduceat(most.reduceat(ink, tops, axis=0), lefts, axis=1)


def inner_depth(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the distance of each cell of `mask` (h,w) to the nearest outside, (h,w); beyond the edge is outside."""
    around = cv2.copyMakeBorder(mask.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.distanceTransform(around, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)[1:-1, 1:-1]
