"""Colours as the protocol and palettes write them, "#rrggbb" in sRGB, and in Oklab."""

from __future__ import annotations

Oklab = tuple[float, float, float]
"""Lightness 0 to 1, green to red, blue to yellow."""

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
    """Return channels as "#rrggbb"; values outside 0 to 1 are clipped."""
    return "#" + "".join(f"{round(min(1.0, max(0.0, share)) * 255):02x}" for share in (red, green, blue))


def oklab(color: Color) -> Oklab:
    """Return `color` in Oklab."""
    red, green, blue = (_linear(channel / 255) for channel in color)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(channel: float) -> float:
    """Undo the transfer function of sRGB (IEC 61966-2-1); both 0 to 1."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
