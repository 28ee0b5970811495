"""Colours of the picture that flats do not have: in a region with two of them, or on the whole page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import cv2
import numpy as np
from huebrush_protocol.texts import Text
from numpy.typing import NDArray

from huebrush_backend.flats.checks.picture_evidence import NOTICE, Evidence
from huebrush_backend.flats.checks.place import Fix, PlaceToCheck, Spot, inner_point, seen_share
from huebrush_backend.flats.colors.clusters import clusters
from huebrush_backend.flats.colors.reference_vote import MINOR_REGION
from huebrush_backend.flats.colors.region_colors import FIXED, HINTED, NONE, SPREAD, RegionColors
from huebrush_backend.flats.regions.find_regions import Regions
from huebrush_backend.imaging.color_codes import hex_color
from huebrush_backend.imaging.oklab import srgb_to_oklab

RISK = 0.6
"""Risk of a patch in a clearly different colour: it is lost, or the picture is blotched."""
WHOLE = 0.6
"""Share of what speaks for a region from which the picture shows it as a whole in another colour."""
AGREED = 0.75
"""Share of what speaks for a region that must agree with another colour for that to be suggested."""
ALIKE = 10.0
"""Difference (CIEDE2000) up to which patches of one region have one colour."""
GONE = 15.0
"""Difference (CIEDE2000) from every colour of the flats from which a colour of the picture is lost altogether."""
LEAST_GONE = 2e-3
"""Share of the speaking cells that such a colour must cover."""


def counted_regions(colors: RegionColors) -> NDArray[np.bool_]:
    """Return (count+1,) bool: the regions whose colour a picture may doubt, not the artist's own, nor bare ones."""
    counted = ~np.isin(colors.sources, (NONE, HINTED, FIXED, SPREAD))
    counted[0] = False
    return counted


def find_lost_colors(evidence: Evidence, regions: Regions, colors: RegionColors) -> list[PlaceToCheck]:
    """Return the places where the picture clearly shows another colour than the flats, those of one region and colour
    as one."""
    far = evidence.disagreement(colors.colors)
    cells = np.bincount(evidence.label.ravel(), minlength=regions.count + 1)
    # Cells near borders do not speak, so cells of two regions never touch.
    count, patch, stats, _ = cv2.connectedComponentsWithStats((far > 0).view(np.uint8), connectivity=4)
    if count < 2:
        return [*_gone(evidence, regions, colors, far)]
    patch, stats = np.asarray(patch, np.int32), np.asarray(stats, np.int32)
    rows, columns = np.nonzero(patch)
    owner, tone = patch[rows, columns], evidence.tone[rows, columns]
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(1, count + 1))
    lab = srgb_to_oklab(evidence.tones)
    by_region: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number in range(1, count):
        members = order[starts[number - 1] : starts[number]]
        seen = lab[tone[members]]
        middle = tone[members][np.linalg.norm(seen - np.median(seen, axis=0), axis=1).argmin()]
        region = int(evidence.label[rows[members[0]], columns[members[0]]])
        by_region[region].append((number, int(middle)))
    found = []
    for region, patches in by_region.items():
        group = clusters(evidence.tones[[tone for _, tone in patches]], ALIKE)
        for one in np.unique(group).tolist():
            own = [patches[index] for index in np.flatnonzero(group == one).tolist()]
            own.sort(key=lambda pair: -int(stats[pair[0], cv2.CC_STAT_AREA]))
            place = _place(evidence, regions, colors, region, own, patch, stats, far, cells)
            found += [] if place is None else [place]
    return [*found, *_gone(evidence, regions, colors, far)]


def _place(
    evidence: Evidence,
    regions: Regions,
    colors: RegionColors,
    region: int,
    patches: list[tuple[int, int]],
    patch: NDArray[np.int32],
    stats: NDArray[np.int32],
    far: NDArray[np.float32],
    cells: NDArray[np.int64],
) -> PlaceToCheck | None:
    """List patches (number, tone) of one region and colour, the largest first; None if the region may have no colour
    that is nearer to them than its own."""
    is_large = regions.areas[region] > MINOR_REGION * regions.areas.sum()
    shown = evidence.nearest_allowed(patches[0][1], bool(is_large))
    name, own = hex_color(shown), hex_color(colors.colors[region])
    if name == own:
        return None
    spots: list[Spot] = []
    total, apart = 0, 0.0
    for number, _ in patches:
        left, top, width, height, area = stats[number].tolist()
        window = patch[top : top + height, left : left + width] == number
        total += area
        apart += float(far[top : top + height, left : left + width][window].sum())
        spots.append(_spot(evidence, regions, region, left, top, width, height, window))
    share = total / max(1, int(cells[region]))
    area = round(total * float(evidence.scale[region]))
    fixes = ()
    if share >= WHOLE:
        point = inner_point(regions, region)
        suggested = evidence.decides and _agrees(evidence, region, shown)
        fixes = (Fix("color", Text.of("fix.take", color=name), *point, color=name, suggested=suggested),)
    kind, words = ("lost_color", "place.lost_color") if share >= WHOLE else ("two_colors", "place.two_colors")
    x, y, width, height = spots[0][:4]
    return PlaceToCheck(
        kind=kind,
        risk=RISK,
        text=Text.of(words, seen=name, color=own, area=area),
        x=x,
        y=y,
        width=width,
        height=height,
        area=area,
        color=own,
        fixes=fixes,
        visible=RISK * area * seen_share(apart / max(1, total)),
        spots=tuple(spots),
    )


def _agrees(evidence: Evidence, region: int, color: NDArray[np.uint8]) -> bool:
    """Return whether nearly all that speaks for a region agrees with `color`."""
    tone = evidence.tone[evidence.label == region]
    return bool((evidence.apart(tone, np.tile(color, (len(tone), 1))) < NOTICE).mean() >= AGREED)


def _gone(
    evidence: Evidence, regions: Regions, colors: RegionColors, far: NDArray[np.float32]
) -> Iterator[PlaceToCheck]:
    """List colours of the picture that no region of the flats has, where they are in no solid patch."""
    speaks = evidence.label > 0
    tone = evidence.tone[speaks & (far == 0)]
    used = np.unique(colors.colors[colors.painted], axis=0)
    if not len(tone) or not len(used):
        return
    number, cells = np.unique(tone, return_counts=True)
    nearest = np.full(len(number), np.inf)
    for color in used:
        nearest = np.minimum(nearest, evidence.apart(number, np.tile(color, (len(number), 1))))
    lost = nearest >= GONE
    if cells[lost].sum() < LEAST_GONE * speaks.sum():
        return
    group = clusters(evidence.tones[number[lost]], 2 * ALIKE) if lost.sum() < 400 else np.zeros(int(lost.sum()), int)
    for one in np.unique(group).tolist():
        own = number[lost][group == one]
        mask = np.isin(evidence.tone, own) & speaks & (far == 0)
        if mask.sum() < LEAST_GONE * speaks.sum():
            continue
        _, pieces, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
        largest = 1 + int(np.asarray(stats)[1:, cv2.CC_STAT_AREA].argmax())
        left, top, width, height, _ = np.asarray(stats)[largest].tolist()
        window = np.asarray(pieces)[top : top + height, left : left + width] == largest
        inside = np.argwhere(window)[0]
        region = int(evidence.label[top + inside[0], left + inside[1]])
        area = round(float(mask.sum()) * evidence.cell[0] * evidence.cell[1])
        name = hex_color(evidence.tones[own[cells[lost][group == one].argmax()]])
        spot = _spot(evidence, regions, region, left, top, width, height, window)
        yield PlaceToCheck(
            "lost_color",
            RISK / 2,
            Text.of("place.lost_color", seen=name, color=hex_color(colors.colors[region]), area=area),
            *spot[:4],
            area=area,
            color=hex_color(colors.colors[region]),
            visible=RISK / 2 * area * seen_share(GONE),
            spots=(spot,),
        )


def _spot(
    evidence: Evidence,
    regions: Regions,
    region: int,
    left: int,
    top: int,
    width: int,
    height: int,
    inside: NDArray[np.bool_],
) -> Spot:
    """Return the spot of a patch: its box in cells, and which cells of it belong to it."""
    rows, columns = np.nonzero(inside)
    at = int(np.hypot(rows - rows.mean(), columns - columns.mean()).argmin())
    across, down = evidence.cell
    x, y = (left + columns[at] + 0.5) * across, (top + rows[at] + 0.5) * down
    if regions.at(x, y) != region:
        x, y = inner_point(regions, region)
    # The cells at the patch's rim do not speak.
    spare_x, spare_y = round(2 * across), round(2 * down)
    return (
        int(left * across) - spare_x,
        int(top * down) - spare_y,
        round(width * across) + 2 * spare_x,
        round(height * down) + 2 * spare_y,
        float(x),
        float(y),
    )
