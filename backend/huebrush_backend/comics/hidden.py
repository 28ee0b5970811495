"""Parts of gutters that are hidden on a comic page: behind figures and balloons, or opened to a balloon."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.bands import REACH, WOBBLE, slim_bands
from huebrush_backend.comics.lettering import TextBlock
from huebrush_backend.comics.outlines import Mask

_CROSSED = 0.025
"""Length in shorter sides over which only borders that overshoot their corners hide a gutter's end."""
_COVERED = 0.5
"""Least share of a gutter's hidden length that balloons cover, where it does not go on in the same line behind them."""
_LEAST = 0.008
"""Smallest area of a panel that a balloon opens to the gutter, in shorter sides squared."""
_FRAME = 0.55
"""Least share of the outline of a panel's convex hull that the panel's own outline follows."""
_BOXY = 0.9
"""Least share of its bounding rectangle, turned as it fits, that such a hull covers if it has more than five corners."""


def hidden_gutters(gutters: Mask, balloons: Mask) -> Mask:
    """Return (h,w) uint8, 1 where something hides `gutters` (h,w).

    That is between two pieces of a gutter in one line, from an end of one to the gutter or the page's edge beyond a
    balloon, and where ends of borders cross. `balloons` (h,w): 1 in those that are known.
    """
    short = min(gutters.shape)
    reach = round(REACH * short)
    hidden = np.zeros_like(gutters)
    for across in (True, False):
        slim = slim_bands(gutters, short, across)
        wobble = 2 * round(WOBBLE * short) + 1
        bands = cv2.dilate(slim, np.ones((wobble, 1) if across else (1, wobble), np.uint8))
        kernel = np.ones((1, reach) if across else (reach, 1), np.uint8)
        closed = cv2.morphologyEx(bands, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(0,))
        hidden |= np.asarray(closed, np.uint8)
        if across:
            _lengthen(slim, gutters, balloons, hidden)
        else:
            _lengthen(slim.T, gutters.T, balloons.T, hidden.T)
    return hidden & (1 - gutters)


def _lengthen(slim: Mask, gutters: Mask, balloons: Mask, hidden: Mask) -> None:
    """Add to `hidden` what lies beyond the ends of level bands `slim`: up to the next gutter or the page's edge."""
    width, short = gutters.shape[1], min(gutters.shape)
    reach, crossed = round(REACH * short), round(_CROSSED * short)
    count, found, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(slim), connectivity=4)
    labels = np.asarray(found, np.int32)
    for label in range(1, count):
        left, top, wide, high, _ = stats[label].tolist()
        for step, edge in ((1, left + wide - 1), (-1, left)):
            tip = labels[top : top + high, edge - 3 if step > 0 else edge : edge + 1 if step > 0 else edge + 4] == label
            rows = np.flatnonzero(tip.any(axis=1))
            window = slice(top + int(rows[0]), top + int(rows[-1]) + 1)
            last = min(width, edge + 1 + reach) if step > 0 else max(-1, edge - 1 - reach)
            columns = np.arange(edge + step, last, step)
            if not len(columns):
                continue
            ahead = gutters[window][:, columns].mean(axis=0) >= 0.5
            length = int(ahead.argmax()) if ahead.any() else len(columns)
            at_edge = last in (width, -1)
            if not length or not (ahead.any() or at_edge):
                continue
            covered = balloons[window][:, columns[:length]].mean(axis=0) >= 0.5
            if length <= crossed or covered.mean() >= _COVERED:
                hidden[window, int(columns[:length].min()) : int(columns[:length].max()) + 1] = 1


def without_open_balloons(gutters: Mask, blocks: tuple[TextBlock, ...]) -> tuple[Mask, Mask]:
    """Return `gutters` (h,w) without the balloons that are open to them, and (h,w) the borders missing there, 0 or 1.

    Such a balloon is cut off by a panel's border that is not drawn there. It lies within the panel's convex hull, with
    text in it, and most of the hull's outline is the panel's own.
    """
    short = min(gutters.shape)
    count, found, stats, _ = cv2.connectedComponentsWithStats(1 - gutters, connectivity=4, ltype=cv2.CV_32S)
    labels = np.asarray(found, np.int32)
    borders, result = np.zeros_like(gutters), gutters
    for label in range(1, count):
        left, top, wide, high, area = stats[label].tolist()
        if area < _LEAST * short**2 or min(wide, high) < 0.08 * short:
            continue
        window = np.s_[top : top + high, left : left + wide]
        inside = [
            block
            for block in blocks
            if left <= block.left + block.width // 2 < left + wide
            and top <= block.top + block.height // 2 < top + high
            and gutters[block.top + block.height // 2, block.left + block.width // 2]
        ]
        if not inside:
            continue
        mask = (labels[window] == label).view(np.uint8)
        hull = _hull(mask, short)
        if hull is None or np.count_nonzero(hull & (labels[window] > 0) & (1 - mask)) > 0.02 * area:
            continue
        lobes = hull & gutters[window]
        if not any(
            lobes[block.top + block.height // 2 - top, block.left + block.width // 2 - left] for block in inside
        ):
            continue
        if result is gutters:
            result = gutters.copy()
        result[window] &= 1 - hull
        around = (
            cv2.dilate(hull, np.ones((3, 3), np.uint8))
            - cv2.erode(
                cv2.copyMakeBorder(hull, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,)), np.ones((3, 3), np.uint8)
            )[1:-1, 1:-1]
        )
        borders[window] |= around & (lobes | cv2.dilate(lobes, np.ones((3, 3), np.uint8)))
    return result, borders


def _hull(mask: Mask, short: int) -> Mask | None:
    """Return the convex hull (h,w) of a panel's `mask` (h,w), None if that is no panel's shape or the mask has all."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(contour)
    _, (one, other), _ = cv2.minAreaRect(contour)
    polygon = cv2.approxPolyDP(hull, 0.02 * sum(mask.shape), True)
    if cv2.contourArea(hull) < _BOXY * one * other and len(polygon) > 5:
        return None
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, [hull], -1, 1, -1)
    outline, own = np.zeros_like(mask), np.zeros_like(mask)
    cv2.drawContours(outline, [hull], -1, 1, 1)
    near = 2 * max(3, round(0.008 * short)) + 1
    cv2.drawContours(own, [contour], -1, 1, 1)
    own = cv2.dilate(own, np.ones((near, near), np.uint8))
    followed = np.count_nonzero(outline & own) / max(1, np.count_nonzero(outline))
    return filled if followed >= _FRAME else None
