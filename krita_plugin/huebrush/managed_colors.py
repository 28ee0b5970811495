"""Colours as Krita's scripts take them."""

from __future__ import annotations

from typing import Any

from krita import ManagedColor

from .color_codes import Color
from .scratch import SRGB_SPACE


def managed_color(color: Color) -> Any:
    """Return `color`, 8-bit sRGB, as a `ManagedColor`."""
    made = ManagedColor(*SRGB_SPACE)
    red, green, blue = (channel / 255 for channel in color)
    made.setComponents([blue, green, red, 1.0])
    return made
