"""Margins of one colour around a picture, such as the white paper around a figure."""

from __future__ import annotations

import cv2
import numpy as np

LOOKED_AT = 256
"""Longest side, in pixels, of the reduced picture that is judged."""
TOLERANCE = 14
"""Largest difference of a channel, 0..255, at which a pixel still has the margin's colour; JPEG and scans need some."""
PLAIN_SHARE = 0.97
"""Least share of the picture's edge that has one colour, for that colour to be a margin."""
MOST_SIDE = 0.9
"""Largest share of a side that the content may take; with less of a margin, there is nothing to gain."""


def content_box(picture: np.ndarray) -> tuple[slice, slice] | None:
    """Return rows and columns of what a margin of one colour surrounds, None where there is no margin worth cutting.

    `picture`: (H,W,3) uint8 sRGB. The box has the picture's aspect, lies inside it, and is as large as its content in
    the direction that has more of it. A page of one colour has no content, thus no box.
    """
    rows, columns = picture.shape[:2]
    scale = min(1.0, LOOKED_AT / max(rows, columns))
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.int16)
    edge = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    color = np.median(edge, axis=0)
    if (np.abs(edge - color).max(axis=1) <= TOLERANCE).mean() < PLAIN_SHARE:
        return None
    content = (np.abs(small - color).max(axis=2) > TOLERANCE).astype(np.uint8)
    content = cv2.morphologyEx(content, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))  # specks of dust are no content
    left, top, width, height = cv2.boundingRect(content)
    share = max(width / size[0], height / size[1])
    if share == 0 or share > MOST_SIDE:
        return None
    middle = ((top + height / 2) / size[1], (left + width / 2) / size[0])
    starts = [min(max(place - share / 2, 0.0), 1.0 - share) for place in middle]
    box = [
        slice(round(start * side), round((start + share) * side))
        for start, side in zip(starts, (rows, columns), strict=True)
    ]
    return (box[0], box[1]) if all(part.stop > part.start for part in box) else None
