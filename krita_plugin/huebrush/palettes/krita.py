"""The palettes that Krita has, by name, and their colours."""

from __future__ import annotations

from krita import Krita, Palette

from ..documents.krita_colors import code_of
from .color_list import NamedColor

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
    return tuple(
        (code_of(swatch.color()), swatch.name()) for swatch in swatches if swatch is not None and swatch.isValid()
    )
