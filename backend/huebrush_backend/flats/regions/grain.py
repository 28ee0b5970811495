"""Random grain, as of sand, rust or a dry brush on manga pages: an area cut into many small islands without any order.

Islands of a drawing, such as scales, bricks or leaves, are of like sizes with lines of one width between them. Grain
has neither. Lines that run through the grain, or around it, are straight for some of their widths, and stay borders.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.adjacency import Contacts, groups
from huebrush_backend.flats.regions.ink import INK

THINNEST = 2.5
"""Least width of the lines in pixels: whether thinner ones have an even width cannot be told."""
FINE = 4.0
"""Width of the lines in pixels at which the ink is looked at, about: wider ones are seen smaller."""
SMALL = 5.0
"""Largest inner radius of an island, in widths of the lines."""
FEWEST = 60
"""Fewest islands that meet."""
UNEQUAL = 0.75
"""Least spread of the islands' areas: their standard deviation, as a share of the mean."""
UNEVEN = 0.35
"""Least spread of the half-width of the ink along its middle, measured likewise; lines have an even width."""
STRAIGHT = 7.0
"""Length, in widths of the lines, over which a line is straight."""
SOLID = 0.5
"""Thickness of what of it must be ink, likewise."""
DIRECTIONS = 16
ON_LINE = 0.5
"""Share of the border between two islands from which a line runs along it."""
_AT_ONCE = 1 << 20
"""Pixels that are counted in one go."""
MOSTLY = 0.3
"""The same for all borders between the islands together: a sketch of many strokes is made of lines."""


def grain_contacts(
    contacts: Contacts, labels: NDArray[np.int32], ink: NDArray[np.uint8], radii: NDArray[np.float32], line_width: float
) -> NDArray[np.bool_]:
    """Return (n,) bool: the `contacts` between islands of the same grain, without a line between them.

    `labels` (H,W) int32 has a label for every pixel; `ink` (H,W) uint8 is coverage; `radii` (count,) are inner radii.
    """
    count = len(radii)
    small = (radii > 0) & (radii <= SMALL * line_width)
    both = small[contacts.first] & small[contacts.second]
    if line_width < THINNEST or np.count_nonzero(small) < FEWEST or not both.any():
        return np.zeros(len(both), bool)
    group = groups(contacts.first[both], contacts.second[both], count)
    members = np.bincount(group, minlength=count)
    if members[group[small]].max() < FEWEST:
        return np.zeros(len(both), bool)
    unequal = (members >= FEWEST) & (_spread(group, _areas(labels, count), count) >= UNEQUAL)
    if not unequal.any():
        return np.zeros(len(both), bool)
    smaller = max(1, round(line_width / FINE))
    seen = labels[::smaller, ::smaller]
    window = _window(unequal[group][seen])
    covered = cv2.resize(ink, seen.shape[::-1], interpolation=cv2.INTER_AREA) if smaller > 1 else ink
    drawn, inner = (np.asarray(covered)[window] >= INK).view(np.uint8), seen[window]
    depth = cv2.distanceTransform(drawn, cv2.DIST_L2, 5)
    middle = (depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (drawn > 0)
    unequal &= _spread(group[inner[middle]], depth[middle].astype(np.float64), count) >= UNEVEN
    chosen = both & unequal[group[contacts.first]]
    if not chosen.any():
        return chosen
    share = _share_on(_straight_lines(drawn, line_width / smaller), contacts, inner)
    at = group[contacts.first[chosen]]
    length = np.bincount(at, contacts.length[chosen], count)
    lined = np.bincount(at, (share * contacts.length)[chosen], count) / np.maximum(length, 1)
    chosen &= (share <= ON_LINE) & (lined[group[contacts.first]] <= MOSTLY)
    group = groups(contacts.first[chosen], contacts.second[chosen], count)
    return chosen & (np.bincount(group)[group] >= FEWEST)[contacts.first]


def _areas(labels: NDArray[np.int32], count: int) -> NDArray[np.float64]:
    """Return the number of pixels (count,) of each label."""
    rows = max(1, _AT_ONCE // labels.shape[1])  # NumPy counts in numbers twice as large as the labels
    areas = np.zeros(count)
    for row in range(0, len(labels), rows):
        areas += np.bincount(labels[row : row + rows].ravel(), minlength=count)
    return areas


def _window(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    left, top, wide, high = cv2.boundingRect(mask.view(np.uint8))
    return slice(top, top + high), slice(left, left + wide)


def _spread(group: NDArray[np.integer], values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the standard deviation of `values` (n,) in each group (n,), as a share of their mean, (count,)."""
    total = np.maximum(np.bincount(group, minlength=count), 1)
    mean = np.bincount(group, values, count) / total
    square = np.bincount(group, values * values, count) / total
    return np.sqrt(np.maximum(square - mean * mean, 0)) / np.maximum(mean, 1e-9)


def _straight_lines(drawn: NDArray[np.uint8], line_width: float) -> NDArray[np.bool_]:
    """Return (h,w) bool: where the ink `drawn` (h,w), 1 or 0, may be that of a line about `line_width` pixels wide."""
    length, thickness = STRAIGHT * line_width, max(2, round(SOLID * line_width))
    found = np.zeros_like(drawn)
    for turn in np.arange(DIRECTIONS) * (np.pi / DIRECTIONS):
        found |= np.asarray(cv2.morphologyEx(drawn, cv2.MORPH_OPEN, _stick(length, thickness, float(turn))), np.uint8)
    return found > 0


def _stick(length: float, thickness: int, turn: float) -> NDArray[np.uint8]:
    """Return a straight line of this `length` and `thickness` in pixels as a morphological element."""
    half = max(1, round(length / 2))
    x, y = round(half * np.cos(turn)), round(half * np.sin(turn))
    size = half + thickness
    element = np.zeros((2 * size + 1, 2 * size + 1), np.uint8)
    cv2.line(element, (size - x, size - y), (size + x, size + y), 1, thickness)
    return element


def _share_on(lines: NDArray[np.bool_], contacts: Contacts, labels: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return the share (n,) of each contact's border in a part of the page that lies on `lines` (h,w).

    `labels` (h,w) are those of that part, perhaps seen smaller. It is 0 for contacts elsewhere.
    """
    known = (contacts.first << 32) | contacts.second
    order = np.argsort(known)
    known = known[order]
    total, on_line = np.zeros(len(known)), np.zeros(len(known))
    for one, other, marked in (
        (labels[:, :-1], labels[:, 1:], lines[:, :-1]),
        (labels[:-1], labels[1:], lines[:-1]),
    ):
        y, x = np.nonzero(one != other)
        a, b = one[y, x].astype(np.int64), other[y, x].astype(np.int64)
        pair = (np.minimum(a, b) << 32) | np.maximum(a, b)
        place = np.minimum(np.searchsorted(known, pair), len(known) - 1)
        meet = known[place] == pair  # seen smaller, islands may meet that have a thin one between them
        index = order[place[meet]]
        total += np.bincount(index, minlength=len(known))
        on_line += np.bincount(index, marked[y, x][meet], len(known))
    return on_line / np.maximum(total, 1)
