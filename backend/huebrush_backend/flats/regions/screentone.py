"""Screentone so dense that its dots touch at their soft edges: it would split an area into islands of paper.

Separate dots are never lines (see `ink`). Dots that touch are separated at higher coverage, where the soft edges
between them are gone. Each dot is taken for an even disc, and ink that the discs do not explain belongs to lines.
Dots are removed with their soft edges, except for dots on a line, which would leave a hole in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from huebrush_backend.flats.regions.parallel import in_bands

LEVELS = (96, 128, 160, 192, 224)
"""Coverages (of 255) at which dots are looked for one after the other; at the high ones thin lines fall to pieces."""
SMALLEST, LARGEST = 2, 16
"""Pixels across a dot at those levels. Between larger dots the paper is wide enough to stay free."""
SOLID = 0.6
"""Smallest share of its bounding box that a dot covers: a disc covers 0.79."""
ROUND = 1.5
"""Largest ratio of length to width of its bounding box."""
FEWEST = 40
"""Fewest dots on a page for any to count as screentone."""
FEWEST_TOGETHER = 8
FEWEST_APART = 3
"""The same for pieces of a screen that lines cut off, if the page has FEWEST such dots elsewhere."""
SAME = 0.25
"""Largest difference of their radii in pixels."""
TOGETHER = 3.0
"""Most pixels between two dots of the same screen."""
ALIKE = 1.6
"""Largest ratio of sizes between neighbouring dots."""
NEIGHBOURS = 8
UNEXPLAINED = 96
"""Coverage beyond that of the discs from which a pixel is a line's. A disc that is a fifth of a pixel off makes 51."""
RING = 1.6
"""Distance in pixels beyond a dot's edge within which lines that run into it are looked for."""
SECTORS = 12
SOFT = 1.5
"""Distance in pixels beyond a dot's edge up to which what is left of its ink, and of others that touch it, is a dot's.
"""


@dataclass(frozen=True, eq=False)
class Dots:
    """Discs at `x`, `y` (n,) pixels, of `radius` (n,) pixels."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    radius: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.x)

    def chosen(self, which: NDArray[np.bool_]) -> Dots:
        """Return the dots where `which` (n,) is true."""
        return Dots(self.x[which], self.y[which], self.radius[which])


def clear_screentone(drawn: NDArray[np.uint8], ink: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """Remove the dots of screentone from `drawn` (H,W) uint8 of 1 and 0, in place.

    `ink` (H,W) uint8 is coverage; `drawn` is 1 where it counts as line. Returns (H,W) bool: where there is no ink but
    that of dots, removed or not; None if there are none.
    """
    # A page without screentone has no such dots at any level, so one level is enough to tell.
    if not _may_have_screens(drawn, ink, LEVELS[-2]):
        return None
    dots = _in_screens(_find(drawn, ink))
    if len(dots) < FEWEST:
        return None
    explained = np.zeros_like(ink)
    for near in _around(dots, 0.5, ink.shape):
        disc = 255 * np.clip(dots.radius[near.dot] + 0.5 - near.distance, 0, 1)
        explained[near.place] = np.maximum(explained[near.place], disc.astype(np.uint8))
    lines = (cv2.subtract(ink, explained) >= UNEXPLAINED) & (drawn > 0)
    bridging = _bridging(dots, lines)
    kept = np.zeros(ink.shape, bool)
    for near in _around(dots.chosen(bridging), 0, ink.shape):
        kept[near.place] = True
    for near in _around(dots.chosen(~bridging), 1, ink.shape):
        drawn[near.place] &= lines[near.place] | kept[near.place]
    dotted = np.zeros(ink.shape, bool)
    for near in _around(dots, SOFT, ink.shape):
        dotted[near.place] = ~lines[near.place]
    return dotted


def _find(drawn: NDArray[np.uint8], ink: NDArray[np.uint8]) -> Dots:
    """Return everything that looks like a dot at any of the LEVELS, each at the first level that shows it."""
    rest = drawn.copy()
    found = []
    for level in LEVELS:
        pixels, dots = _dots_at(rest, ink, level)
        rest[pixels] = 0
        found.append(dots)
    return _joined(found)


def _joined(some: Sequence[Dots]) -> Dots:
    return Dots(*(np.concatenate([getattr(dots, name) for dots in some]) for name in ("x", "y", "radius")))


def _spots(
    drawn: NDArray[np.uint8], ink: NDArray[np.uint8], level: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Find areas connected where coverage reaches `level`. Returns labels (H,W), OpenCV's statistics (n,5), and (n,)
    which look like a dot."""
    strong = ((ink >= level) & (drawn > 0)).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strong, connectivity=8, ltype=cv2.CV_32S)
    sizes, areas = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]], stats[:, cv2.CC_STAT_AREA]
    short, long = sizes.min(axis=1), sizes.max(axis=1)
    fits = (short >= SMALLEST) & (long <= LARGEST) & (long <= ROUND * short) & (areas >= SOLID * short * long)
    fits[0] = False
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32), fits


def _may_have_screens(drawn: NDArray[np.uint8], ink: NDArray[np.uint8], level: int) -> bool:
    """Return whether enough areas look like dots where coverage reaches `level`, and some of them lie together.

    Long strips have many that lie alone.
    """

    def find(top: int, bottom: int) -> Dots:
        above, below = max(0, top - 1), bottom + LARGEST + 1  # a larger one is no dot, wherever it ends
        _, stats, fits = _spots(drawn[above:below], ink[above:below], level)
        left, first, wide, high, areas = stats[fits].T
        x, y = left + (wide - 1) / 2, above + first + (high - 1) / 2
        own = (first + above >= top) & (first + above < bottom)
        return Dots(x, y, _radius(areas, level)).chosen(own)

    dots = _joined(in_bands(drawn.shape[0], drawn.shape[1], find))
    return len(dots) >= FEWEST and len(_in_screens(dots)) > 0


def _dots_at(
    drawn: NDArray[np.uint8], ink: NDArray[np.uint8], level: int
) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp]], Dots]:
    """Return the pixels and the discs of everything that looks like a dot where coverage reaches `level`."""
    labels, stats, fits = _spots(drawn, ink, level)
    areas = stats[:, cv2.CC_STAT_AREA]
    rows, columns = np.nonzero(fits[labels])
    label = labels[rows, columns]
    # Weights that begin at nothing at the level do not jump with a pixel that just reaches it.
    weight = ink[rows, columns] - (level - 1.0)
    mass, x, y = (np.bincount(label, weight * by, len(areas))[fits] for by in (np.ones(len(rows)), columns, rows))
    return (rows, columns), Dots(x / mass, y / mass, _radius(areas[fits], level))


def _radius(areas: NDArray[np.int32], level: int) -> NDArray[np.float64]:
    """Return the radii of discs whose `areas` (n,) are pixels where coverage reaches `level`."""
    # A disc's edge is one pixel soft: coverage reaches the level that far inside the edge.
    return np.sqrt(areas / np.pi) - 0.5 + level / 255


def _in_screens(dots: Dots) -> Dots:
    """Return the `dots` that have others of their size close by, all of a screen in the same size."""
    if len(dots) <= NEIGHBOURS:
        return dots.chosen(np.zeros(len(dots), bool))
    places = np.stack([dots.x, dots.y], axis=1)
    apart, found = KDTree(places).query(places, NEIGHBOURS + 1)
    nearest = np.asarray(found, np.intp)
    small, large = (order(dots.radius[:, None], dots.radius[nearest]) for order in (np.minimum, np.maximum))
    one, beside = np.nonzero((apart <= small + large + TOGETHER) & (large <= ALIKE * small))
    graph = coo_array((np.ones(len(one), np.int8), (one, nearest[one, beside])), shape=(len(dots), len(dots)))
    group = connected_components(graph, directed=False)[1]
    size = np.bincount(group)[group]
    together = size >= FEWEST_TOGETHER
    together |= (size >= FEWEST_APART) & _like_many(dots.radius, dots.radius[together])
    usual = np.median(dots.radius[nearest], axis=1)
    even = np.abs(usual - dots.radius) < 0.5
    return Dots(dots.x, dots.y, np.where(even, usual, dots.radius)).chosen(together)


def _like_many(radii: NDArray[np.float64], screens: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return (n,) bool: whether at least FEWEST of the radii `screens` (m,) are almost the same as each of `radii`."""
    ordered = np.sort(screens)
    found = np.searchsorted(ordered, radii + SAME, "right") - np.searchsorted(ordered, radii - SAME)
    return found >= FEWEST


def _bridging(dots: Dots, lines: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (n,) bool: dots that `lines` (H,W) run into from more than one side."""
    met = np.zeros((len(dots), SECTORS), bool)
    for near in _around(dots, RING, lines.shape):
        hit = lines[near.place]
        rows, columns = near.place
        turn = np.arctan2(rows - dots.y[near.dot], columns - dots.x[near.dot]) / (2 * np.pi)
        met[near.dot[hit], (np.floor(turn * SECTORS).astype(int) % SECTORS)[hit]] = True
    begins = met & ~np.roll(met, 1, axis=1) & ~np.roll(met, 2, axis=1)
    return begins.sum(axis=1) >= 2


@dataclass(frozen=True, eq=False)
class _Near:
    """Pixels, one for each dot: `dot` (k,) is its index, `place` rows and columns (k,), `distance` (k,) from its
    middle."""

    dot: NDArray[np.intp]
    place: tuple[NDArray[np.intp], NDArray[np.intp]]
    distance: NDArray[np.float64]


def _around(dots: Dots, beyond: float, shape: tuple[int, ...]) -> Iterator[_Near]:
    """Yield the pixels of all `dots`, and up to `beyond` pixels around them; no pixel occurs twice in one step."""
    row, column = np.rint(dots.y).astype(int), np.rint(dots.x).astype(int)
    reach = int(np.ceil(dots.radius.max(initial=0) + beyond))
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            y, x = row + down, column + right
            distance = np.hypot(y - dots.y, x - dots.x)
            inside = (distance <= dots.radius + beyond) & (y >= 0) & (y < shape[0]) & (x >= 0) & (x < shape[1])
            yield _Near(np.flatnonzero(inside), (y[inside], x[inside]), distance[inside])
