"""Parts of gutters that are hidden on a comic page: behind figures and balloons, or opened to a balloon."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.bands import REACH, WOBBLE, framed, margins_of, slim_bands
from huebrush_backend.comics.lettering import TextBlock
from huebrush_backend.comics.outlines import Mask
from huebrush_backend.comics.overview import LINE

_COVERED = 0.5
"""Least share of a gutter's hidden length that balloons cover, so that it may be longer than where figures hide it."""
_FAR = 0.6
"""Length in shorter sides over which balloons may hide a gutter."""
_BORDER = 0.04
"""Length in shorter sides by which the border of a panel in front of a gutter goes on beside the gutter."""
_NEAR, _SOLID = 8, 0.95
"""Distance in pixels of that border from the gutter's end, and the share of it that is ink."""
_FRONT = 0.12
"""Least length in shorter sides of what a panel in front hides; figures and things hide shorter pieces."""
_RAGGED = 4
"""Most pixels by which the end of a gutter is not straight."""
_BRIDGE = 0.01
"""Width in shorter sides up to which lines across a gutter do not join panels."""
_LEAST = 0.008
"""Smallest area of a panel that a balloon opens to the gutter, in shorter sides squared."""
_FRAME = 0.55
"""Least share of the outline of a panel's convex hull that the panel's own outline follows."""
_BOXY = 0.9
"""Least share of its bounding rectangle, turned as it fits, that such a hull with more than five corners covers."""


def hidden_gutters(gutters: Mask, balloons: Mask, ink: NDArray[np.uint8] | None = None) -> Mask:
    """Return (h,w) uint8, 1 where something hides `gutters` (h,w).

    That is between two pieces of a gutter in one line, and from where one ends, which no gutter does inside a panel, to
    the next gutter beyond, or to the page's edge. `balloons` (h,w): 1 in those that are known. With the coverage `ink`
    (h,w), nothing lies behind a panel in front of others, at whose border the gutter ends.
    """
    short = min(gutters.shape)
    reach = round(REACH * short)
    margins = margins_of(gutters)
    hidden, ends = np.zeros_like(gutters), []
    drawn = None if ink is None else (ink >= LINE).view(np.uint8) & (1 - balloons)
    for across in (True, False):
        slim = slim_bands(gutters & (1 - margins[0 if across else 1]), short, across)
        wobble = np.ones((2 * round(WOBBLE * short) + 1, 1), np.uint8)
        wobble = wobble if across else wobble.T
        bands = cv2.copyMakeBorder(
            cv2.dilate(slim, wobble), reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=(0,)
        )
        closed = cv2.morphologyEx(bands, cv2.MORPH_CLOSE, np.ones((1, reach) if across else (reach, 1), np.uint8))
        between = np.asarray(cv2.erode(closed, wobble), np.uint8)[reach:-reach, reach:-reach]
        if drawn is not None:
            _clear_behind_panels(*((between, gutters, drawn) if across else (between.T, gutters.T, drawn.T)))
        hidden |= between
        ends.append(slim)
    known = gutters | hidden
    _lengthen(ends[0], known, balloons, hidden, drawn)
    _lengthen(ends[1].T, known.T, balloons.T, hidden.T, None if drawn is None else drawn.T)
    return hidden & (1 - gutters)


def _clear_behind_panels(between: Mask, gutters: Mask, drawn: Mask) -> None:
    """Clear the hidden parts of level bands that begin or end at the border of a panel in front, in place.

    `between` (h,w): 1 in bands and their hidden parts, which lie outside the `gutters` (h,w).
    """
    count, found, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(between & (1 - gutters)))
    labels = np.asarray(found, np.int32)
    for label in range(1, count):
        left, top, wide, high, _ = stats[label].tolist()
        rows = slice(top, top + high)
        if wide < _FRONT * min(gutters.shape):
            continue
        if _is_at_border(drawn, rows, left) or _is_at_border(drawn, rows, left + wide - 1):
            part = between[rows, left : left + wide]
            part[labels[rows, left : left + wide] == label] = 0


def _is_at_border(drawn: Mask, rows: slice, edge: int) -> bool:
    """Return whether a level band ends at a border: a straight line across it that goes on above and below.

    `drawn` (h,w): ink without balloons.
    """
    height, width = drawn.shape
    beyond = round(_BORDER * min(height, width))
    first, last = rows.start - beyond, rows.stop + beyond
    if first < 0 or last > height:
        return False
    columns = slice(max(0, edge - _NEAR), edge + _NEAR + 1)
    window = np.ascontiguousarray(drawn[first:last, columns])
    window = np.asarray(cv2.dilate(window, np.ones((1, 3), np.uint8)), np.uint8)
    return bool((window.mean(axis=0) >= _SOLID).any())


def _lengthen(slim: Mask, gutters: Mask, balloons: Mask, hidden: Mask, drawn: Mask | None) -> None:
    """Add to `hidden` what lies beyond the ends of level bands `slim`: up to the next gutter or the page's edge."""
    short = min(gutters.shape)
    count, found, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(slim), connectivity=4)
    labels = np.asarray(found, np.int32)
    for label in range(1, count):
        left, top, wide, high, area = stats[label].tolist()
        for step, edge in ((1, left + wide - 1), (-1, left)):
            deep = 2 * max(2, area // wide)
            tip = slice(max(0, edge - deep), edge + 1) if step > 0 else slice(edge, edge + deep + 1)
            rows = top + np.flatnonzero((labels[top : top + high, tip] == label).any(axis=1))
            window = slice(int(rows[0]), int(rows[-1]) + 1)
            columns = _beyond(gutters, balloons, window, edge, step, short)
            if drawn is not None and _is_at_border(drawn, window, edge):
                continue
            if columns is not None and not _is_junction(gutters, window, edge, step):
                hidden[window, columns] = 1


def _beyond(gutters: Mask, balloons: Mask, rows: slice, edge: int, step: int, short: int) -> slice | None:
    """Return the columns from the end of a level band to the next gutter, None if there are none or too many."""
    width, far = gutters.shape[1], round(_FAR * short)
    last = min(width, edge + 1 + far) if step > 0 else max(-1, edge - 1 - far)
    columns = np.arange(edge + step, last, step)
    if not len(columns):
        return None
    ahead = gutters[rows][:, columns].mean(axis=0) >= 0.5
    rest = int(np.argmin(ahead)) if not ahead.all() else len(ahead)  # the gutter's end is not quite straight
    if rest > _RAGGED:
        return None
    columns, ahead = columns[rest:], ahead[rest:]
    length = int(ahead.argmax()) if ahead.any() else len(columns)
    if not length:
        return None
    covered = float((balloons[rows][:, columns[:length]].mean(axis=0) >= 0.5).mean()) >= _COVERED
    if not covered and (length > REACH * short or not ahead.any()):
        return None
    if not ahead.any() and last not in (width, -1):
        return None
    return slice(int(columns[:length].min()), int(columns[:length].max()) + 1)


def _is_junction(gutters: Mask, rows: slice, edge: int, step: int) -> bool:
    """Return whether a level band ends at another gutter that crosses it: its border runs on there to both sides."""
    high = rows.stop - rows.start
    before, after = (high, _RAGGED + 1) if step > 0 else (_RAGGED, high + 1)
    near = slice(max(0, edge - before), edge + after)
    sides = (
        gutters[max(0, rows.start - high - 2) : max(0, rows.start - 2), near],
        gutters[rows.stop + 2 :][:high, near],
    )
    return any(bool(side.size) and bool((side.mean(axis=0) >= 0.8).any()) for side in sides)


def without_open_balloons(gutters: Mask, blocks: tuple[TextBlock, ...]) -> tuple[Mask, Mask]:
    """Return `gutters` (h,w) without the balloons that are open to them, and (h,w) the borders missing there, 0 or 1.

    Such a balloon is cut off by a panel's border that is not drawn there. It lies within the panel's convex hull, with
    text in it, and most of the hull's outline is the panel's own.
    """
    short = min(gutters.shape)
    side = 2 * round(_BRIDGE * short / 2) + 1
    inside = cv2.morphologyEx(1 - gutters, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    count, found, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=4, ltype=cv2.CV_32S)
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
        _, pieces = cv2.connectedComponents(lobes, connectivity=4)
        spoken = {
            int(pieces[block.top + block.height // 2 - top, block.left + block.width // 2 - left]) for block in inside
        } - {0}
        if not spoken or not _are_compact(lobes, short):
            continue
        lobes = np.isin(pieces, list(spoken)).view(np.uint8)
        if result is gutters:
            result = gutters.copy()
        result[window] &= 1 - lobes
        kernel = np.ones((3, 3), np.uint8)
        inside = np.asarray(cv2.erode(framed(hull), kernel)[1:-1, 1:-1], np.uint8)
        around = np.asarray(cv2.dilate(hull, kernel), np.uint8) - inside
        borders[window] |= around & np.asarray(cv2.dilate(lobes, kernel), np.uint8)
    return result, borders


def _are_compact(lobes: Mask, short: int) -> bool:
    """Return whether all of `lobes` (h,w), but for small ones, fill much of their boxes, as gutters do not."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(lobes, connectivity=4, ltype=cv2.CV_32S)
    wide, high, area = (stats[1:count, part] for part in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    large = np.maximum(wide, high) >= 0.1 * short
    slim = np.minimum(wide, high) < 0.012 * short
    return bool(((area >= 0.4 * wide * high) | ~large | slim).all())


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
    own = np.asarray(cv2.dilate(own, np.ones((near, near), np.uint8)), np.uint8)
    followed = np.count_nonzero(outline & own) / max(1, np.count_nonzero(outline))
    return filled if followed >= _FRAME else None
