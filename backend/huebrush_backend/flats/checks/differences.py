"""Compare two results of a page region by region, and put regions of one into the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from huebrush_protocol.texts import Text
from numpy.typing import NDArray

from huebrush_backend.flats.checks.alike import ranked
from huebrush_backend.flats.checks.place import Fix, PlaceToCheck, inner_point, seen_share
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.imaging.color import color_difference, flatten_on_white
from huebrush_backend.imaging.color_codes import hex_color

APART = 8
"""Difference of a channel, of 255, from which two pixels count as different."""
LEAST_SHARE = 0.02
"""Least share of a region's pixels that must differ for the region to differ."""
LEAST_SEEN = 0.05
"""Share of a differing area that is taken to be seen at least: its mean colours may be the same."""
ROWS = 512
"""Rows that are compared at once."""


def find_differences(
    base: NDArray[np.uint8], other: NDArray[np.uint8], regions: Regions, ink: NDArray[np.uint8]
) -> list[PlaceToCheck]:
    """Return the regions in which `base` and `other` (H,W,4) uint8 RGBA differ, those that show most first.

    Pixels on the lines do not count: soft edges of the same colours lie there. Each place offers to take the region
    from `other`. Raises ValueError when the sizes are not the page's.
    """
    for picture in (base, other):
        _require_size(picture, regions)
    count = regions.count + 1
    pixels = np.zeros(count)
    apart = np.zeros(count)
    sums = np.zeros((2, 3, count))
    for top in range(0, len(ink), ROWS):
        rows = slice(top, top + ROWS)
        seen = ink[rows] < INK
        label = regions.labels[rows][seen]
        pair = [flatten_on_white(picture[rows])[seen].astype(np.int16) for picture in (base, other)]
        pixels += np.bincount(label, minlength=count)
        differs = np.abs(pair[0] - pair[1]).max(axis=1) > APART
        apart += np.bincount(label[differs], minlength=count)
        for number, colors in enumerate(pair):
            for channel in range(3):
                sums[number, channel] += np.bincount(label, weights=colors[:, channel], minlength=count)
    share = apart / np.maximum(pixels, 1)
    found = np.flatnonzero(share >= LEAST_SHARE)
    mean = np.rint(sums / np.maximum(pixels, 1)).astype(np.uint8).transpose(0, 2, 1)
    places = (_place(regions, int(region), apart[region], mean[:, region]) for region in found if region)
    return ranked(places, ink.size)


def take_regions(
    base: NDArray[np.uint8],
    other: NDArray[np.uint8],
    regions: Regions,
    points: Sequence[tuple[float, float]],
) -> NDArray[np.uint8]:
    """Return `base` (H,W,4) uint8 RGBA with the regions at `points` (x, y) from `other`, both to the byte.

    Raises ValueError when the sizes are not the page's.
    """
    for picture in (base, other):
        _require_size(picture, regions)
    taken = np.zeros(regions.count + 1, bool)
    taken[[regions.at(x, y) for x, y in points]] = True
    taken[0] = False
    return np.where(taken[regions.labels][..., None], other, base)


def _place(regions: Regions, region: int, apart: float, mean: NDArray[np.uint8]) -> PlaceToCheck:
    """Return the place for a region in which `apart` pixels differ, and whose mean colours are `mean` (2,3)."""
    left, top, width, height = (int(value) for value in regions.boxes[region])
    x, y = inner_point(regions, region)
    here, there = hex_color(mean[0]), hex_color(mean[1])
    shown = max(LEAST_SEEN, seen_share(float(color_difference(mean[0], mean[1]))))
    return PlaceToCheck(
        kind="differs",
        risk=shown,
        text=Text.of("place.differs", here=here, there=there),
        x=left,
        y=top,
        width=width,
        height=height,
        area=int(regions.areas[region]),
        color=there,
        fixes=(Fix("take", Text.of("fix.take_region"), x, y),),
        visible=float(apart) * shown,
        spots=((left, top, width, height, x, y),),
    )


def _require_size(picture: NDArray[np.uint8], regions: Regions) -> None:
    if picture.shape != (*regions.labels.shape, 4):
        raise ValueError(
            f"a result must be as large as the page, {regions.labels.shape}, and RGBA; got {picture.shape}"
        )
