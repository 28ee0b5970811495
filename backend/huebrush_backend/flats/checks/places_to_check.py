"""Places to check on a page of flats: where something is probably wrong, and how to fix it.

Studios count one unpainted pixel as a fault, and checking a page costs more than painting it. So no small spot is
ignored, but alike ones are one entry, and what a person would see most of comes first (docs/method.md, "Places to
check").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
from huebrush_protocol.texts import Text
from numpy.typing import NDArray

from huebrush_backend.flats.checks.alike import ranked
from huebrush_backend.flats.checks.lost_colors import find_lost_colors
from huebrush_backend.flats.checks.openings import Separation, find_separations
from huebrush_backend.flats.checks.picture_evidence import Evidence
from huebrush_backend.flats.checks.place import MARGIN, Fix, PlaceToCheck, inner_point, seen_share
from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.colors.region_colors import FIXED, HINTED, NONE, SPREAD, UNSURE, RegionColors
from huebrush_backend.flats.regions.find_regions import ColorBorder, Regions, pairs_at
from huebrush_backend.imaging.color import color_difference
from huebrush_backend.imaging.color_codes import hex_color

SAME = 3.0
"""CIEDE2000 difference below which nobody can tell two colours apart."""
TINY = 1e-3
"""Share of the page below which a region without colour is surely forgotten; a larger one may stay empty on purpose."""
SURROUNDED = 0.8
"""Share of a tiny region's border that neighbours of one colour must have for it to be filled with theirs."""
NOMINAL = 20.0
"""CIEDE2000 difference that a wrong colour is taken to have where nothing says by how much it is wrong."""
RISKS = {"open_gap": 0.1, "merged": 0.8, "color_border": 0.15, "empty": 0.3}
"""Risk by kind; that of an unsure colour follows from its confidence."""


def find_places_to_check(
    regions: Regions,
    colors: RegionColors,
    borders: Borders,
    ink: NDArray[np.uint8],
    evidence: Evidence | None = None,
    paper: NDArray[np.bool_] | None = None,
) -> list[PlaceToCheck]:
    """Return the places to check, those first of which a person would see most.

    * `regions`, `colors`, `borders`: regions of the page, their colours, and their common borders
    * `ink`: (H,W) uint8, coverage of the lines
    * `evidence`: what the picture says, None if the colours come from none
    * `paper`: (count+1,) regions that are meant to stay unpainted
    """
    neighbours = _likeliest_neighbours(borders, regions.count)
    found = [_opening(each, colors) for each in find_separations(regions, ink, colors.colors, evidence)]
    found += _color_borders(regions, colors)
    found += _unpainted(regions, colors, borders, neighbours, paper)
    lost = [] if evidence is None else find_lost_colors(evidence, regions, colors)
    found += lost
    listed = {regions.at(*place.spots[0][4:]) for place in lost}
    found += _unsure(regions, colors, neighbours, listed)
    return ranked(found, regions.labels.size)


def _opening(separation: Separation, colors: RegionColors) -> PlaceToCheck:
    """List openings that part a region if they are closed."""
    gaps = separation.gaps
    first = max(gaps, key=lambda gap: gap.width)
    is_merged = separation.apart is not None and separation.is_clear
    kind = "merged" if is_merged else "open_gap"
    risk = RISKS["merged"] if is_merged else (0.5 if separation.apart is None else RISKS["open_gap"])
    lines = [(gap.x0, gap.y0, gap.x1, gap.y1) for gap in (first, *(gap for gap in gaps if gap is not first))]
    fix = Fix("close", Text.of("fix.close"), *lines[0], more=tuple(lines[1:]), suggested=separation.is_clear)
    spots = []
    for x0, y0, x1, y1 in lines:
        left, top = int(min(x0, x1)) - MARGIN, int(min(y0, y1)) - MARGIN
        width, height = int(abs(x1 - x0)) + 2 * MARGIN, int(abs(y1 - y0)) + 2 * MARGIN
        spots.append((left, top, width, height, (x0 + x1) / 2, (y0 + y1) / 2))
    x, y, width, height = spots[0][:4]
    apart = separation.apart or NOMINAL
    return PlaceToCheck(
        kind=kind,
        risk=risk,
        text=Text.of("place.merged" if is_merged else "place.open_gap", width=round(first.width)),
        x=x,
        y=y,
        width=width,
        height=height,
        area=round(separation.area),
        color=hex_color(colors.colors[separation.region]),
        fixes=(fix,),
        visible=risk * separation.area * seen_share(apart),
        spots=tuple(spots),
    )


def _color_borders(regions: Regions, colors: RegionColors) -> Iterator[PlaceToCheck]:
    """List the borders that no line has and that can be seen; the correction takes one away."""
    for border in regions.color_borders:
        if border.by_hand:
            continue
        one, other = border.regions
        apart = float(color_difference(colors.colors[[one]], colors.colors[[other]])[0])
        if apart >= SAME and colors.painted[one] and colors.painted[other]:
            yield _color_border(regions, border, colors, apart)


def _color_border(regions: Regions, border: ColorBorder, colors: RegionColors, apart: float) -> PlaceToCheck:
    x, y = zip(*chain.from_iterable(border.lines), strict=True)
    length = max(max(x) - min(x), max(y) - min(y))
    smaller = min(border.regions, key=lambda region: regions.areas[region])
    # A border that is wrong goes astray by about half its length.
    area = min(int(regions.areas[smaller]), round(length * length / 2))
    one, other = border.regions
    ends = beside_border(regions.labels, border) or (*inner_point(regions, one), *inner_point(regions, other))
    fix = Fix("merge", Text.of("fix.merge"), *ends)
    left, top = int(min(x)) - MARGIN, int(min(y)) - MARGIN
    width, height = int(max(x) - min(x)) + 2 * MARGIN, int(max(y) - min(y)) + 2 * MARGIN
    return PlaceToCheck(
        kind="color_border",
        risk=RISKS["color_border"],
        text=Text.of("place.color_border"),
        x=left,
        y=top,
        width=width,
        height=height,
        area=area,
        color=hex_color(colors.colors[smaller]),
        fixes=(fix,),
        visible=RISKS["color_border"] * area * seen_share(apart),
        spots=((left, top, width, height, ends[0], ends[1]),),
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
    regions: Regions,
    colors: RegionColors,
    borders: Borders,
    neighbours: NDArray[np.int64],
    paper: NDArray[np.bool_] | None,
) -> Iterator[PlaceToCheck]:
    bare = ~colors.painted if paper is None else ~colors.painted & ~paper
    bare[0] = False
    around = _one_color_around(borders, colors, bare)
    for region in np.flatnonzero(bare).tolist():
        area = int(regions.areas[region])
        is_tiny = area < TINY * regions.labels.size
        fixes = _neighbour_fixes(regions, colors, region, neighbours)
        shown = colors.colors[region]
        if around[region] and is_tiny:
            fixes = tuple(replace(fix, suggested=True) for fix in fixes)
        elif shown.any() and colors.confidence[region] == 0:  # not a region whose colour was taken away
            # White paint and bare paper of a coloured picture look the same: to paint it does no harm.
            name = hex_color(shown)
            fixes = (Fix("color", Text.of("fix.take", color=name), *inner_point(regions, region), color=name), *fixes)
        risk = 0.95 if is_tiny else RISKS["empty"]
        beside = colors.colors[neighbours[region]] if neighbours[region] else np.zeros(3, np.uint8)
        apart = float(color_difference(beside[None], np.full((1, 3), 255, np.uint8))[0]) if fixes else NOMINAL
        text = Text.of("place.no_color_yet", area=area)
        yield _of_region(regions, colors, region, "unpainted", risk, text, fixes, max(apart, NOMINAL))


def _unsure(
    regions: Regions, colors: RegionColors, neighbours: NDArray[np.int64], listed: set[int]
) -> Iterator[PlaceToCheck]:
    guessed = ~np.isin(colors.sources, (NONE, HINTED, FIXED, SPREAD)) & (colors.confidence < UNSURE)
    guessed[0] = False
    tones = color_difference(colors.colors, colors.alternatives)
    for region in np.flatnonzero(guessed).tolist():
        if region in listed:
            continue
        fixes = []
        if tones[region] >= SAME:
            name = hex_color(colors.alternatives[region])
            fixes.append(Fix("color", Text.of("fix.take", color=name), *inner_point(regions, region), color=name))
        fixes += [
            fix for fix in _neighbour_fixes(regions, colors, region, neighbours) if fix.color not in _colors(fixes)
        ]
        apart = float(tones[region]) if tones[region] >= SAME else NOMINAL
        risk = 0.5 * (1 - float(colors.confidence[region]))
        yield _of_region(regions, colors, region, "unsure", risk, Text.of("place.unsure"), tuple(fixes), apart)


def _colors(fixes: Iterable[Fix]) -> set[str]:
    return {fix.color for fix in fixes}


def _likeliest_neighbours(borders: Borders, count: int) -> NDArray[np.int64]:
    """Return for each region the neighbour with the longest common border, (count+1,); 0 if it has none."""
    label, other, weight = borders.both_ways()
    likeliest = np.zeros(count + 1, np.int64)
    order = np.lexsort((weight, label))
    likeliest[label[order]] = other[order]
    return likeliest


def _one_color_around(borders: Borders, colors: RegionColors, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (count+1,) bool: the `chosen` regions around which one colour has nearly the whole border."""
    label, other, weight = borders.both_ways()
    likeliest = _likeliest_neighbours(borders, colors.count)
    kept = chosen[label]
    label, other, weight = label[kept], other[kept], weight[kept]
    near = color_difference(colors.colors[likeliest[label]], colors.colors[other]) < SAME
    alike = near & colors.painted[other] & colors.painted[likeliest[label]]
    total = np.bincount(label, weight, colors.count + 1)
    return (np.bincount(label, weight * alike, colors.count + 1) >= SURROUNDED * total) & (total > 0)


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
    fixes: Sequence[Fix],
    apart: float,
) -> PlaceToCheck:
    left, top, width, height = (int(value) for value in regions.boxes[region])
    area = int(regions.areas[region])
    return PlaceToCheck(
        kind=kind,
        risk=round(risk, 3),
        text=text,
        x=left,
        y=top,
        width=width,
        height=height,
        area=area,
        color="" if colors.sources[region] == NONE else hex_color(colors.colors[region]),
        fixes=tuple(fixes),
        visible=risk * area * seen_share(apart),
        spots=((left, top, width, height, *inner_point(regions, region)),),
    )
