"""The palettes that Krita has, by name, and their colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from krita import Krita, Palette

from ..base.colors import color_code
from ..documents.scratch import SRGB_SPACE
from .color_list import NamedColor

if TYPE_CHECKING:
    from krita import Swatch

KIND = "palette"


def names() -> list[str]:
    """Return the names of Krita's palettes, in alphabetical order."""
    return sorted(Krita.instance().resources(KIND), key=str.casefold)


def colors(name: str) -> tuple[NamedColor, ...]:
    """Return the colours of the palette `name`, "#rrggbb" in sRGB, and their names; empty when it is gone."""
    resource = Krita.instance().resources(KIND).get(name)
    if resource is None:
        return ()
    palette = Palette(resource)
    swatches = (palette.colorSetEntryByIndex(index) for index in range(palette.colorsCountTotal()))
    return tuple((_code(swatch), swatch.name()) for swatch in swatches if swatch is not None and swatch.isValid())


def _code(swatch: Swatch) -> str:
    """Return a swatch in sRGB; Krita has 8-bit channels in the order blue, green, red, each 0 to 1."""
    color = swatch.color()
    if color.colorModel() != "RGBA" or color.colorDepth() != "U8":
        color.setColorSpace(*SRGB_SPACE)
    blue, green, red = color.components()[:3]
    return color_code(red, green, blue)
