"""Colours as Krita's scripts take them, and Krita's eight colour labels."""

from __future__ import annotations

import math

from krita import ManagedColor

from ..base.colors import Color, oklab
from .scratch import SRGB_SPACE

NO_LABEL = 0
GREY_LABEL = 8
LABELS: tuple[Color, ...] = (
    (91, 173, 220),
    (151, 202, 63),
    (247, 229, 61),
    (255, 170, 63),
    (177, 102, 63),
    (238, 50, 51),
    (191, 106, 209),
    (118, 119, 114),
)
"""Colours of the labels 1 to 8 in the Layers docker (KisNodeViewColorScheme)."""
COLORLESS = 0.03
"""Chroma in Oklab below which a colour counts as grey, whatever its hue."""
LIGHTNESS_SHARE = 0.8
"""Weight of a difference in lightness (0 to 1) compared with one in hue (radians). It separates brown from orange,
which have the same hue, and keeps a dark red red."""


def nearest_label(color: Color) -> int:
    """Return the label, 1 to 8, that looks most like `color`; hue counts first, unless the colour is grey."""
    lightness, a, b = oklab(color)
    if math.hypot(a, b) < COLORLESS:
        return GREY_LABEL

    def distance(label: int) -> float:
        other_lightness, other_a, other_b = oklab(LABELS[label - 1])
        turn = abs(math.atan2(b, a) - math.atan2(other_b, other_a))
        return min(turn, math.tau - turn) + LIGHTNESS_SHARE * abs(lightness - other_lightness)

    return min(range(1, GREY_LABEL), key=distance)


def managed_color(color: Color) -> ManagedColor:
    """Return `color`, 8-bit sRGB, as a `ManagedColor`."""
    made = ManagedColor(*SRGB_SPACE)
    red, green, blue = (channel / 255 for channel in color)
    made.setComponents([blue, green, red, 1.0])
    return made
