"""True regions of a drawing: areas of the paper enclosed by lines, each with the shape it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

INK = 64
"""Coverage (of 255) from which a pixel counts as line; less is the line's soft edge."""
_FIRM = 128
"""Coverage from which ink separates two regions of one shape. Where two lines just touch, only paler ink lies between
the pieces: then the largest is the region and the others are its slivers."""
_LEAST_AREA = 12
"""Smallest area of a piece of a shape. A smaller one, cut off where lines run together, counts with the shape's largest
region."""
_SLIM = 1.3
"""Smallest distance from ink, in pixels, that such a piece must reach somewhere to count as a region."""
_LEAST_REGION = 6
"""Fewest pixels between lines that count at all: nobody could tell fewer from the line."""


@dataclass(frozen=True, eq=False)
class Truth:
    """True regions of a page.

    * `labels`: (H, W) int32, 0 = ink
    * `shapes`: (count + 1,) index of the shape that each region belongs to
    * `crumbs`: (n,) int64, pixels of slivers, counted row by row. They have a region's label, and so its colour, but
      lie apart from it
    """

    labels: np.ndarray
    shapes: np.ndarray
    crumbs: np.ndarray

    def regions(self) -> np.ndarray:
        """Return `labels` without slivers: each region in one piece."""
        labels = self.labels.copy()
        labels.ravel()[self.crumbs] = 0
        return labels


def true_regions(ink: np.ndarray, seen: np.ndarray) -> Truth:
    """Find regions from `ink` (H, W) uint8 and the shape `seen` (H, W) uint16 at each pixel (its index plus 1).

    Regions are areas enclosed by lines (4-connected). Slivers of a shape between lines that run together have the label
    of the shape's largest region.
    """
    free = (ink < INK).view(np.uint8)
    count, found, stats, _ = cv2.connectedComponentsWithStats(free, connectivity=4, ltype=cv2.CV_32S)
    labels = np.asarray(found, np.int32)
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.int64)
    owners = np.zeros(count, np.int64)
    owners[labels.ravel()] = seen.ravel()  # A region has one shape; the last pixel written speaks for all.
    deep = np.zeros(count, np.bool_)
    distance = cv2.distanceTransform(free, cv2.DIST_L2, 3)
    deep[labels[distance > _SLIM]] = True
    del distance
    _, firm = cv2.connectedComponents((ink < _FIRM).view(np.uint8), connectivity=4, ltype=cv2.CV_32S)
    places = np.zeros(count, np.int64)
    places[labels.ravel()] = np.asarray(firm).ravel()
    del firm
    whole = _largest_of(places * (int(owners.max(initial=0)) + 1) + owners, areas)
    label = np.arange(count)
    shape_whole = _largest_of(owners, areas)
    sliver = ((areas < _LEAST_AREA) | ~deep) & (shape_whole != label)
    target = np.where(whole != label, whole, np.where(sliver, shape_whole, label))
    target = target[target]
    sliver = target != label
    target[(areas < _LEAST_REGION) | (areas[target] < _LEAST_REGION)] = 0
    target[0] = 0
    kept = np.unique(target[target > 0])
    number = np.zeros(count, np.int32)
    number[kept] = np.arange(1, len(kept) + 1)
    crumbs = np.flatnonzero((sliver & (target > 0))[labels.ravel()])
    return Truth(number[target][labels], np.concatenate([[0], owners[kept] - 1]), crumbs)


def _largest_of(group: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Return for each component (n,) the one with the largest area in its group; component 0 is left out."""
    order = np.argsort(areas[1:], kind="stable") + 1
    _, where = np.unique(group, return_inverse=True)
    largest = np.zeros(int(where.max(initial=0)) + 1, np.int64)
    for label in order:
        largest[where[label]] = label
    result = largest[where]
    result[0] = 0
    return result
