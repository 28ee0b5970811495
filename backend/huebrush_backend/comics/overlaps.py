"""Panels that lie over others: parted along the border of the one in front, which runs on where a gutter ends.

Such panels are one area between the gutters, with corners that point into it. There the border of the panel in front
goes on as a straight line of ink, turns at that panel's corners, and comes back to another such corner.
"""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.comics.outlines import TOLERANCE, Mask
from huebrush_backend.comics.overview import LINE

_EDGE = 0.012
"""Least length in shorter sides of an edge of the outline that may go on as a border: a gutter's width."""
_BORDER = 0.04
"""Least length in shorter sides of a border that runs on."""
_TURNS = 4
"""Most corners around which a border is followed."""
_THICK = 2.0
"""Widest border, in the page's lines: a longer run across it is another line that meets it."""
_GAP = 4
"""Longest interruption of a border in pixels."""
_SEEN = 0.9
"""Share of a border from which it has been followed before."""
_DRIFT = 0.25
"""Largest sideways step of a border for each pixel along it, over some pixels."""
_BEND = 0.02
"""Largest change of a border's direction, in pixels sideways for each pixel along it, and the wobble of a hand."""


def cuts_along_borders(area: Mask, ink: NDArray[np.uint8], line: float, short: int) -> Mask | None:
    """Return (h,w) uint8, 1 on borders inside an `area` (h,w) that go on from its corners; None if there are none.

    `ink` (h,w): coverage there; `line`: usual width of the page's lines in pixels; `short`: the page's shorter side.
    """
    starts = _reflex_corners(area, short)
    if not starts:
        return None
    inked = np.asarray((ink >= LINE) & (area > 0), np.bool_)
    least, reach = round(_BORDER * short), max(3, round(1.5 * line) + 2)
    cuts, seen = np.zeros_like(area), np.zeros_like(area)
    left = deque((x, y, dx, dy, 0) for x, y, dx, dy in starts)
    while left:
        x, y, dx, dy, turns = left.popleft()
        path = _border_from(inked, (x, y), (dx, dy), reach, round(_THICK * line), least)
        if len(path) < least:
            continue
        if seen[path[:, 1], path[:, 0]].mean() > _SEEN:
            continue
        cv2.circle(cuts, (round(x), round(y)), 3, 1, -1)  # nothing is left between the corner and the border
        cv2.polylines(cuts, [path.reshape(-1, 1, 2)], False, 1, 3)
        cv2.polylines(seen, [path.reshape(-1, 1, 2)], False, 1, 2 * reach + 1)
        if turns < _TURNS:
            end_x, end_y = (float(value) for value in path[-1])
            way = (path[-1] - path[0]).astype(np.float64)
            dx, dy = (float(value) for value in way / np.linalg.norm(way))
            left.append((end_x, end_y, -dy, dx, turns + 1))
            left.append((end_x, end_y, dy, -dx, turns + 1))
    return cuts if cuts.any() else None


def _reflex_corners(area: Mask, short: int) -> list[tuple[float, float, float, float]]:
    """Return x, y of right angles that point into `area` (h,w), each with the directions in which its edges go on."""
    contours, _ = cv2.findContours(area, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    polygon = cv2.approxPolyDP(contour, max(2.5, TOLERANCE * short), True)[:, 0].astype(np.float64)
    if len(polygon) < 5:
        return []
    edges = np.roll(polygon, -1, axis=0) - polygon
    lengths = np.linalg.norm(edges, axis=1)
    x, y = polygon.T
    sign = np.sign(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()))
    found = []
    for corner in range(len(polygon)):
        before, after = edges[corner - 1], edges[corner]
        if min(lengths[corner - 1], lengths[corner]) < _EDGE * short:
            continue
        turn = np.arctan2(before[0] * after[1] - before[1] * after[0], float(before @ after))
        if np.sign(turn) == sign or not np.deg2rad(55) < abs(turn) < np.deg2rad(125):
            continue
        on, back = before / lengths[corner - 1], -after / lengths[corner]
        found += [(*polygon[corner], *on), (*polygon[corner], *back)]
    return found


def _border_from(
    inked: NDArray[np.bool_],
    start: tuple[float, float],
    direction: tuple[float, float],
    reach: int,
    thick: int,
    sure: int,
) -> NDArray[np.int32]:
    """Return the places (n,2) x, y of a straight line of ink from `start` on, in about that `direction`; (0,2) if none.

    The line begins within `reach` pixels beside the start, is at most `thick` pixels wide and at least `sure` long.
    """
    begun = _followed(inked, start, direction, reach, thick, sure, 1.0)
    if len(begun) < sure:
        return begun[:0]
    # The edge of the outline may be as short as a gutter is wide: the line itself knows its direction better.
    way = (begun[-1] - begun[sure // 2]).astype(np.float64)
    first_x, first_y = (float(value) for value in begun[0])
    along_x, along_y = (float(value) for value in way / np.linalg.norm(way))
    return _followed(inked, (first_x, first_y), (along_x, along_y), reach, thick, sum(inked.shape), _BEND)


def _followed(
    inked: NDArray[np.bool_],
    start: tuple[float, float],
    direction: tuple[float, float],
    reach: int,
    thick: int,
    longest: int,
    bend: float,
) -> NDArray[np.int32]:
    """Return the places (n,2) x, y of a line of ink from `start` on, one for each pixel along it, up to `longest`.

    It stays within `reach` pixels of the straight way, and `bend` pixels more for each pixel along it.
    """
    height, width = inked.shape
    along, across = np.array(direction), np.array([-direction[1], direction[0]])
    offsets = np.arange(-reach, reach + 1)
    offset, missed, met, path = 0.0, 0, False, []
    for step in range(longest):
        base = np.array(start) + step * along
        places = np.rint(base + (offset + offsets[:, None]) * across).astype(int)
        inside = (places >= 0).all(axis=1) & (places[:, 0] < width) & (places[:, 1] < height)
        hit = np.zeros(len(offsets), bool)
        hit[inside] = inked[places[inside, 1], places[inside, 0]]
        run = min(_runs(hit), key=lambda ends: abs(sum(ends) / 2 - reach), default=None)
        if run is None:
            missed += 1
            if missed > _GAP + (reach if step <= reach else 0):
                break
        else:
            missed = 0
            if run[1] - run[0] <= min(thick, 2 * reach - 1):
                aside, most = sum(run) / 2 - reach, _DRIFT if met else 1.0
                offset, met = offset + float(np.clip(aside, -most, most)), met or abs(aside) <= 1
        if abs(offset) > reach + bend * step:
            missed += reach
            break
        path.append(np.clip(np.rint(base + offset * across), 0, (width - 1, height - 1)))
    return np.array(path[: max(0, len(path) - missed)], np.int32).reshape(-1, 2)


def _runs(hit: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first and last index of each run of true values in `hit` (n,)."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], hit.view(np.int8), [0]])))
    return list(zip(steps[::2].tolist(), (steps[1::2] - 1).tolist(), strict=True))
