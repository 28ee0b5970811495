"""Colours for regions without a colour of their own, taken from their most likely neighbour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.region_colors import INHERITED, NONE, RegionColors
from huebrush_backend.imaging.oklab import srgb_to_oklab

_NEAR = 0.15
"""Oklab distance over which a neighbour loses most of its claim. It is wide because the colour seen in a tiny region is
mixed with ink.
"""
_FAR = 0.2
"""Oklab distance beyond which all colours are equally unlikely and the border decides."""
_CONFIRMED = 0.07
"""Oklab distance up to which the picture's colour and a known colour are the same."""
_INHERITED_CONFIDENCE = (0.2, 0.45)
"""Confidence when the picture does not agree and when it does; both are below UNSURE."""


def inherit(
    colors: RegionColors,
    seen: NDArray[np.float32] | None,
    borders: Borders,
    swatches: NDArray[np.uint8] | None = None,
    only: NDArray[np.bool_] | None = None,
) -> RegionColors:
    """Give each region without a colour exactly the colour of its most likely neighbour and mark it INHERITED.

    * `seen`: (count+1,3) Oklab, colours that the picture shows in the regions, as far as it can
    * `borders`: borders between the regions
    * `swatches`: (n,3) uint8 sRGB, known colours. One of them is taken where it agrees with `seen` and no neighbour
      does
    * `only`: (count+1,) bool, regions that may inherit (default: all)

    A neighbour's claim is the length of the shared border, multiplied by how close its colour is to the seen one.
    Regions surrounded by others without a colour follow in turn. Returns new colours; regions that nothing is known
    about stay NONE.
    """
    result = colors.copy()
    open_regions = result.sources == NONE
    open_regions[0] = False
    if only is not None:
        open_regions &= only
    label, other, weight = borders.both_ways()
    lab = srgb_to_oklab(result.colors)
    while open_regions.any():
        usable = open_regions[label] & (result.sources[other] != NONE)
        if not usable.any():
            break
        heirs, donors, claims = label[usable], other[usable], weight[usable].astype(np.float64)
        distance = np.zeros(len(heirs))
        if seen is not None:
            distance = np.linalg.norm(lab[donors] - seen[heirs], axis=1)
            claims *= np.exp(-((np.minimum(distance, _FAR) / _NEAR) ** 2))
        order = np.lexsort((donors, -claims, heirs))
        first = order[np.unique(heirs[order], return_index=True)[1]]
        heir, donor = heirs[first], donors[first]
        result.colors[heir] = result.colors[donor]
        agreed = distance[first] <= _CONFIRMED if seen is not None else np.zeros(len(heir), bool)
        result.confidence[heir] = np.where(agreed, *_INHERITED_CONFIDENCE[::-1])
        result.alternatives[heir] = _next_best(heirs, donors, order, result.colors)[heir]
        if seen is not None and swatches is not None and len(swatches):
            _confirm(result, seen, heir[~agreed], swatches)
        result.sources[heir] = INHERITED
        lab[heir] = srgb_to_oklab(result.colors[heir])
        open_regions[heir] = False
    return result


def _next_best(
    heirs: NDArray[np.int64], donors: NDArray[np.int64], order: NDArray[np.intp], colors: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return (count+1,3): for each heir the colour of the next donor, in `order`, that differs from its own colour."""
    result = colors.copy()
    for index in order[::-1]:  # the best one comes last and stays
        if (colors[donors[index]] != colors[heirs[index]]).any():
            result[heirs[index]] = colors[donors[index]]
    return result


def _confirm(
    result: RegionColors, seen: NDArray[np.float32], regions: NDArray[np.int64], swatches: NDArray[np.uint8]
) -> None:
    """Replace the neighbour's colour by a known colour where the picture shows that one."""
    if not len(regions):
        return
    distance = np.linalg.norm(seen[regions][:, None] - srgb_to_oklab(swatches)[None], axis=2)
    nearest = distance.argmin(axis=1)
    sure = distance.min(axis=1) <= _CONFIRMED
    result.alternatives[regions[sure]] = result.colors[regions[sure]]
    result.colors[regions[sure]] = swatches[nearest[sure]]
    result.confidence[regions[sure]] = _INHERITED_CONFIDENCE[1]
