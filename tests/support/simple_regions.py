"""Simple label maps for tests of later steps: connected components, grown under the ink to the nearest one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

_INK = 64


@dataclass(frozen=True, eq=False)
class SimpleRegions:
    """Regions of a page.

    `labels`: (H,W) int32, 1..count. `boxes`: left, top, width, height, (count+1,4) int32. `areas`: pixels without ink,
    (count+1,). `ink`: coverage of the lines, (H,W) uint8.
    """

    labels: NDArray[np.int32]
    boxes: NDArray[np.int32]
    areas: NDArray[np.int64]
    ink: NDArray[np.uint8]


def simple_regions(ink: NDArray[np.uint8]) -> SimpleRegions:
    """Find the regions between the lines of `ink` (H,W) uint8. Gaps stay open."""
    free = ink < _INK
    _, cores = cv2.connectedComponents(free.astype(np.uint8), connectivity=4)
    _, nearest = cv2.distanceTransformWithLabels(
        (~free).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    grown = np.zeros(int(nearest.max()) + 1, np.int32)
    nearest = np.asarray(nearest, np.intp)
    grown[nearest[free]] = np.asarray(cores)[free]
    return labelled(grown[nearest], ink)


def labelled(labels: NDArray[np.int32], ink: NDArray[np.uint8] | None = None) -> SimpleRegions:
    """Make the regions of given `labels`, values 1..count. Without `ink` there are no lines."""
    if ink is None:
        ink = np.zeros(labels.shape, np.uint8)
    count = int(labels.max())
    boxes = np.zeros((count + 1, 4), np.int32)
    for number, found in enumerate(find_objects(labels), 1):
        if found is not None:
            rows, columns = found[:2]
            boxes[number] = columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start
    areas = np.bincount(labels[ink < _INK], minlength=count + 1).astype(np.int64)
    areas[0] = 0
    return SimpleRegions(labels.astype(np.int32), boxes, areas, ink)


def ringed_page(size: int = 400, thickness: int = 4) -> SimpleRegions:
    """Draw a square page with closed lines: two big circles, and a small circle in one of them.

    Region 1 is the area around the circles, 2 to 4 are the others.
    """
    ink = np.zeros((size, size), np.uint8)
    quarter = size // 4
    for x, y, radius in ((quarter, 2 * quarter, quarter * 4 // 5), (3 * quarter, 2 * quarter, quarter * 4 // 5)):
        cv2.circle(ink, (x, y), radius, 255, thickness, cv2.LINE_AA)
    cv2.circle(ink, (quarter, 2 * quarter), quarter // 4, 255, thickness, cv2.LINE_AA)
    return simple_regions(ink)
