"""Krita's eight colour labels, and which of them suits a layer."""

from __future__ import annotations

import math

from .oklab import Color, oklab

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
"""What the Layers docker shows for the labels 1 to 8 (KisNodeViewColorScheme)."""
COLORLESS = 0.03
"""A chroma in Oklab below which a colour is taken for a grey, whatever its hue."""
LIGHTNESS_SHARE = 0.4
"""How much a difference in lightness counts beside one in hue: a dark red is labelled red, not brown or grey."""


def nearest_label(color: Color) -> int:
    """Return the label, 1 to 8, that looks most like `color`."""
    lightness, a, b = oklab(color)
    if math.hypot(a, b) < COLORLESS:
        return GREY_LABEL

    def distance(label: int) -> float:
        other = oklab(LABELS[label - 1])
        return math.hypot(LIGHTNESS_SHARE * (lightness - other[0]), a - other[1], b - other[2])

    return min(range(1, GREY_LABEL), key=distance)
