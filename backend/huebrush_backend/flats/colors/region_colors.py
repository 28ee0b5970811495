"""Colours of regions, with their confidence and their source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huebrush_backend.flats.colors.main_tone import Tones

NONE, VOTED, INHERITED, HINTED, FIXED, SPREAD = range(6)
"""Values of `RegionColors.sources`: stays unpainted; voted by the model's picture; taken from a neighbour; hinted by
the artist; set by the artist for exactly this region; spread from a palette without looking at anything.
"""

UNSURE = 0.5
"""Confidence below which a region should be checked."""


@dataclass(frozen=True, eq=False)
class RegionColors:
    """Colours of the regions 1..count; entry 0 is unused.

    * `colors`: (count+1,3) uint8 sRGB; of a region that stays unpainted what a picture shows there, black for nothing
    * `confidence`: (count+1,) float32, 0..1
    * `sources`: (count+1,) uint8, one of the values above
    * `alternatives`: (count+1,3) uint8, second most likely colour; the region's own colour if there is none
    """

    colors: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    sources: NDArray[np.uint8]
    alternatives: NDArray[np.uint8]

    @property
    def count(self) -> int:
        """Number of regions."""
        return len(self.colors) - 1

    @property
    def painted(self) -> NDArray[np.bool_]:
        """Regions that have a colour, (count+1,) bool."""
        painted = self.sources != NONE
        painted[0] = False
        return painted

    def copy(self) -> RegionColors:
        """Return a copy with its own arrays, which may be changed."""
        return RegionColors(self.colors.copy(), self.confidence.copy(), self.sources.copy(), self.alternatives.copy())

    @staticmethod
    def unpainted(count: int) -> RegionColors:
        """Return `count` regions without a colour."""
        blank = np.zeros((count + 1, 3), np.uint8)
        return RegionColors(blank, np.zeros(count + 1, np.float32), np.zeros(count + 1, np.uint8), blank.copy())

    @staticmethod
    def voted(rgb: NDArray[np.uint8], tones: Tones) -> RegionColors:
        """Return the regions in the main tones of the colours `rgb` (k,3), where they have one, without confidence.

        `tones`: of the groups 0..count; group 0 is no region.
        """
        colors = RegionColors.unpainted(len(tones.main) - 1)
        known = tones.main >= 0
        known[0] = False
        colors.colors[known] = rgb[tones.main[known]]
        colors.alternatives[known] = rgb[np.where(tones.second >= 0, tones.second, tones.main)[known]]
        colors.sources[known] = VOTED
        return colors


def override(colors: RegionColors, fixed: Mapping[int, tuple[int, int, int]]) -> RegionColors:
    """Return `colors` with the regions in `fixed` (label to sRGB) set to exactly these colours. Their former colours
    become the alternatives. Raises ValueError for a label that is no region or a colour outside 0..255.
    """
    result = colors.copy()
    for label, rgb in fixed.items():
        if not 1 <= label <= colors.count:
            raise ValueError(f"there is no region {label}: the page has the regions 1 to {colors.count}")
        if len(rgb) != 3 or not all(0 <= value <= 255 for value in rgb):
            raise ValueError(f"{rgb!r} is not a colour: give red, green and blue, 0 to 255")
        before = colors.colors[label] if colors.sources[label] != NONE else rgb
        result.alternatives[label] = before
        result.colors[label] = rgb
        result.confidence[label] = 1.0
        result.sources[label] = FIXED
    return result
