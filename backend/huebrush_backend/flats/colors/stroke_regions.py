"""Regions that a stroke means: those that its middle runs through, and small ones that it covers."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.regions.find_regions import Regions

CORE = 0.5
"""Distance from a stroke's edge, as a share of the largest, from which a pixel belongs to the middle. A rim that slips
over a line means nothing.
"""
LEAST_SHARE = 0.03
"""Smallest share of a stroke's middle that must lie in a region."""
MOSTLY = 0.5
"""Share of a region's free pixels from which a stroke means the region, however little of the stroke lies in it."""


def touched_regions(stroke: NDArray[np.uint8], regions: Regions, ink: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return (H,W) bool: all pixels of the regions that `stroke` (H,W) means. Its pixels are painted from 128 on.

    `ink` (H,W) 0..255 is the coverage of the lines; paint on them means neither side. A stroke on lines alone means
    only its own pixels.
    """
    painted = stroke >= 128
    wanted = np.zeros(regions.count + 1, bool)
    free = regions.labels * (ink < 128)
    covered = np.bincount(free[painted], minlength=regions.count + 1)
    wanted |= covered > MOSTLY * np.maximum(regions.areas, 1)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(painted.astype(np.uint8), connectivity=8)
    for number in range(1, count):
        left, top, width, height = (int(value) for value in stats[number][:4])
        window = slice(top, top + height), slice(left, left + width)
        own = cv2.copyMakeBorder(
            (parts[window] == number).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,)
        )
        depth = cv2.distanceTransform(own, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
        middle = np.bincount(free[window][depth >= CORE * depth.max()], minlength=regions.count + 1)
        middle[0] = 0
        wanted |= (middle > 0) & (middle >= LEAST_SHARE * middle.sum())
    wanted[0] = False
    return wanted[regions.labels] if wanted.any() else painted
