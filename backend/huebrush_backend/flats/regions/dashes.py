"""Dashed lines: short straight pieces of ink in a row, which together are one line.

A dash is so short that the rule for line ends (`line_ends`) may not see it, and as small as a dot of screentone. What
tells it from both is the row: at least three dashes, each pointing at the next. Round dots have no direction, so dotted
lines, freckles and rows of buttons stay what they are; and so do fields of marks that have neighbours on all sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from huebrush_backend.flats.regions.adjacency import groups

THICKEST = 2.5
"""Largest width of a dash, in widths of the lines."""
SHORTEST = 3
"""Smallest length of a dash in pixels."""
LONGEST = 24.0
"""Largest length of a dash, in widths of the lines; the ends of longer pieces are line ends like any other."""
SLIM = 1.6
"""Smallest ratio of length to width of at least half of the dashes in a row."""
ROUND = 1.25
"""Smallest ratio for the others: a dash that came out short, but no dot."""
FULL = 0.7
"""Smallest share of its length times its width that a dash covers: a bent stroke covers less."""
FURTHEST = 3.0
"""Largest distance from a dash to the next, in lengths of the longer of the two."""
STRAIGHT = 0.86
"""Smallest cosine between the direction of a dash and that to the next one: a turn of 60 degrees between the two."""
ALIKE_WIDTH = 1.7
ALIKE_LENGTH = 3.0
"""Largest ratios of the widths, and of the lengths, of dashes in a row; at a corner a dash may be cut."""
UNEVEN = 1.8
"""Largest distance from the end of a row to what it points at, in distances from dash to dash."""
NEAR = 1.5
"""Largest distance in pixels from a dash's corner to ink that still is its end."""
FEWEST = 3
CROWD = 10
"""Most other dashes within two steps of a row. Texture has more, on all sides."""


@dataclass(frozen=True, eq=False)
class Dashes:
    """Dashes that form rows.

    * `ends`: (n,2,2) x, y of both ends of each, in pixels
    * `width`: (n,) in pixels
    * `spacing`: (n,) distance in pixels to the next dash of the row
    * `links`: (m,4) int64, x0, y0, x1, y1: from each dash to the next
    """

    ends: NDArray[np.float64]
    width: NDArray[np.float64]
    spacing: NDArray[np.float64]
    links: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.width)

    def tips_at(self, places: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the end of a dash that lies at each of `places` (n,2): 2k or 2k+1 for dash k, -1 for none."""
        if not len(self) or not len(places):
            return np.full(len(places), -1, np.intp)
        apart, nearest = KDTree(self.ends.reshape(-1, 2)).query(places)
        return np.where(apart <= self.width.repeat(2)[nearest] / 2 + NEAR, nearest, -1)

    def directions(self, places: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return of the dash that ends at each of `places` (n,2) where it goes on, (n,2) unit vectors, and how far.

        How far is (n,) in pixels. NaN and 0 where no dash ends.
        """
        found, far, tips = np.full((len(places), 2), np.nan), np.zeros(len(places)), self.tips_at(places)
        at = tips >= 0
        outward = (self.ends - self.ends[:, ::-1]).reshape(-1, 2)[tips[at]]
        found[at] = outward / np.maximum(np.hypot(outward[:, 0], outward[:, 1]), 1e-6)[:, None]
        far[at] = UNEVEN * self.spacing[tips[at] // 2]
        return found, far


NO_DASHES = Dashes(np.zeros((0, 2, 2)), np.zeros(0), np.zeros(0), np.zeros((0, 4), np.int64))


def find_dashes(
    labels: NDArray[np.int32], stats: NDArray[np.int32], line_width: float
) -> tuple[Dashes, NDArray[np.intp]]:
    """Return the dashes in rows among connected pieces of ink; and the labels (n,) of them and of pieces they lead to.

    `labels` (H,W) and `stats` (count,5) of the pieces are as OpenCV gives them; lines are about `line_width` wide. A
    piece at the end of a row that is no dash may be the corner of a dashed shape.
    """
    nothing = np.zeros(0, np.intp)
    sizes = stats[:, 2:4].max(axis=1)
    likely = (sizes <= LONGEST * line_width) & (sizes >= SHORTEST)
    likely[0] = False
    pieces = np.flatnonzero(likely)
    if len(pieces) < FEWEST:
        return NO_DASHES, nothing
    middles, along, length, width = _measures(labels, stats, pieces)
    fits = (length >= ROUND * width) & (width <= THICKEST * line_width)
    fits &= stats[pieces, 4] >= FULL * length * width
    middle, along, length, width = middles[fits], along[fits], length[fits], width[fits]
    if len(middle) < FEWEST:
        return NO_DASHES, nothing
    reach = along * (length / 2 - 0.5)[:, None]
    ends = np.stack([middle - reach, middle + reach], axis=1)
    one, other = _links(ends, along, length, width)
    row = groups(one // 2, other // 2, len(middle))
    many = np.maximum(np.bincount(row), 1)
    lined = (many[row] >= FEWEST) & (np.bincount(row, length >= SLIM * width)[row] >= 0.5 * many[row])
    step = np.zeros(len(middle))
    apart = np.hypot(*(middle[one // 2] - middle[other // 2]).T)
    np.maximum.at(step, one // 2, apart)
    np.maximum.at(step, other // 2, apart)
    around = np.zeros(len(middle), int)
    around[lined] = KDTree(middle).query_ball_point(middle[lined], 2.1 * step[lined], return_length=True)
    crowded = np.bincount(row, (around > CROWD + 1) & lined) / many
    lined &= crowded[row] <= 0.5
    tips = ends.reshape(-1, 2)
    gap = np.hypot(*(tips[one] - tips[other]).T)
    spacing = np.zeros(len(middle))
    np.maximum.at(spacing, one // 2, gap)
    np.maximum.at(spacing, other // 2, gap)
    kept = lined[one // 2]
    links = np.rint(np.concatenate([tips[one[kept]], tips[other[kept]]], axis=1)).astype(np.int64)
    dashes = Dashes(ends[lined], width[lined], spacing[lined], links)
    free = np.ones(ends.shape[:2], bool)
    free.reshape(-1)[np.concatenate([one, other])] = False
    corners = _ahead(dashes, free[lined], UNEVEN * spacing[lined] + length[lined], middles)
    return dashes, np.union1d(pieces[fits][lined], pieces[corners])


def _ahead(
    dashes: Dashes, free: NDArray[np.bool_], reach: NDArray[np.float64], middles: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return the pieces, of those at `middles` (m,2), that `free` ends (n,2) of rows point at within `reach` (n,)."""
    tips, tree, found = dashes.ends, KDTree(middles), []
    for dash, end in zip(*np.nonzero(free), strict=True):
        tip = tips[dash, end]
        outward = tip - tips[dash, 1 - end]
        near = np.asarray(tree.query_ball_point(tip, reach[dash]), np.intp)
        step = middles[near] - tip
        apart = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-6)
        ahead = step @ outward >= STRAIGHT * apart * max(1e-6, float(np.hypot(*outward)))
        if ahead.any():
            found.append(near[ahead][np.argmin(apart[ahead])])
    return np.unique(np.asarray(found, np.intp))


def _measures(
    labels: NDArray[np.int32], stats: NDArray[np.int32], chosen: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return of each piece the middle (n,2), the unit vector along it (n,2), its length (n,) and width (n,)."""
    moments = np.zeros((len(chosen), 5))
    for index, label in enumerate(chosen):
        left, top, wide, high = stats[label, :4]
        y, x = np.nonzero(labels[top : top + high, left : left + wide] == label)
        mean_x, mean_y = x.mean(), y.mean()
        x, y = x - mean_x, y - mean_y
        moments[index] = left + mean_x, top + mean_y, (x * x).mean(), (y * y).mean(), (x * y).mean()
    x, y, across, down, both = moments.T
    spread = np.hypot(across - down, 2 * both)
    angle = 0.5 * np.arctan2(2 * both, across - down)
    # An even bar of length a has the variance a²/12; that of pixels includes half a pixel on both sides.
    length, width = (np.sqrt(np.maximum(6 * (across + down + sign * spread) + 1, 1)) for sign in (1, -1))
    return np.stack([x, y], axis=1), np.stack([np.cos(angle), np.sin(angle)], axis=1), length, width


def _links(
    ends: NDArray[np.float64], along: NDArray[np.float64], length: NDArray[np.float64], width: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of ends (m,), (m,) of two dashes that point at each other, each the nearest such end to the other.

    Ends 2k and 2k+1 are those of dash k.
    """
    count = len(length)
    tips = ends.reshape(-1, 2)
    outward = np.stack([-along, along], axis=1).reshape(-1, 2)
    pairs = KDTree(tips).query_pairs(FURTHEST * float(length.max()), output_type="ndarray")
    one, other = pairs[:, 0], pairs[:, 1]
    first, second = one // 2, other // 2
    step = tips[other] - tips[one]
    apart = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-6)
    toward = (outward[one] * step).sum(axis=1) / apart
    back = -(outward[other] * step).sum(axis=1) / apart
    short, long = np.minimum(length[first], length[second]), np.maximum(length[first], length[second])
    thin, thick = np.minimum(width[first], width[second]), np.maximum(width[first], width[second])
    fits = (first != second) & (apart <= FURTHEST * long) & (np.minimum(toward, back) >= STRAIGHT)
    fits &= (long <= ALIKE_LENGTH * short) & (thick <= ALIKE_WIDTH * thin)
    one, other, apart = one[fits], other[fits], apart[fits]
    nearest = np.full(2 * count, np.inf)
    for tip in (one, other):
        np.minimum.at(nearest, tip, apart)
    mutual = apart <= np.minimum(nearest[one], nearest[other])
    return one[mutual], other[mutual]
