"""Palettes: named swatches, and swatches too near one another to be told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from huebrush_protocol.texts import Text
from numpy.typing import NDArray

from huebrush_backend.imaging.color import color_difference
from huebrush_backend.imaging.color_codes import Rgb, hex_color, rgb_from_hex

NEAR_DUPLICATE = 3.0
"""CIEDE2000 difference below which two swatches are easily confused."""
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
        return hex_color(self.rgb)


@dataclass(frozen=True)
class Palette:
    """Swatches in their order, no colour twice. `inexact` is the number of colours stored as CMYK or Lab, which have no
    exact sRGB equal without the profile they were mixed for.
    """

    swatches: tuple[Swatch, ...]
    name: str = ""
    inexact: int = 0

    @property
    def colors(self) -> NDArray[np.uint8]:
        """Colours of the swatches, (n,3) uint8 sRGB."""
        return np.array([swatch.rgb for swatch in self.swatches], np.uint8).reshape(-1, 3)


def make_palette(swatches: list[Swatch], name: str = "", inexact: int = 0) -> Palette:
    """Return a palette of `swatches`. Of equal colours it keeps the first with a name, or else the first.

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
    return Palette(tuple(unique.values()), name, inexact)


def parse_hex_list(text: str) -> Palette:
    """Return the palette of a list of hex codes such as "#aabbcc, ddeeff".

    Codes are separated by commas, semicolons or space, with or without "#", three digits or six. Raises `PaletteError`
    that names the first word that is not a colour.
    """
    swatches = []
    for word in re.split(r"[\s,;]+", text.strip()):
        if word:
            swatches.append(Swatch(parse_hex(word)))
    return make_palette(swatches)


def parse_hex(word: str) -> Rgb:
    """Return sRGB for "#rrggbb", "#rgb" or the same without "#". Raises `PaletteError` for anything else."""
    digits = word.removeprefix("#")
    if re.fullmatch(r"[0-9a-fA-F]{3}", digits):
        digits = "".join(2 * digit for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise PaletteError(Text.of("palette.no_color", word=word))
    return rgb_from_hex(digits)


def near_duplicates(palette: Palette, least: float = NEAR_DUPLICATE) -> list[tuple[int, int, float]]:
    """Return the pairs of swatches, as indices, that are less than `least` CIEDE2000 apart, and their distance; nearest
    first.
    """
    colors = palette.colors
    found = []
    for index in range(len(colors) - 1):
        distances = color_difference(colors[index : index + 1], colors[index + 1 :])
        for place in np.nonzero(distances < least)[0]:
            found.append((index, index + 1 + int(place), float(distances[place])))
    return sorted(found, key=lambda pair: (pair[2], pair[:2]))
