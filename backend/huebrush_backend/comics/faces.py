"""Eyes of a face, which otherwise look like a few letters: two shapes in a row that mirror each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_SHAPES = 10
"""Most shapes of a group that may be a face: eyes with what is drawn in them, brows, nose and mouth."""
_APART = 0.35
"""Least space between two eyes, in their heights; letters of a word are closer."""
_SAME_SIZE = 1.3
"""Largest ratio of the heights, and of the widths, of two eyes."""
_MIRRORED = 0.3
"""Largest mean difference (0..1) of an eye and the other's mirror image, at the same size."""
_LOW = 0.8
"""Height of a shape between the eyes, in theirs, below which it may be a nose."""
_BELOW = 0.25
"""Least distance of a nose's middle below that of the eyes, in their heights: small letters lie less low."""


def is_face(boxes: NDArray[np.int32], thumbs: NDArray[np.float32]) -> bool:
    """Return whether a group of shapes has two eyes.

    `boxes` (n,4): left, top, width and height of each shape in pixels; `thumbs` (n,s,s): the shapes, 0..1, reduced to
    one size. Two shapes are eyes if they are mirror images at the two ends of a row, with space or a nose between them
    and nothing as high as they are. Words such as "WOW" have letters close together.
    """
    if not 2 <= len(boxes) <= MOST_SHAPES:
        return False
    chosen = np.flatnonzero(~_nested(boxes))
    left, right = boxes[:, 0], boxes[:, 0] + boxes[:, 2]
    middle = boxes[:, 1] + boxes[:, 3] / 2
    for one in chosen:
        row = chosen[np.abs(middle[chosen] - middle[one]) <= 0.5 * boxes[one, 3]]
        row = row[np.argsort(left[row])]
        first, last = int(row[0]), int(row[-1])
        if first == last or not _are_mirrored(boxes, thumbs, first, last):
            continue
        height = min(boxes[first, 3], boxes[last, 3])
        between = row[1:-1]
        has_nose = bool(len(between)) and (middle[between] >= middle[first] + _BELOW * height).all()
        apart = left[last] - right[first] >= _APART * height
        if (apart or has_nose) and (boxes[between, 3] < _LOW * height).all():
            return True
    return False


def _nested(boxes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return (n,) bool: boxes that lie within another one, as a pupil does in an eye."""
    start, end = boxes[:, :2], boxes[:, :2] + boxes[:, 2:4]
    within = (start[:, None] >= start[None]).all(axis=2) & (end[:, None] <= end[None]).all(axis=2)
    np.fill_diagonal(within, False)
    return np.asarray(within.any(axis=1), np.bool_)


def _are_mirrored(boxes: NDArray[np.int32], thumbs: NDArray[np.float32], one: int, other: int) -> bool:
    """Return whether two shapes are of one size, and one looks like the other seen in a mirror."""
    sizes = boxes[[one, other], 2:4].astype(np.float64)
    if (sizes.max(axis=0) > _SAME_SIZE * sizes.min(axis=0) + 1).any():
        return False
    return float(np.abs(thumbs[one] - thumbs[other][:, ::-1]).mean()) <= _MIRRORED
