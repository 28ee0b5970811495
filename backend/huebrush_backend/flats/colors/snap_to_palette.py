"""Snap regions to a palette without giving different parts the same swatch.

The rule:

1. Regions with nearly the same colour are one tone and get one swatch: the nearest by CIEDE2000.

2. Tones that share their nearest swatch, but differ by `APART` or more, are probably different parts (a white
   shirt and pale skin). Then one of them moves to a swatch that no other tone needs, if the palette has one that
   fits nearly as well: at most `MARGIN` further away than its nearest, and either within `PLAUSIBLE` or within
   `PROPORTION` times its nearest. A linear assignment with the least total cost decides which tone moves; large
   and sure tones weigh more. A tone that a swatch fits to within `FITS` keeps it.

3. Tones of which nothing is sure follow rule 1 alone: a mixed-up colour must not claim a swatch.

The artist's own colours, hinted or fixed, do not change.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.clusters import clusters, gather_tones
from huebrush_backend.flats.colors.region_colors import FIXED, HINTED, NONE, UNSURE, RegionColors
from huebrush_backend.flats.palettes.palette import Palette
from huebrush_backend.imaging.color import color_difference

APART = 10.0
"""CIEDE2000 difference from which two tones are different parts."""
FITS = 3.0
"""CIEDE2000 difference up to which a swatch simply fits: a tone this near keeps it, whichever other tone wants it."""
MARGIN = 6.0
"""Largest extra CIEDE2000 distance of the swatch that a tone moves to, compared with its nearest swatch."""
PLAUSIBLE = 9.0
"""CIEDE2000 distance up to which a swatch is always plausible for a tone."""
PROPORTION = 1.3
"""Largest distance beyond `PLAUSIBLE`, as a multiple of the distance to the nearest swatch: a green petal that is a
shade off does not become olive.
"""


def snap(colors: RegionColors, palette: Palette, areas: NDArray[np.int64]) -> tuple[RegionColors, NDArray[np.float32]]:
    """Return `colors` with every region exactly on a swatch, and the distance each moved, (count+1,) float32 CIEDE2000.

    `areas` (count+1,) are the pixels of each region. The next best swatch becomes a region's alternative. A region
    whose two best swatches fit about equally well loses confidence. The module's docstring states the rule.
    """
    moved = np.zeros(colors.count + 1, np.float32)
    loose = np.nonzero(~np.isin(colors.sources, (NONE, FIXED, HINTED)) & colors.painted)[0]
    if not len(loose) or not palette.swatches:
        return colors, moved
    swatches = palette.colors
    weight = np.sqrt(np.maximum(areas[loose], 1).astype(np.float64)) * np.maximum(colors.confidence[loose], 0.01)
    tone, tone_rgb = gather_tones(colors.colors[loose], weight)
    distance = color_difference(tone_rgb[:, None], swatches[None])
    sure = np.zeros(len(tone_rgb), bool)
    np.logical_or.at(sure, tone, colors.confidence[loose] >= UNSURE)
    total = np.bincount(tone, weight, len(tone_rgb)).astype(np.float64)
    chosen = _assign_swatches(tone_rgb, distance, total, sure)

    own = chosen[tone]
    result = replace(
        colors,
        colors=colors.colors.copy(),
        confidence=colors.confidence.copy(),
        alternatives=colors.alternatives.copy(),
    )
    before = colors.colors[loose]
    result.colors[loose] = swatches[own]
    moved[loose] = color_difference(before, swatches[own])
    if len(swatches) > 1:
        others = distance.copy()
        others[np.arange(len(chosen)), chosen] = np.inf
        second = others.argmin(axis=1)
        result.alternatives[loose] = swatches[second[tone]]
        first, next_best = distance[np.arange(len(chosen)), chosen], others.min(axis=1)
        lead = (next_best - first) / np.maximum(next_best + first, 1e-6)
        result.confidence[loose] *= np.clip(0.5 + 2 * lead, 0.1, 1)[tone].astype(np.float32)
    else:
        result.alternatives[loose] = swatches[own]
    return result, moved


def _assign_swatches(
    rgb: NDArray[np.uint8],
    distance: NDArray[np.float64],
    weight: NDArray[np.float64],
    sure: NDArray[np.bool_],
) -> NDArray[np.intp]:
    """Return the swatch of each tone. `distance` (tones,swatches) is CIEDE2000."""
    nearest = distance.argmin(axis=1)
    chosen = nearest.copy()
    rows = np.nonzero(sure)[0]
    if len(rows) < 2:
        return chosen
    groups = _tone_groups(rgb, nearest, rows)
    count, swatches = int(groups.max()) + 1, distance.shape[1]
    if count > len(np.unique(nearest[rows])):
        share = weight[rows] / weight[rows].max()
        group_weight = np.bincount(groups, share, count)
        fit = np.stack([np.bincount(groups, distance[rows, s] * share, count) for s in range(swatches)], axis=1)
        fit /= group_weight[:, None]
        home = np.zeros(count, np.intp)
        home[groups] = nearest[rows]
        # One more column for each group: to share its nearest swatch after all, which costs MARGIN more.
        best = fit[np.arange(count), home]
        cost = np.full((count, swatches + count), 1e9)
        fits = best <= FITS
        farthest = np.minimum(best + MARGIN, np.maximum(PLAUSIBLE, PROPORTION * best))
        allowed = fit <= np.where(fits, best, farthest)[:, None]
        cost[:, :swatches][allowed] = (fit * group_weight[:, None])[allowed]
        sharing = np.where(fits, 1e8, (best + MARGIN + 1e-3) * group_weight)
        cost[np.arange(count), swatches + np.arange(count)] = sharing
        from scipy.optimize import linear_sum_assignment  # takes long to import

        _, column = linear_sum_assignment(cost)
        target = np.where(column < swatches, column, home)
        chosen[rows] = target[groups]
    return chosen


def _tone_groups(rgb: NDArray[np.uint8], nearest: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number the groups of the tones `rows`: tones with one nearest swatch that differ by less than `APART` are one
    group."""
    groups = np.zeros(len(rows), np.intp)
    start = 0
    for swatch in np.unique(nearest[rows]):
        here = np.nonzero(nearest[rows] == swatch)[0]
        number = clusters(rgb[rows[here]], APART)
        groups[here] = start + number
        start += int(number.max()) + 1
    return groups
