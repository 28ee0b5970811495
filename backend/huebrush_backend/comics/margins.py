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
_ROUGH = 3
"""Number of pixels by which a margin may be wider than usual."""
_NARROW = 0.4
"""Quantile of the distances from the page's edge to the first border that is the margin's width; where a gutter joins
the margin it is more."""
_INSIDE = 0.9
"""Share of an area from which it lies in a balloon and not beside it."""


def with_margins(ink: NDArray[np.uint8], gutters: Mask, balloons: Mask) -> Mask:
    """Return `gutters` (h,w) with the paper in the page's margins that balloons, or their tails, part from them.

    `ink` (h,w) coverage; `balloons` (h,w): 1 in balloons and on their outlines. Sides of the page that panels reach
    have no margin. Such paper lies in the margin's width, or reaches the page's edge and lies within `WIDEST`.
    """
    width = WIDEST * min(ink.shape)
    depths = [_margin(np.rot90(gutters, turn)) for turn in range(4)]
    if not any(depths) or not balloons.any():
        return gutters
    free = (ink < LINE).view(np.uint8) & (1 - gutters)
    _, found = cv2.connectedComponents(free, connectivity=4, ltype=cv2.CV_32S)
    labels, result = np.asarray(found, np.int32), gutters.copy()
    for turn, depth in enumerate(depths):
        if not depth:
            continue
        pieces, covers, put = (np.rot90(plane, turn) for plane in (labels, balloons, result))
        near = pieces[:depth]
        beside = np.setdiff1d(near[covers[:depth] > 0], [0])
        at_edge = np.unique(pieces[:_EDGE])
        for piece in beside.tolist():
            deepest = depth + _ROUGH if piece not in at_edge else round(width)
            if (pieces[deepest : deepest + 2 * _EDGE] == piece).any():
                continue
            own = pieces[:deepest] == piece
            if np.count_nonzero(covers[:deepest][own]) < _INSIDE * np.count_nonzero(own):
                put[:deepest][own] = 1
    return result


def _margin(gutters: Mask) -> int:
    """Return the height in pixels of the margin at the upper edge of `gutters` (h,w), 0 if there is none."""
    seen = gutters[:_EDGE].any(axis=0)
    if seen.mean() < _SEEN:
        return 0
    deep = np.logical_and.accumulate(gutters[_EDGE:, seen] > 0, axis=0).sum(axis=0)
    return _EDGE + int(np.quantile(deep, _NARROW))
