"""Gaps in the lines: places where a line ends a short way before another, and the choice of those worth closing.

A gap is a neck: a free place whose two nearest points of ink lie on opposite sides of it, not further apart than the
widest gap. Two lines that pass each other have such places too. So at least one of the two points must be the end of
a line (`line_ends`), and that line must point across. A neck hardly narrower than the shape around it (a strand of
hair, a fold) is not closed, because that would cut the shape. This keeps slim shapes whole, as the falling radii of
trapped-ball filling do (docs/method.md, "Gaps").
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from huebrush_backend.flats.regions.dashes import NO_DASHES, Dashes
from huebrush_backend.flats.regions.distances import Depths
from huebrush_backend.flats.regions.line_ends import SHEET_PIXELS, facing
from huebrush_backend.flats.regions.parallel import in_parallel

BESIDE = 3
"""Distance from a gap's middle, in pixels, within which its sides are looked for."""
SMALLEST_PLACE = 4
"""Smallest side, in pixels, of the squares in which ends of necks count as the same place."""
NARROW = 0.6
"""Widest neck, as a share of the inner size of the smaller of the two shapes it joins."""
SLIM_SINGLE = 0.25
"""The same inside a shape where one line ends and the gap's width is chosen by the lines: the end may be a fold's."""
NOTCH_ROUND = 1
"""Pixels around a neck within which the ink of one line connects its ends, if it is a notch in the line's border."""
COORDINATE_BITS = 18
"""Bits for a coordinate of the largest page where several numbers are packed into one, to sort faster."""
NARROW_DASHED = 1.0
"""The same in a dashed line, which is surely a line: only what is narrower than a step of its own, such as a seam with
stitches along it, is not cut."""


@dataclass(frozen=True)
class GapLine:
    """A straight line across a gap of `width` pixels, from ink to ink: `segment` is (x0, y0, x1, y1) in pixels.

    `ends` is the number of line ends that face each other: with 1, a line stops short of another line's side. `dashed`
    says that it continues a dashed line.
    """

    segment: tuple[int, int, int, int]
    width: float
    ends: int
    dashed: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        """Middle of the line, x and y."""
        x0, y0, x1, y1 = self.segment
        return (x0 + x1) / 2, (y0 + y1) / 2


def find_gaps(
    free: NDArray[np.uint8], necks: NDArray[np.int64], line_width: float, dashes: Dashes = NO_DASHES
) -> list[GapLine]:
    """Return the `necks` that look like gaps in the lines, narrowest first.

    `free` (H,W) uint8 is 0 on lines, which are about `line_width` pixels wide. `necks` are as `distances.measure`
    returns them. A gap is found whatever wider necks there are, so more of them change nothing for narrower ones.
    """
    found = _narrowest_of_alike(necks, line_width)
    found = found[~_notches(free, found, line_width)]
    at = facing(free, found, line_width, dashes)
    seen = at.ends > 0
    lines = [
        GapLine((x0, y0, x1, y1), float(np.hypot(x1 - x0, y1 - y0)) - 1, ends, dashed)
        for (x0, y0, x1, y1), ends, dashed in zip(
            found[seen].tolist(), at.ends[seen].tolist(), at.dashed[seen].tolist(), strict=True
        )
    ]
    links = [line for line in _lines_of(dashes) if _is_open(free, line)]
    return _one_for_each_dash(_without_doubles(lines + links, line_width), {line.segment for line in links}, dashes)


def side_labels(labels: NDArray[np.integer], lines: Sequence[GapLine], depths: Depths) -> list[tuple[int, int]]:
    """Return for each gap the labels on its two sides: those nearest to its middle, 0 if there is none.

    `labels` (H,W) are 0 on the walls across the gaps too. `depths` are measured from the drawing's own lines, whose
    labels do not count.
    """
    if not lines:
        return []
    height, width = labels.shape
    ends = np.array([line.segment for line in lines])
    x, y = np.rint((ends[:, 0] + ends[:, 2]) / 2).astype(int), np.rint((ends[:, 1] + ends[:, 3]) / 2).astype(int)
    flat = np.abs(ends[:, 2] - ends[:, 0]) >= np.abs(ends[:, 3] - ends[:, 1])
    down, right = flat.astype(int), 1 - flat.astype(int)
    one = labels[np.maximum(y - down, 0), np.maximum(x - right, 0)]
    other = labels[np.minimum(y + down, height - 1), np.minimum(x + right, width - 1)]
    beside = (depths.steps[y, x] > 0) & (one > 0) & (other > 0)
    return [
        (int(one[index]), int(other[index])) if beside[index] else _sides(labels, line, depths.steps)
        for index, line in enumerate(lines)
    ]


@dataclass(frozen=True, eq=False)
class Parts:
    """Areas that lines and walls across all gaps part, by label.

    * `radii`: (count,) inner radii in pixels, 0 for label 0
    * `outside`: (count,) whether an area touches the page's edge
    * `sides`: for each gap, the labels on its two sides, 0 if there is none
    * `touched`: for each gap, all labels that its wall touches
    """

    radii: NDArray[np.float32]
    outside: NDArray[np.bool_]
    sides: Sequence[tuple[int, int]]
    touched: Sequence[Sequence[int]]


@dataclass(frozen=True)
class FoldLimits:
    """Widest gaps in pixels that are closed where line ends may be those of folds inside a shape, not of its outline.

    * `single`: where one line ends. Wider ones are closed where just one of the two sides reaches the page's edge, as
      it does through an outline.
    * `double`: where two ends face each other and neither side reaches the page's edge
    * `narrow`: widest gap inside a shape where one line ends, as a share of the smaller shape's inner size
    * `missed`: gaps up to this width are a line that just missed another: `narrow` does not hold for them
    """

    single: float = np.inf
    double: float = np.inf
    narrow: float = NARROW
    missed: float = 0.0


ANY_WIDTH = FoldLimits()
"""The artist gave the width: folds are the artist's business."""


def worth_closing(lines: Sequence[GapLine], parts: Parts, folds: FoldLimits = ANY_WIDTH) -> NDArray[np.bool_]:
    """Return for each line whether it separates two shapes wider than the gap between them, (n,) bool.

    What wider gaps connect counts as one shape, whether they are closed or not: so a line is judged the same however
    many wider gaps are known.
    """
    worth = np.ones(len(lines), bool)
    root = np.arange(len(parts.radii))
    widest, outside = parts.radii.astype(np.float64), parts.outside.copy()

    def find(label: int) -> int:
        while root[label] != label:
            root[label] = root[root[label]]
            label = int(root[label])
        return label

    for index in sorted(range(len(lines)), key=lambda index: (-lines[index].width, lines[index].segment)):
        line, sides = lines[index], parts.sides[index]
        if 0 not in sides:
            one, other = find(sides[0]), find(sides[1])
            inside = not (outside[one] or outside[other])
            may_be_fold = inside and line.ends == 1 and line.width > folds.missed
            narrow = NARROW_DASHED if line.dashed else folds.narrow if may_be_fold else NARROW
            worth[index] = (line.width + 1) / 2 < narrow * min(widest[one], widest[other])
            if line.ends == 1 and line.width > folds.single:
                worth[index] &= outside[one] != outside[other]
            elif line.width > folds.double and not line.dashed:
                worth[index] &= not inside
        joined = [find(label) for label in parts.touched[index]]
        for other in joined[1:]:
            widest[joined[0]] = max(widest[joined[0]], widest[other])
            outside[joined[0]] |= outside[other]
            root[other] = joined[0]
    return worth


def _narrowest_of_alike(necks: NDArray[np.int64], line_width: float) -> NDArray[np.int64]:
    """Return the ends (n,4) x0, y0, x1, y1 of the narrowest of the necks between the same two places.

    Places are small squares. A neck never stands in for one that ends elsewhere: only one of them may be a gap.
    """
    side = max(SMALLEST_PLACE, int(line_width))
    ends = necks[:, 1:]
    turned = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends = np.where(turned[:, None], ends[:, [2, 3, 0, 1]], ends)
    first, second = (ends[:, at] << COORDINATE_BITS | ends[:, at + 1] for at in (0, 2))
    order = np.lexsort((second, necks[:, 0] << 2 * COORDINATE_BITS | first))
    ends = ends[order]
    squares = ends // side
    key = ((squares[:, 0] << 16 | squares[:, 1]) << 32) | (squares[:, 2] << 16 | squares[:, 3])
    return ends[np.sort(np.unique(key, return_index=True)[1])]


def _notches(free: NDArray[np.uint8], necks: NDArray[np.int64], line_width: float) -> NDArray[np.bool_]:
    """Return (n,) bool: the `necks` (n,4) across notches in the border of one line, whose ink connects their ends.

    Nothing is behind a notch, but among the crumbs of screentone it may lie beside a gap, and is narrower.
    """
    across = np.abs(necks[:, 2:] - necks[:, :2]).max(axis=1, initial=0)
    reach = int(np.ceil(line_width + 2 + NOTCH_ROUND))
    chosen = np.flatnonzero(across <= line_width + 2)
    notch = np.zeros(len(necks), bool)
    if not chosen.size:
        return notch
    bordered = cv2.copyMakeBorder(free, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=1)
    side = 2 * reach + 1
    around = np.lib.stride_tricks.sliding_window_view(bordered, (side, side))
    steps = np.arange(-reach, reach + 1)

    def work(some: NDArray[np.intp]) -> NDArray[np.bool_]:
        x0, y0, x1, y1 = necks[some].T
        inside = [
            (steps >= np.minimum(0, end - start)[:, None] - NOTCH_ROUND)
            & (steps <= np.maximum(0, end - start)[:, None] + NOTCH_ROUND)
            for start, end in ((y0, y1), (x0, x1))
        ]
        sheet = np.zeros((len(some), side + 1, side), np.uint8)  # a free row parts one from the next
        sheet[:, :-1] = (around[y0, x0] == 0) & inside[0][:, :, None] & inside[1][:, None, :]
        pieces = cv2.connectedComponents(sheet.reshape(-1, side), connectivity=8)[1].reshape(sheet.shape)
        own = pieces[:, reach, reach]
        return (own > 0) & (own == pieces[np.arange(len(some)), reach + y1 - y0, reach + x1 - x0])

    sheets = max(1, SHEET_PIXELS // side**2)
    parts = [chosen[first : first + sheets] for first in range(0, len(chosen), sheets)]
    notch[chosen] = np.concatenate(in_parallel(parts, work))
    return notch


def _lines_of(dashes: Dashes) -> list[GapLine]:
    """Return a line from each dash to the next."""
    return [
        GapLine((x0, y0, x1, y1), float(np.hypot(x1 - x0, y1 - y0)) - 1, 2, True)
        for x0, y0, x1, y1 in dashes.links.tolist()
    ]


def _is_open(free: NDArray[np.uint8], line: GapLine) -> bool:
    """Return whether nothing is drawn across `line`, whose ends lie on or near ink: it enters free paper only once."""
    x0, y0, x1, y1 = line.segment
    steps = max(abs(x1 - x0), abs(y1 - y0)) + 1
    along = free[np.rint(np.linspace(y0, y1, steps)).astype(int), np.rint(np.linspace(x0, x1, steps)).astype(int)]
    return int(np.count_nonzero(np.diff(np.concatenate([[0], along])) == 1)) == 1


def _one_for_each_dash(
    lines: Sequence[GapLine], links: Collection[tuple[int, int, int, int]], dashes: Dashes
) -> list[GapLine]:
    """Return `lines`, narrowest first, but only one for each end of a dash: that to the next dash, if of `links`."""
    tips = dashes.tips_at(np.array([line.segment for line in lines], np.int64).reshape(-1, 2)).reshape(-1, 2).tolist()
    taken = {tip for line, ends in zip(lines, tips, strict=True) if line.segment in links for tip in ends}
    kept = []
    for line, ends in zip(lines, tips, strict=True):
        own = {tip for tip in ends if tip >= 0}
        if line.dashed and line.segment not in links:
            if own & taken:
                continue
            taken |= own
        kept.append(line)
    return kept


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
