"""Depth and reach of patches on a grid."""

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
