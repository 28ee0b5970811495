"""Gaps in the lines: where a line ends in front of another, at most so far away, and what of that is worth closing.

A gap is a neck: a free place whose two nearest points of ink lie on opposite sides of it, not further apart than the
widest gap. Between two lines that pass each other there are such places too; so at least one of the two points must be
the end of a line (`tips`), and the line must point across. What would cut a shape at a place hardly narrower than the
shape itself (a strand of hair, a fold) is not closed: that is what keeps slim shapes whole, as the falling radii of
trapped-ball filling do (users-and-peers.md, section 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from huebrush_backend.flats.tips import is_gap

BAND = 256
OPPOSITE = 0.85
"""How far apart the two nearest points are at least, as a share of the way from one over the middle to the other."""
BESIDE = 3
"""How far from a gap's middle its sides are looked for, in pixels."""
NARROW = 0.6
"""A neck is narrower than the smaller of the two shapes it joins by at least this factor."""


@dataclass(frozen=True)
class GapLine:
    """A straight line over a gap of `width` pixels, from ink to ink: `segment` is (x0, y0, x1, y1) in pixels."""

    segment: tuple[int, int, int, int]
    width: float

    @property
    def middle(self) -> tuple[float, float]:
        """Where its middle lies, x and y."""
        x0, y0, x1, y1 = self.segment
        return (x0 + x1) / 2, (y0 + y1) / 2


def find_gaps(
    free: NDArray[np.uint8], widest: float, line_width: float, workers: int = 2
) -> tuple[list[GapLine], NDArray[np.float32]]:
    """Return the gaps up to `widest` pixels in the lines, narrowest first, and the distance (H,W) to the nearest line.

    `free` (H,W) uint8 is 0 on lines; these are about `line_width` pixels wide.
    """
    if widest < 1 or free.all() or not free.any():
        return [], cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_5)
    distance, necks = _all_necks(free, widest, workers)
    lines = []
    for x0, y0, x1, y1 in _narrowest(necks, widest, free.shape[1]):
        if is_gap(free, (x0, y0), (x1, y1), line_width):
            lines.append(GapLine((x0, y0, x1, y1), float(np.hypot(x1 - x0, y1 - y0)) - 1))
    return _without_doubles(lines, line_width), distance


def _all_necks(free: NDArray[np.uint8], widest: float, workers: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    distance, nearest = cv2.distanceTransformWithLabels(
        free, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    ink = np.flatnonzero(free.ravel() == 0).astype(np.int32)
    position = np.zeros(ink.size + 1, np.int32)  # OpenCV numbers the pixels of ink in an order of its own
    position[nearest.ravel()[ink]] = ink

    def work(top: int) -> NDArray[np.int64]:
        return _necks(distance, nearest, position, top, widest)

    with ThreadPoolExecutor(workers) as pool:
        return distance, np.concatenate(list(pool.map(work, range(0, free.shape[0], BAND))))


def side_labels(
    labels: NDArray[np.int32], lines: Sequence[GapLine], distance: NDArray[np.float32]
) -> list[tuple[int, int]]:
    """Return for each gap the labels on its two sides: those nearest to its middle, 0 where there is none.

    `distance` (H,W) to the nearest line of the drawing: where it is 0 there is ink, whose labels do not count.
    """
    return [_sides(labels, line, distance) for line in lines]


def without_needless(
    lines: Sequence[GapLine], sides: Sequence[tuple[int, int]], radii: NDArray[np.float32]
) -> tuple[list[tuple[GapLine, int, int]], list[tuple[int, int]]]:
    """Return the lines that part two shapes wider than the gap between them, each with the labels on its `sides`, and
    the pairs of labels that other lines part without need.

    `radii` (count,) are the areas' inner radii. Widest gaps are decided first; what stays joined is one shape then.
    """
    closing, joined = [], []
    root = np.arange(len(radii))
    widest = radii.astype(np.float64)

    def find(label: int) -> int:
        while root[label] != label:
            root[label] = root[root[label]]
            label = int(root[label])
        return label

    for line, (first, second) in sorted(zip(lines, sides, strict=True), key=lambda entry: -entry[0].width):
        one, other = find(first), find(second)
        if 0 in (first, second) or one == other:
            continue
        if (line.width + 1) / 2 < NARROW * min(widest[one], widest[other]):
            closing.append((line, first, second))
            continue
        joined.append((first, second))
        root[other] = one
        widest[one] = max(widest[one], widest[other])
    return closing, joined


def _necks(
    distance: NDArray[np.float32],
    nearest: NDArray[np.int32],
    position: NDArray[np.int32],
    top: int,
    widest: float,
) -> NDArray[np.int64]:
    """Return the necks whose middle lies in the band of rows from `top`: rows of y, x, squared width, and both ends.

    On the ridge between two sides the distance hardly rises in any direction; only there the ends are looked up.
    """
    height, width = distance.shape
    first, last = max(top, 1), min(top + BAND, height - 1)
    if last <= first or width < 3:
        return np.zeros((0, 5), np.int64)
    rows = distance[first - 1 : last + 1]
    middle = rows[1:-1, 1:-1]
    across = rows[1:-1, 2:] - rows[1:-1, :-2]
    down = rows[2:, 1:-1] - rows[:-2, 1:-1]
    ridge = (middle > 0) & (middle <= widest / 2 + 1) & (across * across + down * down < 1.5)
    y, x = np.nonzero(ridge)
    y, x = y + first, x + 1
    ends = []
    for step_y, step_x in ((0, 1), (1, 0), (1, 1), (1, -1)):
        one = position[nearest[y - step_y, x - step_x]]
        other = position[nearest[y + step_y, x + step_x]]
        apart = (one % width - other % width).astype(np.int64) ** 2 + (one // width - other // width).astype(
            np.int64
        ) ** 2
        ends.append(np.stack([apart, one, other]))
    best = np.argmax([entry[0] for entry in ends], axis=0)
    apart, one, other = np.take_along_axis(np.stack(ends), best[None, None], axis=0)[0]
    reach = 2 * distance[y, x]
    fits = (apart >= (OPPOSITE * reach) ** 2) & (apart <= (widest + 1) ** 2) & (apart > 2)
    return (
        np.stack([y, x, apart, one, other], axis=1)[fits].astype(np.int64) if fits.any() else np.zeros((0, 5), np.int64)
    )


def _narrowest(necks: NDArray[np.int64], widest: float, page_width: int) -> list[tuple[int, int, int, int]]:
    """Return the ends (x0, y0, x1, y1) of the narrowest neck in each small square of the page."""
    side = max(4, int(widest / 4))
    squares = necks[:, 0] // side * (page_width // side + 1) + necks[:, 1] // side
    order = np.lexsort((necks[:, 4], necks[:, 3], necks[:, 2], squares))
    chosen = order[np.unique(squares[order], return_index=True)[1]]
    one, other = necks[chosen, 3], necks[chosen, 4]
    ends = np.stack([one % page_width, one // page_width, other % page_width, other // page_width], axis=1)
    return [tuple(entry) for entry in np.unique(ends, axis=0).tolist()]


def _without_doubles(lines: Sequence[GapLine], line_width: float) -> list[GapLine]:
    """Return the lines, narrowest first, without those that begin and end within a line's width of a narrower one."""
    ordered = sorted(lines, key=lambda line: (line.width, line.segment))
    if not ordered:
        return []
    segments = np.array([line.segment for line in ordered], np.float64)
    tree = cKDTree(np.concatenate([segments, segments[:, [2, 3, 0, 1]]]))
    near = line_width + 2
    dropped: set[int] = set()
    for index, segment in enumerate(segments):
        if index not in dropped:
            alike = (found % len(ordered) for found in tree.query_ball_point(segment, near * np.sqrt(2)))
            dropped.update(found for found in alike if found > index)
    return [line for index, line in enumerate(ordered) if index not in dropped]


def _sides(labels: NDArray[np.int32], line: GapLine, distance: NDArray[np.float32]) -> tuple[int, int]:
    x0, y0, x1, y1 = line.segment
    x, y = line.middle
    top, left = max(0, int(y) - BESIDE), max(0, int(x) - BESIDE)
    window = slice(top, int(y) + BESIDE + 2), slice(left, int(x) + BESIDE + 2)
    rows, columns = np.nonzero((distance[window] > 0) & (labels[window] > 0))
    down, right = rows + top - y, columns + left - x
    turn = (x1 - x0) * down - (y1 - y0) * right
    far = down * down + right * right
    found = []
    for side in (turn > 0.5, turn < -0.5):
        place = np.flatnonzero(side)
        nearest = place[np.argmin(far[place])] if place.size else None
        found.append(0 if nearest is None else int(labels[window][rows[nearest], columns[nearest]]))
    return found[0], found[1]
