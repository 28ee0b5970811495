"""Places to check on a page of flats: where something is probably wrong, the riskiest first, and how to fix it.

Studios count one unpainted pixel as a fault, and checking a page costs more than painting it. So no small spot is
ignored: every uncertain place is listed (docs/method.md, "Places to check").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import cv2
import numpy as np
from huebrush_protocol.texts import Text
from numpy.typing import NDArray

from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.region_colors import FIXED, HINTED, NONE, SPREAD, UNSURE, RegionColors
from huebrush_backend.flats.regions.find_regions import ColorBorder, OpenGap, Regions, pairs_at
from huebrush_backend.imaging.color import color_difference
from huebrush_backend.imaging.color_codes import hex_color

MOST_PLACES_TO_CHECK = 500
"""Most places that are listed, the riskiest ones. A page with more has a problem that no list solves."""
DIFFERENT = 10.0
"""CIEDE2000 difference from which two colours belong to different parts."""
FAR_FROM_PALETTE = 12.0
"""Largest CIEDE2000 difference between a region's colour and its swatch that is not listed."""
MARGIN = 12
"""Pixels around a place that are shown with it."""


@dataclass(frozen=True)
class Fix:
    """One way to fix a place.

    * `kind`: "close": draw a line between two points; "merge": unite the regions at both; "color": paint the region at
      the first with `color`
    * `x`, `y`: the first point
    * `x2`, `y2`: the second point
    """

    kind: str
    text: Text
    x: float
    y: float
    x2: float = 0.0
    y2: float = 0.0
    color: str = ""


@dataclass(frozen=True)
class PlaceToCheck:
    """A place to check: a box in pixels of the page, `risk` 0..1 that something is wrong there, and ways to fix it."""

    kind: str
    risk: float
    text: Text
    x: int
    y: int
    width: int
    height: int
    area: int = 0
    color: str = ""
    fixes: tuple[Fix, ...] = ()


def find_places_to_check(
    regions: Regions,
    colors: RegionColors,
    borders: Borders,
    voted: NDArray[np.uint8] | None = None,
    moved: NDArray[np.float32] | None = None,
    paper: NDArray[np.bool_] | None = None,
) -> list[PlaceToCheck]:
    """Return the places to check, the riskiest first, at most `MOST_PLACES_TO_CHECK`.

    * `regions`, `colors`, `borders`: regions of the page, their colours, and their common borders
    * `voted`: (count+1,3) colours before they were snapped to a palette
    * `moved`: (count+1,) CIEDE2000 distance from there to the swatches
    * `paper`: (count+1,) regions that are meant to stay unpainted
    """
    neighbours = _likeliest_neighbours(borders, regions.count)
    tones = color_difference(colors.colors, colors.alternatives)
    found = [_open_gap(gap, colors, float(tones[gap.region])) for gap in regions.open_gaps]
    found += [_color_border(regions, border, colors) for border in regions.color_borders if not border.by_hand]
    found += _unpainted(regions, colors, neighbours, paper)
    found += _unsure(regions, colors, neighbours, tones)
    if voted is not None and moved is not None:
        found += _off_palette(regions, colors, voted, moved)
    found.sort(key=lambda place: (-place.risk, place.y, place.x))
    return found[:MOST_PLACES_TO_CHECK]


def _open_gap(gap: OpenGap, colors: RegionColors, tones: float) -> PlaceToCheck:
    region = gap.region
    merged = tones >= DIFFERENT and colors.confidence[region] < 0.75
    left, right = sorted((gap.x0, gap.x1))
    top, bottom = sorted((gap.y0, gap.y1))
    text = Text.of("place.merged" if merged else "place.open_gap", width=round(gap.width))
    return PlaceToCheck(
        kind="merged" if merged else "open_gap",
        risk=0.9 if merged else 0.5,
        text=text,
        x=int(left) - MARGIN,
        y=int(top) - MARGIN,
        width=int(right - left) + 2 * MARGIN,
        height=int(bottom - top) + 2 * MARGIN,
        color=hex_color(colors.colors[region]),
        fixes=(Fix(kind="close", text=Text.of("fix.close"), x=gap.x0, y=gap.y0, x2=gap.x1, y2=gap.y1),),
    )


def _color_border(regions: Regions, border: ColorBorder, colors: RegionColors) -> PlaceToCheck:
    """List a border that no line has; the fix takes it away."""
    x, y = zip(*chain.from_iterable(border.lines), strict=True)
    one, other = border.regions
    alike = float(color_difference(colors.colors[[one]], colors.colors[[other]])[0]) < DIFFERENT
    ends = beside_border(regions.labels, border) or (*inner_point(regions, one), *inner_point(regions, other))
    return PlaceToCheck(
        kind="color_border",
        risk=0.45 if alike else 0.3,
        text=Text.of("place.color_border"),
        x=int(min(x)) - MARGIN,
        y=int(min(y)) - MARGIN,
        width=int(max(x) - min(x)) + 2 * MARGIN,
        height=int(max(y) - min(y)) + 2 * MARGIN,
        color=hex_color(colors.colors[one]),
        fixes=(Fix("merge", Text.of("fix.merge"), *ends),),
    )


def beside_border(labels: NDArray[np.int32], border: ColorBorder) -> tuple[float, float, float, float] | None:
    """Return a point on each side of a border, x, y and x, y, near its middle; None if there is none close by."""
    points = np.asarray(max(border.lines, key=len), np.float64)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    middle = min(int(np.searchsorted(np.cumsum(steps), steps.sum() / 2)), len(steps) - 1)
    (x0, y0), (x1, y1) = points[middle : middle + 2]
    x, y, length = (x0 + x1) / 2, (y0 + y1) / 2, max(1e-6, float(steps[middle]))
    for away in range(2, 4 * MARGIN, 2):
        right, down = -(y1 - y0) / length * away, (x1 - x0) / length * away
        ends = (x + right, y + down, x - right, y - down)
        (pair,) = pairs_at(labels, [ends])
        if set(pair) == set(border.regions):
            height, width = labels.shape
            return tuple(min(max(at, 0.0), size - 1.0) for at, size in zip(ends, (width, height) * 2, strict=True))  # pyright: ignore[reportReturnType]
    return None


def _unpainted(
    regions: Regions, colors: RegionColors, neighbours: NDArray[np.int64], paper: NDArray[np.bool_] | None
) -> Iterator[PlaceToCheck]:
    page = regions.labels.size
    bare = colors.sources == NONE
    bare[0] = False
    for region in np.flatnonzero(bare if paper is None else bare & ~paper):
        area = int(regions.areas[region])
        # A tiny region left out is surely a fault; a large one may be meant to stay empty.
        risk = 0.95 if area < 0.001 * page else 0.4
        fixes = _neighbour_fixes(regions, colors, int(region), neighbours)
        shown = colors.colors[region]
        if shown.any() and colors.confidence[region] == 0:  # not a region whose colour was taken away
            # White paint and bare paper of a coloured picture look the same: to paint it does no harm.
            name = hex_color(shown)
            x, y = inner_point(regions, int(region))
            fixes = (Fix("color", Text.of("fix.take", color=name), x, y, color=name), *fixes)
        yield _of_region(
            regions=regions,
            colors=colors,
            region=int(region),
            kind="unpainted",
            risk=risk,
            text=Text.of("place.no_color_yet", area=area),
            fixes=fixes,
        )


def _unsure(
    regions: Regions, colors: RegionColors, neighbours: NDArray[np.int64], tones: NDArray[np.float64]
) -> Iterator[PlaceToCheck]:
    guessed = ~np.isin(colors.sources, (NONE, HINTED, FIXED, SPREAD)) & (colors.confidence < UNSURE)
    for region in np.flatnonzero(guessed):
        if region == 0:
            continue
        # A wrong eye is noticed before a wrong button, so larger areas count a little more.
        weight = min(1.0, 0.5 + 0.1 * float(np.log10(max(1, regions.areas[region]))))
        risk = float(0.85 * (1 - colors.confidence[region]) * weight)
        fixes = []
        x, y = inner_point(regions, int(region))
        if tones[region] >= 2:
            name = hex_color(colors.alternatives[region])
            fixes.append(Fix("color", Text.of("fix.take", color=name), x, y, color=name))
        fixes += _neighbour_fixes(regions, colors, int(region), neighbours)
        yield _of_region(
            regions=regions,
            colors=colors,
            region=int(region),
            kind="unsure",
            risk=risk,
            text=Text.of("place.unsure"),
            fixes=tuple(fixes),
        )


def _off_palette(
    regions: Regions, colors: RegionColors, voted: NDArray[np.uint8], moved: NDArray[np.float32]
) -> Iterator[PlaceToCheck]:
    for region in np.flatnonzero(moved > FAR_FROM_PALETTE):
        x, y = inner_point(regions, int(region))
        name = hex_color(voted[region])
        text = Text.of("place.far_from_palette", color=name, distance=round(float(moved[region])))
        fix = Fix("color", Text.of("fix.take_anyway", color=name), x, y, color=name)
        risk = min(0.8, 0.3 + 0.01 * float(moved[region]))
        yield _of_region(
            regions=regions, colors=colors, region=int(region), kind="off_palette", risk=risk, text=text, fixes=(fix,)
        )


def inner_point(regions: Regions, region: int) -> tuple[float, float]:
    """Return x and y of the region's pixel that is furthest from its border."""
    left, top, width, height = (int(value) for value in regions.boxes[region])
    step = max(1, int(np.sqrt(width * height / 250_000)))
    window = regions.labels[top : top + height : step, left : left + width : step]
    inside = cv2.copyMakeBorder((window == region).view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_3)
    _, deepest, _, (column, row) = cv2.minMaxLoc(depth)
    if deepest == 0:  # the region is so slim that no sampled pixel lies in it
        rows, columns = np.nonzero(regions.labels[top : top + height, left : left + width] == region)
        return left + float(columns[0]), top + float(rows[0])
    return left + float((column - 1) * step), top + float((row - 1) * step)


def _likeliest_neighbours(borders: Borders, count: int) -> NDArray[np.int64]:
    """Return for each region the neighbour with the longest common border, (count+1,); 0 if it has none."""
    label, other, weight = borders.both_ways()
    likeliest = np.zeros(count + 1, np.int64)
    order = np.lexsort((weight, label))
    likeliest[label[order]] = other[order]
    return likeliest


def _neighbour_fixes(
    regions: Regions, colors: RegionColors, region: int, neighbours: NDArray[np.int64]
) -> tuple[Fix, ...]:
    """Return the fix that the neighbour offers: its colour if that differs, otherwise uniting the two regions."""
    beside = int(neighbours[region])
    if beside == 0 or colors.sources[beside] == NONE:
        return ()
    x, y = inner_point(regions, region)
    name = hex_color(colors.colors[beside])
    if colors.sources[region] != NONE and name == hex_color(colors.colors[region]):
        return (Fix("merge", Text.of("fix.merge"), x, y, *inner_point(regions, beside)),)
    return (Fix("color", Text.of("fix.take_neighbour", color=name), x, y, color=name),)


def _of_region(
    regions: Regions,
    colors: RegionColors,
    region: int,
    kind: str,
    risk: float,
    text: Text,
    fixes: tuple[Fix, ...],
) -> PlaceToCheck:
    left, top, width, height = (int(value) for value in regions.boxes[region])
    color = "" if colors.sources[region] == NONE else hex_color(colors.colors[region])
    return PlaceToCheck(
        kind=kind,
        risk=round(risk, 3),
        text=text,
        x=left,
        y=top,
        width=width,
        height=height,
        area=int(regions.areas[region]),
        color=color,
        fixes=fixes,
    )
