"""Label maps for tests of what comes after them: plain connected components, grown under the ink to the nearest one."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

_INK = 64


@dataclass(frozen=True, eq=False)
class SimpleRegions:
    """`labels` (H,W) int32, 1..count; `boxes` (count+1,4) int32 left, top, width, height; `areas` (count+1,) free
    pixels; `ink` (H,W) uint8 the lines' coverage."""

    labels: NDArray[np.int32]
    boxes: NDArray[np.int32]
    areas: NDArray[np.int64]
    ink: NDArray[np.uint8]


def simple_regions(ink: NDArray[np.uint8]) -> SimpleRegions:
    """Cut a page along its `ink` (H,W) uint8 coverage; every gap is open."""
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
    """Describe regions that are known, values 1..count; without `ink` there are no lines."""
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
    """A square page with two big circles, one with a small one inside: regions 1 (around) to 4, closed lines."""
    ink = np.zeros((size, size), np.uint8)
    quarter = size // 4
    for x, y, radius in ((quarter, 2 * quarter, quarter * 4 // 5), (3 * quarter, 2 * quarter, quarter * 4 // 5)):
        cv2.circle(ink, (x, y), radius, 255, thickness, cv2.LINE_AA)
    cv2.circle(ink, (quarter, 2 * quarter), quarter // 4, 255, thickness, cv2.LINE_AA)
    return simple_regions(ink)
