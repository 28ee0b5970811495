"""Depth, distances and borders of patches on a grid."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def quantiles(
    values: NDArray[np.float32], group: NDArray[np.int32], sizes: NDArray[np.int64], share: float
) -> NDArray[np.float32]:
    """Return (count,): the value of each group that a `share` of its `values` (n,) do not exceed; 0 for empty ones.

    `group` (n,): number of each value's group; `sizes` (count,): values in each.
    """
    result = np.zeros(len(sizes), np.float32)
    filled = sizes > 0
    at = np.cumsum(sizes) - sizes + np.floor(share * (sizes - 1)).astype(np.int64)
    result[filled] = values[np.lexsort((values, group))][at[filled]]
    return result


def depth_within(labels: NDArray[np.int32], free: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the distance (h,w) of each `free` cell to one that is not, or to another of the `labels` (h,w); 0 for the
    others."""
    inside = free.astype(np.uint8)
    inside[:, 1:] &= (labels[:, 1:] == labels[:, :-1]).view(np.uint8)
    inside[1:] &= (labels[1:] == labels[:-1]).view(np.uint8)
    depth = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)
    return np.minimum(depth, max(labels.shape))  # without any border OpenCV's distances are longer than any page


def contact_of(
    patches: NDArray[np.int32],
    tone: NDArray[np.intp],
    count: int,
    labels: NDArray[np.int32],
    inked: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (count,): share of each patch's border with other regions beyond which its own tone goes on; and the share
    of that part at which no line lies.

    * `patches`, `tone`: (h,w), patch of each cell, 0 for none, and the tone that it shows
    * `labels`, `inked`: (h,w), regions, and cells with a line in them
    """
    total, same, bare = np.zeros(count), np.zeros(count), np.zeros(count)
    for down, right in ((0, 1), (1, 0)):
        for here, there in (shifted(down, right), shifted(down, right)[::-1]):
            border = (patches[here] > 0) & (labels[here] != labels[there])
            patch = patches[here][border]
            goes_on = tone[here][border] == tone[there][border]
            free = ~(inked[here] | inked[there])[border]
            total += np.bincount(patch, minlength=count)
            same += np.bincount(patch, weights=goes_on, minlength=count)
            bare += np.bincount(patch, weights=goes_on & free, minlength=count)
    return same / np.maximum(total, 1), bare / np.maximum(same, 1)


def shifted(down: int, right: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return the windows of a grid that lie over each other when it is moved `down` and to the `right`."""
    rows = slice(None, -down or None), slice(down, None)
    columns = slice(max(0, -right), -right if right > 0 else None), slice(max(0, right), right if right < 0 else None)
    return (rows[0], columns[0]), (rows[1], columns[1])


def nearest_of(sources: NDArray[np.bool_]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the distance of each cell to the nearest of `sources` (h,w), and its flat index."""
    away, number = cv2.distanceTransformWithLabels(
        (~sources).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    number = np.asarray(number, np.intp)
    position = np.zeros(int(number.max()) + 1, np.intp)
    at = np.flatnonzero(sources)
    position[number.ravel()[at]] = at
    return np.asarray(away, np.float32), position[number]


def disc(radius: float) -> NDArray[np.uint8]:
    """Return a disc, as a kernel of OpenCV's, whose radius is at least a cell."""
    side = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
