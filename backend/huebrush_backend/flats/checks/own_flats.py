"""Check flats that the artist painted: unpainted specks, paint across lines, colours that are not in the palette."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from huebrush_protocol.texts import Text
from numpy.typing import NDArray

from huebrush_backend.flats.checks.alike import ranked
from huebrush_backend.flats.checks.place import Fix, PlaceToCheck, inner_point, seen_share
from huebrush_backend.flats.checks.strokes_across import SAME_PAINT, find_strokes, stroke_place
from huebrush_backend.flats.colors.borders import Borders
from huebrush_backend.flats.palettes.palette import Palette
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.flats.regions.ink import INK
from huebrush_backend.imaging.color import color_difference
from huebrush_backend.imaging.color_codes import Rgb, hex_color, pack_rgb, unpack_rgb

WHITE = np.full(3, 255, np.uint8)
SAME = 3.0
"""CIEDE2000 difference below which nobody can tell two colours apart."""
LEAST_LEAK = 3
"""Fewest pixels of a neighbour's colour that count as a leak. Fewer are the softness of an edge."""
MOSTLY = 0.5
"""Share of a region that must be painted for the region to count as painted. The rest of it was then forgotten."""
MOST_SPOTS = 1000
"""Most spots of one kind that are looked at, the largest ones."""
UNKNOWN = 20.0
"""CIEDE2000 difference that an unpainted region is taken to have from its right colour."""
SOFT = 2
"""Pixels beside a stroke that are its soft edge."""
UNDER_INK = 3
"""Pixels that a correction reaches under the lines beside it, where the wrong paint goes on."""


def check_flats(
    flats: NDArray[np.uint8],
    regions: Regions,
    ink: NDArray[np.uint8],
    borders: Borders,
    palette: Palette | None,
    bare: NDArray[np.bool_] | None = None,
) -> list[PlaceToCheck]:
    """Return the faults of `flats` (H,W,4) uint8 RGBA, which has the page's size, those that show most first.

    A region's own colour is the one that most of its pixels have. Pixels on the lines do not count, as colours meet
    there. Regions that are `bare` (count+1,) may stay unpainted. Raises ValueError when the sizes differ.
    """
    if flats.shape != (*regions.labels.shape, 4):
        raise ValueError(f"the flats must be as large as the page, {regions.labels.shape}, and RGBA; got {flats.shape}")
    paper = ink < INK
    opaque = flats[..., 3] == 255
    main, painted = _main_colors(flats, regions, paper & opaque)
    whole = painted > MOSTLY * np.maximum(regions.areas, 1)
    strokes = find_strokes(flats, regions, paper & opaque, main, whole)
    left = paper & opaque
    for stroke in strokes:
        rim = cv2.dilate(stroke.inside.view(np.uint8), np.ones((2 * SOFT + 1, 2 * SOFT + 1), np.uint8))
        left[stroke.window] &= rim == 0
    known = whole.copy()
    known[[region for stroke in strokes for region in stroke.covered]] = False  # what they had is not known
    found = [
        *(stroke_place(stroke, regions, main) for stroke in strokes),
        *_unpainted_spots(regions, paper & ~opaque, known, main),
        *_leaks(flats=flats, regions=regions, painted=left, main=main, whole=known, borders=borders),
    ]
    for region in np.flatnonzero(~whole[1:]) + 1:
        if regions.areas[region] > 0 and not (bare is not None and bare[region]):
            found.append(_empty_region(regions, int(region)))
    if palette is not None:
        found += _off_palette(regions, main, whole, palette)
    return ranked(found, regions.labels.size)


def repair_flats(
    flats: NDArray[np.uint8], regions: Regions, ink: NDArray[np.uint8], fixes: Sequence[tuple[float, float, Rgb]]
) -> NDArray[np.uint8]:
    """Return a layer (H,W,4) uint8 RGBA to put above `flats`. It paints the `fixes` (x, y, sRGB) and is transparent
    elsewhere.

    A fix at a spot that `check_flats` found within a painted region paints that spot, otherwise the whole region.
    """
    paper = ink < INK
    _, painted = _main_colors(flats, regions, paper & (flats[..., 3] == 255))
    layer = np.zeros_like(flats)
    for x, y, color in fixes:
        region = regions.at(x, y)
        left, top, width, height = (int(value) for value in regions.boxes[region])
        window = slice(top, top + height), slice(left, left + width)
        inside = regions.labels[window] == region
        if painted[region] > MOSTLY * regions.areas[region]:
            here = flats[int(y), int(x)]
            same = _like(flats[window], here)
            _, spots = cv2.connectedComponents((inside & same & paper[window]).view(np.uint8), connectivity=8)
            spot = spots[int(y) - top, int(x) - left]
            # A spot that covers most of the region is the region's own colour: then the whole region changes.
            if spot and (spots == spot).sum() < MOSTLY * painted[region]:
                square = np.ones((2 * UNDER_INK + 1, 2 * UNDER_INK + 1), np.uint8)
                around = cv2.dilate((spots == spot).view(np.uint8), square) > 0
                inside = (spots == spot) | (around & inside & same & ~paper[window])
        layer[window][inside] = (*color, 255)
    return layer


def _like(flats: NDArray[np.uint8], here: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return (h,w) bool: pixels of `flats` (h,w,4) that are of the paint `here` (4,), or as bare as it."""
    if here[3] < 255:
        return flats[..., 3] < 255
    apart = np.abs(flats[..., :3].astype(np.int16) - here[:3].astype(np.int16)).max(axis=2)
    return (flats[..., 3] == 255) & (apart <= SAME_PAINT)


def _main_colors(
    flats: NDArray[np.uint8], regions: Regions, counted: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the commonest colour (count+1,3) of each region and the number of its painted pixels (count+1,)."""
    rows, columns = np.nonzero(counted)
    label = regions.labels[rows, columns].astype(np.int64)
    pair, number = np.unique(label << 24 | pack_rgb(flats[rows, columns]), return_counts=True)
    owner = pair >> 24
    order = np.lexsort((number, owner))
    last = order[np.append(owner[order][1:] != owner[order][:-1], True)] if len(order) else order
    main = np.zeros((regions.count + 1, 3), np.uint8)
    main[owner[last]] = unpack_rgb(pair[last])
    return main, np.bincount(label, minlength=regions.count + 1)


def _unpainted_spots(
    regions: Regions, bare: NDArray[np.bool_], whole: NDArray[np.bool_], main: NDArray[np.uint8]
) -> Iterator[PlaceToCheck]:
    bare = bare & whole[regions.labels]
    for box, area, (x, y) in _spots(bare):
        color = hex_color(main[regions.at(x, y)])
        text = Text.of("place.left_bare", area=area, color=color)
        left, top, width, height = box
        yield PlaceToCheck(
            kind="unpainted",
            risk=0.95,
            text=text,
            x=left,
            y=top,
            width=width,
            height=height,
            area=area,
            color=color,
            fixes=(Fix("color", Text.of("fix.fill", color=color), x, y, color=color, suggested=True),),
            visible=0.95 * area * seen_share(float(color_difference(main[regions.at(x, y)], WHITE))),
            spots=((*box, x, y),),
        )


def _leaks(
    flats: NDArray[np.uint8],
    regions: Regions,
    painted: NDArray[np.bool_],
    main: NDArray[np.uint8],
    whole: NDArray[np.bool_],
    borders: Borders,
) -> Iterator[PlaceToCheck]:
    own = main[regions.labels]
    other = painted & whole[regions.labels] & (flats[..., :3] != own).any(axis=2)
    label, neighbour, _ = borders.both_ways()
    for box, area, (x, y) in _spots(other):
        region = regions.at(x, y)
        here = flats[int(y), int(x), :3]
        beside = neighbour[label == region]
        if area < LEAST_LEAK or color_difference(here, main[region]) < SAME or not len(beside):
            continue
        if color_difference(here[None], main[beside]).min() < SAME:
            color = hex_color(main[region])
            text = Text.of("place.leak", area=area, color=hex_color(here), neighbour=color)
            fix = Fix("color", Text.of("fix.fill", color=color), x, y, color=color, suggested=True)
            left, top, width, height = box
            yield PlaceToCheck(
                kind="leak",
                risk=0.9,
                text=text,
                x=left,
                y=top,
                width=width,
                height=height,
                area=area,
                color=hex_color(here),
                fixes=(fix,),
                visible=0.9 * area * seen_share(float(color_difference(here, main[region]))),
                spots=((*box, x, y),),
            )


def _empty_region(regions: Regions, region: int) -> PlaceToCheck:
    left, top, width, height = (int(value) for value in regions.boxes[region])
    area = int(regions.areas[region])
    risk = 0.8 if area < 0.001 * regions.labels.size else 0.3  # a large area may be meant to stay empty
    return PlaceToCheck(
        kind="unpainted",
        risk=risk,
        text=Text.of("place.empty_region", area=area),
        x=left,
        y=top,
        width=width,
        height=height,
        area=area,
        visible=risk * area * seen_share(UNKNOWN),
        spots=((left, top, width, height, *inner_point(regions, region)),),
    )


def _off_palette(
    regions: Regions, main: NDArray[np.uint8], whole: NDArray[np.bool_], palette: Palette
) -> Iterator[PlaceToCheck]:
    swatches = palette.colors
    exact = {tuple(color) for color in swatches.tolist()}
    for region in np.flatnonzero(whole):
        if region == 0 or tuple(main[region].tolist()) in exact:
            continue
        apart = color_difference(main[region][None], swatches)
        nearest = hex_color(swatches[int(apart.argmin())])
        x, y = inner_point(regions, int(region))
        left, top, width, height = (int(value) for value in regions.boxes[region])
        text = Text.of(
            "place.not_in_palette",
            color=hex_color(main[region]),
            nearest=nearest,
            distance=round(float(apart.min()), 1),
        )
        fix = Fix("color", Text.of("fix.take", color=nearest), x, y, color=nearest, suggested=True)
        risk = 0.5 if apart.min() < SAME else 0.7
        area = int(regions.areas[region])
        yield PlaceToCheck(
            kind="off_palette",
            risk=risk,
            text=text,
            x=left,
            y=top,
            width=width,
            height=height,
            area=area,
            color=hex_color(main[region]),
            fixes=(fix,),
            visible=risk * area * seen_share(float(apart.min())),
            spots=((left, top, width, height, x, y),),
        )


def _spots(mask: NDArray[np.bool_]) -> Iterator[tuple[tuple[int, int, int, int], int, tuple[float, float]]]:
    """Yield the box (left, top, width, height), area and one pixel (x, y) of each connected spot, the largest first."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8, ltype=cv2.CV_32S)
    order = np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind="stable")[:MOST_SPOTS] + 1
    for spot in order.tolist() if count > 1 else ():
        left, top, width, height, area = (int(value) for value in stats[spot])
        column = int(np.argmax(labels[top, left : left + width] == spot))
        yield (left, top, width, height), area, (float(left + column), float(top))
