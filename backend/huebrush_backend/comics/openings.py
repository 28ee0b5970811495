"""Panels whose borders do not quite close: parted from the margin or gutter that runs into them at their corners."""

from __future__ import annotations

import cv2
import numpy as np

from huebrush_backend.comics.outlines import Mask, outline_of

_OPENING = 0.007
"""Half the width in shorter sides of an opening between the ends of borders; most gutters are wider."""
_LEAST = 0.006
"""Smallest area of the open part of a panel, in shorter sides squared."""
_WIDE = 0.03
"""Least half-width of it, in shorter sides: gutters between panels, and captions with words in them, are slimmer."""


def parted_at_openings(
    mask: Mask, left: int, top: int, page: tuple[int, ...], short: int
) -> list[tuple[Mask, int, int]]:
    """Return the parts of an area `mask` (h,w) at `left`, `top` of a `page` of that size: itself first, without panels.

    Each part is a mask in its own box, and the left and top of that.
    A panel is a wide part that a narrow passage connects to the rest, and most of whose corners point into it.
    """
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1]
    half = round(_OPENING * short)
    count, cores, stats, _ = cv2.connectedComponentsWithStats((depth > half).view(np.uint8), connectivity=4)
    height, width = page[:2]
    parts = []
    for label in range(1, count if count > 2 else 0):
        x, y, wide, high, size = stats[label].tolist()
        inside = (
            left + x > half and top + y > half and left + x + wide < width - half and top + y + high < height - half
        )
        if not inside or size < _LEAST * short**2:
            continue
        core = np.asarray(cores == label)
        if float(depth[core].max()) < _WIDE * short:
            continue
        part = _grown_back(mask, core.view(np.uint8), ((cores > 0) & ~core).view(np.uint8), half + 2)
        outline = outline_of(part, left, top, page, short)
        if outline.own_corners > 0 and outline.own_corners >= outline.outer_corners:
            parts.append(part)
    rest = mask
    for part in parts:
        rest = rest & (1 - part)
    boxes = [cv2.boundingRect(part) for part in (rest, *parts)]
    return [
        (np.ascontiguousarray(part[y : y + high, x : x + wide]), left + x, top + y)
        for part, (x, y, wide, high) in zip((rest, *parts), boxes, strict=True)
        if wide and high  # nothing is left of an area that is two panels side by side
    ]


def _grown_back(mask: Mask, core: Mask, others: Mask, steps: int) -> Mask:
    """Return `core` (h,w) grown by some `steps` within `mask` (h,w), as far as the `others` (h,w) do not come first."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    square = np.ones((3, 3), np.uint8)
    for step in range(steps):
        kernel = cross if step % 2 else square
        others = np.asarray(cv2.dilate(others, kernel), np.uint8) & mask & (1 - core)
        core = np.asarray(cv2.dilate(core, kernel), np.uint8) & mask & (1 - others)
    return core
