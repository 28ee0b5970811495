"""Paint over an area of a picture with the colours around it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def paint_over(picture: NDArray[np.uint8], covered: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return `picture` (H,W,3) uint8 with each pixel `covered` (H,W) in the colour of the nearest uncovered pixel.

    The picture is unchanged if nothing or everything is covered.
    """
    if not covered.any() or covered.all():
        return picture
    _, labels = cv2.distanceTransformWithLabels(
        covered.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.asarray(labels, np.int32)
    colors = np.zeros((int(nearest.max()) + 1, 3), np.uint8)
    colors[nearest[~covered]] = picture[~covered]
    return np.where(covered[..., None], colors[nearest], picture)
