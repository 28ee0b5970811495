"""A colour for regions that nothing speaks for directly: from the neighbour they most likely belong with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.region_colors import INHERITED, NONE, RegionColors
from huebrush_backend.imaging.oklab import srgb_to_oklab

_NEAR = 0.15
"""Oklab distance over which a neighbour loses most of its claim; wide, as what is seen of a tiny region is mixed with
ink."""
_FAR = 0.2
"""Beyond, one colour is as unlikely as another, and the border decides."""
_CONFIRMED = 0.07
"""Oklab distance up to which the picture's colour and a known colour are one."""
_INHERITED_CONFIDENCE = (0.2, 0.45)
"""Without and with the picture agreeing; both below UNSURE."""


def inherit(
    colors: RegionColors,
    seen: NDArray[np.float32] | None,
    borders: Borders,
    swatches: NDArray[np.uint8] | None = None,
    only: NDArray[np.bool_] | None = None,
) -> RegionColors:
    """Give each region without a colour its most likely neighbour's, exactly, and mark it INHERITED.

    `seen` (count+1,3) Oklab: what the picture shows there, as far as it can. The claim of a neighbour is the length
    of the shared border, times how close its colour is to the seen one. Where no neighbour agrees with what is seen
    but a colour of `swatches` (n,3) uint8 sRGB does, that colour is taken. Regions surrounded by others without a
    colour follow in turn; `only` (count+1,) bool: the regions that may inherit (default: all). Returns new colours;
    regions nothing is known of stay NONE.
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
    """Return (count+1,3): for each heir the colour of the next donor, in `order`, that differs from the heir's own."""
    result = colors.copy()
    for index in order[::-1]:  # the best comes last and stays
        if (colors[donors[index]] != colors[heirs[index]]).any():
            result[heirs[index]] = colors[donors[index]]
    return result


def _confirm(
    result: RegionColors, seen: NDArray[np.float32], regions: NDArray[np.int64], swatches: NDArray[np.uint8]
) -> None:
    """Where a known colour is what the picture shows, take it in place of the neighbour's."""
    if not len(regions):
        return
    distance = np.linalg.norm(seen[regions][:, None] - srgb_to_oklab(swatches)[None], axis=2)
    nearest = distance.argmin(axis=1)
    sure = distance.min(axis=1) <= _CONFIRMED
    result.alternatives[regions[sure]] = result.colors[regions[sure]]
    result.colors[regions[sure]] = swatches[nearest[sure]]
    result.confidence[regions[sure]] = _INHERITED_CONFIDENCE[1]
