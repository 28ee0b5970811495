"""Draw a region's parts at the page's size, with smooth borders from line to line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.graph import route_through_array

from huebrush_backend.flats.regions.find_regions import ColorBorder, GapClosure, OpenGap, Regions, pairs_at
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.flats.regions.labelling import Labelling
from huebrush_backend.flats.regions.measure import boxes, free_areas
from huebrush_backend.flats.splitting.shortest_borders import grow_within
from huebrush_backend.flats.splitting.suggested_borders import Piece
from huebrush_backend.flats.splitting.working_grid import WorkingGrid

SMOOTH = 1.5
"""Standard deviation in cells of the blur that makes a border smooth."""
AROUND = 5
"""Cells around a border in which it is made smooth."""
SEEN = 3.0
"""Length in cells from which a piece of border is shown."""
STRAIGHT = 1.5
"""Largest distance in cells of a border from the polyline that shows it."""
BESIDE = 3.0
"""Distance in pixels from a gap's middle at which its sides are looked up."""


Window = tuple[slice, slice]
"""Rows and columns of a page."""
WHOLE_PAGE: Window = (slice(None), slice(None))


@dataclass(frozen=True, eq=False)
class PartedRegion:
    """A region in parts, on the grid.

    * `region`: its label
    * `window`: rows and columns of cells
    * `parts`: (h,w) int32 within `window`, labels of parts, 0 outside the region and on ink
    * `pieces`: the borders between parts, by pair of their labels
    * `by_hand`: whether hints of the artist ask for the borders
    """

    region: int
    window: tuple[slice, slice]
    parts: NDArray[np.int32]
    pieces: dict[tuple[int, int], list[Piece]]
    by_hand: bool = False


class PartDrawer:
    """Draws parts into a page's regions, window by window."""

    def __init__(self, regions: Regions, ink: NDArray[np.uint8]) -> None:
        """`ink`: (H,W) uint8, coverage of the lines of the page with these `regions`, which stay as they are."""
        self._regions, self._ink = regions, ink
        self._labels, self._count = regions.labels, regions.count
        self._borders: list[ColorBorder] = []

    def draw(self, grid: WorkingGrid, parted: Sequence[PartedRegion], window: Window = WHOLE_PAGE) -> None:
        """Draw the parts that the `parted` regions have on the `grid` of a `window` of the page.

        Borders between parts of different regions, and all regions that are not parted, stay to the pixel.
        """
        if parted and self._labels is self._regions.labels:
            self._labels = self._labels.copy()
        for each in parted:
            numbers = _numbers(each, self._count)
            self._count = max(self._count, int(numbers.max()))
            _draw(self._labels[window], self._ink[window], grid, each, numbers)
            self._borders += _color_borders(grid, each, numbers, (window[1].start or 0, window[0].start or 0))

    def in_window(self, window: Window) -> Regions:
        """Return the regions as they are now, with the labels of a `window` of the page alone."""
        return replace(self._regions, labels=self._labels[window], count=self._count)

    def drawn(self, merged: Sequence[tuple[float, float, float, float]] = ()) -> Regions:
        """Return the page's regions in their parts. Call it once.

        `merged`: pairs of points (x0, y0, x1, y1) whose regions are one.
        """
        regions, labels, count = self._regions, self._labels, self._count
        if labels is regions.labels:
            return regions
        labelling = Labelling(labels, free_areas(labels, self._ink, count), np.zeros(count + 1, np.float32))
        labelling.unite(pairs_at(labels, merged))
        number = labelling.origin
        borders = [
            *regions.color_borders,
            *(replace(each, regions=_changed(number, each.regions)) for each in self._borders),
        ]
        return replace(
            regions,
            labels=labels,
            count=labelling.count,
            areas=labelling.areas,
            boxes=boxes(labels, labelling.count),
            color_borders=tuple(each for each in borders if each.regions[0] != each.regions[1]),
            gap_closures=tuple(replace(closure, regions=_sides(labels, closure)) for closure in regions.gap_closures),
            open_gaps=tuple(
                replace(gap, region=sides[0])
                for gap, sides in ((gap, _sides(labels, gap)) for gap in regions.open_gaps)
                if sides[0] == sides[1]
            ),
        )


def _numbers(parted: PartedRegion, count: int) -> NDArray[np.int32]:
    """Return the page's label for each part: the largest keeps the region's, others get those after `count`."""
    area = np.bincount(parted.parts.ravel())
    area[0] = 0
    numbers = np.zeros(len(area), np.int32)
    order = np.flatnonzero(area)
    order = order[np.argsort(-area[order], kind="stable")]
    numbers[order] = [parted.region, *range(count + 1, count + len(order))]
    return numbers


def _draw(
    labels: NDArray[np.int32],
    ink: NDArray[np.uint8],
    grid: WorkingGrid,
    parted: PartedRegion,
    numbers: NDArray[np.int32],
) -> None:
    """Label a region's pixels by part, in place."""
    rows, columns = (
        slice(int(part.start * scale), min(size, int(np.ceil(part.stop * scale))))
        for part, scale, size in zip(parted.window, grid.scale[::-1], labels.shape, strict=True)
    )
    page, window_ink = labels[rows, columns], ink[rows, columns]
    own = page == parted.region
    free = own & (window_ink < INK)
    row = _cells(rows, grid.scale[1], parted.window[0])
    column = _cells(columns, grid.scale[0], parted.window[1])
    found = numbers[parted.parts][np.ix_(row, column)]
    for pieces in parted.pieces.values():
        for piece in pieces:
            _smooth(found, grid, parted, piece, numbers, (rows.start, columns.start))
    found[~free] = 0
    _spread(found, free)
    bare = free & (found == 0)
    if bare.any():  # islands that the lines cut off, of hatching for example: the part on whose ground they lie
        ground = numbers[grow_within(parted.parts, np.ones_like(parted.parts, bool))]
        found[bare] = ground[np.ix_(row, column)][bare]
    _spread(found, own)  # under the ink, to its middle; beyond it other regions begin, which stay
    page[own] = found[own]


def _cells(pixels: slice, scale: float, window: slice) -> NDArray[np.intp]:
    """Return the row (or column) of cells within `window` of each row (or column) of `pixels`."""
    middle = (np.arange(pixels.start, pixels.stop) + 0.5) / scale
    return np.clip(middle.astype(np.intp) - window.start, 0, window.stop - window.start - 1)


def _smooth(
    found: NDArray[np.int32],
    grid: WorkingGrid,
    parted: PartedRegion,
    piece: Piece,
    numbers: NDArray[np.int32],
    corner: tuple[int, int],
) -> None:
    """Draw one piece of border anew in `found`, smooth: each pixel takes the part that has most of its surroundings."""
    height, width = parted.parts.shape
    rows, columns = piece.window
    around = (
        slice(max(0, rows.start - AROUND), min(height, rows.stop + AROUND)),
        slice(max(0, columns.start - AROUND), min(width, columns.stop + AROUND)),
    )
    parts = parted.parts[around]
    present = np.unique(parts[parts > 0])
    if len(present) < 2:
        return
    # Pixels whose middle lies in these cells.
    spans = []
    for part, whole, scale, start, size in zip(
        around, parted.window, grid.scale[::-1], corner, found.shape, strict=True
    ):
        first = int(np.ceil((part.start + whole.start) * scale - 0.5)) - start
        last = int(np.ceil((part.stop + whole.start) * scale - 0.5)) - start
        spans.append(slice(max(0, first), min(size, last)))
    target = found[spans[0], spans[1]]
    if not target.size:
        return
    near = cv2.dilate(piece.cells.view(np.uint8), np.ones((5, 5), np.uint8))
    inner = np.zeros(parts.shape, np.uint8)
    top, left = rows.start - around[0].start, columns.start - around[1].start
    inner[top : top + piece.cells.shape[0], left : left + piece.cells.shape[1]] = near
    size = (target.shape[1], target.shape[0])
    best = np.zeros(target.shape, np.float32)
    chosen = np.zeros(target.shape, found.dtype)
    for part in present:
        share = cv2.GaussianBlur((parts == part).astype(np.float32), (0, 0), SMOOTH)
        share = np.asarray(cv2.resize(share, size, interpolation=cv2.INTER_LINEAR))
        better = share > best
        best[better] = share[better]
        chosen[better] = numbers[part]
    drawn = np.asarray(cv2.resize(inner, size, interpolation=cv2.INTER_NEAREST)) > 0
    drawn &= target > 0
    target[drawn] = chosen[drawn]


def _spread(found: NDArray[np.int32], through: NDArray[np.bool_]) -> None:
    """Give pixels of `through` without a label that of the nearest by steps through these, in place."""
    flat, (height, width) = found.reshape(-1), found.shape
    bare = np.flatnonzero(through & (found == 0))
    while bare.size:
        rows, columns = np.divmod(bare, width)
        beside = np.maximum.reduce(
            [
                flat[np.maximum(rows - 1, 0) * width + columns],
                flat[np.minimum(rows + 1, height - 1) * width + columns],
                flat[rows * width + np.maximum(columns - 1, 0)],
                flat[rows * width + np.minimum(columns + 1, width - 1)],
            ]
        )
        reached = beside > 0
        if not reached.any():
            return
        flat[bare[reached]] = beside[reached]
        bare = bare[~reached]


def _changed(number: NDArray[np.int32], pair: tuple[int, int]) -> tuple[int, int]:
    return int(number[pair[0]]), int(number[pair[1]])


def _color_borders(
    grid: WorkingGrid, parted: PartedRegion, numbers: NDArray[np.int32], corner: tuple[int, int]
) -> list[ColorBorder]:
    """Return the borders between a region's parts as polylines on the page; their pieces along faint lines are left
    out if there are others. `corner`: x, y of the grid on the page."""
    found = []
    for (one, other), pieces in sorted(parted.pieces.items()):
        longest = max(piece.length for piece in pieces)
        seen = [piece for piece in pieces if not piece.faint and piece.length >= min(SEEN, longest)]
        lines = tuple(_polyline(grid, parted, piece, corner) for piece in seen or pieces)
        found.append(ColorBorder(lines, (int(numbers[one]), int(numbers[other])), parted.by_hand))
    return found


def _polyline(
    grid: WorkingGrid, parted: PartedRegion, piece: Piece, corner: tuple[int, int]
) -> tuple[tuple[float, float], ...]:
    """Return the corners x, y, in pixels of the page, of a line along a piece of border.

    `corner`: x, y of the grid on the page.
    """
    rows, columns = np.nonzero(piece.cells)
    if piece.ends is None:  # from one end of its longer side to the other
        order = np.argsort(rows if np.ptp(rows) > np.ptp(columns) else columns, kind="stable")
        ends = [(int(rows[at]), int(columns[at])) for at in (order[0], order[-1])]
    else:
        places = piece.ends - [piece.window[1].start, piece.window[0].start]
        ends = [
            (int(rows[at]), int(columns[at])) for at in (np.hypot(columns - x, rows - y).argmin() for x, y in places)
        ]
    route, _ = route_through_array(np.where(piece.cells, 1.0, -1.0), ends[0], ends[1], fully_connected=True)
    path = np.asarray(route, np.float32)[:, ::-1] + [piece.window[1].start, piece.window[0].start]
    if piece.ends is not None:
        path = np.concatenate([piece.ends[:1], path, piece.ends[1:]])
    corners = cv2.approxPolyDP(path.astype(np.float32).reshape(-1, 1, 2), STRAIGHT, False).reshape(-1, 2)
    if len(corners) < 2:  # a border in a single cell
        corners = np.concatenate([corners[:1] - 0.5, corners[:1] + 0.5])
    offset = np.array([parted.window[1].start, parted.window[0].start]) + 0.5
    return tuple((float(x), float(y)) for x, y in (corners + offset) * grid.scale + np.array(corner))


def _sides(labels: NDArray[np.int32], gap: GapClosure | OpenGap) -> tuple[int, int]:
    """Return the labels on both sides of a line across a gap, at its middle."""
    x, y = (gap.x0 + gap.x1) / 2, (gap.y0 + gap.y1) / 2
    length = max(1e-6, float(np.hypot(gap.x1 - gap.x0, gap.y1 - gap.y0)))
    right, down = -(gap.y1 - gap.y0) / length * BESIDE, (gap.x1 - gap.x0) / length * BESIDE
    (pair,) = pairs_at(labels, [(x + right, y + down, x - right, y - down)])
    return pair
