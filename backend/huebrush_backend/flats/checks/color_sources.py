"""Sources of a page's colours in the references, as rows for the artist, with other colours to choose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from huebrush_protocol.regions import MAX_ALTERNATIVES, MAX_FIXES, MAX_SOURCES
from numpy.typing import NDArray

from huebrush_backend.flats.checks.place import inner_point
from huebrush_backend.flats.colors.reference_palette import ReferencePalette
from huebrush_backend.flats.colors.reference_vote import ReferenceVote
from huebrush_backend.flats.colors.region_colors import INHERITED, VOTED, RegionColors
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.imaging.color import color_difference

CLEARLY_DIFFERENT = 10.0
"""CIEDE2000 difference from which another colour is worth offering."""


@dataclass(frozen=True)
class SourceColor:
    """A colour of a reference.

    * `color`: sRGB as it is painted on the page
    * `reference`: number of the reference, from 0
    * `reference_color`: sRGB in the reference
    * `x`, `y`: its spot, in shares 0..1 of the picture's width and height
    """

    color: tuple[int, int, int]
    reference: int
    reference_color: tuple[int, int, int]
    x: float
    y: float


@dataclass(frozen=True)
class ColorSource:
    """A part: the regions whose colour comes from one colour of a reference.

    * `source`: that colour
    * `share`: share of the page's area beside its lines, 0..1
    * `regions`: number of its regions
    * `points`: x, y on the page inside each of them, the largest first
    * `alternatives`: other colours, the likelier first
    """

    source: SourceColor
    share: float
    regions: int
    points: tuple[tuple[float, float], ...]
    alternatives: tuple[SourceColor, ...]


def color_sources(
    vote: ReferenceVote,
    colors: RegionColors,
    regions: Regions,
    palette: ReferencePalette,
    looks: NDArray[np.float32] | None = None,
    swatches: NDArray[np.uint8] | None = None,
) -> tuple[list[ColorSource], int]:
    """Return the parts of a page, the largest first, at most `MAX_SOURCES`, and how many more there are.

    * `vote`: where the regions' colours come from
    * `colors`: the colours that they have in the end
    * `looks`: (count+1,m) shares in which they looked at the palette's places: of several places of a colour, the one
      looked at most is its spot; None if that is not known: the largest
    * `swatches`: (n,3) uint8 sRGB, the only colours that regions may have, None for any
    """
    areas = regions.areas
    shown = (vote.source >= 0) & np.isin(colors.sources, (VOTED, INHERITED))
    page = np.flatnonzero(shown)
    totals = np.bincount(vote.source[page], areas[page], len(palette))
    parts = [int(part) for part in np.argsort(-totals, kind="stable") if totals[part] > 0]
    found, left = [], MAX_FIXES
    for part in parts[:MAX_SOURCES]:
        members = page[vote.source[page] == part]
        members = members[np.argsort(-areas[members], kind="stable")]
        points = tuple(inner_point(regions, int(region)) for region in members[:left])
        left -= len(points)
        likely = np.average(vote.scores[members], axis=0, weights=areas[members])
        painted = colors.colors[members[0]]
        seen = np.zeros(len(palette.color_of))
        if looks is not None:
            seen = np.average(looks[members], axis=0, weights=areas[members])
        found.append(
            ColorSource(
                _source_color(palette, part, painted, seen),
                float(totals[part] / areas.sum()),
                len(members),
                points,
                _alternatives(palette, painted, likely, seen, swatches),
            )
        )
    return found, max(0, len(parts) - MAX_SOURCES)


def _alternatives(
    palette: ReferencePalette,
    painted: NDArray[np.uint8],
    likely: NDArray[np.floating],
    seen: NDArray[np.floating],
    swatches: NDArray[np.uint8] | None,
) -> tuple[SourceColor, ...]:
    """Return the likeliest colours of the palette that differ clearly from `painted` (3,) and from one another."""
    chosen: list[SourceColor] = []
    taken = [painted]
    for number in np.argsort(-likely, kind="stable"):
        color = palette.colors[number]
        if swatches is not None:
            color = swatches[color_difference(color[None], swatches).argmin()]
        if color_difference(color[None], np.array(taken)).min() >= CLEARLY_DIFFERENT:
            chosen.append(_source_color(palette, int(number), color, seen))
            taken.append(color)
        if len(chosen) == MAX_ALTERNATIVES:
            break
    return tuple(chosen)


def _source_color(
    palette: ReferencePalette, number: int, painted: NDArray[np.uint8], seen: NDArray[np.floating]
) -> SourceColor:
    """Return colour `number` of the palette, at that of its places which was `seen` (m,) most."""
    red, green, blue = (int(value) for value in painted)
    there = tuple(int(value) for value in palette.colors[number])
    places = np.flatnonzero(palette.color_of == number)
    x, y = (float(value) for value in palette.spots[places[seen[places].argmax()]])
    return SourceColor((red, green, blue), int(palette.reference[number]), (there[0], there[1], there[2]), x, y)
