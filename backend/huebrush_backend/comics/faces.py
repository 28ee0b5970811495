"""Eyes of a face, which otherwise look like a few letters: two shapes in a row that mirror each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_SHAPES = 10
"""Most shapes of a group that may be a face: eyes with what is drawn in them, brows, nose and mouth."""
_APART = 0.45
"""Least space between two eyes, in their heights; letters of a word are closer."""
_SAME_SIZE = 1.3
"""Largest ratio of the heights, and of the widths, of two eyes."""
_BESIDE = 0.8
"""Least space beside the eyes, where ears are, in the space between them."""
_MIRRORED = 0.3
"""Largest mean difference (0..1) of an eye and the other's mirror image, at the same size."""
_LOW = 0.8
"""Height of a shape between the eyes, in theirs, below which it may be a nose."""
_BELOW = 0.25
"""Least distance of a nose's middle below that of the eyes, in their heights: small letters lie less low."""


def is_face(boxes: NDArray[np.int32], thumbs: NDArray[np.float32]) -> bool:
    """Return whether a group of shapes has two eyes.

    `boxes` (n,4): left, top, width and height of each shape in pixels; `thumbs` (n,s,s): the shapes, 0..1, reduced to
    one size. Two shapes in a row are eyes if they are mirror images, with space or a nose between them, nothing as high
    as they are, and space beside them. Words such as "WOW" or "NO ON" have letters close together.
    """
    if not 2 <= len(boxes) <= MOST_SHAPES:
        return False
    chosen = np.flatnonzero(~_nested(boxes))
    middle = boxes[:, 1] + boxes[:, 3] / 2
    for one in chosen:
        row = chosen[np.abs(middle[chosen] - middle[one]) <= 0.5 * boxes[one, 3]]
        row = row[np.argsort(boxes[row, 0])]
        for first in range(len(row)):
            for last in range(first + 1, len(row)):
                if _are_eyes(boxes, thumbs, row, first, last):
                    return True
    return False


def _are_eyes(
    boxes: NDArray[np.int32], thumbs: NDArray[np.float32], row: NDArray[np.intp], first: int, last: int
) -> bool:
    """Return whether the shapes at `first` and `last` in a `row` (k,) of boxes, from left to right, are two eyes."""
    one, other, between = int(row[first]), int(row[last]), row[first + 1 : last]
    left, right = boxes[:, 0], boxes[:, 0] + boxes[:, 2]
    height, gap = min(boxes[one, 3], boxes[other, 3]), left[other] - right[one]
    middle = boxes[:, 1] + boxes[:, 3] / 2
    has_nose = bool(len(between)) and (middle[between] >= middle[one] + _BELOW * height).all()
    if not (has_nose or gap >= _APART * height) or (boxes[between, 3] >= _LOW * height).any():
        return False
    beside = [
        left[one] - right[row[:first]].max(initial=-(1 << 20)),
        left[row[last + 1 :]].min(initial=1 << 20) - right[other],
    ]
    return min(beside) >= _BESIDE * gap and _are_mirrored(boxes, thumbs, one, other)


def _nested(boxes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return (n,) bool: boxes that lie within another one, as a pupil does in an eye."""
    start, end = boxes[:, :2], boxes[:, :2] + boxes[:, 2:4]
    inside = np.logical_and.reduce(start[:, None] >= start[None], axis=-1)
    inside &= np.logical_and.reduce(end[:, None] <= end[None], axis=-1)
    return np.asarray(np.count_nonzero(inside, axis=-1) > 1)  # each lies within itself


def _are_mirrored(boxes: NDArray[np.int32], thumbs: NDArray[np.float32], one: int, other: int) -> bool:
    """Return whether two shapes are of one size, and one looks like the other seen in a mirror."""
    sizes = boxes[[one, other], 2:4].astype(np.float64)
    if (sizes.max(axis=0) > _SAME_SIZE * sizes.min(axis=0) + 1).any():
        return False
    return float(np.abs(thumbs[one] - thumbs[other][:, ::-1]).mean()) <= _MIRRORED
