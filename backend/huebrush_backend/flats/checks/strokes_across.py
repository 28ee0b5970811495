"""Paint that goes across lines of flats that the artist painted: a stroke over several regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from huebrush_protocol.texts import Text
from numpy.typing import NDArray

from huebrush_backend.flats.checks.place import Fix, PlaceToCheck, Spot, seen_share
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.flats.regions.measure import deepest_point
from huebrush_backend.flats.regions.parallel import in_bands
from huebrush_backend.imaging.color import color_difference
from huebrush_backend.imaging.color_codes import hex_color, pack_rgb, unpack_rgb

FOREIGN = 8
"""Difference of a channel (of 255) from a region's own colour from which a pixel has another one."""
SAME_PAINT = 10
"""Largest difference of a channel within one stroke, whose edge is soft."""
MOST_COLORS = 8
"""Most colours that are followed across lines: those that cover most."""
LEAST = 24
"""Fewest pixels of a stroke in a region that is not of its colour. Fewer are the softness of an edge."""
LEAST_REGIONS = 2
"""Fewest regions that a stroke must enter for it to go across lines."""
RISK = 0.85


@dataclass(frozen=True, eq=False)
class Stroke:
    """Connected paint of one colour in several regions.

    * `window`: rows and columns; `inside`: (h,w) bool, its pixels there, also under lines
    * `color`: (3,) uint8
    * `foreign`: regions that have another colour of their own, with the stroke's pixels on their paper
    * `covered`: regions that it covers mostly, so that their own colour is not known
    """

    window: tuple[slice, slice]
    inside: NDArray[np.bool_]
    color: NDArray[np.uint8]
    foreign: dict[int, int]
    covered: dict[int, int]


def find_strokes(
    flats: NDArray[np.uint8],
    regions: Regions,
    paper: NDArray[np.bool_],
    main: NDArray[np.uint8],
    whole: NDArray[np.bool_],
) -> list[Stroke]:
    """Return the strokes that go across lines.

    `flats` (H,W,4) uint8; `paper` (H,W): where there is no line and paint is opaque; `main` (count+1,3): colour of each
    region; `whole` (count+1,): regions that are painted.
    """
    foreign = np.empty(paper.shape, np.bool_)

    def mark(top: int, bottom: int) -> None:
        label = regions.labels[top:bottom]
        apart = np.abs(flats[top:bottom, :, :3].astype(np.int16) - main[label]).max(axis=2)
        foreign[top:bottom] = paper[top:bottom] & whole[label] & (apart > FOREIGN)

    in_bands(paper.shape[0], paper.shape[1], mark)
    code, count = np.unique(pack_rgb(flats[..., :3][foreign]), return_counts=True)
    order = np.argsort(-count, kind="stable")
    found: list[Stroke] = []
    followed: list[NDArray[np.int16]] = []
    for color in unpack_rgb(code[order[count[order] >= LEAST]]):
        if any(np.abs(color.astype(np.int16) - other).max() <= SAME_PAINT for other in followed):
            continue
        if len(followed) == MOST_COLORS:
            break
        followed.append(color.astype(np.int16))
        found += _of_color(flats, regions, paper, foreign, color)
    return found


def _of_color(
    flats: NDArray[np.uint8],
    regions: Regions,
    paper: NDArray[np.bool_],
    foreign: NDArray[np.bool_],
    color: NDArray[np.uint8],
) -> Iterator[Stroke]:
    low = np.array([*np.maximum(color.astype(int) - SAME_PAINT, 0), 255], np.uint8)
    high = np.array([*np.minimum(color.astype(int) + SAME_PAINT, 255), 255], np.uint8)
    count, spots, stats, _ = cv2.connectedComponentsWithStats(cv2.inRange(flats, low, high), connectivity=8)
    touched = np.bincount(np.asarray(spots)[foreign], minlength=count)
    touched[0] = 0
    for spot in np.flatnonzero(touched >= LEAST_REGIONS * LEAST).tolist():
        left, top, width, height = np.asarray(stats)[spot, :4].tolist()
        window = slice(top, top + height), slice(left, left + width)
        inside = np.asarray(spots)[window] == spot
        on_paper = inside & paper[window]
        number = np.bincount(regions.labels[window][on_paper & foreign[window]], minlength=regions.count + 1)
        entered = {int(region): int(number[region]) for region in np.flatnonzero(number >= LEAST)}
        if len(entered) < LEAST_REGIONS:
            continue
        total = np.bincount(regions.labels[window][on_paper & ~foreign[window]], minlength=regions.count + 1)
        covered = {
            int(region): int(total[region]) for region in np.flatnonzero(total >= LEAST) if region not in entered
        }
        if sum(covered.values()) > sum(entered.values()):
            continue  # the paint comes from regions of this colour, and ran over from there
        yield Stroke(window, inside, color, entered, covered)


def stroke_place(stroke: Stroke, regions: Regions, main: NDArray[np.uint8]) -> PlaceToCheck:
    """List a stroke. Its corrections fill its part of a region with that region's colour; none is suggested, as it may
    be meant: a stripe across folds."""
    across = {**stroke.foreign, **stroke.covered}
    top, left = stroke.window[0].start, stroke.window[1].start
    label = np.where(stroke.inside, regions.labels[stroke.window], 0)
    spots: list[Spot] = []
    points: dict[str, list[tuple[float, float, float, float]]] = {}
    for region in sorted(across, key=lambda region: -across[region]):
        own = (label == region).view(np.uint8)
        x0, y0, width, height = cv2.boundingRect(own)
        count, pieces, stats, _ = cv2.connectedComponentsWithStats(own, connectivity=8)
        largest = 1 + np.argsort(-np.asarray(stats)[1:count, cv2.CC_STAT_AREA], kind="stable")
        for piece in largest.tolist():
            if region in stroke.foreign and np.asarray(stats)[piece, cv2.CC_STAT_AREA] >= LEAST:
                x, y, _ = deepest_point(np.asarray(pieces) == piece)
                points.setdefault(hex_color(main[region]), []).append((float(left + x), float(top + y), 0.0, 0.0))
        x, y, _ = deepest_point(np.asarray(pieces) == int(largest[0]))
        spots.append((left + x0, top + y0, width, height, float(left + x), float(top + y)))
    area = sum(across.values())
    apart = float(np.mean(color_difference(stroke.color[None], main[list(stroke.foreign)])))
    name = hex_color(stroke.color)
    fixes = tuple(
        Fix("color", Text.of("fix.fill", color=color), *some[0][:2], color=color, more=tuple(some[1:]))
        for color, some in points.items()
    )
    return PlaceToCheck(
        kind="across",
        risk=RISK,
        text=Text.of("place.across", area=area, color=name, count=len(across)),
        x=left,
        y=top,
        width=stroke.inside.shape[1],
        height=stroke.inside.shape[0],
        area=area,
        color=name,
        fixes=fixes,
        visible=RISK * area * seen_share(apart),
        spots=tuple(spots),
    )
