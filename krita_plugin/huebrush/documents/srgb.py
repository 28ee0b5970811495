"""Colour spaces that are 8-bit sRGB, judged by what their profiles do: names tell nothing ("sRGB-elle-V2-g10.icc" is
linear)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ..base.qt import QtCore, to_bytes
from .scratch import SRGB_SPACE

if TYPE_CHECKING:
    from krita import Document

GREYS = range(256)
LEVELS = (0, 64, 128, 192, 255)
"""Channel values of the colours that are tried; the greys show the curve, the colours the primaries."""
TRIED = bytes(
    value
    for color in (
        *((grey, grey, grey) for grey in GREYS),
        *((blue, green, red) for blue in LEVELS for green in LEVELS for red in LEVELS),
    )
    for value in (*color, 255)
)
"""The pixels that are converted, BGRA."""
ROUNDING = 1
"""Largest difference of a channel, of 255, that counts as none."""


@lru_cache(maxsize=1)
def _judged() -> dict[tuple[str, str, str], bool]:
    """Return the colour spaces that were judged in this Krita."""
    return {SRGB_SPACE: True}


def is_known_srgb(space: tuple[str, str, str]) -> bool:
    """Return True for a colour model, depth and profile that were found to be 8-bit sRGB."""
    return _judged().get(space, False)


def is_srgb(scratch: Document) -> bool:
    """Return True when pixels of the colour space of `scratch`, a document of ours, are 8-bit sRGB as they are."""
    space = (scratch.colorModel(), scratch.colorDepth(), scratch.colorProfile())
    judged = _judged()
    if space not in judged:
        judged[space] = space[:2] == SRGB_SPACE[:2] and _changes_nothing(scratch)
    return judged[space]


def _changes_nothing(scratch: Document) -> bool:
    """Convert the pixels `TRIED` of `scratch` to 8-bit sRGB, and return True when they stay what they are."""
    count = len(TRIED) // 4
    layer = scratch.createNode("huebrush-profile", "paintlayer")
    layer.setPixelData(QtCore.QByteArray(TRIED), 0, 0, count, 1)
    layer.setColorSpace(*SRGB_SPACE)
    converted = to_bytes(layer.pixelData(0, 0, count, 1))
    return all(abs(one - other) <= ROUNDING for one, other in zip(converted, TRIED, strict=True))
