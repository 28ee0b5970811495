"""Hatching and dense screentone cut an area into strips and islands; they belong together.

Hatching strokes run from outline to outline, thinner than the outline is. So strips are slim areas that meet their
neighbours along thin lines, many side by side: pleats are not slim, and strands of hair are parted by lines of full
width. Islands between the dots of a dense screentone are tiny, many, and close together.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from huebrush_backend.flats.bands import in_bands
from huebrush_backend.flats.depth import LEAST_ROWS

LEAST_WIDTH = 3.5
"""Lines thinner than this, in pixels, are too alike to tell a hatching stroke from an outline."""
SLIM = 2.5
"""Inner radius of a strip at most, in widths of the lines."""
LONG = 12.0
"""Border of a strip at least, in inner radii: three times as long as wide has 16, a square 8."""
THIN = 0.5
"""Width of a hatching stroke at most, in widths of the lines."""
TINY = 1.5
"""Inner radius of an island in screentone at most, in widths of the lines."""
SHARED = 0.3
"""Share of a strip's border, at least, along which it meets another."""
FEWEST_STRIPS = 6
FEWEST_ISLANDS = 12


@dataclass(frozen=True, eq=False)
class Contacts:
    """Pairs of areas that meet: `first`, `second` (n,) labels, `length` (n,) in pixels, `width` (n,) of the line."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    length: NDArray[np.float64]
    width: NDArray[np.float64]


def sliver_pairs(
    labels: NDArray[np.int32],
    free: NDArray[np.uint8],
    radii: NDArray[np.float32],
    line_width: float,
) -> list[tuple[int, int]]:
    """Return pairs of labels to unite because they are strips of one hatched area or islands of one screentone.

    `labels` (H,W) int32 has a label, 1 …, for every pixel; `free` (H,W) uint8 is 0 on lines; `radii` (count,) are the
    inner radii by label.
    """
    slim = (radii > 0) & (radii <= SLIM * line_width)
    if slim.sum() < FEWEST_STRIPS or line_width < LEAST_WIDTH:
        return []
    contacts = _contacts(labels, free, slim, line_width)
    count = len(radii)
    border = np.zeros(count)
    np.add.at(border, contacts.first, contacts.length)
    np.add.at(border, contacts.second, contacts.length)
    return _strips(contacts, radii, slim, border, line_width) + _islands(contacts, radii, border, line_width)


def _strips(
    contacts: Contacts,
    radii: NDArray[np.float32],
    slim: NDArray[np.bool_],
    border: NDArray[np.float64],
    line_width: float,
) -> list[tuple[int, int]]:
    slim = slim & (border >= LONG * np.maximum(radii, 1))
    shorter = np.minimum(_slim_border(border, slim, contacts.first), _slim_border(border, slim, contacts.second))
    thin = (contacts.width <= THIN * line_width) & (contacts.length >= SHARED * shorter)
    both = thin & slim[contacts.first] & slim[contacts.second]
    grouped = _in_groups(contacts, both, len(border), FEWEST_STRIPS)
    # An area beside the strips is theirs too where the last stroke ends; only through the longest thin line of each.
    one = thin & (grouped[contacts.first] ^ grouped[contacts.second]) & ~both
    strip = np.where(grouped[contacts.first], contacts.first, contacts.second)
    order = np.flatnonzero(one)[np.argsort(-contacts.length[one], kind="stable")]
    order = order[np.unique(strip[order], return_index=True)[1]]
    chosen = both & grouped[contacts.first]
    chosen[order] = True
    return _pairs(contacts, chosen)


def _islands(
    contacts: Contacts, radii: NDArray[np.float32], border: NDArray[np.float64], line_width: float
) -> list[tuple[int, int]]:
    tiny = (radii > 0) & (radii <= TINY * line_width) & (border <= 24 * line_width)
    both = tiny[contacts.first] & tiny[contacts.second]
    grouped = _in_groups(contacts, both, len(border), FEWEST_ISLANDS)
    return _pairs(contacts, both & grouped[contacts.first])


def _slim_border(border: NDArray[np.float64], slim: NDArray[np.bool_], label: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(slim[label], border[label], np.inf)


def _in_groups(contacts: Contacts, joined: NDArray[np.bool_], count: int, fewest: int) -> NDArray[np.bool_]:
    """Return which labels are joined, directly or through others, to at least `fewest` in all; (count,)."""
    pairs = contacts.first[joined], contacts.second[joined]
    graph = coo_array((np.ones(len(pairs[0]), np.int8), pairs), shape=(count, count))
    _, group = connected_components(graph, directed=False)
    return np.bincount(group)[group] >= fewest


def _pairs(contacts: Contacts, chosen: NDArray[np.bool_]) -> list[tuple[int, int]]:
    return list(zip(contacts.first[chosen].tolist(), contacts.second[chosen].tolist(), strict=True))


def _contacts(
    labels: NDArray[np.int32], free: NDArray[np.uint8], slim: NDArray[np.bool_], line_width: float
) -> Contacts:
    """Measure the borders of the `slim` areas; the line's width there is twice the depth of the ink in its middle,
    less the pixel that both sides count."""
    height = len(labels)
    margin = int(4 * line_width) + 2

    def work(top: int, bottom: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        above, below = max(0, top - margin), min(height, bottom + margin)
        depth = cv2.distanceTransform(1 - free[above:below], cv2.DIST_L2, cv2.DIST_MASK_3)
        codes, depths = [], []
        for down, right in ((0, 1), (1, 0)):
            rows, columns = slice(top, min(bottom, height - down)), slice(0, labels.shape[1] - right)
            beside = slice(rows.start + down, rows.stop + down), slice(right, labels.shape[1])
            first, second = labels[rows, columns], labels[beside]
            y, x = np.nonzero(first != second)
            first, second = first[y, x].astype(np.int64), second[y, x].astype(np.int64)
            wanted = slim[first] | slim[second]
            first, second, y, x = first[wanted], second[wanted], y[wanted] + top - above, x[wanted]
            codes.append((np.minimum(first, second) << 32) | np.maximum(first, second))
            depths.append(np.maximum(depth[y, x], depth[y + down, x + right]))
        return np.concatenate(codes), np.concatenate(depths)

    found = in_bands(labels.shape[0], labels.shape[1], work, LEAST_ROWS)
    code, place, length = np.unique(
        np.concatenate([codes for codes, _ in found]), return_inverse=True, return_counts=True
    )
    total = np.bincount(place, np.concatenate([depths for _, depths in found]), len(code))
    return Contacts(code >> 32, code & 0xFFFFFFFF, length.astype(np.float64), 2 * total / length - 1)
