"""Palettes as lists of named colours, and colours written as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from huebrush_protocol.icc_profile import Rgb
from huebrush_protocol.texts import Text

MOST_SWATCHES = 4096
"""Most swatches of a palette; one with more is not the palette of a page."""


class PaletteError(ValueError):
    """A palette that cannot be read or used; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Swatch:
    """One colour, sRGB 0..255, and its name, which may be empty."""

    rgb: Rgb
    name: str = ""

    @property
    def hex(self) -> str:
        """Colour as "#rrggbb"."""
        return "#{:02x}{:02x}{:02x}".format(*self.rgb)


@dataclass(frozen=True)
class SwatchList:
    """Swatches in their order, no colour twice, and the palette's name. `inexact` is the number of colours stored as
    CMYK or Lab, which have no exact sRGB equal without the profile they were mixed for."""

    swatches: tuple[Swatch, ...]
    name: str = ""
    inexact: int = 0


def list_of(swatches: Iterable[Swatch], name: str = "", inexact: int = 0) -> SwatchList:
    """Return `swatches` as a list. Of equal colours it keeps the first with a name, or else the first.

    Raises `PaletteError` for no swatches and for more than `MOST_SWATCHES`.
    """
    unique: dict[Rgb, Swatch] = {}
    for swatch in swatches:
        if swatch.rgb not in unique or (swatch.name and not unique[swatch.rgb].name):
            unique[swatch.rgb] = swatch
    if not unique:
        raise PaletteError(Text.of("palette.empty"))
    if len(unique) > MOST_SWATCHES:
        raise PaletteError(Text.of("palette.too_many", count=len(unique), most=MOST_SWATCHES))
    return SwatchList(tuple(unique.values()), name, inexact)


def parse_hex(word: str) -> Rgb:
    """Return sRGB for "#rrggbb", "#rgb" or the same without "#". Raises `PaletteError` for anything else."""
    digits = word.removeprefix("#")
    if re.fullmatch(r"[0-9a-fA-F]{3}", digits):
        digits = "".join(2 * digit for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise PaletteError(Text.of("palette.no_color", word=word))
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue
