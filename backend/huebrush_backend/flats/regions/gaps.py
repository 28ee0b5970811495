"""Gaps in the lines: places where a line ends a short way before another, and the choice of those worth closing.

A gap is a neck: a free place whose two nearest points of ink lie on opposite sides of it, not further apart than the
widest gap. Two lines that pass each other have such places too. So at least one of the two points must be the end of
a line (`line_ends`), and that line must point across. A neck hardly narrower than the shape around it (a strand of
hair, a fold) is not closed, because that would cut the shape. This keeps slim shapes whole, as the falling radii of
trapped-ball filling do (docs/method.md, "Gaps").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from huebrush_backend.flats.regions.distances import Depths
from huebrush_backend.flats.regions.line_ends import are_gaps

BESIDE = 3
"""Distance from a gap's middle, in pixels, within which its sides are looked for."""
NARROW = 0.6
"""Widest neck, as a share of the inner size of the smaller of the two shapes it joins."""


@dataclass(frozen=True)
class GapLine:
    """A straight line across a gap of `width` pixels, from ink to ink: `segment` is (x0, y0, x1, y1) in pixels."""

    segment: tuple[int, int, int, int]
    width: float

    @property
    def middle(self) -> tuple[float, float]:
        """Middle of the line, x and y."""
        x0, y0, x1, y1 = self.segment
        return (x0 + x1) / 2, (y0 + y1) / 2


def find_gaps(free: NDArray[np.uint8], necks: NDArray[np.int64], widest: float, line_width: float) -> list[GapLine]:
    """Return the `necks` that are gaps in the lines, up to `widest` pixels wide, narrowest first.

    `free` (H,W) uint8 is 0 on lines, which are about `line_width` pixels wide. `necks` are as `distances.measure`
    returns them.
    """
    found = _narrowest(necks, widest, free.shape[1])
    lines = [
        GapLine((x0, y0, x1, y1), float(np.hypot(x1 - x0, y1 - y0)) - 1)
        for x0, y0, x1, y1 in found[are_gaps(free, found, line_width)].tolist()
    ]
    return _without_doubles(lines, line_width)


def side_labels(labels: NDArray[np.integer], lines: Sequence[GapLine], depths: Depths) -> list[tuple[int, int]]:
    """Return for each gap the labels on its two sides: those nearest to its middle, 0 if there is none.

    `depths` are measured from the drawing's own lines, whose labels do not count.
    """
    return [_sides(labels, line, depths.steps) for line in lines]


def drop_needless_gaps(
    lines: Sequence[GapLine], sides: Sequence[tuple[int, int]], radii: NDArray[np.float32]
) -> tuple[list[tuple[GapLine, int, int]], list[tuple[int, int]]]:
    """Keep the lines that separate two shapes wider than the gap between them.

    Returns these lines, each with the labels on its `sides`, and the pairs of labels that other lines separate without
    need. `radii` (count,) are the areas' inner radii. The widest gaps are decided first; areas that stay joined count
    as one shape afterwards.
    """
    gap_closures, joined = [], []
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
            gap_closures.append((line, first, second))
            continue
        joined.append((first, second))
        root[other] = one
        widest[one] = max(widest[one], widest[other])
    return gap_closures, joined


def _narrowest(necks: NDArray[np.int64], widest: float, page_width: int) -> NDArray[np.int64]:
    """Return the ends (n,4) x0, y0, x1, y1 of the narrowest neck in each small square of the page."""
    side = max(4, int(widest / 4))
    x, y = (necks[:, 1] + necks[:, 3]) // 2, (necks[:, 2] + necks[:, 4]) // 2
    squares = y // side * (page_width // side + 1) + x // side
    order = np.lexsort((*necks[:, :0:-1].T, necks[:, 0], squares))
    chosen = order[np.unique(squares[order], return_index=True)[1]]
    return np.unique(necks[chosen, 1:], axis=0)


def _without_doubles(lines: Sequence[GapLine], line_width: float) -> list[GapLine]:
    """Return the lines, narrowest first, without those that end within a line's width of a narrower line's ends."""
    ordered = sorted(lines, key=lambda line: (line.width, line.segment))
    if not ordered:
        return []
    segments = np.array([line.segment for line in ordered], np.float64)
    tree = KDTree(np.concatenate([segments, segments[:, [2, 3, 0, 1]]]))
    near = line_width + 2
    dropped: set[int] = set()
    for index, segment in enumerate(segments):
        if index not in dropped:
            alike = (found % len(ordered) for found in tree.query_ball_point(segment, near * np.sqrt(2)))
            dropped.update(found for found in alike if found > index)
    return [line for index, line in enumerate(ordered) if index not in dropped]


def _sides(labels: NDArray[np.integer], line: GapLine, steps: NDArray[np.uint8]) -> tuple[int, int]:
    x0, y0, x1, y1 = line.segment
    x, y = line.middle
    top, left = max(0, int(y) - BESIDE), max(0, int(x) - BESIDE)
    window = slice(top, int(y) + BESIDE + 2), slice(left, int(x) + BESIDE + 2)
    # A line beside the gap has another area beyond it: only areas that the gap itself opens to are on its sides.
    areas = cv2.connectedComponents((steps[window] > 0).view(np.uint8), connectivity=4)[1]
    own = areas[min(int(y) - top, len(areas) - 1), min(int(x) - left, areas.shape[1] - 1)]
    rows, columns = np.nonzero((areas == own) & (areas > 0) & (labels[window] > 0))
    down, right = rows + top - y, columns + left - x
    turn = (x1 - x0) * down - (y1 - y0) * right
    far = down * down + right * right
    found = []
    for side in (turn > 0.5, turn < -0.5):
        place = np.flatnonzero(side)
        nearest = place[np.argmin(far[place])] if place.size else None
        found.append(0 if nearest is None else int(labels[window][rows[nearest], columns[nearest]]))
    return found[0], found[1]
