"""Colours without any source: every region gets one of its own, neighbours far apart, for those who fill by hand."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
from huebrush_protocol.palettes.swatches import Swatch
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.flats.colors.spread_palette import spread_palette
from huebrush_backend.flats.palettes.palette import make_palette
from huebrush_backend.imaging.color import color_difference
from huebrush_backend.imaging.oklab import srgb_to_oklab

MOST_TONES = 28
"""Tones that neighbours are told apart by; the colours of regions are these, each a little changed."""
LIGHTNESS = (0.5, 0.92)
"""Oklab lightness of all tones: black lines show on them, and none looks like white paper."""
LEAST_CHROMA = 0.05
"""Smallest Oklab chroma of a tone, so that none looks like paper or a line."""
STEPS = 6
"""Largest change of a channel, of 255, that makes a region's colour one of its own."""
_GRID = 15
"""Step of a channel, of 255, between the colours that tones are chosen from."""


def different_colors(areas: NDArray[np.int64], borders: Borders, seed: int = 0) -> RegionColors:
    """Give every region a colour that no other has, and neighbours colours that are far apart.

    `areas` (count+1,) are the pixels of each region. Up to about 60,000 regions get different colours; beyond that,
    colours repeat. The same arguments give the same colours, and another `seed` gives others.
    """
    tones = _tones()
    palette = make_palette([Swatch((red, green, blue)) for red, green, blue in tones.tolist()])
    colors = spread_palette(palette, areas, borders, seed)
    code = {tuple(tone): index for index, tone in enumerate(tones.tolist())}
    tone = np.array([code.get(tuple(color), 0) for color in colors.colors[1:].tolist()], np.intp)
    changes = _changes()
    order = np.argsort(tone, kind="stable")
    number = np.bincount(tone, minlength=len(tones))
    place = np.empty(len(tone), np.intp)
    place[order] = np.arange(len(tone)) - (np.cumsum(number) - number)[tone[order]]
    own = tones[tone].astype(np.int64) + changes[place % len(changes)]
    colors.colors[1:] = own.astype(np.uint8)
    colors.alternatives[1:] = colors.colors[1:]
    return colors


@cache
def _tones() -> NDArray[np.uint8]:
    """Return tones (n,3) uint8 sRGB, each as far as possible from those before it by CIEDE2000."""
    channel = np.arange(STEPS + 5, 256 - STEPS, _GRID)
    rgb = np.array(list(product(channel, repeat=3)), np.uint8)
    lab = srgb_to_oklab(rgb)
    clear = (lab[:, 0] >= LIGHTNESS[0]) & (lab[:, 0] <= LIGHTNESS[1]) & (np.hypot(lab[:, 1], lab[:, 2]) >= LEAST_CHROMA)
    rgb, lab = rgb[clear], lab[clear]
    chosen = [int(np.hypot(lab[:, 1], lab[:, 2]).argmax())]
    apart = color_difference(rgb, rgb[chosen[:1]])
    while len(chosen) < MOST_TONES:
        chosen.append(int(apart.argmax()))
        apart = np.minimum(apart, color_difference(rgb, rgb[chosen[-1:]]))
    return rgb[chosen]


@cache
def _changes() -> NDArray[np.int64]:
    """Return all small changes of a colour (n,3), the smallest first."""
    steps = np.array(list(product(range(-STEPS, STEPS + 1), repeat=3)), np.int64)
    return steps[np.argsort(np.square(steps).sum(axis=1), kind="stable")]
