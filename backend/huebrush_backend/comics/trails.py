"""Trails of thought balloons: empty round bubbles that lead away from a balloon, one smaller than the other."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.outlines import Mask

_ROUND, _SQUARE = 0.66, 1.7
"""Least share of its box that a bubble covers, and the largest ratio of the box's sides."""
_LEAST = 12
"""Smallest area of a bubble in pixels."""
_LARGEST = 0.12
"""Largest area of a bubble, as a share of its balloon's."""
_SMALLER = 0.85
"""Largest area of a bubble, as a share of the one before; eyes, buttons and wheels are alike."""
_NEAR = 2.2
"""Largest space between two bubbles, or a bubble and its balloon, in diameters of the larger bubble."""
_FEWEST = 2


@dataclass(frozen=True, eq=False)
class _Bubbles:
    """Empty round areas: their `labels` (n,) among all labels (h,w), middles (n,2) x, y, and areas (n,) in pixels."""

    labels: NDArray[np.intp]
    middle: NDArray[np.float64]
    area: NDArray[np.float64]
    page: NDArray[np.int32]

    @property
    def diameter(self) -> NDArray[np.float64]:
        """Diameters (n,) of discs with these areas."""
        return 2 * np.sqrt(self.area / np.pi)


def with_trails(lines: Mask, numbers: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Return the `numbers` (h,w) of balloons, 0 outside, with those of their trails of bubbles.

    `lines` (h,w): 1 on the page's ink.
    """
    count = int(numbers.max())
    bubbles = _round_areas(lines, numbers) if count else None
    if bubbles is None or len(bubbles.labels) < _FEWEST:
        return numbers
    result = numbers.copy()
    for number in range(1, count + 1):
        balloon = (numbers == number).view(np.uint8)
        away = cv2.distanceTransform(1 - balloon, cv2.DIST_L2, 3)
        trail = _trail(bubbles, away, float(cv2.countNonZero(balloon)))
        if len(trail) >= _FEWEST:
            result[np.isin(bubbles.page, bubbles.labels[trail])] = number
    return result


def _round_areas(lines: Mask, numbers: NDArray[np.uint16]) -> _Bubbles:
    """Return the empty round areas between `lines` (h,w) outside of the balloons."""
    _, found, measured, middles = cv2.connectedComponentsWithStats(1 - lines, connectivity=4, ltype=cv2.CV_32S)
    labels, stats = np.asarray(found, np.int32), np.asarray(measured, np.int32)
    wide, high, area = (stats[:, part] for part in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    chosen = (area >= _LEAST) & (area >= _ROUND * wide * high)
    chosen &= np.maximum(wide, high) <= _SQUARE * np.minimum(wide, high)
    chosen[0] = False
    chosen[np.unique(labels[numbers > 0])] = False
    kept = np.flatnonzero(chosen)
    return _Bubbles(kept, np.asarray(middles[kept], np.float64), area[kept].astype(np.float64), labels)


def _trail(bubbles: _Bubbles, away: NDArray[np.float32], size: float) -> list[int]:
    """Return the bubbles that lead away from a balloon of `size` pixels, in order; `away` (h,w) is its distance."""
    columns, rows = np.rint(bubbles.middle).astype(int).T
    far, diameter = away[rows, columns].astype(np.float64), bubbles.diameter
    trail = list[int]()
    space = far - diameter / 2
    allowed = (bubbles.area <= _LARGEST * size) & (space <= _NEAR * diameter)
    while allowed.any():
        following = int(np.argmin(np.where(allowed, space, np.inf)))
        trail.append(following)
        apart = np.hypot(*(bubbles.middle - bubbles.middle[following]).T)
        space = apart - (diameter + diameter[following]) / 2
        allowed = (bubbles.area <= _SMALLER * bubbles.area[following]) & (space <= _NEAR * diameter[following])
        allowed &= far > far[following]
    return trail
