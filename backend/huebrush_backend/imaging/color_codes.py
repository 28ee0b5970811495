"""Colours as text, "#rrggbb", and as one number each, so that arrays of colours can be sorted and counted."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[int, int, int]
"""Red, green and blue, 0 to 255, sRGB."""


def hex_color(rgb: Iterable[int]) -> str:
    """Return "#rrggbb" for red, green and blue, 0 to 255."""
    return "#{:02x}{:02x}{:02x}".format(*(int(value) for value in rgb))


def rgb_from_hex(code: str) -> Rgb:
    """Return the colour of "#rrggbb", with "#" or without. Raises ValueError for other text."""
    red, green, blue = bytes.fromhex(code.removeprefix("#"))
    return red, green, blue


def pack_rgb(rgb: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return (…,3) channels, 0 to 255, as (…) numbers 0xrrggbb. The bits above are free for other sort keys."""
    return rgb[..., 0].astype(np.int64) << 16 | rgb[..., 1].astype(np.int64) << 8 | rgb[..., 2]


def unpack_rgb(numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return (…,3) channels of (…) numbers; bits above the lowest 24 are ignored."""
    return np.stack([numbers >> 16 & 255, numbers >> 8 & 255, numbers & 255], axis=-1).astype(np.uint8)
