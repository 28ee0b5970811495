"""Rims of paper around panels: between the two lines of a border, and around a panel that lies in another."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.bands import Area, framed
from huebrush_backend.comics.outlines import STRAIGHT, Mask
from huebrush_backend.comics.overview import LINE

RIM = 0.016
"""Distance from a gutter in shorter sides up to which a long slim area is a part of the border's own paper."""
_MOSTLY = 0.95
"""Share of such an area that is within that distance: it may run into the panel through an opening of its border."""
_BESIDE = 0.1
"""Least share of a rim's outline that lies beside other gutters."""
_AS_HEAVY = 0.8
"""Least width of the lines around a rim inside a panel, as a share of that of the page's borders: frames of
pictures and windows have finer ones."""
_ROUND = 0.65
"""Least share of each side of its box along which a rim runs that something cuts open."""
_REACH = 4
"""Distance in pixels from an area in which the line around it has its middle."""


def with_rims(ink: NDArray[np.uint8], gutters: Mask, short: int) -> Mask:
    """Return the gutters with the long slim areas right beside them: paper between two lines of a border."""
    free = (ink < LINE).astype(np.uint8) & (1 - gutters)
    apart = cv2.distanceTransform(1 - gutters, cv2.DIST_L2, 3)
    near, long = RIM * short, 1.5 * STRAIGHT * short
    _, labels, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=4, ltype=cv2.CV_32S)
    found = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) >= long
    found &= stats[:, cv2.CC_STAT_AREA] <= near * 2 * stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].sum(axis=1)
    found[0] = False
    for label in np.flatnonzero(found):
        left, top, wide, high = (int(value) for value in stats[label, :4])
        window = np.s_[top : top + high, left : left + wide]
        area = labels[window] == label
        if np.quantile(apart[window][area], _MOSTLY) <= near:
            gutters[window][area] = 1
    return gutters


def depth_of_lines(ink: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the largest distance (h,w) to paper of ink near each pixel: half the width of the line that is there."""
    depth = cv2.distanceTransform((ink >= LINE).astype(np.uint8), cv2.DIST_L2, 3)
    side = 2 * _REACH + 1
    return np.asarray(cv2.dilate(depth, np.ones((side, side), np.uint8)), np.float32)


def line_beside(mask: Mask, depth: NDArray[np.float32]) -> float:
    """Return half the usual width in pixels of the lines around `mask` (h,w), whose `depth` (h,w) is known there."""
    edge = np.asarray(cv2.dilate(framed(mask), np.ones((3, 3), np.uint8))[1:-1, 1:-1], np.uint8) & (1 - mask)
    found = depth[(edge > 0) & (depth > 0)]
    return float(np.median(found)) if found.size else 0.0


def is_inset(area: Area, depth: NDArray[np.float32], weight: float, short: int) -> bool:
    """Return whether an area is the rim of a panel that lies inside another: even, rectangular, with heavy lines.

    `depth` (h,w): of `depth_of_lines`; `weight`: half the usual width of the page's borders in pixels.
    """
    outline, size = area.outline, float(area.mask.sum())
    height, width = area.mask.shape
    hole = max(outline.holes, default=height * width - size if _goes_round(area) else 0.0)
    if outline.straightness < 0.95 or outline.corners not in (3, 4) or outline.own_corners not in (3, 4):
        return False
    if hole < max(3 * size, (0.12 * short) ** 2) or size + hole < 0.9 * height * width:
        return False
    if size < 0.5 * 2 * area.radius * 2 * (height + width - 4 * area.radius):
        return False
    return line_beside(area.mask, depth[area.window]) >= _AS_HEAVY * weight


def _goes_round(area: Area) -> bool:
    """Return whether an area runs along all four sides of its box, but for short pieces that something covers."""
    wide = round(2 * area.radius) + 1
    mask = area.mask
    sides = (mask[:wide].any(axis=0), mask[-wide:].any(axis=0), mask[:, :wide].any(axis=1), mask[:, -wide:].any(axis=1))
    return all(float(side.mean()) >= _ROUND for side in sides)


def is_double_border(area: Area, gutters: Mask, short: int) -> bool:
    """Return whether an area is the paper between the two lines of a border, or a rim around a panel in another."""
    size = float(area.mask.sum())
    largest = max(area.outline.holes, default=0.0)
    if largest < 5 * size or area.outline.straightness < 0.75 or largest < (0.12 * short) ** 2:
        return False
    reach = max(4, round(0.012 * short))
    own = cv2.copyMakeBorder(area.mask, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=(0,))
    contours, _ = cv2.findContours(own, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(own)
    cv2.drawContours(filled, contours, -1, 1, -1)
    around = cv2.dilate(filled, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) - filled
    page = cv2.copyMakeBorder(gutters, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=(0,))
    height, width = own.shape
    beside = page[area.top : area.top + height, area.left : area.left + width]
    return float((beside[around > 0] > 0).mean()) >= _BESIDE
