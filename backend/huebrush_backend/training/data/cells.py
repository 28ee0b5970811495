"""Parts in the cells of a coarse grid over a label map, and the weights of these cells."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis import PART_CLASSES
from huebrush_backend.training.strategies.placement import NO_PART

_SAMPLES = 4
"""Number of pixels sampled along each side of a cell."""
_AREA_POWER = 0.4
"""Power of a part's area that is its total weight: with 1 it counts by area, with 0 all parts count equally.

The score counts parts, not pixels. But at 0 a part of three cells makes the loss jump, and at 0.25 the model took tops,
which are large, for the neckwear and belts on them.
"""
_LEAST_AREA = 1e-3
UNKNOWN, UNNAMED, NAMED = 0, 1, 2
"""Knowledge of a cell: none; which part of its own drawing it shows; also which of the part classes that is."""


def part_shares(labels: np.ndarray, grid: int, classes: int = len(PART_CLASSES)) -> np.ndarray:
    """Return the share of each part in each of the `grid`² cells of `labels` (S,S): (grid²,classes) float32.

    `NO_PART` is a share of none.
    """
    places = _centres(labels.shape[0], grid * _SAMPLES)
    sampled = labels[np.ix_(places, places)].reshape(grid, _SAMPLES, grid, _SAMPLES)
    cells = sampled.transpose(0, 2, 1, 3).reshape(grid * grid, -1).astype(np.intp)
    numbers = np.arange(grid * grid)[:, None] * classes + cells
    counts = np.bincount(numbers[cells < classes], minlength=grid * grid * classes)
    return (counts / _SAMPLES**2).astype(np.float32).reshape(grid * grid, classes)


def central_parts(labels: np.ndarray, grid: int) -> np.ndarray:
    """Return the part in the middle of each cell of `labels` (S,S): (grid,grid) uint8."""
    places = _centres(labels.shape[0], grid)
    return labels[np.ix_(places, places)]


def known_cells(centres: np.ndarray, is_named: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return `centres`, as `central_parts` gives them, with 0 for `NO_PART`, and what is known of each cell.

    That is `UNKNOWN`, `UNNAMED` or `NAMED`. `is_named`: whether the numbers of parts are those of the part classes.
    """
    unknown = centres == NO_PART
    return np.where(unknown, 0, centres), np.where(unknown, UNKNOWN, NAMED if is_named else UNNAMED).astype(np.uint8)


def small_part_weights(shares: np.ndarray) -> np.ndarray:
    """Return the weight of each cell of `shares` (N,classes): (N,) float32, 1 on average.

    The total weight of a part is its area to the power `_AREA_POWER`, so that the background does not outweigh a belt.
    Where no part is known all cells count alike.
    """
    areas = shares.mean(axis=0)
    worth = np.where(areas > 0, np.maximum(areas, _LEAST_AREA) ** (_AREA_POWER - 1), 0)
    weights = shares @ worth.astype(np.float32)
    mean = weights.mean()
    return weights / mean if mean > 0 else np.ones_like(weights)


def _centres(size: int, count: int) -> np.ndarray:
    return ((np.arange(count) + 0.5) * size / count).astype(np.intp)
