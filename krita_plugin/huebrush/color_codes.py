"""Colours as the protocol and palettes write them: "#rrggbb" in sRGB."""

from __future__ import annotations

Color = tuple[int, int, int]
"""Red, green and blue, 0 to 255, sRGB."""


def parse_color(text: str) -> Color | None:
    """Return the colour written as "#rrggbb", None for anything else."""
    if len(text) != 7 or not text.startswith("#"):
        return None
    try:
        value = int(text[1:], 16)
    except ValueError:
        return None
    return value >> 16, value >> 8 & 255, value & 255


def color_code(red: float, green: float, blue: float) -> str:
    """Return channels from 0 to 1 as "#rrggbb"; what is beyond is taken as the nearest of them."""
    return "#" + "".join(f"{round(min(1.0, max(0.0, share)) * 255):02x}" for share in (red, green, blue))
