"""Colours as Krita's scripts take them, the artist's foreground colour, and Krita's eight colour labels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from krita import Krita, ManagedColor

from ..base.colors import Color, color_code, oklab, parse_color
from .scratch import SRGB_SPACE

if TYPE_CHECKING:
    from krita import View

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


def code_of(color: ManagedColor) -> str:
    """Return `color` as "#rrggbb" in sRGB. It may be converted: pass one of your own."""
    if color.colorModel() != "RGBA" or color.colorDepth() != "U8":
        color.setColorSpace(*SRGB_SPACE)
    blue, green, red = color.components()[:3]  # the order of Krita's 8-bit channels
    return color_code(red, green, blue)


def active_view() -> View | None:
    """Return the view that the artist works in, None while there is none."""
    window = Krita.instance().activeWindow()
    return window.activeView() if window is not None else None


def foreground() -> str:
    """Return the artist's foreground colour as "#rrggbb", "" while there is no view."""
    view = active_view()
    return code_of(view.foregroundColor()) if view is not None else ""


def set_foreground(code: str) -> None:
    """Make the colour `code`, "#rrggbb", the artist's foreground colour. Without a view, and for another text, nothing
    happens."""
    view, color = active_view(), parse_color(code)
    if view is not None and color is not None:
        view.setForeGroundColor(managed_color(color))
