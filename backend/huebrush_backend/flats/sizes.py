"""How large connected areas are: their boxes, areas and inner radii."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.depth import Depths

STEP = 2
"""Areas that are large enough are measured at every second pixel of every second row."""


@dataclass(frozen=True, eq=False)
class Component:
    """Connected areas: `labels` (H,W) int32, and `stats` (count,5) int32 as OpenCV gives them (box and area)."""

    labels: NDArray[np.int32]
    stats: NDArray[np.int32]

    def window(self, label: int) -> tuple[slice, slice]:
        """Return the rows and columns of an area's box."""
        left, top, width, height = self.stats[label, :4]
        return slice(top, top + height), slice(left, left + width)

    def mask(self, label: int) -> NDArray[np.bool_]:
        """Return where an area is within its `window`."""
        return self.labels[self.window(label)] == label


def inner_radii(components: Component, depths: Depths) -> NDArray[np.float32]:
    """Return about the radius in pixels of the largest disc that fits into each area, (count,); 0 for label 0.

    Radii that `depths` does not reach to count as what it reaches. Of areas too small for a coarse look every pixel is
    looked at.
    """
    coarse = (slice(None, None, STEP), slice(None, None, STEP))
    radii = np.zeros(len(components.stats), np.uint8)
    np.maximum.at(radii, components.labels[coarse].ravel(), depths.steps[coarse].ravel())
    small = np.flatnonzero(components.stats[:, cv2.CC_STAT_AREA] < (16 * STEP) ** 2)
    for label in small[small > 0]:
        window = components.window(label)
        radii[label] = depths.steps[window][components.mask(label)].max(initial=0)
    radii[0] = 0
    return radii.astype(np.float32) * np.float32(depths.unit)
