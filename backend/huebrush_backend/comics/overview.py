"""A smaller version of a page's ink, on which layouts are found."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SHORT_SIDE = 1000
"""Shorter side in pixels to which a page is reduced: letters then stay about 10 pixels high or more."""
STRIP_SIDE = 800
"""The same for strips: phones show about as many pixels across."""
STRIP_ASPECT = 4.0
"""Ratio of the sides from which a page is a strip; a model's canvas is no longer than that."""
LINE = 64
"""Coverage (of 255) from which a pixel of the overview is a line. The overview keeps lines dark (see `overview`)."""
_FAINT = 24
"""Coverage in the overview below which there is only noise or a line's soft edge."""


Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""


@dataclass(frozen=True, eq=False)
class Overview:
    """`ink` (h,w) uint8 coverage, and `scale`, its pixels per pixel of the page, at most 1."""

    ink: NDArray[np.uint8]
    scale: float

    @property
    def short(self) -> int:
        """Shorter side in pixels: what lengths on a page are measured by."""
        return min(self.ink.shape)

    @property
    def is_strip(self) -> bool:
        """Whether the page is much longer than wide."""
        return is_strip(*self.ink.shape)


def is_strip(height: int, width: int) -> bool:
    """Return whether a page of this size is a strip for phones: at least `STRIP_ASPECT` times as high as wide."""
    return height >= STRIP_ASPECT * width


def overview(ink: NDArray[np.uint8]) -> Overview:
    """Return the overview of `ink` (H,W) uint8 coverage.

    Where the page is reduced, thin lines would fade; so the coverage is scaled until the usual line is dark again.
    """
    height, width = ink.shape
    side = STRIP_SIDE if is_strip(height, width) else SHORT_SIDE
    scale = min(1.0, side / min(height, width))
    if scale == 1.0:
        return Overview(ink, 1.0)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)
    drawn = small[small > _FAINT]
    if drawn.size:
        gain = float(np.clip(230 / max(1.0, float(np.percentile(drawn[:: max(1, drawn.size // 100_000)], 80))), 1, 4))
        small = cv2.convertScaleAbs(small, alpha=gain)
    return Overview(np.asarray(small, np.uint8), scale)
