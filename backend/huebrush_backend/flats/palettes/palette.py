"""Palettes: named swatches, and swatches too near one another to be told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from huebrush_protocol.palettes.swatches import Swatch, list_of, parse_hex
from numpy.typing import NDArray

from huebrush_backend.imaging.color import color_difference

NEAR_DUPLICATE = 3.0
"""CIEDE2000 difference below which two swatches are easily confused."""


@dataclass(frozen=True)
class Palette:
    """Swatches in their order, no colour twice."""

    swatches: tuple[Swatch, ...]

    @property
    def colors(self) -> NDArray[np.uint8]:
        """Colours of the swatches, (n,3) uint8 sRGB."""
        return np.array([swatch.rgb for swatch in self.swatches], np.uint8).reshape(-1, 3)


def make_palette(swatches: Iterable[Swatch]) -> Palette:
    """Return a palette of `swatches`. Of equal colours it keeps the first with a name, or else the first.

    Raises `PaletteError` for no swatches and for more than a palette can have.
    """
    return Palette(list_of(swatches).swatches)


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
