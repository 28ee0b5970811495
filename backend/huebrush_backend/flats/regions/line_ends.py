"""Line ends, and whether the opening that a line leaves looks like a gap.

A line that passes crosses a circle around one of its points twice, and a line that ends crosses it once. Two circles
are examined: the smaller one sees that a line ends just behind a joint with another, the larger one is more certain.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.dashes import NO_DASHES, Dashes
from huebrush_backend.flats.regions.parallel import in_parallel

DIRECTIONS = 64
RADII = (2.0, 1.0)
"""Radii of the circles in widths of the lines; MARGIN is added."""
MARGIN = 2.0
"""Pixels added to the radii."""
WIDEST_ARC = 75.0
"""Largest share of a circle that a line covers, in degrees: the tip of a filled area, such as a pupil, covers more."""
ONE_END = 0.5
"""Smallest cosine of the angle between a single line end and the other side."""
TWO_ENDS = 0.2
"""Smallest cosine for each of two ends that face each other; at a corner both point past each other by 45 degrees."""
TWO_FAR_ENDS = 0.64
"""The same for two ends more than FAR apart."""
FAR = 2.0
"""Widths of the lines from which two ends are far apart."""
DASH = 0.8
"""Smallest cosine for the end of a dash."""
SHEET_PIXELS = 1 << 20
"""Pixels around the places that are examined at once."""


@dataclass(frozen=True, eq=False)
class Facing:
    """Of necks: `ends` (n,) int8, how many line ends face the other side, 0 to 2; `dashed` (n,) whether dashes do."""

    ends: NDArray[np.int8]
    dashed: NDArray[np.bool_]


def facing(free: NDArray[np.uint8], necks: NDArray[np.int64], line_width: float, dashes: Dashes = NO_DASHES) -> Facing:
    """Return the line ends at `necks` (n,4), x0, y0, x1, y1, that point to the other side.

    Such a line was meant to go on. `free` (H,W) uint8 is 0 on lines; the ends of the necks lie on ink. Of two ends far
    apart, both must face the other more exactly, else they count as 1. A dash that faces the other side counts as 2.
    """
    codes, place = np.unique(necks[:, [0, 2]].reshape(-1) << 32 | necks[:, [1, 3]].reshape(-1), return_inverse=True)
    places = np.stack([codes >> 32, codes & 0xFFFFFFFF], axis=1)
    dashed, far = dashes.directions(places)
    is_dash = np.isfinite(dashed[:, 0])
    directions = dashed.copy()
    directions[~is_dash] = line_ends(free, places[~is_dash], line_width)
    across = (necks[:, 2:] - necks[:, :2]).astype(np.float64)
    apart = np.hypot(across[:, 0], across[:, 1])
    across /= np.maximum(apart, 1.0)[:, None]
    both = directions[place.reshape(-1, 2)]
    pointing = np.stack([(both[:, 0] * across).sum(axis=1), -(both[:, 1] * across).sum(axis=1)])
    least = np.where(apart - 1 <= FAR * line_width, TWO_ENDS, TWO_FAR_ENDS)
    two_ends = np.isfinite(pointing).all(axis=0) & (pointing.min(axis=0) >= least)
    by_dash = ((apart <= far[place.reshape(-1, 2)].T) & (pointing >= DASH)).any(axis=0)
    ends = np.where(two_ends | by_dash, 2, np.fmax(*pointing) >= ONE_END)
    return Facing(ends.astype(np.int8), by_dash)


def line_ends(free: NDArray[np.uint8], places: NDArray[np.int64], line_width: float) -> NDArray[np.float64]:
    """Return the direction in which a line that ends at each of `places` would go on, (n,2) unit vectors x, y.

    NaN means that the line goes on in the drawing itself. `free` (H,W) uint8 is 0 on lines; `places` (n,2) are pixels
    x, y of ink at its border. Only ink connected to a place within the circle counts.
    """
    radii = [times * line_width + MARGIN for times in RADII]
    reach = int(np.ceil(max(radii))) + 1
    # One sheet with all surroundings side by side, separated by free pixels, is labelled much faster than each alone.
    bordered = cv2.copyMakeBorder(free, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=1)
    around = np.lib.stride_tricks.sliding_window_view(bordered, (2 * reach + 1, 2 * reach + 1))
    angles = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)

    def work(some: NDArray[np.int64]) -> NDArray[np.float64]:
        sheet = np.zeros((len(some), 2 * reach + 2, 2 * reach + 1), np.uint8)
        np.equal(around[some[:, 1], some[:, 0]], 0, out=sheet[:, :-1].view(bool))
        pieces = cv2.connectedComponents(sheet.reshape(-1, sheet.shape[2]), connectivity=8)[1].reshape(sheet.shape)
        own = pieces[:, reach, reach]
        found = np.full((len(some), 2), np.nan)
        for radius in radii:
            columns, rows = np.rint(reach + radius * circle).astype(np.intp).T
            crossed = (pieces[:, rows, columns] == own[:, None]) & (own > 0)[:, None]
            arcs = (crossed & ~np.roll(crossed, 1, axis=1)).sum(axis=1)
            ends = (arcs == 1) & (crossed.sum(axis=1) * (360 / DIRECTIONS) <= WIDEST_ARC) & np.isnan(found[:, 0])
            back = crossed[ends].astype(np.float64) @ circle
            found[ends] = -back / np.maximum(np.hypot(back[:, 0], back[:, 1]), 1e-6)[:, None]
        return found

    sheets = max(1, SHEET_PIXELS // (2 * reach + 2) ** 2)
    found = in_parallel([places[first : first + sheets] for first in range(0, len(places), sheets)], work)
    return np.concatenate([np.zeros((0, 2)), *found])
