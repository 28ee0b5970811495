"""Screentone that covers more than half of the paper: a black mesh, whose meshes would each be a region.

Where dots overlap, no dot is left to be found (see `screentone`), but the islands of paper between them are as regular
as the dots were. Between neighbouring islands the mesh is everywhere about equally thin. There it is cut. So what parts
islands further than that, a line, stays, and what is left of the mesh between the cuts are dots, which enclose nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from huebrush_backend.flats.regions.adjacency import groups

LARGEST = 14
"""Pixels across an island. Larger ones are shapes."""
LARGEST_TILE = 2.2
"""The same in widths of the lines, if that is more."""
MOST_EROSION = 2
BLOCK = 16
DARK = (0.4, 0.97)
"""Shares of ink in blocks of BLOCK pixels, at least two by two of them, from which a place is searched."""
AROUND = 3
"""Blocks around such places that are searched too: screentone gets lighter or ends there."""
FEWEST = 60
"""Fewest islands of one screen."""
NEIGHBOURS = 6
CLOSEST = 4
"""Neighbours of an island in a square screen; one in rows set off by half a step has six."""
REGULAR = 1.3
"""Largest ratio of the distances to the CLOSEST neighbours."""
ALIKE = 1.7
"""Largest ratio of the areas of neighbouring islands of a screen."""
STEP = 1.3
"""Largest distance between islands whose mesh is cut, in distances to the nearest island."""
DENSE = 0.48
"""Smallest share of the paper that a screen covers: a net of lines, or a wall of bricks, covers less."""
UNEVEN = 1.2
SPARE = 1.5
"""The mesh between two islands may be UNEVEN times as thick as usual, and SPARE pixels more; a line is thicker."""
HIDING = 1.1
"""Thickest mesh that is cut, in widths of the lines: lines could hide in a thicker one."""
TILE = 0.7
"""Smallest share of the square between its mesh that a tile of crosswise hatching covers; dots leave less."""
LEAST_SPARE = 0.6
LINE = 0.8
"""Around tiles, ink more than LINE as thick as the lines may be one: there is less to spare, but for LEAST_SPARE."""
CUT = 0.7
"""Thickness of a cut between islands of a screen, in widths of an island."""
THINNEST_CUT = 2
"""Pixels across a cut: slanted ones of one pixel would leave their two sides connected at the corners only."""
CRUMB = 0.5
"""Largest area of an island that a line cut off, as a share of those around it: too little to be a shape."""
BESIDE = 4.0
"""Distance from an island, in distances to its neighbours, up to which ink may be the screen's, not a line's."""
SAMPLES = 2
"""Places a pixel at which the mesh between two islands is measured."""


@dataclass(frozen=True, eq=False)
class _Islands:
    """Islands of paper: middles (n,2) x, y and areas (n,) in pixels, and boxes (n,4): left, top, width, height."""

    middle: NDArray[np.float64]
    area: NDArray[np.float64]
    box: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class _Lattice:
    """Places of islands relative to one another.

    * `apart`: (n,k), distances to the nearest others, in pixels
    * `near`: (n,k), which these are
    * `pitch`: (n,), the usual distance
    * `regular`: (n,), which islands are a screen's
    """

    apart: NDArray[np.float64]
    near: NDArray[np.intp]
    pitch: NDArray[np.float64]
    regular: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Window:
    """A window of a page with screentone, and the `islands` of it, seen `smaller` by the fewest pixels that show it."""

    rows: slice
    columns: slice
    smaller: int
    islands: _Islands
    lattice: _Lattice


@dataclass(frozen=True, eq=False)
class DenseScreentone:
    """Dense screentone of a page: its `windows`; `places` (H,W) bool is where ink may be its own, None without any.

    `largest`: pixels across the largest islands that were looked for.
    """

    windows: tuple[_Window, ...]
    places: NDArray[np.bool_] | None
    largest: float


@dataclass(frozen=True, eq=False)
class Screens:
    """Places where mesh was cut: `x`, `y` (n,) pixels, and the `thickness` (n,) of the mesh there in pixels."""

    x: NDArray[np.intp]
    y: NDArray[np.intp]
    thickness: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.x)


_FIELDS = ("x", "y", "thickness")
NO_SCREENS = Screens(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))


def find_dense_screentone(drawn: NDArray[np.uint8], line_width: float) -> DenseScreentone:
    """Return the dense screentone of `drawn` (H,W) uint8 of 1 and 0.

    Lines are at most about `line_width` pixels wide, as far as that is known with the screentone among them. Crosswise
    hatching by strokes as thick as they are is such a mesh too.
    """
    largest = _largest(line_width)
    windows: list[_Window] = []
    places = None
    for rows, columns in _dense_windows(drawn):
        free = np.subtract(1, drawn[rows, columns])
        shown = False
        # Where dots only just touch, islands are joined at corners; seen a pixel or two smaller they are apart.
        for smaller in range(MOST_EROSION + 1):
            found = _find_islands(free, largest, smaller)
            if found is None:
                continue
            islands, lattice = found
            if not shown:
                windows.append(_Window(rows, columns, smaller, islands, lattice))
            shown = True
            if places is None:
                places = np.zeros(drawn.shape, np.uint8)
            around = np.rint(BESIDE * lattice.pitch[lattice.regular]).astype(int)
            middles = np.rint(islands.middle[lattice.regular]).astype(int)
            middles += np.array([columns.start, rows.start])
            for middle, radius in zip(middles.tolist(), around.tolist(), strict=True):
                cv2.circle(places, middle, radius, 1, -1)
    return DenseScreentone(tuple(windows), None if places is None else places.view(bool), largest)


def clear_dense_screentone(drawn: NDArray[np.uint8], found: DenseScreentone, line_width: float) -> Screens:
    """Cut the mesh of dense screentone in `drawn` (H,W) uint8 of 1 and 0, in place; return where.

    `found` is what there is of it. Lines are about `line_width` pixels wide; if that is more than was known when it was
    looked for, it is looked for again.
    """
    if _largest(line_width) > found.largest:
        found = find_dense_screentone(drawn, line_width)
    cut = [NO_SCREENS]
    for window in found.windows:
        part = drawn[window.rows, window.columns]
        for smaller in range(window.smaller, MOST_EROSION + 1):
            seen = (
                (window.islands, window.lattice)
                if smaller == window.smaller
                else _find_islands(np.subtract(1, part), found.largest, smaller)
            )
            if seen is not None:
                places = _clear(part, *seen, line_width, crumbs=not smaller)
                cut.append(replace(places, x=places.x + window.columns.start, y=places.y + window.rows.start))
    return Screens(*(np.concatenate([getattr(part, name) for part in cut]) for name in _FIELDS))


def _largest(line_width: float) -> float:
    return max(LARGEST, LARGEST_TILE * line_width)


def _dense_windows(drawn: NDArray[np.uint8]) -> list[tuple[slice, slice]]:
    """Return the rows and columns of windows, no two of which overlap, around all dense places of `drawn` (H,W).

    Such a place, of several blocks, is neither mostly paper nor all ink: there is little of it on most pages.
    """
    height, width = drawn.shape
    across, down = max(1, width // BLOCK), max(1, height // BLOCK)
    covered = cv2.resize(255 * drawn, (across, down), interpolation=cv2.INTER_AREA)
    dense = cv2.inRange(covered, DARK[0] * 255, DARK[1] * 255)
    dense = cv2.erode(dense, np.ones((2, 2), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=(0,))
    around = np.asarray(cv2.dilate(dense, np.ones((2 * AROUND + 1, 2 * AROUND + 1), np.uint8)))
    while True:  # fill the boxes of connected blocks until none touches another
        count, _, stats, _ = cv2.connectedComponentsWithStats(around, connectivity=8)
        boxes = [
            (slice(top, top + high), slice(left, left + wide)) for left, top, wide, high in stats[1:count, :4].tolist()
        ]
        if all(around[box].all() for box in boxes):
            break
        for box in boxes:
            around[box] = 255
    return [
        (
            slice(rows.start * height // down, -(-rows.stop * height // down)),
            slice(columns.start * width // across, -(-columns.stop * width // across)),
        )
        for rows, columns in boxes
    ]


def _clear(drawn: NDArray[np.uint8], islands: _Islands, lattice: _Lattice, line_width: float, crumbs: bool) -> Screens:
    """Do so in one window, between these islands; fill the `crumbs` that lines cut off."""
    cuts = _find_cuts(islands, lattice, np.subtract(1, drawn), line_width)
    places = np.maximum(np.rint(islands.middle), 0).astype(np.int32)
    segments = np.stack([places[cuts.one], places[cuts.other]], axis=1)
    filled = [(box, _island_in(drawn, box)) for box in islands.box[cuts.crumbs]] if crumbs else []
    thickness = max(THINNEST_CUT, round(cuts.thickness))
    cv2.polylines(drawn, list(segments[cuts.regular]), False, 0, thickness, cv2.LINE_8)
    # A line may run along an island that it cut off.
    cv2.polylines(drawn, list(segments[~cuts.regular]), False, 0, THINNEST_CUT, cv2.LINE_8)
    for (left, top, wide, high), island in filled:
        drawn[top : top + high, left : left + wide][island] = 1
    x, y = segments.mean(axis=1).astype(np.intp).T
    return Screens(x, y, cuts.mesh)


def _island_in(drawn: NDArray[np.uint8], box: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return (height,width) bool, the area of paper of `drawn` (H,W) that touches all sides of its `box` (4,)."""
    left, top, wide, high = box.tolist()
    free = np.subtract(1, drawn[top : top + high, left : left + wide])
    _, labels, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=4, ltype=cv2.CV_32S)
    own = 1 + int((stats[1:, cv2.CC_STAT_WIDTH] + stats[1:, cv2.CC_STAT_HEIGHT]).argmax())
    return np.asarray(labels == own, np.bool_)


def _find_islands(free: NDArray[np.uint8], largest: float, smaller: int) -> tuple[_Islands, _Lattice] | None:
    """Return the areas of paper of `free` (H,W) up to `largest` pixels across, seen `smaller` by some pixels.

    None if they are no screen.
    """
    seen = np.asarray(cv2.erode(free, np.ones((smaller + 1, smaller + 1), np.uint8)), np.uint8) if smaller else free
    _, _, stats, middles = cv2.connectedComponentsWithStats(seen, connectivity=4, ltype=cv2.CV_32S)
    small = np.flatnonzero(stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1) <= largest) + 1
    if len(small) < FEWEST:
        return None
    islands = _Islands(
        np.asarray(middles[small] - (0.5 if smaller % 2 else 0.0), np.float64),
        (np.sqrt(stats[small, cv2.CC_STAT_AREA]) + smaller) ** 2,
        np.asarray(stats[small, :4], np.int32),
    )
    lattice = _lattice(islands)
    return (islands, lattice) if lattice.regular.any() else None


def _lattice(islands: _Islands) -> _Lattice:
    area, count = islands.area, len(islands.area)
    apart, found = KDTree(islands.middle).query(islands.middle, NEIGHBOURS + 1)
    apart, near = apart[:, 1:], np.asarray(found, np.intp)[:, 1:]
    pitch = np.median(apart[:, :CLOSEST], axis=1)
    alike = np.maximum(area[near], area[:, None]) <= ALIKE * np.minimum(area[near], area[:, None])
    regular = (apart[:, CLOSEST - 2] <= REGULAR * apart[:, 0]) & (alike[:, :CLOSEST].sum(axis=1) >= CLOSEST - 1)
    regular &= area <= (1 - DENSE) * pitch * pitch
    close = apart <= STEP * pitch[:, None]
    one, beside = np.nonzero(close & alike & regular[:, None] & regular[near])
    screen = groups(one, near[one, beside], count)
    regular &= np.bincount(screen, regular)[screen] >= FEWEST
    return _Lattice(apart, near, pitch, regular)


@dataclass(frozen=True, eq=False)
class _Cuts:
    """Cuts to make: between the islands `one` and `other` (m,), through `mesh` (m,) pixels, `thickness` pixels wide.

    `regular` (m,) tells which of these islands are both the screen's own, `crumbs` (n,) which a line cut off.
    """

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    mesh: NDArray[np.float64]
    regular: NDArray[np.bool_]
    thickness: float
    crumbs: NDArray[np.bool_]


def _find_cuts(islands: _Islands, lattice: _Lattice, free: NDArray[np.uint8], line_width: float) -> _Cuts:
    """Return the cuts between islands with only the mesh of `free` (H,W) between them."""
    area, count = islands.area, len(islands.area)
    apart, near, pitch, regular = lattice.apart, lattice.near, lattice.pitch, lattice.regular
    one, beside = np.nonzero(
        (apart <= STEP * np.where(regular, pitch, pitch[near[:, 0]])[:, None]) & (regular[:, None] | regular[near])
    )
    other = near[one, beside]
    mesh = _mesh(free, islands.middle[one], islands.middle[other])
    # The usual mesh around an island is that of its regular neighbours' thinnest sides, so no line takes part.
    even = regular[one] & regular[other]
    thinnest = np.full(count, np.nan)
    np.fmin.at(thinnest, one[even], mesh[even])
    usual = np.full(count, np.nan)
    known = np.isfinite(thinnest)
    usual[known] = np.nanmedian(np.column_stack([thinnest[near], thinnest])[known], axis=1)
    at = np.where(np.isfinite(usual[one]), usual[one], usual[other])
    tile = area / np.maximum(pitch - usual, 1) ** 2
    spare = np.where(tile[one] < TILE, SPARE, np.clip(LINE * line_width - UNEVEN * at, LEAST_SPARE, SPARE))
    fits = (mesh <= UNEVEN * at + spare) & (at <= HIDING * line_width)
    linked = np.zeros(count, bool)
    linked[one[fits]] = linked[other[fits]] = True
    typical = np.where(regular[near], area[near], 0).max(axis=1)
    crumbs = ~linked & (area <= CRUMB * typical)
    return _Cuts(one[fits], other[fits], mesh[fits], even[fits], CUT * float(np.sqrt(np.median(area[regular]))), crumbs)


def _mesh(free: NDArray[np.uint8], start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ink (n,) in pixels on the straight ways from `start` to `end` (n,2) x, y."""
    apart = np.hypot(*(end - start).T)
    steps = SAMPLES * int(np.ceil(apart.max(initial=1))) + 1
    along = np.linspace(0, 1, steps)[:, None]
    x, y = (np.rint(start[:, axis] + along * (end - start)[:, axis]).astype(np.intp) for axis in (0, 1))
    return (free[y, x] == 0).mean(axis=0) * apart
