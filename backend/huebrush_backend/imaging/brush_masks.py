"""Brush masks: how much each pixel belongs to a brush, and the parts of the page to enlarge for it.

A model sees a few hundred pixels a side. A small place on a large page would be less than one of them, so each place is
enlarged together with its surroundings.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

CONTEXT = 3.0
"""Side of an enlarged part, as a multiple of the place's own longer side."""
MOST_OF_THE_PAGE = 0.7
"""Share of the page's longer side from which the whole page is used."""
ALIKE = 1.3
"""Largest ratio between the window around two places and the larger of their own windows for the two to share one."""
MOST_WINDOWS = 8
"""Most parts of the page that are enlarged separately for one edit; a mask with more pieces is used as a whole."""


@dataclass(frozen=True)
class Window:
    """A part of a page, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def joined(self, other: Window) -> Window:
        """Return the smallest window that holds both."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        right = max(self.left + self.width, other.left + other.width)
        bottom = max(self.top + self.height, other.top + other.height)
        return Window(left, top, right - left, bottom - top)


def brush_shares(mask: NDArray[np.uint8], feather: float) -> NDArray[np.float32]:
    """Return the share by which a brush changes each pixel, (H,W) float32 0..1; its `mask` is (H,W) uint8.

    `feather` is the distance in pixels from the mask's edge inwards over which the change grows. Nothing outside the
    mask ever changes.
    """
    shares = mask.astype(np.float32) / np.float32(255)
    if feather > 0:
        # Add a frame, so that a mask cut off by the page's edge does not fade out there.
        framed = cv2.copyMakeBorder((mask > 0).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
        inwards = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
        shares *= np.clip((inwards - 0.5) / feather, 0, 1)
    return shares.astype(np.float32)


def brush_windows(mask: NDArray[np.uint8], least: int) -> list[tuple[Window, NDArray[np.uint8]]]:
    """Return the parts of the page to enlarge for the brush of `mask` (H,W) uint8, each with its crop of the mask.

    A crop is (window's height, window's width) uint8. `least` is the shortest side of a window in pixels, unless the
    page is smaller. The list is empty if nothing is painted.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats((mask > 0).astype(np.uint8), connectivity=8)
    boxes = [Window(*(int(value) for value in row[:4])) for row in stats[1:]]
    groups = [(box, [number]) for number, box in enumerate(boxes, start=1)]
    if len(groups) <= 64:
        groups = _join_windows(groups, mask.shape, least)
    if len(groups) > MOST_WINDOWS:
        whole = groups[0][0]
        for box, _ in groups[1:]:
            whole = whole.joined(box)
        groups = [(whole, list(range(1, len(boxes) + 1)))]
    found = []
    for box, numbers in groups:
        window = _window_around(box, mask.shape, least)
        part, own = mask[window.slices], labels[window.slices]
        found.append((window, np.where(np.isin(own, numbers), part, 0).astype(np.uint8)))
    return found


def _join_windows(
    groups: list[tuple[Window, list[int]]], page: tuple[int, ...], least: int
) -> list[tuple[Window, list[int]]]:
    """Join places that can share a window until no more can."""
    groups = list(groups)
    index = 0
    while index < len(groups):
        for other in range(index + 1, len(groups)):
            both = groups[index][0].joined(groups[other][0])
            larger = max(_window_around(groups[each][0], page, least).width for each in (index, other))
            if _window_around(both, page, least).width <= ALIKE * larger:
                groups[index] = (both, groups[index][1] + groups.pop(other)[1])
                index = -1
                break
        index += 1
    return groups


def _window_around(box: Window, page: tuple[int, ...], least: int) -> Window:
    """Return the square around `box`, moved to lie on the page of (height, width), or the whole page."""
    height, width = page[:2]
    side = max(least, round(CONTEXT * max(box.width, box.height)))
    if side >= MOST_OF_THE_PAGE * max(height, width):
        return Window(0, 0, width, height)
    across, down = min(side, width), min(side, height)
    left = min(max(0, box.left + (box.width - across) // 2), width - across)
    top = min(max(0, box.top + (box.height - down) // 2), height - down)
    return Window(left, top, across, down)
