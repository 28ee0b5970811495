"""Margins of a comic page that balloons cut off from its gutters."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.outlines import Mask
from huebrush_backend.comics.overview import LINE

WIDEST = 0.14
"""Largest distance from the page's edge, in shorter sides, to which a margin reaches."""
_SEEN = 0.5
"""Least share of a side of the page along which there are gutters, so that there is a margin all along it."""
_EDGE = 2
"""Number of rows or columns at the page's edge that are looked at."""
_INSIDE = 0.9
"""Share of an area from which it lies in a balloon and not beside it."""


def with_margins(ink: NDArray[np.uint8], gutters: Mask, balloons: Mask) -> Mask:
    """Return `gutters` (h,w) with the paper at the page's edge that only balloons, or their tails, part from them.

    `ink` (h,w) coverage; `balloons` (h,w): 1 in balloons and on their outlines. Sides of the page that panels reach
    have no margin.
    """
    rims = [np.s_[:_EDGE], np.s_[-_EDGE:], np.s_[:, :_EDGE], np.s_[:, -_EDGE:]]
    sides = [
        (axis, rim)
        for axis, rim in zip((0, 0, 1, 1), rims, strict=True)
        if _SEEN <= gutters[rim].any(axis=axis).mean() < 1
    ]
    if not sides or not balloons.any():
        return gutters
    free = (ink < LINE).view(np.uint8) & (1 - gutters)
    _, found, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=4, ltype=cv2.CV_32S)
    labels, result = np.asarray(found, np.int32), gutters.copy()
    for axis, rim in sides:
        depth = stats[:, cv2.CC_STAT_HEIGHT if axis == 0 else cv2.CC_STAT_WIDTH]
        for label in np.unique(labels[rim]).tolist():
            if label == 0 or depth[label] > WIDEST * min(ink.shape):
                continue
            left, top, wide, high, area = stats[label].tolist()
            window = np.s_[top : top + high, left : left + wide]
            piece = labels[window] == label
            if 0 < np.count_nonzero(balloons[window][piece]) < _INSIDE * area:
                result[window][piece] = 1
    return result
