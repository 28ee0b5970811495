"""Colours spread from a palette without a model or hints: flats that tell regions apart, to recolour by hand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.region_colors import SPREAD, RegionColors
from huebrush_backend.flats.palettes.palette import Palette
from huebrush_backend.imaging.color import color_difference

_ENOUGH = 15.0
"""CIEDE2000 difference between neighbours that is enough. Among the swatches that reach it, the least used is taken."""


def spread_palette(palette: Palette, areas: NDArray[np.int64], borders: Borders, seed: int = 0) -> RegionColors:
    """Give every region a swatch so that regions that touch differ, as far as the palette allows.

    `areas` (count+1,) are the pixels of each region; the largest regions choose first. Regions that touch get the same
    swatch only if the palette has too few. The same arguments give the same colours, and another `seed` gives others.
    The confidence is 0, as nothing was looked at. Raises ValueError for a palette without swatches.
    """
    swatches = palette.colors
    if not len(swatches):
        raise ValueError("the palette has no colours to spread")
    count = len(areas) - 1
    rng = np.random.default_rng(seed)
    distance = color_difference(swatches[:, None], swatches[None])
    label, other, _ = borders.both_ways()
    start = np.searchsorted(label, np.arange(count + 2))
    choice = np.full(count + 1, -1, np.intp)
    used = np.zeros(len(swatches))
    for region in np.lexsort((np.arange(1, count + 1), -areas[1:])) + 1:
        around = choice[other[start[region] : start[region + 1]]]
        around = np.unique(around[around >= 0])
        apart = distance[:, around].min(axis=1) if len(around) else np.full(len(swatches), np.inf)
        lot = rng.random(len(swatches))
        choice[region] = np.lexsort((lot, used, -np.minimum(apart, _ENOUGH)))[0]
        used[choice[region]] += 1
    result = RegionColors.unpainted(count)
    result.colors[1:] = swatches[choice[1:]]
    result.alternatives[1:] = result.colors[1:]
    result.sources[1:] = SPREAD
    return result
