"""The flats report of a job: what regions there are, in which colours, and what to check, as plain data."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from huebrush_backend.engine.places import place_data
from huebrush_backend.flats.checks.place import PlaceToCheck
from huebrush_backend.flats.colors.region_colors import RegionColors
from huebrush_backend.flats.palettes.palette import Palette, near_duplicates
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.imaging.color_codes import hex_color

MOST_GAP_CLOSURES = 2000
"""Largest number of gap closures in a flats report; nobody would check more of them one by one."""

MOST_COLOR_BORDERS = 2000
"""Largest number of borders without a line in a flats report."""


def flats_report(
    regions: Regions,
    used: list[str],
    palette: Palette | None,
    places: list[PlaceToCheck],
    sources: tuple[list[dict[str, Any]], int],
) -> dict[str, Any]:
    """Return the flats report of a page (docs/protocol.md).

    * `used`: hex codes of the colours in use
    * `sources`: entries that say where colours come from, and the number of further ones, see `sources_report`
    """
    return {
        "regions": regions.count,
        "gap": round(regions.gap, 2),
        "line_width": round(regions.line_width, 2),
        "palette": used,
        "near_duplicates": _near_duplicates(palette),
        "gap_closures": [
            [closure.x0, closure.y0, closure.x1, closure.y1] for closure in regions.gap_closures[:MOST_GAP_CLOSURES]
        ],
        "color_borders": [
            [list(corner) for corner in line]
            for line in chain.from_iterable(border.lines for border in regions.color_borders[:MOST_COLOR_BORDERS])
        ],
        "sources": sources[0],
        "more_sources": sources[1],
        "clean": not places,
        "places_to_check": [place_data(place) for place in places],
    }


def used_colors(colors: RegionColors, palette: Palette | None, locked: bool) -> list[str]:
    """Return the palette's colours if the regions must use them, else the colours in use, the most used first."""
    if palette is not None and locked:
        return [swatch.hex for swatch in palette.swatches]
    used, counts = np.unique(colors.colors[colors.painted], axis=0, return_counts=True)
    return [hex_color(used[index]) for index in np.argsort(-counts, kind="stable")]


def _near_duplicates(palette: Palette | None) -> list[list[Any]]:
    if palette is None:
        return []
    swatches = palette.swatches
    return [[swatches[one].hex, swatches[other].hex, round(apart, 2)] for one, other, apart in near_duplicates(palette)]
