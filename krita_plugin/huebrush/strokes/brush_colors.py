"""Colours of the text brush: one for each edit, and the edit that a painted colour belongs to."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..base.colors import Color, oklab, parse_color

BRUSH_COLORS = (
    "#ff2d95",
    "#00b2ff",
    "#ff9a00",
    "#19c23c",
    "#8a4dff",
    "#e8d200",
    "#00c9b7",
    "#e03c31",
    "#2e5bff",
    "#9bd400",
    "#d65bff",
    "#a8642a",
    "#8c0050",
    "#00597d",
    "#7d4b00",
    "#0b6b2a",
    "#3f1a8c",
    "#6f6500",
    "#00665c",
    "#7a1512",
    "#10297f",
    "#4d6a00",
    "#6d1a86",
    "#ff9ecb",
    "#9fdcff",
    "#ffd08a",
    "#9be8ab",
    "#cdb4ff",
    "#f5eea0",
    "#9ee8e0",
    "#f2a39d",
    "#a9bdff",
)
"""Colours given to edits in this order; neighbours differ most. They stand out from line art and from skin."""
LIGHTNESS_SHARE = 0.5
"""Weight of a difference in lightness compared with hue and chroma: soft edges and pressure change it most."""
SAME = 0.02
"""Distance up to which paint counts as one of `BRUSH_COLORS`, even if its edit is no longer there."""
OPAQUE = 128
"""Alpha from which a pixel is painted; below, it is the soft rim of a stroke."""


def free_color(used: Sequence[str]) -> str:
    """Return a colour of the brush that is not among `used`, or the one used least if all are."""
    return min(BRUSH_COLORS, key=used.count)


class BrushStrokeOwners(dict[int, int]):
    """Edits that pixels belong to, computed once for each pixel value. Key: the bytes B, G, R and A as a little-endian
    number. Value: the index of the edit's colour among `colors`, plus 1; 0 for a pixel of no edit."""

    def __init__(self, colors: Sequence[str]) -> None:
        """Prepare for the edits' `colors`, "#rrggbb"; "" matches no pixel."""
        super().__init__()
        self._known = [(number, _place(color)) for number, color in enumerate(colors, start=1) if parse_color(color)]
        self._others = [_place(color) for color in BRUSH_COLORS if color not in colors]

    def __missing__(self, pixel: int) -> int:
        """Compute the edit that `pixel` belongs to."""
        self[pixel] = found = self._owner(pixel)
        return found

    def _owner(self, pixel: int) -> int:
        if pixel >> 24 < OPAQUE or not self._known:
            return 0
        painted = _place_of((pixel >> 16 & 255, pixel >> 8 & 255, pixel & 255))
        distance, owner = min((math.dist(painted, place), number) for number, place in self._known)
        gone = min((math.dist(painted, place) for place in self._others), default=math.inf)
        return 0 if gone < min(SAME, distance) else owner


def _place(color: str) -> tuple[float, float, float]:
    parsed = parse_color(color)
    assert parsed is not None
    return _place_of(parsed)


def _place_of(color: Color) -> tuple[float, float, float]:
    lightness, a, b = oklab(color)
    return LIGHTNESS_SHARE * lightness, a, b
